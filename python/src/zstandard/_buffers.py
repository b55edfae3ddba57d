"""BufferWithSegments and its relatives."""

import ctypes
import functools
import sys

from ._calls import Handled, failure, give_call, index, make, not_constructible, take_call, view
from ._native import NULL, ffi, lib

try:
    from __pypy__ import bufferable
except ImportError:
    bufferable = None

_PAIR = 16
_NEEDS_NATIVE = bufferable is None and sys.version_info < (3, 12)


class _Memory:
    """Something with memory: `_start` and `_length`. What keeps it alive is `_keep`.

    memoryview() of it needs `__buffer__` (CPython 3.12 and later), PyPy's own way, or a native base class, which is made for
    each length.
    """

    def _zst_view(self):
        return ffi.from_buffer(ffi.buffer(self._start, self._length)) if self._length else ffi.new("char[0]")

    def tobytes(self):
        """A copy of the bytes."""
        return ffi.buffer(self._start, self._length)[:] if self._length else b""

    def __bytes__(self):
        return self.tobytes()

    def __buffer__(self, flags):
        return memoryview(ffi.buffer(self._start, self._length) if self._length else b"").toreadonly()

    def __reduce__(self):
        raise TypeError("cannot pickle %s" % type(self).__name__)


if bufferable is not None:

    class _Memory(_Memory, bufferable.bufferable):
        pass


@functools.lru_cache(maxsize=None)
def _native_class(cls, length):
    return type(cls.__name__, (cls, ctypes.c_ubyte * length), {"__module__": cls.__module__})


def _instance(cls, start, length, keep):
    """An object of this class for memory at `start`."""
    if _NEEDS_NATIVE:
        address = int(ffi.cast("uintptr_t", start)) if length else 0
        self = _native_class(cls, length).from_address(address or ctypes.addressof(_NOTHING))
    else:
        self = object.__new__(cls)
    self._start = start
    self._length = length
    self._keep = keep
    return self


_NOTHING = ctypes.c_ubyte()


class BufferSegment(_Memory):
    """One item of a BufferWithSegments."""

    def __new__(cls, *args, **kwargs):
        not_constructible(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __len__(self):
        return self._length

    def __getitem__(self, index):
        raise TypeError("'BufferSegment' object is not subscriptable")

    def __iter__(self):
        raise TypeError("'BufferSegment' object is not iterable")

    @property
    def offset(self):
        """Where it begins in its buffer."""
        return self._offset


def _segment(out, keep):
    self = _instance(BufferSegment, out.data, out.len, keep)
    self._offset = out.offset
    return self


class BufferSegments(_Memory):
    """The offsets and lengths of the items of a BufferWithSegments: pairs of native 64-bit numbers."""

    def __new__(cls, *args, **kwargs):
        not_constructible(cls)

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self):
        return self

    def __len__(self):
        return self._length // _PAIR

    def __getitem__(self, position):
        pair = self._pairs[_position(position, len(self))]
        return pair.offset, pair.length

    def __iter__(self):
        return (self[position] for position in range(len(self)))


def _position(position, length):
    position = index(position, "index")
    if position < 0:
        position += length
        if position < 0:
            raise IndexError("offset must be non-negative")
    if position >= length:
        raise IndexError("offset must be less than %d" % length)
    return position


class BufferWithSegments(_Memory):
    """A piece of memory and the items in it.

    :param data: bytes-like object, which is referred to and not copied
    :param segments: bytes-like object with pairs of native 64-bit numbers: offset and length of each item
    """

    def __new__(cls, data, segments):
        memory, pairs = view(data), view(segments)
        handle = make(
            "zst_buffer_with_segments",
            lib.zst_buffer_with_segments_free,
            lib.zst_buffer_with_segments_new,
            memory,
            len(memory),
            pairs,
            len(pairs),
            NULL,
            NULL,
        )
        return _own_buffer(handle, memory, cls)

    def __init__(self, *args, **kwargs):
        pass

    @property
    def size(self):
        """Bytes of the whole memory."""
        return self._length

    @property
    def segments(self):
        """Where the items lie."""
        out = ffi.new("zst_buffer_segments *")
        call = take_call()
        if lib.zst_buffer_with_segments_segments(self._handle, out, call.err) < 0:
            raise failure(call.err)
        give_call(call)
        segments = _instance(BufferSegments, ffi.cast("uint8_t *", out.segments), out.count * _PAIR, self)
        segments._pairs = out.segments
        return segments

    def __len__(self):
        return lib.zst_buffer_with_segments_count(self._handle)

    def __getitem__(self, position):
        out = ffi.new("zst_buffer_segment *")
        call = take_call()
        position = _position(position, len(self))
        if lib.zst_buffer_with_segments_segment(self._handle, position, out, call.err) < 0:
            raise failure(call.err)
        give_call(call)
        return _segment(out, self)

    def __iter__(self):
        return (self[position] for position in range(len(self)))


def _own_buffer(handle, keep, cls=BufferWithSegments):
    data = lib.zst_buffer_with_segments_data(handle)
    self = _instance(cls, data, lib.zst_buffer_with_segments_size(handle), keep)
    self._handle = handle
    return self


class BufferWithSegmentsCollection(Handled):
    """Several BufferWithSegments in a row, whose items count as one list."""

    def __init__(self, *args):
        for buffer in args:
            if not isinstance(buffer, BufferWithSegments):
                raise TypeError("arguments must be BufferWithSegments instances")
        handles = ffi.new("zst_buffer_with_segments *[]", [buffer._handle for buffer in args])
        self._handle = make(
            "zst_buffer_with_segments_collection",
            lib.zst_buffer_with_segments_collection_free,
            lib.zst_buffer_with_segments_collection_new,
            handles,
            len(args),
        )
        self._keep = args

    def __len__(self):
        return lib.zst_buffer_with_segments_collection_count(self._handle)

    def size(self):
        """Bytes of all items."""
        return lib.zst_buffer_with_segments_collection_size(self._handle)

    def __getitem__(self, position):
        out = ffi.new("zst_buffer_segment *")
        call = take_call()
        position = _position(position, len(self))
        if lib.zst_buffer_with_segments_collection_segment(self._handle, position, out, call.err) < 0:
            raise failure(call.err)
        give_call(call)
        return _segment(out, self)

    def __iter__(self):
        return (self[position] for position in range(len(self)))


def own_collection(handle):
    self = object.__new__(BufferWithSegmentsCollection)
    self._handle = handle
    self._keep = ()
    return self


class ZstdBatch:
    """The input of a multi_* function."""

    def __init__(self, data, message):
        self.data = data
        if isinstance(data, BufferWithSegments):
            self.suffix, self.args = "_from_buffer", (data._handle,)
        elif isinstance(data, BufferWithSegmentsCollection):
            self.suffix, self.args = "_from_collection", (data._handle,)
        elif isinstance(data, list):
            slices = ffi.new("zst_slice[]", len(data))
            self.keep = keep = []
            for position, item in enumerate(data):
                try:
                    memory = view(item)
                except TypeError:
                    raise TypeError("item %d not a bytes like object" % position) from None
                place = slices[position]
                place.data = memory
                place.len = len(memory)
                keep.append(memory)
            self.suffix, self.args = "", (slices, len(data))
        else:
            raise TypeError(message)

    def run(self, function, handle, *args):
        return make(
            "zst_buffer_with_segments_collection",
            lib.zst_buffer_with_segments_collection_free,
            getattr(lib, function + self.suffix),
            handle,
            *self.args,
            *args,
        )
