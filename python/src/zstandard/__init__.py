"""Zstandard compression: a drop-in for python-zstandard on the C library zst."""

import os as _os

_policy = _os.environ.get("PYTHON_ZSTANDARD_IMPORT_POLICY", "default").strip()
if _policy in ("cext", "rust"):
    raise ImportError("the %s backend does not exist in this package; it has only the cffi backend" % _policy)
if _policy not in ("default", "cffi_fallback", "cffi"):
    raise ImportError("unknown module import policy: %s; use default, cffi_fallback, cext, or cffi" % _policy)

from . import _fast  # noqa: F401
from ._buffers import BufferSegment, BufferSegments, BufferWithSegments, BufferWithSegmentsCollection
from ._calls import CONTENTSIZE_UNKNOWN, ZstdError
from ._compressor import ZstdCompressor
from ._constants import *  # noqa: F403
from ._constants import __all__ as _constants
from ._decompressor import ZstdDecompressor
from ._dictionary import ZstdCompressionDict, dictionary_id, train_dictionary
from ._frames import (
    FrameParameters,
    estimate_decompression_context_size,
    frame_content_size,
    frame_header_size,
    get_frame_parameters,
)
from ._objs import (
    ZstdCompressionChunker,
    ZstdCompressionChunkerIterator,
    ZstdCompressionObj,
    ZstdDecompressionObj,
)
from ._open import open
from ._parameters import ZstdCompressionParameters
from ._readers import (
    ZstdCompressionReader,
    ZstdCompressorIterator,
    ZstdDecompressionReader,
    ZstdDecompressorIterator,
)
from ._writers import ZstdCompressionWriter, ZstdDecompressionWriter

CompressionParameters = ZstdCompressionParameters

backend = "cffi"
backend_features = {"buffer_types", "multi_compress_to_buffer", "multi_decompress_to_buffer"}


def compress(data, level=3):
    """Compresses data into one frame."""
    return ZstdCompressor(level=level).compress(data)


def decompress(data, max_output_size=0):
    """The content of the first frame in data."""
    return ZstdDecompressor().decompress(data, max_output_size)


def _public(*classes):
    for one in classes:
        one.__module__ = __name__


_public(
    BufferSegment,
    BufferSegments,
    BufferWithSegments,
    BufferWithSegmentsCollection,
    FrameParameters,
    ZstdCompressionChunker,
    ZstdCompressionChunkerIterator,
    ZstdCompressionDict,
    ZstdCompressionObj,
    ZstdCompressionParameters,
    ZstdCompressionReader,
    ZstdCompressionWriter,
    ZstdCompressor,
    ZstdCompressorIterator,
    ZstdDecompressionObj,
    ZstdDecompressionReader,
    ZstdDecompressionWriter,
    ZstdDecompressor,
    ZstdDecompressorIterator,
    ZstdError,
)
