"""`yushao indicators`: the table by which a brand's day is read, how it stands, and the company's own figures."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import actor, err, index, out, settings, state
from cli.policy_base import named, print_history, print_json, read_bytes, read_json
from core.errors import InputError, either

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from alerts.indicators.score import Reading, Scorecard
    from alerts.indicators.table import Indicator, IndicatorTable
    from core.database import Database

app = typer.Typer(help="预警指标 · warning indicators", no_args_is_help=True)

BrandName = Annotated[str, typer.Argument(help="品牌；default 为全部品牌的默认表 · brand, or default")]
Reason = Annotated[str, typer.Option(help="修改的理由 · why it is changed")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


@app.command()
def show(brand: str, json: Json = False) -> None:
    """一个品牌此刻的指标与综合分 · how a brand's indicators stand now."""
    from alerts.indicators.store import scorecard
    from core.clock import now
    from crawlers.coverage import coverage
    from monitoring.brands import require_brand

    at = now()
    with state() as database, index() as posts:
        _count(database, posts)
        with database.reading() as session:
            name = require_brand(session, brand).name
            watched = coverage(session, start=at - timedelta(days=1), end=at, stale_after=_stale())
            card = scorecard(session, posts, name, at=at, is_watched=not watched.is_blind)
    if json:
        print_json(card.to_json())
    else:
        out.print(_card(name, card))


@app.command()
def count() -> None:
    """清点各日数值，已清点且未变的略过 · count the days that are not counted yet or changed."""
    with state() as database, index() as posts:
        out.print(f"清点 · counted: {_count(database, posts)}")


@app.command()
def table(brand: BrandName) -> None:
    """以 JSON 输出指标表，可改后用 load 导入 · print the table as JSON, to be edited and loaded."""
    with state() as database, database.reading() as session:
        print_json(_table_of(session, named(session, brand)).to_json())


@app.command()
def load(brand: BrandName, file: Path, reason: Reason) -> None:
    """导入指标表（JSON） · load a table from JSON."""
    from alerts.indicators.table import IndicatorTable

    _save(brand, reason, lambda _: IndicatorTable.from_json(read_json(file)))


@app.command("set")
def set_(brand: BrandName, indicator: str, field: str, value: str, reason: Reason) -> None:
    """改一个指标的一个字段，如 volume weight 25 · change one field of one indicator."""

    def changed(known: IndicatorTable) -> IndicatorTable:
        from alerts.indicators.table import IndicatorTable, name_of, of_figure

        content = known.to_json()
        row = next((row for row in content["rows"] if indicator in (row["key"], name_of(row["key"])[0])), None)
        if row is None and indicator.startswith("figure:"):
            row = IndicatorTable((of_figure(indicator.removeprefix("figure:")),)).to_json()["rows"][0]
            content["rows"].append(row)
        if row is None:
            raise InputError(zh=f"指标表里没有 {indicator}", en=f"the table has no indicator {indicator}")
        row[field] = _number(value) if field not in ("measure", "direction") else value
        return IndicatorTable.from_json(content)

    _save(brand, reason, changed)


@app.command()
def reset(brand: BrandName, reason: Reason) -> None:
    """恢复默认指标表 · follow the default table again."""
    _save(brand, reason, lambda _: None)


@app.command()
def history(brand: BrandName) -> None:
    """历史版本 · the versions of the table."""
    from alerts.policies.versions import Kind

    with state() as database, database.reading() as session:
        print_history(session, Kind.INDICATORS, named(session, brand))


@app.command("import")
def import_(file: Path, brand: Annotated[str, typer.Option(help="品牌 · brand")]) -> None:
    """导入公司数据（CSV：date,indicator,value 或每列一个指标） · import the company's figures; exit code 1 on a bad row."""
    from alerts.indicators.figures import import_figures
    from core.clock import now
    from monitoring.brands import require_brand

    content = read_bytes(file)
    with state() as database, database.writing() as session:
        name = require_brand(session, brand).name
        report = import_figures(session, name, content, name=str(file), actor=actor(), now=now())
    for problem in report.problems:
        err.print(escape(f"{file}:{problem.line}: {either(problem.zh, problem.en)}"))
    if report.more_problems:
        err.print(f"… {report.more_problems}")
    out.print(escape(f"指标 figures: {'、'.join(report.names) or '—'}"))
    out.print(f"新增 added {report.added}，修改 changed {report.changed}，未变 unchanged {report.unchanged}")
    if report.problems:
        raise typer.Exit(1)


@app.command()
def figures(brand: str) -> None:
    """列出公司数据 · list the company's figures."""
    from alerts.indicators.figures import figures as known

    with state() as database, database.reading() as session:
        for figure in known(session, brand):
            typer.echo(f"{figure.name}\t{figure.days}\t{figure.first}\t{figure.last}")


@app.command()
def forget(brand: str, figure: str) -> None:
    """删除一项公司数据 · delete one of the company's figures."""
    from alerts.indicators.figures import remove_figure
    from core.clock import now

    with state() as database, database.writing() as session:
        out.print(f"删除天数 · days deleted: {remove_figure(session, brand, figure, actor=actor(), now=now())}")


def _save(brand: str, reason: str, change: Any) -> None:
    from alerts.indicators.store import save_table
    from core.clock import now

    with state() as database, database.writing() as session:
        name = named(session, brand)
        version = save_table(session, name, change(_table_of(session, name)), actor=actor(), reason=reason, now=now())
    out.print(f"已保存，版本 {version.version} · saved as version {version.version}")


def _table_of(session: Session, brand: str) -> IndicatorTable:
    from alerts.indicators.store import load_tables

    return load_tables(session, [brand])[brand]


def _count(database: Database, posts: Any) -> int:
    from alerts.indicators.store import days_before, keep_days
    from core.clock import now
    from crawlers.coverage import daily_shares
    from monitoring.brands import list_brands

    at = now()
    with database.reading() as session:
        brands = [brand.name for brand in list_brands(session)]
        shares = daily_shares(session, days=days_before(at), until=at, stale_after=_stale())
    return keep_days(database, posts, brands, at=at, shares=shares)


def _stale() -> timedelta:
    return settings().crawl.stale_after


def _card(brand: str, card: Scorecard) -> Table:
    score = f"{card.score:.0f}" if card.score is not None else "—"
    title = f"{brand}　综合分 {score}（{card.points:.1f}/{card.weight:g}）　{card.status.zh} {card.status}"
    shown = Table(
        "指标", "状态", "数值", "平时", "阈值", "得分", "近 7 天", "近 28 天", title=escape(title), title_justify="left"
    )
    for reading in card.readings:
        shown.add_row(*map(escape, _line(reading)))
    return shown


def _line(reading: Reading) -> tuple[str, ...]:
    row = reading.indicator
    status = f"{reading.status.zh}（{either(reading.why_zh, reading.why_en)}）" if reading.why_zh else reading.status.zh
    return (
        either(*row.name),
        status,
        _shown(row, reading.value),
        _shown(row, reading.baseline),
        f"{row.measure.zh} {'≥' if row.direction == 'up' else '≤'} {row.watch:g}/{row.warn:g}/{row.alarm:g}",
        f"{reading.points:.1f}/{row.weight:g}",
        reading.recent.trend.zh,
        reading.longer.trend.zh,
    )


def _shown(row: Indicator, value: float | None) -> str:
    if value is None:
        return "—"
    return f"{value:.0%}" if row.is_share else f"{value:,.4g}"


def _number(text: str) -> float | str:
    try:
        return float(text)
    except ValueError:
        return text
