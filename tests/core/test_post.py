"""A Post is one public item, identified by platform and native id."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import InputError
from core.post import DERIVED, Post, PostKind, derived_native_id
from core.privacy import author_hash, masked_name

moments = st.datetimes(timezones=st.just(UTC))
counts = st.none() | st.integers(min_value=0, max_value=10**12)


@given(
    st.builds(
        Post,
        platform=st.sampled_from(["weibo", "news"]),
        native_id=st.text(min_size=1),
        kind=st.sampled_from(PostKind),
        text=st.text(),
        published_at=moments,
        seen_at=moments,
        source=st.text(),
        title=st.text(),
        likes=counts,
        heat=counts,
    )
)
def test_a_post_survives_its_record(post: Post) -> None:
    assert Post.from_record(orjson.loads(orjson.dumps(post.to_record()))) == post


def test_identity_is_platform_and_native_id(make_post: Any) -> None:
    assert make_post(platform="weibo", native_id="42").id == "weibo:42"


@pytest.mark.parametrize("fields", [{"platform": ""}, {"platform": "a:b"}, {"native_id": ""}])
def test_a_post_without_identity_is_refused(make_post: Any, fields: dict[str, str]) -> None:
    with pytest.raises(InputError):
        make_post(**fields)


def test_a_time_without_a_zone_is_refused(make_post: Any) -> None:
    with pytest.raises(InputError, match="to_utc"):
        make_post(published_at=datetime(2026, 11, 2, 12))  # noqa: DTZ001 - the naive time is the point


def test_reach_is_the_heat_where_told_else_the_counts(make_post: Any) -> None:
    assert make_post(heat=900, likes=5).reach == 900
    assert make_post(likes=5, comments=2).reach == 7


def test_the_title_is_not_said_twice(make_post: Any) -> None:
    assert make_post("标题在前的正文", title="标题").full_text == "标题在前的正文"
    assert make_post("正文", title="标题").full_text == "标题\n正文"


def test_a_derived_id_is_stable_and_marked_as_such() -> None:
    moment = datetime(2026, 11, 2, tzinfo=UTC)
    first, again, other = (derived_native_id(text, moment) for text in ("甲", "甲", "乙"))
    assert first == again != other
    assert first.startswith(DERIVED)


def test_an_author_is_kept_as_a_keyed_hash_and_a_masked_name() -> None:
    hashed = author_hash("weibo", "1000000001", b"key")
    assert hashed == author_hash("weibo", "1000000001", b"key")
    assert hashed != author_hash("weibo", "1000000001", b"another key")
    assert "1000000001" not in hashed
    assert masked_name("测试用户甲") == "测***"
