# Every chore in one place; `make` alone lists them. Needs Python 3.11 or newer, nothing else.
# PYTHON=/path/to/python chooses the interpreter that .venv is made with.

PYTHON ?= $(shell for python in python3.13 python3.12 python3.11 python3; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo "$$python"; break; }; done)

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -qq

.DEFAULT_GOAL := help
.PHONY: help run test types checks bench gpu gallery constraints clean

help: ## list the chores
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

run: $(VENV)/.core ## install what is missing, then start the server on port 7860
	@exec $(BIN)/python -m blazon serve

# Tools are run as modules: the path in the first line of a script would be read by a shell, and may hold a $.
# The tests start Python hundreds of times: what it compiles is kept, whatever the environment says.
# They wait more than they compute: 4 of them keep two cores at work.
test: export PYTHONDONTWRITEBYTECODE :=
test: $(VENV)/.test ## lint, types, import rules, checks of the page and all tests
	@$(MAKE) --no-print-directory --jobs 2 types checks
	@$(BIN)/python -m pytest -q --numprocesses 4 --dist loadfile --no-loadscope-reorder

types:
	@$(BIN)/python -m mypy --no-error-summary

checks:
	@$(BIN)/ruff check --quiet .
	@$(BIN)/ruff format --quiet --check .
	@$(BIN)/python -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
	@$(BIN)/python scripts/check_page.py

bench: $(VENV)/.test ## measure this machine, and write docs/performance.md
	@for file in benchmarks/[a-z]*.py; do \
		$(BIN)/python "$$file" --out benchmarks/results || [ $$? -eq 2 ] || exit 1; done  # 2: not on this machine
	@$(BIN)/python scripts/write_performance.py

gpu: $(VENV)/.test ## check and measure this machine's GPU, and write docs/performance.md
	@$(BIN)/python scripts/measure_gpu.py

gallery: $(VENV)/.test ## draw everything that there is to look at, into build/gallery/index.html
	@$(BIN)/python scripts/write_gallery.py --docs docs/images

constraints: ## pin anew what a fresh install for the tests resolves to
	@rm -rf build/constraints && "$(PYTHON)" -m venv build/constraints
	@grep '^torch==' constraints.txt > build/torch
	@build/constraints/bin/python -m pip install --disable-pip-version-check -qq --constraint build/torch '.[test]'
	@sed -n '/^#/p; /^torch==/p' constraints.txt > build/pins
	@build/constraints/bin/python -m pip freeze --disable-pip-version-check | grep -v '^blazon\|^torch==' >> build/pins
	@mv build/pins constraints.txt && rm -rf build/constraints

clean: ## remove .venv, caches and builds
	@rm -rf $(VENV) build dist .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .schemathesis node_modules
	@find src tests benchmarks scripts -name __pycache__ -prune -exec rm -rf {} +

# The stamps say that .venv holds what these two files ask for.
$(VENV)/.core $(VENV)/.test: pyproject.toml constraints.txt

$(VENV)/.core: | $(VENV)/.made
	@echo "Installing Blazon into $(VENV); this takes a minute, once."
	@$(PIP) install --constraint constraints.txt --editable .
	@touch $@

$(VENV)/.test: | $(VENV)/.made
	@echo "Installing Blazon and its test tools into $(VENV); this takes a minute, once."
	@$(PIP) install --constraint constraints.txt --editable '.[test]'
	@touch $@ $(VENV)/.core

$(VENV)/.made:
	@if [ -z "$(PYTHON)" ]; then \
		echo "error: Blazon needs Python 3.11 or newer, and none is on the PATH; make run PYTHON=/path/to/python" >&2; exit 2; fi
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
		echo "error: Blazon needs Python 3.11 or newer, and $(PYTHON) is not" >&2; exit 2; }
	@"$(PYTHON)" -c 'import ensurepip, venv' 2>/dev/null || { \
		echo "error: $(PYTHON) cannot make virtual environments; on Debian and Ubuntu: apt install" \
			"$$("$(PYTHON)" -c 'import sys; print("python3.%d-venv" % sys.version_info.minor)')" >&2; exit 2; }
	@"$(PYTHON)" -m venv $(VENV)
	@touch $@
