"""What the commands of policies and indicators share: whose they are, files of JSON, versions as a table."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape
from rich.table import Table

from cli.base import out
from core.errors import InputError

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from alerts.backtesting.dry_run import DryRun
    from alerts.policies.versions import Kind
    from casework.trying import RuleTrial

DEFAULT = "default"


def named(session: Session, brand: str) -> str:
    """The brand's name, checked; "" for `default`."""
    from monitoring.brands import require_brand

    return "" if brand == DEFAULT else require_brand(session, brand).name


def read_bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(zh=f"读不了 {file}：{error.strerror}", en=f"cannot read {file}: {error.strerror}") from error


def read_json(file: Path) -> dict[str, Any]:
    """The object in the file; raises InputError, naming the place, where it is none."""
    import orjson

    try:
        content = orjson.loads(read_bytes(file))
    except orjson.JSONDecodeError as error:
        raise InputError(zh=f"{file} 不是合法的 JSON：{error}", en=f"{file} is not valid JSON: {error}") from error
    if not isinstance(content, dict):
        raise InputError(zh=f"{file} 应为一个 JSON 对象", en=f"{file} must hold a JSON object")
    return content


def print_json(content: Any) -> None:
    import orjson

    typer.echo(orjson.dumps(content, option=orjson.OPT_INDENT_2).decode())


def print_rule_trial(trial: RuleTrial) -> None:
    """The mentions gained and lost with examples, then the alerts that differ."""
    found = trial.preview
    out.print(f"查看 scanned {found.scanned:,}；多出 gained {found.gained:,}，少掉 lost {found.lost:,}")
    for sign, examples in (("+", found.gained_examples), ("-", found.lost_examples)):
        for example in examples:
            out.print(f"  {sign} {' '.join(example.post.full_text.split())[:80]}　{example.post.url}", markup=False)
    print_dry_run(trial.alerts)


def print_dry_run(run: DryRun) -> None:
    """Every alert of the days replayed, by the rules in force and by those tried."""
    from alerts.backtesting.dry_run import Difference, level
    from core.clock import shown

    table = Table("变化", "开始", "现在", "试行", "原因", title="试运行 · dry run", title_justify="left")
    for pair in run.pairs:
        levels = [
            f"{level(side).zh}（{shown(side.standing.opened_at)}）" if side else "—" for side in (pair.before, pair.after)
        ]
        standing = pair.shown.standing
        table.add_row(pair.difference.zh, shown(standing.started_at), *levels, escape(standing.explanation["summary_zh"]))
    out.print(table)
    counts = "，".join(f"{kind.zh} {kind} {run.counts()[kind]}" for kind in Difference)
    out.print(f"{shown(run.start)} 至 {shown(run.end)}（{run.days:.1f} 天 days，{run.posts:,} 条提及 mentions）：{counts}")
    if run.is_cut:
        out.print("帖子太多，只回放了较近的几天 · too many posts: only the latest days were replayed")


def print_history(session: Session, kind: Kind, brand: str) -> None:
    """Every version, newest first."""
    from alerts.policies.versions import history
    from core.clock import shown

    table = Table("版本", "时间", "作者", "内容", "理由")
    for row in history(session, kind, brand):
        what = "自定 own" if row.content is not None else "恢复默认 default"
        table.add_row(str(row.version), shown(row.at), escape(row.author), what, escape(row.reason))
    out.print(table)
