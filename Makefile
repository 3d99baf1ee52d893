# `make run` runs the main job on the shipped data; `make test` passes the tests.
# Both set up what they need in .venv from the lock files, on a machine with Python, git and make.
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
# Some machines forbid byte code: tests start many processes, which would each compile anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: run test nightly lint bench build docs notebooks clean

run: .venv/run.stamp
	$(BIN)/exposure build
	$(BIN)/exposure run

test: .venv/dev.stamp
	$(BIN)/exposure build --quiet
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
	$(BIN)/python -m pytest --nbmake -n 2 notebooks/*.ipynb

# The same with the counts that take longer.
nightly: .venv/dev.stamp
	$(BIN)/exposure build --quiet
	EXPOSURE_NIGHTLY=1 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: .venv/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy -n 2

bench: .venv/dev.stamp
	$(BIN)/python benchmarks/panel.py
	$(BIN)/python benchmarks/graph.py
	$(BIN)/python benchmarks/response.py
	$(BIN)/python benchmarks/sectors.py
	$(BIN)/python benchmarks/sweep.py
	$(BIN)/python benchmarks/report.py

# The site, in docs/_build/html. A warning is an error: a broken link, a page in no contents.
docs: .venv/dev.stamp
	$(BIN)/python -m sphinx -W --keep-going -b html docs docs/_build/html

build: .venv/run.stamp
	$(BIN)/exposure build

# The project itself is installed in place, without build isolation: its builder is in the lock.
# The lock names all that is needed: nothing is left to be resolved.
.venv/run.stamp: requirements.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --no-deps --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@

# What developers need is compiled as it is imported: half of it never is.
.venv/dev.stamp: requirements-dev.lock pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(PIP) install --no-compile --no-deps --require-hashes -r requirements-dev.lock
	$(PIP) check
	$(PIP) install --no-deps --no-build-isolation -e .
	touch $@ .venv/run.stamp

# Notebooks are written as text; what Jupyter opens is made of it.
notebooks: .venv/dev.stamp
	$(BIN)/python -m tests.notebooks

clean:
	rm -rf .venv docs/_build data/processed/*.parquet data/processed/MANIFEST.json
