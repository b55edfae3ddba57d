"""Declares the compiled module `zstandard._zst`: the whole C library, linked in, and its callbacks."""

import ast
import glob
import json
import os

import cffi

import setup_paths

CALLBACKS = """
extern "Python" int32_t zst_py_read(void *, size_t, const uint8_t **, size_t *);
extern "Python" int32_t zst_py_write(void *, const uint8_t *, size_t, size_t *);
extern "Python" int32_t zst_py_flush(void *);
extern "Python" int32_t zst_py_close(void *);
int zst_py_add(uintptr_t);
"""


def docs():
    """The texts and parameter lists of what is there in C and in Python, from where it is in Python, as macros."""
    for path in sorted(glob.glob("src/zstandard/_*.py")):
        with open(path, encoding="utf-8") as file:
            nodes = ast.parse(file.read()).body
        for node in nodes:
            for function in node.body if isinstance(node, ast.ClassDef) else [node]:
                if isinstance(function, ast.FunctionDef) and ast.get_docstring(function):
                    method = function is not node
                    prefix = node.name.strip("_") + "_" if method else ""
                    yield prefix + function.name, text_of(function, method)


def text_of(function, method):
    doc = ast.get_docstring(function)
    if any(getattr(one, "id", "") == "property" for one in function.decorator_list):
        return doc
    given = ast.unparse(function.args)
    given = given.replace("self", "$self", 1) if method else "$module, " + given
    return "%s(%s)\n--\n\n%s" % (function.name, given.replace("_MISSING", "..."), doc)


with open(os.path.join("fast", "docs.h"), "w", encoding="utf-8") as _file:
    for _name, _text in dict(docs()).items():
        _file.write("#define DOC_%s %s\n" % (_name, json.dumps(_text)))


ffibuilder = cffi.FFI()
with open(os.path.join(setup_paths.INCLUDE, "zst_cdef.h"), encoding="utf-8") as _file:
    ffibuilder.cdef(_file.read() + CALLBACKS)
ffibuilder.set_source(
    "zstandard._zst",
    '#include "zst.h"\nint zst_py_add(uintptr_t);',
    sources=sorted(glob.glob("fast/*.c")),
    include_dirs=[setup_paths.INCLUDE],
    # setup.py adds libzst.a. Its symbols, libzstd's and Rust's stay inside.
    extra_link_args=["-Wl,--version-script=fast/exports.map", "-Wl,-s"],
    libraries=["pthread", "m", "dl"],
    py_limited_api=setup_paths.STABLE_ABI,
    define_macros=[("Py_LIMITED_API", "0x030B0000")] if setup_paths.STABLE_ABI else [],
    depends=["fast/fast.h", "fast/exports.map"],
    extra_compile_args=["-O2", "-Wall", "-Wextra", "-Wno-unused-parameter", "-fvisibility=hidden"],
)
