#!/bin/sh
# run.sh SECONDS [TARGET ...]: fuzzes each target for so long, all of them unless some are named; with JOBS=2 in the
# environment two at a time.
# What it finds is kept in target/fuzz/TARGET, and inputs that break something in target/fuzz/findings.
set -eu
cd "$(dirname "$0")"
seconds=$1
shift
[ $# -gt 0 ] || set -- $(ls corpus)

command -v clang++ > /dev/null || { echo "clang++ was not found: install clang" >&2; exit 1; }
host=$(rustc -vV | sed -n "s/^host: //p")
underscored=$(echo "$host" | tr - _)
target=${CARGO_TARGET_DIR:-$PWD/../target}/fuzz

# As cargo-fuzz does it; the variable stands for a nightly toolchain. C code gets clang's instrumentation, Rust brings the
# runtime.
export RUSTC_BOOTSTRAP=1
export RUSTFLAGS="-Zsanitizer=address -Cdebug-assertions --cfg fuzzing
    -Cpasses=sancov-module -Cllvm-args=-sanitizer-coverage-level=4
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters -Cllvm-args=-sanitizer-coverage-pc-table
    -Cllvm-args=-sanitizer-coverage-trace-compares"
export "CC_$underscored=clang" "CFLAGS_$underscored=-fsanitize=address -g"
export ZST_HEADERS=check CARGO_TARGET_DIR="$target/build"
cargo build --release --locked --target "$host"

# Stacks are left to `make sanitize`; freed memory is kept for a while, but stays in the cache.
export ASAN_OPTIONS=detect_stack_use_after_return=0:quarantine_size_mb=16
export seconds target host
mkdir -p "$target/findings"
# Contexts that are kept for later look like leaks, except at the end.
printf '%s\n' "$@" | xargs -n 1 -P "${JOBS:-1}" sh -euc '
    mkdir -p "$target/$1"
    "$target/build/$host/release/$1" -max_total_time="$seconds" -print_final_stats=1 -detect_leaks=0 -entropic=0 \
        -max_len=1000 -timeout=60 -rss_limit_mb=4096 -artifact_prefix="$target/findings/$1-" \
        "$target/$1" "corpus/$1" > "$target/$1.log" 2>&1 || { tail -n 60 "$target/$1.log" >&2; exit 1; }
    echo "$1"
    grep "^stat::" "$target/$1.log"
' sh
