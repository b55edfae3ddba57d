/*
 * Reading and writing whole files, for the other examples. POSIX, nothing of zst in here.
 *
 * Functions return 0, or what errno says about the failure; strerror() puts it into words.
 */

#ifndef FILES_H
#define FILES_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

typedef struct {
    unsigned char *data; /* never NULL after success; free() it */
    size_t len;
    mode_t mode; /* permissions, for a file made from this one */
} file_content;

/* Reads to the end, whatever `path` is: regular files, pipes, files that grow. Directories give EISDIR. */
static inline int read_file(const char *path, file_content *out) {
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return errno;
    }

    int failure = 0;
    unsigned char *data = NULL;
    size_t len = 0;
    size_t capacity = 65536;
    struct stat info;
    if (fstat(fileno(file), &info) != 0) {
        failure = errno;
    } else if (S_ISREG(info.st_mode) && (uintmax_t)info.st_size >= SIZE_MAX) {
        failure = EFBIG;
    } else if (S_ISREG(info.st_mode)) {
        capacity = (size_t)info.st_size + 1; /* one more, to meet the end of the file without growing */
    }

    while (failure == 0) {
        unsigned char *more = realloc(data, capacity);
        if (more == NULL) {
            failure = ENOMEM;
            break;
        }
        data = more;
        len += fread(data + len, 1, capacity - len, file);
        if (ferror(file)) {
            failure = errno;
        } else if (len < capacity) {
            break; /* the end */
        } else if (capacity > SIZE_MAX / 2) {
            failure = EFBIG;
        } else {
            capacity *= 2;
        }
    }

    fclose(file);
    if (failure != 0) {
        free(data);
        return failure;
    }
    out->data = data;
    out->len = len;
    out->mode = S_ISREG(info.st_mode) ? info.st_mode & 0777 : 0666;
    return 0;
}

/* The file that is being written and has to go when a signal ends the program. */
static const char *volatile unfinished_file = NULL;

static inline void remove_unfinished_file(int signal_number) {
    if (unfinished_file != NULL) {
        unlink(unfinished_file);
    }
    signal(signal_number, SIG_DFL);
    raise(signal_number);
}

/* Call this once in main(), so that Ctrl-C does not leave half a file behind. */
static inline void remove_unfinished_file_on_signals(void) {
    const int signals[] = {SIGHUP, SIGINT, SIGTERM};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++) {
        struct sigaction before;
        if (sigaction(signals[i], NULL, &before) == 0 && before.sa_handler != SIG_IGN) {
            signal(signals[i], remove_unfinished_file);
        }
    }
#ifdef SIGXFSZ
    signal(SIGXFSZ, SIG_IGN); /* too large a file: write() fails with EFBIG, instead of a signal */
#endif
}

/* 0 when write_file() may create `path`; EEXIST when it is there already and `replace` is 0. */
static inline int may_write_file(const char *path, int replace) {
    struct stat info;
    if (lstat(path, &info) != 0) {
        return errno == ENOENT ? 0 : errno;
    }
    if (S_ISDIR(info.st_mode)) {
        return EISDIR;
    }
    /* Devices, pipes and links are not replaced by a file, also not on request. */
    return replace && S_ISREG(info.st_mode) ? 0 : EEXIST;
}

/*
 * Creates `path` with `len` bytes. After a failure there is what was there before: no file, or with `replace` the
 * old one, which is replaced in one step when the new one is complete.
 */
static inline int write_file(const char *path, const void *data, size_t len, mode_t mode, int replace) {
    int failure = may_write_file(path, replace);
    if (failure != 0) {
        return failure;
    }

    const char *target = path;
    char temporary[4096];
    if (replace) {
        int length = snprintf(temporary, sizeof temporary, "%s.%ld.tmp", path, (long)getpid());
        if (length < 0 || (size_t)length >= sizeof temporary) {
            return ENAMETOOLONG;
        }
        target = temporary;
    }

    unfinished_file = target; /* before it is made: a signal may come right after */
    int fd = open(target, O_WRONLY | O_CREAT | O_EXCL, mode);
    if (fd < 0) {
        failure = errno;
        unfinished_file = NULL;
        return failure;
    }
    for (size_t done = 0; done < len && failure == 0;) {
        size_t piece = len - done < 1u << 30 ? len - done : 1u << 30;
        ssize_t written = write(fd, (const char *)data + done, piece);
        if (written > 0) {
            done += (size_t)written;
        } else if (written < 0 && errno != EINTR) {
            failure = errno;
        }
    }
    if (close(fd) != 0 && failure == 0) {
        failure = errno;
    }
    if (failure == 0 && replace && rename(target, path) != 0) {
        failure = errno;
    }
    if (failure != 0) {
        unlink(target);
    }
    unfinished_file = NULL;
    return failure;
}

#endif
