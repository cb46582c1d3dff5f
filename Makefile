# lastack: how to check, measure and regenerate it. `make help` lists the targets.

GO        ?= go
TESTFLAGS ?=
BENCH     ?= .
PEERS     ?= emulate
FUZZTIME  ?= 60s

# The linters, at the versions that the code is clean with.
GOFUMPT     = $(GO) run mvdan.cc/gofumpt@v0.12.0
STATICCHECK = $(GO) run honnef.co/go/tools/cmd/staticcheck@v0.8.2
EXHAUSTIVE  = $(GO) run github.com/nishanths/exhaustive/cmd/exhaustive@v0.17.1

# Where goroutines share memory: the root and what is above it, and the links.
RACE = . ./link/... ./cmd/...

# Where the library and the command must build: 32 bits, big-endian and the browser too.
PLATFORMS = linux/amd64 linux/arm64 linux/386 linux/s390x \
	darwin/amd64 darwin/arm64 windows/amd64 windows/arm64 js/wasm

.PHONY: help test vet cross race unit lint bench peers golden throughput soak fuzz mutants gremlins

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

test: vet cross race unit ## check everything; as root on Linux also against the kernel's TCP

vet: ## look for mistakes that compile
	$(GO) vet ./...

cross: ## build for every platform
	@for platform in $(PLATFORMS); do \
		echo "go build ./... for $$platform"; \
		CGO_ENABLED=0 GOOS=$${platform%/*} GOARCH=$${platform#*/} $(GO) build ./... || exit 1; \
	done

race: ## run the tests of what is concurrent with the race detector
	@if [ "$$($(GO) env CGO_ENABLED)" = 1 ]; then \
		echo "go test -race $(RACE)"; \
		$(GO) test -race $(TESTFLAGS) $(RACE); \
	else \
		echo "The race detector is left out: it needs a C compiler (install gcc)."; \
	fi

unit: ## run all tests: units, scripts, layers, citations, and the kernel's TCP as root
	$(GO) test $(TESTFLAGS) ./...

lint: ## check format, vet, staticcheck, and that switches name every case
	@unformatted=$$($(GOFUMPT) -l .) || exit 1; \
	if [ -n "$$unformatted" ]; then \
		echo "These files are not formatted; run: $(GOFUMPT) -w ."; echo "$$unformatted"; exit 1; \
	fi
	$(GO) vet ./...
	$(STATICCHECK) ./...
	$(EXHAUSTIVE) -d ./...

bench: ## run the benchmarks that match BENCH, then measure beside the peers
	$(GO) test -run '^$$' -bench '$(BENCH)' -benchmem ./...
	@$(MAKE) --no-print-directory peers

# The bench is a module of its own, so that nobody else downloads the peers.
peers: ## measure beside gVisor and Linux what PEERS says; see bench/README.md
	cd bench && $(GO) vet ./... && $(GO) test ./... && $(GO) run . $(PEERS)

golden: ## rewrite the golden files; then read the diff
	@for dir in $$(grep -rl --include='*_test.go' 'flag.Bool("update"' . | xargs -r dirname | sort -u); do \
		$(GO) test "$$dir" -update || exit 1; \
	done

throughput: ## measure every cell of internal/throughput anew (ten minutes or more); then read the diff
	$(GO) test ./internal/throughput -deep -update -timeout 10h

soak: ## send a million segments over a network with every fault
	$(GO) test ./internal/tcp -run Soak -soak 1000000 -v -timeout 2h

# Each mutant is built with an overlay: the tree stays as it is. Half an hour; as root on Linux, for the kernel is
# one of the four who are to notice.
mutants: ## put faults into lastack, one at a time, and write down who notices
	$(GO) run ./internal/mutant/hunt

gremlins: ## turn conditions round in fsm and wire, and compare what survives with the baseline
	$(GO) run ./internal/mutant/gremlins

# Up to Go 1.26 a run that finds nothing may fail as its time ends: https://go.dev/issue/75804.
fuzz: ## run each fuzz test for FUZZTIME
	@log=$$(mktemp) && trap 'rm -f "$$log"' EXIT && \
	grep -ro --include='*_test.go' '^func Fuzz[A-Za-z0-9_]*' . | sort | while IFS=: read -r file func; do \
		echo "$$file: $${func#func } for $(FUZZTIME)"; \
		if $(GO) test -run '^$$' -fuzz "^$${func#func }\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 100x "$${file%/*}" >"$$log" 2>&1 || \
			grep -q 'context deadline exceeded' "$$log" && ! grep -q 'Failing input' "$$log"; then \
			grep '^fuzz: elapsed' "$$log" | tail -n 1; \
		else \
			cat "$$log"; exit 1; \
		fi; \
	done
