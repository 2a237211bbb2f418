"""The console as a process: opens the stores, serves until it is told to stop."""

from __future__ import annotations

import uvicorn

from console.app import create_app
from core.database import open_database, require_schema
from core.settings import Settings
from posts.engines import open_index


def serve(settings: Settings) -> None:
    """Serve the console at `console.host`:`console.port`; returns after SIGINT or SIGTERM with the stores closed."""
    database, index = open_database(settings.database_url), open_index(settings)
    try:
        require_schema(database)
        index.setup()
        app = create_app(settings, database=database, index=index)
        uvicorn.run(app, host=settings.console.host, port=settings.console.port, log_level="warning", server_header=False)
    finally:
        index.close()
        database.close()
