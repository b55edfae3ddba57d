#include <cstring>
#include <zst.h>

int main() {
    const char text[] = "Hello, hello, hello, hello, hello, hello, zst!";
    zst_bytes frame, content;
    if (zst_compress(text, sizeof text, 3, &frame, nullptr) != ZST_OK) return 1;
    if (zst_decompress(frame.data, frame.len, 0, &content, nullptr) != ZST_OK) return 2;
    if (content.len != sizeof text || std::memcmp(content.data, text, sizeof text) != 0) return 3;
    zst_bytes_free(&frame);
    zst_bytes_free(&content);
    return zst_version_number() == ZST_VERSION_NUMBER ? 0 : 4;
}
