"""What a step on a case asks first: that the case is there, locked, in a state that allows it, and that a reason is given."""

from __future__ import annotations

from sqlalchemy.orm import Session

from core.errors import InputError, StateError
from statements.tables import Case, CaseState


def get_case(session: Session, case_id: str) -> Case:
    """The case; raises InputError where there is none of that id."""
    return _there(session.get(Case, case_id), case_id)


def hold(session: Session, case_id: str, *states: CaseState) -> Case:
    """The case, locked until the transaction ends, so that facts and drafts of one case change one after another.

    `states` are those in which the step is allowed (open where none is given); another raises StateError.
    """
    case = _there(session.get(Case, case_id, with_for_update=True, populate_existing=True), case_id)
    if case.state not in (states or (CaseState.OPEN,)):
        waits = case.state == CaseState.PROPOSED
        raise StateError(
            zh=f"个案 {case_id} 的状态是{CaseState(case.state).zh}：{'请先接手该个案' if waits else '此步不可用'}",
            en=f"case {case_id} is {case.state}: {'take the case first' if waits else 'this step is not possible'}",
        )
    return case


def required_reason(reason: str, *, zh: str, en: str) -> str:
    """The reason, trimmed; raises InputError for an empty one, for a step without its why cannot be reviewed later."""
    if not (reason := storable(reason)):
        raise InputError(zh=f"{zh}需要写明理由", en=f"{en} needs a reason")
    return reason


def storable(text: str) -> str:
    r"""`text` trimmed, without what no database and no UTF-8 file can keep: NUL and lone surrogates.

    >>> storable(" 城东店\x00\ud800 ")
    '城东店'
    """
    return text.encode("utf-8", "ignore").decode().replace("\x00", "").strip()


def _there(case: Case | None, case_id: str) -> Case:
    if case is None:
        raise InputError(
            zh=f"没有个案 {case_id}：请用 yushao cases list 查看编号",
            en=f"there is no case {case_id}: yushao cases list shows the ids",
        )
    return case
