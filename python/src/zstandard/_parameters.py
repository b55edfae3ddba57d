"""ZstdCompressionParameters."""

from ._calls import (
    CONTENTSIZE_UNKNOWN,
    Handled,
    NotPickled,
    SignatureOf,
    content_size,
    failure,
    give_call,
    int32,
    make,
    take_call,
)
from ._native import ffi, in_c, lib

# Python's name, and C's number. Aliases share a number.
_PARAMETERS = {
    "format": lib.ZST_C_FORMAT,
    "compression_level": lib.ZST_C_COMPRESSION_LEVEL,
    "window_log": lib.ZST_C_WINDOW_LOG,
    "hash_log": lib.ZST_C_HASH_LOG,
    "chain_log": lib.ZST_C_CHAIN_LOG,
    "search_log": lib.ZST_C_SEARCH_LOG,
    "min_match": lib.ZST_C_MIN_MATCH,
    "target_length": lib.ZST_C_TARGET_LENGTH,
    "compression_strategy": lib.ZST_C_STRATEGY,
    "strategy": lib.ZST_C_STRATEGY,
    "write_content_size": lib.ZST_C_WRITE_CONTENT_SIZE,
    "write_checksum": lib.ZST_C_WRITE_CHECKSUM,
    "write_dict_id": lib.ZST_C_WRITE_DICT_ID,
    "job_size": lib.ZST_C_JOB_SIZE,
    "overlap_log": lib.ZST_C_OVERLAP_LOG,
    "overlap_size_log": lib.ZST_C_OVERLAP_LOG,
    "force_max_window": lib.ZST_C_FORCE_MAX_WINDOW,
    "enable_ldm": lib.ZST_C_ENABLE_LDM,
    "ldm_hash_log": lib.ZST_C_LDM_HASH_LOG,
    "ldm_min_match": lib.ZST_C_LDM_MIN_MATCH,
    "ldm_bucket_size_log": lib.ZST_C_LDM_BUCKET_SIZE_LOG,
    "ldm_hash_rate_log": lib.ZST_C_LDM_HASH_RATE_LOG,
    "ldm_hash_every_log": lib.ZST_C_LDM_HASH_RATE_LOG,
    "threads": lib.ZST_C_THREADS,
}
_FLAGS = {"write_content_size", "write_checksum", "write_dict_id", "force_max_window", "enable_ldm"}
_ALIASES = (
    ("compression_strategy", "strategy"),
    ("overlap_log", "overlap_size_log"),
    ("ldm_hash_rate_log", "ldm_hash_every_log"),
)
_DOING = "unable to set compression context parameter"


def new_parameters():
    return make(
        "zst_compression_parameters", lib.zst_compression_parameters_free, lib.zst_compression_parameters_new
    )


def set_parameter(handle, number, value):
    call = take_call()
    if lib.zst_compression_parameters_set(handle, number, value, call.err) < 0:
        raise failure(call.err)
    give_call(call)


def _given(arguments):
    """The values that were given, by their names; of each pair of aliases one."""
    values = {}
    for name, value in arguments.items():
        if value is not None:
            values[name] = bool(value) if name in _FLAGS else int32(value, name)
    for first, second in _ALIASES:
        for name in (first, second):
            if values.get(name, 0) < 0:
                del values[name]
        if first in values and second in values:
            raise ValueError("cannot specify both %s and %s" % (first, second))
    return values


def _get(handle, number):
    value = ffi.new("int32_t *")
    call = take_call()
    if lib.zst_compression_parameters_get(handle, number, value, call.err) < 0:
        raise failure(call.err)
    give_call(call)
    return value[0]


def _attribute(number):
    return property(lambda self: _get(self._handle, number))


def _values(
    format=None,
    compression_level=None,
    window_log=None,
    hash_log=None,
    chain_log=None,
    search_log=None,
    min_match=None,
    target_length=None,
    compression_strategy=None,
    strategy=None,
    write_content_size=None,
    write_checksum=None,
    write_dict_id=None,
    job_size=None,
    overlap_log=None,
    overlap_size_log=None,
    force_max_window=None,
    enable_ldm=None,
    ldm_hash_log=None,
    ldm_min_match=None,
    ldm_bucket_size_log=None,
    ldm_hash_rate_log=None,
    ldm_hash_every_log=None,
    threads=None,
):
    return _given(locals())


@in_c("Parameters")
class _Parameters(Handled):
    def __init__(self, *args, **kwargs):
        handle = new_parameters()
        set_parameter(handle, lib.ZST_C_WRITE_DICT_ID, 0)
        for name, value in _values(*args, **kwargs).items():
            set_parameter(handle, _PARAMETERS[name], value)
        self._handle = handle

    def estimated_compression_context_size(self):
        """Bytes of memory that a compression with these parameters needs, about."""
        call = take_call()
        estimate = lib.zst_compression_parameters_estimated_compression_context_size
        if estimate(self._handle, call.size, call.err) < 0:
            raise failure(call.err)
        size = call.size[0]
        give_call(call)
        return size

    for _name, _number in _PARAMETERS.items():
        locals()[_name] = _attribute(_number)
    del _name, _number


class ZstdCompressionParameters(_Parameters, NotPickled):
    """All parameters of a compression. Never changes.

    Every argument is also an attribute. 0 is libzstd's choice, which depends on the level.
    """

    __slots__ = ()
    __signature__ = SignatureOf(_values)

    @staticmethod
    def from_level(level, source_size=None, dict_size=None, **kwargs):
        """The parameters that libzstd's table has for a level and sizes; keywords override them."""
        if hasattr(_Parameters, "_from_level"):
            return _Parameters._from_level(level, source_size, dict_size, kwargs)
        unknown = set(kwargs) - set(_PARAMETERS)
        if unknown:
            raise TypeError("from_level() got an unexpected keyword argument %r" % unknown.pop())
        level = int32(level, "level")
        source_size = content_size(source_size, "source_size") or CONTENTSIZE_UNKNOWN
        dict_size = content_size(dict_size, "dict_size")
        table = make(
            "zst_compression_parameters",
            lib.zst_compression_parameters_free,
            lib.zst_compression_parameters_from_level,
            level,
            source_size,
            0 if dict_size == CONTENTSIZE_UNKNOWN else dict_size,
        )
        values = _given(kwargs)
        for name in ("window_log", "hash_log", "chain_log", "search_log", "min_match", "target_length"):
            values.setdefault(name, _get(table, _PARAMETERS[name]))
        if "strategy" not in values and "compression_strategy" not in values:
            values["strategy"] = _get(table, lib.ZST_C_STRATEGY)
        return ZstdCompressionParameters(**values)
