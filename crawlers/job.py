"""A crawl's job: everything that its process needs to know, read once when it starts."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from core import clock
from core.database import open_database
from core.errors import InputError
from core.settings import Settings, SourceSettings, secret_key
from crawlers.parsing.page import Origin
from crawlers.runs import begin_run


@dataclass(frozen=True, slots=True)
class Job:
    """One crawl of one source. `etag` and `last_modified` are of the page as last read, `read_until` is its newest item."""

    run_id: str
    source: SourceSettings
    settings: Settings = field(repr=False)
    origin: Origin
    etag: str
    last_modified: str
    read_until: datetime | None


def configured_source(settings: Settings, name: str) -> SourceSettings:
    """The source of this name; raises InputError naming those that are configured."""
    for source in settings.sources:
        if source.name == name:
            return source
    names = ", ".join(source.name for source in settings.sources)
    raise InputError(
        zh=f"没有名为 {name} 的信源；已配置的有：{names or '（无）'}。请在 yushao.toml 的 [[sources]] 中添加",
        en=f"there is no source {name}; configured are: {names or '(none)'}. Add it under [[sources]] in yushao.toml",
    )


def open_job(settings: Settings, name: str, run_id: str) -> Job:
    """Record that the crawl starts, and give its job."""
    source = configured_source(settings, name)
    database = open_database(settings.database_url)
    try:
        with database.writing() as session:
            state = begin_run(session, source, run_id, clock.now())
    finally:
        database.close()
    origin = Origin(source.name, source.platform, secret_key(settings).encode(), source.author_kind)
    return Job(run_id, source, settings, origin, state.etag, state.last_modified, state.newest_item_at)
