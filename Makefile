# Matchframe. `make up` starts everything; `make test` runs every test that needs no browser and no PostgreSQL.
PYTHON ?= python3.11
PORT ?= 8000
BIN := .venv/bin
RUN := $(BIN)/python manage.py
PINS := requirements/web.txt requirements/runner.txt requirements/dev.txt
STAMP := .venv/.installed

.PHONY: install up demo test lint types e2e bench clean e2e-tools

install: $(STAMP)

$(STAMP): $(PINS) requirements/install.sh
	@PYTHON="$(PYTHON)" sh requirements/install.sh
	@touch $(STAMP)

up: install
	@exec $(RUN) up --port $(PORT)

demo: install
	@exec $(RUN) demo

test: install
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not e2e" --ignore tests/e2e -n 2 --dist loadgroup --no-loadscope-reorder

lint: install
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy presets_app runner manage.py
	$(RUN) makemigrations --check --dry-run

e2e-tools: install
	@sh requirements/browser.sh

e2e: e2e-tools
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m e2e --timeout 900 tests/e2e

bench: install
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks

clean:
	rm -rf .venv data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tests/e2e/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
