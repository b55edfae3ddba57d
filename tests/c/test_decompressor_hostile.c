/* zst_decompressor: frames that somebody has tampered with, and limits. */

#include "decompressors.h"

static zst_error err;

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

int main(void) {
    fill(&err, sizeof err);
    frames_that_are_cut();
    frames_with_a_wrong_bit();
    headers_that_lie_about_the_size();
    windows_that_are_too_large();
    limits_of_output();
    destinations_that_are_too_small();
    zst_free_idle_contexts();
    return 0;
}
