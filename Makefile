# What one does here, by name. `make` alone lists it.

.DEFAULT_GOAL := help
.PHONY: help run demo test soak bench check generate env lock clean
MAKEFLAGS += --no-builtin-rules --no-print-directory
# Images for containers often set it; every process would then compile the whole project anew.
unexport PYTHONDONTWRITEBYTECODE

VENV := .venv
BIN := $(VENV)/bin
# Errors still speak; the warnings are about the sources of whoever runs this, not about the project.
PIP := $(BIN)/python -m pip -qq --disable-pip-version-check
RUN_STAMP := $(VENV)/.requirements
DEV_STAMP := $(VENV)/.requirements-dev
# Whom `make bench` compares with; each has an environment of its own.
PEERS := $(patsubst %/requirements.in,%,$(wildcard tests/bench/peers/*/requirements.in))

help: ## 列出这些命令 · List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

# Without a shell in between, Ctrl-C and SIGTERM reach xiehui itself, once.
run: $(RUN_STAMP) ## 一个进程启动整个协会(PORT=端口)· Start the whole association in one process (PORT=number)
	@exec $(BIN)/xiehui run --all --embedded

demo: $(RUN_STAMP) ## 演示一个协会的一年 · Show a year of an association at work
	@exec $(BIN)/xiehui demo

# Each process has servers of its own, and the files of tests are shared out among them. PROCESSES=0 runs all in one.
PROCESSES ?= 2
# Where servers are really killed and clocks really run, a machine that is short of processors can fail a test by
# itself. What failed beside others is run once more alone, in the open: what fails twice has failed.
AGAIN = { status=$$?; [ $$status -eq 1 ] || exit $$status; \
	echo '失败的测试单独再跑一遍 · What failed, once more by itself'; \
	$(BIN)/pytest --numprocesses=0 --last-failed --last-failed-no-failures=none $(ARGS); }

test: $(DEV_STAMP) ## 全部测试,RabbitMQ 自备(ARGS=pytest 参数)· All tests, on a RabbitMQ of their own (ARGS=for pytest)
	@$(BIN)/python -m shared.testing.rabbitmq_engines
	@$(BIN)/pytest --numprocesses=$(PROCESSES) --dist=loadfile $(ARGS) || $(AGAIN)

soak: $(DEV_STAMP) ## 十万事件、百次强杀、断线各一分钟,再核对账目 · 100,000 events, 100 kills, outages; then the books
	@$(BIN)/python -m shared.testing.rabbitmq_engines
	@$(BIN)/python -P -W ignore -m shared.testing.soak $(ARGS)
	@XIEHUI_DEMO_KILLS=20 XIEHUI_BILLED_UNITS=5000 XIEHUI_DRAWN_REQUESTS=25 $(BIN)/pytest \
		tests/chaos/test_demo_killed.py tests/chaos/test_billing_run_killed.py tests/scenario/test_openapi_over_http.py

bench: $(DEV_STAMP) ## 测速,与同类并列(ONLY=指标,… WRITE=1 写入文档)· Measure beside peers (ONLY=key,… WRITE=1 into docs)
	@$(BIN)/python -m shared.testing.rabbitmq_engines
	@exec $(BIN)/python -m tests.bench $(if $(ONLY),--only $(ONLY)) $(if $(WRITE),--write) $(if $(ROUNDS),--rounds $(ROUNDS))

check: $(DEV_STAMP) ## 风格、类型、边界、生成文件是否最新 · Style, types, walls, freshness of generated files
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/xiehui generate --check
	$(BIN)/xiehui migrations --check

generate: $(DEV_STAMP) ## 重新生成契约、编排文件与文档 · Generate contracts, compose file and docs anew
	@$(BIN)/xiehui generate

env: $(RUN_STAMP) ## 为 docker compose 生成带新密钥的 .env · Write .env with fresh secrets for docker compose
	@$(BIN)/xiehui env

lock: $(DEV_STAMP) ## 重新锁定依赖(UPGRADE=1 全部升级)· Lock the dependencies anew (UPGRADE=1 takes the newest)
	@$(COMPILE) --output-file=requirements.lock pyproject.toml
	@$(COMPILE) --extra=dev --constraint=requirements.lock --output-file=requirements-dev.lock pyproject.toml
	@for peer in $(PEERS); do \
	    $(filter-out --build-deps-for%,$(COMPILE)) --constraint=requirements-dev.lock --output-file=$$peer/requirements.lock $$peer/requirements.in || exit 1; done
	@if grep -nE '://|^ *--?[a-z]+[- ](index|find|trusted)|/(home|root|tmp|Users|opt)/' requirements.lock requirements-dev.lock \
	    $(addsuffix /requirements.lock,$(PEERS)); \
	then echo '锁文件里有地址或本机路径。 The locks name an address or a path of this machine.' >&2; exit 1; fi

clean: ## 删除可以再生的文件,数据与虚拟环境保留 · Remove what can be made again; data and .venv stay
	@rm -rf build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache .coverage
	@find . -name __pycache__ -type d -not -path './$(VENV)/*' -prune -exec rm -rf {} +

# ---- the virtual environment: made when it is missing, filled again when a lock changes --------------------

$(RUN_STAMP): requirements.lock pyproject.toml
	@$(call install,requirements.lock)
	@touch $@

# The development lock holds all of the other one, so both stamps are good afterwards.
$(DEV_STAMP): requirements-dev.lock requirements.lock pyproject.toml
	@$(call install,requirements-dev.lock)
	@touch $(RUN_STAMP) $@

# $(call install,lock): exactly the locked files, then the project itself without looking anything up.
define install
if ! $(BIN)/python -c 'import pip, sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then \
	python=; \
	for name in $(PYTHON) python3.11 python3 python; do \
		if "$$name" -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))' 2>/dev/null; then python=$$name; break; fi; \
	done; \
	if [ -z "$$python" ]; then \
		echo '需要 Python 3.11,没有找到。 Python 3.11 is needed and was not found; PYTHON=path names one.' >&2; exit 1; fi; \
	if ! "$$python" -c 'import ensurepip, venv' 2>/dev/null; then \
		echo 'Python 3.11 缺少 venv 模块,请装 python3.11-venv。 The venv module is missing: install python3.11-venv.' >&2; exit 1; fi; \
	echo '正在建立 $(VENV) · Making $(VENV)'; \
	"$$python" -m venv --clear $(VENV) || exit 1; \
fi; \
echo '正在安装 $(1)(首次约一分钟)· Installing $(1) (a minute the first time)'; \
$(PIP) install --require-hashes --requirement $(1) && $(PIP) install --no-deps --no-build-isolation --editable .
endef

# Only PyPI's files and hashes: what this machine adds to pip's sources must not get into a lock.
COMPILE = CUSTOM_COMPILE_COMMAND='make lock' PIP_CONFIG_FILE=/dev/null env -u PIP_FIND_LINKS -u PIP_EXTRA_INDEX_URL \
	$(BIN)/pip-compile --quiet --generate-hashes --allow-unsafe --strip-extras --build-deps-for=editable \
	--no-emit-index-url --no-emit-trusted-host --no-emit-find-links --no-emit-options $(if $(UPGRADE),--upgrade)
