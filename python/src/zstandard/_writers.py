"""ZstdCompressionWriter, ZstdDecompressionWriter."""

import errno
import io

from ._calls import Made, argument, failure, give_call, int32, make, new_zstd_error, take_call
from ._ends import attribute
from ._native import in_c, lib

FLUSH_BLOCK = lib.ZST_FLUSH_BLOCK
FLUSH_FRAME = lib.ZST_FLUSH_FRAME


def _unsupported(name):
    def method(self, *args, **kwargs):
        raise io.UnsupportedOperation()

    method.__name__ = name
    return method


def _functions(kind):
    """The C functions of a kind of writer, by Python's names."""
    names = ("write", "flush", "tell", "close", "closed", "memory_size")
    return {"_" + name: staticmethod(getattr(lib, "zst_%s_writer_%s" % (kind, name))) for name in names}


class _Writing:
    """What both writers do. `_write` and the like are the C functions of the kind."""

    _entered = False

    @property
    def _inner(self):
        return self._end.obj

    def __enter__(self):
        self._check_open()
        if self._entered:
            raise new_zstd_error("cannot __enter__ multiple times")
        self._entered = True
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self._entered = False
        try:
            self.close()
        except Exception:
            if exc_type is None:
                raise
        return False

    def _check_open(self):
        if self.closed:
            raise ValueError("stream is closed")

    @property
    def closed(self):
        """Whether close() was called."""
        return bool(self._closed(self._handle))

    def write(self, data):
        """Writes data; returns how many bytes the inner object has got (or len(data) with write_return_read)."""
        self._check_open()
        memory = argument(data)
        length = len(memory)
        call = take_call()
        if self._write(self._handle, memory, length, call.size, call.size2, call.err) < 0:
            raise failure(call.err, self._end)
        consumed, written = call.size[0], call.size2[0]
        give_call(call)
        if consumed < length:
            raise self._end.take_exception() or BlockingIOError(errno.EAGAIN, "the sink would block", consumed)
        self._end.exception = None
        return length if self._write_return_read else written

    def memory_size(self):
        """Bytes of memory used by the writer's context."""
        call = take_call()
        if self._memory_size(self._handle, call.size, call.err) < 0:
            raise failure(call.err)
        size = call.size[0]
        give_call(call)
        return size

    def close(self):
        """Closes the stream, and the inner object unless closefd=False."""
        call = take_call()
        if self._close(self._handle, call.err) < 0:
            raise failure(call.err, self._end)
        give_call(call)


@in_c("CompressionWriter")
class _CompressionWriting(_Writing):
    locals().update(_functions("compression"))

    def flush(self, flush_mode=None):
        """Writes out what is pending, and flushes the inner object; FLUSH_FRAME ends the frame."""
        flush_mode = FLUSH_BLOCK if flush_mode is None else int32(flush_mode, "flush_mode")
        call = take_call()
        if self._flush(self._handle, flush_mode, call.size, call.err) < 0:
            raise failure(call.err, self._end)
        written = call.size[0]
        give_call(call)
        return written

    def tell(self):
        """Compressed bytes that the inner object has got."""
        return self._tell(self._handle)


@in_c("DecompressionWriter")
class _DecompressionWriting(_Writing):
    locals().update(_functions("decompression"))

    def flush(self):
        """Flushes the inner object; returns what that returns."""
        self._end.flushed = None
        call = take_call()
        if self._flush(self._handle, call.size, call.err) < 0:
            raise failure(call.err, self._end)
        give_call(call)
        return self._end.flushed


class _Writer(Made):
    """What both writers have in common, and is seldom called."""

    __slots__ = ()

    def readable(self):
        return False

    def writable(self):
        return True

    def seekable(self):
        return False

    def isatty(self):
        return False

    def fileno(self):
        """That of the inner object."""
        fileno = attribute(self._inner, "fileno")
        if fileno is None:
            raise OSError("fileno not available on underlying writer")
        return fileno()

    def writelines(self, lines):
        """There is none, as in the original."""
        raise NotImplementedError("writelines() is not part of this stream; call write() for each piece")

    for _name in ("read", "readall", "readinto", "readline", "readlines", "seek", "truncate", "__iter__", "__next__"):
        locals()[_name] = _unsupported(_name)
    del _name


class ZstdCompressionWriter(_CompressionWriting, _Writer):
    """A writable stream of content, which writes frames to an inner object."""

    __slots__ = ()


class ZstdDecompressionWriter(_DecompressionWriting, _Writer):
    """A writable stream of frames, which writes their content to an inner object."""

    __slots__ = ()
    tell = _unsupported("tell")
    writelines = _unsupported("writelines")


def compression_writer(compressor, sink, size, write_size, write_return_read):
    handle = make(
        "zst_compression_writer",
        lib.zst_compression_writer_free,
        lib.zst_compressor_stream_writer,
        compressor,
        sink.raw,
        size,
        write_size,
    )
    return ZstdCompressionWriter._made(_handle=handle, _end=sink, _write_return_read=write_return_read)


def decompression_writer(decompressor, sink, write_size, flags, write_return_read):
    handle = make(
        "zst_decompression_writer",
        lib.zst_decompression_writer_free,
        lib.zst_decompressor_stream_writer,
        decompressor,
        sink.raw,
        write_size,
        flags,
    )
    return ZstdDecompressionWriter._made(_handle=handle, _end=sink, _write_return_read=write_return_read)
