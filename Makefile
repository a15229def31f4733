# The targets install the tools that they need. Only Go, make and git must be installed already.
SHELL := /bin/bash
BIN := $(CURDIR)/.bin
TOOLS := $(BIN)/.tools
# All but the race detector builds with the settings of a release, so that everything is compiled only twice.
export CGO_ENABLED := 0
export GOFLAGS := $(GOFLAGS) -trimpath
# The race detector needs a C compiler. If there is none, the tests run without the race detector and print a note.
RACE := $(shell command -v cc >/dev/null 2>&1 && echo -race)
# SQLite is C that was translated to Go. Its memory is not in Go's heap, where the race detector would not look at it, but
# asking costs a third of the time of the tests on SQLite. The driver and the program are checked as ever.
UNCHECKED := modernc.org/sqlite/lib modernc.org/libc/...
# make lint runs go vet with more checks than go test.
TEST := go test -vet=off
TEST_RACE := $(if $(RACE),CGO_ENABLED=1) $(TEST) $(RACE) $(if $(RACE),$(UNCHECKED:%=-gcflags=%=-race=false))
# Counting what the core executes doubles the time of the race detector, so only the core's own tests count, and those
# that run without the detector.
COVER := -covermode=atomic -coverpkg=./core/...
VERSION := $(shell git describe --tags --always --dirty 2>/dev/null)

.PHONY: help
help: ## List the targets
	@grep -hE '^[a-z/-]+:.*## ' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 20

.PHONY: test
test: setup prepare verify size lint vuln test-typescript unit ## Run all checks as CI does: databases, generated code, lint, tests

# Programs that the tests use besides Go: curl for the commands in the README, git to list the source files, python3 for
# docs/verify.py, node, npm and chromium for the pages. Some are in Debian packages of other names.
NEEDED := curl git python3 node npm chromium
PACKAGES_node := nodejs
PACKAGES_chromium := chromium fonts-dejavu-core
.PHONY: setup
setup:
	@missing=; for tool in $(NEEDED); do command -v $$tool >/dev/null 2>&1 || missing="$$missing $$tool"; done; \
	[ -z "$$missing" ] && exit 0; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq || exit 1; \
	  $(foreach tool,$(NEEDED),command -v $(tool) >/dev/null || apt-get install -y -qq --no-install-recommends \
	    ca-certificates $(or $(PACKAGES_$(tool)),$(tool)) || exit 1; ) \
	else echo "make test needs these programs; install them first:$$missing"; exit 1; fi

# Builds the container images and the linters, and installs the packages of npm, in parallel: on a new machine this takes
# minutes, mostly spent waiting.
.PHONY: prepare
prepare:
	@$(MAKE) --no-print-directory -j3 containers $(TOOLS) packages

.PHONY: packages
packages:
	@$(MAKE) --no-print-directory $(TYPESCRIPT)/node_modules $(CONSOLE)/node_modules $(LINTERS)/.installed \
	  $(PAGES:%=%/node_modules/procedo-installed-lock.json)

# The tests of these folders install their packages themselves, if make has not: two tests must not do so at once.
PAGES := tests/browser tests/provider
tests/%/node_modules/procedo-installed-lock.json: tests/%/package-lock.json
	npm ci --prefix tests/$* --ignore-scripts --no-audit --no-fund --silent
	@cp $< $@

.PHONY: containers
containers: ## Prepare the database images: pull them, or build them if no registry is reachable
	@bash tests/containers/images.sh

# These tests start the built program, which has no race detector, or run thousands of checks one after another, without
# concurrency: the race detector would only slow them.
PROGRAM := ./tests/e2e ./tests/browser ./tests/release ./tests/tamper ./tests/requests ./tests/simulation ./tests/torture
PROGRAM_PATTERN := /tests/(e2e|browser|release|tamper|requests|simulation|torture)$$

# These tests send many or large requests one after another, repeat parts of the storage suite, or hold the service to a
# time. With the race detector they take minutes, or miss that time; others call the same code with it, such as
# adapters/caching, which runs the whole suite on SQLite. A test that is renamed runs with it again.
ONE_BY_ONE := ^(TestALockDelaysOnlyThoseWhoNeedIt|TestABundleThatCannotBeReadToTheEndIsCutOff|$\
	TestEachTypedTextIsErasedWithItsCopies|$\
	TestEveryOperationAsksForItsRight|TestAPageEndsBeforeTheItemThatWouldPass4MiB|$\
	TestARunBeyondItsLimitIsRefusedAndCanBeBroughtToItsEnd|TestCachedAnswersAreTheRenderedOnes|$\
	TestEveryIssueIsListedWithItsMessageInBothLanguages|TestEveryParameterMayHaveAHostileValue|$\
	TestHostileValuesAreAcceptedOrRefused|TestNoBodyTakesMuchMemory|TestNoRequestIsAnInternalError|TestNullMeansAbsent|$\
	TestOtherStringsForNumericSlotsStayStrings|TestReceiptsOfLargeEntitiesAreSmall|TestStorageWith(AKeyset|ForeignDefaults)|$\
	TestTheCompiledChecksAreThoseOfTheContract|TestValuesOfNumericSlotsAreStringsBothWaysWithThePreference|$\
	TestADamagedFileIsReportedAndIsNoInternalError|TestListsOf(Runs|Events)ReadFewOfAMillionRows|$\
	TestBothVerifiersAgreeOnTheCorpus|TestWhatWasReadCanBeCommitted)$$|$\
	^TestStorage$$/^Runs$$/^(random_commands:_rows_and_trail_agree|large_steps_are_stored_completely)$$|$\
	^TestSecrets$$/^rotation_encrypts_everything_with_the_new_key,_in_any_part$$
# These packages start no goroutines, not in tests either, as a test in core checks.
SEQUENTIAL_PATTERN := /(core|core/.*|adapters/cel|cmd/contractctl|docs)$$

.PHONY: test-integration
test-integration: setup containers ## Run only the tests that need databases or the real program
	$(TEST_RACE) -timeout 10m ./adapters/migrate ./adapters/postgres ./adapters/valkey ./adapters/caching \
	  $$(go list ./tests/... | grep -vE '$(PROGRAM_PATTERN)')
	$(TEST) -timeout 15m $(PROGRAM)
	$(POOLED)

# The storage suite, the model and the program's main paths run once more behind PgBouncer in transaction mode, as a role
# with only the rights of procedo migrate grant. The rest of the tests need the owner or no database.
POOLED = PROCEDO_TEST_PGBOUNCER=1 $(TEST) -timeout 10m -run '$(POOLED_TESTS)' \
	./adapters/postgres ./tests/model ./tests/e2e
POOLED_TESTS := TestStorage$$|TestEveryStorageAgrees|TestTheAPIThrough|TestTheDemoIsCompleted|TestAnAcknowledgedCommit|$\
	TestReplicasShare|TestSinksReceive|TestAStreamHas

.PHONY: test-console
test-console: setup ## Run only the tests in a browser: the console, the API reference and the pages at /problems/
	go test -timeout 15m ./tests/browser

SEEDS := 10000
.PHONY: simulation histories
simulation: ## Run SEEDS simulations of the use cases with seeded faults, ten thousand by default
	PROCEDO_TEST_SEEDS=$(SEEDS) $(TEST) -count=1 -v -timeout 6h -run '^TestSimulation$$' ./tests/simulation

histories: setup containers ## Check long histories of 64 clients for linearizability
	PROCEDO_TEST_OPERATIONS=250 $(TEST) -count=1 -v -timeout 1h -run '^TestHistories' ./tests/consistency

.PHONY: requests
requests: ## Send 200,000 requests that are drawn from the contract
	PROCEDO_TEST_REQUESTS=200000 $(TEST) -count=1 -timeout 2h ./tests/requests

# TORTURE is the time that each attack lasts. There are some twenty.
TORTURE := 2m
.PHONY: torture
torture: setup containers simulation histories requests ## Attack the service and its databases while clients write, and check that nothing is lost
	PROCEDO_TORTURE=$(TORTURE) $(TEST) -count=1 -v -timeout 6h ./tests/torture

.PHONY: pictures
pictures: setup ## Make the pictures of the console in docs/images again
	PROCEDO_PICTURES=1 go test -count=1 -run '^TestPictures$$' ./tests/browser

# Two parts run at a time, in this order: the longest begin first, and whichever half ends earlier takes the next part.
PARTS := unit-race unit-e2e unit-browser unit-tamper unit-pooled unit-one-by-one unit-app unit-sequential
.PHONY: unit
unit: ## Run all tests, with the race detector if possible; fail if less than 95 % of the core is covered
	@[ -n "$(RACE)" ] || echo "No C compiler: the tests run without the race detector."
	@$(MAKE) --no-print-directory -j2 --output-sync=target $(PARTS)
	@(cat coverage.app.out; tail -qn +2 coverage.sequential.out coverage.one-by-one.out) >coverage.out
	@go tool cover -func=coverage.out | awk '/^total:/ {print "core coverage", $$3; exit ($$3+0 < 95)}'

.PHONY: $(PARTS)
unit-race:
	$(TEST_RACE) -timeout 25m -skip '$(ONE_BY_ONE)' \
	  $$(go list ./... | grep -vE -e '$(PROGRAM_PATTERN)' -e '$(SEQUENTIAL_PATTERN)')

unit-app:
	$(TEST_RACE) -timeout 15m -skip '$(ONE_BY_ONE)' $(COVER) -coverprofile=coverage.app.out ./core/app | \
	  sed 's/	coverage: .*//'; exit $${PIPESTATUS[0]}

unit-e2e:
	$(TEST) -timeout 25m ./tests/e2e

unit-browser:
	$(TEST) -p 1 -timeout 15m ./tests/browser ./tests/release

unit-tamper:
	$(TEST) -p 1 -timeout 15m ./tests/tamper ./tests/requests ./tests/simulation ./tests/torture

unit-one-by-one:
	$(TEST) -timeout 10m -run '$(ONE_BY_ONE)' $(COVER) -coverprofile=coverage.one-by-one.out \
	  ./adapters/http ./adapters/sqlite ./adapters/postgres ./cmd/procedo | sed 's/	coverage: .*//'; exit $${PIPESTATUS[0]}

unit-sequential:
	$(TEST) -timeout 10m $(COVER) -coverprofile=coverage.sequential.out \
	  $$(go list ./... | grep -E '$(SEQUENTIAL_PATTERN)' | grep -v /core/app$$) | \
	  sed 's/	coverage: .*//'; exit $${PIPESTATUS[0]}

unit-pooled:
	$(POOLED)

# BENCH holds flags, such as BENCH='--only walk@16 --sections compare'. Without an installed PostgreSQL, the server runs
# in the container that make containers prepares.
.PHONY: bench
bench: ## Compare Procedo with baselines on this machine, and run the benchmarks of the core and the adapters
	go run ./tests/bench $(BENCH)

.PHONY: performance
performance: ## The same, and write the figures into docs/performance.md: about twelve minutes on a quiet machine
	go run ./tests/bench --record docs/performance.md $(BENCH)

# The client in TypeScript. npm installs exactly what its lock file names, and runs no scripts of packages.
TYPESCRIPT := api/typescript
$(TYPESCRIPT)/node_modules: $(TYPESCRIPT)/package.json $(TYPESCRIPT)/package-lock.json
	npm ci --prefix $(TYPESCRIPT) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.PHONY: test-typescript
test-typescript: $(TYPESCRIPT)/node_modules ## Test the client in TypeScript against the program
	npm run --prefix $(TYPESCRIPT) --silent build
	npm test --prefix $(TYPESCRIPT) --silent

# Clients and checks of other projects. These targets take minutes and are not part of make test.
CLIENTS := tests/clients
$(CLIENTS)/node_modules: $(CLIENTS)/package.json $(CLIENTS)/package-lock.json
	npm ci --prefix $(CLIENTS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

# Debian's packages for openapi-generator and for the Python that it generates.
JAVA_AND_PYTHON := default-jre-headless python3 python3-certifi python3-dateutil python3-six python3-urllib3
.PHONY: clients-setup
clients-setup: $(CLIENTS)/node_modules
	@command -v java >/dev/null && /usr/bin/python3 -c 'import certifi, dateutil, six, urllib3' 2>/dev/null || { \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
	  apt-get update -qq && apt-get install -y -qq --no-install-recommends $(JAVA_AND_PYTHON); \
	else echo "This needs Java, and for Python: $(JAVA_AND_PYTHON)"; exit 1; fi; }

.PHONY: clients-python
clients-python: clients-setup ## Generate a client in Python with openapi-generator, and walk the demo with it
	bash $(CLIENTS)/python.sh

.PHONY: clients-typescript-fetch
clients-typescript-fetch: clients-setup ## Generate a client in TypeScript with openapi-generator, and compile it strictly
	bash $(CLIENTS)/typescript-fetch.sh

.PHONY: clients-contract
clients-contract: $(CLIENTS)/node_modules ## Walk the demo through Prism, which compares all messages with the contract
	bash $(CLIENTS)/contract.sh

MCP_CLIENTS := tests/mcp-clients
$(MCP_CLIENTS)/node_modules: $(MCP_CLIENTS)/package.json $(MCP_CLIENTS)/package-lock.json
	npm ci --prefix $(MCP_CLIENTS) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.PHONY: mcp-clients
mcp-clients: $(MCP_CLIENTS)/node_modules ## Use the tools for assistants with the Inspector and the conformance suite of MCP
	bash $(MCP_CLIENTS)/check.sh

# A module of its own, so that Procedo does not depend on the witness. Its tests build the program.
.PHONY: witness
witness: ## Let a real witness of another project cosign checkpoints, and refuse forks
	cd tests/witness && go vet ./... && go test -count=1 -timeout 5m ./...

.PHONY: fuzz
fuzz: ## Run every fuzz target for ten seconds, and compare both verifiers on the whole corpus
	PROCEDO_TEST_WHOLE_CORPUS=1 go test -count=1 ./cmd/procedo -run Corpus
	@set -e; for pkg in $$(go list ./...); do \
	  for target in $$(go test -list '^Fuzz' $$pkg | grep '^Fuzz' || true); do \
	    echo "$$pkg $$target"; go test -run '^$$' -fuzz "^$$target\$$" -fuzztime 10s $$pkg; done; done

# Changes the code of the core in one place at a time, such as < to <=, and runs the tests of its package: they should
# fail. MUTATE names other packages. It works on a copy of the last commit, and takes hours for the whole core. How long a
# changed test may take follows from how long an unchanged one takes, so that one must not come from the cache of Go.
MUTATE ?= core
.PHONY: mutate
mutate: ## Report how many changes of the core's code its tests notice
	@copy=$$(mktemp -d); trap 'rm -rf '$$copy EXIT; set -e; git archive HEAD | tar -xf - -C $$copy; \
	(cd .ci/gremlins && go build -o $(BIN)/gremlins github.com/go-gremlins/gremlins/cmd/gremlins); cd $$copy; \
	for package in $(MUTATE); do GOFLAGS=-count=1 $(BIN)/gremlins unleash --timeout-coefficient 20 -S ltv ./$$package; done

.PHONY: generate
generate: $(TYPESCRIPT)/node_modules ## Regenerate all code: API, clients, schema checksums, SQL tables, docs/schema.md
	go generate ./api/...
	npm run --prefix $(TYPESCRIPT) --silent generate
	go run ./cmd/schemactl hash schema/sqlite
	go run ./cmd/schemactl hash schema/postgres
	go run ./cmd/schemactl generate sqlite
	go run ./cmd/schemactl generate postgres
	go run ./cmd/schemactl docs

.PHONY: apidocs
apidocs: ## Copy the files of Swagger UI, in the version of the lock file, into adapters/apidocs/dist
	bash adapters/apidocs/copy.sh dist

# Without npm, only make test, which installs it, compares the copied files.
.PHONY: verify-apidocs
verify-apidocs:
	@if ! command -v npm >/dev/null; then \
	  echo "SKIPPED: without npm, the files in adapters/apidocs/dist are not compared with their package."; exit 0; fi; \
	copied=$$(mktemp -d); trap 'rm -rf '$$copied EXIT; bash adapters/apidocs/copy.sh $$copied && \
	diff -r $$copied adapters/apidocs/dist >/dev/null || \
	  { echo "Out of date: adapters/apidocs/dist. Run make apidocs and commit."; exit 1; }

# The console: pages of Svelte, built by Vite into files that the program embeds. They use the client in TypeScript.
CONSOLE := adapters/console
$(CONSOLE)/node_modules: $(CONSOLE)/package.json $(CONSOLE)/package-lock.json
	npm ci --prefix $(CONSOLE) --ignore-scripts --no-audit --no-fund --silent
	@touch $@

.PHONY: console
console: $(CONSOLE)/node_modules $(TYPESCRIPT)/node_modules ## Check, test and build the pages of the console
	npm run --prefix $(CONSOLE) --silent check
	npm run --prefix $(CONSOLE) --silent test
	npm run --prefix $(CONSOLE) --silent build

.PHONY: verify-console
verify-console:
	@if ! command -v npm >/dev/null; then \
	  echo "SKIPPED: without npm, the files in $(CONSOLE)/dist are not compared with their sources."; exit 0; fi; \
	$(MAKE) --no-print-directory $(CONSOLE)/node_modules $(TYPESCRIPT)/node_modules && \
	npm run --prefix $(CONSOLE) --silent check && npm run --prefix $(CONSOLE) --silent test && \
	built=$$(mktemp -d) && trap 'rm -rf '$$built EXIT && \
	npm run --prefix $(CONSOLE) --silent build -- --outDir $$built --emptyOutDir --logLevel warn && \
	diff -r $$built $(CONSOLE)/dist >/dev/null || \
	  { echo "Out of date: $(CONSOLE)/dist. Run make console and commit."; exit 1; }

.PHONY: verify
verify: verify-apidocs verify-console ## Fail if generated code or copied files are out of date
	@before=$$(mktemp -d); trap 'rm -rf '$$before EXIT; set -e; \
	  generated="api schema adapters/sqlite/gen adapters/postgres/gen docs/schema.md"; \
	  tar --exclude=node_modules -cf - $$generated | tar -xf - -C $$before; \
	  $(MAKE) --no-print-directory generate >/dev/null; \
	  for dir in $$generated; do \
	    diff -r -x node_modules $$before/$$dir $$dir >/dev/null || { echo "Out of date: $$dir. Run make generate and commit."; exit 1; }; \
	  done; \
	  echo "Generated code is current."

.PHONY: lint
lint: $(TOOLS) ## Run gofmt, go vet, golangci-lint and the linters of the contract
	@unformatted=$$(gofmt -l $$(git ls-files '*.go')); \
	[ -z "$$unformatted" ] || { echo "Not formatted with gofmt: $$unformatted"; exit 1; }
	go vet ./...
	$(BIN)/golangci-lint run
	$(BIN)/vacuum lint --ruleset .vacuum.yaml --no-banner --silent --fail-severity warn openapi.yaml
	@$(MAKE) --no-print-directory contract breaking

# The linters of other projects read the contract and its rendition in OpenAPI 3.0. The rules that are turned off
# stand in .ci/contract, each with the reason. They run on Node.js 20 or later; without npm, make contract says so and passes.
LINTERS := .ci/contract/node_modules
CONTRACTS := ../../openapi.yaml ../../api/openapi-3.0.gen.json
.PHONY: contract
contract: ## Lint the contract with Spectral and Redocly
	@command -v npm >/dev/null 2>&1 || { echo "SKIPPED: make contract needs npm."; exit 0; }; \
	$(MAKE) --no-print-directory $(LINTERS)/.installed && cd .ci/contract && \
	node_modules/.bin/spectral lint --quiet --fail-severity=warn -r spectral.yaml $(CONTRACTS) && \
	REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true \
	  node_modules/.bin/redocly lint --max-problems 50 --config redocly.yaml $(CONTRACTS)

$(LINTERS)/.installed: .ci/contract/package.json .ci/contract/package-lock.json
	cd .ci/contract && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

# Compares the contract with that of the last tag. A breaking change must be listed in .ci/oasdiff/accepted.txt, with the
# reason in the line above it.
LAST := $(shell git describe --tags --abbrev=0 --match 'v*' 2>/dev/null)
.PHONY: breaking
breaking: ## Fail if the contract breaks clients of the last release in a way that is not listed as accepted
	@[ -n "$(LAST)" ] || { echo "There is no release to compare the contract with."; exit 0; }; \
	set -e; before=$$(mktemp); trap 'rm -f '$$before EXIT; git show $(LAST):openapi.yaml >$$before; \
	cd .ci/oasdiff && go tool oasdiff breaking --fail-on ERR --err-ignore accepted.txt $$before ../../openapi.yaml && \
	echo "The contract breaks no client of $(LAST)."

# Without the vulnerability database, which is not part of the module proxy, CI must still pass: the first command only
# finds out whether it can be reached. VULNDB can name a copy, such as file:///srv/vulndb.
VULNCHECK := $(BIN)/govulncheck $(if $(VULNDB),-db $(VULNDB))
.PHONY: vuln
vuln: $(TOOLS) ## Fail if the program calls code with a known vulnerability; skipped if the database cannot be reached
	@reached=$$($(VULNCHECK) -C cmd/procedo -scan=module 2>&1); \
	case "$$reached" in *"fetching vulnerabilities"*) \
	  echo "SKIPPED: the vulnerability database cannot be reached; run make vuln where it can."; exit 0;; esac; \
	$(VULNCHECK) ./...

$(TOOLS): .ci/tools/go.mod .ci/tools/go.sum
	cd .ci/tools && go build -o $(BIN)/ tool
	@touch $@

# The program contains neither the parsers of Atlas's own drivers, nor an interpreter of the contract, nor test code.
FORBIDDEN := ariga.io/atlas/sql/(postgres|sqlite|sqlclient)|ariga.io/atlas/schemahcl|github.com/hashicorp/hcl|$\
	github.com/zclconf|github.com/getkin/kin-openapi|github.com/google/go-cmp|github.com/stretchr|$\
	github.com/testcontainers|pgregory.net/rapid|testing$$
# A call of a method by a name that is known only at run time makes the linker keep all exported methods (ADR 27). It
# marks the functions that contain one.
MAX_BYTES := $(shell echo $$((46 << 20)))
.PHONY: size
size: ## Fail if the stripped program is too large or contains packages that it must not
	@! go list -deps ./cmd/procedo | grep -E '^($(FORBIDDEN))' || { echo "These must not be in the program."; exit 1; }
	@$(MAKE) --no-print-directory build
	@bytes=$$(stat -c %s $(BIN)/procedo); echo "The program has $$bytes bytes, at most $(MAX_BYTES) are allowed."; \
	[ $$bytes -le $(MAX_BYTES) ]
	@callers=$$(CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -dumpdep' -o $(BIN)/.dependencies ./cmd/procedo 2>&1 | \
	grep '<ReflectMethod>' | sed 's/ .*//' | sort -u); rm -f $(BIN)/.dependencies; [ -z "$$callers" ] || \
	{ echo "$$callers"; echo "These call methods by name, so that the linker keeps all (ADR 27)."; exit 1; }

.PHONY: build
build: ## Build the static binary .bin/procedo
	CGO_ENABLED=0 go build -trimpath -ldflags '-s -w -X main.version=$(VERSION)' -o $(BIN)/procedo ./cmd/procedo

# What a release says of itself. A checkout without git can set these three.
COMMIT := $(shell git rev-parse HEAD 2>/dev/null)
COMMIT_TIME := $(shell TZ=UTC0 git show -s --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ HEAD 2>/dev/null)
RELEASE = go run ./cmd/releasectl --version '$(VERSION)' --commit '$(COMMIT)' --time '$(COMMIT_TIME)'
.PHONY: release
release: ## Build the archives of all platforms, container images and SHA256SUMS in dist/
	$(RELEASE)

.PHONY: image
image: ## Build a container image for this machine in dist/; docker load reads it
	$(RELEASE) --only images --platform linux/$(shell go env GOARCH)

.PHONY: cross
cross: ## Check that the programs compile for the other systems of a release
	for system in darwin windows; do CGO_ENABLED=0 GOOS=$$system go vet ./cmd/procedo || exit 1; done
