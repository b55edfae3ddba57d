"""The C library: `ffi` and `lib`, and how Python functions become callbacks of it.

Two ways lead to it. A compiled extension module (`_zst`) contains the library; without one, cffi opens the shared library
that lies beside this file, whose declarations are in `_declarations.py`. Nothing else in the package knows which it is.
"""

import os
import sys
import types

if sys.implementation.name == "cpython" and sys.version_info < (3, 13):
    # There cffi's callbacks run in the wrong interpreter, or wait for ever for a lock. Later versions know which ones may.
    try:
        import _xxsubinterpreters as _interpreters
    except ImportError:
        pass
    else:
        if _interpreters.get_current() != _interpreters.get_main():
            raise ImportError("zstandard needs Python 3.13 or later for use in a sub-interpreter")

try:
    from ._zst import ffi, lib

    COMPILED = True
except ModuleNotFoundError as _error:
    if _error.name != __package__ + "._zst":
        raise  # It is there, and does not find cffi.
    from ._declarations import ffi

    _here = os.path.dirname(os.path.abspath(__file__))
    _name = {"darwin": "libzst.dylib", "win32": "zst.dll"}.get(sys.platform, "libzst.so")
    lib = ffi.dlopen(os.environ.get("ZST_LIBRARY") or os.path.join(_here, _name))
    COMPILED = False

NULL = ffi.NULL

# What the compiled module does by itself, in C (python/fast).
fast = types.ModuleType(__package__ + "._fast")
if COMPILED:
    # It has a thing or two only for the first interpreter of a process.
    lib.zst_py_add(ffi.cast("uintptr_t", id(fast)))


def in_c(name):
    """Takes the C type or function of this name, where there is one, instead of what is the same in Python."""
    return lambda plain: getattr(fast, name, plain)



def callback(name, signature):
    """Makes a Python function callable from C. It must not raise."""

    def decorate(function):
        if COMPILED:
            ffi.def_extern(name=name)(function)
            return getattr(lib, name)
        return ffi.callback(signature, function)

    return decorate
