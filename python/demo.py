"""The package `zstandard` on a real file: python demo.py FILE. Everything is verified."""

import io
import os
import sys
import tempfile
import time

import zstandard


def timed(function, *args, **kwargs):
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return result, time.perf_counter() - start


def show(what, size, compressed, seconds):
    print("  %-46s %6.1f MB -> %5.1f MB %7.0f MB/s" % (what, size / 1e6, compressed / 1e6, size / 1e6 / seconds))


def require(same, what):
    if not same:
        sys.exit("%s: the restored data differs" % what)


def whole_file(data):
    frame, seconds = timed(zstandard.ZstdCompressor(level=3).compress, data)
    show("compress()", len(data), len(frame), seconds)
    content, seconds = timed(zstandard.ZstdDecompressor().decompress, frame)
    require(content == data, "decompress()")
    show("decompress()", len(data), len(frame), seconds)


def streams(path, data, directory):
    packed, restored = os.path.join(directory, "packed.zst"), os.path.join(directory, "restored")
    with open(path, "rb") as source, open(packed, "wb") as sink:
        (read, written), seconds = timed(zstandard.ZstdCompressor().copy_stream, source, sink, size=len(data))
    require(read == len(data) and written == os.path.getsize(packed), "copy_stream()")
    show("copy_stream(), file to file", read, written, seconds)
    start = time.perf_counter()
    with zstandard.open(packed, "rb") as source, open(restored, "wb") as sink:
        for piece in iter(lambda: source.read(1 << 20), b""):
            sink.write(piece)
    with open(restored, "rb") as file:
        require(file.read() == data, "open()")
    show("open(), a megabyte at a time", len(data), written, time.perf_counter() - start)
    with io.BytesIO() as sink:
        with zstandard.ZstdDecompressor().stream_writer(sink, closefd=False) as writer, open(packed, "rb") as source:
            for piece in iter(lambda: source.read(100_000), b""):
                writer.write(piece)
        require(sink.getvalue() == data, "stream_writer()")


def records(data):
    pieces = [data[start : start + 1000] for start in range(0, min(len(data), 20_000_000), 1000)]
    dictionary = zstandard.train_dictionary(50_000, pieces[:: max(1, len(pieces) // 3000)])
    size = sum(map(len, pieces))
    for what, dict_data in (("", None), (", with a dictionary", dictionary)):
        compressor = zstandard.ZstdCompressor(dict_data=dict_data)
        frames, seconds = timed(compressor.multi_compress_to_buffer, pieces, threads=-1)
        show("%d records in one call%s" % (len(pieces), what), size, frames.size(), seconds)
        contents = zstandard.ZstdDecompressor(dict_data=dict_data).multi_decompress_to_buffer(frames, threads=-1)
        require([content.tobytes() for content in contents] == pieces, "multi_decompress_to_buffer()")


def main(path):
    with open(path, "rb") as file:
        data = file.read()
    version = ".".join(map(str, zstandard.ZSTD_VERSION))
    print("Python: zstandard %s, libzstd %s" % (zstandard.__version__, version))
    whole_file(data)
    with tempfile.TemporaryDirectory() as directory:
        streams(path, data, directory)
    records(data)


if __name__ == "__main__":
    main(sys.argv[1])
