"""What the types in C need of the package."""

import io

from ._buffers import BufferSegment, BufferSegments, BufferWithSegments, BufferWithSegmentsCollection
from ._calls import address_of, exception_for
from ._compressor import new_compressor
from ._decompressor import new_decompressor
from ._frames import FrameParameters
from ._native import fast, ffi
from ._objs import (
    ZstdCompressionChunker,
    ZstdCompressionChunkerIterator,
    ZstdCompressionObj,
    ZstdDecompressionObj,
)
from ._parameters import ZstdCompressionParameters
from ._readers import (
    ZstdCompressionReader,
    ZstdCompressorIterator,
    ZstdDecompressionReader,
    ZstdDecompressorIterator,
)
from ._writers import ZstdCompressionWriter, ZstdDecompressionWriter

_HANDLES = {
    kind: ffi.typeof("zst_%s *" % name)
    for kind, name in {
        "Compressor": "compressor",
        "Parameters": "compression_parameters",
        "Dict": "compression_dict",
        "Decompressor": "decompressor",
        "Buffer": "buffer_with_segments",
        "Collection": "buffer_with_segments_collection",
        "CompressionReader": "compression_reader",
        "DecompressionReader": "decompression_reader",
        "CompressionWriter": "compression_writer",
        "DecompressionWriter": "decompression_writer",
        "CompressorIterator": "compressor_iterator",
        "DecompressorIterator": "decompressor_iterator",
        "Chunker": "compression_chunker",
        "CompressionObj": "compression_obj",
        "DecompressionObj": "decompression_obj",
    }.items()
}


def cdata(native, address, owner):
    """The handle of an object, for functions that are called through cffi. It keeps its owner alive."""
    for kind, ctype in _HANDLES.items():
        if isinstance(native, getattr(fast, kind)):
            return ffi.gc(ffi.cast(ctype, address), lambda _, owner=owner: None)
    raise TypeError("no handle")


if hasattr(fast, "use"):
    fast.use(
        ZstdCompressionObj=ZstdCompressionObj,
        ZstdDecompressionObj=ZstdDecompressionObj,
        ZstdCompressionReader=ZstdCompressionReader,
        ZstdDecompressionReader=ZstdDecompressionReader,
        ZstdCompressionWriter=ZstdCompressionWriter,
        ZstdDecompressionWriter=ZstdDecompressionWriter,
        ZstdCompressorIterator=ZstdCompressorIterator,
        ZstdDecompressorIterator=ZstdDecompressorIterator,
        ZstdCompressionChunker=ZstdCompressionChunker,
        ZstdCompressionChunkerIterator=ZstdCompressionChunkerIterator,
        BufferWithSegmentsCollection=BufferWithSegmentsCollection,
        BufferWithSegments=BufferWithSegments,
        BufferSegments=BufferSegments,
        BufferSegment=BufferSegment,
        FrameParameters=FrameParameters,
        ZstdCompressionParameters=ZstdCompressionParameters,
        exception_for=exception_for,
        new_compressor=lambda *args, **kwargs: address_of(new_compressor(*args, **kwargs)),
        new_decompressor=lambda *args, **kwargs: address_of(new_decompressor(*args, **kwargs)),
        cdata=cdata,
        RawIOBase=io.RawIOBase,
        BytesIO=io.BytesIO,
    )
