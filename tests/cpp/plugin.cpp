// A shared object that reads a stream which somebody else has made.

#include <zst.hpp>

[[gnu::visibility("default")]] std::string read_all(const zst::decompression_reader &reader);

std::string read_all(const zst::decompression_reader &reader) { return reader.readall().to_string(); }
