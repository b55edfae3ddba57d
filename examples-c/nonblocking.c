/*
 * Sends standard input through a socket, compressed on one side and restored to standard output on the other, in one
 * thread with poll(2): neither side ever waits for the other.
 *
 * Shows: zst_compression_obj and zst_decompression_obj, which take what there is and give what is ready, so that an event
 * loop decides when to read and when to write; a flush for each piece, so that the receiver can decode at once; how the
 * receiver tells a complete frame from a connection that broke off.
 *
 *     nonblocking < FILE > COPY
 */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <zst.h>

enum { PIECE = 16384 };

struct sender {
    int fd;
    zst_compression_obj *obj;
    zst_bytes waiting; /* compressed, and not sent from `sent` on */
    size_t sent;
    int flush_is_next;
    int at_end; /* of standard input */
    int done;   /* the end of the frame is in `waiting` */
};

struct receiver {
    int fd;
    zst_decompression_obj *obj;
};

static int fail(const char *what) {
    fprintf(stderr, "nonblocking: %s\n", what);
    return -1;
}

/* When everything before has been sent, makes more to send: a piece of standard input, then what a flush gives of it. */
static int refill(struct sender *sender) {
    while (sender->sent == sender->waiting.len && !sender->done) {
        zst_error err;
        zst_status status;
        zst_bytes_free(&sender->waiting);
        sender->sent = 0;
        if (sender->flush_is_next) {
            int mode = sender->at_end ? ZST_COMPRESSOBJ_FLUSH_FINISH : ZST_COMPRESSOBJ_FLUSH_BLOCK;
            status = zst_compression_obj_flush(sender->obj, mode, &sender->waiting, &err);
            sender->done = sender->at_end;
        } else {
            char input[PIECE];
            ssize_t len = read(STDIN_FILENO, input, sizeof input);
            if (len < 0) {
                return fail(strerror(errno));
            }
            sender->at_end = len == 0;
            status = zst_compression_obj_compress(sender->obj, input, (size_t)len, &sender->waiting, &err);
        }
        if (status < 0) {
            return fail(err.message);
        }
        sender->flush_is_next = !sender->flush_is_next;
    }
    return 0;
}

/* Sends what the socket takes now. */
static int send_some(struct sender *sender) {
    ssize_t sent;
    if (sender->sent == sender->waiting.len) {
        return 0;
    }
    sent = send(sender->fd, sender->waiting.data + sender->sent, sender->waiting.len - sender->sent, 0);
    if (sent < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : fail(strerror(errno));
    }
    sender->sent += (size_t)sent;
    return 0;
}

/* Decodes what has arrived. Returns 1 when the frame is complete. */
static int receive_some(struct receiver *receiver) {
    char input[PIECE];
    zst_bytes content;
    zst_error err;
    int written;
    ssize_t len = recv(receiver->fd, input, sizeof input, 0);
    if (len < 0) {
        return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? 0 : fail(strerror(errno));
    }
    if (len == 0) {
        return fail("the connection broke off inside the frame");
    }
    if (zst_decompression_obj_decompress(receiver->obj, input, (size_t)len, &content, NULL, &err) < 0) {
        return fail(err.message);
    }
    written = fwrite(content.data, 1, content.len, stdout) == content.len;
    zst_bytes_free(&content);
    return written ? zst_decompression_obj_eof(receiver->obj) : fail("cannot write to standard output");
}

static int run(struct sender *sender, struct receiver *receiver) {
    for (;;) {
        struct pollfd fds[2];
        int result;
        if (refill(sender) != 0) {
            return -1;
        }
        fds[0].fd = sender->fd;
        fds[0].events = sender->sent < sender->waiting.len ? POLLOUT : 0;
        fds[1].fd = receiver->fd;
        fds[1].events = POLLIN;
        if (poll(fds, 2, -1) < 0) {
            if (errno == EINTR) {
                continue;
            }
            return fail(strerror(errno));
        }
        if ((fds[0].revents & POLLOUT) != 0 && send_some(sender) != 0) {
            return -1;
        }
        if ((fds[1].revents & (POLLIN | POLLHUP)) != 0 && (result = receive_some(receiver)) != 0) {
            return result < 0 ? -1 : 0;
        }
    }
}

int main(void) {
    int fds[2];
    struct sender sender = {0};
    struct receiver receiver = {0};
    zst_compressor *compressor = NULL;
    zst_decompressor *decompressor = NULL;
    zst_error err;
    int failed;
    if (socketpair(AF_UNIX, SOCK_STREAM, 0, fds) != 0 || fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0 ||
        fcntl(fds[1], F_SETFL, O_NONBLOCK) != 0) {
        fail(strerror(errno));
        return 1;
    }
    sender.fd = fds[0];
    receiver.fd = fds[1];
    failed = zst_compressor_new(0, NULL, &compressor, &err) < 0 ||
             zst_compressor_compressobj(compressor, ZST_CONTENTSIZE_UNKNOWN, &sender.obj, &err) < 0 ||
             zst_decompressor_new(NULL, &decompressor, &err) < 0 ||
             zst_decompressor_decompressobj(decompressor, 0, &receiver.obj, &err) < 0;
    if (failed) {
        fail(err.message);
    } else {
        failed = run(&sender, &receiver) != 0 || fflush(stdout) != 0;
    }
    if (!failed) {
        zst_frame_progression progression;
        zst_compression_obj_frame_progression(sender.obj, &progression, NULL);
        fprintf(stderr, "%llu bytes went through the socket as %llu\n", (unsigned long long)progression.ingested,
                (unsigned long long)progression.produced);
    }
    zst_bytes_free(&sender.waiting);
    zst_compression_obj_free(sender.obj);
    zst_decompression_obj_free(receiver.obj);
    zst_compressor_free(compressor);
    zst_decompressor_free(decompressor);
    zst_free_idle_contexts();
    close(fds[0]);
    close(fds[1]);
    return failed ? 1 : 0;
}
