"""open()."""

import io
import os
import pathlib

import pytest

import zstandard as z
from helpers import FRAME, TEXT, raises


def test_binary(tmp_path):
    path = tmp_path / "file"
    with z.open(path, "wb") as file:
        assert isinstance(file, z.ZstdCompressionWriter)
        assert file.write(TEXT) == 300
    with z.open(path) as file:
        assert isinstance(file, z.ZstdDecompressionReader)
        assert file.read() == TEXT
    for name in (str(path), os.fsencode(path), pathlib.Path(path)):
        with z.open(filename=name, mode="rb") as file:
            assert file.read() == TEXT
    with z.open(path, "ab") as file:
        file.write(TEXT)
    with z.open(path) as file:
        assert file.read() == TEXT * 2
    with raises(FileExistsError):
        z.open(path, "xb")
    with raises(FileNotFoundError):
        z.open(tmp_path / "none")
    with z.open(tmp_path / "new", "xb") as file:
        file.write(TEXT)


def test_text(tmp_path):
    path = tmp_path / "file"
    for mode in ("w", "wt", "a", "at"):
        with z.open(path, mode, encoding="latin-1", newline="\r\n") as file:
            assert isinstance(file, io.TextIOWrapper)
            file.write("grün\n")
    for mode in ("r", "rt"):
        with z.open(path, mode, None, None, "latin-1", None, "") as file:
            assert file.read() == "grün\r\n" * 3
    with z.open(path, "r", encoding="ascii", errors="replace") as file:
        assert file.readline() == "gr\ufffdn\n"


def test_contexts(tmp_path):
    path = tmp_path / "file"
    with z.open(path, "wb", cctx=z.ZstdCompressor(write_checksum=True)) as file:
        file.write(TEXT)
    assert z.get_frame_parameters(path.read_bytes()).has_checksum
    with raises(z.ZstdError):
        with z.open(path, dctx=z.ZstdDecompressor(format=z.FORMAT_ZSTD1_MAGICLESS)) as file:
            file.read()


def test_no_mode_is_the_default():
    assert z.open(io.BytesIO(FRAME), None).read() == TEXT


@pytest.mark.parametrize("mode", ["", "b", "rw", "rbt", "r+", "U", "rbb", "q", "rtt"])
def test_invalid_modes(mode):
    with raises(ValueError, "Invalid mode: %r" % mode):
        z.open(io.BytesIO(), mode)


def test_objects():
    for closefd, closed in ((None, False), (False, False), (True, True)):
        inner = io.BytesIO(FRAME)
        with z.open(inner, closefd=closefd) as file:
            assert file.read() == TEXT
        assert inner.closed is closed
        inner = io.BytesIO()
        with z.open(inner, "wb", closefd=closefd) as file:
            file.write(TEXT)
        assert inner.closed is closed
        inner = io.BytesIO(FRAME)
        with z.open(inner, "r", closefd=closefd) as file:
            assert file.read() == TEXT.decode()
        assert inner.closed is closed
    for bad in (5, None, object()):
        with raises(TypeError, "filename must be a str, bytes, file or PathLike object"):
            z.open(bad)


def test_a_file_is_closed_after_a_failure(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(FRAME)

    class Bad(z.ZstdDecompressor):
        def stream_reader(self, source, **kwargs):
            self.source = source
            raise KeyError("x")

    bad = Bad()
    with raises(KeyError):
        z.open(path, dctx=bad)
    assert bad.source.closed
    with raises(LookupError):
        z.open(path, "r", encoding="no such encoding")
