# Everything is installed into .venv and stored in data/; nothing outside this folder is touched,
# but for the compiled model in the user's cache folder. Each step is a line; what pip and the other
# tools say of it goes into .venv/make.log, of which the end is shown where a step fails.
#
#   make chat                    install, prepare, ingest the sample, open the chat page
#   make chat PORT=7861          the same where the usual port is taken
#   make intranet                the same on a page of an invented company's intranet
#   make setup TORCH_INDEX=URL   take torch from another index (PyTorch's CPU index saves 2 GB on Linux)
#   make setup PYTHON=python3.12 use another Python
#   make tools                   also install what tests, lint and benchmarks need

PYTHON ?= python3
TORCH_INDEX ?=
STORE ?= data/sample
PORT ?=
FOR_USERS := mcp,oidc
FOR_DEVELOPERS := $(FOR_USERS),dev,eval
PEERS ?= bm25s txtai llama_index langchain haystack

BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
LOG := .venv/make.log
# The stamps are named after what was installed and where, so that any change of these installs again.
DIGEST := $(shell (cat pyproject.toml constraints.txt; pwd) | cksum | cut -d ' ' -f 1)
STAMP := .venv/.installed-$(DIGEST)
TOOLS := .venv/.tools-$(DIGEST)
SERVED_AT := $(if $(PORT),--port $(PORT))
TORCH_FROM := $(if $(TORCH_INDEX),--no-deps --index-url $(TORCH_INDEX))
# A command with what it says in the log; where it fails, how that ends and the command's exit code.
logged = { $(1); } >> $(LOG) 2>&1 || { code=$$?; tail -n 15 $(LOG); \
	echo "==> This failed; all that was said is in $(LOG)"; exit $$code; }

# A command that Ctrl-C ends, which is no failure; the shell and make hear of it as well.
until-stopped = trap : INT; $(1); code=$$?; [ $$code -eq 130 ] || exit $$code

.PHONY: setup tools prepare chat intranet test test-web lint sbom audit bench bench-peers reader follow-ups moves
.DEFAULT_GOAL := chat

setup: $(STAMP)

$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
		|| { echo "OnRecord needs Python 3.11 or newer: make setup PYTHON=python3.11"; exit 2; }
	@mkdir -p .venv && : > $(LOG)
	@echo "==> Making a virtual environment in .venv (what is said of each step: $(LOG))"
	@$(call logged,$(PYTHON) -m venv .venv)
	@$(call logged,$(PIP) install --constraint constraints.txt --upgrade pip)
	@echo "==> Installing torch, some minutes (a CPU build where there is one; see TORCH_INDEX in the README)"
	@$(call logged,$(PIP) install --constraint constraints.txt $(TORCH_FROM) torch)
	@echo "==> Installing OnRecord and what it needs"
	@$(call logged,$(PIP) install --constraint constraints.txt --editable '.[$(FOR_USERS)]')
	@rm -f .venv/.installed-* && touch $@

tools: $(TOOLS)

$(TOOLS): $(STAMP)
	@echo "==> Installing what tests and linters need"
	@$(call logged,$(PIP) install --constraint constraints.txt --editable '.[$(FOR_DEVELOPERS)]')
	@rm -f .venv/.tools-* && touch $@

prepare: setup
	@echo "==> Preparing the models (the first time, about a minute)"
	@$(call logged,$(BIN)/onrecord prepare)

chat: prepare
	@echo "==> Reading the sample into $(STORE)"
	@$(call logged,$(BIN)/onrecord ingest --sample --store $(STORE))
	@echo "==> Opening the chat page (Ctrl-C ends it)"
	@$(call until-stopped,$(BIN)/onrecord serve --open $(SERVED_AT) --store $(STORE))

# The intranet of an invented company with OnRecord on it; the two are different sites to a browser.
PAGES := web/embed/example

intranet: prepare
	@echo "==> Reading the sample into $(STORE)"
	@$(call logged,$(BIN)/onrecord ingest --sample --store $(STORE))
	@mkdir -p data/intranet
	@for page in index.html style.css; do \
		sed 's#ONRECORD#http://localhost:$(or $(PORT),7860)#g' $(PAGES)/$$page > data/intranet/$$page; done
	@$(BIN)/python -m http.server 8000 --bind 127.0.0.1 --directory data/intranet \
			> data/intranet/log 2>&1 & pages=$$!; \
		trap "kill $$pages 2> /dev/null" EXIT TERM; sleep 1; \
		kill -0 $$pages 2> /dev/null || { tail -n 1 data/intranet/log; exit 2; }; \
		echo "==> The intranet is at http://127.0.0.1:8000 (Ctrl-C ends both)"; \
		$(call until-stopped,$(BIN)/onrecord serve $(SERVED_AT) --store $(STORE) --config $(PAGES)/onrecord.toml)

# One process a core, four at most, for each takes a gigabyte; with fewer arenas malloc keeps less.
test: tools
	@echo "==> Running the tests"
	@MALLOC_ARENA_MAX=2 $(BIN)/python -m pytest --numprocesses auto --maxprocesses 4 \
		--dist loadscope --no-loadscope-reorder

# Every state of the page in real browsers. `make test` has its heart where there is a Chromium.
test-web: tools
	@command -v chromium chromium-browser > /dev/null || { \
		echo "make test-web needs Chromium: install it first (Debian: apt install chromium)"; exit 1; }
	@command -v firefox-esr > /dev/null || echo "Without firefox-esr, Firefox is left out"
	@command -v nginx > /dev/null || echo "Without nginx, what stands behind a proxy is left out"
	@echo "==> Installing what drives the browsers"
	@$(call logged,$(PIP) install --constraint constraints.txt --editable '.[browser]')
	@echo "==> Trying the page in Chromium and Firefox"
	@ONRECORD_WHOLE=1 $(BIN)/python -m pytest tests/web/test_browser.py tests/web/test_embed.py \
		tests/web/test_states.py tests/web/sign_in/test_intranet.py

lint: tools
	@echo "==> Checking style, types and the direction of imports"
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

# For a release: what it is made of (CycloneDX), and whether anything of that is known to be unsafe.
# They have an environment of their own, so that they audit OnRecord's and are not in it.
RELEASE := .venv-release/bin

.venv-release:
	@$(PYTHON) -m venv .venv-release
	@$(RELEASE)/python -m pip --disable-pip-version-check install --quiet \
		cyclonedx-bom==7.5.0 pip-audit==2.10.1

sbom: tools .venv-release
	@mkdir -p dist
	@$(RELEASE)/cyclonedx-py environment $(BIN)/python --pyproject pyproject.toml \
		--output-reproducible --of JSON -o dist/sbom.cdx.json
	@echo "==> Written to dist/sbom.cdx.json"

# What could not be audited counts as a failure: this has to reach where advisories are published.
audit: .venv-release
	@$(RELEASE)/pip-audit --strict --disable-pip --no-deps --requirement constraints.txt

bench: tools prepare
	@echo "==> Measuring speed on the sample (other articles: python tests/bench/speed.py --help)"
	@$(BIN)/python tests/bench/speed.py

# Every peer has a virtual environment of its own, and one that cannot be installed is left out.
# Other articles: make bench-peers PEER_OPTIONS="--articles FILE --questions FILE --work DIR --out DIR"
PEER_OPTIONS ?= --work data/peers

bench-peers: tools prepare
	@for peer in $(PEERS); do $(MAKE) --no-print-directory .venv-peers/$$peer/.installed || true; done
	@echo "==> Measuring OnRecord and its peers (what is measured already is kept)"
	@$(BIN)/python tests/bench/peers/run.py $(PEER_OPTIONS)

.venv-peers/%/.installed: tests/bench/peers/requirements-%.txt
	@echo "==> Installing $* into .venv-peers/$*"
	@$(PYTHON) -m venv .venv-peers/$*
	@.venv-peers/$*/bin/python -m pip --disable-pip-version-check install --quiet --upgrade pip
	@for torch in $$(grep '^torch==' $<); do \
		.venv-peers/$*/bin/python -m pip install --quiet $(TORCH_FROM) $$torch; done
	@.venv-peers/$*/bin/python -m pip install --quiet --requirement $<
	@touch $@

# The reader's weights are shipped; this trains them again, on a GPU where there is one, else for
# about two and a half hours on two CPU cores (a third less where memory is not given back between
# steps, hence the variables). The data are not part of OnRecord: see MODEL_CARD.md.
READER_DATA ?= data/reader-data
READER_RUN ?= data/reader-run
TRAIN_READER = MALLOC_MMAP_MAX_=0 MALLOC_TRIM_THRESHOLD_=8000000000 $(BIN)/python -m \
	qa.reader.training.train $(READER_DATA)/spans.jsonl.gz $(READER_DATA)/selqa_pairs.jsonl.gz

reader: prepare
	@echo "==> Training the reader on $(READER_DATA) into $(READER_RUN)"
	@$(TRAIN_READER) $(READER_RUN)/first --epochs 1.5
	@$(TRAIN_READER) $(READER_RUN) --start $(READER_RUN)/first/reader.safetensors \
		--epochs 1.25 --peak 1.1e-4 --near-miss 0.9 --seed 2 --keep 0.5

# Trains the model for follow-ups again, from the shipped reader's encoder.
FOLLOW_UP_DATA ?= data/follow-up-data
FOLLOW_UP_RUN ?= data/follow-up-run

follow-ups: prepare
	@echo "==> Training the model for follow-ups on $(FOLLOW_UP_DATA) into $(FOLLOW_UP_RUN)"
	@$(BIN)/python -m qa.resolve.training.train $(FOLLOW_UP_DATA)/train.jsonl.gz \
		$(FOLLOW_UP_DATA)/spans.jsonl.gz $(FOLLOW_UP_RUN) --held-out $(FOLLOW_UP_DATA)/dev.jsonl.gz \
		--start qa/reader/trained/reader.safetensors

# Fits the model of follow-ups about the answer again, in half a minute.
moves: prepare
	@echo "==> Fitting the model of moves on $(FOLLOW_UP_DATA) into $(FOLLOW_UP_RUN)"
	@$(BIN)/python -m qa.discourse.training.train $(FOLLOW_UP_DATA)/train.jsonl.gz $(FOLLOW_UP_RUN)
