# make demo    compress and restore a real file with everything there is
# make test    run every test, fetching the tools it needs into target/
# make / make lib, make install PREFIX=..., make uninstall, make dist, make dist-all, make deb, make wheel, make wheels-all
# make docs, make install-docs, make figures, make headers, make abi, make bench, make bench-counts
# make sanitize, make coverage, make fuzz SECONDS=60

CARGO ?= cargo
CC ?= cc
PYTHON ?= python3
PREFIX ?= /usr/local
# Below PREFIX.
LIBDIR ?= lib
DESTDIR ?=

ROOT := $(CURDIR)
# Where cargo builds; the libraries that are installed are linked from its results.
TARGET := $(or $(CARGO_TARGET_DIR),target)
LIBRARIES := $(TARGET)/lib
HOST = $(shell rustc -vV | sed -n "s/^host: //p")
STAGE := target/stage
VENV := target/venv
PIP_WHEEL := $(VENV)/bin/pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation
CFLAGS ?= -O2 -g
STRICT := -std=c99 -Wall -Wextra -Wpedantic -Werror

EXAMPLES := $(patsubst examples-c/%.c,target/examples-c/%,$(wildcard examples-c/*.c))

.PHONY: lib build headers abi docs install-docs install uninstall dist dist-all wheels-all figures deb stage tools \
    examples programs demo wheel test test-python bench bench-counts sanitize coverage fuzz clean

lib: build
	@packaging/link.sh "$(TARGET)/release/libzst.a" "$(LIBRARIES)"

build:
	$(CARGO) build --release --locked

# Refreshes include/zst.h and include/zst_cdef.h from src/ffi.
headers:
	$(CARGO) build --locked

# Writes down in tests/header/abi.txt what is new in the headers.
abi: headers $(VENV)/ready
	$(VENV)/bin/python tests/header/abi.py

# The reference and the guide as HTML, and manual pages.
docs: export PYTHON := $(PYTHON)
docs: export VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
docs:
	$(call need,doxygen,install the package doxygen)
	$(call need,$(PYTHON),install Python 3 or name yours with PYTHON=...)
	@rm -rf target/docs
	@mkdir -p target/docs
	@# Doxygen does not mind when its filter fails.
	@"$(PYTHON)" docs/reference/filter.py include/zst.h > /dev/null
	@doxygen docs/reference/Doxyfile
	@"$(PYTHON)" docs/reference/man.py target/docs/man/man3

install-docs: docs
	install -d "$(DESTDIR)$(PREFIX)/share/man/man3" "$(DESTDIR)$(PREFIX)/share/doc/zst"
	install -m 644 target/docs/man/man3/* "$(DESTDIR)$(PREFIX)/share/man/man3"
	cp -R target/docs/html "$(DESTDIR)$(PREFIX)/share/doc/zst"

# As environment variables, in which blanks do no harm.
install uninstall: export PREFIX := $(PREFIX)
install uninstall: export LIBDIR := $(LIBDIR)
install uninstall: export DESTDIR := $(DESTDIR)

install: lib
	@packaging/install.sh install "$(LIBRARIES)"

uninstall:
	@packaging/install.sh uninstall
	rm -rf "$(DESTDIR)$(PREFIX)"/share/man/man3/zst*.3 "$(DESTDIR)$(PREFIX)/share/doc/zst/html"

# An archive of an installation, and its checksum.
dist: lib
	@packaging/dist.sh "$(LIBRARIES)" "$(HOST)" "$(TARGET)/dist"

# Archives, or Python wheels, for every system that can be built for from here; docs/install.md has the list.
dist-all:
	$(PYTHON) packaging/dist_all.py

wheels-all:
	$(PYTHON) packaging/wheels_all.py

# What docs/install.md says of the shared library.
figures: lib
	@packaging/figures.py "$(LIBRARIES)/libzst.so"

# libzst1 and libzst-dev, from a copy of what git knows, because dpkg-buildpackage writes beside the sources.
# Debian 12's own Rust is too old, so that any cargo will do.
deb:
	$(call need,dpkg-buildpackage,install the packages dpkg-dev and debhelper)
	rm -rf $(TARGET)/deb
	mkdir -p $(TARGET)/deb/zst
	git ls-files -z | tar --null --files-from=- -cf - | tar -C $(TARGET)/deb/zst -xf -
	cd $(TARGET)/deb/zst && dpkg-buildpackage --build=binary --no-sign --build-profiles=pkg.zst.rustup
	rm -r $(TARGET)/deb/zst
	ls $(TARGET)/deb

# An installation below target/, which examples, tests and benchmarks link with.
stage:
	@$(MAKE) --no-print-directory install DESTDIR= PREFIX="$(ROOT)/$(STAGE)" LIBDIR=lib > /dev/null

# One sentence where a tool is missing, before anything is done. For a recipe: $(call need,program,what to do)
need = @command -v $(firstword $(1)) > /dev/null || { echo "$(firstword $(1)) was not found: $(2)" >&2; exit 1; }

tools:
	$(call need,$(CARGO),install Rust from https://rustup.rs)
	$(call need,$(CC),install a C compiler such as gcc or clang)

examples: tools
	@$(MAKE) --no-print-directory stage
	@$(MAKE) --no-print-directory programs

programs: $(EXAMPLES)
	@:

target/examples-c/%: examples-c/%.c examples-c/files.h $(STAGE)/include/zst.h
	@mkdir -p $(@D)
	$(CC) $(CFLAGS) $(STRICT) -I$(STAGE)/include $< -L$(STAGE)/lib -Wl,-rpath,"$(ROOT)/$(STAGE)/lib" -lzst -o $@

demo: tools
	$(call need,$(PYTHON),install Python 3 or name yours with PYTHON=...)
	@$(MAKE) --no-print-directory examples target/demo-python/ready
	@$(PYTHON) examples-c/demo.py target/demo-python/bin/python

$(VENV)/ready: tests/requirements.txt
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	touch $@

# A Python with the package, for the demo: the compiled wheel where there is Python.h, else the pure one.
target/demo-python/ready: build $(VENV)/ready
	rm -rf target/demo-python
	$(PYTHON) -m venv target/demo-python
	$(PIP_WHEEL) --wheel-dir target/demo-python/wheels ./python
	target/demo-python/bin/pip install --quiet --disable-pip-version-check target/demo-python/wheels/*.whl
	touch $@

# Two wheels of the Python package: compiled for CPython's stable ABI, and for every Python.
wheel: build $(VENV)/ready
	rm -rf target/wheels
	for kind in compiled pure; do \
	    ZST_WHEEL=$$kind $(PIP_WHEEL) --wheel-dir target/wheels ./python || exit 1; \
	done

# The Python package, with every Python that is found.
test-python: wheel
	$(PYTHON) python/run_tests.py

test: export ZST_HEADERS := check
test: tools
	$(CARGO) fmt --check
	@$(MAKE) --no-print-directory examples $(VENV)/ready
	$(CARGO) clippy --locked --all-targets -- -D warnings
	$(CARGO) test --locked
	$(VENV)/bin/pytest tests
	@$(MAKE) --no-print-directory test-python

# make bench BENCH="--only readall"; more in docs/performance.md.
bench: stage wheel
	$(PYTHON) benches/run.py $(BENCH)

# Instructions instead of times: the same on a busy machine. Needs valgrind.
bench-counts: stage
	$(PYTHON) benches/run.py --counts $(BENCH)

# The tests with sanitizers, and the lines that they reach; what they need is in the scripts.
sanitize:
	tests/sanitize.sh address
	tests/sanitize.sh thread

coverage:
	tests/coverage.sh

# Looks for inputs that break a promise of zst.h, so many seconds for each target; fuzz/README.md has more.
SECONDS ?= 60
JOBS ?= 1
fuzz:
	@JOBS=$(JOBS) fuzz/run.sh $(SECONDS)

clean:
	$(CARGO) clean
