# The two commands of the README are `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
ROOMS := idp solution_api workers activities workflows experience_adapters temporal public_works smart_city symphainy

.PHONY: install install-dev demo test docs chaos lock clean

install: .venv/installed
install-dev: .venv/installed-dev

.venv/uv: requirements-build.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' \
	  || { echo "Symphainy needs Python 3.11, 3.12 or 3.13; say which with: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip --disable-pip-version-check -q install --require-hashes -r requirements-build.txt
	@touch $@

.venv/installed: requirements.txt pyproject.toml .venv/uv
	$(BIN)/uv pip install -q --require-hashes --python $(BIN)/python -r requirements.txt
	$(BIN)/uv pip install -q --python $(BIN)/python --no-deps --no-build-isolation -e .
	-@$(BIN)/python -m compileall -q -j 0 .venv/lib $(ROOMS) >/dev/null 2>&1 # or every first start pays for it
	@touch $@

.venv/installed-dev: requirements-dev.txt .venv/installed
	$(BIN)/uv pip install -q --require-hashes --python $(BIN)/python -r requirements-dev.txt
	@touch $@

demo: install
	@$(BIN)/symphainy demo

# Writes the pages that are made from the code.
docs: install-dev
	@$(BIN)/python -m docs.build

test: install-dev
	@.ci/check

# A thousand intents while providers fail and processes are killed; some minutes.
chaos: install-dev
	@$(BIN)/python -m tests.chaos

lock: .venv/uv
	$(BIN)/uv pip compile -q pyproject.toml --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command "make lock" -o requirements.txt
	$(BIN)/uv pip compile -q pyproject.toml --group dev --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command "make lock" -c requirements.txt -o requirements-dev.txt
	$(BIN)/uv pip compile -q requirements-build.in --universal --python-version 3.11 --generate-hashes \
	  --custom-compile-command "make lock" -o requirements-build.txt

clean:
	rm -rf .venv .symphainy
