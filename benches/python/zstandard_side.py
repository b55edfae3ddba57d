"""The operations of the API of zstandard, which several packages have."""

import io
import itertools
from array import array
from types import SimpleNamespace

from inputs import DICTIONARY_SIZE, LEVEL
from work import OUT, Side, Work, each, repeat, stream


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
