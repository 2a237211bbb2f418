"""Reading posts from Elasticsearch: by id, page by page, and where they stand."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from posts import paging
from posts.elastic_documents import READ, indexed_post
from posts.elastic_filter import Query, query
from posts.index import IndexedPost, PostFilter, Sort
from posts.moments import from_micros
from posts.paging import ORDERS

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

STRIDE = 1000
# Without its format, a date_nanos is sorted and told by milliseconds.
_EXACT = "strict_date_optional_time_nanos"


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a post stands, and the values of it that its mentions repeat."""

    index: str
    published_at: str
    platform: str
    reach: int


@dataclass(frozen=True, slots=True)
class Reader:
    """Asks the alias; before the first post there is nothing behind it, which is an empty index and no error."""

    client: Elasticsearch
    alias: str

    def page(self, chosen: PostFilter, *, sort: Sort, limit: int, after: str = "") -> tuple[list[IndexedPost], str, int]:
        """At most `limit` posts after the cursor, the cursor after the last ("" where no more follow), and the exact total."""
        answer = self._search(
            query(chosen), size=limit + 1, sort=_sort(sort), source=READ, search_after=_search_after(sort, after), total=True
        )
        hits = answer["hits"]
        posts = [indexed_post(hit["_source"]) for hit in hits[:limit]]
        following = paging.encode(sort, posts[-1].post) if posts and len(hits) > limit else ""
        return posts, following, int(answer["total"]["value"])

    def scan(self, chosen: PostFilter) -> Iterator[IndexedPost]:
        """Every post chosen, oldest first, a stride at a time."""
        for hits in self._strides(query(chosen), READ):
            yield from (indexed_post(hit["_source"]) for hit in hits)

    def ids(self, asked: Query) -> Iterator[list[tuple[str, str]]]:
        """Strides of (index, id) of the posts asked for."""
        for hits in self._strides(asked, []):
            yield [(hit["_index"], hit["_id"]) for hit in hits]

    def get(self, ids: Sequence[str]) -> dict[str, IndexedPost]:
        return {hit["_id"]: indexed_post(hit["_source"]) for hit in self._by_id(ids, READ)}

    def standing(self, ids: Sequence[str]) -> dict[str, Standing]:
        """Where the posts of these ids stand, whatever month that is; sees all that was written before."""
        if not ids:
            return {}
        self.refresh()
        hits = self._by_id(ids, ["published_at", "platform", "reach"])
        return {hit["_id"]: Standing(hit["_index"], **hit["_source"]) for hit in hits}

    def count(self, chosen: PostFilter) -> int:
        return int(self.client.count(index=self.alias, query=query(chosen), ignore_unavailable=True)["count"])

    def refresh(self) -> None:
        self.client.indices.refresh(index=self.alias, ignore_unavailable=True)

    def aggregations(self, asked: Query, wanted: dict[str, Any], *, only: Sequence[str] = ()) -> tuple[dict[str, Any], int]:
        """The aggregations' answers ({} before the first post), and the exact number of posts asked for.

        Of long answers `only` these fields are sent, which is what most of the time goes into.
        """
        answer = self.client.search(
            index=self.alias,
            ignore_unavailable=True,
            query=asked,
            size=0,
            track_total_hits=True,
            aggregations=wanted,
            filter_path=["hits.total", *(f"aggregations.**.{field}" for field in only)] if only else None,
        )
        return answer.body.get("aggregations", {}), int(answer["hits"]["total"]["value"])

    def _by_id(self, ids: Sequence[str], source: list[str]) -> Iterator[dict[str, Any]]:
        for start in range(0, len(ids), STRIDE):
            asked = {"terms": {"id": list(ids[start : start + STRIDE])}}
            yield from self._search(asked, size=STRIDE, sort=["_doc"], source=source)["hits"]

    def _strides(self, asked: Query, source: list[str]) -> Iterator[list[dict[str, Any]]]:
        after = None
        while hits := self._search(asked, size=STRIDE, sort=_sort("oldest"), source=source, search_after=after)["hits"]:
            yield hits
            after = hits[-1]["sort"]

    def _search(
        self,
        asked: Query,
        *,
        size: int,
        sort: Any,
        source: list[str],
        search_after: list[Any] | None = None,
        total: bool = False,
    ) -> dict[str, Any]:
        answer = self.client.search(
            index=self.alias,
            ignore_unavailable=True,
            query=asked,
            size=size,
            sort=sort,
            source={"includes": source} if source else False,
            search_after=search_after,
            track_total_hits=total,
        )
        found: dict[str, Any] = answer.body["hits"]
        return found


def _sort(sort: Sort) -> list[dict[str, Any]]:
    order = ORDERS[sort]
    direction = "desc" if order.descending else "asc"
    formats = {"published_at": {"format": _EXACT}}
    return [*({key: {"order": direction, **formats.get(key, {})}} for key in order.keys), {"id": {"order": "asc"}}]


def _search_after(sort: Sort, after: str) -> list[Any] | None:
    if not after:
        return None
    keys, post_id = paging.decode(after, sort)
    named = zip(ORDERS[sort].keys, keys, strict=True)
    return [*(from_micros(value).isoformat() if name == "published_at" else value for name, value in named), post_id]
