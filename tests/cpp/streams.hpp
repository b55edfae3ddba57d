// Sources and sinks for tests: they follow the rules, see whether the library does, and fail on demand.

#pragma once

#include <memory>

#include "check.hpp"

constexpr int never = -1;

/// Gives `data` in blocks. Each is gone when the next one is asked for, so that valgrind sees who still reads it.
class feed {
public:
    feed(std::string data, std::size_t block) : data_(std::move(data)), block_(block) {}

    int calls = 0;
    int fail_at = never;  ///< the call that fails, once, with a boom of its number
    int block_at = never; ///< the call that has nothing at the moment, once
    int drops = 0;

    zst::source source() {
        // Counts when the last copy has gone.
        const std::shared_ptr<feed> self(this, [](feed *of) { of->drops++; });
        return zst::source([self](std::size_t size_hint) { return self->next(size_hint); });
    }

private:
    std::optional<std::vector<char>> next(std::size_t size_hint) {
        CHECK(size_hint > 0 && !ended_ && drops == 0);
        const int call = calls++;
        if (call == fail_at) throw boom{call};
        if (call == block_at) return std::nullopt;
        const std::size_t len = std::min(block_, data_.size() - at_);
        std::vector<char> block(data_.begin() + static_cast<std::ptrdiff_t>(at_),
                                data_.begin() + static_cast<std::ptrdiff_t>(at_ + len));
        at_ += len;
        ended_ = len == 0;
        return block;
    }

    std::string data_;
    std::size_t block_;
    std::size_t at_ = 0;
    bool ended_ = false;
};

/// Collects what it is given, `most` bytes of each piece.
class drain {
public:
    explicit drain(std::size_t most_taken = SIZE_MAX) : most_(most_taken) {}

    std::string content;
    int calls = 0; ///< of write, flush and close
    int fail_at = never;
    int block_at = never;
    int flushes = 0, closes = 0, drops = 0;

    zst::sink sink() {
        const std::shared_ptr<drain> self(this, [](drain *of) { of->drops++; });
        return zst::sink([self](zst::bytes_view piece) { return self->write(piece); }, [self] { self->flush(); },
                         [self] { self->close(); });
    }

private:
    std::size_t write(zst::bytes_view piece) {
        CHECK(!piece.empty());
        if (!may_go_on()) return 0;
        const std::size_t taken = std::min(piece.size(), most_);
        content += piece.view().substr(0, taken);
        return taken;
    }

    void flush() {
        if (!may_go_on()) throw_would_block();
        flushes++;
    }

    void close() {
        if (!may_go_on()) throw_would_block();
        closes++;
    }

    bool may_go_on() {
        CHECK(drops == 0 && closes == 0);
        const int call = calls++;
        if (call == fail_at) throw boom{call};
        return call != block_at;
    }

    static void throw_would_block() {
        zst_error details{};
        details.status = ZST_ERROR_WOULD_BLOCK;
        throw zst::would_block(details);
    }

    std::size_t most_;
};

/// What `step()` gives, piece by piece, until it gives nothing. When it throws, `on_boom` gets the number of the boom, or
/// `never` for would_block, and it is called again.
template <class Step, class OnBoom>
std::string all_of(Step step, OnBoom on_boom) {
    std::string all;
    for (;;) {
        try {
            const std::string piece = step();
            if (piece.empty()) return all;
            all += piece;
        } catch (const boom &caught) {
            on_boom(caught.number);
        } catch (const zst::would_block &) {
            on_boom(never);
        }
    }
}
