"""The production index: Elasticsearch 8.19 or 9, through its official client."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta

from core.settings import SearchSettings
from posts import elastic_client, elastic_counts, elastic_hours, elastic_schema
from posts.elastic_bulk import Bulk
from posts.elastic_filter import query
from posts.elastic_read import Reader
from posts.elastic_schema import Names
from posts.elastic_write import Writer
from posts.hours import Hours
from posts.index import EVERYTHING, Bucket, IndexedPost, Mention, Page, PostFilter, Sort, Split, Term, WriteReport
from posts.limits import sort_out


class ElasticIndex:
    """The index contract (`posts.index.PostIndex`) on the server that the settings name.

    What was written is read after `refresh`, or after the server's own, every five seconds.
    """

    def __init__(self, settings: SearchSettings) -> None:
        self._address = elastic_client.shown_address(settings)
        self._client = elastic_client.connect(settings)
        self._names = Names(settings.prefix)
        self._reader = Reader(self._client, self._names.alias)
        self._bulk = Bulk(self._client)
        self._writer = Writer(self._names, self._reader, self._bulk)

    def setup(self) -> None:
        with self._explained():
            elastic_schema.setup(self._client, self._names)

    def write(self, posts: Sequence[IndexedPost]) -> WriteReport:
        with self._explained():
            return self._writer.write(sort_out(posts))

    def annotate(self, mentions: Mapping[str, tuple[Mention, ...]]) -> WriteReport:
        with self._explained():
            return self._writer.annotate(mentions)

    def get(self, ids: Sequence[str]) -> dict[str, IndexedPost]:
        with self._explained():
            return self._reader.get(ids)

    def search(self, chosen: PostFilter, *, sort: Sort = "newest", limit: int = 20, after: str = "") -> Page:
        with self._explained():
            posts, following, total = self._reader.page(chosen, sort=sort, limit=limit, after=after)
        return Page(tuple(posts), total, following)

    def scan(self, chosen: PostFilter) -> Iterator[IndexedPost]:
        with self._explained():
            yield from self._reader.scan(chosen)

    def histogram(self, chosen: PostFilter, *, interval: timedelta, by: Split | None = None) -> list[Bucket]:
        with self._explained():
            return elastic_counts.histogram(self._reader, chosen, interval, by)

    def hourly(self, chosen: PostFilter) -> dict[str, Hours]:
        with self._explained():
            return elastic_hours.hourly(self._reader, chosen)

    def top_posts(self, chosen: PostFilter, *, limit: int = 10) -> list[IndexedPost]:
        return list(self.search(chosen, sort="reach", limit=limit).posts)

    def significant_terms(self, chosen: PostFilter, background: PostFilter, *, limit: int = 20) -> list[Term]:
        with self._explained():
            return elastic_counts.significant_terms(self._reader, chosen, background, limit)

    def delete_before(self, moment: datetime) -> int:
        """Drop the indices of whole months before `moment`, and delete the posts of its own month one by one."""
        with self._explained():
            self._reader.refresh()
            dropped = elastic_schema.drop_months_before(self._client, self._names, moment)
            return dropped + self._writer.delete(query(PostFilter(end=moment)))

    def delete_author(self, author_hash: str) -> int:
        if not author_hash:
            return 0
        with self._explained():
            return self._writer.delete({"term": {"author_hash": author_hash}})

    def earliest(self) -> datetime | None:
        with self._explained():
            return elastic_counts.earliest(self._reader)

    def count(self, chosen: PostFilter = EVERYTHING) -> int:
        with self._explained():
            return self._reader.count(chosen)

    def refresh(self) -> None:
        with self._explained():
            self._reader.refresh()

    def check(self) -> str:
        with self._explained():
            health = self._client.cluster.health()["status"]
            versions = self._client.nodes.info(filter_path="nodes.*.version")["nodes"].values()
        oldest = min(node["version"] for node in versions)
        return f"Elasticsearch {oldest}, {self._address}, {health}"

    def close(self) -> None:
        self._bulk.close()
        self._client.close()

    def _explained(self) -> AbstractContextManager[None]:
        return elastic_client.failures_explained(self._address)
