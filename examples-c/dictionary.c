/*
 * Trains a dictionary on small files, or on the lines of one file, and measures what it gains.
 *
 *     make examples
 *     target/examples-c/dictionary -s 16384 -o headers.dict /usr/include/linux/a*.h    trains and measures
 *     target/examples-c/dictionary -D headers.dict /usr/include/linux/b*.h             measures on other files
 *
 * Shows: training, dictionaries from and to files, compressors and decompressors with a dictionary, and compression
 * into memory of one's own, which saves an allocation for each of many small inputs.
 *
 * Each sample is compressed on its own with and without the dictionary, and every frame is restored and compared.
 * Figures for the samples that a dictionary was trained on flatter it; those for others (-D) are the honest ones. The
 * dictionary also works with `zstd -D`.
 */

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "files.h"
#include <inttypes.h>
#include <limits.h>
#include <string.h>
#include <zst.h>

enum { SUCCESS = 0, FAILURE = 1, USAGE = 2 };

static const char USAGE_TEXT[] =
    "usage: dictionary [-s SIZE] [-l LEVEL] [-o OUT [-f]] FILE...\n"
    "       dictionary -D DICTIONARY [-l LEVEL] FILE...\n"
    "\n"
    "Each FILE is a sample; a single FILE is cut into lines, of which each is one.\n"
    "\n"
    "  -s SIZE        bytes of the dictionary, at most; the default is 112640\n"
    "  -l LEVEL       compression level, 3 by default\n"
    "  -o OUT         save the dictionary\n"
    "  -f             replace OUT if it exists\n"
    "  -D DICTIONARY  measure this dictionary, train none\n";

struct options {
    size_t dict_size;
    int level;
    const char *out_path;
    int replace;
    const char *dict_path;
};

struct samples {
    file_content *files;
    size_t file_count;
    zst_slice *slices; /* point into the files */
    size_t count;
    size_t room;
    size_t largest;
    uint64_t total;
};

static int complain(const char *what, const char *why) {
    fprintf(stderr, "dictionary: %s: %s\n", what, why);
    return FAILURE;
}

static int add_sample(struct samples *samples, const void *data, size_t len) {
    if (samples->count == samples->room) {
        size_t room = samples->room == 0 ? 64 : samples->room * 2;
        zst_slice *more = realloc(samples->slices, room * sizeof *more);
        if (more == NULL) {
            return complain("samples", strerror(ENOMEM));
        }
        samples->slices = more;
        samples->room = room;
    }
    samples->slices[samples->count].data = data;
    samples->slices[samples->count].len = len;
    samples->count++;
    samples->total += len;
    if (len > samples->largest) {
        samples->largest = len;
    }
    return SUCCESS;
}

static int add_lines(struct samples *samples, const file_content *file) {
    const unsigned char *line = file->data;
    size_t left = file->len;
    int failed = SUCCESS;
    while (left > 0 && !failed) {
        const unsigned char *newline = memchr(line, '\n', left);
        size_t len = newline != NULL ? (size_t)(newline - line) + 1 : left;
        failed = add_sample(samples, line, len);
        line += len;
        left -= len;
    }
    return failed;
}

static int samples_read(char **paths, int count, struct samples *out) {
    out->files = calloc((size_t)count, sizeof *out->files);
    if (out->files == NULL) {
        return complain("samples", strerror(ENOMEM));
    }
    for (int i = 0; i < count; i++) {
        file_content *file = &out->files[i];
        int failure = read_file(paths[i], file);
        if (failure != 0) {
            return complain(paths[i], strerror(failure));
        }
        out->file_count++;
        int failed = count == 1 ? add_lines(out, file) : add_sample(out, file->data, file->len);
        if (failed) {
            return failed;
        }
    }
    return out->total > 0 ? SUCCESS : complain("samples", "they are all empty");
}

static void samples_free(struct samples *samples) {
    for (size_t i = 0; i < samples->file_count; i++) {
        free(samples->files[i].data);
    }
    free(samples->files);
    free(samples->slices);
}

static int dict_load(const char *path, zst_compression_dict **out) {
    file_content file = {0};
    int failure = read_file(path, &file);
    if (failure != 0) {
        return complain(path, strerror(failure));
    }
    zst_error err;
    zst_status status = zst_compression_dict_new(file.data, file.len, ZST_DICT_TYPE_FULLDICT, 0, 0, out, &err);
    free(file.data); /* the dictionary has a copy */
    return status < 0 ? complain(path, err.message) : SUCCESS;
}

static int dict_train(const struct options *options, const struct samples *samples, zst_compression_dict **out) {
    zst_training_parameters parameters = {0};
    parameters.level = options->level;
    zst_error err;
    zst_status status =
        zst_train_dictionary(options->dict_size, samples->slices, samples->count, &parameters, out, &err);
    return status < 0 ? complain("training", err.message) : SUCCESS;
}

static int dict_save(const zst_compression_dict *dict, const char *path, int replace) {
    const uint8_t *data;
    size_t len;
    zst_error err;
    if (zst_compression_dict_as_bytes(dict, &data, &len, &err) < 0) {
        return complain(path, err.message);
    }
    int failure = write_file(path, data, len, 0666, replace);
    return failure != 0 ? complain(path, strerror(failure)) : SUCCESS;
}

/* Compresses one sample into `packed`, restores it into `restored`, and compares. */
static int round_trip(const zst_compressor *compressor, const zst_decompressor *decompressor, zst_slice sample,
                      uint8_t *packed, size_t packed_room, uint8_t *restored, size_t restored_room, size_t *out_len) {
    zst_error err;
    size_t restored_len;
    if (zst_compressor_compress_into(compressor, sample.data, sample.len, packed, packed_room, out_len, &err) < 0
        || zst_decompressor_decompress_into(decompressor, packed, *out_len, 0, 0, restored, restored_room,
                                            &restored_len, NULL, &err) < 0) {
        return complain("round trip", err.message);
    }
    if (restored_len != sample.len || memcmp(restored, sample.data, sample.len) != 0) {
        return complain("round trip", "what came back differs from the sample");
    }
    return SUCCESS;
}

/* What all samples together are compressed to. `dict` may be NULL. */
static int measure(const struct samples *samples, int level, const zst_compression_dict *dict, uint64_t *out_total) {
    zst_error err;
    zst_compressor *compressor = NULL;
    zst_decompressor *decompressor = NULL;
    size_t packed_room = zst_compress_bound(samples->largest);
    uint8_t *packed = malloc(packed_room);
    uint8_t *restored = malloc(samples->largest);
    int failed = SUCCESS;
    if (packed == NULL || restored == NULL) {
        failed = complain("samples", strerror(ENOMEM));
    } else if (zst_compressor_new(level, dict, &compressor, &err) < 0
               || zst_decompressor_new(dict, &decompressor, &err) < 0) {
        failed = complain("dictionary", err.message);
    }

    uint64_t total = 0;
    for (size_t i = 0; i < samples->count && !failed; i++) {
        size_t len = 0;
        failed = round_trip(compressor, decompressor, samples->slices[i], packed, packed_room, restored,
                            samples->largest, &len);
        total += len;
    }
    *out_total = total;

    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    free(packed);
    free(restored);
    return failed;
}

static void print_row(const char *what, uint64_t total, uint64_t compressed) {
    printf("%-12s %12" PRIu64 " bytes   ratio %.2f\n", what, compressed, (double)total / (double)compressed);
}

static int report(const struct options *options, const struct samples *samples, const zst_compression_dict *dict) {
    uint64_t without, with;
    int failed = measure(samples, options->level, NULL, &without);
    if (!failed) {
        failed = measure(samples, options->level, dict, &with);
    }
    if (failed) {
        return failed;
    }
    const uint8_t *data;
    size_t dict_len = 0;
    zst_error err;
    if (zst_compression_dict_as_bytes(dict, &data, &dict_len, &err) < 0) {
        return complain("dictionary", err.message);
    }
    printf("%-12s %12zu, %" PRIu64 " bytes in all, each restored and compared\n", "samples", samples->count,
           samples->total);
    printf("%-12s %12zu bytes   id %" PRIu32 ", %s\n", "dictionary", dict_len, zst_compression_dict_id(dict),
           options->dict_path != NULL ? "from a file" : "trained on these samples");
    print_row("without it", samples->total, without);
    print_row("with it", samples->total, with);
    if (with <= without) {
        printf("%-12s %12" PRIu64 " bytes   %.1f %% smaller\n", "gain", without - with,
               100.0 * (double)(without - with) / (double)without);
    } else {
        printf("%-12s %12" PRIu64 " bytes   %.1f %% larger\n", "loss", with - without,
               100.0 * (double)(with - without) / (double)without);
    }
    return SUCCESS;
}

static int run(const struct options *options, char **paths, int path_count) {
    /* Before the work, not after. */
    int failure = options->out_path != NULL ? may_write_file(options->out_path, options->replace) : 0;
    if (failure != 0) {
        int replaceable = failure == EEXIST && !options->replace;
        return complain(options->out_path, replaceable ? "it exists; -f replaces it" : strerror(failure));
    }

    struct samples samples = {0};
    zst_compression_dict *dict = NULL;
    int failed = samples_read(paths, path_count, &samples);
    if (!failed) {
        failed = options->dict_path != NULL ? dict_load(options->dict_path, &dict)
                                            : dict_train(options, &samples, &dict);
    }
    if (!failed) {
        failed = report(options, &samples, dict);
    }
    if (!failed && options->out_path != NULL) {
        failed = dict_save(dict, options->out_path, options->replace);
    }
    zst_compression_dict_free(dict);
    samples_free(&samples);
    return failed;
}

/* 0 when the whole of `text` is a number from min to max. */
static int parse_number(const char *text, long min, long max, long *out) {
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < min || number > max) {
        fprintf(stderr, "dictionary: %s is not a number from %ld to %ld\n", text, min, max);
        return USAGE;
    }
    *out = number;
    return SUCCESS;
}

int main(int argc, char **argv) {
    struct options options = {112640, 3, NULL, 0, NULL};
    long number = 0;
    int size_given = 0;
    int failed = SUCCESS;
    int letter;
    while (!failed && (letter = getopt(argc, argv, "s:l:o:fD:h")) != -1) {
        switch (letter) {
        case 's':
            failed = parse_number(optarg, 1, INT_MAX, &number);
            options.dict_size = (size_t)number;
            size_given = 1;
            break;
        case 'l':
            failed = parse_number(optarg, -131072, ZST_MAX_COMPRESSION_LEVEL, &number);
            options.level = (int)number;
            break;
        case 'o': options.out_path = optarg; break;
        case 'f': options.replace = 1; break;
        case 'D': options.dict_path = optarg; break;
        case 'h': fputs(USAGE_TEXT, stdout); return SUCCESS;
        default: failed = USAGE;
        }
    }
    if (optind == argc || (options.dict_path != NULL && (options.out_path != NULL || size_given))) {
        failed = USAGE;
    }
    if (failed) {
        fputs(USAGE_TEXT, stderr);
        return failed;
    }
    remove_unfinished_file_on_signals();

    failed = run(&options, argv + optind, argc - optind);
    zst_free_idle_contexts(); /* not needed before an exit, but leak checkers then find nothing at all */
    if (fflush(stdout) != 0) {
        failed = complain("standard output", strerror(errno));
    }
    return failed;
}
