# make demo: see Palier work.  make test: prove it.  Everything lands in .venv, nothing elsewhere.
PYTHON ?= python3
UV := .venv/bin/uv
# Compiled once here: where Python keeps no bytecode, every command would compile three hundred modules again.
SYNC := $(UV) sync --frozen --inexact --quiet --compile-bytecode

.PHONY: demo test suite browser debian lint prove bench pictures install clean

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

# Sample facts; then the command line's summary and report, and beside them the portal, which opens meanwhile and
# stays. PALIER_DEMO_SERVE=0 makes everything and serves nothing.
PORTAL := PALIER_DEMO=1 PALIER_FOLDER=demo/portal .venv/bin/palier portal demo --facts demo/facts
demo: .venv/installed
	.venv/bin/palier demo --only-facts
ifeq ($(PALIER_DEMO_SERVE),0)
	.venv/bin/palier demo
	$(PORTAL) --prepare
else
	@$(PORTAL) & portal=$$!; .venv/bin/palier demo; echo "Portal: http://localhost:8000/   (Ctrl-C ends it)"; wait $$portal
endif

# Every test on SQLite, each page and journey of the portal once in Chromium; then the portal's on PostgreSQL, where
# those that ask for no database are left out (tests/portal/conftest.py) and the longest ask a share of their questions;
# `make prove` asks all of them.
# What is made once for all lies in .tmp/kept.
# The types are checked meanwhile: by itself that would leave a processor idle.
test: .venv/installed-dev debian
	$(MAKE) --no-print-directory --jobs=2 lint suite

suite: .venv/installed-dev debian
	.venv/bin/python -m pytest -n 2 --dist loadgroup -q tests
	PYTHONPATH=tests .venv/bin/python -m support.postgresql -n 2 --dist loadgroup -q tests/portal

# The journeys in both languages, by pointer and by keyboard, and every page in each language, width and light.
browser: .venv/installed-dev debian
	PALIER_WHOLE=1 .venv/bin/python -m pytest -n 2 --dist loadgroup -q tests/browser

# Java 17 for Spark, a browser, PostgreSQL, pango to set PDF and poppler to read it: from Debian's packages if missing.
debian:
	@missing=; \
	command -v java >/dev/null || missing="$$missing openjdk-17-jre-headless"; \
	command -v chromium >/dev/null || missing="$$missing chromium"; \
	command -v initdb >/dev/null || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 || missing="$$missing postgresql"; \
	command -v pdftotext >/dev/null || missing="$$missing poppler-utils"; \
	/sbin/ldconfig -p | grep -q libpangoft2-1.0 || missing="$$missing libpango-1.0-0 libpangoft2-1.0-0"; \
	/sbin/ldconfig -p | grep -q libharfbuzz-subset || missing="$$missing libharfbuzz-subset0"; \
	command -v fc-match >/dev/null && fc-match :lang=fr | grep -q . || missing="$$missing fontconfig fonts-dejavu-core"; \
	[ -z "$$missing" ] || { apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; }

lint: .venv/installed-dev
	.venv/bin/ruff check --quiet .
	.venv/bin/ruff format --check --quiet .
	PYTHONPATH=tests .venv/bin/mypy
	.venv/bin/lint-imports

prove: .venv/installed-dev
	.venv/bin/python -m benchmarks.prove

# The pictures of the README and the docs, both languages, from a fresh demo.
pictures: .venv/installed-dev debian
	PYTHONPATH=tests .venv/bin/python -m browser.pictures

bench: .venv/installed-dev
	.venv/bin/python -m benchmarks.run

clean:
	rm -rf .venv demo bench .tmp/kept
