"""What the platforms that we know are called; any other is called by its code."""

from __future__ import annotations

from collections.abc import Mapping

PLATFORMS: Mapping[str, str] = {
    "weibo": "微博",
    "weibo_hot": "微博热搜",
    "news": "新闻",
    "zhihu": "知乎",
    "douyin": "抖音",
    "xiaohongshu": "小红书",
    "bilibili": "哔哩哔哩",
    "tieba": "贴吧",
    "heimao": "黑猫投诉",
    "wechat": "微信公众号",
    "toutiao": "今日头条",
    "baidu": "百度",
    "douban": "豆瓣",
    "guba": "股吧",
    "xueqiu": "雪球",
    "sina": "新浪新闻",
    "blog": "博客",
    "forum": "论坛",
}


def platform_zh(code: str) -> str:
    return PLATFORMS.get(code, code)
