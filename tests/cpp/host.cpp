// Its callbacks are called from the shared object, and what they throw comes through.

#include "check.hpp"

[[gnu::visibility("default")]] std::string read_all(const zst::decompression_reader &reader);

int main() {
    const zst::decompressor decompressor;
    const auto broken = decompressor.stream_reader([](std::size_t) -> std::string { throw boom{5}; });
    CHECK(number_of_boom([&] { read_all(broken); }) == 5);
    const auto no_frame = decompressor.stream_reader(zst::source::from_memory("no frame"));
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { read_all(no_frame); }));
    const auto frame = decompressor.stream_reader(zst::source::own(zst::compress("text")));
    CHECK(read_all(frame) == "text");
}
