# The few verbs of the repository. `make demo` and `make test` set everything up by themselves.
PYTHON ?= python3
BIN := .venv/bin
# Some machines forbid it: then each of the many programs that the tests start would compile all of it again.
export PYTHONDONTWRITEBYTECODE =

.PHONY: demo demo-clean test slow check bench docs

.venv/ready: pyproject.toml
	@echo "setting up .venv (once, a minute or two) …"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

demo: .venv/ready
	@$(BIN)/python configs/bookshop/demo.py .demo

demo-clean:
	rm -rf .demo

test: .venv/ready
	$(BIN)/python -m pytest -n auto --dist worksteal -m "not slow"

slow: .venv/ready
	$(BIN)/python -m pytest -n auto --dist loadgroup -m slow

check: .venv/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/ready
	@for script in benchmarks/bench_*.py; do echo "== $$script"; $(BIN)/python $$script; done

docs: .venv/ready
	$(BIN)/python docs/generate.py
