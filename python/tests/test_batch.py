"""multi_compress_to_buffer() and multi_decompress_to_buffer()."""

import os

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, collect, q, raises

ITEMS = [b"item %d " % i * (i * 37 % 100 + 1) for i in range(50)]


def tobytes(result):
    assert type(result) is z.BufferWithSegmentsCollection
    return [one.tobytes() for one in result]


def packed(items):
    at, pairs = 0, []
    for item in items:
        pairs += [at, len(item)]
        at += len(item)
    return z.BufferWithSegments(b"".join(items), q(*pairs))


def three_kinds(items):
    half = len(items) // 2 or 1
    parts = [items[:half], items[half:]] if items[half:] else [items]
    return [items, packed(items), z.BufferWithSegmentsCollection(*map(packed, parts))]


@pytest.mark.parametrize("threads", [0, 1, 2, 7, -1, None, 64])
def test_there_and_back(cctx, dctx, threads):
    for data in three_kinds(ITEMS):
        frames = cctx.multi_compress_to_buffer(data, threads=threads)
        assert tobytes(frames) == [cctx.compress(item) for item in ITEMS]
        assert frames.size() == sum(map(len, tobytes(frames)))
        for kind in three_kinds(tobytes(frames)) + [frames]:
            assert tobytes(dctx.multi_decompress_to_buffer(kind, threads=threads)) == ITEMS
            sizes = q(*map(len, ITEMS))
            assert tobytes(dctx.multi_decompress_to_buffer(kind, sizes, threads)) == ITEMS


def test_list_elements(cctx):
    class List(list):
        pass

    mixed = List([bytearray(TEXT), memoryview(TEXT), packed([TEXT])[0], packed([TEXT])])
    assert tobytes(cctx.multi_compress_to_buffer(data=mixed)) == [FRAME] * 4


def test_wrong_types(cctx, dctx):
    for bad in (None, b"abc", (b"abc",), 5, "x"):
        with raises(TypeError, "argument must be list of BufferWithSegments"):
            cctx.multi_compress_to_buffer(bad)
        with raises(TypeError, "argument must be list or BufferWithSegments"):
            dctx.multi_decompress_to_buffer(bad)
    for call in (cctx.multi_compress_to_buffer, dctx.multi_decompress_to_buffer):
        for bad in (None, "x", 5):
            with raises(TypeError, "item 1 not a bytes like object"):
                call([FRAME, bad])


def test_nothing(cctx, dctx):
    for nothing in ([], z.BufferWithSegments(b"abc", b"")):
        with raises(ValueError, "no source elements found"):
            cctx.multi_compress_to_buffer(nothing)
        with raises(ValueError, "must pass at least 1 argument"):
            dctx.multi_decompress_to_buffer(nothing)
    with raises(ValueError, "source elements are empty"):
        cctx.multi_compress_to_buffer([b"", b""])


def test_empty_items_stay(cctx, dctx):
    for count in range(1, 9):
        for threads in range(9):
            items = [b"a"] + [b""] * count + [b"b"]
            frames = cctx.multi_compress_to_buffer(items, threads=threads)
            assert tobytes(frames) == [cctx.compress(item) for item in items]
            assert tobytes(dctx.multi_decompress_to_buffer(frames, threads=threads)) == items


@pytest.mark.parametrize("threads", [1, 4])
def test_frames_without_content(dctx, threads):
    for items, content in [
        ([EMPTY], [b""]), ([SKIPPABLE], [b""]), ([EMPTY, EMPTY], [b"", b""]), ([SKIPPABLE + FRAME, FRAME + b"junk"], [TEXT, TEXT]),
    ]:  # fmt: skip
        assert tobytes(dctx.multi_decompress_to_buffer(items, threads=threads)) == content


def test_first_failing_item(dctx):
    items = [z.compress(item) for item in ITEMS[:8]]
    items[1] = items[6] = FRAME[:7] + b"\xff" * 20
    for threads in range(9):
        with raises(z.ZstdError, "error decompressing item 1: "):
            dctx.multi_decompress_to_buffer(items, threads=threads)
    assert tobytes(dctx.multi_decompress_to_buffer([FRAME])) == [TEXT]


def test_failing_compression():
    bad = z.ZstdCompressionDict(b"no header", dict_type=z.DICT_TYPE_FULLDICT)
    with raises(z.ZstdError, "error compressing item 0: "):
        z.ZstdCompressor(dict_data=bad).multi_compress_to_buffer([TEXT, TEXT])


def test_sizes(dctx):
    for data in three_kinds([UNSIZED, FRAME]):
        assert tobytes(dctx.multi_decompress_to_buffer(data, decompressed_sizes=q(300, 0))) == [TEXT, TEXT]
        for sizes in (b"", b"ab", q(300), q(300, 300, 300)):
            with raises(ValueError, "decompressed_sizes size mismatch; expected 16, got %d" % len(sizes)):
                dctx.multi_decompress_to_buffer(data, decompressed_sizes=sizes)
        for sizes in (None, q(0, 300)):
            with raises(ValueError, "could not determine decompressed size of item 0"):
                dctx.multi_decompress_to_buffer(data, decompressed_sizes=sizes)
    with raises(ValueError, "could not determine decompressed size of item 1"):
        dctx.multi_decompress_to_buffer([FRAME, b"no frame"])
    with raises(z.ZstdError, "error decompressing item 0: decompressed 300 bytes; expected 301"):
        dctx.multi_decompress_to_buffer([UNSIZED], decompressed_sizes=q(301))
    with raises(z.ZstdError, "error decompressing item 0: decompressed 300 bytes; expected 299"):
        dctx.multi_decompress_to_buffer([FRAME], decompressed_sizes=q(299))
    with raises(z.ZstdError, "error decompressing item 0: ", "Destination buffer is too small"):
        dctx.multi_decompress_to_buffer([UNSIZED], decompressed_sizes=q(299))
    with raises(z.ZstdError, "error decompressing item 1: did not decompress full frame"):
        dctx.multi_decompress_to_buffer([FRAME, FRAME[:-1]])
    for sizes in (q(2**63, 2**63, 300), q(2**40, 300, 300)):
        with raises(z.ZstdError, "item 0"):
            dctx.multi_decompress_to_buffer([UNSIZED] * 3, decompressed_sizes=sizes)


def test_offsets_and_lifetime(cctx):
    result = cctx.multi_compress_to_buffer([b"a" * 10, b"b" * 10, b"c" * 10], threads=1)
    offsets, at = [one.offset for one in result], 0
    for one, offset in zip(result, offsets):
        assert offset == at
        at += len(one)
    last = result[2]
    del result
    collect()
    assert z.decompress(last) == b"c" * 10


def test_parameters_and_dictionary():
    d = z.ZstdCompressionDict(TEXT)
    cctx = z.ZstdCompressor(dict_data=d, write_checksum=True)
    frames = cctx.multi_compress_to_buffer([TEXT, os.urandom(100)], threads=2)
    assert z.get_frame_parameters(frames[0]).has_checksum
    assert frames[0].tobytes() == cctx.compress(TEXT)
    assert z.ZstdDecompressor(dict_data=d).multi_decompress_to_buffer(frames)[0].tobytes() == TEXT
