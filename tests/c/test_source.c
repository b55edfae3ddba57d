/* zst_source: those that the library brings along, asked as a stream would ask them. */

#define _POSIX_C_SOURCE 200809L

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "streams.h"

enum { LEN = 60000 };

static zst_error err;
static char path[] = "/tmp/zst-test-source-XXXXXX";

static int is_open(int fd) { return fcntl(fd, F_GETFD) >= 0; }

/* Reads to the end, and checks what comes. */
static void check_content(const zst_source *source, size_t hint, const void *expected, size_t len) {
    unsigned char *content = malloc(len + 1);
    const uint8_t *data;
    size_t got = 0, more = 1;
    CHECK(content != NULL);
    while (more > 0) {
        CHECK(source->read(source->userdata, hint, &data, &more) == 0 && got + more <= len);
        memcpy(content + got, data, more);
        got += more;
    }
    CHECK(same(content, got, expected, len));
    free(content);
}

static void memory(void) {
    char *text = make_text(LEN, 1);
    zst_source source;
    const uint8_t *data;
    size_t len;
    CHECK(succeeds(&err, zst_source_from_memory(text, LEN, &source, &err)));
    CHECK(source.read(source.userdata, 1, &data, &len) == 0);
    CHECK(data == (const uint8_t *)text && len == LEN); /* lent, not copied */
    CHECK(source.read(source.userdata, 1, &data, &len) == 0 && len == 0);
    zst_source_drop(&source);
    CHECK(source.userdata == NULL && source.read == NULL && source.drop == NULL);
    zst_source_drop(&source); /* zeros: nothing happens */
    CHECK(succeeds(&err, zst_source_from_memory(NULL, 0, &source, &err)));
    check_content(&source, 100, "", 0);
    zst_source_drop(&source);
    free(text);
}

static void files(void) {
    static const size_t hints[] = {1, 1000, 10 * LEN};
    char *text = make_text(LEN, 2);
    zst_source source;
    size_t which;
    FILE *file = fopen(path, "wb");
    CHECK(file != NULL && fwrite(text, 1, LEN, file) == LEN && fclose(file) == 0);
    for (which = 0; which < 3; which++) {
        int fd = open(path, O_RDONLY);
        CHECK(succeeds(&err, zst_source_from_path(path, &source, &err)));
        check_content(&source, hints[which], text, LEN);
        zst_source_drop(&source);
        CHECK(succeeds(&err, zst_source_from_fd(fd, which != 0, &source, &err)));
        check_content(&source, hints[which], text, LEN);
        zst_source_drop(&source);
        CHECK(is_open(fd) == (which == 0));
        if (which == 0) close(fd);
    }
    free(text);
}

static void a_pipe_that_is_empty_at_times(void) {
    int fds[2];
    zst_source source;
    const uint8_t *data;
    size_t len;
    CHECK(pipe(fds) == 0 && fcntl(fds[0], F_SETFL, O_NONBLOCK) == 0);
    CHECK(succeeds(&err, zst_source_from_fd(fds[0], 1, &source, &err)));
    CHECK(source.read(source.userdata, 100, &data, &len) == ZST_ERROR_WOULD_BLOCK);
    CHECK(write(fds[1], "foobar", 6) == 6);
    CHECK(source.read(source.userdata, 4, &data, &len) == 0 && same(data, len, "foob", 4));
    CHECK(source.read(source.userdata, 4, &data, &len) == 0 && same(data, len, "ar", 2));
    CHECK(source.read(source.userdata, 4, &data, &len) == ZST_ERROR_WOULD_BLOCK);
    close(fds[1]);
    CHECK(source.read(source.userdata, 4, &data, &len) == 0 && len == 0);
    zst_source_drop(&source);
    CHECK(!is_open(fds[0]));
}

static void failures(void) {
    zst_source source;
    const uint8_t *data;
    size_t len;
    int fd;
    fill(&source, sizeof source);
    CHECK(fails_by_callback(ZST_ERROR_SOURCE, ENOENT, &err, zst_source_from_path("/no/such/file", &source, &err)));
    CHECK(refuses_null("path", &err, zst_source_from_path(NULL, &source, &err)));
    CHECK(refuses_null("out", &err, zst_source_from_path(path, NULL, &err)));
    CHECK(refuses_null("src", &err, zst_source_from_memory(NULL, 1, &source, &err)));
    CHECK(refuses_null("out", &err, zst_source_from_memory("x", 1, NULL, &err)));
    fd = open(path, O_RDONLY);
    CHECK(refuses_null("out", &err, zst_source_from_fd(fd, 0, NULL, &err)) && is_open(fd));
    CHECK(refuses_null("out", &err, zst_source_from_fd(fd, 1, NULL, &err)) && !is_open(fd));
    CHECK(untouched(&source, sizeof source));
    zst_source_drop(NULL);

    CHECK(succeeds(&err, zst_source_from_path("/", &source, &err)));
    CHECK(source.read(source.userdata, 100, &data, &len) == EISDIR);
    CHECK(source.read(source.userdata, 100, &data, &len) == EISDIR); /* it can be asked again */
    zst_source_drop(&source);
    CHECK(succeeds(&err, zst_source_from_fd(-1, 1, &source, &err)));
    CHECK(source.read(source.userdata, 100, &data, &len) == EBADF);
    zst_source_drop(&source);
}

/* Of one's own: dropped once, by whoever has it. */
static void drops(void) {
    struct feed feed = feed_of("x", 1, 1);
    zst_source source = source_of(&feed);
    zst_source_drop(&source);
    CHECK(feed.drops == 1 && source.userdata == NULL && source.read == NULL && source.drop == NULL);
    zst_source_drop(&source);
    CHECK(feed.drops == 1);
    source = source_of(&feed);
    source.drop = NULL;
    zst_source_drop(&source);
    CHECK(feed.drops == 1 && source.read == NULL);
}

int main(void) {
    int fd = mkstemp(path);
    CHECK(fd >= 0 && close(fd) == 0);
    fill(&err, sizeof err);
    memory();
    files();
    a_pipe_that_is_empty_at_times();
    failures();
    drops();
    unlink(path);
    zst_free_idle_contexts();
    return 0;
}
