#!/bin/sh
# coverage.sh [options of `cargo llvm-cov report`]: which lines of src/ the tests in Rust and in C reach. Needs cargo-llvm-cov.
set -eu
cd "$(dirname "$0")/.."

host=$(rustc -vV | sed -n 's/^host: //p')
work=target/coverage
mkdir -p "$work"
export CARGO_TARGET_DIR="$work/cargo"
export ZST_HEADERS=check
# Children of a test that end by _exit() count too: the counters lie in the file.
export RUSTFLAGS="-Cllvm-args=-runtime-counter-relocation"
eval "$(cargo llvm-cov show-env --sh 2> /dev/null)"
export LLVM_PROFILE_FILE="$PWD/$work/cargo/zst-%p-%4m%c.profraw"
cargo llvm-cov clean --workspace

cargo test --locked --target "$host" --quiet
