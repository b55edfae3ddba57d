/* Streams against the plain loop: large contents in pieces, small messages, small reads, many frames in a row. */
#include "rows.h"
#include "streams.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Small reads, and everything in one ---- */

enum { SMALL_READ = 100 };

static void raw_read_100(struct worker *w, const struct set *set, size_t i) {
    ZSTD_inBuffer in = {set->frame[i].data, set->frame[i].len, 0};
    sound(ZSTD_DCtx_reset(w->raw_dctx, ZSTD_reset_session_only));
    size_t left;
    do {
        ZSTD_outBuffer out = {w->dst, SMALL_READ, 0};
        left = sound(ZSTD_decompressStream(w->raw_dctx, &out, &in));
        sink += out.pos;
    } while (left);
}

static void zst_readinto_100(struct worker *w, const struct set *set, size_t i) {
    decompress_by_reading(w, set, i, SMALL_READ);
}

static void zst_read_100(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct feed feed = feed_of(set->frame[i], set);
    zst_decompression_reader *reader = new_decompression_reader(&feed, set);
    zst_error error;
    zst_bytes out;
    size_t len;
    do {
        ok(zst_decompression_reader_read(reader, SMALL_READ, &out, &error), &error);
        sink += len = out.len;
        zst_bytes_free(&out);
    } while (len);
    zst_decompression_reader_free(reader);
}

static void raw_read_all(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    unsigned long long size = ZSTD_getFrameContentSize(frame.data, frame.len);
    check(size < ZSTD_CONTENTSIZE_ERROR, "no content size");
    unsigned char *content = allocate((size_t)size);
    sink += sound(ZSTD_decompressDCtx(w->raw_dctx, content, (size_t)size, frame.data, frame.len));
    free(content);
}

/* ---- Many frames behind each other ---- */

/* All frames of a set in one piece. */
static struct set joined(const struct set *set) {
    struct set all = make_set(1);
    size_t plain = 0, frames = 0;
    for (size_t i = 0; i < set->count; i++) plain += set->plain[i].len, frames += set->frame[i].len;
    all.plain[0] = (struct piece){allocate(plain), plain};
    all.frame[0] = (struct piece){allocate(frames), frames};
    plain = frames = 0;
    for (size_t i = 0; i < set->count; i++) {
        memcpy(all.plain[0].data + plain, set->plain[i].data, set->plain[i].len);
        memcpy(all.frame[0].data + frames, set->frame[i].data, set->frame[i].len);
        plain += set->plain[i].len, frames += set->frame[i].len;
    }
    all.largest = plain;
    return all;
}

static void raw_each_frame(struct worker *w, const struct set *set, size_t i) {
    struct piece rest = set->frame[i];
    while (rest.len) {
        size_t len = sound(ZSTD_findFrameCompressedSize(rest.data, rest.len));
        raw_read_all(w, &(struct set){NULL, &(struct piece){rest.data, len}, 1, 0, 0, 0}, 0);
        rest.data += len;
        rest.len -= len;
    }
}

static void zst_each_frame(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    struct piece rest = set->frame[i];
    zst_error error;
    while (rest.len) {
        zst_bytes out;
        size_t used;
        ok(zst_decompressor_decompress(decompressor, rest.data, rest.len, 0, 0, &out, &used, &error), &error);
        sink += out.len;
        zst_bytes_free(&out);
        rest.data += used;
        rest.len -= used;
    }
}

/* ---- Does the time grow as the input does? ---- */

static void time_growth(const struct row *row, const struct set *small, const struct set *large) {
    if (!wanted(row->area, row->name)) return;
    enum { TIMES = 7 };
    double per_byte[2][TIMES];
    for (size_t round = 0; round < TIMES; round++) {
        for (size_t which = 0; which < 2; which++) {
            const struct set *set = which ? large : small;
            double start = cpu_time();
            streams[OBJ].decompress(NULL, set, 0);
            per_byte[which][round] = (cpu_time() - start) / (double)set->plain[0].len * MIB;
        }
    }
    report(row, per_byte[0], per_byte[1], TIMES, "nanoseconds per MiB");
}

static void growth_rows(void) {
    enum { SIZES = 3, STEPS = 3 };
    static const size_t sizes[SIZES] = {25, 50, 100};
    static const struct {
        const char *name;
        size_t step;
    } steps[STEPS] = {{"1 KB", KIB}, {"128 KB", 128 * KIB}, {"one piece", SIZE_MAX}};
    struct set sets[SIZES];
    /* The same content once, twice and four times: far enough apart for none to be found again. */
    struct piece content = {sources.data, sizes[0] * 1000 * 1000};
    for (size_t i = 0; i < SIZES; i++) sets[i] = make_pieces(content, sizes[i] * 1000 * 1000, 1, WITHOUT_SIZE);
    for (size_t step = 0; step < STEPS; step++) {
        for (size_t i = 0; i < SIZES; i++) sets[i].step = steps[step].step;
        for (size_t i = 1; i < SIZES; i++) {
            /* From 32 MiB on each result is fresh memory from the kernel, which costs at most twice as much. */
            int fresh = steps[step].step == SIZE_MAX && i == 1;
            char name[256];
            snprintf(name, sizeof name, "obj, %s, a MiB of %zu MB (raw: of %zu MB)", steps[step].name, sizes[i],
                     sizes[i - 1]);
            const struct row row = {"growth", name, NULL, NULL, NULL, RATIO, fresh ? 2 : 1.1, 0, 0};
            time_growth(&row, &sets[i - 1], &sets[i]);
        }
    }
}

/* ---- The rows ---- */

/* Both sides must give as many bytes. */
static void compare_totals(struct worker *w, const struct row *row) {
    size_t start = sink;
    row->raw(w, row->set, 0);
    size_t middle = sink;
    row->zst(w, row->set, 0);
    if (sink - middle != middle - start)
        fail("%s, %s: %zu bytes, not %zu", row->area, row->name, sink - middle, middle - start);
}

static void compare_and_run(struct worker *w, enum mode mode, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (wanted(rows[i].area, rows[i].name)) compare_totals(w, &rows[i]);
    each(w, mode, rows, count);
}

/* Every stream, in both directions. Without a goal, that of messages. */
static void stream_rows(struct worker *w, enum mode mode, const struct set *set, const char *what, double compress_goal,
                        double decompress_goal, size_t counted) {
    for (size_t i = 0; i < 2 * STREAMS; i++) {
        int compress = i < STREAMS;
        size_t stream = i % STREAMS;
        double goal = compress ? compress_goal : decompress_goal;
        char name[256];
        snprintf(name, sizeof name, "%s, %s", what, streams[stream].name);
        const struct row row = {
            compress ? "compress in steps" : "decompress in steps",
            name,
            set,
            compress ? raw_compress_stream : raw_decompress_stream,
            compress ? streams[stream].compress : streams[stream].decompress,
            RATIO_INSTRUCTIONS,
            goal > 0 ? goal : streams[stream].message,
            0,
            counted,
        };
        compare_and_run(w, mode, &row, 1);
    }
}

void streaming_rows(enum mode mode) {
    struct worker w = make_worker(ZSTD_compressBound(MIB));

    struct set k8 = make_pieces(sources, mode == TIME ? 16 * MIB : MIB, 1, WITH_SIZE), k128 = k8;
    k8.step = 8 * KIB;
    k128.step = 128 * KIB;
    stream_rows(&w, mode, &k8, mode == TIME ? "16 MB, 8 KB pieces" : "1 MB, 8 KB pieces", 1.02, 1.08, 1);
    stream_rows(&w, mode, &k128, mode == TIME ? "16 MB, 128 KB pieces" : "1 MB, 128 KB pieces", 1.01, 1.03, 1);

    struct set message = make_pieces(records, KIB, 512, WITH_SIZE);
    message.step = KIB;
    stream_rows(&w, mode, &message, "1 KB message", 0, 0, 512);

    struct set m1 = make_pieces(sources, MIB, 8, WITH_SIZE);
    struct set frames = make_pieces(records, 340, 10000, WITH_SIZE);
    struct set small_frames = joined(&frames);
    small_frames.step = 64 * KIB;
    operation *obj = streams[OBJ].decompress, *obj_into = streams[OBJ_INTO].decompress;
    operation *reader = streams[READER].decompress;
    const struct row rows[] = {
        {"read", "readinto(100), 1 MB", &m1, raw_read_100, zst_readinto_100, RATIO, 2.0, 0, 1},
        {"read", "read(100), 1 MB", &m1, raw_read_100, zst_read_100, RATIO, 2.0, 0, 1},
        {"read", "readall(), 1 KB (raw: one-shot)", &message, raw_read_all, zst_read_all, NO_GOAL, 0, 0, 512},
        {"read", "readall(), 1 MB (raw: one-shot)", &m1, raw_read_all, zst_read_all, RATIO, 1.6, 0, 8},
        {"small frames", "10000, reader", &small_frames, raw_decompress_stream, reader, RATIO, 1.05, 0, 1},
        {"small frames", "10000, obj", &small_frames, raw_decompress_stream, obj, RATIO, 1.08, 0, 1},
        {"small frames", "10000, obj, into", &small_frames, raw_decompress_stream, obj_into, RATIO, 1.08, 0, 1},
        {"small frames", "10000, one-shot each (raw: the same)", &small_frames, raw_each_frame, zst_each_frame,
         RATIO, 1.25, 0, 1},
        {"small frames", "10000, one-shot each (raw: a stream)", &small_frames, raw_decompress_stream, zst_each_frame,
         NO_GOAL, 0, 0, 1},
    };
    compare_and_run(&w, mode, rows, sizeof rows / sizeof *rows);
    if (mode == COUNTS) return;

    struct set m50 = make_pieces(sources, 50 * 1000 * 1000, 1, WITH_SIZE);
    const struct row large = {"read", "readall(), 50 MB (raw: one-shot)", &m50, raw_read_all, zst_read_all,
                              RATIO,  1.6,                                0,    0};
    compare_and_run(&w, mode, &large, 1);
    growth_rows();
}
