"""zst from Python with cffi, in its ABI mode, which needs no compiler."""

import io
import sys
from pathlib import Path

import cffi

ffi = cffi.FFI()
ffi.cdef(Path(sys.argv[1]).read_text())
zst = ffi.dlopen("libzst.so.1")

UNKNOWN_SIZE = 2**64 - 1
PIECE = 131072
ALL_CORES = -1


class ZstError(Exception):
    def __init__(self, err):
        super().__init__(ffi.string(err.message).decode())
        self.status = ffi.string(zst.zst_status_name(err.status)).decode()


def call(function, *arguments):
    """Calls a function whose last parameter is a zst_error."""
    err = ffi.new("zst_error *")
    if function(*arguments, err) < 0:
        raise ZstError(err)


def new(function, free, *arguments):
    """What a constructor gives. cffi frees it with the last reference; in a with statement, at its end."""
    out = ffi.new(ffi.typeof(function).args[-2])
    call(function, *arguments, out)
    return ffi.gc(out[0], free)


def compressor(dictionary=ffi.NULL, level=3):
    return new(zst.zst_compressor_new, zst.zst_compressor_free, level, dictionary)


def decompressor(dictionary=ffi.NULL):
    return new(zst.zst_decompressor_new, zst.zst_decompressor_free, dictionary)


def result():
    return ffi.gc(ffi.new("zst_bytes *"), zst.zst_bytes_free)


def compress(compressor, content):
    with result() as out:
        call(zst.zst_compressor_compress, compressor, content, len(content), out)
        return ffi.unpack(ffi.cast("char *", out.data), out.len)


def decompress(decompressor, frame):
    with result() as out:
        call(zst.zst_decompressor_decompress, decompressor, frame, len(frame), 0, 0, out, ffi.NULL)
        return ffi.unpack(ffi.cast("char *", out.data), out.len)


def copy_stream(copy, handle, reader, writer, *settings):
    """From one file object to another. What they raise waits until the C function has come back."""
    block = failure = None

    def keep(_type, error, _traceback):
        nonlocal failure
        failure = error

    @ffi.callback("int32_t(void *, size_t, const uint8_t **, size_t *)", error=1, onerror=keep)
    def read(_, size_hint, out_data, out_len):
        nonlocal block
        block = ffi.from_buffer(reader.read(size_hint))  # lent, so it stays until the next one
        out_data[0], out_len[0] = block, len(block)
        return 0

    @ffi.callback("int32_t(void *, const uint8_t *, size_t, size_t *)", error=1, onerror=keep)
    def write(_, data, size, out_written):
        out_written[0] = writer.write(ffi.buffer(data, size))
        return 0

    source = ffi.new("zst_source *", {"read": read})
    sink = ffi.new("zst_sink *", {"write": write})
    try:
        call(copy, handle, source, sink, *settings, ffi.NULL, ffi.NULL, ffi.NULL)
    except ZstError:
        if failure:
            raise failure
        raise


def slices(items):
    """An array of zst_slice, its length, and what has to stay as long as it does."""
    kept = [ffi.from_buffer(item) for item in items]
    return ffi.new("zst_slice[]", [(item, len(item)) for item in kept]), len(kept), kept


def batch(function, handle, items, *settings):
    array, count, kept = slices(items)
    free = zst.zst_buffer_with_segments_collection_free
    with new(function, free, handle, array, count, *settings) as collection:
        segment, results = ffi.new("zst_buffer_segment *"), []
        for index in range(zst.zst_buffer_with_segments_collection_count(collection)):
            call(zst.zst_buffer_with_segments_collection_segment, collection, index, segment)
            results.append(bytes(ffi.buffer(segment.data, segment.len)))
        return results


def train(size, samples):
    array, count, kept = slices(samples)
    return new(zst.zst_train_dictionary, zst.zst_compression_dict_free, size, array, count, ffi.NULL)


class Broken(io.RawIOBase):
    def read(self, size=-1):
        raise OSError("the source is broken")


def main():
    text = b"".join(b"line %d of a text that repeats itself\n" % n for n in range(4000))
    records = [b'{"id": %d, "name": "user %d", "active": true}\n' % (n, n * 7919 % 10007) for n in range(2000)]

    with compressor() as packer, decompressor() as unpacker:
        frame = compress(packer, text)
        assert decompress(unpacker, frame) == text
        print(f"one-shot: {len(text)} bytes, {len(frame)} compressed")

        packed, unpacked = io.BytesIO(), io.BytesIO()
        copy_stream(zst.zst_compressor_copy_stream, packer, io.BytesIO(text), packed, UNKNOWN_SIZE, PIECE, PIECE)
        packed.seek(0)
        copy_stream(zst.zst_decompressor_copy_stream, unpacker, packed, unpacked, PIECE, PIECE, 0)
        assert unpacked.getvalue() == text
        print(f"stream: {len(text)} bytes, {packed.tell()} compressed")
        try:
            copy_stream(zst.zst_compressor_copy_stream, packer, Broken(), packed, UNKNOWN_SIZE, PIECE, PIECE)
        except OSError as error:
            print(f"callback: {error}")
        try:
            decompress(unpacker, frame[: len(frame) // 2])
        except ZstError as error:
            print(f"error: {error.status}: {error}")

    with train(4096, records) as dictionary, compressor(dictionary) as packer, decompressor(dictionary) as unpacker:
        small = compress(packer, records[0])
        assert decompress(unpacker, small) == records[0]
        dict_id = zst.zst_compression_dict_id(dictionary)
        print(f"dictionary {dict_id}: {len(records[0])} bytes, {len(small)} compressed")

        frames = batch(zst.zst_compressor_multi_compress_to_buffer, packer, records, ALL_CORES)
        back = batch(zst.zst_decompressor_multi_decompress_to_buffer, unpacker, frames, ffi.NULL, 0, ALL_CORES)
        assert back == records
        print(f"batch: {len(frames)} records, {sum(map(len, records))} bytes, {sum(map(len, frames))} compressed")


main()
