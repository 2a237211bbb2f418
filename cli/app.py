"""The tree of commands. A command's module is imported when it is called, so that `yushao --help` answers at once."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import typer.main
from rich.table import Table
from typer.core import TyperGroup

from cli.base import out

# command: (module, help). A module holds either `app` (a Typer group) or a Typer app with one command.
COMMANDS = {
    "up": ("cli.up", "启动全部服务 · start everything: Prefect, served flows, console"),
    "import": ("cli.imports", "导入文件 · import CSV, TSV, JSONL files and other crawlers' exports"),
    "ingest": ("cli.ingest", "处理收件箱 · match, score and index what waits in the inbox"),
    "brands": ("cli.brands", "监测品牌 · brands, keywords, risk words"),
    "sources": ("cli.sources", "信源 · sources: state, crawl now, pause, quarantine"),
    "search": ("cli.search", "检索帖子 · search the posts"),
    "erase": ("cli.erase", "删除作者 · erase an author who asked for it"),
    "score": ("cli.score", "情感评分 · score the sentiment of texts"),
    "sentiment": ("cli.sentiment", "情感模型 · the sentiment model: evaluate, train, versions, roll back"),
    "stance": ("cli.stance", "对品牌的立场 · stance towards the brand: evaluate, train, versions, roll back"),
    "series": ("cli.series", "声量走势 · a brand's posts by hour or day, by platform, category or mood"),
    "corrections": ("cli.corrections", "人工纠正 · what staff corrected: list, export"),
    "detect": ("cli.detect", "检测一次 · one detection pass"),
    "detector": ("cli.detector", "突增检测器 · the surge detector on plain count series"),
    "backtest": ("cli.backtest", "回放历史 · replay history and print the alerts it would have raised"),
    "policy": ("cli.policy", "预警策略 · the rules and the risk matrix of a brand: show, set, try, history"),
    "indicators": ("cli.indicators", "预警指标 · warning indicators, the company's own figures"),
    "alerts": ("cli.alerts", "预警 · alerts: list, show, acknowledge, dismiss, resolve"),
    "roster": ("cli.roster", "值班 · the duty roster: who is told, by which channel, in which order"),
    "notify": ("cli.notify", "通知 · notifications: test the channels, log, retry"),
    "silences": ("cli.silences", "免打扰 · silences and maintenance windows"),
    "cases": ("cli.cases", "个案 · cases, facts, drafts, approval, export"),
    "people": ("cli.people", "人员 · people who may sign in"),
    "audit": ("cli.audit", "审计 · the audit log"),
    "db": ("cli.db", "数据库 · the state database: upgrade, status"),
    "drill": ("cli.drill", "演练 · the drill's own site, by itself"),
}


class LazyGroup(TyperGroup):
    """Looks a command up in COMMANDS instead of having all of them built beforehand."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        command = typer.main.get_command(import_module(COMMANDS[cmd_name][0]).app)
        command.name = cmd_name
        return command

    def format_help(self, ctx: Any, formatter: Any) -> None:
        out.print(f"[bold]{self.help}[/bold]\n\nyushao COMMAND --help\n")
        table = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
        for name, (_, text) in COMMANDS.items():
            table.add_row(f"[cyan]{name}[/cyan]", text)
        out.print(table)


def build() -> TyperGroup:
    return LazyGroup(
        name="yushao", help="舆哨 · Yushao: from public posts to a statement that is safe to publish.", no_args_is_help=True
    )
