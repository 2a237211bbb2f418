"""The console as a process: opens the stores, serves until it is told to stop."""

from __future__ import annotations

import socket

import uvicorn

from console.app import create_app
from core.database import open_database, require_schema
from core.errors import UnavailableError
from core.settings import Settings
from posts.engines import open_index


def serve(settings: Settings) -> None:
    """Serve the console at `console.host`:`console.port` until SIGINT or SIGTERM; the stores are closed on the way out.

    Raises UnavailableError where the address is taken or a store cannot be reached. Behind a proxy on this machine, the
    visitor's address and https are taken from its X-Forwarded headers.
    """
    database, index = open_database(settings.database_url), open_index(settings)
    try:
        require_schema(database)
        index.setup()
        app = create_app(settings, database=database, index=index)
        with listening(settings.console.host, settings.console.port) as door:
            uvicorn.Server(uvicorn.Config(app, log_level="warning", server_header=False)).run(sockets=[door])
    finally:
        index.close()
        database.close()


def listening(host: str, port: int) -> socket.socket:
    """A socket at the address; raises UnavailableError naming the setting where it cannot be had."""
    try:
        return socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        raise UnavailableError(
            zh=f"控制台无法使用地址 {host}:{port}（{error.strerror}）：请停掉占用它的程序，或改 console.port",
            en=f"the console cannot use {host}:{port} ({error.strerror}): stop what uses it, or change console.port",
        ) from error
