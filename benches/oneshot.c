/*
 * One-shot compression and decompression, dictionaries, fresh handles, unknown sizes, large results, frame inspection,
 * and threads that share a handle.
 *
 * "memory" in a row's name: the result is fresh memory, freed at once (raw: malloc of the bound or of the recorded
 * size, and for frames realloc to their size). "into": a buffer that is used again and again.
 */
#define _GNU_SOURCE
#include "inputs.h"
#include "rows.h"
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const size_t FIFTY_MB = 50 * 1000 * 1000;

/* ---- Compression ---- */

static unsigned char *raw_compress_alloc(ZSTD_CCtx *cctx, struct piece plain, size_t *len) {
    size_t bound = ZSTD_compressBound(plain.len);
    unsigned char *frame = malloc(bound);
    check(frame != NULL, "no memory");
    *len = sound(ZSTD_compress2(cctx, frame, bound, plain.data, plain.len));
    unsigned char *shrunk = realloc(frame, *len);
    return shrunk ? shrunk : frame;
}

static void raw_compress_memory(struct worker *w, const struct set *set, size_t i) {
    size_t len;
    unsigned char *frame = raw_compress_alloc(w->raw_cctx, set->plain[i], &len);
    sink += len;
    free(frame);
}

static void compress_memory(const zst_compressor *with, struct piece plain) {
    zst_bytes out;
    zst_error error;
    ok(zst_compressor_compress(with, plain.data, plain.len, &out, &error), &error);
    sink += out.len;
    zst_bytes_free(&out);
}

static void zst_compress_memory(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    compress_memory(compressor, set->plain[i]);
}

static void raw_compress_into(struct worker *w, const struct set *set, size_t i) {
    struct piece plain = set->plain[i];
    sink += sound(ZSTD_compress2(w->raw_cctx, w->dst, w->dst_size, plain.data, plain.len));
}

static void compress_into(struct worker *w, const zst_compressor *with, struct piece plain) {
    size_t len;
    zst_error error;
    ok(zst_compressor_compress_into(with, plain.data, plain.len, w->dst, w->dst_size, &len, &error), &error);
    sink += len;
}

static void zst_compress_into(struct worker *w, const struct set *set, size_t i) {
    compress_into(w, compressor, set->plain[i]);
}

/* ---- Decompression ---- */

static void raw_decompress_memory(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    unsigned long long size = ZSTD_getFrameContentSize(frame.data, frame.len);
    check(size < ZSTD_CONTENTSIZE_ERROR, "no content size");
    unsigned char *content = malloc(size ? (size_t)size : 1);
    check(content != NULL, "no memory");
    sink += sound(ZSTD_decompressDCtx(w->raw_dctx, content, (size_t)size, frame.data, frame.len));
    free(content);
}

static void decompress_memory(const zst_decompressor *with, struct piece frame, uint64_t cap) {
    zst_bytes out;
    zst_error error;
    ok(zst_decompressor_decompress(with, frame.data, frame.len, cap, 0, &out, NULL, &error), &error);
    sink += out.len;
    zst_bytes_free(&out);
}

static void zst_decompress_memory(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    decompress_memory(decompressor, set->frame[i], 0);
}

static void raw_decompress_into(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    sink += sound(ZSTD_decompressDCtx(w->raw_dctx, w->dst, w->dst_size, frame.data, frame.len));
}

static void decompress_into(struct worker *w, const zst_decompressor *with, struct piece frame) {
    size_t len;
    zst_error error;
    ok(zst_decompressor_decompress_into(with, frame.data, frame.len, 0, 0, w->dst, w->dst_size, &len, NULL, &error),
       &error);
    sink += len;
}

static void zst_decompress_into(struct worker *w, const struct set *set, size_t i) {
    decompress_into(w, decompressor, set->frame[i]);
}

/* ---- Dictionaries ---- */

static void raw_compress_loaded(struct worker *w, const struct set *set, size_t i) {
    struct piece plain = set->plain[i];
    sink += sound(ZSTD_compress2(cctx_with_dictionary, w->dst, w->dst_size, plain.data, plain.len));
}

static void raw_compress_cdict(struct worker *w, const struct set *set, size_t i) {
    struct piece plain = set->plain[i];
    sink += sound(ZSTD_compress2(cctx_with_cdict, w->dst, w->dst_size, plain.data, plain.len));
}

static void raw_compress_loaded_memory(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    size_t len;
    unsigned char *frame = raw_compress_alloc(cctx_with_dictionary, set->plain[i], &len);
    sink += len;
    free(frame);
}

static void zst_compress_dict_into(struct worker *w, const struct set *set, size_t i) {
    compress_into(w, dict_compressor, set->plain[i]);
}

static void zst_compress_dict_memory(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    compress_memory(dict_compressor, set->plain[i]);
}

static void raw_decompress_dict_into(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    sink += sound(ZSTD_decompress_usingDDict(w->raw_dctx, w->dst, w->dst_size, frame.data, frame.len, ddict));
}

static void raw_decompress_dict_memory(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    unsigned long long size = ZSTD_getFrameContentSize(frame.data, frame.len);
    unsigned char *content = malloc(size ? (size_t)size : 1);
    check(content != NULL, "no memory");
    sink += sound(ZSTD_decompress_usingDDict(w->raw_dctx, content, (size_t)size, frame.data, frame.len, ddict));
    free(content);
}

static void zst_decompress_dict_into(struct worker *w, const struct set *set, size_t i) {
    decompress_into(w, dict_decompressor, set->frame[i]);
}

static void zst_decompress_dict_memory(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    decompress_memory(dict_decompressor, set->frame[i], 0);
}

/* ---- Fresh handles ---- */

static void raw_fresh_compress_dict(struct worker *w, const struct set *set, size_t i) {
    struct piece plain = set->plain[i];
    ZSTD_CCtx *cctx = ZSTD_createCCtx();
    sound(ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, LEVEL));
    sound(ZSTD_CCtx_loadDictionary(cctx, dictionary_bytes.data, dictionary_bytes.len));
    sink += sound(ZSTD_compress2(cctx, w->dst, w->dst_size, plain.data, plain.len));
    ZSTD_freeCCtx(cctx);
}

static void raw_fresh_compress_cdict(struct worker *w, const struct set *set, size_t i) {
    struct piece plain = set->plain[i];
    ZSTD_CCtx *cctx = ZSTD_createCCtx();
    sound(ZSTD_CCtx_refCDict(cctx, cdict));
    sink += sound(ZSTD_compress2(cctx, w->dst, w->dst_size, plain.data, plain.len));
    ZSTD_freeCCtx(cctx);
}

static void zst_fresh_compress_with(struct worker *w, struct piece plain, const zst_compression_dict *dict) {
    zst_compressor *fresh;
    zst_error error;
    ok(zst_compressor_new(LEVEL, dict, &fresh, &error), &error);
    compress_into(w, fresh, plain);
    zst_compressor_free(fresh);
}

static void zst_fresh_compress_dict(struct worker *w, const struct set *set, size_t i) {
    zst_fresh_compress_with(w, set->plain[i], dictionary);
}

static void zst_fresh_dictionary_too(struct worker *w, const struct set *set, size_t i) {
    zst_compression_dict *dict;
    zst_error error;
    ok(zst_compression_dict_new(dictionary_bytes.data, dictionary_bytes.len, ZST_DICT_TYPE_FULLDICT, 0, 0, &dict,
                                &error),
       &error);
    zst_fresh_compress_with(w, set->plain[i], dict);
    zst_compression_dict_free(dict);
}

static void raw_fresh_compress(struct worker *w, const struct set *set, size_t i) {
    struct piece plain = set->plain[i];
    ZSTD_CCtx *cctx = ZSTD_createCCtx();
    sound(ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, LEVEL));
    sink += sound(ZSTD_compress2(cctx, w->dst, w->dst_size, plain.data, plain.len));
    ZSTD_freeCCtx(cctx);
}

static void zst_fresh_compress(struct worker *w, const struct set *set, size_t i) {
    zst_fresh_compress_with(w, set->plain[i], NULL);
}

static void raw_fresh_decompress_dict(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    ZSTD_DCtx *dctx = ZSTD_createDCtx();
    sound(ZSTD_DCtx_loadDictionary(dctx, dictionary_bytes.data, dictionary_bytes.len));
    sink += sound(ZSTD_decompressDCtx(dctx, w->dst, w->dst_size, frame.data, frame.len));
    ZSTD_freeDCtx(dctx);
}

static void raw_fresh_decompress(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    ZSTD_DCtx *dctx = ZSTD_createDCtx();
    sink += sound(ZSTD_decompressDCtx(dctx, w->dst, w->dst_size, frame.data, frame.len));
    ZSTD_freeDCtx(dctx);
}

static void zst_fresh_decompress_with(struct worker *w, struct piece frame, const zst_compression_dict *dict) {
    zst_decompressor *fresh;
    zst_error error;
    ok(zst_decompressor_new(dict, &fresh, &error), &error);
    decompress_into(w, fresh, frame);
    zst_decompressor_free(fresh);
}

static void zst_fresh_decompress_dict(struct worker *w, const struct set *set, size_t i) {
    zst_fresh_decompress_with(w, set->frame[i], dictionary);
}

static void zst_fresh_decompress(struct worker *w, const struct set *set, size_t i) {
    zst_fresh_decompress_with(w, set->frame[i], NULL);
}

/* ---- Content of unknown size ---- */

static void raw_unknown(struct worker *w, const struct set *set, size_t i) {
    struct piece frame = set->frame[i];
    size_t size = set->plain[i].len;
    unsigned char *content = malloc(size);
    check(content != NULL, "no memory");
    sink += sound(ZSTD_decompressDCtx(w->raw_dctx, content, size, frame.data, frame.len));
    free(content);
}

static void zst_unknown_no_cap(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    decompress_memory(decompressor, set->frame[i], 0);
}

static void zst_unknown_exact_cap(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    decompress_memory(decompressor, set->frame[i], set->plain[i].len);
}

static void zst_unknown_large_cap(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    decompress_memory(decompressor, set->frame[i], 64 * (uint64_t)set->plain[i].len);
}

/* ---- Frame inspection ---- */

static void raw_header(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    ZSTD_FrameHeader header;
    check(sound(ZSTD_getFrameHeader(&header, set->frame[i].data, set->frame[i].len)) == 0, "no header");
    sink += header.headerSize;
}

static void zst_header(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    zst_frame_parameters parameters;
    zst_error error;
    ok(zst_get_frame_parameters(set->frame[i].data, set->frame[i].len, ZST_FORMAT_ZSTD1, &parameters, &error), &error);
    sink += parameters.header_size;
}

static void raw_content_size(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    sink += (size_t)ZSTD_getFrameContentSize(set->frame[i].data, set->frame[i].len);
}

static void zst_content_size(struct worker *w, const struct set *set, size_t i) {
    (void)w;
    uint64_t size;
    zst_error error;
    ok(zst_frame_content_size(set->frame[i].data, set->frame[i].len, ZST_FORMAT_ZSTD1, &size, &error), &error);
    sink += (size_t)size;
}

/* ---- Threads that share a handle ---- */

struct crew {
    pthread_barrier_t *start;
    struct worker *worker;
    const struct set *set;
    operation *side;
    size_t operations;
};

static void *work(void *argument) {
    struct crew *crew = argument;
    pthread_barrier_wait(crew->start);
    for (size_t i = 0; i < crew->operations; i++) crew->side(crew->worker, crew->set, i % crew->set->count);
    return NULL;
}

/* Nanoseconds per operation, wall clock, of all threads together. */
static double time_threads(struct worker *workers, size_t threads, const struct set *set, operation *side,
                           size_t operations) {
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, (unsigned)threads + 1);
    pthread_t ids[8];
    struct crew crew[8];
    for (size_t t = 0; t < threads; t++) {
        crew[t] = (struct crew){&start, &workers[t], set, side, operations};
        check(pthread_create(&ids[t], NULL, work, &crew[t]) == 0, "cannot create a thread");
    }
    pthread_barrier_wait(&start);
    double began = now();
    for (size_t t = 0; t < threads; t++) pthread_join(ids[t], NULL);
    double elapsed = now() - began;
    pthread_barrier_destroy(&start);
    return elapsed / (double)(threads * operations);
}

/* One handle of zst for all threads; raw has a context for each, and shows what the machine can give. */
static void time_contention(const char *name, size_t threads, const struct set *set, operation *raw, operation *zst) {
    char together_name[256];
    snprintf(together_name, sizeof together_name, "%s: speed-up of %zu threads over 1", name, threads);
    struct row together = {"threads", together_name, NULL, NULL, NULL, SPEED_UP, 0, 0, 0};
    if (!wanted(together.area, together.name)) return;
    struct worker workers[4] = {make_worker(2 * KIB), make_worker(2 * KIB), make_worker(2 * KIB), make_worker(2 * KIB)};
    double trial = time_threads(workers, 1, set, raw, 2000);
    size_t operations = (size_t)(100e6 / trial) + 1;
    double raw_speed_up[ROUNDS], zst_speed_up[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        double raw_1 = time_threads(workers, 1, set, raw, operations);
        double zst_1 = time_threads(workers, 1, set, zst, operations);
        double raw_together = time_threads(workers, threads, set, raw, operations);
        double zst_together = time_threads(workers, threads, set, zst, operations);
        raw_speed_up[round] = raw_1 / raw_together;
        zst_speed_up[round] = zst_1 / zst_together;
    }
    together.goal = 0.95 * median(raw_speed_up, ROUNDS);
    report(&together, raw_speed_up, zst_speed_up, ROUNDS, "goal: 0.95 of raw with a context per thread");
}

/* ---- The first call of a process ---- */

/* Nanoseconds, in a child without contexts that others have left. */
static double time_first(operation *side, const struct set *set) {
    double took = 0;
    int ends[2];
    check(pipe(ends) == 0, "cannot make a pipe");
    zst_free_idle_contexts();
    pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) {
        struct worker worker = {.dst = malloc(2 * KIB), .dst_size = 2 * KIB};
        double began = now();
        side(&worker, set, 0);
        took = now() - began;
        _exit(write(ends[1], &took, sizeof took) == sizeof took ? 0 : 1);
    }
    check(read(ends[0], &took, sizeof took) == sizeof took, "the first call has failed");
    waitpid(child, NULL, 0);
    close(ends[0]);
    close(ends[1]);
    return took;
}

static void time_first_call(const char *name, const struct set *set, operation *raw, operation *zst) {
    const struct row first = {"first call", name, NULL, NULL, NULL, NO_GOAL, 0, 0, 0};
    if (!wanted(first.area, first.name)) return;
    double raw_took[ROUNDS], zst_took[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        raw_took[round] = time_first(raw, set);
        zst_took[round] = time_first(zst, set);
    }
    report(&first, raw_took, zst_took, ROUNDS, "a child process; the handle is made and freed");
}

/* ---- The rows ---- */

/* Both sides must do the same work: equal frames, equal contents. */
static void compare_sides(struct worker *w, const struct set *set, int with_dictionary) {
    const zst_compressor *c = with_dictionary ? dict_compressor : compressor;
    const zst_decompressor *d = with_dictionary ? dict_decompressor : decompressor;
    ZSTD_CCtx *cctx = with_dictionary ? cctx_with_dictionary : w->raw_cctx;
    for (size_t i = 0; i < set->count && i < 64; i++) {
        struct piece plain = set->plain[i];
        zst_bytes frame, content;
        zst_error error;
        size_t len = sound(ZSTD_compress2(cctx, w->dst, w->dst_size, plain.data, plain.len));
        ok(zst_compressor_compress(c, plain.data, plain.len, &frame, &error), &error);
        check(frame.len == len && memcmp(frame.data, w->dst, len) == 0, "the two sides make different frames");
        zst_bytes_free(&frame);
        ok(zst_decompressor_decompress(d, set->frame[i].data, set->frame[i].len, 0, 0, &content, NULL, &error), &error);
        check(content.len == plain.len && memcmp(content.data, plain.data, plain.len) == 0, "wrong content");
        zst_bytes_free(&content);
    }
}

static void small_rows(enum mode mode) {
    struct set b100 = make_pieces(records, 100, 1024, WITH_SIZE);
    struct set k1 = make_pieces(records, KIB, 512, WITH_SIZE);
    struct set k16 = make_pieces(sources, 16 * KIB, 128, WITH_SIZE);
    struct set record = make_records(1024);
    struct set unknown_1k = make_pieces(records, KIB, 512, WITHOUT_SIZE);
    struct set unknown_16k = make_pieces(sources, 16 * KIB, 128, WITHOUT_SIZE);
    struct worker worker = make_worker(ZSTD_compressBound(16 * KIB));
    compare_sides(&worker, &b100, 0);
    compare_sides(&worker, &k1, 0);
    compare_sides(&worker, &k16, 0);
    compare_sides(&worker, &record, 1);
    compare_sides(&worker, &unknown_1k, 0);
    compare_sides(&worker, &unknown_16k, 0);

    const enum goal I = RATIO_INSTRUCTIONS;
    const struct row rows[] = {
        {"compress", "100 B, memory", &b100, raw_compress_memory, zst_compress_memory, I, 1.05, 60, 1024},
        {"compress", "100 B, into", &b100, raw_compress_into, zst_compress_into, I, 1.05, 60, 1024},
        {"compress", "1 KB, memory", &k1, raw_compress_memory, zst_compress_memory, I, 1.02, 0, 512},
        {"compress", "1 KB, into", &k1, raw_compress_into, zst_compress_into, I, 1.02, 0, 512},
        {"compress", "16 KB, memory", &k16, raw_compress_memory, zst_compress_memory, RATIO, 1.01, 0, 128},
        {"compress", "16 KB, into", &k16, raw_compress_into, zst_compress_into, RATIO, 1.01, 0, 128},

        {"decompress", "100 B, memory", &b100, raw_decompress_memory, zst_decompress_memory, I, 1.15, 60, 2048},
        {"decompress", "100 B, into", &b100, raw_decompress_into, zst_decompress_into, I, 1.15, 60, 2048},
        {"decompress", "1 KB, memory", &k1, raw_decompress_memory, zst_decompress_memory, I, 1.08, 0, 1024},
        {"decompress", "1 KB, into", &k1, raw_decompress_into, zst_decompress_into, I, 1.08, 0, 1024},
        {"decompress", "16 KB, memory", &k16, raw_decompress_memory, zst_decompress_memory, RATIO, 1.03, 0, 256},
        {"decompress", "16 KB, into", &k16, raw_decompress_into, zst_decompress_into, RATIO, 1.03, 0, 256},

        {"dictionary", "compress 340 B, memory (raw: dictionary loaded once)", &record, raw_compress_loaded_memory,
         zst_compress_dict_memory, I, 1.03, 0, 1024},
        {"dictionary", "compress 340 B, into (raw: dictionary loaded once)", &record, raw_compress_loaded,
         zst_compress_dict_into, I, 1.03, 0, 1024},
        {"dictionary", "compress 340 B, into (raw: CDict)", &record, raw_compress_cdict,
         zst_compress_dict_into, NO_GOAL, 0, 0, 1024},
        {"dictionary", "decompress 340 B, memory (raw: DDict)", &record, raw_decompress_dict_memory,
         zst_decompress_dict_memory, I, 1.25, 0, 2048},
        {"dictionary", "decompress 340 B, into (raw: DDict)", &record, raw_decompress_dict_into,
         zst_decompress_dict_into, I, 1.25, 0, 2048},

        {"fresh", "compressor with a dictionary, 340 B, into", &record, raw_fresh_compress_dict,
         zst_fresh_compress_dict, RATIO_OF_TIMES, 0.45, 0, 64},
        {"fresh", "the same (raw: CDict kept)", &record, raw_fresh_compress_cdict, zst_fresh_compress_dict, NO_GOAL, 0,
         0, 64},
        {"fresh", "compressor with a fresh dictionary, 340 B, into", &record, raw_fresh_compress_dict,
         zst_fresh_dictionary_too, NO_GOAL, 0, 0, 64},
        {"fresh", "compressor, 100 B, into", &b100, raw_fresh_compress, zst_fresh_compress,
         RATIO_OF_TIMES, 0.5, 0, 128},
        {"fresh", "decompressor with a dictionary, 340 B, into", &record, raw_fresh_decompress_dict,
         zst_fresh_decompress_dict, NO_GOAL, 0, 0, 128},
        {"fresh", "decompressor, 100 B, into", &b100, raw_fresh_decompress, zst_fresh_decompress,
         RATIO_OF_TIMES, 0.3, 0, 512},

        {"unknown size", "1 KB, no cap", &unknown_1k, raw_unknown, zst_unknown_no_cap, RATIO, 1.15, 0, 1024},
        {"unknown size", "1 KB, exact cap", &unknown_1k, raw_unknown, zst_unknown_exact_cap, RATIO, 1.15, 0, 1024},
        {"unknown size", "1 KB, cap x 64", &unknown_1k, raw_unknown, zst_unknown_large_cap, RATIO, 1.15, 0, 1024},
        {"unknown size", "16 KB, no cap", &unknown_16k, raw_unknown, zst_unknown_no_cap, RATIO, 1.05, 0, 256},
        {"unknown size", "16 KB, exact cap", &unknown_16k, raw_unknown, zst_unknown_exact_cap, RATIO, 1.05, 0, 256},
        {"unknown size", "16 KB, cap x 64", &unknown_16k, raw_unknown, zst_unknown_large_cap, RATIO, 1.05, 0, 256},

        {"frames", "zst_frame_content_size", &b100, raw_content_size, zst_content_size, NANOSECONDS, 80, 0, 4096},
        {"frames", "zst_get_frame_parameters", &b100, raw_header, zst_header, NANOSECONDS, 120, 0, 4096},
    };
    EACH(&worker, mode, rows);

    if (mode == TIME) {
        for (size_t threads = 2; threads <= 4; threads += 2) {
            time_contention("compress 1 KB, into", threads, &k1, raw_compress_into, zst_compress_into);
            time_contention("decompress 1 KB, into", threads, &k1, raw_decompress_into, zst_decompress_into);
        }
        time_first_call("compress 1 KB, into", &k1, raw_fresh_compress, zst_fresh_compress);
        time_first_call("decompress 1 KB, into", &k1, raw_fresh_decompress, zst_fresh_decompress);
    }
}

static void medium_rows(void) {
    struct set m1 = make_pieces(sources, MIB, 8, WITH_SIZE);
    struct set unknown = make_pieces(sources, MIB, 8, WITHOUT_SIZE);
    struct set flushed = make_pieces(sources, MIB, 8, WITHOUT_SIZE_IN_SMALL_BLOCKS);
    struct worker worker = make_worker(ZSTD_compressBound(MIB));
    compare_sides(&worker, &m1, 0);
    compare_sides(&worker, &unknown, 0);
    compare_sides(&worker, &flushed, 0);
    const struct row rows[] = {
        {"compress", "1 MB, memory", &m1, raw_compress_memory, zst_compress_memory, RATIO, 1.01, 0, 0},
        {"compress", "1 MB, into", &m1, raw_compress_into, zst_compress_into, RATIO, 1.01, 0, 0},
        {"decompress", "1 MB, memory", &m1, raw_decompress_memory, zst_decompress_memory, RATIO, 1.03, 0, 0},
        {"decompress", "1 MB, into", &m1, raw_decompress_into, zst_decompress_into, RATIO, 1.03, 0, 0},
        {"unknown size", "1 MB, no cap", &unknown, raw_unknown, zst_unknown_no_cap, RATIO, 1.05, 0, 0},
        {"unknown size", "1 MB, exact cap", &unknown, raw_unknown, zst_unknown_exact_cap, RATIO, 1.05, 0, 0},
        {"unknown size", "1 MB, cap x 64", &unknown, raw_unknown, zst_unknown_large_cap, RATIO, 1.05, 0, 0},
        {"unknown size", "1 MB flushed every KB, no cap", &flushed, raw_unknown, zst_unknown_no_cap, RATIO, 1.05, 0,
         0},
        {"unknown size", "1 MB flushed every KB, exact cap", &flushed, raw_unknown, zst_unknown_exact_cap, RATIO, 1.05,
         0, 0},
        {"unknown size", "1 MB flushed every KB, cap x 64", &flushed, raw_unknown, zst_unknown_large_cap, RATIO, 1.05,
         0, 0},
    };
    EACH(&worker, TIME, rows);
}

static void large_rows(void) {
    struct set text = make_pieces(sources, FIFTY_MB, 1, WITH_SIZE);
    struct set unknown = make_pieces(sources, FIFTY_MB, 1, WITHOUT_SIZE);
    struct set m33 = make_pieces(program, 33 * MIB, 1, WITH_SIZE);
    struct set m64 = make_pieces(program, 64 * MIB, 1, WITH_SIZE);
    /* Bytes that do not compress, so that the frame is large as well. */
    struct piece noise = {allocate(64 * MIB), 64 * MIB};
    uint64_t state = 88172645463325252u;
    for (size_t i = 0; i < noise.len; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        noise.data[i] = (unsigned char)(state >> 32);
    }
    struct set dense = make_pieces(noise, 64 * MIB, 1, WITH_SIZE);
    struct worker worker = make_worker(ZSTD_compressBound(64 * MIB));
    compare_sides(&worker, &text, 0);
    compare_sides(&worker, &m64, 0);
    const struct row rows[] = {
        {"decompress", "50 MB, into", &text, raw_decompress_into, zst_decompress_into, RATIO, 1.03, 0, 0},
        {"unknown size", "50 MB, no cap", &unknown, raw_unknown, zst_unknown_no_cap, RATIO, 1.05, 0, 0},
        {"unknown size", "50 MB, exact cap", &unknown, raw_unknown, zst_unknown_exact_cap, RATIO, 1.05, 0, 0},
        {"unknown size", "50 MB, cap x 64", &unknown, raw_unknown, zst_unknown_large_cap, RATIO, 1.05, 0, 0},
        {"large result", "decompress 50 MB of sources, memory", &text, raw_decompress_memory, zst_decompress_memory,
         RATIO, 0.75, 0, 0},
        {"large result", "decompress 33 MiB of program, memory", &m33, raw_decompress_memory, zst_decompress_memory,
         RATIO, 0.75, 0, 0},
        {"large result", "decompress 64 MiB of program, memory", &m64, raw_decompress_memory, zst_decompress_memory,
         RATIO, 0.75, 0, 0},
        {"large result", "decompress 64 MiB of noise, memory", &dense, raw_decompress_memory, zst_decompress_memory,
         RATIO, 0.75, 0, 0},
        {"large result", "compress 64 MiB of noise to as much, memory", &dense, raw_compress_memory,
         zst_compress_memory, RATIO, 0.75, 0, 0},
        {"large result", "compress 33 MiB of program to less, memory", &m33, raw_compress_memory, zst_compress_memory,
         RATIO, 1.01, 0, 0},
        {"large result", "compress 64 MiB of program to less, memory", &m64, raw_compress_memory, zst_compress_memory,
         RATIO, 1.01, 0, 0},
    };
    EACH(&worker, TIME, rows);
}

void oneshot_rows(enum mode mode) {
    make_dictionary();
    small_rows(mode);
    if (mode == COUNTS) return;
    medium_rows();
    large_rows();
}
