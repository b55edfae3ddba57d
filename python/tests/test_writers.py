"""stream_writer() of both directions."""

import io
import os
import tempfile

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, BareSink, RawSink, Sink, raises

CLOSED = "stream is closed"
RANDOM = os.urandom(300_000)


@pytest.fixture(params=["compression", "decompression"])
def make(request):
    """A function that makes a writer, what to write, and a function that checks the whole output."""
    if request.param == "compression":
        return (lambda sink, **kw: z.ZstdCompressor().stream_writer(sink, **kw)), TEXT, lambda out: z.decompress(out, 10**6)
    return (lambda sink, **kw: z.ZstdDecompressor().stream_writer(sink, **kw)), FRAME, lambda out: out


def test_constant_methods(make):
    sink = Sink()
    writer = make[0](sink)
    for _ in range(2):
        assert writer.readable() is False
        assert writer.writable() is True
        assert writer.seekable() is False
        assert writer.isatty() is False
        assert writer.memory_size() > 100
        assert writer.close() is None
    for name in ("name", "mode"):
        assert not hasattr(writer, name)


def test_unsupported(make):
    writer = make[0](Sink())
    for name in ("read", "readall", "readinto", "readline", "readlines", "seek", "truncate"):
        for args in ((), (1,), (1, 2)):
            with raises(io.UnsupportedOperation):
                getattr(writer, name)(*args)
    with raises(io.UnsupportedOperation):
        iter(writer)
    with raises(io.UnsupportedOperation):
        next(writer)
    if type(writer) is z.ZstdCompressionWriter:
        with raises(NotImplementedError):
            writer.writelines([b""])
    else:
        with raises(io.UnsupportedOperation):
            writer.writelines([b""])
        with raises(io.UnsupportedOperation):
            writer.tell()


def test_no_write(make):
    for bad in (None, b"", object(), io):
        with raises(ValueError, "must pass an object with a write() method"):
            make[0](bad)


def test_closefd(make):
    for closefd, closed in ((None, True), (True, True), (False, False)):
        sink = Sink()
        writer = make[0](sink, closefd=closefd)
        writer.write(make[1])
        writer.close()
        writer.close()
        assert sink.closed is closed and writer.closed
        assert make[2](sink.data) == TEXT
    sink = Sink()
    make[0](sink).close()
    assert sink.closed
    bare = BareSink()
    with make[0](bare) as writer:
        writer.write(make[1])
        writer.flush()
    assert make[2](bare.data) == TEXT


def test_closed_writer(make):
    writer = make[0](Sink())
    writer.close()
    for call in (lambda: writer.write(b""), lambda: writer.write(b"abc"), writer.flush, writer.__enter__):
        with raises(ValueError, CLOSED):
            call()


def test_with(make):
    sink = Sink()
    writer = make[0](sink)
    with writer as entered:
        assert entered is writer
        with raises(z.ZstdError, "cannot __enter__ multiple times"):
            writer.__enter__()
        writer.write(make[1])
    assert sink.closed and make[2](sink.data) == TEXT
    writer = make[0](Sink())
    writer.__enter__()
    assert writer.__exit__(None, None, None) is False


def test_exception_in_with(make):
    error = KeyError("x")
    sink = Sink()
    with pytest.raises(KeyError) as info:
        with make[0](sink) as writer:
            writer.write(make[1])
            raise error
    assert info.value is error and writer.closed and sink.closed
    assert make[2](sink.data) == TEXT


def test_with_and_a_full_sink(make):
    error = KeyError("x")
    full = OSError("full")
    sink = Sink(dict.fromkeys(range(100), full))
    with pytest.raises(KeyError) as info:
        with make[0](sink) as writer:
            try:
                writer.write(make[1])
            except OSError:
                pass
            raise error
    assert info.value is error and writer.closed
    if type(writer) is z.ZstdCompressionWriter:
        sink = Sink(dict.fromkeys(range(100), full))
        with pytest.raises(OSError) as info:
            with make[0](sink) as writer:
                writer.write(make[1])
        assert info.value is full and writer.closed and not sink.closed


def test_inner_flush_and_close_raise(make):
    for name in ("flush", "close"):
        error = OSError(name)
        sink = Sink()

        def bad():
            raise error

        setattr(sink, name, bad)
        writer = make[0](sink)
        writer.write(make[1])
        with pytest.raises(OSError) as info:
            writer.flush() if name == "flush" else writer.close()
        assert info.value is error
        assert writer.closed is (name == "close")


@pytest.mark.parametrize("name", ["write", "flush", "close", "fileno"])
@pytest.mark.parametrize("error", [MemoryError("x"), KeyboardInterrupt("y")])
def test_look_up_raises(make, name, error):
    class Bad(Sink):
        def __getattribute__(self, attribute):
            if attribute == name:
                raise error
            return super().__getattribute__(attribute)

    with pytest.raises(type(error)) as info:
        writer = make[0](Bad())
        if name == "fileno":
            writer.fileno()
        writer.flush()
        writer.close()
    assert info.value is error


def test_fileno(make):
    with tempfile.TemporaryFile() as file:
        writer = make[0](file, closefd=False)
        assert writer.fileno() == file.fileno()
    with raises(OSError, "fileno not available on underlying writer"):
        make[0](Sink()).fileno()
    with raises(io.UnsupportedOperation):
        make[0](io.BytesIO()).fileno()


@pytest.mark.parametrize("result", [None, 0, -1, 10**9, "text", 1.5])
def test_results_of_plain_sinks_are_ignored(make, result):
    sink = Sink(result=lambda data: result)
    with make[0](sink, write_size=7) as writer:
        writer.write(make[1])
    assert make[2](sink.data) == TEXT
    assert all(len(piece) <= 7 for piece in sink.pieces)


@pytest.mark.parametrize("take", [1, 3, 10**6])
def test_raw_short_writes(make, take):
    sink = RawSink(lambda number, data: min(take, len(data)))
    writer = make[0](sink, closefd=False)
    writer.write(make[1])
    writer.flush()
    writer.close()
    assert make[2](sink.data) == TEXT


@pytest.mark.parametrize("nothing", [None, 0])
def test_raw_sink_would_block(make, nothing):
    sink = RawSink(lambda number, data: nothing if number % 2 == 0 else min(5, len(data)))
    writer = make[0](sink, closefd=False)
    data, blocked = make[1], 0
    while data:
        try:
            writer.write(data)
            break
        except BlockingIOError as error:
            import errno

            assert error.errno == errno.EAGAIN
            data = data[error.characters_written :]
            blocked += 1
    while not writer.closed:
        try:
            writer.close()
        except BlockingIOError:
            blocked += 1
            assert not writer.closed
    assert blocked and make[2](sink.data) == TEXT


@pytest.mark.parametrize("bad", [-1, 10**6])
def test_raw_sink_lies(make, bad):
    writer = make[0](RawSink(lambda number, data: bad), closefd=False)
    with raises(OSError, "invalid length"):
        writer.write(make[1])
        writer.flush()


def test_raw_sink_gives_no_number(make):
    writer = make[0](RawSink(lambda number, data: "text"), closefd=False)
    with raises(TypeError):
        writer.write(make[1])
        writer.flush()


def test_sink_raises_blocking_error(make):
    class Slow(Sink):
        first = True

        def write(self, data):
            if self.first:
                self.first = False
                self.pieces.append(data[:4])
                raise BlockingIOError(11, "wait", 4)
            return super().write(data)

    sink = Slow()
    writer = make[0](sink)
    for call in (lambda: writer.write(make[1]), writer.flush, writer.close):
        try:
            call()
        except BlockingIOError:
            writer.flush()
    assert make[2](sink.data) == TEXT


@pytest.mark.parametrize("write_size", [1, 10, None])
@pytest.mark.parametrize("error", [OSError("a"), KeyError("b"), KeyboardInterrupt(), SystemExit(), z.ZstdError("c")])
def test_sink_raises_on_any_write(make, error, write_size):
    for k in range(12):
        sink = Sink({k: error})
        writer = make[0](sink, write_size=write_size)
        caught = []
        for call in (lambda: writer.write(make[1]), writer.flush, writer.flush):
            try:
                call()
            except BaseException as exception:
                caught.append(exception)
        try:
            writer.close()
        except BaseException as exception:
            # Closed for good; only the end of the frame may be missing.
            assert exception is error
            continue
        assert all(one is error for one in caught) and len(caught) <= 1
        assert make[2](sink.data) == TEXT


def test_busy(make):
    texts = []

    class Inner(Sink):
        def write(self, data):
            for call in (lambda: writer.write(b"x"), writer.flush):
                try:
                    call()
                except z.ZstdError as error:
                    texts.append(str(error))
            assert writer.closed is False and writer.writable()
            return super().write(data)

    sink = Inner()
    writer = make[0](sink)
    writer.write(make[1])
    writer.close()
    assert texts and all("busy" in text for text in texts) and len(texts) % 2 == 0
    assert make[2](sink.data) == TEXT


def test_garbage_collection_writes_nothing(make):
    from helpers import collect

    sink = Sink()
    writer = make[0](sink)
    if type(writer) is z.ZstdCompressionWriter:
        writer.write(make[1])
    del writer
    collect()
    assert not sink.pieces and not sink.closed


# Compression


def test_counts(cctx):
    sink = Sink()
    writer = cctx.stream_writer(sink, write_return_read=False)
    total = 0
    for at in range(0, len(RANDOM), 50_000):
        total += writer.write(RANDOM[at : at + 50_000])
        assert total == len(sink.data) == writer.tell()
    total += writer.flush()
    assert total == len(sink.data) == writer.tell()
    total += writer.flush(z.FLUSH_FRAME)
    assert total == len(sink.data) == writer.tell()
    writer.close()
    assert writer.tell() == len(sink.data) == total + len(cctx.stream_reader(Source_of_nothing()).read())
    assert z.ZstdDecompressor().decompress(sink.data, 10**6, read_across_frames=True) == RANDOM
    writer = cctx.stream_writer(Sink(), write_return_read=True)
    assert writer.write(RANDOM) == 300_000
    assert writer.write(memoryview(bytes(400)).cast("I")) == 400
    assert writer.write(data=b"") == 0
    assert cctx.stream_writer(Sink()).write(b"abc") == 0


class Source_of_nothing:
    def read(self, size):
        return b""


def test_flush(cctx, dctx):
    sink = Sink()
    writer = cctx.stream_writer(sink)
    writer.write(b"foo")
    assert writer.flush() > 0
    assert sink.flushes == 1
    assert dctx.decompressobj().decompress(sink.data) == b"foo"
    assert writer.flush(flush_mode=z.FLUSH_BLOCK) == 0
    assert writer.flush(None) == 0
    assert sink.flushes == 3
    writer.close()
    assert sink.flushes == 3
    for mode in (2, -1):
        for one in (writer, cctx.stream_writer(Sink())):
            with raises(ValueError, "unknown flush_mode: %d" % mode):
                one.flush(mode)


def test_frames_of_a_writer(cctx, dctx):
    sink = Sink()
    writer = cctx.stream_writer(sink, size=300)
    writer.write(TEXT)
    writer.flush(z.FLUSH_FRAME)
    assert sink.data == FRAME
    writer.write(TEXT)
    writer.flush(z.FLUSH_FRAME)
    assert z.frame_content_size(sink.data[len(FRAME) :]) == -1
    length = len(sink.data)
    writer.close()
    assert sink.data[length:] == EMPTY
    assert dctx.decompress(sink.data, 1000, read_across_frames=True) == TEXT * 2


def test_empty_writer(cctx):
    for size in (-1, 0, 5):
        sink = Sink()
        cctx.stream_writer(sink, size=size).close()
        assert sink.data == EMPTY


def test_wrong_size(cctx):
    sink = Sink()
    writer = cctx.stream_writer(sink, size=10)
    with raises(z.ZstdError, "zstd compress error: Src size is incorrect"):
        writer.write(TEXT)
    with raises(z.ZstdError):
        writer.write(b"x")
    with raises(z.ZstdError):
        writer.close()
    assert writer.closed and not sink.closed
    writer.close()
    sink = Sink()
    writer = cctx.stream_writer(sink, size=1000)
    writer.write(TEXT)
    with raises(z.ZstdError, "Src size is incorrect"):
        writer.close()
    assert writer.closed and not sink.closed


def test_under_other_streams(cctx, dctx):
    sink = Sink()
    with io.BufferedWriter(cctx.stream_writer(sink, write_return_read=True)) as file:
        for _ in range(100):
            file.write(RANDOM[:3000])
    assert dctx.stream_reader(sink.data).read() == RANDOM[:3000] * 100
    for read in (False, True):
        sink = Sink()
        with io.TextIOWrapper(cctx.stream_writer(sink, write_return_read=read), encoding="utf-8") as file:
            file.write("grün" * 1000)
        assert dctx.decompress(sink.data, 10**5).decode() == "grün" * 1000


def test_deprecated_names(cctx, dctx):
    sink = Sink()
    with cctx.write_to(sink) as writer:
        writer.write(TEXT)
    back = Sink()
    with dctx.write_to(back) as writer:
        writer.write(sink.data)
    assert back.data == TEXT


# Decompression


def test_decompressed_counts(dctx):
    sink = Sink()
    writer = dctx.stream_writer(sink, write_return_read=None)
    assert writer.write(FRAME) == 300
    assert writer.write(UNSIZED + SKIPPABLE + EMPTY + FRAME) == 600
    assert sink.data == TEXT * 3
    assert writer.flush() == "flushed" and sink.flushes == 1
    writer.close()
    assert sink.flushes == 2
    assert dctx.stream_writer(BareSink()).flush() is None
    with raises(TypeError):
        dctx.stream_writer(Sink()).flush(0)
    assert dctx.stream_writer(Sink(), write_return_read=True).write(FRAME) == len(FRAME)


def test_error_after_output(dctx):
    sink = Sink()
    writer = dctx.stream_writer(sink)
    with raises(z.ZstdError, "zstd decompress error: "):
        writer.write(FRAME + b"no frame")
    assert sink.data == TEXT
    with raises(z.ZstdError):
        writer.write(FRAME)
    writer.close()
    assert writer.closed and sink.closed


def test_unfinished_frame(dctx):
    sink = Sink()
    writer = dctx.stream_writer(sink)
    writer.write(FRAME[:-3])
    writer.close()
    assert sink.closed
    sink = Sink()
    writer = dctx.stream_writer(sink, strict=True)
    writer.write(FRAME[:-3])
    with raises(z.ZstdError, "input ends inside a frame"):
        writer.close()
    assert writer.closed
    with dctx.stream_writer(Sink(), strict=True) as writer:
        writer.write(FRAME)
