"""The trend page: a brand's hours and days with their posts, its platforms and categories, what was not watched, the CSV."""

from __future__ import annotations

import csv
import re

import pytest

from core.clock import HOUR, shown
from tests.console.test_chart import bars, drawn, rectangles
from tests.console.town import BRAND, Town

MINUTE = "%Y-%m-%dT%H:%M"


def test_without_a_choice_the_last_day_of_the_first_brand_is_shown(quiet_town: Town) -> None:
    page = quiet_town.visitor("zhiban").get("/trend").text
    assert f"<option selected>{BRAND}</option>" in page and 'class="chart"' in page
    assert "Hour by hour" in page and "raise no alert any more" in page


def test_an_hour_opens_its_own_posts(quiet_town: Town) -> None:
    """The number beside the hour is the number of posts that its link finds."""
    client = quiet_town.visitor("zhiban")
    page = client.get("/trend", params={"brand": BRAND}).text
    rows = re.findall(r'<td class="nowrap"><a href="(/posts[^"]+)">[^<]+</a></td>\s*<td[^>]*>([\d,]+)</td>', page)
    assert len(rows) > 5
    busiest = max(rows, key=lambda row: int(row[1]))
    found = client.get(busiest[0].replace("&amp;", "&")).text
    assert f"{busiest[1]} posts" in found and f"{busiest[1]} " in found


@pytest.mark.parametrize(("by", "named"), [("platform", "Weibo"), ("risk", "Quality and food safety"), ("mood", "Negative")])
def test_a_split_shows_its_parts_with_links_to_their_posts(quiet_town: Town, by: str, named: str) -> None:
    client = quiet_town.visitor("zhiban")
    page = client.get("/trend", params={"brand": BRAND, "by": by}).text
    link = re.search(rf'<td class="strong"><a href="(/posts[^"]+)">{named}</a>.*?data-name="[^"]+">([\d,]+)</td>', page)
    assert link is not None
    assert f"{link[2]} posts" in client.get(link[1].replace("&amp;", "&")).text


def test_four_weeks_are_shown_by_day_and_a_day_opens_its_hours(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    page = client.get("/trend", params={"brand": BRAND, "span": "28d"}).text
    assert "Day by day" in page
    day = shown(quiet_town.now - 48 * HOUR, "%Y-%m-%d")
    link = next(link for link in re.findall(r'href="(/trend\?[^"]+)"', page) if f"to={day}" in link)
    hours = client.get(link.replace("&amp;", "&")).text
    assert f"{day} 23:00" in hours and f"{day} 00:00" in hours


def test_an_alert_shows_its_platforms_and_categories_over_time(quiet_town: Town) -> None:
    """Each with as many posts as the search finds there; the brand's trend is one step away."""
    client = quiet_town.visitor("zhiban")
    page = client.get(f"/alerts/{quiet_town.alert_id}").text
    card = page.partition("Platforms and categories over time")[2].partition("</section>")[0]
    rows = re.findall(
        r'<td><a href="(/posts[^"]+)">([^<]+)</a></td><td><svg.*?<td class="number">([\d,]+) posts, [\d,]+ adverse</td>', card
    )
    assert {name for _, name, _ in rows} == {"Weibo", "Zhihu", "News", "Heimao complaints", "Quality and food safety"}
    link, _, count = rows[0]
    assert f"{count} posts" in client.get(link.replace("&amp;", "&")).text
    assert "/trend?" in card


def test_the_csv_holds_the_figures_of_the_page(quiet_town: Town) -> None:
    client = quiet_town.visitor("zhiban")
    answer = client.get("/trend.csv", params={"brand": BRAND, "by": "platform"})
    assert answer.headers["content-type"].startswith("text/csv") and "attachment" in answer.headers["content-disposition"]
    rows = list(csv.DictReader(answer.text.removeprefix("\ufeff").splitlines()))
    whole, parts = (sum(int(row["posts"] or 0) for row in rows if bool(row["part"]) is told) for told in (False, True))
    assert whole == parts > 100


def test_a_brand_that_is_not_there_is_told(quiet_town: Town) -> None:
    answer = quiet_town.visitor("zhiban").get("/trend", params={"brand": "没有的品牌"})
    assert answer.status_code in (400, 404) and "没有的品牌" in answer.text


def test_an_hour_that_was_not_watched_is_hatched_unless_posts_came_in_otherwise() -> None:
    assert len(rectangles(drawn(bars(0, 3, 0, coverage=0.0)), "gap")) == 2
    assert rectangles(drawn(bars(0, 3, coverage=0.5)), "gap") == []


def test_a_bar_leads_to_its_posts() -> None:
    chart = drawn(bars(1, 0, link="/posts?a=1&b=2"))  # type: ignore[arg-type]
    links = [element for element in chart.iter() if element.tag == "a"]
    assert [link.get("href") for link in links] == ["/posts?a=1&b=2"] * 2
