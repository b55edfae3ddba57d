"""What holds for all data, however it is cut: hypothesis looks for cases in which it does not."""

import io
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import zstandard as z
from helpers import SKIPPABLE, RawSink, Sink, q

PYPY = sys.implementation.name == "pypy"


def examples(count):
    """How many cases are tried; it is the same ones each time."""
    return settings(
        max_examples=count // 4 if PYPY else count,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )


# Bytes that compress and bytes that do not, from nothing to more than a block.
contents = st.one_of(
    st.binary(max_size=200),
    st.builds(lambda piece, times: piece * times, st.binary(min_size=1, max_size=40), st.integers(0, 20_000)),
    st.builds(lambda *pieces: b"".join(pieces), st.binary(max_size=5000), st.binary(max_size=5000).map(lambda b: b * 3)),
    st.integers(0, 400_000).map(lambda size: bytes(number * number >> 7 & 255 for number in range(size % 997)) * (size // 997)),
)
sizes = st.sampled_from([1, 2, 3, 7, 100, 1000, 5000, 131_072, 200_000])


def cut(data, of):
    """The bytes in pieces, most of them not very small."""
    pieces, at = [], 0
    while at < len(of):
        size = data.draw(sizes) if len(pieces) < 20 else len(of)
        pieces.append(of[at : at + size])
        at += size
    return pieces


class Stream:
    """A source of these pieces, which takes breaks."""

    def __init__(self, data, pieces, breaks=False):
        self.results = []
        for piece in pieces:
            if breaks and data.draw(st.integers(0, 3)) == 0:
                self.results.append(data.draw(st.sampled_from([None, OSError("break")])))
            self.results.append(piece)

    def read(self, size):
        result = self.results.pop(0) if self.results else b""
        if isinstance(result, Exception):
            raise result
        return result


def stream(data, content):
    return Stream(data, cut(data, content))


def source(data, content):
    """Something to read from."""
    kind = data.draw(st.sampled_from([bytes, bytearray, memoryview, io.BytesIO, stream]))
    return stream(data, content) if kind is stream else kind(content)


def read_all(data, reader):
    """The whole content of a reader, by reads of all kinds."""
    parts = []
    while True:
        size = data.draw(sizes) if len(parts) < 20 else 500_000
        kind = data.draw(st.sampled_from(["read", "read1", "readinto", "readinto1", "readall"]))
        if kind == "readall":
            parts.append(reader.readall())
            assert reader.read(1) == b""
            break
        if kind.startswith("readinto"):
            buffer = bytearray(size)
            part = bytes(buffer[: getattr(reader, kind)(buffer)])
        else:
            part = getattr(reader, kind)(size)
        assert len(part) <= size
        if not part:
            break
        parts.append(part)
    content = b"".join(parts)
    assert reader.tell() == len(content)
    return content


# Ways to compress


def by_compress(data, cctx, content):
    return cctx.compress(content)


def by_compressobj(data, cctx, content):
    obj = cctx.compressobj(size=data.draw(st.sampled_from([-1, len(content)])))
    parts = []
    for piece in cut(data, content):
        parts.append(obj.compress(piece))
        if data.draw(st.booleans()):
            parts.append(obj.flush(z.COMPRESSOBJ_FLUSH_BLOCK))
    return b"".join(parts) + obj.flush()


def by_chunker(data, cctx, content):
    size = data.draw(sizes)
    chunker = cctx.chunker(chunk_size=size)
    parts = []
    for piece in cut(data, content):
        full = list(chunker.compress(piece))
        assert all(len(part) == size for part in full)
        parts += full
        if data.draw(st.integers(0, 4)) == 0:
            flushed = list(chunker.flush())
            assert all(len(part) == size for part in flushed[:-1])
            parts += flushed
    last = list(chunker.finish())
    assert last and all(len(part) == size for part in last[:-1])
    return b"".join(parts + last)


def by_compression_reader(data, cctx, content):
    return read_all(data, cctx.stream_reader(source(data, content), read_size=data.draw(sizes)))


def by_compression_writer(data, cctx, content):
    sink = Sink()
    write_size = data.draw(sizes)
    writer = cctx.stream_writer(sink, write_size=write_size, write_return_read=data.draw(st.booleans()))
    with writer:
        for piece in cut(data, content):
            writer.write(piece)
            if data.draw(st.integers(0, 4)) == 0:
                writer.flush()
    assert writer.tell() == len(sink.data) and all(len(piece) <= write_size for piece in sink.pieces)
    return sink.data


def by_compressor_iterator(data, cctx, content):
    read_size, write_size = data.draw(sizes), data.draw(sizes)
    parts = list(cctx.read_to_iter(source(data, content), read_size=read_size, write_size=write_size))
    assert all(0 < len(part) <= write_size for part in parts)
    return b"".join(parts)


def by_compressor_copy(data, cctx, content):
    sink = Sink()
    counts = cctx.copy_stream(stream(data, content), sink, read_size=data.draw(sizes), write_size=data.draw(sizes))
    assert counts == (len(content), len(sink.data))
    return sink.data


def by_batch(data, cctx, content):
    position = data.draw(st.integers(0, 2))
    items = [b"before", b"between"]
    items.insert(position, content)
    return cctx.multi_compress_to_buffer(items, threads=data.draw(st.integers(0, 3)))[position].tobytes()


# Ways to decompress


def by_decompress(data, dctx, frame, size):
    return dctx.decompress(frame, max_output_size=size + data.draw(st.integers(1, 1000)))


def by_all_frames(data, dctx, frame, size):
    return dctx.decompress(SKIPPABLE + frame + SKIPPABLE, max_output_size=size + 1, read_across_frames=True)


def by_decompressobj(data, dctx, frame, size):
    obj = dctx.decompressobj()
    tail = data.draw(st.binary(max_size=10))
    parts, unused = [], b""
    for piece in cut(data, frame + tail):
        if obj.eof:
            unused += piece
        else:
            parts.append(obj.decompress(piece))
    assert obj.eof and obj.unused_data + unused == tail
    return b"".join(parts)


def by_decompressobj_of_all_frames(data, dctx, frame, size):
    obj = dctx.decompressobj(read_across_frames=True)
    return b"".join(obj.decompress(piece) for piece in cut(data, SKIPPABLE + frame + SKIPPABLE))


def by_decompression_reader(data, dctx, frame, size):
    return read_all(data, dctx.stream_reader(source(data, frame), read_size=data.draw(sizes), strict=True))


def by_decompression_writer(data, dctx, frame, size):
    sink = Sink()
    with dctx.stream_writer(sink, write_size=data.draw(sizes), strict=True) as writer:
        written = sum(writer.write(piece) for piece in cut(data, frame))
        assert written == len(sink.data)
    return sink.data


def by_decompressor_iterator(data, dctx, frame, size):
    skip = data.draw(st.integers(0, 3))
    read_size, write_size = skip + data.draw(sizes), data.draw(sizes)
    junk = io.BytesIO(b"x" * skip + frame + b"behind the frame")
    parts = list(dctx.read_to_iter(junk, read_size=read_size, write_size=write_size, skip_bytes=skip, strict=True))
    assert all(0 < len(part) <= write_size for part in parts)
    return b"".join(parts)


def by_decompressor_copy(data, dctx, frame, size):
    sink = RawSink(lambda number, piece: min(len(piece), 50_000))
    counts = dctx.copy_stream(stream(data, frame), sink, write_size=data.draw(sizes), strict=True)
    assert counts == (len(frame), len(sink.data))
    return sink.data


def by_batch_of_frames(data, dctx, frame, size):
    empty = z.compress(b"")
    result = dctx.multi_decompress_to_buffer(
        [empty, frame], decompressed_sizes=q(0, size), threads=data.draw(st.integers(0, 3))
    )
    assert len(result) == 2 and len(result[0]) == 0
    return result[1].tobytes()


def by_open(data, dctx, frame, size):
    with z.open(io.BytesIO(frame), "rb", dctx=dctx) as reader:
        return read_all(data, reader)


COMPRESS = [
    by_compress,
    by_compressobj,
    by_chunker,
    by_compression_reader,
    by_compression_writer,
    by_compressor_iterator,
    by_compressor_copy,
    by_batch,
]
DECOMPRESS = [
    by_decompress,
    by_all_frames,
    by_decompressobj,
    by_decompressobj_of_all_frames,
    by_decompression_reader,
    by_decompression_writer,
    by_decompressor_iterator,
    by_decompressor_copy,
    by_batch_of_frames,
    by_open,
]


def settings_of(data):
    """A compressor and a decompressor for it."""
    dictionary = data.draw(st.sampled_from([None, None, b"a dictionary of words " * 20]))
    dictionary = dictionary and z.ZstdCompressionDict(dictionary)
    cctx = z.ZstdCompressor(
        level=data.draw(st.sampled_from([-3, 1, 3, 6])),
        dict_data=dictionary,
        write_checksum=data.draw(st.booleans()),
        write_content_size=data.draw(st.booleans()),
    )
    return cctx, z.ZstdDecompressor(dict_data=dictionary)


@pytest.mark.parametrize("decompress", DECOMPRESS, ids=lambda way: way.__name__)
@pytest.mark.parametrize("compress", COMPRESS, ids=lambda way: way.__name__)
def test_there_and_back(compress, decompress):
    @examples(8)
    @given(st.data(), contents)
    def run(data, content):
        cctx, dctx = settings_of(data)
        frame = compress(data, cctx, content)
        assert decompress(data, dctx, frame, len(content)) == content

    run()


# Readers and writers beside io.BytesIO


def reads(data, reader, model):
    """The same reads of both give the same."""
    for _ in range(data.draw(st.integers(1, 30))):
        kind = data.draw(st.sampled_from(["read", "readinto", "read1", "readinto1", "nothing", "tell"]))
        size = data.draw(sizes)
        if kind == "read":
            assert reader.read(size) == model.read(size)
        elif kind == "readinto":
            ours, theirs = bytearray(size), bytearray(size)
            count = reader.readinto(ours)
            # Behind what was read the buffer may hold anything.
            assert count == model.readinto(theirs) and ours[:count] == theirs[:count]
        elif kind == "nothing":
            assert reader.read(0) == b"" and reader.readinto(bytearray()) == 0
        elif kind != "tell":
            if kind == "read1":
                part = reader.read1(size)
            else:
                buffer = bytearray(size)
                part = bytes(buffer[: reader.readinto1(buffer)])
            here = model.tell()
            rest = model.read()
            # Some of it, unless there is none.
            assert rest.startswith(part) and len(part) <= size and bool(part) == bool(rest)
            model.seek(here + len(part))
        assert reader.tell() == model.tell()


@examples(80)
@given(st.data(), contents)
def test_a_decompression_reader_is_like_bytesio(data, content):
    cctx, dctx = settings_of(data)
    half = len(content) // 2
    frames = cctx.compress(content[:half]) + SKIPPABLE + cctx.compress(content[half:])
    reader = dctx.stream_reader(source(data, frames), read_size=data.draw(sizes), read_across_frames=True)
    model = io.BytesIO(content)
    reads(data, reader, model)
    for _ in range(data.draw(st.integers(0, 3))):
        forward = data.draw(st.integers(0, 100_000))
        end = min(model.tell() + forward, len(content))
        if data.draw(st.booleans()):
            assert reader.seek(forward, 1) == model.seek(end)
        else:
            assert reader.seek(model.tell() + forward) == model.seek(end)
        reads(data, reader, model)
    assert reader.read() == model.read()


@examples(60)
@given(st.data(), contents)
def test_a_compression_reader_is_like_bytesio(data, content):
    cctx, dctx = settings_of(data)
    pieces = source(data, content)
    reader = cctx.stream_reader(pieces, size=len(content), read_size=data.draw(sizes))
    # How output is cut does not matter to the bytes.
    reads(data, reader, io.BytesIO(cctx.stream_reader(content).readall()))


@examples(60)
@given(st.data(), contents)
def test_reads_go_on_after_breaks(data, content):
    cctx, dctx = settings_of(data)
    frame = cctx.compress(content)
    for stream_reader, whole, of in ((dctx.stream_reader, content, frame), (cctx.stream_reader, None, content)):
        reader = stream_reader(Stream(data, cut(data, of), breaks=True))
        parts = []
        while True:
            try:
                part = reader.read(data.draw(sizes) if len(parts) < 20 else 500_000)
            except OSError:  # BlockingIOError too
                continue
            if not part:
                break
            parts.append(part)
        got = b"".join(parts)
        assert got == whole or whole is None and dctx.stream_reader(got, strict=True).readall() == content


@examples(60)
@given(st.data(), contents)
def test_a_compression_writer_counts(data, content):
    cctx, dctx = settings_of(data)
    sink = io.BytesIO()
    both = [
        cctx.stream_writer(sink, write_return_read=False, closefd=False),
        cctx.stream_writer(io.BytesIO(), write_return_read=True, closefd=False),
    ]
    written = 0
    for piece in cut(data, content):
        written += both[0].write(piece)
        assert both[1].write(piece) == len(piece)
        assert written == both[0].tell() == len(sink.getvalue()) == both[1].tell()
        mode = data.draw(st.sampled_from([None, None, z.FLUSH_BLOCK, z.FLUSH_FRAME]))
        if mode is not None:
            flushed = both[0].flush(mode)
            assert flushed == both[1].flush(mode)
            written += flushed
            # All that was written so far can be read.
            so_far = dctx.stream_reader(sink.getvalue(), read_across_frames=True).readall()
            assert content.startswith(so_far)
    for writer in both:
        writer.close()
        writer.close()
    assert dctx.stream_reader(sink.getvalue(), read_across_frames=True, strict=True).readall() == content


@examples(60)
@given(st.data(), contents)
def test_a_sink_that_takes_little(data, content):
    cctx, dctx = settings_of(data)
    sink = RawSink(lambda number, piece: data.draw(st.sampled_from([None, 1, len(piece) // 2, len(piece)])) or None)
    writer = cctx.stream_writer(sink, write_size=1000, write_return_read=True)
    rest = memoryview(content)
    for _ in range(100):
        if not rest:
            break
        try:
            rest = rest[writer.write(rest) :]
        except BlockingIOError as error:
            rest = rest[error.characters_written :]
    sink.takes = lambda number, piece: len(piece)
    writer.write(rest)
    writer.close()
    assert dctx.decompress(sink.data, len(content) + 1) == content


# Batches beside one after the other


@examples(80)
@given(st.data(), st.lists(st.one_of(st.binary(max_size=50), contents), min_size=1, max_size=12))
def test_a_batch_is_like_one_after_the_other(data, items):
    cctx, dctx = settings_of(data)
    threads = data.draw(st.integers(-1, 5))
    if not any(items):
        return
    kind = data.draw(st.sampled_from(["list", "buffer", "collection"]))
    given_items = items
    if kind != "list":
        pairs, at = [], 0
        for item in items:
            pairs += [at, len(item)]
            at += len(item)
        given_items = z.BufferWithSegments(b"".join(items), q(*pairs))
        if kind == "collection":
            given_items = z.BufferWithSegmentsCollection(given_items)
    frames = cctx.multi_compress_to_buffer(given_items, threads=threads)
    assert [frame.tobytes() for frame in frames] == [cctx.compress(item) for item in items]
    assert frames.size() == sum(map(len, frames))
    lengths = q(*map(len, items))
    for some in (frames, list(frames), [bytes(frame) for frame in frames]):
        back = dctx.multi_decompress_to_buffer(some, decompressed_sizes=lengths, threads=threads)
        assert [one.tobytes() for one in back] == items


# Bytes that are no frame


@examples(200)
@given(st.data(), contents)
def test_damaged_frames(data, content):
    cctx, dctx = settings_of(data)
    frame = bytearray(cctx.compress(content[:3000]))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, max(len(frame) - 1, 0)))
        kind = data.draw(st.sampled_from(["change", "cut", "insert"]))
        if kind == "change" and frame:
            frame[at] ^= 1 << data.draw(st.integers(0, 7))
        elif kind == "cut":
            del frame[at:]
        else:
            frame[at:at] = data.draw(st.binary(max_size=5))
    outcomes = []
    for decompress in (
        lambda: dctx.decompress(frame, 10**6),
        lambda: b"".join(dctx.read_to_iter(frame, strict=True)),
        lambda: dctx.decompressobj().decompress(frame),
        lambda: dctx.stream_reader(frame, strict=True).readall(),
        lambda: dctx.multi_decompress_to_buffer([frame], decompressed_sizes=q(len(content[:3000])))[0].tobytes(),
    ):
        try:
            outcomes.append(decompress())
        except (z.ZstdError, ValueError):
            outcomes.append(None)
    one, pieces = outcomes[:2]
    if one is not None:
        assert pieces == one


@examples(200)
@given(st.one_of(st.binary(max_size=30), st.binary(max_size=20).map(lambda data: z.FRAME_HEADER + data)))
def test_looking_at_any_bytes(data):
    for function in (z.frame_content_size, z.frame_header_size, z.get_frame_parameters):
        for format in (z.FORMAT_ZSTD1, z.FORMAT_ZSTD1_MAGICLESS):
            try:
                function(data, format=format)
            except z.ZstdError as error:
                assert error.args == (str(error),)
