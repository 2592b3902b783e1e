PYTHON ?= python3
UV ?= uv

BIN := .venv/bin
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input
# durable-rules drops the compiler's -O2 and calls PyEval_CallObject, which Python 3.13 no longer has
LOCKED := CPPFLAGS="-O2 -DPyEval_CallObject=PyObject_CallObject" \
	$(PIP) --require-hashes --no-build-isolation --use-pep517
EDITABLE := $(PIP) --no-deps --no-build-isolation --editable .
COMPILE := $(UV) pip compile --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header

.PHONY: serve test test-spark check bench format lock clean

serve: .venv/.run
	@$(BIN)/psea serve

test: .venv/.dev
	@$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal

test-spark: .venv/.spark
	@java -version 2> /dev/null || { echo "Java 17 or newer is needed: install it and try again" >&2; exit 1; }
	@$(BIN)/python -m pytest -m spark

check: .venv/.dev
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

bench: .venv/.bench
	@$(BIN)/python -m pytest tests/benchmarks -p no:xdist --capture=no \
		--benchmark-columns=min,median,max,rounds --benchmark-sort=name

format: .venv/.dev
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

lock:
	$(COMPILE) --group build --output-file requirements-build.lock
	$(COMPILE) pyproject.toml --output-file requirements.lock
	$(COMPILE) pyproject.toml --extra spark --constraint requirements.lock --output-file requirements-spark.lock
	$(COMPILE) pyproject.toml --group dev --constraint requirements.lock --output-file requirements-dev.lock
	$(COMPILE) pyproject.toml --group bench --constraint requirements-dev.lock --output-file requirements-bench.lock

clean:
	rm -rf .venv

.venv/.venv: requirements-build.lock
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and \
		"Python 3.11 or newer is needed, $(PYTHON) is " + sys.version.split()[0] + \
		": run make PYTHON=/path/to/python3.11")'
	@echo "Setting up .venv (a few minutes the first time)"
	@$(PYTHON) -m venv .venv
	@$(LOCKED) --requirement requirements-build.lock
	@touch $@

.venv/.run: requirements.lock pyproject.toml .venv/.venv
	@$(LOCKED) --requirement $<
	@$(EDITABLE)
	@touch $@

.venv/.dev: requirements-dev.lock pyproject.toml .venv/.venv
	@$(LOCKED) --requirement $<
	@$(EDITABLE)
	@touch $@ .venv/.run

.venv/.spark: requirements-spark.lock .venv/.dev
	@echo "Installing Spark (460 MB)"
	@$(LOCKED) --requirement $<
	@touch $@

.venv/.bench: requirements-bench.lock pyproject.toml .venv/.venv
	@$(LOCKED) --requirement $<
	@$(EDITABLE)
	@touch $@ .venv/.run
