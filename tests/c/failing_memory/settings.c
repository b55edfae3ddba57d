/* Parameters, what frames say, and the library itself. */

#include "failing.h"

static void compression_parameters(void) {
    zst_compression_parameters *parameters, *copy;
    const char *name;
    int32_t value;
    size_t size;
    struct {
        int32_t min, max;
    } bounds;
    MUST(parameters, zst_compression_parameters_new, (&parameters, &err));
    MUST(nothing, zst_compression_parameters_set, (parameters, ZST_C_COMPRESSION_LEVEL, 7, &err));
    MUST(copy, zst_compression_parameters_copy, (parameters, &copy, &err));
    MUST(value, zst_compression_parameters_get, (copy, ZST_C_COMPRESSION_LEVEL, &value, &err));
    CHECK(value == 7);
    MUST(size, zst_compression_parameters_estimated_compression_context_size, (copy, &size, &err));
    ASKS_FOR_NONE(, zst_compression_parameters_free, (parameters));
    ASKS_FOR_NONE(, zst_compression_parameters_free, (copy));
    MUST(parameters, zst_compression_parameters_from_level, (5, 1000, 0, &parameters, &err));
    zst_compression_parameters_free(parameters);
    ASKS_FOR_NONE(, zst_compression_parameters_bounds,
                  (ZST_C_COMPRESSION_LEVEL, &bounds.min, &bounds.max, &err));
    ASKS_FOR_NONE(name =, zst_compression_parameters_name, (ZST_C_COMPRESSION_LEVEL));
    CHECK(bounds.max == 22 && name != NULL);
}

static void decompression_parameters(void) {
    zst_decompression_parameters *parameters, *copy;
    const char *name;
    int64_t value;
    struct {
        int64_t min, max;
    } bounds;
    MUST(parameters, zst_decompression_parameters_new, (&parameters, &err));
    MUST(nothing, zst_decompression_parameters_set, (parameters, ZST_D_MAX_OUTPUT_SIZE, 1000, &err));
    MUST(copy, zst_decompression_parameters_copy, (parameters, &copy, &err));
    MUST(value, zst_decompression_parameters_get, (copy, ZST_D_MAX_OUTPUT_SIZE, &value, &err));
    CHECK(value == 1000);
    zst_decompression_parameters_free(parameters);
    zst_decompression_parameters_free(copy);
    ASKS_FOR_NONE(, zst_decompression_parameters_bounds,
                  (ZST_D_MAX_OUTPUT_SIZE, &bounds.min, &bounds.max, &err));
    ASKS_FOR_NONE(name =, zst_decompression_parameters_name, (ZST_D_MAX_OUTPUT_SIZE));
    CHECK(bounds.max > 1000 && name != NULL);
}

static void frames(void) {
    zst_bytes frame = make_frame("content", 7, 3);
    zst_frame_parameters parameters;
    unsigned char place[64];
    const uint8_t *payload;
    size_t size, payload_len;
    uint64_t content_size;
    uint32_t variant;
    int32_t is;
    ASKS_FOR_NONE(, zst_get_frame_parameters, (frame.data, frame.len, 0, &parameters, &err));
    ASKS_FOR_NONE(, zst_frame_header_size, (frame.data, frame.len, 0, &size, &err));
    CHECK(parameters.content_size == 7 && size == parameters.header_size);
    ASKS_FOR_NONE(, zst_frame_content_size, (frame.data, frame.len, 0, &content_size, &err));
    ASKS_FOR_NONE(, zst_frame_compressed_size, (frame.data, frame.len, 0, &size, &err));
    CHECK(content_size == 7 && size == frame.len);
    ASKS_FOR_NONE(, zst_decompress_bound, (frame.data, frame.len, 0, &content_size, &err));
    ASKS_FOR_NONE(is =, zst_is_frame, (frame.data, frame.len));
    CHECK(content_size == 7 && is);
    ASKS_FOR_NONE(is =, zst_is_skippable_frame, (frame.data, frame.len));
    CHECK(!is);
    ASKS_FOR_NONE(, zst_write_skippable_frame, ("note", 4, 5, place, sizeof place, &size, &err));
    ASKS_FOR_NONE(, zst_read_skippable_frame, (place, size, &payload, &payload_len, &variant, &err));
    CHECK(same(payload, payload_len, "note", 4) && variant == 5);
    zst_bytes_free(&frame);
}

static void library(void) {
    const char *text;
    uint32_t number;
    size_t size;
    ASKS_FOR_NONE(number =, zst_version_number, ());
    CHECK(number == ZST_VERSION_NUMBER);
    ASKS_FOR_NONE(number =, zst_zstd_version_number, ());
    CHECK(number == ZST_ZSTD_VERSION_NUMBER);
    ASKS_FOR_NONE(text =, zst_version_string, ());
    CHECK(strcmp(text, ZST_VERSION_STRING) == 0);
    ASKS_FOR_NONE(text =, zst_status_name, (ZST_ERROR_MEMORY));
    CHECK(strcmp(text, "ZST_ERROR_MEMORY") == 0);
    ASKS_FOR_NONE(size =, zst_estimate_decompression_context_size, ());
    CHECK(size > 0);
}

/* Errors of other kinds are told, too. */
static void errors(void) {
    zst_compressor *compressor;
    zst_bytes out;
    zst_status status;
    fill(&out, sizeof out);
    ASKS_FOR_NONE(status =, zst_compressor_new, (23, NULL, &compressor, &err));
    CHECK(fails(ZST_ERROR_VALUE, "level must be less than 23", &err, status));
    ASKS_FOR_NONE(status =, zst_decompress, ("not a frame", 11, 0, &out, &err));
    CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err, status));
    CHECK(untouched(&out, sizeof out));
}

const struct scenario settings[] = {
    {"compression_parameters", compression_parameters},
    {"decompression_parameters", decompression_parameters},
    {"frames", frames},
    {"library", library},
    {"errors", errors},
    {NULL, NULL},
};
