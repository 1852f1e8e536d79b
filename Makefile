# make demo: see Palier work.  make test: prove it.  Everything lands in .venv, nothing elsewhere.
PYTHON ?= python3
UV := .venv/bin/uv
SYNC := $(UV) sync --frozen --inexact --quiet

.PHONY: demo test java lint prove bench install clean

install: .venv/installed

.venv/bin/uv:
	$(PYTHON) -m venv .venv
	.venv/bin/python -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"

.venv/installed: .venv/bin/uv pyproject.toml uv.lock
	$(SYNC) --no-default-groups --extra portal
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
	PYTHONPATH=tests .venv/bin/mypy
	.venv/bin/lint-imports

prove: .venv/installed-dev
	.venv/bin/python -m benchmarks.prove

bench: .venv/installed-dev
	.venv/bin/python -m benchmarks.run

clean:
	rm -rf .venv demo bench
