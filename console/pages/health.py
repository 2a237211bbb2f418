"""Health, for a supervisor or a load balancer: no sign-in, and nothing told that an outsider could use."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from alerts.duty.rehearsal import rehearse
from alerts.levels import Level
from console.visit import Visit
from core.errors import UnavailableError
from monitoring.learning import KINDS, versions_of


def health(visit: Visit) -> Response:
    """200 where database and index answer, else 503 naming the one that does not; says too whether the roster has a fault,
    and whether a chosen model cannot be read, so that the shipped one judges in its place."""
    states = {"database": "ok", "index": "ok"}
    for name, check in (("database", visit.database.check), ("index", visit.index.check)):
        try:
            check()
        except UnavailableError:
            states[name] = "unavailable"
    if states["database"] == "ok":
        states["duty"] = _duty(visit)
    states["models"] = _models(visit)
    return JSONResponse(states, status_code=200 if "unavailable" not in states.values() else 503)


def _models(visit: Visit) -> str:
    return "fault" if any(versions_of(visit.settings, kind).choice().unread for kind in KINDS) else "ok"


def _duty(visit: Visit) -> str:
    """Whether a grave alert would reach someone on duty now; no reason to take the console out of service."""
    with visit.database.reading() as session:
        return "fault" if rehearse(session, Level.MAJOR, visit.now, settings=visit.settings).faults else "ok"
