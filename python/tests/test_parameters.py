"""ZstdCompressionParameters."""

import sys

import pytest

import zstandard as z
from helpers import TEXT, raises

NAMES = """
    format compression_level window_log hash_log chain_log search_log min_match target_length compression_strategy strategy
    write_content_size write_checksum write_dict_id job_size overlap_log overlap_size_log force_max_window enable_ldm
    ldm_hash_log ldm_min_match ldm_bucket_size_log ldm_hash_rate_log ldm_hash_every_log threads
""".split()


def test_defaults():
    p = z.ZstdCompressionParameters()
    given = {"compression_level": 3, "write_content_size": 1}
    for name in NAMES:
        assert getattr(p, name) == given.get(name, 0)
        with raises(AttributeError):
            setattr(p, name, 1)
    none = z.ZstdCompressionParameters(*[None] * len(NAMES))
    assert all(getattr(none, name) == getattr(p, name) for name in NAMES)


@pytest.mark.parametrize(
    "name, value",
    dict(
        format=1, compression_level=-7, window_log=12, hash_log=13, chain_log=14, search_log=5, min_match=4, target_length=99,
        compression_strategy=7, strategy=7, write_content_size=0, write_checksum=1, write_dict_id=1, job_size=2**20,
        overlap_log=6, overlap_size_log=6, force_max_window=1, enable_ldm=1, ldm_hash_log=14, ldm_min_match=16,
        ldm_bucket_size_log=4, ldm_hash_rate_log=9, ldm_hash_every_log=9, threads=2,
    ).items(),
)  # fmt: skip
def test_each(name, value):
    p = z.ZstdCompressionParameters(**{name: value})
    assert getattr(p, name) == value
    alias = dict(
        strategy="compression_strategy", overlap_log="overlap_size_log", ldm_hash_rate_log="ldm_hash_every_log"
    ).get(name)
    if alias:
        assert getattr(p, alias) == value
    for bad in ("x", 1.5, b""):
        if name not in ("write_content_size", "write_checksum", "write_dict_id", "force_max_window", "enable_ldm"):
            with raises(TypeError):
                z.ZstdCompressionParameters(**{name: bad})
            with raises(OverflowError):
                z.ZstdCompressionParameters(**{name: 2**31})


def test_aliases():
    for first, second in [
        ("compression_strategy", "strategy"),
        ("overlap_log", "overlap_size_log"),
        ("ldm_hash_rate_log", "ldm_hash_every_log"),
    ]:
        with raises(ValueError, "cannot specify both %s and %s" % (first, second)):
            z.ZstdCompressionParameters(**{first: 3, second: 3})
        with raises(ValueError, "cannot specify both %s and %s" % (first, second)):
            z.ZstdCompressionParameters(**{first: 0, second: 0})
        for nothing in (None, -1, -5):
            for one, other in ((first, second), (second, first)):
                p = z.ZstdCompressionParameters(**{one: 3, other: nothing})
                assert getattr(p, first) == getattr(p, second) == 3


def test_bounds():
    for name, value in [
        ("window_log", 9), ("window_log", 32), ("hash_log", 5), ("chain_log", 31), ("search_log", 31), ("min_match", 8),
        ("target_length", 131073), ("strategy", 10), ("format", 2), ("ldm_min_match", 3), ("ldm_bucket_size_log", 9),
    ]:  # fmt: skip
        with raises(z.ZstdError, "unable to set compression context parameter: Parameter is out of bound"):
            z.ZstdCompressionParameters(**{name: value})
    with raises(TypeError):
        z.ZstdCompressionParameters(nothing=1)
    with raises(TypeError, "keywords must be strings"):
        z.ZstdCompressionParameters(**{1: 2})


def test_clamped():
    def value(name, given):
        return getattr(z.ZstdCompressionParameters(**{name: given}), name)

    assert value("compression_level", 100) == 22
    assert value("compression_level", -200000) == -131072
    assert value("compression_level", 0) == 3
    assert value("threads", 1000) == 256
    assert value("threads", -1) >= 1
    assert value("overlap_log", 20) == 9
    assert value("job_size", 1) == 512 * 1024
    for name in ("write_content_size", "write_checksum", "write_dict_id", "force_max_window", "enable_ldm"):
        for given in (2, True, -1, "yes"):
            assert value(name, given) == 1
        for given in (0, False, ""):
            assert value(name, given) == 0


def test_from_level():
    def table(p):
        return p.window_log, p.chain_log, p.hash_log, p.search_log, p.min_match, p.target_length, p.strategy

    assert table(z.ZstdCompressionParameters.from_level(3)) == (21, 16, 17, 1, 5, 0, z.STRATEGY_DFAST)
    p = z.ZstdCompressionParameters.from_level(1)
    assert p.window_log == 19 and p.compression_level == 3
    assert z.ZstdCompressionParameters.from_level(level=1, source_size=1000).window_log < 19
    for nothing in (None, 0, -1):
        assert table(z.ZstdCompressionParameters.from_level(5, nothing, nothing)) == table(z.ZstdCompressionParameters.from_level(5))
    assert table(z.ZstdCompressionParameters.from_level(100)) == table(z.ZstdCompressionParameters.from_level(22))
    p = z.ZstdCompressionParameters.from_level(3, window_log=15, strategy=5, write_checksum=1, threads=2, compression_level=7)
    assert (p.window_log, p.strategy, p.compression_strategy, p.compression_level) == (15, 5, 5, 7)
    assert p.write_checksum and p.threads == 2 and p.hash_log == 17
    assert z.ZstdCompressionParameters.from_level(3, compression_strategy=6).strategy == 6
    with raises(TypeError, "from_level() got an unexpected keyword argument 'nothing'"):
        z.ZstdCompressionParameters.from_level(3, nothing=1)
    with raises(TypeError, "keywords must be strings"):
        z.ZstdCompressionParameters.from_level(3, **{1: 2})
    with raises(ValueError, "cannot specify both"):
        z.ZstdCompressionParameters.from_level(3, strategy=1, compression_strategy=1)

    class Sub(z.ZstdCompressionParameters):
        pass

    assert type(Sub.from_level(1)) is z.ZstdCompressionParameters
    assert z.decompress(z.ZstdCompressor(compression_params=Sub(window_log=12)).compress(TEXT)) == TEXT


def test_context_size():
    p = z.ZstdCompressionParameters(
        window_log=20, chain_log=16, hash_log=17, search_log=1, min_match=5, target_length=16, strategy=z.STRATEGY_DFAST
    )
    if sys.maxsize > 2**32:
        assert p.estimated_compression_context_size() == 1303576
    assert z.ZstdCompressionParameters(enable_ldm=True).estimated_compression_context_size() > 2**23
    with raises(z.ZstdError, "cannot estimate compression context size"):
        z.ZstdCompressionParameters(threads=1).estimated_compression_context_size()


def test_effects():
    def parameters(**kwargs):
        frame = z.ZstdCompressor(compression_params=z.ZstdCompressionParameters(**kwargs)).compress(TEXT)
        return z.get_frame_parameters(frame, kwargs.get("format"))

    assert parameters(write_checksum=1).has_checksum
    assert parameters(write_content_size=0).content_size == z.CONTENTSIZE_UNKNOWN
    assert parameters(format=z.FORMAT_ZSTD1_MAGICLESS).content_size == 300
    d = z.train_dictionary(8192, [b"foo%d bar%d" % (i, i * i) * 3 for i in range(1000)])
    for flag in (0, 1):
        p = z.ZstdCompressionParameters(write_dict_id=flag)
        frame = z.ZstdCompressor(dict_data=d, compression_params=p).compress(TEXT)
        assert bool(z.get_frame_parameters(frame).dict_id) is bool(flag)


def test_init_again():
    p = z.ZstdCompressionParameters(window_log=20)
    before = p.estimated_compression_context_size()
    assert p.estimated_compression_context_size() == before
    compressor = z.ZstdCompressor(compression_params=p)
    p.__init__(window_log=12, threads=None)
    assert p.window_log == 12 and p.estimated_compression_context_size() < before
    with raises(z.ZstdError):
        p.__init__(window_log=9)
    with raises(TypeError, "takes"):
        p.__init__(*[0] * 25)
    with raises(TypeError, "multiple values for argument 'format'"):
        p.__init__(0, format=0)
    assert p.window_log == 12
    assert z.decompress(compressor.compress(TEXT)) == TEXT
