"""What people may do to an alert in which state, and the state that it is in afterwards.

open ── acknowledge ──► acknowledged ── case opened ──► in_case ── case closed ──► resolved ── reviewed ──► reviewed
  │                          │                             │                          ▲
  ├──────── resolve ─────────┴─────────────────────────────┴──────────────────────────┘
  └─ dismiss, with a reason ─► dismissed          resolved, reviewed, dismissed ── reopened ──► acknowledged
any of these ── merged into another alert of the brand ──► merged
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.life.tables import AlertState, EventKind

ACTIVE = frozenset(state for state in AlertState if state.is_active)
CLOSED = frozenset({AlertState.RESOLVED, AlertState.REVIEWED, AlertState.DISMISSED})


@dataclass(frozen=True, slots=True)
class Transition:
    """From which states a step may be taken and where it leads; `target` None leaves the state as it is."""

    allowed: frozenset[AlertState]
    target: AlertState | None = None


TRANSITIONS: Mapping[EventKind, Transition] = {
    EventKind.ACKNOWLEDGED: Transition(frozenset({AlertState.OPEN}), AlertState.ACKNOWLEDGED),
    EventKind.CASE_OPENED: Transition(ACTIVE | {AlertState.RESOLVED, AlertState.REVIEWED}),
    EventKind.CASE_CLOSED: Transition(frozenset({AlertState.IN_CASE}), AlertState.RESOLVED),
    EventKind.RESOLVED: Transition(ACTIVE, AlertState.RESOLVED),
    EventKind.DISMISSED: Transition(frozenset({AlertState.OPEN, AlertState.ACKNOWLEDGED}), AlertState.DISMISSED),
    EventKind.REVIEWED: Transition(frozenset({AlertState.RESOLVED}), AlertState.REVIEWED),
    EventKind.REOPENED: Transition(CLOSED, AlertState.ACKNOWLEDGED),
    EventKind.RAISED: Transition(ACTIVE),
    EventKind.LOWERED: Transition(ACTIVE),
    EventKind.SPLIT: Transition(ACTIVE),
    EventKind.MERGED: Transition(ACTIVE | CLOSED, AlertState.MERGED),
    EventKind.ABSORBED: Transition(ACTIVE),
    EventKind.NOTED: Transition(frozenset(AlertState)),
}
"""The steps of people. The detector's own steps are in `lifecycle`."""

REMEDIES: Mapping[tuple[EventKind, AlertState], tuple[str, str]] = {
    (EventKind.DISMISSED, AlertState.IN_CASE): ("已立案的预警请先结案", "close its case instead"),
    (EventKind.REVIEWED, AlertState.OPEN): ("请先解除预警", "resolve the alert first"),
    (EventKind.REVIEWED, AlertState.ACKNOWLEDGED): ("请先解除预警", "resolve the alert first"),
    (EventKind.REVIEWED, AlertState.IN_CASE): ("请先结案", "close its case first"),
    (EventKind.REVIEWED, AlertState.DISMISSED): ("已忽略的预警不需要复盘", "a dismissed alert needs no review"),
}
"""What to do instead, where a step is refused and that can be said."""


def may(state: AlertState, kind: EventKind) -> bool:
    """Whether the step is allowed in this state."""
    return state in TRANSITIONS[kind].allowed


def remedy(state: AlertState, kind: EventKind) -> tuple[str, str]:
    """What to do instead of a step that was refused, in Chinese and English."""
    if state == AlertState.MERGED:
        return "请到它并入的预警上操作", "act on the alert that it was merged into"
    if state in CLOSED and kind not in (EventKind.REVIEWED, EventKind.REOPENED):
        return "如需继续处理，请先重新打开", "reopen it first if there is more to do"
    return REMEDIES.get((kind, state), ("请刷新页面查看最新状态", "reload the page to see its present state"))
