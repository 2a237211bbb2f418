"""Learning from corrections, end to end: what staff said, and what they left, teach a candidate of each kind of model."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import select
from sqlalchemy.orm import Session

from core import audit
from core.database import Database
from core.errors import InputError, either
from core.ids import new_id
from core.settings import Settings
from monitoring.in_force import InForce, corrections_version, load_in_force
from monitoring.lessons import TEACHING, Ground, left_uncorrected, usable
from monitoring.tables import LearningRun
from posts.index import PostIndex
from sentiment.learning import LEAST_KEPT, Lesson
from sentiment.versions import MOOD, STANCE, Versions

KINDS = {"stance": STANCE, "mood": MOOD}
LEAST = 5
"""Fewer corrections can never show a lead that chance does not give (the sign test of `sentiment.learning`)."""


@dataclass(frozen=True, slots=True)
class Desk:
    """What learning works with."""

    database: Database
    index: PostIndex
    settings: Settings
    folder: Path | None = None
    """Where versions are kept instead of in the home."""

    def versions(self, kind: str) -> Versions:
        return Versions(self.folder, KINDS[kind]) if self.folder else versions_of(self.settings, kind)


def versions_of(settings: Settings, kind: str) -> Versions:
    """The versions of `mood` or `stance`; raises InputError for another word."""
    if kind not in KINDS:
        raise InputError(
            zh=f"没有名为 {kind} 的模型：可选 {'、'.join(KINDS)}", en=f"there is no model {kind}: one of {', '.join(KINDS)}"
        )
    return Versions(settings.models_path if kind == "mood" else settings.stance_models_path, KINDS[kind])


def learn_if_due(desk: Desk, kind: str, *, actor: str, now: datetime) -> LearningRun | None:
    """Learn where there is enough to learn from and anything was corrected or undone since this kind last learned, or what it
    learned then cannot be read any more."""
    with desk.database.reading() as session:
        last = last_run(session, kind)
        version = corrections_version(session)
        enough = len(usable(session, kind)) >= LEAST
    unread = desk.versions(kind).choice().unread
    stands = last and (last.made, last.ended) == version and not (unread and last.version == unread.name)
    if not enough or stands:
        return None
    return learn_from_corrections(desk, kind, actor=actor, now=now)


def learn_from_corrections(
    desk: Desk, kind: str, *, actor: str, now: datetime, name: str = "", progress: Callable[[str], None] = lambda text: None
) -> LearningRun:
    """Teach a candidate, keep it with its figures, and put it in use if it is better; services take it up at their next batch.

    Raises InputError for fewer than LEAST corrections.
    """
    versions = desk.versions(kind)
    chosen = versions.free_name(name, now)
    with desk.database.reading() as session:
        in_force = load_in_force(session)
        corrections = usable(session, kind)
    if len(corrections) < LEAST:
        raise InputError(
            zh=f"可学的纠正只有 {len(corrections)} 条，至少要 {LEAST} 条：请在控制台多纠正一些，或给出标注文件",
            en=f"there are {len(corrections)} corrections to learn from, {LEAST} are needed: "
            "correct more in the console, or give labelled files",
        )
    current, base = _current_and_base(versions)
    since = _metadata(current).get("learned", {}).get("until", "")
    known = [bool(since) and one.made_at.isoformat() <= since for one in corrections]
    ground = Ground(corrections, known, left_uncorrected(desk.index, in_force))
    shipped = versions.kind.load(versions.kind.shipped)
    lesson = TEACHING[kind](ground, versions.kind.load(base), shipped, chosen, progress)
    until = max(one.made_at for one in corrections).isoformat()
    return _kept(desk, kind, lesson, actor, now, in_force, {"base": base.name, "against": current.name, "until": until})


def put_in_use(database: Database, settings: Settings, kind: str, version: str, *, actor: str, now: datetime) -> None:
    """A person chooses a version. Raises InputError for one that is not there or cannot be read."""
    versions = versions_of(settings, kind)
    before = versions.in_use().name
    versions.use(version)
    with database.writing() as session:
        audit.record(session, at=now, actor=actor, action="model.use", subject=f"model:{kind}", version=version, before=before)


def last_run(session: Session, kind: str) -> LearningRun | None:
    return next(iter(list_runs(session, kind=kind, limit=1)), None)


def list_runs(session: Session, *, kind: str = "", limit: int = 20) -> list[LearningRun]:
    """The newest runs, newest first."""
    query = select(LearningRun).order_by(LearningRun.at.desc(), LearningRun.id.desc()).limit(limit)
    return list(session.scalars(query.where(LearningRun.kind == kind) if kind else query))


def reasons(figures: dict[str, Any]) -> list[tuple[bool, str]]:
    """Each condition with whether it held, in words."""
    gained, lost, chance = figures["gained"], figures["lost"], figures["chance"]
    kept, changed = figures["kept"], figures["changed"]
    guard, shipped = f"{figures['guard']:.1%}", f"{figures['shipped_guard']:.1%}"
    return [
        (
            figures["leads"],
            either(
                f"未学过的纠正里，改对 {gained} 条，改错 {lost} 条（偶然如此的概率 {chance:.1%}，须不超过 5%）",
                f"of corrections it had not learned, {gained} put right and {lost} spoilt (chance {chance:.1%}, 5% at most)",
            ),
        ),
        (
            figures["calm"],
            either(
                f"未被纠正的 {kept} 条帖子里，判断变了 {changed} 条（须不超过 10%；不足 {LEAST_KEPT} 条不计）",
                f"of {kept} posts left uncorrected, the answer to {changed} changed "
                f"(10% at most; fewer than {LEAST_KEPT} posts are not counted)",
            ),
        ),
        (
            figures["sound"],
            either(
                f"随附的检验句答对 {guard}，随附模型 {shipped}（不得低出 2%）",
                f"of the shipped made-up sentences {guard} right, the shipped model {shipped} (2% less at most)",
            ),
        ),
    ]


def _current_and_base(versions: Versions) -> tuple[Path, Path]:
    """The folders of the model in use and of the one that it learned from, itself where it learned from no correction."""
    current = versions.in_use()
    base = _metadata(current).get("learned", {}).get("base")
    return current, versions.place(base) if base else current


def _metadata(folder: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError):
        found: dict[str, Any] = orjson.loads((folder / "metadata.json").read_bytes())
        return found
    return {}


def _kept(
    desk: Desk, kind: str, lesson: Lesson[Any], actor: str, now: datetime, in_force: InForce, about: dict[str, str]
) -> LearningRun:
    """Store the candidate, then the run, then put it in use: killed in between, it is kept or unused, never half."""
    versions, figures = desk.versions(kind), lesson.figures()
    model = replace(lesson.model, metadata={**lesson.model.metadata, "learned": {**about, **figures}})
    versions.keep(model)
    if lesson.better:
        versions.use(model.name)
    made, ended = in_force.version
    run = LearningRun(
        id=new_id(),
        at=now,
        actor=actor,
        kind=kind,
        made=made,
        ended=ended,
        base=about["base"],
        against=about["against"],
        version=model.name,
        promoted=lesson.better,
        figures=figures,
    )
    with desk.database.writing() as session:
        session.add(run)
        action = "model.promote" if lesson.better else "model.keep"
        audit.record(
            session, at=now, actor=actor, action=action, subject=f"model:{kind}", version=model.name, before=about["against"]
        )
    return run
