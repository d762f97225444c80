# `make up` and `make test` are all that a fresh machine needs; STACK=production picks the other stack.

STACK ?= staging
PYTHON ?= python3
BIN := .venv/bin
SANDBOX := $(BIN)/python -m sandbox

.DEFAULT_GOAL := help
.PHONY: help setup engine up preview refresh destroy status down test lint format bench lock schema

help: ## List the commands
	@grep -hE '^[a-z]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-10s %s\n", $$1, $$2}'

setup: ## Install the packages and the engine, side by side
	@$(MAKE) --silent --no-print-directory -j2 .venv/ready engine

.venv/ready: requirements-dev.txt tools/uv/requirements.txt
	@echo "Installing the Python packages into .venv ..." >&2
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; name one with PYTHON=")'
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tools/uv/requirements.txt
	@$(BIN)/uv pip install --quiet --compile-bytecode --require-hashes --python $(BIN)/python -r requirements-dev.txt
	@touch $@
	@echo "The Python packages are installed." >&2

engine:
	@$(PYTHON) -m sandbox.engine > /dev/null

up: setup ## Bring the stack up in the embedded cloud
	@$(SANDBOX) up --stack $(STACK)

preview: setup ## Show what `make up` would change
	@$(SANDBOX) preview --stack $(STACK)

refresh: setup ## Show what was changed by hand, and take it into the state
	@$(SANDBOX) refresh --stack $(STACK)

destroy: setup ## Delete the stack's resources from the embedded cloud
	@$(SANDBOX) destroy --stack $(STACK) --yes

status: setup ## Show what the embedded cloud holds
	@$(SANDBOX) status

down: setup ## End the embedded cloud
	@$(SANDBOX) stop

test: setup lint ## Check and test everything
	@$(BIN)/pytest -n 2 --dist loadgroup

lint: setup
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports --config pyproject.toml > .lint-imports.log || (cat .lint-imports.log; exit 1)

format: setup ## Format the code
	@$(BIN)/ruff check --quiet --fix .
	@$(BIN)/ruff format --quiet .

schema: setup ## Write the stack files' schema anew
	@$(BIN)/python -m schema

bench: setup ## Measure up and preview beside the engine's own floor
	@$(BIN)/python -m bench

lock: setup ## Pin every package anew
	@for in in requirements requirements-dev tools/uv/requirements; do \
		$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
			$$in.in --output-file $$in.txt; done
