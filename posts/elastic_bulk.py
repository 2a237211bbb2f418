"""Bulk requests: lines are built in one thread while others send what is ready; every item's outcome is told, in order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import orjson

from core.errors import StateError, UnavailableError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

SENDERS = 2
LARGEST_CHUNK = 2000  # items; fewer requests cost the client less, and two of a write still overlap
LARGEST_BODY = 5_000_000  # bytes
_ANSWER = "items.*.status,items.*.error.type,items.*.error.reason"


class Operation(NamedTuple):
    """One item of a bulk request: `create`, `update` or `delete` of an id in an index, with its body."""

    action: str
    index_name: str
    id: str
    body: dict[str, Any] | None = None

    def lines(self) -> list[bytes]:
        options = {"retry_on_conflict": 3} if self.action == "update" else {}
        action = orjson.dumps({self.action: {"_index": self.index_name, "_id": self.id, **options}})
        return [action] if self.body is None else [action, orjson.dumps(self.body)]


class Outcome(NamedTuple):
    """What became of one item: the HTTP status, and the server's reason where it failed."""

    id: str
    status: int
    reason: str = ""


class Bulk:
    """Sends operations in chunks, a few at once. Each is durable on the server when its outcome is told."""

    def __init__(self, client: Elasticsearch) -> None:
        self._client = client
        self._senders = ThreadPoolExecutor(SENDERS, thread_name_prefix="elastic-bulk")

    def send(self, operations: Iterable[Operation]) -> list[Outcome]:
        """The outcome of each operation; raises UnavailableError where the fault is the server's, not the document's."""
        answers = [self._senders.submit(self._send, *chunk) for chunk in _chunks(operations)]
        return [outcome for answer in answers for outcome in answer.result()]

    def close(self) -> None:
        self._senders.shutdown()

    def _send(self, ids: list[str], lines: list[bytes]) -> list[Outcome]:
        # The client takes ready lines as they are, and would otherwise spend as long on JSON again.
        answer = self._client.bulk(operations=cast("Any", lines), filter_path=_ANSWER)
        results = (result for item in answer.body["items"] for result in item.values())
        return [_outcome(post_id, result) for post_id, result in zip(ids, results, strict=True)]


def _chunks(operations: Iterable[Operation]) -> Iterator[tuple[list[str], list[bytes]]]:
    """The operations' ids and lines, parted by number of items and size, whichever comes first."""
    ids: list[str] = []
    lines: list[bytes] = []
    size = 0
    for operation in operations:
        more = operation.lines()
        ids.append(operation.id)
        lines += more
        size += len(more[-1])
        if len(ids) >= LARGEST_CHUNK or size >= LARGEST_BODY:
            yield ids, lines
            ids, lines, size = [], [], 0
    if ids:
        yield ids, lines


def _outcome(post_id: str, result: dict[str, Any]) -> Outcome:
    status = result["status"]
    if "error" not in result:
        return Outcome(post_id, status)
    kind, reason = result["error"]["type"], f"{result['error']['type']}: {result['error']['reason']}"
    if kind == "strict_dynamic_mapping_exception":
        raise StateError(
            zh=f"Elasticsearch 索引的映射与本程序不符（{reason}）：请检查 search.prefix 下的索引与模板",
            en=f"the mapping in Elasticsearch is not ours ({reason}): check the indices and templates under search.prefix",
        )
    # "validation_exception" is a full cluster (no shard left), not a wrong document.
    if status not in (400, 404, 409) or kind in ("validation_exception", "index_not_found_exception"):
        raise UnavailableError(
            zh=f"Elasticsearch 未能写入：{reason}；请查看该服务的日志与磁盘空间，稍后会重试",
            en=f"Elasticsearch could not write: {reason}; see its log and its disk; it will be tried again",
        )
    return Outcome(post_id, status, reason)
