"""What one `yushao up` keeps in its home while it runs: a lock against a second one, and the settings its processes share."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from core.errors import SettingError, StateError, UnavailableError
from core.settings import ConsoleSettings, PrefectSettings, Settings

PORTS_TRIED = 50
SECRETS = frozenset(
    {"YUSHAO_SECRET_KEY", "YUSHAO_DATABASE_URL", "YUSHAO_SEARCH_PASSWORD", "YUSHAO_ALERTS_NOTIFY", "YUSHAO_ALERTS_CONTACTS"}
)
"""What may hold a secret: given by the environment, it stays there."""


@contextmanager
def only_one(home: Path) -> Iterator[None]:
    """Hold `<home>/up.lock`, which names this process; raises StateError where another process holds it.

    The lock is the operating system's, so it goes with its process, however that ends.
    """
    home.mkdir(parents=True, exist_ok=True)
    file = home / "up.lock"
    with file.open("a+", encoding="ascii") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            handle.seek(0)
            raise _already_running(home, handle.read().strip()) from error
        handle.truncate(0)
        handle.write(str(os.getpid()))
        handle.flush()
        yield


def chosen_port(section: ConsoleSettings | PrefectSettings, name: str) -> int:
    """The section's port where it is free; else the next free one, unless the operator set it: then SettingError names it."""
    if "port" not in section.model_fields_set:
        return next_free_port(section.host, section.port)
    if not _is_free(section.host, section.port):
        raise SettingError(
            zh=f"{name}.port 设为 {section.port}，但已被占用：请停掉占用它的程序，或改设 YUSHAO_{name.upper()}_PORT",
            en=f"{name}.port is set to {section.port}, which is in use: stop what uses it, or set another "
            f"YUSHAO_{name.upper()}_PORT",
        )
    return section.port


def next_free_port(host: str, port: int) -> int:
    """The first free port from `port` on; raises UnavailableError where fifty in a row are taken."""
    for candidate in range(port, port + PORTS_TRIED):
        if _is_free(host, candidate):
            return candidate
    raise UnavailableError(
        zh=f"{host} 上从 {port} 起的 {PORTS_TRIED} 个端口都被占用：请停掉不用的程序",
        en=f"the {PORTS_TRIED} ports from {port} on {host} are all in use: stop what is not needed",
    )


def effective_file(settings: Settings) -> Path:
    """Where `write_effective` writes."""
    return settings.home / "running.toml"


def write_effective(settings: Settings) -> Path:
    """Write `settings`, as this run uses them, to `<home>/running.toml`, readable by the operator alone; returns the file.

    Every process that `yushao up` starts reads it (YUSHAO_CONFIG), and so can a command in another terminal.
    """
    file = effective_file(settings)
    fresh = file.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as handle:
        handle.write(to_toml(settings))
    fresh.replace(file)
    return file


def to_toml(settings: Settings, *, environment: Mapping[str, str] = os.environ) -> str:
    """`settings` as `yushao.toml` would say them, without the SECRETS that a variable of the environment sets."""
    values = settings.model_dump(mode="json")
    plain = {name: value for name, value in values.items() if not isinstance(value, dict) and name != "sources"}
    tables = [
        f"[{name}]\n{_lines(value, f'YUSHAO_{name}_', environment)}"
        for name, value in values.items()
        if isinstance(value, dict)
    ]
    sources = [f"[[sources]]\n{_lines(source, '', {})}" for source in values["sources"]]
    return "\n\n".join([_lines(plain, "YUSHAO_", environment), *tables, *sources]) + "\n"


def _lines(values: dict[str, Any], prefix: str, environment: Mapping[str, str]) -> str:
    hidden = SECRETS & environment.keys()
    written = {name: value for name, value in values.items() if f"{prefix}{name}".upper() not in hidden}
    return "\n".join(f"{name} = {_value(value)}" for name, value in written.items() if value is not None)


def _value(value: Any) -> str:
    """`value` as TOML: a mapping as an inline table, and what else a setting may be as in JSON; TOML has no null."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(name)} = {_value(inner)}" for name, inner in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False)


def _is_free(host: str, port: int) -> bool:
    """Whether a server could listen there now; a host that is not this machine's is left to that server to report."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error.errno not in (errno.EADDRINUSE, errno.EACCES)
    return True


def _already_running(home: Path, pid: str) -> StateError:
    return StateError(
        zh=f"{home} 已有一个 yushao up 在运行（进程 {pid}）：请先停掉它（kill {pid}），或用 YUSHAO_HOME 指定另一个目录",
        en=f"a yushao up already runs on {home} (process {pid}): stop it with Ctrl-C or kill {pid}, "
        "or name another folder with YUSHAO_HOME",
    )
