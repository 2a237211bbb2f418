"""A real Elasticsearch: `YUSHAO_TEST_ELASTICSEARCH_URL` where set, else one fetched and started for the run."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.errors import UnavailableError
from core.ids import new_id
from deploy import elasticsearch_server
from tests.servers import shared


@pytest.fixture(scope="session")
def elasticsearch_url() -> str:
    if given := os.environ.get("YUSHAO_TEST_ELASTICSEARCH_URL"):
        return given
    if problem := elasticsearch_server.missing_tools():
        shared.unavailable(problem.en)
    try:
        return shared.once("elasticsearch", _start)
    except UnavailableError as error:
        shared.unavailable(error.en)


@pytest.fixture
def elasticsearch_prefix(elasticsearch_url: str) -> Iterator[str]:
    """A prefix that no other test has; what was made under it is removed afterwards."""
    from elasticsearch import Elasticsearch

    prefix = f"test-{new_id()}"
    yield prefix
    with Elasticsearch(elasticsearch_url) as client:
        names = list(client.indices.get(index=f"{prefix}*", expand_wildcards="all"))
        for name in names:
            client.indices.delete(index=name)
        lenient = client.options(ignore_status=404)  # which is how "no template" is answered
        for template in lenient.indices.get_index_template(name=f"{prefix}*")["index_templates"]:
            client.indices.delete_index_template(name=template["name"])
        for template in lenient.cluster.get_component_template(name=f"{prefix}*")["component_templates"]:
            client.cluster.delete_component_template(name=template["name"])


def _start(folder: Path) -> tuple[str, int]:
    server = elasticsearch_server.start(folder, owner=shared.owner())
    return server.url, server.process.pid
