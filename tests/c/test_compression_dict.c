/* zst_compression_dict: bytes that compressors and decompressors share. */

#include "check.h"

static zst_error err;

static void it_keeps_a_copy_of_the_bytes(void) {
    char bytes[] = "some raw content";
    zst_compression_dict *dict;
    const uint8_t *data = NULL;
    size_t len = 0;
    CHECK(succeeds(&err, zst_compression_dict_new(bytes, 16, ZST_DICT_TYPE_RAWCONTENT, 7, 9, &dict, &err)));
    memset(bytes, 0, sizeof bytes);
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(dict, &data, &len, &err)));
    CHECK(same(data, len, "some raw content", 16));
    CHECK(zst_compression_dict_id(dict) == 0);
    CHECK(zst_compression_dict_type(dict) == ZST_DICT_TYPE_RAWCONTENT);
    CHECK(zst_compression_dict_k(dict) == 7);
    CHECK(zst_compression_dict_d(dict) == 9);
    zst_compression_dict_free(dict);
}

static void getters_take_null(void) {
    CHECK(zst_compression_dict_id(NULL) == 0);
    CHECK(zst_compression_dict_type(NULL) == ZST_DICT_TYPE_AUTO);
    CHECK(zst_compression_dict_k(NULL) == 0);
    CHECK(zst_compression_dict_d(NULL) == 0);
    zst_compression_dict_free(NULL);
}

static void null_pointers(void) {
    zst_compression_dict *dict, *none;
    const uint8_t *data;
    size_t len;
    fill(&none, sizeof none);
    fill(&data, sizeof data);
    fill(&len, sizeof len);
    CHECK(succeeds(&err, zst_compression_dict_new("abc", 3, ZST_DICT_TYPE_AUTO, 0, 0, &dict, &err)));
    CHECK(refuses_null("data", &err, zst_compression_dict_new(NULL, 3, ZST_DICT_TYPE_AUTO, 0, 0, &none, &err)));
    CHECK(refuses_null("out", &err, zst_compression_dict_new("abc", 3, ZST_DICT_TYPE_AUTO, 0, 0, NULL, &err)));
    CHECK(refuses_null("dict", &err, zst_compression_dict_as_bytes(NULL, &data, &len, &err)));
    CHECK(refuses_null("out_data", &err, zst_compression_dict_as_bytes(dict, NULL, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compression_dict_as_bytes(dict, &data, NULL, &err)));
    CHECK(refuses_null("dict", &err, zst_compression_dict_precompute_compress(NULL, 3, NULL, &err)));
    CHECK(untouched(&none, sizeof none) && untouched(&data, sizeof data) && untouched(&len, sizeof len));
    zst_compression_dict_free(dict);
}

static void values_that_are_not_allowed(void) {
    static const int32_t types[] = {-1, 3, INT32_MIN, INT32_MAX};
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX / 2 + 1};
    zst_compression_dict *dict;
    size_t at;
    fill(&dict, sizeof dict);
    for (at = 0; at < sizeof types / sizeof types[0]; at++)
        CHECK(fails(ZST_ERROR_VALUE, "invalid dictionary load mode", &err,
                    zst_compression_dict_new("abc", 3, types[at], 0, 0, &dict, &err)));
    for (at = 0; at < sizeof lengths / sizeof lengths[0]; at++)
        CHECK(fails(ZST_ERROR_ARGUMENT, "data", &err,
                    zst_compression_dict_new("abc", lengths[at], ZST_DICT_TYPE_AUTO, 0, 0, &dict, &err)));
    CHECK(untouched(&dict, sizeof dict));
}

static void an_empty_one_acts_as_none(void) {
    zst_compression_dict *dict;
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_bytes frame, without, content;
    const uint8_t *data;
    size_t len = 1;
    CHECK(succeeds(&err, zst_compression_dict_new(NULL, 0, ZST_DICT_TYPE_AUTO, 0, 0, &dict, &err)));
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(dict, &data, &len, &err)));
    CHECK(len == 0);
    CHECK(succeeds(&err, zst_compressor_new(3, dict, &compressor, &err)));
    CHECK(succeeds(&err, zst_decompressor_new(dict, &decompressor, &err)));
    zst_compression_dict_free(dict);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, "abcabcabc", 9, &frame, &err)));
    without = make_frame("abcabcabc", 9, 3);
    CHECK(same(frame.data, frame.len, without.data, without.len));
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, "abcabcabc", 9));
    zst_bytes_free(&frame);
    zst_bytes_free(&without);
    zst_bytes_free(&content);
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
}

/** Compresses a text like the dictionary's samples with it, and restores it with a dictionary from the same bytes. */
static void check_round_trip(const zst_compression_dict *dict, int32_t level) {
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_compression_dict *again;
    zst_bytes frame, content;
    const uint8_t *data;
    size_t len;
    char *text = make_text(200, 1);
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(dict, &data, &len, &err)));
    CHECK(succeeds(&err, zst_compression_dict_new(data, len, zst_compression_dict_type(dict), 0, 0, &again, &err)));
    CHECK(succeeds(&err, zst_compressor_new(level, dict, &compressor, &err)));
    CHECK(succeeds(&err, zst_decompressor_new(again, &decompressor, &err)));
    zst_compression_dict_free(again);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, 200, &frame, &err)));
    zst_compressor_free(compressor);
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, text, 200));
    zst_decompressor_free(decompressor);
    zst_bytes_free(&content);
    zst_bytes_free(&frame);
    free(text);
}

static void the_three_types(void) {
    zst_compression_dict *full = make_dictionary(1, 77), *automatic, *raw;
    const uint8_t *data;
    size_t len;
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(full, &data, &len, &err)));
    CHECK(zst_compression_dict_id(full) == 77 && zst_compression_dict_type(full) == ZST_DICT_TYPE_FULLDICT);
    CHECK(succeeds(&err, zst_compression_dict_new(data, len, ZST_DICT_TYPE_AUTO, 0, 0, &automatic, &err)));
    CHECK(succeeds(&err, zst_compression_dict_new(data, len, ZST_DICT_TYPE_RAWCONTENT, 0, 0, &raw, &err)));
    check_round_trip(full, 1);
    check_round_trip(full, 19);
    check_round_trip(automatic, 3);
    check_round_trip(raw, 3);
    zst_compression_dict_free(raw);
    zst_compression_dict_free(automatic);
    zst_compression_dict_free(full);
}

static void precomputing(void) {
    zst_compression_dict *dict = make_dictionary(1, 78);
    zst_compression_parameters *parameters;
    CHECK(succeeds(&err, zst_compression_parameters_from_level(5, 0, 1024, &parameters, &err)));
    CHECK(succeeds(&err, zst_compression_dict_precompute_compress(dict, 7, NULL, &err)));
    check_round_trip(dict, 3);
    CHECK(succeeds(&err, zst_compression_dict_precompute_compress(dict, -3, NULL, &err)));
    check_round_trip(dict, 3);
    CHECK(succeeds(&err, zst_compression_dict_precompute_compress(dict, 0, parameters, &err)));
    check_round_trip(dict, 3);
    CHECK(fails(ZST_ERROR_VALUE, "must specify one of", &err,
                zst_compression_dict_precompute_compress(dict, 0, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "must only specify one of", &err,
                zst_compression_dict_precompute_compress(dict, 3, parameters, &err)));
    check_round_trip(dict, 3);
    zst_compression_parameters_free(parameters);
    zst_compression_dict_free(dict);

    CHECK(succeeds(&err, zst_compression_dict_new("no header", 9, ZST_DICT_TYPE_FULLDICT, 0, 0, &dict, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "not a full dictionary", &err,
                zst_compression_dict_precompute_compress(dict, 3, NULL, &err)));
    zst_compression_dict_free(dict);
}

/* A dictionary that is cut, or has a wrong bit in its header, is refused, or it works: then what was compressed with it
 * can be restored with it. */
static void try_dictionary(const void *bytes, size_t len, int32_t type) {
    zst_compression_dict *dict;
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_bytes frame, content;
    zst_status compressed, decompressor_made;
    unsigned char *copy = exactly(bytes, len);
    CHECK(succeeds(&err, zst_compression_dict_new(copy, len, type, 0, 0, &dict, &err)));
    free(copy);
    CHECK(succeeds(&err, zst_compressor_new(1, dict, &compressor, &err)));
    fill(&frame, sizeof frame);
    fill(&decompressor, sizeof decompressor);
    compressed = zst_compressor_compress(compressor, "alpha beta gamma delta", 22, &frame, &err);
    if (compressed != ZST_OK) CHECK(untouched(&frame, sizeof frame) && fails_somehow(&err, compressed));
    decompressor_made = zst_decompressor_new(dict, &decompressor, &err);
    if (decompressor_made != ZST_OK)
        CHECK(untouched(&decompressor, sizeof decompressor) && fails_somehow(&err, decompressor_made));
    if (compressed == ZST_OK && decompressor_made == ZST_OK) {
        CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL,
                                                         &err)));
        CHECK(same(content.data, content.len, "alpha beta gamma delta", 22));
        zst_bytes_free(&content);
    }
    if (compressed == ZST_OK) zst_bytes_free(&frame);
    if (decompressor_made == ZST_OK) zst_decompressor_free(decompressor);
    zst_compressor_free(compressor);
    zst_compression_dict_free(dict);
}

static void damaged_dictionaries(void) {
    enum { HEADER = 160 };
    zst_compression_dict *dict = make_dictionary(1, 79);
    const uint8_t *data;
    unsigned char *wrong;
    size_t len, at;
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(dict, &data, &len, &err)));
    for (at = 1; at < len; at += at < HEADER ? 1 : 61) {
        try_dictionary(data, at, ZST_DICT_TYPE_FULLDICT);
        try_dictionary(data, at, ZST_DICT_TYPE_AUTO);
    }
    wrong = exactly(data, len);
    for (at = 0; at < HEADER * 8; at += 3) { /* 3: every byte, but not every bit, to save time */
        wrong[at / 8] ^= (unsigned char)(1 << at % 8);
        try_dictionary(wrong, len, ZST_DICT_TYPE_AUTO);
        wrong[at / 8] ^= (unsigned char)(1 << at % 8);
    }
    free(wrong);
    zst_compression_dict_free(dict);
}

int main(void) {
    fill(&err, sizeof err);
    it_keeps_a_copy_of_the_bytes();
    getters_take_null();
    null_pointers();
    values_that_are_not_allowed();
    an_empty_one_acts_as_none();
    the_three_types();
    precomputing();
    damaged_dictionaries();
    zst_free_idle_contexts();
    return 0;
}
