# `make demo` and `make test` set up everything they need. Nothing here needs root.
PYTHON ?= python3
LOCK := requirements/dev.txt

.PHONY: setup demo test check bench bench-ledger bench-oversight bench-record faults soak lock clean

setup:
	@PYTHON="$(PYTHON)" sh requirements/setup.sh $(LOCK)

demo: setup
	@.venv/bin/beforehand demo $(DEMO)

# Format, lint, types, import contracts, tests: everything CI runs.
test: setup
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/pytest

bench: setup
	.venv/bin/python -m bench

bench-ledger: setup
	.venv/bin/python -m bench ledger

bench-oversight: setup
	.venv/bin/python -m bench oversight

bench-record: setup
	.venv/bin/python -m bench record

# The long campaign of faults, on the harness that `make test` runs for some seconds. Another
# BEFOREHAND_SEED tries other moments.
faults: export BEFOREHAND_KILLS ?= 200
faults: export BEFOREHAND_TURNS ?= 10
faults: export BEFOREHAND_CUTS ?= 2000
faults: setup
	.venv/bin/pytest tests/faults

# The long run of the second decision procedure, the machine over all acts, and the races.
# SOAK='--questions 20000 --seed 7' makes it shorter, or another.
soak: setup
	.venv/bin/python -m tests.second.soak --questions 1000000 $(SOAK)

# Rewrites the lock; one lock serves Python 3.11, 3.12 and 3.13.
lock: setup
	cd requirements && ../.venv/bin/pip-compile -q --generate-hashes --strip-extras --allow-unsafe \
	  --no-emit-index-url --no-emit-trusted-host --no-emit-find-links -o dev.txt dev.in

clean:
	rm -rf .venv .venvs .mypy_cache .ruff_cache .pytest_cache .hypothesis beforehand-demo
