"""Health, for a supervisor or a load balancer: no sign-in, and nothing told that an outsider could use."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from console.visit import Visit
from core.errors import UnavailableError


def health(visit: Visit) -> Response:
    """200 where database and index answer, else 503 naming the one that does not."""
    states = {"database": "ok", "index": "ok"}
    for name, check in (("database", visit.database.check), ("index", visit.index.check)):
        try:
            check()
        except UnavailableError:
            states[name] = "unavailable"
    return JSONResponse(states, status_code=200 if set(states.values()) == {"ok"} else 503)
