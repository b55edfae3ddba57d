"""A program with mistakes: test_types.py wants mypy to find one in each line that says so."""

import zstandard

zstandard.compress("text")  # wrong
zstandard.compress(b"", level="3")  # wrong
zstandard.ZstdCompressor(levle=3)  # wrong
zstandard.ZstdCompressor().chunker(chunk_size=1.5)  # wrong
zstandard.ZstdCompressor().stream_writer(b"no sink")  # wrong
zstandard.ZstdCompressor().copy_stream(b"no source", object())  # wrong
zstandard.ZstdDecompressor().read_to_iter(3)  # wrong
zstandard.ZstdDecompressor().decompress_content_dict_chain((b"", b""))  # wrong
zstandard.train_dictionary(100, [b""], algorithm="slow")  # wrong
zstandard.get_frame_parameters(b"").window_size = 3  # wrong
zstandard.ZstdCompressionObj()  # wrong
zstandard.ZstdCompressionReader()  # wrong
zstandard.BufferSegment()  # wrong
zstandard.FrameParameters()  # wrong
zstandard.open("file", "q")  # wrong
zstandard.NO_SUCH_CONSTANT  # wrong
