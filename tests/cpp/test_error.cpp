// zst::error and the classes derived from it.

#include <new>

#include "check.hpp"

namespace {

void what_it_says() {
    const std::string frame = zst::compress(make_text(100000)).to_string();
    const std::string cut = frame + frame.substr(0, 20);
    try {
        zst::decompressor().decompress(cut, 0, zst::flag::read_across_frames);
        CHECK(false);
    } catch (const std::runtime_error &caught) {
        const auto &error = dynamic_cast<const zst::truncated &>(caught);
        CHECK(error.status() == ZST_ERROR_TRUNCATED && error.status_name() == std::string("ZST_ERROR_TRUNCATED"));
        CHECK(error.src_position() == frame.size() && error.callback_code() == 0 && !error.item_index());
        CHECK(std::string(error.what()) == error.details().message);
        const zst::error copy = error;
        CHECK(std::string(copy.what()) == error.what() && copy.src_position() == frame.size());
    }
    const std::string damaged = frame.substr(0, 20) + std::string(20, '\xff') + frame.substr(40);
    try {
        zst::decompressor().multi_decompress_to_buffer(std::vector<std::string>{frame, frame, damaged});
        CHECK(false);
    } catch (const zst::error &error) {
        CHECK(error.status() == ZST_ERROR_ZSTD && error.zstd_code() != 0 && error.item_index() == 2);
    }
}

/// A frame that says it has so much content.
std::string claims(std::uint64_t size) {
    std::string frame = "\x28\xb5\x2f\xfd\xe0";
    for (int at = 0; at < 8; ++at)
        frame += static_cast<char>(size >> (8 * at));
    return frame + std::string("\x01\x00\x00", 3);
}

void classes() {
    const std::string text = make_text(1000);
    const zst::bytes frame = zst::compress(text);
    const zst::compressor compressor;
    const zst::decompressor decompressor;
    char small[10];

    CHECK(fails(ZST_ERROR_VALUE, "level", [] { zst::compressor(23); }));
    CHECK(fails<zst::truncated>(ZST_ERROR_TRUNCATED, "", [&] { zst::decompress(frame.view().substr(0, 20)); }));
    CHECK(fails<zst::io_error>(ZST_ERROR_SOURCE, "", [] { zst::source::from_path("/nowhere/at all"); }));
    CHECK(fails<zst::io_error>(ZST_ERROR_SINK, "", [] { zst::sink::to_path("/nowhere/at all"); }));
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { zst::decompress("no frame"); }));
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { zst::decompress(claims(1 << 30)); }));
    CHECK(fails<zst::would_block>(ZST_ERROR_WOULD_BLOCK, "", [&] {
        compressor.stream_reader([](std::size_t) { return std::optional<zst::bytes_view>(); }).read(1);
    }));
    CHECK(fails<zst::cancelled>(ZST_ERROR_CANCELLED, "", [&] {
        compressor.copy_stream(
            zst::source::from_memory(text), [](zst::bytes_view) {}, text.size(),
            [](std::uint64_t, std::uint64_t) { return false; });
    }));
    const zst::decompressor limited(zst::decompression_parameters().set("max_output_size", 999));
    CHECK(fails<zst::limit_exceeded>(ZST_ERROR_LIMIT, "max_output_size", [&] { limited.decompress(frame); }));

    try {
        decompressor.decompress_into(frame, small);
        CHECK(false);
    } catch (const zst::buffer_too_small &error) {
        CHECK(error.expected() == 1000 && error.actual() == 10);
    }
    try {
        zst::source::from_path("/nowhere/at all");
        CHECK(false);
    } catch (const zst::io_error &error) {
        CHECK(error.callback_code() == 2); // ENOENT
    }

    // Memory that nobody has: every class of failure can be caught apart, or as what it is derived from.
    zst_error details{};
    details.status = ZST_ERROR_MEMORY;
    CHECK(fails<zst::out_of_memory>(ZST_ERROR_MEMORY, "", [&] { zst::detail::fail(details); }));
}

} // namespace

int main() {
    what_it_says();
    classes();
    CHECK(zst::version_number() == ZST_VERSION_NUMBER && zst::version_string() == std::string(ZST_VERSION_STRING));
    CHECK(zst::zstd_version_number() == ZST_ZSTD_VERSION_NUMBER);
    zst::free_idle_contexts();
}
