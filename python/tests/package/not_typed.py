"""A program with mistakes: test_types.py wants mypy to find one in each line that says so, and in no other."""

import zstandard

zstandard.compress("text")  # wrong
zstandard.compress(b"", level="3")  # wrong
zstandard.ZstdCompressor(levle=3)  # wrong
zstandard.ZstdCompressor().chunker(chunk_size=1.5)  # wrong
zstandard.ZstdCompressor().stream_writer(b"no sink")  # wrong
zstandard.ZstdCompressor().copy_stream(b"no source", object())  # wrong
zstandard.ZstdCompressor().multi_compress_to_buffer((b"", b""))  # wrong
zstandard.ZstdDecompressor().read_to_iter(3)  # wrong
zstandard.ZstdDecompressor().decompress_content_dict_chain((b"", b""))  # wrong
zstandard.ZstdDecompressor().stream_reader(b"", 100, False, True, True)  # wrong
zstandard.train_dictionary(100, [b""], algorithm="slow")  # wrong
zstandard.get_frame_parameters(b"").window_size = 3  # wrong
zstandard.ZstdCompressionParameters().window_log = 20  # wrong
zstandard.open(3)  # wrong
zstandard.NO_SUCH_CONSTANT  # wrong
zstandard.compress(bytearray(b""))
