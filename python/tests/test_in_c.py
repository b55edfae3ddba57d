"""What the compiled module does in C, and could do wrong only there."""

import gc
import io
import itertools
import os
import threading
import weakref

import pytest

import zstandard as z
from helpers import child, q
from zstandard import _native

DATA = b"some content, and some more of it; " * 100
FRAME = z.compress(DATA)


def test_the_compiled_module_has_all_of_it():
    if not _native.COMPILED:
        pytest.skip("there is no compiled module in this wheel")
    for public, name in {
        z.ZstdCompressor: "Compressor",
        z.ZstdDecompressor: "Decompressor",
        z.ZstdCompressionObj: "CompressionObj",
        z.ZstdDecompressionObj: "DecompressionObj",
        z.ZstdCompressionReader: "CompressionReader",
        z.ZstdDecompressionReader: "DecompressionReader",
        z.ZstdCompressionWriter: "CompressionWriter",
        z.ZstdDecompressionWriter: "DecompressionWriter",
        z.ZstdCompressorIterator: "CompressorIterator",
        z.ZstdDecompressorIterator: "DecompressorIterator",
        z.ZstdCompressionChunker: "Chunker",
        z.ZstdCompressionChunkerIterator: "ChunkerIterator",
        z.BufferSegment: "Segment",
        z.BufferSegments: "Segments",
        z.BufferWithSegments: "Buffer",
        z.BufferWithSegmentsCollection: "Collection",
        z.FrameParameters: "FrameParameters",
        z.ZstdCompressionParameters: "Parameters",
        z.ZstdCompressionDict: "Dict",
    }.items():
        assert issubclass(public, getattr(_native.fast, name))
    # What all of them have is private.
    assert not [name for name in vars(_native.fast.Native) if not name.startswith("_")]
    for name in ("frame_content_size", "frame_header_size", "get_frame_parameters", "estimate_decompression_context_size"):
        assert getattr(z, name) is getattr(_native.fast, name)


@pytest.mark.parametrize("kind", ["source", "sink", "exception"])
def test_cycles_are_collected(kind):
    class End:
        def read(self, size):
            return b""

        def write(self, data):
            self.error = ValueError()
            raise self.error

    end = End()
    if kind == "source":
        end.stream = z.ZstdDecompressor().stream_reader(end)
    else:
        end.stream = z.ZstdDecompressor().stream_writer(end)
    if kind == "exception":
        with pytest.raises(ValueError):
            end.stream.write(FRAME)
    seen = weakref.ref(end)
    del end
    gc.collect()
    assert seen() is None


@pytest.mark.parametrize("way", ["source", "read"])
def test_a_cycle_with_a_memoryview(way):
    if not _native.COMPILED:
        pytest.skip("cffi lends a memoryview to the garbage collector, and CPython before 3.13 crashes then")
    child(
        """
import gc
import zstandard as z

gc.disable()
class End:
    def read(self, size):
        return memory

frame = bytearray(z.compress(b"content"))
memory = memoryview(frame)
end = End()
end.memory, end.end = memory, end
end.reader = z.ZstdDecompressor().stream_reader(end if "%s" == "read" else memory)
end.reader.read(1)
del memory, end
assert gc.collect()
# It is not lent any more.
frame.append(0)
"""
        % way
    )


def test_init_again_while_others_work():
    compressor, decompressor = z.ZstdCompressor(), z.ZstdDecompressor()
    wrong = []
    done = threading.Event()

    def work():
        while not done.is_set():
            if decompressor.decompress(compressor.compress(DATA * 20)) != DATA * 20:
                wrong.append(1)
            if compressor.memory_size() < 100 or decompressor.memory_size() < 100:
                wrong.append(2)

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for level in range(200):
        compressor.__init__(level=1 + level % 5)
        decompressor.__init__(max_window_size=2**20) if level % 2 else decompressor.__init__()
    done.set()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_list_that_changes_while_it_is_looked_at():
    class Clears:
        """Its buffer is asked for in the middle of the list."""

        def __buffer__(self, flags):
            del items[:]
            return memoryview(DATA)

    items = [DATA, Clears(), DATA]
    compressor = z.ZstdCompressor()
    try:
        frames = compressor.multi_compress_to_buffer(items)
    except TypeError:
        # Before CPython 3.12 this is no bytes-like object; and a list of another length is refused.
        return
    assert z.decompress(bytes(frames[0])) == DATA


def test_arguments_are_left_alone():
    data = bytearray(DATA)
    compressor, decompressor = z.ZstdCompressor(), z.ZstdDecompressor()
    frame = bytearray(FRAME)
    compressor.compress(data)
    compressor.compressobj().compress(data)
    compressor.stream_writer(open("/dev/null", "wb")).write(data)
    compressor.multi_compress_to_buffer([data, data])
    decompressor.decompress(frame)
    decompressor.decompressobj().decompress(frame)
    decompressor.stream_reader(frame).close()
    gc.collect()
    for failing in (decompressor.decompress, decompressor.decompressobj().decompress, z.get_frame_parameters):
        with pytest.raises(z.ZstdError):
            failing(bytearray(b"no frame at all"))
    with pytest.raises(TypeError):
        compressor.multi_compress_to_buffer([data, None])
    # An exported buffer would forbid this.
    data.append(0)
    frame.append(0)


def test_seek_in_a_source_in_python():
    frame = z.compress(bytes(range(250)) * 400)
    reader = z.ZstdDecompressor().stream_reader(io.BytesIO(frame), read_size=10)
    assert reader.seek(50_001) == 50_001
    assert reader.read(2) == b"\x01\x02"
    assert reader.seek(pos=7, whence=os.SEEK_CUR) == 50_010
    assert reader.seek(1, whence=2**70) == reader.seek(1, -1) == 50_010

    class Source:
        def read(self, size):
            raise KeyError("source")

    reader = z.ZstdDecompressor().stream_reader(Source())
    with pytest.raises(KeyError, match="source"):
        reader.seek(1)
    for wrong in "1", 1.0:
        with pytest.raises(TypeError):
            reader.seek(wrong)
        with pytest.raises(TypeError):
            reader.seek(1, wrong)
    for far in 2**63, -(2**63) - 1:
        with pytest.raises(OverflowError):
            reader.seek(far)


@pytest.mark.parametrize(
    "kind",
    [
        z.ZstdCompressionObj,
        z.ZstdDecompressionObj,
        z.ZstdCompressionReader,
        z.ZstdDecompressionReader,
        z.ZstdCompressionWriter,
        z.ZstdDecompressionWriter,
    ],
)
def test_objects_without_a_handle(kind):
    class Own(kind):
        def __new__(cls):
            return object.__new__(cls)

    for make in kind, Own, lambda: object.__new__(kind):
        with pytest.raises((TypeError, AttributeError)):
            made = make()
            # Without the types in C there is such an object, of no use.
            if hasattr(made, "eof" if "Obj" in kind.__name__ else "closed"):
                raise AssertionError("it has a handle")
            made._handle


def test_methods_with_another_self():
    for other in object(), [b""], z.ZstdDecompressor():
        with pytest.raises((TypeError, AttributeError)):
            z.ZstdCompressor.multi_compress_to_buffer(other, [DATA])
    for other in object(), [b""], z.ZstdCompressor():
        with pytest.raises((TypeError, AttributeError)):
            z.ZstdDecompressor.multi_decompress_to_buffer(other, [FRAME])


class Fails:
    def __index__(self):
        raise KeyError("index")


def test_an_index_that_raises():
    collection = z.ZstdCompressor().multi_compress_to_buffer([DATA, DATA])
    buffer = z.BufferWithSegments(DATA, q(0, 3))
    for items in collection, buffer, buffer.segments:
        with pytest.raises(KeyError, match="index"):
            items[Fails()]
        with pytest.raises(TypeError, match="index must be an integer, not str"):
            items["0"]
        with pytest.raises(IndexError):
            items[2**70]
        with pytest.raises(IndexError):
            items[-(2**70)]
    for call in z.ZstdCompressor().compressobj, z.ZstdDecompressor().stream_reader(FRAME).read:
        with pytest.raises(KeyError, match="index"):
            call(Fails())


def test_segments_outlive_another_init():
    data = os.urandom(1_000_000)
    collection = z.BufferWithSegmentsCollection(z.BufferWithSegments(bytearray(data), q(0, len(data))))
    made = z.ZstdCompressor().multi_compress_to_buffer([data])
    frame = made[0].tobytes()
    segments = collection[0], made[0]
    for one in collection, made:
        one.__init__(z.BufferWithSegments(b"other", q(0, 5)))
        assert [item.tobytes() for item in one] == [b"other"]
    gc.collect()
    others = [bytearray(len(data)) for _ in range(5)]
    assert segments[0].tobytes() == data
    assert segments[1].tobytes() == frame
    del others


@pytest.mark.parametrize("parent", [z.ZstdCompressor, z.ZstdDecompressor])
def test_an_iterator_that_is_given_up_while_it_runs(parent):
    class End:
        def read(self, size):
            with pytest.raises(z.ZstdError, match="busy"):
                next(pieces)
            return b""

    # It drops its iterator after a failure.
    pieces = itertools.islice(parent().read_to_iter(End()), 10)
    list(pieces)
    del pieces
    gc.collect()


@pytest.mark.skipif(not os.path.exists("/proc/self/maps"), reason="the system does not tell mappings")
def test_small_results_keep_no_mapping():
    def mappings():
        with open("/proc/self/maps") as lines:
            return sum(1 for _ in lines)

    before = mappings()
    unsized = z.ZstdCompressor(write_content_size=False).compress(b"foo")
    zeros = bytes(200_000)
    kept = [z.ZstdDecompressor().decompress(unsized, max_output_size=1 << 20) for _ in range(300)]
    kept += [z.ZstdCompressor().compress(zeros) for _ in range(300)]
    kept += [piece for _ in range(300) for piece in z.ZstdDecompressor().read_to_iter(unsized)]
    assert mappings() - before < 100
    del kept


def test_methods_that_are_none_or_raise():
    class Bytes(bytes):
        read = None

    class Raising:
        @property
        def read(self):
            raise TypeError("mine")

    assert b"".join(z.ZstdDecompressor().read_to_iter(Bytes(FRAME))) == DATA
    assert z.ZstdDecompressor().stream_reader(Bytes(FRAME)).read() == DATA
    for call in (z.ZstdCompressor().read_to_iter, z.ZstdCompressor().stream_reader, z.ZstdDecompressor().read_to_iter):
        with pytest.raises(TypeError, match="mine"):
            call(Raising())


def test_objects_stay_what_they_are():
    if not _native.COMPILED:
        pytest.skip("there is no handle in C that could be taken for another")
    compressor = z.ZstdCompressor()
    with pytest.raises(TypeError):
        compressor.__class__ = z.ZstdDecompressor
    with pytest.raises(TypeError):
        compressor.compressobj().__class__ = z.ZstdDecompressionObj


@pytest.mark.parametrize("stream", ["stream_reader(End()).read()", "stream_writer(End()).write(frame)"])
def test_the_process_ends_while_a_thread_is_in_a_callback(stream):
    if not _native.COMPILED:
        pytest.skip("Python ends the thread by unwinding, also through frames of the library")
    child(
        """
import threading
import zstandard as z

started = threading.Event()
frame = z.compress(b"content")

class End:
    def read(self, size):
        started.set()
        while True:
            pass
    write = read

threading.Thread(target=lambda: z.ZstdDecompressor().%s, daemon=True).start()
started.wait()
"""
        % stream
    )


def test_objects_that_pretend_to_be_others():
    class Pretends:
        kind = None
        __class__ = property(lambda self: self.kind)

    other = Pretends()
    other.kind = z.BufferWithSegments
    with pytest.raises((TypeError, AttributeError)):
        z.BufferWithSegmentsCollection(other)
    other.kind = z.ZstdCompressionParameters
    with pytest.raises((TypeError, AttributeError)):
        z.ZstdCompressionDict(DATA).precompute_compress(compression_params=other)


def test_a_dictionary_and_parameters_that_change_while_they_are_used():
    dictionary, parameters = z.ZstdCompressionDict(DATA), z.ZstdCompressionParameters()
    done = threading.Event()

    def change():
        while not done.is_set():
            dictionary.__init__(os.urandom(5000))
            parameters.__init__(window_log=20)

    thread = threading.Thread(target=change)
    thread.start()
    for _ in range(100):
        dictionary.precompute_compress(compression_params=parameters)
        frame = z.ZstdCompressor(dict_data=dictionary, compression_params=parameters).compress(DATA)
        assert z.get_frame_parameters(frame).content_size == len(DATA)
    done.set()
    thread.join()


def test_subclasses_with_their_own_arguments():
    class Buffer(z.BufferWithSegments):
        def __init__(self, data, segments, name="buffer"):
            super().__init__(data, segments)
            self.name = name

    class Dict(z.ZstdCompressionDict):
        def __init__(self, name):
            super().__init__(DATA)
            self.name = name

    assert Buffer(DATA, q(0, 3)).name == "buffer" and Buffer(DATA, q(0, 3))[0].tobytes() == DATA[:3]
    assert Dict("dict").name == "dict" and len(Dict("dict")) == len(DATA)
    assert z.BufferWithSegmentsCollection(Buffer(DATA, q(0, 3))).size() == 3


@pytest.mark.parametrize("size", [1_000, 100_000, 200_000])
def test_a_read_without_memory_for_its_result(size):
    if not _native.COMPILED:
        pytest.skip("cffi needs memory of Python's in places of its own")
    pytest.importorskip("_testcapi", reason="this Python comes without the means to refuse memory")
    # All threads of a process are refused it.
    child(
        """
import sys
import _testcapi
import zstandard as z

size, failures = int(sys.argv[1]), 0
data = b"some content, and some more of it; " * 100
frame = z.compress(data)
for number in range(30):
    reader = z.ZstdDecompressor().stream_reader(frame)
    content = b""
    _testcapi.set_nomemory(number, number + 1)
    try:
        content = reader.read(size)
    except MemoryError:
        failures += 1
    finally:
        _testcapi.remove_mem_hooks()
    assert reader.tell() == len(content)
    assert content + reader.read() == data
# There is another way to large results.
assert bool(failures) == (size < 200_000)
""",
        size,
    )
