/* zst_sink: those that the library brings along, used as a stream would use them. */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;
static char path[] = "/tmp/zst-test-sink-XXXXXX";

static int is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

static void put(const zst_sink *sink, const char *data, size_t len) {
    size_t at, taken;
    for (at = 0; at < len; at += taken) {
        taken = 0;
        CHECK(sink->write(sink->userdata, (const uint8_t *)data + at, len - at, &taken) == 0);
        CHECK(taken > 0 && taken <= len - at);
    }
}

static int file_holds(const void *expected, size_t len) {
    unsigned char content[200];
    FILE *file = fopen(path, "rb");
    size_t got;
    CHECK(file != NULL && len < sizeof content);
    got = fread(content, 1, sizeof content, file);
    fclose(file);
    return same(content, got, expected, len);
}

static void bytes(void) {
    char *text = make_text(LEN, 1);
    zst_bytes grown = {0};
    zst_sink sink;
    size_t at;
    CHECK(succeeds(&err, zst_sink_to_bytes(&grown, &sink, &err)));
    CHECK(grown.data == NULL && grown.len == 0);
    for (at = 0; at < LEN; at += 1000) {
        put(&sink, text + at, 1000);
        CHECK(same(grown.data, grown.len, text, at + 1000) && grown.capacity >= grown.len);
    }
    zst_sink_drop(&sink);
    CHECK(sink.userdata == NULL && sink.write == NULL);
    CHECK(same(grown.data, grown.len, text, LEN)); /* it is the caller's */
    zst_bytes_free(&grown);

    CHECK(zst_compress("foo", 3, 3, &grown, NULL) == ZST_OK); /* from the library: appends */
    at = grown.len;
    CHECK(succeeds(&err, zst_sink_to_bytes(&grown, &sink, &err)));
    put(&sink, text, LEN);
    CHECK(grown.len == at + LEN && memcmp(grown.data + at, text, LEN) == 0 && holds(grown.data, at, "foo", 3));
    zst_sink_drop(&sink);
    zst_bytes_free(&grown);
    free(text);
}

static void files(void) {
    zst_sink sink;
    int owned;
    CHECK(succeeds(&err, zst_sink_to_path(path, &sink, &err)));
    put(&sink, "foobar", 6);
    CHECK(sink.close(sink.userdata) == 0 && file_holds("foobar", 6));
    zst_sink_drop(&sink);
    CHECK(succeeds(&err, zst_sink_to_path(path, &sink, &err)));
    CHECK(file_holds("", 0)); /* it was emptied */
    put(&sink, "f", 1);
    zst_sink_drop(&sink); /* without close(): what was written stays */
    CHECK(file_holds("f", 1));
    for (owned = 0; owned < 2; owned++) {
        int fd = open(path, O_WRONLY | O_TRUNC);
        CHECK(succeeds(&err, zst_sink_to_fd(fd, owned, &sink, &err)));
        put(&sink, "bar", 3);
        CHECK(sink.close(sink.userdata) == 0 && is_open(fd) == !owned && file_holds("bar", 3));
        zst_sink_drop(&sink);
        CHECK(is_open(fd) == !owned);
        if (!owned) close(fd);

        fd = open(path, O_WRONLY | O_TRUNC);
        CHECK(succeeds(&err, zst_sink_to_fd(fd, owned, &sink, &err)));
        zst_sink_drop(&sink);
        CHECK(is_open(fd) == !owned);
        if (!owned) close(fd);
    }
}

static void a_pipe_that_is_full_at_times(void) {
    static uint8_t data[1 << 20], room[1 << 20];
    int fds[2];
    size_t total = 0, taken = 0;
    zst_sink sink;
    int32_t code;
    CHECK(pipe(fds) == 0 && fcntl(fds[1], F_SETFL, O_NONBLOCK) == 0);
    CHECK(succeeds(&err, zst_sink_to_fd(fds[1], 1, &sink, &err)));
    while ((code = sink.write(sink.userdata, data, sizeof data, &taken)) == 0) {
        CHECK(taken > 0 && taken < sizeof data); /* less than a MiB fits */
        total += taken;
    }
    CHECK(code == ZST_ERROR_WOULD_BLOCK && total > 0);
    CHECK(read(fds[0], room, sizeof room) == (ssize_t)total);
    CHECK(sink.write(sink.userdata, data, 10, &taken) == 0 && taken == 10);
    zst_sink_drop(&sink);
    CHECK(!is_open(fds[1]));
    close(fds[0]);
}

static void failures(void) {
    zst_sink sink;
    size_t taken;
    int fd;
    fill(&sink, sizeof sink);
    CHECK(fails_by_callback(ZST_ERROR_SINK, ENOENT, &err, zst_sink_to_path("/no/such/file", &sink, &err)));
    CHECK(fails_by_callback(ZST_ERROR_SINK, EISDIR, &err, zst_sink_to_path("/", &sink, &err)));
    CHECK(refuses_null("path", &err, zst_sink_to_path(NULL, &sink, &err)));
    CHECK(refuses_null("out", &err, zst_sink_to_path(path, NULL, &err)));
    CHECK(refuses_null("bytes", &err, zst_sink_to_bytes(NULL, &sink, &err)));
    {
        zst_bytes grown = {0};
        CHECK(refuses_null("out", &err, zst_sink_to_bytes(&grown, NULL, &err)));
    }
    fd = open(path, O_WRONLY);
    CHECK(refuses_null("out", &err, zst_sink_to_fd(fd, 0, NULL, &err)) && is_open(fd));
    CHECK(refuses_null("out", &err, zst_sink_to_fd(fd, 1, NULL, &err)) && !is_open(fd));
    CHECK(untouched(&sink, sizeof sink));
    zst_sink_drop(NULL);

    fd = open(path, O_RDONLY);
    CHECK(succeeds(&err, zst_sink_to_fd(fd, 1, &sink, &err)));
    CHECK(sink.write(sink.userdata, (const uint8_t *)"x", 1, &taken) == EBADF);
    zst_sink_drop(&sink);
    CHECK(succeeds(&err, zst_sink_to_fd(-1, 1, &sink, &err)));
    CHECK(sink.close(sink.userdata) == EBADF);
    zst_sink_drop(&sink);
}

/* Of one's own: dropped once, by whoever has it, and not closed. */
static void drops(void) {
    struct drain drain = drain_of(1);
    zst_sink sink = sink_of(&drain);
    zst_sink_drop(&sink);
    CHECK(drain.drops == 1 && drain.closes == 0 && drain.flushes == 0);
    CHECK(sink.userdata == NULL && sink.write == NULL && sink.flush == NULL && sink.close == NULL && sink.drop == NULL);
    zst_sink_drop(&sink);
    CHECK(drain.drops == 1);
}

int main(void) {
    int fd = mkstemp(path);
    CHECK(fd >= 0 && close(fd) == 0);
    fill(&err, sizeof err);
    bytes();
    files();
    a_pipe_that_is_full_at_times();
    failures();
    drops();
    unlink(path);
    zst_free_idle_contexts();
    return 0;
}
