.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: help setup demo test check conformance clients axe editor lint types schemas golden \
  screenshots faults bench lock clean

BIN := .venv/bin

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## make .venv with everything for development
	@bash scripts/setup dev

demo: ## plan, apply and plan again on the embedded account
	@bash scripts/setup runtime
	@bash scripts/demo

test: setup ## run the tests and measure their coverage
	@$(BIN)/pytest --cov --numprocesses logical --dist loadfile

check: lint types test ## all that must hold before a commit

conformance: clients ## run the vendor's own client libraries against the sandbox
	@$(BIN)/pytest tests/conformance

clients: ## install the vendor's own client libraries, for the tests
	@bash scripts/conformance

axe: ## install what finds barriers in the pages, for the tests
	@bash scripts/axe

editor: ## install the language server of editors, for the tests
	@bash scripts/editor

lint: setup ## look for faults and for code that is not formatted
	@$(BIN)/ruff check
	@$(BIN)/ruff format --check

types: setup ## check the types
	@$(BIN)/mypy

schemas: setup ## write schemas/ anew from the code
	@for name in spec plan events; do \
	  $(BIN)/provisioner schema $$name > .venv/schema.json && \
	  mv .venv/schema.json schemas/$$name.schema.json || exit 1; \
	done

golden: setup ## write tests/golden/ anew from what is rendered now
	@$(BIN)/pytest --golden

faults: setup ## try every fault at every request, and write the table of it (half an hour)
	@$(BIN)/pytest tests/faults --every-fault

screenshots: setup ## take the pictures of docs/images/ anew
	@$(BIN)/python -m tests.browser.screenshots docs/images

bench: setup ## measure what docs/performance.md claims, and write it there (WITH=newman,ansible)
	@$(BIN)/python -m benchmarks --with "$(WITH)" --into docs/performance.md
	@$(BIN)/python -m benchmarks.limits --into docs/performance.md
	@$(BIN)/python -m benchmarks.call_cost --into docs/performance.md
	@$(BIN)/python -m benchmarks.growth --picture docs/performance.svg --into docs/performance.md
	@$(BIN)/python -m benchmarks.starting --into docs/performance.md
	@$(BIN)/python -m benchmarks.reading --into docs/performance.md

lock: setup ## write requirements/ anew from pyproject.toml
	@bash scripts/lock

clean: ## remove what the other targets made
	@rm -rf .venv tests/conformance/.venv tests/*/node_modules
	@rm -rf .coverage .coverage.* .hypothesis .mypy_cache .pytest_cache .ruff_cache build *.egg-info
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
