"""A web site on 127.0.0.1 for the crawlers' tests: paths with the answers they give, and what it was asked."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True)
class Answer:
    """One answer; with an ETag it is given as 304 to whoever has that already. `hold` keeps it back until the event is set."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: threading.Event | None = None


@dataclass(frozen=True)
class Asked:
    target: str
    headers: Mapping[str, str]


class Site:
    """`answers` by path, with or without the query; any other path is 404, and so is robots.txt unless given."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.answers: dict[str, Answer] = {}
        self.asked: list[Asked] = []

    def give(self, target: str, body: bytes | str = b"", status: int = 200, **more: object) -> str:
        """Answer `target` so from now on; its address."""
        content = body.encode() if isinstance(body, str) else body
        self.answers[target] = Answer(content, status, **more)  # type: ignore[arg-type]
        return self.url + target

    def targets(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [asked.target for asked in self.asked if asked.target != "/robots.txt"]

    def answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        given = self.answers.get(asked.target) or self.answers.get(asked.target.partition("?")[0]) or Answer(b"gone", 404)
        if given.hold is not None:
            given.hold.wait(60)
        has_it = "ETag" in given.headers and asked.headers.get("If-None-Match") == given.headers["ETag"]
        return Answer(b"", 304, given.headers) if has_it else given


@contextmanager
def running_site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            answer = site.answer(Asked(self.path, dict(self.headers)))
            self.send_response(answer.status)
            for name, value in ({"Content-Length": str(len(answer.body))} | dict(answer.headers)).items():
                self.send_header(name, value)
            self.end_headers()
            # A crawl that has read enough hangs up.
            with suppress(BrokenPipeError, ConnectionResetError):
                self.wfile.write(answer.body)

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    site = Site(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
