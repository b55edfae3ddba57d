"""ZstdCompressor: its arguments, compress(), what it tells of itself."""

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, TEXT, collect, raises


def test_levels():
    with raises(ValueError, "level must be less than 23"):
        z.ZstdCompressor(level=23)
    z.ZstdCompressor(22)
    assert z.ZstdCompressor(level=0).compress(TEXT * 100) == z.ZstdCompressor(level=3).compress(TEXT * 100)
    assert z.ZstdCompressor(level=-131072).compress(TEXT) == z.ZstdCompressor(level=-200000).compress(TEXT)
    for level in (2**31, -(2**31) - 1, 2**80):
        with raises(OverflowError) if level < 0 else pytest.raises((OverflowError, ValueError)):
            z.ZstdCompressor(level=level)


def test_defaults_and_none():
    nothing = z.ZstdCompressor(None, None, None, None, None, None, None)
    assert nothing.compress(TEXT) == FRAME
    assert z.ZstdCompressor(3, None, None, False, True, True, 0).compress(TEXT) == FRAME


def test_parameters_exclude_the_rest():
    p = z.ZstdCompressionParameters()
    names = ["write_checksum", "write_content_size", "write_dict_id", "threads", "level"]
    values = dict.fromkeys(names, 3)
    while values:
        with raises(ValueError, "cannot define compression_params and " + names[0]):
            z.ZstdCompressor(compression_params=p, **values)
        del values[names.pop(0)]
    with raises(ValueError, "write_checksum"):
        z.ZstdCompressor(compression_params=p, write_checksum=False)
    z.ZstdCompressor(compression_params=p, threads=0)
    z.ZstdCompressor(compression_params=p, level=None, write_checksum=None, threads=None)


def test_wrong_types():
    with raises(TypeError, "dict_data must be"):
        z.ZstdCompressor(dict_data=b"abc")
    with raises(TypeError, "compression_params must be"):
        z.ZstdCompressor(compression_params={})
    with raises(TypeError):
        z.ZstdCompressor(nothing=1)


def test_flags():
    sized = z.ZstdCompressor(write_content_size=True).compress(TEXT)
    assert sized == FRAME
    assert z.frame_content_size(z.ZstdCompressor(write_content_size=0).compress(TEXT)) == -1
    assert z.get_frame_parameters(z.ZstdCompressor(write_checksum="yes").compress(TEXT)).has_checksum
    d = z.train_dictionary(8192, [b"foo%d bar%d" % (i, i * i) * 3 for i in range(1000)])
    assert z.get_frame_parameters(z.ZstdCompressor(dict_data=d).compress(TEXT)).dict_id == d.dict_id() != 0
    assert z.get_frame_parameters(z.ZstdCompressor(dict_data=d, write_dict_id=False).compress(TEXT)).dict_id == 0


def test_threads():
    data = TEXT * 10000
    for threads in (-1, 1, 2, 1000):
        frame = z.ZstdCompressor(threads=threads).compress(data)
        assert z.decompress(frame) == data


def test_unusable_dictionary():
    d = z.ZstdCompressionDict(b"not a dictionary", dict_type=z.DICT_TYPE_FULLDICT)
    cctx = z.ZstdCompressor(dict_data=d)
    with raises(z.ZstdError, "cannot compress: ", "ictionary"):
        cctx.compress(TEXT)
    with pytest.raises(z.ZstdError, match="ictionary"):
        o = cctx.compressobj()
        o.compress(TEXT)
        o.flush()


def test_compress(cctx):
    assert cctx.compress(b"") == EMPTY
    assert cctx.compress(data=TEXT) == FRAME
    assert z.frame_content_size(EMPTY) == 0
    assert z.ZstdCompressor(write_content_size=False).compress(b"") == bytes.fromhex("28b52ffd0000010000")


def test_memory_size(cctx):
    assert cctx.memory_size() > 100
    cctx.compress(TEXT)
    assert cctx.memory_size() > 100


def test_frame_progression(cctx):
    assert cctx.frame_progression() == (0, 0, 0)
    o = cctx.compressobj()
    o.compress(b"foobar")
    assert cctx.frame_progression() == (6, 0, 0)
    o.flush()
    assert cctx.frame_progression() == (6, 6, 15)
    cctx.compress(TEXT)
    assert cctx.frame_progression() == (300, 300, len(FRAME))


def test_children_outlive_the_compressor():
    d = z.ZstdCompressionDict(TEXT)
    cctx = z.ZstdCompressor(dict_data=d)
    o, chunker, iterator = cctx.compressobj(), cctx.chunker(), cctx.read_to_iter(TEXT)
    reader = cctx.stream_reader(bytearray(TEXT))
    del cctx
    collect()
    dctx = z.ZstdDecompressor(dict_data=d)
    del d
    collect()
    assert dctx.decompress(o.compress(TEXT) + o.flush(), 300) == TEXT
    assert dctx.decompress(b"".join(list(chunker.compress(TEXT)) + list(chunker.finish())), 300) == TEXT
    assert dctx.decompress(b"".join(iterator)) == TEXT
    assert dctx.decompress(reader.read()) == TEXT


def test_a_frame_without_input_is_complete(cctx):
    for size in (-1, 0, 5):
        o = cctx.compressobj(size=size)
        frame = o.flush()
        assert z.frame_content_size(frame) == 0 and z.decompress(frame) == b""
        assert b"".join(cctx.chunker(size=size).finish()) == frame == EMPTY
        assert b"".join(cctx.read_to_iter(iter_of(), size=size)) == EMPTY
        assert cctx.stream_reader(iter_of(), size=size).read() == EMPTY


def iter_of():
    import io

    return io.BytesIO()


def test_buffers_replace_the_declared_size(cctx):
    assert b"".join(cctx.read_to_iter(TEXT, size=5)) == FRAME
    assert cctx.stream_reader(TEXT, size=5).read() == FRAME
