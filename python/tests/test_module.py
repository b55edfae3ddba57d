"""Names, constants, functions of the module, and rules for arguments."""

import array
import ast
import copy
import inspect
import mmap
import os
import pickle
import sys
import types

import pytest

import zstandard as z
from helpers import EMPTY, FRAME, SKIPPABLE, TEXT, UNSIZED, child, raises

TYPES = """
    ZstdCompressor ZstdDecompressor ZstdCompressionDict ZstdCompressionParameters FrameParameters BufferWithSegments
    BufferWithSegmentsCollection BufferSegment BufferSegments ZstdCompressionObj ZstdCompressionChunker
    ZstdCompressionChunkerIterator ZstdCompressionReader ZstdCompressionWriter ZstdCompressorIterator ZstdDecompressionObj
    ZstdDecompressionReader ZstdDecompressionWriter ZstdDecompressorIterator
""".split()

CONSTANTS = dict(
    FLUSH_BLOCK=0, FLUSH_FRAME=1, COMPRESSOBJ_FLUSH_FINISH=0, COMPRESSOBJ_FLUSH_BLOCK=1,
    FRAME_HEADER=b"\x28\xb5\x2f\xfd", MAGIC_NUMBER=4247762216, CONTENTSIZE_UNKNOWN=2**64 - 1, CONTENTSIZE_ERROR=2**64 - 2,
    MAX_COMPRESSION_LEVEL=22, FORMAT_ZSTD1=0, FORMAT_ZSTD1_MAGICLESS=1,
    COMPRESSION_RECOMMENDED_INPUT_SIZE=131072, COMPRESSION_RECOMMENDED_OUTPUT_SIZE=131591,
    DECOMPRESSION_RECOMMENDED_INPUT_SIZE=131075, DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE=131072,
    BLOCKSIZELOG_MAX=17, BLOCKSIZE_MAX=131072, WINDOWLOG_MIN=10, WINDOWLOG_MAX=31, CHAINLOG_MIN=6, CHAINLOG_MAX=30,
    HASHLOG_MIN=6, HASHLOG_MAX=30, HASHLOG3_MAX=17, SEARCHLOG_MIN=1, SEARCHLOG_MAX=30, MINMATCH_MIN=3, MINMATCH_MAX=7,
    SEARCHLENGTH_MIN=3, SEARCHLENGTH_MAX=7, TARGETLENGTH_MIN=0, TARGETLENGTH_MAX=131072,
    LDM_MINMATCH_MIN=4, LDM_MINMATCH_MAX=4096, LDM_BUCKETSIZELOG_MAX=8,
    STRATEGY_FAST=1, STRATEGY_DFAST=2, STRATEGY_GREEDY=3, STRATEGY_LAZY=4, STRATEGY_LAZY2=5, STRATEGY_BTLAZY2=6,
    STRATEGY_BTOPT=7, STRATEGY_BTULTRA=8, STRATEGY_BTULTRA2=9,
    DICT_TYPE_AUTO=0, DICT_TYPE_RAWCONTENT=1, DICT_TYPE_FULLDICT=2,
)  # fmt: skip


@pytest.mark.parametrize("name", sorted(CONSTANTS))
def test_constant(name):
    value = CONSTANTS[name]
    if os.sys.maxsize < 2**32:
        value = {"WINDOWLOG_MAX": 30, "CHAINLOG_MAX": 29, "SEARCHLOG_MAX": 29}.get(name, value)
    assert getattr(z, name) == value
    assert type(getattr(z, name)) is type(value)


def test_names():
    assert z.backend == "cffi"
    assert z.backend_features == {"buffer_types", "multi_compress_to_buffer", "multi_decompress_to_buffer"}
    assert z.__version__.startswith("1.0.")
    assert z.ZSTD_VERSION == (1, 5, 7)
    assert z.CompressionParameters is z.ZstdCompressionParameters
    for name in TYPES:
        assert isinstance(getattr(z, name), type)
        assert getattr(z, name).__module__ == "zstandard"
    assert z.ZstdError.__bases__ == (Exception,)


def test_parameter_lists():
    def parameters(function):
        return [name for name in inspect.signature(function).parameters if name != "self"]

    for function, names in {
        z.compress: "data level",
        z.decompress: "data max_output_size",
        z.open: "filename mode cctx dctx encoding errors newline closefd",
        z.dictionary_id: "dict_data",
        z.get_frame_parameters: "data format",
        z.frame_content_size: "data format source",
        z.frame_header_size: "data format source",
        z.train_dictionary: "dict_size samples k d notifications dict_id level steps threads algorithm f split_point accel",
        z.ZstdCompressor: "level dict_data compression_params write_checksum write_content_size write_dict_id threads",
        z.ZstdCompressor.compress: "data",
        z.ZstdCompressor.compressobj: "size",
        z.ZstdCompressor.chunker: "size chunk_size",
        z.ZstdCompressor.stream_reader: "source size read_size closefd",
        z.ZstdCompressor.stream_writer: "writer size write_size write_return_read closefd",
        z.ZstdCompressor.read_to_iter: "reader size read_size write_size",
        z.ZstdCompressor.read_from: "reader size read_size write_size",
        z.ZstdCompressor.write_to: "writer size write_size write_return_read closefd",
        z.ZstdCompressor.copy_stream: "ifh ofh size read_size write_size",
        z.ZstdCompressor.multi_compress_to_buffer: "data threads",
        z.ZstdDecompressor: "dict_data max_window_size format",
        z.ZstdDecompressor.decompress: "data max_output_size read_across_frames allow_extra_data",
        z.ZstdDecompressor.decompressobj: "write_size read_across_frames",
        z.ZstdDecompressor.stream_reader: "source read_size read_across_frames closefd strict",
        z.ZstdDecompressor.stream_writer: "writer write_size write_return_read closefd strict",
        z.ZstdDecompressor.read_to_iter: "reader read_size write_size skip_bytes read_across_frames strict",
        z.ZstdDecompressor.copy_stream: "ifh ofh read_size write_size strict",
        z.ZstdDecompressor.decompress_content_dict_chain: "frames",
        z.ZstdDecompressor.multi_decompress_to_buffer: "frames decompressed_sizes threads",
        z.ZstdCompressionDict: "data dict_type k d",
        z.ZstdCompressionDict.precompute_compress: "level compression_params",
        z.ZstdCompressionParameters.from_level: "level source_size dict_size kwargs",
    }.items():
        assert parameters(function) == names.split(), function
    keyword_only = {
        parameter.name
        for function in (z.train_dictionary, z.ZstdDecompressor.read_to_iter, z.ZstdDecompressor.stream_reader)
        for parameter in inspect.signature(function).parameters.values()
        if parameter.kind == parameter.KEYWORD_ONLY
    }
    assert keyword_only == {"algorithm", "f", "split_point", "accel", "read_across_frames", "strict"}


@pytest.mark.parametrize("policy", ["default", "cffi", "cffi_fallback", "  cffi\n"])
def test_import_policy_that_works(policy):
    assert child("import zstandard; print(zstandard.backend)", PYTHON_ZSTANDARD_IMPORT_POLICY=policy) == "cffi\n"


@pytest.mark.parametrize("policy", ["cext", "rust", "", "CFFI", "nothing"])
def test_import_policy_that_does_not(policy):
    code = "try:\n import zstandard\nexcept ImportError as e: print(e)"
    text = child(code, PYTHON_ZSTANDARD_IMPORT_POLICY=policy)
    if policy in ("cext", "rust"):
        assert "only the cffi backend" in text
    else:
        assert text == "unknown module import policy: %s; use default, cffi_fallback, cext, or cffi\n" % policy


def test_stubs_are_shipped():
    folder = os.path.dirname(z.__file__)
    assert os.path.isfile(os.path.join(folder, "py.typed"))
    with open(os.path.join(folder, "__init__.pyi"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    typed = set()
    for node in tree.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)):
            typed.add(node.name)
        elif isinstance(node, ast.AnnAssign):
            typed.add(node.target.id)
        elif isinstance(node, ast.Assign):
            typed.add(node.targets[0].id)
    public = {name for name in typed if not name.startswith("_")}
    assert public >= set(CONSTANTS) | set(TYPES)
    assert public == {
        name for name in vars(z) if not name.startswith("_") and not isinstance(getattr(z, name), types.ModuleType)
    }
    for node in tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            for member in node.body:
                if isinstance(member, ast.FunctionDef) and getattr(member.returns, "id", "") != "NoReturn":
                    assert member.name in ("__init__", "__buffer__") or hasattr(getattr(z, node.name), member.name)


def test_compress_and_decompress():
    assert z.compress(TEXT) == FRAME
    assert z.compress(data=TEXT, level=1) == z.ZstdCompressor(level=1).compress(TEXT)
    assert z.compress(TEXT, None) == FRAME
    assert z.decompress(FRAME) == TEXT
    assert z.decompress(UNSIZED, max_output_size=300) == TEXT
    assert z.decompress(FRAME, None) == TEXT


# Bytes-like objects


def same_bytes(tmp_path):
    path = tmp_path / "data"
    path.write_bytes(TEXT)
    with open(path, "rb") as file:
        mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    half = z.BufferWithSegments(TEXT, (0).to_bytes(8, os.sys.byteorder) + (300).to_bytes(8, os.sys.byteorder))
    return [
        bytearray(TEXT),
        memoryview(TEXT),
        memoryview(TEXT).cast("B", (10, 30)),
        memoryview(TEXT).cast("I"),
        array.array("B", TEXT),
        array.array("H", TEXT),
        mapped,
        half,
        half[0],
    ]


def test_all_kinds_of_bytes(cctx, dctx, tmp_path):
    for data in same_bytes(tmp_path):
        assert cctx.compress(data) == FRAME
        o = cctx.compressobj()
        assert dctx.decompress(o.compress(data) + o.flush(), 300) == TEXT
        assert dctx.decompress(b"".join(cctx.chunker().compress(data)) or FRAME) == TEXT
        # An mmap has read(), so its size is not known there.
        if not hasattr(data, "read"):
            assert b"".join(cctx.read_to_iter(data)) == FRAME
            assert cctx.stream_reader(data).read() == FRAME
        assert z.ZstdCompressionDict(data).as_bytes() == TEXT
    for data in (bytearray(FRAME), memoryview(FRAME), array.array("B", FRAME)):
        assert dctx.decompress(data) == TEXT
        assert dctx.decompressobj().decompress(data) == TEXT
        assert b"".join(dctx.read_to_iter(data)) == TEXT
        assert dctx.stream_reader(data).read() == TEXT
        assert z.get_frame_parameters(data).content_size == 300
        assert z.frame_content_size(data) == 300


@pytest.mark.parametrize("bad", ["text", None, 5, 1.5, object(), [1]])
def test_not_bytes(cctx, dctx, bad):
    for call in (
        cctx.compress,
        cctx.compressobj().compress,
        cctx.chunker().compress,
        cctx.stream_writer(BareSinkOf()).write,
        dctx.decompress,
        dctx.decompressobj().decompress,
        dctx.stream_writer(BareSinkOf()).write,
        z.compress,
        z.decompress,
        z.frame_content_size,
        z.frame_header_size,
        z.get_frame_parameters,
        z.ZstdCompressionDict,
    ):
        with raises(TypeError, "a bytes-like object is required"):
            call(bad)


class BareSinkOf:
    def write(self, data):
        pass


def test_not_contiguous(cctx, dctx):
    strided = memoryview(bytearray(FRAME * 2))[::2]
    for call in (cctx.compress, dctx.decompress, cctx.compressobj().compress, z.frame_content_size, z.ZstdCompressionDict):
        with raises(BufferError):
            call(strided)
    with raises(BufferError):
        cctx.stream_reader(strided)
    with raises(BufferError):
        dctx.read_to_iter(strided)
    with raises(BufferError):
        cctx.multi_compress_to_buffer([strided])
    with raises(BufferError):
        dctx.stream_reader(FRAME).readinto(memoryview(bytearray(40))[::2])


class Index:
    def __init__(self, value):
        self.value = value

    def __index__(self):
        return self.value


INTEGERS = [
    (lambda n: z.ZstdCompressor(level=n), 3),
    (lambda n: z.ZstdCompressor(threads=n), 1),
    (lambda n: z.ZstdCompressor().compressobj(size=n), 3),
    (lambda n: z.ZstdCompressor().chunker(size=n), 3),
    (lambda n: z.ZstdCompressor().chunker(chunk_size=n), 3),
    (lambda n: z.ZstdCompressor().stream_reader(b"", size=n), 3),
    (lambda n: z.ZstdCompressor().stream_reader(b"", read_size=n), 3),
    (lambda n: z.ZstdCompressor().stream_reader(b"").read(n), 3),
    (lambda n: z.ZstdCompressor().stream_reader(b"").read1(n), 3),
    (lambda n: z.ZstdCompressor().stream_writer(BareSinkOf(), size=n), 3),
    (lambda n: z.ZstdCompressor().stream_writer(BareSinkOf(), write_size=n), 3),
    (lambda n: z.ZstdCompressor().stream_writer(BareSinkOf()).flush(n), 1),
    (lambda n: z.ZstdCompressor().compressobj().flush(n), 1),
    (lambda n: z.ZstdCompressor().read_to_iter(b"", size=n), 3),
    (lambda n: z.ZstdCompressor().read_to_iter(b"", write_size=n), 3),
    (lambda n: z.ZstdDecompressor(max_window_size=n), 4096),
    (lambda n: z.ZstdDecompressor(format=n), 1),
    (lambda n: z.ZstdDecompressor().decompress(FRAME, n), 300),
    (lambda n: z.ZstdDecompressor().decompressobj(n), 300),
    (lambda n: z.ZstdDecompressor().read_to_iter(FRAME, skip_bytes=n), 3),
    (lambda n: z.ZstdCompressionDict(b"abc", n), 1),
    (lambda n: z.ZstdCompressionParameters(window_log=n), 12),
    (lambda n: z.ZstdCompressionParameters.from_level(3, source_size=n), 12),
    (lambda n: z.ZstdCompressionParameters.from_level(3, dict_size=n), 12),
    (lambda n: z.ZstdCompressor().multi_compress_to_buffer([b"a"], threads=n), 1),
    (lambda n: z.get_frame_parameters(FRAME, n), 0),
]
REQUIRED = [
    (lambda n: z.BufferWithSegments(b"abc", bytes(16))[n], 0),
    (lambda n: z.ZstdDecompressor().stream_reader(FRAME).seek(n), 300),
    (lambda n: z.ZstdCompressionParameters.from_level(n), 12),
]


@pytest.mark.parametrize("number", range(len(INTEGERS + REQUIRED)))
def test_integers(number):
    call, value = (INTEGERS + REQUIRED)[number]
    call(value)
    call(Index(value))
    for bad in (float(value), str(value), b"1"):
        with raises(TypeError):
            call(bad)
    if number < len(INTEGERS):
        call(None)


def test_piece_sizes(cctx, dctx):
    sink, source = BareSinkOf(), b"abc"
    stream = type("Stream", (), {"read": lambda self, size: b"", "write": lambda self, data: None})()
    for name, call in [
        ("chunk_size", lambda n: cctx.chunker(chunk_size=n)),
        ("read_size", lambda n: cctx.stream_reader(source, read_size=n)),
        ("read_size", lambda n: cctx.read_to_iter(source, read_size=n)),
        ("write_size", lambda n: cctx.read_to_iter(source, write_size=n)),
        ("write_size", lambda n: cctx.stream_writer(sink, write_size=n)),
        ("read_size", lambda n: cctx.copy_stream(stream, stream, read_size=n)),
        ("write_size", lambda n: cctx.copy_stream(stream, stream, write_size=n)),
        ("write_size", lambda n: dctx.decompressobj(write_size=n)),
        ("read_size", lambda n: dctx.stream_reader(source, read_size=n)),
        ("read_size", lambda n: dctx.read_to_iter(source, read_size=n)),
        ("write_size", lambda n: dctx.read_to_iter(source, write_size=n)),
        ("write_size", lambda n: dctx.stream_writer(sink, write_size=n)),
        ("read_size", lambda n: dctx.copy_stream(stream, stream, read_size=n)),
        ("write_size", lambda n: dctx.copy_stream(stream, stream, write_size=n)),
    ]:
        for bad in (0, -1, -(2**70)):
            with raises(ValueError, name + " must be positive"):
                call(bad)
        with raises(OverflowError):
            call(2**64)
        call(None)
        call(1)


def test_declared_sizes(cctx):
    for unknown in (None, -1, -5, -(2**70), z.CONTENTSIZE_UNKNOWN):
        o = cctx.compressobj(size=unknown)
        frame = o.compress(TEXT) + o.flush()
        assert z.frame_content_size(frame) == -1
    with raises(OverflowError):
        cctx.compressobj(size=2**64)


# Frames


def test_frame_content_size():
    assert z.frame_content_size(FRAME) == 300
    assert z.frame_content_size(data=FRAME) == z.frame_content_size(source=FRAME) == 300
    assert z.frame_content_size(UNSIZED) == -1
    assert z.frame_content_size(EMPTY) == 0
    assert z.frame_content_size(SKIPPABLE) == 0
    for bad in (b"", FRAME[:3], FRAME[:4], b"no frame at all"):
        with raises(z.ZstdError, "error when determining content size"):
            z.frame_content_size(bad)
    for function in (z.frame_content_size, z.frame_header_size):
        with raises(TypeError):
            function(FRAME, source=FRAME)
        with raises(TypeError):
            function()


def test_frame_header_size():
    assert z.frame_header_size(FRAME) == 7
    assert z.frame_header_size(source=UNSIZED) == 6
    assert z.frame_header_size(b"xxxx" + FRAME[4:]) == 7
    with raises(z.ZstdError, "could not determine frame header size: Src size is incorrect"):
        z.frame_header_size(FRAME[:4])
    assert z.frame_header_size(FRAME[4:], format=z.FORMAT_ZSTD1_MAGICLESS) == 3
    with raises(z.ZstdError, "could not determine frame header size: Src size is incorrect"):
        z.frame_header_size(b"", z.FORMAT_ZSTD1_MAGICLESS)


def test_frame_parameters():
    p = z.get_frame_parameters(FRAME)
    assert (p.content_size, p.window_size, p.dict_id, p.has_checksum) == (300, 300, 0, False)
    assert p.has_checksum is False
    p = z.get_frame_parameters(UNSIZED)
    assert p.content_size == z.CONTENTSIZE_UNKNOWN
    p = z.get_frame_parameters(EMPTY)
    assert p.content_size == 0
    p = z.get_frame_parameters(SKIPPABLE)
    assert (p.content_size, p.window_size, p.dict_id, p.has_checksum) == (4, 0, 0, False)
    p = z.get_frame_parameters(FRAME[4:], format=z.FORMAT_ZSTD1_MAGICLESS)
    assert p.content_size == 300
    for name in ("content_size", "window_size", "dict_id", "has_checksum"):
        with raises(AttributeError):
            setattr(p, name, 1)
    with raises(z.ZstdError, "not enough data for frame parameters; need 5 bytes"):
        z.get_frame_parameters(b"")
    with raises(z.ZstdError, "not enough data for frame parameters; need 7 bytes"):
        z.get_frame_parameters(FRAME[:6])
    for bad in (b"x", b"no frame", b"\x28\xb5x"):
        with raises(z.ZstdError, "cannot get frame parameters: Unknown frame descriptor"):
            z.get_frame_parameters(bad)
    with raises(z.ZstdError, "cannot get frame parameters"):
        z.get_frame_parameters(FRAME, 5)


def test_context_size():
    if sys.maxsize > 2**32:
        assert z.estimate_decompression_context_size() == 95968
    assert z.estimate_decompression_context_size() == z.ZstdDecompressor().memory_size()


# Construction, copying, pickling


def made():
    cctx, dctx = z.ZstdCompressor(), z.ZstdDecompressor()
    buffers = cctx.multi_compress_to_buffer([b"a", b"b"])
    return [
        z.BufferWithSegments(b"abc", bytes(16))[0],
        z.BufferWithSegments(b"abc", bytes(16)).segments,
        z.get_frame_parameters(FRAME),
        buffers[0],
        cctx.compressobj(),
        cctx.chunker(),
        cctx.chunker().finish(),
        cctx.stream_reader(b""),
        cctx.stream_writer(BareSinkOf()),
        cctx.read_to_iter(b""),
        dctx.decompressobj(),
        dctx.stream_reader(b""),
        dctx.stream_writer(BareSinkOf()),
        dctx.read_to_iter(b""),
    ]


def test_not_constructible():
    names = set(TYPES)
    for one in made():
        with raises(TypeError):
            type(one)()
        public = getattr(z, type(one).__name__)
        assert isinstance(one, public)
        with raises(TypeError):
            public()
        with raises(TypeError):
            public(b"", 1)


def test_not_copied_or_pickled():
    import io

    others = [
        z.ZstdCompressor(),
        z.ZstdDecompressor(),
        z.ZstdCompressionParameters(),
        z.BufferWithSegments(b"abc", bytes(16)),
        z.ZstdCompressor().multi_compress_to_buffer([b"a"]),
    ]
    for one in made() + others:
        assert not isinstance(one, io.IOBase)
        for function in (copy.copy, copy.deepcopy, *(lambda o, n=n: pickle.dumps(o, n) for n in range(6))):
            with raises(TypeError):
                function(one)


def test_errors_are_pickled():
    error = z.ZstdError("text")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is z.ZstdError and other.args == ("text",)
    try:
        z.decompress(b"bad")
    except z.ZstdError as failure:
        assert pickle.loads(pickle.dumps(failure)).args == failure.args


SKIPPING = [
    (z.ZstdCompressor, ["memory_size", "frame_progression", "compressobj", "chunker"], [("compress", b""), ("stream_reader", b"")]),
    (z.ZstdDecompressor, ["memory_size", "decompressobj"], [("decompress", FRAME), ("stream_reader", FRAME)]),
    (z.ZstdCompressionDict, ["dict_id", "as_bytes", "__len__", "precompute_compress"], []),
    (z.ZstdCompressionParameters, ["estimated_compression_context_size"], []),
    (z.BufferWithSegmentsCollection, ["__len__", "size"], [("__getitem__", 0)]),
]


@pytest.mark.parametrize("cls", [row[0] for row in SKIPPING])
def test_without_init(cls):
    class Sub(cls):
        def __init__(self):
            pass

    _, plain, with_one = next(row for row in SKIPPING if row[0] is cls)
    for one in (Sub(), cls.__new__(cls)):
        for name in plain:
            with raises(RuntimeError, "__init__"):
                getattr(one, name)()
        for name, argument in with_one:
            with raises(RuntimeError, "__init__"):
                getattr(one, name)(argument)


def test_parts_without_init():
    d = z.ZstdCompressionDict.__new__(z.ZstdCompressionDict)
    p = z.ZstdCompressionParameters.__new__(z.ZstdCompressionParameters)
    for call in (
        lambda: z.ZstdCompressor(dict_data=d),
        lambda: z.ZstdDecompressor(dict_data=d),
        lambda: z.ZstdCompressor(compression_params=p),
        lambda: z.dictionary_id(d),
        lambda: d.k,
        lambda: p.window_log,
        lambda: pickle.dumps(d),
        lambda: z.ZstdCompressionDict(b"abc").precompute_compress(compression_params=p),
    ):
        with raises(RuntimeError, "__init__"):
            call()


def test_init_again(cctx, dctx):
    o = cctx.compressobj()
    first = o.compress(TEXT)
    cctx.__init__(level=19, write_checksum=True)
    assert z.get_frame_parameters(cctx.compress(TEXT)).has_checksum
    frame = first + o.flush()
    assert not z.get_frame_parameters(frame).has_checksum
    dctx.__init__(format=z.FORMAT_ZSTD1_MAGICLESS)
    assert dctx.decompress(FRAME[4:]) == TEXT


def test_subclasses():
    class Mine(z.ZstdCompressor):
        def __init__(self, level):
            super().__init__(level=level)
            self.extra = 1

    assert Mine(3).compress(TEXT) == FRAME
    assert isinstance(Mine(1).compressobj(), z.ZstdCompressionObj)


def test_attributes_cannot_be_set(cctx, dctx):
    reader = dctx.stream_reader(FRAME)
    with raises(AttributeError):
        reader.closed = True
    with raises(AttributeError):
        cctx.stream_reader(b"").closed = True
    with raises(AttributeError):
        cctx.stream_writer(BareSinkOf()).closed = True
