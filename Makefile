# Everything below sets itself up: it needs Go, make and git, and nothing else.
SHELL := /bin/bash
BIN := $(CURDIR)/.bin
TOOLS := $(BIN)/.tools
# The race detector needs a C compiler; without one the tests run all the same, and say so.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z/-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

.PHONY: test
test: setup prepare verify lint unit ## Everything that must hold: databases up, generated code, lint, tests (what CI runs)

# What the tests use beside Go: curl for the README's walk, git to know the files, python3 for the independent verifier.
NEEDED := curl git python3
.PHONY: setup
setup:
	@missing=; for tool in $(NEEDED); do command -v $$tool >/dev/null 2>&1 || missing="$$missing $$tool"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends ca-certificates $$missing; \
	else echo "make test needs$$missing: install them first."; exit 1; fi

# On a bare machine, images and linters each take minutes, of which most are waiting: both at once.
.PHONY: prepare
prepare:
	@$(MAKE) --no-print-directory -j2 containers $(TOOLS)

.PHONY: containers
containers: ## Images of the databases that the tests run: pulled where a registry answers, else built
	@bash tests/containers/images.sh

.PHONY: test-integration
test-integration: setup containers ## The tests that need databases, and those of the real program, alone
	go test $(RACE) -timeout 10m ./adapters/migrate ./adapters/postgres ./adapters/valkey ./adapters/caching $$(go list ./tests/... | grep -v /tests/tamper)
	go test -timeout 10m ./tests/tamper

.PHONY: unit
unit: ## Tests of all packages, with the race detector where there is a C compiler; the core is covered to 95 % at least
	@[ -n "$(RACE)" ] || echo "No C compiler: the tests run without the race detector."
	go test $(RACE) -timeout 10m -covermode=atomic -coverpkg=./core/... -coverprofile=coverage.out $$(go list ./... | grep -v /tests/tamper) | sed 's/	coverage: .*//'; exit $${PIPESTATUS[0]}
	@# One thing after another, thousands of times over: the race detector would find nothing in it, and take minutes.
	go test -timeout 10m -covermode=atomic -coverpkg=./core/... -coverprofile=coverage.tamper.out ./tests/tamper | sed 's/	coverage: .*//'; exit $${PIPESTATUS[0]}
	@tail -n +2 coverage.tamper.out >>coverage.out
	@go tool cover -func=coverage.out | awk '/^total:/ {print "core coverage", $$3; exit ($$3+0 < 95)}'

.PHONY: bench
bench: containers ## Benchmarks: decisions, commits on storage and over HTTP, at any length of the trail and with sinks, verification
	go test -run '^$$' -bench . -benchmem ./core/... ./adapters/... ./tests/... ./cmd/...

.PHONY: fuzz
fuzz: ## Every fuzz target for ten seconds
	@set -e; for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime 10s $$pkg; done; done

.PHONY: generate
generate: ## Make all generated code anew: API and client, schema checksums, SQL tables
	go generate ./api/...
	go run ./cmd/schemactl hash schema/sqlite
	go run ./cmd/schemactl hash schema/postgres
	go run ./cmd/schemactl generate sqlite
	go run ./cmd/schemactl generate postgres
	go run ./cmd/schemactl docs

.PHONY: verify
verify: ## Fail where generated code is not what its source makes
	@before=$$(mktemp -d); trap 'rm -rf '$$before EXIT; set -e; \
	  generated="api schema adapters/sqlite/gen adapters/postgres/gen docs/schema.md"; cp -r --parents $$generated $$before; \
	  $(MAKE) --no-print-directory generate >/dev/null; \
	  for dir in $$generated; do diff -r $$before/$$dir $$dir >/dev/null || { echo "Out of date: $$dir. Run make generate and commit."; exit 1; }; done; \
	  echo "Generated code is current."

.PHONY: lint
lint: $(TOOLS) ## gofmt, go vet, golangci-lint, contract lint
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); [ -z "$$unformatted" ] || { echo "gofmt: $$unformatted"; exit 1; }
	go vet ./...
	$(BIN)/golangci-lint run
	$(BIN)/vacuum lint --ruleset .vacuum.yaml --no-banner --silent --fail-severity warn openapi.yaml

$(TOOLS): .ci/tools/go.mod .ci/tools/go.sum
	cd .ci/tools && go build -o $(BIN)/ tool
	@touch $@

.PHONY: build
build: ## The one static binary, in .bin/procedo
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN)/procedo ./cmd/procedo
