"""Emoji are rare in the older posts that labels exist for; Weibo's bracket codes are not, and mean the same."""

from __future__ import annotations

import re

TWINS = {
    "泪": "😭😢🥲",
    "流泪": "😭😢",
    "悲伤": "😞😢",
    "伤心": "💔😞",
    "失望": "😞😔",
    "可怜": "🥺",
    "委屈": "🥺😣",
    "怒": "😡😠",
    "怒骂": "🤬😡",
    "抓狂": "😫😤",
    "哼": "😤",
    "鄙视": "😒🙄",
    "白眼": "🙄",
    "弱": "👎",
    "NO": "🙅",
    "吐": "🤮🤢",
    "生病": "🤒😷",
    "感冒": "🤧😷",
    "衰": "😩😖",
    "晕": "😵",
    "汗": "😓😅",
    "黑线": "😑",
    "蜡烛": "🕯",
    "愤怒": "😡👿",
    "爱你": "😘🥰",
    "心": "❤💕💖",
    "亲亲": "😘😚",
    "色": "😍",
    "花心": "😍",
    "哈哈": "😄😆",
    "嘻嘻": "😁😊",
    "呵呵": "🙂",
    "微笑": "🙂",
    "可爱": "☺😊",
    "害羞": "😊",
    "太开心": "😄🥳",
    "鼓掌": "👏",
    "good": "👍",
    "赞": "👍",
    "ok": "👌",
    "给力": "💪👍",
    "酷": "😎",
    "偷笑": "🤭",
    "做鬼脸": "😜😝",
    "笑cry": "😂🤣",
    "允悲": "😂",
    "doge": "🐶",
    "礼物": "🎁",
    "蛋糕": "🎂",
    "太阳": "🌞",
    "鲜花": "🌹🌸",
    "耶": "✌",
    "威武": "💪",
    "加油": "💪",
    "抱抱": "🤗",
    "祈祷": "🙏",
    "中国赞": "🇨🇳👍",
    "干杯": "🍻",
}
_CODE = re.compile(r"\[([^\[\]]{1,6})\]")


def with_emoji(text: str, turn: int) -> str | None:
    """`text` with emoji for its bracket codes, `turn` choosing among those that mean the same; None where it has no such code.

    >>> with_emoji("累了[泪][泪]", 0)
    '累了😭😭'
    """

    def emoji(code: re.Match[str]) -> str:
        twins = TWINS.get(code[1])
        return twins[turn % len(twins)] if twins else code[0]

    changed = _CODE.sub(emoji, text)
    return changed if changed != text else None


def without_codes(text: str) -> str:
    """`text` without its bracket codes.

    >>> without_codes("累了[泪][泪]")
    '累了'
    """
    return _CODE.sub("", text)
