"""Looking at frames without decoding them."""

from ._calls import CONTENTSIZE_UNKNOWN, Made, argument, failure, give_call, int32, take_call
from ._native import ffi, in_c, lib

FORMAT_ZSTD1 = lib.ZST_FORMAT_ZSTD1
_MISSING = object()


@in_c("FrameParameters")
class _FrameParameters:
    __slots__ = ("_values",)

    @property
    def content_size(self):
        return self._values[0]

    @property
    def window_size(self):
        return self._values[1]

    @property
    def dict_id(self):
        return self._values[2]

    @property
    def has_checksum(self):
        return self._values[3]


class FrameParameters(_FrameParameters, Made):
    """What a frame's header says: content_size, window_size, dict_id, has_checksum."""

    __slots__ = ()

    def __repr__(self):
        values = self.content_size, self.window_size, self.dict_id, self.has_checksum
        return "FrameParameters(content_size=%d, window_size=%d, dict_id=%d, has_checksum=%r)" % values


def _one_of(data, source, function):
    if source is not _MISSING:
        if data is not _MISSING:
            raise TypeError("%s() takes data or source, not both" % function)
        return source
    if data is _MISSING:
        raise TypeError("%s() missing required argument: 'data'" % function)
    return data


def _format(value):
    return FORMAT_ZSTD1 if value is None else int32(value, "format")


@in_c("get_frame_parameters")
def get_frame_parameters(data, format=None):
    """Reads the header of the frame at the start of `data`."""
    memory = argument(data)
    out = ffi.new("zst_frame_parameters *")
    call = take_call()
    if lib.zst_get_frame_parameters(memory, len(memory), _format(format), out, call.err) < 0:
        raise failure(call.err)
    give_call(call)
    parameters = object.__new__(FrameParameters)
    parameters._values = (out.content_size, out.window_size, out.dict_id, bool(out.has_checksum))
    return parameters


@in_c("frame_content_size")
def frame_content_size(data=_MISSING, format=None, *, source=_MISSING):
    """The size of the content that the frame records; -1 when it does not."""
    memory = argument(_one_of(data, source, "frame_content_size"))
    call = take_call()
    if lib.zst_frame_content_size(memory, len(memory), _format(format), call.u64, call.err) < 0:
        raise failure(call.err)
    size = call.u64[0]
    give_call(call)
    return -1 if size == CONTENTSIZE_UNKNOWN else size


@in_c("frame_header_size")
def frame_header_size(data=_MISSING, format=None, *, source=_MISSING):
    """The length of the frame's header."""
    memory = argument(_one_of(data, source, "frame_header_size"))
    call = take_call()
    if lib.zst_frame_header_size(memory, len(memory), _format(format), call.size, call.err) < 0:
        raise failure(call.err)
    size = call.size[0]
    give_call(call)
    return size


@in_c("estimate_decompression_context_size")
def estimate_decompression_context_size():
    """Bytes of memory that a fresh decompression context uses."""
    return lib.zst_estimate_decompression_context_size()
