# Weald's commands. `make help` lists them.
SHELL := /bin/bash
# The system's own Python where it is new enough: distributions build it with optimisations that a Python
# compiled with the defaults lacks, and everything takes a fifth longer without them.
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& echo /usr/bin/python3 || echo python3)
PORT ?= 8000
BIN := .venv/bin
VENDOR := marketplace/static/vendor/manifest.json

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup run test test-faults test-cluster mutants bench test-fast check format clean lock routes asvs states asked screenshots system-run system-test system-cluster

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: system-run .venv/installed $(VENDOR) ## Install everything Weald needs, and start nothing

run: setup ## Start Weald at http://localhost:8000 (another port: make run PORT=8001)
	@exec $(BIN)/python scripts/serve.py --port $(PORT)

test: system-test setup ## Run every check and every test
	@scripts/test.sh

test-cluster: system-cluster setup ## Kill what writes in a cluster of three while people work: a few minutes
	@scripts/test_cluster.sh

test-faults: system-test setup ## Kill, cut the power, fill the disk, black-hole Stripe: the long form, half an hour
	@scripts/test_faults.sh

mutants: setup ## Change the code of money, sealing, deadline and policy bit by bit, and count what the tests notice
	@$(BIN)/python scripts/mutants.py $(if $(CHILDREN),--children $(CHILDREN))

bench: setup ## Measure suggestions, a price schedule, 500 quotes in the last minute, the best award, 1,000 invoices, postings, 1,000,000 events
	@$(BIN)/python scripts/bench_price_schedule.py
	@$(BIN)/python scripts/bench_suggestions.py
	@$(BIN)/python scripts/bench_last_minute.py
	@$(BIN)/python scripts/bench_awards.py
	@$(BIN)/python scripts/bench_documents.py
	@$(BIN)/python scripts/bench_ledger.py
	@$(BIN)/python scripts/bench_events.py

test-fast: setup ## Run the tests that need neither PostgreSQL nor a browser
	@$(BIN)/pytest tests/unit tests/architecture tests/web

check: setup ## Check style, types, contracts, templates and dependencies
	@scripts/check.sh

format: setup ## Put code and templates into the house style
	@$(BIN)/ruff check --fix --quiet . || true
	@$(BIN)/ruff format --quiet .

asked: system-test setup ## Choose anew which tests of actions `make test` need not ask on PostgreSQL, too: ten minutes
	@scripts/asked.sh

screenshots: system-test setup ## Take the pictures of the user guide anew
	@$(BIN)/python scripts/screenshots.py

routes: setup ## Write the list of addresses in docs/routes.txt anew
	@$(BIN)/python -m tests.architecture.routes

asvs: setup ## Write what OWASP's standard asks and Weald answers in docs/security/asvs.md anew
	@$(BIN)/python -m tests.architecture.asvs

states: setup ## Write the picture of a tender's states in docs/tender-states.md anew
	@$(BIN)/python -m tests.architecture.tender_states

lock: .venv/installed ## Choose library versions anew, after a change in pyproject.toml or package.json
	$(BIN)/uv pip compile --quiet --generate-hashes --universal --all-extras --group dev pyproject.toml -o requirements.lock
	npm install --package-lock-only --omit-lockfile-registry-resolved --ignore-scripts --no-audit --no-fund

clean: ## Remove everything that was installed or left behind; instance/ stays
	rm -rf .venv node_modules $(dir $(VENDOR)) .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache test-results mutants
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

system-run:
	@$(PYTHON) scripts/system.py run

system-test:
	@$(PYTHON) scripts/system.py test

system-cluster:
	@$(PYTHON) scripts/system.py cluster

.venv/installed: requirements.lock | system-run
	@echo "Installing the Python libraries (about a minute)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --disable-pip-version-check --require-hashes --no-deps --progress-bar off -r requirements.lock
	@touch $@

node_modules/installed: package-lock.json | system-run
	@echo "Fetching the front-end parts"
	@npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

$(VENDOR): node_modules/installed scripts/assets.py
	@$(PYTHON) scripts/assets.py
	@touch $@
