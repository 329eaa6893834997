# Everything one runs, each with its own set-up. Needs make and Python 3.11 or newer, nothing else.
# Written for GNU make 3.81 (macOS) as well as for today's.

.DEFAULT_GOAL := help
.PHONY: help setup demo test check format lock bench soak clean
MAKEFLAGS += --no-print-directory

VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
CODE := bot adapters app.py tests

help:
	@echo 'make demo     try the course in your browser, no account needed'
	@echo 'make check    format, lint, types, import direction, course content'
	@echo 'make test     all tests'
	@echo 'make format   format the code and repair what ruff can repair'
	@echo 'make lock     renew requirements.lock from pyproject.toml'
	@echo 'make bench    measure    make soak    run long and break things'
	@echo 'make clean    remove what was generated (the data in var/ stays)'

# The lock is compared by content, not by time stamp: changing branches back and forth installs nothing.
# The copy is written last, so an interrupted installation starts again.
setup:
	@if ! $(PY) -c '' 2>/dev/null || ! cmp -s requirements.lock $(VENV)/installed.lock; then \
	    $(MAKE) install; \
	fi

.PHONY: install
install:
	@found=''; \
	for candidate in $(PYTHON) python3 python3.13 python3.12 python3.11 python; do \
	    if "$$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
	        found="$$candidate"; break; \
	    fi; \
	done; \
	if [ -z "$$found" ]; then \
	    echo 'Chatcourse needs Python 3.11 or newer, and none was found.' >&2; \
	    echo 'Install it (Debian: apt install python3 python3-venv; macOS: brew install python),' >&2; \
	    echo 'or say where it is: make PYTHON=/path/to/python3 ...' >&2; \
	    exit 1; \
	fi; \
	if ! $(PY) -c '' 2>/dev/null; then \
	    echo "Creating $(VENV) with $$("$$found" --version) ..."; \
	    "$$found" -m venv --clear $(VENV) || { \
	        echo 'Python could not create a virtual environment.' >&2; \
	        echo 'On Debian and Ubuntu: apt install python3-venv' >&2; \
	        rm -rf $(VENV); exit 1; }; \
	fi
	@echo 'Installing what requirements.lock lists (about a minute, once) ...'
	@$(PY) -m pip install -qq --disable-pip-version-check --no-input \
	    --require-hashes --requirement requirements.lock
	@cp requirements.lock $(VENV)/installed.lock

demo: setup
	@$(PY) app.py demo

test: setup
	@$(PY) -m pytest -n auto --dist worksteal

check: setup
	@$(PY) -m ruff format --check --quiet $(CODE) || { \
	    echo 'Not formatted: run make format' >&2; exit 1; }
	@$(PY) -m ruff check --quiet $(CODE)
	@$(PY) -m mypy $(CODE)
	@$(BIN)/lint-imports --cache-dir .cache/import-linter
	@$(PY) app.py check
	@$(PY) -m adapters.catalogues check

format: setup
	@$(PY) -m ruff check --fix --quiet $(CODE); $(PY) -m ruff format $(CODE)

# Renews every version within the bounds of pyproject.toml. uv is needed for this alone, and lives apart.
# One lock for all systems and all supported Pythons; it names no package index.
lock:
	@$(MAKE) setup
	@test -x .cache/lock/bin/uv || { $(PY) -m venv .cache/lock && \
	    .cache/lock/bin/python -m pip install -qq --disable-pip-version-check uv; }
	@.cache/lock/bin/uv pip compile pyproject.toml --all-extras --universal --python-version 3.11 \
	    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --upgrade --quiet \
	    --output-file requirements.lock
	@$(MAKE) setup

bench: setup
	@$(PY) -m tests.bench

soak: setup
	@$(PY) -m tests.soak

clean:
	rm -rf $(VENV) .cache
	find bot adapters tests -type d -name __pycache__ -prune -exec rm -rf {} + 2>/dev/null || true
