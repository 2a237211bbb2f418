"""What is true of Elasticsearch alone: its names and templates, and its failures in the words of the operator."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from core.errors import SettingError, StateError, UnavailableError
from core.post import AuthorKind
from core.settings import SearchSettings, Settings
from posts.elastic import ElasticIndex
from posts.elastic_documents import document
from posts.engines import open_index
from posts.index import IndexedPost, PostFilter, WriteReport
from tests.conftest import NOON
from tests.posts.conftest import MOON, put


@pytest.fixture
def client(elasticsearch_url: str) -> Iterator[Any]:
    from elasticsearch import Elasticsearch

    with Elasticsearch(elasticsearch_url) as opened:
        yield opened


@pytest.fixture
def index(elasticsearch_url: str, elasticsearch_prefix: str) -> Iterator[ElasticIndex]:
    opened = ElasticIndex(SearchSettings(url=elasticsearch_url, prefix=elasticsearch_prefix))
    yield opened
    opened.close()


def index_at(url: str, **more: Any) -> ElasticIndex:
    return ElasticIndex(SearchSettings(url=url, timeout_seconds=5, **more))


@pytest.mark.elasticsearch
def test_the_setting_chooses_the_engine(elasticsearch_url: str) -> None:
    search = SearchSettings(engine="elasticsearch", url=elasticsearch_url)
    opened = open_index(Settings(search=search))
    assert opened.check().startswith("Elasticsearch ")
    assert elasticsearch_url in opened.check()
    opened.close()


@pytest.mark.elasticsearch
def test_each_month_has_its_index_behind_one_alias(
    index: ElasticIndex, client: Any, elasticsearch_prefix: str, make_post: Any
) -> None:
    """The month is that of publication, in UTC; whole months before a moment are dropped as indices."""
    index.setup()
    edge = NOON.replace(month=11, day=1, hour=0)
    put(index, make_post(published_at=edge), make_post(published_at=edge - timedelta(microseconds=1)))
    names = {f"{elasticsearch_prefix}-posts-v1-2026.10", f"{elasticsearch_prefix}-posts-v1-2026.11"}
    assert set(client.indices.get_alias(name=f"{elasticsearch_prefix}-posts")) == names
    assert index.delete_before(edge) == 1
    assert set(client.indices.get_alias(name=f"{elasticsearch_prefix}-posts")) == {f"{elasticsearch_prefix}-posts-v1-2026.11"}


@pytest.mark.elasticsearch
def test_an_index_that_is_not_ours_is_refused_by_name(index: ElasticIndex, client: Any, elasticsearch_prefix: str) -> None:
    """Made before the templates, it would have guessed a mapping in which nothing is found."""
    for name in (f"{elasticsearch_prefix}-posts-v1-2026.11", f"{elasticsearch_prefix}-posts"):
        client.indices.create(index=name)
        with pytest.raises(StateError, match=name):
            index.setup()
        client.indices.delete(index=name)
    index.setup()


@pytest.mark.elasticsearch
def test_an_index_made_before_a_field_was_added_gets_it_and_keeps_its_posts(
    index: ElasticIndex, client: Any, elasticsearch_prefix: str, make_post: Any
) -> None:
    index.setup()
    name, alias = f"{elasticsearch_prefix}-posts-v1-2026.11", f"{elasticsearch_prefix}-posts"
    template = client.cluster.get_component_template(name=f"{alias}-v1")["component_templates"][0]["component_template"]
    older = template["template"]["mappings"]
    for field in ("author_kind", "author_followers"):
        del older["properties"][field]
    client.indices.create(index=name, mappings=older, aliases={alias: {}})
    old = IndexedPost(make_post(author_hash="ab"), (MOON,))
    client.index(index=name, id=old.post.id, document=document(old), refresh=True)

    index.setup()
    assert index.get([old.post.id]) == {old.post.id: old}
    told: dict[str, Any] = {"author_kind": AuthorKind.AUTHORITY, "author_followers": 5}
    new, again = IndexedPost(make_post(**told)), IndexedPost(replace(old.post, **told), (MOON,))
    assert put(index, new, again) == WriteReport(indexed=1, updated=1)
    assert index.get([old.post.id, new.post.id]) == {old.post.id: again, new.post.id: new}
    index.setup()
    assert index.count() == 2


@pytest.mark.elasticsearch
def test_an_index_of_another_version_is_refused(index: ElasticIndex, client: Any, elasticsearch_prefix: str) -> None:
    alias = f"{elasticsearch_prefix}-posts"
    client.indices.create(index=f"{alias}-v2-2026.11", aliases={alias: {}}, mappings={"_meta": {"schema": 2}})
    with pytest.raises(StateError, match=r"v2-2026\.11"):
        index.setup()


@pytest.mark.elasticsearch
def test_a_mapping_that_was_changed_behind_our_back_loses_no_post(
    index: ElasticIndex, client: Any, elasticsearch_prefix: str, make_post: Any
) -> None:
    """The write fails as a whole, so that its posts stay in the inbox instead of going to quarantine."""
    client.indices.create(index=f"{elasticsearch_prefix}-posts-v1-2026.11", mappings={"dynamic": "strict"})
    with pytest.raises(StateError, match="mapping"):
        index.write([IndexedPost(make_post())])


@pytest.mark.elasticsearch
def test_a_cluster_that_takes_no_writes_is_unavailable_not_a_rejection(
    index: ElasticIndex, client: Any, elasticsearch_prefix: str, make_post: Any
) -> None:
    """A full disk makes indices read-only; the posts must wait, not be thrown into quarantine."""
    index.setup()
    put(index, make_post())
    client.indices.put_settings(index=f"{elasticsearch_prefix}-posts", settings={"index.blocks.write": True})
    with pytest.raises(UnavailableError, match="cluster_block_exception"):
        index.write([IndexedPost(make_post(), (MOON,))])
    client.indices.put_settings(index=f"{elasticsearch_prefix}-posts", settings={"index.blocks.write": False})
    assert index.count() == 1


def test_an_unreachable_server_is_named_with_the_remedy(make_post: Any) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        index = index_at(address)
        for ask in (index.setup, index.check, index.count, index.refresh, lambda: index.write([IndexedPost(make_post())])):
            with pytest.raises(UnavailableError, match=address) as failure:
                ask()
            assert "search.url" in failure.value.en and "search.url" in failure.value.zh
        with pytest.raises(UnavailableError):
            list(index.scan(PostFilter()))
        index.close()


def test_a_wrong_password_is_told_apart_and_never_shown(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/_cluster/health").respond_with_json(
        {"error": {"type": "security_exception"}, "status": 401}, status=401, headers={"X-Elastic-Product": "Elasticsearch"}
    )
    index = index_at(httpserver.url_for(""), username="elastic", password="hush-hush")
    with pytest.raises(UnavailableError, match="YUSHAO_SEARCH_PASSWORD") as failure:
        index.check()
    assert "hush" not in failure.value.en + failure.value.zh
    index.close()


def test_a_server_that_is_no_elasticsearch_is_refused(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/_cluster/health").respond_with_json({"status": "green"})
    index = index_at(httpserver.url_for(""))
    with pytest.raises(UnavailableError, match="Elasticsearch"):
        index.check()
    index.close()


def test_a_password_in_the_address_is_not_shown() -> None:
    index = index_at("http://elastic:hush@127.0.0.1:1")
    with pytest.raises(UnavailableError) as failure:
        index.check()
    assert "hush" not in failure.value.en and "127.0.0.1:1" in failure.value.en
    index.close()


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"url": "localhost:9200"}, "search.url"),
        ({"url": "http://"}, "search.url"),
        ({"url": "http://127.0.0.1"}, "search.url"),
        ({"url": "http://127.0.0.1:port"}, "search.url"),
        ({"prefix": "Yushao"}, "search.prefix"),
        ({"prefix": "_x"}, "search.prefix"),
        ({"url": "https://127.0.0.1:1", "ca_certs": "/nowhere/ca.pem"}, "search.ca_certs"),
    ],
)
def test_a_malformed_setting_is_named(wrong: dict[str, Any], named: str) -> None:
    with pytest.raises(SettingError, match=named):
        ElasticIndex(SearchSettings(**{"url": "http://127.0.0.1:1", **wrong}))
