"""`yushao up`: everything at once, until Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from enum import StrEnum
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Annotated

import typer

from cli.base import out, settings
from core.errors import either

if TYPE_CHECKING:
    from datetime import datetime

    from core.settings import Settings
    from flows.preparing import Login, OwnServer
    from flows.supervisor import Service, Supervisor

app = typer.Typer()


class Engine(StrEnum):
    SQLITE = "sqlite"
    ELASTICSEARCH = "elasticsearch"


@app.command()
def up(
    engine: Annotated[Engine | None, typer.Option(help="检索引擎 · search engine, before YUSHAO_SEARCH_ENGINE")] = None,
    config: Annotated[Path | None, typer.Option(help="配置文件 · settings file, before YUSHAO_CONFIG")] = None,
) -> None:
    """启动全部服务，直到 Ctrl-C · start everything and keep it going until Ctrl-C; with no sources it plays the drill."""
    if engine:
        os.environ["YUSHAO_SEARCH_ENGINE"] = engine
    if config:
        os.environ["YUSHAO_CONFIG"] = str(config)
    from flows.home import only_one

    with only_one(settings().home), until_told_to_stop() as stop, ExitStack() as stack:
        run(settings(), stop, stack)
    out.print(either("已全部停止。", "Everything is stopped."))


def run(given: Settings, stop: Event, stack: ExitStack) -> None:
    """Start, tell where everything is, and keep it going until `stop` is set; whatever was entered on `stack` is left after."""
    from core.clock import now
    from drill.site import served
    from flows import preparing
    from flows.home import write_effective

    started = now()
    chosen = preparing.with_ports(given)
    preparing.require_database(chosen)
    elasticsearch = preparing.own_elasticsearch(chosen)
    supervisor = _supervisor(chosen)
    stack.callback(_stop, supervisor)
    # It takes longest to come up and needs nothing of ours.
    supervisor.start(_prefect(chosen))
    if elasticsearch:
        chosen = _with_own_search(chosen, elasticsearch, supervisor, stop)
        if stop.is_set():
            return
    if given.is_drill:
        chosen, story = preparing.with_drill(chosen, now=started)
        stack.enter_context(served(story.started, port=story.port))
    logins = preparing.prepare_stores(chosen, drill=given.is_drill, now=started)
    # Before the services are up as well as after: they are shown this once, and whoever stops now has not lost them.
    for login in _logins(logins):
        out.print("{}: {}".format(*login), markup=False)
    file = write_effective(chosen)
    for service in (_flows(chosen, started), _console(chosen)):
        supervisor.start(service)
    supervisor.wait_until_ready(stop)
    if not stop.is_set():
        _print_banner(chosen, file, logins, drill=given.is_drill)
    supervisor.watch(stop)


@contextmanager
def until_told_to_stop() -> Iterator[Event]:
    """An event that SIGINT, SIGTERM and SIGHUP set."""
    stop = Event()
    caught = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.signal(number, lambda *_: stop.set()) for number in caught]
    try:
        yield stop
    finally:
        for number, handler in zip(caught, before, strict=True):
            signal.signal(number, handler)


def say(zh: str, en: str) -> None:
    out.print(either(zh, en), markup=False)


def _supervisor(chosen: Settings) -> Supervisor:
    from flows import prefect_server
    from flows.home import effective_file
    from flows.supervisor import Supervisor

    ours = {**os.environ, "YUSHAO_CONFIG": str(effective_file(chosen)), "PYTHONUNBUFFERED": "1"}
    return Supervisor(chosen.home / "logs", environment=prefect_server.environment(chosen, ours), say=say)


def _with_own_search(chosen: Settings, server: OwnServer, supervisor: Supervisor, stop: Event) -> Settings:
    """`chosen` with the address of the development Elasticsearch, which is up on return."""
    from flows.preparing import changed

    say(
        f"{chosen.search.url} 没有 Elasticsearch，正在启动仅供开发的一个（首次会先下载约 107 MB）",
        f"no Elasticsearch at {chosen.search.url}: starting one for development only (the first time it is fetched, 107 MB)",
    )
    supervisor.start(server.service)
    supervisor.wait_until_ready(stop, only=server.service)
    return changed(chosen, "search", url=server.url)


def _prefect(chosen: Settings) -> Service:
    from flows import prefect_server
    from flows.supervisor import Service

    return Service("prefect", prefect_server.command(chosen), lambda: prefect_server.is_healthy(chosen))


def _flows(chosen: Settings, started: datetime) -> Service:
    from flows import prefect_server
    from flows.supervisor import Service

    return Service(
        "flows",
        [sys.executable, "-m", "flows.serve"],
        lambda: prefect_server.is_serving(chosen, "monitor/by-hand", started),
    )


def _console(chosen: Settings) -> Service:
    from flows.prefect_server import answers
    from flows.supervisor import Service

    return Service("console", [sys.executable, "-m", "console"], lambda: answers(f"{_console_address(chosen)}/healthz"))


def _stop(supervisor: Supervisor) -> None:
    say("正在停止 …", "stopping …")
    supervisor.stop()


def _console_address(chosen: Settings) -> str:
    from flows.prefect_server import reachable

    return f"http://{reachable(chosen.console.host)}:{chosen.console.port}"


def _print_banner(chosen: Settings, file: Path, logins: list[Login], *, drill: bool) -> None:
    from flows.prefect_server import api_url

    lines = [
        (either("控制台", "Console"), _console_address(chosen)),
        *_logins(logins),
        (either("Prefect 界面", "Prefect UI"), api_url(chosen).removesuffix("/api")),
        (either("检索引擎", "Search engine"), _engine(chosen)),
        (either("数据目录", "Home"), f"{chosen.home}"),
        (either("日志", "Logs"), f"{chosen.home / 'logs'}"),
        (either("其他终端", "Other terminals"), f"export YUSHAO_CONFIG={file}"),
    ]
    title = either("舆哨 已启动", "Yushao is up")
    note = either("（演练：虚构公司的危机）", " (drill: a made-up company's crisis)") if drill else ""
    out.print(f"\n{title}{note}", style="bold", markup=False)
    for name, value in lines:
        out.print(f"  {name}: {value}", markup=False)
    out.print(either("按 Ctrl-C 停止。", "Ctrl-C stops everything.") + "\n")


def _logins(logins: list[Login]) -> list[tuple[str, str]]:
    return [(either("首次登录", "First login"), f"{username}  {password}") for username, password in logins]


def _engine(chosen: Settings) -> str:
    return f"{chosen.search.engine} {chosen.search.url}" if chosen.search.engine == "elasticsearch" else "sqlite"
