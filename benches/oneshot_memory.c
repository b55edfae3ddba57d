/* The memory of one-shot results: its peak while they are made, each in a process of its own, and what they keep. */
#define _GNU_SOURCE
#include "inputs.h"
#include "rows.h"
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void compress_and_free(struct piece plain) {
    zst_bytes out;
    zst_error error;
    ok(zst_compressor_compress(compressor, plain.data, plain.len, &out, &error), &error);
    zst_bytes_free(&out);
}

struct peak_case {
    struct piece frame;
    size_t size;
    uint64_t cap;
    zst_decompressor *fresh;
};

static void decompress_case(const struct peak_case *one, struct piece frame, size_t size, uint64_t cap) {
    zst_bytes out;
    zst_error error;
    ok(zst_decompressor_decompress(one->fresh, frame.data, frame.len, cap, 0, &out, NULL, &error), &error);
    check(out.len == size, "wrong size");
    for (size_t i = 0; i < out.len; i += 4096) sink += out.data[i];
    zst_bytes_free(&out);
}

static void warm_up(void *argument) {
    struct peak_case *one = argument;
    struct piece small = compress_as(cut(sources, 0, KIB), WITH_SIZE);
    zst_error error;
    ok(zst_decompressor_new(NULL, &one->fresh, &error), &error);
    decompress_case(one, small, KIB, 0);
}

static void decompress_whole(void *argument) {
    struct peak_case *one = argument;
    decompress_case(one, one->frame, one->size, one->cap);
}

static void measure_peak(const char *name, struct piece frame, size_t size, uint64_t cap) {
    if (!wanted("memory", name)) return;
    struct peak_case one = {frame, size, cap, NULL};
    double peak = peak_in_child(warm_up, decompress_whole, &one);
    report_figure("memory", name, peak / (double)size, "times the result", 2.2);
}

static void measure_slack(const char *name, const struct set *set, double goal) {
    if (!wanted("memory", name)) return;
    enum { KEPT = 2000 };
    size_t count = set->largest > 100 * KIB ? 50 : KEPT;
    zst_bytes *kept = (zst_bytes *)allocate(count * sizeof *kept);
    zst_error error;
    double len = 0, capacity = 0, usable = 0;
    compress_and_free(set->plain[0]);
    struct mallinfo2 before = mallinfo2();
    for (size_t i = 0; i < count; i++) {
        struct piece plain = set->plain[i % set->count];
        ok(zst_compressor_compress(compressor, plain.data, plain.len, &kept[i], &error), &error);
        len += (double)kept[i].len;
        capacity += (double)kept[i].capacity;
        usable += (double)malloc_usable_size(kept[i].data);
    }
    struct mallinfo2 after = mallinfo2();
    double heap = (double)(after.uordblks + after.hblkhd) - (double)(before.uordblks + before.hblkhd);
    char label[256];
    snprintf(label, sizeof label, "compress() %s: capacity by length", name);
    report_figure("memory", label, capacity / len, "", goal);
    snprintf(label, sizeof label, "compress() %s: usable memory by length", name);
    report_figure("memory", label, usable / len, "", 0);
    snprintf(label, sizeof label, "compress() %s: heap in use by length", name);
    report_figure("memory", label, heap / len, "", 0);
    for (size_t i = 0; i < count; i++) zst_bytes_free(&kept[i]);
    free(kept);
}

void oneshot_memory(void) {
    static const struct {
        const char *size_name;
        size_t size;
        enum frames kind;
    } cases[] = {
        {"1 MB", 1000 * 1000, WITHOUT_SIZE},
        {"1 MB, flushed every KB", 1000 * 1000, WITHOUT_SIZE_IN_SMALL_BLOCKS},
        {"50 MB", 50 * 1000 * 1000, WITHOUT_SIZE},
        {"50 MB, flushed every KB", 50 * 1000 * 1000, WITHOUT_SIZE_IN_SMALL_BLOCKS},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct piece plain = cut(sources, 0, cases[i].size);
        struct piece frame = compress_as(plain, cases[i].kind);
        free(plain.data);
        char name[256];
        snprintf(name, sizeof name, "peak, unknown size, %s, no cap", cases[i].size_name);
        measure_peak(name, frame, cases[i].size, 0);
        snprintf(name, sizeof name, "peak, unknown size, %s, exact cap", cases[i].size_name);
        measure_peak(name, frame, cases[i].size, cases[i].size);
        snprintf(name, sizeof name, "peak, unknown size, %s, cap 64 times too large", cases[i].size_name);
        measure_peak(name, frame, cases[i].size, 64 * cases[i].size);
        free(frame.data);
    }
    /* 20 MB of one byte: far more than 64 times the input. */
    struct piece zeros = {allocate(20 * MIB), 20 * MIB};
    memset(zeros.data, 0, zeros.len);
    struct piece frame = compress_as(zeros, WITHOUT_SIZE);
    free(zeros.data);
    measure_peak("peak, unknown size, 20 MiB of zeros, no cap", frame, zeros.len, 0);

    struct set small = make_pieces(records, KIB, 256, WITH_SIZE);
    struct set medium = make_pieces(sources, 16 * KIB, 64, WITH_SIZE);
    struct set large = make_pieces(sources, MIB, 4, WITH_SIZE);
    measure_slack("1 KB", &small, 1.06);
    measure_slack("16 KB", &medium, 1.06);
    measure_slack("1 MB", &large, 1.06);
}
