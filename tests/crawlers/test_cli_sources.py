"""`yushao sources`, as it is typed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from typer.testing import CliRunner, Result

import cli.base
import cli.sources
from core.audit import entries_for
from core.database import Database
from core.errors import InputError, YushaoError, language
from core.settings import Settings
from crawlers.sources import sync_sources
from posts import quarantine
from posts.quarantine import Quarantined
from tests.crawlers.conftest import AFTERNOON, WithSources, fixture
from tests.crawlers.site import Site

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, sqlite_database: Database, site: Site, with_sources: WithSources) -> Iterator[Run]:
    """Call the command with two sources on a local site; errors come out as they are."""
    url = site.give("/rss.xml", fixture("rss2.xml"))
    chosen: Settings = with_sources(("news", "feed", url), ("gone", "feed", site.url + "/gone"))
    monkeypatch.setattr(cli.base, "settings", lambda: chosen)
    monkeypatch.setattr(cli.sources, "settings", lambda: chosen)
    monkeypatch.setattr("core.database.require_schema", lambda database: None)
    monkeypatch.setenv("COLUMNS", "200")
    token = language.set("zh")

    def called(*arguments: str) -> Result:
        result = CliRunner().invoke(cli.sources.app, list(arguments))
        if isinstance(result.exception, YushaoError):
            raise result.exception
        return result

    yield called
    language.reset(token)


def test_list_shows_configured_sources_that_were_never_crawled(run: Run) -> None:
    shown = run("list").output
    assert "news" in shown and "gone" in shown and "未抓取" in shown
    assert "2 sources" in shown


@pytest.mark.processes
def test_crawl_all_tells_each_outcome_and_fails_where_one_failed(run: Run, sqlite_database: Database) -> None:
    result = run("crawl", "--all")
    assert result.exit_code == 1
    assert "正常 ok" in result.output and "页面已变 changed" in result.output
    assert "HTTP 404" in result.output
    listed = run("list").output
    assert "读到 1 条" in listed


def test_crawl_wants_one_name_or_all(run: Run) -> None:
    assert run("crawl").exit_code == run("crawl", "news", "--all").exit_code == 2


def test_pause_and_resume_are_shown_and_audited(run: Run, sqlite_database: Database) -> None:
    run("pause", "news")
    assert "已暂停" in run("list").output
    run("resume", "news")
    assert "已暂停" not in run("list").output
    with sqlite_database.reading() as session:
        entries = entries_for(session, ["source:news"])
    assert [entry.action for entry in entries] == ["source.resume", "source.pause"]
    assert all(entry.actor.startswith("cli") for entry in entries)


def test_an_unknown_source_is_named(run: Run) -> None:
    with pytest.raises(InputError, match="nowhere"):
        run("pause", "nowhere")


def test_quarantine_shows_the_reason_the_item_and_its_page(run: Run, sqlite_database: Database) -> None:
    with sqlite_database.writing() as session:
        sync_sources(session, [], AFTERNOON)
        items = [
            Quarantined("news", "item", "没有标题", "no title", "https://x.cn/rss", '{"id": 2}', b"<rss/>", "https://x.cn/rss")
        ]
        quarantine.add(session, [*items, Quarantined("gone", "row", "坏行", "bad row", "f.csv:3")], now=AFTERNOON)
        identity = quarantine.recent(session, source="news")[0].id
        row = quarantine.recent(session, source="gone")[0].id
    listed = run("quarantine", "list", "--source", "news").output
    assert identity[:10] in listed and "没有标题" in listed and "坏行" not in listed
    shown = run("quarantine", "show", identity[:10]).output
    assert "no title" in shown and '{"id": 2}' in shown
    assert run("quarantine", "show", identity, "--page").stdout_bytes == b"<rss/>"
    with pytest.raises(InputError, match=row[:10]):
        run("quarantine", "show", row[:10], "--page")
    with pytest.raises(InputError, match="zzzz"):
        run("quarantine", "show", "zzzz")
