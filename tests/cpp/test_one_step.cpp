// Compression and decompression in one step, parameters, dictionaries, frames.

#include "check.hpp"

namespace {

const std::string text = make_text(50000);

void there_and_back() {
    const zst::compressor compressor(5);
    const zst::decompressor decompressor;
    for (const std::string &content : {std::string(), std::string("a"), text}) {
        const zst::bytes frame = compressor.compress(content);
        CHECK(decompressor.decompress(frame) == content && zst::decompress(zst::compress(content)) == content);
        CHECK(frame.size() <= zst::compress_bound(content.size()));

        std::vector<unsigned char> place(zst::compress_bound(content.size()));
        place.resize(compressor.compress_into(content, place));
        CHECK(frame == place);
        std::string restored(content.size(), '?');
        std::size_t src_used = 0;
        CHECK(decompressor.decompress_into(place, restored, 0, zst::flag::none, &src_used) == content.size());
        CHECK(restored == content && src_used == place.size());
    }
    CHECK(compressor.frame_progression().ingested == text.size() && compressor.memory_size() > 0);
    CHECK(decompressor.memory_size() >= zst::estimate_decompression_context_size() / 2);
    CHECK(zst::compress(text, 1).size() > zst::compress(text, 19).size());
}

void frames_and_limits() {
    const std::string frame = zst::compress(text).to_string();
    const zst::decompressor decompressor;
    std::size_t src_used = 0;
    CHECK(decompressor.decompress(frame + frame, 0, zst::flag::none, &src_used) == text && src_used == frame.size());
    CHECK(decompressor.decompress(frame + frame, 0, zst::flag::read_across_frames) == text + text);
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { decompressor.decompress(frame + "x", 0, zst::flag::refuse_extra_data); }));
    const auto both = zst::flag::read_across_frames | zst::flag::refuse_extra_data;
    CHECK(decompressor.decompress(frame + frame, 0, both) == text + text);
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { decompressor.decompress(frame + frame + "x", 0, both); }));
    CHECK(fails<zst::limit_exceeded>(ZST_ERROR_LIMIT, "", [&] {
        decompressor.decompress(frame + frame, 2 * text.size() - 1, zst::flag::read_across_frames);
    }));
    const zst::compressor sizeless(zst::compression_parameters().set(zst::c_parameter::write_content_size, 0));
    const zst::bytes unknown = sizeless.compress(text);
    CHECK(zst::decompress(unknown) == text && zst::decompress(unknown, text.size()) == text);
    CHECK(fails<zst::limit_exceeded>(ZST_ERROR_LIMIT, "", [&] { zst::decompress(unknown, text.size() - 1); }));
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { decompressor.decompress(unknown, 0, zst::flag::require_content_size); }));
}

void chains() {
    const std::string second = text + " and more", third = "before " + second;
    const zst::compression_dict first_as_dict(text, zst::dict_type::rawcontent);
    const zst::compression_dict second_as_dict(second, zst::dict_type::rawcontent);
    const std::vector<zst::bytes> frames = [&] {
        std::vector<zst::bytes> made;
        made.push_back(zst::compress(text));
        made.push_back(zst::compressor(3, first_as_dict).compress(second));
        made.push_back(zst::compressor(3, second_as_dict).compress(third));
        return made;
    }();
    const zst::decompressor decompressor;
    CHECK(decompressor.decompress_content_dict_chain(frames) == third);
    CHECK(decompressor.decompress_content_dict_chain({frames[0], frames[1]}) == second);
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { decompressor.decompress_content_dict_chain(std::vector<std::string>()); }));
    try {
        decompressor.decompress_content_dict_chain({frames[0], "no frame"});
        CHECK(false);
    } catch (const zst::error &error) {
        CHECK(error.item_index() == 1);
    }
}

void compression_parameters() {
    using zst::c_parameter;
    zst::compression_parameters parameters;
    CHECK(parameters.get(c_parameter::compression_level) == 3 && parameters.get("write_dict_id") == 1);
    CHECK(&parameters.set(c_parameter::compression_level, 7).set("write_checksum", 1) == &parameters);
    const zst::compression_parameters copy = parameters.copy();
    parameters.set("compression_level", 8);
    CHECK(copy.get("compression_level") == 7 && copy.get(c_parameter::write_checksum) == 1);
    CHECK(parameters.get(c_parameter::compression_level) == 8);
    CHECK(zst::get_frame_parameters(zst::compressor(copy).compress(text)).has_checksum == 1);

    const auto temporary = zst::compression_parameters().set("window_log", 12).set(c_parameter::hash_log, 13);
    CHECK(temporary.get("window_log") == 12 && temporary.get("hash_log") == 13);
    CHECK(temporary.estimated_compression_context_size() < copy.estimated_compression_context_size());
    const auto spelled_out = zst::compression_parameters::from_level(19, 1000);
    CHECK(spelled_out.get("window_log") == 10 && zst::compression_parameters::from_level(19).get("window_log") == 23);

    CHECK(zst::compression_parameters::bounds(c_parameter::strategy) == std::pair(1, 9));
    CHECK(zst::compression_parameters::name(c_parameter::enable_ldm) == std::string("enable_ldm"));
    CHECK(zst::compression_parameters::name(static_cast<c_parameter>(1)) == nullptr);
    CHECK(fails(ZST_ERROR_VALUE, "no parameter with the name window", [&] { parameters.set("window", 20); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { parameters.get(static_cast<c_parameter>(1)); }));
    CHECK(fails(ZST_ERROR_ZSTD, "window_log", [&] { parameters.set("window_log", 40); }));
    CHECK(fails(ZST_ERROR_ZSTD, "window_log", [&] { zst::compression_parameters().set("window_log", 40); }));
}

void decompression_parameters() {
    using zst::d_parameter;
    zst::decompression_parameters parameters;
    CHECK(&parameters.set(d_parameter::max_output_size, 100).set("ignore_checksum", 1) == &parameters);
    const zst::decompression_parameters copy = parameters.copy();
    parameters.set("max_output_size", 200);
    CHECK(copy.get("max_output_size") == 100 && copy.get(d_parameter::ignore_checksum) == 1);
    const auto temporary = zst::decompression_parameters().set("format", ZST_FORMAT_ZSTD1_MAGICLESS);
    CHECK(temporary.get(d_parameter::format) == 1);
    const zst::compressor magicless(zst::compression_parameters().set("format", ZST_FORMAT_ZSTD1_MAGICLESS));
    CHECK(zst::decompressor(temporary).decompress(magicless.compress(text)) == text);
    CHECK(zst::decompression_parameters::bounds(d_parameter::max_window_size).second == std::int64_t{1} << 31);
    CHECK(zst::decompression_parameters::name(d_parameter::format) == std::string("format"));
    CHECK(fails(ZST_ERROR_VALUE, "no parameter with the name x", [&] { parameters.get("x"); }));
}

void dictionaries() {
    const zst::compression_dict one = make_dictionary(1, 100), two = make_dictionary(1000, 200);
    CHECK(one.id() == 100 && one.k() == 64 && one.d() == 8 && one.type() == zst::dict_type::fulldict);
    const zst::compression_dict again(one.as_bytes(), zst::dict_type::automatic, 64, 8);
    CHECK(again.as_bytes() == one.as_bytes() && again.id() == 100 && again.k() == 64 && again.d() == 8);
    CHECK(again.type() == zst::dict_type::automatic);

    const std::string message = make_text(60, 1);
    const zst::bytes by_one = zst::compressor(3, one).compress(message);
    CHECK(by_one.size() < zst::compress(message).size());
    CHECK(zst::decompressor(again).decompress(by_one) == message);
    CHECK(fails(ZST_ERROR_ZSTD, "dictionary", [&] { zst::decompress(by_one); }));
    CHECK(fails(ZST_ERROR_ZSTD, "dictionary", [&] { zst::decompressor(two).decompress(by_one); }));

    const zst::compression_parameters level(zst::compression_parameters().set("compression_level", 12));
    const zst::bytes by_two = zst::compressor(level, two).compress(message);
    const auto both = zst::decompression_parameters().add_dictionary(one).add_dictionary(two);
    const zst::decompressor chooses(both);
    CHECK(chooses.decompress(by_one) == message && chooses.decompress(by_two) == message);
    zst::decompression_parameters only_two;
    only_two.add_dictionary(two);
    CHECK(zst::decompressor(only_two, one).decompress(by_one) == message);
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { only_two.add_dictionary(two); }));

    one.precompute_compress(5);
    one.precompute_compress(zst::compression_parameters::from_level(7));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { one.precompute_compress(0); }));
    CHECK(zst::decompressor(one).decompress(zst::compressor(3, one).compress(message)) == message);

    const auto from_views = zst::train_dictionary(512, std::vector<std::string_view>(500, "sample of some length"));
    CHECK(from_views.as_bytes().size() <= 512);
    CHECK(fails(ZST_ERROR_ZSTD, "samples", [] { zst::train_dictionary(512, {"few", "samples"}); }));
}

void frames() {
    const zst::bytes frame = zst::compress(text);
    const zst_frame_parameters parameters = zst::get_frame_parameters(frame);
    CHECK(parameters.content_size == text.size() && parameters.frame_type == ZST_FRAME_TYPE_ZSTD);
    CHECK(zst::frame_header_size(frame) == parameters.header_size && zst::frame_content_size(frame) == text.size());
    CHECK(zst::frame_compressed_size(frame) == frame.size() && zst::decompress_bound(frame) == text.size());
    CHECK(zst::is_frame(frame) && !zst::is_skippable_frame(frame) && !zst::is_frame("") && !zst::is_frame("text"));
    const zst::compressor sizeless(zst::compression_parameters().set("write_content_size", 0));
    CHECK(zst::frame_content_size(sizeless.compress(text)) == std::nullopt);
    const zst::compressor magicless(zst::compression_parameters().set("format", ZST_FORMAT_ZSTD1_MAGICLESS));
    CHECK(zst::frame_content_size(magicless.compress(text), ZST_FORMAT_ZSTD1_MAGICLESS) == text.size());
    try {
        zst::get_frame_parameters(frame.view().substr(0, 3));
        CHECK(false);
    } catch (const zst::truncated &error) {
        CHECK(error.expected() > 3);
    }

    const std::vector<unsigned char> skippable = zst::write_skippable_frame("payload", 7);
    CHECK(zst::is_frame(skippable) && zst::is_skippable_frame(skippable) && skippable.size() == 15);
    const zst::skippable_frame read = zst::read_skippable_frame(skippable);
    CHECK(read.payload == "payload" && read.magic_variant == 7 && read.payload.data() == skippable.data() + 8);
    char place[15];
    CHECK(zst::write_skippable_frame("payload", 7, place) == 15 && zst::bytes_view(place, 15) == skippable);
    CHECK(fails<zst::buffer_too_small>(ZST_ERROR_BUFFER_TOO_SMALL, "",
                                       [&] { zst::write_skippable_frame("payloads", 7, place); }));
    CHECK(fails(ZST_ERROR_ZSTD, "", [] { zst::write_skippable_frame("payload", 16); }));
    CHECK(fails(ZST_ERROR_VALUE, "", [&] { zst::read_skippable_frame(frame); }));
}

} // namespace

int main() {
    there_and_back();
    frames_and_limits();
    chains();
    compression_parameters();
    decompression_parameters();
    dictionaries();
    frames();
    zst::free_idle_contexts();
}
