"""What Elasticsearch must know before the first post: names, explicit mapping, templates; and whether it knows the right one.

One index a month of publication (UTC), `<prefix>-posts-v1-YYYY.MM`, is read through the alias `<prefix>-posts`. The mapping's
version stands in the names and in the mapping's `_meta`; a changed mapping gets a new version, never a change in place. A field
that is only added needs none: `setup` adds it to the indices that are there, whose older posts do not tell it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from core.errors import StateError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

VERSION = 1

_KEYWORD = {"type": "keyword"}
_KEPT = {"type": "keyword", "index": False, "doc_values": False}  # in _source only
_MOMENT = {"type": "date_nanos"}  # a plain date would forget the microseconds
_COUNT = {"type": "long", "index": False}

_MENTION = {
    "brand": _KEYWORD,
    "sentiment": _KEYWORD,
    "negative": {"type": "double", "index": False},
    "risks": _KEYWORD,
    "keywords": _KEPT,
    # The post's own, so that mentions can be counted by them without leaving the nested documents.
    "published_at": _MOMENT,
    "platform": _KEYWORD,
    "reach": {"type": "long"},
}

_MAPPING: dict[str, Any] = {
    "dynamic": "strict",
    "_meta": {"schema": VERSION},
    "properties": {
        "id": _KEYWORD,
        "platform": _KEYWORD,
        "native_id": _KEPT,
        "kind": _KEYWORD,
        "text": _KEPT,
        "published_at": _MOMENT,
        "seen_at": _MOMENT,
        "source": _KEYWORD,
        "title": _KEPT,
        "url": _KEPT,
        "author_hash": _KEYWORD,
        "author_name": _KEPT,
        "author_kind": _KEYWORD,
        "author_followers": _COUNT,
        "likes": _COUNT,
        "reposts": _COUNT,
        "comments": _COUNT,
        "heat": _COUNT,
        "parent_id": _KEPT,
        "reach": {"type": "long"},
        # Our own tokens, divided by spaces. Nothing is ranked by text, so no norms.
        "characters": {"type": "text", "analyzer": "whitespace", "norms": False},
        # Our own words, a list of them: only counted, hence in columns on disk instead of on the heap.
        "words": {"type": "keyword", "index": False},
        "mentions": {"type": "nested", "dynamic": "strict", "properties": _MENTION},
    },
}

_SETTINGS = {"number_of_shards": 1, "auto_expand_replicas": "0-1", "refresh_interval": "5s"}


@dataclass(frozen=True, slots=True)
class Names:
    """The names of everything under one prefix."""

    prefix: str

    @property
    def alias(self) -> str:
        return f"{self.prefix}-posts"

    @property
    def template(self) -> str:
        return f"{self.prefix}-posts-v{VERSION}"

    @property
    def pattern(self) -> str:
        return f"{self.template}-*"

    def index(self, published_at: datetime) -> str:
        """The index of the month, in UTC, in which a post was published.

        >>> Names("yushao").index(datetime(2026, 11, 2, tzinfo=UTC))
        'yushao-posts-v1-2026.11'
        """
        moment = published_at.astimezone(UTC)
        return f"{self.prefix}-posts-v{VERSION}-{moment.year:04}.{moment.month:02}"


def setup(client: Elasticsearch, names: Names) -> None:
    """Put the templates, which make every month's index, and give the indices that are there the fields that they lack.

    Raises StateError where what is there is not ours.
    """
    found = _ours(client, names)
    client.cluster.put_component_template(
        name=names.template, template={"settings": {"index": _SETTINGS}, "mappings": _MAPPING}
    )
    client.indices.put_index_template(
        name=names.template,
        index_patterns=[names.pattern],
        composed_of=[names.template],
        priority=500,
        template={"aliases": {names.alias: {}}},
        meta={"schema": VERSION},
    )
    for name, known in found.items():
        if added := {field: rule for field, rule in _MAPPING["properties"].items() if field not in known}:
            client.indices.put_mapping(index=name, properties=added)


def _ours(client: Elasticsearch, names: Names) -> dict[str, dict[str, Any]]:
    """The fields of each index that is there."""
    found: dict[str, Any] = client.indices.get(index=f"{names.alias},{names.pattern}", ignore_unavailable=True).body
    for name, index in sorted(found.items()):
        schema = index["mappings"].get("_meta", {}).get("schema", 0)
        if name == names.alias or schema == 0:
            raise StateError(
                zh=f"Elasticsearch 中的索引 {name} 不是由 yushao 建立的：请删除或改名，或换一个 search.prefix",
                en=f"the index {name} was not made by yushao: delete or rename it, or choose another search.prefix",
            )
        if schema != VERSION:
            raise StateError(
                zh=f"索引 {name} 的结构版本是 {schema}，本程序使用 {VERSION}：请使用与之相同版本的程序，或换一个 search.prefix",
                en=f"the index {name} has schema {schema}, this program uses {VERSION}: run the program that made it, "
                "or choose another search.prefix",
            )
    return {name: index["mappings"]["properties"] for name, index in found.items()}


def drop_months_before(client: Elasticsearch, names: Names, moment: datetime) -> int:
    """Delete the indices of the months that ended before `moment`; the number of posts that they held."""
    kept_from = names.index(moment)
    found = client.indices.get(index=names.pattern, ignore_unavailable=True, features="settings")
    dropped = 0
    for name in sorted(index for index in found if index < kept_from):
        dropped += int(client.count(index=name)["count"])
        client.indices.delete(index=name)
    return dropped
