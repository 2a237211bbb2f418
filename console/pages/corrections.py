"""Corrections: staff put right what a post says of a brand, take it back, and ask why the models thought so."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from starlette.responses import Response

from console.i18n import translate as _
from console.visit import Mood, Visit
from core.errors import InputError, UnavailableError, YushaoError
from core.text import normalise
from monitoring import corrections
from monitoring.amending import amend_owing
from monitoring.in_force import Judgement, fingerprint, judgement
from monitoring.reasons import reasons_of
from monitoring.rematch import mention_of
from monitoring.rules import load_rules
from monitoring.tables import Correction
from posts.index import IndexedPost, Mention
from sentiment.model import Model
from sentiment.scorer import open_scorer
from sentiment.stance import in_use
from sentiment.versions import Versions


@dataclass(frozen=True, slots=True)
class Item:
    """A brand that a post matches: its mention, if the text is held to be about it, and the correction in force."""

    brand: str
    mention: Mention | None
    correction: Correction | None

    @property
    def said(self) -> Judgement:
        return Judgement.of(self.mention)


def items(visit: Visit, posts: Sequence[IndexedPost]) -> dict[str, list[Item]]:
    """By post id, what can be corrected: every mention, and every match that is held not to be about its brand."""
    with visit.database.reading() as session:
        matcher = load_rules(session).matcher
        plain = {found.post.id: normalise(found.post.full_text) for found in posts}
        standing = corrections.in_force_of(session, {fingerprint(text) for text in plain.values()})
    by_place = {(one.brand, one.fingerprint): one for one in standing}
    found_items = {}
    for found in posts:
        text = plain[found.post.id]
        matched = (match.brand for match in matcher.match_normalised(text))
        brands = dict.fromkeys((*(mention.brand for mention in found.mentions), *matched))
        found_items[found.post.id] = [
            Item(brand, mention_of(brand, found), by_place.get((brand, fingerprint(text)))) for brand in brands
        ]
    return found_items


def save(visit: Visit) -> Response:
    """What the form of one post and brand says."""
    found = _post(visit, visit.field("post"))
    try:
        _correct(visit, found)
    except YushaoError as error:
        if not visit.is_partial:
            raise
        return _swapped(visit, found, str(error), "bad")  # htmx shows no page of an error
    return _amended(visit, found, _("已纠正，同样文字的帖子一并更改"))


def _correct(visit: Visit, found: IndexedPost) -> None:
    said = judgement(visit.field("verdict"), [risk for risk in visit.form.getlist("risk") if isinstance(risk, str)])
    with visit.database.writing() as session:
        corrections.correct(
            session,
            found,
            visit.field("brand"),
            said,
            seen=visit.field("seen"),
            note=visit.field("note"),
            models=_models(visit),
            actor=visit.actor,
            now=visit.now,
        )


def undo(visit: Visit) -> Response:
    with visit.database.writing() as session:
        correction = corrections.undo(session, visit.path("id"), actor=visit.actor, now=visit.now)
    at = visit.field("post") or correction.post_id
    return _amended(visit, visit.index.get([at]).get(at), _("已撤销，恢复模型的判断"))


def why(visit: Visit) -> Response:
    """What moved mood and stance of one post: a part of a page for htmx, else a page of its own."""
    found = _post(visit, visit.query("post"))
    with visit.database.reading() as session:
        rules = load_rules(session)
        standing = corrections.in_force_of(session, {fingerprint(normalise(found.post.full_text))})
    told = reasons_of(
        found,
        rules,
        _mood(Versions(visit.settings.models_path).in_use()),
        in_use(visit.settings.stance_models_path),
        {(one.brand, one.fingerprint): one for one in standing},
    )
    return visit.render("partials/why.html" if visit.is_partial else "why.html", found=found, told=told)


def _amended(visit: Visit, found: IndexedPost | None, said: str) -> Response:
    """Bring the index in line; where it cannot be reached, the next ingest does it."""
    try:
        with closing(open_scorer(visit.settings)) as scorer:
            amend_owing(visit.database, visit.index, scorer, stances=in_use(visit.settings.stance_models_path))
    except UnavailableError as error:
        said = _("已记录，检索服务恢复后自动生效（{why}）", why=error)
    if visit.is_partial and found:
        return _swapped(visit, found, said)
    return visit.go(_back(visit.field("back")), said)


def _swapped(visit: Visit, found: IndexedPost, said: str, mood: Mood = "good") -> Response:
    """The post's place in the list as it is now."""
    fresh = visit.index.get([found.post.id]).get(found.post.id, found)
    return visit.render("partials/post_swap.html", found=fresh, items=items(visit, [fresh]), said=said, mood=mood)


def _back(address: str) -> str:
    """Where the form was, if that is one of our own pages."""
    parts = urlsplit(address)
    return address if address.startswith("/") and not parts.netloc and not address.startswith("//") else "/posts"


def _post(visit: Visit, post_id: str) -> IndexedPost:
    found = visit.index.get([post_id]).get(post_id)
    if found is None:
        raise InputError(
            zh=f"没有帖子 {post_id}：它可能已过保留期或已删除", en=f"there is no post {post_id}: it may be past its retention"
        )
    return found


def _models(visit: Visit) -> dict[str, str]:
    return {
        "mood": open_scorer(visit.settings).name,
        "stance": in_use(visit.settings.stance_models_path).name,
    }


@lru_cache(maxsize=2)
def _mood(folder: Path) -> Model:
    """The mood model, kept between visits; a version never changes under its name."""
    return Model.load(folder)
