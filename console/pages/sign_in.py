"""Signing in and out, one's own password, and the language of the pages."""

from __future__ import annotations

import math

from starlette.responses import Response

from console import auth
from console.failures import page_before
from console.i18n import translate as _
from console.middleware import LANGUAGE_COOKIE
from console.visit import Visit
from core import audit, people
from core.errors import InputError

YEAR = 365 * 86400


def form(visit: Visit) -> Response:
    if visit.signed_in:
        return visit.go("/alerts")
    return visit.render("sign_in.html", username="", problem="")


def sign_in(visit: Visit) -> Response:
    """Start a session; a wrong name and a wrong password are told apart by nothing."""
    username, throttle = visit.field("username"), visit.services.throttle
    address = visit.request.client.host if visit.request.client else ""
    if wait := throttle.wait(username, address, now=visit.now):
        return _refused(visit, 429, _("尝试次数太多，请 {n} 分钟后再试", n=math.ceil(wait.total_seconds() / 60)))
    with visit.database.reading() as session:
        person = people.authenticate(session, username, str(visit.form.get("password", "")))
    if person is None:
        throttle.failed(username, address, now=visit.now)
        return _refused(visit, 401, _("用户名或密码不对，请重试"))
    throttle.succeeded(username, address)
    with visit.database.writing() as session:
        audit.record(session, at=visit.now, actor=username, action="person.sign_in", subject=f"person:{username}")
    wanted = visit.request.session.get("wanted", "/alerts")
    auth.sign_in(visit.request.session, person)
    return visit.go(wanted)


def sign_out(visit: Visit) -> Response:
    visit.request.session.clear()
    return visit.go("/sign-in")


def account(visit: Visit) -> Response:
    return visit.render("account.html")


def change_password(visit: Visit) -> Response:
    """A new password for oneself; other sessions of this person end with the old one."""
    new = str(visit.form.get("new", ""))
    if new != str(visit.form.get("again", "")):
        raise InputError(zh="两次输入的新密码不一样，请重新输入", en="the two new passwords differ, type them again")
    with visit.database.writing() as session:
        person = people.authenticate(session, visit.actor, str(visit.form.get("old", "")))
        if person is None:
            raise InputError(zh="当前密码不对，请重新输入", en="the present password is wrong, type it again")
        people.set_password(session, person, new, actor=visit.actor, now=visit.now)
    auth.sign_in(visit.request.session, person)
    return visit.go("/account", _("密码已更换，其他设备上的登录已失效"))


def choose_language(visit: Visit) -> Response:
    response = visit.go(page_before(visit.request) or "/alerts")
    chosen = "en" if visit.field("language") == "en" else "zh"
    secure = visit.request.url.scheme == "https"
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=YEAR, secure=secure, httponly=True, samesite="lax")
    return response


def _refused(visit: Visit, status: int, problem: str) -> Response:
    return visit.render("sign_in.html", status=status, username=visit.field("username"), problem=problem)
