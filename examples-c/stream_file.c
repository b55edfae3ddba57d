/*
 * Compresses or decompresses a file of any size, in little memory.
 *
 *     stream_file -z -l 9 -t -1 disk.img disk.img.zst
 *     stream_file -d disk.img.zst copy.img
 *
 * Shows: copy_stream from a path to a file descriptor; a size that is known beforehand and recorded in the frame; worker
 * threads; a progress callback that prints a line and, after Ctrl-C, cancels; nothing half-written left behind.
 */

#define _POSIX_C_SOURCE 200809L
#define _FILE_OFFSET_BITS 64

#include "files.h"
#include <string.h>
#include <time.h>
#include <zst.h>

static const char USAGE_TEXT[] =
    "usage: stream_file -z [-l LEVEL] [-t THREADS] [-f] [-p] IN OUT\n"
    "       stream_file -d [-f] [-p] IN OUT\n"
    "\n"
    "  -z          compress IN to OUT\n"
    "  -d          decompress all frames of IN to OUT\n"
    "  -l LEVEL    from -7 and less (fast) to 22 (small); 0 is the default, 3\n"
    "  -t THREADS  worker threads; 0, the default, is none, -1 one for each CPU\n"
    "  -f          replace OUT if it exists\n"
    "  -p          show the progress also where standard error is no terminal\n";

struct options {
    int mode; /* 'z' or 'd' */
    int level, threads;
    int replace, show_progress;
    const char *in_path, *out_path;
};

static int complain(const char *path, const char *why) {
    fprintf(stderr, "stream_file: %s: %s\n", path, why);
    return 1;
}

/* The signal that asks us to stop. A second one ends the program at once. */
static volatile sig_atomic_t stop_signal = 0;

static void stop(int signal_number) { stop_signal = signal_number; }

static void stop_on_signals(void) {
    const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction before, now = {0};
        now.sa_handler = stop;
        now.sa_flags = SA_RESETHAND;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            sigaction(signals[i], &now, NULL);
        }
    }
    signal(SIGXFSZ, SIG_IGN); /* too large a file: write() fails with EFBIG, instead of a signal */
}

static double seconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

struct progress {
    const struct options *options;
    double start, shown_at; /* in seconds; 0: never */
};

static void show(const struct progress *progress, uint64_t bytes_in, uint64_t bytes_out) {
    int compressing = progress->options->mode == 'z';
    double content = (double)(compressing ? bytes_in : bytes_out);
    double compressed = (double)(compressing ? bytes_out : bytes_in);
    double seconds = seconds_now() - progress->start;
    fprintf(stderr, "\r%.1f MB -> %.1f MB, ratio %.2f, %.1f MB/s  ", (double)bytes_in / 1e6, (double)bytes_out / 1e6,
            compressed > 0 ? content / compressed : 1, seconds > 0 ? content / 1e6 / seconds : 0);
}

/* Called often: after each step of some 100 KB. Another number than 0 cancels. */
static int32_t report(void *userdata, uint64_t bytes_in, uint64_t bytes_out) {
    struct progress *progress = userdata;
    double now = seconds_now();
    if (progress->options->show_progress && now - progress->shown_at > 0.1) {
        show(progress, bytes_in, bytes_out);
        progress->shown_at = now;
    }
    return stop_signal;
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

/* From the file at options->in_path to `fd`. Prints why it fails. */
static int copy(const struct options *options, int fd, uint64_t size) {
    struct progress state = {options, seconds_now(), 0};
    const zst_progress progress = {&state, report};
    zst_compressor *compressor = NULL;
    zst_decompressor *decompressor = NULL;
    zst_source source;
    zst_sink sink;
    zst_error err;
    uint64_t bytes_in, bytes_out;

    zst_status status = options->mode == 'z' ? compressor_new(options, &compressor, &err)
                                             : zst_decompressor_new(NULL, &decompressor, &err);
    if (status == ZST_OK) {
        status = zst_source_from_path(options->in_path, &source, &err);
    }
    if (status == ZST_OK) {
        status = zst_sink_to_fd(fd, 0, &sink, &err);
        if (status < 0) {
            zst_source_drop(&source);
        }
    }
    if (status == ZST_OK) { /* takes source and sink over in any case */
        status = options->mode == 'z'
                     ? zst_compressor_copy_stream(compressor, &source, &sink, size,
                                                  ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE,
                                                  ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE, &progress, &bytes_in,
                                                  &bytes_out, &err)
                     : zst_decompressor_copy_stream(decompressor, &source, &sink,
                                                    ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE,
                                                    ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE, 0, &progress, &bytes_in,
                                                    &bytes_out, &err);
    }
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);

    if (status == ZST_OK && options->show_progress) {
        show(&state, bytes_in, bytes_out);
    }
    if (state.shown_at > 0 || (status == ZST_OK && options->show_progress)) {
        fputc('\n', stderr);
    }
    if (status == ZST_ERROR_CANCELLED) {
        return complain(options->in_path, "stopped, nothing was written");
    }
    /* Of an errno strerror() says the same in fewer words. */
    return status < 0 ? complain(status == ZST_ERROR_SINK ? options->out_path : options->in_path,
                                 err.callback_code > 0 ? strerror(err.callback_code) : err.message)
                      : 0;
}

/* Writes a temporary file beside OUT, which becomes OUT in one step when it is complete. */
static int process(const struct options *options) {
    struct stat info;
    char temporary[4096];
    int failure = may_write_file(options->out_path, options->replace);
    if (failure != 0) {
        const char *exists = options->replace ? "it is not a regular file" : "it exists; -f replaces it";
        return complain(options->out_path, failure == EEXIST ? exists : strerror(failure));
    }
    if (stat(options->in_path, &info) != 0) {
        return complain(options->in_path, strerror(errno));
    }
    if (snprintf(temporary, sizeof temporary, "%s.%ld.tmp", options->out_path, (long)getpid())
        >= (int)sizeof temporary) {
        return complain(options->out_path, strerror(ENAMETOOLONG));
    }
    /* Not zst_sink_to_path(): the file is to have the permissions of IN, and an error of close() matters. */
    int fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL, S_ISREG(info.st_mode) ? info.st_mode & 0777 : 0666);
    if (fd < 0) {
        return complain(options->out_path, strerror(errno));
    }
    /* Of pipes and devices the size is not known, and files in /proc say 0. */
    uint64_t size = S_ISREG(info.st_mode) && info.st_size > 0 ? (uint64_t)info.st_size : ZST_CONTENTSIZE_UNKNOWN;
    int failed = copy(options, fd, size);
    if (close(fd) != 0 && !failed) {
        failed = complain(options->out_path, strerror(errno));
    }
    if (!failed && rename(temporary, options->out_path) != 0) {
        failed = complain(options->out_path, strerror(errno));
    }
    if (failed) {
        unlink(temporary);
    }
    return failed;
}

/* 0 when the whole of `text` is a number that fits. */
static int parse_number(const char *text, int *out) {
    char *end;
    errno = 0;
    long number = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || number < -1000000 || number > 1000000) {
        return -1;
    }
    *out = (int)number;
    return 0;
}

/* 0 when they make sense. */
static int parse_options(int argc, char **argv, struct options *out) {
    int letter, failed = 0;
    while (!failed && (letter = getopt(argc, argv, "zdl:t:fp")) != -1) {
        switch (letter) {
        case 'z':
        case 'd':
            failed = out->mode != 0 && out->mode != letter;
            out->mode = letter;
            break;
        case 'l': failed = parse_number(optarg, &out->level); break;
        case 't': failed = parse_number(optarg, &out->threads); break;
        case 'f': out->replace = 1; break;
        case 'p': out->show_progress = 1; break;
        default: failed = 1;
        }
    }
    if (failed || out->mode == 0 || argc - optind != 2) {
        return -1;
    }
    out->in_path = argv[optind];
    out->out_path = argv[optind + 1];
    return 0;
}

int main(int argc, char **argv) {
    struct options options = {0};
    options.show_progress = isatty(STDERR_FILENO);
    if (parse_options(argc, argv, &options) != 0) {
        fputs(USAGE_TEXT, stderr);
        return 2;
    }
    stop_on_signals();
    int failed = process(&options);
    zst_free_idle_contexts();
    if (failed && stop_signal != 0) { /* ends as if the signal had ended it, which a shell wants to know */
        signal(stop_signal, SIG_DFL);
        raise(stop_signal);
    }
    return failed;
}
