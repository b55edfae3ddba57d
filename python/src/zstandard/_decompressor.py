"""ZstdDecompressor."""

import sys

from ._buffers import ZstdBatch, own_collection
from ._calls import (
    Handled,
    NotPickled,
    SignatureOf,
    argument,
    failure,
    give_call,
    index,
    int32,
    make,
    make_raw,
    piece_size,
    slices_of,
    take_call,
    view,
)
from ._compressor import ITERATOR_MESSAGE, SOURCE_MESSAGE, check_dict, check_ends, sink_of
from ._ends import Sink, Source, source_of
from ._native import NULL, ffi, in_c, lib
from ._objs import decompression_obj
from ._readers import decompression_reader, decompressor_iterator
from ._writers import decompression_writer

INPUT_SIZE = lib.ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE
OUTPUT_SIZE = lib.ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE
READ_ACROSS_FRAMES = lib.ZST_DECOMPRESS_READ_ACROSS_FRAMES
STRICT = lib.ZST_DECOMPRESS_STRICT
# No allocation can satisfy this.
IMPOSSIBLE = min(2**47, sys.maxsize)


def new_decompressor(dict_data=None, max_window_size=None, format=None):
    """A new handle of the C library, which the caller frees."""
    dictionary = check_dict(dict_data)
    parameters = make(
        "zst_decompression_parameters",
        lib.zst_decompression_parameters_free,
        lib.zst_decompression_parameters_new,
    )
    for number, name, value in (
        (lib.ZST_D_MAX_WINDOW_SIZE, "max_window_size", max_window_size),
        (lib.ZST_D_FORMAT, "format", format),
    ):
        value = 0 if value is None else index(value, name)
        call = take_call()
        value = max(min(value, 2**63 - 1), -(2**63))
        if lib.zst_decompression_parameters_set(parameters, number, value, call.err) < 0:
            raise failure(call.err)
        give_call(call)
    return make_raw("zst_decompressor", lib.zst_decompressor_new_from_parameters, parameters, dictionary)


@in_c("Decompressor")
class _Decompressor(Handled):
    def __init__(self, *args, **kwargs):
        self._handle = ffi.gc(new_decompressor(*args, **kwargs), lib.zst_decompressor_free)

    def decompress(self, data, max_output_size=None, read_across_frames=None, allow_extra_data=None):
        """The content of the first frame in data, or of all of them."""
        memory = argument(data)
        limit = 0
        if max_output_size is not None:
            limit = index(max_output_size, "max_output_size")
            if limit < 0:
                raise ValueError("max_output_size must not be negative")
            if limit > sys.maxsize:
                raise OverflowError("max_output_size is too large")
        flags = lib.ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE
        if read_across_frames:
            flags |= READ_ACROSS_FRAMES
        if allow_extra_data is not None and not allow_extra_data:
            flags |= lib.ZST_DECOMPRESS_REFUSE_EXTRA_DATA
        impossible = limit >= IMPOSSIBLE
        if impossible:
            # It does not matter to frames that record their size.
            limit = 0
        call = take_call()
        if (
            lib.zst_decompressor_decompress(
                self._handle, memory, len(memory), limit, flags, call.bytes, call.size, call.err
            )
            < 0
        ):
            error = failure(call.err)
            if impossible and "could not determine content size" in str(error):
                raise MemoryError("max_output_size is too large")
            raise error
        content = call.taken_bytes()
        give_call(call)
        return content

    def decompressobj(self, write_size=None, read_across_frames=False):
        """Decompression by pushing."""
        piece_size(write_size, OUTPUT_SIZE, "write_size")
        return decompression_obj(self._handle, READ_ACROSS_FRAMES if read_across_frames else 0)

    def stream_reader(self, source, read_size=None, read_across_frames=False, closefd=None, *, strict=False):
        """A readable stream of the content of the frames in `source`."""
        read_size = piece_size(read_size, INPUT_SIZE, "read_size")
        source = source_of(source, TypeError, SOURCE_MESSAGE)
        flags = (READ_ACROSS_FRAMES if read_across_frames else 0) | (STRICT if strict else 0)
        return decompression_reader(self._handle, source, read_size, flags, bool(closefd))

    def stream_writer(self, writer, write_size=None, write_return_read=None, closefd=None, *, strict=False):
        """A writable stream of frames, which writes their content to `writer`."""
        write_size = piece_size(write_size, OUTPUT_SIZE, "write_size")
        sink = sink_of(writer, closefd is None or bool(closefd))
        return decompression_writer(
            self._handle, sink, write_size, STRICT if strict else 0, bool(write_return_read)
        )

    def read_to_iter(
        self, reader, read_size=None, write_size=None, skip_bytes=None, *, read_across_frames=False, strict=False
    ):
        """An iterator of the pieces of the content of the frame in `reader`."""
        read_size = piece_size(read_size, INPUT_SIZE, "read_size")
        write_size = piece_size(write_size, OUTPUT_SIZE, "write_size")
        skip_bytes = 0 if skip_bytes is None else index(skip_bytes, "skip_bytes")
        if skip_bytes < 0:
            raise ValueError("skip_bytes must not be negative")
        if skip_bytes >= read_size:
            raise ValueError("skip_bytes must be smaller than read_size")
        flags = (READ_ACROSS_FRAMES if read_across_frames else 0) | (STRICT if strict else 0)
        source = source_of(reader, ValueError, ITERATOR_MESSAGE)
        return decompressor_iterator(self._handle, source, read_size, write_size, skip_bytes, flags)

    def copy_stream(self, ifh, ofh, read_size=None, write_size=None, *, strict=False):
        """Decompresses all of one stream into another; returns the bytes read and written."""
        read_size = piece_size(read_size, INPUT_SIZE, "read_size")
        write_size = piece_size(write_size, OUTPUT_SIZE, "write_size")
        check_ends(ifh, ofh)
        flags = 0 if strict else lib.ZST_DECOMPRESS_ALLOW_TRUNCATED
        source, sink = Source(ifh, ifh.read), Sink(ofh, ofh.write, closefd=False)
        call = take_call()
        if (
            lib.zst_decompressor_copy_stream(
                self._handle, source.raw, sink.raw, read_size, write_size, flags, NULL, call.u64, call.u64_2, call.err
            )
            < 0
        ):
            raise failure(call.err, source, sink)
        counts = call.u64[0], call.u64_2[0]
        give_call(call)
        return counts

    def decompress_content_dict_chain(self, frames):
        """The last content of frames of which each was compressed with the content of the one before."""
        if not isinstance(frames, list):
            raise TypeError("argument must be a list")
        for position, frame in enumerate(frames):
            if not isinstance(frame, bytes):
                # What comes before is checked first.
                self._chain(frames[:position]) if position else None
                raise ValueError("chunk %d must be bytes" % position)
        return self._chain(frames)

    def _chain(self, frames):
        slices, keep = slices_of(frames)
        call = take_call()
        if (
            lib.zst_decompressor_decompress_content_dict_chain(
                self._handle, slices, len(keep), call.bytes, call.err
            )
            < 0
        ):
            raise failure(call.err)
        content = call.taken_bytes()
        give_call(call)
        del keep
        return content

    def memory_size(self):
        """Bytes of memory used by the context of the most recent operation."""
        call = take_call()
        if lib.zst_decompressor_memory_size(self._handle, call.size, call.err) < 0:
            raise failure(call.err)
        size = call.size[0]
        give_call(call)
        return size


class ZstdDecompressor(_Decompressor, NotPickled):
    """Decompresses, in many ways; one object serves any number of threads.

    :param dict_data: a ZstdCompressionDict
    :param max_window_size: in bytes; frames that need a larger window are refused
    :param format: FORMAT_ZSTD1 or FORMAT_ZSTD1_MAGICLESS
    """

    __slots__ = ()
    read_from = _Decompressor.read_to_iter
    write_to = _Decompressor.stream_writer
    __signature__ = SignatureOf(new_decompressor)

    def multi_decompress_to_buffer(self, frames, decompressed_sizes=None, threads=None):
        """The contents of many frames, decoded on many threads."""
        threads = 0 if threads is None else int32(threads, "threads")
        if isinstance(frames, list) and hasattr(_Decompressor, "_batch"):
            return _Decompressor._batch(self, frames, decompressed_sizes, threads)
        batch = ZstdBatch(frames, "argument must be list or BufferWithSegments")
        sizes = NULL if decompressed_sizes is None else view(decompressed_sizes)
        # NULL means none, so that nothing else may.
        length = 0 if decompressed_sizes is None else len(sizes)
        if decompressed_sizes is not None and length == 0:
            sizes = ffi.new("char[1]")
        return own_collection(
            batch.run("zst_decompressor_multi_decompress_to_buffer", self._handle, sizes, length, threads)
        )
