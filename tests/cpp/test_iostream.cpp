// zst::istream and zst::ostream: frames behind the streams of the standard library.

#include <fstream>
#include <iomanip>
#include <iterator>
#include <limits>
#include <sstream>

#include "streams.hpp"

namespace {

const std::string text = make_text(300000);

std::string restored(const std::string &frames) {
    return zst::decompressor().decompress(frames, 0, zst::flag::read_across_frames).to_string();
}

bool ends_inside_a_frame(const std::string &frames) {
    try {
        restored(frames);
        return false;
    } catch (const zst::truncated &) {
        return true;
    }
}

void there_and_back() {
    std::string frame;
    zst::ostream out(zst::sink::append_to(frame), 5);
    out << "number " << 42 << ' ' << std::hex << 255 << std::setw(5) << 7 << '\n';
    out.write(text.data(), static_cast<std::streamsize>(text.size()));
    out.put('!');
    CHECK(out.good());
    out.close();
    const std::string content = "number 42 ff    7\n" + text + "!";
    CHECK(restored(frame) == content);

    zst::istream in(zst::source::from_memory(frame));
    std::string word;
    int number = 0;
    CHECK(in >> word >> number && word == "number" && number == 42);
    CHECK(std::getline(in, word) && word == " ff    7");
    std::string rest{std::istreambuf_iterator<char>(in), {}};
    CHECK(rest == text + "!" && in.peek() == EOF && in.eof() && !in.bad());

    // Large reads and writes, single characters, what is put back.
    std::istringstream as_source(frame + frame);
    zst::istream both(as_source);
    std::string place(content.size() + 10, '?');
    both.read(place.data(), static_cast<std::streamsize>(place.size()));
    CHECK(both.gcount() == static_cast<std::streamsize>(place.size()) && place == content + content.substr(0, 10));
    CHECK(both.get() == content[10] && both.unget() && both.get() == content[10] && both.putback(content[10]));
    both.ignore(std::numeric_limits<std::streamsize>::max());
    CHECK(both.eof());
    both.clear();
    CHECK(both.rdbuf()->sungetc() == EOF); // what was read before is gone

    // Only the first frame.
    std::string appended = frame + "what follows";
    zst::istream one(zst::source::from_memory(appended), zst::decompressor(), zst::flag::strict);
    std::ostringstream copy;
    copy << one.rdbuf();
    CHECK(copy.str() == content);

    std::string nothing;
    zst::ostream(zst::sink::append_to(nothing)).close();
    zst::istream empty(zst::source::from_memory(nothing));
    CHECK(restored(nothing).empty() && empty.get() == EOF);
}

void flushing() {
    drain packed;
    zst::ostream out(packed.sink(), zst::compressor(3), 6 + 6);
    out << "Hello\n";
    CHECK(packed.content.empty());
    out << std::flush;
    CHECK(packed.flushes == 1);
    const auto obj = zst::decompressor().decompressobj();
    CHECK(obj.decompress(packed.content) == "Hello\n"); // the frame goes on
    const std::size_t before = packed.content.size();
    out << "world" << std::endl;
    CHECK(packed.flushes == 2 && obj.decompress(packed.content.substr(before)) == "world\n" && packed.closes == 0);
    out.close();
    out.close();
    CHECK(packed.closes == 1 && packed.drops == 1 && restored(packed.content) == "Hello\nworld\n");
    CHECK(zst::frame_content_size(packed.content) == 12);

    // After close() nothing can be written.
    CHECK(fails(ZST_ERROR_CLOSED, "", [&] { out << "more"; }) && out.bad());
    out.clear();
    CHECK(fails(ZST_ERROR_CLOSED, "", [&] { out << std::flush; }));
}

void destructors() {
    drain closed;
    {
        zst::ostream(closed.sink()) << text;
    }
    CHECK(closed.closes == 1 && closed.drops == 1 && restored(closed.content) == text);

    // An exception passes through: what was written is not taken for the whole.
    drain passed;
    CHECK(number_of_boom([&] {
              zst::ostream out(passed.sink());
              out << text << std::flush;
              throw boom{3};
          }) == 3);
    CHECK(passed.closes == 0 && passed.drops == 1 && ends_inside_a_frame(passed.content));

    // One that has been thrown before is not its business.
    drain within;
    struct at_exit {
        drain &to;
        ~at_exit() {
            zst::ostream out(to.sink());
            out << text;
        }
    };
    CHECK(number_of_boom([&] {
              const at_exit late{within};
              throw boom{4};
          }) == 4);
    CHECK(within.closes == 1 && restored(within.content) == text);

    // What fails in the destructor stays there.
    drain failing;
    failing.fail_at = 0;
    {
        zst::ostream(failing.sink()) << "short";
    }
    CHECK(failing.calls == 1 && failing.closes == 0 && failing.drops == 1);

    // After a failure, the frame is left without an end.
    drain failed;
    failed.fail_at = 1;
    {
        zst::ostream out(failed.sink());
        CHECK(number_of_boom([&] { out << "some" << std::flush; }) == 1 && out.bad());
    }
    CHECK(failed.closes == 0 && failed.drops == 1);
}

/// Whichever call of the sink fails: the exception comes out, and after clear() nothing is lost.
void a_failing_sink() {
    for (const bool blocks : {false, true}) {
        for (int index = 0;; ++index) {
            drain packed(5000);
            (blocks ? packed.block_at : packed.fail_at) = index;
            int failures = 0;
            zst::ostream out(packed.sink());
            const auto until_done = [&](auto call) {
                for (;;) {
                    try {
                        call();
                        return;
                    } catch (const boom &caught) {
                        CHECK(!blocks && caught.number == index);
                    } catch (const zst::would_block &) {
                        CHECK(blocks);
                    }
                    CHECK(++failures == 1);
                    out.clear();
                }
            };
            // One character at a time: so it is known how many were taken.
            for (std::size_t at = 0; at < text.size(); ++at) {
                until_done([&] { out.put(text[at]); });
                if (at == 200000) until_done([&] { out.flush(); });
            }
            const int before_close = packed.calls;
            until_done([&] { out.close(); });
            if (packed.calls <= index) {
                CHECK(index > 8 && failures == 0 && restored(packed.content) == text);
                break;
            }
            CHECK((failures == 1 || blocks) && packed.drops == 1);
            // A close() that fails otherwise than by blocking has closed the writer; there is no second try.
            const bool given_up = !blocks && index >= before_close;
            CHECK(packed.closes == (given_up ? 0 : 1) && (given_up || restored(packed.content) == text));
        }
    }
}

/// A sink that takes nothing for a while.
void a_blocking_sink() {
    bool open = false;
    std::string packed;
    zst::ostream out([&](zst::bytes_view piece) -> std::size_t {
        if (!open) return 0;
        packed += piece.view();
        return piece.size();
    });
    const std::string much = make_text(3000000);
    int blocks = 0;
    for (std::size_t at = 0; at < much.size();) {
        try {
            out.put(much[at]);
            ++at;
        } catch (const zst::would_block &) {
            open = ++blocks % 5 == 0;
            out.clear();
        }
    }
    CHECK(blocks == 5);
    open = false;
    for (int tries = 0; tries < 3; ++tries) {
        CHECK(fails<zst::would_block>(ZST_ERROR_WOULD_BLOCK, "", [&] { out.flush(); }));
        out.clear();
        CHECK(fails<zst::would_block>(ZST_ERROR_WOULD_BLOCK, "", [&] { out.close(); }));
    }
    open = true;
    out.close();
    CHECK(restored(packed) == much);
}

void a_failing_source() {
    const std::string frame = zst::compress(text).to_string();
    for (const bool blocks : {false, true}) {
        for (int index = 0; index < 12; ++index) {
            feed packed(frame, frame.size() / 10 + 1);
            (blocks ? packed.block_at : packed.fail_at) = index;
            zst::istream in(packed.source());
            std::string content;
            int failures = 0;
            // One character at a time: read() forgets what it has got when it throws.
            while (!in.eof()) {
                try {
                    const int next = in.get();
                    if (next != EOF) content += static_cast<char>(next);
                    continue;
                } catch (const boom &caught) {
                    CHECK(!blocks && caught.number == index);
                } catch (const zst::would_block &) {
                    CHECK(blocks);
                }
                CHECK(in.bad() && ++failures == 1);
                in.clear();
            }
            CHECK(failures == (index < packed.calls ? 1 : 0) && failures == (index < 11 ? 1 : 0));
            CHECK(content == text);
        }
    }
}

void damaged_input() {
    std::string frame = zst::compress(text).to_string();
    const std::string cut = frame.substr(0, frame.size() / 2);
    std::string line;
    const auto read_all = [&](zst::istream &in) {
        while (std::getline(in, line)) {
        }
    };
    zst::istream truncated(zst::source::from_memory(cut));
    CHECK(fails<zst::truncated>(ZST_ERROR_TRUNCATED, "", [&] { read_all(truncated); }) && truncated.bad());
    zst::istream allowed(zst::source::from_memory(cut), zst::decompressor(), zst::flag::read_across_frames);
    read_all(allowed);
    CHECK(allowed.eof() && !allowed.bad());
    zst::istream no_frame(zst::source::from_memory(text));
    CHECK(fails(ZST_ERROR_ZSTD, "", [&] { read_all(no_frame); }));

    // By request as usual with streams.
    zst::istream quiet(zst::source::from_memory(text));
    quiet.exceptions(std::ios::goodbit);
    read_all(quiet);
    CHECK(quiet.bad());
    drain failing;
    failing.fail_at = 0;
    zst::ostream quiet_out(failing.sink());
    quiet_out.exceptions(std::ios::goodbit);
    quiet_out << "text" << std::flush;
    CHECK(quiet_out.bad());
    CHECK(fails<zst::io_error>(ZST_ERROR_SOURCE, "", [] { zst::istream(zst::source::from_path("/nowhere")); }));
}

void moving() {
    std::string frame;
    zst::ostream first(zst::sink::append_to(frame));
    first << "begun here, ";
    zst::ostream second = std::move(first);
    second << "ended there";
    CHECK(first.bad() && !(first << "lost"));
    first.close(); // nothing happens
    second.close();
    CHECK(restored(frame) == "begun here, ended there");

    zst::istream in(zst::source::from_memory(frame));
    std::string word, rest;
    in >> word;
    zst::istream on = std::move(in);
    CHECK(word == "begun" && on >> word && word == "here," && in.bad() && !(in >> word));
    std::getline(on, rest);
    CHECK(rest == " ended there");
    const auto made = [&] { return zst::istream(zst::source::from_memory(frame)); };
    CHECK(made().get() == 'b');
}

} // namespace

int main() {
    there_and_back();
    flushing();
    destructors();
    a_failing_sink();
    a_blocking_sink();
    a_failing_source();
    damaged_input();
    moving();
    zst::free_idle_contexts();
}
