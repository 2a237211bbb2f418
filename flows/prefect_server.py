"""The Prefect server that one home runs: its environment, and whether it and the served flows answer."""

from __future__ import annotations

import json
import sys
import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from core.settings import Settings

PING_SECONDS = 5.0
RETENTION_DAYS = 14


def api_url(settings: Settings) -> str:
    """The address of the Prefect API, as this machine reaches it."""
    return f"http://{reachable(settings.prefect.host)}:{settings.prefect.port}/api"


def reachable(host: str) -> str:
    """`host` as a client on this machine writes it: a server on all addresses is asked on the loopback."""
    host = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}.get(host, host)
    return f"[{host}]" if ":" in host else host


def environment(settings: Settings, given: Mapping[str, str]) -> dict[str, str]:
    """The variables for the server and for whatever talks to it: a home of its own, no analytics, never an ephemeral server.

    What an operator set for Prefect besides (`PREFECT_API_DATABASE_CONNECTION_URL` for PostgreSQL, retention) stays.
    """
    return {
        # Runs are made five minutes ahead, and no more: what falls due while everything is stopped is of no use later.
        "PREFECT_SERVER_SERVICES_SCHEDULER_MIN_SCHEDULED_TIME": "PT5M",
        # Thousands of runs a day would fill the disk in the end; two weeks of them are enough to look into a failure.
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(RETENTION_DAYS * 86400),
        **given,
        "PREFECT_HOME": str(settings.home / "prefect"),
        "PREFECT_API_URL": api_url(settings),
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_CLI_PROMPT": "false",
        "DO_NOT_TRACK": "1",
    }


def command(settings: Settings) -> list[str]:
    """The command line that runs the server."""
    address = ["--host", settings.prefect.host, "--port", str(settings.prefect.port)]
    return [sys.executable, "-m", "prefect", "server", "start", *address]


def is_healthy(settings: Settings) -> bool:
    """Whether the server answers."""
    return _get(f"{api_url(settings)}/health") is True


def is_serving(settings: Settings, deployment: str, since: datetime) -> bool:
    """Whether a runner has asked for runs of `deployment` (`flow/name`) since the moment given."""
    found = _get(f"{api_url(settings)}/deployments/name/{deployment}")
    polled = found.get("last_polled") if isinstance(found, dict) else None
    return polled is not None and datetime.fromisoformat(polled) >= since


def answers(url: str) -> bool:
    """Whether `url` answers with JSON and no error."""
    return _get(url) is not None


def _get(url: str) -> Any:
    """The JSON that `url` answers with, None where it does not."""
    try:
        with urllib.request.urlopen(url, timeout=PING_SECONDS) as answer:
            return json.load(answer)
    except (OSError, urllib.error.URLError, ValueError):
        return None
