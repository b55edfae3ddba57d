"""read_to_iter() and copy_stream() of both directions, and decompress()."""

import io
import os

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, RawSink, Sink, Source, raises

RANDOM = os.urandom(300_000)
BIG = z.compress(RANDOM)


# read_to_iter


def test_pieces(cctx, dctx):
    iterator = cctx.read_to_iter(io.BytesIO(RANDOM), read_size=10_000, write_size=1000)
    assert iter(iterator) is iterator and isinstance(iterator, z.ZstdCompressorIterator)
    pieces = list(iterator)
    assert all(type(one) is bytes and 0 < len(one) <= 1000 for one in pieces)
    assert dctx.decompress(b"".join(pieces), 300_000) == RANDOM
    pieces = list(dctx.read_to_iter(BIG, write_size=999))
    assert all(type(one) is bytes and 0 < len(one) <= 999 for one in pieces)
    assert b"".join(pieces) == RANDOM
    for _ in range(2):
        with pytest.raises(StopIteration):
            next(iterator)
    assert b"".join(cctx.read_from(TEXT)) == FRAME
    assert b"".join(dctx.read_from(FRAME)) == TEXT


def test_neither_stream_nor_bytes(cctx, dctx):
    for ctx in (cctx, dctx):
        for bad in (None, 5, "text", object()):
            with raises(ValueError, "must pass an object with a read() method or conforms to buffer protocol"):
                ctx.read_to_iter(bad)


def test_reads(cctx):
    source = Source(b"foo", b"bar", b"baz")
    iterator = cctx.read_to_iter(source)
    assert source.reads == 0
    out = b"".join(iterator)
    assert source.reads == 4 and z.decompress(out, 9) == b"foobarbaz"
    assert list(iterator) == [] and source.reads == 4
    assert len(list(cctx.read_to_iter(Source()))) == 1
    source = Source(*(FRAME[at : at + 1] for at in range(len(FRAME))), b"x")
    assert b"".join(z.ZstdDecompressor().read_to_iter(source, read_size=1)) == TEXT
    assert source.reads == len(FRAME) and set(source.asked) == {1}


def test_source_raises(cctx, dctx):
    for ctx, data in ((cctx, TEXT), (dctx, FRAME)):
        for error in (OSError("a"), KeyboardInterrupt()):
            iterator = ctx.read_to_iter(Source(data[:10], error, data[10:]))
            out, caught = b"", []
            while True:
                try:
                    out += next(iterator)
                except StopIteration:
                    break
                except BaseException as exception:
                    caught.append(exception)
            assert caught == [error]
            assert (out if ctx is dctx else z.decompress(out, 300)) == TEXT


def test_source_would_block(cctx, dctx):
    for ctx, data in ((cctx, TEXT), (dctx, FRAME)):
        iterator = ctx.read_to_iter(Source(data[:10], None, data[10:]))
        out, caught = b"", 0
        while True:
            try:
                out += next(iterator)
            except StopIteration:
                break
            except BlockingIOError:
                caught += 1
        assert caught == 1 and (out if ctx is dctx else z.decompress(out, 300)) == TEXT


def test_source_gives_something_else(cctx, dctx):
    for ctx in (cctx, dctx):
        for bad in ("text", 5, [1]):
            with raises(TypeError):
                next(ctx.read_to_iter(Source(bad)))
            with raises(TypeError):
                ctx.copy_stream(Source(bad), Sink())


def test_busy(cctx, dctx):
    for ctx, data in ((cctx, TEXT), (dctx, FRAME)):
        texts = []

        class Inner:
            def read(self, size):
                with raises(z.ZstdError, "busy"):
                    next(iterator)
                texts.append(1)
                return data if len(texts) == 1 else b""

        iterator = ctx.read_to_iter(Inner())
        out = b"".join(iterator)
        assert texts and (out if ctx is dctx else z.decompress(out, 300)) == TEXT


def test_wrong_size(cctx):
    with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
        list(cctx.read_to_iter(Source(TEXT), size=10))
    with raises(z.ZstdError, "error ending compression stream: Src size is incorrect"):
        list(cctx.read_to_iter(Source(TEXT), size=301))
    with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
        cctx.copy_stream(Source(TEXT), Sink(), size=10)
    with raises(z.ZstdError, "error ending compression stream: Src size is incorrect"):
        cctx.copy_stream(Source(TEXT), Sink(), size=301)


def test_skip_bytes(dctx):
    assert b"".join(dctx.read_to_iter(b"1234" + FRAME, skip_bytes=4)) == TEXT
    assert b"".join(dctx.read_to_iter(io.BytesIO(b"1234" + FRAME), 100, None, 4)) == TEXT
    for skip in (-1, -(2**63) - 1):
        with raises(ValueError, "skip_bytes must not be negative"):
            dctx.read_to_iter(FRAME, skip_bytes=skip)
    for skip in (10, 11, 2**63):
        with raises(ValueError, "skip_bytes must be smaller than read_size"):
            dctx.read_to_iter(FRAME, read_size=10, skip_bytes=skip)
    text = "skip_bytes larger than first input chunk; this scenario is currently unsupported"
    for source in (b"abcde", io.BytesIO(b"abcde")):
        with raises(ValueError, text):
            next(dctx.read_to_iter(source, skip_bytes=5))
    for source in (b"", io.BytesIO()):
        assert list(dctx.read_to_iter(source, skip_bytes=5)) == []


def test_frames_of_an_iterator(dctx):
    data = SKIPPABLE + FRAME + EMPTY + SKIPPABLE + UNSIZED
    assert b"".join(dctx.read_to_iter(data)) == TEXT
    assert b"".join(dctx.read_to_iter(data, read_across_frames=True)) == TEXT * 2
    assert list(dctx.read_to_iter(EMPTY)) == []
    assert b"".join(dctx.read_to_iter(UNSIZED[:-1])) in (b"", TEXT)
    with raises(z.ZstdError, "input ends inside a frame"):
        list(dctx.read_to_iter(UNSIZED[:-1], strict=True))
    with raises(z.ZstdError, "zstd decompress error: "):
        list(dctx.read_to_iter(b"no frame"))
    with raises(TypeError):
        dctx.read_to_iter(FRAME, 10, 10, 0, True)


# copy_stream


def test_copy(cctx, dctx):
    source, sink = Source(b"foo", b"bar"), Sink()
    assert cctx.copy_stream(source, sink) == (6, len(sink.data))
    assert source.reads == 3 and not sink.closed and not sink.flushes
    back = Sink()
    assert dctx.copy_stream(Source(sink.data), back) == (len(sink.data), 6)
    assert back.data == b"foobar"
    sink = Sink()
    assert cctx.copy_stream(io.BytesIO(RANDOM), sink, 300_000, 1000, 100)[0] == 300_000
    assert all(0 < len(one) <= 100 for one in sink.pieces) and sink.data == BIG
    back = Sink()
    dctx.copy_stream(ifh=io.BytesIO(BIG), ofh=back, read_size=77, write_size=88)
    assert all(0 < len(one) <= 88 for one in back.pieces) and back.data == RANDOM


def test_ends_of_copy(cctx, dctx):
    for ctx in (cctx, dctx):
        for bad in (b"", object(), None):
            with raises(ValueError, "first argument must have a read() method"):
                ctx.copy_stream(bad, Sink())
            with raises(ValueError, "second argument must have a write() method"):
                ctx.copy_stream(Source(), bad)


def test_copy_of_frames(dctx):
    sink = Sink()
    assert dctx.copy_stream(Source(), sink) == (0, 0)
    data = SKIPPABLE + FRAME + EMPTY + UNSIZED
    assert dctx.copy_stream(io.BytesIO(data), sink, read_size=1) == (len(data), 600)
    sink = Sink()
    with raises(z.ZstdError, "zstd decompressor error: "):
        dctx.copy_stream(io.BytesIO(FRAME + b"garbage"), sink)
    assert sink.data == TEXT
    assert dctx.copy_stream(io.BytesIO(FRAME[:-1]), Sink())[0] == len(FRAME) - 1
    with raises(z.ZstdError, "input ends inside a frame"):
        dctx.copy_stream(io.BytesIO(FRAME[:-1]), Sink(), strict=True)


def test_failing_ends_of_copy(cctx, dctx):
    for ctx, data in ((cctx, TEXT), (dctx, FRAME)):
        for error in (OSError("x"), KeyboardInterrupt(), KeyError("y")):
            with pytest.raises(type(error)) as info:
                ctx.copy_stream(Source(data[:5], error), Sink())
            assert info.value is error
            with pytest.raises(type(error)) as info:
                ctx.copy_stream(Source(data), Sink({0: error}))
            assert info.value is error
        with raises(BlockingIOError):
            ctx.copy_stream(Source(None), Sink())
        with raises(BlockingIOError):
            ctx.copy_stream(Source(data), RawSink(lambda number, data: None))
        sink = RawSink(lambda number, data: 1)
        ctx.copy_stream(Source(data), sink)
        assert (sink.data if ctx is dctx else z.decompress(sink.data, 300)) == TEXT


# decompress


def test_one_frame(dctx):
    assert dctx.decompress(FRAME) == dctx.decompress(SKIPPABLE + FRAME + b"junk") == TEXT
    assert dctx.decompress(SKIPPABLE * 2) == b"" == dctx.decompress(EMPTY)
    assert dctx.decompress(FRAME, max_output_size=1) == TEXT
    assert dctx.decompress(UNSIZED, max_output_size=10_000) == TEXT
    assert dctx.decompress(UNSIZED, 300) == TEXT
    assert dctx.decompress(FRAME, None, None, None) == TEXT


def test_refused(dctx):
    for bad in (b"", b"abc", b"no frame at all", FRAME[:5], SKIPPABLE + b"xyz"):
        with raises(z.ZstdError, "error determining content size from frame header"):
            dctx.decompress(bad)
    with raises(z.ZstdError, "could not determine content size in frame header"):
        dctx.decompress(UNSIZED)
    for data, size in ((UNSIZED, 299), (UNSIZED[:-1], 300), (FRAME[:-1], 0), (SKIPPABLE[:-1], 0), (EMPTY[:-1], 0)):
        with raises(z.ZstdError, "decompression error: did not decompress full frame"):
            dctx.decompress(data, size)
    with raises(ValueError):
        dctx.decompress(UNSIZED, -1)
    for size in (2**47, 2**62):
        with raises(MemoryError):
            dctx.decompress(UNSIZED, size)
    with raises(OverflowError):
        dctx.decompress(UNSIZED, 2**63)
    summed = bytearray(z.ZstdCompressor(write_checksum=True).compress(TEXT))
    summed[-1] ^= 1
    with raises(z.ZstdError, "decompression error: Restored data doesn't match checksum"):
        dctx.decompress(summed)
    with raises(z.ZstdError, "decompression error: Data corruption detected"):
        dctx.decompress(BIG[:6] + b"\xff" * 8 + b"\xff" * 300_000)


def test_extra_data(dctx):
    for data, size in ((FRAME, 0), (UNSIZED, 301)):
        with raises(z.ZstdError, "compressed input contains 4 bytes of unused data, which is disallowed"):
            dctx.decompress(data + b"junk", size, allow_extra_data=False)
        assert dctx.decompress(data, size, allow_extra_data=False) == TEXT


def test_across_frames(dctx):
    data = SKIPPABLE + FRAME + EMPTY + SKIPPABLE + FRAME
    assert dctx.decompress(data, read_across_frames=True) == TEXT * 2
    assert dctx.decompress(data + UNSIZED, 900, True) == TEXT * 3
    with raises(z.ZstdError, "did not decompress full frame"):
        dctx.decompress(data + UNSIZED, 899, True)
    with raises(z.ZstdError, "could not determine content size in frame header"):
        dctx.decompress(data + UNSIZED, read_across_frames=True)
    assert dctx.decompress(data + b"junk", read_across_frames=True) == TEXT * 2
    with raises(z.ZstdError, "4 bytes of unused data"):
        dctx.decompress(data + b"junk", read_across_frames=True, allow_extra_data=False)
    with raises(z.ZstdError, "did not decompress full frame"):
        dctx.decompress(data + FRAME[:-1], read_across_frames=True)


def test_window_limit(dctx):
    big = z.ZstdCompressor(compression_params=z.ZstdCompressionParameters(window_log=16, write_content_size=0)).compress(RANDOM)
    small = z.ZstdDecompressor(max_window_size=1024)
    for call in (
        lambda: small.decompress(big, 300_000),
        lambda: small.decompressobj().decompress(big),
        lambda: small.stream_reader(big).read(),
        lambda: list(small.read_to_iter(big)),
        lambda: small.copy_stream(io.BytesIO(big), Sink()),
        lambda: small.stream_writer(Sink()).write(big),
        lambda: small.multi_decompress_to_buffer([big], decompressed_sizes=(300_000).to_bytes(8, os.sys.byteorder)),
    ):
        with raises(z.ZstdError, "Frame requires too much memory for decoding"):
            call()
    assert small.decompress(z.compress(RANDOM)) == RANDOM
    assert z.ZstdDecompressor(max_window_size=2**31).decompress(FRAME) == TEXT
    for size in (1, 1023, 2**31 + 1, -1, 2**70, -(2**70)):
        with raises(z.ZstdError, "unable to set max window size: Parameter is out of bound"):
            z.ZstdDecompressor(max_window_size=size)


def test_formats():
    for bad in (2, -1, 2**40):
        with raises(z.ZstdError, "unable to set decoding format: Parameter is out of bound"):
            z.ZstdDecompressor(format=bad)
    with raises(TypeError, "dict_data must be"):
        z.ZstdDecompressor(dict_data=b"abc")
    with raises(z.ZstdError, "could not create decompression dict"):
        z.ZstdDecompressor(z.ZstdCompressionDict(b"abcdefghijk", dict_type=z.DICT_TYPE_FULLDICT))
    assert z.ZstdDecompressor(None, None, None).decompress(FRAME) == TEXT
    dctx = z.ZstdDecompressor(format=z.FORMAT_ZSTD1_MAGICLESS)
    frame, unsized = FRAME[4:], UNSIZED[4:]
    sink, copied = Sink(), Sink()
    dctx.stream_writer(sink).write(frame)
    dctx.copy_stream(io.BytesIO(frame), copied)
    sizes = (300).to_bytes(8, os.sys.byteorder)
    assert {
        dctx.decompress(frame),
        dctx.decompress(unsized, 300),
        dctx.decompressobj().decompress(frame),
        dctx.stream_reader(frame).read(),
        b"".join(dctx.read_to_iter(frame)),
        sink.data,
        copied.data,
        dctx.multi_decompress_to_buffer([frame])[0].tobytes(),
        dctx.multi_decompress_to_buffer([unsized], decompressed_sizes=sizes)[0].tobytes(),
    } == {TEXT}
    assert dctx.decompress(frame + frame, read_across_frames=True) == TEXT * 2
    assert z.frame_content_size(frame, format=z.FORMAT_ZSTD1_MAGICLESS) == 300


# Prefix chains


def chain(length, size=100):
    texts, frames = [], []
    for number in range(length):
        text = (texts[-1] if texts else b"") + os.urandom(size)
        d = z.ZstdCompressionDict(texts[-1], dict_type=z.DICT_TYPE_RAWCONTENT) if texts else None
        frames.append(z.ZstdCompressor(dict_data=d).compress(text))
        texts.append(text)
    return texts, frames


def test_chain(dctx):
    texts, frames = chain(50, 10)
    assert dctx.decompress_content_dict_chain(frames) == texts[-1]
    assert dctx.decompress_content_dict_chain(frames=frames[:1]) == texts[0]
    assert dctx.decompress_content_dict_chain([frames[0] + b"junk", frames[1]]) == texts[1]

    class List(list):
        pass

    assert dctx.decompress_content_dict_chain(List(frames)) == texts[-1]


def test_bad_chains(dctx):
    for bad in ((), (FRAME,), None, FRAME):
        with raises(TypeError):
            dctx.decompress_content_dict_chain(bad)
    with raises(ValueError, "empty input chain"):
        dctx.decompress_content_dict_chain([])
    for position in (0, 1):
        front = [FRAME] * position
        for bad, text in [
            (bytearray(FRAME), "must be bytes"),
            ("x", "must be bytes"),
            (b"", "is too small to contain a zstd frame"),
            (FRAME[:5], "is too small to contain a zstd frame"),
            (b"no frame at all", "is not a valid zstd frame"),
            (SKIPPABLE, "is not a valid zstd frame"),
            (UNSIZED, "missing content size in frame"),
        ]:
            with raises(ValueError, "chunk %d %s" % (position, text)):
                dctx.decompress_content_dict_chain([*front, bad])
        with raises(z.ZstdError, "chunk %d did not decompress full frame" % position):
            dctx.decompress_content_dict_chain([*front, FRAME[:-1]])
        with raises(z.ZstdError, "could not decompress chunk %d: " % position):
            dctx.decompress_content_dict_chain([*front, FRAME[:7] + b"\xff" * 20])
    with raises(ValueError, "chunk 0 missing content size"):
        dctx.decompress_content_dict_chain([UNSIZED, 5])
