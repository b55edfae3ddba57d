#define ZDICT_STATIC_LINKING_ONLY
#include "inputs.h"
#include <stdlib.h>
#include <string.h>
#include <zdict.h>

struct piece sources, program, records;
struct samples samples;

zst_compressor *compressor, *dict_compressor;
zst_decompressor *decompressor, *dict_decompressor;
zst_compression_dict *dictionary;
struct piece dictionary_bytes;
ZSTD_CDict *cdict;
ZSTD_DDict *ddict;
ZSTD_CCtx *cctx_with_dictionary, *cctx_with_cdict;

volatile size_t sink;

size_t sound(size_t code) {
    if (ZSTD_isError(code)) fail("libzstd: %s", ZSTD_getErrorName(code));
    return code;
}

void ok(zst_status status, const zst_error *error) {
    if (status != ZST_OK) fail("zst: %s", error->message);
}

struct piece cut(struct piece corpus, size_t from, size_t size) {
    struct piece piece = {allocate(size), size};
    for (size_t done = 0; done < size;) {
        size_t at = (from + done) % corpus.len;
        size_t part = corpus.len - at < size - done ? corpus.len - at : size - done;
        memcpy(piece.data + done, corpus.data + at, part);
        done += part;
    }
    return piece;
}

struct piece compress_as(struct piece plain, enum frames kind) {
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

struct set make_pieces(struct piece corpus, size_t size, size_t count, enum frames kind) {
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
}

struct set make_records(size_t count) {
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

void make_dictionary(void) {
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

void read_corpora(const char *directory) {
    zst_error error;
    check(zst_zstd_version_number() == ZSTD_versionNumber(), "the two sides have different versions of libzstd");
    ok(zst_compressor_new(LEVEL, NULL, &compressor, &error), &error);
    ok(zst_decompressor_new(NULL, &decompressor, &error), &error);
    sources = read_file(directory, "sources");
    program = read_file(directory, "program");
    records = read_file(directory, "records");
    split_records();
}
