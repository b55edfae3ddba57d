"""The headers say what the library is: to C and C++ compilers, to parsers of C declarations, and to readers."""

import json
import re
import tomllib
from pathlib import Path

import cffi
import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Werror"]
DIALECTS = [("gcc", "c"), ("clang", "c"), ("g++", "c++"), ("clang++", "c++")]
STANDARDS = {"c": ["c99", "c11", "c17"], "c++": ["c++11", "c++17", "c++20"]}

# 64 bits wide: not in zst_cdef.h, as its first comment says.
WIDE = {"ZST_CONTENTSIZE_UNKNOWN", "ZST_CONTENTSIZE_ERROR"}
# Not numbers, and so not in zst_cdef.h either.
STRINGS = {"ZST_VERSION_STRING", "ZST_FRAME_HEADER"}

# The constants of python-zstandard, with the prefix ZST_.
PYTHON_CONSTANTS = {
    "FLUSH_BLOCK": 0,
    "FLUSH_FRAME": 1,
    "COMPRESSOBJ_FLUSH_FINISH": 0,
    "COMPRESSOBJ_FLUSH_BLOCK": 1,
    "MAGIC_NUMBER": 4247762216,
    "CONTENTSIZE_UNKNOWN": 2**64 - 1,
    "CONTENTSIZE_ERROR": 2**64 - 2,
    "MAX_COMPRESSION_LEVEL": 22,
    "FORMAT_ZSTD1": 0,
    "FORMAT_ZSTD1_MAGICLESS": 1,
    "COMPRESSION_RECOMMENDED_INPUT_SIZE": 131072,
    "COMPRESSION_RECOMMENDED_OUTPUT_SIZE": 131591,
    "DECOMPRESSION_RECOMMENDED_INPUT_SIZE": 131075,
    "DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE": 131072,
    "BLOCKSIZELOG_MAX": 17,
    "BLOCKSIZE_MAX": 131072,
    "WINDOWLOG_MIN": 10,
    "WINDOWLOG_MAX": 31,
    "CHAINLOG_MIN": 6,
    "CHAINLOG_MAX": 30,
    "HASHLOG_MIN": 6,
    "HASHLOG_MAX": 30,
    "HASHLOG3_MAX": 17,
    "SEARCHLOG_MIN": 1,
    "SEARCHLOG_MAX": 30,
    "MINMATCH_MIN": 3,
    "MINMATCH_MAX": 7,
    "SEARCHLENGTH_MIN": 3,
    "SEARCHLENGTH_MAX": 7,
    "TARGETLENGTH_MIN": 0,
    "TARGETLENGTH_MAX": 131072,
    "LDM_MINMATCH_MIN": 4,
    "LDM_MINMATCH_MAX": 4096,
    "LDM_BUCKETSIZELOG_MAX": 8,
    "STRATEGY_FAST": 1,
    "STRATEGY_DFAST": 2,
    "STRATEGY_GREEDY": 3,
    "STRATEGY_LAZY": 4,
    "STRATEGY_LAZY2": 5,
    "STRATEGY_BTLAZY2": 6,
    "STRATEGY_BTOPT": 7,
    "STRATEGY_BTULTRA": 8,
    "STRATEGY_BTULTRA2": 9,
    "DICT_TYPE_AUTO": 0,
    "DICT_TYPE_RAWCONTENT": 1,
    "DICT_TYPE_FULLDICT": 2,
}


@pytest.fixture(scope="session")
def header(stage):
    return (stage / "include" / "zst.h").read_text()


@pytest.fixture(scope="session")
def cdef(stage):
    return (stage / "include" / "zst_cdef.h").read_text()


@pytest.fixture(scope="session")
def ffi(cdef):
    ffi = cffi.FFI()
    ffi.cdef(cdef)
    return ffi


@pytest.fixture(scope="session")
def library(stage, ffi):
    return ffi.dlopen(str(stage / "lib" / "libzst.so.1"))


def without_comments(text):
    return re.sub(r"/\*.*?\*/|//[^\n]*", "", text, flags=re.DOTALL)


def functions(text):
    """The names of the functions that `text` declares."""
    return re.findall(r"\b(zst_\w+)\(", without_comments(text))


def macros(text):
    """The names of the constants that `text` defines."""
    return re.findall(r"^#define (ZST_\w+) +\S", without_comments(text), flags=re.MULTILINE)


def structs(ffi):
    """The names of the structs with fields that `ffi` knows."""
    types = {name: ffi.typeof(name) for name in ffi.list_types()[0]}
    return [name for name, ctype in types.items() if ctype.kind == "struct" and ctype.fields is not None]


@pytest.fixture
def ask_c(stage, tool, run, build):
    """ask_c({name: expression}) is the integer that a C compiler finds for each expression."""

    def ask(expressions):
        lines = (
            f'printf("%s %d %llu\\n", "{name}", ({value}) < 0, (unsigned long long)({value}));'
            for name, value in expressions.items()
        )
        source = build / "ask.c"
        source.write_text('#include <stdio.h>\n#include "zst.h"\nint main(void) {\n' + "\n".join(lines) + "\n}\n")
        run([tool("gcc"), "-std=c99", f"-I{stage / 'include'}", source, "-o", build / "ask"])
        answers = (line.split() for line in run([build / "ask"]).splitlines())
        return {name: int(value) - (2**64 if negative == "1" else 0) for name, negative, value in answers}

    return ask


# The header and its compilers.


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("compiler,language", DIALECTS)
def test_the_header_compiles_alone(compiler, language, times, header, stage, tool, run, build):
    program = tool(compiler, optional=compiler.startswith("clang"))
    source = build / "alone.c"
    source.write_text('#include "zst.h"\n' * times)
    for standard in STANDARDS[language]:
        run([program, f"-x{language}", f"-std={standard}", *WARNINGS, "-fsyntax-only", f"-I{stage / 'include'}", source])


@pytest.mark.parametrize("compiler,language", DIALECTS)
def test_constants_and_functions_can_be_used(compiler, language, header, stage, tool, run, build):
    program = tool(compiler, optional=compiler.startswith("clang"))
    # A void (*)(void) holds any function; volatile keeps the compiler from leaving it out.
    source = build / "use.c"
    uses = [f"(void)({name});" for name in macros(header)]
    uses += [f"address = (void (*)(void)){name}; (void)address;" for name in functions(header)]
    source.write_text('#include "zst.h"\nint main(void) {\nvoid (*volatile address)(void);\n' + "\n".join(uses) + "\nreturn 0;\n}\n")
    lib = stage / "lib"
    # gcc has an opinion on casts between function types, which does not matter here.
    options = [f"-x{language}", *WARNINGS, "-Wno-cast-function-type", f"-I{stage / 'include'}"]
    for standard in STANDARDS[language]:
        use = build / standard
        run([program, *options, f"-std={standard}", source, f"-L{lib}", f"-Wl,-rpath,{lib}", "-lzst", "-o", use])
        run([use])


def test_every_function_has_a_comment(header):
    lines = header.splitlines()
    declarations = [n for n, line in enumerate(lines) if re.match(r"\w[\w ]*[ *]zst_\w+\(", line)]
    assert sorted(re.search(r"(zst_\w+)\(", lines[n]).group(1) for n in declarations) == sorted(functions(header))
    without = [lines[n] for n in declarations if lines[n - 1] != " */"]
    assert not without
    for n in declarations:
        start = max(m for m in range(n) if lines[m] == "/**")
        words = " ".join(line.removeprefix(" *") for line in lines[start + 1 : n - 1])
        assert len(words.split()) >= 4 and words.rstrip().endswith("."), lines[n]


# The header and the library.


def test_the_library_exports_the_functions_of_the_header_and_nothing_else(header, stage, tool, run):
    symbols = run([tool("nm"), "-D", "--defined-only", stage / "lib" / "libzst.so.1"])
    # Names have a version, which is itself an absolute symbol.
    versioned = [line.split()[-1] for line in symbols.splitlines() if " A " not in line]
    assert all(name.endswith("@@ZST_1") for name in versioned)
    exported = [name.removesuffix("@@ZST_1") for name in versioned]
    declared = functions(header)
    assert len(declared) > 50
    assert len(declared) == len(set(declared))
    assert set(exported) - set(declared) == set(), "exported, but not in zst.h"
    assert set(declared) - set(exported) == set(), "in zst.h, but not exported"


def test_soname(stage, tool, run):
    dynamic = run([tool("readelf"), "--dynamic", stage / "lib" / "libzst.so"])
    assert re.findall(r"\(SONAME\).*\[(.*)\]", dynamic) == ["libzst.so.1"]


def test_versions(ffi, library, ask_c, header):
    version = tomllib.loads((ROOT / "Cargo.toml").read_text())["package"]["version"]
    major, minor, patch = (int(part) for part in version.split("."))
    parts = ["MAJOR", "MINOR", "PATCH", "NUMBER"]
    values = ask_c({part: f"ZST_VERSION_{part}" for part in parts} | {"ZSTD": "ZST_ZSTD_VERSION_NUMBER"})
    assert [values[part] for part in parts] == [major, minor, patch, major * 10000 + minor * 100 + patch]
    assert f'#define ZST_VERSION_STRING "{version}"\n' in header
    assert library.zst_version_number() == values["NUMBER"]
    assert ffi.string(library.zst_version_string()).decode() == version
    assert library.zst_zstd_version_number() == values["ZSTD"]


def test_constants_are_those_of_python_zstandard(ask_c, header):
    assert ask_c({name: f"ZST_{name}" for name in PYTHON_CONSTANTS}) == PYTHON_CONSTANTS
    assert r'#define ZST_FRAME_HEADER "\x28\xb5\x2f\xfd"' in header


def test_constants_are_those_of_the_library(ffi, library):
    bounds = {
        library.ZST_C_WINDOW_LOG: (library.ZST_WINDOWLOG_MIN, library.ZST_WINDOWLOG_MAX),
        library.ZST_C_CHAIN_LOG: (library.ZST_CHAINLOG_MIN, library.ZST_CHAINLOG_MAX),
        library.ZST_C_HASH_LOG: (library.ZST_HASHLOG_MIN, library.ZST_HASHLOG_MAX),
        library.ZST_C_SEARCH_LOG: (library.ZST_SEARCHLOG_MIN, library.ZST_SEARCHLOG_MAX),
        library.ZST_C_MIN_MATCH: (library.ZST_MINMATCH_MIN, library.ZST_MINMATCH_MAX),
        library.ZST_C_TARGET_LENGTH: (library.ZST_TARGETLENGTH_MIN, library.ZST_TARGETLENGTH_MAX),
        library.ZST_C_STRATEGY: (library.ZST_STRATEGY_FAST, library.ZST_STRATEGY_BTULTRA2),
        library.ZST_C_LDM_MIN_MATCH: (library.ZST_LDM_MINMATCH_MIN, library.ZST_LDM_MINMATCH_MAX),
        library.ZST_C_FORMAT: (library.ZST_FORMAT_ZSTD1, library.ZST_FORMAT_ZSTD1_MAGICLESS),
    }
    smallest, largest = ffi.new("int32_t *"), ffi.new("int32_t *")
    get_bounds = library.zst_compression_parameters_bounds
    if ffi.sizeof("void *") == 8:
        for parameter, expected in bounds.items():
            assert get_bounds(parameter, smallest, largest, ffi.NULL) == library.ZST_OK
            assert (smallest[0], largest[0]) == expected
    for parameter, expected in [
        (library.ZST_C_COMPRESSION_LEVEL, library.ZST_MAX_COMPRESSION_LEVEL),
        (library.ZST_C_LDM_BUCKET_SIZE_LOG, library.ZST_LDM_BUCKETSIZELOG_MAX),
        (library.ZST_C_MAX_BLOCK_SIZE, library.ZST_BLOCKSIZE_MAX),
    ]:
        assert get_bounds(parameter, smallest, largest, ffi.NULL) == library.ZST_OK
        assert largest[0] == expected

    # ZSTD_CStreamInSize() and the like: a block, with its header of 3 bytes and a checksum of 4.
    block = library.ZST_BLOCKSIZE_MAX
    assert block == 1 << library.ZST_BLOCKSIZELOG_MAX
    assert library.ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE == block
    assert library.ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE == library.zst_compress_bound(block) + 3 + 4
    assert library.ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE == block + 3
    assert library.ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE == block

    frame = ffi.new("zst_bytes *")
    assert library.zst_compress(b"abc", 3, 3, frame, ffi.NULL) == library.ZST_OK
    magic = ffi.buffer(frame.data, 4)[:]
    library.zst_bytes_free(frame)
    assert magic == b"\x28\xb5\x2f\xfd"
    assert int.from_bytes(magic, "little") == library.ZST_MAGIC_NUMBER


def test_every_status_has_its_name(ffi, library, header):
    statuses = [name for name in macros(header) if name in ("ZST_OK", "ZST_DONE") or name.startswith("ZST_ERROR_")]
    assert len(statuses) >= 18
    assert [ffi.string(library.zst_status_name(getattr(library, name))).decode() for name in statuses] == statuses


def test_every_parameter_has_a_name(ffi, library, header):
    for prefix, get_name in [
        ("ZST_C_", library.zst_compression_parameters_name),
        ("ZST_D_", library.zst_decompression_parameters_name),
    ]:
        names = [name for name in macros(header) if name.startswith(prefix)]
        assert names
        found = {name: ffi.string(get_name(getattr(library, name))).decode() for name in names}
        assert found == {name: name.removeprefix(prefix).lower() for name in names}


# zst_cdef.h: the same declarations for other parsers.


def test_cdef_declares_the_same_functions(header, cdef, library):
    assert functions(cdef) == functions(header)
    for name in functions(cdef):
        assert getattr(library, name)


def test_cdef_gives_functions_the_same_types(cdef, stage, tool, run, build):
    """A compiler that has read zst.h accepts the prototypes of zst_cdef.h only if they are the same."""
    prototypes = re.findall(r"^[^;{}]*\bzst_\w+\([^;{}]*\);", without_comments(cdef), flags=re.MULTILINE)
    assert [functions(prototype)[0] for prototype in prototypes] == functions(cdef)
    source = build / "both.c"
    source.write_text('#include "zst.h"\n' + "\n".join(prototypes) + "\n")
    run([tool("gcc"), "-std=c99", *WARNINGS, "-fsyntax-only", f"-I{stage / 'include'}", source])


def test_cdef_lays_out_structs_in_the_same_way(header, ffi, ask_c):
    names = structs(ffi)
    in_header = re.findall(r"^\} (zst_\w+);", header, flags=re.MULTILINE)
    assert sorted(names) == sorted(in_header)
    expected, expressions = {}, {}
    for name in names:
        fields = ffi.typeof(name).fields
        body = re.search(r"typedef struct \{([^{}]*)\} " + name + ";", without_comments(header)).group(1)
        # A callback's name stands in the middle of its declaration.
        declared = re.findall(r"(?:\(\*(\w+)\)\([^;]*\)|(\w+)(?:\[\d+\])?);", body)
        assert [field for field, _ in fields] == [callback or value for callback, value in declared]
        expected[name] = ffi.sizeof(name)
        expressions[name] = f"sizeof({name})"
        for field, description in fields:
            expected[f"{name}.{field}"] = description.offset
            expressions[f"{name}.{field}"] = f"offsetof({name}, {field})"
            expected[f"{name}.{field}.size"] = ffi.sizeof(description.type)
            expressions[f"{name}.{field}.size"] = f"sizeof((({name} *)0)->{field})"
    assert ask_c(expressions) == expected


def test_cdef_has_the_same_constants(header, cdef, library, ask_c):
    names = set(macros(header))
    assert WIDE <= names and STRINGS <= names
    in_cdef = re.findall(r"^enum \{ (\w+) = ", cdef, flags=re.MULTILINE)
    assert sorted(in_cdef) == sorted(names - WIDE - STRINGS)
    assert {name: getattr(library, name) for name in in_cdef} == ask_c({name: name for name in in_cdef})
    assert all(name in cdef.splitlines()[1] for name in WIDE)


def test_luajit_reads_cdef(cdef, stage, library, tool, run, build):
    luajit = tool("luajit")
    names = re.findall(r"^enum \{ (\w+) = ", cdef, flags=re.MULTILINE)
    script = build / "read.lua"
    script.write_text(
        """
local ffi = require("ffi")
local file = assert(io.open(arg[1]))
ffi.cdef(file:read("*a"))
file:close()
local zst = ffi.load(arg[2])
for name in arg[3]:gmatch("%S+") do assert(zst[name] ~= nil, name) end
assert(ffi.sizeof("zst_error") == 512)
assert(ffi.string(zst.zst_status_name(zst.ZST_ERROR_MEMORY)) == "ZST_ERROR_MEMORY")
local values = {}
for name in arg[4]:gmatch("%S+") do values[#values + 1] = string.format('"%s": %.0f', name, tonumber(zst[name])) end
print("{" .. table.concat(values, ", ") .. "}")
"""
    )
    paths = [stage / "include" / "zst_cdef.h", stage / "lib" / "libzst.so.1"]
    values = json.loads(run([luajit, script, *paths, " ".join(functions(cdef)), " ".join(names)]))
    assert values == {name: getattr(library, name) for name in names}
