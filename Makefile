# Matchframe. `make up` starts everything; `make test` runs every test that needs no browser and takes no minutes of its own.
PYTHON ?= python3.11
PORT ?= 8000
BIN := .venv/bin
RUN := $(BIN)/python manage.py
PINS := requirements/web.txt requirements/runner.txt requirements/dev.txt
STAMP := .venv/.installed

# Compiled modules are kept: hundreds of short processes (measuring children, runners, commands) would compile them again.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install up demo test journeys lint types e2e bench calibrate corpus clean e2e-tools

install: $(STAMP)

$(STAMP): $(PINS) requirements/install.sh
	@PYTHON="$(PYTHON)" sh requirements/install.sh
	@touch $(STAMP)

up: install
	@exec $(RUN) up --port $(PORT)

demo: install
	@exec $(RUN) demo

test: install
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m "not e2e and not journey" --ignore tests/e2e -n 2 --dist loadgroup \
	    --no-loadscope-reorder

journeys: install
	@OMP_NUM_THREADS=1 $(BIN)/python -m pytest -m journey --ignore tests/e2e -n 2 --dist loadgroup

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
	@sh requirements/bench.sh
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.benchmarks

# Plants benign and harmful changes into drawn and rendered clips, and prints what the measuring makes of each.
calibrate: install
	@OMP_NUM_THREADS=1 $(BIN)/python -m tests.calibration

# Imports published workflow files that lie beside the project and counts the values found; exit 2 where there are none.
corpus: install
	@$(BIN)/python -m tests.corpus

clean:
	rm -rf .venv data .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache tests/e2e/output
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
