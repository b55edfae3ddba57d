"""What the compiled module does in C, and could do wrong only there."""

import gc
import threading
import weakref

import pytest

import zstandard as z
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
        z.BufferSegment: "Memory",
        z.BufferSegments: "Memory",
        z.BufferWithSegments: "Buffer",
        z.BufferWithSegmentsCollection: "Collection",
        z.FrameParameters: "FrameParameters",
    }.items():
        assert issubclass(public, getattr(_native.fast, name))
    for function in (z.frame_content_size, z.frame_header_size, z.get_frame_parameters):
        assert function is getattr(_native.fast, function.__name__)


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
