# Every target does its own set-up: `make demo` and `make test` work on a fresh machine.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
# Most of the time of the slow tests is waiting; their files stand in the middle of the order.
WORKERS ?= $(shell expr $$(nproc) + 1)
TESTED := $(shell find bot tests docs -type f -not -path '*/__pycache__/*') \
  $(wildcard *.md *.yml *.yaml pyproject.toml requirements/*.txt)
COMPILE := uv pip compile --upgrade --quiet --generate-hashes --universal --python-version 3.11 \
  --no-emit-index-url --no-emit-find-links --no-header

.PHONY: bench demo test check lint types imports security coverage picture screenshots lock clean

demo: $(READY) ## the whole bot against a simulated Slack and QA.tech
	$(BIN)/qarun demo

test: $(READY) ## the tests; records what they cover
	rm -f .coverage .coverage.*
	$(BIN)/coverage run -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
	$(BIN)/coverage combine -q

check: lint types imports security coverage ## all that CI runs

lint: $(READY)
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/python -m tests.house

types: $(READY)
	$(BIN)/mypy

imports: $(READY)
	$(BIN)/lint-imports

security: $(READY) ## of the code by bandit, of what it depends on by pip-audit
	$(BIN)/bandit --quiet --recursive --configfile pyproject.toml bot
	$(BIN)/python -m tests.vulnerabilities

coverage: .coverage ## of the last `make test`, which runs first if anything has changed since
	$(BIN)/coverage report

# It exists only after tests that passed: data of a run that failed is never combined into it.
.coverage: $(READY) $(TESTED)
	$(MAKE) --no-print-directory test

bench: $(READY) ## every figure beside its floor, as a table and in bench.json; takes ten minutes
	$(BIN)/python -m benchmarks

picture: $(READY) ## docs/report.png and parts of the README, from the code; needs chromium
	$(BIN)/python -m docs.readme
	$(BIN)/python -m docs.picture

screenshots: $(READY) ## docs/demo-*.png, of the demo's page; needs chromium and an emoji font
	$(BIN)/python -m docs.screenshots

lock: $(READY) ## new versions into requirements/
	command -v uv >/dev/null || $(BIN)/pip install --quiet uv
	export PATH="$$PATH:$(CURDIR)/$(BIN)" \
	&& $(COMPILE) pyproject.toml -o requirements/runtime.txt \
	&& $(COMPILE) --group build -c requirements/runtime.txt -o requirements/build.txt \
	&& $(COMPILE) --group dev pyproject.toml -c requirements/runtime.txt -o requirements/dev.txt

clean:
	rm -rf $(VENV) build dist .coverage .coverage.* .mypy_cache .ruff_cache .pytest_cache \
	  .hypothesis .import_linter_cache .tools

$(READY): pyproject.toml requirements/dev.txt
	$(PYTHON) -c 'import sys; sys.exit("qarun needs Python 3.11 or newer: make PYTHON=python3.11" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
