/* zst_decompressor: from frames to their contents, also when somebody has tampered with the frames. */

#include "check.h"

enum { LEN = 20000 };

static zst_error err;

static zst_decompressor *make_decompressor(void) {
    zst_decompressor *decompressor;
    CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
    return decompressor;
}

/** A decompressor with one parameter that is not the default. */
static zst_decompressor *make_decompressor_with(int32_t parameter, int64_t value) {
    zst_decompression_parameters *parameters;
    zst_decompressor *decompressor;
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, parameter, value, &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, NULL, &decompressor, &err)));
    zst_decompression_parameters_free(parameters);
    return decompressor;
}

/** A frame from a compressor with one parameter that is not the default. */
static zst_bytes make_frame_with(int32_t parameter, int32_t value, const void *src, size_t len) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_bytes frame;
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, parameter, value, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, src, len, &frame, &err)));
    zst_compressor_free(compressor);
    zst_compression_parameters_free(parameters);
    return frame;
}

static unsigned char *join(const void *a, size_t a_len, const void *b, size_t b_len) {
    unsigned char *both = malloc(a_len + b_len + 1);
    CHECK(both != NULL);
    memcpy(both, a, a_len);
    memcpy(both + a_len, b, b_len);
    return both;
}

static void restores_what_was_compressed(void) {
    zst_decompressor *decompressor = make_decompressor();
    char *text = make_text(LEN, 1);
    unsigned char *place = malloc(LEN);
    size_t len;
    CHECK(place != NULL);
    for (len = 0; len <= LEN; len = len * 10 + 1) {
        zst_bytes frame = make_frame(text, len, 3), content;
        size_t used = 0, out_len = 0;
        CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, &used,
                                                         &err)));
        CHECK(same(content.data, content.len, text, len) && used == frame.len);
        CHECK(content.data != NULL);
        zst_bytes_free(&content);
        used = 0;
        CHECK(succeeds(&err, zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, len,
                                                              &out_len, &used, &err)));
        CHECK(same(place, out_len, text, len) && used == frame.len);
        CHECK(succeeds(&err, zst_decompress(frame.data, frame.len, 0, &content, &err)));
        CHECK(same(content.data, content.len, text, len));
        zst_bytes_free(&content);
        zst_bytes_free(&frame);
    }
    zst_decompressor_free(decompressor);
    free(place);
    free(text);
}

static void one_frame_or_all_of_them(void) {
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes first = make_frame("first", 5, 3), second = make_frame("second", 6, 3), content;
    unsigned char *both = join(first.data, first.len, second.data, second.len);
    size_t len = first.len + second.len, used = 0;

    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len, 0, 0, &content, &used, &err)));
    CHECK(same(content.data, content.len, "first", 5) && used == first.len);
    zst_bytes_free(&content);
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len, 0, ZST_DECOMPRESS_READ_ACROSS_FRAMES,
                                                     &content, &used, &err)));
    CHECK(same(content.data, content.len, "firstsecond", 11) && used == len);
    zst_bytes_free(&content);

    /* Bytes behind the frame: ignored, or an error. */
    fill(&content, sizeof content);
    fill(&used, sizeof used);
    CHECK(fails(ZST_ERROR_ZSTD, "unused data", &err,
                zst_decompressor_decompress(decompressor, both, len, 0, ZST_DECOMPRESS_REFUSE_EXTRA_DATA, &content,
                                            &used, &err)));
    both[len] = '!';
    CHECK(fails(ZST_ERROR_ZSTD, "1 bytes of unused data", &err,
                zst_decompressor_decompress(decompressor, both, len + 1, 0,
                                            ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_REFUSE_EXTRA_DATA,
                                            &content, &used, &err)));
    CHECK(untouched(&content, sizeof content) && untouched(&used, sizeof used));
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len + 1, 0,
                                                     ZST_DECOMPRESS_READ_ACROSS_FRAMES, &content, &used, &err)));
    CHECK(same(content.data, content.len, "firstsecond", 11) && used == len);
    zst_bytes_free(&content);

    /* out_src_used is not wanted. */
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, len, 0, 0, &content, NULL, &err)));
    zst_bytes_free(&content);
    free(both);
    zst_bytes_free(&first);
    zst_bytes_free(&second);
    zst_decompressor_free(decompressor);
}

static void skippable_frames_are_passed_over(void) {
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("content", 7, 3), content;
    unsigned char skippable[32], *both;
    size_t skippable_len, used = 0;
    CHECK(succeeds(&err, zst_write_skippable_frame("note", 4, 3, skippable, sizeof skippable, &skippable_len, &err)));
    both = join(skippable, skippable_len, frame.data, frame.len);
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, both, skippable_len + frame.len, 0, 0, &content,
                                                     &used, &err)));
    CHECK(same(content.data, content.len, "content", 7) && used == skippable_len + frame.len);
    zst_bytes_free(&content);
    free(both);
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void null_pointers(void) {
    zst_decompressor *decompressor = make_decompressor(), *none;
    zst_decompression_parameters *parameters;
    zst_bytes frame = make_frame("abc", 3, 3), out;
    zst_slice slice;
    unsigned char place[16];
    size_t len, used;
    fill(&none, sizeof none);
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(&used, sizeof used);
    fill(place, sizeof place);
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    CHECK(refuses_null("out", &err, zst_decompressor_new(NULL, NULL, &err)));
    CHECK(refuses_null("parameters", &err, zst_decompressor_new_from_parameters(NULL, NULL, &none, &err)));
    CHECK(refuses_null("out", &err, zst_decompressor_new_from_parameters(parameters, NULL, NULL, &err)));
    zst_decompression_parameters_free(parameters);

    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_decompress(NULL, frame.data, frame.len, 0, 0, &out, &used, &err)));
    CHECK(refuses_null("src", &err,
                       zst_decompressor_decompress(decompressor, NULL, frame.len, 0, 0, &out, &used, &err)));
    CHECK(refuses_null("out", &err,
                       zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, NULL, &used, &err)));

    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_decompress_into(NULL, frame.data, frame.len, 0, 0, place, sizeof place, &len,
                                                        &used, &err)));
    CHECK(refuses_null("src", &err,
                       zst_decompressor_decompress_into(decompressor, NULL, frame.len, 0, 0, place, sizeof place, &len,
                                                        &used, &err)));
    CHECK(refuses_null("dst", &err,
                       zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, NULL, 16, &len,
                                                        &used, &err)));
    CHECK(refuses_null("out_len", &err,
                       zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, sizeof place,
                                                        NULL, &used, &err)));

    slice.data = frame.data;
    slice.len = frame.len;
    CHECK(refuses_null("decompressor", &err,
                       zst_decompressor_decompress_content_dict_chain(NULL, &slice, 1, &out, &err)));
    CHECK(refuses_null("frames", &err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, &slice, 1, NULL, &err)));
    slice.data = NULL;
    CHECK(refuses_null("frames", &err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, &slice, 1, &out, &err)));

    CHECK(refuses_null("decompressor", &err, zst_decompressor_memory_size(NULL, &len, &err)));
    CHECK(refuses_null("out_size", &err, zst_decompressor_memory_size(decompressor, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_decompress(NULL, 1, 0, &out, &err)));
    CHECK(refuses_null("out", &err, zst_decompress(frame.data, frame.len, 0, NULL, &err)));

    CHECK(untouched(&none, sizeof none) && untouched(&out, sizeof out));
    CHECK(untouched(&len, sizeof len) && untouched(&used, sizeof used) && untouched(place, sizeof place));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
    zst_decompressor_free(NULL);
}

static void lengths_that_are_impossible(void) {
    static const size_t lengths[] = {SIZE_MAX, SIZE_MAX - 1, SIZE_MAX / 2 + 1};
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("abc", 3, 3), out;
    zst_slice slice;
    unsigned char place[16];
    size_t at, len;
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    fill(place, sizeof place);
    for (at = 0; at < sizeof lengths / sizeof lengths[0]; at++) {
        size_t huge = lengths[at];
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err,
                    zst_decompressor_decompress(decompressor, frame.data, huge, 0, 0, &out, NULL, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err, zst_decompress(frame.data, huge, 0, &out, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "src", &err,
                    zst_decompressor_decompress_into(decompressor, frame.data, huge, 0, 0, place, sizeof place, &len,
                                                     NULL, &err)));
        CHECK(fails(ZST_ERROR_ARGUMENT, "dst", &err,
                    zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, place, huge, &len,
                                                     NULL, &err)));
        slice.data = frame.data;
        slice.len = huge;
        CHECK(fails(ZST_ERROR_ARGUMENT, "frames", &err,
                    zst_decompressor_decompress_content_dict_chain(decompressor, &slice, 1, &out, &err)));
        slice.len = frame.len;
        CHECK(fails(ZST_ERROR_ARGUMENT, "frames", &err,
                    zst_decompressor_decompress_content_dict_chain(decompressor, &slice, huge, &out, &err)));
    }
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len) && untouched(place, sizeof place));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void flags_that_do_not_exist(void) {
    static const int32_t flags[] = {8, 16, INT32_MIN, -1};
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("abc", 3, 3), out;
    unsigned char place[16];
    size_t at, len;
    fill(&out, sizeof out);
    fill(&len, sizeof len);
    for (at = 0; at < sizeof flags / sizeof flags[0]; at++) {
        CHECK(fails(ZST_ERROR_VALUE, "unknown flags", &err,
                    zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, flags[at], &out, NULL, &err)));
        CHECK(fails(ZST_ERROR_VALUE, "unknown flags", &err,
                    zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, flags[at], place,
                                                     sizeof place, &len, NULL, &err)));
    }
    CHECK(untouched(&out, sizeof out) && untouched(&len, sizeof len));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

static void output_must_not_overlap_input(void) {
    zst_decompressor *decompressor = make_decompressor();
    zst_bytes frame = make_frame("abc", 3, 3);
    size_t len;
    fill(&len, sizeof len);
    CHECK(fails(ZST_ERROR_ARGUMENT, "overlap", &err,
                zst_decompressor_decompress_into(decompressor, frame.data, frame.len, 0, 0, frame.data, frame.len, &len,
                                                 NULL, &err)));
    CHECK(untouched(&len, sizeof len));
    zst_bytes_free(&frame);
    zst_decompressor_free(decompressor);
}

/* Every way to decompress `src` has to say the same, and failures must not touch outputs. Returns the status. */
static zst_status decompress_all_ways(const zst_decompressor *decompressor, const void *src, size_t src_len,
                                      int32_t flags) {
    enum { ROOM = 4096, LIMIT = 2048 };
    static unsigned char place[ROOM];
    zst_bytes content;
    size_t used, into_used, into_len;
    zst_status status, into;
    fill(&content, sizeof content);
    fill(&used, sizeof used);
    fill(&into_used, sizeof into_used);
    fill(&into_len, sizeof into_len);
    fill(place, sizeof place);
    status = zst_decompressor_decompress(decompressor, src, src_len, 0, flags, &content, &used, &err);
    if (status != ZST_OK) {
        CHECK(fails_somehow(&err, status));
        CHECK(untouched(&content, sizeof content) && untouched(&used, sizeof used));
    }
    into = zst_decompressor_decompress_into(decompressor, src, src_len, 0, flags, place, LIMIT, &into_len, &into_used,
                                            &err);
    CHECK(untouched(place + LIMIT, sizeof place - LIMIT));
    if (into != ZST_OK) {
        CHECK(into == status || into == ZST_ERROR_BUFFER_TOO_SMALL);
        CHECK(fails_somehow(&err, into));
        CHECK(untouched(&into_len, sizeof into_len) && untouched(&into_used, sizeof into_used));
    } else {
        CHECK(status == ZST_OK);
        CHECK(used == into_used && used <= src_len);
        CHECK(same(content.data, content.len, place, into_len));
    }
    if (status == ZST_OK) zst_bytes_free(&content);
    return status;
}

static void frames_that_are_cut(void) {
    enum { SHORT = 300 };
    zst_decompressor *decompressor = make_decompressor();
    char *text = make_text(SHORT, 2);
    zst_bytes frames[3];
    size_t at, cut;
    frames[0] = make_frame(text, SHORT, 3);
    frames[1] = make_frame_with(ZST_C_WRITE_CHECKSUM, 1, text, SHORT);
    frames[2] = make_frame_with(ZST_C_WRITE_CONTENT_SIZE, 0, text, SHORT);
    for (at = 0; at < 3; at++) {
        for (cut = 0; cut < frames[at].len; cut++) {
            unsigned char *src = exactly(frames[at].data, cut);
            CHECK(decompress_all_ways(decompressor, src, cut, 0) == ZST_ERROR_TRUNCATED);
            CHECK(decompress_all_ways(decompressor, src, cut, ZST_DECOMPRESS_READ_ACROSS_FRAMES) ==
                  ZST_ERROR_TRUNCATED);
            free(src);
        }
        CHECK(decompress_all_ways(decompressor, frames[at].data, frames[at].len, 0) == ZST_OK);
    }
    /* The second of two frames is cut. Cut inside its magic number, it is extra data. */
    {
        unsigned char *both = join(frames[0].data, frames[0].len, frames[1].data, frames[1].len);
        for (cut = 4; cut < frames[1].len; cut++)
            CHECK(decompress_all_ways(decompressor, both, frames[0].len + cut, ZST_DECOMPRESS_READ_ACROSS_FRAMES) ==
                  ZST_ERROR_TRUNCATED);
        free(both);
    }
    for (at = 0; at < 3; at++) zst_bytes_free(&frames[at]);
    zst_decompressor_free(decompressor);
    free(text);
}

static void frames_with_a_wrong_bit(void) {
    enum { SHORT = 120 };
    zst_decompressor *decompressor = make_decompressor();
    zst_decompressor *magicless = make_decompressor_with(ZST_D_FORMAT, ZST_FORMAT_ZSTD1_MAGICLESS);
    char *text = make_text(SHORT, 3);
    zst_bytes frame = make_frame_with(ZST_C_WRITE_CHECKSUM, 1, text, SHORT);
    size_t bit, refused = 0;
    for (bit = 0; bit < frame.len * 8; bit++) {
        unsigned char *src = exactly(frame.data, frame.len);
        src[bit / 8] ^= (unsigned char)(1 << bit % 8);
        refused += decompress_all_ways(decompressor, src, frame.len, 0) != ZST_OK;
        (void)decompress_all_ways(decompressor, src, frame.len, ZST_DECOMPRESS_READ_ACROSS_FRAMES);
        (void)decompress_all_ways(magicless, src + 4, frame.len - 4, 0);
        free(src);
    }
    /* The checksum finds everything but a few bits of the header that do not matter here, such as the window's. */
    CHECK(refused >= frame.len * 8 - 16);
    CHECK(decompress_all_ways(decompressor, frame.data, frame.len, 0) == ZST_OK);
    zst_bytes_free(&frame);
    zst_decompressor_free(magicless);
    zst_decompressor_free(decompressor);
    free(text);
}

static void headers_that_lie_about_the_size(void) {
    zst_decompressor *decompressor = make_decompressor();
    /* Magic number, descriptor (8 bytes of content size, single segment), the size, one last raw block "abc". */
    unsigned char frame[] = {0x28, 0xB5, 0x2F, 0xFD, 0xE0, 0, 0, 0, 0, 0, 0, 0, 0, 0x19, 0, 0, 'a', 'b', 'c'};
    static const unsigned char top[] = {0x01, 0x10, 0x7F, 0x80, 0xFF};
    zst_bytes out;
    size_t at;
    frame[5] = 3;
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_OK);
    frame[5] = 4;
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_ERROR_ZSTD);
    frame[5] = 2;
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_ERROR_ZSTD);
    fill(&out, sizeof out);
    for (at = 0; at < sizeof top; at++) {
        frame[12] = top[at]; /* up to 2^64 - 1: no memory is reserved for that */
        CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_ERROR_ZSTD);
        CHECK(fails(ZST_ERROR_ZSTD, "", &err, zst_decompress(frame, sizeof frame, 0, &out, &err)));
    }
    CHECK(untouched(&out, sizeof out));
    zst_decompressor_free(decompressor);
}

static void windows_that_are_too_large(void) {
    /* Magic number, descriptor (nothing recorded), a window of 2^41 bytes and of 2^27, one last raw block "abc". */
    unsigned char frame[] = {0x28, 0xB5, 0x2F, 0xFD, 0x00, 0xF8, 0x19, 0, 0, 'a', 'b', 'c'};
    zst_decompressor *decompressor = make_decompressor();
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) < 0);
    frame[5] = (31 - 10) << 3;
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_ERROR_LIMIT);
    zst_decompressor_free(decompressor);
    decompressor = make_decompressor_with(ZST_D_MAX_WINDOW_SIZE, (int64_t)1 << 31);
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_OK);
    zst_decompressor_free(decompressor);
    decompressor = make_decompressor_with(ZST_D_MAX_WINDOW_SIZE, 1024);
    frame[5] = (11 - 10) << 3;
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_ERROR_LIMIT);
    frame[5] = 0;
    CHECK(decompress_all_ways(decompressor, frame, sizeof frame, 0) == ZST_OK);
    zst_decompressor_free(decompressor);
}

/* 12 bytes of input for 128 KiB of output, once recorded and once not. */
static void limits_of_output(void) {
    enum { LARGE = 1 << 20 };
    char *zeros = calloc(LARGE, 1);
    zst_bytes recorded, unknown, out;
    zst_decompressor *decompressor = make_decompressor();
    zst_decompressor *limited = make_decompressor_with(ZST_D_MAX_OUTPUT_SIZE, LARGE - 1);
    zst_decompressor *enough = make_decompressor_with(ZST_D_MAX_OUTPUT_SIZE, LARGE);
    CHECK(zeros != NULL);
    recorded = make_frame(zeros, LARGE, 3);
    unknown = make_frame_with(ZST_C_WRITE_CONTENT_SIZE, 0, zeros, LARGE);
    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_LIMIT, "max_output_size", &err,
                zst_decompressor_decompress(limited, recorded.data, recorded.len, 0, 0, &out, NULL, &err)));
    CHECK(fails(ZST_ERROR_LIMIT, "max_output_size", &err,
                zst_decompressor_decompress(limited, unknown.data, unknown.len, 0, 0, &out, NULL, &err)));
    CHECK(fails(ZST_ERROR_LIMIT, "max_output_size", &err,
                zst_decompressor_decompress(decompressor, unknown.data, unknown.len, LARGE - 1, 0, &out, NULL, &err)));
    CHECK(fails(ZST_ERROR_LIMIT, "max_output_size", &err,
                zst_decompressor_decompress(decompressor, recorded.data, recorded.len, LARGE - 1,
                                            ZST_DECOMPRESS_READ_ACROSS_FRAMES, &out, NULL, &err)));
    CHECK(fails(ZST_ERROR_LIMIT, "max_output_size", &err,
                zst_decompress(unknown.data, unknown.len, 1, &out, &err)));
    CHECK(untouched(&out, sizeof out));

    CHECK(succeeds(&err, zst_decompressor_decompress(enough, recorded.data, recorded.len, 0, 0, &out, NULL, &err)));
    CHECK(same(out.data, out.len, zeros, LARGE));
    zst_bytes_free(&out);
    CHECK(succeeds(&err, zst_decompressor_decompress(enough, unknown.data, unknown.len, 0, 0, &out, NULL, &err)));
    CHECK(same(out.data, out.len, zeros, LARGE));
    zst_bytes_free(&out);
    /* A recorded size is not limited by max_output_size without READ_ACROSS_FRAMES. */
    CHECK(succeeds(&err,
                   zst_decompressor_decompress(decompressor, recorded.data, recorded.len, 1, 0, &out, NULL, &err)));
    zst_bytes_free(&out);
    CHECK(succeeds(&err, zst_decompress(unknown.data, unknown.len, UINT64_MAX, &out, &err)));
    CHECK(same(out.data, out.len, zeros, LARGE));
    zst_bytes_free(&out);

    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_ZSTD, "could not determine content size", &err,
                zst_decompressor_decompress(decompressor, unknown.data, unknown.len, 0,
                                            ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE, &out, NULL, &err)));
    CHECK(untouched(&out, sizeof out));
    CHECK(succeeds(&err, zst_decompressor_decompress(decompressor, unknown.data, unknown.len, LARGE,
                                                     ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE, &out, NULL, &err)));
    zst_bytes_free(&out);
    zst_bytes_free(&recorded);
    zst_bytes_free(&unknown);
    zst_decompressor_free(enough);
    zst_decompressor_free(limited);
    zst_decompressor_free(decompressor);
    free(zeros);
}

/* Every size of destination: success writes no byte behind the content, failure leaves the outputs alone. */
static void destinations_that_are_too_small(void) {
    enum { SHORT = 300, ROOM = 400 };
    zst_decompressor *decompressor = make_decompressor();
    char *text = make_text(SHORT, 4);
    zst_bytes frames[2];
    unsigned char place[ROOM];
    size_t at, room, len, used;
    frames[0] = make_frame(text, SHORT, 3);
    frames[1] = make_frame_with(ZST_C_WRITE_CONTENT_SIZE, 0, text, SHORT);
    for (at = 0; at < 2; at++) {
        for (room = 0; room < ROOM; room++) {
            zst_status status;
            fill(place, sizeof place);
            fill(&len, sizeof len);
            fill(&used, sizeof used);
            status = zst_decompressor_decompress_into(decompressor, frames[at].data, frames[at].len, 0, 0, place, room,
                                                      &len, &used, &err);
            CHECK(untouched(place + room, sizeof place - room));
            if (room >= SHORT) {
                CHECK(succeeds(&err, status));
                CHECK(same(place, len, text, SHORT) && used == frames[at].len);
                continue;
            }
            CHECK(untouched(&len, sizeof len) && untouched(&used, sizeof used));
            CHECK(err.expected >= SHORT && err.actual == room);
            if (at == 0) CHECK(err.expected == SHORT && untouched(place, sizeof place));
            CHECK(fails(ZST_ERROR_BUFFER_TOO_SMALL, "too small", &err, status));
        }
        zst_bytes_free(&frames[at]);
    }
    zst_decompressor_free(decompressor);
    free(text);
}

static void chains_of_prefix_dictionaries(void) {
    enum { COUNT = 4, SHORT = 500 };
    zst_decompressor *decompressor = make_decompressor();
    zst_decompressor *limited = make_decompressor_with(ZST_D_MAX_OUTPUT_SIZE, SHORT - 1);
    zst_slice chain[COUNT];
    zst_bytes frames[COUNT], out;
    char *texts[COUNT];
    size_t at, cut;
    for (at = 0; at < COUNT; at++) {
        texts[at] = make_text(SHORT, 50);
        texts[at][at * 7] = '#';
        if (at == 0) {
            frames[at] = make_frame(texts[at], SHORT, 3);
        } else {
            zst_compression_dict *prefix;
            zst_compressor *compressor;
            CHECK(succeeds(&err, zst_compression_dict_new(texts[at - 1], SHORT, ZST_DICT_TYPE_RAWCONTENT, 0, 0, &prefix,
                                                          &err)));
            CHECK(succeeds(&err, zst_compressor_new(3, prefix, &compressor, &err)));
            CHECK(succeeds(&err, zst_compressor_compress(compressor, texts[at], SHORT, &frames[at], &err)));
            zst_compressor_free(compressor);
            zst_compression_dict_free(prefix);
        }
        chain[at].data = frames[at].data;
        chain[at].len = frames[at].len;
        CHECK(succeeds(&err,
                       zst_decompressor_decompress_content_dict_chain(decompressor, chain, at + 1, &out, &err)));
        CHECK(same(out.data, out.len, texts[at], SHORT));
        zst_bytes_free(&out);
    }
    CHECK(frames[1].len < frames[0].len / 2);

    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_VALUE, "empty input chain", &err,
                zst_decompressor_decompress_content_dict_chain(decompressor, chain, 0, &out, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "empty input chain", &err,
                zst_decompressor_decompress_content_dict_chain(decompressor, NULL, 0, &out, &err)));
    CHECK(zst_decompressor_decompress_content_dict_chain(limited, chain, COUNT, &out, &err) == ZST_ERROR_LIMIT);
    CHECK(err.item_index == 0);
    for (cut = 0; cut < frames[2].len; cut++) {
        zst_status status;
        unsigned char *src = exactly(frames[2].data, cut);
        chain[2].data = src;
        chain[2].len = cut;
        fill(&err, sizeof err);
        status = zst_decompressor_decompress_content_dict_chain(decompressor, chain, COUNT, &out, &err);
        CHECK(status == ZST_ERROR_VALUE || status == ZST_ERROR_TRUNCATED);
        CHECK(err.item_index == 2 && strstr(err.message, "chunk 2") != NULL);
        free(src);
    }
    chain[2].data = "not a frame at all";
    chain[2].len = 18;
    CHECK(fails(ZST_ERROR_VALUE, "chunk 2 is not a valid zstd frame", &err,
                zst_decompressor_decompress_content_dict_chain(decompressor, chain, COUNT, &out, &err)));
    CHECK(untouched(&out, sizeof out));
    for (at = 0; at < COUNT; at++) {
        zst_bytes_free(&frames[at]);
        free(texts[at]);
    }
    zst_decompressor_free(limited);
    zst_decompressor_free(decompressor);
}

static void a_frame_finds_its_dictionary(void) {
    zst_compression_dict *dicts[3];
    zst_decompression_parameters *parameters;
    zst_decompressor *none = make_decompressor(), *two, *three;
    zst_bytes frames[3], out;
    size_t at;
    char *texts[3];
    fill(&out, sizeof out);
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    for (at = 0; at < 3; at++) {
        zst_compressor *compressor;
        dicts[at] = make_dictionary((unsigned)at, 100 + (uint32_t)at);
        texts[at] = make_text(60, (unsigned)at);
        CHECK(succeeds(&err, zst_compressor_new(3, dicts[at], &compressor, &err)));
        CHECK(succeeds(&err, zst_compressor_compress(compressor, texts[at], 60, &frames[at], &err)));
        zst_compressor_free(compressor);
        CHECK(fails(ZST_ERROR_ZSTD, "none was given", &err,
                    zst_decompressor_decompress(none, frames[at].data, frames[at].len, 0, 0, &out, NULL, &err)));
    }
    CHECK(untouched(&out, sizeof out));
    CHECK(succeeds(&err, zst_decompression_parameters_add_dictionary(parameters, dicts[0], &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, dicts[1], &two, &err)));
    {
        zst_decompressor *same_twice;
        fill(&same_twice, sizeof same_twice);
        CHECK(fails(ZST_ERROR_VALUE, "id 100", &err,
                    zst_decompressor_new_from_parameters(parameters, dicts[0], &same_twice, &err)));
        CHECK(untouched(&same_twice, sizeof same_twice));
    }
    CHECK(succeeds(&err, zst_decompression_parameters_add_dictionary(parameters, dicts[1], &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, dicts[2], &three, &err)));
    /* Nothing that made the decompressors is needed any more. */
    zst_decompression_parameters_free(parameters);
    for (at = 0; at < 3; at++) zst_compression_dict_free(dicts[at]);
    for (at = 0; at < 3; at++) {
        CHECK(succeeds(&err,
                       zst_decompressor_decompress(three, frames[at].data, frames[at].len, 0, 0, &out, NULL, &err)));
        CHECK(same(out.data, out.len, texts[at], 60));
        zst_bytes_free(&out);
    }
    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_ZSTD, "dictionary 102", &err,
                zst_decompressor_decompress(two, frames[2].data, frames[2].len, 0, 0, &out, NULL, &err)));
    CHECK(untouched(&out, sizeof out));
    for (at = 0; at < 3; at++) {
        zst_bytes_free(&frames[at]);
        free(texts[at]);
    }
    zst_decompressor_free(two);
    zst_decompressor_free(three);
    zst_decompressor_free(none);
}

static void a_dictionary_that_cannot_be_used(void) {
    zst_compression_dict *dict;
    zst_decompressor *decompressor;
    fill(&decompressor, sizeof decompressor);
    CHECK(succeeds(&err, zst_compression_dict_new("no header", 9, ZST_DICT_TYPE_FULLDICT, 0, 0, &dict, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "not a full dictionary", &err, zst_decompressor_new(dict, &decompressor, &err)));
    CHECK(untouched(&decompressor, sizeof decompressor));
    zst_compression_dict_free(dict);
}

static void memory(void) {
    zst_decompressor *decompressor = make_decompressor();
    size_t size = 0;
    CHECK(zst_estimate_decompression_context_size() > 10000);
    CHECK(succeeds(&err, zst_decompressor_memory_size(decompressor, &size, &err)));
    CHECK(size >= zst_estimate_decompression_context_size());
    zst_decompressor_free(decompressor);
}

int main(void) {
    fill(&err, sizeof err);
    restores_what_was_compressed();
    one_frame_or_all_of_them();
    skippable_frames_are_passed_over();
    null_pointers();
    lengths_that_are_impossible();
    flags_that_do_not_exist();
    output_must_not_overlap_input();
    frames_that_are_cut();
    frames_with_a_wrong_bit();
    headers_that_lie_about_the_size();
    windows_that_are_too_large();
    limits_of_output();
    destinations_that_are_too_small();
    chains_of_prefix_dictionaries();
    a_frame_finds_its_dictionary();
    a_dictionary_that_cannot_be_used();
    memory();
    zst_free_idle_contexts();
    return 0;
}
