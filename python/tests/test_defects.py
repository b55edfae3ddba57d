"""Scenarios in which a compression package may crash, hang, lose data, or hold everything up."""

import io
import os
import random
import sys
import threading
import time

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, Sink, Source, child, collect, q, raises

RANDOM = os.urandom(300_000)


def resident():
    """Bytes of memory of this process."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


linux = pytest.mark.skipif(not os.path.exists("/proc/self/statm"), reason="needs /proc")


# Threads


def in_threads(function, count):
    failures = []

    def run(number):
        try:
            function(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


@pytest.mark.slow
@pytest.mark.parametrize("with_dictionary", [False, True])
def test_shared_by_threads(with_dictionary):
    d = z.ZstdCompressionDict(TEXT * 3) if with_dictionary else None
    cctx, dctx = z.ZstdCompressor(dict_data=d), z.ZstdDecompressor(dict_data=d)
    end = time.monotonic() + 2

    def work(number):
        rng = random.Random(number)
        while time.monotonic() < end:
            data = TEXT * rng.randint(1, 200) + rng.randbytes(rng.randint(0, 5000))
            assert dctx.decompress(cctx.compress(data)) == data
            o = cctx.compressobj()
            assert dctx.decompressobj().decompress(o.compress(data) + o.flush()) == data
            sink = Sink()
            with cctx.stream_writer(sink) as writer:
                writer.write(data)
            assert dctx.stream_reader(sink.data).read() == data

    in_threads(work, 16)


def test_one_stream_in_two_threads(cctx, dctx):
    inside, go = threading.Event(), threading.Event()

    class Slow(Sink):
        def write(self, data):
            inside.set()
            assert go.wait(20)
            return super().write(data)

    sink = Slow()
    writer = cctx.stream_writer(sink)
    thread = threading.Thread(target=lambda: (writer.write(RANDOM), writer.flush()))
    thread.start()
    assert inside.wait(20)
    for call in (lambda: writer.write(b"x"), writer.flush, writer.close):
        with raises(z.ZstdError, "busy"):
            call()
    assert not writer.closed and writer.tell() >= 0
    go.set()
    thread.join()
    writer.close()
    assert dctx.decompress(sink.data, 10**6) == RANDOM


@pytest.mark.slow
def test_gil_is_released():
    big = os.urandom(1_000_000) * 32
    cctx = z.ZstdCompressor(level=3)
    frame = cctx.compress(big)
    for call in (
        lambda: cctx.compress(big),
        lambda: cctx.stream_reader(big).read(),
        lambda: cctx.compressobj().compress(big),
        lambda: cctx.multi_compress_to_buffer([big]),
        lambda: z.decompress(frame),
        lambda: z.ZstdDecompressor().multi_decompress_to_buffer([frame]),
    ):
        ticks, stop = [0], threading.Event()

        def count():
            while not stop.is_set():
                ticks[0] += 1
                time.sleep(0.0005)

        thread = threading.Thread(target=count)
        thread.start()
        before = ticks[0]
        call()
        advanced = ticks[0] - before
        stop.set()
        thread.join()
        assert advanced >= 1


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork()")
def test_after_fork():
    code = """if 1:
        import os, zstandard as z
        cctx, dctx = z.ZstdCompressor(), z.ZstdDecompressor()
        frame = cctx.compress(b"abc" * 1000)
        writer_sink = []
        class Sink:
            def write(self, data): writer_sink.append(data)
        writer = cctx.stream_writer(Sink())
        pid = os.fork()
        if not pid:
            ok = cctx.compress(b"abc" * 1000) == frame and dctx.decompress(frame) == b"abc" * 1000
            writer.write(b"def"); writer.close()
            ok = ok and dctx.decompress(b"".join(writer_sink), 10) == b"def"
            os._exit(0 if ok else 1)
        print(os.waitpid(pid, 0)[1])
    """
    assert child(code) == "0\n"


# Interleaving


def test_interleaved_streams(cctx, dctx):
    def operations(ctx):
        sink = Sink()
        writer, o, chunker = ctx.stream_writer(sink), ctx.compressobj(), ctx.chunker(chunk_size=50)
        reader, iterator = ctx.stream_reader(RANDOM, read_size=1000), ctx.read_to_iter(RANDOM, read_size=1000)
        parts = {"o": [], "c": [], "r": [], "i": []}
        yield
        for at in range(0, 100_000, 10_000):
            writer.write(RANDOM[at : at + 10_000])
            yield
            parts["o"].append(o.compress(RANDOM[at : at + 10_000]))
            yield
            parts["c"].extend(chunker.compress(RANDOM[at : at + 10_000]))
            yield
            parts["r"].append(reader.read(1000))
            yield
            parts["i"].append(next(iterator, b""))
            yield
        writer.close()
        parts["o"].append(o.flush())
        parts["c"].extend(chunker.finish())
        parts["r"].append(reader.readall())
        parts["i"].extend(iterator)
        results.append([sink.data] + [b"".join(parts[name]) for name in "ocri"])

    results = []
    for _ in operations(z.ZstdCompressor()):
        pass
    for _ in zip(operations(cctx), operations(cctx)):
        cctx.compress(TEXT)
    first, *others = results
    # zip() leaves the second one before its end.
    assert all(other == first for other in others) and others


# Hostile input


def test_lying_content_size(dctx):
    before = resident() if os.path.exists("/proc/self/statm") else 0
    for bad in (
        bytes.fromhex("28b52ffde06c06060663636363"),
        bytes.fromhex("28b52ffde0") + (2**60).to_bytes(8, "little") + bytes.fromhex("09000061"),
    ):
        with raises(z.ZstdError):
            dctx.decompress(bad)
        with raises(z.ZstdError):
            dctx.multi_decompress_to_buffer([bad])
        with pytest.raises((z.ZstdError, ValueError)):
            dctx.decompress_content_dict_chain([bad])
    with raises(z.ZstdError):
        dctx.multi_decompress_to_buffer([UNSIZED], decompressed_sizes=q(2**40))
    if before:
        assert resident() - before < 2**24


@linux
def test_output_limit(dctx):
    zeros = z.ZstdCompressor(write_content_size=False)
    o = zeros.compressobj()
    bomb = b"".join(o.compress(bytes(2**20)) for _ in range(256)) + o.flush()
    before = resident()
    with raises(z.ZstdError, "did not decompress full frame"):
        dctx.decompress(bomb, 2**20)
    reader = dctx.stream_reader(bomb)
    assert len(reader.read(2**20)) == 2**20
    assert reader.seek(2**28) == 2**28
    assert resident() - before < 2**25


def test_cut_input(dctx):
    for frame, size in ((FRAME, 0), (UNSIZED, 300), (EMPTY, 0)):
        for cut in range(len(frame)):
            with raises(z.ZstdError):
                dctx.decompress(frame[:cut], size)


def test_frames_without_content(dctx):
    many = (EMPTY + SKIPPABLE) * 30_000
    start = time.monotonic()
    assert dctx.decompress(many, read_across_frames=True) == b""
    assert dctx.decompressobj(read_across_frames=True).decompress(many) == b""
    assert dctx.stream_reader(many).read(1) == b""
    assert dctx.stream_reader(many, read_across_frames=True).readall() == b""
    assert list(dctx.read_to_iter(many, read_across_frames=True)) == []
    sink = Sink()
    assert dctx.stream_writer(sink).write(many) == 0
    assert dctx.copy_stream(io.BytesIO(many), sink) == (len(many), 0)
    assert not sink.pieces and time.monotonic() - start < 20


def test_a_loop_over_unused_data(dctx):
    out, rest = b"", SKIPPABLE + FRAME + FRAME + SKIPPABLE
    while rest:
        o = dctx.decompressobj()
        out += o.decompress(rest)
        assert o.eof
        rest = o.unused_data
    assert out == TEXT * 2


def test_a_big_buffer_in_small_pieces(cctx):
    out = b"".join(cctx.read_to_iter(memoryview(RANDOM), write_size=1000))
    assert z.decompress(out) == RANDOM


def test_a_source_gives_more_than_asked(cctx, dctx):
    frame = cctx.compress(RANDOM)
    sink, back = Sink(), Sink()
    cctx.copy_stream(Source(RANDOM), sink, read_size=4)
    dctx.copy_stream(Source(frame), back, read_size=4)
    assert dctx.decompress(sink.data, 300_000) == back.data == RANDOM
    assert b"".join(dctx.read_to_iter(Source(frame), read_size=4)) == RANDOM
    assert dctx.decompress(b"".join(cctx.read_to_iter(Source(RANDOM), read_size=4)), 300_000) == RANDOM


def test_a_source_that_is_a_bytearray(cctx, dctx):
    data = bytearray(RANDOM)
    reader = cctx.stream_reader(data)
    first = reader.read(10)
    try:
        data.clear()
    except BufferError:
        assert z.decompress(first + reader.read()) == RANDOM
    chunks = cctx.chunker(chunk_size=100).compress(bytearray(RANDOM))
    collect()
    assert len(next(chunks)) == 100


def test_ldm_off():
    data = RANDOM * 3

    def frame(**kwargs):
        p = z.ZstdCompressionParameters(window_log=27, strategy=z.STRATEGY_BTULTRA2, **kwargs)
        return z.ZstdCompressor(compression_params=p).compress(data)

    assert frame(enable_ldm=0) == frame()
    assert z.decompress(frame(enable_ldm=1)) == data


def test_small_work_has_few_threads(cctx):
    assert cctx.multi_compress_to_buffer([b"a", b"b", b"c"], threads=64)[2].tobytes() == z.compress(b"c")


# Memory


@pytest.mark.slow
@linux
@pytest.mark.parametrize(
    "what",
    ["copy", "half-read reader", "failing source", "failing reader", "writer", "again", "precompute", "error", "segments"],
)
def test_no_leaks(cctx, dctx, what):
    d = z.ZstdCompressionDict(TEXT * 100)

    def failing_source():
        with raises(OSError):
            cctx.stream_reader(Source(TEXT, OSError())).read()

    def failing_reader():
        with raises(z.ZstdError):
            dctx.stream_reader(io.BytesIO(b"no frame")).read()

    def writer():
        with cctx.stream_writer(Sink()) as w:
            w.write(TEXT)
        w.close()

    def error():
        with raises(z.ZstdError):
            dctx.decompress(b"no frame")

    function = {
        "copy": lambda: (cctx.copy_stream(Source(TEXT), Sink()), dctx.copy_stream(Source(FRAME), Sink())),
        "half-read reader": lambda: (cctx.stream_reader(Source(TEXT)).read(3), dctx.stream_reader(FRAME).read(3)),
        "failing source": failing_source,
        "failing reader": failing_reader,
        "writer": writer,
        "again": lambda: (cctx.__init__(), dctx.__init__(), d.__init__(TEXT)),
        "precompute": lambda: d.precompute_compress(level=1),
        "error": error,
        "segments": lambda: [one.tobytes() for one in cctx.multi_compress_to_buffer([TEXT, b"x"])],
    }[what]
    # Memory grows and shrinks now and then; with a leak it grows each time. PyPy's garbage collector makes rounds slow.
    growth = []
    for _ in range(9):
        before = resident()
        for _ in range(200 if sys.implementation.name == "pypy" else 1000):
            function()
        collect()
        growth.append(resident() - before)
    assert min(growth[1:]) < 2**18, growth


@pytest.mark.slow
def test_linear_decompressobj():
    # If each piece of output moved all that was there before, this would take minutes, and the child has but two.
    code = """if 1:
        import zstandard as z
        frame = z.compress(bytes(400_000_000))
        assert len(z.ZstdDecompressor().decompressobj().decompress(frame)) == 400_000_000
    """
    child(code)


def test_objects_die(cctx, dctx):
    import weakref

    sink, source = Sink(), Source(FRAME)
    dead = weakref.ref(sink), weakref.ref(source)
    writer, reader = cctx.stream_writer(sink), dctx.stream_reader(source)
    writer.write(TEXT), reader.read(5)
    sink.writer, source.reader = writer, reader
    del sink, source, writer, reader
    collect()
    assert [one() for one in dead] == [None, None]


def test_interpreter_exit_with_open_streams():
    code = """if 1:
        import io, zstandard as z
        w = z.ZstdCompressor().stream_writer(io.BytesIO())
        w.write(b"abc")
        r = z.ZstdDecompressor().stream_reader(io.BytesIO(z.compress(b"abc" * 100)))
        r.read(3)
        print("done")
    """
    assert child(code) == "done\n"
