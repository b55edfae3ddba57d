/// The library itself.

#pragma once

#include <cstdint>

#include <zst.h>

namespace zst {

/// Its version at run time, major * 10000 + minor * 100 + patch. ZST_VERSION_NUMBER is that of the headers.
inline std::uint32_t version_number() noexcept { return zst_version_number(); }
/// Such as "1.0.0".
inline const char *version_string() noexcept { return zst_version_string(); }
/// The version of the libzstd inside it, 10507 for 1.5.7.
inline std::uint32_t zstd_version_number() noexcept { return zst_zstd_version_number(); }

/// Frees what is kept for calls to come: contexts, and the threads of batches.
inline void free_idle_contexts() noexcept { zst_free_idle_contexts(); }

} // namespace zst
