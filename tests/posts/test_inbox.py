from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.database import Database
from core.post import AuthorKind, Post, PostKind
from posts import inbox
from posts.inbox import Backlog
from posts.tables import InboxBatch
from tests.conftest import NOON


def test_posts_come_out_as_they_went_in(database: Database, make_post: Any) -> None:
    """Every field survives the queue, zero counts and unknown counts told apart."""
    told = {"author_kind": AuthorKind.AUTHORITY, "author_followers": 0}
    posts = [make_post(likes=0, title="标题", url="https://example.invalid/1"), make_post("第二帖 😡", heat=7, **told)]
    with database.writing() as session:
        assert inbox.deposit(session, posts, source="测试", now=NOON) == 2
    with database.reading() as session:
        (batch,) = inbox.oldest(session)
        assert (batch.posts(), batch.count, batch.source, batch.received_at) == (posts, 2, "测试", NOON)


def test_a_batch_deposited_before_authors_were_told_apart_is_still_read(make_post: Any) -> None:
    post = make_post()
    record = post.to_record()
    assert not {"author_kind", "author_followers"} & record.keys()
    assert Post.from_record(record) == post and post.author_kind is AuthorKind.UNKNOWN


def test_a_batch_holds_a_thousand_posts_at_most_and_the_order_is_kept(database: Database, make_post: Any) -> None:
    posts = [make_post() for _ in range(2001)]
    with database.writing() as session:
        inbox.deposit(session, posts, source="a", now=NOON)
    with database.reading() as session:
        batches = inbox.oldest(session, limit=10)
        assert [batch.count for batch in batches] == [1000, 1000, 1]
        assert [post for batch in batches for post in batch.posts()] == posts


def test_a_batch_stays_until_it_is_removed(database: Database, make_post: Any) -> None:
    """A reader that dies between `oldest` and `remove` finds the same batch again; removing twice is no error."""
    with database.writing() as session:
        inbox.deposit(session, [make_post()], source="a", now=NOON)
    for _ in range(2):
        with database.reading() as session:
            (batch,) = inbox.oldest(session)
    for _ in range(2):
        with database.writing() as session:
            inbox.remove(session, [batch.id])
    with database.reading() as session:
        assert inbox.oldest(session) == []


def test_a_removed_batch_gives_its_number_to_no_other(database: Database, make_post: Any) -> None:
    """Else a slow reader that removes what it has indexed would remove a later batch."""
    numbers = []
    for _ in range(2):
        with database.writing() as session:
            inbox.deposit(session, [make_post()], source="a", now=NOON)
            (batch,) = inbox.oldest(session)
            numbers.append(batch.id)
            inbox.remove(session, [batch.id])
    assert numbers[0] != numbers[1]


def test_a_deposit_stands_or_falls_with_its_transaction(database: Database, make_post: Any) -> None:
    with pytest.raises(RuntimeError), database.writing() as session:
        inbox.deposit(session, [make_post()], source="a", now=NOON)
        raise RuntimeError("the crawl was killed")
    with database.reading() as session:
        assert inbox.backlog(session) == Backlog(0, 0, None)


def test_the_backlog_says_how_much_waits_and_since_when(database: Database, make_post: Any) -> None:
    with database.writing() as session:
        inbox.deposit(session, [make_post(), make_post()], source="a", now=NOON)
        inbox.deposit(session, [make_post()], source="b", now=NOON + timedelta(hours=1))
        inbox.deposit(session, [], source="c", now=NOON - timedelta(hours=1))
    with database.reading() as session:
        assert inbox.backlog(session) == Backlog(2, 3, NOON)


def test_a_text_cut_inside_an_emoji_is_kept_with_a_replacement_character(sqlite_database: Database, make_post: Any) -> None:
    with sqlite_database.writing() as session:
        inbox.deposit(session, [make_post("好\ud83d", title="\ud83d\ude21怒")], source="a", now=NOON)
        (post,) = inbox.oldest(session)[0].posts()
        assert (post.text, post.title) == ("好\ufffd", "😡怒")


@settings(deadline=None)
@given(text=st.text(), title=st.text(), likes=st.none() | st.integers(-(2**63), 2**63 - 1), kind=st.sampled_from(PostKind))
def test_any_post_is_the_same_after_the_queue(text: str, title: str, likes: int | None, kind: PostKind) -> None:
    post = Post("p", "1", kind, text, NOON, NOON, "s", title=title, likes=likes)
    batch = InboxBatch(source="s", received_at=NOON, count=1, payload=inbox._packed([post]))
    assert batch.posts() == [post]
