# make demo    compress and restore a real file with everything there is
# make test    run every test, fetching the tools it needs into target/
# make / make lib, make install PREFIX=..., make bench, make headers

CARGO ?= cargo
CC ?= cc
PYTHON ?= python3
PREFIX ?= /usr/local
DESTDIR ?=

VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
MAJOR := $(firstword $(subst ., ,$(VERSION)))
ROOT := $(CURDIR)
STAGE := $(ROOT)/target/stage
VENV := $(ROOT)/target/venv
CFLAGS ?= -O2 -g
STRICT := -std=c99 -Wall -Wextra -Wpedantic -Werror

EXAMPLES := $(patsubst examples-c/%.c,target/examples-c/%,$(wildcard examples-c/*.c))

.PHONY: lib build headers install stage examples demo test bench clean

lib: build

build:
	$(CARGO) build --release --locked

# Refreshes include/zst.h and include/zst_cdef.h from src/ffi.
headers:
	$(CARGO) build --locked

install: build
	install -d $(DESTDIR)$(PREFIX)/lib/pkgconfig $(DESTDIR)$(PREFIX)/include
	install -C -m 644 include/zst.h include/zst_cdef.h $(DESTDIR)$(PREFIX)/include/
	install -C -m 755 target/release/libzst.so $(DESTDIR)$(PREFIX)/lib/libzst.so.$(VERSION)
	ln -sf libzst.so.$(VERSION) $(DESTDIR)$(PREFIX)/lib/libzst.so.$(MAJOR)
	ln -sf libzst.so.$(MAJOR) $(DESTDIR)$(PREFIX)/lib/libzst.so
	install -C -m 644 target/release/libzst.a $(DESTDIR)$(PREFIX)/lib/
	sed -e 's|@PREFIX@|$(PREFIX)|' -e 's|@VERSION@|$(VERSION)|' cmake/zst.pc.in \
	    > $(DESTDIR)$(PREFIX)/lib/pkgconfig/zst.pc

# An installation below target/, which examples, tests and benchmarks link with.
stage:
	@$(MAKE) --no-print-directory install DESTDIR= PREFIX=$(STAGE) > /dev/null

examples: stage
	@$(MAKE) --no-print-directory $(EXAMPLES)

target/examples-c/%: examples-c/%.c $(STAGE)/include/zst.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(STRICT) -I$(STAGE)/include $< -L$(STAGE)/lib -Wl,-rpath,$(STAGE)/lib -lzst -o $@

demo: examples
	$(PYTHON) examples-c/demo.py

$(VENV)/ready: tests/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

test: export ZST_HEADERS := check
test: examples $(VENV)/ready
	$(CARGO) fmt --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) test --locked
	$(VENV)/bin/pytest tests

bench: stage
	$(PYTHON) benches/run.py

clean:
	$(CARGO) clean
