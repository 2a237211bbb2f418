"""The chart: heights that tell the truth, lines that break where nothing is known, gaps that are never shown as calm."""

from __future__ import annotations

from datetime import timedelta
from xml.etree import ElementTree

from console.chart import PLOT_HEIGHT, PLOT_TOP, HourBar, _ceiling, draw
from tests.conftest import NOON

SVG = "{http://www.w3.org/2000/svg}"


def bars(*posts: int, **more: float | None) -> list[HourBar]:
    return [HourBar(NOON + timedelta(hours=place), count, count // 2, **more) for place, count in enumerate(posts)]


def drawn(hours: list[HourBar], **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(str(draw(hours, title="<星海> & 提及", **more)))  # type: ignore[arg-type]


def rectangles(chart: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in chart.iter() if element.tag.endswith("rect") and element.get("class") == name]


def test_the_scale_ends_at_a_plain_number_that_four_lines_divide() -> None:
    assert [_ceiling(value) for value in (0, 3, 9, 41, 130, 800, 801)] == [4, 4, 12, 60, 160, 800, 1000]


def test_a_bar_is_as_high_as_its_share_of_the_scale() -> None:
    chart = drawn(bars(0, 10, 20))
    assert [float(bar.get("height", 0)) for bar in rectangles(chart, "posts")] == [PLOT_HEIGHT / 2, PLOT_HEIGHT]
    assert len(rectangles(chart, "negative")) == 2


def test_the_threshold_is_always_inside_the_picture() -> None:
    paths = {
        path.get("class"): path.get("d", "") for path in drawn(bars(1, 2, threshold=30.0)).iter() if path.tag.endswith("path")
    }
    heights = [float(part.split()[1]) for part in paths["threshold"].replace("M", "L").split("L")[1:]]
    assert all(height >= 0 for height in heights)


def test_a_line_breaks_where_the_usual_is_not_known() -> None:
    hours = [HourBar(NOON + timedelta(hours=place), 1, 0, baseline=value) for place, value in enumerate((1.0, None, 1.0))]
    path = next(element for element in drawn(hours).iter() if element.get("class") == "baseline")
    assert path.get("d", "").count("M") == 2


def test_an_hour_is_called_watched_only_if_every_source_delivered() -> None:
    hours = [HourBar(NOON + timedelta(hours=place), 0, 0, coverage=share) for place, share in enumerate((1.0, 0.99, 0.0, None))]
    chart = drawn(hours)
    assert [len(rectangles(chart, name)) for name in ("watched", "partly", "unwatched")] == [1, 1, 1]


def test_it_can_be_read_without_being_seen() -> None:
    chart = drawn(bars(1, 7, 2))
    texts = [element.text or "" for element in chart if element.tag.endswith(("title", "desc"))]
    assert texts[0] == "<星海> & 提及" and "10" in texts[1] and "7" in texts[1]
    assert chart.get("aria-labelledby") == "chart-title chart-description"


def test_every_bar_tells_its_numbers() -> None:
    titles = [
        element.text or ""
        for element in drawn(bars(6, baseline=1.25, threshold=9.0, coverage=0.5)).iter()
        if element.tag.endswith("title")
    ]
    assert any("6" in title and "3" in title and "1.2" in title and "9.0" in title and "50%" in title for title in titles)


def test_where_each_wave_began_is_marked_by_its_name() -> None:
    marks = [
        (NOON + timedelta(hours=1), "预警起点"),
        (NOON + timedelta(hours=2), "<第二波>"),
        (NOON - timedelta(days=9), "更早"),
    ]
    marked = drawn(bars(1, 2, 3), marks=marks)
    assert [element.text for element in marked.iter() if element.get("class") == "mark-label"] == ["预警起点", "<第二波>"]


def test_the_forecast_s_band_reaches_from_what_was_expected_to_its_edge_and_never_out_of_the_picture() -> None:
    hours = [HourBar(NOON, 8, 0, baseline=2.0, upper=4.0), HourBar(NOON + timedelta(hours=1), 1, 0, baseline=2.0, upper=900.0)]
    band = next(element for element in drawn(hours).iter() if element.get("class") == "band")
    shapes = [(float(shape.get("y", 0)), float(shape.get("height", 0))) for shape in band]
    assert shapes[0] == (PLOT_TOP + PLOT_HEIGHT * 3 / 4, PLOT_HEIGHT / 8)
    assert shapes[1] == (PLOT_TOP, PLOT_HEIGHT * 7 / 8)


def test_a_band_up_to_twice_as_high_as_all_that_happened_is_shown_whole() -> None:
    """Its edge is a line of its own; a band that is cut has none, so that nobody takes the cut for its edge."""
    whole = drawn([HourBar(NOON, 20, 0, baseline=5.0, upper=38.0)])
    assert f">{40}<" in ElementTree.tostring(whole, encoding="unicode")
    assert [element for element in whole.iter() if element.get("class") == "edge"]
    cut = drawn([HourBar(NOON, 20, 0, baseline=5.0, upper=90.0)])
    assert not [element for element in cut.iter() if element.get("class") == "edge"]


def test_without_a_forecast_there_is_no_band() -> None:
    assert not [element for element in drawn(bars(1, 2)).iter() if element.get("class") == "band"]


def test_nothing_to_draw_is_no_picture() -> None:
    assert str(draw([], title="x")) == ""
