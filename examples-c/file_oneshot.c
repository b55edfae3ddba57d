/*
 * Compresses and decompresses files, each in one call.
 *
 *     make examples
 *     target/examples-c/file_oneshot -c -l 9 -t -1 report.txt      writes report.txt.zst
 *     target/examples-c/file_oneshot -d -o copy.txt report.txt.zst writes copy.txt
 *
 * Shows: compression parameters and their bounds, a compressor and a decompressor used for any number of files, all
 * frames of a file decoded, errors in words. The files are as those of the `zstd` command.
 *
 * Whole files are held in memory, and a small file may decompress to a very large one. For input that you do not
 * trust give zst_decompressor_decompress() a max_output_size; see decompress() below.
 */

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "files.h"
#include <string.h>
#include <time.h>
#include <zst.h>

enum { SUCCESS = 0, FAILURE = 1, USAGE = 2 };

static const char USAGE_TEXT[] =
    "usage: file_oneshot -c [-l LEVEL] [-t THREADS] [-f] [-q] [-o OUT] FILE...\n"
    "       file_oneshot -d [-f] [-q] [-o OUT] FILE.zst...\n"
    "\n"
    "  -c          compress each FILE to FILE.zst\n"
    "  -d          decompress each FILE.zst to FILE, all frames of it\n"
    "  -l LEVEL    from -7 and less (fast) to 22 (small); 0 is the default, 3\n"
    "  -t THREADS  worker threads; 0, the default, is none, -1 one for each CPU\n"
    "  -o OUT      the name of the output, for a single FILE\n"
    "  -f          replace an output that exists\n"
    "  -q          print nothing but errors\n"
    "\n"
    "MB/s is the speed of the call that compresses or decompresses, on the uncompressed side.\n";

struct options {
    int mode; /* 'c' or 'd' */
    int level;
    int threads;
    int replace;
    int quiet;
    const char *out_path; /* NULL: made from the input's name */
};

static int complain(const char *path, const char *why) {
    fprintf(stderr, "file_oneshot: %s: %s\n", path, why);
    return FAILURE;
}

/* zst_compression_parameters_set() clamps these two silently; a user wants to know. */
static int check_bounds(int32_t parameter, int32_t value) {
    int32_t min, max;
    zst_error err;
    if (zst_compression_parameters_bounds(parameter, &min, &max, &err) < 0) {
        fprintf(stderr, "file_oneshot: %s\n", err.message);
        return FAILURE;
    }
    if (parameter == ZST_C_THREADS) {
        min = -1; /* one for each CPU */
    }
    if (value < min || value > max) {
        fprintf(stderr, "file_oneshot: %s is %ld, allowed are %ld to %ld\n", zst_compression_parameters_name(parameter),
                (long)value, (long)min, (long)max);
        return USAGE;
    }
    return SUCCESS;
}

static zst_status compressor_new(const struct options *options, zst_compressor **out, zst_error *err) {
    zst_compression_parameters *parameters = NULL;
    zst_status status = zst_compression_parameters_new(&parameters, err);
    if (status == ZST_OK) {
        status = zst_compression_parameters_set(parameters, ZST_C_COMPRESSION_LEVEL, options->level, err);
    }
    if (status == ZST_OK) {
        status = zst_compression_parameters_set(parameters, ZST_C_THREADS, options->threads, err);
    }
    if (status == ZST_OK) {
        status = zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 1, err);
    }
    if (status == ZST_OK) {
        status = zst_compressor_new_from_parameters(parameters, NULL, out, err);
    }
    zst_compression_parameters_free(parameters);
    return status;
}

/* One of the two is there, as the mode says. Each serves any number of files, from several threads too. */
struct engine {
    zst_compressor *compressor;
    zst_decompressor *decompressor;
};

static int engine_new(const struct options *options, struct engine *out) {
    zst_error err;
    zst_status status = options->mode == 'c' ? compressor_new(options, &out->compressor, &err)
                                             : zst_decompressor_new(NULL, &out->decompressor, &err);
    if (status < 0) {
        fprintf(stderr, "file_oneshot: %s\n", err.message);
        return FAILURE;
    }
    return SUCCESS;
}

static void engine_free(struct engine *engine) {
    zst_compressor_free(engine->compressor);
    zst_decompressor_free(engine->decompressor);
}

static zst_status decompress(const zst_decompressor *decompressor, const file_content *in, zst_bytes *out,
                             zst_error *err) {
    const uint64_t max_output_size = 0; /* no limit: set one for input that you do not trust */
    /* All frames, as `zstd -d` does, and nothing but frames. */
    const int32_t flags = ZST_DECOMPRESS_READ_ACROSS_FRAMES | ZST_DECOMPRESS_REFUSE_EXTRA_DATA;
    return zst_decompressor_decompress(decompressor, in->data, in->len, max_output_size, flags, out, NULL, err);
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static void print_sizes(const struct options *options, const char *path, const char *out_path, size_t in_len,
                        size_t out_len, double seconds) {
    size_t content = options->mode == 'c' ? in_len : out_len;
    size_t compressed = options->mode == 'c' ? out_len : in_len;
    printf("%s -> %s: %zu -> %zu bytes", path, out_path, in_len, out_len);
    if (content > 0 && seconds > 0) {
        printf(", ratio %.2f, %.1f MB/s", (double)content / (double)compressed, (double)content / 1e6 / seconds);
    }
    printf("\n");
}

/* The output's name into `*out`, to be freed with free(). */
static int name_output(const struct options *options, const char *path, char **out) {
    static const char suffix[] = ".zst";
    size_t suffix_len = sizeof suffix - 1;
    size_t len = strlen(path);
    char *name;
    if (options->out_path != NULL) {
        name = malloc(strlen(options->out_path) + 1);
        if (name != NULL) {
            strcpy(name, options->out_path);
        }
    } else if (options->mode == 'c') {
        name = malloc(len + suffix_len + 1);
        if (name != NULL) {
            sprintf(name, "%s%s", path, suffix);
        }
    } else {
        int has_suffix = len > suffix_len && strcmp(path + len - suffix_len, suffix) == 0;
        if (!has_suffix || path[len - suffix_len - 1] == '/') {
            return complain(path, "the name does not end in .zst; name the output with -o");
        }
        name = malloc(len + 1);
        if (name != NULL) {
            strcpy(name, path);
            name[len - suffix_len] = '\0';
        }
    }
    if (name == NULL) {
        return complain(path, strerror(ENOMEM));
    }
    *out = name;
    return SUCCESS;
}

static int same_file(const char *path, const char *other_path) {
    struct stat info, other;
    return stat(path, &info) == 0 && stat(other_path, &other) == 0 && info.st_dev == other.st_dev
           && info.st_ino == other.st_ino;
}

static int check_output(const struct options *options, const char *path, const char *out_path) {
    int failure = may_write_file(out_path, options->replace);
    if (failure == EEXIST) {
        return complain(out_path, options->replace ? "it is not a regular file, and is not replaced"
                                                   : "it exists; -f replaces it");
    }
    if (failure != 0) {
        return complain(out_path, strerror(failure));
    }
    return same_file(path, out_path) ? complain(out_path, "it is input and output at once") : SUCCESS;
}

static int process(const struct engine *engine, const struct options *options, const char *path, const char *out_path) {
    int failed = check_output(options, path, out_path); /* before the work, not after */
    if (failed) {
        return failed;
    }
    file_content in = {0};
    int failure = read_file(path, &in);
    if (failure != 0) {
        return complain(path, strerror(failure));
    }

    zst_bytes out = {0};
    zst_error err;
    double start = seconds_now();
    zst_status status = options->mode == 'c'
                            ? zst_compressor_compress(engine->compressor, in.data, in.len, &out, &err)
                            : decompress(engine->decompressor, &in, &out, &err);
    double seconds = seconds_now() - start;

    if (status < 0) {
        failed = complain(path, err.message);
    } else {
        failure = write_file(out_path, out.data, out.len, in.mode, options->replace);
        if (failure != 0) {
            failed = complain(out_path, strerror(failure));
        } else if (!options->quiet) {
            print_sizes(options, path, out_path, in.len, out.len, seconds);
        }
    }
    zst_bytes_free(&out);
    free(in.data);
    return failed;
}

/* 0 when the whole of `text` is a number that fits. */
static int parse_number(const char *text, int *out) {
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < -1000000 || number > 1000000) {
        fprintf(stderr, "file_oneshot: %s is not a number that can be used here\n", text);
        return USAGE;
    }
    *out = (int)number;
    return SUCCESS;
}

/* What is left in argv from optind on are the files. -1 when help was asked for. */
static int parse_options(int argc, char **argv, struct options *out) {
    int letter, failed = SUCCESS;
    while (!failed && (letter = getopt(argc, argv, "cdl:t:o:fqh")) != -1) {
        switch (letter) {
        case 'c':
        case 'd':
            failed = out->mode != 0 && out->mode != letter ? USAGE : SUCCESS;
            out->mode = letter;
            break;
        case 'l': failed = parse_number(optarg, &out->level); break;
        case 't': failed = parse_number(optarg, &out->threads); break;
        case 'o': out->out_path = optarg; break;
        case 'f': out->replace = 1; break;
        case 'q': out->quiet = 1; break;
        case 'h': return -1;
        default: failed = USAGE;
        }
    }
    int files = argc - optind;
    if (!failed && (out->mode == 0 || files == 0 || (out->out_path != NULL && files > 1))) {
        failed = USAGE;
    }
    return failed;
}

int main(int argc, char **argv) {
    struct options options = {0};
    int failed = parse_options(argc, argv, &options);
    if (failed) {
        fputs(USAGE_TEXT, failed == USAGE ? stderr : stdout);
        return failed == USAGE ? USAGE : SUCCESS;
    }
    if ((failed = check_bounds(ZST_C_COMPRESSION_LEVEL, options.level)) != SUCCESS
        || (failed = check_bounds(ZST_C_THREADS, options.threads)) != SUCCESS) {
        return failed;
    }
    remove_unfinished_file_on_signals();

    struct engine engine = {NULL, NULL};
    failed = engine_new(&options, &engine);
    if (!failed) {
        for (int i = optind; i < argc; i++) { /* one bad file does not keep the others from being done */
            char *out_path = NULL;
            if (name_output(&options, argv[i], &out_path) != SUCCESS
                || process(&engine, &options, argv[i], out_path) != SUCCESS) {
                failed = FAILURE;
            }
            free(out_path);
        }
    }
    engine_free(&engine);
    zst_free_idle_contexts(); /* not needed before an exit, but leak checkers then find nothing at all */
    if (fflush(stdout) != 0) {
        failed = complain("standard output", strerror(errno));
    }
    return failed;
}
