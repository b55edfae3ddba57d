"""A program that type checkers must accept as it is: test_types.py gives it to mypy."""

import io
import mmap
import pathlib
from array import array
from typing import IO, assert_type

import zstandard
from zstandard import (
    BufferSegment,
    BufferSegments,
    BufferWithSegments,
    BufferWithSegmentsCollection,
    CompressionParameters,
    FrameParameters,
    ZstdCompressionDict,
    ZstdCompressionParameters,
    ZstdCompressor,
    ZstdDecompressor,
    ZstdError,
)


class Uploads:
    """The least that a sink needs."""

    def write(self, data: bytes) -> int:
        return len(data)


class Downloads:
    """The least that a source needs."""

    def read(self, size: int) -> bytes:
        return b""


def constants() -> None:
    assert_type(zstandard.__version__, str)
    assert_type(zstandard.ZSTD_VERSION, tuple[int, int, int])
    assert_type(zstandard.backend_features, set[str])
    assert_type(zstandard.FRAME_HEADER, bytes)
    assert_type(zstandard.FLUSH_FRAME + zstandard.WINDOWLOG_MAX + zstandard.STRATEGY_BTULTRA2, int)


def functions(data: bytes, area: mmap.mmap, numbers: "array[int]") -> None:
    assert_type(zstandard.compress(data), bytes)
    assert_type(zstandard.compress(area, level=10), bytes)
    assert_type(zstandard.compress(numbers), bytes)
    assert_type(zstandard.decompress(bytearray(data), max_output_size=100), bytes)
    assert_type(zstandard.frame_content_size(data), int)
    assert_type(zstandard.frame_content_size(source=data), int)
    assert_type(zstandard.frame_header_size(data, format=zstandard.FORMAT_ZSTD1), int)
    assert_type(zstandard.get_frame_parameters(data), FrameParameters)
    assert_type(zstandard.get_frame_parameters(data).has_checksum, bool)
    assert_type(zstandard.estimate_decompression_context_size(), int)
    dictionary = zstandard.train_dictionary(8192, [data], k=64, d=8, threads=-1, algorithm="cover")
    assert_type(dictionary, ZstdCompressionDict)
    assert_type(zstandard.dictionary_id(dictionary), int)
    assert_type(dictionary.as_bytes(), bytes)
    dictionary.precompute_compress(level=3)


def compressor(data: bytes, source: IO[bytes], sink: IO[bytes]) -> None:
    parameters = ZstdCompressionParameters.from_level(3, source_size=100, window_log=20)
    assert_type(parameters, CompressionParameters)
    assert_type(parameters.window_log, int)
    c = ZstdCompressor(compression_params=parameters)
    c = ZstdCompressor(level=10, dict_data=ZstdCompressionDict(data), write_checksum=True, threads=-1)
    assert_type(c.compress(data), bytes)
    assert_type(c.frame_progression(), tuple[int, int, int])
    obj = c.compressobj(size=len(data))
    assert_type(obj.compress(data) + obj.flush(zstandard.COMPRESSOBJ_FLUSH_BLOCK), bytes)
    chunker = c.chunker(chunk_size=1000)
    for chunk in chunker.compress(data):
        assert_type(chunk, bytes)
    for chunk in chunker.finish():
        assert_type(chunk, bytes)
    with c.stream_reader(source, closefd=False) as reader:
        assert_type(reader.read(100), bytes)
        assert_type(reader.readinto(bytearray(10)), int)
    c.stream_reader(Downloads())
    with c.stream_writer(sink, write_return_read=True) as writer:
        assert_type(writer.write(memoryview(data)), int)
        assert_type(writer.flush(zstandard.FLUSH_FRAME), int)
        assert_type(writer.tell(), int)
    c.stream_writer(Uploads())
    assert_type(b"".join(c.read_to_iter(data)), bytes)
    assert_type(c.copy_stream(source, sink), tuple[int, int])


def decompressor(data: bytes, source: IO[bytes], sink: IO[bytes]) -> None:
    d = ZstdDecompressor(max_window_size=2**20, format=zstandard.FORMAT_ZSTD1)
    try:
        assert_type(d.decompress(data, 100, read_across_frames=True, allow_extra_data=False), bytes)
    except ZstdError as error:
        assert_type(error.code, int)
    obj = d.decompressobj(read_across_frames=True)
    assert_type(obj.decompress(data) + obj.flush() + obj.unused_data + obj.unconsumed_tail, bytes)
    assert_type(obj.eof, bool)
    with d.stream_reader(source, strict=True) as reader:
        assert_type(reader.seek(10), int)
        assert_type(reader.read1(), bytes)
    text = io.TextIOWrapper(d.stream_reader(source), encoding="utf-8")
    assert_type(text.readline(), str)
    assert_type(io.BufferedReader(d.stream_reader(source)).readline(), bytes)
    with d.stream_writer(sink) as writer:
        assert_type(writer.write(data), int)
    for piece in d.read_to_iter(source, skip_bytes=4, read_across_frames=True):
        assert_type(piece, bytes)
    assert_type(d.copy_stream(source, sink, strict=True), tuple[int, int])
    assert_type(d.decompress_content_dict_chain([data, data]), bytes)


def batches(data: bytes) -> None:
    frames = ZstdCompressor().multi_compress_to_buffer([data, memoryview(data)], threads=-1)
    assert_type(frames, BufferWithSegmentsCollection)
    back = ZstdDecompressor().multi_decompress_to_buffer(frames, decompressed_sizes=data)
    assert_type(back[0], BufferSegment)
    assert_type(back[0].tobytes(), bytes)
    assert_type(bytes(back[0]), bytes)
    assert_type(len(back) + back.size() + back[0].offset, int)
    buffer = BufferWithSegments(data, data)
    assert_type(buffer.segments, BufferSegments)
    assert_type(buffer.segments(), BufferSegments)
    assert_type(buffer.segments[0], tuple[int, int])
    for segment in buffer:
        assert_type(zstandard.compress(segment), bytes)
    BufferWithSegmentsCollection(buffer, buffer)


def files(path: pathlib.Path) -> None:
    with zstandard.open(path, "rb") as reader:
        assert_type(reader.read(), bytes)
    with zstandard.open(path, "wb", cctx=ZstdCompressor()) as writer:
        assert_type(writer.write(b"data"), int)
    with zstandard.open(path, "rt", encoding="utf-8") as text:
        assert_type(text.read(), str)
    with zstandard.open(str(path), "w") as text:
        assert_type(text.write("text"), int)
