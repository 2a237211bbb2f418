"""The drill's site answers as the real sites do, and the real parsers read it."""

import http.client
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest

from core.errors import UnavailableError
from core.post import PostKind
from crawlers.parsing.feed import parse_feed
from crawlers.parsing.newsnow import parse_newsnow
from crawlers.parsing.page import Origin, Page, Parsed
from crawlers.parsing.sina_roll import parse_sina_roll
from crawlers.parsing.weibo_hot import parse_weibo_hot
from drill.site import DrillSite, served

STARTED = datetime(2026, 11, 2, 6, 13, tzinfo=UTC)
ORIGIN = Origin("drill", "weibo", b"key-of-the-test")


class Watch:
    """A clock that the test sets."""

    def __init__(self) -> None:
        self.moment = STARTED

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def site(watch: Watch) -> Iterator[DrillSite]:
    with served(STARTED, now=watch) as running:
        yield running


def get(site: DrillSite, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", site.server_port, timeout=10)
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = answer.status, dict(answer.getheaders()), answer.read()
    connection.close()
    return found


def page(site: DrillSite, path: str) -> Page:
    status, headers, body = get(site, path)
    assert status == 200
    return Page(body, site.address + path, site.now(), headers["Content-Type"])


def test_the_archive_is_read_but_for_two_damaged_entries(site: DrillSite) -> None:
    parsed = parse_feed(page(site, "/hub/archive.json"), ORIGIN)
    assert len(parsed.posts) > 500 and len(parsed.problems) == 2
    assert max(post.published_at for post in parsed.posts) < STARTED - timedelta(hours=3)


def test_the_live_feed_goes_on_where_the_archive_ends(site: DrillSite, watch: Watch) -> None:
    archive, live = (parse_feed(page(site, path), ORIGIN) for path in ("/hub/archive.json", "/hub/feed.json"))
    assert live.problems == () and len(live.posts) > 50
    assert not {post.id for post in archive.posts} & {post.id for post in live.posts}
    watch.moment += timedelta(minutes=10)
    later = parse_feed(page(site, "/hub/feed.json"), ORIGIN)
    assert {post.id for post in live.posts} < {post.id for post in later.posts}


@pytest.mark.parametrize(("path", "problems"), [("/news/rss.xml", 0), ("/blog/atom.xml", 1)])
def test_xml_feeds_are_read(site: DrillSite, path: str, problems: int) -> None:
    parsed = parse_feed(page(site, path), ORIGIN)
    assert len(parsed.posts) > 5 and len(parsed.problems) == problems
    assert all(post.title and post.text and post.published_at <= STARTED for post in parsed.posts)
    assert any("星海茶饮" in post.title for post in parsed.posts)


def test_the_hot_search_is_read_without_its_advertisement(site: DrillSite) -> None:
    parsed = parse_weibo_hot(page(site, "/weibo/ajax/side/hotSearch"), ORIGIN)
    assert len(parsed.posts) > 20 and parsed.left_out == 1
    entry = next(post for post in parsed.posts if post.text == "星海茶饮喝出异物")
    assert entry.kind is PostKind.HOT_SEARCH and entry.heat is not None and entry.heat > 1_000_000


def test_the_roll_and_the_questions_are_read(site: DrillSite) -> None:
    roll = parse_sina_roll(page(site, "/api/roll/get?pageid=153&lid=2509&k=&num=50&page=1"), ORIGIN)
    questions = parse_newsnow(page(site, "/newsnow/api/s?id=zhihu"), ORIGIN)
    assert len(roll.posts) == 50 and roll.problems == questions.problems == ()
    assert [post.text for post in questions.posts] == ["如何看待星海茶饮被曝喝出异物？"]


@pytest.mark.parametrize(
    ("path", "parse"),
    [
        ("/hub/feed.json", parse_feed),
        ("/news/rss.xml", parse_feed),
        ("/blog/atom.xml", parse_feed),
        ("/weibo/ajax/side/hotSearch", parse_weibo_hot),
        ("/api/roll/get", parse_sina_roll),
        ("/newsnow/api/s?id=zhihu", parse_newsnow),
    ],
)
def test_an_item_keeps_its_id_from_one_fetch_to_the_next(site: DrillSite, watch: Watch, path: str, parse: object) -> None:
    assert callable(parse)

    def ids() -> set[str]:
        parsed = parse(page(site, path), ORIGIN)
        assert isinstance(parsed, Parsed)
        return {post.id for post in parsed.posts if "星海茶饮" in post.full_text}

    first = ids()
    watch.moment += timedelta(minutes=5)
    assert first and first <= ids()


def test_every_post_can_be_opened_at_its_address(site: DrillSite) -> None:
    post = parse_feed(page(site, "/hub/feed.json"), ORIGIN).posts[0]
    status, _, body = get(site, urlsplit(post.url).path)
    assert status == 200 and post.text[:5] in body.decode()
    assert get(site, "/post/unknown")[0] == 404


def test_a_page_that_has_not_changed_is_not_sent_again(site: DrillSite, watch: Watch) -> None:
    _, headers, body = get(site, "/hub/feed.json")
    assert body
    for known in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        assert get(site, "/hub/feed.json", **known)[::2] == (304, b"")
    watch.moment += timedelta(minutes=10)
    for known in ({"If_None_Match": headers["ETag"]}, {"If_Modified_Since": headers["Last-Modified"]}):
        assert get(site, "/hub/feed.json", **known)[0] == 200
    archive = get(site, "/hub/archive.json")[1]["ETag"]
    watch.moment += timedelta(days=2)
    assert get(site, "/hub/archive.json", If_None_Match=archive)[0] == 304, "the archive never changes"
    assert get(site, "/news/rss.xml", If_Modified_Since="no date")[0] == 200


def test_robots_are_told_and_one_source_refuses_them(site: DrillSite) -> None:
    assert b"Disallow: /private/" in get(site, "/robots.txt")[2]
    assert get(site, "/forum/rss.xml")[0] == 403


def test_the_site_stops_cleanly_even_while_a_visitor_stays_connected(watch: Watch) -> None:
    before = threading.active_count()
    with served(STARTED, now=watch) as site:
        visitor = http.client.HTTPConnection("127.0.0.1", site.server_port, timeout=10)
        visitor.request("GET", "/robots.txt")
        visitor.getresponse().read()
        port = site.server_port
    visitor.close()
    with DrillSite(STARTED, port):
        pass
    assert threading.active_count() <= before + 1


def test_a_taken_port_is_named_with_the_remedy(site: DrillSite) -> None:
    with pytest.raises(UnavailableError) as raised:
        DrillSite(STARTED, site.server_port)
    assert str(site.server_port) in raised.value.en and "--port" in raised.value.zh
