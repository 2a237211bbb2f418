"""The steps that people take on an alert, under `yushao alerts`, each in the name of the person given by `--as`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.base import index, out, settings, state
from core.errors import InputError

if TYPE_CHECKING:
    from alerts.life.tables import Alert

AlertId = Annotated[str, typer.Argument(help="预警编号或 id · the alert's number or id")]
Categories = Annotated[list[str] | None, typer.Option(help="拆出去的风险类别，可多次 · a category to split off, repeatable")]
Posts = Annotated[list[str] | None, typer.Option(help="按帖子的类别拆，可多次 · by a post's categories, repeatable")]
As = Annotated[str, typer.Option("--as", help="以谁的名义（用户名） · the person acting, by user name")]
Reason = Annotated[str, typer.Option(help="理由 · the reason")]
Remark = Annotated[str, typer.Option("--reason", help="说明 · remark")]


def ack(alert_id: AlertId, as_: As) -> None:
    """确认跟进 · take the alert."""
    from alerts.actions import acknowledge

    _act(alert_id, as_, acknowledge)


def dismiss(alert_id: AlertId, as_: As, reason: Reason) -> None:
    """忽略，须写理由 · dismiss with a reason."""
    from alerts.actions import dismiss as step

    _act(alert_id, as_, step, reason=reason)


def resolve(alert_id: AlertId, as_: As, reason: Remark = "") -> None:
    """解除 · resolve."""
    from alerts.actions import resolve as step

    _act(alert_id, as_, step, reason=reason)


def review(alert_id: AlertId, as_: As, note: Annotated[str, typer.Option(help="结论 · the findings")]) -> None:
    """复盘完成，限负责人 · complete the review, leads only."""
    from casework.open import review as step

    _act(alert_id, as_, step, note=note)


def reopen(alert_id: AlertId, as_: As, reason: Reason) -> None:
    """重新打开已结束的预警 · reopen a closed alert."""
    from alerts.actions import reopen as step

    _act(alert_id, as_, step, reason=reason)


def note(alert_id: AlertId, as_: As, text: Annotated[str, typer.Option(help="备注 · the note")]) -> None:
    """写备注 · write a note."""
    from alerts.actions import note as step

    _act(alert_id, as_, step, text=text)


def level(
    alert_id: AlertId,
    to: Annotated[str, typer.Argument(help="minor、moderate 或 major")],
    as_: As,
    reason: Reason,
) -> None:
    """人工定级：值班员可调高，负责人可调低 · set the level: duty staff may raise, only a lead may lower."""
    from alerts.actions import set_level
    from alerts.duty.desk import open_desk
    from alerts.levels import Level

    if to not in set(Level):
        raise InputError(zh=f"没有级别 {to}：请写 minor、moderate 或 major", en=f"no level {to}: minor, moderate or major")
    _act(alert_id, as_, set_level, level=Level(to), reason=reason, desk=open_desk(settings()))


def merge(
    alert_id: AlertId,
    into: Annotated[str, typer.Option(help="并入哪条预警 · the alert that takes it in")],
    as_: As,
    reason: Remark = "",
) -> None:
    """并入同一品牌的另一条预警 · merge into another alert of the brand."""
    from alerts.life.merging import merge as step

    _act(alert_id, as_, step, into=into, reason=reason)


def split(
    alert_id: AlertId,
    as_: As,
    category: Categories = None,
    post: Posts = None,
    reason: Remark = "",
) -> None:
    """按风险类别拆成两条 · split some risk categories off as an alert of their own."""
    from alerts.life import splitting
    from alerts.life.queries import get_alert
    from alerts.policies.kept import load_policy
    from core.clock import now

    at = now()
    with state() as database, index() as posts:
        with database.reading() as session:
            alert = get_alert(session, alert_id)
            policy = load_policy(session, alert.brand)
        wanted = [*(category or ()), *(splitting.categories_of(posts, alert, post) if post else ())]
        days = settings().alerts.baseline_days
        part = splitting.part_of(posts, alert, wanted, at=at, baseline_days=days, policy=policy)
        with database.writing() as session:
            _print(splitting.split(session, alert.id, part, reason=reason, actor=_person(session, as_), now=at))


def _act(alert_id: str, username: str, step: Callable[..., Alert], **details: Any) -> None:
    from core.clock import now

    with state() as database, database.writing() as session:
        _print(step(session, alert_id, actor=_person(session, username), now=now(), **details))


def _person(session: Any, username: str) -> str:
    """Whoever acts on alerts is of the press office, at the terminal as in the console."""
    from core.people import PRESS_OFFICE, require

    return require(session, username, *PRESS_OFFICE).username


def _print(alert: Alert) -> None:
    from cli.alerts import table

    out.print(table([alert]))


STEPS: tuple[Callable[..., None], ...] = (ack, dismiss, resolve, review, reopen, level, merge, split, note)
