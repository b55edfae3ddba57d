/* What the C tests share: one check that tells where it failed, and the words that all of them use. */

#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "zst.h"

/** Ends the program unless `condition` holds. */
#define CHECK(condition) ((condition) ? (void)0 : check_failed(__FILE__, __LINE__, #condition))

static inline void check_failed(const char *file, int line, const char *condition) {
    fprintf(stderr, "%s:%d: %s\n", file, line, condition);
    exit(1);
}

/* Outputs are filled with a pattern before a call that is to fail, and compared after it. */
enum { PATTERN = 0xA5 };

static inline void fill(void *place, size_t len) { memset(place, PATTERN, len); }

static inline int untouched(const void *place, size_t len) {
    const unsigned char *bytes = place;
    size_t at;
    for (at = 0; at < len; at++)
        if (bytes[at] != PATTERN) return 0;
    return 1;
}

/* Each test has one zst_error, filled with the pattern between calls: success leaves it alone, failure fills it all. */

/** CHECK(succeeds(&err, zst_f(..., &err))) */
static inline int succeeds(const zst_error *err, zst_status status) {
    if (status == ZST_OK) return untouched(err, sizeof *err);
    fprintf(stderr, "%s: %.464s\n", zst_status_name(status), err->message);
    return 0;
}

/** CHECK(fails(ZST_ERROR_VALUE, "words of the message", &err, zst_f(..., &err))) */
static inline int fails(zst_status expected, const char *words, zst_error *err, zst_status status) {
    int good = status == expected && err->status == status && err->callback_code == 0 && err->reserved == 0 &&
               memchr(err->message, 0, sizeof err->message) != NULL && strstr(err->message, words) != NULL;
    if (!good)
        fprintf(stderr, "%s instead of %s: %.464s\n", zst_status_name(status), zst_status_name(expected),
                status == ZST_OK ? "" : err->message);
    fill(err, sizeof *err);
    return good;
}

/** The call does not obey the rules: `name` is NULL. */
static inline int refuses_null(const char *name, zst_error *err, zst_status status) {
    char sentence[64];
    snprintf(sentence, sizeof sentence, "%s is NULL", name);
    return fails(ZST_ERROR_ARGUMENT, sentence, err, status);
}

/** A failure that may be any, where the point is that the process and the outputs survive bad input. */
static inline int fails_somehow(zst_error *err, zst_status status) {
    int good = status < 0 && status != ZST_ERROR_INTERNAL && status != ZST_ERROR_ARGUMENT && err->status == status &&
               err->message[0] != 0;
    fill(err, sizeof *err);
    return good;
}

static inline int same(const void *a, size_t a_len, const void *b, size_t b_len) {
    return a_len == b_len && (a_len == 0 || memcmp(a, b, a_len) == 0);
}

/** The bytes in a block of memory of exactly this size, so that valgrind sees reads behind it; free() it. */
static inline unsigned char *exactly(const void *bytes, size_t len) {
    unsigned char *copy = malloc(len > 0 ? len : 1);
    CHECK(copy != NULL);
    if (len > 0) memcpy(copy, bytes, len);
    return copy;
}

/** Words in an order that is the same in every run; free() it. Other seeds, other texts. */
static inline char *make_text(size_t len, unsigned seed) {
    static const char *const words[] = {"alpha ", "beta ",  "gamma ", "delta ", "epsilon\n", "zeta ",
                                        "eta: ",  "theta ", "iota, ", "kappa ", "lambda ",   "mu. "};
    unsigned state = seed * 2654435761u + 1;
    size_t at = 0;
    char *text = malloc(len + 1);
    CHECK(text != NULL);
    while (at < len) {
        const char *word;
        state = state * 1664525u + 1013904223u;
        for (word = words[(state >> 16) % 12]; *word != 0 && at < len; word++) text[at++] = *word;
        if ((state >> 8) % 7 == 0 && at < len) text[at++] = (char)('0' + (state >> 20) % 10);
    }
    text[len] = 0;
    return text;
}

/** A frame of `src` at `level`; zst_bytes_free() it. */
static inline zst_bytes make_frame(const void *src, size_t len, int32_t level) {
    zst_bytes frame;
    CHECK(zst_compress(src, len, level, &frame, NULL) == ZST_OK);
    return frame;
}

/** A dictionary from 400 texts of `seed`, with this id (0: any); zst_compression_dict_free() it. */
static inline zst_compression_dict *make_dictionary(unsigned seed, uint32_t id) {
    enum { COUNT = 400, LEN = 60 };
    zst_training_parameters parameters = {0};
    zst_compression_dict *dict;
    zst_slice samples[COUNT];
    char *text = make_text(COUNT * LEN, seed);
    size_t at;
    for (at = 0; at < COUNT; at++) {
        samples[at].data = text + at * LEN;
        samples[at].len = LEN;
    }
    parameters.mode = ZST_TRAIN_FIXED;
    parameters.algorithm = ZST_TRAIN_ALGORITHM_FASTCOVER;
    parameters.k = 64;
    parameters.d = 8;
    parameters.f = 12;
    parameters.dict_id = id;
    CHECK(zst_train_dictionary(1024, samples, COUNT, &parameters, &dict, NULL) == ZST_OK);
    free(text);
    return dict;
}

#endif
