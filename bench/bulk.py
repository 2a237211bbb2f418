"""`PostIndex.write` into Elasticsearch beside the raw bulk rate of the same server: the same documents, ready-made.

The two take turns, a stretch of posts each, so that both meet the server warm and with indices of the same size. The raw side
is given its bytes: what it costs is the server's work and the wire. On one machine the client's work (tokenising, JSON) takes
its processor time from the server.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

import orjson

from core.settings import Settings
from posts.engines import open_index
from posts.index import IndexedPost, PostFilter, PostIndex

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

BATCH = 5_000
STRETCH = 20_000


def rates(settings: Settings) -> tuple[float, float]:
    """(raw, own) in posts/s, over all posts that the index of `settings` holds; the first stretch only warms up."""
    from elasticsearch import Elasticsearch

    source = open_index(settings)
    own, raw_prefix = _fresh(settings, "bench-own"), "bench-raw"
    _fresh(settings, raw_prefix).close()
    counted, raw_seconds, own_seconds = 0, 0.0, 0.0
    with Elasticsearch(settings.search.url, request_timeout=120) as client:
        posts = source.scan(PostFilter())
        for number, stretch in enumerate(iter(lambda: list(islice(posts, STRETCH)), [])):
            raw, ours = _send(client, raw_prefix, stretch), _write(own, stretch)
            if number:
                counted, raw_seconds, own_seconds = counted + len(stretch), raw_seconds + raw, own_seconds + ours
    source.close()
    own.close()
    return counted / raw_seconds, counted / own_seconds


def _fresh(settings: Settings, prefix: str) -> PostIndex:
    index = open_index(settings.model_copy(update={"search": settings.search.model_copy(update={"prefix": prefix})}))
    index.setup()
    return index


def _write(index: PostIndex, posts: Sequence[IndexedPost]) -> float:
    began = time.perf_counter()
    for start in range(0, len(posts), BATCH):
        index.write(posts[start : start + BATCH])
    return time.perf_counter() - began


def _send(client: Elasticsearch, prefix: str, posts: Sequence[IndexedPost]) -> float:
    bodies = list(_bodies(prefix, posts))
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
    return time.perf_counter() - began


def _bodies(prefix: str, posts: Sequence[IndexedPost]) -> Iterator[bytes]:
    from posts.elastic_documents import document
    from posts.elastic_schema import Names

    names = Names(prefix)
    for start in range(0, len(posts), BATCH):
        lines: list[bytes] = []
        for given in posts[start : start + BATCH]:
            place = {"_index": names.index(given.post.published_at), "_id": given.post.id}
            lines += (orjson.dumps({"create": place}), orjson.dumps(document(given)))
        yield b"\n".join(lines) + b"\n"
