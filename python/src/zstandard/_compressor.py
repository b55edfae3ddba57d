"""ZstdCompressor."""

from ._buffers import ZstdBatch, own_collection
from ._calls import (
    Handled,
    NotPickled,
    SignatureOf,
    argument,
    content_size,
    failure,
    give_call,
    int32,
    make_raw,
    piece_size,
    take_call,
)
from ._dictionary import ZstdCompressionDict
from ._ends import Sink, Source, attribute, source_of
from ._native import NULL, ffi, in_c, lib
from ._objs import compression_chunker, compression_obj
from ._parameters import ZstdCompressionParameters, new_parameters, set_parameter
from ._readers import compression_reader, compressor_iterator
from ._writers import compression_writer

INPUT_SIZE = lib.ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE
OUTPUT_SIZE = lib.ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE
MAX_LEVEL = lib.ZST_MAX_COMPRESSION_LEVEL
SOURCE_MESSAGE = "must pass an object with a read() method or that conforms to the buffer protocol"
ITERATOR_MESSAGE = "must pass an object with a read() method or conforms to buffer protocol"


def check_dict(dict_data):
    if dict_data is None:
        return NULL
    if not isinstance(dict_data, ZstdCompressionDict):
        raise TypeError("dict_data must be a ZstdCompressionDict instance")
    return dict_data._handle


def check_ends(ifh, ofh):
    """The ends of copy_stream."""
    if attribute(ifh, "read") is None:
        raise ValueError("first argument must have a read() method")
    if attribute(ofh, "write") is None:
        raise ValueError("second argument must have a write() method")


def sink_of(writer, closefd):
    write = attribute(writer, "write")
    if write is None:
        raise ValueError("must pass an object with a write() method")
    return Sink(writer, write, closefd)


def new_compressor(
    level=None,
    dict_data=None,
    compression_params=None,
    write_checksum=None,
    write_content_size=None,
    write_dict_id=None,
    threads=None,
):
    """A new handle of the C library, which the caller frees."""
    dictionary = check_dict(dict_data)
    if compression_params is not None:
        if not isinstance(compression_params, ZstdCompressionParameters):
            raise TypeError("compression_params must be a ZstdCompressionParameters instance")
        for name, value in (
            ("write_checksum", write_checksum),
            ("write_content_size", write_content_size),
            ("write_dict_id", write_dict_id),
            ("threads", threads or None),
            ("level", level),
        ):
            if value is not None:
                raise ValueError("cannot define compression_params and %s" % name)
        parameters = compression_params._handle
    else:
        level = 3 if level is None else int32(level, "level")
        if level > MAX_LEVEL:
            raise ValueError("level must be less than %d" % (MAX_LEVEL + 1))
        parameters = new_parameters()
        set_parameter(parameters, lib.ZST_C_COMPRESSION_LEVEL, level)
        # libzstd's own choice.
        set_parameter(parameters, lib.ZST_C_ENABLE_LDM, -1)
        if write_checksum is not None:
            set_parameter(parameters, lib.ZST_C_WRITE_CHECKSUM, bool(write_checksum))
        if write_content_size is not None:
            set_parameter(parameters, lib.ZST_C_WRITE_CONTENT_SIZE, bool(write_content_size))
        if write_dict_id is not None:
            set_parameter(parameters, lib.ZST_C_WRITE_DICT_ID, bool(write_dict_id))
        if threads is not None:
            set_parameter(parameters, lib.ZST_C_THREADS, int32(threads, "threads"))
    return make_raw("zst_compressor", lib.zst_compressor_new_from_parameters, parameters, dictionary)


@in_c("Compressor")
class _Compressor(Handled):
    def __init__(self, *args, **kwargs):
        self._handle = ffi.gc(new_compressor(*args, **kwargs), lib.zst_compressor_free)

    def compress(self, data):
        """Compresses data into one frame."""
        memory = argument(data)
        call = take_call()
        if lib.zst_compressor_compress(self._handle, memory, len(memory), call.bytes, call.err) < 0:
            raise failure(call.err)
        frame = call.taken_bytes()
        give_call(call)
        return frame

    def compressobj(self, size=None):
        """Compression by pushing."""
        return compression_obj(self._handle, content_size(size))

    def stream_reader(self, source, size=None, read_size=None, closefd=None):
        """A readable stream of the frame that `source` becomes."""
        size = content_size(size)
        read_size = piece_size(read_size, INPUT_SIZE, "read_size")
        source = source_of(source, TypeError, SOURCE_MESSAGE)
        size = size if source.known_size is None else source.known_size
        return compression_reader(self._handle, source, size, read_size, bool(closefd))

    def stream_writer(self, writer, size=None, write_size=None, write_return_read=None, closefd=None):
        """A writable stream, which writes frames to `writer`."""
        size = content_size(size)
        write_size = piece_size(write_size, OUTPUT_SIZE, "write_size")
        sink = sink_of(writer, closefd is None or bool(closefd))
        return compression_writer(self._handle, sink, size, write_size, bool(write_return_read))

    def chunker(self, size=None, chunk_size=None):
        """Compression by pushing, with output in pieces of `chunk_size` bytes."""
        size = content_size(size)
        chunk_size = piece_size(chunk_size, OUTPUT_SIZE, "chunk_size")
        return compression_chunker(self._handle, size, chunk_size)

    def read_to_iter(self, reader, size=None, read_size=None, write_size=None):
        """An iterator of the pieces of the frame that `reader` becomes."""
        size = content_size(size)
        read_size = piece_size(read_size, INPUT_SIZE, "read_size")
        write_size = piece_size(write_size, OUTPUT_SIZE, "write_size")
        source = source_of(reader, ValueError, ITERATOR_MESSAGE)
        size = size if source.known_size is None else source.known_size
        return compressor_iterator(self._handle, source, size, read_size, write_size)

    def copy_stream(self, ifh, ofh, size=None, read_size=None, write_size=None):
        """Compresses all of one stream into another; returns the bytes read and written."""
        size = content_size(size)
        read_size = piece_size(read_size, INPUT_SIZE, "read_size")
        write_size = piece_size(write_size, OUTPUT_SIZE, "write_size")
        check_ends(ifh, ofh)
        source, sink = Source(ifh, ifh.read), Sink(ofh, ofh.write, closefd=False)
        call = take_call()
        if (
            lib.zst_compressor_copy_stream(
                self._handle, source.raw, sink.raw, size, read_size, write_size, NULL, call.u64, call.u64_2, call.err
            )
            < 0
        ):
            raise failure(call.err, source, sink)
        counts = call.u64[0], call.u64_2[0]
        give_call(call)
        return counts

    def memory_size(self):
        """Bytes of memory used by the context of the most recent operation."""
        call = take_call()
        if lib.zst_compressor_memory_size(self._handle, call.size, call.err) < 0:
            raise failure(call.err)
        size = call.size[0]
        give_call(call)
        return size

    def frame_progression(self):
        """How far the most recent operation is: bytes ingested, consumed, produced."""
        out = ffi.new("zst_frame_progression *")
        call = take_call()
        if lib.zst_compressor_frame_progression(self._handle, out, call.err) < 0:
            raise failure(call.err)
        give_call(call)
        return out.ingested, out.consumed, out.produced


class ZstdCompressor(_Compressor, NotPickled):
    """Compresses, in many ways; one object serves any number of threads.

    :param level: 1 to 22; 0 is the default, 3; negative levels are faster
    :param dict_data: a ZstdCompressionDict
    :param compression_params: a ZstdCompressionParameters, instead of level and flags
    :param write_checksum: frames have a checksum of their content
    :param write_content_size: frames record the size of their content, when it is known
    :param write_dict_id: frames record the dictionary's id
    :param threads: worker threads of each operation; negative are all CPUs
    """

    __slots__ = ()
    read_from = _Compressor.read_to_iter
    write_to = _Compressor.stream_writer
    __signature__ = SignatureOf(new_compressor)

    def multi_compress_to_buffer(self, data, threads=None):
        """Compresses many items into frames of their own, on many threads."""
        threads = 0 if threads is None else int32(threads, "threads")
        if isinstance(data, list) and hasattr(_Compressor, "_batch"):
            return _Compressor._batch(self, data, None, threads)
        batch = ZstdBatch(data, "argument must be list of BufferWithSegments")
        return own_collection(batch.run("zst_compressor_multi_compress_to_buffer", self._handle, threads))
