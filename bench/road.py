"""Import + ingest of an archive, with each engine; for Elasticsearch beside the raw bulk rate of the same server.

Each engine is measured in a process of its own, so that its peak memory is its own. `posts/s per core` divides by the
processor time that the product itself used (its scoring workers included, the Elasticsearch server not).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench import archive, table
from core.clock import now
from core.database import Database, migrate, open_database
from core.settings import SearchSettings, Settings

GOALS = {"sqlite": "10,000 posts/s per core", "elasticsearch": "90 % of the raw bulk rate"}
BULK = 5_000


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Measure both engines (Elasticsearch where it can be had) and print one table."""
    with tempfile.TemporaryDirectory(prefix="yushao-bench-") as folder:
        work = Path(folder)
        work.chmod(0o755)
        titles, brands = (options.archive, options.brands) if options.archive else archive.make(work)
        results = {"sqlite": _in_own_process(work, titles, brands, "")}
        with _elasticsearch(work) as url:
            if url:
                results["elasticsearch"] = _in_own_process(work, titles, brands, url)
    table.show("import + ingest", [{"engine": name, **result, "goal": GOALS[name]} for name, result in results.items()])
    return results


class _elasticsearch:
    """A server for the time of the block; "" where it cannot be had, with the reason printed."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def __enter__(self) -> str:
        from deploy import elasticsearch_server

        self.server = None
        if problem := elasticsearch_server.missing_tools():
            print(problem.en)
            return ""
        self.server = elasticsearch_server.start(self.work / "elasticsearch")
        return self.server.url

    def __exit__(self, *_: object) -> None:
        if self.server:
            self.server.stop()


def _in_own_process(work: Path, titles: Path, brands: Path, url: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.road", str(work), str(titles), str(brands), url]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _measure_one(work: Path, titles: Path, brands: Path, url: str) -> dict[str, Any]:
    search = SearchSettings(engine="elasticsearch", url=url, prefix="bench") if url else SearchSettings()
    settings = Settings(home=work / (search.engine + "-home"), secret_key="bench-bench-bench-bench", search=search)
    database = open_database(settings.database_url)
    migrate(database)
    _add_brands(database, brands)
    rows, mentions, import_seconds, ingest_seconds = _import_and_ingest(database, settings, titles)
    spent = _processor_seconds()
    result = {
        "posts": rows,
        "mentions": mentions,
        "import s": import_seconds,
        "ingest s": ingest_seconds,
        "posts/s": rows / (import_seconds + ingest_seconds),
        "posts/s per core": rows / spent,
        "peak MB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "scoring worker MB": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024,
        "raw bulk posts/s": "",
        "index, of raw": "",
    }
    if url:
        raw, ours = _raw_and_own_rate(settings)
        result["raw bulk posts/s"], result["index, of raw"] = raw, f"{ours / raw:.0%}"
    return result


def _add_brands(database: Database, brands: Path) -> None:
    from monitoring.brand_files import import_brands

    with database.writing() as session:
        import_brands(session, brands, actor="bench", now=now())


def _import_and_ingest(database: Database, settings: Settings, titles: Path) -> tuple[int, int, float, float]:
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


def _processor_seconds() -> float:
    return sum(
        used.ru_utime + used.ru_stime for used in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    )


def _raw_and_own_rate(settings: Settings) -> tuple[float, float]:
    """Posts/s of ready-made bulk bodies sent to an empty index of the same mapping, and of `PostIndex.write` into another.

    Both write the posts that the archive gave, in the same batches; the raw side is given its bytes, so that what it costs is
    the server's work and the wire.
    """
    from posts.engines import open_index
    from posts.index import PostFilter

    source = open_index(settings)
    posts = list(source.scan(PostFilter()))
    source.close()

    again = settings.model_copy(update={"search": settings.search.model_copy(update={"prefix": "bench-again"})})
    index = open_index(again)
    index.setup()
    began = time.perf_counter()
    for start in range(0, len(posts), BULK):
        index.write(posts[start : start + BULK])
    index.refresh()
    own = len(posts) / (time.perf_counter() - began)
    index.close()
    return _raw_rate(settings, len(posts)), own


def _raw_rate(settings: Settings, posts: int) -> float:
    from elasticsearch import Elasticsearch

    raw = settings.model_copy(update={"search": settings.search.model_copy(update={"prefix": "bench-raw"})})
    from posts.engines import open_index

    index = open_index(raw)
    index.setup()
    index.close()
    with Elasticsearch(settings.search.url, request_timeout=120) as client:
        bodies = list(_bodies(client, settings.search.prefix, "bench-raw"))
        began = time.perf_counter()
        for body in bodies:
            answer = client.perform_request(
                "POST",
                "/_bulk",
                params={"filter_path": "errors"},
                headers={"content-type": "application/x-ndjson", "accept": "application/json"},
                body=body,
            )
            if answer.body["errors"]:
                raise RuntimeError("the server refused ready-made documents")
        client.indices.refresh(index="bench-raw-*")
        return posts / (time.perf_counter() - began)


def _bodies(client: Any, prefix: str, raw_prefix: str) -> Iterator[bytes]:
    """Bulk bodies with the documents of the index as they are stored, for indices of the same name under `raw_prefix`."""
    import orjson
    from elasticsearch.helpers import scan

    lines: list[bytes] = []
    for hit in scan(client, index=f"{prefix}-posts", size=BULK, query={"sort": [{"published_at": "asc"}]}, preserve_order=True):
        name = raw_prefix + hit["_index"].removeprefix(prefix)
        lines += (orjson.dumps({"create": {"_index": name, "_id": hit["_id"]}}), orjson.dumps(hit["_source"]))
        if len(lines) == 2 * BULK:
            yield b"\n".join(lines) + b"\n"
            lines = []
    if lines:
        yield b"\n".join(lines) + b"\n"


if __name__ == "__main__":
    folder, given_titles, given_brands = map(Path, sys.argv[1:4])
    sys.stdout.write(json.dumps(_measure_one(folder, given_titles, given_brands, sys.argv[4])) + "\n")
