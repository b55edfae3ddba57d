"""What programs that were compiled with an older header rely on: prototypes, layouts of structs, values of constants.

It is written down in abi.txt, which may grow and must not change otherwise within one major version. Run as a program,
this adds what is new; with --break it writes everything anew. Sizes and offsets are those of 64-bit platforms."""

import re
import sys
from pathlib import Path

import cffi

HERE = Path(__file__).resolve().parent
INCLUDE = HERE.parent.parent / "include"
WRITTEN = HERE / "abi.txt"

HEADING = "# What older programs rely on; abi.py says more. `make abi` adds what is new.\n"
# Other values in every release.
VERSIONS = re.compile(r"ZST_(ZSTD_)?VERSION_")


def constants(header):
    for name, value in re.findall(r"^#define (ZST_\w+) +(\S.*?)$", header, flags=re.MULTILINE):
        if not VERSIONS.match(name):
            yield f"constant {name} {value}"


def types(cdef):
    ffi = cffi.FFI()
    ffi.cdef(cdef)
    for name in ffi.list_types()[0]:
        ctype = ffi.typeof(name)
        if ctype.kind != "struct":
            yield f"type {name} {ctype.cname}"
        elif ctype.fields is None:
            yield f"opaque {name}"
        else:
            yield f"struct {name} size {ffi.sizeof(name)}"
            for field, at in ctype.fields:
                yield f"field {name}.{field} at {at.offset} size {ffi.sizeof(at.type)} {at.type.cname}"


def functions(cdef):
    for prototype in re.findall(r"^[^;{}/]*\bzst_\w+\([^;{}]*\);", cdef, flags=re.MULTILINE):
        # Names of parameters may change.
        prototype = re.sub(r"(?<=[ *])\w+(?=[,)])", "", prototype.strip())
        yield "function " + re.sub(r"\s+(?=[,)])", "", re.sub(r"\s+", " ", prototype)).removesuffix(";")


def abi(include=INCLUDE):
    header, cdef = ((include / name).read_text() for name in ("zst.h", "zst_cdef.h"))
    return [*constants(header), *types(cdef), *functions(cdef)]


def written():
    return [line for line in WRITTEN.read_text().splitlines() if not line.startswith("#")]


def main():
    now, before = abi(), written()
    missing = [line for line in before if line not in now]
    if missing and sys.argv[1:] != ["--break"]:
        print(*missing, sep="\n")
        sys.exit("These are in abi.txt and not in the header. With --break they are given up.")
    WRITTEN.write_text(HEADING + "".join(f"{line}\n" for line in now))


if __name__ == "__main__":
    main()
