"""Detect: what the index holds at a moment becomes alerts, and the people concerned are told."""

from __future__ import annotations

from datetime import datetime

from prefect import flow, task

from alerts import detect as room
from alerts.detect import DetectReport, coverage_window
from alerts.detection.series import history_from
from alerts.duty.escalation import FollowUp
from alerts.duty.notify import NotifyReport, send_pending
from alerts.indicators import store as indicators_store
from alerts.policies.kept import load_policies
from casework import milestones
from core.clock import now, shown
from core.coverage import Coverage
from core.errors import either
from crawlers import coverage as sources
from flows.artifacts import facts, show, table
from flows.stores import IO_TASK, configured, opened, scheduled_moment
from monitoring.brands import list_brands


@flow(name="detect")
def detect(at: datetime | None = None) -> DetectReport:
    """检测：判断各品牌在 `at`（默认为本次计划时间）的声量，开启或更新预警并通知。Judge every brand at `at`, by default the
    time for which this run was scheduled; open, raise, update and resolve alerts; send what is to be told.
    """
    configured()
    moment = scheduled_moment(at)
    coverage = measure_coverage(moment)
    report = detect_alerts(moment, coverage)
    followed = follow_up()
    notified = notify()
    keep_indicators(moment)
    show_alerts(moment, coverage, report, followed, notified)
    return report


@task(name="measure-coverage", **IO_TASK)
def measure_coverage(at: datetime) -> Coverage:
    """How much the sources delivered of the window that a pass at `at` judges, and the blind hours of its baselines."""
    with opened() as stores, stores.database.reading() as session:
        brands = [brand.name for brand in list_brands(session)]
        start, end = coverage_window(at, load_policies(session, brands))
        stale_after = stores.settings.crawl.stale_after
        begin = history_from(at, stores.settings.alerts.baseline_days)
        return sources.coverage(session, start=start, end=end, stale_after=stale_after, history_from=begin)


@task(name="detect-alerts", timeout_seconds=600, **IO_TASK)
def detect_alerts(at: datetime, coverage: Coverage) -> DetectReport:
    """One pass over every brand."""
    with opened() as stores:
        with stores.database.reading() as session:
            brands = [brand.name for brand in list_brands(session)]
            policies = load_policies(session, brands)
        return room.detect(
            stores.database,
            stores.index,
            at=at,
            brands=brands,
            coverage=coverage,
            settings=stores.settings,
            policies=policies,
        )


@task(name="follow-up", timeout_seconds=300, **IO_TASK)
def follow_up() -> FollowUp:
    """Escalate what nobody has taken, tell of clocks that ran out, and of what a silence kept back until now."""
    with opened() as stores:
        return milestones.follow_up(stores.database, now=now(), settings=stores.settings)


@task(name="notify", timeout_seconds=300, **IO_TASK)
def notify() -> NotifyReport:
    """Send what waits in the outbox; a channel that fails is tried again by a later run."""
    with opened() as stores:
        return send_pending(stores.database, settings=stores.settings, now=now())


@task(name="keep-indicators", timeout_seconds=600, **IO_TASK)
def keep_indicators(at: datetime) -> int:
    """Once an hour, count the days that the indicators are held against and that are new or no longer agree with the posts."""
    with opened() as stores:
        with stores.database.reading() as session:
            if not indicators_store.is_due(session, at):
                return 0
            brands = [brand.name for brand in list_brands(session)]
            stale_after = stores.settings.crawl.stale_after
            days = indicators_store.days_before(at)
            shares = sources.daily_shares(session, days=days, until=at, stale_after=stale_after)
        return indicators_store.keep_days(stores.database, stores.index, brands, at=at, shares=shares)


def show_alerts(at: datetime, coverage: Coverage, report: DetectReport, followed: FollowUp, notified: NotifyReport) -> None:
    """The run's artifact: what changed, who was told, and how much of the window the sources delivered."""
    rows = [
        (either("品牌", "brands"), report.brands),
        (either("有信号的品牌", "brands with a signal"), report.signals),
        (either("新预警", "alerts opened"), report.opened),
        (either("升级", "alerts raised"), report.raised),
        (either("更新", "alerts updated"), report.updated),
        (either("解除", "alerts resolved"), report.resolved),
        (either("重新打开", "alerts reopened"), report.reopened),
        (either("上报", "steps escalated"), followed.escalated),
        (either("时限超时", "clocks overdue"), followed.overdue),
        (either("免打扰后补发", "told after a silence"), followed.unmuted),
        (either("通知已发", "notifications sent"), notified.sent),
        (either("通知失败", "notifications failed"), notified.failed),
        (either("通知待发", "notifications pending"), notified.pending),
    ]
    missing = [(source.source, source.platform, f"{source.share:.0%}", source.status) for source in coverage.missing]
    header = either("未完整交付的信源 平台 覆盖 状态", "source-not-fully-delivered platform share status").split()
    title = either(f"检测 {shown(at)}：新预警 {report.opened}", f"Detected at {shown(at)}: {report.opened} alerts opened")
    share = either(f"信源覆盖率 {coverage.share:.0%}", f"Coverage {coverage.share:.0%}")
    show("alerts", title, facts(rows), share, *([table(header, missing)] if missing else []))
