# Two commands: `make run` and `make test`. Each does its whole set-up and may be run again at any time.

WORKERS ?= 2
BIN := .venv/bin

.PHONY: help run test unit check format lock bench install install-dev clean

help:
	@echo "make run [ENGINE=sqlite|elasticsearch]  start everything; with no sources configured it plays a drill"
	@echo "make test                               the whole test suite, with the servers that it needs"
	@echo "make unit                               only the tests that need no server, start no process of the product, teach no model"
	@echo "make check                              lint, types, import arrows"
	@echo "make format | lock | bench | clean"

install:
	@sh deploy/install.sh requirements.lock

install-dev:
	@sh deploy/install.sh requirements-dev.lock

run: install
	@exec $(BIN)/yushao up $(if $(ENGINE),--engine $(ENGINE))

test: install-dev
	@sh deploy/install-test-tools.sh
	$(BIN)/pytest -n $(WORKERS) --dist worksteal

unit: install-dev
	$(BIN)/pytest -n $(WORKERS) -m "not elasticsearch and not postgresql and not chromium and not prefect and not processes and not training and not end_to_end"

check: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# Needs `uv`. The locks carry versions and hashes, for every platform, and name no index.
lock:
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra build pyproject.toml -o requirements.lock
	uv pip compile -q --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml -o requirements-dev.lock

bench: install-dev
	$(BIN)/python -m bench

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
