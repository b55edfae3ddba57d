/*
 * libzstd, called from C, as one of the sides that compare.py compares: it does what the lines on stdin say and answers
 * each with a line. Usage: raw INPUTS, where INPUTS is the directory that inputs.py fills. side.py explains the lines.
 *
 * Contexts are reused. Results of one-shot calls are memory of their own, from malloc, as results in Python are.
 */
#define _GNU_SOURCE
#define ZDICT_STATIC_LINKING_ONLY
#include "../queue.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zdict.h>

/* A row as it was prepared. */
static struct {
    struct set set;
    void (*work)(size_t item);
    void (*batch)(const struct set *set, size_t threads);
    size_t in_step, out_step;
    size_t next;
} row;

static struct worker worker;
static struct piece dictionary_file;
static size_t result; /* bytes that the last operation gave */

/* ---- Inputs ---- */

static const char *inputs;

/* Pieces as inputs.py writes them: their number, their lengths, and the bytes of all. */
static struct piece *read_pieces(const char *name, const char *kind, size_t *count) {
    char file_name[256];
    snprintf(file_name, sizeof file_name, "%s.%s", name, kind);
    struct piece whole = read_file(inputs, file_name);
    uint64_t number;
    memcpy(&number, whole.data, sizeof number);
    const unsigned char *lengths = whole.data + sizeof number;
    unsigned char *at = whole.data + (number + 1) * sizeof number;
    struct piece *pieces = (struct piece *)allocate(number * sizeof *pieces);
    for (size_t i = 0; i < number; i++) {
        uint64_t len;
        memcpy(&len, lengths + i * sizeof len, sizeof len);
        pieces[i] = (struct piece){at, len};
        at += len;
    }
    *count = number;
    return pieces;
}

/* The pieces' memory is one block, which begins with their number and lengths. */
static void free_pieces(struct piece *pieces, size_t count) {
    if (pieces) free(pieces[0].data - (count + 1) * sizeof(uint64_t));
    free(pieces);
}

static struct set read_set(const char *name) {
    struct set set = {NULL, NULL, 0, 0, SIZE_MAX, 0};
    set.plain = read_pieces(name, "plain", &set.count);
    set.frame = read_pieces(name, "frames", &set.count);
    return set;
}

static void free_set(struct set *set) {
    free_pieces(set->plain, set->count);
    free_pieces(set->frame, set->count);
}

/* ---- One-shot calls ---- */

static void compress_with(ZSTD_CCtx *cctx, struct piece plain) {
    size_t bound = ZSTD_compressBound(plain.len);
    unsigned char *frame = allocate(bound);
    result = sound(ZSTD_compress2(cctx, frame, bound, plain.data, plain.len));
    unsigned char *shrunk = realloc(frame, result);
    free(shrunk ? shrunk : frame);
}

static unsigned char *content_for(struct piece frame, size_t *size) {
    unsigned long long known = ZSTD_getFrameContentSize(frame.data, frame.len);
    check(known < ZSTD_CONTENTSIZE_ERROR, "no content size");
    *size = (size_t)known;
    return allocate(*size);
}

static void decompress_with(ZSTD_DCtx *dctx, const ZSTD_DDict *with, struct piece frame) {
    size_t size;
    unsigned char *content = content_for(frame, &size);
    result = sound(with ? ZSTD_decompress_usingDDict(dctx, content, size, frame.data, frame.len, with)
                        : ZSTD_decompressDCtx(dctx, content, size, frame.data, frame.len));
    free(content);
}

static void compress(size_t i) { compress_with(worker.raw_cctx, row.set.plain[i]); }
static void decompress(size_t i) { decompress_with(worker.raw_dctx, NULL, row.set.frame[i]); }
static void compress_dict(size_t i) { compress_with(cctx_with_dictionary, row.set.plain[i]); }
static void decompress_dict(size_t i) { decompress_with(worker.raw_dctx, ddict, row.set.frame[i]); }

static void fresh_compress_with(size_t i, struct piece with) {
    ZSTD_CCtx *cctx = ZSTD_createCCtx();
    sound(ZSTD_CCtx_setParameter(cctx, ZSTD_c_compressionLevel, LEVEL));
    if (with.len) sound(ZSTD_CCtx_loadDictionary(cctx, with.data, with.len));
    compress_with(cctx, row.set.plain[i]);
    ZSTD_freeCCtx(cctx);
}

static void fresh_decompress_with(size_t i, struct piece with) {
    ZSTD_DCtx *dctx = ZSTD_createDCtx();
    if (with.len) sound(ZSTD_DCtx_loadDictionary(dctx, with.data, with.len));
    decompress_with(dctx, NULL, row.set.frame[i]);
    ZSTD_freeDCtx(dctx);
}

static void fresh_compress(size_t i) { fresh_compress_with(i, (struct piece){NULL, 0}); }
static void fresh_decompress(size_t i) { fresh_decompress_with(i, (struct piece){NULL, 0}); }
static void fresh_compress_dict(size_t i) { fresh_compress_with(i, dictionary_file); }
static void fresh_decompress_dict(size_t i) { fresh_decompress_with(i, dictionary_file); }

/* Into memory of the right size, as if it were known. */
static void unknown(size_t i) {
    struct piece frame = row.set.frame[i];
    size_t size = row.set.plain[i].len;
    unsigned char *content = allocate(size);
    result = sound(ZSTD_decompressDCtx(worker.raw_dctx, content, size, frame.data, frame.len));
    free(content);
}

/* ---- Streams ---- */

enum { CONTENT_OUT = 128 * KIB, FRAME_OUT = 131591 };

static struct piece next_piece(struct piece *rest) {
    size_t len = rest->len < row.in_step ? rest->len : row.in_step;
    struct piece piece = {rest->data, len};
    rest->data += len;
    rest->len -= len;
    return piece;
}

static void stream_compress(size_t i) {
    struct piece rest = row.set.plain[i];
    result = 0;
    sound(ZSTD_CCtx_reset(worker.raw_cctx, ZSTD_reset_session_only));
    for (;;) {
        struct piece piece = next_piece(&rest);
        ZSTD_EndDirective directive = piece.len ? ZSTD_e_continue : ZSTD_e_end;
        ZSTD_inBuffer in = {piece.data, piece.len, 0};
        size_t left;
        do {
            ZSTD_outBuffer out = {worker.dst, FRAME_OUT, 0};
            left = sound(ZSTD_compressStream2(worker.raw_cctx, &out, &in, directive));
            result += out.pos;
        } while (piece.len ? in.pos < in.size : left > 0);
        if (!piece.len) return;
    }
}

static void stream_decompress(size_t i) {
    struct piece rest = row.set.frame[i];
    result = 0;
    sound(ZSTD_DCtx_reset(worker.raw_dctx, ZSTD_reset_session_only));
    for (struct piece piece; (piece = next_piece(&rest)).len;) {
        ZSTD_inBuffer in = {piece.data, piece.len, 0};
        ZSTD_outBuffer out;
        do {
            out = (ZSTD_outBuffer){worker.dst, row.out_step, 0};
            sound(ZSTD_decompressStream(worker.raw_dctx, &out, &in));
            result += out.pos;
        } while (in.pos < in.size || out.pos == out.size);
    }
}

static void each_frame(size_t i) {
    (void)i;
    size_t sum = 0;
    for (size_t k = 0; k < row.set.count; k++) {
        decompress(k);
        sum += result;
    }
    result = sum;
}

/* ---- The rest ---- */

static void frame_content_size(size_t i) {
    result = (size_t)ZSTD_getFrameContentSize(row.set.frame[i].data, row.set.frame[i].len);
}

static void get_frame_parameters(size_t i) {
    ZSTD_FrameHeader header;
    check(sound(ZSTD_getFrameHeader(&header, row.set.frame[i].data, row.set.frame[i].len)) == 0, "no header");
    result = (size_t)header.frameContentSize;
}

/* What training takes: the pieces' lengths. */
static size_t *lengths_of_plain(void) {
    size_t *lengths = (size_t *)allocate(row.set.count * sizeof *lengths);
    for (size_t i = 0; i < row.set.count; i++) lengths[i] = row.set.plain[i].len;
    return lengths;
}

static void train(size_t i) {
    (void)i;
    size_t *lengths = lengths_of_plain();
    unsigned char *dst = allocate(DICTIONARY_SIZE);
    result = ZDICT_trainFromBuffer(dst, DICTIONARY_SIZE, row.set.plain[0].data, lengths, (unsigned)row.set.count);
    check(!ZDICT_isError(result), "training failed");
    free(dst);
    free(lengths);
}

/* Fast cover with values to find: as train_dictionary() with steps and threads. */
static void optimise(const struct set *set, size_t threads) {
    (void)set;
    ZDICT_fastCover_params_t params;
    memset(&params, 0, sizeof params);
    params.d = 8;
    params.steps = (unsigned)row.in_step;
    params.nbThreads = (unsigned)threads;
    params.zParams.compressionLevel = LEVEL;
    size_t *lengths = lengths_of_plain();
    unsigned char *dst = allocate(DICTIONARY_SIZE);
    result = ZDICT_optimizeTrainFromBuffer_fastCover(dst, DICTIONARY_SIZE, row.set.plain[0].data, lengths,
                                                     (unsigned)row.set.count, &params);
    check(!ZDICT_isError(result), "training failed");
    free(dst);
    free(lengths);
}

static void batch_compress(const struct set *set, size_t threads) { raw_compress_batch(set, threads); }
static void batch_decompress(const struct set *set, size_t threads) { raw_decompress_batch(set, threads); }

/* ---- Lines in and out ---- */

static const struct {
    const char *name;
    void (*work)(size_t);
    void (*batch)(const struct set *, size_t);
} operations[] = {
    {"compress", compress, NULL},
    {"decompress", decompress, NULL},
    {"compress_dict", compress_dict, NULL},
    {"decompress_dict", decompress_dict, NULL},
    {"fresh_compress", fresh_compress, NULL},
    {"fresh_decompress", fresh_decompress, NULL},
    {"fresh_compress_dict", fresh_compress_dict, NULL},
    {"fresh_decompress_dict", fresh_decompress_dict, NULL},
    {"unknown", unknown, NULL},
    {"stream_compress", stream_compress, NULL},
    {"stream_decompress", stream_decompress, NULL},
    {"read", stream_decompress, NULL},
    {"readall", decompress, NULL},
    {"many_frames", stream_decompress, NULL},
    {"each_frame", each_frame, NULL},
    {"frame_content_size", frame_content_size, NULL},
    {"get_frame_parameters", get_frame_parameters, NULL},
    {"train", train, NULL},
    {"optimise", NULL, optimise},
    {"batch_compress", NULL, batch_compress},
    {"batch_decompress", NULL, batch_decompress},
};

static size_t sum_of(const struct piece *pieces, size_t (*each)(size_t)) {
    size_t sum = 0;
    for (size_t i = 0; i < row.set.count; i++) sum += each ? each(pieces[i].len) : pieces[i].len;
    return sum;
}

/* The size of all results of the last batch. */
static size_t batch_result(void) {
    size_t sum = 0;
    for (size_t i = 0; i < row.set.count; i++) sum += raw_result(i).len;
    return sum;
}

static void prepare(char *words) {
    static int queued = 0;
    const char *operation = strtok(words, " \n"), *set = strtok(NULL, " \n"), *form = strtok(NULL, " \n");
    const char *in_step = strtok(NULL, " \n"), *out_step = strtok(NULL, " \n");
    for (size_t i = 0; i < sizeof operations / sizeof *operations; i++) {
        if (strcmp(operations[i].name, operation) != 0) continue;
        if (queued) free_queue();
        free_set(&row.set);
        row.set = read_set(set);
        row.work = operations[i].work;
        row.batch = operations[i].batch;
        row.in_step = in_step ? (size_t)atoll(in_step) : SIZE_MAX;
        row.out_step = out_step ? (size_t)atoll(out_step) : CONTENT_OUT;
        row.next = 0;
        (void)form;
        queued = strncmp(operation, "batch_", 6) == 0;
        if (queued) make_queue(row.set.count, sum_of(row.set.plain, ZSTD_compressBound), sum_of(row.set.plain, NULL));
        if (row.batch) row.batch(&row.set, 2);
        else row.work(0);
        printf("ok %zu 0\n", queued ? batch_result() : result);
        return;
    }
    printf("no\n");
}

static double process_time(void) {
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void time_calls(size_t calls, size_t threads) {
    double start = now(), cpu_start = process_time();
    for (size_t i = 0; i < calls; i++) {
        if (row.batch) {
            row.batch(&row.set, threads);
        } else {
            row.work(row.next);
            if (++row.next == row.set.count) row.next = 0;
        }
        sink += result;
    }
    double cpu = process_time() - cpu_start;
    printf("%.0f %.0f\n", now() - start, cpu);
}

int main(int argc, char **argv) {
    if (argc < 2) fail("usage: raw INPUTS");
    inputs = argv[1];
    worker = make_worker(ZSTD_compressBound(MIB));
    dictionary_file = read_file(inputs, "dictionary");
    ddict = ZSTD_createDDict(dictionary_file.data, dictionary_file.len);
    cctx_with_dictionary = ZSTD_createCCtx();
    sound(ZSTD_CCtx_setParameter(cctx_with_dictionary, ZSTD_c_compressionLevel, LEVEL));
    sound(ZSTD_CCtx_loadDictionary(cctx_with_dictionary, dictionary_file.data, dictionary_file.len));
    setvbuf(stdout, NULL, _IOLBF, 0);
    char line[512];
    while (fgets(line, sizeof line, stdin)) {
        size_t calls, threads;
        if (strncmp(line, "prepare ", 8) == 0) prepare(line + 8);
        else if (sscanf(line, "time %zu %zu", &calls, &threads) == 2) time_calls(calls, threads);
        else fail("what is this: %s", line);
    }
    return 0;
}
