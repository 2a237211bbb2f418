"""`yushao detect`: one detection pass, and the sending of what it has to tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.base import index, moment, out, settings, state

if TYPE_CHECKING:
    from alerts.detect import DetectReport
    from alerts.duty.notify import NotifyReport
    from core.coverage import Coverage

app = typer.Typer(help="检测一次 · one detection pass")


@app.command()
def detect(
    as_of: Annotated[
        str, typer.Option("--as-of", help="按此刻之前看到的帖子判断 · judge by what had been seen before it")
    ] = "",
    send: Annotated[bool, typer.Option(help="随后发送通知 · send the notifications afterwards")] = True,
) -> None:
    """检测全部品牌一次，可重复运行 · judge every brand once; running it again changes nothing."""
    from alerts.detect import coverage_window
    from alerts.detect import detect as run
    from alerts.detection.series import history_from
    from alerts.duty.notify import send_pending
    from alerts.policies.kept import load_policies
    from casework.milestones import follow_up
    from core.clock import now
    from crawlers.coverage import coverage
    from monitoring.brands import list_brands

    at = moment(as_of) if as_of else now()
    stale = settings().crawl.stale_after
    with state() as database, index() as posts:
        with database.reading() as session:
            brands = [brand.name for brand in list_brands(session)]
            policies = load_policies(session, brands)
            start, end = coverage_window(at, policies)
            begin = history_from(at, settings().alerts.baseline_days)
            watched = coverage(session, start=start, end=end, stale_after=stale, history_from=begin)
        report = run(database, posts, at=at, brands=brands, coverage=watched, settings=settings(), policies=policies)
        _show(report, watched)
        if send:
            follow_up(database, now=now(), settings=settings())
            _show_sent(send_pending(database, settings=settings(), now=now()))


def _show(report: DetectReport, watched: Coverage) -> None:
    from alerts.life.wording import coverage_json, coverage_zh

    out.print(
        f"品牌 {report.brands} 个，有信号 {report.signals} 个 · brands {report.brands}, with a signal {report.signals}\n"
        f"新预警 {report.opened}，升级 {report.raised}，更新 {report.updated}，"
        f"重新打开 {report.reopened}，解除 {report.resolved}"
        f" · opened {report.opened}, raised {report.raised}, updated {report.updated},"
        f" reopened {report.reopened}, resolved {report.resolved}"
    )
    out.print(f"覆盖 coverage: {coverage_zh(coverage_json(watched))}", markup=False)


def _show_sent(sent: NotifyReport) -> None:
    out.print(f"通知 notifications: 已发送 sent {sent.sent}，失败 failed {sent.failed}，待发 pending {sent.pending}")
