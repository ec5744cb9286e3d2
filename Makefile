# make demo and make test are the two commands a newcomer needs; each installs what is missing. See README.md.
SHELL := /bin/bash
PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
LISTEN ?= 127.0.0.1:8080
export PATH := /usr/lib/ccache:$(PATH)
# Where there is a compiler cache, what one clone has compiled serves every other on the machine.
export CCACHE_BASEDIR := $(CURDIR)
export CCACHE_NOHASHDIR := 1
YUPU := build/release/yupu

.PHONY: help build demo sdk test test-asan test-tsan test-aarch64 test-kill test-browser check format format-check lint tidy-tree fuzz bench bench-peers install clean deps deps-dev

help:
	@echo "make build    build/release/yupu and the benches"
	@echo "make demo     run the whole loop on examples/shop, print the URL and stay up as the server (LISTEN=$(LISTEN))"
	@echo "make test     every test: unit, story, kill -9, browser"
	@echo "make check    make test + formatting, clang-tidy, AddressSanitizer, UBSan, ThreadSanitizer"
	@echo "make test-aarch64   builds for 64-bit ARM, runs the tests of base, engine, text and model under qemu-user"
	@echo "make sdk      the types and methods of sdk/ from /openapi.json; make test fails where they are not up to date"
	@echo "make bench    the benches of this project; make bench-peers runs the same work on other people's software"
	@echo "make fuzz     every fuzz target for FUZZ_SECONDS (60) each"
	@echo "make install  what is built goes to PREFIX=$(PREFIX); builds nothing"

deps:
	@scripts/install-deps.sh build
deps-dev:
	@scripts/install-deps.sh build test check

build/%/build.ninja: CMakeLists.txt CMakePresets.json
	cmake --preset $* >/dev/null

build: deps
	@$(MAKE) --no-print-directory build/release/build.ninja
	ninja -C build/release -j $(JOBS)

# Only the program: what the demo needs.
$(YUPU): deps
	@$(MAKE) --no-print-directory build/release/build.ninja
	ninja -C build/release -j $(JOBS) yupu

demo: $(YUPU)
	$(YUPU) run examples/shop/strategy.toml --workdir build/demo --listen $(LISTEN)

sdk: $(YUPU)
	python3 sdk/generate.py --yupu $(YUPU)

test:
	@scripts/install-deps.sh build test
	@scripts/test.sh

test-asan:
	@scripts/install-deps.sh build test check
	@scripts/test-sanitizer.sh asan
test-tsan:
	@scripts/install-deps.sh build test
	@scripts/test-sanitizer.sh tsan
test-aarch64:
	@scripts/install-deps.sh build aarch64
	@scripts/test-aarch64.sh
test-kill: $(YUPU)
	python3 tests/loop/kill_test.py --yupu $(YUPU) --kills $(or $(KILLS),200)
	python3 tests/loop/monitor_kill_test.py --yupu $(YUPU) --kills $(or $(KILLS),200)
	python3 tests/loop/monitor_run_kill_test.py --yupu $(YUPU) --kills $(or $(KILLS),30)
	python3 tests/loop/service_kill_test.py --yupu $(YUPU) --kills $(or $(KILLS),100)
	python3 tests/loop/swap_test.py --yupu $(YUPU) --swaps $(or $(SWAPS),100) --limit 1
	python3 tests/loop/recommend_kill_test.py --yupu $(YUPU) --kills $(or $(KILLS),200)
test-browser: $(YUPU)
	@scripts/install-deps.sh test
	tests/browser/run.sh $(YUPU)

format:
	@scripts/install-deps.sh check
	git ls-files '*.cc' '*.h' | xargs clang-format-14 -i
format-check:
	@scripts/install-deps.sh check
	git ls-files '*.cc' '*.h' | xargs clang-format-14 --dry-run -Werror
lint: deps
	@scripts/install-deps.sh check
	@scripts/lint.sh
check: test format-check lint test-asan test-tsan

fuzz:
	@scripts/install-deps.sh build check
	@scripts/fuzz.sh $(or $(FUZZ_SECONDS),60)

bench: build
	@scripts/bench.sh
bench-peers: build
	@bench/peers/run.sh

# Copies what `make build` has made, and compiles nothing: it may be run as root.
install:
	@[ -x $(YUPU) ] && [ -e build/release/sdk/cpp/libyupu_client.a ] || { \
	  echo "make install: nothing is built yet: run \`make build\` first, then install" >&2; exit 1; }
	DESTDIR=$(DESTDIR) cmake --install build/release --prefix $(PREFIX)

clean:
	rm -rf build web/dist
