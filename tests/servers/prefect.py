"""A real Prefect server, one a test process, with a database and a home of its own; none is left running."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

START_SECONDS = 120
"""Its first start makes its database; on a busy machine that takes a while."""


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of the API that flows run by the test report to."""
    from prefect.settings import PREFECT_API_URL, PREFECT_HOME, PREFECT_SERVER_ANALYTICS_ENABLED, temporary_settings
    from prefect.testing.utilities import prefect_test_harness

    home = tmp_path_factory.mktemp("prefect")
    updates = {PREFECT_HOME: home, PREFECT_SERVER_ANALYTICS_ENABLED: False}
    with temporary_settings(updates), prefect_test_harness(server_startup_timeout=START_SECONDS):
        yield str(PREFECT_API_URL.value())
