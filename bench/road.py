"""Import + ingest of an archive, with each engine; for Elasticsearch beside the raw bulk rate of the same server.

Each engine is measured in a process of its own, so that its peak memory is its own. `posts/s per core` divides by the
processor time of that process; the worker that scores mentions is told apart, and added in the next row.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench import archive, bulk, table
from bench.servers import elasticsearch
from core.clock import now
from core.database import Database, migrate, open_database
from core.settings import SearchSettings, Settings

GOALS = {"sqlite": "10,000 posts/s per core", "elasticsearch": "90 % of the raw bulk rate"}


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure both engines (Elasticsearch where it can be had) and print one table."""
    with tempfile.TemporaryDirectory(prefix="yushao-bench-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        titles, brands = (options.archive, options.brands) if options.archive else archive.make(work)
        results = {"sqlite": _in_own_process(work, titles, brands, "")}
        with elasticsearch(work) as url:
            if url:
                results["elasticsearch"] = _in_own_process(work, titles, brands, url)
    table.show("import + ingest", {name: result | {"goal": GOALS[name]} for name, result in results.items()})
    return results


def _in_own_process(work: Path, titles: Path, brands: Path, url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.road", str(work), str(titles), str(brands), url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _measure_one(work: Path, titles: Path, brands: Path, url: str) -> dict[str, Any]:
    search = SearchSettings(engine="elasticsearch", url=url, prefix="bench") if url else SearchSettings()
    settings = Settings(home=work / (search.engine + "-home"), secret_key="bench-bench-bench-bench", search=search)
    database = open_database(settings.database_url)
    migrate(database)
    add_brands(database, brands)
    rows, mentions, import_seconds, ingest_seconds = import_and_ingest(database, settings, titles)
    own, workers = (_processor_seconds(resource.getrusage(who)) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    result: dict[str, Any] = {
        "posts": rows,
        "mentions": mentions,
        "import s": import_seconds,
        "ingest s": ingest_seconds,
        "posts/s": rows / (import_seconds + ingest_seconds),
        "posts/s per core": rows / own,
        "posts/s per core, scoring included": rows / (own + workers),
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "scoring worker MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
    }
    if url:
        raw, own = bulk.rates(settings)
        result |= {"raw bulk posts/s": raw, "index write posts/s": own, "write, of raw": f"{own / raw:.0%}"}
    return result


def add_brands(database: Database, brands: Path) -> None:
    from monitoring.brand_files import import_brands

    with database.writing() as session:
        import_brands(session, brands, actor="bench", now=now())


def import_and_ingest(database: Database, settings: Settings, titles: Path) -> tuple[int, int, float, float]:
    from crawlers.imports import import_files
    from monitoring.ingest import ingest
    from posts.engines import open_index
    from sentiment.scorer import open_scorer

    began = time.perf_counter()
    imported = import_files(
        [titles],
        database=database,
        settings=settings,
        mapping={"text": 2, "published_at": 1},
        platform="weibo_hot",
        kind=None,
        now=now(),
    )
    deposited = time.perf_counter()
    index, scorer = open_index(settings), open_scorer(settings)
    index.setup()
    report = ingest(database, index, scorer, now=now())
    index.refresh()
    ended = time.perf_counter()
    scorer.close()
    index.close()
    return imported.rows, report.mentions, deposited - began, ended - deposited


def _processor_seconds(used: resource.struct_rusage) -> float:
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    folder, given_titles, given_brands = map(Path, sys.argv[1:4])
    sys.stdout.write(json.dumps(_measure_one(folder, given_titles, given_brands, sys.argv[4])) + "\n")
