#include <string>
#include <zst.hpp>

int main() {
    const std::string text = "Hello, hello, hello, hello, hello, hello, zst!";
    const zst::bytes frame = zst::compressor(3).compress(text);
    const zst::bytes content = zst::decompressor().decompress(frame);
    if (std::string(content.begin(), content.end()) != text) return 1;
    return zst_version_number() == ZST_VERSION_NUMBER ? 0 : 2;
}
