/*
 * Compresses each line of a file by itself, so that any of them can be restored alone, and tells what that costs: with
 * and without a dictionary that was trained on the lines.
 *
 *     records FILE
 *
 * Shows: a buffer on the caller's memory, of which nothing is copied; training; batches on all cores, there and back;
 * one item of a batch.
 */

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include <zst.hpp>

namespace {

constexpr std::int32_t all_cores = -1;

/// Where the lines are, each with its newline.
std::vector<zst_segment> find_lines(std::string_view content) {
    std::vector<zst_segment> lines;
    for (std::size_t begin = 0; begin < content.size();) {
        const std::size_t newline = content.find('\n', begin);
        const std::size_t end = newline == content.npos ? content.size() : newline + 1;
        lines.push_back({begin, end - begin});
        begin = end;
    }
    return lines;
}

void run(const char *path) {
    std::ifstream file(path, std::ios::binary);
    const std::string content{std::istreambuf_iterator<char>(file), {}};
    if (!file) throw std::runtime_error("it cannot be read");
    const zst::buffer_with_segments lines(content, find_lines(content));
    std::cout << lines.count() << " lines, " << lines.size_bytes() << " bytes\n";

    const auto alone = zst::compressor().multi_compress_to_buffer(lines, all_cores);
    std::cout << alone.size_bytes() << " bytes in frames of their own\n";

    // Samples are anything that can be gone through: here the lines.
    const zst::compression_dict dict = zst::train_dictionary(content.size() / 100, lines);
    const auto frames = zst::compressor(3, dict).multi_compress_to_buffer(lines, all_cores);
    std::cout << frames.size_bytes() << " bytes with a dictionary of " << dict.as_bytes().size() << '\n';

    const zst::decompressor decompressor(dict);
    const std::size_t middle = frames.count() / 2;
    std::cout << "line " << middle + 1 << ": " << decompressor.decompress(frames[middle]).to_string();
    const auto restored = decompressor.multi_decompress_to_buffer(frames, all_cores);
    if (!std::equal(lines.begin(), lines.end(), restored.begin(), restored.end()))
        throw std::runtime_error("what was restored is not the same");
}

} // namespace

int main(int argc, char **argv) {
    if (argc != 2) {
        std::cerr << "usage: records FILE\n";
        return 2;
    }
    try {
        run(argv[1]);
    } catch (const std::exception &error) {
        std::cerr << "records: " << argv[1] << ": " << error.what() << '\n';
        return 1;
    }
    zst::free_idle_contexts(); // not needed before an exit, but leak checkers then find nothing at all
}
