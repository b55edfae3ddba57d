"""zst from Python with ctypes."""

import io
from contextlib import contextmanager
from ctypes import CDLL, CFUNCTYPE, POINTER, Structure, byref, string_at
from ctypes import c_char, c_char_p, c_int32, c_size_t, c_uint32, c_uint64, c_void_p

zst = CDLL("libzst.so.1")

UNKNOWN_SIZE = 2**64 - 1
PIECE = 131072
ALL_CORES = -1


class Error(Structure):
    _fields_ = [
        *((name, c_int32) for name in ("status", "zstd_code", "callback_code", "reserved")),
        *((name, c_uint64) for name in ("item_index", "expected", "actual", "src_position")),
        ("message", c_char * 464),
    ]


class Bytes(Structure):
    _fields_ = [("data", c_void_p), ("len", c_size_t), ("capacity", c_size_t)]


class Slice(Structure):
    _fields_ = [("data", c_char_p), ("len", c_size_t)]


class Segment(Structure):
    _fields_ = [("data", c_void_p), ("len", c_size_t), ("offset", c_uint64)]


READ = CFUNCTYPE(c_int32, c_void_p, c_size_t, POINTER(c_char_p), POINTER(c_size_t))
WRITE = CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t, POINTER(c_size_t))
EVENT = CFUNCTYPE(c_int32, c_void_p)
DROP = CFUNCTYPE(None, c_void_p)


class Source(Structure):
    _fields_ = [("userdata", c_void_p), ("read", READ), ("drop", DROP)]


class Sink(Structure):
    _fields_ = [("userdata", c_void_p), ("write", WRITE), ("flush", EVENT), ("close", EVENT), ("drop", DROP)]


def declare(name, restype, *argtypes):
    function = getattr(zst, name)
    function.restype, function.argtypes = restype, argtypes
    return function


def checked(name, *argtypes):
    """A function whose last parameter, the zst_error, becomes an exception."""
    function = declare(name, c_int32, *argtypes, POINTER(Error))

    def call(*arguments):
        err = Error()
        if function(*arguments, byref(err)) < 0:
            raise ZstError(err)

    return call


HANDLE = POINTER(c_void_p)
INPUT = [c_char_p, c_size_t]
ITEMS = [POINTER(Slice), c_size_t]
ENDS = [POINTER(Source), POINTER(Sink)]
COUNTS = [c_void_p, c_void_p, c_void_p]

status_name = declare("zst_status_name", c_char_p, c_int32)
bytes_free = declare("zst_bytes_free", None, POINTER(Bytes))

compressor_new = checked("zst_compressor_new", c_int32, c_void_p, HANDLE)
compressor_free = declare("zst_compressor_free", None, c_void_p)
compressor_compress = checked("zst_compressor_compress", c_void_p, *INPUT, POINTER(Bytes))
compressor_copy = checked("zst_compressor_copy_stream", c_void_p, *ENDS, c_uint64, c_size_t, c_size_t, *COUNTS)
compressor_batch = checked("zst_compressor_multi_compress_to_buffer", c_void_p, *ITEMS, c_int32, HANDLE)

decompressor_new = checked("zst_decompressor_new", c_void_p, HANDLE)
decompressor_free = declare("zst_decompressor_free", None, c_void_p)
decompressor_decompress = checked(
    "zst_decompressor_decompress", c_void_p, *INPUT, c_uint64, c_int32, POINTER(Bytes), c_void_p
)
decompressor_copy = checked("zst_decompressor_copy_stream", c_void_p, *ENDS, c_size_t, c_size_t, c_int32, *COUNTS)
decompressor_batch = checked(
    "zst_decompressor_multi_decompress_to_buffer", c_void_p, *ITEMS, c_void_p, c_size_t, c_int32, HANDLE
)

train_dictionary = checked("zst_train_dictionary", c_size_t, *ITEMS, c_void_p, HANDLE)
dict_id = declare("zst_compression_dict_id", c_uint32, c_void_p)
dict_free = declare("zst_compression_dict_free", None, c_void_p)
collection_count = declare("zst_buffer_with_segments_collection_count", c_size_t, c_void_p)
collection_segment = checked("zst_buffer_with_segments_collection_segment", c_void_p, c_size_t, POINTER(Segment))
collection_free = declare("zst_buffer_with_segments_collection_free", None, c_void_p)


class ZstError(Exception):
    def __init__(self, err):
        super().__init__(err.message.decode())
        self.status = status_name(err.status).decode()


@contextmanager
def handle(new, free, *arguments):
    out = c_void_p()
    new(*arguments, byref(out))
    try:
        yield out
    finally:
        free(out)


@contextmanager
def result():
    out = Bytes()  # zeros, which may be freed, too
    try:
        yield out
    finally:
        bytes_free(byref(out))


def compressor(dictionary=None, level=3):
    return handle(compressor_new, compressor_free, level, dictionary)


def decompressor(dictionary=None):
    return handle(decompressor_new, decompressor_free, dictionary)


def compress(compressor, content):
    with result() as out:
        compressor_compress(compressor, content, len(content), byref(out))
        return string_at(out.data, out.len)


def decompress(decompressor, frame):
    with result() as out:
        decompressor_decompress(decompressor, frame, len(frame), 0, 0, byref(out), None)
        return string_at(out.data, out.len)


def copy_stream(copy, handle, reader, writer, *settings):
    """From one file object to another. What they raise waits until the C function has come back."""
    block = failure = None

    def read(_, size_hint, out_data, out_len):
        nonlocal block, failure
        try:
            block = reader.read(size_hint)  # lent, so it stays until the next one
            out_data[0], out_len[0] = block, len(block)
        except BaseException as error:
            failure = error
            return 1
        return 0

    def write(_, data, size, out_written):
        nonlocal failure
        try:
            out_written[0] = writer.write(string_at(data, size))
        except BaseException as error:
            failure = error
            return 1
        return 0

    source, sink = Source(read=READ(read)), Sink(write=WRITE(write))
    try:
        copy(handle, byref(source), byref(sink), *settings, None, None, None)
    except ZstError:
        if failure:
            raise failure
        raise


def slices(items):
    return (Slice * len(items))(*((item, len(item)) for item in items)), len(items)


def batch(call, parent, items, *settings):
    with handle(call, collection_free, parent, *slices(items), *settings) as collection:
        segment, results = Segment(), []
        for index in range(collection_count(collection)):
            collection_segment(collection, index, byref(segment))
            results.append(string_at(segment.data, segment.len))
        return results


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
        copy_stream(compressor_copy, packer, io.BytesIO(text), packed, UNKNOWN_SIZE, PIECE, PIECE)
        copy_stream(decompressor_copy, unpacker, io.BytesIO(packed.getvalue()), unpacked, PIECE, PIECE, 0)
        assert unpacked.getvalue() == text
        print(f"stream: {len(text)} bytes, {len(packed.getvalue())} compressed")
        try:
            copy_stream(compressor_copy, packer, Broken(), packed, UNKNOWN_SIZE, PIECE, PIECE)
        except OSError as error:
            print(f"callback: {error}")
        try:
            decompress(unpacker, frame[: len(frame) // 2])
        except ZstError as error:
            print(f"error: {error.status}: {error}")

    with handle(train_dictionary, dict_free, 4096, *slices(records), None) as dictionary:
        with compressor(dictionary) as packer, decompressor(dictionary) as unpacker:
            small = compress(packer, records[0])
            assert decompress(unpacker, small) == records[0]
            print(f"dictionary {dict_id(dictionary)}: {len(records[0])} bytes, {len(small)} compressed")

            frames = batch(compressor_batch, packer, records, ALL_CORES)
            assert batch(decompressor_batch, unpacker, frames, None, 0, ALL_CORES) == records
            print(f"batch: {len(frames)} records, {sum(map(len, records))} bytes, {sum(map(len, frames))} compressed")


main()
