"""Sources and sinks: Python objects as what C streams read from and write to."""

import io

from ._calls import WOULD_BLOCK, failure, give_call, take_call, view
from ._native import NULL, callback, ffi, lib

_FAILED = 1


def attribute(obj, name):
    """An attribute if there is one. Only AttributeError says that there is not."""
    try:
        return getattr(obj, name)
    except AttributeError:
        return None


class End:
    """One end of a stream. `raw` is what C is given; it must be given to a C function, which takes it over."""

    exception = None

    def take_exception(self):
        exception, self.exception = self.exception, None
        return exception


class Source(End):
    """An object with read(), or bytes."""

    def __init__(self, obj, read):
        self.obj = obj
        self.read = read
        self.block = None
        self.known_size = None
        self.handle = ffi.new_handle(self)
        self.raw = ffi.new("zst_source *", {"userdata": self.handle, "read": _read, "drop": NULL})


class Memory(End):
    """Bytes as a source."""

    def __init__(self, data):
        self.obj = data
        self.block = view(data)
        self.known_size = len(self.block)
        self.raw = ffi.new("zst_source *")
        call = take_call()
        if lib.zst_source_from_memory(self.block, self.known_size, self.raw, call.err) < 0:
            raise failure(call.err)
        give_call(call)


def source_of(obj, error, message):
    """The source for an object with read(), or for bytes; otherwise raises `error`."""
    read = attribute(obj, "read")
    if read is not None:
        return Source(obj, read)
    try:
        return Memory(obj)
    except TypeError:
        raise error(message) from None


@callback("zst_py_read", "int32_t(void *, size_t, const uint8_t **, size_t *)")
def _read(userdata, size_hint, out_data, out_len):
    source = ffi.from_handle(userdata)
    try:
        block = source.read(size_hint)
        if block is None:
            return WOULD_BLOCK
        block = view(block)
        out_data[0] = ffi.cast("const uint8_t *", block)
        out_len[0] = len(block)
        source.block = block
        return 0
    except BaseException as exception:
        source.exception = exception
        return _FAILED


class Sink(End):
    """An object with write()."""

    def __init__(self, obj, write, closefd):
        self.obj = obj
        self.write = write
        self.raw_io = isinstance(obj, io.RawIOBase)
        self.flushed = None
        self.handle = ffi.new_handle(self)
        self.raw = ffi.new(
            "zst_sink *",
            {
                "userdata": self.handle,
                "write": _write,
                "flush": _flush,
                "close": _close if closefd else NULL,
                "drop": NULL,
            },
        )


@callback("zst_py_write", "int32_t(void *, const uint8_t *, size_t, size_t *)")
def _write(userdata, data, length, out_written):
    sink = ffi.from_handle(userdata)
    try:
        piece = ffi.buffer(data, length)[:]
        written = sink.write(piece)
        if not sink.raw_io:
            written = length
        elif written is None:
            return WOULD_BLOCK
        elif not 0 <= written <= length:
            raise OSError("invalid length: the sink claims to have taken %d bytes of %d" % (written, length))
        out_written[0] = written
        return 0
    except BlockingIOError as exception:
        written = getattr(exception, "characters_written", 0)
        if 0 < written <= length:
            out_written[0] = written
            return 0
        sink.exception = exception
        return WOULD_BLOCK
    except BaseException as exception:
        sink.exception = exception
        return _FAILED


@callback("zst_py_flush", "int32_t(void *)")
def _flush(userdata):
    sink = ffi.from_handle(userdata)
    try:
        flush = attribute(sink.obj, "flush")
        sink.flushed = None if flush is None else flush()
        return 0
    except BaseException as exception:
        sink.exception = exception
        return _FAILED


@callback("zst_py_close", "int32_t(void *)")
def _close(userdata):
    sink = ffi.from_handle(userdata)
    try:
        close = attribute(sink.obj, "close")
        if close is not None:
            close()
        return 0
    except BaseException as exception:
        sink.exception = exception
        return _FAILED
