# Everything runs in .venv, which is made from the pinned constraints on first use.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROMPT ?= /avatar cute girl with pink twintails and cat ears, laughing
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: demo test pytest train report bench soak image-check docs audit lint clean

demo: $(VENV)/.demo
	$(BIN)/python -m bot console --once "$(PROMPT)" --out demo.png
	@echo "Now talk to it: $(BIN)/python -m bot console"

# Side by side: tests wait for the programs that they start, and a core is free meanwhile.
test: $(VENV)/.dev
	$(MAKE) --jobs=2 lint pytest

# Three processes where there are two cores, for the same reason.
pytest: $(VENV)/.dev
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 3 --dist worksteal

lint: $(VENV)/.dev
	$(BIN)/ruff check . && $(BIN)/ruff format --check . && $(BIN)/mypy && $(BIN)/lint-imports

train: $(VENV)/.dev
	$(BIN)/python -m generator train configs/moe.toml $(if $(wildcard runs/moe/checkpoint.pt),--resume)

report: $(VENV)/.dev
	$(BIN)/python -m generator evaluate --out reports/moe

bench: $(VENV)/.dev
	$(BIN)/python -m generator bench
	$(BIN)/python -m worker.bench
	$(BIN)/python -m worker.bench --capacity 60
	$(BIN)/python -m tests.e2e.crowd

soak: $(VENV)/.dev
	$(BIN)/python -m tests.e2e.soak

image-check: $(VENV)/.dev
	$(BIN)/python -m deploy.image_check $(IMAGE_CHECK)

docs: $(VENV)/.dev
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# Asks OSV, or who speaks like it at OSV_URL, about every pinned version; fails as well if it does
# not answer. docs/security.md says why the one that is known may stay.
audit: $(VENV)/.dev
	$(BIN)/pip-audit --strict --no-deps --disable-pip --progress-spinner off \
	  --vulnerability-service osv $(if $(OSV_URL),--osv-url $(OSV_URL)) --ignore-vuln CVE-2025-53644 \
	  -r constraints.txt -r deploy/queue-dashboard/requirements.txt

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.demo: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[bot,worker,embedded]"
	touch $@

$(VENV)/.dev: pyproject.toml constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install -q -c constraints.txt -e ".[dev]"
	touch $@ $(VENV)/.demo

clean:
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
