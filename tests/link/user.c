/* Uses every part of the library that calls libzstd: another libzstd in the program must not be called instead. */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zst.h>

#define CHECK(condition) ((condition) ? (void)0 : failed(__LINE__, #condition))

static void failed(int line, const char *condition) {
    fprintf(stderr, "user.c:%d: %s\n", line, condition);
    exit(1);
}

enum { LEN = 200000, SAMPLES = 400, SAMPLE = 100 };

static char text[LEN];

static void one_frame(int32_t level, int32_t threads, const zst_compression_dict *dict) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_decompressor *decompressor;
    zst_bytes frame, content;
    CHECK(zst_compression_parameters_from_level(level, LEN, 0, &parameters, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_THREADS, threads, NULL) == ZST_OK);
    CHECK(zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 1, NULL) == ZST_OK);
    CHECK(zst_compressor_new_from_parameters(parameters, dict, &compressor, NULL) == ZST_OK);
    CHECK(zst_decompressor_new(dict, &decompressor, NULL) == ZST_OK);
    CHECK(zst_compressor_compress(compressor, text, LEN, &frame, NULL) == ZST_OK);
    CHECK(frame.len < LEN / 2);
    CHECK(zst_decompressor_decompress(decompressor, frame.data, frame.len, 0, 0, &content, NULL, NULL) == ZST_OK);
    CHECK(content.len == LEN && memcmp(content.data, text, LEN) == 0);
    zst_bytes_free(&frame);
    zst_bytes_free(&content);
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    zst_compression_parameters_free(parameters);
}

void use_zst(void) {
    zst_compression_dict *dict;
    zst_slice samples[SAMPLES];
    zst_bytes nothing;
    zst_error err;
    size_t at;
    int32_t level;
    for (at = 0; at < LEN; at++) text[at] = "abcdefgh"[(at * at % 613 + at / 977) % 8];
    for (at = 0; at < SAMPLES; at++) {
        samples[at].data = text + at * SAMPLE;
        samples[at].len = SAMPLE;
    }
    CHECK(zst_zstd_version_number() == 10507);
    for (level = 1; level <= 22; level += 3) one_frame(level, 0, NULL);
    one_frame(3, 2, NULL);
    if (zst_train_dictionary(4000, samples, SAMPLES, NULL, &dict, &err) != ZST_OK) failed(__LINE__, err.message);
    one_frame(5, 0, dict);
    zst_compression_dict_free(dict);
    CHECK(zst_decompress("123456789", 9, 0, &nothing, &err) == ZST_ERROR_ZSTD);
    CHECK(strstr(err.message, "Unknown frame descriptor") != NULL); /* libzstd's words */
    zst_free_idle_contexts();
}
