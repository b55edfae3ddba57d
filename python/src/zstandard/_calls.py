"""Calling the C library: errors become exceptions, bytes go in and come out."""

import errno
import io
import operator
import sys

from ._native import NULL, ffi, lib

CONTENTSIZE_UNKNOWN = 2**64 - 1
_PYPY = sys.implementation.name == "pypy"


class ZstdError(Exception):
    """Zstandard data, or an operation on it, is not right. `code` is libzstd's error code, 0 when it has none."""

    code = 0


def new_zstd_error(message, code=0):
    error = ZstdError(message)
    error.code = code
    return error


class Call:
    """Places for the outputs of one C call at a time. They are kept for the next call, by any thread."""

    __slots__ = ("err", "bytes", "size", "size2", "u64", "u64_2", "pointer")

    def __init__(self):
        self.err = ffi.new("zst_error *")
        self.bytes = ffi.new("zst_bytes *")
        self.size = ffi.new("size_t *")
        self.size2 = ffi.new("size_t *")
        self.u64 = ffi.new("uint64_t *")
        self.u64_2 = ffi.new("uint64_t *")
        self.pointer = ffi.new("uint8_t **")

    def taken_bytes(self):
        """The bytes that a call has given, as a bytes object."""
        out = self.bytes
        try:
            return ffi.buffer(out.data, out.len)[:]
        finally:
            lib.zst_bytes_free(out)


_calls = []


def take_call():
    try:
        return _calls.pop()
    except IndexError:
        return Call()


give_call = _calls.append


def failure(err, *ends):
    """The exception for a failed call. `ends` are the sources and sinks of it, which may have one in store."""
    status = err.status
    # Of a busy stream the exception belongs to the other call.
    for end in ends if status != lib.ZST_ERROR_BUSY else ():
        exception = end.take_exception()
        if exception is not None:
            return exception
    return exception_for(status, ffi.string(err.message).decode("utf-8", "replace"), err.zstd_code)


_EXCEPTIONS = {
    lib.ZST_ERROR_VALUE: ValueError,
    lib.ZST_ERROR_CLOSED: ValueError,
    lib.ZST_ERROR_MEMORY: MemoryError,
    lib.ZST_ERROR_SEEK: io.UnsupportedOperation,
    lib.ZST_ERROR_INDEX: IndexError,
    lib.ZST_ERROR_ARGUMENT: TypeError,
    lib.ZST_ERROR_SINK: OSError,
    lib.ZST_ERROR_INTERNAL: SystemError,
}
WOULD_BLOCK = lib.ZST_ERROR_WOULD_BLOCK


def exception_for(status, message, code):
    """The exception that stands for a status of the C library."""
    if status == WOULD_BLOCK:
        return BlockingIOError(errno.EAGAIN, message, 0)
    kind = _EXCEPTIONS.get(status)
    return new_zstd_error(message, code) if kind is None else kind(message)


# Streams hold a context of about 1 MiB until they end. PyPy's garbage collector hears of a part of it: enough to find
# abandoned streams in time, and not so much that it runs all the time because of streams that did end.
_STREAMS = ("obj", "reader", "writer", "iterator", "chunker")
_CONTEXT_SIZE = 2**17


def make_raw(type_name, function, *args):
    """Calls a constructor; returns a handle that the caller frees."""
    out = ffi.new(type_name + " **")
    call = take_call()
    status = function(*args, out, call.err)
    if status < 0:
        raise failure(call.err)
    give_call(call)
    return out[0]


def make(type_name, free, function, *args):
    """Calls a constructor; returns a handle that frees itself."""
    size = _CONTEXT_SIZE if type_name.endswith(_STREAMS) else 0
    return ffi.gc(make_raw(type_name, function, *args), free, size)


def address_of(handle):
    return int(ffi.cast("uintptr_t", handle))


def view(data):
    """The memory of a bytes-like object, which it keeps alive."""
    try:
        if _PYPY and not memoryview(data).c_contiguous:
            # PyPy's from_buffer() takes it and gives other bytes.
            raise BufferError("memory that is not contiguous is not taken")
        return ffi.from_buffer(data)
    except TypeError:
        lend = getattr(data, "_zst_view", None)
        if lend is not None:
            return lend()
        raise TypeError("a bytes-like object is required, not %r" % type(data).__name__) from None


def argument(data):
    """The same for the arguments of a call, which takes bytes as they are. (PyPy would copy them.)"""
    return data if type(data) is bytes and not _PYPY else view(data)


def writable_view(buffer):
    """The memory of a writable buffer, which it keeps alive."""
    memory = memoryview(buffer)
    if memory.readonly:
        raise TypeError("a read-write bytes-like object is required, not %s" % type(buffer).__name__)
    if not memory.c_contiguous:
        raise BufferError("memory that is not contiguous is not taken")
    return ffi.from_buffer(buffer, require_writable=True) if memory.nbytes else ()


def index(value, name):
    """An integer argument."""
    try:
        return operator.index(value)
    except TypeError:
        raise TypeError("%s must be an integer, not %s" % (name, type(value).__name__)) from None


def content_size(size, name="size"):
    """A declared size of input; None and negative are unknown."""
    if size is None:
        return CONTENTSIZE_UNKNOWN
    size = index(size, name)
    if size < 0:
        return CONTENTSIZE_UNKNOWN
    if size > CONTENTSIZE_UNKNOWN:
        raise OverflowError("%s is more than 64 bits" % name)
    return size


def piece_size(value, default, name):
    """A size of pieces."""
    if value is None:
        return default
    value = index(value, name)
    if value <= 0:
        raise ValueError("%s must be positive" % name)
    if value > sys.maxsize:
        raise OverflowError("%s is too large" % name)
    return value


def int32(value, name):
    value = index(value, name)
    if not -(2**31) <= value < 2**31:
        raise OverflowError("%s does not fit 32 bits" % name)
    return value


def uint32(value, name):
    value = 0 if value is None else index(value, name)
    if not 0 <= value < 2**32:
        raise OverflowError("%s does not fit 32 bits" % name)
    return value


def slices_of(items):
    """An array of zst_slice for bytes-like objects, and what keeps their memory alive.

    The TypeError for an item that is none has its position as `position`.
    """
    # The list may change under code that a buffer runs.
    items = list(items)
    slices = ffi.new("zst_slice[]", len(items))
    keep = []
    for position, item in enumerate(items):
        try:
            memory = view(item)
        except TypeError as error:
            error.position = position
            raise
        place = slices[position]
        place.data = memory
        place.len = len(memory)
        keep.append(memory)
    return slices, keep


class SignatureOf:
    """For inspect.signature(): a class takes the arguments of a function."""

    def __init__(self, function):
        self.function = function

    def __get__(self, instance, owner):
        import inspect

        return inspect.signature(self.function)


class NotPickled:
    """An object that is neither copied nor pickled."""

    __slots__ = ()

    def __reduce__(self):
        raise TypeError("cannot pickle %s" % type(self).__name__)


class Made(NotPickled):
    """An object that callers cannot construct: a method of another one returns it."""

    __slots__ = ()

    def __new__(cls, *args, **kwargs):
        raise TypeError("cannot create %r instances" % cls.__name__)

    @classmethod
    def _made(cls, **attributes):
        self = object.__new__(cls)
        self.__dict__.update(attributes)
        return self


class Handled(NotPickled):
    """An object that owns what the C library has made for it in `__init__`."""

    def __getattr__(self, name):
        if name == "_handle":
            raise RuntimeError("__init__ of %s has not been called" % type(self).__name__)
        raise AttributeError("%r object has no attribute %r" % (type(self).__name__, name))
