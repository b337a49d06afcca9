# «Регламент СГО». `make` alone lists what there is.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

PYTHON ?= python3
BIN := .venv/bin
FLASK := $(BIN)/flask
ADDRESS ?= 127.0.0.1:8080
PROVE ?= 20
FUZZ ?= 20000
SEED ?= 1
DEMO_FORM := instance/demo/dvizhenie-64754000.pdf
# The server, and beside it the worker of long jobs.
SERVE := scripts/serve.sh $(BIN) $(ADDRESS)

# Dozens of processes start: with this set each would compile the whole panel, and each tester all of the tests, anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo ready run test prove lint bench bench-security load docs lock

help: ## этот список
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  make %-14s %s\n", $$1, $$2}'

.venv/bin/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo 'Нужен Python 3.11 или новее; сейчас: '"$$($(PYTHON) --version 2>&1)"'. Укажите другой: make PYTHON=python3.12 …' >&2; exit 1; }
	$(PYTHON) -m venv .venv

INSTALL := $(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r
# What the panel runs on, and with it what develops and tests it.
.venv/.running: requirements.lock | .venv/bin/pip
	$(INSTALL) requirements.lock
	@touch $@
.venv/.installed: requirements-dev.lock | .venv/bin/pip
	$(INSTALL) requirements-dev.lock
	@touch $@ .venv/.running

demo: export SGO_DEMO := 1
demo: .venv/.running ## демонстрационный регион на http://127.0.0.1:8080: форма в PDF и логины всех ролей
	$(FLASK) db upgrade
	$(FLASK) roles sync
	$(FLASK) demo load --if-empty
	$(FLASK) directories load
	@mkdir -p $(dir $(DEMO_FORM))
	test -f $(DEMO_FORM) || $(FLASK) form print movement --org 64754000 -o $(DEMO_FORM)
	$(FLASK) demo logins
	@echo 'Форма: $(DEMO_FORM). Панель: http://$(ADDRESS) (остановить: Ctrl+C)'
	$(SERVE)

ready: .venv/.running ## зависимости, схема, права и справочники своей базы, без запуска сервера
	$(FLASK) db upgrade
	$(FLASK) roles sync
	$(FLASK) territory load
	$(FLASK) directories load

run: ready ## панель на своих данных (DATABASE_URL, SECRET_KEY)
	$(SERVE)

test: .venv/.installed ## все тесты, на SQLite и на PostgreSQL
	$(BIN)/pytest -n auto --dist worksteal

prove: .venv/.installed ## свойства сроков на других случайных примерах, в двадцать раз больше (долго; PROVE=100 – ещё дольше)
	SGO_PROVE=$(PROVE) $(BIN)/pytest -n auto --dist worksteal tests/compliance -k property

lint: .venv/.installed ## проверка оформления, вероятных ошибок (ruff) и типов (mypy)
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

bench: .venv/.installed ## измерение скорости
	$(BIN)/python scripts/bench.py

bench-security: .venv/.installed ## двадцать тысяч случайных запросов всеми ролями: ответы, сбои, чужие сведения (FUZZ=…, SEED=…)
	SGO_FUZZ=$(FUZZ) SGO_FUZZ_SEED=$(SEED) $(BIN)/pytest -q -s -p no:xdist tests/access/test_fuzzing.py

load: .venv/.installed ## 64 человека сразу: ответов в секунду, p95, ошибки (цель на двух ядрах: 60, 1,5 с, ни одной)
	$(BIN)/python scripts/load.py

docs: .venv/.installed ## пересобрать docs/reference по данным программы
	$(BIN)/python -m scripts.docs

COMPILE := CUSTOM_COMPILE_COMMAND='make lock' $(BIN)/pip-compile --quiet --generate-hashes --strip-extras --allow-unsafe \
	--no-emit-index-url --no-emit-find-links --no-emit-trusted-host
lock: .venv/.installed ## пересобрать requirements*.lock по pyproject.toml
	$(COMPILE) --output-file requirements.lock pyproject.toml
	$(COMPILE) --extra dev --constraint requirements.lock --output-file requirements-dev.lock pyproject.toml
