"""open()."""

import builtins
import io
import os

from ._compressor import ZstdCompressor
from ._decompressor import ZstdDecompressor


def open(filename, mode="rb", cctx=None, dctx=None, encoding=None, errors=None, newline=None, closefd=None):
    """Opens a file of zstd frames, for reading its content or for writing content to it.

    :param filename: path, or an object with read() or write()
    :param mode: r, w, a or x, with b or t; without b it is text
    """
    mode = "rb" if mode is None else mode
    letters = mode.replace("b", "", 1).replace("t", "", 1) if isinstance(mode, str) else None
    if letters not in ("r", "w", "a", "x") or "b" in mode and "t" in mode:
        raise ValueError("Invalid mode: %r" % (mode,))
    text = "b" not in mode
    if isinstance(filename, (str, bytes, os.PathLike)):
        inner, closefd = builtins.open(filename, letters + "b"), True
        opened = inner
    elif hasattr(filename, "read") or hasattr(filename, "write"):
        inner, closefd = filename, bool(closefd)
        opened = None
    else:
        raise TypeError("filename must be a str, bytes, file or PathLike object")
    try:
        if letters == "r":
            stream = (dctx or ZstdDecompressor()).stream_reader(inner, closefd=closefd)
        else:
            stream = (cctx or ZstdCompressor()).stream_writer(inner, write_return_read=True, closefd=closefd)
        return io.TextIOWrapper(stream, encoding=encoding, errors=errors, newline=newline) if text else stream
    except BaseException:
        if opened is not None:
            opened.close()
        raise
