/* zst_compressor: settings once, frames many times. */

#include "check.h"

enum { LEN = 20000 };

static zst_error err;

static void check_content(const void *frame, size_t frame_len, const void *expected, size_t len) {
    zst_bytes content;
    CHECK(succeeds(&err, zst_decompress(frame, frame_len, 0, &content, &err)));
    CHECK(same(content.data, content.len, expected, len));
    zst_bytes_free(&content);
}

static void compresses_what_decompression_restores(void) {
    static const int32_t levels[] = {-131072, -5, 0, 1, 3, 12, 22};
    char *text = make_text(LEN, 1);
    size_t at, len;
    for (at = 0; at < sizeof levels / sizeof levels[0]; at++) {
        zst_compressor *compressor;
        CHECK(succeeds(&err, zst_compressor_new(levels[at], NULL, &compressor, &err)));
        for (len = 0; len <= LEN; len = len * 10 + 1) {
            zst_bytes frame;
            CHECK(succeeds(&err, zst_compressor_compress(compressor, text, len, &frame, &err)));
            CHECK(frame.len <= zst_compress_bound(len));
            check_content(frame.data, frame.len, text, len);
            zst_bytes_free(&frame);
        }
        zst_compressor_free(compressor);
    }
    free(text);
}

static void nothing_is_a_legal_input(void) {
    zst_compressor *compressor;
    zst_bytes frame;
    unsigned char place[32];
    size_t len;
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, NULL, 0, &frame, &err)));
    CHECK(succeeds(&err, zst_compressor_compress_into(compressor, NULL, 0, place, sizeof place, &len, &err)));
    CHECK(same(frame.data, frame.len, place, len));
    check_content(frame.data, frame.len, "", 0);
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);
}

static void both_ways_out_give_the_same_frame(void) {
    zst_compressor *compressor;
    zst_bytes frame, one_call;
    char *text = make_text(LEN, 2);
    size_t bound = zst_compress_bound(LEN), len = 0;
    unsigned char *place = malloc(bound);
    CHECK(place != NULL);
    CHECK(succeeds(&err, zst_compressor_new(5, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, LEN, &frame, &err)));
    CHECK(succeeds(&err, zst_compressor_compress_into(compressor, text, LEN, place, bound, &len, &err)));
    CHECK(same(frame.data, frame.len, place, len));
    CHECK(succeeds(&err, zst_compress(text, LEN, 5, &one_call, &err)));
    CHECK(same(frame.data, frame.len, one_call.data, one_call.len));
    zst_bytes_free(&one_call);
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);
    free(place);
    free(text);
}

/* Every size of destination up to the frame's own: success writes no byte behind it, failure leaves out_len alone. */
static void destinations_that_are_too_small(void) {
    enum { SHORT = 300, ROOM = 600 };
    zst_compressor *compressor;
    zst_bytes frame;
    char *text = make_text(SHORT, 3);
    unsigned char place[ROOM];
    size_t room, len;
    CHECK(zst_compress_bound(SHORT) < ROOM);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, SHORT, &frame, &err)));
    for (room = 0; room < ROOM; room++) {
        zst_status status;
        fill(place, sizeof place);
        fill(&len, sizeof len);
        status = zst_compressor_compress_into(compressor, text, SHORT, place, room, &len, &err);
        CHECK(untouched(place + room, sizeof place - room));
        if (status == ZST_OK) {
            CHECK(len <= room);
            CHECK(same(place, len, frame.data, frame.len));
            continue;
        }
        CHECK(room < zst_compress_bound(SHORT));
        CHECK(untouched(&len, sizeof len));
        CHECK(err.expected >= frame.len && err.expected <= zst_compress_bound(SHORT) && err.actual == room);
        CHECK(fails(ZST_ERROR_BUFFER_TOO_SMALL, "too small", &err, status));
    }
    /* A failure leaves the compressor usable, and err->expected is true. */
    CHECK(zst_compressor_compress_into(compressor, text, SHORT, NULL, 0, &len, &err) == ZST_ERROR_BUFFER_TOO_SMALL);
    CHECK(err.expected <= ROOM);
    room = (size_t)err.expected;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_compressor_compress_into(compressor, text, SHORT, place, room, &len, &err)));
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);
    free(text);
}

static void null_pointers(void) {
    zst_compressor *compressor = NULL;
    zst_compression_parameters *parameters;
    zst_frame_progression progression;
    zst_bytes out;
    unsigned char place[64];
    size_t len;
    CHECK(refuses_null("out", &err, zst_compressor_new(3, NULL, NULL, &err)));
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_new_from_parameters(parameters, NULL, NULL, &err)));

    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(&progression, sizeof progression);
    fill(place, sizeof place);
    {
        zst_compressor *none;
        fill(&none, sizeof none);
        CHECK(refuses_null("parameters", &err, zst_compressor_new_from_parameters(NULL, NULL, &none, &err)));
        CHECK(untouched(&none, sizeof none));
    }
    CHECK(refuses_null("compressor", &err, zst_compressor_compress(NULL, "abc", 3, &out, &err)));
    CHECK(refuses_null("src", &err, zst_compressor_compress(compressor, NULL, 3, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_compress(compressor, "abc", 3, NULL, &err)));
    CHECK(refuses_null("compressor", &err,
                       zst_compressor_compress_into(NULL, "abc", 3, place, sizeof place, &len, &err)));
    CHECK(refuses_null("src", &err,
                       zst_compressor_compress_into(compressor, NULL, 3, place, sizeof place, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_compressor_compress_into(compressor, "abc", 3, NULL, 64, &len, &err)));
    CHECK(refuses_null("out_len", &err,
                       zst_compressor_compress_into(compressor, "abc", 3, place, sizeof place, NULL, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_frame_progression(NULL, &progression, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_frame_progression(compressor, NULL, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_memory_size(NULL, &len, &err)));
    CHECK(refuses_null("out_size", &err, zst_compressor_memory_size(compressor, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_compress(NULL, 3, 3, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compress("abc", 3, 3, NULL, &err)));

    CHECK(untouched(&out, sizeof out));
    CHECK(untouched(&len, sizeof len));
    CHECK(untouched(&progression, sizeof progression));
    CHECK(untouched(place, sizeof place));
    zst_compression_parameters_free(parameters);
    zst_compressor_free(compressor);
    zst_compressor_free(NULL);
}

static void values_that_are_not_allowed(void) {
    static const int32_t levels[] = {23, 1000, INT32_MAX};
    zst_compressor *compressor;
    zst_bytes out;
    size_t at;
    fill(&compressor, sizeof compressor);
    fill(&out, sizeof out);
    for (at = 0; at < sizeof levels / sizeof levels[0]; at++) {
        CHECK(fails(ZST_ERROR_VALUE, "level must be less than 23", &err,
                    zst_compressor_new(levels[at], NULL, &compressor, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "level must be less than 23", &err, zst_compress("", 0, levels[at], &out, &err)));
    }
    CHECK(untouched(&compressor, sizeof compressor) && untouched(&out, sizeof out));
    /* There is no lowest level. */
    CHECK(succeeds(&err, zst_compressor_new(INT32_MIN, NULL, &compressor, &err)));
    zst_compressor_free(compressor);
}

static void lengths_that_are_impossible(void) {
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1};
    zst_compressor *compressor;
    zst_bytes out;
    unsigned char place[64];
    size_t at, len;
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(place, sizeof place);
    for (at = 0; at < sizeof lengths / sizeof lengths[0]; at++) {
        size_t huge = lengths[at];
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_compressor_compress(compressor, "a", huge, &out, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_compress("a", huge, 3, &out, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err,
                    zst_compressor_compress_into(compressor, "a", huge, place, sizeof place, &len, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "dst", &err,
                    zst_compressor_compress_into(compressor, "a", 1, place, huge, &len, &err)));
    }
    CHECK(zst_compress_bound(SIZE_MAX) == 0);
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len) && untouched(place, sizeof place));
    zst_compressor_free(compressor);
}

static void output_must_not_overlap_input(void) {
    zst_compressor *compressor;
    char both[256] = "abcabcabcabc";
    size_t len;
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    fill(&len, sizeof len);
    CHECK(fails(ZST_ERROR_ARGUMENT, "overlap", &err,
                zst_compressor_compress_into(compressor, both, 12, both, sizeof both, &len, &err)));
    CHECK(fails(ZST_ERROR_ARGUMENT, "overlap", &err,
                zst_compressor_compress_into(compressor, both, 12, both + 11, sizeof both - 11, &len, &err)));
    CHECK(untouched(&len, sizeof len) && strcmp(both, "abcabcabcabc") == 0);
    CHECK(succeeds(&err, zst_compressor_compress_into(compressor, both, 12, both + 12, sizeof both - 12, &len, &err)));
    check_content(both + 12, len, "abcabcabcabc", 12);
    zst_compressor_free(compressor);
}

static void frames_say_what_the_parameters_ask_for(void) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_frame_parameters says;
    zst_bytes frame;
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 1, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WRITE_CONTENT_SIZE, 0, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
    /* The compressor has its own copy. */
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 0, &err)));
    zst_compression_parameters_free(parameters);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, "abc", 3, &frame, &err)));
    CHECK(succeeds(&err, zst_get_frame_parameters(frame.data, frame.len, ZST_FORMAT_ZSTD1, &says, &err)));
    CHECK(says.has_checksum == 1 && says.content_size == ZST_CONTENTSIZE_UNKNOWN);
    check_content(frame.data, frame.len, "abc", 3);
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);

    frame = make_frame("abc", 3, 3);
    CHECK(succeeds(&err, zst_get_frame_parameters(frame.data, frame.len, ZST_FORMAT_ZSTD1, &says, &err)));
    CHECK(says.has_checksum == 0 && says.content_size == 3);
    zst_bytes_free(&frame);
}

static void worker_threads_make_the_same_content(void) {
    enum { LARGE = 1500000 };
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_frame_progression progression;
    zst_bytes frame;
    char *text = make_text(LARGE, 4);
    CHECK(succeeds(&err, zst_compression_parameters_from_level(1, 0, 0, &parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 1, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_THREADS, 2, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, LARGE, &frame, &err)));
    check_content(frame.data, frame.len, text, LARGE);
    CHECK(succeeds(&err, zst_compressor_frame_progression(compressor, &progression, &err)));
    CHECK(progression.ingested == LARGE && progression.consumed == LARGE && progression.produced == frame.len);
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);
    zst_compression_parameters_free(parameters);
    free(text);
}

/* A frame that is given up leaves jobs to the workers; the next frame, and free, have to cope. */
static void worker_threads_with_a_destination_that_is_too_small(void) {
    enum { LARGE = 2 << 20 };
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    char *text = make_text(LARGE, 6);
    size_t bound = zst_compress_bound(LARGE), len, room;
    unsigned char *place = malloc(bound);
    CHECK(place != NULL);
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, 1, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_THREADS, 2, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_JOB_SIZE, 512 << 10, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
    for (room = 0; room < 4; room++) {
        fill(&len, sizeof len);
        CHECK(fails(ZST_ERROR_BUFFER_TOO_SMALL, "too small", &err,
                    zst_compressor_compress_into(compressor, text, LARGE, place, room, &len, &err)));
        CHECK(untouched(&len, sizeof len));
    }
    CHECK(succeeds(&err, zst_compressor_compress_into(compressor, text, LARGE, place, bound, &len, &err)));
    check_content(place, len, text, LARGE);
    CHECK(fails(ZST_ERROR_BUFFER_TOO_SMALL, "too small", &err,
                zst_compressor_compress_into(compressor, text, LARGE, place, 1, &len, &err)));
    zst_compressor_free(compressor);
    zst_compression_parameters_free(parameters);
    free(place);
    free(text);
}

static void progress_and_memory(void) {
    zst_compressor *compressor;
    zst_frame_progression progression;
    zst_bytes frame;
    size_t memory = 0;
    char *text = make_text(LEN, 5);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_frame_progression(compressor, &progression, &err)));
    CHECK(progression.ingested == 0 && progression.consumed == 0 && progression.produced == 0);
    CHECK(succeeds(&err, zst_compressor_memory_size(compressor, &memory, &err)));
    CHECK(memory > 0);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, LEN, &frame, &err)));
    CHECK(succeeds(&err, zst_compressor_frame_progression(compressor, &progression, &err)));
    CHECK(progression.ingested == LEN && progression.consumed == LEN && progression.produced == frame.len);
    CHECK(succeeds(&err, zst_compressor_memory_size(compressor, &memory, &err)));
    CHECK(memory > 10000);
    zst_bytes_free(&frame);
    zst_compressor_free(compressor);
    free(text);
}

static void a_dictionary_may_be_freed_first(void) {
    zst_compression_dict *dict = make_dictionary(6, 1234);
    zst_compressor *compressor, *second;
    zst_decompressor *decompressor;
    zst_frame_parameters says;
    zst_bytes frame, without, content;
    char *text = make_text(60, 6);
    CHECK(succeeds(&err, zst_compressor_new(3, dict, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_new(3, dict, &second, &err)));
    CHECK(succeeds(&err, zst_decompressor_new(dict, &decompressor, &err)));
    zst_compression_dict_free(dict);
    CHECK(succeeds(&err, zst_compressor_compress(compressor, text, 60, &frame, &err)));
    zst_compressor_free(compressor);
    without = make_frame(text, 60, 3);
    CHECK(frame.len < without.len);
    CHECK(succeeds(&err, zst_get_frame_parameters(frame.data, frame.len, ZST_FORMAT_ZSTD1, &says, &err)));
    CHECK(says.dict_id == 1234);
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, &err)));
    CHECK(same(content.data, content.len, text, 60));
    zst_decompressor_free(decompressor);
    zst_bytes_free(&content);
    zst_bytes_free(&frame);
    CHECK(succeeds(&err, zst_compressor_compress(second, text, 60, &frame, &err)));
    zst_compressor_free(second);
    zst_bytes_free(&frame);
    zst_bytes_free(&without);
    free(text);
}

static void a_dictionary_that_cannot_be_used(void) {
    zst_compression_dict *dict;
    zst_compressor *compressor;
    zst_bytes out;
    unsigned char place[64];
    size_t len;
    CHECK(succeeds(&err, zst_compression_dict_new("no header", 9, ZST_DICT_TYPE_FULLDICT, 0, 0, &dict, &err)));
    CHECK(succeeds(&err, zst_compressor_new(3, dict, &compressor, &err)));
    zst_compression_dict_free(dict);
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    CHECK(fails(ZST_ERROR_ZSTD, "not a full dictionary", &err,
                zst_compressor_compress(compressor, "abc", 3, &out, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "not a full dictionary", &err,
                zst_compressor_compress_into(compressor, "abc", 3, place, sizeof place, &len, &err)));
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len));
    zst_compressor_free(compressor);
}

int main(void) {
    fill(&err, sizeof err);
    compresses_what_decompression_restores();
    nothing_is_a_legal_input();
    both_ways_out_give_the_same_frame();
    destinations_that_are_too_small();
    null_pointers();
    values_that_are_not_allowed();
    lengths_that_are_impossible();
    output_must_not_overlap_input();
    frames_say_what_the_parameters_ask_for();
    worker_threads_make_the_same_content();
    worker_threads_with_a_destination_that_is_too_small();
    progress_and_memory();
    a_dictionary_may_be_freed_first();
    a_dictionary_that_cannot_be_used();
    zst_free_idle_contexts();
    return 0;
}
