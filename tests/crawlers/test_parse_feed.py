"""Feeds: RSS, Atom and JSON Feed as Chinese sites really write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from core.post import AuthorKind, Post, PostKind
from core.privacy import author_hash
from crawlers.parsing.feed import parse_feed
from crawlers.parsing.page import Origin, PageBlocked, PageChanged
from tests.crawlers.conftest import AFTERNOON, fixture, page_of


def rss(*items: str, link: str = "https://news.example.cn", head: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    body = "".join(f"<item>{item}</item>" for item in items)
    return f'{head}<rss version="2.0"><channel><title>测试新闻</title><link>{link}</link>{body}</channel></rss>'


def atom(*entries: str, attributes: str = "") -> str:
    body = "".join(f"<entry>{entry}</entry>" for entry in entries)
    return f'<feed xmlns="http://www.w3.org/2005/Atom" {attributes}><title>测试博客</title>{body}</feed>'


def only_post(text: str, origin: Origin, **more: str) -> Post:
    (post,) = parse_feed(page_of(text, **more), origin).posts
    return post


def test_an_rss_item_becomes_a_post(origin: Origin) -> None:
    """Title, text without markup, link, date in UTC, and the author as keyed hash and masked name only."""
    (post,) = parse_feed(page_of(fixture("rss2.xml")), origin).posts
    assert post == Post(
        platform="news",
        native_id="news.example.cn/a/1.html",
        kind=PostKind.ARTICLE,
        title="星海茶饮回应异物事件：涉事门店停业",
        text="门店已停业整顿。",
        url="https://news.example.cn/a/1.html",
        published_at=datetime(2026, 11, 2, 6, 30, tzinfo=UTC),
        seen_at=AFTERNOON,
        source="source-1",
        author_hash=author_hash("news", "测试记者", b"test-key"),
        author_name="测***",
        author_kind=AuthorKind.MEDIA,
    )


def test_who_speaks_is_told_by_the_operator_the_host_or_the_platform_news_and_never_guessed() -> None:
    """A host under gov.cn is an authority's; one that only sounds like it is not, nor is an author of a grand name."""

    def kind(platform: str, link: str, given: AuthorKind = AuthorKind.UNKNOWN) -> AuthorKind:
        page = page_of(rss(f"<title>通报</title><link>{link}</link><author>市场监管总局</author>"))
        (post,) = parse_feed(page, Origin("a", platform, b"k", given)).posts
        return post.author_kind

    assert kind("news", "https://www.samr.gov.cn/1.html") is AuthorKind.AUTHORITY
    assert kind("consumer_news", "https://scjgj.sh.gov.cn/1.html") is AuthorKind.AUTHORITY
    assert kind("news", "https://samr-gov.cn/1.html") is AuthorKind.MEDIA
    assert kind("blog", "https://gov.cn.example.com/1.html") is AuthorKind.UNKNOWN
    assert kind("weibo", "https://weibo.com/1/A") is AuthorKind.UNKNOWN
    assert kind("weibo", "https://weibo.com/1/A", AuthorKind.AUTHORITY) is AuthorKind.AUTHORITY
    assert kind("news", "https://www.samr.gov.cn/1.html", AuthorKind.COMPANY) is AuthorKind.COMPANY, "the operator knows best"


def test_several_cdata_blocks_are_one_text(origin: Origin) -> None:
    (post,) = parse_feed(page_of(fixture("atom.xml")), origin).posts
    assert post.text == "第一段\n第二段"


def test_json_feed_and_the_name_that_rsshub_puts_into_titles(origin: Origin) -> None:
    """RSSHub writes `name: text` as a Weibo post's title; the name must not be kept in the clear."""
    (post,) = parse_feed(page_of(fixture("jsonfeed.json")), origin).posts
    assert post.title == "喝出异物"
    assert "测试用户甲" not in str(post)
    assert post.url == "https://weibo.com/1000000001/QaTest001"


@pytest.mark.parametrize("version", ["https://jsonfeed.org/version/1", "https://jsonfeed.org/version/1.1"])
def test_both_versions_of_json_feed_name_their_author(version: str, origin: Origin) -> None:
    author = '"author":{"name":"甲"}' if version.endswith("/1") else '"authors":[{"name":"甲"}]'
    post = only_post(f'{{"version":"{version}","items":[{{"id":"1","content_text":"文","{author[1:]}}}]}}', origin)
    assert post.author_hash == author_hash("news", "甲", b"test-key")


def test_the_kind_follows_from_the_platform() -> None:
    weibo = Origin("s", "weibo", b"k")
    (post,) = parse_feed(page_of(fixture("jsonfeed.json")), weibo).posts
    assert post.kind is PostKind.POST


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-16"])
def test_a_declared_encoding_is_read(encoding: str, origin: Origin) -> None:
    text = rss("<title>星海茶饮停业</title><link>/1</link>", head=f'<?xml version="1.0" encoding="{encoding}"?>')
    (post,) = parse_feed(page_of(text.encode(encoding)), origin).posts
    assert post.title == "星海茶饮停业"


def test_gb2312_is_declared_but_gbk_written(origin: Origin) -> None:
    """镕 is in GBK, not in GB2312."""
    text = rss("<title>镕记茶饮</title><link>/1</link>", head='<?xml version="1.0" encoding="gb2312"?>')
    (post,) = parse_feed(page_of(text.encode("gbk")), origin).posts
    assert post.title == "镕记茶饮"


@pytest.mark.parametrize("declared", ["gbk", "utf-8", "no-such-encoding"])
def test_a_wrong_declaration_is_passed_over(declared: str, origin: Origin) -> None:
    written = "utf-8" if declared != "utf-8" else "gb18030"
    text = rss("<title>喝出异物</title><link>/1</link>", head=f'<?xml version="1.0" encoding="{declared}"?>')
    (post,) = parse_feed(page_of(text.encode(written), content_type="text/xml"), origin).posts
    assert post.title == "喝出异物"


def test_the_header_s_encoding_wins_over_the_declared_one(origin: Origin) -> None:
    text = rss("<title>喝出异物</title><link>/1</link>", head='<?xml version="1.0" encoding="iso-8859-1"?>')
    (post,) = parse_feed(page_of(text.encode("gbk"), content_type="text/xml; charset=GBK"), origin).posts
    assert post.title == "喝出异物"


def test_relative_links_are_made_absolute_on_the_site(origin: Origin) -> None:
    assert only_post(rss("<title>x</title><link>/a/2.html</link>"), origin).url == "https://news.example.cn/a/2.html"
    relative = rss("<title>x</title><link>a/2.html</link>", link="")
    assert only_post(relative, origin, url="https://feeds.example.cn/f/rss").url == "https://feeds.example.cn/f/a/2.html"


def test_atom_links_are_made_absolute_on_xml_base(origin: Origin) -> None:
    text = atom('<title>x</title><link href="p/1"/>', attributes='xml:base="https://blog.example.cn/y/"')
    assert only_post(text, origin).url == "https://blog.example.cn/y/p/1"


@pytest.mark.parametrize("link", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "http://["])
def test_a_link_that_is_no_web_address_is_none(link: str, origin: Origin) -> None:
    post = only_post(rss(f"<title>x</title><link>{link}</link><guid isPermaLink='false'>g-1</guid>"), origin)
    assert (post.url, post.native_id) == ("", "g-1")


def test_a_changing_guid_does_not_double_an_article(origin: Origin) -> None:
    """Generators renew guids; the article's address stays."""
    first, second = (
        only_post(rss(f"<title>x</title><link>https://news.example.cn/1</link><guid>{guid}</guid>"), origin) for guid in "ab"
    )
    assert first.id == second.id


@pytest.mark.parametrize(
    "link", ["http://news.example.cn/1", "https://news.example.cn/1/", "https://NEWS.example.cn/1?utm_source=rss"]
)
def test_an_address_that_only_looks_different_is_the_same_article(link: str, origin: Origin) -> None:
    assert only_post(rss(f"<title>x</title><link>{link}</link>"), origin).native_id == "news.example.cn/1"


def test_items_that_share_a_link_are_not_merged(origin: Origin) -> None:
    """Some feeds give one page as every item's link; then the guid tells them apart, or the words."""
    items = [f"<title>第{n}条</title><link>https://news.example.cn/live</link><guid>g{n}</guid>" for n in range(2)]
    items += [f"<title>第{n}条</title><link>https://news.example.cn/live</link>" for n in (3, 4)]
    parsed = parse_feed(page_of(rss(*items)), origin)
    assert len({post.id for post in parsed.posts}) == 4


def test_the_home_page_as_link_names_no_item(origin: Origin) -> None:
    post = only_post(rss("<title>x</title><link>https://news.example.cn/</link><guid>g1</guid>"), origin)
    assert post.native_id == "g1"


def test_an_item_without_id_and_date_keeps_its_identity(origin: Origin) -> None:
    """It is seen at another time with each crawl, which must not make it another post."""
    text = rss("<title>无编号</title><description>正文</description>")
    later = page_of(text)
    later = type(later)(later.body, later.url, AFTERNOON + timedelta(hours=1))
    (first,), (second,) = parse_feed(page_of(text), origin).posts, parse_feed(later, origin).posts
    assert first.id == second.id
    assert (first.published_at, second.published_at) == (AFTERNOON, AFTERNOON + timedelta(hours=1))


def test_a_missing_date_of_publication_is_that_of_the_last_change(origin: Origin) -> None:
    (post,) = parse_feed(page_of(fixture("atom.xml")), origin).posts
    assert post.published_at == datetime(2026, 11, 2, 6, 30, tzinfo=UTC)


def test_a_future_date_is_the_moment_of_sight(origin: Origin) -> None:
    post = only_post(rss("<title>x</title><link>/1</link><pubDate>Fri, 01 Jan 2038 00:00:00 GMT</pubDate>"), origin)
    assert post.published_at == AFTERNOON


def test_only_dates_further_ahead_than_clocks_differ_are_told(origin: Origin) -> None:
    dates = ("16:05", "16:29", "23:30")
    items = [f"<title>{date}</title><link>/{date}</link><pubDate>2026-11-02 {date}:00</pubDate>" for date in dates]
    parsed = parse_feed(page_of(rss(*items)), origin)
    assert all(post.published_at == AFTERNOON for post in parsed.posts)
    assert parsed.ahead == (timedelta(minutes=29), timedelta(hours=7.5))


def test_an_item_that_the_page_holds_twice_is_the_one_that_it_is_alone(origin: Origin) -> None:
    """Only other words under the same link make the link name nothing."""
    item = "<title>甲</title><link>https://news.example.cn/1</link>"
    (alone,) = parse_feed(page_of(rss(item)), origin).posts
    (twice,) = parse_feed(page_of(rss(item, item)), origin).posts
    others = parse_feed(page_of(rss(item, item.replace("甲", "乙"))), origin).posts
    assert alone.id == twice.id and alone.id not in {post.id for post in others} and len(others) == 2


def test_an_unreadable_date_is_a_problem_with_its_item_and_the_rest_is_read(origin: Origin) -> None:
    parsed = parse_feed(page_of(rss("<title>甲</title><pubDate>某日</pubDate>", "<title>乙</title><link>/2</link>")), origin)
    assert [post.title for post in parsed.posts] == ["乙"]
    (problem,) = parsed.problems
    assert "某日" in problem.zh
    assert "某日" in problem.en
    assert "甲" in problem.excerpt


def test_media_titles_and_comments_are_no_titles(origin: Origin) -> None:
    text = rss('<m:title xmlns:m="http://search.yahoo.com/mrss/">图</m:title><!-- x --><title>真标题</title><link>/1</link>')
    assert only_post(text, origin).title == "真标题"


def test_an_item_with_neither_title_nor_text_is_a_problem(origin: Origin) -> None:
    parsed = parse_feed(page_of(rss("<link>/1</link>")), origin)
    assert (len(parsed.posts), len(parsed.problems)) == (0, 1)


def test_an_empty_feed_is_well_formed_and_empty(origin: Origin) -> None:
    parsed = parse_feed(page_of(rss()), origin)
    assert (parsed.posts, parsed.problems) == ((), ())


def test_rss_1_items_stand_beside_the_channel(origin: Origin) -> None:
    text = (
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><link>https://old.example.cn</link></channel>'
        "<item><title>旧格式</title><link>https://old.example.cn/1</link><dc:date>2026-11-01T08:00:00+08:00</dc:date></item></rdf:RDF>"
    )
    assert only_post(text, origin).published_at == datetime(2026, 11, 1, 0, 0, tzinfo=UTC)


def test_atom_xhtml_becomes_text_and_the_feed_s_author_is_the_entry_s(origin: Origin) -> None:
    content = '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>一段</p><p>二段</p></div></content>'
    text = atom(f'<title>x</title><link href="https://b.example.cn/1"/>{content}').replace(
        "<entry>", "<author><name>博主甲</name></author><entry>", 1
    )
    post = only_post(text, origin)
    assert (post.text, post.author_name) == ("一段\n二段", "博***")


def test_bare_ampersands_html_entities_and_control_characters_are_repaired(origin: Origin) -> None:
    text = rss("<title>甲&nbsp;乙\x08</title><link>https://news.example.cn/?a=1&b=2</link>")
    parsed = parse_feed(page_of(text), origin)
    assert not parsed.problems
    assert (parsed.posts[0].title, parsed.posts[0].url) == ("甲 乙", "https://news.example.cn/?a=1&b=2")


def test_a_cut_page_gives_its_whole_items_and_says_that_it_is_cut(origin: Origin) -> None:
    """The last item may be cut in the middle of a sentence; it is left for the next crawl."""
    whole = rss("<title>一</title><link>/1</link>", "<title>二</title><link>/2</link>", "<title>三三三</title><link>/3</link>")
    parsed = parse_feed(page_of(whole[: whole.index("三三三") + 1]), origin)
    assert [post.title for post in parsed.posts] == ["一", "二"]
    (problem,) = parsed.problems
    assert problem.kind == "page"


def test_entities_are_not_resolved(origin: Origin) -> None:
    """A feed can neither read our files nor blow up our memory."""
    head = '<!DOCTYPE rss [<!ENTITY f SYSTEM "file:///etc/hostname"><!ENTITY a "哈"><!ENTITY b "&a;&a;&a;&a;">]>'
    parsed = parse_feed(page_of(rss("<title>x&f;&b;</title><link>/1</link>", head=head)), origin)
    assert all("哈" not in post.title for post in parsed.posts)


@pytest.mark.parametrize("name", ["weibo_search_blocked.html", "weibo_mobile_captcha.json"])
def test_a_login_or_captcha_page_is_a_block(name: str, origin: Origin) -> None:
    with pytest.raises(PageBlocked) as error:
        parse_feed(page_of(fixture(name)), origin)
    assert "https://news.example.cn/rss.xml" in error.value.zh
    assert "https://news.example.cn/rss.xml" in error.value.en


@pytest.mark.parametrize(
    "body",
    [
        "<html><body>首页</body></html>",
        "<!DOCTYPE html><p>x",
        "<sitemap/>",
        "just words",
        '{"items": 3}',
        '{"version": "https://jsonfeed.org/version/1", "items": [',
        "[]",
        "",
        b"\x89PNG\r\n\x1a\n\x00\xff\xfe\xfa\x80",
    ],
)
def test_what_is_no_feed_is_a_changed_page_and_is_named(body: bytes | str, origin: Origin) -> None:
    with pytest.raises(PageChanged) as error:
        parse_feed(page_of(body), origin)
    assert "https://news.example.cn/rss.xml" in str(error.value)
