#!/bin/sh
# run.sh SECONDS [TARGET ...]: fuzzes each target for so long, all of them unless some are named.
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

mkdir -p "$target/findings"
for name; do
    mkdir -p "$target/$name"
    echo "$name"
    # Contexts that are kept for later look like leaks, except at the end.
    "$target/build/$host/release/$name" -max_total_time="$seconds" -print_final_stats=1 -detect_leaks=0 -entropic=0 \
        -rss_limit_mb=4096 -artifact_prefix="$target/findings/$name-" "$target/$name" "corpus/$name" \
        > "$target/$name.log" 2>&1 || { tail -n 60 "$target/$name.log" >&2; exit 1; }
    grep '^stat::' "$target/$name.log"
done
