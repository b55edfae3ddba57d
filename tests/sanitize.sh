#!/bin/sh
# sanitize.sh [address | thread]: runs the tests in Rust, C and C++ with AddressSanitizer (which looks for leaks too) and
# UndefinedBehaviorSanitizer, and those about threads with ThreadSanitizer. Rust and libzstd's C are both instrumented.
#
# Needs clang 19 or newer, with its run-time libraries (Debian: clang-19, libclang-rt-19-dev), and Rust's own sources
# (rustup component add rust-src). CLANG and CLANGXX name the compilers.
set -eu
cd "$(dirname "$0")/.."

clang=${CLANG:-clang-19}
clangxx=${CLANGXX:-clang++-19}
host=$(rustc -vV | sed -n 's/^host: //p')
variable=$(echo "$host" | tr - _)
target=${CARGO_TARGET_DIR:-target}

# Builds and runs: SANITIZER, its name for clang, the C and C++ programs; then what cargo is told.
sanitize() {
    sanitizer=$1 for_clang=$2 programs=$3
    shift 3
    export CARGO_TARGET_DIR="$target/sanitize/$sanitizer"
    export RUSTFLAGS="-Zsanitizer=$sanitizer"
    export "CC_$variable=$clang"
    # libzstd prefetches from addresses that damaged input makes up.
    export "CFLAGS_$variable=-DZSTD_TRACE=0 -g -fno-omit-frame-pointer -fsanitize=$for_clang -fno-sanitize=pointer-overflow"
    cargo build --locked --target "$host" $build
    cargo test --locked --target "$host" $build --test abi -- --test-threads 2 "$@"

    library=$CARGO_TARGET_DIR/$host/debug/libzst.a
    flags="-g -O1 -Iinclude -fsanitize=$for_clang"
    for source in $programs; do
        program=$CARGO_TARGET_DIR/$(basename "$source" | tr . -)
        case $source in
        *.c) "$clang" -std=c99 $flags "$source" "$library" -lm -ldl -pthread -o "$program" ;;
        *) "$clangxx" -std=c++17 $flags "$source" "$library" -lm -ldl -pthread -o "$program" ;;
        esac
        "$program"
        echo "$sanitizer: $source: nothing found"
    done
}

# Nightly's features of the stable compiler.
export RUSTC_BOOTSTRAP=1
export ZST_HEADERS=check
# Some tests ask for more memory than there can be.
export ASAN_OPTIONS=allocator_may_return_null=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

if [ "${1:-address}" = address ]; then
    build=
    # test_unload.c opens the shared library; test_batch.c has a pthread_create() of its own, as the sanitizer has.
    # libzstd's red zones make its estimates differ from its contexts.
    sanitize address address,undefined "$(ls tests/c/test_*.c tests/cpp/test_*.cpp | grep -v -e unload -e test_batch)" \
        --skip the_estimate_with_long_distance_matching
fi
if [ "${1:-thread}" = thread ]; then
    # Only a standard library that is instrumented too says what its locks order.
    build=-Zbuild-std
    sanitize thread thread tests/c/test_threads.c thread
fi
