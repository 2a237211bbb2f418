"""What tasks share: the stores, opened for one task and closed after it, and when a failed task is worth another try."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from prefect.cache_policies import NO_CACHE

from core.clock import to_utc
from core.database import Database, open_database
from core.errors import InputError, SettingError, language
from core.settings import Settings, load_settings
from posts.engines import open_index
from posts.index import PostIndex


@dataclass(frozen=True, slots=True)
class Stores:
    settings: Settings
    database: Database
    index: PostIndex


@contextmanager
def opened() -> Iterator[Stores]:
    """The stores that this process's settings name, the index set up; every task opens its own, so that any can be killed."""
    settings = configured()
    database, index = open_database(settings.database_url), open_index(settings)
    try:
        index.setup()
        yield Stores(settings, database, index)
    finally:
        index.close()
        database.close()


def configured() -> Settings:
    """This process's settings; messages are in their language from here on."""
    settings = load_settings()
    language.set(settings.language)
    return settings


def scheduled_moment(given: datetime | None) -> datetime:
    """The moment (UTC) that a flow run is about: `given` for a back-fill, else the time for which the run was scheduled.

    Never the present: a run may start some seconds early, or late, and must come to the same outcome.
    """
    from prefect.runtime import flow_run

    moment = to_utc(given or flow_run.scheduled_start_time)
    # Prefect's own kind of datetime loses its zone when a timedelta is taken from it.
    return datetime.combine(moment.date(), moment.time(), UTC)


def worth_retrying(task: Any, run: Any, state: Any) -> bool:
    """Whether a failed task may succeed when run again: not where a setting or an input is wrong."""
    error = state.result(raise_on_failure=False)
    return not isinstance(error, InputError | SettingError)


IO_TASK: dict[str, Any] = {
    "retries": 3,
    "retry_delay_seconds": [2, 10, 30],
    "retry_condition_fn": worth_retrying,
    # What a task finds depends on the stores, so no result may stand in for a run.
    "cache_policy": NO_CACHE,
}
"""How every task that touches a store is tried: four times within a minute."""
