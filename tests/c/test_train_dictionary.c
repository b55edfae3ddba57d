/* zst_train_dictionary(): a dictionary from samples. */

#include "check.h"

enum { COUNT = 300, LEN = 50, DICT_SIZE = 1024 };

static zst_error err;
static char *text;
static zst_slice samples[COUNT];

static void make_samples(void) {
    size_t at;
    text = make_text(COUNT * LEN, 1);
    for (at = 0; at < COUNT; at++) {
        samples[at].data = text + at * LEN;
        samples[at].len = LEN;
    }
}

static void check_dictionary(zst_compression_dict *dict, uint32_t id) {
    const uint8_t *data;
    size_t len;
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(dict, &data, &len, &err)));
    CHECK(len > 0 && len <= DICT_SIZE);
    CHECK(memcmp(data, "\x37\xA4\x30\xEC", 4) == 0);
    CHECK(zst_compression_dict_type(dict) == ZST_DICT_TYPE_FULLDICT);
    CHECK(zst_compression_dict_id(dict) != 0);
    CHECK(id == 0 || zst_compression_dict_id(dict) == id);
    CHECK(zst_compression_dict_k(dict) > 0 && zst_compression_dict_d(dict) > 0);
    {
        zst_compressor *compressor;
        zst_bytes with, without = make_frame(text, LEN, 3);
        CHECK(succeeds(&err, zst_compressor_new(3, dict, &compressor, &err)));
        CHECK(succeeds(&err, zst_compressor_compress(compressor, text, LEN, &with, &err)));
        CHECK(with.len < without.len);
        zst_bytes_free(&with);
        zst_bytes_free(&without);
        zst_compressor_free(compressor);
    }
    zst_compression_dict_free(dict);
}

static void defaults(void) {
    zst_training_parameters zeros = {0};
    zst_compression_dict *dict, *same_dict;
    const uint8_t *a, *b;
    size_t a_len, b_len;
    CHECK(succeeds(&err, zst_train_dictionary(DICT_SIZE, samples, COUNT, NULL, &dict, &err)));
    CHECK(succeeds(&err, zst_train_dictionary(DICT_SIZE, samples, COUNT, &zeros, &same_dict, &err)));
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(dict, &a, &a_len, &err)));
    CHECK(succeeds(&err, zst_compression_dict_as_bytes(same_dict, &b, &b_len, &err)));
    CHECK(same(a, a_len, b, b_len));
    CHECK(zst_compression_dict_d(dict) == 8);
    check_dictionary(same_dict, 0);
    check_dictionary(dict, 0);
}

static void every_mode_and_algorithm(void) {
    int32_t mode, algorithm;
    for (mode = ZST_TRAIN_DEFAULT; mode <= ZST_TRAIN_FIXED; mode++) {
        for (algorithm = ZST_TRAIN_ALGORITHM_AUTO; algorithm <= ZST_TRAIN_ALGORITHM_FASTCOVER; algorithm++) {
            zst_training_parameters parameters = {0};
            zst_compression_dict *dict;
            parameters.mode = mode;
            parameters.algorithm = algorithm;
            parameters.k = 64;
            parameters.d = 6;
            parameters.steps = 2;
            parameters.f = 12;
            parameters.accel = 2;
            parameters.level = 5;
            parameters.dict_id = 4711;
            CHECK(succeeds(&err, zst_train_dictionary(DICT_SIZE, samples, COUNT, &parameters, &dict, &err)));
            CHECK(zst_compression_dict_k(dict) == 64 && zst_compression_dict_d(dict) == 6);
            check_dictionary(dict, 4711);
        }
    }
}

static void with_threads(void) {
    zst_training_parameters parameters = {0};
    zst_compression_dict *dict;
    parameters.mode = ZST_TRAIN_OPTIMIZE;
    parameters.algorithm = ZST_TRAIN_ALGORITHM_FASTCOVER;
    parameters.d = 8;
    parameters.steps = 4;
    parameters.f = 12;
    parameters.split_point = 0.5;
    parameters.threads = 2;
    CHECK(succeeds(&err, zst_train_dictionary(DICT_SIZE, samples, COUNT, &parameters, &dict, &err)));
    check_dictionary(dict, 0);
}

static void null_pointers(void) {
    zst_compression_dict *dict;
    zst_slice hole[2];
    fill(&dict, sizeof dict);
    hole[0] = samples[0];
    hole[1].data = NULL;
    hole[1].len = 1;
    CHECK(refuses_null("samples", &err, zst_train_dictionary(DICT_SIZE, NULL, COUNT, NULL, &dict, &err)));
    CHECK(refuses_null("samples", &err, zst_train_dictionary(DICT_SIZE, hole, 2, NULL, &dict, &err)));
    CHECK(refuses_null("out", &err, zst_train_dictionary(DICT_SIZE, samples, COUNT, NULL, NULL, &err)));
    CHECK(untouched(&dict, sizeof dict));
}

static void samples_that_do_not_do(void) {
    zst_slice empty[COUNT] = {{0}};
    zst_slice huge[2];
    zst_compression_dict *dict;
    size_t count;
    fill(&dict, sizeof dict);
    for (count = 0; count < 7; count++)
        CHECK(fails(ZST_ERROR_ZSTD, "or more samples are needed", &err,
                    zst_train_dictionary(DICT_SIZE, samples, count, NULL, &dict, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "or more samples are needed", &err,
                zst_train_dictionary(DICT_SIZE, NULL, 0, NULL, &dict, &err)));
    CHECK(fails(ZST_ERROR_ZSTD, "must hold", &err,
                zst_train_dictionary(DICT_SIZE, empty, COUNT, NULL, &dict, &err)));
    huge[0] = huge[1] = samples[0];
    huge[1].len = SIZE_MAX;
    CHECK(fails(ZST_ERROR_ARGUMENT, "samples", &err, zst_train_dictionary(DICT_SIZE, huge, 2, NULL, &dict, &err)));
    CHECK(fails(ZST_ERROR_ARGUMENT, "samples", &err,
                zst_train_dictionary(DICT_SIZE, samples, SIZE_MAX, NULL, &dict, &err)));
    CHECK(fails(ZST_ERROR_ARGUMENT, "samples", &err,
                zst_train_dictionary(DICT_SIZE, samples, SIZE_MAX / 2 + 1, NULL, &dict, &err)));
    CHECK(untouched(&dict, sizeof dict));
}

/* All samples may be one byte long, or all but one empty. What libzstd makes of them is its affair; it must not crash. */
static void samples_that_are_odd(void) {
    zst_slice odd[COUNT];
    size_t len, at;
    for (len = 0; len < 12; len++) {
        zst_compression_dict *dict;
        zst_status status;
        for (at = 0; at < COUNT; at++) {
            odd[at].data = text + at;
            odd[at].len = at == 0 ? 8 : len;
        }
        fill(&dict, sizeof dict);
        status = zst_train_dictionary(256, odd, COUNT, NULL, &dict, &err);
        if (status == ZST_OK) {
            zst_compression_dict_free(dict);
        } else {
            CHECK(fails_somehow(&err, status));
            CHECK(untouched(&dict, sizeof dict));
        }
    }
}

static void sizes_that_do_not_do(void) {
    static const size_t small[] = {0, 1, 8, 100, 255};
    zst_compression_dict *dict;
    size_t at;
    zst_status status;
    fill(&dict, sizeof dict);
    for (at = 0; at < sizeof small / sizeof small[0]; at++)
        CHECK(fails(ZST_ERROR_ZSTD, "dict_size must be 256 or more", &err,
                    zst_train_dictionary(small[at], samples, COUNT, NULL, &dict, &err)));
    for (at = 0; at < 3; at++) {
        status = zst_train_dictionary(SIZE_MAX >> at, samples, COUNT, NULL, &dict, &err);
        CHECK(fails_somehow(&err, status));
    }
    CHECK(untouched(&dict, sizeof dict));
}

static void refuses(const char *words, zst_training_parameters parameters) {
    zst_compression_dict *dict;
    fill(&dict, sizeof dict);
    CHECK(fails(ZST_ERROR_ZSTD, words, &err,
                zst_train_dictionary(DICT_SIZE, samples, COUNT, &parameters, &dict, &err)));
    CHECK(untouched(&dict, sizeof dict));
}

static void parameters_that_are_not_allowed(void) {
    refuses("mode is 3", (zst_training_parameters){.mode = 3});
    refuses("mode is -1", (zst_training_parameters){.mode = -1});
    refuses("algorithm is 3", (zst_training_parameters){.algorithm = 3});
    refuses("algorithm is -2147483648", (zst_training_parameters){.algorithm = INT32_MIN});
    refuses("d is 7", (zst_training_parameters){.d = 7});
    refuses("d is 8", (zst_training_parameters){.k = 7}); /* the default mode's d is 8, and larger than k */
    refuses("k is 1025", (zst_training_parameters){.k = DICT_SIZE + 1});
    refuses("f is 32", (zst_training_parameters){.f = 32});
    refuses("accel is 11", (zst_training_parameters){.accel = 11});
    refuses("split_point is 1.5", (zst_training_parameters){.split_point = 1.5});
    refuses("split_point is -0.5", (zst_training_parameters){.split_point = -0.5});
    refuses("both k and d", (zst_training_parameters){.mode = ZST_TRAIN_FIXED});
    refuses("both k and d", (zst_training_parameters){.mode = ZST_TRAIN_FIXED, .k = 64});
    refuses("both k and d", (zst_training_parameters){.mode = ZST_TRAIN_FIXED, .d = 8});
}

int main(void) {
    fill(&err, sizeof err);
    make_samples();
    defaults();
    every_mode_and_algorithm();
    with_threads();
    null_pointers();
    samples_that_do_not_do();
    samples_that_are_odd();
    sizes_that_do_not_do();
    parameters_that_are_not_allowed();
    free(text);
    zst_free_idle_contexts();
    return 0;
}
