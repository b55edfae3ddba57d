#!/bin/sh
# dist.sh LIBRARIES TARGET DIRECTORY: an archive of an installation that may be unpacked anywhere, with licence texts, and
# its checksum in DIRECTORY/SHA256SUMS. The same input makes the same bytes.
set -eu

libraries=$1 target=$2 out=$3
source=$(dirname "$0")/..
version=$(sed -n 's/^version = "\(.*\)"/\1/p' "$source/Cargo.toml" | head -n 1)
name=zst-$version-$target
tree=$out/$name

rm -rf "$tree" "$out/$name.tar.gz"
PREFIX=$tree DESTDIR='' LIBDIR=lib "$source/packaging/install.sh" install "$libraries"
doc=$tree/share/doc/zst
mkdir -p "$doc"
# All that the pages link to.
tar -C "$source" --exclude=__pycache__ -cf - README.md CHANGELOG.md SECURITY.md ARCHITECTURE.md LICENSE docs examples-c \
    examples-cpp cmake/consumer tests/hosts tests/header/abi.txt | tar -C "$doc" -xf -
sed -i 's|](include/|](../../../include/|' "$doc"/*.md
sed -i 's|](\.\./include/|](../../../../include/|' "$doc"/docs/*.md
"$source/packaging/licences.py" "$doc/licences" "$target"
chmod -R u=rwX,go=rX "$tree"

epoch=${SOURCE_DATE_EPOCH:-$(git -C "$source" log -1 --format=%ct 2> /dev/null || echo 0)}
tar -C "$out" --sort=name --mtime="@$epoch" --owner=0 --group=0 --numeric-owner --format=gnu -cf - "$name" |
    gzip -9n > "$out/$name.tar.gz"
rm -r "$tree"
(cd "$out" && sha256sum ./*.tar.gz | sed 's|\./||' > SHA256SUMS)
echo "$out/$name.tar.gz"
