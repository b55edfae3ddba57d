"""BufferWithSegments and its relatives."""

import ctypes
import functools
import sys

from ._calls import (
    Handled,
    Made,
    NotPickled,
    SignatureOf,
    address_of,
    failure,
    give_call,
    index,
    make,
    slices_of,
    take_call,
    view,
)
from ._native import NULL, fast, ffi, in_c, lib

try:
    from __pypy__ import bufferable
except ImportError:
    bufferable = None

_PAIR = 16
# memoryview() of an object in Python needs __buffer__ (CPython 3.12 and later), PyPy's own way, or a native base class.
_NEEDS_NATIVE = not hasattr(fast, "Memory") and bufferable is None and sys.version_info < (3, 12)


@in_c("Memory")
class _Memory:
    """Something with memory, which `_keep` keeps alive."""

    # A native base class has none.
    __hash__ = object.__hash__

    def _lend(self, address, length, keep):
        self._start = ffi.cast("uint8_t *", address)
        self._length = length
        self._keep = keep

    def _zst_view(self):
        return ffi.from_buffer(ffi.buffer(self._start, self._length)) if self._length else ffi.new("char[0]")

    def tobytes(self):
        """A copy of the bytes."""
        return ffi.buffer(self._start, self._length)[:] if self._length else b""

    def __bytes__(self):
        return self.tobytes()

    def __buffer__(self, flags):
        return memoryview(ffi.buffer(self._start, self._length) if self._length else b"").toreadonly()


_new = object.__new__
if bufferable is not None:
    _new = bufferable.bufferable.__new__

    class _Memory(_Memory, bufferable.bufferable):
        pass


@functools.lru_cache(maxsize=1000)
def _native_class(cls, length):
    """A class of memory with this length."""
    return type(cls.__name__, (cls, ctypes.c_ubyte * length), {"__module__": cls.__module__})


def _instance(cls, start, length, keep):
    """An object of this class for memory at `start`."""
    address = address_of(start) if length else 0
    if _NEEDS_NATIVE:
        self = _native_class(cls, length).from_address(address or ctypes.addressof(_NOTHING))
    else:
        self = _new(cls)
    self._lend(address, length, keep)
    return self


_NOTHING = ctypes.c_ubyte()


@in_c("Segment")
class _Segment(_Memory):
    def __len__(self):
        return self._length

    @property
    def offset(self):
        """Where it begins in its buffer."""
        return self._offset


class BufferSegment(Made, _Segment):
    """One item of a BufferWithSegments."""

    __slots__ = ()

    def __getitem__(self, index):
        raise TypeError("'BufferSegment' object is not subscriptable")

    def __iter__(self):
        raise TypeError("'BufferSegment' object is not iterable")


def _position(position, length):
    position = index(position, "index")
    if position < 0:
        position += length
        if position < 0:
            raise IndexError("offset must be non-negative")
    if position >= length:
        raise IndexError("offset must be less than %d" % length)
    return position


class _Sequence:
    def __iter__(self):
        return (self[position] for position in range(len(self)))


@in_c("Segments")
class _Segments(_Sequence, _Memory):
    def __call__(self):
        return self

    def __len__(self):
        return self._length // _PAIR

    def __getitem__(self, position):
        pair = self._pairs[_position(position, len(self))]
        return pair.offset, pair.length


class BufferSegments(Made, _Segments):
    """The offsets and lengths of the items of a BufferWithSegments: pairs of native 64-bit numbers."""

    __slots__ = ()


class _Items(_Sequence):
    """Items behind `_handle`, of which `_count` and `_item` are the C functions."""

    def __len__(self):
        return self._count(self._handle)

    def __getitem__(self, position):
        out = ffi.new("zst_buffer_segment *")
        call = take_call()
        position = _position(position, len(self))
        if self._item(self._handle, position, out, call.err) < 0:
            raise failure(call.err)
        give_call(call)
        # The handle and what it needs too: __init__ lets go of them when it is called again.
        segment = _instance(BufferSegment, out.data, out.len, (self, self._handle, self._keeps))
        segment._offset = out.offset
        return segment


def new_buffer(data, segments):
    """A new handle of the C library, and the memory that it refers to."""
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
    return handle, memory


@in_c("Buffer")
class _Buffer(_Items, _Memory):
    _count = staticmethod(lib.zst_buffer_with_segments_count)
    _item = staticmethod(lib.zst_buffer_with_segments_segment)

    def __new__(cls, *args, **kwargs):
        handle, memory = new_buffer(*args, **kwargs)
        data = lib.zst_buffer_with_segments_data(handle)
        self = _instance(cls, data, lib.zst_buffer_with_segments_size(handle), memory)
        self._handle, self._keeps = handle, None
        return self

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


class BufferWithSegments(_Buffer, NotPickled):
    """A piece of memory and the items in it.

    :param data: bytes-like object, which is referred to and not copied
    :param segments: bytes-like object with pairs of native 64-bit numbers: offset and length of each item
    """

    __slots__ = ()
    __signature__ = SignatureOf(new_buffer)


@in_c("Collection")
class _Collection(_Items, Handled):
    _count = staticmethod(lib.zst_buffer_with_segments_collection_count)
    _item = staticmethod(lib.zst_buffer_with_segments_collection_segment)

    def __init__(self, *args):
        for buffer in args:
            if not isinstance(buffer, BufferWithSegments):
                raise TypeError("arguments must be BufferWithSegments instances")
        handles = ffi.new("zst_buffer_with_segments *[]", [buffer._handle for buffer in args])
        handle = make(
            "zst_buffer_with_segments_collection",
            lib.zst_buffer_with_segments_collection_free,
            lib.zst_buffer_with_segments_collection_new,
            handles,
            len(args),
        )
        self._handle, self._keeps = handle, args

    def _adopt(self, owner, address):
        self._handle, self._keeps = owner

    def size(self):
        """Bytes of all items."""
        return lib.zst_buffer_with_segments_collection_size(self._handle)


class BufferWithSegmentsCollection(_Collection, NotPickled):
    """Several BufferWithSegments in a row, whose items count as one list."""

    __slots__ = ()
    __signature__ = SignatureOf(lambda *args: None)


def own_collection(handle):
    self = object.__new__(BufferWithSegmentsCollection)
    self._adopt((handle, None), address_of(handle))
    return self


class ZstdBatch:
    """The input of a multi_* function."""

    def __init__(self, data, message):
        self.keep = data
        if isinstance(data, BufferWithSegments):
            self.suffix, self.args = "_from_buffer", (data._handle,)
        elif isinstance(data, BufferWithSegmentsCollection):
            self.suffix, self.args = "_from_collection", (data._handle,)
        elif isinstance(data, list):
            try:
                slices, self.keep = slices_of(data)
            except TypeError as error:
                raise TypeError("item %d not a bytes like object" % error.position) from None
            self.suffix, self.args = "", (slices, len(self.keep))
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
