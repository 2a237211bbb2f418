"""The servers that measures need."""

from __future__ import annotations

from pathlib import Path


class elasticsearch:
    """A server for the time of the block; "" where it cannot be had, with the reason printed."""

    def __init__(self, work: Path) -> None:
        self.work = work

    def __enter__(self) -> str:
        from deploy import elasticsearch_server

        self.server = None
        if problem := elasticsearch_server.missing_tools():
            print(problem.en)
            return ""
        self.server = elasticsearch_server.start(self.work / "elasticsearch")
        return self.server.url

    def __exit__(self, *_: object) -> None:
        if self.server:
            self.server.stop()
