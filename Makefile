# All commands of the project; CI runs the same targets.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PYTHONPATH := $(CURDIR)/layers/registrar/python
# Bytecode is kept, whatever the shell says: without it every test worker compiles everything anew.
export PYTHONDONTWRITEBYTECODE :=

# Each candidate is run: a pyenv shim in the path may fail, a system Python may lack venv.
find_python = for p in python3.13 python3.12 python3.11 python3; do \
	"$$p" -c 'import sys, venv, ensurepip; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' \
	>/dev/null 2>&1 && { echo "$$p"; exit 0; }; done; \
	echo 'no working Python 3.11, 3.12 or 3.13 with venv found' >&2; exit 1

DEV := .venv/.installed
EMULATOR := .venv-emulator/.installed
PEERS := .venv-bench/.installed
FUZZ := .venv-fuzz/.installed
SAM := .venv-sam/.installed
NODE := .venv-node/.installed
WEB := web/node_modules/.installed
BROWSER := .venv-web/.installed
MUTANTS := .venv-mutants/.installed
PAGE := web/app/dist/index.html
# What `make up` builds the page of anew when it has changed.
PAGE_SOURCES = docs/openapi.yaml docs/guide.md $(wildcard docs/images/*) tools/admin/npki_policies.json \
	$(shell find web/sdk web/app -type f -not -path '*/dist/*' -not -path '*/generated/*' -not -path '*/node_modules/*')
PY := .venv/bin/python
# A fixed hash seed gives sets one order, so that all workers collect the same tests in the same order.
# One worker more than cores, since that of the local cloud often waits.
WORKERS = $(shell $(PY) -c 'import os; print(min(os.cpu_count() + 1, 5))')
TESTS = PYTHONHASHSEED=0 $(PY) -m pytest -q -n $(WORKERS)
LOCK = -m uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-header --no-annotate --no-emit-index-url $(UPGRADE)
LINTERS = REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true .venv-node/bin/node .venv-node/node_modules
quietly = printed=$$($(1) 2>&1) || { echo "$$printed"; exit 1; }
NPM = .venv-node/bin/npm --no-audit --no-fund --no-update-notifier --ignore-scripts
# The programs of packages find Node.js through PATH.
WEB_NPM = PATH="$(CURDIR)/.venv-node/bin:$$PATH" $(CURDIR)/$(NPM) --prefix web
TYPED = $(wildcard layers functions tools tests bench conftest.py)

.PHONY: help demo up down web test test-all test-faults check docs images bench mutants fuzz load lives fmt lock build build-host build-web sam clean

help:  ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

demo: build-host  ## start the local cloud, register certificates step by step, stop (in the language of LANG)
	@$(PY) -m tools.demo.run

up: build-host $(PAGE)  ## start the local cloud in the background, deploy and seed it (ORIGIN=http://localhost:3000 for passkeys there)
	@$(PY) -m tools.cloud.up $(if $(ORIGIN),--origin $(ORIGIN))

down: $(DEV)  ## stop the local cloud that `make up` started
	@$(PY) -m tools.cloud.down

web: $(DEV) build-web  ## build what runs in a browser, check its types, style and size, run its unit tests
	@$(PY) -m tests.support.web_cases build/web/cases.json
	@for script in check test; do $(WEB_NPM) run --silent --workspaces --if-present $$script; done

build-web: $(PAGE)

$(PAGE): $(WEB) $(PAGE_SOURCES)
	@for script in generate build; do $(WEB_NPM) run --silent --workspaces --if-present $$script; done

test: build-host  ## run all tests except the slow ones
	@$(TESTS) -m "not slow"

test-all: build $(SAM) $(BROWSER) web test  ## run all tests
	@$(TESTS) -m slow

test-faults: build-host  ## fail calls to AWS one by one, and check that nothing is lost or doubled (SAVE=1 writes docs/reliability.md, WHAT=sign plays one scenario or cell)
	@$(PY) -m tools.faults $(if $(SAVE),--save) $(WHAT)

check: $(DEV) build/contract.linted  ## check format, lint, types, template, contract, generated docs and secrets
	@$(PY) -m ruff format --check --quiet . || { echo 'not formatted: run make fmt'; exit 1; }
	@$(PY) -m ruff check --quiet .
	@$(PY) -m mypy --no-error-summary $(TYPED)
	@.venv/bin/cfn-lint template.yaml operations.yaml
	@$(PY) -m tools.checks.routes
	@$(PY) -m tools.checks.problem_examples
	@$(PY) -m tools.checks.page_reasons
	@$(PY) -m tools.checks.helpdesk_page
	@$(PY) -m tools.checks.message_table
	@$(PY) -m tools.checks.secrets_scan
	@echo 'check: clean'

# Spectral needs seconds to start: the linters run only if the contract, their rules or versions changed.
build/contract.linted: docs/openapi.yaml docs/relying.yaml tools/checks/redocly.yaml tools/checks/spectral.yaml $(NODE)
	@$(call quietly,$(LINTERS)/@redocly/cli/bin/cli.js lint --config tools/checks/redocly.yaml $(filter docs/%,$^))
	@$(call quietly,$(LINTERS)/@stoplight/spectral-cli/dist/index.js lint --ruleset tools/checks/spectral.yaml --fail-severity hint $(filter docs/%,$^))
	@mkdir -p $(@D) && touch $@

docs: $(DEV)  ## write what documents quote: routes, examples of problems, screens
	@$(PY) -m tools.checks.routes --write
	@$(PY) -m tools.checks.problem_examples --write
	@$(PY) -m tools.checks.page_reasons --write
	@$(PY) -m tools.checks.helpdesk_page --write
	@$(PY) -m tools.checks.message_table --write

images: build-host $(BROWSER) $(PAGE)  ## take the pictures of the customers' guide anew (needs chromium)
	@$(PY) -m pytest -q tests/web/page/test_screenshots.py
	@cp build/images/*.webp docs/images/

bench: build-host $(PEERS)  ## measure, and print ratios (SAVE=1 writes them to docs/benchmarks.md, WHAT=cold runs one benchmark)
	@$(PY) -m bench $(WHAT) $(if $(SAVE),--save)

mutants: $(DEV) $(MUTANTS)  ## put faults into the product, one at a time, and count those that no test notices (WHAT=throttles, SAVE=1)
	@PYTHONHASHSEED=0 nice -n 10 $(PY) -m tools.mutants $(WHAT) $(if $(SAVE),--save)

fuzz: $(DEV) $(FUZZ)  ## hostile input for every reader (WHAT=crl for some, RUNS=100000 calls of each, SAVE=1 writes docs/reliability.md)
	@$(PY) -m tools.fuzz $(WHAT) $(if $(RUNS),--runs $(RUNS)) $(if $(SAVE),--save)

load: build-host  ## put load on the local cloud, and print what was met (SAVE=1 writes docs/reliability.md, WHAT=storms runs one part, SECONDS=20)
	@$(PY) -m bench.load $(WHAT) $(if $(SECONDS),--seconds $(SECONDS)) $(if $(SAVE),--save)

lives: build-host  ## let customers live on a disturbed local cloud, with invariants checked (CUSTOMERS=500 SEED=1; SAVE=1 writes docs/reliability.md)
	@$(PY) -m tools.lives.run $(if $(CUSTOMERS),--customers $(CUSTOMERS)) $(if $(SEED),--seed $(SEED)) $(if $(SAVE),--save)

fmt: $(DEV)  ## format, and fix what the linter can
	@$(PY) -m ruff check --quiet --fix-only .
	@$(PY) -m ruff format --quiet .

lock: $(DEV) $(NODE)  ## write the lock files from the .in files (UPGRADE=--upgrade for newer releases)
	@$(PY) $(LOCK) layers/dependencies/requirements.in -o layers/dependencies/requirements.txt
	@$(PY) $(LOCK) requirements/emulator.in -o requirements/emulator.txt
	@$(PY) $(LOCK) requirements/bench.in -o requirements/bench.txt
	@$(PY) $(LOCK) requirements/fuzz.in -o requirements/fuzz.txt
	@$(PY) $(LOCK) requirements/dev.in -o requirements/dev.txt
	@$(PY) $(LOCK) requirements/sam.in -o requirements/sam.txt
	@$(PY) $(LOCK) requirements/node.in -o requirements/node.txt
	@$(PY) $(LOCK) requirements/web.in -o requirements/web.txt
	@$(PY) $(LOCK) requirements/mutants.in -o requirements/mutants.txt
	@$(if $(UPGRADE),rm -f requirements/npm/package-lock.json)
	@$(NPM) install --prefix requirements/npm --package-lock-only --silent
	@$(if $(UPGRADE),rm -f web/package-lock.json)
	@$(NPM) install --prefix web --package-lock-only --silent

build: build-host  ## build layers and functions in build/host and build/aws, and check them
	@$(PY) -m tools.packaging.build --target aws
	@$(PY) -m tools.packaging.artefacts --target host
	@$(PY) -m tools.packaging.artefacts --target aws

build-host: $(DEV) $(EMULATOR)
	@$(PY) -m tools.packaging.build --target host

sam: $(SAM)  ## install AWS SAM's command line, which deploys: .venv-sam/bin/sam

clean:  ## stop the local cloud and remove everything that make created
	@[ ! -f build/local-cloud.json ] || $(PY) -m tools.cloud.down
	@rm -rf build .venv .venv-emulator .venv-sam .venv-bench .venv-node .venv-web .venv-mutants .venv-fuzz .aws-sam .mypy_cache .pytest_cache .ruff_cache .hypothesis web/node_modules web/*/dist web/*/src/generated
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A complete lock file needs no resolver (--no-deps). Bytecode is compiled on first use: compiling doubles the time.
define install
	@echo 'installing $(1) from $< (once, one or two minutes) …'
	@rm -rf $(1) && python=$$($(find_python)) && "$$python" -m venv $(1)
	@$(1)/bin/python -m pip install --quiet --no-input --no-deps --no-compile --require-hashes -r $<
endef

$(DEV): requirements/dev.txt
	$(call install,.venv)
	@for site in .venv/lib/python3.*/site-packages; do echo '$(CURDIR)/layers/registrar/python' > "$$site/registrar.pth"; done
	@touch $@

$(EMULATOR): requirements/emulator.txt
	$(call install,.venv-emulator)
	@touch $@

# Only `make bench` needs the peers: libraries that it compares ours with.
$(PEERS): requirements/bench.txt
	$(call install,.venv-bench)
	@touch $@

# Only `make fuzz` needs it. Of Python 3.11 to 3.13, which its wheels are for, any will do.
$(FUZZ): requirements/fuzz.txt
	$(call install,.venv-fuzz)
	@touch $@

$(SAM): requirements/sam.txt
	$(call install,.venv-sam)
	@touch $@

# Only the tests of the page need it: it drives the machine's own Chromium.
$(BROWSER): requirements/web.txt
	$(call install,.venv-web)
	@touch $@

# Only `make mutants` needs it.
$(MUTANTS): requirements/mutants.txt
	$(call install,.venv-mutants)
	@touch $@

# Only `make check` and `make web` need Node.js. Scripts of packages do not run: one reports its use.
$(NODE): requirements/node.txt requirements/npm/package-lock.json
	$(call install,.venv-node)
	@cp requirements/npm/package.json requirements/npm/package-lock.json .venv-node/
	@$(NPM) ci --prefix .venv-node --silent
	@touch $@

$(WEB): web/package-lock.json $(NODE)
	@echo 'installing web/node_modules from $< (once, half a minute) …'
	@$(WEB_NPM) ci --silent
	@touch $@
