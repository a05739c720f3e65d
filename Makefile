# Verbs. `make` shows them. Each installs the Debian packages that it needs.
.DEFAULT_GOAL := help
.PHONY: help build demo test check bench bench-logs bench-parsing bench-rca calibration fuzz docs lab install clean

DEMO := examples/incidents/statement-timeouts
FUZZ_SECONDS ?= 30
SIZES ?= 1000
DIR ?= ../shared/benchmarks/loghub-2k

help: ## Show these verbs
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 15

build: ## Build the program (build/release/culprit)
	@scripts/install_packages build
	@scripts/build release culprit

demo: build ## Analyse the bundled real incident and open its report
	@scripts/demo $(DEMO)

test: ## Build and run all tests; ends with "N passed, N failed"
	@scripts/install_packages build test
	@scripts/build release all
	@scripts/with_test_python tests/run build/release

check: ## Formatting, lint, and the tests under ASan and UBSan
	@scripts/install_packages build test check
	@scripts/check_format
	@scripts/build asan-ubsan all
	@scripts/with_test_python tests/run build/asan-ubsan
	@scripts/lint

bench: ## Measure the hot paths beside named peers
	@scripts/install_packages build bench
	@scripts/build bench all
	@bench/run build/bench

bench-logs: ## The log engine beside ripgrep and zstd on SIZES megabytes, and on the logs in DIR
	@scripts/install_packages build bench
	@scripts/build bench generate_logs segment_tool culprit
	@bench/run_logs build/bench $(SIZES) --loghub "$(DIR)"

bench-parsing: ## Accuracy and speed of template mining on the labelled logs in DIR
	@scripts/install_packages build
	@scripts/build bench parsing
	@bench/run_parsing build/bench "$(DIR)" "$(PREDICTIONS)"

bench-rca: ## Accuracy and speed of diagnosis on the labelled sets in DIR (default ../shared/benchmarks)
	@scripts/install_packages build bench
	@scripts/build bench rca rca_speed
	@bench/run_rca build/bench "$(if $(filter file,$(origin DIR)),../shared/benchmarks,$(DIR))" "$(PREDICTIONS)"

calibration: ## Measure what confidence is worth; writes the diagram and tables of docs/diagnosis.md
	@scripts/install_packages build bench
	@scripts/build bench calibrate
	@build/bench/calibrate examples/incidents --cases 1500 --write docs

fuzz: ## Fuzz each parser and format for FUZZ_SECONDS
	@scripts/install_packages build fuzz
	@scripts/build fuzz all
	@fuzz/run build/fuzz $(FUZZ_SECONDS)

docs: build ## Write docs/commands.md from the program's own help
	@scripts/write_command_reference build/release/culprit docs/commands.md

lab: ## Record a real incident with a real PostgreSQL (takes 45 minutes)
	@scripts/install_packages lab
	@lab/postgres/record --help

install: build ## Install the program to PREFIX (/usr/local)
	@install -Dm755 build/release/culprit $(DESTDIR)$(or $(PREFIX),/usr/local)/bin/culprit

clean: ## Remove what was built
	@rm -rf build
