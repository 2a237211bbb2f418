"""The press office of the reporting path, manned and reachable: on each database, and on SQLite alone."""

from __future__ import annotations

import pytest
from pytest_httpserver import HTTPServer

from core.database import Database
from core.settings import Settings
from tests.alerts.duty_room import manned


@pytest.fixture
def office(database: Database, settings: Settings) -> Settings:
    return manned(database, settings)


@pytest.fixture
def sqlite_office(sqlite_database: Database, settings: Settings) -> Settings:
    return manned(sqlite_database, settings)


@pytest.fixture
def webhook(httpserver: HTTPServer) -> HTTPServer:
    """What messages are sent to."""
    return httpserver
