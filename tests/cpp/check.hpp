// What the C++ tests share: one check that tells where it failed, and the words that all of them use.

#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <typeinfo>

#include <zst.hpp>

/// Ends the program unless the condition holds. (With ..., because a condition may contain commas.)
#define CHECK(...) ((__VA_ARGS__) ? (void)0 : check_failed(__FILE__, __LINE__, #__VA_ARGS__))

[[noreturn]] inline void check_failed(const char *file, int line, const char *condition) {
    std::fprintf(stderr, "%s:%d: %s\n", file, line, condition);
    std::exit(1);
}

/// CHECK(fails<zst::error>(ZST_ERROR_VALUE, "words of the message", [&] { ... })): exactly this class, not one derived
/// from it.
template <class Error = zst::error, class Body>
bool fails(zst_status status, std::string_view words, Body body) {
    try {
        body();
        std::fprintf(stderr, "nothing was thrown\n");
    } catch (const zst::error &error) {
        if (typeid(error) == typeid(Error) && error.status() == status &&
            std::string_view(error.what()).find(words) != std::string_view::npos)
            return true;
        std::fprintf(stderr, "%s, %s: %s\n", typeid(error).name(), error.status_name(), error.what());
    }
    return false;
}

/// An exception that has nothing to do with the library, and is known again by its number.
struct boom {
    int number;
};

/// The number of the boom that `body` throws; -1 when it throws none.
template <class Body>
int number_of_boom(Body body) {
    try {
        body();
    } catch (const boom &caught) {
        return caught.number;
    }
    return -1;
}

/// Words in an order that is the same in every run. Other seeds, other texts.
inline std::string make_text(std::size_t len, unsigned seed = 1) {
    static const char *const words[] = {"alpha ", "beta ",  "gamma ", "delta ", "epsilon\n", "zeta ",
                                        "eta: ",  "theta ", "iota, ", "kappa ", "lambda ",   "mu. "};
    unsigned state = seed * 2654435761u + 1;
    std::string text;
    while (text.size() < len) {
        state = state * 1664525u + 1013904223u;
        text += words[(state >> 16) % 12];
        if ((state >> 8) % 7 == 0) text += static_cast<char>('0' + (state >> 20) % 10);
    }
    text.resize(len);
    return text;
}

/// A dictionary from texts of `seed`, with this id.
inline zst::compression_dict make_dictionary(unsigned seed = 1, std::uint32_t id = 0) {
    std::vector<std::string> samples;
    for (unsigned at = 0; at < 400; ++at)
        samples.push_back(make_text(60, seed + at));
    zst::training_parameters parameters;
    parameters.mode = ZST_TRAIN_FIXED;
    parameters.algorithm = ZST_TRAIN_ALGORITHM_FASTCOVER;
    parameters.k = 64;
    parameters.d = 8;
    parameters.f = 12;
    parameters.dict_id = id;
    return zst::train_dictionary(1024, samples, parameters);
}
