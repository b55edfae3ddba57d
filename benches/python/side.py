"""One side of the comparison: does what the lines on stdin say, and answers each with a line.

    python side.py PACKAGE INPUTS        PACKAGE: zstandard (whichever is found), pyzstd, backports

    prepare OPERATION SET [ARGUMENTS]    ok SIZE CHECKSUM: what came of the first call; no: there is no such thing here
    time CALLS THREADS                   nanoseconds that these calls took, by the clock and of the processor
    kept SET COUNT heap|resident         memory that as many results of compress() keep, by their size
    peak OPERATION SET [ARGUMENTS]       peak of memory while one call runs, by the size of its result

Operations are the methods of `Zstandard`, or those of another package's class, with the same meaning everywhere. Each
returns a `Work`: what does so many calls, and what is to be compared with the other sides.
"""

import ctypes
import gc
import io
import itertools
import sys
import time
import zlib
from array import array
from collections.abc import Callable
from types import SimpleNamespace
from typing import NamedTuple

from inputs import DICTIONARY_SIZE, LEVEL, Inputs

OUT = 131072


# ---- What operations are made of ----


class Work(NamedTuple):
    run: Callable  # does so many calls
    result: object  # of the first call
    function: Callable = None  # for one item

def each(function, items):
    """Calls with one item after the other."""
    source = itertools.cycle(items)

    def run(calls, threads):
        for item in itertools.islice(source, calls):
            function(item)

    return Work(run, function(items[0]), function)


def stream(function, items):
    """Calls that give their output piece by piece to a function; len() is one that does next to nothing."""
    source = itertools.cycle(items)

    def run(calls, threads):
        for item in itertools.islice(source, calls):
            function(item, len)

    pieces = bytearray()
    function(items[0], pieces.extend)
    return Work(run, pieces)


def repeat(function):
    """Calls of something with no input, or always the same, which is told the number of threads."""

    def run(calls, threads):
        for _ in itertools.repeat(None, calls):
            function(threads)

    return Work(run, function(2))


def split(items, step):
    return [[item[start : start + step] for start in range(0, len(item), step)] for item in items]


class Side:
    def __init__(self, inputs):
        self.inputs = inputs
        self.plain, self.frames = inputs.plain, inputs.frames

    def stream_compress(self, name, form, step=None, out=None):
        return self.stream_of("compress", self.plain(name), form, step, out)

    def stream_decompress(self, name, form, step=None, out=None):
        return self.stream_of("decompress", self.frames(name), form, step, out)

    def many_frames(self, name, form, step):
        make = getattr(self, f"frames_by_{form}", None)
        return make and stream(make(int(step)), self.frames(name))

    def stream_of(self, direction, items, form, step, out):
        """A stream that is given pieces of `step` bytes; without, all at once."""
        step = int(step) if step else None
        make = getattr(self, f"{direction}_by_{form}", None)
        if make is None:
            return None
        takes_pieces = form in ("obj", "writer", "chunker")
        function = make(step, int(out) if out else OUT)
        if takes_pieces:
            items = split(items, step) if step else [[item] for item in items]
        return stream(function, items)


# ---- The API of zstandard, which several packages have ----


class Zstandard(Side):
    def __init__(self, inputs):
        super().__init__(inputs)
        import zstandard

        self.zstandard = zstandard
        self.compressor = zstandard.ZstdCompressor(level=LEVEL)
        self.decompressor = zstandard.ZstdDecompressor()

    def dict(self):
        return self.zstandard.ZstdCompressionDict(self.inputs.dictionary())

    # One-shot calls

    def compress(self, name):
        return each(self.compressor.compress, self.plain(name))

    def decompress(self, name):
        return each(self.decompressor.decompress, self.frames(name))

    def compress_dict(self, name):
        return each(self.zstandard.ZstdCompressor(level=LEVEL, dict_data=self.dict()).compress, self.plain(name))

    def decompress_dict(self, name):
        return each(self.zstandard.ZstdDecompressor(dict_data=self.dict()).decompress, self.frames(name))

    def fresh_compress(self, name):
        fresh = self.zstandard.ZstdCompressor
        return each(lambda item: fresh(level=LEVEL).compress(item), self.plain(name))

    def fresh_decompress(self, name):
        fresh = self.zstandard.ZstdDecompressor
        return each(lambda item: fresh().decompress(item), self.frames(name))

    def fresh_compress_dict(self, name):
        fresh, dictionary = self.zstandard.ZstdCompressor, self.dict()
        return each(lambda item: fresh(level=LEVEL, dict_data=dictionary).compress(item), self.plain(name))

    def fresh_decompress_dict(self, name):
        fresh, dictionary = self.zstandard.ZstdDecompressor, self.dict()
        return each(lambda item: fresh(dict_data=dictionary).decompress(item), self.frames(name))

    def unknown(self, name, times):
        """Size not in the header; the limit is so many times the real one."""
        decompress, limit = self.decompressor.decompress, int(times) * max(map(len, self.plain(name)))
        return each(lambda item: decompress(item, max_output_size=limit), self.frames(name))

    # Streams

    def compress_by_obj(self, step, out):
        def function(pieces, write):
            obj = self.compressor.compressobj()
            for piece in pieces:
                write(obj.compress(piece))
            write(obj.flush())

        return function

    def compress_by_chunker(self, step, out):
        def function(pieces, write):
            chunker = self.compressor.chunker()
            for piece in pieces:
                for chunk in chunker.compress(piece):
                    write(chunk)
            for chunk in chunker.finish():
                write(chunk)

        return function

    def compress_by_writer(self, step, out):
        def function(pieces, write):
            writer = self.compressor.stream_writer(SimpleNamespace(write=write))
            for piece in pieces:
                writer.write(piece)
            writer.close()

        return function

    def compress_by_reader(self, step, out):
        options = {"read_size": step} if step else {}

        def function(item, write):
            # With `size`, the frame's header would tell it, as it does not in the other streams.
            reader = self.compressor.stream_reader(io.BytesIO(item), **options)
            while data := reader.read(OUT):
                write(data)

        return function

    def compress_by_iterator(self, step, out):
        options = {"read_size": step} if step else {}

        def function(item, write):
            for data in self.compressor.read_to_iter(io.BytesIO(item), **options):
                write(data)

        return function

    def compress_by_copy_stream(self, step, out):
        options = {"read_size": step} if step else {}

        def function(item, write):
            self.compressor.copy_stream(io.BytesIO(item), SimpleNamespace(write=write), **options)

        return function

    def decompress_by_obj(self, step, out):
        def function(pieces, write):
            obj = self.decompressor.decompressobj()
            for piece in pieces:
                write(obj.decompress(piece))

        return function

    def decompress_by_writer(self, step, out):
        def function(pieces, write):
            writer = self.decompressor.stream_writer(SimpleNamespace(write=write))
            for piece in pieces:
                writer.write(piece)
            writer.close()

        return function

    def decompress_by_reader(self, step, out):
        options = {"read_size": step} if step else {}

        def function(item, write):
            reader = self.decompressor.stream_reader(io.BytesIO(item), **options)
            while data := reader.read(out):
                write(data)

        return function

    def decompress_by_iterator(self, step, out):
        options = {"read_size": step} if step else {}

        def function(item, write):
            for data in self.decompressor.read_to_iter(io.BytesIO(item), **options):
                write(data)

        return function

    def decompress_by_copy_stream(self, step, out):
        options = {"read_size": step} if step else {}

        def function(item, write):
            self.decompressor.copy_stream(io.BytesIO(item), SimpleNamespace(write=write), **options)

        return function

    def read(self, name, form, step, out):
        """Reads of `out` bytes from a frame in memory."""
        size = int(out)

        def function(item, write):
            reader = self.decompressor.stream_reader(item)
            while data := reader.read(size):
                write(data)

        return stream(function, self.frames(name))

    def readall(self, name):
        return each(lambda item: self.decompressor.stream_reader(item).readall(), self.frames(name))

    # Many frames behind each other

    def frames_by_reader(self, step):
        def function(item, write):
            reader = self.decompressor.stream_reader(io.BytesIO(item), read_across_frames=True, read_size=step)
            while data := reader.read(OUT):
                write(data)

        return function

    def frames_by_obj(self, step):
        def function(item, write):
            obj = self.decompressor.decompressobj(read_across_frames=True)
            for start in range(0, len(item), step):
                write(obj.decompress(item[start : start + step]))

        return function

    def each_frame(self, name):
        items = self.frames(name)
        decompress = self.decompressor.decompress

        def function(threads):
            for item in items:
                decompress(item)

        return repeat(function)._replace(result=b"".join(map(decompress, items)))

    # Batches

    def batch_items(self, items, form):
        if form == "list":
            return items
        lengths = array("Q", map(len, items))
        pairs = array("Q", bytes(16 * len(items)))
        pairs[::2] = array("Q", itertools.islice(itertools.accumulate(lengths, initial=0), len(items)))
        pairs[1::2] = lengths
        return self.zstandard.BufferWithSegments(b"".join(items), pairs.tobytes())

    def batch(self, method, pieces, name, form):
        if method not in self.zstandard.backend_features:
            return None
        function = getattr(self.compressor if "_compress_" in method else self.decompressor, method)
        items = self.batch_items(pieces(name), form)

        def run(calls, threads):
            for _ in itertools.repeat(None, calls):
                function(items, threads=threads)

        results = function(items, threads=2)
        return Work(run, b"".join(results[index].tobytes() for index in range(len(results))))

    def batch_compress(self, name, form):
        return self.batch("multi_compress_to_buffer", self.plain, name, form)

    def batch_decompress(self, name, form):
        return self.batch("multi_decompress_to_buffer", self.frames, name, form)

    # The rest

    def train(self, name):
        items = self.plain(name)
        return repeat(lambda threads: self.zstandard.train_dictionary(DICTIONARY_SIZE, items).as_bytes())

    def optimise(self, name, form, steps):
        items, train = self.plain(name), self.zstandard.train_dictionary
        options = {"d": 8, "steps": int(steps)}
        try:
            # What the wheel does.
            train(DICTIONARY_SIZE, items, algorithm="fastcover", **options)
            options["algorithm"] = "fastcover"
        except TypeError:
            pass
        return repeat(lambda threads: train(DICTIONARY_SIZE, items, threads=threads, **options).as_bytes())

    def frame_content_size(self, name):
        return each(self.zstandard.frame_content_size, self.frames(name))

    def get_frame_parameters(self, name):
        items = self.frames(name)
        size = self.zstandard.get_frame_parameters(items[0]).content_size
        return each(self.zstandard.get_frame_parameters, items)._replace(result=size)

    def estimate_decompressor(self):
        function = self.zstandard.estimate_decompression_context_size
        return repeat(lambda threads: function())

    def estimate_compressor(self):
        function = self.zstandard.ZstdCompressionParameters.from_level(LEVEL).estimated_compression_context_size
        return repeat(lambda threads: function())


# ---- backports.zstd, which is compression.zstd of Python 3.14; pyzstd, whose classes are like its ----


class Backports(Side):
    def __init__(self, inputs):
        super().__init__(inputs)
        self.module = self.import_module()
        self.compressor = self.module.ZstdCompressor(level=LEVEL)

    def import_module(self):
        import backports.zstd

        return backports.zstd

    def dict(self):
        return self.module.ZstdDict(self.inputs.dictionary())

    def compress(self, name):
        compress, mode = self.compressor.compress, self.compressor.FLUSH_FRAME
        return each(lambda item: compress(item, mode), self.plain(name))

    def decompress(self, name):
        return each(self.module.decompress, self.frames(name))

    def compress_dict(self, name):
        compressor = self.module.ZstdCompressor(level=LEVEL, zstd_dict=self.dict())
        compress, mode = compressor.compress, compressor.FLUSH_FRAME
        return each(lambda item: compress(item, mode), self.plain(name))

    def decompress_dict(self, name):
        decompress, dictionary = self.module.decompress, self.dict()
        return each(lambda item: decompress(item, zstd_dict=dictionary), self.frames(name))

    def fresh_compress(self, name):
        compress = self.module.compress
        return each(lambda item: compress(item, LEVEL), self.plain(name))

    fresh_decompress = decompress

    def fresh_compress_dict(self, name):
        compress, dictionary = self.module.compress, self.dict()
        return each(lambda item: compress(item, LEVEL, zstd_dict=dictionary), self.plain(name))

    fresh_decompress_dict = decompress_dict

    def unknown(self, name, times):
        return self.decompress(name)

    def compress_by_obj(self, step, out):
        def function(pieces, write):
            obj = self.module.ZstdCompressor(level=LEVEL)
            for piece in pieces:
                write(obj.compress(piece))
            write(obj.flush())

        return function

    def compress_by_writer(self, step, out):
        def function(pieces, write):
            with self.module.ZstdFile(SimpleNamespace(write=write), "wb", level=LEVEL) as writer:
                for piece in pieces:
                    writer.write(piece)

        return function

    def decompress_by_obj(self, step, out):
        def function(pieces, write):
            obj = self.module.ZstdDecompressor()
            for piece in pieces:
                write(obj.decompress(piece))

        return function

    def decompress_by_reader(self, step, out):
        def function(item, write):
            reader = self.module.ZstdFile(io.BytesIO(item))
            while data := reader.read(out):
                write(data)

        return function

    def read(self, name, form, step, out):
        return stream(self.decompress_by_reader(None, int(out)), self.frames(name))

    def readall(self, name):
        return each(lambda item: self.module.ZstdFile(io.BytesIO(item)).read(), self.frames(name))

    def frames_by_reader(self, step):
        return self.decompress_by_reader(step, OUT)

    def frames_by_obj(self, step):
        def function(item, write):
            obj = self.module.ZstdDecompressor()
            for start in range(0, len(item), step):
                piece = item[start : start + step]
                while piece:
                    write(obj.decompress(piece))
                    piece = b""
                    if obj.eof:
                        piece = obj.unused_data
                        obj = self.module.ZstdDecompressor()

        return function

    def each_frame(self, name):
        items = self.frames(name)
        decompress = self.module.decompress

        def function(threads):
            for item in items:
                decompress(item)

        return repeat(function)._replace(result=b"".join(map(decompress, items)))

    def train(self, name):
        items = self.plain(name)
        return repeat(lambda threads: self.module.train_dict(items, DICTIONARY_SIZE).dict_content)

    def frame_content_size(self, name):
        information = self.module.get_frame_info
        items = self.frames(name)
        return each(information, items)._replace(result=information(items[0]).decompressed_size)

    get_frame_parameters = frame_content_size


class Pyzstd(Backports):
    def import_module(self):
        import warnings

        import pyzstd

        warnings.simplefilter("ignore")
        return pyzstd

    def compress_by_writer(self, step, out):
        def function(pieces, write):
            with self.module.ZstdFile(SimpleNamespace(write=write), "wb", level_or_option=LEVEL) as writer:
                for piece in pieces:
                    writer.write(piece)

        return function

    def compress_by_copy_stream(self, step, out):
        def function(item, write):
            self.module.compress_stream(io.BytesIO(item), SimpleNamespace(write=write), level_or_option=LEVEL,
                                        read_size=step)

        return function

    def decompress_by_copy_stream(self, step, out):
        def function(item, write):
            self.module.decompress_stream(io.BytesIO(item), SimpleNamespace(write=write), read_size=step)

        return function

    def __init__(self, inputs):
        Side.__init__(self, inputs)
        self.module = self.import_module()
        self.compressor = self.module.ZstdCompressor(level_or_option=LEVEL)

    def compress_dict(self, name):
        compressor = self.module.ZstdCompressor(level_or_option=LEVEL, zstd_dict=self.dict())
        compress, mode = compressor.compress, compressor.FLUSH_FRAME
        return each(lambda item: compress(item, mode), self.plain(name))

    def compress_by_obj(self, step, out):
        def function(pieces, write):
            obj = self.module.ZstdCompressor(level_or_option=LEVEL)
            for piece in pieces:
                write(obj.compress(piece))
            write(obj.flush())

        return function

    def frames_by_obj(self, step):
        def function(item, write):
            obj = self.module.EndlessZstdDecompressor()
            for start in range(0, len(item), step):
                write(obj.decompress(item[start : start + step]))

        return function


# ---- Lines in and out ----


def status_bytes(field):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) << 10 for line in file if line.startswith(field))


def heap_bytes():
    """What malloc has given out. All of Python's memory comes from it with PYTHONMALLOC=malloc."""
    fields = "arena ordblks smblks hblks hblkhd usmblks fsmblks uordblks fordblks keepcost"
    function = ctypes.CDLL(None).mallinfo2
    members = {"_fields_": [(name, ctypes.c_size_t) for name in fields.split()]}
    function.restype = type("mallinfo2", (ctypes.Structure,), members)
    information = function()
    return information.uordblks + information.hblkhd


def kept(side, name, count, what):
    """Memory that results keep, by the size of the bytes objects that they are."""
    work, items = side.compress(name).function, side.plain(name)
    in_use = heap_bytes if what == "heap" else lambda: status_bytes("VmRSS:")
    results = [None] * int(count)
    in_use()
    gc.collect()
    before = in_use()
    for index, item in enumerate(itertools.islice(itertools.cycle(items), len(results))):
        results[index] = work(item)
    return (in_use() - before) / sum(map(sys.getsizeof, results))


def peak(side, operation, name, *arguments):
    """What the peak of resident memory rises by in a call with the second item of a set; the first has gone before."""
    work, item = getattr(side, operation)(name, *arguments).function, side.frames(name)[1]
    gc.collect()
    try:
        with open("/proc/self/clear_refs", "w") as file:
            file.write("5")
    except OSError:
        pass  # the peak so far is not far from what is in use
    before = status_bytes("VmRSS:")
    result = work(item)
    return (status_bytes("VmHWM:") - before) / len(result)


def serve(side):
    run = None
    for line in sys.stdin:
        command, *words = line.split()
        if command == "time":
            calls, threads = map(int, words)
            start, cpu_start = time.perf_counter_ns(), time.process_time_ns()
            run(calls, threads)
            cpu = time.process_time_ns() - cpu_start
            answer = f"{time.perf_counter_ns() - start} {cpu}"
        elif command == "prepare":
            run = None
            operation, *arguments = words
            function = getattr(side, operation, None)
            prepared = function and function(*arguments)
            answer = "no"
            if prepared:
                run, result = prepared.run, prepared.result
                answer = f"ok {result} 0" if isinstance(result, int) else f"ok {len(result)} {zlib.crc32(result)}"
            prepared = result = None
            gc.collect()
            gc.freeze()
        elif command == "kept":
            answer = str(kept(side, *words))
        elif command == "peak":
            answer = str(peak(side, *words))
        print(answer, flush=True)


if __name__ == "__main__":
    package, directory = sys.argv[1:]
    sides = {"zstandard": Zstandard, "pyzstd": Pyzstd, "backports": Backports}
    serve(sides[package](Inputs(directory)))
