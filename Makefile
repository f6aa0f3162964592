# Duecourse: `make` prints this file's manual. Every target installs what it needs into .venv, once.
#
#   make test ARGS="-k escalation"     further arguments for pytest, the demo, chaos or bench
#   make run PYTHON=/path/to/python    another interpreter (3.11 or newer) for a new .venv

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory

ARGS ?=
PYTHON ?=
UV ?= uv

BIN := .venv/bin
PIP := $(BIN)/python -m pip -qq --no-input
LOCK := $(UV) pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-header --no-annotate --no-emit-index-url

export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_ROOT_USER_ACTION := ignore

##@ Use

run: .venv/.run-stamp ## Temporal, worker and live board on this machine, until Ctrl-C
	@$(BIN)/duecourse up $(ARGS)

demo: .venv/.run-stamp ## complaints, order changes and returns in fast motion, every promise checked
	@$(BIN)/python -m starter.demo $(ARGS)

medusa: .venv/.dev-stamp ## a real shop to point Duecourse at: Medusa on PostgreSQL, seeded, until Ctrl-C
	@$(BIN)/python -m tests.medusa $(ARGS)

##@ Trust

# What npm installs mostly waits for the network: whatever it does not get done while lint runs, the tests wait for.
# Three processes on two cores: every third second of a test is spent waiting for servers and for time to pass.
test: .venv/.dev-stamp ## everything CI runs: lint, then all tests
	@($(BIN)/python -m tests.oidc.server && $(BIN)/python -m tests.medusa --prepare) & preparing=$$!; \
	$(MAKE) lint || { kill $$preparing; exit 1; }; \
	echo "→ pytest"; \
	$(BIN)/pytest -n 3 $(ARGS); passed=$$?; wait $$preparing; exit $$passed

coverage: .venv/.dev-stamp ## the tests once more, with the domain's branch coverage
	@echo "→ pytest, measuring the branches of domain/"
	@$(BIN)/pytest -n 2 --cov --cov-report=term-missing $(ARGS)

api-check: .venv/.dev-stamp ## call everything in the OpenAPI document, 10,000 times and more
	@API_CHECK_EXAMPLES=$${API_CHECK_EXAMPLES:-50} $(BIN)/pytest -n 0 -s -q --timeout 7200 tests/scenarios/test_api_contract.py $(ARGS)

chaos: .venv/.dev-stamp ## kill workers and servers under load; nothing may be lost
	@$(BIN)/python -m bench.chaos $(ARGS)

chaos-shop: .venv/.dev-stamp ## crash a real Medusa, workers and answers in single deeds, beside a plain retry
	@$(BIN)/python -m bench.chaos_shop $(ARGS)

bench: .venv/.dev-stamp ## what keeping promises costs, beside a workflow that keeps none
	@$(BIN)/python -m bench $(ARGS)

load: .venv/.dev-stamp ## the embedded default under twenty times the charter's load, for ten minutes
	@$(BIN)/python -m bench.load $(ARGS)

##@ Change

lint: .venv/.dev-stamp ## ruff, mypy and import-linter; the first that fails stops
	@echo "→ ruff check"
	@$(BIN)/ruff check --quiet
	@echo "→ ruff format --check"
	@$(BIN)/ruff format --check --quiet || { echo "  formatted otherwise; 'make format' puts it right" >&2; exit 1; }
	@echo "→ mypy"
	@$(BIN)/mypy --no-error-summary
	@echo "→ import-linter"
	@$(BIN)/lint-imports > .venv/import-linter.log 2>&1 || { cat .venv/import-linter.log >&2; exit 1; }

format: .venv/.dev-stamp ## put the code into shape: format, sort imports, safe fixes
	@$(BIN)/ruff check --quiet --fix --exit-zero
	@$(BIN)/ruff format

docs: .venv/.run-stamp ## draw the state diagrams anew, from the transition tables
	@$(BIN)/python -m starter.diagrams $(ARGS)

pictures: .venv/.dev-stamp ## take the pictures of the docs anew, in a real browser
	@mkdir -p docs/pictures
	@PICTURES=1 $(BIN)/pytest -n 0 -q tests/browser/test_every_page.py $(ARGS)

lock: ## renew both lock files from pyproject.toml; ARGS=--upgrade takes newer versions of the rest
	@command -v $(UV) > /dev/null || { echo "make lock needs uv: pip install uv" >&2; exit 1; }
	@echo "→ requirements.lock"
	@$(LOCK) $(ARGS) --group build --output-file requirements.lock
	@echo "→ requirements-dev.lock"
	@$(LOCK) $(ARGS) --group build --group dev --extra apprise \
		--constraints requirements.lock --output-file requirements-dev.lock
	@if grep -n '://' requirements.lock requirements-dev.lock; then \
		echo "a lock file names an address; it must install from whatever registry a machine has" >&2; exit 1; fi

clean: ## remove .venv, caches and everything in var/, the cases included
	rm -rf .venv .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .hypothesis .coverage* build dist *.egg-info var
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

help:
	@if [ -t 1 ]; then bold='\033[1m' cyan='\033[36m' off='\033[0m'; fi; \
	awk -v bold="$$bold" -v cyan="$$cyan" -v off="$$off" 'BEGIN { FS = ":.*## "; \
		print "\n  " bold "Duecourse" off ": make TARGET [ARGS=…]" } \
		/^##@ / { print "\n  " bold substr($$0, 5) off } \
		/^[a-z-]+:.*## / { sub(/:.*/, "", $$1); printf "    %s%-11s%s%s\n", cyan, $$1, off, $$2 } \
		END { print "" }' $(firstword $(MAKEFILE_LIST))

.PHONY: api-check bench chaos chaos-shop clean coverage demo docs format help lint load lock medusa pictures run test

# --- the virtual environment: made once, renewed when a lock file or pyproject.toml changes ----------------------

.venv/.run-stamp: requirements.lock pyproject.toml
	@$(BIN)/python -m pip --version > /dev/null 2>&1 || { $(find_python); \
		echo "→ .venv, with $$($$python --version)"; $$python -m venv --clear .venv; }
	@echo "→ installing requirements.lock"
	@$(PIP) install --require-hashes -r requirements.lock
	@$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev-stamp: .venv/.run-stamp requirements-dev.lock
	@echo "→ installing requirements-dev.lock"
	@$(PIP) install --require-hashes -r requirements-dev.lock
	@touch $@

# Tries out what it finds: a version manager's stub may be there for a Python that is not.
define find_python
python=; for name in $(or $(PYTHON),python3.11 python3); do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' > /dev/null 2>&1; then python=$$name; break; fi; \
done; \
if [ -z "$$python" ]; then \
	echo "No Python 3.11 or newer as $(or $(PYTHON),python3.11 or python3); 'make … PYTHON=/path/to/python' names one." >&2; \
	exit 1; \
fi; \
if ! $$python -c 'import ensurepip, venv' > /dev/null 2>&1; then \
	echo "This Python cannot make virtual environments. On Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; \
fi
endef
