"""The connection to Elasticsearch, and its failures in the words of the operator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.errors import SettingError, UnavailableError
from core.settings import SearchSettings

if TYPE_CHECKING:
    from elasticsearch import ApiError, Elasticsearch

_PREFIX = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


def connect(settings: SearchSettings) -> Elasticsearch:
    """A client for the server that the settings name; nothing is sent yet. Raises SettingError for a malformed setting."""
    from elasticsearch import Elasticsearch

    _check(settings)
    options: dict[str, Any] = {"ca_certs": settings.ca_certs} if settings.ca_certs else {}
    if settings.username:
        options["basic_auth"] = (settings.username, settings.password)
    return Elasticsearch(settings.url, request_timeout=settings.timeout_seconds, **options)


def shown_address(settings: SearchSettings) -> str:
    """The address as it may be shown: without a password that stands in it."""
    parts = urlsplit(settings.url)
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl()


@contextmanager
def failures_explained(address: str) -> Iterator[None]:
    """Turn the client's errors into UnavailableError, naming the address and the remedy."""
    from elasticsearch import ApiError, AuthenticationException, TransportError

    try:
        yield
    except AuthenticationException as error:
        raise UnavailableError(
            zh=f"Elasticsearch {address} 不接受用户名或密码：请检查 search.username 与 YUSHAO_SEARCH_PASSWORD",
            en=f"Elasticsearch at {address} refuses the user or the password: check search.username and YUSHAO_SEARCH_PASSWORD",
        ) from error
    except ApiError as error:
        raise refused(address, _reason(error)) from error
    except TransportError as error:
        raise UnavailableError(
            zh=f"连不上 Elasticsearch {address}：{error.message}；请检查 search.url、search.ca_certs，以及该服务是否在运行",
            en=f"cannot reach Elasticsearch at {address}: {error.message}; check search.url, search.ca_certs and that it runs",
        ) from error


def refused(address: str, reason: str) -> UnavailableError:
    """The server answered, and could not do what was asked."""
    return UnavailableError(
        zh=f"Elasticsearch {address} 未能完成请求：{reason}；请查看该服务的日志与磁盘空间，并检查该用户的权限",
        en=f"Elasticsearch at {address} could not do it: {reason}; see its log, its disk and this user's rights",
    )


def _check(settings: SearchSettings) -> None:
    if not _is_address(settings.url):
        raise SettingError(
            zh=f"search.url 应为 http(s)://主机:端口，得到 {settings.url!r}",
            en=f"search.url must be http(s)://HOST:PORT, got {settings.url!r}",
        )
    if settings.ca_certs and not Path(settings.ca_certs).is_file():
        raise SettingError(
            zh=f"search.ca_certs 所指的文件不存在：{settings.ca_certs}",
            en=f"search.ca_certs names a file that is not there: {settings.ca_certs}",
        )
    if not _PREFIX.fullmatch(settings.prefix):
        raise SettingError(
            zh=f"search.prefix 只能由小写字母、数字和 . _ - 组成，且以字母或数字开头，得到 {settings.prefix!r}",
            en=f"search.prefix may hold a-z, 0-9, '.', '_' and '-', and starts with a letter or digit, got {settings.prefix!r}",
        )


def _is_address(url: str) -> bool:
    parts = urlsplit(url)
    try:
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port is not None
    except ValueError:  # the port is no number
        return False


def _reason(error: ApiError) -> str:
    """The innermost reason in the server's answer, which is what says what to do."""
    body = error.body.get("error") if isinstance(error.body, dict) else None
    causes = body.get("root_cause") if isinstance(body, dict) else None
    first = causes[0] if causes else body
    return f"{error.status_code} {first.get('type')}: {first.get('reason')}" if isinstance(first, dict) else str(error)
