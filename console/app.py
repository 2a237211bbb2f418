"""The console as one ASGI application over the opened stores."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.exc import OperationalError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from console import failures
from console.auth import Throttle
from console.csrf import CrossOriginProtection
from console.middleware import ReaderLanguage, SecurityHeaders, Sessions
from console.routes import PAGES
from console.templating import open_templates
from console.visit import Services
from core.database import Database
from core.errors import YushaoError
from core.settings import Settings, secret_key
from drill.state import remembered_drill
from posts.index import PostIndex

STATIC = Path(__file__).parent / "static"
LARGEST_FORM = 1024 * 1024
"""Bytes; the longest form is a draft's text."""


def create_app(settings: Settings, *, database: Database, index: PostIndex) -> Starlette:
    """The console over these stores, which the caller opened and closes."""
    app = Starlette(
        routes=[*(page.route() for page in PAGES), Mount("/static", StaticFiles(directory=STATIC))],
        middleware=[
            Middleware(SecurityHeaders),
            Middleware(CrossOriginProtection),
            Middleware(Sessions, secret_key=secret_key(settings)),
            Middleware(ReaderLanguage, default=settings.language),
        ],
        exception_handlers={
            YushaoError: failures.on_yushao_error,
            HTTPException: failures.on_http_error,
            OperationalError: failures.on_database_error,
            Exception: failures.on_crash,
        },
        max_body_size=LARGEST_FORM,
    )
    app.state.services = Services(settings, database, index, open_templates(), Throttle(), _is_drill(settings))
    return app


def _is_drill(settings: Settings) -> bool:
    """Whether the sources are the drill's own site, so that no one takes a made-up crisis for a real one."""
    drill = remembered_drill(settings)
    return drill is not None and any(source.url.startswith(drill.address) for source in settings.sources)
