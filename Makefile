# Every target makes what it needs: a virtual environment, uv from PyPI, the locked dependencies.
PYTHON ?= python3
GONGKAI_HOME ?= $(CURDIR)/demo
DATA ?= tests/data
UV := .uv/bin/uv
BIN := .venv/bin
export UV_PYTHON_DOWNLOADS := never
export UV_COMPILE_BYTECODE := 1
export UV_SYSTEM_CERTS := 1
export DO_NOT_TRACK := 1

.PHONY: help setup demo up down test lint unit check slow proofs golden bench eval clean
.DEFAULT_GOAL := help

help:            ## show the targets
	@grep -hE '^[a-z]+: .*##|^[a-z]+: +##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-8s %s\n", $$1, $$2}'

setup: .venv/.ready ## make .venv with everything that is locked

demo: .venv/.ready ## three departments, real Airflow: from their tables to published releases, in ./demo
	$(BIN)/gongkai demo demo

up: .venv/.ready ## run Airflow for the project in $GONGKAI_HOME (default: ./demo), until Ctrl-C
	GONGKAI_HOME=$(GONGKAI_HOME) $(BIN)/gongkai up

down: .venv/.ready ## stop what `make up` started
	GONGKAI_HOME=$(GONGKAI_HOME) $(BIN)/gongkai down

test: lint unit slow ## lint, types, layers and every test

lint: .venv/.ready ## ruff, mypy --strict, import layers
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

unit: .venv/.ready ## the quick tests, all or those of FILE=tests/...
	$(BIN)/pytest -q -n 2 -m "not slow" $(FILE)

check: .venv/.ready lint ## lint, types, layers, and the quick tests of what changed since the last commit
	$(BIN)/python -m tests.changed

slow: .venv/.ready ## the tests that take minutes: a real scheduler, the demo searched byte by byte, samples of the long proofs
	$(BIN)/pytest -q -n 2 --dist loadfile -m slow

proofs: .venv/.ready ## the long proofs in full, docs/proofs.md: every kill, every broken masker, every place of every format
	GONGKAI_PROOFS=1 $(BIN)/pytest -q -n 2 --dist loadfile -m slow --durations=0 --durations-min=1 \
		$$(grep -rlE "from tests import proofs" tests --include="test_*.py")

golden: .venv/.ready ## write what everything that ships makes of tests/golden anew; refused without a new VERSION
	$(BIN)/python -m tests.golden

bench: .venv/.ready ## speed and memory beside what one would use instead
	$(BIN)/python -m benchmarks --all --flat

eval: .venv/.ready ## how well personal data is found, beside plain Presidio and jieba; DATA=folder with columns/ and zh_ner/
	$(BIN)/python -m benchmarks.accuracy --data $(DATA)

clean:           ## remove environments and caches
	rm -rf .venv .uv .mypy_cache .ruff_cache .pytest_cache .hypothesis

.venv/.ready: pyproject.toml uv.lock $(UV)
	$(UV) sync --frozen --all-groups --python $(PYTHON)
	@touch $@

$(UV):
	$(PYTHON) -c 'import sys; sys.exit("gongkai needs Python 3.11 to 3.13, this is %d.%d" % sys.version_info[:2] if not (3, 11) <= sys.version_info[:2] <= (3, 13) else 0)'
	$(PYTHON) -m venv .uv
	.uv/bin/pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
