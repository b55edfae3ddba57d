// zst.h without comments and preprocessor, for parsers of C declarations. Generated; do not edit.
// Not here, because they are 64 bits wide: ZST_CONTENTSIZE_UNKNOWN is 2^64 - 1, ZST_CONTENTSIZE_ERROR 2^64 - 2.
enum { ZST_VERSION_MAJOR = 1 };
enum { ZST_VERSION_MINOR = 0 };
enum { ZST_VERSION_PATCH = 0 };
enum { ZST_VERSION_NUMBER = 10000 };
enum { ZST_ZSTD_VERSION_NUMBER = 10507 };
enum { ZST_MAGIC_NUMBER = 4247762216 };
enum { ZST_MAX_COMPRESSION_LEVEL = 22 };
enum { ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE = 131072 };
enum { ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE = 131591 };
enum { ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE = 131075 };
enum { ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE = 131072 };
enum { ZST_BLOCKSIZELOG_MAX = 17 };
enum { ZST_BLOCKSIZE_MAX = 131072 };
enum { ZST_WINDOWLOG_MIN = 10 };
enum { ZST_WINDOWLOG_MAX = 31 };
enum { ZST_CHAINLOG_MIN = 6 };
enum { ZST_CHAINLOG_MAX = 30 };
enum { ZST_HASHLOG_MIN = 6 };
enum { ZST_HASHLOG_MAX = 30 };
enum { ZST_HASHLOG3_MAX = 17 };
enum { ZST_SEARCHLOG_MIN = 1 };
enum { ZST_SEARCHLOG_MAX = 30 };
enum { ZST_MINMATCH_MIN = 3 };
enum { ZST_MINMATCH_MAX = 7 };
enum { ZST_SEARCHLENGTH_MIN = 3 };
enum { ZST_SEARCHLENGTH_MAX = 7 };
enum { ZST_TARGETLENGTH_MIN = 0 };
enum { ZST_TARGETLENGTH_MAX = 131072 };
enum { ZST_LDM_MINMATCH_MIN = 4 };
enum { ZST_LDM_MINMATCH_MAX = 4096 };
enum { ZST_LDM_BUCKETSIZELOG_MAX = 8 };
enum { ZST_STRATEGY_FAST = 1 };
enum { ZST_STRATEGY_DFAST = 2 };
enum { ZST_STRATEGY_GREEDY = 3 };
enum { ZST_STRATEGY_LAZY = 4 };
enum { ZST_STRATEGY_LAZY2 = 5 };
enum { ZST_STRATEGY_BTLAZY2 = 6 };
enum { ZST_STRATEGY_BTOPT = 7 };
enum { ZST_STRATEGY_BTULTRA = 8 };
enum { ZST_STRATEGY_BTULTRA2 = 9 };
enum { ZST_FORMAT_ZSTD1 = 0 };
enum { ZST_FORMAT_ZSTD1_MAGICLESS = 1 };
enum { ZST_FLUSH_BLOCK = 0 };
enum { ZST_FLUSH_FRAME = 1 };
enum { ZST_COMPRESSOBJ_FLUSH_FINISH = 0 };
enum { ZST_COMPRESSOBJ_FLUSH_BLOCK = 1 };
enum { ZST_OK = 0 };
enum { ZST_DONE = 1 };
enum { ZST_ERROR_ARGUMENT = -1 };
enum { ZST_ERROR_VALUE = -2 };
enum { ZST_ERROR_INDEX = -3 };
enum { ZST_ERROR_STATE = -4 };
enum { ZST_ERROR_CLOSED = -5 };
enum { ZST_ERROR_BUSY = -6 };
enum { ZST_ERROR_ZSTD = -7 };
enum { ZST_ERROR_MEMORY = -8 };
enum { ZST_ERROR_SOURCE = -9 };
enum { ZST_ERROR_SINK = -10 };
enum { ZST_ERROR_WOULD_BLOCK = -11 };
enum { ZST_ERROR_SEEK = -12 };
enum { ZST_ERROR_BUFFER_TOO_SMALL = -13 };
enum { ZST_ERROR_INTERNAL = -14 };
enum { ZST_ERROR_TRUNCATED = -15 };
enum { ZST_ERROR_LIMIT = -16 };
enum { ZST_ERROR_CANCELLED = -17 };
enum { ZST_DECOMPRESS_READ_ACROSS_FRAMES = 1 };
enum { ZST_DECOMPRESS_REFUSE_EXTRA_DATA = 2 };
enum { ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE = 4 };
enum { ZST_DECOMPRESS_STRICT = 8 };
enum { ZST_DECOMPRESS_ALLOW_TRUNCATED = 16 };
enum { ZST_DICT_TYPE_AUTO = 0 };
enum { ZST_DICT_TYPE_RAWCONTENT = 1 };
enum { ZST_DICT_TYPE_FULLDICT = 2 };
enum { ZST_TRAIN_DEFAULT = 0 };
enum { ZST_TRAIN_OPTIMIZE = 1 };
enum { ZST_TRAIN_FIXED = 2 };
enum { ZST_TRAIN_ALGORITHM_AUTO = 0 };
enum { ZST_TRAIN_ALGORITHM_COVER = 1 };
enum { ZST_TRAIN_ALGORITHM_FASTCOVER = 2 };
enum { ZST_C_FORMAT = 10 };
enum { ZST_C_COMPRESSION_LEVEL = 100 };
enum { ZST_C_WINDOW_LOG = 101 };
enum { ZST_C_HASH_LOG = 102 };
enum { ZST_C_CHAIN_LOG = 103 };
enum { ZST_C_SEARCH_LOG = 104 };
enum { ZST_C_MIN_MATCH = 105 };
enum { ZST_C_TARGET_LENGTH = 106 };
enum { ZST_C_STRATEGY = 107 };
enum { ZST_C_TARGET_BLOCK_SIZE = 130 };
enum { ZST_C_ENABLE_LDM = 160 };
enum { ZST_C_LDM_HASH_LOG = 161 };
enum { ZST_C_LDM_MIN_MATCH = 162 };
enum { ZST_C_LDM_BUCKET_SIZE_LOG = 163 };
enum { ZST_C_LDM_HASH_RATE_LOG = 164 };
enum { ZST_C_WRITE_CONTENT_SIZE = 200 };
enum { ZST_C_WRITE_CHECKSUM = 201 };
enum { ZST_C_WRITE_DICT_ID = 202 };
enum { ZST_C_THREADS = 400 };
enum { ZST_C_JOB_SIZE = 401 };
enum { ZST_C_OVERLAP_LOG = 402 };
enum { ZST_C_RSYNCABLE = 500 };
enum { ZST_C_FORCE_MAX_WINDOW = 1000 };
enum { ZST_C_FORCE_ATTACH_DICT = 1001 };
enum { ZST_C_LITERAL_COMPRESSION_MODE = 1002 };
enum { ZST_C_SOURCE_SIZE_HINT = 1004 };
enum { ZST_C_ENABLE_DEDICATED_DICT_SEARCH = 1005 };
enum { ZST_C_BLOCK_DELIMITERS = 1008 };
enum { ZST_C_VALIDATE_SEQUENCES = 1009 };
enum { ZST_C_SPLIT_AFTER_SEQUENCES = 1010 };
enum { ZST_C_USE_ROW_MATCH_FINDER = 1011 };
enum { ZST_C_DETERMINISTIC_REF_PREFIX = 1012 };
enum { ZST_C_PREFETCH_CDICT_TABLES = 1013 };
enum { ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK = 1014 };
enum { ZST_C_MAX_BLOCK_SIZE = 1015 };
enum { ZST_C_REPCODE_RESOLUTION = 1016 };
enum { ZST_C_BLOCK_SPLITTER_LEVEL = 1017 };
enum { ZST_D_MAX_WINDOW_SIZE = 100 };
enum { ZST_D_FORMAT = 1000 };
enum { ZST_D_IGNORE_CHECKSUM = 1002 };
enum { ZST_D_DISABLE_HUFFMAN_ASSEMBLY = 1004 };
enum { ZST_D_MAX_BLOCK_SIZE = 1005 };
enum { ZST_D_MAX_OUTPUT_SIZE = 2000 };
enum { ZST_FRAME_TYPE_ZSTD = 0 };
enum { ZST_FRAME_TYPE_SKIPPABLE = 1 };
typedef struct zst_buffer_with_segments zst_buffer_with_segments;
typedef struct zst_buffer_with_segments_collection zst_buffer_with_segments_collection;
typedef struct zst_compression_chunker zst_compression_chunker;
typedef struct zst_compression_dict zst_compression_dict;
typedef struct zst_compression_obj zst_compression_obj;
typedef struct zst_compression_parameters zst_compression_parameters;
typedef struct zst_compression_reader zst_compression_reader;
typedef struct zst_compression_writer zst_compression_writer;
typedef struct zst_compressor zst_compressor;
typedef struct zst_compressor_iterator zst_compressor_iterator;
typedef struct zst_decompression_chunker zst_decompression_chunker;
typedef struct zst_decompression_obj zst_decompression_obj;
typedef struct zst_decompression_parameters zst_decompression_parameters;
typedef struct zst_decompression_reader zst_decompression_reader;
typedef struct zst_decompression_writer zst_decompression_writer;
typedef struct zst_decompressor zst_decompressor;
typedef struct zst_decompressor_iterator zst_decompressor_iterator;
typedef int32_t zst_status;
typedef struct {
  uint8_t *data;
  size_t len;
  size_t capacity;
} zst_bytes;
typedef struct {
  void *userdata;
  int32_t (*read)(void *userdata, size_t size_hint, const uint8_t **out_data, size_t *out_len);
  void (*drop)(void *userdata);
} zst_source;
typedef struct {
  int32_t status;
  int32_t zstd_code;
  int32_t callback_code;
  int32_t reserved;
  uint64_t item_index;
  uint64_t expected;
  uint64_t actual;
  uint64_t src_position;
  char message[464];
} zst_error;
typedef struct {
  void *userdata;
  int32_t (*write)(void *userdata, const uint8_t *data, size_t len, size_t *out_written);
  int32_t (*flush)(void *userdata);
  int32_t (*close)(void *userdata);
  void (*drop)(void *userdata);
} zst_sink;
typedef struct {
  uint64_t ingested;
  uint64_t consumed;
  uint64_t produced;
} zst_frame_progression;
typedef struct {
  const void *data;
  size_t len;
} zst_slice;
typedef struct {
  void *userdata;
  int32_t (*report)(void *userdata, uint64_t bytes_read, uint64_t bytes_written);
} zst_progress;
typedef struct {
  const uint8_t *data;
  size_t len;
  uint64_t offset;
} zst_buffer_segment;
typedef struct {
  uint64_t offset;
  uint64_t length;
} zst_segment;
typedef struct {
  const zst_segment *segments;
  size_t count;
} zst_buffer_segments;
typedef struct {
  int32_t mode;
  int32_t algorithm;
  uint32_t k;
  uint32_t d;
  uint32_t steps;
  int32_t threads;
  int32_t level;
  uint32_t dict_id;
  uint32_t notifications;
  uint32_t f;
  uint32_t accel;
  uint32_t reserved;
  double split_point;
} zst_training_parameters;
typedef struct {
  uint64_t content_size;
  uint64_t window_size;
  uint32_t dict_id;
  int32_t has_checksum;
  int32_t frame_type;
  uint32_t header_size;
  uint32_t block_size_max;
  uint32_t magic_variant;
} zst_frame_parameters;
uint32_t zst_version_number(void);
const char *zst_version_string(void);
uint32_t zst_zstd_version_number(void);
void zst_free_idle_contexts(void);
const char *zst_status_name(zst_status status);
void zst_bytes_free(zst_bytes *bytes);
zst_status zst_source_from_memory(const void *src, size_t src_len, zst_source *out, zst_error *err);
zst_status zst_source_from_path(const char *path, zst_source *out, zst_error *err);
zst_status zst_source_from_fd(int32_t fd, int32_t close_fd, zst_source *out, zst_error *err);
void zst_source_drop(zst_source *source);
zst_status zst_sink_to_bytes(zst_bytes *bytes, zst_sink *out, zst_error *err);
zst_status zst_sink_to_path(const char *path, zst_sink *out, zst_error *err);
zst_status zst_sink_to_fd(int32_t fd, int32_t close_fd, zst_sink *out, zst_error *err);
void zst_sink_drop(zst_sink *sink);
zst_status zst_compressor_new(int32_t level,
                              const zst_compression_dict *dict,
                              zst_compressor **out,
                              zst_error *err);
zst_status zst_compressor_new_from_parameters(const zst_compression_parameters *parameters,
                                              const zst_compression_dict *dict,
                                              zst_compressor **out,
                                              zst_error *err);
void zst_compressor_free(zst_compressor *compressor);
zst_status zst_compressor_compress(const zst_compressor *compressor,
                                   const void *src,
                                   size_t src_len,
                                   zst_bytes *out,
                                   zst_error *err);
zst_status zst_compressor_compress_into(const zst_compressor *compressor,
                                        const void *src,
                                        size_t src_len,
                                        void *dst,
                                        size_t dst_len,
                                        size_t *out_len,
                                        zst_error *err);
zst_status zst_compressor_frame_progression(const zst_compressor *compressor,
                                            zst_frame_progression *out,
                                            zst_error *err);
zst_status zst_compressor_memory_size(const zst_compressor *compressor,
                                      size_t *out_size,
                                      zst_error *err);
zst_status zst_compress(const void *src,
                        size_t src_len,
                        int32_t level,
                        zst_bytes *out,
                        zst_error *err);
size_t zst_compress_bound(size_t src_len);
zst_status zst_compressor_stream_reader(const zst_compressor *compressor,
                                        const zst_source *source,
                                        uint64_t size,
                                        size_t read_size,
                                        zst_compression_reader **out,
                                        zst_error *err);
void zst_compression_reader_free(zst_compression_reader *reader);
zst_status zst_compression_reader_read(const zst_compression_reader *reader,
                                       size_t size,
                                       zst_bytes *out,
                                       zst_error *err);
zst_status zst_compression_reader_read1(const zst_compression_reader *reader,
                                        size_t size,
                                        zst_bytes *out,
                                        zst_error *err);
zst_status zst_compression_reader_readinto(const zst_compression_reader *reader,
                                           void *dst,
                                           size_t dst_len,
                                           size_t *out_len,
                                           zst_error *err);
zst_status zst_compression_reader_readinto1(const zst_compression_reader *reader,
                                            void *dst,
                                            size_t dst_len,
                                            size_t *out_len,
                                            zst_error *err);
zst_status zst_compression_reader_readall(const zst_compression_reader *reader,
                                          zst_bytes *out,
                                          zst_error *err);
uint64_t zst_compression_reader_tell(const zst_compression_reader *reader);
zst_status zst_compression_reader_close(const zst_compression_reader *reader, zst_error *err);
int32_t zst_compression_reader_closed(const zst_compression_reader *reader);
zst_status zst_compression_reader_frame_progression(const zst_compression_reader *reader,
                                                    zst_frame_progression *out,
                                                    zst_error *err);
zst_status zst_compressor_stream_writer(const zst_compressor *compressor,
                                        const zst_sink *sink,
                                        uint64_t size,
                                        size_t write_size,
                                        zst_compression_writer **out,
                                        zst_error *err);
void zst_compression_writer_free(zst_compression_writer *writer);
zst_status zst_compression_writer_write(const zst_compression_writer *writer,
                                        const void *src,
                                        size_t src_len,
                                        size_t *out_consumed,
                                        size_t *out_written,
                                        zst_error *err);
zst_status zst_compression_writer_flush(const zst_compression_writer *writer,
                                        int32_t flush_mode,
                                        size_t *out_written,
                                        zst_error *err);
uint64_t zst_compression_writer_tell(const zst_compression_writer *writer);
zst_status zst_compression_writer_close(const zst_compression_writer *writer, zst_error *err);
int32_t zst_compression_writer_closed(const zst_compression_writer *writer);
zst_status zst_compression_writer_memory_size(const zst_compression_writer *writer,
                                              size_t *out_size,
                                              zst_error *err);
zst_status zst_compression_writer_frame_progression(const zst_compression_writer *writer,
                                                    zst_frame_progression *out,
                                                    zst_error *err);
zst_status zst_compressor_read_to_iter(const zst_compressor *compressor,
                                       const zst_source *source,
                                       uint64_t size,
                                       size_t read_size,
                                       size_t write_size,
                                       zst_compressor_iterator **out,
                                       zst_error *err);
void zst_compressor_iterator_free(zst_compressor_iterator *iterator);
zst_status zst_compressor_iterator_next(const zst_compressor_iterator *iterator,
                                        const uint8_t **out_data,
                                        size_t *out_len,
                                        zst_error *err);
zst_status zst_compressor_iterator_frame_progression(const zst_compressor_iterator *iterator,
                                                     zst_frame_progression *out,
                                                     zst_error *err);
zst_status zst_compressor_compressobj(const zst_compressor *compressor,
                                      uint64_t size,
                                      zst_compression_obj **out,
                                      zst_error *err);
void zst_compression_obj_free(zst_compression_obj *obj);
zst_status zst_compression_obj_compress(const zst_compression_obj *obj,
                                        const void *src,
                                        size_t src_len,
                                        zst_bytes *out,
                                        zst_error *err);
zst_status zst_compression_obj_flush(const zst_compression_obj *obj,
                                     int32_t flush_mode,
                                     zst_bytes *out,
                                     zst_error *err);
zst_status zst_compression_obj_compress_into(const zst_compression_obj *obj,
                                             const void *src,
                                             size_t src_len,
                                             void *dst,
                                             size_t dst_len,
                                             size_t *out_len,
                                             size_t *out_src_used,
                                             zst_error *err);
zst_status zst_compression_obj_flush_into(const zst_compression_obj *obj,
                                          int32_t flush_mode,
                                          void *dst,
                                          size_t dst_len,
                                          size_t *out_len,
                                          zst_error *err);
zst_status zst_compression_obj_frame_progression(const zst_compression_obj *obj,
                                                 zst_frame_progression *out,
                                                 zst_error *err);
zst_status zst_compressor_chunker(const zst_compressor *compressor,
                                  uint64_t size,
                                  size_t chunk_size,
                                  zst_compression_chunker **out,
                                  zst_error *err);
void zst_compression_chunker_free(zst_compression_chunker *chunker);
zst_status zst_compression_chunker_compress(const zst_compression_chunker *chunker,
                                            const void *src,
                                            size_t src_len,
                                            zst_error *err);
zst_status zst_compression_chunker_flush(const zst_compression_chunker *chunker, zst_error *err);
zst_status zst_compression_chunker_finish(const zst_compression_chunker *chunker, zst_error *err);
zst_status zst_compression_chunker_next(const zst_compression_chunker *chunker,
                                        const uint8_t **out_data,
                                        size_t *out_len,
                                        zst_error *err);
zst_status zst_compression_chunker_frame_progression(const zst_compression_chunker *chunker,
                                                     zst_frame_progression *out,
                                                     zst_error *err);
zst_status zst_decompressor_new(const zst_compression_dict *dict,
                                zst_decompressor **out,
                                zst_error *err);
zst_status zst_decompressor_new_from_parameters(const zst_decompression_parameters *parameters,
                                                const zst_compression_dict *dict,
                                                zst_decompressor **out,
                                                zst_error *err);
void zst_decompressor_free(zst_decompressor *decompressor);
zst_status zst_decompressor_decompress(const zst_decompressor *decompressor,
                                       const void *src,
                                       size_t src_len,
                                       uint64_t max_output_size,
                                       int32_t flags,
                                       zst_bytes *out,
                                       size_t *out_src_used,
                                       zst_error *err);
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
zst_status zst_decompressor_decompress_content_dict_chain(const zst_decompressor *decompressor,
                                                          const zst_slice *frames,
                                                          size_t count,
                                                          zst_bytes *out,
                                                          zst_error *err);
zst_status zst_decompressor_memory_size(const zst_decompressor *decompressor,
                                        size_t *out_size,
                                        zst_error *err);
zst_status zst_decompress(const void *src,
                          size_t src_len,
                          uint64_t max_output_size,
                          zst_bytes *out,
                          zst_error *err);
size_t zst_estimate_decompression_context_size(void);
zst_status zst_decompressor_stream_reader(const zst_decompressor *decompressor,
                                          const zst_source *source,
                                          size_t read_size,
                                          int32_t flags,
                                          zst_decompression_reader **out,
                                          zst_error *err);
void zst_decompression_reader_free(zst_decompression_reader *reader);
zst_status zst_decompression_reader_read(const zst_decompression_reader *reader,
                                         size_t size,
                                         zst_bytes *out,
                                         zst_error *err);
zst_status zst_decompression_reader_read1(const zst_decompression_reader *reader,
                                          size_t size,
                                          zst_bytes *out,
                                          zst_error *err);
zst_status zst_decompression_reader_readinto(const zst_decompression_reader *reader,
                                             void *dst,
                                             size_t dst_len,
                                             size_t *out_len,
                                             zst_error *err);
zst_status zst_decompression_reader_readinto1(const zst_decompression_reader *reader,
                                              void *dst,
                                              size_t dst_len,
                                              size_t *out_len,
                                              zst_error *err);
zst_status zst_decompression_reader_readall(const zst_decompression_reader *reader,
                                            zst_bytes *out,
                                            zst_error *err);
zst_status zst_decompression_reader_seek(const zst_decompression_reader *reader,
                                         int64_t offset,
                                         int32_t whence,
                                         uint64_t *out_position,
                                         zst_error *err);
uint64_t zst_decompression_reader_tell(const zst_decompression_reader *reader);
zst_status zst_decompression_reader_close(const zst_decompression_reader *reader, zst_error *err);
int32_t zst_decompression_reader_closed(const zst_decompression_reader *reader);
int32_t zst_decompression_reader_at_frame_end(const zst_decompression_reader *reader);
zst_status zst_decompressor_stream_writer(const zst_decompressor *decompressor,
                                          const zst_sink *sink,
                                          size_t write_size,
                                          int32_t flags,
                                          zst_decompression_writer **out,
                                          zst_error *err);
void zst_decompression_writer_free(zst_decompression_writer *writer);
zst_status zst_decompression_writer_write(const zst_decompression_writer *writer,
                                          const void *src,
                                          size_t src_len,
                                          size_t *out_consumed,
                                          size_t *out_written,
                                          zst_error *err);
zst_status zst_decompression_writer_flush(const zst_decompression_writer *writer,
                                          size_t *out_written,
                                          zst_error *err);
uint64_t zst_decompression_writer_tell(const zst_decompression_writer *writer);
zst_status zst_decompression_writer_close(const zst_decompression_writer *writer, zst_error *err);
int32_t zst_decompression_writer_closed(const zst_decompression_writer *writer);
zst_status zst_decompression_writer_memory_size(const zst_decompression_writer *writer,
                                                size_t *out_size,
                                                zst_error *err);
int32_t zst_decompression_writer_at_frame_end(const zst_decompression_writer *writer);
zst_status zst_decompressor_read_to_iter(const zst_decompressor *decompressor,
                                         const zst_source *source,
                                         size_t read_size,
                                         size_t write_size,
                                         size_t skip_bytes,
                                         int32_t flags,
                                         zst_decompressor_iterator **out,
                                         zst_error *err);
void zst_decompressor_iterator_free(zst_decompressor_iterator *iterator);
zst_status zst_decompressor_iterator_next(const zst_decompressor_iterator *iterator,
                                          const uint8_t **out_data,
                                          size_t *out_len,
                                          zst_error *err);
zst_status zst_decompressor_iterator_unused_data(const zst_decompressor_iterator *iterator,
                                                 const uint8_t **out_data,
                                                 size_t *out_len,
                                                 zst_error *err);
zst_status zst_decompressor_decompressobj(const zst_decompressor *decompressor,
                                          int32_t flags,
                                          zst_decompression_obj **out,
                                          zst_error *err);
void zst_decompression_obj_free(zst_decompression_obj *obj);
zst_status zst_decompression_obj_decompress(const zst_decompression_obj *obj,
                                            const void *src,
                                            size_t src_len,
                                            zst_bytes *out,
                                            size_t *out_src_used,
                                            zst_error *err);
zst_status zst_decompression_obj_decompress_into(const zst_decompression_obj *obj,
                                                 const void *src,
                                                 size_t src_len,
                                                 void *dst,
                                                 size_t dst_len,
                                                 size_t *out_len,
                                                 size_t *out_src_used,
                                                 zst_error *err);
int32_t zst_decompression_obj_eof(const zst_decompression_obj *obj);
int32_t zst_decompression_obj_at_frame_end(const zst_decompression_obj *obj);
zst_status zst_decompressor_chunker(const zst_decompressor *decompressor,
                                    size_t chunk_size,
                                    zst_decompression_chunker **out,
                                    zst_error *err);
void zst_decompression_chunker_free(zst_decompression_chunker *chunker);
zst_status zst_decompression_chunker_decompress(const zst_decompression_chunker *chunker,
                                                const void *src,
                                                size_t src_len,
                                                zst_error *err);
zst_status zst_decompression_chunker_finish(const zst_decompression_chunker *chunker,
                                            zst_error *err);
zst_status zst_decompression_chunker_next(const zst_decompression_chunker *chunker,
                                          const uint8_t **out_data,
                                          size_t *out_len,
                                          zst_error *err);
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
zst_status zst_buffer_with_segments_new(const void *data,
                                        size_t data_len,
                                        const void *segments,
                                        size_t segments_size,
                                        void (*release)(void *userdata),
                                        void *userdata,
                                        zst_buffer_with_segments **out,
                                        zst_error *err);
void zst_buffer_with_segments_free(zst_buffer_with_segments *buffer);
size_t zst_buffer_with_segments_count(const zst_buffer_with_segments *buffer);
size_t zst_buffer_with_segments_size(const zst_buffer_with_segments *buffer);
const uint8_t *zst_buffer_with_segments_data(const zst_buffer_with_segments *buffer);
zst_status zst_buffer_with_segments_segment(const zst_buffer_with_segments *buffer,
                                            size_t index,
                                            zst_buffer_segment *out,
                                            zst_error *err);
zst_status zst_buffer_with_segments_segments(const zst_buffer_with_segments *buffer,
                                             zst_buffer_segments *out,
                                             zst_error *err);
zst_status zst_buffer_with_segments_collection_new(const zst_buffer_with_segments *const *buffers,
                                                   size_t count,
                                                   zst_buffer_with_segments_collection **out,
                                                   zst_error *err);
void zst_buffer_with_segments_collection_free(zst_buffer_with_segments_collection *collection);
size_t zst_buffer_with_segments_collection_count(const zst_buffer_with_segments_collection *collection);
uint64_t zst_buffer_with_segments_collection_size(const zst_buffer_with_segments_collection *collection);
zst_status zst_buffer_with_segments_collection_segment(const zst_buffer_with_segments_collection *collection,
                                                       size_t index,
                                                       zst_buffer_segment *out,
                                                       zst_error *err);
size_t zst_buffer_with_segments_collection_buffer_count(const zst_buffer_with_segments_collection *collection);
zst_status zst_buffer_with_segments_collection_buffer(const zst_buffer_with_segments_collection *collection,
                                                      size_t index,
                                                      zst_buffer_with_segments **out,
                                                      zst_error *err);
zst_status zst_compressor_multi_compress_to_buffer(const zst_compressor *compressor,
                                                   const zst_slice *items,
                                                   size_t count,
                                                   int32_t threads,
                                                   zst_buffer_with_segments_collection **out,
                                                   zst_error *err);
zst_status zst_compressor_multi_compress_to_buffer_from_buffer(const zst_compressor *compressor,
                                                               const zst_buffer_with_segments *buffer,
                                                               int32_t threads,
                                                               zst_buffer_with_segments_collection **out,
                                                               zst_error *err);
zst_status zst_compressor_multi_compress_to_buffer_from_collection(const zst_compressor *compressor,
                                                                   const zst_buffer_with_segments_collection *collection,
                                                                   int32_t threads,
                                                                   zst_buffer_with_segments_collection **out,
                                                                   zst_error *err);
zst_status zst_decompressor_multi_decompress_to_buffer(const zst_decompressor *decompressor,
                                                       const zst_slice *items,
                                                       size_t count,
                                                       const void *decompressed_sizes,
                                                       size_t sizes_size,
                                                       int32_t threads,
                                                       zst_buffer_with_segments_collection **out,
                                                       zst_error *err);
zst_status zst_decompressor_multi_decompress_to_buffer_from_buffer(const zst_decompressor *decompressor,
                                                                   const zst_buffer_with_segments *buffer,
                                                                   const void *decompressed_sizes,
                                                                   size_t sizes_size,
                                                                   int32_t threads,
                                                                   zst_buffer_with_segments_collection **out,
                                                                   zst_error *err);
zst_status zst_decompressor_multi_decompress_to_buffer_from_collection(const zst_decompressor *decompressor,
                                                                       const zst_buffer_with_segments_collection *collection,
                                                                       const void *decompressed_sizes,
                                                                       size_t sizes_size,
                                                                       int32_t threads,
                                                                       zst_buffer_with_segments_collection **out,
                                                                       zst_error *err);
zst_status zst_compression_dict_new(const void *data,
                                    size_t len,
                                    int32_t dict_type,
                                    uint32_t k,
                                    uint32_t d,
                                    zst_compression_dict **out,
                                    zst_error *err);
void zst_compression_dict_free(zst_compression_dict *dict);
uint32_t zst_compression_dict_id(const zst_compression_dict *dict);
int32_t zst_compression_dict_type(const zst_compression_dict *dict);
uint32_t zst_compression_dict_k(const zst_compression_dict *dict);
uint32_t zst_compression_dict_d(const zst_compression_dict *dict);
zst_status zst_compression_dict_as_bytes(const zst_compression_dict *dict,
                                         const uint8_t **out_data,
                                         size_t *out_len,
                                         zst_error *err);
zst_status zst_compression_dict_precompute_compress(const zst_compression_dict *dict,
                                                    int32_t level,
                                                    const zst_compression_parameters *parameters,
                                                    zst_error *err);
zst_status zst_train_dictionary(size_t dict_size,
                                const zst_slice *samples,
                                size_t count,
                                const zst_training_parameters *parameters,
                                zst_compression_dict **out,
                                zst_error *err);
zst_status zst_compression_parameters_new(zst_compression_parameters **out, zst_error *err);
zst_status zst_compression_parameters_from_level(int32_t level,
                                                 uint64_t source_size,
                                                 size_t dict_size,
                                                 zst_compression_parameters **out,
                                                 zst_error *err);
zst_status zst_compression_parameters_copy(const zst_compression_parameters *parameters,
                                           zst_compression_parameters **out,
                                           zst_error *err);
void zst_compression_parameters_free(zst_compression_parameters *parameters);
zst_status zst_compression_parameters_set(const zst_compression_parameters *parameters,
                                          int32_t parameter,
                                          int32_t value,
                                          zst_error *err);
zst_status zst_compression_parameters_get(const zst_compression_parameters *parameters,
                                          int32_t parameter,
                                          int32_t *out_value,
                                          zst_error *err);
zst_status zst_compression_parameters_bounds(int32_t parameter,
                                             int32_t *out_min,
                                             int32_t *out_max,
                                             zst_error *err);
const char *zst_compression_parameters_name(int32_t parameter);
zst_status zst_compression_parameters_estimated_compression_context_size(const zst_compression_parameters *parameters,
                                                                         size_t *out_size,
                                                                         zst_error *err);
zst_status zst_decompression_parameters_new(zst_decompression_parameters **out, zst_error *err);
zst_status zst_decompression_parameters_copy(const zst_decompression_parameters *parameters,
                                             zst_decompression_parameters **out,
                                             zst_error *err);
void zst_decompression_parameters_free(zst_decompression_parameters *parameters);
zst_status zst_decompression_parameters_set(const zst_decompression_parameters *parameters,
                                            int32_t parameter,
                                            int64_t value,
                                            zst_error *err);
zst_status zst_decompression_parameters_get(const zst_decompression_parameters *parameters,
                                            int32_t parameter,
                                            int64_t *out_value,
                                            zst_error *err);
zst_status zst_decompression_parameters_bounds(int32_t parameter,
                                               int64_t *out_min,
                                               int64_t *out_max,
                                               zst_error *err);
const char *zst_decompression_parameters_name(int32_t parameter);
zst_status zst_decompression_parameters_add_dictionary(const zst_decompression_parameters *parameters,
                                                       const zst_compression_dict *dict,
                                                       zst_error *err);
zst_status zst_get_frame_parameters(const void *src,
                                    size_t src_len,
                                    int32_t format,
                                    zst_frame_parameters *out,
                                    zst_error *err);
zst_status zst_frame_header_size(const void *src,
                                 size_t src_len,
                                 int32_t format,
                                 size_t *out_size,
                                 zst_error *err);
zst_status zst_frame_content_size(const void *src,
                                  size_t src_len,
                                  int32_t format,
                                  uint64_t *out_size,
                                  zst_error *err);
zst_status zst_frame_compressed_size(const void *src,
                                     size_t src_len,
                                     int32_t format,
                                     size_t *out_size,
                                     zst_error *err);
zst_status zst_decompress_bound(const void *src,
                                size_t src_len,
                                int32_t format,
                                uint64_t *out_size,
                                zst_error *err);
int32_t zst_is_frame(const void *src, size_t src_len);
int32_t zst_is_skippable_frame(const void *src, size_t src_len);
zst_status zst_write_skippable_frame(const void *payload,
                                     size_t payload_len,
                                     uint32_t magic_variant,
                                     void *dst,
                                     size_t dst_len,
                                     size_t *out_len,
                                     zst_error *err);
zst_status zst_read_skippable_frame(const void *src,
                                    size_t src_len,
                                    const uint8_t **out_payload,
                                    size_t *out_payload_len,
                                    uint32_t *out_magic_variant,
                                    zst_error *err);
