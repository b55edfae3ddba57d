/*
 * zst: the C++17 face of zst.h, header-only. Link with libzst as a program in C does.
 *
 * Everything that zst.h can do is here under the same name: zst_compressor_compress() is zst::compressor::compress().
 * What a function does in full stands in zst.h. Rules for everything, said once:
 *
 * - What fails throws zst::error, or one of the classes derived from it (zst/error.hpp).
 * - Handles own what they stand for and can be moved, not copied. One that was moved from is empty: it can be
 *   destroyed and assigned to, its getters give what zst.h gives for NULL, and its other functions throw.
 * - Handles may be destroyed in any order: what they need of each other is kept alive.
 * - Functions are const where zst.h takes a const handle: every handle may be used by several threads at the same
 *   time. Sets of parameters are the exception, because they are changed by what sets them.
 * - Input is a zst::bytes_view, which anything with bytes converts to: std::string, std::string_view, std::vector,
 *   std::array, std::span, zst::bytes, string literals. Input that is lent for longer than the call is a zst::lent,
 *   which does not take temporaries.
 * - Output is zst::bytes, which owns it; or a zst::bytes_view, which is valid as long as the function says.
 * - Callbacks are lambdas or anything that can be called. They may throw: the exception comes out of the function that
 *   has called them, as it was thrown.
 */

#pragma once

#include "zst/library.hpp"
#include "zst/error.hpp"
#include "zst/bytes.hpp"
#include "zst/source.hpp"
#include "zst/sink.hpp"
#include "zst/buffers.hpp"
#include "zst/compression_parameters.hpp"
#include "zst/compression_dict.hpp"
#include "zst/decompression_parameters.hpp"
#include "zst/compressor.hpp"
#include "zst/decompressor.hpp"
#include "zst/frame.hpp"
#include "zst/iostream.hpp"
