/* Training of dictionaries. */
#define ZDICT_STATIC_LINKING_ONLY
#include "inputs.h"
#include "rows.h"
#include <stdlib.h>
#include <string.h>
#include <zdict.h>

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

static const size_t optimised = 600;

static void optimise_raw(size_t threads) {
    ZDICT_cover_params_t params;
    memset(&params, 0, sizeof params);
    params.steps = 8;
    params.nbThreads = (unsigned)threads;
    params.zParams.compressionLevel = LEVEL;
    unsigned char *dst = allocate(DICTIONARY_SIZE);
    size_t size = ZDICT_optimizeTrainFromBuffer_cover(dst, DICTIONARY_SIZE, samples.joined.data, samples.sizes,
                                                      (unsigned)optimised, &params);
    check(!ZDICT_isError(size), "training failed");
    free(dst);
}

static void optimise_zst(size_t threads) {
    zst_training_parameters parameters = {0};
    parameters.mode = ZST_TRAIN_OPTIMIZE;
    parameters.steps = 8;
    parameters.threads = (int32_t)threads;
    train_with(parameters, optimised);
}

static void time_optimising(void) {
    const struct row one = {"training", "optimise (cover, 8 steps), 1 thread", NULL, NULL, NULL, RATIO, 1.02, 0, 0};
    const struct row two = {"training", "optimise, 2 threads against 1 (raw, zst: speed-up)", NULL, NULL, NULL,
                            SPEED_UP,   1.6, 0, 0};
    if (!wanted(one.area, one.name) && !wanted(two.area, two.name)) return;
    enum { TIMES = 5 };
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

void training_rows(void) {
    struct set none = make_set(1);
    struct worker worker = make_worker(DICTIONARY_SIZE);
    const struct row row = {"training", "default mode (raw: ZDICT_trainFromBuffer)", &none, raw_train, zst_train, RATIO,
                            1.02, 0, 0};
    each(&worker, TIME, &row, 1);
    time_optimising();
}
