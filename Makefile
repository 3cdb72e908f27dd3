# Everything a checkout needs, with Python 3.11+, git and make alone.
#
#   make demo    install into .venv and watch a robot carry out an errand
#   make test    install, then every check that CI runs
#   make clean   forget .venv and build outputs

PYTHON ?= python3
VENV   ?= .venv
ARGS   ?=

bin       := $(VENV)/bin
plugins   := mujoco go2 h1 t1 nano vlnce habitat isaac unitree booster client
editable   = $(foreach plugin,$(plugins),-e plugins/$(plugin))
manifests := pyproject.toml $(plugins:%=plugins/%/pyproject.toml)
# Byte code is compiled on first use; compiling all of it here would take longer than the demo.
pip       := $(bin)/python -m pip install --quiet --disable-pip-version-check --no-compile
# pyright runs on Node.js; where there is none, it comes from the package index as well.
node      := $(if $(shell command -v node),,"pyright[nodejs]")

.PHONY: demo test install dev clean
# Two pips must never write to one environment at once, whatever -j says.
.NOTPARALLEL:

demo: install
	$(bin)/navila demo $(ARGS)

test: dev
	$(bin)/ruff check .
	$(bin)/ruff format --check .
	$(bin)/pyright --pythonpath $(bin)/python
	$(bin)/python -m pytest -n 2 --dist worksteal $(ARGS)

install: $(VENV)/.installed
dev: $(VENV)/.installed-dev

$(bin)/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "$(PYTHON) is older than 3.11; say which one to use: make PYTHON=python3.11" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(manifests) | $(bin)/python
	$(pip) -e . $(editable)
	@touch $@

$(VENV)/.installed-dev: $(manifests) | $(bin)/python
	$(pip) -e ".[dev]" $(editable) $(node)
	@touch $(VENV)/.installed $@

clean:
	rm -rf $(VENV) build dist .pytest_cache .ruff_cache .hypothesis
