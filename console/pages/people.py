"""People: who may sign in and as what; administrators only."""

from __future__ import annotations

from sqlalchemy.orm import Session
from starlette.responses import Response

from console.i18n import translate as _
from console.visit import Visit
from core import people
from core.errors import InputError
from core.people import Person, Role


def listing(visit: Visit) -> Response:
    with visit.database.reading() as session:
        return visit.render("people.html", people=people.list_people(session))


def add(visit: Visit) -> Response:
    if visit.field("role") not in list(Role):
        raise InputError(zh="请选择一个角色", en="choose a role")
    with visit.database.writing() as session:
        people.add_person(
            session,
            username=visit.field("username"),
            display_name=visit.field("display_name"),
            role=Role(visit.field("role")),
            password=str(visit.form.get("password", "")),
            actor=visit.actor,
            now=visit.now,
        )
    return visit.go("/people", _("已添加 {name}，请当面告知初始密码", name=visit.field("username")))


def deactivate(visit: Visit) -> Response:
    """Take a person's access away, which also ends their sessions; no one locks themselves out."""
    if visit.path("username") == visit.actor:
        raise InputError(
            zh="不能停用自己：请由另一位管理员操作", en="you cannot deactivate yourself: ask another administrator"
        )
    with visit.database.writing() as session:
        people.deactivate_person(session, _known(session, visit), actor=visit.actor, now=visit.now)
    return visit.go("/people", _("已停用 {name}", name=visit.path("username")))


def reset_password(visit: Visit) -> Response:
    with visit.database.writing() as session:
        person = _known(session, visit)
        people.set_password(session, person, str(visit.form.get("password", "")), actor=visit.actor, now=visit.now)
    return visit.go("/people", _("已重置 {name} 的密码，其登录已失效", name=visit.path("username")))


def _known(session: Session, visit: Visit) -> Person:
    person = people.find_person(session, visit.path("username"))
    if person is None:
        raise InputError(zh=f"没有用户 {visit.path('username')}", en=f"there is no person {visit.path('username')}")
    return person
