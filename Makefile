# Every target does its own set-up: `make demo` and `make test` work on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready

.PHONY: demo test check lint types imports coverage picture bench lock clean

demo: $(READY) ## the whole bot against a simulated Slack and QA.tech
	$(BIN)/qarun demo

test: $(READY) ## the tests
	$(BIN)/pytest

check: lint types imports coverage ## all that CI runs

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m tests.house

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

coverage: $(READY)
	$(BIN)/coverage erase
	$(BIN)/coverage run -m pytest
	$(BIN)/coverage combine -q
	$(BIN)/coverage report

picture: $(READY) ## docs/report.png, from the bot's own output
	$(BIN)/python -m docs.picture

lock: $(READY) ## new versions into requirements/
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --upgrade --quiet --generate-hashes --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header pyproject.toml -o requirements/runtime.txt
	$(BIN)/uv pip compile --upgrade --quiet --generate-hashes --universal --python-version 3.11 \
	  --no-emit-index-url --no-emit-find-links --no-header --group dev pyproject.toml \
	  -c requirements/runtime.txt -o requirements/dev.txt

clean:
	rm -rf $(VENV) build dist .coverage* .mypy_cache .ruff_cache .pytest_cache .hypothesis .tools

$(READY): pyproject.toml requirements/dev.txt
	$(PYTHON) -c 'import sys; sys.exit("qarun needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
