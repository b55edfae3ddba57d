/* Compression and decompression in one call. */

#include "failing.h"

/* The context grows with the input, so it is made anew several times. */
static void compress(void) {
    static const size_t lengths[] = {0, 100, 20000, 300000, 1000};
    zst_compressor *compressor;
    char *text = make_text(300000, 1);
    size_t at, size;
    MUST(compressor, zst_compressor_new, (3, NULL, &compressor, &err));
    MUST(size, zst_compressor_memory_size, (compressor, &size, &err));
    for (at = 0; at < sizeof lengths / sizeof lengths[0]; at++) {
        zst_frame_progression figures;
        zst_bytes frame;
        MUST(frame, zst_compressor_compress, (compressor, text, lengths[at], &frame, &err));
        CHECK(holds(frame.data, frame.len, text, lengths[at]));
        ASKS_FOR_NONE(, zst_compressor_frame_progression, (compressor, &figures, &err));
        CHECK(figures.produced == frame.len);
        ASKS_FOR_NONE(, zst_bytes_free, (&frame));
    }
    end_compressor(compressor, 0);
    free(text);
}

static void compress_into(void) {
    zst_compressor *compressor = new_compressor(0);
    size_t len, room, out_len;
    char *text = text_for(0, &len);
    unsigned char *place;
    ASKS_FOR_NONE(room =, zst_compress_bound, (len));
    place = malloc(room);
    CHECK(place != NULL);
    MUST(out_len, zst_compressor_compress_into, (compressor, text, len, place, room, &out_len, &err));
    CHECK(holds(place, out_len, text, len));
    end_compressor(compressor, 0);
    free(place);
    free(text);
}

static void compress_strongly(void) {
    enum { LEN = 20000 };
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_bytes frame;
    char *text = make_text(LEN, 1);
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 19, NULL) == ZST_OK);
    MUST(compressor, zst_compressor_new_from_parameters, (parameters, NULL, &compressor, &err));
    zst_compression_parameters_free(parameters);
    MUST(frame, zst_compressor_compress, (compressor, text, LEN, &frame, &err));
    CHECK(holds(frame.data, frame.len, text, LEN));
    zst_bytes_free(&frame);
    ASKS_FOR_NONE(, zst_compressor_free, (compressor));
    free(text);
}

static void long_distance(int32_t threads) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_bytes frame;
    size_t len;
    char *text = text_for(threads, &len);
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_ENABLE_LDM, 1, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_WINDOW_LOG, 20, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 1, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_THREADS, threads, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, NULL, &compressor, NULL) == ZST_OK);
    zst_compression_parameters_free(parameters);
    MUST(frame, zst_compressor_compress, (compressor, text, len, &frame, &err));
    CHECK(holds(frame.data, frame.len, text, len));
    zst_bytes_free(&frame);
    end_compressor(compressor, threads);
    free(text);
}

static void compress_with_long_distance(void) { long_distance(0); }

static void compress_with_long_distance_and_threads(void) { long_distance(2); }

/* A second operation finds the threads of the first. */
static void compress_with(int32_t threads) {
    zst_compressor *compressor = new_compressor(threads);
    size_t len, round, size;
    char *text = text_for(threads, &len);
    for (round = 0; round < 2; round++) {
        zst_bytes frame;
        MUST(frame, zst_compressor_compress, (compressor, text, len, &frame, &err));
        CHECK(holds(frame.data, frame.len, text, len));
        zst_bytes_free(&frame);
        ASKS_FOR_NONE(, zst_compressor_memory_size, (compressor, &size, &err));
    }
    end_compressor(compressor, threads);
    free(text);
}

static void compress_with_a_thread(void) { compress_with(1); }

static void compress_with_threads(void) { compress_with(4); }

static void compress_without_handle(void) {
    zst_bytes frame;
    size_t len;
    char *text = text_for(0, &len);
    MUST(frame, zst_compress, (text, len, 3, &frame, &err));
    CHECK(holds(frame.data, frame.len, text, len));
    zst_bytes_free(&frame);
    free(text);
}

/* A frame, of which the size is recorded or not. */
static zst_bytes frame_of(const void *src, size_t len, int32_t recorded) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_bytes frame;
    CHECK(zst_compression_parameters_new(&parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 1, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_WRITE_CONTENT_SIZE, recorded, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, NULL, &compressor, NULL) == ZST_OK);
    CHECK(zst_compressor_compress(compressor, src, len, &frame, NULL) == ZST_OK);
    zst_compressor_free(compressor);
    zst_compression_parameters_free(parameters);
    zst_free_idle_contexts();
    return frame;
}

static void decompress_frame(const zst_bytes *frame, const char *content, size_t len) {
    zst_decompressor *decompressor;
    zst_bytes out;
    size_t size, used;
    MUST(decompressor, zst_decompressor_new, (NULL, &decompressor, &err));
    MUST(size, zst_decompressor_memory_size, (decompressor, &size, &err));
    MUST(out, zst_decompressor_decompress,
         (decompressor, frame->data, frame->len, 0, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &out, &used, &err));
    CHECK(same(out.data, out.len, content, len) && used == frame->len);
    zst_bytes_free(&out);
    end_decompressor(decompressor);
}

static void decompress_text(size_t len, int32_t recorded) {
    char *text = make_text(len, 2);
    zst_bytes frame = frame_of(text, len, recorded);
    decompress_frame(&frame, text, len);
    zst_bytes_free(&frame);
    free(text);
}

static void decompress(void) {
    decompress_text(200000, 1);
    decompress_text(0, 1);
}

/* Into a scratch block, and into as much memory as it may need. */
static void decompress_unknown_sizes(void) {
    decompress_text(1000, 0);
    decompress_text(200000, 0);
}

/* So much that memory grows as it is needed. */
static void decompress_growing(void) {
    enum { BLOCKS = 140, BLOCK = 128 << 10, ONE_BYTE_REPEATED = 1 << 1 };
    static uint8_t blocks[6 + 4 * BLOCKS] = {0x28, 0xB5, 0x2F, 0xFD, 0, (17 - 10) << 3};
    zst_bytes frame = {blocks, sizeof blocks, sizeof blocks};
    char *zeros = calloc(BLOCKS, BLOCK);
    size_t at;
    CHECK(zeros != NULL);
    for (at = 0; at < BLOCKS; at++) {
        uint32_t header = (uint32_t)BLOCK << 3 | ONE_BYTE_REPEATED | (at == BLOCKS - 1);
        memcpy(blocks + 6 + 4 * at, &header, 3);
    }
    decompress_frame(&frame, zeros, (size_t)BLOCKS * BLOCK);
    free(zeros);
}

static void decompress_into(void) {
    enum { LEN = 200000 };
    zst_decompressor *decompressor = new_decompressor();
    char *text = make_text(LEN, 4), *place = malloc(LEN);
    zst_bytes frame = frame_of(text, LEN, 0);
    size_t len, used;
    CHECK(place != NULL);
    MUST(len, zst_decompressor_decompress_into,
         (decompressor, frame.data, frame.len, 0, 0, place, LEN, &len, &used, &err));
    CHECK(same(place, len, text, LEN) && used == frame.len);
    end_decompressor(decompressor);
    zst_bytes_free(&frame);
    free(place);
    free(text);
}

static void decompress_without_handle(void) {
    char *text = make_text(50000, 5);
    zst_bytes frame = frame_of(text, 50000, 1), out;
    MUST(out, zst_decompress, (frame.data, frame.len, 0, &out, &err));
    CHECK(same(out.data, out.len, text, 50000));
    zst_bytes_free(&out);
    zst_bytes_free(&frame);
    free(text);
}

static void decompress_chain(void) {
    enum { COUNT = 4, LEN = 3000 };
    zst_decompressor *decompressor = new_decompressor();
    zst_bytes frames[COUNT], out;
    zst_slice chain[COUNT];
    char *texts[COUNT];
    size_t at;
    for (at = 0; at < COUNT; at++) {
        zst_compression_dict *prefix = NULL;
        zst_compressor *compressor;
        texts[at] = make_text(LEN, (unsigned)at);
        if (at > 0)
            CHECK(zst_compression_dict_new(texts[at - 1], LEN, ZST_DICT_TYPE_RAWCONTENT, 0, 0, &prefix, NULL) ==
                  ZST_OK);
        CHECK(zst_compressor_new(3, prefix, &compressor, NULL) == ZST_OK);
        CHECK(zst_compressor_compress(compressor, texts[at], LEN, &frames[at], NULL) == ZST_OK);
        zst_compressor_free(compressor);
        zst_compression_dict_free(prefix);
        chain[at].data = frames[at].data;
        chain[at].len = frames[at].len;
    }
    MUST(out, zst_decompressor_decompress_content_dict_chain, (decompressor, chain, COUNT, &out, &err));
    CHECK(same(out.data, out.len, texts[COUNT - 1], LEN));
    zst_bytes_free(&out);
    for (at = 0; at < COUNT; at++) {
        zst_bytes_free(&frames[at]);
        free(texts[at]);
    }
    end_decompressor(decompressor);
}

const struct scenario one_shot[] = {
    {"compress", compress},
    {"compress_into", compress_into},
    {"compress_strongly", compress_strongly},
    {"compress_with_a_thread", compress_with_a_thread},
    {"compress_with_threads", compress_with_threads},
    {"compress_with_long_distance", compress_with_long_distance},
    {"compress_with_long_distance_and_threads", compress_with_long_distance_and_threads},
    {"compress_without_handle", compress_without_handle},
    {"decompress", decompress},
    {"decompress_unknown_sizes", decompress_unknown_sizes},
    {"decompress_growing", decompress_growing},
    {"decompress_into", decompress_into},
    {"decompress_without_handle", decompress_without_handle},
    {"decompress_chain", decompress_chain},
    {NULL, NULL},
};
