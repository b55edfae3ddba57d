"""The operations of backports.zstd, which is compression.zstd of Python 3.14, and of pyzstd, whose classes are like its."""

import io
from types import SimpleNamespace

from inputs import DICTIONARY_SIZE, LEVEL
from work import OUT, Side, each, repeat, stream


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
