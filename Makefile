# What people do with this repository, about a line each. `make` alone lists it.
#   make lab  COURSE_LANGUAGE=ja PORT=8890 PYTHON=python3.12     all optional
#   make test-notebooks COURSE_LANGUAGE=en LESSONS="00 01"

PYTHON  ?= python3.13 python3.12 python3.11 python3
PORT    ?= 8888
# The language of the machine, unless one is named.
COURSE_LANGUAGE ?= $(if $(filter ja%,$(firstword $(LC_ALL) $(LC_MESSAGES) $(LANG))),ja,en)
NOTEBOOKS = notebooks/$(COURSE_LANGUAGE)
# JupyterLab's menus: the locale of each language whose menus are not English.
LOCALE_ja = ja_JP

PY     := .venv/bin/python
PIP     = -m pip install --quiet --disable-pip-version-check
LOCKED  = $(PIP) --require-hashes --no-deps --only-binary :all:
# Two processes of one thread each: quicker on two cores than two threads each.
ONE_THREAD = TF_NUM_INTRAOP_THREADS=1 TF_NUM_INTEROP_THREADS=1
PYTEST  = $(ONE_THREAD) $(PY) -m pytest -n 2 --dist loadscope
LAB     = build/lab/$(COURSE_LANGUAGE)
QUIET   = .venv/etc/ipython/ipython_kernel_config.json
export TF_CPP_MIN_LOG_LEVEL ?= 3
# Where oneDNN is on, it shares even the smallest products out to all threads: small networks train a third slower.
export TF_ENABLE_ONEDNN_OPTS ?= 0

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help lab test test-unit test-notebooks test-claims test-replication test-jax test-keras test-colab test-oldest lint types check notebooks slides teacher images bench wheel lock clean

help:  ## list what can be made
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-16s %s\n", $$1, $$2}' Makefile

# --- Reading the course -----------------------------------------------------------------------------

lab: $(LAB)/overrides.json $(QUIET) .venv/requirements.lock  ## open the course in JupyterLab: [COURSE_LANGUAGE=ja|en] [PORT=8888]
	$(PY) -m jupyterlab $(if $(filter 0,$(shell id -u)),--allow-root) --ip=127.0.0.1 --port=$(PORT) \
	  --LabApp.app_settings_dir=$(LAB) --LabApp.workspaces_dir=$(LAB)/workspaces \
	  --LabApp.default_url=/lab/tree/$(NOTEBOOKS)/00_start_here.ipynb

# The menus' language and quiet first start, without touching the reader's own settings.
$(LAB)/overrides.json: Makefile | $(NOTEBOOKS)
	@mkdir -p $(@D)
	@printf '{"@jupyterlab/translation-extension:plugin": {"locale": "%s"},\n "@jupyterlab/apputils-extension:notification": {"fetchNews": "false", "checkForUpdates": false}}\n' \
	  $(or $(LOCALE_$(COURSE_LANGUAGE)),default) > $@

# TensorFlow's own log goes to the terminal, not into the reader's notebook; Python's warnings stay there.
$(QUIET): | .venv/bin/python
	@mkdir -p $(@D)
	@echo '{"IPKernelApp": {"capture_fd_output": false}}' > $@

notebooks/%:
	@echo "\`COURSE_LANGUAGE\` must be one of: $(filter-out source,$(notdir $(wildcard notebooks/*))). Received: COURSE_LANGUAGE=$*" >&2; exit 2

# --- The environment: made once, filled again only when a lock file changed -------------------------

.venv/bin/python:
	@for python in $(PYTHON); do \
	  $$python -c 'import sys, ensurepip; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2> /dev/null || continue; \
	  echo "Making .venv with $$($$python --version)"; exec $$python -m venv --clear .venv; \
	done; \
	echo "coursekit needs Python 3.11, 3.12 or 3.13 with its venv module (Debian, Ubuntu: apt install python3-venv)." >&2; \
	echo "Tried: $(PYTHON). Another one can be named: make lab PYTHON=/path/to/python3" >&2; exit 1

.venv/%.lock: %.lock .venv/bin/python
	@echo "Installing what $*.lock lists: a few minutes, once"
	@$(PY) $(LOCKED) -r $<
	@$(PY) $(PIP) --no-index --no-deps --no-build-isolation --editable .
	@cp $< $@

# --- Testing it ------------------------------------------------------------------------------------

test: test-unit test-notebooks check  ## unit tests, claims with few seeds, one language's notebooks

test-unit: .venv/requirements-test.lock  ## unit tests, and claims with few seeds
	$(PYTEST) -m "not slow"

test-notebooks: .venv/requirements-test.lock | $(NOTEBOOKS)  ## run the notebooks of one language: [COURSE_LANGUAGE=ja|en] [LESSONS="00 01"]
	$(PYTEST) --nbval-lax --nbval-current-env $(if $(LESSONS),$(foreach lesson,$(LESSONS),$(wildcard $(NOTEBOOKS)/$(lesson)_*.ipynb)),$(NOTEBOOKS))

test-claims: .venv/requirements-test.lock  ## every claim with all its seeds, and the slow tests
	$(PYTEST) --all-seeds -m "claim or slow"

test-replication: .venv/requirements-test.lock  ## every claim with ten seeds that nobody used to write it: [FIRST_SEED=2000]
	$(PYTEST) --first-seed $(or $(FIRST_SEED),1000) --seeds 10 -m claim tests/claims

test-jax: .venv/requirements-test.lock  ## the tests of training, on JAX
	KERAS_BACKEND=jax $(PYTEST) tests/training

test-keras: .venv/requirements-test.lock  ## Keras' own tests with training.fit in the place of Model.fit: [QUICK=1]
	$(ONE_THREAD) $(PY) tests/keras_suite/run.py $(if $(QUICK),--quick)

test-colab: .venv/requirements-test.lock  ## the course with the versions that Google Colab has
	$(PY) tests/colab/run_in_colab_environment.py

test-oldest: .venv-oldest/requirements.txt  ## the tests of training with the oldest Keras that pyproject.toml allows
	$(ONE_THREAD) .venv-oldest/bin/python -m pytest -n 2 -q -m "not slow and not claim" $(OLDEST)

OLDEST = tests/training --ignore tests/training/test_any_model_equals_keras.py tests/test_models.py tests/test_weights.py tests/data tests/test_penalties.py tests/test_soft_threshold.py

.venv-oldest/requirements.txt: pyproject.toml .venv/bin/python
	@$(PY) -m venv --clear .venv-oldest
	@$(PY) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"], sep="\n")' \
	  | sed -E 's/^(keras|tensorflow)>=/\1==/' > $@
	@.venv-oldest/bin/python $(PIP) --only-binary :all: -r $@ pytest pytest-xdist

check: .venv/requirements-test.lock  ## are the built notebooks up to date with their sources?
	$(PY) -m coursekit.authoring check

lint: .venv/requirements-test.lock  ## format and lint
	$(PY) -m ruff format --check . && $(PY) -m ruff check .

types: .venv/requirements-test.lock  ## types
	$(PY) -m mypy

bench: .venv/requirements-test.lock  ## how fast training is, beside model.fit: [ONLY="fit sweep"]
	$(PY) tests/benchmarks/bench.py $(if $(ONLY),--only $(ONLY))

# --- Changing it -----------------------------------------------------------------------------------

notebooks: .venv/requirements-test.lock  ## build and execute the lessons whose source changed
	$(PY) -m coursekit.authoring build

slides: .venv/requirements-test.lock | $(NOTEBOOKS)  ## slides from the notebooks, in build/slides: [COURSE_LANGUAGE=ja|en]
	$(PY) -m coursekit.authoring.slides $(COURSE_LANGUAGE)

teacher: .venv/requirements-test.lock | $(NOTEBOOKS)  ## the teacher's edition, solutions run, in build/teacher: [COURSE_LANGUAGE=ja|en]
	$(PY) -m coursekit.authoring build --edition teacher --language $(COURSE_LANGUAGE)

images: .venv/requirements-test.lock  ## draw the pictures of the README again
	$(PY) images/make_images.py

wheel: .venv/requirements-test.lock  ## coursekit as a wheel, in dist
	$(PY) -m build --wheel --no-isolation

lock: .venv-lock/bin/uv  ## write the lock files anew from pyproject.toml: [UPGRADE=--upgrade]
	$(COMPILE) --extra lab --extra test --output-file requirements-test.lock
	$(COMPILE) --extra lab --constraint requirements-test.lock --output-file requirements.lock

COMPILE = .venv-lock/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
  --no-emit-index-url --custom-compile-command "make lock" $(UPGRADE) pyproject.toml

.venv-lock/bin/uv: .venv/bin/python
	$(PY) -m venv .venv-lock && .venv-lock/bin/python $(PIP) uv

clean:  ## remove the environments and everything that was built
	rm -rf .venv .venv-* build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
