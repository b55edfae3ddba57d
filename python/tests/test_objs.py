"""compressobj(), chunker(), decompressobj()."""

import os

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, raises

RANDOM = os.urandom(300_000)


# compressobj


def test_pieces_make_a_frame(cctx, dctx):
    o = cctx.compressobj()
    frame = b"".join([o.compress(TEXT[:10]), o.compress(data=TEXT[10:]), o.compress(b""), o.flush()])
    assert dctx.decompress(frame, 300) == TEXT
    o = cctx.compressobj(size=300)
    assert o.compress(TEXT) == b""
    assert o.flush() == FRAME


def test_block_flush(cctx, dctx):
    o = cctx.compressobj()
    first = o.compress(b"foo") + o.flush(z.COMPRESSOBJ_FLUSH_BLOCK)
    assert dctx.decompressobj().decompress(first) == b"foo"
    assert o.flush(flush_mode=z.COMPRESSOBJ_FLUSH_BLOCK) == b""
    rest = o.compress(b"bar") + o.flush(None)
    assert dctx.decompress(first + rest, 6) == b"foobar"


def test_unknown_flush_mode(cctx):
    o = cctx.compressobj()
    for mode in (2, -1, 2**31 - 1):
        with raises(ValueError, "flush mode not recognized"):
            o.flush(mode)
    o.flush()
    with raises(ValueError, "flush mode not recognized"):
        o.flush(7)


def test_finished_obj(cctx):
    o = cctx.compressobj()
    o.flush()
    with raises(z.ZstdError, "cannot call compress() after compressor finished"):
        o.compress(None)
    with raises(z.ZstdError, "compressor object already finished"):
        o.flush()
    with raises(z.ZstdError, "compressor object already finished"):
        o.flush(z.COMPRESSOBJ_FLUSH_BLOCK)


def test_size_of_obj_is_wrong(cctx):
    o = cctx.compressobj(size=2)
    for _ in range(2):
        with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
            o.compress(b"foo" * 100)
    with raises(z.ZstdError, "error ending compression stream: Src size is incorrect"):
        o.flush()
    with raises(z.ZstdError, "compressor object already finished"):
        o.flush()
    o = cctx.compressobj(size=10)
    o.compress(b"foo")
    with raises(z.ZstdError, "error ending compression stream: Src size is incorrect"):
        o.flush()
    assert cctx.compress(TEXT) == FRAME


# chunker


def test_full_chunks(cctx, dctx):
    chunker = cctx.chunker(chunk_size=1000)
    parts = []
    for at in range(0, len(RANDOM), 7000):
        part = list(chunker.compress(RANDOM[at : at + 7000]))
        assert all(type(one) is bytes and len(one) == 1000 for one in part)
        parts += part
    last = list(chunker.finish())
    assert all(len(one) == 1000 for one in last[:-1]) and 0 < len(last[-1]) <= 1000
    assert dctx.decompress(b"".join(parts + last), len(RANDOM)) == RANDOM


def test_chunker_flush(cctx, dctx):
    chunker = cctx.chunker(size=None, chunk_size=None)
    assert list(chunker.flush()) == []
    assert list(chunker.compress(TEXT)) == []
    first = b"".join(chunker.flush())
    assert dctx.decompressobj().decompress(first) == TEXT
    assert list(chunker.flush()) == []
    assert dctx.decompress(first + b"".join(chunker.finish()), 300) == TEXT


def test_chunker_of_known_size(cctx):
    chunker = cctx.chunker(300)
    assert b"".join(list(chunker.compress(TEXT)) + list(chunker.finish())) == FRAME
    chunker = cctx.chunker(size=3)
    with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
        list(chunker.compress(TEXT)) + list(chunker.finish())
    chunker = cctx.chunker(size=1000)
    assert list(chunker.compress(TEXT)) == []
    with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
        list(chunker.finish())


@pytest.mark.parametrize("data", [b"", TEXT])
def test_input_must_be_consumed(cctx, data):
    chunker = cctx.chunker()
    iterator = chunker.compress(data)
    with raises(z.ZstdError, "cannot perform operation before consuming output from previous operation"):
        chunker.compress(b"x")
    with raises(z.ZstdError, "cannot call flush() before consuming output from previous operation"):
        chunker.flush()
    with raises(z.ZstdError, "cannot call finish() before consuming output from previous operation"):
        chunker.finish()
    assert list(iterator) == []
    assert z.decompress(b"".join(chunker.finish()), 300) == data


def test_abandoned_flush(cctx, dctx):
    chunker = cctx.chunker(chunk_size=10)
    out = list(chunker.compress(RANDOM[:1000]))
    flush = chunker.flush()
    out.append(next(flush))
    out += chunker.compress(RANDOM[1000:])
    out += chunker.finish()
    assert dctx.decompress(b"".join(out), len(RANDOM)) == RANDOM


def test_old_iterator_with_new_input(cctx):
    chunker = cctx.chunker(chunk_size=10)
    list(chunker.compress(RANDOM[:1000]))
    flush = chunker.flush()
    iterator = chunker.compress(b"more")
    with raises(z.ZstdError, "input should have been fully consumed before calling flush() or finish()"):
        next(flush)
    list(iterator)


def test_finished_chunker(cctx):
    chunker = cctx.chunker(chunk_size=5)
    list(chunker.compress(TEXT))
    first = chunker.finish()
    with raises(z.ZstdError, "cannot call compress() after compression finished"):
        chunker.compress(b"")
    with raises(z.ZstdError, "cannot call flush() after compression finished"):
        chunker.flush()
    out = [next(first)]
    out += chunker.finish()
    with raises(z.ZstdError, "cannot call finish() after compression finished"):
        chunker.finish()
    assert z.decompress(b"".join(out), 300) == TEXT
    assert list(first) == []


def test_arguments_are_checked_at_the_call(cctx):
    chunker = cctx.chunker()
    with raises(TypeError):
        chunker.compress("text")
    assert iter(chunker.finish()) is not None


def test_chunker_keeps_its_input(cctx):
    data = bytearray(TEXT)
    iterator = cctx.chunker().compress(data)
    try:
        data.append(1)
    except BufferError:
        pass
    list(iterator)
    data.append(1)


# decompressobj


def test_pieces_cut_anywhere(dctx):
    for size in (1, 3, 100):
        o = dctx.decompressobj()
        parts = [o.decompress(FRAME[at : at + size]) for at in range(0, len(FRAME), size)]
        assert b"".join(parts) == TEXT and o.eof
    o = dctx.decompressobj(write_size=1)
    assert o.decompress(b"") == b""
    assert o.decompress(data=UNSIZED) == TEXT
    assert o.unconsumed_tail == b"" and o.flush() == b"" and o.flush(5) == b"" and o.flush(length=None) == b""


def test_one_frame(dctx):
    o = dctx.decompressobj()
    assert (o.eof, o.unused_data) == (False, b"")
    assert o.decompress(FRAME + b"junk") == TEXT
    assert (o.eof, o.unused_data, o.unconsumed_tail) == (True, b"junk", b"")
    for data in (b"", FRAME):
        with raises(z.ZstdError, "cannot use a decompressobj multiple times"):
            o.decompress(data)
    with raises(AttributeError):
        o.eof = False


def test_a_skippable_frame_counts(dctx):
    o = dctx.decompressobj()
    assert o.decompress(SKIPPABLE + FRAME) == b""
    assert o.eof and o.unused_data == FRAME


def test_all_frames(dctx):
    o = dctx.decompressobj(read_across_frames=True)
    data = FRAME + FRAME + SKIPPABLE + EMPTY + UNSIZED
    assert b"".join(o.decompress(data[at : at + 7]) for at in range(0, len(data), 7)) == TEXT * 3
    assert not o.eof and o.unused_data == b""
    assert o.decompress(FRAME) == TEXT
    with raises(z.ZstdError, "zstd decompressor error: Unknown frame descriptor"):
        o.decompress(b"no frame")
    with raises(z.ZstdError):
        o.decompress(FRAME)


def test_damaged_data(dctx):
    for data in (b"no frame", FRAME[:7] + b"\xff" * 20):
        o = dctx.decompressobj()
        with raises(z.ZstdError, "zstd decompressor error: "):
            o.decompress(data)
        with raises(z.ZstdError):
            o.decompress(b"")
        assert not o.eof
    assert dctx.decompress(FRAME) == TEXT
