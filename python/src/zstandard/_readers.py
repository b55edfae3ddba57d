"""ZstdCompressionReader, ZstdDecompressionReader, and the iterators."""

import io
import os
import sys

from ._calls import Made, failure, give_call, index, make, take_call, writable_view
from ._ends import attribute
from ._native import ffi, in_c, lib


def _functions(kind):
    """The C functions of a kind of reader, by Python's names."""
    names = ("read", "read1", "readinto", "readinto1", "readall", "tell", "close", "closed")
    return {"_" + name: staticmethod(getattr(lib, "zst_%s_reader_%s" % (kind, name))) for name in names}


class _Reading:
    """What both readers do. `_read` and the like are the C functions of the kind."""

    _entered = False

    def __enter__(self):
        if self._entered:
            raise ValueError("cannot __enter__ multiple times")
        self._entered = True
        return self

    def __exit__(self, exc_type, exc_value, traceback):
        self._entered = False
        self.close()
        return False

    @property
    def closed(self):
        """Whether close() was called."""
        return bool(self._closed(self._handle))

    def close(self):
        """Closes the reader; its source only when that was asked for with closefd."""
        was_closed = self.closed
        call = take_call()
        if self._close(self._handle, call.err) < 0:
            raise failure(call.err)
        give_call(call)
        if self._closefd and not was_closed:
            close = attribute(self._end.obj, "close")
            if close is not None:
                close()

    def tell(self):
        """Bytes that have been read so far."""
        return self._tell(self._handle)

    def _get(self, function, *args):
        call = take_call()
        if function(self._handle, *args, call.bytes, call.err) < 0:
            raise failure(call.err, self._end)
        data = call.taken_bytes()
        give_call(call)
        return data

    def _size(self, size):
        self._check_open()
        size = -1 if size is None else index(size, "size")
        if size < -1:
            raise ValueError("cannot read negative amounts less than -1")
        return min(size, sys.maxsize)

    def read(self, size=-1):
        """Reads `size` bytes, or all that is left with -1."""
        size = self._size(size)
        return self.readall() if size == -1 else self._get(self._read, size)

    def read1(self, size=-1):
        """Reads at most `size` bytes, and returns as soon as there are any."""
        size = self._size(size)
        return self._get(self._read1, self._READ1_SIZE if size == -1 else size)

    def readall(self):
        """Reads all that is left."""
        return self._get(self._readall)

    def _into(self, function, buffer):
        memory = writable_view(buffer)
        self._check_open()
        call = take_call()
        if function(self._handle, memory or ffi.NULL, len(memory), call.size, call.err) < 0:
            raise failure(call.err, self._end)
        size = call.size[0]
        give_call(call)
        return size

    def readinto(self, buffer):
        """Reads into a writable buffer until it is full; returns the number of bytes."""
        return self._into(self._readinto, buffer)

    def readinto1(self, buffer):
        """Reads into a writable buffer, and returns as soon as there is anything."""
        return self._into(self._readinto1, buffer)


@in_c("CompressionReader")
class _CompressionReading(_Reading):
    _READ1_SIZE = lib.ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE
    locals().update(_functions("compression"))


@in_c("DecompressionReader")
class _DecompressionReading(_Reading):
    _READ1_SIZE = lib.ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE
    locals().update(_functions("decompression"))

    def seek(self, pos, whence=os.SEEK_SET):
        """Moves forward by decoding; returns the new position."""
        self._check_open()
        pos = index(pos, "pos")
        if pos > sys.maxsize or pos < -sys.maxsize - 1:
            raise OverflowError("pos is too large")
        whence = os.SEEK_SET if whence is None else index(whence, "whence")
        if whence not in (os.SEEK_SET, os.SEEK_CUR, os.SEEK_END):
            return self.tell()
        call = take_call()
        if lib.zst_decompression_reader_seek(self._handle, pos, whence, call.u64, call.err) < 0:
            raise failure(call.err, self._end)
        position = call.u64[0]
        give_call(call)
        return position


class _Reader(Made):
    """What both readers have in common, and is seldom called."""

    __slots__ = ()

    def readable(self):
        return True

    def writable(self):
        return False

    def seekable(self):
        return False

    def isatty(self):
        return False

    def flush(self):
        return None

    def _check_open(self):
        if self.closed:
            raise ValueError("stream is closed")

    def readline(self, *args, **kwargs):
        raise io.UnsupportedOperation()

    def readlines(self, *args, **kwargs):
        raise io.UnsupportedOperation()

    def __iter__(self):
        raise io.UnsupportedOperation()

    def __next__(self):
        raise io.UnsupportedOperation()


class ZstdCompressionReader(_CompressionReading, _Reader):
    """A readable stream of a frame, whose content comes from a source."""

    __slots__ = ()

    def write(self, data):
        raise OSError("stream is not writable")

    def writelines(self, lines):
        raise OSError("stream is not writable")


class ZstdDecompressionReader(_DecompressionReading, _Reader):
    """A readable stream of content, whose frames come from a source."""

    __slots__ = ()

    def seekable(self):
        return True

    def write(self, data):
        raise io.UnsupportedOperation()

    def writelines(self, lines):
        raise io.UnsupportedOperation()


def compression_reader(compressor, source, size, read_size, closefd):
    handle = make(
        "zst_compression_reader",
        lib.zst_compression_reader_free,
        lib.zst_compressor_stream_reader,
        compressor,
        source.raw,
        size,
        read_size,
    )
    return ZstdCompressionReader._made(_handle=handle, _end=source, _closefd=closefd)


def decompression_reader(decompressor, source, read_size, flags, closefd):
    handle = make(
        "zst_decompression_reader",
        lib.zst_decompression_reader_free,
        lib.zst_decompressor_stream_reader,
        decompressor,
        source.raw,
        read_size,
        flags,
    )
    return ZstdDecompressionReader._made(_handle=handle, _end=source, _closefd=closefd)


class _Iterator:
    """Pieces of a stream, one after the other."""

    def __iter__(self):
        return self

    def __next__(self):
        call = take_call()
        status = self._next(self._handle, call.pointer, call.size, call.err)
        if status < 0:
            raise failure(call.err, self._source)
        if status == lib.ZST_DONE:
            give_call(call)
            raise StopIteration
        piece = ffi.buffer(call.pointer[0], call.size[0])[:]
        give_call(call)
        return piece


@in_c("CompressorIterator")
class _CompressorIterator(_Iterator):
    _next = staticmethod(lib.zst_compressor_iterator_next)


@in_c("DecompressorIterator")
class _DecompressorIterator(_Iterator):
    _next = staticmethod(lib.zst_decompressor_iterator_next)


class ZstdCompressorIterator(_CompressorIterator, Made):
    """The pieces of a frame, whose content comes from a source."""


class ZstdDecompressorIterator(_DecompressorIterator, Made):
    """The pieces of a frame's content, which comes from a source."""


def compressor_iterator(compressor, source, size, read_size, write_size):
    handle = make(
        "zst_compressor_iterator",
        lib.zst_compressor_iterator_free,
        lib.zst_compressor_read_to_iter,
        compressor,
        source.raw,
        size,
        read_size,
        write_size,
    )
    return ZstdCompressorIterator._made(_handle=handle, _source=source)


def decompressor_iterator(decompressor, source, read_size, write_size, skip_bytes, flags):
    handle = make(
        "zst_decompressor_iterator",
        lib.zst_decompressor_iterator_free,
        lib.zst_decompressor_read_to_iter,
        decompressor,
        source.raw,
        read_size,
        write_size,
        skip_bytes,
        flags,
    )
    return ZstdDecompressorIterator._made(_handle=handle, _source=source)
