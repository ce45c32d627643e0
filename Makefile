# Everything a person needs: make demo, make test. Details: CONTRIBUTING.md.

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
BIN := .venv/bin
N ?= 1000000

.PHONY: help setup setup-dev demo start test lint types contracts check-messages messages check soak bench bench-data screenshots clean

help: ## Say what there is
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

setup: ## Virtual environment, dependencies, front end, translations
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) tools/setup.py

setup-dev:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed." >&2; exit 1; }
	@$(PYTHON) tools/setup.py --dev

# exec: Ctrl-C and the exit status are the command's own
demo: setup ## The demo province on this machine, with web server, worker and database
	@exec $(BIN)/motcua start --demo

start: setup ## The platform without demo data
	@exec $(BIN)/motcua start

lint: setup-dev ## ruff: rules and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup-dev ## mypy, strict
	$(BIN)/mypy

contracts: setup-dev ## import-linter: the floors of the house
	$(BIN)/lint-imports

check-messages: setup-dev ## Is every text translated?
	$(BIN)/python -m tools.messages check

messages: setup-dev ## Merge locale/vi/parts into the catalogue, say what is missing
	$(BIN)/python -m tools.messages merge

check: lint types contracts check-messages

test: check ## Everything: checks, unit, property, integration, journeys, faults
	$(BIN)/python -m tools.second_server
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder -m "not soak"

soak: setup-dev ## The long runs: kills, fuzzing, soak
	$(BIN)/python -m pytest -m soak -v -o faulthandler_timeout=7200

bench: setup-dev ## Ratios to the raw database on this machine
	$(BIN)/python -m bench.run

bench-data: setup-dev ## A database of N dossiers for the benchmarks
	$(BIN)/python -m bench.data --dossiers $(N)

screenshots: setup-dev ## Remake the pictures of the README
	$(BIN)/python -m tools.screenshots

clean: ## Remove what was built; the data in .motcua stays
	rm -rf src/motcua/static/build frontend/node_modules .venv/.motcua-* .mypy_cache .ruff_cache .pytest_cache
