"""stream_reader() of both directions."""

import io
import os
import tarfile

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, Source, child, raises

CLOSED = "stream is closed"
RANDOM = os.urandom(400_000)
BIG = z.ZstdCompressor().compress(RANDOM)


@pytest.fixture(params=["compression", "decompression"])
def make(request):
    """A function that makes a reader, and its whole result for TEXT."""
    if request.param == "compression":
        return lambda source=TEXT, **kw: z.ZstdCompressor().stream_reader(source, **kw), FRAME, TEXT
    return lambda source=FRAME, **kw: z.ZstdDecompressor().stream_reader(source, **kw), TEXT, FRAME


def test_constant_methods(make):
    reader = make[0]()
    decompression = type(reader) is z.ZstdDecompressionReader
    for _ in range(2):
        assert reader.readable() is True
        assert reader.writable() is False
        assert reader.seekable() is decompression
        assert reader.isatty() is False
        assert reader.flush() is None
        assert reader.close() is None
    absent = ["truncate", "fileno", "name", "mode", "peek"] + [] if decompression else ["seek", "detach"]
    for name in absent:
        assert not hasattr(reader, name)


def test_unsupported(make):
    reader = make[0]()
    for call in (reader.readline, reader.readlines):
        for args in ((), (1,), (-1,)):
            with raises(io.UnsupportedOperation):
                call(*args)
    with raises(io.UnsupportedOperation):
        iter(reader)
    with raises(io.UnsupportedOperation):
        next(reader)
    for name in ("write", "writelines"):
        if type(reader) is z.ZstdCompressionReader:
            with raises(OSError, "stream is not writable"):
                getattr(reader, name)(b"")
        else:
            with raises(io.UnsupportedOperation):
                getattr(reader, name)(b"")


def test_every_way_to_read(make):
    new, whole, _ = make
    assert new().read() == new().read(-1) == new().read(None) == new().readall() == new().read(size=10**6) == whole
    assert new().read(2**70) == whole
    assert new().read1() == new().read1(-1) == new().read1(None) == whole
    buffer = bytearray(1000)
    for name in ("readinto", "readinto1"):
        reader = new()
        assert getattr(reader, name)(buffer) == len(whole)
        assert buffer[: len(whole)] == whole
        assert reader.tell() == len(whole)
        assert getattr(reader, name)(buffer) == 0
        assert reader.read() == reader.read(5) == reader.read1() == reader.readall() == b""
    small = 7
    reader, out = new(), b""
    while True:
        piece = reader.read(small)
        assert type(piece) is bytes
        out += piece
        assert reader.tell() == len(out)
        if len(piece) < small:
            break
    assert out == whole


def test_sizes(make):
    reader = make[0]()
    for call in (reader.read, reader.read1):
        with raises(ValueError, "cannot read negative amounts less than -1"):
            call(-2)
        assert call(0) == b""
    for call in (reader.readinto, reader.readinto1):
        assert call(bytearray()) == 0
        with raises(TypeError):
            call(bytes(5))
        with raises(TypeError):
            call(b"")
        with raises(TypeError):
            call("text")
    import array

    numbers = array.array("H", [0] * 600)
    assert reader.readinto(numbers) == len(make[1])
    assert numbers.tobytes().startswith(make[1])


def test_closed_reader(make):
    new, whole, _ = make
    reader = new()
    reader.read(5)
    reader.close()
    reader.close()
    assert reader.closed and reader.tell() == 5
    for call in (
        reader.read, reader.readall, reader.read1, lambda: reader.read(0), lambda: reader.read1(0),
        lambda: reader.readinto(bytearray(3)), lambda: reader.readinto1(bytearray(3)), lambda: reader.readinto(bytearray()),
    ):  # fmt: skip
        with raises(ValueError, CLOSED):
            call()
    with reader as again:
        assert again is reader
        with raises(ValueError, CLOSED):
            reader.read()


def test_with(make):
    reader = make[0]()
    with reader as entered:
        assert entered is reader
        with raises(ValueError, "cannot __enter__ multiple times"):
            reader.__enter__()
        assert not reader.closed
    assert reader.closed
    reader = make[0]()
    reader.__enter__()
    assert reader.__exit__(None, None, None) is False
    error = KeyError("x")
    with pytest.raises(KeyError) as info:
        with make[0]() as reader:
            raise error
    assert info.value is error and reader.closed


def test_closefd(make):
    for closefd, closed in ((None, False), (False, False), (True, True)):
        source = io.BytesIO(make[2])
        reader = make[0](source, closefd=closefd)
        reader.close()
        reader.close()
        assert source.closed is closed
    make[0](closefd=True).close()
    make[0](Source(), closefd=True).close()


def test_inner_close_raises(make):
    error = OSError("no")

    class Bad(Source):
        def close(self):
            raise error

    reader = make[0](Bad(), closefd=True)
    with pytest.raises(OSError) as info:
        reader.close()
    assert info.value is error and reader.closed
    reader.close()


def test_neither_stream_nor_bytes(make):
    for bad in (None, 5, "text", object()):
        with raises(TypeError, "must pass an object with a read() method or that conforms to the buffer protocol"):
            make[0](bad)


def test_read1_calls_the_source_seldom():
    source = io.BytesIO(b"foo")
    reads = []

    class Counting:
        def read(self, size):
            reads.append(size)
            return source.read(size)

    with z.ZstdCompressor().stream_reader(Counting()) as reader:
        assert z.decompress(reader.read1(), 3) == b"foo"
    assert reads == [131072, 131072]


def test_nothing_is_read_early(make):
    source = Source(make[2])
    reader = make[0](source)
    assert source.reads == 0 and reader.read(0) == b"" and source.reads == 0
    reader.readall()
    reads = source.reads
    reader.readall(), reader.read(1), reader.read1()
    assert source.reads == reads


def test_the_source_is_asked_for_read_size(make):
    source = Source(*(make[2][i : i + 1] for i in range(len(make[2]))))
    assert make[0](source, read_size=13).readall()
    assert set(source.asked) == {13}


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_longer_than_asked(make, kind):
    new = make[0]
    whole = z.decompress if type(new()) is z.ZstdCompressionReader else None
    source = Source(kind(RANDOM if whole else BIG))
    out = new(source, read_size=4).readall()
    assert (whole(out, 400_000) if whole else out) == RANDOM


@pytest.mark.parametrize("bad", ["text", 5, [1], 1.5])
def test_read_gives_something_else(make, bad):
    source = Source(bad, make[2])
    reader = make[0](source)
    with raises(TypeError):
        reader.read()
    assert reader.readall()


@pytest.mark.parametrize("how", ["read", "read1", "readinto", "readall"])
@pytest.mark.parametrize("error", [OSError("a"), KeyError("b"), KeyboardInterrupt(), z.ZstdError("c"), MemoryError()])
def test_source_raises(make, error, how):
    half = len(make[2]) // 2
    source = Source(make[2][:half], error, make[2][half:])
    reader = make[0](source)
    out, buffer, caught = b"", bytearray(100), 0
    for _ in range(50):
        try:
            if how == "readinto":
                out += buffer[: reader.readinto(buffer)]
            elif how == "readall":
                out += reader.readall()
            else:
                out += getattr(reader, how)(100)
        except BaseException as exception:
            assert exception is error
            caught += 1
    assert caught == 1
    assert reader.tell() == len(out)
    if type(reader) is z.ZstdCompressionReader:
        assert z.decompress(out, 300) == TEXT
    else:
        assert out == TEXT


def test_readall_that_would_block(cctx, dctx):
    content = os.urandom(300_000)
    frame = cctx.compress(content)
    source = Source(frame[:200_000], None, frame[200_000:], None)
    reader = dctx.stream_reader(source)
    first = reader.readall()
    assert source.reads == 2 and content.startswith(first) and len(first) > 100_000
    assert reader.readall() == content[len(first) :]
    assert source.reads == 4


def test_would_block(make):
    half = len(make[2]) // 2
    source = Source(None, make[2][:half], None, None, make[2][half:])
    reader = make[0](source)
    out, blocked = b"", 0
    for _ in range(20):
        try:
            out += reader.read(1000)
        except BlockingIOError as error:
            import errno

            assert error.errno == errno.EAGAIN
            blocked += 1
    assert blocked in (2, 3)
    assert (z.decompress(out, 300) if type(reader) is z.ZstdCompressionReader else out) == TEXT


@pytest.mark.parametrize("error", [MemoryError(), KeyboardInterrupt(), ValueError("x")])
def test_look_up_raises(make, error):
    class Bad:
        @property
        def read(self):
            raise error

    with pytest.raises(type(error)) as info:
        make[0](Bad())
    assert info.value is error


def test_busy(make):
    errors = []

    class Inner:
        def __init__(self):
            self.first = True

        def read(self, size):
            for call in (reader.read, reader.readall, reader.read1, lambda: reader.readinto(bytearray(5))):
                try:
                    call()
                except z.ZstdError as error:
                    errors.append(str(error))
            assert reader.closed is False and 0 <= reader.tell() <= len(TEXT) and reader.readable()
            self.first, first = False, self.first
            return make[2] if first else b""

    reader = make[0](Inner())
    out = reader.readall()
    assert len(errors) % 4 == 0 and errors and all("busy" in text for text in errors)
    assert (z.decompress(out, 300) if type(reader) is z.ZstdCompressionReader else out) == TEXT


# Compression


def test_wrong_size_of_source(cctx):
    reader = cctx.stream_reader(io.BytesIO(TEXT), size=10)
    with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
        reader.read()
    with raises(z.ZstdError):
        reader.read()
    assert not reader.closed and reader.tell() == 0
    reader.close()
    reader = cctx.stream_reader(io.BytesIO(TEXT), size=301)
    with raises(z.ZstdError, "error ending compression stream: Src size is incorrect"):
        reader.read()


def test_read1_limits(cctx, dctx):
    assert 0 < len(cctx.stream_reader(RANDOM).read1()) <= 131591
    assert 0 < len(dctx.stream_reader(BIG).read1()) <= 131072


# Decompression


def test_one_frame_at_a_time(dctx):
    data = FRAME + EMPTY + SKIPPABLE + FRAME
    reader = dctx.stream_reader(data)
    assert reader.read(1000) == TEXT
    assert reader.read(1000) == TEXT
    assert reader.read(1000) == b""
    assert dctx.stream_reader(data).readall() == dctx.stream_reader(data).read() == TEXT * 2
    assert dctx.stream_reader(data, read_across_frames=True).read(1000) == TEXT * 2
    assert dctx.stream_reader(data, 131075, True).read(1000) == TEXT * 2
    for across in (False, True):
        reader = dctx.stream_reader(io.BytesIO(data), read_across_frames=across, read_size=1)
        assert b"".join(iter(lambda: reader.read1(1000), b"")) == TEXT * 2


@pytest.mark.parametrize("size", [4095, 4096, 4097, 8192, 131072])
def test_a_read_ends_where_its_frame_ends(cctx, dctx, size):
    contents = [os.urandom(size) for _ in range(3)]
    data = b"".join(map(cctx.compress, contents))
    for source in (bytes, io.BytesIO):
        for much in (10_000, 1_000_000):
            reader = dctx.stream_reader(source(data))
            assert [reader.read(max(size, much)) for _ in contents] == contents
            reader = dctx.stream_reader(source(data), read_across_frames=True)
            assert reader.read(3 * size + much) == b"".join(contents)


def test_garbage_after_a_frame(dctx):
    reader = dctx.stream_reader(FRAME + b"junkjunk", read_across_frames=True)
    assert reader.read(500) == TEXT
    for _ in range(2):
        with raises(z.ZstdError, "zstd decompress error: Unknown frame descriptor"):
            reader.read(1)
    assert reader.tell() == 300
    with raises(z.ZstdError, "zstd decompress error: "):
        dctx.stream_reader(FRAME + b"junkjunk").readall()


@pytest.mark.parametrize("size", [300, 4095, 4096, 4097, 200_000])
def test_output_comes_before_an_error(cctx, dctx, size):
    content = os.urandom(size)
    obj = cctx.compressobj()
    damaged = cctx.compress(content) + b"junkjunk"
    cut = obj.compress(content) + obj.flush(z.COMPRESSOBJ_FLUSH_BLOCK)
    for data in (damaged, cut):
        for source in (bytes, io.BytesIO):
            reader = dctx.stream_reader(source(data), read_across_frames=True, strict=True)
            assert reader.read(size + 10_000) == content
            for _ in range(2):
                with raises(z.ZstdError):
                    reader.read(1)
                assert reader.tell() == size
            reader = dctx.stream_reader(source(data), read_across_frames=True, strict=True)
            for _ in range(2):
                with raises(z.ZstdError):
                    reader.readall()
                assert reader.tell() == 0


@pytest.mark.parametrize("again", ["read", "read1", "readinto", "readall", "seek"])
def test_what_a_failed_read_has_taken_comes_again(cctx, dctx, again):
    content = os.urandom(500_000)
    frame = cctx.compress(content)
    for first in (z.ZstdDecompressionReader.readall, lambda reader: reader.read(450_000)):
        reader = dctx.stream_reader(Source(frame[:400_000], OSError("a"), frame[400_000:]))
        assert reader.read(5_000) == content[:5_000]
        with raises(OSError, "a"):
            first(reader)
        assert reader.tell() == 5_000
        if again == "seek":
            assert reader.seek(6_000) == reader.tell() == 6_000
        elif again == "readinto":
            buffer = bytearray(1_000)
            assert reader.readinto(buffer) == 1_000 and buffer == content[5_000:6_000]
        elif again != "readall":
            assert getattr(reader, again)(1_000) == content[5_000:6_000]
        position = reader.tell()
        assert reader.readall() == content[position:]
        assert reader.tell() == 500_000


@pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="the system does not tell how large a process is")
def test_readall_without_memory():
    child(
        """
import io, resource
import zstandard as z
from zstandard import _native

SIZE = 100_000_000
obj = z.ZstdCompressor().compressobj()
frame = obj.compress(bytes(SIZE)) + obj.flush()
limits = resource.getrlimit(resource.RLIMIT_AS)

def limited_reader(memory):
    reader = z.ZstdDecompressor().stream_reader(io.BytesIO(frame))
    assert len(reader.read(5_000)) == 5_000
    with open("/proc/self/statm") as file:
        used = int(file.read().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + memory, limits[1]))
    return reader

if _native.COMPILED:
    # The result grows where it is.
    assert len(limited_reader(140_000_000).readall()) == SIZE - 5_000
    resource.setrlimit(resource.RLIMIT_AS, limits)

reader = limited_reader(60_000_000)
try:
    reader.readall()
except MemoryError:
    pass
else:
    raise AssertionError("there was memory")
assert reader.tell() == 5_000
resource.setrlimit(resource.RLIMIT_AS, limits)
assert len(reader.read(5_000)) == 5_000
assert len(reader.readall()) == SIZE - 10_000 and reader.tell() == SIZE
"""
    )


def test_cut_input(dctx):
    for cut in range(1, len(UNSIZED)):
        assert TEXT.startswith(dctx.stream_reader(UNSIZED[:cut]).read())
        reader = dctx.stream_reader(UNSIZED[:cut], strict=True)
        with raises(z.ZstdError, "input ends inside a frame"):
            while reader.read(100):
                pass
    assert dctx.stream_reader(UNSIZED, strict=True).read() == TEXT
    assert dctx.stream_reader(b"", strict=True).read() == b""


@pytest.mark.parametrize("source", [bytes, io.BytesIO])
def test_seek(dctx, source):
    reader = dctx.stream_reader(source(FRAME + FRAME))
    assert reader.seek(10) == 10 == reader.tell()
    assert reader.seek(5, os.SEEK_CUR) == 15
    assert reader.seek(pos=15, whence=os.SEEK_SET) == 15
    assert reader.read(3) == TEXT[15:18]
    assert reader.seek(310) == 310
    assert reader.read(3) == TEXT[10:13]
    assert reader.seek(0, 77) == 313
    assert reader.seek(10**6) == 600
    for args, text in [
        ((-1,), "cannot seek to negative position with SEEK_SET"),
        ((5,), "cannot seek zstd decompression stream backwards"),
        ((-1, os.SEEK_CUR), "cannot seek zstd decompression stream backwards"),
        ((0, os.SEEK_END), "zstd decompression streams cannot be seeked with SEEK_END"),
    ]:
        with raises(io.UnsupportedOperation, text):
            reader.seek(*args)
    with raises(OverflowError):
        reader.seek(2**63)
    assert reader.tell() == 600
    reader.close()
    with raises(ValueError, CLOSED):
        reader.seek(0)
    assert reader.tell() == 600


def test_seek_over_a_source_that_fails(dctx):
    failure = OSError("no more")
    reader = dctx.stream_reader(Source(FRAME[:10], None, failure, FRAME[10:]))
    with raises(BlockingIOError):
        reader.seek(200)
    with raises(OSError) as caught:
        reader.seek(200)
    assert caught.value is failure
    assert reader.seek(200) == 200 and reader.read(3) == TEXT[200:203]
    reader = dctx.stream_reader(Source(FRAME[:10], b"no frame at all"))
    with raises(z.ZstdError, "zstd decompress error: "):
        reader.seek(200)


def test_under_other_streams(dctx, tmp_path):
    text = "".join("line %d\n" % i for i in range(5000))
    frame = z.compress(text.encode())
    assert io.BufferedReader(dctx.stream_reader(frame)).read() == text.encode()
    assert list(io.BufferedReader(dctx.stream_reader(io.BytesIO(frame), read_size=7))) == text.encode().splitlines(True)
    assert io.TextIOWrapper(dctx.stream_reader(frame)).read() == text
    assert list(io.TextIOWrapper(dctx.stream_reader(frame))) == text.splitlines(True)
    assert io.TextIOWrapper(dctx.stream_reader(b"")).read() == ""
    path = tmp_path / "file"
    path.write_text(text)
    packed = io.BytesIO()
    with z.ZstdCompressor().stream_writer(packed, closefd=False) as writer:
        with tarfile.open(fileobj=writer, mode="w|") as tar:
            tar.add(path, "file")
    packed.seek(0)
    with tarfile.open(fileobj=dctx.stream_reader(packed), mode="r|") as tar:
        member = tar.next()
        assert tar.extractfile(member).read() == text.encode()


def test_an_empty_source(make):
    for source in (b"", memoryview(b""), io.BytesIO()):
        whole = EMPTY if type(make[0]()) is z.ZstdCompressionReader else b""
        assert make[0](source).read() == make[0](source).readall() == make[0](source).read1() == whole
        assert make[0](source).readinto(bytearray(20)) == len(whole)
        assert make[0](source).readinto(bytearray()) == 0
