"""One detection tick for 1,000 brands on 5 platforms, in an index that grows from 22 to 90 days of posts of the same pace.

Each engine is measured in a process of its own; a tick's seconds are processor time, that of Elasticsearch's own process
told apart. The first tick after a start is told apart from the later ones, which is what runs every minute.
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from pathlib import Path
from typing import Any

from bench import table
from bench.servers import elasticsearch
from core.coverage import Coverage
from core.database import migrate, open_database
from core.post import Post, PostKind
from core.settings import SearchSettings, Settings
from posts.index import IndexedPost, Mention, PostIndex, Sentiment

BRANDS = [f"品牌{number:04d}" for number in range(1000)]
PLATFORMS = ("weibo", "news", "zhihu", "tieba", "complaints")
PLACES = "楼下 机场 公司附近 学校门口 老家 商场三楼 高铁站 网上 隔壁 小区里 城东 朋友那边 昨晚 周末 上个月 早高峰".split()
THINGS = "门店 客服 新品 包装 会员 排队 价格 小程序 配送 店员 杯子 套餐 音乐 座位 发票 优惠券 退款 味道 分量 广告".split()
SAID = "一般般 等了很久 换了样子 挺好 有点贵 没人理 说不清 比以前慢 看着眼熟 让人迷惑 很热闹 太吵了 关得早 没货了".split()
ENDS = "有人知道吗 再看看吧 下次不一定来 随便说说 记录一下 朋友也这么讲 先这样 改天再去 各位怎么看 忘了拍照 算了".split()
NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAYS, RECENT = 90, 22
GOAL = "≤ 2 s, flat, on one core"
TICKS = 5
AT_ONCE = 5000


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure both engines (Elasticsearch where it can be had) and print one table."""
    with tempfile.TemporaryDirectory(prefix="yushao-bench-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        results = {"sqlite": _in_own_process(work, options.posts, "")}
        with elasticsearch(work) as url:
            if url:
                results["elasticsearch"] = _in_own_process(work, options.posts, url)
    table.show("a tick for 1,000 brands × 5 platforms", {name: result | {"goal": GOAL} for name, result in results.items()})
    return results


def _in_own_process(work: Path, posts: int, url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.tick", str(work), str(posts), url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _measure_one(work: Path, posts: int, url: str) -> dict[str, Any]:
    from posts.engines import open_index

    search = SearchSettings(engine="elasticsearch", url=url, prefix="bench") if url else SearchSettings()
    settings = Settings(home=work / (search.engine + "-home"), secret_key="bench-bench-bench-bench", search=search)
    index = open_index(settings)
    index.setup()
    result: dict[str, Any] = {}
    for first, last in ((0, RECENT), (RECENT, DAYS)):
        _fill(index, posts, first, last)
        result |= _ticks(index, settings, work)
    result["peak MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return result


def _fill(index: PostIndex, posts: int, first_day: int, last_day: int) -> None:
    """Write the posts from `last_day` to `first_day` before NOW."""
    made_up = _made_up(posts * (last_day - first_day) // DAYS, first_day, last_day)
    while batch := list(islice(made_up, AT_ONCE)):
        index.write(batch)
    index.refresh()


def _made_up(posts: int, first_day: int, last_day: int) -> Iterator[IndexedPost]:
    """Posts evenly in time; a few brands have most of them, as brands do; one in eight is negative."""
    draw = random.Random(first_day)
    weights = list(accumulate(1 / (rank + 10) for rank in range(len(BRANDS))))
    begin, span = NOW - timedelta(days=last_day), timedelta(days=last_day - first_day)
    for number in range(posts):
        brand = draw.choices(BRANDS, cum_weights=weights)[0]
        published = begin + span * number / posts
        is_negative = draw.random() < 1 / 8
        post = Post(
            platform=draw.choice(PLATFORMS),
            native_id=f"{first_day}-{number}",
            kind=PostKind.POST,
            text=f"{brand}{draw.choice(PLACES)}{draw.choice(THINGS)}{draw.choice(SAID)}，{draw.choice(PLACES)}{draw.choice(ENDS)}",
            published_at=published,
            seen_at=published + timedelta(minutes=2),
            source="bench",
            author_hash=f"{draw.randrange(posts):x}",
            likes=draw.randrange(50),
        )
        sentiment = Sentiment.NEGATIVE if is_negative else Sentiment.NEUTRAL
        risks = ("service",) if is_negative and draw.random() < 0.5 else ()
        yield IndexedPost(post, (Mention(brand, sentiment, 0.9 if is_negative else 0.1, risks),))


def _ticks(index: PostIndex, settings: Settings, work: Path) -> dict[str, Any]:
    """The ticks of some following minutes, on a state database of their own."""
    from alerts.detect import detect

    total = index.count()
    database = open_database(f"sqlite:///{work / f'{settings.search.engine}-{total}.db'}")
    migrate(database)
    own, clock = [], []
    for minute in range(TICKS):
        at = NOW - timedelta(minutes=TICKS - minute)
        covered = Coverage(start=at - timedelta(days=1), end=at, sources=())
        began_clock, began = time.perf_counter(), time.process_time()
        report = detect(database, index, at=at, brands=BRANDS, coverage=covered, settings=settings)
        own.append(time.process_time() - began)
        clock.append(time.perf_counter() - began_clock)
    return {
        f"{total:,} posts: first tick s": own[0],
        f"{total:,} posts: later ticks s": sorted(own[1:])[len(own[1:]) // 2],
        f"{total:,} posts: later ticks by the clock s": sorted(clock[1:])[len(clock[1:]) // 2],
        f"{total:,} posts: signals": report.signals,
        f"{total:,} posts: MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure_one(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])) + "\n")
