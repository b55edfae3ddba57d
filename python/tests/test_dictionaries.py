"""ZstdCompressionDict and train_dictionary()."""

import copy
import pickle

import pytest

import zstandard as z
from helpers import TEXT, Sink, collect, raises

SAMPLES = [b"foo%d bar%d baz%d" % (i, i * i, i % 7) * 3 for i in range(2000)]
TRAINED = z.train_dictionary(8192, SAMPLES)


def test_what_a_dictionary_says():
    d = z.ZstdCompressionDict(b"raw content")
    assert (d.dict_id(), d.as_bytes(), len(d), d.k, d.d) == (0, b"raw content", 11, 0, 0)
    d = z.ZstdCompressionDict(data=bytearray(b"abc"), dict_type=z.DICT_TYPE_RAWCONTENT, k=5, d=6)
    assert (d.k, d.d) == (5, 6)
    d = z.ZstdCompressionDict(b"abc", None, None, None)
    for name in ("k", "d"):
        with raises(AttributeError):
            setattr(d, name, 1)
    assert z.dictionary_id(TRAINED) == z.dictionary_id(dict_data=TRAINED) == TRAINED.dict_id() != 0
    raw = z.ZstdCompressionDict(TRAINED.as_bytes(), dict_type=z.DICT_TYPE_RAWCONTENT)
    assert raw.dict_id() == TRAINED.dict_id()
    assert z.get_frame_parameters(z.ZstdCompressor(dict_data=raw).compress(TEXT)).dict_id == 0
    for bad in (None, b"abc", 5):
        with raises(TypeError):
            z.dictionary_id(bad)


def test_unknown_type():
    for bad in (3, -1, 42):
        with raises(ValueError, "invalid dictionary load mode: %d; must use DICT_TYPE_* constants" % bad):
            z.ZstdCompressionDict(b"abc", bad)


def test_empty_dictionary():
    d = z.ZstdCompressionDict(b"")
    assert d.as_bytes() == b"" and len(d) == 0
    frame = z.ZstdCompressor(dict_data=d).compress(TEXT)
    assert frame == z.compress(TEXT) and z.ZstdDecompressor(dict_data=d).decompress(frame) == TEXT


def test_data_is_copied():
    data = bytearray(b"abc" * 10)
    d = z.ZstdCompressionDict(data)
    data[0] = 0
    data.clear()
    assert d.as_bytes() == b"abc" * 10


@pytest.mark.parametrize("kind", [z.DICT_TYPE_AUTO, z.DICT_TYPE_RAWCONTENT, z.DICT_TYPE_FULLDICT])
def test_round_trip_and_pickle(kind):
    d = z.ZstdCompressionDict(TRAINED.as_bytes(), dict_type=kind, k=7, d=8)
    for other in (d, copy.copy(d), copy.deepcopy(d), *(pickle.loads(pickle.dumps(d, n)) for n in range(2, 6))):
        frame = z.ZstdCompressor(dict_data=other).compress(SAMPLES[5])
        assert frame == z.ZstdCompressor(dict_data=d).compress(SAMPLES[5])
        assert len(frame) < len(z.compress(SAMPLES[5]))
        assert z.ZstdDecompressor(dict_data=d).decompress(frame) == SAMPLES[5]
        assert (other.k, other.d) == (7, 8)


def test_wrong_dictionary():
    frame = z.ZstdCompressor(dict_data=TRAINED).compress(SAMPLES[5])
    with raises(z.ZstdError, "decompression error: Dictionary mismatch"):
        z.decompress(frame)


def test_precompute():
    d = z.ZstdCompressionDict(TRAINED.as_bytes())
    p = z.ZstdCompressionParameters.from_level(5)
    for args in ((), (0,), (None, None)):
        with raises(ValueError, "must specify one of level or compression_params"):
            d.precompute_compress(*args)
    with raises(ValueError, "must only specify one of level or compression_params"):
        d.precompute_compress(1, p)
    with raises(TypeError):
        d.precompute_compress(compression_params=5)
    assert d.precompute_compress(level=3) is None
    assert d.precompute_compress(compression_params=p) is None
    frame = z.ZstdCompressor(dict_data=d, write_checksum=True).compress(SAMPLES[1])
    assert z.get_frame_parameters(frame).has_checksum
    assert z.ZstdDecompressor(dict_data=d).decompress(frame) == SAMPLES[1]
    bad = z.ZstdCompressionDict(b"no header", dict_type=z.DICT_TYPE_FULLDICT)
    with raises(z.ZstdError, "unable to precompute dictionary"):
        bad.precompute_compress(level=1)


def test_precompute_again_while_in_use():
    d = z.ZstdCompressionDict(TRAINED.as_bytes())
    d.precompute_compress(level=1)
    sink = Sink()
    writer = z.ZstdCompressor(dict_data=d).stream_writer(sink)
    writer.write(SAMPLES[3])
    d.precompute_compress(level=19)
    del d
    collect()
    writer.write(SAMPLES[4])
    writer.close()
    assert z.ZstdDecompressor(dict_data=TRAINED).decompress(sink.data, 1000) == SAMPLES[3] + SAMPLES[4]


def test_tables_do_not_depend_on_the_first_input():
    d = z.ZstdCompressionDict(TRAINED.as_bytes())
    cctx = z.ZstdCompressor(dict_data=d)
    cctx.compress(b"".join(SAMPLES))
    assert cctx.compress(SAMPLES[0]) == z.ZstdCompressor(dict_data=d).compress(SAMPLES[0])


# Training


def test_defaults_are_optimised():
    assert len(TRAINED) <= 8192 and TRAINED.k > 0 and TRAINED.d == 8
    again = z.train_dictionary(dict_size=8192, samples=SAMPLES)
    assert again.as_bytes() == TRAINED.as_bytes() and again.dict_id() == TRAINED.dict_id()
    nothing = z.train_dictionary(8192, SAMPLES, None, None, None, None, None, None, None, algorithm=None, f=None, accel=None)
    assert nothing.as_bytes() == TRAINED.as_bytes()
    assert z.train_dictionary(8192, SAMPLES, 0, 0, 0, 0, 0).as_bytes() == TRAINED.as_bytes()


def test_given_values():
    d = z.train_dictionary(8192, SAMPLES, k=64, d=16)
    assert (d.k, d.d) == (64, 16)
    d = z.train_dictionary(8192, SAMPLES, 64, 7, 0, 5, 9)
    assert (d.k, d.d, d.dict_id()) == (64, 7, 5)
    for kwargs in (dict(k=64), dict(dict_id=5), dict(d=8), dict(level=3), dict(k=5, d=8), dict(k=64, d=8, f=99)):
        with raises(z.ZstdError, "cannot train dict: Parameter is out of bound"):
            z.train_dictionary(8192, SAMPLES, **kwargs)


def test_optimising():
    d = z.train_dictionary(4096, SAMPLES[:300], steps=2)
    assert d.k and d.d
    assert z.train_dictionary(4096, SAMPLES[:300], steps=2, threads=2).as_bytes() == d.as_bytes()
    d = z.train_dictionary(4096, SAMPLES[:300], k=50, d=8, steps=0)
    assert (d.k, d.d) == (50, 8)
    d = z.train_dictionary(4096, SAMPLES[:300], k=50, d=8, threads=-1)
    assert (d.k, d.d) == (50, 8)
    assert z.train_dictionary(4096, SAMPLES[:300], d=8, steps=1, dict_id=77).dict_id() == 77


def test_algorithms():
    d = z.train_dictionary(4096, SAMPLES, k=64, d=8, algorithm="fastcover")
    assert d.as_bytes() == z.train_dictionary(4096, SAMPLES, k=64, d=8, f=20, accel=1, split_point=0.0).as_bytes()
    z.train_dictionary(4096, SAMPLES, k=64, d=8, algorithm="cover")
    with raises(ValueError):
        z.train_dictionary(4096, SAMPLES, algorithm="slow")
    for kwargs in (dict(f=20), dict(accel=1)):
        with raises(ValueError):
            z.train_dictionary(4096, SAMPLES, algorithm="cover", **kwargs)
    with raises(TypeError):
        z.train_dictionary(4096, SAMPLES, 0, 0, 0, 0, 0, None, None, "cover")


def test_refused_training():
    for bad in (tuple(SAMPLES), b"abc", None, iter(SAMPLES)):
        with raises(TypeError):
            z.train_dictionary(8192, bad)
    for bad in (["text"], [b"a", bytearray(b"b")], [5]):
        with raises(ValueError, "samples must be bytes"):
            z.train_dictionary(8192, bad)
    for few in ([], [b"a"]):
        with raises(z.ZstdError, "cannot train dict: Src size is incorrect"):
            z.train_dictionary(8192, few)
    with raises(z.ZstdError, "cannot train dict: Destination buffer is too small"):
        z.train_dictionary(255, SAMPLES)
    for kwargs in (dict(steps=-1), dict(dict_id=-1), dict(dict_id=2**32)):
        with raises(ValueError):
            z.train_dictionary(8192, SAMPLES, **kwargs)
    with raises(ValueError):
        z.train_dictionary(-1, SAMPLES)
    with raises(TypeError):
        z.train_dictionary("8192", SAMPLES)


def test_training_is_silent(capfd):
    z.train_dictionary(4096, SAMPLES[:300], steps=1)
    assert capfd.readouterr() == ("", "")
    z.train_dictionary(4096, SAMPLES[:300], k=50, d=8, notifications=2)
    assert capfd.readouterr().out == ""
