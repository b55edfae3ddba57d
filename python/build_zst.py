"""Declares the compiled module `zstandard._zst`: the whole C library, linked in, and its callbacks."""

import os

import cffi

import setup_paths

CALLBACKS = """
extern "Python" int32_t zst_py_read(void *, size_t, const uint8_t **, size_t *);
extern "Python" int32_t zst_py_write(void *, const uint8_t *, size_t, size_t *);
extern "Python" int32_t zst_py_flush(void *);
extern "Python" int32_t zst_py_close(void *);
"""

ffibuilder = cffi.FFI()
with open(os.path.join(setup_paths.INCLUDE, "zst_cdef.h"), encoding="utf-8") as _file:
    ffibuilder.cdef(_file.read() + CALLBACKS)
ffibuilder.set_source(
    "zstandard._zst",
    '#include "zst.h"',
    include_dirs=[setup_paths.INCLUDE],
    extra_objects=[os.path.join(setup_paths.library_dir(), "libzst.a")],
    # The symbols of libzstd and Rust stay inside.
    extra_link_args=["-Wl,--exclude-libs,ALL", "-Wl,-s"],
    libraries=["pthread", "m", "dl"],
    py_limited_api=True,
)
