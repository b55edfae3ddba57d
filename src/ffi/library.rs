//! The library as a whole: versions, constants, and the contexts that it keeps.

use super::boundary;
use crate::engine;
use std::ffi::c_char;

/// A size of content that is not known.
pub const ZST_CONTENTSIZE_UNKNOWN: u64 = 18446744073709551615;
/// A size of content that could not be determined.
pub const ZST_CONTENTSIZE_ERROR: u64 = 18446744073709551614;
/// The first four bytes of a frame, as a little-endian number.
pub const ZST_MAGIC_NUMBER: u32 = 4247762216;
/// The highest compression level.
pub const ZST_MAX_COMPRESSION_LEVEL: i32 = 22;

/// Sizes of input and output pieces that suit libzstd well, in bytes.
pub const ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE: i32 = 131072;
pub const ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE: i32 = 131591;
pub const ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE: i32 = 131075;
pub const ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE: i32 = 131072;

/// Largest block of a frame, in bytes, and its logarithm.
pub const ZST_BLOCKSIZELOG_MAX: i32 = 17;
pub const ZST_BLOCKSIZE_MAX: i32 = 131072;

/// Bounds of compression parameters on 64-bit platforms. zst_compression_parameters_bounds() gives those of any
/// parameter on the platform it runs on: on 32-bit ones WINDOWLOG_MAX is 30, CHAINLOG_MAX and SEARCHLOG_MAX are 29.
pub const ZST_WINDOWLOG_MIN: i32 = 10;
pub const ZST_WINDOWLOG_MAX: i32 = 31;
pub const ZST_CHAINLOG_MIN: i32 = 6;
pub const ZST_CHAINLOG_MAX: i32 = 30;
pub const ZST_HASHLOG_MIN: i32 = 6;
pub const ZST_HASHLOG_MAX: i32 = 30;
pub const ZST_HASHLOG3_MAX: i32 = 17;
pub const ZST_SEARCHLOG_MIN: i32 = 1;
pub const ZST_SEARCHLOG_MAX: i32 = 30;
pub const ZST_MINMATCH_MIN: i32 = 3;
pub const ZST_MINMATCH_MAX: i32 = 7;
pub const ZST_TARGETLENGTH_MIN: i32 = 0;
pub const ZST_TARGETLENGTH_MAX: i32 = 131072;
pub const ZST_LDM_MINMATCH_MIN: i32 = 4;
pub const ZST_LDM_MINMATCH_MAX: i32 = 4096;
pub const ZST_LDM_BUCKETSIZELOG_MAX: i32 = 8;

/// Older names of MINMATCH_MIN and MINMATCH_MAX.
pub const ZST_SEARCHLENGTH_MIN: i32 = 3;
pub const ZST_SEARCHLENGTH_MAX: i32 = 7;

/// Values of ZST_C_STRATEGY, from fast to strong.
pub const ZST_STRATEGY_FAST: i32 = 1;
pub const ZST_STRATEGY_DFAST: i32 = 2;
pub const ZST_STRATEGY_GREEDY: i32 = 3;
pub const ZST_STRATEGY_LAZY: i32 = 4;
pub const ZST_STRATEGY_LAZY2: i32 = 5;
pub const ZST_STRATEGY_BTLAZY2: i32 = 6;
pub const ZST_STRATEGY_BTOPT: i32 = 7;
pub const ZST_STRATEGY_BTULTRA: i32 = 8;
pub const ZST_STRATEGY_BTULTRA2: i32 = 9;

/// Frames with a magic number, and frames without.
pub const ZST_FORMAT_ZSTD1: i32 = 0;
pub const ZST_FORMAT_ZSTD1_MAGICLESS: i32 = 1;

/// How a flush ends what has been written so far: a block (a decoder can decode all of it), or the frame.
pub const ZST_FLUSH_BLOCK: i32 = 0;
pub const ZST_FLUSH_FRAME: i32 = 1;

/// How zst_compression_obj_flush() ends what has been written so far. Mind the numbers: they are the reverse of
/// ZST_FLUSH_BLOCK and ZST_FLUSH_FRAME.
pub const ZST_COMPRESSOBJ_FLUSH_FINISH: i32 = 0;
pub const ZST_COMPRESSOBJ_FLUSH_BLOCK: i32 = 1;

/// The version of this library at run time, major * 10000 + minor * 100 + patch. ZST_VERSION_NUMBER is the one that
/// the program was compiled with.
#[unsafe(no_mangle)]
pub extern "C" fn zst_version_number() -> u32 {
    const fn number(digits: &str) -> u32 {
        let mut number = 0;
        let mut index = 0;
        while index < digits.len() {
            number = number * 10 + (digits.as_bytes()[index] - b'0') as u32;
            index += 1;
        }
        number
    }
    number(env!("CARGO_PKG_VERSION_MAJOR")) * 10000
        + number(env!("CARGO_PKG_VERSION_MINOR")) * 100
        + number(env!("CARGO_PKG_VERSION_PATCH"))
}

/// The version of this library at run time, such as "1.0.0". The string is constant and lives for ever.
#[unsafe(no_mangle)]
pub extern "C" fn zst_version_string() -> *const c_char {
    concat!(env!("CARGO_PKG_VERSION"), "\0").as_ptr().cast()
}

/// The version of the libzstd inside this library, 10507 for 1.5.7. ZST_ZSTD_VERSION_NUMBER is the one that the program
/// was compiled with. Source: `ZSTD_VERSION`.
#[unsafe(no_mangle)]
pub extern "C" fn zst_zstd_version_number() -> u32 {
    engine::version_number()
}

/// Frees the contexts that are kept for compressors and decompressors to come, at most 8 of each kind, of at most 8 MiB
/// each, and ends the threads that are kept for batches to come. They are worth keeping in a program that uses this
/// library again and again; call this when it is done with it, or before dlclose().
#[unsafe(no_mangle)]
pub extern "C" fn zst_free_idle_contexts() {
    boundary::guarded(|| {
        crate::compressor::free_idle_contexts();
        crate::decompressor::free_idle_contexts();
        engine::end_idle_helpers();
    });
}
