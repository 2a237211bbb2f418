"""Models and corrections: which versions judge, what they learned from, and what staff said."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from console.i18n import translate as _
from console.visit import Visit
from monitoring import corrections, learning
from monitoring.brands import list_brands

SHOWN = 100
ENDED = {"": False, "ended": True, "all": None}


def listing(visit: Visit) -> Response:
    query = {name: visit.query(name) for name in ("brand", "verdict", "state")}
    ended = ENDED.get(query["state"], False)
    with visit.database.reading() as session:
        found = corrections.list_corrections(session, brand=query["brand"], verdict=query["verdict"], ended=ended, limit=SHOWN)
        runs = learning.list_runs(session, limit=6)
        brands = [brand.name for brand in list_brands(session, active_only=False)]
    kinds = [(kind, learning.versions_of(visit.settings, kind).list()) for kind in learning.KINDS]
    return visit.render(
        "models.html",
        corrections=found,
        runs=runs,
        brands=brands,
        kinds=kinds,
        query=query,
        figures=figures,
        reasons=learning.reasons,
    )


def use(visit: Visit) -> Response:
    version = visit.field("version")
    learning.put_in_use(visit.database, visit.settings, visit.path("kind"), version, actor=visit.actor, now=visit.now)
    return visit.go("/models", _("现用 {version}，下一批入库起生效", version=version))


def figures(metadata: dict[str, Any]) -> str:
    """What is known of a version, in a line."""
    if learned := metadata.get("learned"):
        return _(
            "学自 {n} 条纠正，在 {base} 之上；未学过的改对 {gained} 条，改错 {lost} 条；检验句 {guard}",
            n=learned["corrections"],
            base=learned["base"],
            gained=learned["gained"],
            lost=learned["lost"],
            guard=f"{learned['guard']:.1%}",
        )
    if "merit" in metadata:
        return _("留出部分 macro-F1 {merit}", merit=metadata["merit"])
    return _("学自 {n} 条标题", n=f"{metadata['rows']:,}") if "rows" in metadata else "—"
