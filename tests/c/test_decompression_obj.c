/* zst_decompression_obj: decompression by pushing. */

#include "check.h"

enum { LEN = 5000 };

static const unsigned char SKIPPABLE[] = {0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 'a', 'b', 'c', 'd'};
static zst_error err;

static zst_decompressor *with_limit(int32_t parameter, int64_t value) {
    zst_decompression_parameters *parameters;
    zst_decompressor *decompressor;
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, parameter, value, &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, NULL, &decompressor, &err)));
    zst_decompression_parameters_free(parameters);
    return decompressor;
}

/* Frame, skippable frame, frame, each cut anywhere; the parent is gone before. */
static void pieces_of_every_size(void) {
    char *text = make_text(LEN, 1);
    zst_bytes frame = make_frame(text, LEN, 3);
    size_t len = 2 * frame.len + sizeof SKIPPABLE, piece, at;
    unsigned char *input = malloc(len);
    char *content = malloc(2 * LEN);
    CHECK(input != NULL && content != NULL);
    memcpy(input, frame.data, frame.len);
    memcpy(input + frame.len, SKIPPABLE, sizeof SKIPPABLE);
    memcpy(input + frame.len + sizeof SKIPPABLE, frame.data, frame.len);
    for (piece = 1; piece <= len; piece = piece * 3 + 1) {
        zst_decompressor *decompressor;
        zst_decompression_obj *obj;
        size_t got = 0;
        CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
        CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj,
                                                            &err)));
        zst_decompressor_free(decompressor);
        for (at = 0; at < len; at += piece) {
            size_t size = len - at < piece ? len - at : piece, used = 0;
            unsigned char *copy = exactly(input + at, size);
            zst_bytes more;
            CHECK(succeeds(&err, zst_decompression_obj_decompress(obj, copy, size, &more, &used, &err)));
            free(copy);
            CHECK(used == size && got + more.len <= 2 * LEN);
            memcpy(content + got, more.data, more.len);
            got += more.len;
            zst_bytes_free(&more);
        }
        CHECK(got == 2 * LEN && memcmp(content, text, LEN) == 0 && memcmp(content + LEN, text, LEN) == 0);
        CHECK(zst_decompression_obj_eof(obj) == 0 && zst_decompression_obj_at_frame_end(obj) == 1);
        zst_decompression_obj_free(obj);
    }
    zst_bytes_free(&frame);
    free(input);
    free(content);
    free(text);
}

static void one_frame_and_what_is_behind(void) {
    zst_bytes frame = make_frame("foobar", 6, 3), content;
    unsigned char input[64];
    zst_decompressor *decompressor;
    zst_decompression_obj *obj;
    size_t used;
    memcpy(input, frame.data, frame.len);
    memcpy(input + frame.len, "junk", 4);
    CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
    CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, 0, &obj, &err)));
    CHECK(zst_decompression_obj_eof(obj) == 0 && zst_decompression_obj_at_frame_end(obj) == 1);
    CHECK(succeeds(&err, zst_decompression_obj_decompress(obj, input, 3, &content, NULL, &err)));
    CHECK(content.data != NULL && content.len == 0);
    zst_bytes_free(&content);
    CHECK(zst_decompression_obj_eof(obj) == 0 && zst_decompression_obj_at_frame_end(obj) == 0);
    CHECK(succeeds(&err, zst_decompression_obj_decompress(obj, input + 3, frame.len + 1, &content, &used, &err)));
    CHECK(used == frame.len - 3 && same(content.data, content.len, "foobar", 6));
    zst_bytes_free(&content);
    CHECK(zst_decompression_obj_eof(obj) == 1 && zst_decompression_obj_at_frame_end(obj) == 1);
    fill(&content, sizeof content);
    fill(&used, sizeof used);
    CHECK(fails(ZST_ERROR_STATE, "cannot use a decompressobj multiple times", &err,
                zst_decompression_obj_decompress(obj, NULL, 0, &content, &used, &err)));
    CHECK(untouched(&content, sizeof content) && untouched(&used, sizeof used));
    zst_decompression_obj_free(obj);
    zst_decompressor_free(decompressor);
    zst_bytes_free(&frame);
}

static void limits(void) {
    char *text = make_text(LEN, 2);
    zst_bytes frame = make_frame(text, LEN, 3), out;
    int64_t limit;
    size_t used;
    for (limit = LEN - 1; limit <= LEN; limit++) {
        zst_decompressor *decompressor = with_limit(ZST_D_MAX_OUTPUT_SIZE, limit);
        zst_decompression_obj *obj;
        CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, 0, &obj, &err)));
        fill(&out, sizeof out);
        fill(&used, sizeof used);
        if (limit == LEN) {
            CHECK(succeeds(&err, zst_decompression_obj_decompress(obj, frame.data, frame.len, &out, &used, &err)));
            CHECK(same(out.data, out.len, text, LEN));
            zst_bytes_free(&out);
        } else {
            CHECK(fails(ZST_ERROR_LIMIT, "zstd decompressor error: the content is more than max_output_size", &err,
                        zst_decompression_obj_decompress(obj, frame.data, frame.len, &out, &used, &err)));
            CHECK(fails(ZST_ERROR_LIMIT, "max_output_size", &err,
                        zst_decompression_obj_decompress(obj, NULL, 0, &out, &used, &err)));
            CHECK(untouched(&out, sizeof out) && untouched(&used, sizeof used));
        }
        zst_decompression_obj_free(obj);
        zst_decompressor_free(decompressor);
    }
    zst_bytes_free(&frame);
    free(text);
}

/* Every bit of a small frame, as a whole and byte by byte. */
static void damage(void) {
    zst_bytes frame = make_frame("damage, damage, damage, damage, and more damage", 47, 3);
    zst_decompressor *decompressor = with_limit(ZST_D_MAX_OUTPUT_SIZE, 100000);
    size_t bit, at, piece;
    for (bit = 0; bit < frame.len * 8; bit++) {
        for (piece = 1; piece <= frame.len; piece += frame.len - 1) {
            unsigned char *copy = exactly(frame.data, frame.len);
            zst_decompression_obj *obj;
            zst_status status = ZST_OK;
            copy[bit / 8] ^= (unsigned char)(1 << bit % 8);
            CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, 0, &obj, &err)));
            for (at = 0; at < frame.len && status == ZST_OK && !zst_decompression_obj_eof(obj); at += piece) {
                zst_bytes out;
                status = zst_decompression_obj_decompress(obj, copy + at, piece, &out, NULL, &err);
                if (status == ZST_OK) zst_bytes_free(&out);
            }
            CHECK(status == ZST_OK || fails_somehow(&err, status));
            zst_decompression_obj_free(obj);
            free(copy);
        }
    }
    zst_decompressor_free(decompressor);
    zst_bytes_free(&frame);
}

/* Into memory of exactly this size, so that valgrind sees writes behind it. */
static void into_the_callers_buffer(void) {
    static const size_t sizes[] = {1, 100, LEN, 2 * LEN};
    char *text = make_text(LEN, 3), *content = malloc(LEN);
    zst_bytes frame = make_frame(text, LEN, 3);
    zst_decompressor *decompressor = with_limit(ZST_D_MAX_OUTPUT_SIZE, LEN);
    size_t which, piece, at, got, used, len;
    CHECK(content != NULL);
    for (which = 0; which < 4; which++) {
        for (piece = 1; piece <= frame.len; piece = piece * 99 + 1) {
            unsigned char *dst = malloc(sizes[which]);
            zst_decompression_obj *obj;
            CHECK(dst != NULL);
            CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, 0, &obj, &err)));
            for (at = got = 0; !zst_decompression_obj_eof(obj); at += used, got += len) {
                size_t left = frame.len - at < piece ? frame.len - at : piece;
                unsigned char *copy = exactly(frame.data + at, left);
                CHECK(succeeds(&err, zst_decompression_obj_decompress_into(obj, copy, left, dst, sizes[which], &len,
                                                                           &used, &err)));
                CHECK(used <= left && len <= sizes[which] && (used > 0 || len > 0) && got + len <= LEN);
                free(copy); /* it was read during the call only */
                memcpy(content + got, dst, len);
            }
            CHECK(at == frame.len && same(content, got, text, LEN));
            fill(&len, sizeof len);
            CHECK(fails(ZST_ERROR_STATE, "cannot use a decompressobj multiple times", &err,
                        zst_decompression_obj_decompress_into(obj, "x", 1, dst, 1, &len, &len, &err)));
            CHECK(untouched(&len, sizeof len));
            zst_decompression_obj_free(obj);
            free(dst);
        }
    }
    {
        unsigned char *dst = malloc(LEN), *both = malloc(frame.len + 8);
        zst_decompression_obj *obj;
        CHECK(dst != NULL && both != NULL);
        memcpy(both, frame.data, frame.len);
        memcpy(both + frame.len, "garbage!", 8);
        CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_READ_ACROSS_FRAMES, &obj,
                                                            &err)));
        for (at = got = 0; got < LEN; at += used, got += len) /* the content comes first */
            CHECK(succeeds(&err, zst_decompression_obj_decompress_into(obj, both + at, frame.len + 8 - at, dst + got,
                                                                       LEN - got, &len, &used, &err)));
        fill(&len, sizeof len);
        fill(&used, sizeof used);
        CHECK(same(dst, got, text, LEN));
        CHECK(fails(ZST_ERROR_ZSTD, "Unknown frame descriptor", &err,
                    zst_decompression_obj_decompress_into(obj, both + at, frame.len + 8 - at, dst, 10, &len, &used,
                                                          &err)));
        CHECK(untouched(&len, sizeof len) && untouched(&used, sizeof used));
        zst_decompression_obj_free(obj);
        free(dst);
        free(both);
    }
    zst_decompressor_free(decompressor);
    zst_bytes_free(&frame);
    free(content);
    free(text);
}

static void null_pointers(void) {
    zst_decompressor *decompressor;
    zst_decompression_obj *obj, *made;
    zst_bytes out;
    size_t used, len;
    char dst[10];
    fill(&len, sizeof len);
    fill(dst, sizeof dst);
    fill(&made, sizeof made);
    fill(&out, sizeof out);
    fill(&used, sizeof used);
    CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
    CHECK(refuses_null("decompressor", &err, zst_decompressor_decompressobj(NULL, 0, &made, &err)));
    CHECK(refuses_null("out", &err, zst_decompressor_decompressobj(decompressor, 0, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "unknown flags: 0x2", &err,
                zst_decompressor_decompressobj(decompressor, ZST_DECOMPRESS_REFUSE_EXTRA_DATA, &made, &err)));
    CHECK(succeeds(&err, zst_decompressor_decompressobj(decompressor, 0, &obj, &err)));
    CHECK(refuses_null("obj", &err, zst_decompression_obj_decompress(NULL, "x", 1, &out, &used, &err)));
    CHECK(refuses_null("src", &err, zst_decompression_obj_decompress(obj, NULL, 1, &out, &used, &err)));
    CHECK(refuses_null("out", &err, zst_decompression_obj_decompress(obj, "x", 1, NULL, &used, &err)));
    CHECK(refuses_null("obj", &err, zst_decompression_obj_decompress_into(NULL, "x", 1, dst, 10, &len, &used, &err)));
    CHECK(refuses_null("src", &err, zst_decompression_obj_decompress_into(obj, NULL, 1, dst, 10, &len, &used, &err)));
    CHECK(refuses_null("dst", &err, zst_decompression_obj_decompress_into(obj, "x", 1, NULL, 10, &len, &used, &err)));
    CHECK(refuses_null("out_len", &err, zst_decompression_obj_decompress_into(obj, "x", 1, dst, 10, NULL, &used, &err)));
    CHECK(refuses_null("out_src_used", &err,
                       zst_decompression_obj_decompress_into(obj, "x", 1, dst, 10, &len, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "dst_len must be positive", &err,
                zst_decompression_obj_decompress_into(obj, "x", 1, NULL, 0, &len, &used, &err)));
    CHECK(fails(ZST_ERROR_ARGUMENT, "src and dst overlap", &err,
                zst_decompression_obj_decompress_into(obj, dst + 9, 1, dst, 10, &len, &used, &err)));
    CHECK(untouched(&len, sizeof len) && untouched(dst, sizeof dst));
    CHECK(zst_decompression_obj_decompress(NULL, NULL, 1, NULL, NULL, NULL) == ZST_ERROR_ARGUMENT);
    CHECK(zst_decompression_obj_eof(NULL) == 0 && zst_decompression_obj_at_frame_end(NULL) == 0);
    CHECK(untouched(&made, sizeof made) && untouched(&out, sizeof out) && untouched(&used, sizeof used));
    zst_decompression_obj_free(NULL);
    zst_decompression_obj_free(obj);
    zst_decompressor_free(decompressor);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_of_every_size();
    one_frame_and_what_is_behind();
    limits();
    damage();
    into_the_callers_buffer();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
