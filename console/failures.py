"""What a person sees when something fails: the message in their language, on the page they came from or on one of its own."""

from __future__ import annotations

from urllib.parse import urlsplit

from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from console.i18n import translate as _
from console.visit import Services
from core.errors import ForbiddenError, InputError, StateError, UnavailableError, YushaoError

STATUS: dict[type[YushaoError], int] = {InputError: 400, ForbiddenError: 403, StateError: 409, UnavailableError: 503}


def on_yushao_error(request: Request, error: Exception) -> Response:
    """A refused form is answered on the page it was sent from; anything else by a page of its own."""
    assert isinstance(error, YushaoError)
    back = page_before(request)
    if request.method == "POST" and back and not isinstance(error, UnavailableError):
        request.session["flash"] = [*request.session.get("flash", []), ["bad", str(error)]]
        return RedirectResponse(back, status_code=303)
    status = next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)
    if status == 400 and request.path_params:
        status = 404  # what the address names does not exist
    return message(request, status, _title(status), str(error))


def on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    if error.status_code == 404:
        return message(request, 404, _title(404), _("这个地址上没有页面：{path}", path=request.url.path))
    return message(request, error.status_code, _title(error.status_code), error.detail)


def on_database_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, OperationalError)
    return message(request, 503, _title(503), _("数据库暂时连不上：请稍候刷新；仍不行请运维检查 database.url 与数据库服务"))


def on_crash(request: Request, error: Exception) -> Response:
    """The server's log has the traceback; the page says only that it is there."""
    return message(request, 500, _title(500), _("出了意料之外的错误，已写入服务日志；刚才的操作没有生效，请告知运维"))


def message(request: Request, status: int, title: str, text: str) -> Response:
    """A page that needs neither the database nor a sign-in."""
    services: Services = request.app.state.services
    context = {"title": title, "text": text, "status": status}
    return services.templates.TemplateResponse(request, "message.html", context, status_code=status)


def page_before(request: Request) -> str:
    """Path and query of the page of ours that the form was on; "" where none is told."""
    referer = urlsplit(request.headers.get("referer", ""))
    if referer.netloc != request.url.netloc or not referer.path.startswith("/") or referer.path.startswith("//"):
        return ""
    return f"{referer.path}?{referer.query}" if referer.query else referer.path


def _title(status: int) -> str:
    titles = {400: _("填写有误"), 403: _("没有权限"), 404: _("没有找到"), 409: _("现在不能这样做"), 503: _("服务暂不可用")}
    return titles.get(status, _("出错了"))
