/*
 * Compresses or decompresses from standard input to standard output.
 *
 *     zpipe < text > text.zst
 *     zpipe -d < text.zst > text
 *
 * Shows: zst::ostream and zst::istream on the streams of the standard library; what close() is for; failures, of the
 * data and of the streams, in one place.
 */

#include <iostream>
#include <string_view>
#include <vector>

#include <zst.hpp>

namespace {

constexpr std::streamsize piece = 1 << 16;

void compress(std::istream &in, std::ostream &out) {
    zst::ostream packed(out);
    std::vector<char> buffer(piece);
    while (in.read(buffer.data(), piece), in.gcount() > 0)
        packed.write(buffer.data(), in.gcount());
    if (in.bad()) throw std::runtime_error("standard input cannot be read");
    packed.close(); // ends the frame; an exception before leaves it without an end, so that nobody takes it for whole
}

void decompress(std::istream &in, std::ostream &out) {
    zst::istream content(in);
    std::vector<char> buffer(piece);
    // Takes what is ready, so that everything before damaged data has been written when that is thrown.
    while (content.peek() != EOF)
        out.write(buffer.data(), content.readsome(buffer.data(), piece));
    if (!out.flush()) throw std::runtime_error("standard output cannot be written");
}

} // namespace

int main(int argc, char **argv) {
    const std::vector<std::string_view> arguments(argv + 1, argv + argc);
    if (arguments.size() > 1 || (arguments.size() == 1 && arguments[0] != "-d")) {
        std::cerr << "usage: zpipe [-d] < input > output\n";
        return 2;
    }
    std::ios::sync_with_stdio(false);
    try {
        if (arguments.empty()) {
            compress(std::cin, std::cout);
        } else {
            decompress(std::cin, std::cout);
        }
    } catch (const zst::truncated &) {
        std::cerr << "zpipe: the input has no end: it was cut\n";
        return 1;
    } catch (const std::exception &error) { // zst::error too
        std::cerr << "zpipe: " << error.what() << '\n';
        return 1;
    }
    zst::free_idle_contexts(); // not needed before an exit, but leak checkers then find nothing at all
}
