"""A made-up archive of hot-search titles, for machines that have no real one."""

from __future__ import annotations

import random
from pathlib import Path

ROWS = 349_288
FIRST, HOUR = 1_619_453_206, 3600
SUBJECTS = "某地 新剧 演员 歌手 高校 台风 油价 航天 足球 高考 地铁 医院 专家 网友 女子 男子 老师 奶茶 手机 电影".split()
EVENTS = "回应 官宣 夺冠 热播 道歉 上调 下调 直播 停运 辟谣 获奖 入围 开售 涨价 被罚 走红 结婚 退赛 发布 招聘 暂停 恢复".split()
MATTERS = "争议 新规 门票 成绩 行程 价格 名单 通告 视频 方案 问题 预告 造型 数据 现场 细节 原因 结果 计划 质量".split()
BRANDS = [f"{first}{second}" for first in "星云青禾晨晓远山松风" for second in "海田麦禾泉野"]


def make(folder: Path, rows: int = ROWS) -> tuple[Path, Path]:
    """Write `rows` titles of about the real length, one in forty with one of 60 brands, and the brands; always the same."""
    draw = random.Random(20261122)
    titles, brands = folder / "titles.tsv", folder / "brands.csv"
    with titles.open("w", encoding="utf-8") as handle:
        for row in range(rows):
            subject = draw.choice(BRANDS) if draw.random() < 1 / 40 else draw.choice(SUBJECTS)
            title = f"{subject}{draw.choice(EVENTS)}{draw.choice(SUBJECTS)}{draw.choice(MATTERS)}{row % 977}"
            handle.write(f"{FIRST + row // 13 * HOUR}\t{title}\n")
    brands.write_text("name,keywords\n" + "".join(f"{name},{name}\n" for name in BRANDS), encoding="utf-8")
    return titles, brands
