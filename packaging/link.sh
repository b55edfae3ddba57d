#!/bin/sh
# link.sh ARCHIVE DIRECTORY: makes the libraries that are installed from the static library that cargo has built.
#
# cargo's libzst.a has hundreds of global names of libzstd and of Rust, which would clash with another copy of either in
# one program. Here all of its objects become one, in which only the functions of zst.h are global:
#
#   DIRECTORY/libzst.a                     that object
#   DIRECTORY/libzst.so.VERSION, links     the same as a shared library, whose names have the version ZST_MAJOR, so that
#                                          libzst.so.1 and a libzst.so.2 can be in one process; rustc cannot be told to
#                                          do so, because its own list of names is one without a version
#
# CC, LD, READELF, OBJCOPY and AR name the tools; LDLIBS is what the shared library needs besides.
set -eu

archive=$1
out=$2
source=$(dirname "$0")/..
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1)
major=${version%%.*}

# Of what the libraries are made: they stay as they are when that does.
sum=$(cat "$0" "$source/Cargo.toml" "$source/include/zst_cdef.h" "$archive" | cksum)
if [ "$(cat "$out/sum" 2> /dev/null)" = "$sum" ]; then
    exit
fi

work=$out.work
rm -rf "$out" "$work"
mkdir -p "$work/objects"
grep -o 'zst_[a-z0-9_]*(' "$source/include/zst_cdef.h" | tr -d '(' | sort -u > "$work/objects/names"
sed 's/^/--require-defined=/' "$work/objects/names" > "$work/objects/roots"

# Without --force-group-allocation, what several Rust libraries have in groups would be dropped from all but the first.
# libzstd's references to the functions of no_trace.c are weak, and alone would not be heard.
"${LD:-ld}" -r --gc-sections --force-group-allocation "@$work/objects/roots" --undefined=ZSTD_trace_compress_begin \
    "$archive" -o "$work/objects/all.o"
# Undefined names that only code wanted which is gone; objcopy would make strong references of them.
"${READELF:-readelf}" --symbols --wide "$work/objects/all.o" |
    awk '$5 == "LOCAL" && $7 == "UND" && NF == 8 { print $8 }' > "$work/objects/gone"
# .llvmbc is the same code once more, for rustc.
"${OBJCOPY:-objcopy}" --strip-debug --remove-section=.llvmbc --remove-section=.llvmcmd \
    --keep-global-symbols="$work/objects/names" --strip-unneeded-symbols="$work/objects/gone" \
    "$work/objects/all.o" "$work/objects/zst.o"
"${AR:-ar}" rcs "$work/libzst.a" "$work/objects/zst.o"

echo "ZST_$major { global: zst_*; local: *; };" > "$work/objects/zst.map"
"${CC:-cc}" -shared "$work/objects/zst.o" -o "$work/libzst.so.$version" -Wl,-soname,"libzst.so.$major" \
    -Wl,--version-script="$work/objects/zst.map" -Wl,--gc-sections,-z,relro,-z,now,-z,noexecstack,-z,defs ${LDLIBS:-}
ln -s "libzst.so.$version" "$work/libzst.so.$major"
ln -s "libzst.so.$major" "$work/libzst.so"
# For programs that are linked with the static library, besides what a C compiler adds by itself.
echo "-lutil -lrt -lpthread -lm -ldl" > "$work/libs.private"
rm -r "$work/objects"
echo "$sum" > "$work/sum"
mv "$work" "$out"
