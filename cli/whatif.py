"""`yushao alerts what-if`: the level under a supposition, and the single changes that would turn it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import out, state
from core.errors import InputError, either

if TYPE_CHECKING:
    from alerts.detection.matrix import Situation
    from alerts.policies.policy import Policy
    from alerts.views.whatif import WhatIf


def what_if(
    alert_id: Annotated[str, typer.Argument(help="预警编号或 id · the alert's number or id")],
    traffic: Annotated[float, typer.Option(help="声量变为几倍 · traffic multiplied")] = 1.0,
    national_media: Annotated[bool, typer.Option("--national-media", help="全国性媒体跟进 · a national medium")] = False,
    official: Annotated[bool, typer.Option("--official", help="监管部门介入 · an authority steps in")] = False,
    hot_search: Annotated[int, typer.Option(help="再上几条负面热搜 · further hot-search entries")] = 0,
    platforms: Annotated[int, typer.Option(help="再多几个平台 · further platforms")] = 0,
    hours: Annotated[int, typer.Option(help="再持续几小时 · further hours")] = 0,
    category: Annotated[str, typer.Option(help="风险类别变为，如 accident · risk category")] = "",
) -> None:
    """假设推演与敏感度，按现行策略 · what the level would be, and what would turn it, by the policy in force."""
    from alerts.life.queries import get_alert
    from alerts.policies.kept import load_policy
    from alerts.views import whatif

    supposed = whatif.Supposition(traffic, national_media, official, hot_search, platforms, hours, category)
    with state() as database, database.reading() as session:
        alert = get_alert(session, alert_id)
        policy = load_policy(session, alert.brand)
    if category and category not in policy.matrix.severities:
        known = ", ".join(policy.matrix.severities)
        raise InputError(zh=f"没有风险类别 {category}：可用 {known}", en=f"there is no category {category}: choose of {known}")
    situation = whatif.situation_of(alert)
    _print(whatif.what_if(situation, supposed, policy))
    _print_sensitivity(situation, policy)


def _print(found: WhatIf) -> None:
    table = Table("项目", "现在", "得分", "假设后", "得分", title="假设推演 · what-if", title_justify="left")
    for old, new in found.changed:
        points = f"{old.points}/{old.most}", f"{new.points}/{new.most}"
        table.add_row(escape(either(old.zh, old.en)), escape(old.value), points[0], escape(new.value), points[1])
    sums = [f"{one.likelihood} × {one.impact}　{one.level.zh} {one.level}" for one in (found.before, found.after)]
    table.add_row("级别 level", sums[0], "", sums[1], "")
    out.print(table)
    for cap in found.after.caps:
        out.print(either(cap.zh, cap.en), markup=False)


def _print_sensitivity(situation: Situation, policy: Policy) -> None:
    from alerts.views.whatif import sensitivity

    for name, turns in zip(("升级 raised by", "降级 lowered by"), sensitivity(situation, policy), strict=True):
        out.print(f"{name}:" + ("" if turns else " —（没有任何单项变化 no single change）"))
        for turn in turns:
            out.print(f"  {either(turn.zh, turn.en)} → {either(turn.level.zh, str(turn.level))}", markup=False)
