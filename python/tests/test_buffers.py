"""BufferWithSegments and its relatives."""

import hashlib
import io
import mmap

import pytest

import zstandard as z
from helpers import TEXT, collect, q, raises


def test_segments_of_a_buffer():
    b = z.BufferWithSegments(b"foobarbaz", q(0, 3, 3, 3, 2, 5, 9, 0))
    assert len(b) == 4 and b.size == 9 and b.tobytes() == bytes(b) == b"foobarbaz"
    assert [one.tobytes() for one in b] == [b"foo", b"bar", b"obarb", b""]
    assert [one.offset for one in b] == [0, 3, 2, 9] and [len(one) for one in b] == [3, 3, 5, 0]
    assert b[-1].offset == 9 and b[True].offset == 3
    with raises(IndexError, "offset must be non-negative"):
        b[-5]
    with raises(IndexError, "offset must be less than 4"):
        b[4]
    with raises(IndexError, "offset must be less than 4"):
        b[2**70]
    for bad in (slice(0, 1), "0", 1.0, None):
        with raises(TypeError):
            b[bad]
    with raises(AttributeError):
        b.size = 5
    z.BufferWithSegments(data=b"abc", segments=bytearray(q(3, 0)))


def test_refused():
    for args in ((), (b"abc",), (b"abc", None), (None, b""), ("abc", b""), (b"abc", "")):
        with raises(TypeError):
            z.BufferWithSegments(*args)
    with raises(ValueError, "segments array size is not a multiple of 16"):
        z.BufferWithSegments(b"abc", b"123")
    for pair in ((0, 4), (4, 0), (1, 3), (2**64 - 1, 2), (1, 2**64 - 1), (2**63, 2**63)):
        with raises(ValueError, "offset within segments array references memory outside buffer"):
            z.BufferWithSegments(b"abc", q(*pair))
    assert len(z.BufferWithSegments(b"abc", b"")) == len(z.BufferWithSegments(b"", b"")) == 0
    assert z.BufferWithSegments(b"", q(0, 0))[0].tobytes() == b""


def test_the_array_of_segments():
    b = z.BufferWithSegments(b"foobar", q(0, 3, 3, 3))
    s = b.segments
    assert s() is s and isinstance(s, z.BufferSegments)
    assert s.tobytes() == bytes(s) == bytes(memoryview(s)) == q(0, 3, 3, 3) == b.segments().tobytes()
    assert len(s) == 2 and s[0] == (0, 3) and s[-1] == (3, 3) and list(s) == [(0, 3), (3, 3)]
    for bad in (2, -3):
        with raises(IndexError):
            s[bad]
    with raises(TypeError):
        s[0:1]
    with raises(AttributeError):
        b.segments = 1
    assert len(z.BufferWithSegments(b"", b"").segments) == 0


def test_buffer_protocol(tmp_path):
    b = z.BufferWithSegments(TEXT, q(0, 300, 6, 12, 0, 0))
    for one, data in ((b, TEXT), (b[0], TEXT), (b[1], TEXT[6:18]), (b[2], b""), (b.segments, q(0, 300, 6, 12, 0, 0))):
        view = memoryview(one)
        assert bytes(view) == bytes(one) == one.tobytes() == data
        assert view.ndim == 1 and view.itemsize == 1 and view.nbytes == len(data)
        assert hashlib.sha1(one).digest() == hashlib.sha1(data).digest()
        with open(tmp_path / "file", "wb") as file:
            file.write(one)
        assert (tmp_path / "file").read_bytes() == data
        assert z.decompress(z.compress(one)) == data
        assert io.BytesIO(one).read() == data
    with raises(TypeError):
        memoryview(z.BufferWithSegmentsCollection(b))


def test_they_are_keys():
    b = z.BufferWithSegments(b"foobar", q(0, 3))
    objects = [b, b[0], b.segments, z.BufferWithSegmentsCollection(b)]
    assert len(set(objects)) == 4 and b[0] != b[0]


def test_nothing_is_copied():
    data = bytearray(TEXT)
    b = z.BufferWithSegments(data, q(0, 300))
    data[0] = 0
    assert b.tobytes()[0] == 0 == bytes(memoryview(b[0]))[0]
    try:
        data.append(5)
    except BufferError:
        pass
    assert b.tobytes()[1:] == TEXT[1:]


def test_mmap(tmp_path):
    (tmp_path / "file").write_bytes(TEXT)
    with open(tmp_path / "file", "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    b = z.BufferWithSegments(mapped, q(0, 6, 6, 6))
    assert b[1].tobytes() == b"foobar"
    assert z.ZstdCompressor().multi_compress_to_buffer(b)[0].tobytes() == z.compress(b"foobar")


def test_parents_dropped():
    segment = z.BufferWithSegments(bytes(range(256)) * 100, q(256, 256))[0]
    segments = z.BufferWithSegments(b"abc", q(0, 1)).segments
    result = z.ZstdCompressor().multi_compress_to_buffer([TEXT])[0]
    view = memoryview(z.BufferWithSegments(TEXT * 10, q(0, 300))[0])
    from_collection = z.BufferWithSegmentsCollection(z.BufferWithSegments(bytes(b"xyz"), q(1, 1)))[0]
    collect()
    junk = [bytes(25600) for _ in range(100)]
    assert segment.tobytes() == bytes(range(256)) and segments[0] == (0, 1) and junk
    assert z.decompress(result) == TEXT and bytes(view) == TEXT and from_collection.tobytes() == b"y"


def test_a_segment_is_not_a_list():
    segment = z.BufferWithSegments(b"abc", q(0, 3))[0]
    with raises(TypeError):
        segment[0]
    with raises(TypeError):
        iter(segment)
    with raises(AttributeError):
        segment.offset = 1


def test_collections():
    a = z.BufferWithSegments(b"foobar", q(0, 3, 3, 3))
    b = z.BufferWithSegments(b"baz", q(0, 3))
    c = z.BufferWithSegmentsCollection(a, b)
    assert len(c) == 3 and c.size() == 9
    assert [one.tobytes() for one in c] == [b"foo", b"bar", b"baz"]
    assert c[2].offset == 0 and c[-1].tobytes() == b"baz"
    with raises(IndexError, "offset must be non-negative"):
        c[-4]
    with raises(IndexError, "offset must be less than 3"):
        c[3]
    with raises(TypeError):
        c["a"]
    with raises(TypeError):
        c[0:1]
    with raises(ValueError, "must pass at least 1 argument"):
        z.BufferWithSegmentsCollection()
    for bad in (None, b"abc", c, a[0]):
        with raises(TypeError, "arguments must be BufferWithSegments instances"):
            z.BufferWithSegmentsCollection(a, bad)
    for empty in (z.BufferWithSegments(b"abc", b""), z.BufferWithSegments(b"", q(0, 0))):
        with raises(ValueError, "ZstdBufferWithSegments cannot be empty"):
            z.BufferWithSegmentsCollection(a, empty)


def test_subclass():
    class Mine(z.BufferWithSegments):
        pass

    b = Mine(b"abc", q(0, 3))
    assert type(b).__name__ == "Mine" and isinstance(b, Mine) and b[0].tobytes() == b"abc"
    assert len(z.BufferWithSegmentsCollection(b)) == 1
