"""The templates' environment: everything is escaped, an unknown name is an error, times are Shanghai's."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from urllib.parse import urlencode, urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_context
from jinja2.runtime import Context
from starlette.templating import Jinja2Templates

from console import auth
from console.i18n import translate
from console.labels import NAMES, actor_name, label, risk_names, role_names
from console.navigation import navigation
from console.outlook import outlook
from core import clock
from core.errors import either, language
from core.quantity import spoken

FOLDER = Path(__file__).parent / "templates"


def open_templates() -> Jinja2Templates:
    """The console's templates, with the few functions that they may call."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.globals.update(_=translate, label=label, role_names=role_names, roles=auth, language=language.get)
    environment.globals.update(risk_codes=list(NAMES["risk"]), risk_names=risk_names)
    environment.globals.update(address=address, navigation=navigation, either=either, outlook=outlook)
    environment.filters.update(
        actorname=_actor_name,
        spoken=lambda count: either(*spoken(count)),
        clocktime=lambda value: clock.shown(value, "%H:%M:%S"),
        day=lambda value: clock.shown(value, "%m-%d %H:%M"),
        factvalue=fact_value,
        iso=datetime.fromisoformat,
        isoday=lambda value: clock.shown(value, "%Y-%m-%d"),
        moment=moment,
        number=number,
        outside=outside,
        percent=percent,
        since=since,
    )
    return Jinja2Templates(env=environment)


@pass_context
def _actor_name(context: Context, actor: str) -> str:
    """What whoever did something is called; a user name whose person is no longer kept stays as it is."""
    return actor_name(actor, context["visit"].names)


def moment(value: datetime | None) -> str:
    """Date and time in Shanghai; a dash for none."""
    return clock.shown(value) if value else "—"


def fact_value(value: str, kind: str) -> str:
    """A fact as it is read: a moment in Shanghai without its ISO form, other text as it is."""
    return moment(datetime.fromisoformat(value)) if kind == "moment" else value


def since(value: datetime | None, now: datetime) -> str:
    """How long ago, in the largest whole unit.

    >>> since(datetime(2026, 11, 2, 1, 0), datetime(2026, 11, 2, 3, 59))
    '2 小时前'
    """
    if value is None:
        return "—"
    seconds = int((now - value).total_seconds())
    if seconds < 60:
        return translate("刚刚")
    if seconds < 3600:
        return translate("{n} 分钟前", n=seconds // 60)
    if seconds < 86400:
        return translate("{n} 小时前", n=seconds // 3600)
    return translate("{n} 天前", n=seconds // 86400)


def number(value: float | None) -> str:
    """A count with thousands separated; at most one decimal; a dash for none."""
    if value is None:
        return "—"
    return f"{value:,.0f}" if float(value).is_integer() or abs(value) >= 100 else f"{value:,.1f}"


def percent(share: float) -> str:
    return f"{share * 100:.0f}%"


def outside(url: str | None) -> str:
    """`url` where a browser may safely follow it, else "": a page's data may hold a `javascript:` address."""
    parts = urlsplit(url or "")
    return (url or "") if parts.scheme in ("http", "https") and parts.netloc else ""


def address(path: str, **query: object) -> str:
    """`path` with those of `query` that are set."""
    chosen = {name: value for name, value in query.items() if value not in ("", None)}
    return f"{path}?{urlencode(chosen)}" if chosen else path
