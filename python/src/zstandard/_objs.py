"""ZstdCompressionObj, ZstdCompressionChunker, ZstdDecompressionObj."""

from ._calls import Made, argument, failure, give_call, int32, make, new_zstd_error, take_call, view
from ._native import ffi, in_c, lib

COMPRESSOBJ_FLUSH_FINISH = lib.ZST_COMPRESSOBJ_FLUSH_FINISH
COMPRESSOBJ_FLUSH_BLOCK = lib.ZST_COMPRESSOBJ_FLUSH_BLOCK


@in_c("CompressionObj")
class _CompressionObj:

    def compress(self, data):
        """Takes data in; returns what has become ready, which is often nothing."""
        if self._finished:
            raise new_zstd_error("cannot call compress() after compressor finished")
        memory = argument(data)
        call = take_call()
        if lib.zst_compression_obj_compress(self._handle, memory, len(memory), call.bytes, call.err) < 0:
            raise failure(call.err)
        ready = call.taken_bytes()
        give_call(call)
        return ready

    def flush(self, flush_mode=None):
        """Returns all that was taken in; ends the frame unless flush_mode is COMPRESSOBJ_FLUSH_BLOCK."""
        flush_mode = COMPRESSOBJ_FLUSH_FINISH if flush_mode is None else int32(flush_mode, "flush_mode")
        call = take_call()
        status = lib.zst_compression_obj_flush(self._handle, flush_mode, call.bytes, call.err)
        if status != lib.ZST_ERROR_BUSY and flush_mode == COMPRESSOBJ_FLUSH_FINISH:
            self._finished = True
        if status < 0:
            raise failure(call.err)
        ready = call.taken_bytes()
        give_call(call)
        return ready


class ZstdCompressionObj(_CompressionObj, Made):
    """Compression by pushing, in the manner of zlib.compressobj()."""

    __slots__ = ()


def compression_obj(compressor, size):
    handle = make("zst_compression_obj", lib.zst_compression_obj_free, lib.zst_compressor_compressobj, compressor, size)
    return ZstdCompressionObj._made(_handle=handle, _finished=False)


@in_c("Chunker")
class _Chunker:

    def _begin(self, function, *args):
        call = take_call()
        if function(self._handle, *args, call.err) < 0:
            raise failure(call.err)
        give_call(call)

    def compress(self, data):
        """Takes data in; returns an iterator of full pieces, which must be run to its end."""
        memory = argument(data)
        self._begin(lib.zst_compression_chunker_compress, memory, len(memory))
        # Kept until the iterator has used it up.
        self._input = memory
        return ZstdCompressionChunkerIterator._made(_chunker=self, _feeding=True)

    def flush(self):
        """Returns an iterator of everything that was taken in."""
        self._begin(lib.zst_compression_chunker_flush)
        return ZstdCompressionChunkerIterator._made(_chunker=self, _feeding=False)

    def finish(self):
        """Returns an iterator of everything that is left, and ends the frame."""
        self._begin(lib.zst_compression_chunker_finish)
        return ZstdCompressionChunkerIterator._made(_chunker=self, _feeding=False)


class ZstdCompressionChunker(_Chunker, Made):
    """Compression by pushing, with output in pieces of one size."""


@in_c("ChunkerIterator")
class _ChunkerIterator:

    def __iter__(self):
        return self

    def __next__(self):
        chunker = self._chunker
        if not self._feeding and chunker._input is not None:
            raise new_zstd_error("input should have been fully consumed before calling flush() or finish()")
        if self._feeding and chunker._input is None:
            raise StopIteration
        call = take_call()
        status = lib.zst_compression_chunker_next(chunker._handle, call.pointer, call.size, call.err)
        if status < 0:
            raise failure(call.err)
        if status == lib.ZST_DONE:
            chunker._input = None
            give_call(call)
            raise StopIteration
        piece = ffi.buffer(call.pointer[0], call.size[0])[:]
        give_call(call)
        return piece


class ZstdCompressionChunkerIterator(_ChunkerIterator, Made):
    """Pieces of a ZstdCompressionChunker."""


def compression_chunker(compressor, size, chunk_size):
    handle = make(
        "zst_compression_chunker",
        lib.zst_compression_chunker_free,
        lib.zst_compressor_chunker,
        compressor,
        size,
        chunk_size,
    )
    return ZstdCompressionChunker._made(_handle=handle, _input=None)


@in_c("DecompressionObj")
class _DecompressionObj:

    def decompress(self, data):
        """Takes data in, cut anywhere; returns its content."""
        if lib.zst_decompression_obj_eof(self._handle):
            raise new_zstd_error("cannot use a decompressobj multiple times")
        memory = argument(data)
        call = take_call()
        if lib.zst_decompression_obj_decompress(
            self._handle, memory, len(memory), call.bytes, call.size, call.err
        ) < 0:
            raise failure(call.err)
        used = call.size[0]
        content = call.taken_bytes()
        give_call(call)
        if used < len(memory):
            self._unused_data = ffi.buffer(view(data))[used:]
        return content

    @property
    def eof(self):
        """The one frame has ended."""
        return bool(lib.zst_decompression_obj_eof(self._handle))

    @property
    def unused_data(self):
        """What was given behind the end of the one frame."""
        return self._unused_data


class ZstdDecompressionObj(_DecompressionObj, Made):
    """Decompression by pushing, in the manner of zlib.decompressobj()."""

    __slots__ = ()
    unconsumed_tail = b""

    def flush(self, length=None):
        """Does nothing; zlib's has one."""
        return b""


def decompression_obj(decompressor, flags):
    handle = make(
        "zst_decompression_obj",
        lib.zst_decompression_obj_free,
        lib.zst_decompressor_decompressobj,
        decompressor,
        flags,
    )
    return ZstdDecompressionObj._made(_handle=handle, _unused_data=b"")
