# The commands of mpcrm. `make demo` needs Python 3.11+, make and git; nothing else.
# Another port: make demo PORT=8001. Another Python: make demo PYTHON=python3.12.

PYTHON ?= python3
PORT ?= 8000
export PORT

RUN := .venv/bin/python
DEV := .venv/bin/

.PHONY: help demo demo-reset test check fix lock pictures bench venv venv-dev assets

help:
	@echo "make demo        try mpcrm with a fictional council, on this machine alone"
	@echo "make demo-reset  throw the demo's data away and begin again"
	@echo "make test        the whole suite, on PostgreSQL and on SQLite"
	@echo "make check       lint, types, migrations, deployment checks, house rules"
	@echo "make fix         format the code and mend what a tool can mend"
	@echo "make lock        write the hash-locked requirements anew from pyproject.toml"
	@echo "make pictures    take the documentation's pictures anew"
	@echo "make bench       measure the pages (see bench/README.md)"

demo: venv assets
	@$(RUN) scripts/demo.py

demo-reset: venv assets
	@$(RUN) scripts/demo.py --reset

test: venv-dev assets
	@$(RUN) scripts/test.py $(ARGS)

check: venv-dev assets
	@$(RUN) scripts/check.py

fix: venv-dev
	$(DEV)ruff check --fix .
	$(DEV)ruff format .

lock: venv-dev
	@$(RUN) scripts/lock.py

pictures: venv-dev assets
	@$(RUN) scripts/pictures.py

bench: venv-dev assets
	@$(RUN) bench/run.py $(ARGS)

venv:
	@command -v $(PYTHON) >/dev/null || { echo "mpcrm needs Python 3.11 or newer, and there is no $(PYTHON) here. Name another: make demo PYTHON=python3.12"; exit 1; }
	@$(PYTHON) scripts/venv.py requirements.txt

venv-dev: venv
	@$(PYTHON) scripts/venv.py requirements-dev.txt

assets: venv
	@$(RUN) scripts/assets.py
