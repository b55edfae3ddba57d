#!/bin/sh
# install.sh install LIBRARIES: puts the library where DESTDIR, PREFIX and LIBDIR (below PREFIX) say. LIBRARIES is the
# directory that link.sh has filled.
# install.sh uninstall: takes it away again.
set -eu

action=$1
source=$(dirname "$0")/..
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1)
root=${DESTDIR:-}${PREFIX%/}
# What is installed finds its neighbours by relative paths, so that the tree can be moved.
libdir=${LIBDIR:-lib}
libdir=${libdir#"${PREFIX%/}/"}
case $libdir in
/*) echo "$libdir is not below $PREFIX" >&2 && exit 1 ;;
esac

# put MODE DIRECTORY FILE...
put() {
    mode=$1 directory=$root/$2
    shift 2
    for file in "$@"; do
        if [ "$action" = uninstall ]; then
            rm -f "$directory/$(basename "$file")"
        elif [ -h "$file" ]; then
            ln -sf "$(readlink "$file")" "$directory/$(basename "$file")"
        else
            # -C leaves alone what has not changed.
            install -C -m "$mode" "$file" "$directory/"
        fi
    done
}

if [ "$action" = install ]; then
    install -d "$root/include/zst" "$root/$libdir/pkgconfig" "$root/$libdir/cmake/zst"
fi
put 644 include "$source"/include/zst*.h*
put 644 include/zst "$source"/include/zst/*.hpp
put 644 "$libdir/cmake/zst" "$source"/cmake/zst-config*.cmake
libraries=${2:-.}
put 644 "$libdir" "$libraries/libzst.a"
major=${version%%.*}
if [ -e "$libraries/zst.dll" ]; then
    install -d "$root/bin"
    put 755 bin "$libraries/zst.dll"
    put 644 "$libdir" "$libraries/libzst.dll.a"
elif [ -e "$libraries/libzst.dylib" ]; then
    put 755 "$libdir" "$libraries/libzst.$version.dylib" "$libraries/libzst.$major.dylib" "$libraries/libzst.dylib"
else
    put 755 "$libdir" "$libraries/libzst.so.$version" "$libraries/libzst.so.$major" "$libraries/libzst.so"
fi

pc=$root/$libdir/pkgconfig/zst.pc
if [ "$action" = install ]; then
    up=$(printf '%s' "$libdir/pkgconfig" | sed 's|[^/][^/]*|..|g')
    sed -e "s|@UP@|$up|" -e "s|@LIBDIR@|$libdir|" -e "s|@VERSION@|$version|" \
        -e "s|@PRIVATE@|$(cat "$libraries/libs.private")|" "$source/cmake/zst.pc.in" > "$pc"
else
    rm -f "$pc"
    rmdir "$root/$libdir/cmake/zst" "$root/include/zst" 2> /dev/null || true
fi
