"""What keeps the pages to the people who work with them: origin, roles, content policy, escaping."""

from __future__ import annotations

import re

import pytest
from starlette.datastructures import Headers
from starlette.testclient import TestClient

from console.csrf import is_same_origin
from console.routes import PAGES
from console.visit import Page
from tests.console.town import HOSTILE, ROLES, Town

OURS = {"host": "yushao.example"}


@pytest.mark.parametrize(
    ("headers", "allowed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "cross-site"}, False),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site", "origin": "https://yushao.example"}, False),
        ({"origin": "https://yushao.example"}, True),
        ({"origin": "https://evil.example"}, False),
        ({"origin": "https://yushao.example.evil.example"}, False),
        ({"origin": "https://yushao.example:8443"}, False),
        ({"origin": "null"}, False),
        ({}, True),
    ],
)
def test_a_change_must_come_from_our_own_pages(headers: dict[str, str], allowed: bool) -> None:
    assert is_same_origin(Headers({**OURS, **headers})) is allowed


def test_a_cross_site_post_changes_nothing(town: Town) -> None:
    client = town.visitor("zhiban")
    answer = client.post(f"/alerts/{town.alert_id}/acknowledge", headers={"Origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Open" in client.get("/alerts").text


def address(page: Page) -> str:
    return re.sub(r"{(\w+)}", "nothing", page.path)


@pytest.fixture(scope="module")
def visitors(quiet_town: Town) -> dict[str, TestClient]:
    return {username: quiet_town.visitor(username) for username in ("", *ROLES)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: f"{page.method} {page.path}")
def test_each_page_is_open_to_its_roles_and_to_no_one_else(visitors: dict[str, TestClient], page: Page) -> None:
    """A role that may pass the door meets anything but 403 and the way to sign in; all others meet just these."""
    if page.path == "/sign-out":
        return
    stranger = visitors[""].request(page.method, address(page))
    if page.roles is None:
        assert stranger.status_code != 403
        return
    assert stranger.headers["location"] == "/sign-in"
    for username, role in ROLES.items():
        answer = visitors[username].request(page.method, address(page))
        assert (answer.status_code == 403) is (role not in page.roles), (username, answer.status_code)
        assert answer.headers.get("location") != "/sign-in"


def test_only_what_changes_nothing_is_asked_by_get() -> None:
    changing = re.compile(r"approve|submit|publish|confirm|withdraw|pause|resume|close|dismiss|deactivate|password|sign-out")
    assert [page.path for page in PAGES if page.method == "GET" and changing.search(page.path)] == []


def test_every_answer_forbids_scripts_and_frames_that_are_not_ours(town: Town) -> None:
    client = town.visitor("zhiban")
    for path in ("/alerts", "/sign-in", "/static/console.css", "/nothing", "/healthz"):
        headers = client.get(path).headers
        assert "script-src 'self'" in headers["content-security-policy"]
        assert "'unsafe" not in headers["content-security-policy"]
        assert "frame-ancestors 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


def test_pages_of_peoples_work_are_not_kept_by_caches(town: Town) -> None:
    client = town.visitor("zhiban")
    assert client.get("/alerts").headers["cache-control"] == "no-store"
    assert "no-store" not in client.get("/static/console.css").headers.get("cache-control", "")


def test_no_page_holds_a_script_or_a_style_of_its_own(town: Town) -> None:
    client = town.visitor("admin")
    for path in ("/alerts", f"/alerts/{town.alert_id}", "/posts", "/sources", "/audit", "/people", "/risk-words"):
        page = client.get(path).text
        assert re.findall(r"<script(?! src=\"/static/)", page) == []
        assert re.findall(r"\sstyle=|\son\w+=\"|<style", page) == []


def test_a_hostile_posts_text_is_shown_and_not_run(town: Town) -> None:
    for path in ("/posts?text=alert", f"/alerts/{town.alert_id}"):
        page = town.visitor("zhiban").get(path).text
        assert HOSTILE not in page
        if "posts" in path:
            assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt;" in page


def test_a_quarantined_page_is_shown_as_text(town: Town) -> None:
    client = town.visitor("yunwei")
    link = re.search(r"/quarantine/pages/\w+", client.get("/quarantine").text)
    assert link
    page = client.get(link.group(0)).text
    assert "&lt;script&gt;alert(&#39;stolen&#39;)&lt;/script&gt;" in page and "<script>alert" not in page


def test_links_out_are_only_followed_to_the_web_and_tell_nothing() -> None:
    from console.templating import outside

    assert outside("https://weibo.example/1") == "https://weibo.example/1"
    assert [outside(url) for url in ("javascript:alert(1)", "data:text/html,x", "//evil.example", "", None)] == [""] * 5


def test_every_link_out_opens_apart(town: Town) -> None:
    page = town.visitor("zhiban").get(f"/alerts/{town.alert_id}").text
    links = re.findall(r"<a [^>]*href=\"https?://[^>]*>", page)
    assert links and all('rel="noopener noreferrer"' in link for link in links)
