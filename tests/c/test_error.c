/* zst_status and zst_error: what a caller learns of a failure. */

#include "check.h"

static void every_status_has_a_name(void) {
    static const struct {
        zst_status status;
        const char *name;
    } names[] = {
        {ZST_OK, "ZST_OK"},
        {ZST_DONE, "ZST_DONE"},
        {ZST_ERROR_ARGUMENT, "ZST_ERROR_ARGUMENT"},
        {ZST_ERROR_VALUE, "ZST_ERROR_VALUE"},
        {ZST_ERROR_INDEX, "ZST_ERROR_INDEX"},
        {ZST_ERROR_STATE, "ZST_ERROR_STATE"},
        {ZST_ERROR_CLOSED, "ZST_ERROR_CLOSED"},
        {ZST_ERROR_BUSY, "ZST_ERROR_BUSY"},
        {ZST_ERROR_ZSTD, "ZST_ERROR_ZSTD"},
        {ZST_ERROR_MEMORY, "ZST_ERROR_MEMORY"},
        {ZST_ERROR_SOURCE, "ZST_ERROR_SOURCE"},
        {ZST_ERROR_SINK, "ZST_ERROR_SINK"},
        {ZST_ERROR_WOULD_BLOCK, "ZST_ERROR_WOULD_BLOCK"},
        {ZST_ERROR_SEEK, "ZST_ERROR_SEEK"},
        {ZST_ERROR_BUFFER_TOO_SMALL, "ZST_ERROR_BUFFER_TOO_SMALL"},
        {ZST_ERROR_INTERNAL, "ZST_ERROR_INTERNAL"},
        {ZST_ERROR_TRUNCATED, "ZST_ERROR_TRUNCATED"},
        {ZST_ERROR_LIMIT, "ZST_ERROR_LIMIT"},
        {ZST_ERROR_CANCELLED, "ZST_ERROR_CANCELLED"},
    };
    size_t at;
    for (at = 0; at < sizeof names / sizeof names[0]; at++)
        CHECK(strcmp(zst_status_name(names[at].status), names[at].name) == 0);
    /* The numbers are never reused: the table above ends where they end today. */
    CHECK(strcmp(zst_status_name(ZST_ERROR_CANCELLED - 1), "unknown") == 0);
    CHECK(strcmp(zst_status_name(ZST_DONE + 1), "unknown") == 0);
    CHECK(strcmp(zst_status_name(INT32_MIN), "unknown") == 0);
    CHECK(strcmp(zst_status_name(INT32_MAX), "unknown") == 0);
}

static void an_error_has_512_bytes(void) {
    CHECK(sizeof(zst_error) == 512);
    CHECK(offsetof(zst_error, message) + sizeof(((zst_error *)0)->message) == sizeof(zst_error));
}

static void failure_fills_all_of_it(void) {
    zst_error err;
    zst_compressor *compressor;
    size_t len;
    fill(&err, sizeof err);
    CHECK(zst_compressor_new(23, NULL, &compressor, &err) == ZST_ERROR_VALUE);
    CHECK(err.status == ZST_ERROR_VALUE);
    CHECK(err.zstd_code == 0);
    CHECK(err.callback_code == 0);
    CHECK(err.reserved == 0);
    CHECK(err.item_index == UINT64_MAX);
    CHECK(err.expected == 0);
    CHECK(err.actual == 0);
    CHECK(strcmp(err.message, "level must be less than 23") == 0);
    for (len = strlen(err.message); len < sizeof err.message; len++) CHECK(err.message[len] == 0);
}

static void success_leaves_it_alone(void) {
    zst_error err;
    zst_bytes frame;
    fill(&err, sizeof err);
    CHECK(zst_compress("abc", 3, 3, &frame, &err) == ZST_OK);
    CHECK(untouched(&err, sizeof err));
    zst_bytes_free(&frame);
}

static void nobody_has_to_want_it(void) {
    zst_compressor *compressor;
    zst_bytes out;
    fill(&out, sizeof out);
    fill(&compressor, sizeof compressor);
    CHECK(zst_compressor_new(23, NULL, &compressor, NULL) == ZST_ERROR_VALUE);
    CHECK(zst_decompress(ZST_FRAME_HEADER, 4, 0, &out, NULL) == ZST_ERROR_TRUNCATED);
    CHECK(zst_decompress("abcdefgh", 8, 0, &out, NULL) == ZST_ERROR_ZSTD);
    CHECK(zst_decompress(NULL, 3, 0, &out, NULL) == ZST_ERROR_ARGUMENT);
    CHECK(untouched(&out, sizeof out) && untouched(&compressor, sizeof compressor));
}

static void it_carries_libzstds_code(void) {
    enum { PREFIX_UNKNOWN = 10, PARAMETER_OUT_OF_BOUND = 42 };
    zst_error err;
    zst_bytes out;
    zst_compression_parameters *parameters;
    CHECK(zst_decompress("abcdefgh", 8, 0, &out, &err) == ZST_ERROR_ZSTD);
    CHECK(err.zstd_code == PREFIX_UNKNOWN);
    CHECK(zst_compression_parameters_new(&parameters, &err) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_WINDOW_LOG, 99, &err) == ZST_ERROR_ZSTD);
    CHECK(err.zstd_code == PARAMETER_OUT_OF_BOUND);
    CHECK(strstr(err.message, "window_log is 99") != NULL && strstr(err.message, "10 to 31") != NULL);
    zst_compression_parameters_free(parameters);
}

static void it_carries_sizes(void) {
    zst_error err;
    zst_bytes frame = make_frame("abcabcabcabc", 12, 3);
    unsigned char place[16];
    size_t len;
    CHECK(zst_decompressor_new(NULL, NULL, &err) == ZST_ERROR_ARGUMENT);
    CHECK(err.expected == 0 && err.actual == 0);
    {
        zst_decompressor *decompressor;
        CHECK(zst_decompressor_new(NULL, &decompressor, &err) == ZST_OK);
        CHECK(zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, 5, &len, NULL, &err) ==
              ZST_ERROR_BUFFER_TOO_SMALL);
        CHECK(err.expected == 12 && err.actual == 5);
        zst_decompressor_free(decompressor);
    }
    zst_bytes_free(&frame);
}

/* Keeping a zst_error is copying it: nothing in it points anywhere. */
static void it_can_be_copied(void) {
    zst_error err, copy;
    zst_bytes out;
    CHECK(zst_decompress("abcdefgh", 8, 0, &out, &err) == ZST_ERROR_ZSTD);
    copy = err;
    memset(&err, 0, sizeof err);
    CHECK(copy.status == ZST_ERROR_ZSTD && strlen(copy.message) > 0);
}

int main(void) {
    every_status_has_a_name();
    an_error_has_512_bytes();
    failure_fills_all_of_it();
    success_leaves_it_alone();
    nobody_has_to_want_it();
    it_carries_libzstds_code();
    it_carries_sizes();
    it_can_be_copied();
    zst_free_idle_contexts();
    return 0;
}
