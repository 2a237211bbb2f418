"""Channels: the addresses that alerts are told to, their public names, and one message sent to one of them.

Apprise 1.13 calls a message to 钉钉, 企业微信, 飞书 and Lark sent when the HTTP status is 200, but these services say 200 and
put the refusal into the body (`errcode`, `code`). So the answers are read here too, and the service's own word decides.
"""

from __future__ import annotations

import hashlib
import hmac
import logging
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from alerts.duty.shortening import in_bytes, shortened
from core.errors import UnavailableError
from core.settings import Settings, secret_key

VERDICT_FIELDS = {
    "dingtalk": ("errcode",),
    "wecombot": ("errcode",),
    "feishu": ("code", "StatusCode"),
    "lark": ("code", "StatusCode"),
}
"""Apprise's scheme: the fields of which one must be 0 in the service's JSON answer, or the message was not taken."""

LONGEST_BYTES = {"dingtalk": 18_000, "wecombot": 2_000, "feishu": 9_000, "lark": 9_000}
"""UTF-8 bytes of title and body: under the service's limit (钉钉 20 KB, 企业微信 2,048 B, 飞书 20 KB after JSON escapes)."""

HOSTS = {
    "oapi.dingtalk.com": "dingtalk",
    "qyapi.weixin.qq.com": "wecombot",
    "open.feishu.cn": "feishu",
    "open.larksuite.com": "lark",
}
MESSAGES_A_MINUTE = {"dingtalk": 18, "wecombot": 18, "feishu": 90, "lark": 90}
"""Under what a robot may send: 钉钉 and 企业微信 20 a minute (钉钉 then refuses for ten), 飞书 100."""

BUSY = {130101, 45009, 11232, 9499}
"""Codes of 钉钉, 企业微信 and 飞书 for "too many messages": the message is fine, the channel must wait."""


class ChannelDownError(UnavailableError):
    """The channel itself cannot be reached or is busy: its other messages would fare no better now."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back for one request: an HTTP status and the start of the body, or the kind of failure."""

    status: int = 0
    body: str = ""
    failure: str = ""
    json: Any = None


def channels(settings: Settings) -> dict[str, str]:
    """Each channel's public name and its address. The name is its scheme or host and a keyed hash: no secret is in it."""
    key = secret_key(settings).encode()
    return {_name(address, key): address for address in settings.alerts.notify}


def deliver(address: str, *, title: str, body: str) -> None:
    """Send one message and see that the service took it; raises UnavailableError with what it said, secrets blotted out."""
    from apprise import Apprise
    from apprise.common import NotifyFormat, OverflowMode

    with _quiet_apprise():
        service = Apprise.instantiate(address)
        if service is None:
            raise UnavailableError(
                zh="通知地址无法识别：请按 Apprise 的写法检查 alerts.notify",
                en="the notification address is not understood: check alerts.notify against Apprise's notation",
            )
        with _answers() as heard:
            taken = service.notify(
                body=_fitting(service, title, body),
                title=title,
                body_format=NotifyFormat.TEXT,
                overflow=OverflowMode.TRUNCATE,
            )
    problem = _problem(service.secure_protocol, taken, heard)
    if problem:
        problem = _blotted(problem, address)
        error = ChannelDownError if _is_down(heard) else UnavailableError
        raise error(zh=f"通道没有收下消息：{problem}", en=f"the channel did not take the message: {problem}")


def service_of(address: str) -> str:
    """The service behind an address, by Apprise's scheme or by the host of the service's own web address."""
    parts = urlsplit(address)
    return HOSTS.get(parts.hostname or "", parts.scheme)


def rate_of(address: str) -> int | None:
    """How many messages a minute the service takes; None where it names no limit."""
    return MESSAGES_A_MINUTE.get(service_of(address))


def _fitting(service: Any, title: str, body: str) -> str:
    """`body` cut to what the service takes beside `title`: in bytes where it counts these, else in characters."""
    if limit := LONGEST_BYTES.get(str(service.secure_protocol)):
        return shortened(body, limit - in_bytes(title) - 2)
    beside = len(title) + 2 if service.title_maxlen <= 0 else 0
    return shortened(body, max(service.body_maxlen - beside, 0), len)


def _name(address: str, key: bytes) -> str:
    parts = urlsplit(address)
    # In an address of Apprise's own the host may be the token itself; only a web address has a host that is none.
    shown = parts.hostname if parts.scheme in ("http", "https") else parts.scheme
    return f"{(shown or 'unknown')[:40]}-{hmac.new(key, address.encode(), hashlib.sha256).hexdigest()[:8]}"


def _problem(scheme: Any, taken: bool, heard: list[Answer]) -> str:
    """Why the message does not count as sent; empty where it does."""
    for answer in heard:
        if answer.failure:
            return answer.failure
        if refusal := _refusal(scheme, answer):
            return refusal
    return "" if taken else "Apprise 报告失败 / Apprise reports failure"


def _is_down(heard: list[Answer]) -> bool:
    """Whether nobody answered, or an answer says that it is not for this one message."""
    return not heard or any(
        answer.failure or answer.status >= 500 or answer.status == 429 or _code(answer) in BUSY for answer in heard
    )


def _code(answer: Answer) -> Any:
    said = answer.json if isinstance(answer.json, dict) else {}
    return said.get("errcode", said.get("code"))


def _refusal(scheme: Any, answer: Answer) -> str:
    told = f"HTTP {answer.status} {answer.body[:200]}".strip()
    if answer.status >= 400:
        return told
    said = answer.json if isinstance(answer.json, dict) else {}
    fields = VERDICT_FIELDS.get(scheme) if isinstance(scheme, str) else None
    if fields is None:
        return told if said.get("errcode", 0) not in (0, "0") else ""
    return "" if any(said.get(field) in (0, "0") for field in fields) else told


def _blotted(text: str, address: str) -> str:
    for part in re.findall(r"[\w-]{6,}", address.partition("://")[2]):
        text = text.replace(part, "****")
    return text


_heard: ContextVar[list[Answer] | None] = ContextVar("heard", default=None)
_door = threading.Lock()


@contextmanager
def _answers() -> Iterator[list[Answer]]:
    """The answers to all web requests made inside the block by this thread.

    Apprise's plugins call `requests.post` and keep the answer to themselves, so it is overheard where every request passes.
    """
    import requests

    original = requests.Session.send

    def send(session: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        heard = _heard.get()
        try:
            response = original(session, request, **options)
        except requests.RequestException as error:
            if heard is not None:
                heard.append(Answer(failure=type(error).__name__))
            raise
        if heard is not None and not response.is_redirect:
            heard.append(Answer(response.status_code, response.text[:1000], json=_parsed(response)))
        return response

    with _door:
        answers: list[Answer] = []
        token = _heard.set(answers)
        requests.Session.send = send  # type: ignore[method-assign, assignment]
        try:
            yield answers
        finally:
            requests.Session.send = original  # type: ignore[method-assign]
            _heard.reset(token)


def _parsed(response: Any) -> Any:
    try:
        return response.json()
    except ValueError:
        return None


@contextmanager
def _quiet_apprise() -> Iterator[None]:
    """Some plugins log the address, token and all, when a connection fails."""
    logger = logging.getLogger("apprise")
    level = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(level)
