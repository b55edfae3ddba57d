/* Batches against a work queue in C: many equal records, few records, sizes that are skewed or sorted. */
#define _GNU_SOURCE
#include "queue.h"
#include "rows.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef void batch(const struct set *set, size_t threads);

/* ---- The zst side ---- */

static const zst_slice *slices_of(const struct piece *pieces) {
    _Static_assert(sizeof(struct piece) == sizeof(zst_slice), "a piece is a slice");
    return (const zst_slice *)(const void *)pieces;
}

static zst_buffer_with_segments_collection *compressed(const struct set *set, size_t threads) {
    zst_buffer_with_segments_collection *out;
    zst_error error;
    ok(zst_compressor_multi_compress_to_buffer(compressor, slices_of(set->plain), set->count, (int32_t)threads, &out,
                                               &error),
       &error);
    return out;
}

static zst_buffer_with_segments_collection *decompressed(const struct set *set, size_t threads) {
    zst_buffer_with_segments_collection *out;
    zst_error error;
    ok(zst_decompressor_multi_decompress_to_buffer(decompressor, slices_of(set->frame), set->count, NULL, 0,
                                                   (int32_t)threads, &out, &error),
       &error);
    return out;
}

static void drop(zst_buffer_with_segments_collection *results) {
    sink += zst_buffer_with_segments_collection_size(results);
    zst_buffer_with_segments_collection_free(results);
}

static void zst_compress_batch(const struct set *set, size_t threads) { drop(compressed(set, threads)); }
static void zst_decompress_batch(const struct set *set, size_t threads) { drop(decompressed(set, threads)); }

/* ---- Inputs ---- */

static struct piece next_record(size_t *number) {
    size_t i = (*number)++ % samples.count;
    return (struct piece){(unsigned char *)(uintptr_t)samples.slices[i].data, samples.sizes[i]};
}

/* Copies of the items, one behind the other, and their frames, likewise. */
static struct set make_batch(const struct piece *items, size_t count) {
    struct set set = make_set(count);
    size_t plain = 0, bounds = 0;
    for (size_t i = 0; i < count; i++) {
        plain += items[i].len;
        bounds += ZSTD_compressBound(items[i].len);
        if (items[i].len > set.largest) set.largest = items[i].len;
    }
    unsigned char *to = allocate(plain), *dst = allocate(bounds), *end = dst;
    static ZSTD_CCtx *cctx;
    if (!cctx) cctx = make_worker(0).raw_cctx;
    for (size_t i = 0; i < count; i++) {
        set.plain[i] = (struct piece){memcpy(to, items[i].data, items[i].len), items[i].len};
        to += items[i].len;
        size_t len = sound(ZSTD_compress2(cctx, end, ZSTD_compressBound(items[i].len), items[i].data, items[i].len));
        set.frame[i] = (struct piece){end, len};
        end += len;
    }
    /* Without what was not needed, so that frames lie in memory as densely as those of others. */
    unsigned char *frames = allocate((size_t)(end - dst));
    memcpy(frames, dst, (size_t)(end - dst));
    for (size_t i = 0; i < count; i++) set.frame[i].data = frames + (set.frame[i].data - dst);
    free(dst);
    return set;
}

static void free_batch(struct set set) {
    free(set.plain[0].data);
    free(set.frame[0].data);
    free(set.plain);
    free(set.frame);
}

static struct set make_records_batch(size_t count) {
    struct piece *items = (struct piece *)allocate(count * sizeof *items);
    for (size_t i = 0, number = 0; i < count; i++) items[i] = next_record(&number);
    struct set set = make_batch(items, count);
    free(items);
    return set;
}

/* Items of the sources with these sizes. */
static struct set make_sized(size_t (*size_of)(size_t index), size_t count) {
    struct piece *items = (struct piece *)allocate(count * sizeof *items);
    size_t at = 0;
    for (size_t i = 0; i < count; i++) {
        size_t size = size_of(i);
        if (sources.len - at < size) at = 0;
        items[i] = (struct piece){sources.data + at, size};
        at += size;
    }
    struct set set = make_batch(items, count);
    free(items);
    return set;
}

enum { SKEWED = 4001, SMALL_ITEM = 4000, LARGE_ITEM = 1000 * SMALL_ITEM, SORTED = 2000 };

static size_t large_first(size_t i) { return i == 0 ? LARGE_ITEM : SMALL_ITEM; }
static size_t large_middle(size_t i) { return i == SKEWED / 2 ? LARGE_ITEM : SMALL_ITEM; }
static size_t large_last(size_t i) { return i == SKEWED - 1 ? LARGE_ITEM : SMALL_ITEM; }
static size_t ascending(size_t i) { return 160 + 8 * i; }
static size_t descending(size_t i) { return ascending(SORTED - 1 - i); }

static size_t sum_of(const struct piece *pieces, size_t count, size_t (*each)(size_t)) {
    size_t sum = 0;
    for (size_t i = 0; i < count; i++) sum += each ? each(pieces[i].len) : pieces[i].len;
    return sum;
}

static void make_queue_for(const struct set *set) {
    make_queue(set->count, sum_of(set->plain, set->count, ZSTD_compressBound), sum_of(set->plain, set->count, NULL));
}

/* ---- Comparing and timing ---- */

static void compare_results(const struct set *set, zst_buffer_with_segments_collection *results, size_t threads) {
    check(zst_buffer_with_segments_collection_count(results) == set->count, "a wrong number of results");
    for (size_t i = 0; i < set->count; i++) {
        zst_buffer_segment segment;
        zst_error error;
        ok(zst_buffer_with_segments_collection_segment(results, i, &segment, &error), &error);
        struct piece raw = raw_result(i);
        check(raw.len == segment.len && memcmp(raw.data, segment.data, raw.len) == 0,
              threads > 1 ? "results of 2 threads differ" : "results of 1 thread differ");
    }
    zst_buffer_with_segments_collection_free(results);
}

static void compare_both(const struct set *set) {
    for (size_t threads = 1; threads <= MOST_THREADS; threads++) {
        raw_compress_batch(set, threads);
        compare_results(set, compressed(set, threads), threads);
        raw_decompress_batch(set, threads);
        compare_results(set, decompressed(set, threads), threads);
    }
}

/* Of an operation. */
struct times {
    double clock; /* on the wall */
    double cpu;   /* of the calling thread */
};

static struct times time_batches(batch *side, const struct set *set, size_t threads, size_t operations) {
    double start = now(), cpu_start = cpu_time();
    for (size_t i = 0; i < operations; i++) side(set, threads);
    double cpu = cpu_time() - cpu_start;
    return (struct times){(now() - start) / (double)operations, cpu / (double)operations};
}

/* What is expected of a shape, of compression and of decompression. */
struct goals {
    double one[2], two[2];
    double speed_up[2];
};

struct shape {
    const char *name;
    const struct set *set;
    struct goals goals;
};

static void time_side(const struct shape *shape, int decompress) {
    const char *area = decompress ? "batch, decompress" : "batch, compress";
    char names[3][256];
    snprintf(names[0], sizeof names[0], "%s, 1 thread", shape->name);
    snprintf(names[1], sizeof names[1], "%s, 2 threads", shape->name);
    snprintf(names[2], sizeof names[2], "%s, speed-up of 2 threads over 1", shape->name);
    if (!wanted(area, names[0]) && !wanted(area, names[1]) && !wanted(area, names[2])) return;
    batch *const sides[2] = {decompress ? raw_decompress_batch : raw_compress_batch,
                             decompress ? zst_decompress_batch : zst_compress_batch};
    const double turn = 10e6; /* ns */
    double trial = time_batches(sides[1], shape->set, 1, 1).cpu;
    size_t operations = 1;
    while (trial * (double)operations < turn) {
        operations *= 4;
        trial = time_batches(sides[1], shape->set, 1, operations).cpu;
    }
    size_t times = trial * (double)operations > 100e6 ? 7 : ROUNDS;
    /* With one thread the CPU time, which says more on a busy machine. */
    double took[2][MOST_THREADS][ROUNDS], speed_up[2][ROUNDS];
    for (size_t round = 0; round < times; round++) {
        for (size_t turn_number = 0; turn_number < 2 * MOST_THREADS; turn_number++) {
            size_t which = (turn_number + round) % 2, threads = turn_number / 2;
            struct times times_of = time_batches(sides[which], shape->set, threads + 1, operations);
            took[which][threads][round] = threads == 0 ? times_of.cpu : times_of.clock;
            if (threads == 0) speed_up[which][round] = times_of.clock;
        }
        for (size_t which = 0; which < 2; which++) speed_up[which][round] /= took[which][1][round];
    }
    const struct goals *goals = &shape->goals;
    for (size_t threads = 0; threads < MOST_THREADS; threads++) {
        double goal = (threads ? goals->two : goals->one)[decompress];
        struct row row = {area, names[threads], NULL, NULL, NULL, goal > 0 ? RATIO : NO_GOAL, goal, 0, 0};
        report(&row, took[0][threads], took[1][threads], times, threads ? "wall clock" : "");
    }
    struct row row = {area, names[2], NULL, NULL, NULL, SPEED_UP, goals->speed_up[decompress], 0, 0};
    report(&row, speed_up[0], speed_up[1], times, "");
}

static void time_shape(struct shape shape) {
    if (!wanted("batch, compress", shape.name) && !wanted("batch, decompress", shape.name)) return;
    make_queue_for(shape.set);
    compare_both(shape.set);
    time_side(&shape, 0);
    time_side(&shape, 1);
    free_queue();
}

/* ---- Costs beside the work itself ---- */

/* What a call costs that could use a second thread but has nothing for it to do. */
static void time_fixed_cost(const struct set *one) {
    const char *names[2] = {"fixed cost of a compressing call, 1 item, 2 threads",
                            "fixed cost of a decompressing call, 1 item, 2 threads"};
    batch *const sides[2][2] = {{raw_compress_batch, zst_compress_batch}, {raw_decompress_batch, zst_decompress_batch}};
    enum { CALLS = 2000 };
    make_queue_for(one);
    for (size_t side = 0; side < 2; side++) {
        if (!wanted("batch, costs", names[side])) continue;
        double extra[ROUNDS];
        for (size_t round = 0; round < ROUNDS; round++)
            extra[round] = time_batches(sides[side][1], one, 2, CALLS).clock -
                           time_batches(sides[side][0], one, 1, CALLS).clock;
        report_figure("batch, costs", names[side], median(extra, ROUNDS) / 1e3, "us", 15);
    }
    free_queue();
}

/* The items as a buffer, for which nothing has to be looked at or listed. */
static zst_buffer_with_segments *buffer_of(const struct piece *items, size_t count) {
    zst_segment *segments = (zst_segment *)allocate(count * sizeof *segments);
    for (size_t i = 0; i < count; i++)
        segments[i] = (zst_segment){(uint64_t)(items[i].data - items[0].data), items[i].len};
    zst_buffer_with_segments *buffer;
    zst_error error;
    size_t size = (size_t)(items[count - 1].data - items[0].data) + items[count - 1].len;
    ok(zst_buffer_with_segments_new(items[0].data, size, segments, count * sizeof *segments, NULL, NULL, &buffer,
                                    &error),
       &error);
    free(segments);
    return buffer;
}

static void time_list(const struct set *set) {
    const char *name = "an item of a list, against a segment of a buffer";
    if (!wanted("batch, costs", name)) return;
    zst_buffer_with_segments *buffer = buffer_of(set->frame, set->count);
    double extra[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        double list = time_batches(zst_decompress_batch, set, 1, 1).cpu;
        double start = cpu_time();
        zst_buffer_with_segments_collection *out;
        zst_error error;
        ok(zst_decompressor_multi_decompress_to_buffer_from_buffer(decompressor, buffer, NULL, 0, 1, &out, &error),
           &error);
        drop(out);
        extra[round] = (list - (cpu_time() - start)) / (double)set->count;
    }
    report_figure("batch, costs", name, median(extra, ROUNDS), "ns", 40);
    zst_buffer_with_segments_free(buffer);
}

static size_t allocated(void) {
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* What the results of a batch take, beside their bytes and segments. */
static void measure_slack(const struct set *set, const char *shape, size_t threads) {
    for (int decompress = 0; decompress < 2; decompress++) {
        char name[256];
        snprintf(name, sizeof name, "unused memory in results: %s, %s, %zu thread%s",
                 decompress ? "decompress" : "compress", shape, threads, threads > 1 ? "s" : "");
        if (!wanted("batch, costs", name)) continue;
        double unused[5];
        double payload = 0;
        for (size_t i = 0; i < 5; i++) {
            drop(decompress ? decompressed(set, threads) : compressed(set, threads));
            size_t before = allocated();
            zst_buffer_with_segments_collection *results =
                decompress ? decompressed(set, threads) : compressed(set, threads);
            payload = (double)zst_buffer_with_segments_collection_size(results);
            unused[i] = (double)(allocated() - before) - payload - 16.0 * (double)set->count;
            zst_buffer_with_segments_collection_free(results);
        }
        double allowed = payload * 0.15 > MIB ? payload * 0.15 : MIB;
        report_figure("batch, costs", name, median(unused, 5) / MIB, "MiB", allowed / MIB);
    }
}

/* ---- Does the time grow as the number of items does? ---- */

static void time_growth(void) {
    static const char *const names[2] = {"compress 2,000,000 tiny items, per item (raw: of 200,000)",
                                         "decompress 2,000,000 tiny items, per item (raw: of 200,000)"};
    if (!wanted("batch, costs", names[0]) && !wanted("batch, costs", names[1])) return;
    enum { LARGE = 2 * 1000 * 1000, SMALL = LARGE / 10, TINY = 16, TIMES = 3 };
    struct piece *items = (struct piece *)allocate(LARGE * sizeof *items);
    for (size_t i = 0; i < LARGE; i++) items[i] = (struct piece){sources.data + i % 1000 * TINY, TINY};
    struct set large = make_batch(items, LARGE);
    free(items);
    struct set small = large;
    small.count = SMALL;
    batch *const sides[2] = {zst_compress_batch, zst_decompress_batch};
    for (size_t side = 0; side < 2; side++) {
        if (!wanted("batch, costs", names[side])) continue;
        double per_item[2][TIMES];
        for (size_t round = 0; round < TIMES; round++) {
            per_item[0][round] = time_batches(sides[side], &small, 1, 4).cpu / SMALL;
            per_item[1][round] = time_batches(sides[side], &large, 1, 1).cpu / LARGE;
        }
        struct row row = {"batch, costs", names[side], NULL, NULL, NULL, RATIO, 1.1, 0, 0};
        report(&row, per_item[0], per_item[1], TIMES, "");
    }
    free_batch(large);
}

/* ---- The rows ---- */

/* One thread, as operations on a set. */
static void raw_compress_1(struct worker *w, const struct set *set, size_t i) {
    (void)w, (void)i;
    raw_compress_batch(set, 1);
}

static void zst_compress_1(struct worker *w, const struct set *set, size_t i) {
    (void)w, (void)i;
    zst_compress_batch(set, 1);
}

static void raw_decompress_1(struct worker *w, const struct set *set, size_t i) {
    (void)w, (void)i;
    raw_decompress_batch(set, 1);
}

static void zst_decompress_1(struct worker *w, const struct set *set, size_t i) {
    (void)w, (void)i;
    zst_decompress_batch(set, 1);
}

static void count_shape(const char *name, const struct set *set, double goal, double decompress_goal, size_t counted) {
    if (!wanted("batch, compress", name) && !wanted("batch, decompress", name)) return;
    make_queue_for(set);
    const struct row rows[] = {
        {"batch, compress", name, set, raw_compress_1, zst_compress_1, goal > 0 ? RATIO : NO_GOAL, goal, 0, counted},
        {"batch, decompress", name, set, raw_decompress_1, zst_decompress_1, decompress_goal > 0 ? RATIO : NO_GOAL,
         decompress_goal, 0, counted},
    };
    EACH(NULL, COUNTS, rows);
    free_queue();
}

static void count_rows(void) {
    struct set records_10000 = make_records_batch(10000), few = make_records_batch(16), one = make_records_batch(1);
    struct set skewed = make_sized(large_middle, SKEWED), sorted = make_sized(ascending, SORTED);
    count_shape("10,000 records, 1 thread", &records_10000, 1.03, 1.08, 1);
    count_shape("16 records, 1 thread", &few, 0, 0, 64);
    count_shape("1 record, 1 thread", &one, 0, 0, 256);
    count_shape("skewed, large item in the middle, 1 thread", &skewed, 1.08, 1.08, 1);
    count_shape("sorted, ascending, 1 thread", &sorted, 1.08, 1.08, 1);
}

void batch_rows(enum mode mode) {
    if (mode == COUNTS) {
        count_rows();
        return;
    }
    enum { MANY = 100 * 1000, SMALL_SHAPES = 5 };
    static const size_t few[SMALL_SHAPES] = {1, 4, 16, 64, 256};
    struct set many = make_records_batch(MANY);
    for (size_t i = 0; i < SMALL_SHAPES; i++) {
        struct set set = many;
        set.count = few[i];
        char name[64];
        snprintf(name, sizeof name, "%zu record%s", few[i], few[i] > 1 ? "s" : "");
        /* Two threads are not slower than one, as far as a clock can tell. */
        time_shape((struct shape){name, &set, {{0}, {0}, {0.97, 0.97}}});
    }
    time_shape((struct shape){"100,000 records", &many, {{1.03, 1.03}, {1.05, 1.08}, {0}}});

    static const struct {
        const char *name;
        size_t (*size_of)(size_t);
        size_t count;
    } sized[] = {
        {"skewed, large item first", large_first, SKEWED},
        {"skewed, large item in the middle", large_middle, SKEWED},
        {"skewed, large item last", large_last, SKEWED},
        {"sorted, ascending", ascending, SORTED},
        {"sorted, descending", descending, SORTED},
    };
    for (size_t i = 0; i < sizeof sized / sizeof *sized; i++) {
        if (!wanted("batch, compress", sized[i].name) && !wanted("batch, decompress", sized[i].name)) continue;
        struct set set = make_sized(sized[i].size_of, sized[i].count);
        time_shape((struct shape){sized[i].name, &set, {{0}, {1.08, 1.08}, {1.75, 0}}});
        free_batch(set);
    }

    struct set one = many;
    one.count = 1;
    time_fixed_cost(&one);
    time_list(&many);
    struct set few_records = many;
    few_records.count = 1000;
    for (size_t threads = 1; threads <= 2; threads++) {
        measure_slack(&few_records, "1000 records", threads);
        measure_slack(&many, "100,000 records", threads);
        struct set skewed = make_sized(large_middle, SKEWED);
        measure_slack(&skewed, "skewed", threads);
        free_batch(skewed);
    }
    free_batch(many);
    time_growth();
}
