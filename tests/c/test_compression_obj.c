/* zst_compression_obj: compression by pushing. */

#include "check.h"

enum { LEN = 60000 };

static zst_error err;

/* What has become ready, behind what is there already. */
struct frame {
    unsigned char bytes[2 * LEN];
    size_t len;
};

static void add(struct frame *frame, zst_bytes *more) {
    CHECK(more->data != NULL && frame->len + more->len <= sizeof frame->bytes);
    memcpy(frame->bytes + frame->len, more->data, more->len);
    frame->len += more->len;
    zst_bytes_free(more);
}

static void push(const zst_compression_obj *obj, const void *src, size_t len, struct frame *frame) {
    zst_bytes ready;
    unsigned char *copy = exactly(src, len);
    CHECK(succeeds(&err, zst_compression_obj_compress(obj, copy, len, &ready, &err)));
    free(copy); /* it was read during the call only */
    add(frame, &ready);
}

static void flush(const zst_compression_obj *obj, int32_t mode, struct frame *frame) {
    zst_bytes ready;
    CHECK(succeeds(&err, zst_compression_obj_flush(obj, mode, &ready, &err)));
    add(frame, &ready);
}

static void check_content(const struct frame *frame, const void *expected, size_t len) {
    zst_bytes content;
    CHECK(succeeds(&err, zst_decompress(frame->bytes, frame->len, 2 * LEN, &content, &err)));
    CHECK(same(content.data, content.len, expected, len));
    zst_bytes_free(&content);
}

static zst_compressor *with_threads(int32_t threads) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, ZST_C_THREADS, threads, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
    zst_compression_parameters_free(parameters);
    return compressor;
}

static void pieces_of_every_size(void) {
    static const size_t sizes[] = {1, 2, 7, 999, 10000, LEN};
    char *text = make_text(LEN, 1);
    struct frame *frame = malloc(sizeof *frame);
    size_t which, at;
    int32_t threads;
    CHECK(frame != NULL);
    for (threads = 0; threads < 2; threads++) {
        zst_compressor *compressor = with_threads(threads);
        for (which = 0; which < sizeof sizes / sizeof sizes[0]; which++) {
            size_t len = sizes[which] < 7 ? 1000 : LEN;
            zst_compression_obj *obj;
            CHECK(succeeds(&err, zst_compressor_compressobj(compressor, ZST_CONTENTSIZE_UNKNOWN, &obj, &err)));
            frame->len = 0;
            for (at = 0; at < len; at += sizes[which])
                push(obj, text + at, len - at < sizes[which] ? len - at : sizes[which], frame);
            flush(obj, ZST_COMPRESSOBJ_FLUSH_BLOCK, frame);
            flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, frame);
            check_content(frame, text, len);
            zst_compression_obj_free(obj);
        }
        zst_compressor_free(compressor);
    }
    free(frame);
    free(text);
}

static void states(void) {
    zst_compressor *compressor;
    zst_compression_obj *obj;
    zst_frame_progression progression;
    struct frame frame = {{0}, 0};
    zst_bytes out;
    fill(&out, sizeof out);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compressobj(compressor, 6, &obj, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "flush mode not recognized", &err, zst_compression_obj_flush(obj, 2, &out, &err)));
    push(obj, "foobar", 6, &frame);
    CHECK(succeeds(&err, zst_compression_obj_frame_progression(obj, &progression, &err)));
    CHECK(progression.ingested == 6 && progression.consumed == 0 && progression.produced == 0);
    flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &frame);
    CHECK(fails(ZST_ERROR_STATE, "cannot call compress() after compressor finished", &err,
                zst_compression_obj_compress(obj, "x", 1, &out, &err)));
    CHECK(fails(ZST_ERROR_STATE, "compressor object already finished", &err,
                zst_compression_obj_flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &out, &err)));
    CHECK(untouched(&out, sizeof out));
    check_content(&frame, "foobar", 6);
    zst_compression_obj_free(obj);
    zst_compressor_free(compressor);
}

static void a_declared_size_that_is_wrong(void) {
    zst_compressor *compressor;
    zst_compression_obj *obj;
    zst_bytes out;
    char *text = make_text(LEN, 2);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));

    CHECK(succeeds(&err, zst_compressor_compressobj(compressor, 100, &obj, &err)));
    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_ZSTD, "zstd compress error: Src size is incorrect", &err,
                zst_compression_obj_compress(obj, text, LEN, &out, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "zstd compress error: Src size is incorrect", &err,
                zst_compression_obj_compress(obj, text, 1, &out, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "error ending compression stream: Src size is incorrect", &err,
                zst_compression_obj_flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &out, &err)));
    CHECK(untouched(&out, sizeof out));
    zst_compression_obj_free(obj);

    CHECK(succeeds(&err, zst_compressor_compressobj(compressor, LEN + 1, &obj, &err)));
    CHECK(succeeds(&err, zst_compression_obj_compress(obj, text, LEN, &out, &err)));
    zst_bytes_free(&out);
    fill(&out, sizeof out);
    CHECK(fails(ZST_ERROR_ZSTD, "error ending compression stream: Src size is incorrect", &err,
                zst_compression_obj_flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, &out, &err)));
    CHECK(untouched(&out, sizeof out));
    zst_compression_obj_free(obj);
    zst_compressor_free(compressor);
    free(text);
}

/* The parent may go first, and streams may be left in the middle, with worker threads too. */
static void handles_go_in_any_order(void) {
    char *text = make_text(LEN, 3);
    struct frame *frame = malloc(sizeof *frame);
    int32_t threads;
    CHECK(frame != NULL);
    for (threads = 0; threads < 3; threads++) {
        zst_compressor *compressor = with_threads(threads);
        zst_compression_obj *obj, *abandoned, *unused;
        frame->len = 0;
        CHECK(succeeds(&err, zst_compressor_compressobj(compressor, LEN, &obj, &err)));
        CHECK(succeeds(&err, zst_compressor_compressobj(compressor, LEN, &abandoned, &err)));
        CHECK(succeeds(&err, zst_compressor_compressobj(compressor, LEN, &unused, &err)));
        push(abandoned, text, LEN / 2, frame);
        zst_compression_obj_free(abandoned);
        frame->len = 0;
        push(obj, text, LEN / 2, frame);
        zst_compressor_free(compressor);
        zst_compression_obj_free(unused);
        push(obj, text + LEN / 2, LEN - LEN / 2, frame);
        flush(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, frame);
        check_content(frame, text, LEN);
        zst_compression_obj_free(obj);
    }
    free(frame);
    free(text);
}

/* Into memory of exactly this size, so that valgrind sees writes behind it. */
static void into_the_callers_buffer(void) {
    static const size_t sizes[] = {1, 100, LEN};
    char *text = make_text(LEN, 4);
    struct frame *frame = malloc(sizeof *frame);
    size_t which, at, used, len;
    int finish;
    CHECK(frame != NULL);
    for (which = 0; which < 3; which++) {
        unsigned char *dst = malloc(sizes[which]);
        zst_compressor *compressor = with_threads(which == 1);
        zst_compression_obj *obj;
        zst_status status;
        CHECK(dst != NULL);
        CHECK(succeeds(&err, zst_compressor_compressobj(compressor, LEN, &obj, &err)));
        frame->len = 0;
        for (at = 0; at < LEN; at += used) {
            unsigned char *copy = exactly(text + at, LEN - at);
            CHECK(succeeds(&err, zst_compression_obj_compress_into(obj, copy, LEN - at, dst, sizes[which], &len, &used,
                                                                   &err)));
            CHECK(used <= LEN - at && len <= sizes[which] && (used > 0 || len > 0));
            free(copy); /* it was read during the call only */
            memcpy(frame->bytes + frame->len, dst, len);
            frame->len += len;
        }
        for (finish = 0; finish < 2; finish++) {
            do {
                status = zst_compression_obj_flush_into(
                    obj, finish ? ZST_COMPRESSOBJ_FLUSH_FINISH : ZST_COMPRESSOBJ_FLUSH_BLOCK, dst, sizes[which], &len,
                    &err);
                CHECK(status >= 0 && (status == ZST_DONE || len == sizes[which]) && untouched(&err, sizeof err));
                memcpy(frame->bytes + frame->len, dst, len);
                frame->len += len;
            } while (status == ZST_OK);
        }
        check_content(frame, text, LEN);
        fill(&len, sizeof len);
        CHECK(fails(ZST_ERROR_STATE, "after compressor finished", &err,
                    zst_compression_obj_compress_into(obj, "x", 1, dst, 1, &len, &len, &err)));
        CHECK(fails(ZST_ERROR_STATE, "already finished", &err,
                    zst_compression_obj_flush_into(obj, ZST_COMPRESSOBJ_FLUSH_FINISH, dst, 1, &len, &err)));
        CHECK(untouched(&len, sizeof len));
        zst_compression_obj_free(obj);
        zst_compressor_free(compressor);
        free(dst);
    }
    free(frame);
    free(text);
}

static void null_pointers(void) {
    zst_compressor *compressor;
    zst_compression_obj *obj, *made;
    zst_frame_progression progression;
    zst_bytes out;
    size_t len, used;
    char dst[10];
    fill(&len, sizeof len);
    fill(&used, sizeof used);
    fill(dst, sizeof dst);
    fill(&made, sizeof made);
    fill(&out, sizeof out);
    fill(&progression, sizeof progression);
    CHECK(succeeds(&err, zst_compressor_new(3, NULL, &compressor, &err)));
    CHECK(refuses_null("compressor", &err, zst_compressor_compressobj(NULL, 1, &made, &err)));
    CHECK(refuses_null("out", &err, zst_compressor_compressobj(compressor, 1, NULL, &err)));
    CHECK(succeeds(&err, zst_compressor_compressobj(compressor, ZST_CONTENTSIZE_UNKNOWN, &obj, &err)));
    CHECK(refuses_null("obj", &err, zst_compression_obj_compress(NULL, "x", 1, &out, &err)));
    CHECK(refuses_null("src", &err, zst_compression_obj_compress(obj, NULL, 1, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compression_obj_compress(obj, "x", 1, NULL, &err)));
    CHECK(refuses_null("obj", &err, zst_compression_obj_flush(NULL, 0, &out, &err)));
    CHECK(refuses_null("out", &err, zst_compression_obj_flush(obj, 0, NULL, &err)));
    CHECK(refuses_null("obj", &err, zst_compression_obj_compress_into(NULL, "x", 1, dst, 10, &len, &used, &err)));
    CHECK(refuses_null("src", &err, zst_compression_obj_compress_into(obj, NULL, 1, dst, 10, &len, &used, &err)));
    CHECK(refuses_null("dst", &err, zst_compression_obj_compress_into(obj, "x", 1, NULL, 10, &len, &used, &err)));
    CHECK(refuses_null("out_len", &err, zst_compression_obj_compress_into(obj, "x", 1, dst, 10, NULL, &used, &err)));
    CHECK(refuses_null("out_src_used", &err, zst_compression_obj_compress_into(obj, "x", 1, dst, 10, &len, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "dst_len must be positive", &err,
                zst_compression_obj_compress_into(obj, "x", 1, NULL, 0, &len, &used, &err)));
    CHECK(fails(ZST_ERROR_ARGUMENT, "src and dst overlap", &err,
                zst_compression_obj_compress_into(obj, dst + 9, 1, dst, 10, &len, &used, &err)));
    CHECK(refuses_null("obj", &err, zst_compression_obj_flush_into(NULL, 0, dst, 10, &len, &err)));
    CHECK(refuses_null("dst", &err, zst_compression_obj_flush_into(obj, 0, NULL, 10, &len, &err)));
    CHECK(refuses_null("out_len", &err, zst_compression_obj_flush_into(obj, 0, dst, 10, NULL, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "dst_len must be positive", &err,
                zst_compression_obj_flush_into(obj, 0, dst, 0, &len, &err)));
    CHECK(fails(ZST_ERROR_VALUE, "flush mode not recognized", &err,
                zst_compression_obj_flush_into(obj, 2, dst, 10, &len, &err)));
    CHECK(untouched(&len, sizeof len) && untouched(&used, sizeof used) && untouched(dst, sizeof dst));
    CHECK(refuses_null("obj", &err, zst_compression_obj_frame_progression(NULL, &progression, &err)));
    CHECK(refuses_null("out", &err, zst_compression_obj_frame_progression(obj, NULL, &err)));
    CHECK(zst_compression_obj_flush(NULL, 0, NULL, NULL) == ZST_ERROR_ARGUMENT);
    CHECK(untouched(&made, sizeof made) && untouched(&out, sizeof out) && untouched(&progression, sizeof progression));
    zst_compression_obj_free(NULL);
    zst_compression_obj_free(obj);
    zst_compressor_free(compressor);
}

int main(void) {
    fill(&err, sizeof err);
    pieces_of_every_size();
    states();
    a_declared_size_that_is_wrong();
    handles_go_in_any_order();
    into_the_callers_buffer();
    null_pointers();
    zst_free_idle_contexts();
    return 0;
}
