"""The drill's web site: a small HTTP server on 127.0.0.1 that serves the story as far as it has come."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from core import clock
from core.errors import UnavailableError
from drill.pages import Asked, Page, page

HOST = "127.0.0.1"


class DrillSite(ThreadingHTTPServer):
    """Serves the story that began at `started`; `now` tells how far it has come. Raises UnavailableError for a taken port."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, started: datetime, port: int, now: Callable[[], datetime] = clock.now) -> None:
        self.started = started
        self.now = now
        try:
            super().__init__((HOST, port), _Visit)
        except OSError as error:
            raise UnavailableError(
                zh=f"演练站点无法使用端口 {port}（{error.strerror}）：请换一个端口，如 yushao drill --port {port + 1}",
                en=f"the drill's site cannot use port {port} ({error.strerror}): try yushao drill --port {port + 1}",
            ) from error

    @property
    def address(self) -> str:
        return f"http://{HOST}:{self.server_port}"


@contextmanager
def served(started: datetime, *, port: int = 0, now: Callable[[], datetime] = clock.now) -> Iterator[DrillSite]:
    """The site, answering in a thread until the block ends; port 0 takes a free one."""
    with DrillSite(started, port, now) as site:
        thread = threading.Thread(target=site.serve_forever, kwargs={"poll_interval": 0.1}, name="drill-site", daemon=True)
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


class _Visit(BaseHTTPRequestHandler):
    """One connection; GET and HEAD, with conditional requests."""

    protocol_version = "HTTP/1.1"
    server_version = "yushao-drill"
    timeout = 30
    server: DrillSite

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        asked = Asked(self.server.started, self.server.now(), self.server.address, dict(parse_qsl(address.query)))
        self._answer(page(address.path, asked))

    do_HEAD = do_GET

    def log_message(self, format: str, *args: Any) -> None:
        """Visits are not logged: the crawler's own runs tell what was fetched."""

    def _answer(self, found: Page) -> None:
        tag = f'"{hashlib.sha256(found.body).hexdigest()[:20]}"'
        unchanged = found.status == 200 and self._is_known(tag, found.changed)
        self.send_response(304 if unchanged else found.status)
        if found.status == 200:
            self.send_header("ETag", tag)
            if found.changed:
                self.send_header("Last-Modified", format_datetime(found.changed.astimezone(UTC), usegmt=True))
        body = b"" if unchanged else found.body
        self.send_header("Content-Type", found.media_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def _is_known(self, tag: str, changed: datetime | None) -> bool:
        """Whether the visitor has this very page already; a tag, where given, decides alone (RFC 9110, 13.2.2)."""
        if known := self.headers.get("If-None-Match"):
            return tag in {part.strip().removeprefix("W/") for part in known.split(",")}
        since = self.headers.get("If-Modified-Since")
        return since is not None and changed is not None and _is_since(changed, since)


def _is_since(changed: datetime, since: str) -> bool:
    """Whether `changed` is not after the date that the visitor gave; a date that cannot be read is no condition."""
    try:
        return changed.replace(microsecond=0) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False
