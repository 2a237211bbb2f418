"""Real crises replayed: which were noticed and raised in time, which good news was raised, how often anyone is called else.

The product's replay beside two rules on the same mentions in the same run: ElastAlert's spike rule on hourly counts, and a
lexicon rule that tells of every title with a risk word, once a brand and day. Neither of the two knows levels, so that all
they tell counts as raised.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from bench import rivals, table
from bench.crisis_scores import Told, read_listed, score
from bench.road import add_brands, import_and_ingest
from core.database import migrate, open_database
from core.settings import Settings

if TYPE_CHECKING:
    from alerts.backtesting.backtest import Backtest
    from posts.index import PostIndex

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
GOAL = {
    "noticed within 2 h": "≥ 20 of 21",
    "raised within 24 h": "≥ 19 of 21",
    "good news raised": "0 of 3",
    "alerts per brand-week": "≤ 0.10",
    "raised per brand-week": "≤ 0.015",
    "replay s": "≤ 60",
}
Mentioned = dict[str, list[tuple[datetime, bool]]]
"""By brand the publications of its mentions, oldest first, and whether a risk word was in each."""


def replayed(archive: Path, brands: Path, crises: Path) -> dict[str, Any]:
    """Import, replay and score in a process of its own, and print one table."""
    with tempfile.TemporaryDirectory(prefix="yushao-bench-") as folder:
        command = [sys.executable, "-m", "bench.crises", folder, *map(str, (archive, brands, crises))]
        done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    results: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    table.show("detection: crises of the archive", {**results, "goal": GOAL})
    return results


def _measure(folder: Path, archive: Path, brands_file: Path, crises: Path) -> dict[str, Any]:
    from alerts.backtesting.backtest import backtest
    from monitoring.brands import list_brands
    from posts.engines import open_index

    settings = Settings(home=folder, secret_key="bench-bench-bench-bench")
    database = open_database(settings.database_url)
    migrate(database)
    add_brands(database, brands_file)
    import_and_ingest(database, settings, archive)
    with database.reading() as session:
        brands = [brand.name for brand in list_brands(session)]
    index, listed = open_index(settings), read_listed(crises)
    mentioned, end = _mentions(index)
    start = index.earliest() or end
    began = time.perf_counter()
    replay = backtest(index, brands=brands, start=start, end=end, settings=settings)
    seconds = time.perf_counter() - began
    index.close()

    def judged(told: Iterable[Told]) -> dict[str, Any]:
        return score(list(told), listed, brands=len(brands), start=start, end=end)

    return {
        "yushao": judged(_told_of(replay)) | {"replay s": round(seconds, 1)},
        "spike rule": judged(_spike_rule(mentioned, start, end)),
        "lexicon rule": judged(_lexicon_rule(mentioned)),
    }


def _mentions(index: PostIndex) -> tuple[Mentioned, datetime]:
    """Every mention with its time, and the moment after the newest post."""
    from monitoring.risk import RiskLexicon, shipped_terms
    from posts.index import EVERYTHING

    lexicon = RiskLexicon(dict(shipped_terms()))
    mentioned: Mentioned = defaultdict(list)
    newest = datetime(1970, 1, 1, tzinfo=UTC)
    for found in index.scan(EVERYTHING):
        newest = found.post.published_at
        is_risky = bool(found.mentions) and bool(lexicon.categories(found.post.full_text))
        for mention in found.mentions:
            mentioned[mention.brand].append((newest, is_risky))
    return mentioned, newest + timedelta(minutes=1)


def _told_of(replay: Backtest) -> Iterable[Told]:
    for number, alert in enumerate(replay.alerts):
        for event in alert.told:
            yield Told(number, alert.standing.brand, event.at, event.level != "minor")


def _spike_rule(mentioned: Mentioned, start: datetime, end: datetime) -> Iterable[Told]:
    hours = int((end - start) / HOUR) + 1
    for brand, posts in mentioned.items():
        places = [int((at - start) / HOUR) for at, _ in posts]
        counts = np.bincount(places, minlength=hours).astype(float)
        for row in rivals.spike_rule(counts, HOUR):
            yield Told(row, brand, start + (row + 1) * HOUR, True)


def _lexicon_rule(mentioned: Mentioned) -> Iterable[Told]:
    for brand, posts in mentioned.items():
        quiet_until: datetime | None = None
        for number, (at, is_risky) in enumerate(posts):
            if is_risky and (quiet_until is None or at >= quiet_until):
                quiet_until = at + DAY
                yield Told(number, brand, at, True)


def _main(given: Sequence[str]) -> None:
    folder, archive, brands, crises = map(Path, given)
    listed: Any = _measure(folder, archive, brands, crises)
    sys.stdout.write(json.dumps(listed) + "\n")


if __name__ == "__main__":
    _main(sys.argv[1:])
