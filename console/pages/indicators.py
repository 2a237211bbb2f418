"""Indicators: how every brand stands, one brand's table with its trends and points, its editing, and the company's figures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session
from starlette.datastructures import UploadFile
from starlette.responses import Response

from alerts.indicators import store as indicators_store
from alerts.indicators.figures import figures, import_figures
from alerts.indicators.table import DEFAULT, FIGURE, Direction, IndicatorTable, Measure, Status, name_of, of_figure
from alerts.policies import versions as configuration
from alerts.policies.versions import Kind
from console.i18n import translate as _
from console.sparkline import sparkline
from console.templating import address
from console.visit import Visit
from core.coverage import Coverage
from core.errors import InputError
from crawlers.coverage import coverage
from monitoring.brands import list_brands, require_brand

DAY = timedelta(days=1)
NUMBERS = ("weight", "watch", "warn", "alarm")


def show(visit: Visit) -> Response:
    """One brand's table where the address names it, else all brands."""
    brand = visit.query("brand")
    return _of_brand(visit, brand) if brand else _overview(visit)


def _overview(visit: Visit) -> Response:
    with visit.database.reading() as session:
        watched = _watched(visit, session)
        brands = [brand.name for brand in list_brands(session)]
        cards = indicators_store.scorecards(session, visit.index, brands, at=visit.now, is_watched=not watched.is_blind)
    ranked = sorted(cards.items(), key=lambda item: (-(item[1].score or -1), item[0]))
    return visit.render("indicators.html", cards=ranked, watched=watched, Status=Status)


def _of_brand(visit: Visit, brand: str) -> Response:
    with visit.database.reading() as session:
        require_brand(session, brand)
        watched = _watched(visit, session)
        card = indicators_store.scorecard(session, visit.index, brand, at=visit.now, is_watched=not watched.is_blind)
        history = configuration.history(session, Kind.INDICATORS, brand, limit=20)
        version = history[0].version if history else 0
        known = figures(session, brand)
    in_table = {row.key for row in card.table.rows}
    addable = [key for key in (*indicators_store.choices(), *(FIGURE + figure.name for figure in known)) if key not in in_table]
    return visit.render(
        "indicators_brand.html",
        brand=brand,
        card=card,
        watched=watched,
        history=history,
        version=version,
        figures=known,
        addable=[(key, name_of(key)) for key in addable],
        sparkline=sparkline,
        measures=list(Measure),
        directions=list(Direction),
    )


def save(visit: Visit) -> Response:
    """Save the brand's table from its form: one line for each `key`, without those marked to be taken out."""
    brand = visit.field("brand")
    with visit.database.writing() as session:
        require_brand(session, brand)
        indicators_store.save_table(
            session,
            brand,
            IndicatorTable.from_json(_content(visit)),
            actor=visit.actor,
            reason=visit.field("reason"),
            now=visit.now,
            based_on=int(visit.field("version") or 0),
        )
    return _back(visit, brand, _("指标表已保存"))


def reset(visit: Visit) -> Response:
    brand = visit.field("brand")
    with visit.database.writing() as session:
        require_brand(session, brand)
        reason = visit.field("reason")
        indicators_store.save_table(session, brand, None, actor=visit.actor, reason=reason, now=visit.now)
    return _back(visit, brand, _("已恢复默认指标表"))


def bring(visit: Visit) -> Response:
    """Take over an uploaded CSV of the company's figures; rows that cannot be read are told with their lines."""
    brand, file = visit.field("brand"), visit.form.get("file")
    if not isinstance(file, UploadFile) or not file.filename:
        raise InputError(zh="请选择一个 CSV 文件", en="choose a CSV file")
    with visit.database.writing() as session:
        require_brand(session, brand)
        content = file.file.read()
        report = import_figures(session, brand, content, name=file.filename, actor=visit.actor, now=visit.now)
    for problem in report.problems:
        visit.flash(_("第 {line} 行：{why}", line=problem.line, why=_either(problem)), "bad")
    if report.more_problems:
        visit.flash(_("另有 {n} 处问题", n=report.more_problems), "bad")
    said = _("导入：新增 {added}，修改 {changed}，未变 {unchanged}", **_counts(report))
    return _back(visit, brand, said)


def _content(visit: Visit) -> dict[str, Any]:
    keys = [key for key in map(str, visit.form.getlist("key")) if not visit.field(f"remove:{key}")]
    rows: list[dict[str, Any]] = [
        {
            "key": key,
            **{name: _number(visit.field(f"{name}:{key}")) for name in NUMBERS},
            "measure": visit.field(f"measure:{key}"),
            "direction": visit.field(f"direction:{key}"),
        }
        for key in keys
    ]
    if added := visit.field("add"):
        rows += IndicatorTable((_new(added),)).to_json()["rows"]
    return {"rows": rows, **{name: _number(visit.field(f"score:{name}")) for name in NUMBERS[1:]}}


def _new(key: str) -> Any:
    """The usual line of an indicator that is added: the product's own, or a figure's."""
    return next((row for row in DEFAULT.rows if row.key == key), None) or of_figure(key.removeprefix(FIGURE))


def _number(text: str) -> float | str:
    """The number, or the text itself, which the table then refuses by the field's name."""
    try:
        return float(text)
    except ValueError:
        return text


def _watched(visit: Visit, session: Session) -> Coverage:
    stale_after = visit.settings.crawl.stale_after
    return coverage(session, start=visit.now - DAY, end=visit.now, stale_after=stale_after)


def _either(problem: Any) -> str:
    return str(InputError(zh=problem.zh, en=problem.en))


def _counts(report: Any) -> dict[str, int]:
    return {name: getattr(report, name) for name in ("added", "changed", "unchanged")}


def _back(visit: Visit, brand: str, said: str) -> Response:
    return visit.go(address("/indicators", brand=brand), said)
