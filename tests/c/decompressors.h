/* Decompressors, and frames to give to them. */

#ifndef DECOMPRESSORS_H
#define DECOMPRESSORS_H

#include "check.h"

static inline zst_decompressor *make_decompressor(void) {
    zst_decompressor *decompressor;
    zst_error err;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_decompressor_new(NULL, &decompressor, &err)));
    return decompressor;
}

/** A decompressor with one parameter that is not the default. */
static inline zst_decompressor *make_decompressor_with(int32_t parameter, int64_t value) {
    zst_decompression_parameters *parameters;
    zst_decompressor *decompressor;
    zst_error err;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_decompression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_decompression_parameters_set(parameters, parameter, value, &err)));
    CHECK(succeeds(&err, zst_decompressor_new_from_parameters(parameters, NULL, &decompressor, &err)));
    zst_decompression_parameters_free(parameters);
    return decompressor;
}

/** A frame from a compressor with one parameter that is not the default. */
static inline zst_bytes make_frame_with(int32_t parameter, int32_t value, const void *src, size_t len) {
    zst_compression_parameters *parameters;
    zst_compressor *compressor;
    zst_bytes frame;
    zst_error err;
    fill(&err, sizeof err);
    CHECK(succeeds(&err, zst_compression_parameters_new(&parameters, &err)));
    CHECK(succeeds(&err, zst_compression_parameters_set(parameters, parameter, value, &err)));
    CHECK(succeeds(&err, zst_compressor_new_from_parameters(parameters, NULL, &compressor, &err)));
    CHECK(succeeds(&err, zst_compressor_compress(compressor, src, len, &frame, &err)));
    zst_compressor_free(compressor);
    zst_compression_parameters_free(parameters);
    return frame;
}

static inline unsigned char *join(const void *a, size_t a_len, const void *b, size_t b_len) {
    unsigned char *both = malloc(a_len + b_len + 1);
    CHECK(both != NULL);
    memcpy(both, a, a_len);
    memcpy(both + a_len, b, b_len);
    return both;
}

#endif
