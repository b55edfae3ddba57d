/*
 * Compresses or decompresses from standard input to standard output, for a shell pipe.
 *
 *     tail -f log | pipe -z | ssh host 'pipe -d'
 *
 * Shows: zst_compression_writer and zst_decompression_writer on a file descriptor; a flush whenever the input pauses, so
 * that a line that was typed comes out at the other end at once, while input without pauses is compressed as well as a
 * file; an output that would block; a reader that has gone; input that was cut.
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include <zst.h>

enum { AT_ONCE = 0, FOR_EVER = -1 };

/* One of the two is there. */
struct filter {
    zst_compression_writer *compression;
    zst_decompression_writer *decompression;
};

/* Whether `fd` is ready, or was closed at the other end; reading or writing then tells. */
static int is_ready(int fd, short events, int timeout) {
    struct pollfd fds = {fd, events, 0};
    int count;
    do {
        count = poll(&fds, 1, timeout);
    } while (count < 0 && errno == EINTR);
    return count != 0;
}

/* After what would have blocked: 1 when it is to be tried again. */
static int again(zst_status status) {
    return status == ZST_ERROR_WOULD_BLOCK && is_ready(STDOUT_FILENO, POLLOUT, FOR_EVER);
}

static zst_status filter_write(const struct filter *filter, const char *data, size_t len, zst_error *err) {
    while (len > 0) {
        size_t taken = 0; /* stays so when the output would block */
        zst_status status =
            filter->compression != NULL
                ? zst_compression_writer_write(filter->compression, data, len, &taken, NULL, err)
                : zst_decompression_writer_write(filter->decompression, data, len, &taken, NULL, err);
        if (status < 0 && !again(status)) {
            return status;
        }
        data += taken;
        len -= taken;
    }
    return ZST_OK;
}

/* Brings everything on its way that was written so far. The frame goes on. */
static zst_status filter_flush(const struct filter *filter, zst_error *err) {
    zst_status status;
    do {
        status = filter->compression != NULL
                     ? zst_compression_writer_flush(filter->compression, ZST_FLUSH_BLOCK, NULL, err)
                     : zst_decompression_writer_flush(filter->decompression, NULL, err);
    } while (again(status));
    return status;
}

/* Ends the frame, or finds that the input does not end with one; closes standard output. */
static zst_status filter_close(const struct filter *filter, zst_error *err) {
    zst_status status;
    do {
        status = filter->compression != NULL ? zst_compression_writer_close(filter->compression, err)
                                             : zst_decompression_writer_close(filter->decompression, err);
    } while (again(status));
    return status;
}

/* The filter works until standard input ends. `*read_errno` is why it cannot be read, or 0. */
static zst_status filter_run(const struct filter *filter, int *read_errno, zst_error *err) {
    static char input[ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE];
    zst_status status = ZST_OK;
    int flushed = 1;
    while (status == ZST_OK) {
        if (!flushed && !is_ready(STDIN_FILENO, POLLIN, AT_ONCE)) {
            status = filter_flush(filter, err);
            flushed = 1;
            continue;
        }
        is_ready(STDIN_FILENO, POLLIN, FOR_EVER);
        ssize_t len = read(STDIN_FILENO, input, sizeof input); /* what there is, not all of `input` */
        if (len == 0) {
            return filter_close(filter, err);
        }
        if (len > 0) {
            status = filter_write(filter, input, (size_t)len, err);
            flushed = 0;
        } else if (errno != EINTR && errno != EAGAIN) {
            *read_errno = errno;
            break;
        }
    }
    return status;
}

/* With a checksum, by which damage on the way is found. */
static zst_status compressor_new(zst_compressor **out, zst_error *err) {
    zst_compression_parameters *parameters = NULL;
    zst_status status = zst_compression_parameters_new(&parameters, err);
    if (status == ZST_OK) {
        status = zst_compression_parameters_set(parameters, ZST_C_WRITE_CHECKSUM, 1, err);
    }
    if (status == ZST_OK) {
        status = zst_compressor_new_from_parameters(parameters, NULL, out, err);
    }
    zst_compression_parameters_free(parameters);
    return status;
}

static zst_status filter_new(char mode, struct filter *out, zst_error *err) {
    zst_compressor *compressor = NULL;
    zst_decompressor *decompressor = NULL;
    zst_sink sink;
    zst_status status = mode == 'z' ? compressor_new(&compressor, err)
                                    : zst_decompressor_new(NULL, &decompressor, err);
    if (status == ZST_OK) {
        status = zst_sink_to_fd(STDOUT_FILENO, 1, &sink, err); /* 1: closes it, and tells when that fails */
    }
    if (status == ZST_OK) { /* the function takes the sink over in any case: nothing to drop here */
        status = mode == 'z' ? zst_compressor_stream_writer(compressor, &sink, ZST_CONTENTSIZE_UNKNOWN,
                                                            ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE,
                                                            &out->compression, err)
                             : zst_decompressor_stream_writer(decompressor, &sink,
                                                              ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE,
                                                              ZST_DECOMPRESS_STRICT, &out->decompression, err);
    }
    zst_compressor_free(compressor); /* the writer keeps what it needs */
    zst_decompressor_free(decompressor);
    return status;
}

int main(int argc, char **argv) {
    if (argc != 2 || (strcmp(argv[1], "-z") != 0 && strcmp(argv[1], "-d") != 0)) {
        fputs("usage: pipe -z | pipe -d\n", stderr);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN); /* a reader that has gone is the error EPIPE then */

    struct filter filter = {NULL, NULL};
    zst_error err;
    int read_errno = 0;
    zst_status status = filter_new(argv[1][1], &filter, &err);
    if (status == ZST_OK) {
        status = filter_run(&filter, &read_errno, &err);
    }
    if (read_errno != 0) {
        fprintf(stderr, "pipe: standard input: %s\n", strerror(read_errno));
    } else if (status == ZST_ERROR_SINK && err.callback_code == EPIPE) {
        /* Whoever reads has seen enough, as in `pipe -d | head`: no words, but no success either. */
    } else if (status < 0) {
        fprintf(stderr, "pipe: %s\n", err.message);
    }
    zst_compression_writer_free(filter.compression);
    zst_decompression_writer_free(filter.decompression);
    zst_free_idle_contexts();
    return status < 0 || read_errno != 0;
}
