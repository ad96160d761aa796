# Each target sets up what is missing, in one folder outside the clone (ORION_CACHE, by default
# orion in the user's cache folder), and is quick the second time.
PYTHON ?= python3

.DEFAULT_GOAL := help
.PHONY: help setup run smoke test bench lint

help: ## Say what can be made
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 10

setup: ## Fetch what is missing: Odoo 19, Python packages, PostgreSQL
	@$(PYTHON) -m tools setup

run: ## Start the demo: sandbox marketplace, Odoo with the addons, imported orders
	@$(PYTHON) -m tools run

smoke: ## Walk the demo's whole way without a person; prints one JSON line
	@$(PYTHON) -m tools smoke

test: ## Run all tests
	@$(PYTHON) -m tools test

bench: ## Run the benchmarks
	@$(PYTHON) -m tools bench

lint: ## Check style and types
	@$(PYTHON) -m tools lint
