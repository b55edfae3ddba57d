"""ZstdCompressionDict and train_dictionary."""

from ._calls import (
    Handled,
    SignatureOf,
    address_of,
    failure,
    give_call,
    index,
    int32,
    make,
    slices_of,
    take_call,
    uint32,
    view,
)
from ._native import NULL, ffi, in_c, lib
from ._parameters import ZstdCompressionParameters

DICT_TYPE_AUTO = lib.ZST_DICT_TYPE_AUTO
DICT_TYPE_RAWCONTENT = lib.ZST_DICT_TYPE_RAWCONTENT
DICT_TYPE_FULLDICT = lib.ZST_DICT_TYPE_FULLDICT


def new_dict(data, dict_type=None, k=None, d=None):
    """A new handle of the C library."""
    dict_type = DICT_TYPE_AUTO if dict_type is None else int32(dict_type, "dict_type")
    data = view(data)
    k, d = uint32(k, "k"), uint32(d, "d")
    new = lib.zst_compression_dict_new
    return make("zst_compression_dict", lib.zst_compression_dict_free, new, data, len(data), dict_type, k, d)


@in_c("Dict")
class _Dict(Handled):
    def __init__(self, *args, **kwargs):
        self._handle = new_dict(*args, **kwargs)

    def _adopt(self, owner, address):
        (self._handle,) = owner

    @property
    def k(self):
        return lib.zst_compression_dict_k(self._handle)

    @property
    def d(self):
        return lib.zst_compression_dict_d(self._handle)

    def dict_id(self):
        """The id that frames refer to; 0 when there is none."""
        return lib.zst_compression_dict_id(self._handle)

    def as_bytes(self):
        """The dictionary's data."""
        handle = self._handle
        call = take_call()
        if lib.zst_compression_dict_as_bytes(handle, call.pointer, call.size, call.err) < 0:
            raise failure(call.err)
        data = ffi.buffer(call.pointer[0], call.size[0])[:]
        give_call(call)
        return data

    def __len__(self):
        return len(self.as_bytes())

    def precompute_compress(self, level=0, compression_params=None):
        """Digests the dictionary now, for operations that are started later."""
        level = 0 if level is None else int32(level, "level")
        if compression_params is not None and not isinstance(compression_params, ZstdCompressionParameters):
            raise TypeError("compression_params must be a ZstdCompressionParameters")
        parameters = NULL if compression_params is None else compression_params._handle
        call = take_call()
        if lib.zst_compression_dict_precompute_compress(self._handle, level, parameters, call.err) < 0:
            raise failure(call.err)
        give_call(call)


class ZstdCompressionDict(_Dict):
    """A dictionary: content that small inputs have in common.

    :param data: bytes-like object; it is copied
    :param dict_type: one of the DICT_TYPE_* constants
    """

    __slots__ = ()
    __signature__ = SignatureOf(new_dict)

    @classmethod
    def _own(cls, handle):
        self = cls.__new__(cls)
        self._adopt((handle,), address_of(handle))
        return self

    def __reduce__(self):
        handle = self._handle
        return ZstdCompressionDict, (
            self.as_bytes(),
            lib.zst_compression_dict_type(handle),
            self.k,
            self.d,
        )


def dictionary_id(dict_data):
    """The id of a dictionary."""
    if not isinstance(dict_data, ZstdCompressionDict):
        raise TypeError("dict_data must be a ZstdCompressionDict")
    return dict_data.dict_id()


_ALGORITHMS = {
    None: lib.ZST_TRAIN_ALGORITHM_AUTO,
    "cover": lib.ZST_TRAIN_ALGORITHM_COVER,
    "fastcover": lib.ZST_TRAIN_ALGORITHM_FASTCOVER,
}


def train_dictionary(
    dict_size,
    samples,
    k=0,
    d=0,
    notifications=0,
    dict_id=0,
    level=0,
    steps=None,
    threads=None,
    *,
    algorithm=None,
    f=0,
    split_point=0.0,
    accel=0,
):
    """Makes a dictionary of `dict_size` bytes at most from a list of bytes objects."""
    if not isinstance(samples, list):
        raise TypeError("samples must be a list")
    for sample in samples:
        if not isinstance(sample, bytes):
            raise ValueError("samples must be bytes")
    dict_size = index(dict_size, "dict_size")
    if dict_size < 0:
        raise ValueError("dict_size must not be negative")
    given = {}
    for name, value in (("k", k), ("d", d), ("dict_id", dict_id), ("notifications", notifications), ("f", f), ("accel", accel)):
        value = 0 if value is None else index(value, name)
        if not 0 <= value < 2**32:
            raise ValueError("%s must fit 32 bits and not be negative" % name)
        given[name] = value
    level = 0 if level is None else int32(level, "level")
    split_point = 0.0 if split_point is None else float(split_point)
    if steps is not None and index(steps, "steps") < 0:
        raise ValueError("steps must not be negative")
    if algorithm not in _ALGORITHMS:
        raise ValueError("unknown algorithm %r; use 'cover' or 'fastcover'" % (algorithm,))
    if algorithm == "cover" and (given["f"] or given["accel"]):
        raise ValueError("f and accel are for fastcover")
    if algorithm is None and (given["f"] or given["accel"]):
        algorithm = "fastcover"

    if steps is not None or threads is not None:
        mode = lib.ZST_TRAIN_OPTIMIZE
    elif given["k"] or given["d"] or given["dict_id"] or given["notifications"] or level:
        mode = lib.ZST_TRAIN_FIXED
    else:
        mode = lib.ZST_TRAIN_DEFAULT
    parameters = ffi.new("zst_training_parameters *", given)
    parameters.mode = mode
    parameters.algorithm = _ALGORITHMS[algorithm]
    parameters.steps = 0 if steps is None else index(steps, "steps")
    parameters.threads = 0 if threads is None else int32(threads, "threads")
    parameters.level = level
    parameters.split_point = split_point
    slices, keep = slices_of(samples)
    handle = make(
        "zst_compression_dict",
        lib.zst_compression_dict_free,
        lib.zst_train_dictionary,
        dict_size,
        slices,
        len(samples),
        parameters,
    )
    del keep
    return ZstdCompressionDict._own(handle)
