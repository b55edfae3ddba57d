/* zst_bytes: memory that the library gives and takes back. And what belongs to no handle: versions, idle contexts. */

#include "check.h"

static zst_error err;

static void freeing_sets_all_fields_to_zero(void) {
    zst_bytes bytes;
    CHECK(succeeds(&err, zst_compress("abc", 3, 3, &bytes, &err)));
    CHECK(bytes.data != NULL && bytes.len > 0 && bytes.capacity >= bytes.len);
    zst_bytes_free(&bytes);
    CHECK(bytes.data == NULL && bytes.len == 0 && bytes.capacity == 0);
    zst_bytes_free(&bytes); /* a zst_bytes of zeros: nothing happens */
    CHECK(bytes.data == NULL && bytes.len == 0 && bytes.capacity == 0);
}

static void freeing_nothing_is_fine(void) {
    zst_bytes zeros = {0};
    zst_bytes_free(NULL);
    zst_bytes_free(&zeros);
    CHECK(zeros.data == NULL && zeros.len == 0 && zeros.capacity == 0);
}

static void empty_content_has_an_address(void) {
    zst_bytes frame, content;
    CHECK(succeeds(&err, zst_compress(NULL, 0, 3, &frame, &err)));
    CHECK(succeeds(&err, zst_decompress(frame.data, frame.len, 0, &content, &err)));
    CHECK(content.data != NULL && content.len == 0);
    zst_bytes_free(&content);
    zst_bytes_free(&frame);
}

static void bytes_are_the_callers_to_write(void) {
    zst_bytes bytes = make_frame("abc", 3, 3);
    memset(bytes.data, 0xFF, bytes.len);
    bytes.len = 1; /* only data and capacity must stay */
    zst_bytes_free(&bytes);
}

static void bytes_outlive_what_made_them(void) {
    zst_compressor *compressor;
    zst_bytes frame, content;
    char *text = make_text(10000, 1);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, 10000, &frame, &err)));
    zst_compressor_free(compressor);
    zst_free_idle_contexts();
    CHECK(succeeds(&err, zst_decompress(frame.data, frame.len, 0, &content, &err)));
    CHECK(same(content.data, content.len, text, 10000));
    zst_bytes_free(&frame);
    zst_bytes_free(&content);
    free(text);
}

static void idle_contexts_can_be_freed_at_any_time(void) {
    zst_bytes first, second;
    zst_free_idle_contexts();
    first = make_frame("abcabcabc", 9, 3);
    zst_free_idle_contexts();
    zst_free_idle_contexts();
    second = make_frame("abcabcabc", 9, 3);
    CHECK(same(first.data, first.len, second.data, second.len));
    zst_bytes_free(&first);
    zst_bytes_free(&second);
}

static void versions_agree_with_the_header(void) {
    CHECK(zst_version_number() == ZST_VERSION_NUMBER);
    CHECK(ZST_VERSION_NUMBER == ZST_VERSION_MAJOR * 10000 + ZST_VERSION_MINOR * 100 + ZST_VERSION_PATCH);
    CHECK(strcmp(zst_version_string(), ZST_VERSION_STRING) == 0);
    CHECK(zst_zstd_version_number() == ZST_ZSTD_VERSION_NUMBER);
}

int main(void) {
    fill(&err, sizeof err);
    freeing_sets_all_fields_to_zero();
    freeing_nothing_is_fine();
    empty_content_has_an_address();
    bytes_are_the_callers_to_write();
    bytes_outlive_what_made_them();
    idle_contexts_can_be_freed_at_any_time();
    versions_agree_with_the_header();
    zst_free_idle_contexts();
    return 0;
}
