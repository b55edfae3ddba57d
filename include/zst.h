/*
 * zst: python-zstandard's rich Zstandard API as a C library. Generated from src/ffi; do not edit.
 *
 * Rules for every function, said once:
 *
 * - A function returns a zst_status: ZST_OK (0), ZST_DONE (1) at the end of an iteration, or a negative number.
 *   Getters that cannot fail return their value. On failure the details are written to *err, which the caller owns
 *   and which may be NULL. On success *err is not touched.
 * - Every other pointer must not be NULL unless the comment says so; a NULL gives ZST_ERROR_ARGUMENT. Input bytes may
 *   be NULL when their length is 0. Pointers must be valid for what the comment says is read or written, during the
 *   call; what one pointer writes must not overlap what another reads or writes.
 * - Outputs (out, out_...) are written when a function succeeds and are untouched when it fails.
 * - Constructors give, _free functions take, nothing else does; except for a zst_source and a zst_sink, which are taken
 *   over by what they are given to. NULL may be freed. Handles may be freed in any order: what they need of each other
 *   is kept alive. A handle must not be freed while a call on it is running, unless by a callback of that call.
 * - Every handle may be used from any thread, and by several threads at the same time.
 * - Sizes are in bytes.
 * - When memory is exhausted, a function fails with ZST_ERROR_MEMORY (and the library's own sources and sinks with ENOMEM).
 *   What it was called on stays usable, and the call may be repeated; a stream that cannot go on without loss has ended,
 *   and says so when it is used again. Functions without a zst_status, such as _free, need no memory.
 * - Streams give the content that lies before damaged data, and then the error. What libzstd decodes in the same step as
 *   the damage is lost: up to one piece, or a whole frame that is decoded at once.
 *
 * "Source" names the method of python-zstandard and the function of libzstd that do the same.
 */

#ifndef ZST_H
#define ZST_H

#include <stddef.h>
#include <stdint.h>

/** The version of this header; zst_version_number() is that of the library at run time. */
#define ZST_VERSION_MAJOR 1
#define ZST_VERSION_MINOR 0
#define ZST_VERSION_PATCH 0
#define ZST_VERSION_NUMBER 10000
#define ZST_ZSTD_VERSION_NUMBER 10507
#define ZST_VERSION_STRING "1.0.0"

/** The first four bytes of a frame. */
#define ZST_FRAME_HEADER "\x28\xb5\x2f\xfd"


/**
 * A size of content that is not known.
 */
#define ZST_CONTENTSIZE_UNKNOWN 18446744073709551615ull

/**
 * A size of content that could not be determined.
 */
#define ZST_CONTENTSIZE_ERROR 18446744073709551614ull

/**
 * The first four bytes of a frame, as a little-endian number.
 */
#define ZST_MAGIC_NUMBER 4247762216u

/**
 * The highest compression level.
 */
#define ZST_MAX_COMPRESSION_LEVEL 22

/**
 * Sizes of input and output pieces that suit libzstd well, in bytes.
 */
#define ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE 131072
#define ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE 131591
#define ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE 131075
#define ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE 131072

/**
 * Largest block of a frame, in bytes, and its logarithm.
 */
#define ZST_BLOCKSIZELOG_MAX 17
#define ZST_BLOCKSIZE_MAX 131072

/**
 * Bounds of compression parameters on 64-bit platforms. zst_compression_parameters_bounds() gives those of any
 * parameter on the platform it runs on: on 32-bit ones WINDOWLOG_MAX is 30, CHAINLOG_MAX and SEARCHLOG_MAX are 29.
 */
#define ZST_WINDOWLOG_MIN 10
#define ZST_WINDOWLOG_MAX 31
#define ZST_CHAINLOG_MIN 6
#define ZST_CHAINLOG_MAX 30
#define ZST_HASHLOG_MIN 6
#define ZST_HASHLOG_MAX 30
#define ZST_HASHLOG3_MAX 17
#define ZST_SEARCHLOG_MIN 1
#define ZST_SEARCHLOG_MAX 30
#define ZST_MINMATCH_MIN 3
#define ZST_MINMATCH_MAX 7
#define ZST_TARGETLENGTH_MIN 0
#define ZST_TARGETLENGTH_MAX 131072
#define ZST_LDM_MINMATCH_MIN 4
#define ZST_LDM_MINMATCH_MAX 4096
#define ZST_LDM_BUCKETSIZELOG_MAX 8

/**
 * Older names of MINMATCH_MIN and MINMATCH_MAX.
 */
#define ZST_SEARCHLENGTH_MIN 3
#define ZST_SEARCHLENGTH_MAX 7

/**
 * Values of ZST_C_STRATEGY, from fast to strong.
 */
#define ZST_STRATEGY_FAST 1
#define ZST_STRATEGY_DFAST 2
#define ZST_STRATEGY_GREEDY 3
#define ZST_STRATEGY_LAZY 4
#define ZST_STRATEGY_LAZY2 5
#define ZST_STRATEGY_BTLAZY2 6
#define ZST_STRATEGY_BTOPT 7
#define ZST_STRATEGY_BTULTRA 8
#define ZST_STRATEGY_BTULTRA2 9

/**
 * Frames with a magic number, and frames without.
 */
#define ZST_FORMAT_ZSTD1 0
#define ZST_FORMAT_ZSTD1_MAGICLESS 1

/**
 * How a flush ends what has been written so far: a block (a decoder can decode all of it), or the frame.
 */
#define ZST_FLUSH_BLOCK 0
#define ZST_FLUSH_FRAME 1

/**
 * How zst_compression_obj_flush() ends what has been written so far. Mind the numbers: they are the reverse of
 * ZST_FLUSH_BLOCK and ZST_FLUSH_FRAME.
 */
#define ZST_COMPRESSOBJ_FLUSH_FINISH 0
#define ZST_COMPRESSOBJ_FLUSH_BLOCK 1

/**
 * Success.
 */
#define ZST_OK 0

/**
 * Success, and there is nothing more: the end of an iteration.
 */
#define ZST_DONE 1

/**
 * The call is wrong: a pointer is NULL that must not be, or a length is impossible. A bug of the caller.
 */
#define ZST_ERROR_ARGUMENT (-1)

/**
 * A value is not allowed, such as a compression level or a flag that does not exist.
 */
#define ZST_ERROR_VALUE (-2)

/**
 * An index is outside its container.
 */
#define ZST_ERROR_INDEX (-3)

/**
 * The object is in a state in which it cannot do this.
 */
#define ZST_ERROR_STATE (-4)

/**
 * The stream is closed.
 */
#define ZST_ERROR_CLOSED (-5)

/**
 * The object is in use by another call, in another thread or further up in this one.
 */
#define ZST_ERROR_BUSY (-6)

/**
 * The data is not what it should be, or a setting is out of bounds, or libzstd refuses it; zst_error.zstd_code may
 * tell more.
 */
#define ZST_ERROR_ZSTD (-7)

/**
 * Memory is exhausted.
 */
#define ZST_ERROR_MEMORY (-8)

/**
 * The source reported an error; zst_error.callback_code has it.
 */
#define ZST_ERROR_SOURCE (-9)

/**
 * The sink reported an error; zst_error.callback_code has it.
 */
#define ZST_ERROR_SINK (-10)

/**
 * The source or the sink would block. Nothing is lost, the call can be repeated; all but copy_stream.
 */
#define ZST_ERROR_WOULD_BLOCK (-11)

/**
 * The position cannot be reached.
 */
#define ZST_ERROR_SEEK (-12)

/**
 * The caller's buffer is too small; zst_error.expected is a size that is enough.
 */
#define ZST_ERROR_BUFFER_TOO_SMALL (-13)

/**
 * A bug of this library. The objects of the call should be freed, not used.
 */
#define ZST_ERROR_INTERNAL (-14)

/**
 * The input ends inside a frame.
 */
#define ZST_ERROR_TRUNCATED (-15)

/**
 * The data needs more than a limit allows that the caller has set: max_output_size or max_window_size.
 */
#define ZST_ERROR_LIMIT (-16)

/**
 * The progress callback has cancelled the operation; zst_error.callback_code has its code.
 */
#define ZST_ERROR_CANCELLED (-17)

/**
 * Decode all frames, not only the first one, and join their contents.
 */
#define ZST_DECOMPRESS_READ_ACROSS_FRAMES 1

/**
 * Bytes after the last frame that is decoded are an error, ZST_ERROR_ZSTD; otherwise they are ignored.
 */
#define ZST_DECOMPRESS_REFUSE_EXTRA_DATA 2

/**
 * A frame that does not record the size of its content is an error, ZST_ERROR_ZSTD, unless max_output_size is given.
 */
#define ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE 4

/**
 * In streams: input that ends inside a frame is an error, ZST_ERROR_TRUNCATED, which comes after everything that could
 * be decoded; otherwise it is the end.
 */
#define ZST_DECOMPRESS_STRICT 8

/**
 * In zst_decompressor_copy_stream(), which is strict by itself: input that ends inside a frame is the end.
 */
#define ZST_DECOMPRESS_ALLOW_TRUNCATED 16

/**
 * The bytes are a dictionary if they begin with a dictionary header, and content only otherwise.
 */
#define ZST_DICT_TYPE_AUTO 0

/**
 * The bytes are content only (a prefix dictionary), whatever they look like.
 */
#define ZST_DICT_TYPE_RAWCONTENT 1

/**
 * The bytes must begin with a dictionary header.
 */
#define ZST_DICT_TYPE_FULLDICT 2

/**
 * What libzstd's ZDICT_trainFromBuffer() does: the fastcover algorithm with d = 8 and a choice from four values of k.
 */
#define ZST_TRAIN_DEFAULT 0

/**
 * Tries values of k and d (those that are given stay) and keeps the best.
 */
#define ZST_TRAIN_OPTIMIZE 1

/**
 * Uses k and d as they are given; both are needed.
 */
#define ZST_TRAIN_FIXED 2

/**
 * Fastcover with ZST_TRAIN_DEFAULT, cover otherwise.
 */
#define ZST_TRAIN_ALGORITHM_AUTO 0

/**
 * Accepts any d up to k.
 */
#define ZST_TRAIN_ALGORITHM_COVER 1

/**
 * Much faster, almost as good; d is 6 or 8.
 */
#define ZST_TRAIN_ALGORITHM_FASTCOVER 2

/**
 * ZST_FORMAT_ZSTD1 (default) or ZST_FORMAT_ZSTD1_MAGICLESS.
 */
#define ZST_C_FORMAT 10

/**
 * 1 to 22, and negative levels for more speed. Clamped; 0 is the default, 3.
 */
#define ZST_C_COMPRESSION_LEVEL 100

/**
 * Logarithm of the largest distance of a match. 0, as in all of the following: what the level stands for.
 */
#define ZST_C_WINDOW_LOG 101

/**
 * Logarithm of the size of the hash table.
 */
#define ZST_C_HASH_LOG 102

/**
 * Logarithm of the size of the second search table.
 */
#define ZST_C_CHAIN_LOG 103

/**
 * Logarithm of the number of search attempts.
 */
#define ZST_C_SEARCH_LOG 104

/**
 * Smallest match that is searched for.
 */
#define ZST_C_MIN_MATCH 105

/**
 * For strong strategies the length that is good enough; for ZST_STRATEGY_FAST the acceleration.
 */
#define ZST_C_TARGET_LENGTH 106

/**
 * One of ZST_STRATEGY_*.
 */
#define ZST_C_STRATEGY 107

/**
 * Compressed blocks are to be about this long, in bytes, so that a receiver can decode early. 0: no target.
 */
#define ZST_C_TARGET_BLOCK_SIZE 130

/**
 * Long-distance matching: 0 off (default), 1 on, -1 libzstd's choice. (libzstd's own numbers are 2, 1, 0.)
 */
#define ZST_C_ENABLE_LDM 160

/**
 * Logarithm of the size of the table for long-distance matching.
 */
#define ZST_C_LDM_HASH_LOG 161

/**
 * Smallest match of long-distance matching.
 */
#define ZST_C_LDM_MIN_MATCH 162

/**
 * Logarithm of the bucket size for collisions.
 */
#define ZST_C_LDM_BUCKET_SIZE_LOG 163

/**
 * Logarithm of how rarely a position enters the table.
 */
#define ZST_C_LDM_HASH_RATE_LOG 164

/**
 * Write the size of the content into the frame header, where it is known. Default 1.
 */
#define ZST_C_WRITE_CONTENT_SIZE 200

/**
 * Write a checksum of the content, which decompression verifies. Default 0.
 */
#define ZST_C_WRITE_CHECKSUM 201

/**
 * Write the dictionary's id into the frame header, by which a decompressor finds the right one and notices a wrong
 * one. Default 1. (ZstdCompressionParameters in Python has it off.)
 */
#define ZST_C_WRITE_DICT_ID 202

/**
 * Worker threads of libzstd for each operation; 0 is none, negative the number of logical CPUs. Clamped.
 */
#define ZST_C_THREADS 400

/**
 * Bytes of input for one worker, at least 512 KiB. 0: libzstd's choice. Clamped.
 */
#define ZST_C_JOB_SIZE 401

/**
 * How much of the previous job a worker sees: 9 a full window, 1 nothing, 0 libzstd's choice. Clamped.
 */
#define ZST_C_OVERLAP_LOG 402

/**
 * Make frames of similar contents have similar parts, for rsync. Needs worker threads.
 */
#define ZST_C_RSYNCABLE 500

/**
 * Keep distances below the window size also with a dictionary.
 */
#define ZST_C_FORCE_MAX_WINDOW 1000

/**
 * How a digested dictionary is used: 0 libzstd's choice, 1 in place, 2 copied, 3 digested again.
 */
#define ZST_C_FORCE_ATTACH_DICT 1001

/**
 * Entropy-compress literals: 0 libzstd's choice, 1 always, 2 never.
 */
#define ZST_C_LITERAL_COMPRESSION_MODE 1002

/**
 * About how many bytes are to come, where the size is not declared. 0: nothing known.
 */
#define ZST_C_SOURCE_SIZE_HINT 1004

/**
 * Digest dictionaries into a form that is faster to search (strategies greedy, lazy and lazy2).
 */
#define ZST_C_ENABLE_DEDICATED_DICT_SEARCH 1005

/**
 * Of interest only for libzstd's sequence functions, which this library does not have.
 */
#define ZST_C_BLOCK_DELIMITERS 1008

/**
 * Of interest only for libzstd's sequence functions, which this library does not have.
 */
#define ZST_C_VALIDATE_SEQUENCES 1009

/**
 * Split blocks after the matches are found: 0 libzstd's choice, 1 always, 2 never.
 */
#define ZST_C_SPLIT_AFTER_SEQUENCES 1010

/**
 * Row-based match finder for greedy, lazy and lazy2: 0 libzstd's choice, 1 always, 2 never.
 */
#define ZST_C_USE_ROW_MATCH_FINDER 1011

/**
 * Make frames that do not depend on where prefix and source lie in memory.
 */
#define ZST_C_DETERMINISTIC_REF_PREFIX 1012

/**
 * Fetch the tables of a dictionary used in place into the cache: 0 libzstd's choice, 1 yes, 2 no.
 */
#define ZST_C_PREFETCH_CDICT_TABLES 1013

/**
 * Of interest only for libzstd's sequence functions, which this library does not have.
 */
#define ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK 1014

/**
 * Largest content of a block, 1024 to 131072 bytes. 0: the latter.
 */
#define ZST_C_MAX_BLOCK_SIZE 1015

/**
 * Of interest only for libzstd's sequence functions, which this library does not have.
 */
#define ZST_C_REPCODE_RESOLUTION 1016

/**
 * Effort for splitting blocks before the matches are found: 1 none, 2 to 6 more and more, 0 what the strategy stands
 * for.
 */
#define ZST_C_BLOCK_SPLITTER_LEVEL 1017

/**
 * Largest window of a frame, in bytes, 1024 to 2^31; 0 is the default, 128 MiB + 1. Frames that need more are refused
 * with ZST_ERROR_LIMIT. A frame that records the size of its content needs no window when it is decoded in one piece.
 */
#define ZST_D_MAX_WINDOW_SIZE 100

/**
 * ZST_FORMAT_ZSTD1 (default) or ZST_FORMAT_ZSTD1_MAGICLESS.
 */
#define ZST_D_FORMAT 1000

/**
 * Do not verify checksums: 0 (default) or 1.
 */
#define ZST_D_IGNORE_CHECKSUM 1002

/**
 * Do not use libzstd's assembly code: 0 (default) or 1.
 */
#define ZST_D_DISABLE_HUFFMAN_ASSEMBLY 1004

/**
 * Refuse blocks with more content than so many bytes, 1024 to 131072; 0 is the default, the latter.
 */
#define ZST_D_MAX_BLOCK_SIZE 1005

/**
 * The most that one call, or one stream in all, may produce, in bytes, whatever a frame header says; 0 is the default,
 * no limit. More is refused with ZST_ERROR_LIMIT. Set it for input that you do not trust: 100 KB of it can expand to
 * gigabytes.
 */
#define ZST_D_MAX_OUTPUT_SIZE 2000

/**
 * A frame with content.
 */
#define ZST_FRAME_TYPE_ZSTD 0

/**
 * A frame that decoders pass over.
 */
#define ZST_FRAME_TYPE_SKIPPABLE 1

/**
 * A piece of memory and a list of the items in it, its segments. Never changes, so it may be used from any threads at
 * a time. Source: `BufferWithSegments`.
 */
typedef struct zst_buffer_with_segments zst_buffer_with_segments;

/**
 * Several buffers in a row, whose segments count as one list. Never changes, so it may be used from any threads at a
 * time. Source: `BufferWithSegmentsCollection`.
 */
typedef struct zst_buffer_with_segments_collection zst_buffer_with_segments_collection;

/**
 * Compression by pushing, with output in pieces of one size. Give input with zst_compression_chunker_compress(), or
 * ask for a flush, then take pieces with zst_compression_chunker_next() until it returns ZST_DONE. No callbacks. May
 * be used from any thread, by one at a time: a second call gets ZST_ERROR_BUSY. Source: `ZstdCompressionChunker`.
 */
typedef struct zst_compression_chunker zst_compression_chunker;

/**
 * A dictionary. Immutable but for zst_compression_dict_precompute_compress(); may be used from several threads at a
 * time, and by any number of compressors and decompressors, which share what is digested from it.
 * Source: `ZstdCompressionDict`; libzstd's `ZSTD_CDict` and `ZSTD_DDict`.
 */
typedef struct zst_compression_dict zst_compression_dict;

/**
 * Compression by pushing: give input piece by piece, take what is ready. No callbacks. May be used from any thread, by
 * one at a time: a second call gets ZST_ERROR_BUSY. Source: `ZstdCompressionObj`.
 */
typedef struct zst_compression_obj zst_compression_obj;

/**
 * A set of compression parameters: values by the numbers ZST_C_*. May be used from several threads at a time.
 * Source: `ZstdCompressionParameters`; libzstd's `ZSTD_CCtx_params`.
 *
 * The numbers are those of libzstd's `ZSTD_cParameter`. libzstd's two "stable buffer" modes are not among them: they
 * promise that the caller's buffers stay in place and unchanged between calls, which most hosts cannot promise, and a
 * broken promise would damage the frames.
 */
typedef struct zst_compression_parameters zst_compression_parameters;

/**
 * A stream to read a frame from, which reads its content from a source. May be used from any thread, by one at a time:
 * a second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdCompressionReader`.
 */
typedef struct zst_compression_reader zst_compression_reader;

/**
 * A stream to write content to, which writes frames to a sink. May be used from any thread, by one at a time: a second
 * call, or one from inside a callback, gets ZST_ERROR_BUSY.
 *
 * Nothing is lost when the sink fails or would block: what it has not taken goes out first with the next call.
 * Source: `ZstdCompressionWriter`.
 */
typedef struct zst_compression_writer zst_compression_writer;

/**
 * A compressor: immutable settings, and contexts that are reused. One compressor serves any number of threads at a
 * time, in parallel. Source: `ZstdCompressor`; libzstd's `ZSTD_CCtx`.
 */
typedef struct zst_compressor zst_compressor;

/**
 * A frame, piece by piece, whose content is read from a source. May be used from any thread, by one at a time: a
 * second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdCompressorIterator`.
 */
typedef struct zst_compressor_iterator zst_compressor_iterator;

/**
 * Decompression by pushing, with output in pieces of one size. Give input with zst_decompression_chunker_decompress(),
 * then take pieces with zst_decompression_chunker_next() until it returns ZST_DONE; at the end call
 * zst_decompression_chunker_finish() and take the last one. All frames are decoded, skippable ones passed over. No
 * callbacks. May be used from any thread, by one at a time: a second call gets ZST_ERROR_BUSY.
 */
typedef struct zst_decompression_chunker zst_decompression_chunker;

/**
 * Decompression by pushing: give input piece by piece, cut anywhere, take its content. No callbacks. May be used from
 * any thread, by one at a time: a second call gets ZST_ERROR_BUSY. Source: `ZstdDecompressionObj`.
 */
typedef struct zst_decompression_obj zst_decompression_obj;

/**
 * The settings and limits of a decompressor: values by the numbers ZST_D_*, and dictionaries. May be used from several
 * threads at a time. Source: the arguments of `ZstdDecompressor()`; libzstd's `ZSTD_dParameter`.
 *
 * The numbers are libzstd's where libzstd has the parameter. libzstd's "stable buffer" mode is not among them, for the
 * same reason as in zst_compression_parameters.
 */
typedef struct zst_decompression_parameters zst_decompression_parameters;

/**
 * A stream to read content from, which reads frames from a source. May be used from any thread, by one at a time: a
 * second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdDecompressionReader`.
 */
typedef struct zst_decompression_reader zst_decompression_reader;

/**
 * A stream to write frames to, cut anywhere, which writes their content to a sink. May be used from any thread, by one
 * at a time: a second call, or one from inside a callback, gets ZST_ERROR_BUSY.
 *
 * Nothing is lost when the sink fails or would block: what it has not taken goes out first with the next call.
 * Source: `ZstdDecompressionWriter`.
 */
typedef struct zst_decompression_writer zst_decompression_writer;

/**
 * A decompressor: immutable settings, and contexts that are reused. One decompressor serves any number of threads at a
 * time, in parallel. Source: `ZstdDecompressor`; libzstd's `ZSTD_DCtx`.
 */
typedef struct zst_decompressor zst_decompressor;

/**
 * The content of a frame, piece by piece, which is read from a source. May be used from any thread, by one at a time:
 * a second call, or one from inside a callback, gets ZST_ERROR_BUSY. Source: `ZstdDecompressorIterator`.
 */
typedef struct zst_decompressor_iterator zst_decompressor_iterator;

/**
 * What a function returns: 0 or more is success, less is failure. The numbers are never reused.
 */
typedef int32_t zst_status;

/**
 * Memory that the library has allocated and the caller owns. Give it back with zst_bytes_free().
 *
 * `data` is never NULL after success, also when `len` is 0. Do not change `data` and `capacity`.
 */
typedef struct {
  uint8_t *data;
  /**
   * Bytes of content.
   */
  size_t len;
  /**
   * Bytes of memory.
   */
  size_t capacity;
} zst_bytes;

/**
 * Where a stream gets its input from. The function that is given a zst_source takes it over, also when it fails; the
 * struct itself is copied and need not stay.
 *
 * The callbacks are called by one thread at a time, but not always by the same one: by whoever uses the stream. They
 * must return (no exceptions, no longjmp). From inside, a call on the same stream gets ZST_ERROR_BUSY; freeing it
 * takes effect when the call is over that the callback is in.
 */
typedef struct {
  /**
   * Given to the callbacks, otherwise not touched.
   */
  void *userdata;
  /**
   * Lends the next block: sets `*out_data` and `*out_len`, and returns 0. The block must stay valid and unchanged
   * until the next read() or drop(). `size_hint` is what suits the stream; any other length is as good (but
   * zst_decompressor_read_to_iter() skips bytes in the first block only). A length of 0 is the end of the
   * input, after which read() is not called again.
   *
   * ZST_ERROR_WOULD_BLOCK says that there is nothing at the moment: nothing is lost, and the stream will ask again.
   * Any other number is an error of your own, which the caller finds in zst_error.callback_code; the stream
   * stays usable.
   */
  int32_t (*read)(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len);
  /**
   * Called exactly once, when the source is not needed any more: the stream was closed or freed, or could not be
   * made. May be NULL.
   */
  void (*drop)(void *userdata);
} zst_source;

/**
 * The details of a failure. The caller owns it, on the stack for example; there is nothing to initialise and nothing
 * to free. A function that fails fills all of it; a function that succeeds leaves it alone.
 */
typedef struct {
  /**
   * The status that the function returned.
   */
  int32_t status;
  /**
   * libzstd's own error code (ZSTD_ErrorCode), 0 when libzstd had no part in it.
   */
  int32_t zstd_code;
  /**
   * What the callback returned that failed or cancelled (0 when it returned 0 and broke its contract otherwise); an
   * errno where the library's own files are at fault; 0 otherwise.
   */
  int32_t callback_code;
  /**
   * 0.
   */
  int32_t reserved;
  /**
   * In calls with several inputs, the index of the one that failed; UINT64_MAX when it was none of them, and
   * otherwise.
   */
  uint64_t item_index;
  /**
   * What would have been right, where that is a number: a size that is enough, a limit, a recorded size. 0
   * otherwise.
   */
  uint64_t expected;
  /**
   * What there was instead, where that is a number. 0 otherwise.
   */
  uint64_t actual;
  /**
   * Where in the input the frame begins that is cut, damaged, no frame, or refused for its window or dictionary; 0 when
   * it is the first, or when that is not the question. The input of a stream is all that it has been given.
   */
  uint64_t src_position;
  /**
   * The whole sentence: cause and, where there is one, remedy. UTF-8, ends with NUL.
   */
  char message[464];
} zst_error;

/**
 * Where a stream brings its output. The function that is given a zst_sink takes it over, also when it fails; the
 * struct itself is copied and need not stay.
 *
 * The callbacks are called by one thread at a time, but not always by the same one: by whoever uses the stream. They
 * must return (no exceptions, no longjmp). From inside, a call on the same stream gets ZST_ERROR_BUSY; freeing it
 * takes effect when the call is over that the callback is in.
 *
 * write(), flush() and close() return 0, or ZST_ERROR_WOULD_BLOCK when they cannot do it at the moment: nothing is
 * lost, and the stream's function can be called again. Any other number is an error of your own, which the caller
 * finds in zst_error.callback_code.
 */
typedef struct {
  /**
   * Given to the callbacks, otherwise not touched.
   */
  void *userdata;
  /**
   * Takes `len` bytes (never 0, never more than the stream's write_size) or some of them, and sets `*out_written`
   * to their number. It is called again with the rest. 0 is the same as ZST_ERROR_WOULD_BLOCK. When something
   * else than 0 is returned, nothing counts as taken.
   */
  int32_t (*write)(void *userdata, const uint8_t *data, size_t len, size_t *out_written);
  /**
   * Brings everything on its way that was written. May be NULL.
   */
  int32_t (*flush)(void *userdata);
  /**
   * Called when there is nothing more to come: a writer is closed, or copy_stream has written everything. May be
   * NULL.
   */
  int32_t (*close)(void *userdata);
  /**
   * Called exactly once, when the sink is not needed any more: the stream was closed or freed, or could not be
   * made. May be NULL.
   */
  void (*drop)(void *userdata);
} zst_sink;

/**
 * How far a compression has come, in bytes. Source: `frame_progression()`; libzstd's `ZSTD_frameProgression`.
 */
typedef struct {
  /**
   * Taken in.
   */
  uint64_t ingested;
  /**
   * Of these, compressed.
   */
  uint64_t consumed;
  /**
   * Given out.
   */
  uint64_t produced;
} zst_frame_progression;

/**
 * Memory that the caller lends for the time of a call. `data` may be NULL when `len` is 0.
 */
typedef struct {
  const void *data;
  /**
   * In bytes.
   */
  size_t len;
} zst_slice;

/**
 * Whom copy_stream tells how far it has come.
 */
typedef struct {
  /**
   * Given to the callback, otherwise not touched.
   */
  void *userdata;
  /**
   * Called with the bytes so far, whenever something has been read or written (so not while read() or write()
   * waits). It must return (no exceptions, no longjmp). Any number other than 0 cancels: the caller gets
   * ZST_ERROR_CANCELLED, and the number in zst_error.callback_code. NULL is never called.
   */
  int32_t (*report)(void *userdata, uint64_t bytes_read, uint64_t bytes_written);
} zst_progress;

/**
 * One item, lent by its buffer (or by its collection) and valid as long as that. Source: `BufferSegment`.
 */
typedef struct {
  const uint8_t *data;
  /**
   * In bytes.
   */
  size_t len;
  /**
   * Where it begins in its buffer, in bytes.
   */
  uint64_t offset;
} zst_buffer_segment;

/**
 * Where an item lies in its buffer, in bytes.
 */
typedef struct {
  uint64_t offset;
  uint64_t length;
} zst_segment;

/**
 * A list of segments, lent by its buffer and valid as long as that. Source: `BufferSegments`.
 */
typedef struct {
  const zst_segment *segments;
  size_t count;
} zst_buffer_segments;

/**
 * Choices for zst_train_dictionary(). A struct of zeros asks for the defaults: `zst_training_parameters p = {0};`
 */
typedef struct {
  /**
   * ZST_TRAIN_DEFAULT, _OPTIMIZE or _FIXED.
   */
  int32_t mode;
  /**
   * ZST_TRAIN_ALGORITHM_AUTO, _COVER or _FASTCOVER.
   */
  int32_t algorithm;
  /**
   * Segment size; reasonable values are 16 to 2048 and more. 0: found by trying.
   */
  uint32_t k;
  /**
   * Dmer size; reasonable values are 6 to 16, not more than k. 0: found by trying.
   */
  uint32_t d;
  /**
   * How many values of k are tried. 0: 40, in the default mode 4.
   */
  uint32_t steps;
  /**
   * Threads for trying; 0 and 1: the calling thread, negative: all logical CPUs.
   */
  int32_t threads;
  /**
   * Compression level that the dictionary is for. 0: 3.
   */
  int32_t level;
  /**
   * Id of the dictionary. 0: made from its content.
   */
  uint32_t dict_id;
  /**
   * What libzstd prints to stderr: 0 nothing, 1 errors, 2 progress, 3 details, 4 everything. It has one setting for
   * the whole process, so trainings that run at the same time may print too.
   */
  uint32_t notifications;
  /**
   * Fastcover only: logarithm of the size of the frequency table, 1 to 31. 0: 20.
   */
  uint32_t f;
  /**
   * Fastcover only: 1 to 10, higher is faster and less exact. 0: 1.
   */
  uint32_t accel;
  /**
   * 0.
   */
  uint32_t reserved;
  /**
   * Part of the samples to train on, the rest is for comparing what was tried; 0 to 1.
   * 0: 1.0 for cover (all samples are for both), 0.75 for fastcover.
   */
  double split_point;
} zst_training_parameters;

/**
 * What a frame header says. Source: `FrameParameters`; libzstd's `ZSTD_FrameHeader`.
 */
typedef struct {
  /**
   * Bytes of content, ZST_CONTENTSIZE_UNKNOWN when the header does not record it. Of a skippable frame: its
   * payload.
   */
  uint64_t content_size;
  /**
   * Bytes of memory that a decoder needs for matches; 0 of a skippable frame.
   */
  uint64_t window_size;
  /**
   * Id of the dictionary it was compressed with, 0 for none.
   */
  uint32_t dict_id;
  /**
   * 1 when a checksum follows the content, else 0.
   */
  int32_t has_checksum;
  /**
   * One of ZST_FRAME_TYPE_*.
   */
  int32_t frame_type;
  /**
   * Bytes of the header itself.
   */
  uint32_t header_size;
  /**
   * Largest content of a block, in bytes; 0 of a skippable frame.
   */
  uint32_t block_size_max;
  /**
   * Of a skippable frame: 0 to 15, the application's choice; else 0.
   */
  uint32_t magic_variant;
} zst_frame_parameters;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

/**
 * The version of this library at run time, major * 10000 + minor * 100 + patch. ZST_VERSION_NUMBER is the one that
 * the program was compiled with.
 */
uint32_t zst_version_number(void);

/**
 * The version of this library at run time, such as "1.0.0". The string is constant and lives for ever.
 */
const char *zst_version_string(void);

/**
 * The version of the libzstd inside this library, 10507 for 1.5.7. ZST_ZSTD_VERSION_NUMBER is the one that the program
 * was compiled with. Source: `ZSTD_VERSION`.
 */
uint32_t zst_zstd_version_number(void);

/**
 * Frees the contexts that are kept for compressors and decompressors to come, at most 8 of each kind, of at most 8 MiB
 * each, and ends the threads that are kept for batches to come. They are worth keeping in a program that uses this
 * library again and again; call this when it is done with it, or before dlclose().
 */
void zst_free_idle_contexts(void);

/**
 * The name of a status, such as "ZST_ERROR_MEMORY"; "unknown" for a number that is none.
 *
 * The string is constant and lives for ever.
 */
const char *zst_status_name(zst_status status);

/**
 * Gives the memory back and sets all fields to 0. NULL, and a zst_bytes of zeros, are fine: nothing happens.
 */
void zst_bytes_free(zst_bytes *bytes);

/**
 * A source that lends `src` as one block, without copying. `src` must stay valid and unchanged until the source is
 * dropped.
 *
 * On success fills `*out`; give it to a stream, or to zst_source_drop().
 */
zst_status zst_source_from_memory(const void *src,
                                  size_t src_len,
                                  zst_source *out,
                                  zst_error *err);

/**
 * A source that reads the file with this path, a NUL-terminated string.
 *
 * On success fills `*out`; give it to a stream, or to zst_source_drop(). ZST_ERROR_SOURCE when the file cannot be
 * opened; zst_error.callback_code is the errno then, as it is when the file cannot be read later.
 */
zst_status zst_source_from_path(const char *path,
                                zst_source *out,
                                zst_error *err);

/**
 * A source that reads the file descriptor `fd`, one read(2) for each block. It may be a pipe or a socket, also a
 * non-blocking one: EAGAIN becomes ZST_ERROR_WOULD_BLOCK. With `close_fd` other than 0 the source owns the descriptor,
 * and closes it when it is dropped; that holds when this function fails, too.
 *
 * On success fills `*out`; give it to a stream, or to zst_source_drop().
 */
zst_status zst_source_from_fd(int32_t fd,
                              int32_t close_fd,
                              zst_source *out,
                              zst_error *err);

/**
 * Calls the source's drop(), if it has one, and sets all fields to 0. For a source that was not given to a stream.
 * NULL, and a zst_source of zeros, are fine: nothing happens.
 */
void zst_source_drop(zst_source *source);

/**
 * A sink that appends to `*bytes`, which grows. `*bytes` is either zeros or comes from this library; it is the
 * caller's all the time, to read between calls on the stream, and to give back with zst_bytes_free() when the sink has
 * been dropped. It must not move before.
 *
 * On success fills `*out`; give it to a stream, or to zst_sink_drop(). ZST_ERROR_SINK with ENOMEM for its code when
 * memory is exhausted later.
 */
zst_status zst_sink_to_bytes(zst_bytes *bytes,
                             zst_sink *out,
                             zst_error *err);

/**
 * A sink that writes the file with this path, a NUL-terminated string. The file is made, or emptied if there is one.
 * close() and drop() close it. What has been written when a stream fails stays.
 *
 * On success fills `*out`; give it to a stream, or to zst_sink_drop(). ZST_ERROR_SINK when the file cannot be opened;
 * zst_error.callback_code is the errno then, as it is when the file cannot be written later.
 */
zst_status zst_sink_to_path(const char *path,
                            zst_sink *out,
                            zst_error *err);

/**
 * A sink that writes to the file descriptor `fd`. It may be a pipe or a socket, also a non-blocking one: EAGAIN
 * becomes ZST_ERROR_WOULD_BLOCK. A pipe or socket that nobody reads any more raises SIGPIPE, unless the program
 * ignores that signal: then it is EPIPE. With `close_fd` other than 0 the sink owns the descriptor: close() and drop()
 * close it; that holds when this function fails, too.
 *
 * On success fills `*out`; give it to a stream, or to zst_sink_drop().
 */
zst_status zst_sink_to_fd(int32_t fd,
                          int32_t close_fd,
                          zst_sink *out,
                          zst_error *err);

/**
 * Calls the sink's drop(), if it has one, and sets all fields to 0. For a sink that was not given to a stream. NULL,
 * and a zst_sink of zeros, are fine: nothing happens.
 */
void zst_sink_drop(zst_sink *sink);

/**
 * A compressor for `level` (1 to 22; 0 is the default, 3; negative levels are faster) and, unless NULL, a dictionary.
 * Frames record the size of their content and the dictionary's id, and have no checksum.
 *
 * On success `*out` is the caller's; free it with zst_compressor_free(). `dict` may be freed before.
 * ZST_ERROR_VALUE when the level is above 22. Source: `ZstdCompressor(level, dict_data)`.
 */
zst_status zst_compressor_new(int32_t level,
                              const zst_compression_dict *dict,
                              zst_compressor **out,
                              zst_error *err);

/**
 * A compressor for `parameters`, which are copied, and, unless NULL, a dictionary.
 *
 * On success `*out` is the caller's; free it with zst_compressor_free(). `parameters` and `dict` may be freed before.
 * Source: `ZstdCompressor(compression_params, dict_data)`.
 */
zst_status zst_compressor_new_from_parameters(const zst_compression_parameters *parameters,
                                              const zst_compression_dict *dict,
                                              zst_compressor **out,
                                              zst_error *err);

/**
 * Frees the compressor. No call on it may be running. NULL is fine.
 */
void zst_compressor_free(zst_compressor *compressor);

/**
 * Compresses `src` into one frame.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
 * ZST_ERROR_ZSTD when the dictionary cannot be used. Source: `ZstdCompressor.compress()`; libzstd's `ZSTD_compress2`.
 */
zst_status zst_compressor_compress(const zst_compressor *compressor,
                                   const void *src,
                                   size_t src_len,
                                   zst_bytes *out,
                                   zst_error *err);

/**
 * Compresses `src` into one frame at `dst`, which has room for `dst_len` bytes and does not overlap `src`.
 * zst_compress_bound(src_len) bytes are always enough.
 *
 * On success sets `*out_len` to the size of the frame. On failure `*out_len` is untouched and the content of `dst` is
 * undefined. ZST_ERROR_BUFFER_TOO_SMALL when the frame does not fit; err->expected is a size that is enough.
 * Source: `ZstdCompressor.compress()`; libzstd's `ZSTD_compress2`.
 */
zst_status zst_compressor_compress_into(const zst_compressor *compressor,
                                        const void *src,
                                        size_t src_len,
                                        void *dst,
                                        size_t dst_len,
                                        size_t *out_len,
                                        zst_error *err);

/**
 * How far the operation has come that was started last on this compressor; its final figures when it has ended, zeros
 * before any. May be called from another thread while the operation runs.
 *
 * With worker threads the figures move during zst_compressor_compress(); without, libzstd reports at the end.
 * Source: `ZstdCompressor.frame_progression()`; libzstd's `ZSTD_getFrameProgression`.
 */
zst_status zst_compressor_frame_progression(const zst_compressor *compressor,
                                            zst_frame_progression *out,
                                            zst_error *err);

/**
 * Bytes of memory used by the context of the operation that was started last on this compressor; before any, by a
 * fresh context. May be called from another thread while the operation runs; worker threads are counted when they are
 * done.
 *
 * Source: `ZstdCompressor.memory_size()`; libzstd's `ZSTD_sizeof_CCtx`.
 */
zst_status zst_compressor_memory_size(const zst_compressor *compressor,
                                      size_t *out_size,
                                      zst_error *err);

/**
 * Compresses `src` into one frame at `level`: zst_compressor_new(), zst_compressor_compress() and
 * zst_compressor_free() in one. Contexts are kept for the next call.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
 * ZST_ERROR_VALUE when the level is above 22. Source: `zstandard.compress()`.
 */
zst_status zst_compress(const void *src, size_t src_len, int32_t level, zst_bytes *out, zst_error *err);

/**
 * A size that is enough for the frame of any `src_len` bytes; 0 when `src_len` is more than can be compressed in one
 * piece. Source: libzstd's `ZSTD_compressBound`.
 */
size_t zst_compress_bound(size_t src_len);

/**
 * A new reader on `source`, which it takes over, also when this fails. `size` is the number of bytes that the source
 * is going to give, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked,
 * unless nothing comes at all: that makes an empty frame. Nothing is read before output is wanted; then blocks of
 * about `read_size` bytes, for which ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE is a good choice.
 *
 * On success `*out` is the caller's; free it with zst_compression_reader_free(). `compressor` may be freed before.
 * ZST_ERROR_VALUE when `read_size` is 0. Source: `ZstdCompressor.stream_reader()`.
 */
zst_status zst_compressor_stream_reader(const zst_compressor *compressor,
                                        const zst_source *source,
                                        uint64_t size,
                                        size_t read_size,
                                        zst_compression_reader **out,
                                        zst_error *err);

/**
 * Frees the reader, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
 * call that the callback is in. NULL is fine.
 */
void zst_compression_reader_free(zst_compression_reader *reader);

/**
 * Reads `size` bytes of the frame, or what is left of it.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). It is empty at the end. ZST_ERROR_SOURCE when the
 * source has failed: what was read before it did comes with the next call. ZST_ERROR_WOULD_BLOCK when the source would
 * block and there is nothing to return. ZST_ERROR_ZSTD when the source gives more or less than was declared, and from
 * then on. ZST_ERROR_CLOSED. Source: `ZstdCompressionReader.read()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_reader_read(const zst_compression_reader *reader,
                                       size_t size,
                                       zst_bytes *out,
                                       zst_error *err);

/**
 * Reads as zst_compression_reader_read(), but returns as soon as there is anything.
 * Source: `ZstdCompressionReader.read1()`.
 */
zst_status zst_compression_reader_read1(const zst_compression_reader *reader,
                                        size_t size,
                                        zst_bytes *out,
                                        zst_error *err);

/**
 * Reads as zst_compression_reader_read(), to the start of `dst`, until its `dst_len` bytes are full or the frame ends.
 *
 * On success sets `*out_len` to the number of bytes, which is 0 at the end, or when `dst_len` is. On failure the
 * content of `dst` is undefined. Source: `ZstdCompressionReader.readinto()`.
 */
zst_status zst_compression_reader_readinto(const zst_compression_reader *reader,
                                           void *dst,
                                           size_t dst_len,
                                           size_t *out_len,
                                           zst_error *err);

/**
 * Reads as zst_compression_reader_readinto(), but returns as soon as there is anything.
 * Source: `ZstdCompressionReader.readinto1()`.
 */
zst_status zst_compression_reader_readinto1(const zst_compression_reader *reader,
                                            void *dst,
                                            size_t dst_len,
                                            size_t *out_len,
                                            zst_error *err);

/**
 * Reads what is left of the frame; what there is when the source would block.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). Fails as zst_compression_reader_read().
 * Source: `ZstdCompressionReader.readall()`.
 */
zst_status zst_compression_reader_readall(const zst_compression_reader *reader,
                                          zst_bytes *out,
                                          zst_error *err);

/**
 * Gives back the last `src_len` bytes that were read, which are at `src`: they come first in the next read, and the
 * position moves back. For a caller that has read more than it can use.
 *
 * `src` is read during the call only. ZST_ERROR_VALUE when it is more than was read, ZST_ERROR_CLOSED,
 * ZST_ERROR_MEMORY. Source: stdio's `ungetc`.
 */
zst_status zst_compression_reader_unread(const zst_compression_reader *reader,
                                         const void *src,
                                         size_t src_len,
                                         zst_error *err);

/**
 * Bytes that have been read so far, also when the reader is closed; 0 for NULL. Source:
 * `ZstdCompressionReader.tell()`.
 */
uint64_t zst_compression_reader_tell(const zst_compression_reader *reader);

/**
 * Closes the reader and drops its source. Closing it again does nothing. Source: `ZstdCompressionReader.close()`.
 */
zst_status zst_compression_reader_close(const zst_compression_reader *reader,
                                        zst_error *err);

/**
 * 1 when the reader is closed, else 0; 1 for NULL. Source: `ZstdCompressionReader.closed`.
 */
int32_t zst_compression_reader_closed(const zst_compression_reader *reader);

/**
 * How far the compression has come. May be called from another thread while a call on the reader runs.
 * Source: libzstd's `ZSTD_getFrameProgression`.
 */
zst_status zst_compression_reader_frame_progression(const zst_compression_reader *reader,
                                                    zst_frame_progression *out,
                                                    zst_error *err);

/**
 * A new writer on `sink`, which it takes over, also when this fails. `size` is the number of bytes that are going to
 * be written to the first frame, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is
 * checked, unless nothing comes at all: that makes an empty frame. The sink gets pieces of `write_size` bytes at most,
 * for which ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE is a good choice.
 *
 * On success `*out` is the caller's; free it with zst_compression_writer_free(). `compressor` may be freed before.
 * ZST_ERROR_VALUE when `write_size` is 0. Source: `ZstdCompressor.stream_writer()`.
 */
zst_status zst_compressor_stream_writer(const zst_compressor *compressor,
                                        const zst_sink *sink,
                                        uint64_t size,
                                        size_t write_size,
                                        zst_compression_writer **out,
                                        zst_error *err);

/**
 * Frees the writer, and drops its sink. A frame that was not ended stays so, and the sink is not closed: for that
 * there is zst_compression_writer_close(). When one of its own callbacks frees the writer, it takes effect at the end
 * of the call that the callback is in. NULL is fine.
 */
void zst_compression_writer_free(zst_compression_writer *writer);

/**
 * Takes `src` in, and gives the sink what has become ready, which is often nothing.
 *
 * Unless NULL, `*out_consumed` is set to the bytes of `src` that were taken in, and `*out_written` to the bytes that
 * the sink has taken. All of `src` is taken in unless the sink would block: then write the rest later;
 * ZST_ERROR_WOULD_BLOCK when nothing could be taken in. ZST_ERROR_SINK when the sink has failed: all of `src` has been
 * taken in nonetheless, do not write it again; what is written while the sink goes on failing is kept in memory.
 * ZST_ERROR_ZSTD when there is more input than was declared, and from then on. ZST_ERROR_CLOSED. Source:
 * `ZstdCompressionWriter.write()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_writer_write(const zst_compression_writer *writer,
                                        const void *src,
                                        size_t src_len,
                                        size_t *out_consumed,
                                        size_t *out_written,
                                        zst_error *err);

/**
 * Gives the sink everything that was written so far, and calls its flush(). ZST_FLUSH_BLOCK ends a block,
 * ZST_FLUSH_FRAME the frame: what is written afterwards begins another one, of unknown size.
 *
 * Unless NULL, `*out_written` is set to the bytes that the sink has taken. After ZST_ERROR_SINK or
 * ZST_ERROR_WOULD_BLOCK the same call goes on where it stopped. ZST_ERROR_VALUE for another `flush_mode`;
 * ZST_ERROR_ZSTD when there is less input in the frame than was declared, and from then on; ZST_ERROR_CLOSED.
 * Source: `ZstdCompressionWriter.flush()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_writer_flush(const zst_compression_writer *writer,
                                        int32_t flush_mode,
                                        size_t *out_written,
                                        zst_error *err);

/**
 * Bytes that the sink has taken, over all frames, also when the writer is closed; 0 for NULL.
 * Source: `ZstdCompressionWriter.tell()`.
 */
uint64_t zst_compression_writer_tell(const zst_compression_writer *writer);

/**
 * Ends the frame, calls the sink's close(), and drops the sink. A frame is always ended: after ZST_FLUSH_FRAME and
 * nothing written since, an empty frame is added. Closing again does nothing.
 *
 * After ZST_ERROR_WOULD_BLOCK the writer is open, and the same call goes on where it stopped. After any other error it
 * is closed; the sink's close() was not called when the frame could not be ended.
 * Source: `ZstdCompressionWriter.close()`.
 */
zst_status zst_compression_writer_close(const zst_compression_writer *writer,
                                        zst_error *err);

/**
 * 1 when the writer is closed, else 0; 1 for NULL. Source: `ZstdCompressionWriter.closed`.
 */
int32_t zst_compression_writer_closed(const zst_compression_writer *writer);

/**
 * Bytes of memory used by the writer's context; before it has one, by a fresh context.
 * Source: `ZstdCompressionWriter.memory_size()`; libzstd's `ZSTD_sizeof_CCtx`.
 */
zst_status zst_compression_writer_memory_size(const zst_compression_writer *writer,
                                              size_t *out_size,
                                              zst_error *err);

/**
 * How far the frame has come. May be called from another thread while a call on the writer runs.
 * Source: libzstd's `ZSTD_getFrameProgression`.
 */
zst_status zst_compression_writer_frame_progression(const zst_compression_writer *writer,
                                                    zst_frame_progression *out,
                                                    zst_error *err);

/**
 * A new iterator on `source`, which it takes over, also when this fails. `size` is the number of bytes that the source
 * is going to give, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked,
 * unless nothing comes at all: that makes an empty frame. Nothing is read before a piece is wanted; then blocks of
 * about `read_size` bytes. Pieces have `write_size` bytes at most. ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE and
 * ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices.
 *
 * On success `*out` is the caller's; free it with zst_compressor_iterator_free(). `compressor` may be freed before.
 * ZST_ERROR_VALUE when `read_size` or `write_size` is 0. Source: `ZstdCompressor.read_to_iter()`.
 */
zst_status zst_compressor_read_to_iter(const zst_compressor *compressor,
                                       const zst_source *source,
                                       uint64_t size,
                                       size_t read_size,
                                       size_t write_size,
                                       zst_compressor_iterator **out,
                                       zst_error *err);

/**
 * Frees the iterator, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
 * call that the callback is in. NULL is fine.
 */
void zst_compressor_iterator_free(zst_compressor_iterator *iterator);

/**
 * Lends the next piece, which is not empty: `*out_data` is valid until the next piece is asked for, or the iterator is
 * freed. ZST_DONE when there is none any more; the outputs are untouched then.
 *
 * ZST_ERROR_SOURCE and ZST_ERROR_WOULD_BLOCK come from the source; the next call asks it again. ZST_ERROR_ZSTD when it
 * gives more or less than was declared, and from then on.
 * Source: `ZstdCompressorIterator.__next__()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compressor_iterator_next(const zst_compressor_iterator *iterator,
                                        const uint8_t **out_data,
                                        size_t *out_len,
                                        zst_error *err);

/**
 * Puts the next piece into `dst_len` bytes at `dst`, so that it need not be copied: as much as is ready and has room,
 * whatever the iterator's `write_size`. Sets `*out_len`, which is not 0. ZST_DONE when there is none any more; the
 * outputs are untouched then.
 *
 * ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as zst_compressor_iterator_next().
 * Source: `ZstdCompressorIterator.__next__()`.
 */
zst_status zst_compressor_iterator_next_into(const zst_compressor_iterator *iterator,
                                             void *dst,
                                             size_t dst_len,
                                             size_t *out_len,
                                             zst_error *err);

/**
 * How far the frame has come. May be called from another thread while a call on the iterator runs.
 * Source: libzstd's `ZSTD_getFrameProgression`.
 */
zst_status zst_compressor_iterator_frame_progression(const zst_compressor_iterator *iterator,
                                                     zst_frame_progression *out,
                                                     zst_error *err);

/**
 * A new object for one frame. `size` is the number of bytes that are going to be compressed, or
 * ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked, unless nothing comes at
 * all: that makes an empty frame.
 *
 * On success `*out` is the caller's; free it with zst_compression_obj_free(). `compressor` may be freed before.
 * Source: `ZstdCompressor.compressobj()`.
 */
zst_status zst_compressor_compressobj(const zst_compressor *compressor,
                                      uint64_t size,
                                      zst_compression_obj **out,
                                      zst_error *err);

/**
 * Frees the object. A frame that was not ended stays so. NULL is fine.
 */
void zst_compression_obj_free(zst_compression_obj *obj);

/**
 * Takes `src` in and gives what has become ready, which is often nothing.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
 * ZST_ERROR_STATE after the frame was ended; ZST_ERROR_ZSTD when there is more input than was declared, and from then
 * on whenever libzstd has failed once. Source: `ZstdCompressionObj.compress()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_obj_compress(const zst_compression_obj *obj,
                                        const void *src,
                                        size_t src_len,
                                        zst_bytes *out,
                                        zst_error *err);

/**
 * Gives everything that was taken in. With ZST_COMPRESSOBJ_FLUSH_FINISH it ends the frame, and the object with it;
 * with ZST_COMPRESSOBJ_FLUSH_BLOCK more may follow.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). ZST_ERROR_VALUE for another `flush_mode`;
 * ZST_ERROR_STATE after the frame was ended; ZST_ERROR_ZSTD when there is more or less input than was declared.
 * Source: `ZstdCompressionObj.flush()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_obj_flush(const zst_compression_obj *obj,
                                     int32_t flush_mode,
                                     zst_bytes *out,
                                     zst_error *err);

/**
 * Takes in as much of `src` as there is room for what becomes ready, and puts that at `dst`, which has `dst_len` bytes
 * and does not overlap `src`. No memory of the library's own is involved.
 *
 * On success sets `*out_len` to the bytes at `dst`, and `*out_src_used` to the bytes of `src` that were taken in; when
 * they are not all, call it again with the rest. Output that fills `dst` may have more behind it: a call without input
 * gives that, or a later one. ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as
 * zst_compression_obj_compress(). Source: `ZstdCompressionObj.compress()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_obj_compress_into(const zst_compression_obj *obj,
                                             const void *src,
                                             size_t src_len,
                                             void *dst,
                                             size_t dst_len,
                                             size_t *out_len,
                                             size_t *out_src_used,
                                             zst_error *err);

/**
 * Gives everything that was taken in, as zst_compression_obj_flush(), at `dst`, which has `dst_len` bytes.
 *
 * ZST_DONE when that was all. ZST_OK when there was too little room: call it again with the same `flush_mode`. Both
 * set `*out_len` to the bytes at `dst`. ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as
 * zst_compression_obj_flush(). Source: `ZstdCompressionObj.flush()`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_obj_flush_into(const zst_compression_obj *obj,
                                          int32_t flush_mode,
                                          void *dst,
                                          size_t dst_len,
                                          size_t *out_len,
                                          zst_error *err);

/**
 * How far the object has come. May be called from another thread while a call on the object runs.
 * Source: libzstd's `ZSTD_getFrameProgression`.
 */
zst_status zst_compression_obj_frame_progression(const zst_compression_obj *obj,
                                                 zst_frame_progression *out,
                                                 zst_error *err);

/**
 * A new chunker for one frame, with pieces of `chunk_size` bytes. `size` is the number of bytes that are going to be
 * compressed, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked, unless
 * nothing comes at all: that makes an empty frame.
 *
 * On success `*out` is the caller's; free it with zst_compression_chunker_free(). `compressor` may be freed before.
 * ZST_ERROR_VALUE when `chunk_size` is 0; ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE is a good choice.
 * Source: `ZstdCompressor.chunker()`.
 */
zst_status zst_compressor_chunker(const zst_compressor *compressor,
                                  uint64_t size,
                                  size_t chunk_size,
                                  zst_compression_chunker **out,
                                  zst_error *err);

/**
 * Frees the chunker. A frame that was not ended stays so. NULL is fine.
 */
void zst_compression_chunker_free(zst_compression_chunker *chunker);

/**
 * Gives `src_len` bytes of input. `src` must stay valid and unchanged until zst_compression_chunker_next() has
 * returned ZST_DONE: until then nothing else can be begun. (A flush may be left before ZST_DONE; its rest comes with
 * the next pieces.) The pieces have exactly the chunker's size; what does not fill a piece waits inside.
 *
 * ZST_ERROR_STATE when the input before has not been used up, or after zst_compression_chunker_finish().
 * Source: `ZstdCompressionChunker.compress()`.
 */
zst_status zst_compression_chunker_compress(const zst_compression_chunker *chunker,
                                            const void *src,
                                            size_t src_len,
                                            zst_error *err);

/**
 * Asks for everything that was taken in so far. The last piece may be shorter.
 *
 * ZST_ERROR_STATE when the input before has not been used up, or after zst_compression_chunker_finish().
 * Source: `ZstdCompressionChunker.flush()`.
 */
zst_status zst_compression_chunker_flush(const zst_compression_chunker *chunker, zst_error *err);

/**
 * Asks for everything that was taken in so far and for the end of the frame. The last piece may be shorter. No input
 * can be given afterwards.
 *
 * ZST_ERROR_STATE when the input before has not been used up, or when the frame's end has been delivered.
 * Source: `ZstdCompressionChunker.finish()`.
 */
zst_status zst_compression_chunker_finish(const zst_compression_chunker *chunker,
                                          zst_error *err);

/**
 * Lends the next piece: `*out_data` is valid until the next call on the same chunker. ZST_DONE when there is none any
 * more; the outputs are untouched then.
 *
 * ZST_ERROR_ZSTD when there is more or less input than was declared, and from then on.
 * Source: the iterators of `ZstdCompressionChunker`; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compression_chunker_next(const zst_compression_chunker *chunker,
                                        const uint8_t **out_data,
                                        size_t *out_len,
                                        zst_error *err);

/**
 * How far the chunker has come. May be called from another thread while a call on the chunker runs.
 * Source: libzstd's `ZSTD_getFrameProgression`.
 */
zst_status zst_compression_chunker_frame_progression(const zst_compression_chunker *chunker,
                                                     zst_frame_progression *out,
                                                     zst_error *err);

/**
 * A decompressor with default parameters and, unless NULL, a dictionary.
 *
 * On success `*out` is the caller's; free it with zst_decompressor_free(). `dict` may be freed before.
 * ZST_ERROR_ZSTD when the dictionary cannot be used. Source: `ZstdDecompressor(dict_data)`.
 */
zst_status zst_decompressor_new(const zst_compression_dict *dict, zst_decompressor **out, zst_error *err);

/**
 * A decompressor for `parameters`, which are copied. `dict`, unless NULL, comes before the dictionaries of
 * `parameters`: it is also for frames without a dictionary id.
 *
 * On success `*out` is the caller's; free it with zst_decompressor_free(). `parameters` and `dict` may be freed
 * before. ZST_ERROR_ZSTD when a dictionary cannot be used, ZST_ERROR_VALUE when two have the same id.
 * Source: `ZstdDecompressor(dict_data, max_window_size, format)`.
 */
zst_status zst_decompressor_new_from_parameters(const zst_decompression_parameters *parameters,
                                                const zst_compression_dict *dict,
                                                zst_decompressor **out,
                                                zst_error *err);

/**
 * Frees the decompressor. No call on it may be running. NULL is fine.
 */
void zst_decompressor_free(zst_decompressor *decompressor);

/**
 * Decompresses the first frame in `src`, or all of them, into memory of the right size. Skippable frames are passed
 * over.
 *
 * `max_output_size` limits the output in bytes, 0 is no limit: with ZST_DECOMPRESS_READ_ACROSS_FRAMES that of all
 * frames together, otherwise that of a frame which does not record its size (ZST_D_MAX_OUTPUT_SIZE is a limit whatever
 * a frame records). `flags` are ZST_DECOMPRESS_*, or 0.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). Unless NULL, `*out_src_used` is set to the number of
 * bytes of `src` up to the end of the last frame that was decoded or passed over. `src` is read during the call only.
 *
 * ZST_ERROR_TRUNCATED when the input ends inside a frame, ZST_ERROR_LIMIT when a limit is reached, ZST_ERROR_ZSTD when
 * the data is damaged, is no frame, or needs another dictionary. No memory is reserved for content that the input
 * cannot expand to, whatever its header claims.
 * Source: `ZstdDecompressor.decompress()`; libzstd's `ZSTD_decompressDCtx`.
 */
zst_status zst_decompressor_decompress(const zst_decompressor *decompressor,
                                       const void *src,
                                       size_t src_len,
                                       uint64_t max_output_size,
                                       int32_t flags,
                                       zst_bytes *out,
                                       size_t *out_src_used,
                                       zst_error *err);

/**
 * The same as zst_decompressor_decompress() into memory of the caller: `dst` has room for `dst_len` bytes and does not
 * overlap `src`.
 *
 * On success sets `*out_len` to the size of the content; the bytes of `dst` behind it are undefined. On failure
 * `*out_len` and `*out_src_used` are untouched and the content of `dst` is undefined.
 *
 * ZST_ERROR_BUFFER_TOO_SMALL when the content does not fit; err->expected is a size that is enough, if it is within
 * the limits. Where that can be told from the frame headers, `dst` is not touched. Other errors as in
 * zst_decompressor_decompress().
 * Source: `ZstdDecompressor.decompress()`; libzstd's `ZSTD_decompressDCtx`.
 */
zst_status zst_decompressor_decompress_into(const zst_decompressor *decompressor,
                                            const void *src,
                                            size_t src_len,
                                            uint64_t max_output_size,
                                            int32_t flags,
                                            void *dst,
                                            size_t dst_len,
                                            size_t *out_len,
                                            size_t *out_src_used,
                                            zst_error *err);

/**
 * Decompresses a chain of `count` frames, of which each was compressed with the content of the one before as its
 * prefix dictionary (ZST_DICT_TYPE_RAWCONTENT); gives the content of the last. Every frame must record the size of its
 * content. The decompressor's own dictionaries are not used. The frames are read during the call only.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). On failure err->item_index is the frame.
 * ZST_ERROR_VALUE when there is no frame or one is no frame, ZST_ERROR_TRUNCATED when one is cut, ZST_ERROR_ZSTD when
 * one is damaged, ZST_ERROR_LIMIT when one is larger than ZST_D_MAX_OUTPUT_SIZE.
 * Source: `ZstdDecompressor.decompress_content_dict_chain()`; libzstd's `ZSTD_DCtx_refPrefix`.
 */
zst_status zst_decompressor_decompress_content_dict_chain(const zst_decompressor *decompressor,
                                                          const zst_slice *frames,
                                                          size_t count,
                                                          zst_bytes *out,
                                                          zst_error *err);

/**
 * Bytes of memory used by the context of the operation that was started last on this decompressor; before any, by a
 * fresh context. May be called from another thread while the operation runs.
 *
 * Source: `ZstdDecompressor.memory_size()`; libzstd's `ZSTD_sizeof_DCtx`.
 */
zst_status zst_decompressor_memory_size(const zst_decompressor *decompressor,
                                        size_t *out_size,
                                        zst_error *err);

/**
 * Decompresses the first frame in `src` with default parameters: zst_decompressor_new(), zst_decompressor_decompress()
 * and zst_decompressor_free() in one. Contexts are kept for the next call. `max_output_size` is as in
 * zst_decompressor_decompress(): it does not limit a frame that records its size. For input that you do not trust, use
 * a decompressor with ZST_D_MAX_OUTPUT_SIZE.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). `src` is read during the call only.
 * Errors as in zst_decompressor_decompress(). Source: `zstandard.decompress()`.
 */
zst_status zst_decompress(const void *src,
                          size_t src_len,
                          uint64_t max_output_size,
                          zst_bytes *out,
                          zst_error *err);

/**
 * Bytes of memory that a fresh decompression context uses.
 * Source: `zstandard.estimate_decompression_context_size()`; libzstd's `ZSTD_estimateDCtxSize`.
 */
size_t zst_estimate_decompression_context_size(void);

/**
 * A new reader on `source`, which it takes over, also when this fails. Nothing is read before content is wanted; then
 * blocks of about `read_size` bytes, for which ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE is a good choice. `flags` is 0
 * or: ZST_DECOMPRESS_READ_ACROSS_FRAMES, for reads that go on over the end of a frame instead of returning there what
 * they have; ZST_DECOMPRESS_STRICT.
 *
 * On success `*out` is the caller's; free it with zst_decompression_reader_free(). `decompressor` may be freed before.
 * ZST_ERROR_VALUE when `read_size` is 0, or for other flags. Source: `ZstdDecompressor.stream_reader()`.
 */
zst_status zst_decompressor_stream_reader(const zst_decompressor *decompressor,
                                          const zst_source *source,
                                          size_t read_size,
                                          int32_t flags,
                                          zst_decompression_reader **out,
                                          zst_error *err);

/**
 * Frees the reader, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
 * call that the callback is in. NULL is fine.
 */
void zst_decompression_reader_free(zst_decompression_reader *reader);

/**
 * Reads `size` bytes of content, or what is left; without ZST_DECOMPRESS_READ_ACROSS_FRAMES, no further than to the
 * end of a frame. Frames without content are passed over.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). It is empty at the end of the input. ZST_ERROR_SOURCE
 * when the source has failed: what was read before it did comes with the next call. ZST_ERROR_WOULD_BLOCK when the
 * source would block and there is nothing to return. ZST_ERROR_ZSTD when the data is damaged or needs another
 * dictionary, ZST_ERROR_LIMIT when a limit is reached, ZST_ERROR_TRUNCATED with ZST_DECOMPRESS_STRICT: after the
 * content before, and from then on. ZST_ERROR_CLOSED. Source: `ZstdDecompressionReader.read()`; libzstd's
 * `ZSTD_decompressStream`.
 */
zst_status zst_decompression_reader_read(const zst_decompression_reader *reader,
                                         size_t size,
                                         zst_bytes *out,
                                         zst_error *err);

/**
 * Reads as zst_decompression_reader_read(), but returns as soon as there is anything.
 * Source: `ZstdDecompressionReader.read1()`.
 */
zst_status zst_decompression_reader_read1(const zst_decompression_reader *reader,
                                          size_t size,
                                          zst_bytes *out,
                                          zst_error *err);

/**
 * Reads as zst_decompression_reader_read(), to the start of `dst`, until its `dst_len` bytes are full or the end is
 * reached.
 *
 * On success sets `*out_len` to the number of bytes, which is 0 at the end, or when `dst_len` is. On failure the
 * content of `dst` is undefined. Source: `ZstdDecompressionReader.readinto()`.
 */
zst_status zst_decompression_reader_readinto(const zst_decompression_reader *reader,
                                             void *dst,
                                             size_t dst_len,
                                             size_t *out_len,
                                             zst_error *err);

/**
 * Reads as zst_decompression_reader_readinto(), but returns as soon as there is anything.
 * Source: `ZstdDecompressionReader.readinto1()`.
 */
zst_status zst_decompression_reader_readinto1(const zst_decompression_reader *reader,
                                              void *dst,
                                              size_t dst_len,
                                              size_t *out_len,
                                              zst_error *err);

/**
 * Reads everything that is left, over all frames; what there is when the source would block.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). Fails as zst_decompression_reader_read(), and at once:
 * content before damaged data is not returned; after ZST_ERROR_TRUNCATED and ZST_ERROR_SOURCE it comes with the next
 * read. Source: `ZstdDecompressionReader.readall()`.
 */
zst_status zst_decompression_reader_readall(const zst_decompression_reader *reader,
                                            zst_bytes *out,
                                            zst_error *err);

/**
 * Gives back the last `src_len` bytes that were read, which are at `src`: they come first in the next read, and the
 * position moves back. For a caller that has read more than it can use.
 *
 * `src` is read during the call only. ZST_ERROR_VALUE when it is more than was read, ZST_ERROR_CLOSED,
 * ZST_ERROR_MEMORY. Source: stdio's `ungetc`.
 */
zst_status zst_decompression_reader_unread(const zst_decompression_reader *reader,
                                           const void *src,
                                           size_t src_len,
                                           zst_error *err);

/**
 * Moves forward by decoding, over frame ends, and stops at the end of the input. `whence` is 0 (SEEK_SET) when
 * `offset` counts from the start, 1 (SEEK_CUR) when from the current position.
 *
 * Unless NULL, `*out_position` is set to the new position. ZST_ERROR_SEEK when that would be backwards, or for a
 * `whence` of 2 (SEEK_END): the end is not known. ZST_ERROR_VALUE for another `whence`. Fails as
 * zst_decompression_reader_read() otherwise; zst_decompression_reader_tell() is how far it came then. Source:
 * `ZstdDecompressionReader.seek()`.
 */
zst_status zst_decompression_reader_seek(const zst_decompression_reader *reader,
                                         int64_t offset,
                                         int32_t whence,
                                         uint64_t *out_position,
                                         zst_error *err);

/**
 * Bytes that have been read so far, also when the reader is closed; 0 for NULL. Source:
 * `ZstdDecompressionReader.tell()`.
 */
uint64_t zst_decompression_reader_tell(const zst_decompression_reader *reader);

/**
 * Closes the reader and drops its source. Closing it again does nothing. Source: `ZstdDecompressionReader.close()`.
 */
zst_status zst_decompression_reader_close(const zst_decompression_reader *reader,
                                          zst_error *err);

/**
 * 1 when the reader is closed, else 0; 1 for NULL. Source: `ZstdDecompressionReader.closed`.
 */
int32_t zst_decompression_reader_closed(const zst_decompression_reader *reader);

/**
 * 1 when everything that was taken in are complete frames, else 0, and for NULL: input that ends now is cut then.
 */
int32_t zst_decompression_reader_at_frame_end(const zst_decompression_reader *reader);

/**
 * A new writer on `sink`, which it takes over, also when this fails. The sink gets pieces of `write_size` bytes at
 * most, for which ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE is a good choice. `flags` is 0 or ZST_DECOMPRESS_STRICT.
 *
 * On success `*out` is the caller's; free it with zst_decompression_writer_free(). `decompressor` may be freed before.
 * ZST_ERROR_VALUE when `write_size` is 0, or for other flags. Source: `ZstdDecompressor.stream_writer()`.
 */
zst_status zst_decompressor_stream_writer(const zst_decompressor *decompressor,
                                          const zst_sink *sink,
                                          size_t write_size,
                                          int32_t flags,
                                          zst_decompression_writer **out,
                                          zst_error *err);

/**
 * Frees the writer, and drops its sink, which is not closed: for that there is zst_decompression_writer_close(). When
 * one of its own callbacks frees the writer, it takes effect at the end of the call that the callback is in. NULL is
 * fine.
 */
void zst_decompression_writer_free(zst_decompression_writer *writer);

/**
 * Takes `src` in, and gives the sink its content. There may be any number of frames.
 *
 * Unless NULL, `*out_consumed` is set to the bytes of `src` that were taken in, and `*out_written` to the bytes that
 * the sink has taken. All of `src` is taken in unless the sink would block: then write the rest later (libzstd may
 * keep one byte back until its output has gone); ZST_ERROR_WOULD_BLOCK when nothing could be taken in. ZST_ERROR_SINK
 * when the sink has failed: all of `src` has been taken in nonetheless, do not write it again; what is written while
 * the sink goes on failing is kept in memory. ZST_ERROR_ZSTD when the data is damaged or needs another dictionary, and
 * ZST_ERROR_LIMIT when a limit is reached: after the sink has got the content before, and from then on.
 * ZST_ERROR_CLOSED. Source: `ZstdDecompressionWriter.write()`; libzstd's `ZSTD_decompressStream`.
 */
zst_status zst_decompression_writer_write(const zst_decompression_writer *writer,
                                          const void *src,
                                          size_t src_len,
                                          size_t *out_consumed,
                                          size_t *out_written,
                                          zst_error *err);

/**
 * Gives the sink everything that could be decoded so far, and calls its flush().
 *
 * Unless NULL, `*out_written` is set to the bytes that the sink has taken. After ZST_ERROR_SINK or
 * ZST_ERROR_WOULD_BLOCK the same call goes on where it stopped. ZST_ERROR_CLOSED. Source:
 * `ZstdDecompressionWriter.flush()`.
 */
zst_status zst_decompression_writer_flush(const zst_decompression_writer *writer,
                                          size_t *out_written,
                                          zst_error *err);

/**
 * Bytes that the sink has taken, over all frames, also when the writer is closed; 0 for NULL.
 * Source: `ZstdDecompressionWriter.tell()`.
 */
uint64_t zst_decompression_writer_tell(const zst_decompression_writer *writer);

/**
 * Gives the sink everything that could be decoded, calls its flush() and its close(), and drops it. Input that ended
 * inside a frame, or whose damage has been reported before, is not an error, unless ZST_DECOMPRESS_STRICT asks for it.
 * Closing again does nothing.
 *
 * After ZST_ERROR_WOULD_BLOCK the writer is open, and the same call goes on where it stopped. After any other error it
 * is closed; the sink's close() was not called when something before failed. ZST_ERROR_TRUNCATED with
 * ZST_DECOMPRESS_STRICT. Source: `ZstdDecompressionWriter.close()`.
 */
zst_status zst_decompression_writer_close(const zst_decompression_writer *writer,
                                          zst_error *err);

/**
 * 1 when the writer is closed, else 0; 1 for NULL. Source: `ZstdDecompressionWriter.closed`.
 */
int32_t zst_decompression_writer_closed(const zst_decompression_writer *writer);

/**
 * Bytes of memory used by the writer's context; before it has one, by a fresh context.
 * Source: `ZstdDecompressionWriter.memory_size()`; libzstd's `ZSTD_sizeof_DCtx`.
 */
zst_status zst_decompression_writer_memory_size(const zst_decompression_writer *writer,
                                                size_t *out_size,
                                                zst_error *err);

/**
 * 1 when everything that was taken in are complete frames, else 0, and for NULL: input that ends now is cut then.
 */
int32_t zst_decompression_writer_at_frame_end(const zst_decompression_writer *writer);

/**
 * A new iterator on `source`, which it takes over, also when this fails. Nothing is read before a piece is wanted;
 * then blocks of about `read_size` bytes. Pieces have `write_size` bytes at most.
 * ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE and ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices. The first
 * `skip_bytes` bytes of the input are left out; they are fewer than `read_size`.
 *
 * `flags` is 0 or: ZST_DECOMPRESS_READ_ACROSS_FRAMES, for the contents of all frames; otherwise the iterator stops at
 * the end of the first one (skippable frames before it are passed over) without reading further;
 * ZST_DECOMPRESS_STRICT.
 *
 * On success `*out` is the caller's; free it with zst_decompressor_iterator_free(). `decompressor` may be freed
 * before. ZST_ERROR_VALUE when `read_size` or `write_size` is 0, `skip_bytes` is too large, or for other flags.
 * Source: `ZstdDecompressor.read_to_iter()`.
 */
zst_status zst_decompressor_read_to_iter(const zst_decompressor *decompressor,
                                         const zst_source *source,
                                         size_t read_size,
                                         size_t write_size,
                                         size_t skip_bytes,
                                         int32_t flags,
                                         zst_decompressor_iterator **out,
                                         zst_error *err);

/**
 * Frees the iterator, and drops its source. When one of its own callbacks does that, it takes effect at the end of the
 * call that the callback is in. NULL is fine.
 */
void zst_decompressor_iterator_free(zst_decompressor_iterator *iterator);

/**
 * Lends the next piece, which is not empty: `*out_data` is valid until the next piece is asked for, or the iterator is
 * freed. ZST_DONE when there is none any more; the outputs are untouched then.
 *
 * ZST_ERROR_SOURCE and ZST_ERROR_WOULD_BLOCK come from the source; the next call asks it again. ZST_ERROR_VALUE when
 * the first block has no more than `skip_bytes` bytes. ZST_ERROR_ZSTD when the data is damaged or needs another
 * dictionary, ZST_ERROR_LIMIT when a limit is reached, ZST_ERROR_TRUNCATED with ZST_DECOMPRESS_STRICT: after the
 * content before, and from then on. Source: `ZstdDecompressorIterator.__next__()`; libzstd's `ZSTD_decompressStream`.
 */
zst_status zst_decompressor_iterator_next(const zst_decompressor_iterator *iterator,
                                          const uint8_t **out_data,
                                          size_t *out_len,
                                          zst_error *err);

/**
 * Puts the next piece into `dst_len` bytes at `dst`, so that it need not be copied: as much as is ready and has room,
 * whatever the iterator's `write_size`. Sets `*out_len`, which is not 0. ZST_DONE when there is none any more; the
 * outputs are untouched then.
 *
 * ZST_ERROR_VALUE when `dst_len` is 0; otherwise fails as zst_decompressor_iterator_next().
 * Source: `ZstdDecompressorIterator.__next__()`.
 */
zst_status zst_decompressor_iterator_next_into(const zst_decompressor_iterator *iterator,
                                               void *dst,
                                               size_t dst_len,
                                               size_t *out_len,
                                               zst_error *err);

/**
 * Lends what is left of the block that was read last: after ZST_DONE, the bytes behind the one frame that were read
 * along with it, or none.
 *
 * `*out_data` points into the source's block: it is valid until the next piece is asked for, or the iterator is freed.
 * Not NULL, also when `*out_len` is 0. ZST_ERROR_BUSY. Source: what `ZstdDecompressionObj.unused_data` is for an obj.
 */
zst_status zst_decompressor_iterator_unused_data(const zst_decompressor_iterator *iterator,
                                                 const uint8_t **out_data,
                                                 size_t *out_len,
                                                 zst_error *err);

/**
 * A new object. `flags` is 0 for one frame, a skippable one included, or ZST_DECOMPRESS_READ_ACROSS_FRAMES for any
 * number of frames, of which skippable ones are passed over.
 *
 * On success `*out` is the caller's; free it with zst_decompression_obj_free(). `decompressor` may be freed before.
 * ZST_ERROR_VALUE for other flags. Source: `ZstdDecompressor.decompressobj()`.
 */
zst_status zst_decompressor_decompressobj(const zst_decompressor *decompressor,
                                          int32_t flags,
                                          zst_decompression_obj **out,
                                          zst_error *err);

/**
 * Frees the object. NULL is fine.
 */
void zst_decompression_obj_free(zst_decompression_obj *obj);

/**
 * Takes `src` in and gives the content that has become ready.
 *
 * On success fills `*out`; give it back with zst_bytes_free(). Unless NULL, `*out_src_used` is set to the number of
 * bytes of `src` that were used: all of them, or those up to the end of the one frame; the rest is for the next
 * object. `src` is read during the call only.
 * ZST_ERROR_STATE after the one frame has ended. ZST_ERROR_ZSTD when the data is damaged or needs another dictionary
 * and ZST_ERROR_LIMIT when a limit is reached, from then on always.
 * Source: `ZstdDecompressionObj.decompress()`; libzstd's `ZSTD_decompressStream`.
 */
zst_status zst_decompression_obj_decompress(const zst_decompression_obj *obj,
                                            const void *src,
                                            size_t src_len,
                                            zst_bytes *out,
                                            size_t *out_src_used,
                                            zst_error *err);

/**
 * Takes in as much of `src` as there is room for its content, and puts that at `dst`, which has `dst_len` bytes and
 * does not overlap `src`. No memory of the library's own is involved.
 *
 * On success sets `*out_len` to the bytes at `dst`, and `*out_src_used` to the bytes of `src` that were used. When
 * `*out_len` is `dst_len`, or some of `src` is left, there is more: call it again with the rest of `src`, which may be
 * nothing, unless the one frame has ended. An error comes when there is nothing to give before it. ZST_ERROR_VALUE
 * when `dst_len` is 0; otherwise fails as zst_decompression_obj_decompress(). Source:
 * `ZstdDecompressionObj.decompress()`; libzstd's `ZSTD_decompressStream`.
 */
zst_status zst_decompression_obj_decompress_into(const zst_decompression_obj *obj,
                                                 const void *src,
                                                 size_t src_len,
                                                 void *dst,
                                                 size_t dst_len,
                                                 size_t *out_len,
                                                 size_t *out_src_used,
                                                 zst_error *err);

/**
 * 1 when the one frame has ended, else 0; always 0 with ZST_DECOMPRESS_READ_ACROSS_FRAMES, and for NULL.
 * Source: `ZstdDecompressionObj.eof`.
 */
int32_t zst_decompression_obj_eof(const zst_decompression_obj *obj);

/**
 * 1 when everything that was taken in are complete frames, else 0, and for NULL: input that ends now is cut then.
 */
int32_t zst_decompression_obj_at_frame_end(const zst_decompression_obj *obj);

/**
 * A new chunker, with pieces of `chunk_size` bytes.
 *
 * On success `*out` is the caller's; free it with zst_decompression_chunker_free(). `decompressor` may be freed
 * before. ZST_ERROR_VALUE when `chunk_size` is 0. Source: what `ZstdCompressor.chunker()` is for compression.
 */
zst_status zst_decompressor_chunker(const zst_decompressor *decompressor,
                                    size_t chunk_size,
                                    zst_decompression_chunker **out,
                                    zst_error *err);

/**
 * Frees the chunker. NULL is fine.
 */
void zst_decompression_chunker_free(zst_decompression_chunker *chunker);

/**
 * Gives `src_len` bytes of input, cut anywhere. `src` must stay valid and unchanged until
 * zst_decompression_chunker_next() has returned ZST_DONE: until then nothing else can be begun. What does not fill a
 * piece waits inside.
 *
 * ZST_ERROR_STATE when the input before has not been used up, or after zst_decompression_chunker_finish().
 * Source: libzstd's `ZSTD_decompressStream`.
 */
zst_status zst_decompression_chunker_decompress(const zst_decompression_chunker *chunker,
                                                const void *src,
                                                size_t src_len,
                                                zst_error *err);

/**
 * Says that there is no more input; the last piece, which may be shorter, then comes with
 * zst_decompression_chunker_next().
 *
 * ZST_ERROR_TRUNCATED when the input ended inside a frame: the last piece has what there was of it.
 * ZST_ERROR_STATE when the input before has not been used up, or when it was said before.
 */
zst_status zst_decompression_chunker_finish(const zst_decompression_chunker *chunker, zst_error *err);

/**
 * Lends the next piece: `*out_data` is valid until the next call on the same chunker. ZST_DONE when there is none any
 * more; the outputs are untouched then.
 *
 * ZST_ERROR_ZSTD when the data is damaged, is no frame or needs another dictionary, ZST_ERROR_LIMIT when a limit is
 * reached; from then on always. What was decoded before comes first, in a shorter piece.
 */
zst_status zst_decompression_chunker_next(const zst_decompression_chunker *chunker,
                                          const uint8_t **out_data,
                                          size_t *out_len,
                                          zst_error *err);

/**
 * Compresses everything that `source` gives into one frame for `sink`. Both are taken over and dropped, also when this
 * fails. When everything has been written, the sink's close() is called. `size` is the number of bytes that the source
 * is going to give, or ZST_CONTENTSIZE_UNKNOWN; it tunes the parameters, is recorded in the frame, and is checked,
 * unless nothing comes at all: that makes an empty frame. `read_size` and `write_size` are the sizes of pieces, for
 * which ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE and ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices.
 * `progress` may be NULL.
 *
 * Unless NULL, `*out_bytes_read` and `*out_bytes_written` are set. When this fails, what was written stays written,
 * and nothing can be continued: a source or sink that would block is an error, ZST_ERROR_WOULD_BLOCK.
 * ZST_ERROR_SOURCE, ZST_ERROR_SINK and ZST_ERROR_CANCELLED come from the callbacks; ZST_ERROR_ZSTD when the source
 * gives more or less than was declared; ZST_ERROR_VALUE when a size of pieces is 0.
 * Source: `ZstdCompressor.copy_stream()`, which closes nothing; libzstd's `ZSTD_compressStream2`.
 */
zst_status zst_compressor_copy_stream(const zst_compressor *compressor,
                                      const zst_source *source,
                                      const zst_sink *sink,
                                      uint64_t size,
                                      size_t read_size,
                                      size_t write_size,
                                      const zst_progress *progress,
                                      uint64_t *out_bytes_read,
                                      uint64_t *out_bytes_written,
                                      zst_error *err);

/**
 * Decompresses everything that `source` gives, all frames of it, for `sink`. Both are taken over and dropped, also
 * when this fails. When everything has been written, the sink's close() is called. `read_size` and `write_size` are
 * the sizes of pieces, for which ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE and
 * ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE are good choices. `flags` is 0 or ZST_DECOMPRESS_ALLOW_TRUNCATED.
 * `progress` may be NULL.
 *
 * Unless NULL, `*out_bytes_read` and `*out_bytes_written` are set. When this fails, what was decoded before has been
 * written, and nothing can be continued: a source or sink that would block is an error, ZST_ERROR_WOULD_BLOCK.
 * ZST_ERROR_TRUNCATED when the input ends inside a frame; ZST_ERROR_SOURCE, ZST_ERROR_SINK and ZST_ERROR_CANCELLED
 * come from the callbacks; ZST_ERROR_ZSTD when the data is damaged, or followed by something that is no frame;
 * ZST_ERROR_LIMIT when a limit is reached; ZST_ERROR_VALUE when a size of pieces is 0, or for other flags.
 * Source: `ZstdDecompressor.copy_stream()`, which closes nothing and does not report truncated input; libzstd's
 * `ZSTD_decompressStream`.
 */
zst_status zst_decompressor_copy_stream(const zst_decompressor *decompressor,
                                        const zst_source *source,
                                        const zst_sink *sink,
                                        size_t read_size,
                                        size_t write_size,
                                        int32_t flags,
                                        const zst_progress *progress,
                                        uint64_t *out_bytes_read,
                                        uint64_t *out_bytes_written,
                                        zst_error *err);

/**
 * A buffer on the caller's memory, which is not copied: `data` must stay valid and unchanged until `release(userdata)`
 * is called. That happens exactly once, also when this fails, from whichever thread lets go of the buffer last;
 * `release` may be NULL; it must return (no exceptions, no longjmp), and may call the library. So a mapped file works
 * without a copy.
 *
 * `segments` are pairs of an offset and a length, as in zst_segment, `segments_size` bytes of them in all; they are
 * copied and need no alignment. They may overlap, be empty, and be none.
 *
 * On success `*out` is the caller's; free it with zst_buffer_with_segments_free(). ZST_ERROR_VALUE when
 * `segments_size` is no multiple of 16, or a segment reaches beyond the memory. Source: `BufferWithSegments(data,
 * segments)`.
 */
zst_status zst_buffer_with_segments_new(const void *data,
                                        size_t data_len,
                                        const void *segments,
                                        size_t segments_size,
                                        void (*release)(void *userdata),
                                        void *userdata,
                                        zst_buffer_with_segments **out,
                                        zst_error *err);

/**
 * Frees the buffer. Its memory is released when no collection needs it any more. NULL is fine.
 */
void zst_buffer_with_segments_free(zst_buffer_with_segments *buffer);

/**
 * The number of segments; 0 for NULL. Source: `len(BufferWithSegments)`.
 */
size_t zst_buffer_with_segments_count(const zst_buffer_with_segments *buffer);

/**
 * The size of the whole memory in bytes; 0 for NULL. Source: `BufferWithSegments.size`.
 */
size_t zst_buffer_with_segments_size(const zst_buffer_with_segments *buffer);

/**
 * The memory, lent by the buffer and valid as long as that; NULL for NULL. Source: `BufferWithSegments.tobytes()`.
 */
const uint8_t *zst_buffer_with_segments_data(const zst_buffer_with_segments *buffer);

/**
 * Lends the segment with this index. ZST_ERROR_INDEX when there is none. Source: `BufferWithSegments[index]`.
 */
zst_status zst_buffer_with_segments_segment(const zst_buffer_with_segments *buffer,
                                            size_t index,
                                            zst_buffer_segment *out,
                                            zst_error *err);

/**
 * Lends the list of segments. Source: `BufferWithSegments.segments`.
 */
zst_status zst_buffer_with_segments_segments(const zst_buffer_with_segments *buffer,
                                             zst_buffer_segments *out,
                                             zst_error *err);

/**
 * A collection of `count` buffers, one or more, which may be freed before.
 *
 * On success `*out` is the caller's; free it with zst_buffer_with_segments_collection_free(). ZST_ERROR_VALUE when
 * there are no buffers, or one of them has no segments or no bytes. Source: `BufferWithSegmentsCollection(*buffers)`.
 */
zst_status zst_buffer_with_segments_collection_new(const zst_buffer_with_segments *const *buffers,
                                                   size_t count,
                                                   zst_buffer_with_segments_collection **out,
                                                   zst_error *err);

/**
 * Frees the collection. Buffers that it has given live on. NULL is fine.
 */
void zst_buffer_with_segments_collection_free(zst_buffer_with_segments_collection *collection);

/**
 * The number of segments in all buffers; 0 for NULL. Source: `len(BufferWithSegmentsCollection)`.
 */
size_t zst_buffer_with_segments_collection_count(const zst_buffer_with_segments_collection *collection);

/**
 * The sum of the lengths of all segments in bytes; 0 for NULL. Source: `BufferWithSegmentsCollection.size()`.
 */
uint64_t zst_buffer_with_segments_collection_size(const zst_buffer_with_segments_collection *collection);

/**
 * Lends the segment with this index, counted over all buffers. ZST_ERROR_INDEX when there is none.
 * Source: `BufferWithSegmentsCollection[index]`.
 */
zst_status zst_buffer_with_segments_collection_segment(const zst_buffer_with_segments_collection *collection,
                                                       size_t index,
                                                       zst_buffer_segment *out,
                                                       zst_error *err);

/**
 * The number of buffers; 0 for NULL.
 */
size_t zst_buffer_with_segments_collection_buffer_count(const zst_buffer_with_segments_collection *collection);

/**
 * The buffer with this index, for which no bytes are copied.
 *
 * On success `*out` is the caller's; free it with zst_buffer_with_segments_free(). `collection` may be freed before.
 * ZST_ERROR_INDEX when there is none.
 */
zst_status zst_buffer_with_segments_collection_buffer(const zst_buffer_with_segments_collection *collection,
                                                      size_t index,
                                                      zst_buffer_with_segments **out,
                                                      zst_error *err);

/**
 * Compresses each of `count` items into a frame of its own. Results are in the order of the items, one segment for
 * each, also for empty ones, and do not depend on the number of threads (except for how they are spread over buffers).
 *
 * `threads`: 0 and 1 work in the calling thread; negative are as many as there are CPUs; other values are an upper
 * bound. There are never more than CPUs or items, and fewer when there is little to do. With ZST_C_THREADS, each of
 * them has such worker threads of its own. Threads are kept for the next call for a few seconds.
 *
 * On success `*out` is the caller's; free it with zst_buffer_with_segments_collection_free(). `items` are read during
 * the call only. ZST_ERROR_VALUE when there are no items, or all of them are empty. When an item fails, nothing is
 * returned, and zst_error.item_index is the first one that does, in the order of the items.
 * Source: `ZstdCompressor.multi_compress_to_buffer()`; libzstd's `ZSTD_compress2`.
 */
zst_status zst_compressor_multi_compress_to_buffer(const zst_compressor *compressor,
                                                   const zst_slice *items,
                                                   size_t count,
                                                   int32_t threads,
                                                   zst_buffer_with_segments_collection **out,
                                                   zst_error *err);

/**
 * The same for the segments of a buffer.
 */
zst_status zst_compressor_multi_compress_to_buffer_from_buffer(const zst_compressor *compressor,
                                                               const zst_buffer_with_segments *buffer,
                                                               int32_t threads,
                                                               zst_buffer_with_segments_collection **out,
                                                               zst_error *err);

/**
 * The same for the segments of a collection.
 */
zst_status zst_compressor_multi_compress_to_buffer_from_collection(const zst_compressor *compressor,
                                                                   const zst_buffer_with_segments_collection *collection,
                                                                   int32_t threads,
                                                                   zst_buffer_with_segments_collection **out,
                                                                   zst_error *err);

/**
 * Decompresses each of `count` items: its first frame; skippable frames before it are passed over (an item of nothing
 * else has no content), and bytes behind it are ignored. Results are in the order of the items, one segment for each,
 * also for empty ones, and do not depend on the number of threads.
 *
 * `decompressed_sizes` is NULL, or an array of uint64_t with the size of each item's content, 0 where the frame
 * records it; `sizes_size` is its size in bytes. It is in the machine's byte order and needs no alignment. All
 * contents are in memory at once, in one piece.
 *
 * `threads`: 0 and 1 work in the calling thread; negative are as many as there are CPUs; other values are an upper
 * bound. There are never more than CPUs or items, and fewer when there is little to do. Threads are kept for the next
 * call for a few seconds.
 *
 * On success `*out` is the caller's; free it with zst_buffer_with_segments_collection_free(). `items` are read during
 * the call only. ZST_ERROR_VALUE when there are no items, `sizes_size` is not 8 for each item, an item does
 * not begin with a whole frame header, or its size is neither recorded nor given. Items fail as in
 * zst_decompressor_decompress(), and with ZST_ERROR_ZSTD when a given size is not the real one; ZST_ERROR_LIMIT when
 * all of them together have more content than ZST_D_MAX_OUTPUT_SIZE. When an item fails, nothing is returned, and
 * zst_error.item_index is the first one that does, in the order of the items. Source: `ZstdDecompressor.
 * multi_decompress_to_buffer()`; libzstd's `ZSTD_decompressDCtx`.
 */
zst_status zst_decompressor_multi_decompress_to_buffer(const zst_decompressor *decompressor,
                                                       const zst_slice *items,
                                                       size_t count,
                                                       const void *decompressed_sizes,
                                                       size_t sizes_size,
                                                       int32_t threads,
                                                       zst_buffer_with_segments_collection **out,
                                                       zst_error *err);

/**
 * The same for the segments of a buffer.
 */
zst_status zst_decompressor_multi_decompress_to_buffer_from_buffer(const zst_decompressor *decompressor,
                                                                   const zst_buffer_with_segments *buffer,
                                                                   const void *decompressed_sizes,
                                                                   size_t sizes_size,
                                                                   int32_t threads,
                                                                   zst_buffer_with_segments_collection **out,
                                                                   zst_error *err);

/**
 * The same for the segments of a collection.
 */
zst_status zst_decompressor_multi_decompress_to_buffer_from_collection(const zst_decompressor *decompressor,
                                                                       const zst_buffer_with_segments_collection *collection,
                                                                       const void *decompressed_sizes,
                                                                       size_t sizes_size,
                                                                       int32_t threads,
                                                                       zst_buffer_with_segments_collection **out,
                                                                       zst_error *err);

/**
 * A dictionary from `len` bytes at `data`, which are copied. Empty is allowed and acts as no dictionary. `k` and `d`
 * are kept for zst_compression_dict_k() and zst_compression_dict_d(); give 0 when training did not report them.
 *
 * The bytes are examined when they are used first: a compressor's operations, or the constructor of a decompressor,
 * fail with ZST_ERROR_ZSTD when they are not what `dict_type` says.
 * On success `*out` is the caller's; free it with zst_compression_dict_free().
 * ZST_ERROR_VALUE for an unknown `dict_type`. Source: `ZstdCompressionDict(data, dict_type, k, d)`.
 */
zst_status zst_compression_dict_new(const void *data,
                                    size_t len,
                                    int32_t dict_type,
                                    uint32_t k,
                                    uint32_t d,
                                    zst_compression_dict **out,
                                    zst_error *err);

/**
 * Frees the dictionary. Compressors and decompressors that use it keep what they need. NULL is fine.
 */
void zst_compression_dict_free(zst_compression_dict *dict);

/**
 * The id in the dictionary's header; 0 without a header, or for NULL. Source: `dict_id()`, `dictionary_id()`;
 * libzstd's `ZDICT_getDictID`.
 */
uint32_t zst_compression_dict_id(const zst_compression_dict *dict);

/**
 * The ZST_DICT_TYPE_* it was made with; ZST_DICT_TYPE_AUTO for NULL.
 */
int32_t zst_compression_dict_type(const zst_compression_dict *dict);

/**
 * The segment size that training used; 0 when it is not known, or for NULL. Source: `k`.
 */
uint32_t zst_compression_dict_k(const zst_compression_dict *dict);

/**
 * The dmer size that training used; 0 when it is not known, or for NULL. Source: `d`.
 */
uint32_t zst_compression_dict_d(const zst_compression_dict *dict);

/**
 * Lends the dictionary's bytes: `*out_data` is valid until `dict` is freed, and must not be written to.
 * Source: `as_bytes()`.
 */
zst_status zst_compression_dict_as_bytes(const zst_compression_dict *dict,
                                         const uint8_t **out_data,
                                         size_t *out_len,
                                         zst_error *err);

/**
 * Digests the dictionary now, for `level` or for `parameters` (give 0 or NULL for the other). Of the latter,
 * ZST_C_WINDOW_LOG to ZST_C_STRATEGY count; those that are not set are those of level 3, whatever
 * ZST_C_COMPRESSION_LEVEL is. Compressors use the result in all operations that are started later; its match-finder
 * parameters replace theirs. May be repeated; operations already started keep what they have.
 *
 * ZST_ERROR_VALUE when neither is given or both are; ZST_ERROR_ZSTD when the dictionary cannot be used.
 * Source: `precompute_compress()`; libzstd's `ZSTD_createCDict_advanced`.
 */
zst_status zst_compression_dict_precompute_compress(const zst_compression_dict *dict,
                                                    int32_t level,
                                                    const zst_compression_parameters *parameters,
                                                    zst_error *err);

/**
 * Makes a dictionary of `dict_size` bytes at most from `count` samples of what is to be compressed with it. The
 * samples are read during the call only. A few thousand samples with about 100 times the size of the dictionary in all
 * are a good amount. `parameters` may be NULL for the defaults.
 *
 * On success `*out` is the caller's, of type ZST_DICT_TYPE_FULLDICT; free it with zst_compression_dict_free().
 * ZST_ERROR_ZSTD when the samples are too few or too small, or a parameter is out of bounds; the message tells which.
 * The same for an unknown mode or algorithm.
 * Source: `train_dictionary()`; libzstd's `ZDICT_trainFromBuffer` and its cover and fastcover variants.
 */
zst_status zst_train_dictionary(size_t dict_size,
                                const zst_slice *samples,
                                size_t count,
                                const zst_training_parameters *parameters,
                                zst_compression_dict **out,
                                zst_error *err);

/**
 * A set of parameters with their defaults: level 3, content size and dictionary id written, no checksum, long-distance
 * matching off.
 *
 * On success `*out` is the caller's; free it with zst_compression_parameters_free().
 * Source: `ZstdCompressionParameters()`; libzstd's `ZSTD_createCCtxParams`.
 */
zst_status zst_compression_parameters_new(zst_compression_parameters **out,
                                          zst_error *err);

/**
 * A set of parameters in which those that `level` stands for are spelled out (window_log to strategy), as they suit a
 * source of `source_size` bytes (0 or ZST_CONTENTSIZE_UNKNOWN: unknown) and a dictionary of `dict_size` bytes (0:
 * none). ZST_C_COMPRESSION_LEVEL itself stays 3. Levels outside the table act as the nearest.
 *
 * On success `*out` is the caller's; free it with zst_compression_parameters_free().
 * Source: `ZstdCompressionParameters.from_level()`; libzstd's `ZSTD_getCParams`.
 */
zst_status zst_compression_parameters_from_level(int32_t level,
                                                 uint64_t source_size,
                                                 size_t dict_size,
                                                 zst_compression_parameters **out,
                                                 zst_error *err);

/**
 * A copy, independent of `parameters`.
 *
 * On success `*out` is the caller's; free it with zst_compression_parameters_free().
 */
zst_status zst_compression_parameters_copy(const zst_compression_parameters *parameters,
                                           zst_compression_parameters **out,
                                           zst_error *err);

/**
 * Frees the set. Compressors made from it have their own copy. NULL is fine.
 */
void zst_compression_parameters_free(zst_compression_parameters *parameters);

/**
 * Sets one parameter, a number ZST_C_*. Compressors that were made from the set before do not change.
 *
 * ZST_ERROR_ZSTD when the value is out of bounds; the message tells them. ZST_ERROR_VALUE when there is no such
 * parameter. Source: the arguments of `ZstdCompressionParameters()`; libzstd's `ZSTD_CCtxParams_setParameter`.
 */
zst_status zst_compression_parameters_set(const zst_compression_parameters *parameters,
                                          int32_t parameter,
                                          int32_t value,
                                          zst_error *err);

/**
 * Reads one parameter, a number ZST_C_*: the value that was set, after clamping.
 *
 * ZST_ERROR_VALUE when there is no such parameter.
 * Source: the attributes of `ZstdCompressionParameters`; libzstd's `ZSTD_CCtxParams_getParameter`.
 */
zst_status zst_compression_parameters_get(const zst_compression_parameters *parameters,
                                          int32_t parameter,
                                          int32_t *out_value,
                                          zst_error *err);

/**
 * The smallest and the largest value of a parameter, both included. Where 0 is not between them, 0 is allowed too and
 * stands for libzstd's choice.
 *
 * ZST_ERROR_VALUE when there is no such parameter. Source: libzstd's `ZSTD_cParam_getBounds`.
 */
zst_status zst_compression_parameters_bounds(int32_t parameter,
                                             int32_t *out_min,
                                             int32_t *out_max,
                                             zst_error *err);

/**
 * The name of a parameter, such as "window_log", or NULL when there is no such parameter. The string is constant and
 * lives for ever.
 */
const char *zst_compression_parameters_name(int32_t parameter);

/**
 * Memory that a compressor with these parameters needs for one operation without streaming, in bytes.
 *
 * ZST_ERROR_ZSTD when threads is 1 or more: there is no estimate then.
 * Source: `estimated_compression_context_size()`; libzstd's `ZSTD_estimateCCtxSize_usingCCtxParams`.
 */
zst_status zst_compression_parameters_estimated_compression_context_size(const zst_compression_parameters *parameters,
                                                                         size_t *out_size,
                                                                         zst_error *err);

/**
 * A set of parameters with their defaults, without dictionaries.
 *
 * On success `*out` is the caller's; free it with zst_decompression_parameters_free().
 * Source: `ZstdDecompressor()`.
 */
zst_status zst_decompression_parameters_new(zst_decompression_parameters **out, zst_error *err);

/**
 * A copy, independent of `parameters`. Dictionaries are shared.
 *
 * On success `*out` is the caller's; free it with zst_decompression_parameters_free().
 */
zst_status zst_decompression_parameters_copy(const zst_decompression_parameters *parameters,
                                             zst_decompression_parameters **out,
                                             zst_error *err);

/**
 * Frees the set. Decompressors made from it have their own copy. NULL is fine.
 */
void zst_decompression_parameters_free(zst_decompression_parameters *parameters);

/**
 * Sets one parameter, a number ZST_D_*. Decompressors that were made from the set before do not change.
 *
 * ZST_ERROR_ZSTD when the value is out of bounds; the message tells them. ZST_ERROR_VALUE when there is no such
 * parameter. Source: the arguments of `ZstdDecompressor()`; libzstd's `ZSTD_DCtx_setParameter`.
 */
zst_status zst_decompression_parameters_set(const zst_decompression_parameters *parameters,
                                            int32_t parameter,
                                            int64_t value,
                                            zst_error *err);

/**
 * Reads one parameter, a number ZST_D_*.
 *
 * ZST_ERROR_VALUE when there is no such parameter. Source: libzstd's `ZSTD_DCtx_getParameter`.
 */
zst_status zst_decompression_parameters_get(const zst_decompression_parameters *parameters,
                                            int32_t parameter,
                                            int64_t *out_value,
                                            zst_error *err);

/**
 * The smallest and the largest value of a parameter, both included. Where 0 is not between them, 0 is allowed too and
 * stands for the default.
 *
 * ZST_ERROR_VALUE when there is no such parameter. Source: libzstd's `ZSTD_dParam_getBounds`.
 */
zst_status zst_decompression_parameters_bounds(int32_t parameter,
                                               int64_t *out_min,
                                               int64_t *out_max,
                                               zst_error *err);

/**
 * The name of a parameter, such as "max_window_size", or NULL when there is no such parameter. The string is constant
 * and lives for ever.
 */
const char *zst_decompression_parameters_name(int32_t parameter);

/**
 * Adds a dictionary to choose from: each frame is decoded with the one whose id its header carries, and a frame
 * without an id with the first one (the one given to the constructor, if any). `dict` may be freed afterwards.
 *
 * ZST_ERROR_VALUE when there is one with the same id already.
 * Source: libzstd's `ZSTD_d_refMultipleDDicts`.
 */
zst_status zst_decompression_parameters_add_dictionary(const zst_decompression_parameters *parameters,
                                                       const zst_compression_dict *dict,
                                                       zst_error *err);

/**
 * Reads the header of the frame at the start of `src`. 18 bytes are always enough. `format` is ZST_FORMAT_*.
 *
 * ZST_ERROR_TRUNCATED when `src` ends inside the header; err->expected is the number of bytes needed in all.
 * ZST_ERROR_ZSTD when `src` does not begin with a frame, or for an unknown `format`.
 * Source: `zstandard.get_frame_parameters()`; libzstd's `ZSTD_getFrameHeader_advanced`.
 */
zst_status zst_get_frame_parameters(const void *src,
                                    size_t src_len,
                                    int32_t format,
                                    zst_frame_parameters *out,
                                    zst_error *err);

/**
 * The length of the frame header at the start of `src`, in bytes. Five bytes are enough, one in the magicless format.
 * The magic number is not looked at.
 *
 * ZST_ERROR_TRUNCATED when there are fewer.
 * Source: `zstandard.frame_header_size()`; libzstd's `ZSTD_frameHeaderSize`.
 */
zst_status zst_frame_header_size(const void *src,
                                 size_t src_len,
                                 int32_t format,
                                 size_t *out_size,
                                 zst_error *err);

/**
 * The size of the content that the header of the first frame in `src` records, in bytes; ZST_CONTENTSIZE_UNKNOWN when
 * it records none; 0 for a skippable frame. It is what the header says, which need not be true.
 *
 * ZST_ERROR_TRUNCATED when `src` ends inside the header, ZST_ERROR_ZSTD when it does not begin with a frame.
 * Source: `zstandard.frame_content_size()`; libzstd's `ZSTD_getFrameContentSize`.
 */
zst_status zst_frame_content_size(const void *src,
                                  size_t src_len,
                                  int32_t format,
                                  uint64_t *out_size,
                                  zst_error *err);

/**
 * The length of the first frame in `src`, skippable or not, from its first to its last byte. Nothing is decoded.
 *
 * ZST_ERROR_TRUNCATED when `src` ends inside the frame, ZST_ERROR_ZSTD when it does not begin with one.
 * Source: libzstd's `ZSTD_findFrameCompressedSize`.
 */
zst_status zst_frame_compressed_size(const void *src,
                                     size_t src_len,
                                     int32_t format,
                                     size_t *out_size,
                                     zst_error *err);

/**
 * A size that the contents of all frames in `src` together do not exceed, in bytes, if the frames are valid; what this
 * library decodes does not exceed it. Recorded sizes count as far as the
 * frame's blocks can hold them (128 KiB each); the others are estimated from the blocks. Nothing is decoded.
 *
 * ZST_ERROR_TRUNCATED when `src` ends inside a frame; ZST_ERROR_ZSTD when there is something else than frames, or a
 * frame that claims more than its blocks can hold. Source: libzstd's `ZSTD_decompressBound`, which believes the
 * header.
 */
zst_status zst_decompress_bound(const void *src,
                                size_t src_len,
                                int32_t format,
                                uint64_t *out_size,
                                zst_error *err);

/**
 * 1 when `src` begins with the magic number of a frame, skippable or not, else 0. Source: libzstd's `ZSTD_isFrame`.
 */
int32_t zst_is_frame(const void *src,
                     size_t src_len);

/**
 * 1 when `src` begins with the magic number of a skippable frame, else 0. Source: libzstd's `ZSTD_isSkippableFrame`.
 */
int32_t zst_is_skippable_frame(const void *src,
                               size_t src_len);

/**
 * Writes a skippable frame with `payload` to `dst`, which has room for `dst_len` bytes and does not overlap `payload`;
 * payload_len + 8 bytes are enough. `magic_variant` is 0 to 15, free for the application's use.
 *
 * On success sets `*out_len` to the size of the frame. ZST_ERROR_BUFFER_TOO_SMALL when `dst` is too small,
 * ZST_ERROR_ZSTD when the payload is 4 GiB or more, or magic_variant above 15.
 * Source: libzstd's `ZSTD_writeSkippableFrame`.
 */
zst_status zst_write_skippable_frame(const void *payload,
                                     size_t payload_len,
                                     uint32_t magic_variant,
                                     void *dst,
                                     size_t dst_len,
                                     size_t *out_len,
                                     zst_error *err);

/**
 * Lends the payload of the skippable frame at the start of `src`: `*out_payload` points into `src` and is valid as
 * long as `src` is. Unless NULL, `*out_magic_variant` is set to 0 to 15.
 *
 * ZST_ERROR_VALUE when `src` does not begin with a skippable frame, ZST_ERROR_TRUNCATED when it ends inside one.
 * Source: libzstd's `ZSTD_readSkippableFrame`.
 */
zst_status zst_read_skippable_frame(const void *src,
                                    size_t src_len,
                                    const uint8_t **out_payload,
                                    size_t *out_payload_len,
                                    uint32_t *out_magic_variant,
                                    zst_error *err);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* ZST_H */
