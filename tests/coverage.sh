#!/bin/sh
# coverage.sh [options of `cargo llvm-cov report`]: the lines and branches of src/ that the tests in Rust and in C reach.
# Needs cargo-llvm-cov (cargo install cargo-llvm-cov) and `rustup component add llvm-tools`.
set -eu
cd "$(dirname "$0")/.."

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}/coverage"
export ZST_HEADERS=check
# Branches are a nightly feature, of the stable compiler.
export RUSTC_BOOTSTRAP=1
settings=$(cargo llvm-cov show-env --sh --branch --no-cfg-coverage --no-cfg-coverage-nightly)
eval "$settings"
cargo llvm-cov clean --profraw-only
cargo build --locked
cargo test --locked

work=$CARGO_TARGET_DIR/c
mkdir -p "$work"
# A child process that leaves by _exit() writes down what it has reached, too.
cat > "$work/exit.c" << 'END'
int __llvm_profile_write_file(void);
void __real__exit(int status);
void __wrap__exit(int status);
void __wrap__exit(int status) {
    __llvm_profile_write_file();
    __real__exit(status);
}
END
compile() {
    program=$1
    shift
    "${CC:-cc}" -std=c99 -g -Iinclude "$@" "$work/exit.c" "$CARGO_TARGET_DIR/debug/libzst.a" -Wl,--wrap=_exit \
        -Wl,-u,__llvm_profile_runtime -lm -ldl -pthread -o "$program"
}
# test_unload.c opens the shared library.
for source in $(ls tests/c/test_*.c | grep -v unload); do
    compile "$work/$(basename "$source" .c)" "$source"
    "$work/$(basename "$source" .c)"
done
compile "$work/failing_memory" tests/c/failing_memory/*.c
"$work/failing_memory"

cargo llvm-cov report "$@"
