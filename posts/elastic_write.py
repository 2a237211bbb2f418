"""Writing to Elasticsearch by id: create first, and what is there already is updated where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core.errors import UnavailableError
from core.post import DERIVED
from posts.elastic_bulk import Bulk, Operation, Outcome
from posts.elastic_documents import changes, document, mention_documents
from posts.elastic_filter import Query
from posts.elastic_read import Reader, Standing
from posts.elastic_schema import Names
from posts.index import IndexedPost, Mention, Rejection, WriteReport
from posts.limits import UNKNOWN_ID, Sorted


@dataclass(frozen=True, slots=True)
class Writer:
    names: Names
    reader: Reader
    bulk: Bulk

    def write(self, batch: Sorted) -> WriteReport:
        """Create the posts that are new and update the others, keeping the times under which they were known first."""
        posts = batch.posts
        known = self.reader.standing([post_id for post_id, given in posts.items() if _may_move(given)])
        created = self.bulk.send(self._create(given) for post_id, given in posts.items() if post_id not in known)
        known |= self._standing_after_conflict({outcome.id: posts[outcome.id] for outcome in created if outcome.status == 409})
        updated = self.bulk.send(_update(posts[post_id], standing) for post_id, standing in known.items())
        refused = _rejections([outcome for outcome in created if outcome.status != 409]) + _rejections(updated)
        written = sum(outcome.status == 201 for outcome in created)
        return WriteReport(written, len(posts) - written - len(refused) + batch.repeated, (*batch.rejected, *refused))

    def annotate(self, mentions: Mapping[str, tuple[Mention, ...]]) -> WriteReport:
        """Replace the mentions of the posts that are there."""
        known = self.reader.standing(list(mentions))
        outcomes = self.bulk.send(_annotate(post_id, standing, mentions[post_id]) for post_id, standing in known.items())
        unknown = [Rejection(post_id, UNKNOWN_ID) for post_id in mentions if post_id not in known]
        rejected = (*unknown, *_rejections(outcomes))
        return WriteReport(0, len(mentions) - len(rejected), rejected)

    def delete(self, asked: Query) -> int:
        """Delete the posts asked for, a stride at a time; the number deleted."""
        self.reader.refresh()
        deleted = 0
        for stride in self.reader.ids(asked):
            outcomes = self.bulk.send(Operation("delete", index, post_id) for index, post_id in stride)
            deleted += sum(outcome.status == 200 for outcome in outcomes)
        return deleted

    def _create(self, given: IndexedPost) -> Operation:
        return Operation("create", self.names.index(given.post.published_at), given.post.id, document(given))

    def _standing_after_conflict(self, posts: Mapping[str, IndexedPost]) -> dict[str, Standing]:
        """Where the posts of taken ids stand: asked of the server only for what another process has just written."""
        fixed = {post_id: self._own_standing(given) for post_id, given in posts.items() if not _may_move(given)}
        return fixed | self.reader.standing([post_id for post_id in posts if post_id not in fixed])

    def _own_standing(self, given: IndexedPost) -> Standing:
        post = given.post
        return Standing(self.names.index(post.published_at), post.published_at.isoformat(), post.platform, post.reach)


def _may_move(given: IndexedPost) -> bool:
    """Whether the source may tell another publication time for this id, so that it may stand in another month's index."""
    return not given.post.native_id.startswith(DERIVED)


def _update(given: IndexedPost, standing: Standing) -> Operation:
    return Operation("update", standing.index, given.post.id, {"doc": changes(given, standing.published_at)})


def _annotate(post_id: str, standing: Standing, mentions: tuple[Mention, ...]) -> Operation:
    nested = mention_documents(mentions, published_at=standing.published_at, platform=standing.platform, reach=standing.reach)
    return Operation("update", standing.index, post_id, {"doc": {"mentions": nested}})


def _rejections(outcomes: Sequence[Outcome]) -> list[Rejection]:
    """The documents that were refused for what they hold; raises UnavailableError where another process was in the way."""
    for outcome in outcomes:
        if outcome.status in (404, 409):
            raise UnavailableError(
                zh=f"帖子 {outcome.id} 正被另一进程修改或删除（{outcome.reason}）：请重试",
                en=f"post {outcome.id} is being changed or deleted by another process ({outcome.reason}): try again",
            )
    return [Rejection(outcome.id, outcome.reason) for outcome in outcomes if outcome.reason]
