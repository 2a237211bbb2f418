"""One visit to one page: the request, who makes it, and the stores it may use.

Every page is `def page(visit: Visit) -> Response`, run in a thread of its own, for the stores block.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates

from console import auth
from core import audit, clock
from core.database import Database
from core.people import Person, Role, list_people
from core.settings import Settings
from posts.index import PostIndex

Mood = Literal["good", "bad"]


@dataclass(frozen=True, slots=True)
class Services:
    """What the console was opened with, the same for every visit; kept at `app.state.services`."""

    settings: Settings
    database: Database
    index: PostIndex
    templates: Jinja2Templates
    throttle: auth.Throttle
    is_drill: bool


@dataclass(frozen=True, slots=True)
class Visit:
    """A request to a page, its form read; `person` is signed in and has one of the page's roles, if the page asks for any."""

    request: Request
    form: FormData
    signed_in: Person | None
    now: datetime

    @property
    def services(self) -> Services:
        services: Services = self.request.app.state.services
        return services

    @property
    def database(self) -> Database:
        return self.services.database

    @property
    def index(self) -> PostIndex:
        return self.services.index

    @property
    def settings(self) -> Settings:
        return self.services.settings

    @property
    def person(self) -> Person:
        """Who is signed in; asked only by pages that need a sign-in."""
        assert self.signed_in is not None
        return self.signed_in

    @property
    def names(self) -> dict[str, str]:
        """What people are called, by user name; read once a visit."""
        if "names" not in self.request.scope["state"]:
            with self.database.reading() as session:
                self.request.scope["state"]["names"] = {one.username: one.display_name for one in list_people(session)}
        names: dict[str, str] = self.request.scope["state"]["names"]
        return names

    @property
    def actor(self) -> str:
        return self.person.username

    @property
    def is_partial(self) -> bool:
        """Whether htmx asks for a part of the page."""
        return "hx-request" in self.request.headers

    def field(self, name: str) -> str:
        """The form's field `name`, stripped; "" where it is missing or a file."""
        value = self.form.get(name, "")
        return value.strip() if isinstance(value, str) else ""

    def choices(self, name: str) -> list[str]:
        """Every value of the form's fields `name`, as of ticked boxes."""
        return [value for value in self.form.getlist(name) if isinstance(value, str)]

    def query(self, name: str) -> str:
        return self.request.query_params.get(name, "").strip()

    def path(self, name: str) -> str:
        return str(self.request.path_params[name])

    def may(self, roles: Iterable[Role]) -> bool:
        return auth.may(self.signed_in, roles)

    def render(self, template: str, *, status: int = 200, **context: Any) -> Response:
        """The page `template`, with the visit itself in its context."""
        return self.services.templates.TemplateResponse(
            self.request, template, {"visit": self, "person": self.signed_in, **context}, status_code=status
        )

    def flash(self, text: str, mood: Mood = "good") -> None:
        """Say `text` on top of the next page that is shown."""
        self.request.session["flash"] = [*self.request.session.get("flash", []), [mood, text]]

    def flashes(self) -> list[list[str]]:
        """What the pages before wanted said; said once."""
        said: list[list[str]] = self.request.session.pop("flash", [])
        return said

    def go(self, address: str, said: str = "") -> Response:
        """After a change: to another page, by GET, saying `said` there."""
        if said:
            self.flash(said)
        return RedirectResponse(address, status_code=303)


Handler = Callable[[Visit], Response]


@dataclass(frozen=True, slots=True)
class Page:
    """A row of the table of routes; `roles` None means that no sign-in is needed."""

    method: Literal["GET", "POST"]
    path: str
    handler: Handler
    roles: frozenset[Role] | None

    def route(self) -> Route:
        return Route(self.path, self._endpoint(), methods=[self.method])

    def _endpoint(self) -> Callable[[Request], Any]:
        async def endpoint(request: Request) -> Response:
            form = await request.form() if request.method == "POST" else FormData()
            return await run_in_threadpool(self._answer, request, form)

        return endpoint

    def _answer(self, request: Request, form: FormData) -> Response:
        audit.via.set("console")
        visit = open_visit(request, form)
        if self.roles is None or visit.may(self.roles):
            return self.handler(visit)
        if visit.signed_in is None:
            return _to_sign_in(visit)
        return visit.render("forbidden.html", status=403, roles=sorted(self.roles))


def open_visit(request: Request, form: FormData | None = None) -> Visit:
    """The visit that `request` is, with whoever is signed in."""
    services: Services = request.app.state.services
    with services.database.reading() as session:
        person = auth.signed_in(session, request.session)
    return Visit(request, form or FormData(), person, clock.now())


def _to_sign_in(visit: Visit) -> Response:
    """A page is asked again after sign-in; a part of a page makes the whole page go there."""
    if visit.is_partial:
        return Response(status_code=401, headers={"HX-Redirect": "/sign-in"})
    wanted = visit.request.url.path if visit.request.method == "GET" else "/"
    query = visit.request.url.query
    visit.request.session["wanted"] = f"{wanted}?{query}" if query and wanted != "/" else wanted
    return visit.go("/sign-in")
