# Every target makes what it needs, from a bare clone. `make help` lists them.

# The first Python that is new enough; another one by `make PYTHON=…`.
PYTHON ?= $(shell for python in python3 python3.14 python3.13 python3.12 python3.11; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && \
	{ echo "$$python"; break; }; done)
VENV_PYTHON := var/venv/bin/python
# Tests start a few hundred processes: what is compiled once need not be compiled by each of them.
TESTING := env -u PYTHONDONTWRITEBYTECODE $(VENV_PYTHON)
PORT ?= 8000
FOR ?= till
PHOTO ?= me.jpg
ONCE ?=
ARGS ?=

# An empty HOME makes tools write to /; without one they ask the system.
ifeq ($(strip $(HOME)),)
unexport HOME
endif

.DEFAULT_GOAL := help
.PHONY: help demo run test test-all test-browser screenshots photo code test-debian coverage lint lint-types lint-style bench-journey bench-liveness \
	bench-light-code bench-certificates bench-card bench-booking bench-offline-codes certificate-pages fuzz-codes \
	clean setup setup-dev web

help: ## list the targets
	@echo 'Zero-Run. Usage: make <target> [PORT=8000] [ONCE=1] [ARGS="…"]'
	@echo
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  \1|\2/p' Makefile | while IFS='|' read -r name text; do \
		printf '%-16s %s\n' "$$name" "$$text"; done

demo: setup ## start everything, play the journey, keep serving (ONCE=1: stop after the journey)
	@exec $(VENV_PYTHON) -m launch demo --port "$(PORT)" $(if $(ONCE),--once)

run: setup ## start everything and serve, without the journey
	@exec $(VENV_PYTHON) -m launch run --port "$(PORT)"

test: setup-dev ## run every test (ARGS="-k card" passes words to pytest)
	@$(VENV_PYTHON) -m launch.debian
	@$(if $(strip $(ARGS)),,$(MAKE) --no-print-directory test-debian)
	@$(if $(strip $(ARGS)),exec $(TESTING) -m pytest $(ARGS),$(MAKE) --no-print-directory test-all)

photo: setup ## before `make demo`: your own photograph into the sandbox's registry (PHOTO=me.jpg)
	@exec $(VENV_PYTHON) -m sandbox.departments.population.own $(or $(ARGS),--photo "$(PHOTO)")

code: setup ## a code by which a browser becomes a counter of the running system (FOR=till, desk, operator)
	@exec $(VENV_PYTHON) -m launch code "$(FOR)"

# What plays people in real time, or sends signals at a moment, has the machine to itself; the rest
# shares it. A browser waits most of the while: two have room beside each other, each with a system;
# tests/browser/conftest.py keeps what is filmed to one of them.
REAL_TIME_TESTS := tests/journeys tests/launch/test_serving.py
BROWSER_TESTS := tests/browser
TEST_PROCESSES ?= 3
BROWSERS ?= 2
# The longest files first, as tests/order.py says: xdist would begin with those of most tests.
SHARED = --numprocesses $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder
test-all:
	@failed=0; \
	$(TESTING) -m pytest $(SHARED) \
		$(REAL_TIME_TESTS:%=--ignore=%) $(BROWSER_TESTS:%=--ignore=%) || failed=1; \
	$(TESTING) -m pytest $(REAL_TIME_TESTS) || failed=1; \
	$(TESTING) -m pytest --numprocesses $(BROWSERS) --dist loadgroup --no-loadscope-reorder \
		$(BROWSER_TESTS) -m "not long" || failed=1; \
	exit $$failed

test-browser: setup-dev ## the pages in a real browser, all of it (ARGS="-k face"); `make test` leaves out the long ones
	@$(VENV_PYTHON) -m launch.debian
	@exec $(TESTING) -m pytest $(BROWSER_TESTS) $(ARGS)

screenshots: setup-dev ## pictures of every main screen into docs/images/screens; look at each
	@$(VENV_PYTHON) -m launch.debian
	@exec $(TESTING) -m pytest tests/browser/screenshots.py $(ARGS)

# Looked up when used: `make test` may just have installed them.
DEBIAN_POSTGRES = $(lastword $(wildcard /usr/lib/postgresql/*/bin))
DEBIAN_REDIS = $(wildcard /usr/bin/redis-server)
DATABASE_TESTS := tests/architecture/test_migrations.py tests/app/card tests/app/partners \
	tests/app/purchases tests/app/settlement/test_ledger.py tests/app/settlement/test_settling.py \
	tests/app/core/test_idempotency.py tests/app/core/test_limits.py tests/app/core/jose/test_replay.py

test-debian: setup-dev ## run the database and Redis tests on Debian's servers, where installed
	@$(if $(and $(DEBIAN_POSTGRES),$(DEBIAN_REDIS)),\
		POSTGRES_BIN="$(DEBIAN_POSTGRES)" REDIS_BIN="$(DEBIAN_REDIS)" \
			$(TESTING) -m pytest --quiet $(SHARED) $(DATABASE_TESTS),\
		echo "Skipped: Debian's postgresql and redis-server are not both installed.")

coverage: setup-dev ## run every test and refuse less than 95 % branches where it is promised
	@$(VENV_PYTHON) -m launch.debian
	@$(VENV_PYTHON) -m coverage erase
	@$(VENV_PYTHON) -m coverage run -m pytest $(ARGS)
	@$(VENV_PYTHON) -m coverage combine --quiet
	@$(VENV_PYTHON) -m coverage report --skip-covered --fail-under=95 --include='certificates/*'
	@$(VENV_PYTHON) -m coverage report --skip-covered --fail-under=95 --include='verify/*'
	@$(VENV_PYTHON) -m coverage report --skip-covered --fail-under=95 --include='app/core/*'

lint: setup-dev ## check style, formatting, types and import rules
	@$(MAKE) --no-print-directory --jobs=2 --output-sync --keep-going lint-types lint-style

lint-types:
	@$(VENV_PYTHON) -m mypy

lint-style:
	@$(VENV_PYTHON) -m ruff check .
	@$(VENV_PYTHON) -m ruff format --check .
	@var/venv/bin/lint-imports

bench-journey: setup-dev ## measure at least 20 journeys; the last line is JSON
	@exec $(VENV_PYTHON) -m bench.journey $(ARGS)

bench-liveness: setup-dev ## play genuine and attack sessions, hours; the last line is JSON (ARGS=--quick)
	@mkdir -p var/bench
	@exec $(VENV_PYTHON) -m bench.liveness --out var/bench $(ARGS)

# The pages as they are served lie in web/dist; only who changes them needs this, and Node 18.
web: ## build the pages into web/dist (needs npm)
	@cd web && npm ci --no-audit --no-fund --silent && npm run --silent check && npm run --silent build

certificate-pages: setup-dev ## write a certificate of each type to var/pages, to look at them
	@exec $(VENV_PYTHON) -m bench.certificates --pages var/pages

bench-light-code: setup-dev ## measure the light code without pixels; the last line is JSON
	@exec $(VENV_PYTHON) -m bench.liveness.light_code $(ARGS)

bench-offline-codes: setup-dev ## size and cost of offline card codes; the last line is JSON
	@exec $(VENV_PYTHON) -m bench.card.offline $(ARGS)

bench-certificates: setup-dev ## make, gather and check certificates; the last line is JSON
	@exec $(VENV_PYTHON) -m bench.certificates $(ARGS)

bench-booking: setup-dev ## claims by many processes, a rush over HTTP; the last line is JSON
	@exec $(VENV_PYTHON) -m bench.booking $(ARGS)

bench-card: setup-dev ## tills at once, races, kills, the ledger; the last line is JSON (ARGS=--full: hours)
	@exec $(VENV_PYTHON) -m bench.card $(ARGS)

# Atheris has wheels for few Pythons, and nothing else needs it: an environment of its own.
FUZZ_PYTHON := var/fuzz-venv/bin/python
fuzz-codes: ## throw bytes at the reader of offline codes (ARGS="--seconds 600"); the last line is JSON
	@test -x $(FUZZ_PYTHON) || $(PYTHON) -m venv var/fuzz-venv
	@$(FUZZ_PYTHON) -m pip install --quiet --only-binary :all: --requirement requirements-fuzz.txt
	@exec $(FUZZ_PYTHON) -m tests.fuzz.codes $(ARGS)

clean: ## remove the virtual environment and all caches; data, keys and models stay
	rm -rf var/venv var/fuzz-venv .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .coverage*
	find . -name __pycache__ -type d -not -path './var/*' -prune -exec rm -rf {} +

setup: ## make the virtual environment, fetch models and portraits
	@$(if $(PYTHON),,echo 'Zero-Run needs Python 3.11 or newer.' >&2; exit 1;) \
		$(PYTHON) -m launch.bootstrap
	@$(VENV_PYTHON) -m launch.assets

setup-dev: ## the same, with the tools for tests and lint
	@$(if $(PYTHON),,echo 'Zero-Run needs Python 3.11 or newer.' >&2; exit 1;) \
		$(PYTHON) -m launch.bootstrap --dev
	@$(VENV_PYTHON) -m launch.assets
