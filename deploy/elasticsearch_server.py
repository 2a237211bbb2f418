"""A real Elasticsearch for development, tests and benchmarks, fetched from Maven Central by Maven and run on loopback.

`python -m deploy.elasticsearch_server [--port 9200] [--data FOLDER]` runs one until Ctrl-C. It is the server without its
optional modules (no ILM, no scripts); production runs a full distribution of the same version.
"""

from __future__ import annotations

import argparse
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from dataclasses import dataclass
from pathlib import Path

from core.errors import UnavailableError
from deploy.ports import free_port

VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
OLDEST_JAVA = 17
START_SECONDS = 120
ROOT_STAND_IN = "nobody"
"""Elasticsearch refuses to run as root; started by root, it runs as this user."""


@dataclass(frozen=True, slots=True)
class Server:
    url: str
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """Stop the server and wait until it is gone."""
        self.process.terminate()
        self.process.wait()


def missing_tools() -> UnavailableError | None:
    """What this machine lacks to fetch and run the server, or None."""
    lacking = [tool for tool in ("mvn", "java") if not shutil.which(tool)]
    if not lacking and (java := _java_version()) < OLDEST_JAVA:
        lacking = [f"java ≥ {OLDEST_JAVA} (found {java})"]
    if not lacking:
        return None
    return UnavailableError(
        zh=f"无法启动开发用 Elasticsearch，缺少 {'、'.join(lacking)}："
        "请安装 maven 与 JDK 17 以上，或用 YUSHAO_SEARCH_URL 指向已有的服务",
        en=f"cannot start a development Elasticsearch, missing {', '.join(lacking)}: install maven and a JDK of 17 or later, "
        "or let YUSHAO_SEARCH_URL point at a server that you run",
    )


def start(data: Path, *, port: int | None = None, owner: int | None = None) -> Server:
    """Start a server that keeps its files in `data` and stops with the process `owner` (default: this one).

    Raises UnavailableError where it cannot be fetched or does not become healthy within two minutes.
    """
    if problem := missing_tools():
        raise problem
    program = fetch()
    http, transport = port or free_port(), free_port()
    _prepare(data, program)
    command = ["bash", str(program / "bin" / "elasticsearch"), *_options(data, http, transport)]
    with (data / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "deploy.guarded", str(owner or os.getpid()), *_as_other_than_root(), *command],
            cwd=Path(__file__).parent.parent,
            env=_environment(data),
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    server = Server(f"http://127.0.0.1:{http}", process)
    try:
        _wait_until_healthy(server, data)
    except BaseException:
        server.stop()
        raise
    return server


def fetch() -> Path:
    """The unpacked server, fetched once into this user's cache."""
    home = cache_folder() / f"elasticsearch-{VERSION}"
    if home.exists():
        return home
    if problem := missing_tools():
        raise problem
    cache_folder().mkdir(parents=True, exist_ok=True)
    work = cache_folder() / f"fetching-{os.getpid()}"
    done = subprocess.run(
        ["mvn", "-q", "-B", COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={work}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    if done.returncode:
        raise UnavailableError(
            zh=f"Maven 取不到 {ARTIFACT}：{done.stdout[-500:]}；请检查网络与 Maven 设置",
            en=f"Maven could not fetch {ARTIFACT}: {done.stdout[-500:]}; check the network and Maven's settings",
        )
    with zipfile.ZipFile(next(work.glob("*.zip"))) as archive:
        archive.extractall(work)
    unpacked = next(path for path in work.iterdir() if path.is_dir())
    if not home.exists():
        unpacked.rename(home)
    shutil.rmtree(work)
    return home


def cache_folder() -> Path:
    """Where the server is unpacked; for root a folder that other users can reach, as the server runs as one of them."""
    if os.getuid() == 0:
        return Path("/var/cache/yushao")
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "yushao"


def is_healthy(url: str) -> bool:
    """Whether a server answers at `url` and its cluster is not red."""
    try:
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=5) as answer:
            return bool(json.load(answer)["status"] in ("green", "yellow"))
    except (OSError, urllib.error.URLError, ValueError, KeyError):
        return False


def _prepare(data: Path, program: Path) -> None:
    for name in ("data", "logs", "tmp", "repo"):
        (data / name).mkdir(parents=True, exist_ok=True)
    shutil.copytree(program / "config", data / "config", dirs_exist_ok=True)
    if os.getuid() == 0:
        data.chmod(0o755)
        stand_in = pwd.getpwnam(ROOT_STAND_IN)
        for path in (data, *data.rglob("*")):
            os.chown(path, stand_in.pw_uid, stand_in.pw_gid)


def _options(data: Path, http: int, transport: int) -> list[str]:
    values = {
        "discovery.type": "single-node",
        "xpack.security.enabled": "false",
        "network.host": "127.0.0.1",
        "http.port": http,
        "transport.port": transport,
        "path.data": data / "data",
        "path.logs": data / "logs",
        "path.repo": data / "repo",
        "cluster.routing.allocation.disk.threshold_enabled": "false",
    }
    return [part for name, value in values.items() for part in ("-E", f"{name}={value}")]


def _environment(data: Path) -> dict[str, str]:
    java = Path(shutil.which("java") or "java").resolve().parent.parent
    return {
        "PATH": os.environ["PATH"],
        "ES_JAVA_HOME": os.environ.get("ES_JAVA_HOME", str(java)),
        "ES_JAVA_OPTS": os.environ.get("ES_JAVA_OPTS", "-Xms512m -Xmx512m"),
        "ES_PATH_CONF": str(data / "config"),
        "ES_TMPDIR": str(data / "tmp"),
        "HOME": str(data),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _wait_until_healthy(server: Server, data: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not is_healthy(server.url):
        if server.process.poll() is not None or time.monotonic() > deadline:
            tail = (data / "server.log").read_text(encoding="utf-8", errors="replace")[-800:]
            raise UnavailableError(
                zh=f"Elasticsearch 没有启动（日志 {data / 'server.log'}）：{tail}",
                en=f"Elasticsearch did not start (log {data / 'server.log'}): {tail}",
            )
        time.sleep(0.3)


def _java_version() -> int:
    told = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    digits = told.partition('"')[2].partition(".")[0]
    return int(digits) if digits.isdigit() else 0


def _as_other_than_root() -> list[str]:
    return ["--user", ROOT_STAND_IN] if os.getuid() == 0 else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=9200)
    parser.add_argument("--data", type=Path, default=cache_folder() / "elasticsearch-data")
    options = parser.parse_args()
    server = start(options.data, port=options.port)
    sys.stdout.write(f"Elasticsearch {VERSION}: {server.url} (Ctrl-C stops it)\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        server.process.wait()
    except KeyboardInterrupt:
        server.stop()


if __name__ == "__main__":
    main()
