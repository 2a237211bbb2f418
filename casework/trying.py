"""Dry run of a brand's rule: what other keywords would find, and which alerts would have come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from alerts.backtesting.dry_run import DryRun, Side, dry_run, reading_window
from alerts.policies.kept import load_policy
from core.settings import Settings
from monitoring.brands import BrandRule, checked_rule
from monitoring.preview import Preview, preview
from posts.index import IndexedPost, PostIndex
from sentiment.scorer import Scorer
from sentiment.stance import in_use


@dataclass(frozen=True, slots=True)
class RuleTrial:
    """The mentions that the rule tried gains and loses, and the alerts that differ."""

    preview: Preview
    alerts: DryRun

    def to_json(self) -> dict[str, Any]:
        found = self.preview
        return {
            "scanned": found.scanned,
            "gained": found.gained,
            "lost": found.lost,
            "gained_examples": [_quoted(post) for post in found.gained_examples],
            "lost_examples": [_quoted(post) for post in found.lost_examples],
            **self.alerts.to_json(),
        }


def try_rule(
    session: Session, index: PostIndex, scorer: Scorer, rule: BrandRule, *, at: datetime, days: int, settings: Settings
) -> RuleTrial:
    """Match the last `days` (and the days that teach their baseline) anew by `rule`, and replay both; nothing is written.

    Raises InputError for a rule that could not be saved, UnavailableError where index or scorer cannot be used.
    """
    start, end = reading_window(at, days, settings)
    rule = checked_rule(session, rule)
    found = preview(session, index, scorer, rule, start=start, end=end, stances=in_use(settings.stance_models_path))
    policy = load_policy(session, rule.name)
    sides = Side(found.before, policy), Side(found.posts, policy)
    return RuleTrial(found, dry_run(index, rule.name, *sides, at=at, days=days, since=found.start, settings=settings))


def _quoted(indexed: IndexedPost) -> dict[str, str]:
    post = indexed.post
    return {"post_id": post.id, "text": post.full_text, "url": post.url, "published_at": post.published_at.isoformat()}
