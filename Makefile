# What people do here. `make demo` needs Python 3.11 or later with venv and writes into this folder and caches only.
PYTHON ?= python3
PORT ?= 8000
BIN := .venv/bin
# The tests start Python a thousand times: what is compiled once is kept.
unexport PYTHONDONTWRITEBYTECODE
INSTALL := @$(BIN)/python .ci/install.py

.PHONY: demo test test-all fuzz check bench docs words example clean clients lock lowest newest

demo: .venv/base  ## build the example show and serve it
	$(BIN)/earmark demo .demo --port $(PORT)

test: .venv/test  ## the quick tests: pure, under two minutes
	$(BIN)/pytest -n auto -m "not slow"

# Three on two cores, for many wait. Files stay together, those marked `long` first; groups
# do not, since pytest 9.2 (pytest-xdist, issue 1386).
test-all: .venv/all  ## tests that need a browser, real clients or minutes; says what it could not run
	$(BIN)/pytest -n 3 --dist loadfile --no-loadscope-reorder -m slow -rs

SHOWS ?= 100000
fuzz: .venv/test  ## hostile shows, SHOWS=100000 of them; SEED=1 repeats a run, failures are saved in build/fuzz
	$(BIN)/python -m tests.fuzz.fuzz --shows $(SHOWS) $(if $(SEED),--seed $(SEED))

check: .venv/check  ## lint, formatting, types, the house, words, translations
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python .ci/words.py --check
	$(BIN)/pytest tests/test_house.py tests/test_names.py tests/test_words.py

bench: .venv/all  ## measure the figures of docs/performance.md
	$(BIN)/python benchmarks/run.py

docs: .venv/base  ## write the generated references of keys, commands and rules
	$(BIN)/earmark schema --markdown > docs/front-matter.md
	$(BIN)/python -m podcast.cli_reference

words: .venv/base  ## collect the sentences that people read, for translators: episodes/locale
	$(BIN)/python .ci/words.py

clients: .venv/all  ## run real podcast clients on a show and write docs/clients.md
	$(BIN)/python -m tests.kit.clients.matrix

example: .venv/base  ## make the example's recordings again (needs espeak-ng and ffmpeg)
	$(BIN)/python examples/make_audio.py

clean:
	rm -rf .venv .demo build *.egg-info

# .ci/locked/ says which versions are installed, with their digests. `make lock` writes it again.
lock: .venv-lock/lock  ## take the newest versions into .ci/locked/
	.ci/lock

# Both in an environment of their own, new each time.
lowest newest:  ## the quick tests with the lowest versions that setup.cfg allows, or the newest
	$(PYTHON) -m venv --clear .venv-$@
	@.venv-$@/bin/python .ci/install.py $@
	.venv-$@/bin/pytest -n auto -m "not slow"

.venv-lock/lock: .ci/locked/lock.txt
	$(PYTHON) -m venv .venv-lock
	@.venv-lock/bin/python .ci/install.py lock
	@touch $@

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Earmark needs Python 3.11 or later: PYTHON=python3.13 make demo")'
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/base: .venv/python setup.cfg pyproject.toml .ci/locked/base.txt .ci/locked/build.txt
	$(INSTALL) base
	@touch $@

.venv/test: .venv/base .ci/locked/test.txt
	$(INSTALL) test
	@touch $@

.venv/check: .venv/test .ci/locked/check.txt
	$(INSTALL) check
	@touch $@

.venv/all: .venv/test .ci/locked/all.txt tests/package-lock.json
	$(INSTALL) all
	cd tests && npm ci --silent --no-audit --no-fund || true
	@touch $@
