# Stateline, the whole story: text -> model -> states -> answers -> maps -> store -> app.
#
#   make all                     the three demo runs, from nothing
#   make imdb DATA_DIR=folder    a preset; any knob can be set: EPOCHS=3 PERPLEXITY=50 …
#   make run MODEL=my.keras CORPUS=data.parquet VOCABULARY=words.txt RUN=mine    a trained model
#   make app                     look at what is in the store
#
# A run is built stage by stage in $(BUILD)/<run>/<stage>/ and exported to $(STORE)/<run>/.
# Every stage depends on its own settings and on the stages that it reads, so that a changed
# knob re-runs its stage and what follows, nothing before. What is out of date is decided by the
# content of settings and inputs: `pipeline.config` sets the times that Make compares accordingly.

RUN      ?= demo-reviews
STORE    ?= store/data
BUILD    ?= .build
PYTHON   ?= python3
PORT     ?= 8050
CORPUS   ?=
MODEL    ?=
TEXT     ?=
LABEL    ?=
DATA_DIR ?=
# A recipe reads these as "$$STORE" and so on: the shell takes any character of a value as it is.
ifndef STAGES
STATELINE_CHECKOUT := $(CURDIR)
endif
export RUN STORE BUILD STATELINE_CHECKOUT DATA_DIR
# Threads that wait for one another give their core away: spinning, they would starve all else.
export OMP_WAIT_POLICY ?= passive

PRESETS := $(patsubst pipeline/presets/%.toml,%,$(wildcard pipeline/presets/*.toml))
DEMOS   := demo-reviews demo-news demo-digits

BIN := .venv/bin
PY  := $(BIN)/python

# Knobs are the variables given on the command line; `pipeline.config` refuses unknown ones.
quote    = '$(subst ','\'',$(1))'
GIVEN    := $(foreach v,$(.VARIABLES),$(if $(filter command,$(firstword $(origin $(v)))),$(v)))
KNOBS    := $(filter-out RUN STORE BUILD PYTHON PORT HOST PRESET OUT STATELINE_CHECKOUT BIN MAKEFLAGS \
              MAKEOVERRIDES,$(GIVEN))
OVERRIDE  = $(foreach v,$(KNOBS),--set $(call quote,$(v)=$($(v))))

.PHONY: all setup run stages app test test-fast lint types check share bench bench-app bench-load \
        clean help \
        $(PRESETS)
.DELETE_ON_ERROR:
.SUFFIXES:

help: ## list every target
	@awk 'BEGIN {FS = ":.*## "} /^[a-z-]+:.*## / {printf "  %-10s %s\n", $$1, $$2}' Makefile
	@echo "  presets    $(PRESETS)"
	@echo
	@printf '  Variables: RUN=%s STORE=%s PYTHON=%s PORT=%s\n' "$$RUN" "$$STORE" "$(PYTHON)" "$(PORT)"
	@echo "  CORPUS, TEXT, LABEL (your own file), DATA_DIR (folder with imdb.parquet and"
	@echo "  reuters.parquet), and every knob of python -m stateline.pipeline.config --help"

all: $(BIN)/.pipeline ## set up, build the demo runs, say what to type next
	@for run in $(DEMOS); do $(MAKE) --no-print-directory run RUN=$$run || exit $$?; done
	@echo
	@printf 'Built in %s: %s\n' "$$STORE" "$(DEMOS)"
	@echo "Look at them: make app"

# --- set-up -----------------------------------------------------------------------------------

setup: $(BIN)/.pipeline ## create .venv with everything that builds runs

$(PY):
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; \
	  sys.exit(0 if (3, 11) <= v <= (3, 13) else "PYTHON=$(PYTHON): Python %d.%d; expected 3.11 to 3.13. Name another: make PYTHON=python3.11" % v)'
	$(PYTHON) -m venv .venv

$(BIN)/.base: pyproject.toml constraints.txt | $(PY)
	$(PY) -m pip install --quiet --constraint constraints.txt --editable .
	@touch $@

$(BIN)/.pipeline: pyproject.toml constraints.txt | $(PY)
	$(PY) -m pip install --quiet --constraint constraints.txt --editable ".[pipeline]"
	@touch $@ $(BIN)/.base

$(BIN)/.dev: pyproject.toml constraints.txt | $(PY)
	$(PY) -m pip install --quiet --constraint constraints.txt --editable ".[pipeline,dev]"
	@touch $@ $(BIN)/.base $(BIN)/.pipeline

# --- runs -------------------------------------------------------------------------------------

run: $(BIN)/.pipeline ## build one run: RUN=imdb, or CORPUS=file TEXT=column LABEL=column RUN=mine (MODEL=my.keras)
	@$(PY) -m stateline.pipeline.locked --run "$$RUN" --build "$$BUILD" -- \
	  $(MAKE) --no-print-directory stages

# Under the lock of the run's build: its settings, then its stages. They are made in the run's own
# folder, for a target of Make cannot have a blank or a % in its path; a recipe goes back from there.
stages:
	@$(PY) -m stateline.pipeline.config --run "$$RUN" --build "$$BUILD" --store "$$STORE" \
	  $(if $(PRESET),--preset $(call quote,$(PRESET))) $(OVERRIDE)
	@$(MAKE) --no-print-directory -C "$$BUILD/$$RUN" -f "$$STATELINE_CHECKOUT/Makefile" \
	  STAGES=yes check/stage.json

$(PRESETS):
	@$(MAKE) --no-print-directory run RUN=$@

ifdef STAGES
METHODS := $(shell cat settings/projections)
MAPS    := $(METHODS:%=project-%/stage.json) $(METHODS:%=clusters-%/stage.json)
STAGE    = cd "$$STATELINE_CHECKOUT" && $(PY) -m stateline.pipeline.$(1) --run "$$RUN" --build "$$BUILD"

corpus/stage.json: settings/corpus.json
	@$(call STAGE,corpus)

train/stage.json: settings/train.json corpus/stage.json
	@$(call STAGE,train)

baseline/stage.json: settings/baseline.json corpus/stage.json
	@$(call STAGE,baseline)

extract/stage.json: settings/extract.json train/stage.json
	@$(call STAGE,extract)

expected/stage.json: extract/stage.json
	@$(call STAGE,expected)

distances/stage.json: extract/stage.json
	@$(call STAGE,distances)

words/stage.json: expected/stage.json distances/stage.json
	@$(call STAGE,words)

swaps/stage.json: settings/swaps.json words/stage.json
	@$(call STAGE,swaps)

neighbours/stage.json: settings/neighbours.json extract/stage.json
	@$(call STAGE,neighbours)

units/stage.json: settings/units.json extract/stage.json
	@$(call STAGE,units)

index/stage.json: settings/index.json extract/stage.json
	@$(call STAGE,index)

project-%/stage.json: settings/project-%.json neighbours/stage.json
	@$(call STAGE,project) --method $*

clusters-%/stage.json: project-%/stage.json expected/stage.json distances/stage.json
	@$(call STAGE,clusters) --method $*

export/stage.json: settings/export.json baseline/stage.json expected/stage.json \
                   distances/stage.json words/stage.json swaps/stage.json units/stage.json \
                   index/stage.json $(MAPS)
	@$(call STAGE,export) --store "$$STORE"

check/stage.json: export/stage.json
	@$(call STAGE,check) --store "$$STORE"
endif

check: $(BIN)/.base ## verify a built run: RUN=imdb
	@$(PY) -m stateline check "$$STORE/$$RUN"

share: $(BIN)/.base ## one archive of a built run for a colleague: RUN=imdb
	@$(PY) -m stateline share "$$STORE/$$RUN" $(if $(OUT),--out $(call quote,$(OUT)))

app: $(BIN)/.base ## serve the store: STORE=folder PORT=8050 (to other machines: HOST=0.0.0.0 TOKEN=)
	@$(PY) -m stateline app "$$STORE" --port $(PORT) $(if $(filter HOST,$(GIVEN)),--host "$$HOST") \
	  $(if $(filter TOKEN,$(GIVEN)),--token="$$TOKEN") $(ARGS)

# --- care -------------------------------------------------------------------------------------

test: $(BIN)/.dev ## run every test (what a machine cannot run is said in one line)
	@$(PY) -m pytest -n auto --maxprocesses 4 --no-loadscope-reorder $(ARGS)

test-fast: $(BIN)/.dev ## the tests without browser, TensorFlow and built runs: under a minute
	@$(PY) -m pytest --fast -n auto --maxprocesses 4 $(ARGS)

types: $(BIN)/.dev node_modules/.stamp ## check the types of the Python and of the JavaScript
	@$(BIN)/mypy
	@npm run --silent lint:types

# The type checker of the JavaScript; the app itself needs nothing of it.
node_modules/.stamp: package.json .npmrc
	@command -v npm >/dev/null || { echo "npm: missing; make lint checks the types of the" \
	  "JavaScript. Install Node.js with npm" >&2; exit 2; }
	@npm install --no-audit --no-fund --silent
	@touch $@

lint: types ## style, imports, formatting and types of the Python and the JavaScript
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/oxlint --deny-warnings app/assets tests

bench: $(BIN)/.pipeline ## seconds, memory and throughput of the pipeline and the store
	@$(PY) -m stateline.pipeline.bench --run "$$RUN" --build "$$BUILD" --store "$$STORE" $(ARGS)

bench-app: $(BIN)/.dev ## what a user waits for, in Chromium: hover, next sequence, opening, memory
	@$(PY) -m tests.bench_app --store "$$STORE" $(ARGS)

bench-load: $(BIN)/.dev ## what many users wait for: idle and busy clients, reports, typed texts
	@$(PY) -m tests.bench_load --store "$$STORE" $(ARGS)

clean: ## remove intermediate files; built runs in the store stay
	rm -rf -- "$$BUILD"
	@printf 'Kept: %s (delete a run by deleting its folder)\n' "$$STORE"
