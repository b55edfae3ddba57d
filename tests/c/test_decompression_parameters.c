/* zst_decompression_parameters: settings, limits and dictionaries. */

#include "check.h"

static zst_error err;

static const struct {
    int32_t parameter;
    const char *name;
    int64_t min, max, at_first;
} all[] = {
    {ZST_D_MAX_WINDOW_SIZE, "max_window_size", 1024, (int64_t)1 << 31, ((int64_t)1 << 27) + 1},
    {ZST_D_FORMAT, "format", ZST_FORMAT_ZSTD1, ZST_FORMAT_ZSTD1_MAGICLESS, ZST_FORMAT_ZSTD1},
    {ZST_D_IGNORE_CHECKSUM, "ignore_checksum", 0, 1, 0},
    {ZST_D_DISABLE_HUFFMAN_ASSEMBLY, "disable_huffman_assembly", 0, 1, 0},
    {ZST_D_MAX_BLOCK_SIZE, "max_block_size", 1024, ZST_BLOCKSIZE_MAX, 0},
    {ZST_D_MAX_OUTPUT_SIZE, "max_output_size", 0, INT64_MAX, 0},
};
enum { ALL = sizeof all / sizeof all[0] };

static const int32_t unknown[] = {0, -1, 99, 101, 999, 1001, 1003, 1006, 1999, 2001, INT32_MIN, INT32_MAX};
enum { UNKNOWN = sizeof unknown / sizeof unknown[0] };

static zst_decompression_parameters *make_parameters(void) {
    zst_decompression_parameters *parameters;
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    return parameters;
}

static int64_t get(const zst_decompression_parameters *parameters, int32_t parameter) {
    int64_t value;
    CHECK(succeeds(&err, zst_decompression_parameters_get(parameters, parameter, &value, &err)));
    return value;
}

static void every_parameter_within_its_bounds(void) {
    zst_decompression_parameters *parameters = make_parameters();
    size_t at;
    for (at = 0; at < ALL; at++) {
        int32_t parameter = all[at].parameter;
        int64_t min, max;
        CHECK(strcmp(zst_decompression_parameters_name(parameter), all[at].name) == 0);
        CHECK(succeeds(&err, zst_decompression_parameters_bounds(parameter, &min, &max, &err)));
        CHECK(min == all[at].min);
        if (sizeof(void *) == 8) CHECK(max == all[at].max);
        CHECK(get(parameters, parameter) == all[at].at_first);
        CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, parameter, min, &err)));
        CHECK(get(parameters, parameter) == min);
        CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, parameter, max, &err)));
        CHECK(get(parameters, parameter) == max);
        CHECK(fails(ZST_ERROR_ZSTD, all[at].name, &err,
                    zst_decompression_parameters_set(parameters, parameter, -1, &err)));
        CHECK(fails(ZST_ERROR_ZSTD, all[at].name, &err,
                    zst_decompression_parameters_set(parameters, parameter, INT64_MIN, &err)));
        if (max < INT64_MAX)
            CHECK(fails(ZST_ERROR_ZSTD, "allowed are", &err,
                        zst_decompression_parameters_set(parameters, parameter, max + 1, &err)));
        if (min > 0)
            CHECK(fails(ZST_ERROR_ZSTD, "or 0 for the default", &err,
                        zst_decompression_parameters_set(parameters, parameter, min - 1, &err)));
        CHECK(get(parameters, parameter) == max);
        CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, parameter, 0, &err)));
        CHECK(get(parameters, parameter) == all[at].at_first);
    }
    zst_decompression_parameters_free(parameters);
}

static void numbers_that_are_no_parameter(void) {
    zst_decompression_parameters *parameters = make_parameters();
    size_t at;
    for (at = 0; at < UNKNOWN; at++) {
        int64_t value, min, max;
        fill(&value, sizeof value);
        fill(&min, sizeof min);
        fill(&max, sizeof max);
        CHECK(fails(ZST_ERROR_VALUE, "there is no decompression parameter", &err,
                    zst_decompression_parameters_set(parameters, unknown[at], 1, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "there is no decompression parameter", &err,
                    zst_decompression_parameters_get(parameters, unknown[at], &value, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "there is no decompression parameter", &err,
                    zst_decompression_parameters_bounds(unknown[at], &min, &max, &err)));
        CHECK(zst_decompression_parameters_name(unknown[at]) == NULL);
        CHECK(untouched(&value, sizeof value) && untouched(&min, sizeof min) && untouched(&max, sizeof max));
    }
    zst_decompression_parameters_free(parameters);
}

static void null_pointers(void) {
    zst_decompression_parameters *parameters = make_parameters(), *none;
    zst_compression_dict *dict;
    int64_t value;
    fill(&none, sizeof none);
    fill(&value, sizeof value);
    CHECK(succeeds(&err, zst_compression_dict_new("abc", 3, ZST_DICT_TYPE_AUTO, 0, 0, &dict, &err)));
    CHECK(refuses_null("out", &err, zst_decompression_parameters_new(NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_decompression_parameters_copy(NULL, &none, &err)));
    CHECK(refuses_null("out", &err, zst_decompression_parameters_copy(parameters, NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_decompression_parameters_set(NULL, ZST_D_FORMAT, 1, &err)));
    CHECK(refuses_null("parameters", &err, zst_decompression_parameters_get(NULL, ZST_D_FORMAT, &value, &err)));
    CHECK(refuses_null("out_value", &err, zst_decompression_parameters_get(parameters, ZST_D_FORMAT, NULL, &err)));
    CHECK(refuses_null("out_min", &err, zst_decompression_parameters_bounds(ZST_D_FORMAT, NULL, &value, &err)));
    CHECK(refuses_null("out_max", &err, zst_decompression_parameters_bounds(ZST_D_FORMAT, &value, NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_decompression_parameters_add_dictionary(NULL, dict, &err)));
    CHECK(refuses_null("dict", &err, zst_decompression_parameters_add_dictionary(parameters, NULL, &err)));
    CHECK(untouched(&none, sizeof none) && untouched(&value, sizeof value));
    zst_compression_dict_free(dict);
    zst_decompression_parameters_free(parameters);
    zst_decompression_parameters_free(NULL);
}

static void copies_are_independent_and_share_dictionaries(void) {
    zst_decompression_parameters *parameters = make_parameters(), *copy;
    zst_compression_dict *dict = make_dictionary(1, 55);
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_bytes frame, content;
    CHECK(succeeds(&err, zst_compressor_new(3, dict, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, "alpha beta", 10, &frame, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_add_dictionary(parameters, dict, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "id 55", &err, zst_decompression_parameters_add_dictionary(parameters, dict, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_copy(parameters, &copy, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, ZST_D_FORMAT, 1, &err)));
    CHECK(get(copy, ZST_D_FORMAT) == 0);
    zst_decompression_parameters_free(parameters);
    zst_compression_dict_free(dict);
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(copy, NULL, &decompressor, &err)));
    zst_decompression_parameters_free(copy);
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, "alpha beta", 10));
    zst_bytes_free(&content);
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
    zst_compressor_free(compressor);
}

static void the_checksum_can_be_ignored(void) {
    zst_compression_parameters *with_checksum;
    zst_decompression_parameters *parameters = make_parameters();
    zst_compressor *compressor;
    zst_decompressor *strict, *lax;
    zst_bytes frame, content;
    CHECK(succeeds(&err, zst_compression_parameters_new(&with_checksum, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(with_checksum, ZST_C_WRITE_CHECKSUM, 1, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(with_checksum, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, "abc", 3, &frame, &err)));
    frame.data[frame.len - 1] ^= 1;
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, NULL, &strict, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, ZST_D_IGNORE_CHECKSUM, 1, &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, NULL, &lax, &err)));
    fill(&content, sizeof content);
    /* It was made from the set before it changed. */
    CHECK(fails(ZST_ERROR_ZSTD, "checksum", &err,
                zst_decompressor_decompress(strict, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(untouched(&content, sizeof content));
    CHECK(succeeds(&err, zst_decompressor_decompress(lax, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, "abc", 3));
    zst_bytes_free(&content);
    zst_bytes_free(&frame);
    zst_decompressor_free(strict);
    zst_decompressor_free(lax);
    zst_compressor_free(compressor);
    zst_compression_parameters_free(with_checksum);
    zst_decompression_parameters_free(parameters);
}

static void frames_without_a_magic_number(void) {
    zst_compression_parameters *magicless;
    zst_decompression_parameters *parameters = make_parameters();
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_bytes frame, content;
    CHECK(succeeds(&err, zst_compression_parameters_new(&magicless, &err)));
    CHECK(succeeds(&err,
                   zst_compression_parameters_set(magicless, ZST_C_FORMAT, ZST_FORMAT_ZSTD1_MAGICLESS, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, ZST_D_FORMAT, ZST_FORMAT_ZSTD1_MAGICLESS, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(magicless, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, NULL, &decompressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, "abc", 3, &frame, &err)));
    CHECK(!zst_is_frame(frame.data, frame.len));
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, "abc", 3));
    zst_bytes_free(&content);
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
    zst_compressor_free(compressor);
    zst_compression_parameters_free(magicless);
    zst_decompression_parameters_free(parameters);
}

int main(void) {
    fill(&err, sizeof err);
    every_parameter_within_its_bounds();
    numbers_that_are_no_parameter();
    null_pointers();
    copies_are_independent_and_share_dictionaries();
    the_checksum_can_be_ignored();
    frames_without_a_magic_number();
    zst_free_idle_contexts();
    return 0;
}
