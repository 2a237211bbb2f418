"""`yushao policy`: the rules and the risk matrix that a brand's alerts are judged by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import actor, index, out, settings, state
from cli.policy_base import named, print_dry_run, print_history, print_json, read_json
from core.errors import InputError, either

if TYPE_CHECKING:
    from alerts.policies.policy import Policy

app = typer.Typer(help="预警策略 · the rules and the risk matrix of a brand", no_args_is_help=True)

BrandName = Annotated[str, typer.Argument(help="品牌；default 为全部品牌的默认策略 · brand, or default")]
Given = Annotated[list[str], typer.Argument(help="字段 值，可多对，如 adverse.least 10 · FIELD VALUE pairs")]
Reason = Annotated[str, typer.Option(help="修改的理由 · why it is changed")]
Json = Annotated[bool, typer.Option("--json", help="输出 JSON · print JSON")]


@app.command()
def show(brand: BrandName, json: Json = False) -> None:
    """查看策略的全部字段；--json 可改后用 load 导入 · show every field; the JSON can be edited and loaded."""
    from alerts.policies.kept import fields, load_policy

    with state() as database, database.reading() as session:
        policy = load_policy(session, named(session, brand))
    if json:
        print_json(policy.to_json())
        return
    table = Table("字段", "含义", "值", "单位", "范围")
    for field in fields(policy):
        bounds = f"{field.low:g}–{field.high:g}" if field.low is not None and field.high is not None else ""
        table.add_row(field.path, either(field.zh, field.en), escape(field.text), either(*field.unit), bounds)
    out.print(table)


@app.command("set")
def set_(brand: BrandName, given: Given, reason: Reason) -> None:
    """改字段，如 set 星海茶饮 adverse.least 10 · set fields."""
    from alerts.policies.kept import with_fields

    _save(brand, reason, lambda policy: with_fields(policy, _pairs(given)))


@app.command()
def load(brand: BrandName, file: Path, reason: Reason) -> None:
    """导入策略（JSON），未给的字段取默认 · load a policy from JSON; fields left out have their default."""
    from alerts.policies.policy import Policy

    _save(brand, reason, lambda _: Policy.from_json(read_json(file)))


@app.command()
def reset(brand: BrandName, reason: Reason) -> None:
    """恢复默认策略 · follow the default again."""
    _save(brand, reason, lambda _: None)


@app.command()
def revert(brand: BrandName, version: int, reason: Reason) -> None:
    """恢复到某个历史版本 · make an earlier version the newest."""
    from alerts.policies.kept import policy_of_version, save_policy
    from core.clock import now

    with state() as database, database.writing() as session:
        name = named(session, brand)
        policy = policy_of_version(session, name, version)
        saved = save_policy(session, name, policy, actor=actor(), reason=reason, now=now())
    out.print(f"已保存，版本 {saved.version} · saved as version {saved.version}")


@app.command()
def history(brand: BrandName) -> None:
    """历史版本 · the versions of the policy."""
    from alerts.policies.versions import Kind

    with state() as database, database.reading() as session:
        print_history(session, Kind.POLICY, named(session, brand))


@app.command("try")
def try_(
    brand: str,
    given: Given,
    days: Annotated[int, typer.Option(min=1, max=90, help="回放最近几天 · days replayed")] = 14,
    json: Json = False,
) -> None:
    """试运行：不保存，看最近几天的预警会怎样变 · dry run: how the alerts of the last days would differ; nothing is saved."""
    from alerts.backtesting.dry_run import try_policy
    from alerts.policies.kept import load_policy, with_fields
    from core.clock import now
    from monitoring.brands import require_brand

    with state() as database, index() as posts:
        with database.reading() as session:
            name = require_brand(session, brand).name
            policy = load_policy(session, name)
        tried = with_fields(policy, _pairs(given))
        run = try_policy(posts, name, policy, tried, at=now(), days=days, settings=settings())
    if json:
        print_json(run.to_json())
    else:
        print_dry_run(run)


def _save(brand: str, reason: str, change: Callable[[Policy], Policy | None]) -> None:
    from alerts.policies.kept import load_policy, save_policy
    from core.clock import now

    with state() as database, database.writing() as session:
        name = named(session, brand)
        policy = change(load_policy(session, name))
        saved = save_policy(session, name, policy, actor=actor(), reason=reason, now=now())
    out.print(f"已保存，版本 {saved.version} · saved as version {saved.version}")


def _pairs(given: list[str]) -> dict[str, str]:
    if len(given) % 2 or not given:
        raise InputError(
            zh="请成对给出字段与值，如 adverse.least 10 matrix.steps.volume 2,4,8",
            en="give fields and values in pairs, e.g. adverse.least 10 matrix.steps.volume 2,4,8",
        )
    return dict(zip(given[::2], given[1::2], strict=True))
