# make demo: see Palier work.  make test: prove it.  Everything lands in .venv, nothing elsewhere.
PYTHON ?= python3
UV := .venv/bin/uv
# Compiled once here: where Python keeps no bytecode, every command would compile three hundred modules again.
SYNC := $(UV) sync --frozen --inexact --quiet --compile-bytecode

.PHONY: demo test java lint prove bench install clean

install: .venv/installed

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

.venv/installed: .venv/bin/uv pyproject.toml uv.lock
	$(SYNC) --no-default-groups
	@touch $@

.venv/installed-dev: .venv/bin/uv pyproject.toml uv.lock
	$(SYNC) --all-groups --all-extras
	@touch $@ .venv/installed

demo: .venv/installed
	.venv/bin/palier demo

test: .venv/installed-dev java lint
	.venv/bin/python -m pytest -n 2 --dist loadgroup -q

# Spark needs Java 17; where it is missing it comes from Debian's packages.
java:
	@command -v java >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends openjdk-17-jre-headless; }

lint: .venv/installed-dev
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --check --quiet .
	.venv/bin/mypy
	.venv/bin/lint-imports

prove: .venv/installed-dev
	.venv/bin/python -m benchmarks.prove

bench: .venv/installed-dev
	.venv/bin/python -m benchmarks.run

clean:
	rm -rf .venv demo bench
