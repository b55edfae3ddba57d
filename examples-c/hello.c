/* Compresses a text and restores it. Run: make examples && target/examples-c/hello */

#include <stdio.h>
#include <zst.h>

int main(void) {
    const char text[] = "Hello, hello, hello, hello, hello, hello, hello, hello, hello, hello, zst!";
    zst_bytes packed = {0}, restored = {0};
    zst_error err;
    int failed = zst_compress(text, sizeof text, 3, &packed, &err) < 0
              || zst_decompress(packed.data, packed.len, 0, &restored, &err) < 0;
    if (failed) fprintf(stderr, "hello: %s\n", err.message);
    else printf("%zu bytes became %zu, and again: %s\n", sizeof text, packed.len, (char *)restored.data);
    zst_bytes_free(&packed);
    zst_bytes_free(&restored);
    return failed;
}
