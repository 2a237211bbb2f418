"""Cross-site request forgery: a request that changes something must come from our own pages.

The browser says where a request comes from in `Sec-Fetch-Site`, which no page can forge; older browsers, and plain-http
addresses, send `Origin` alone. A client that sends neither is no browser and carries no one's cookie unawares.
Source of the rule: https://words.filippo.io/csrf/ (as in Go's http.CrossOriginProtection).
"""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
REFUSAL = "拒绝跨站请求：请从舆哨自己的页面操作 · Cross-site request refused: use Yushao's own pages"


def is_same_origin(headers: Headers) -> bool:
    """Whether a request with these headers was made by a page of this very origin, or by no browser at all."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host", "")


class CrossOriginProtection:
    """Answer 403 to an unsafe request from elsewhere."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and not is_same_origin(Headers(scope=scope)):
            await PlainTextResponse(REFUSAL, status_code=403)(scope, receive, send)
            return
        await self.app(scope, receive, send)
