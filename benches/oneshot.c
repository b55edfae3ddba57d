/*
 * One-shot compression and decompression, dictionaries, fresh handles, unknown sizes, large results, training and
 * frame inspection: zst against libzstd as a careful C programmer calls it. Usage: oneshot time|counts|memory
 * DIRECTORY [TEXT], where DIRECTORY holds the corpora that run.py makes.
 *
 * "memory" in a row's name: the result is fresh memory, freed at once (raw: malloc of the bound or of the recorded
 * size, and for frames realloc to their size). "into": a buffer that is used again and again.
 */
#define _GNU_SOURCE
#define ZSTD_STATIC_LINKING_ONLY
#define ZDICT_STATIC_LINKING_ONLY
#include "bench.h"
#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zdict.h>
#include <zst.h>
#include <zstd.h>

enum { LEVEL = 3, KIB = 1 << 10, MIB = 1 << 20 };
static const size_t FIFTY_MB = 50 * 1000 * 1000;

/* The zst side's handles, and the raw side's digested dictionaries; the raw contexts belong to workers. */
static zst_compressor *compressor, *dict_compressor;
static zst_decompressor *decompressor, *dict_decompressor;
static zst_compression_dict *dictionary;
static struct piece dictionary_bytes;
static ZSTD_CDict *cdict;
static ZSTD_DDict *ddict;
/* A context that has loaded the dictionary for good. */
static ZSTD_CCtx *cctx_with_dictionary, *cctx_with_cdict;

static volatile size_t sink;

static size_t sound(size_t code) {
    if (ZSTD_isError(code)) fail("libzstd: %s", ZSTD_getErrorName(code));
    return code;
}

static void ok(zst_status status, const zst_error *error) {
    if (status != ZST_OK) fail("zst: %s", error->message);
}

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

/* ---- Training: one operation a side ---- */

static struct {
    struct piece joined;
    size_t *sizes;
    zst_slice *slices;
    size_t count;
} samples;
static size_t samples_for_optimising;
enum { DICTIONARY_SIZE = 112640 };

static void raw_train(struct worker *w, const struct set *set, size_t i) {
    (void)set, (void)i;
    size_t size = ZDICT_trainFromBuffer(w->dst, DICTIONARY_SIZE, samples.joined.data, samples.sizes,
                                        (unsigned)samples.count);
    check(!ZDICT_isError(size), "training failed");
    sink += size;
}

static void train_with(zst_training_parameters parameters, size_t count) {
    zst_compression_dict *dict;
    zst_error error;
    ok(zst_train_dictionary(DICTIONARY_SIZE, samples.slices, count, &parameters, &dict, &error), &error);
    zst_compression_dict_free(dict);
}

static void zst_train(struct worker *w, const struct set *set, size_t i) {
    (void)w, (void)set, (void)i;
    train_with((zst_training_parameters){0}, samples.count);
}

static void optimise_raw(size_t threads) {
    ZDICT_cover_params_t params;
    memset(&params, 0, sizeof params);
    params.steps = 8;
    params.nbThreads = (unsigned)threads;
    params.zParams.compressionLevel = LEVEL;
    unsigned char *dst = allocate(DICTIONARY_SIZE);
    size_t size = ZDICT_optimizeTrainFromBuffer_cover(dst, DICTIONARY_SIZE, samples.joined.data, samples.sizes,
                                                      (unsigned)samples_for_optimising, &params);
    check(!ZDICT_isError(size), "training failed");
    free(dst);
}

static void optimise_zst(size_t threads) {
    zst_training_parameters parameters = {0};
    parameters.mode = ZST_TRAIN_OPTIMIZE;
    parameters.steps = 8;
    parameters.threads = (int32_t)threads;
    train_with(parameters, samples_for_optimising);
}

static void time_optimising(void) {
    const struct row one = {"training", "optimise (cover, 8 steps), 1 thread", NULL, NULL, NULL, RATIO, 1.02, 0, 0};
    const struct row two = {"training", "optimise, 2 threads against 1 (raw, zst: speed-up)", NULL, NULL, NULL,
                            SPEED_UP,   1.6, 0, 0};
    if (!wanted(one.area, one.name) && !wanted(two.area, two.name)) return;
    enum { TIMES = 7 };
    double raw[2][TIMES], zst[2][TIMES], raw_speed_up[TIMES], zst_speed_up[TIMES];
    for (size_t round = 0; round < TIMES; round++) {
        for (size_t threads = 1; threads <= 2; threads++) {
            double start = now();
            optimise_raw(threads);
            double middle = now();
            optimise_zst(threads);
            raw[threads - 1][round] = middle - start;
            zst[threads - 1][round] = now() - middle;
        }
        raw_speed_up[round] = raw[0][round] / raw[1][round];
        zst_speed_up[round] = zst[0][round] / zst[1][round];
    }
    report(&one, raw[0], zst[0], TIMES, "wall clock");
    report(&two, raw_speed_up, zst_speed_up, TIMES, "");
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

static void time_contention(const char *name, const struct set *set, operation *raw, operation *zst) {
    const struct row one = {"threads", name, NULL, NULL, NULL, NO_GOAL, 0, 0, 0};
    if (!wanted(one.area, one.name)) return;
    char together_name[256];
    snprintf(together_name, sizeof together_name, "%s: speed-up of 2 threads over 1", name);
    /* The machine's own speed-up is raw's, with a context for each thread. zst's is to be 0.95 of that. */
    const struct row together = {"threads", together_name, NULL, NULL, NULL, SPEED_UP, 0, 0, 0};
    struct worker workers[2] = {make_worker(2 * KIB), make_worker(2 * KIB)};
    double trial = time_threads(workers, 1, set, raw, 2000);
    size_t operations = (size_t)(30e6 / trial) + 1;
    double raw_speed_up[ROUNDS], zst_speed_up[ROUNDS];
    for (size_t round = 0; round < ROUNDS; round++) {
        double raw_1 = time_threads(workers, 1, set, raw, operations);
        double zst_1 = time_threads(workers, 1, set, zst, operations);
        double raw_2 = time_threads(workers, 2, set, raw, operations);
        double zst_2 = time_threads(workers, 2, set, zst, operations);
        raw_speed_up[round] = raw_1 / raw_2;
        zst_speed_up[round] = zst_1 / zst_2;
    }
    struct row judged = together;
    judged.goal = 0.95 * median(raw_speed_up, ROUNDS);
    report(&judged, raw_speed_up, zst_speed_up, ROUNDS, "goal: 0.95 of raw with a context per thread");
}

/* ---- Inputs ---- */

static struct piece sources, program, records;

/* `size` bytes of the corpus, beginning anew at its end if that must be. */
static struct piece cut(struct piece corpus, size_t from, size_t size) {
    struct piece piece = {allocate(size), size};
    for (size_t done = 0; done < size;) {
        size_t at = (from + done) % corpus.len;
        size_t part = corpus.len - at < size - done ? corpus.len - at : size - done;
        memcpy(piece.data + done, corpus.data + at, part);
        done += part;
    }
    return piece;
}

/* How the frames of a set are made. */
enum frames { WITH_SIZE, WITHOUT_SIZE, WITHOUT_SIZE_IN_SMALL_BLOCKS, WITH_DICTIONARY };

static struct piece compress_as(struct piece plain, enum frames kind) {
    static ZSTD_CCtx *cctx;
    if (!cctx) cctx = ZSTD_createCCtx();
    ZSTD_CCtx_reset(cctx, ZSTD_reset_session_and_parameters);
    sound(ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, LEVEL));
    sound(ZSTD_CCtx_setParameter(cctx, ZSTD_c_contentSizeFlag, kind == WITH_SIZE || kind == WITH_DICTIONARY));
    if (kind == WITH_DICTIONARY) sound(ZSTD_CCtx_refCDict(cctx, cdict));
    size_t bound = ZSTD_compressBound(plain.len) + plain.len / 50 + 64;
    unsigned char *dst = allocate(bound);
    size_t len;
    if (kind == WITH_SIZE || kind == WITH_DICTIONARY) {
        len = sound(ZSTD_compress2(cctx, dst, bound, plain.data, plain.len));
    } else {
        /* As a stream, so that the header has a window and no size. */
        size_t step = kind == WITHOUT_SIZE ? plain.len : KIB;
        ZSTD_outBuffer output = {dst, bound, 0};
        ZSTD_inBuffer input = {plain.data, 0, 0};
        while (input.pos < plain.len) {
            input.size = input.pos + step < plain.len ? input.pos + step : plain.len;
            /* libzstd would know the size of content that arrives together with the end. */
            size_t left = sound(ZSTD_compressStream2(
                cctx, &output, &input, kind == WITHOUT_SIZE ? ZSTD_e_continue : ZSTD_e_flush));
            check(kind == WITHOUT_SIZE || left == 0, "frame buffer too small");
        }
        check(sound(ZSTD_compressStream2(cctx, &output, &input, ZSTD_e_end)) == 0, "frame buffer too small");
        len = output.pos;
        check(ZSTD_getFrameContentSize(dst, len) == ZSTD_CONTENTSIZE_UNKNOWN, "the size is known");
    }
    unsigned char *exact = allocate(len);
    memcpy(exact, dst, len);
    free(dst);
    return (struct piece){exact, len};
}

static struct set make_pieces(struct piece corpus, size_t size, size_t count, enum frames kind) {
    struct set set = make_set(count);
    size_t stride = corpus.len / count / size * size;
    if (stride < size) stride = size;
    for (size_t i = 0; i < count; i++) {
        set.plain[i] = cut(corpus, i * stride, size);
        set.frame[i] = compress_as(set.plain[i], kind);
    }
    set.largest = size;
    return set;
}

/* Each record is a line. */
static void split_records(void) {
    samples.count = 0;
    for (size_t i = 0; i < records.len; i++) samples.count += records.data[i] == '\n';
    samples.joined = records;
    samples.sizes = (size_t *)allocate(samples.count * sizeof *samples.sizes);
    samples.slices = (zst_slice *)allocate(samples.count * sizeof *samples.slices);
    size_t start = 0, number = 0;
    for (size_t i = 0; i < records.len; i++) {
        if (records.data[i] != '\n') continue;
        samples.sizes[number] = i + 1 - start;
        samples.slices[number] = (zst_slice){records.data + start, i + 1 - start};
        number++;
        start = i + 1;
    }
    samples_for_optimising = samples.count < 1500 ? samples.count : 1500;
}

/* Records of 300 to 380 bytes that the dictionary was not trained on. */
static struct set make_records(size_t count) {
    struct set set = make_set(count);
    size_t found = 0;
    for (size_t i = samples.count / 2; i < samples.count && found < count; i++) {
        if (samples.sizes[i] < 300 || samples.sizes[i] > 380) continue;
        struct piece record = {(unsigned char *)(uintptr_t)samples.slices[i].data, samples.sizes[i]};
        set.plain[found] = record;
        set.frame[found] = compress_as(record, WITH_DICTIONARY);
        found++;
    }
    check(found > 0, "no records of 300 to 380 bytes");
    set.count = found;
    set.largest = 380;
    return set;
}

static void make_dictionary(void) {
    unsigned char *dst = allocate(DICTIONARY_SIZE);
    size_t size = ZDICT_trainFromBuffer(dst, DICTIONARY_SIZE, samples.joined.data, samples.sizes,
                                        (unsigned)(samples.count / 2));
    check(!ZDICT_isError(size), "training failed");
    dictionary_bytes = (struct piece){dst, size};
    cdict = ZSTD_createCDict(dst, size, LEVEL);
    ddict = ZSTD_createDDict(dst, size);
    cctx_with_dictionary = ZSTD_createCCtx();
    sound(ZSTD_CCtx_setParameter(cctx_with_dictionary, ZSTD_c_compressionLevel, LEVEL));
    sound(ZSTD_CCtx_loadDictionary(cctx_with_dictionary, dst, size));
    cctx_with_cdict = ZSTD_createCCtx();
    sound(ZSTD_CCtx_refCDict(cctx_with_cdict, cdict));
    zst_error error;
    ok(zst_compression_dict_new(dst, size, ZST_DICT_TYPE_FULLDICT, 0, 0, &dictionary, &error), &error);
    ok(zst_compressor_new(LEVEL, dictionary, &dict_compressor, &error), &error);
    ok(zst_decompressor_new(dictionary, &dict_decompressor, &error), &error);
}

struct worker make_worker(size_t dst_size) {
    struct worker worker = {ZSTD_createCCtx(), ZSTD_createDCtx(), allocate(dst_size), dst_size};
    sound(ZSTD_CCtx_setParameter(worker.raw_cctx, ZSTD_c_compressionLevel, LEVEL));
    memset(worker.dst, 0, dst_size);
    return worker;
}

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

/* ---- Memory, each case in a process of its own ---- */

static double status_kib(const char *field) {
    FILE *file = fopen("/proc/self/status", "r");
    check(file != NULL, "no /proc/self/status");
    char line[256];
    double value = -1;
    while (fgets(line, sizeof line, file))
        if (strncmp(line, field, strlen(field)) == 0) value = atof(line + strlen(field));
    fclose(file);
    return value;
}

/* How far the peak rises above what the process had, in results. A fork begins with its peak at what it has. */
static void measure_peak(const char *name, struct piece frame, size_t size, uint64_t cap) {
    static struct piece warm_up;
    if (!warm_up.data) warm_up = compress_as(cut(sources, 0, KIB), WITH_SIZE);
    if (!wanted("memory", name)) return;
    int ends[2];
    check(pipe(ends) == 0, "no pipe");
    fflush(stdout);
    pid_t child = fork();
    check(child >= 0, "cannot fork");
    if (child == 0) {
        zst_decompressor *fresh;
        zst_bytes out;
        zst_error error;
        ok(zst_decompressor_new(NULL, &fresh, &error), &error);
        /* The code's own pages, and the context. */
        decompress_memory(fresh, warm_up, 0);
        double before = status_kib("VmRSS:");
        ok(zst_decompressor_decompress(fresh, frame.data, frame.len, cap, 0, &out, NULL, &error), &error);
        check(out.len == size, "wrong size");
        for (size_t i = 0; i < out.len; i += 4096) sink += out.data[i];
        double peak = status_kib("VmHWM:") - before;
        check(write(ends[1], &peak, sizeof peak) == sizeof peak, "cannot write");
        _exit(0);
    }
    double peak;
    close(ends[1]);
    check(read(ends[0], &peak, sizeof peak) == sizeof peak, "the child failed");
    close(ends[0]);
    waitpid(child, NULL, 0);
    report_figure("memory", name, peak * KIB / (double)size, "times the result", 2.2);
}

static void measure_slack(const char *name, const struct set *set, double goal) {
    if (!wanted("memory", name)) return;
    enum { KEPT = 2000 };
    size_t count = set->largest > 100 * KIB ? 50 : KEPT;
    zst_bytes *kept = (zst_bytes *)allocate(count * sizeof *kept);
    zst_error error;
    double len = 0, capacity = 0, usable = 0;
    compress_memory(compressor, set->plain[0]);
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

static void measure_memory(void) {
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

/* ---- The rows ---- */

enum mode { TIME, COUNTS };

static void each(struct worker *worker, enum mode mode, const struct row *rows, size_t count) {
    for (size_t i = 0; i < count; i++) (mode == TIME ? time_row : count_row)(worker, &rows[i]);
}

#define EACH(worker, mode, rows) each(worker, mode, rows, sizeof(rows) / sizeof *(rows))

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
        time_contention("compress 1 KB, into", &k1, raw_compress_into, zst_compress_into);
        time_contention("decompress 1 KB, into", &k1, raw_decompress_into, zst_decompress_into);
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

static void training_rows(void) {
    struct set none = make_set(1);
    struct worker worker = make_worker(DICTIONARY_SIZE);
    const struct row row = {"training", "default mode (raw: ZDICT_trainFromBuffer)", &none, raw_train, zst_train, RATIO,
                            1.02, 0, 0};
    time_row(&worker, &row);
    time_optimising();
}

int main(int argc, char **argv) {
    if (argc < 3) fail("usage: oneshot time|counts|memory DIRECTORY [TEXT]");
    row_filter = argc > 3 ? argv[3] : NULL;
    zst_error error;
    check(zst_zstd_version_number() == ZSTD_versionNumber(), "the two sides have different versions of libzstd");
    ok(zst_compressor_new(LEVEL, NULL, &compressor, &error), &error);
    ok(zst_decompressor_new(NULL, &decompressor, &error), &error);
    sources = read_file(argv[2], "sources");
    records = read_file(argv[2], "records");
    split_records();
    if (strcmp(argv[1], "memory") == 0) {
        measure_memory();
        return 0;
    }
    make_dictionary();
    if (strcmp(argv[1], "counts") == 0) {
        small_rows(COUNTS);
        return 0;
    }
    program = read_file(argv[2], "program");
    small_rows(TIME);
    medium_rows();
    large_rows();
    training_rows();
    return 0;
}
