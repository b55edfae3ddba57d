//! `zst_status`, versions and constants.

use crate::support::string;
use zst::ffi::library::*;
use zst::ffi::status::*;

#[test]
fn every_status_has_its_name() {
    let names = [
        (ZST_OK, "ZST_OK"),
        (ZST_DONE, "ZST_DONE"),
        (ZST_ERROR_ARGUMENT, "ZST_ERROR_ARGUMENT"),
        (ZST_ERROR_VALUE, "ZST_ERROR_VALUE"),
        (ZST_ERROR_INDEX, "ZST_ERROR_INDEX"),
        (ZST_ERROR_STATE, "ZST_ERROR_STATE"),
        (ZST_ERROR_CLOSED, "ZST_ERROR_CLOSED"),
        (ZST_ERROR_BUSY, "ZST_ERROR_BUSY"),
        (ZST_ERROR_ZSTD, "ZST_ERROR_ZSTD"),
        (ZST_ERROR_MEMORY, "ZST_ERROR_MEMORY"),
        (ZST_ERROR_SOURCE, "ZST_ERROR_SOURCE"),
        (ZST_ERROR_SINK, "ZST_ERROR_SINK"),
        (ZST_ERROR_WOULD_BLOCK, "ZST_ERROR_WOULD_BLOCK"),
        (ZST_ERROR_SEEK, "ZST_ERROR_SEEK"),
        (ZST_ERROR_BUFFER_TOO_SMALL, "ZST_ERROR_BUFFER_TOO_SMALL"),
        (ZST_ERROR_INTERNAL, "ZST_ERROR_INTERNAL"),
        (ZST_ERROR_TRUNCATED, "ZST_ERROR_TRUNCATED"),
        (ZST_ERROR_LIMIT, "ZST_ERROR_LIMIT"),
        (ZST_ERROR_CANCELLED, "ZST_ERROR_CANCELLED"),
    ];
    for (status, name) in names {
        assert_eq!(string(zst_status_name(status)), name);
    }
    // The numbers are in programs already compiled: -1 downwards, without gaps.
    let numbers: Vec<_> = names.iter().map(|&(status, _)| status).collect();
    let expected: Vec<_> = [0, 1].into_iter().chain((1..=17).map(|n| -n)).collect();
    assert_eq!(numbers, expected);
}

#[test]
fn other_numbers_have_no_name() {
    for status in [2, -18, i32::MIN, i32::MAX] {
        assert_eq!(string(zst_status_name(status)), "unknown");
    }
}

#[test]
fn versions_agree() {
    let number = zst_version_number();
    let (major, minor, patch) = (number / 10_000, number / 100 % 100, number % 100);
    assert_eq!(string(zst_version_string()), format!("{major}.{minor}.{patch}"));
    assert_eq!(string(zst_version_string()), env!("CARGO_PKG_VERSION"));
    assert_eq!(zst_zstd_version_number(), 10507);
    assert_eq!(zst_zstd_version_number(), unsafe { zstd_sys::ZSTD_versionNumber() });
}

#[test]
fn the_constants_are_those_of_libzstd() {
    assert_eq!(ZST_MAGIC_NUMBER, zstd_sys::ZSTD_MAGICNUMBER);
    assert_eq!(ZST_CONTENTSIZE_UNKNOWN, u64::MAX);
    assert_eq!(ZST_CONTENTSIZE_ERROR, u64::MAX - 1);
    unsafe {
        assert_eq!(ZST_MAX_COMPRESSION_LEVEL, zstd_sys::ZSTD_maxCLevel());
        assert_eq!(ZST_COMPRESSION_RECOMMENDED_INPUT_SIZE as usize, zstd_sys::ZSTD_CStreamInSize());
        assert_eq!(ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE as usize, zstd_sys::ZSTD_CStreamOutSize());
        assert_eq!(ZST_DECOMPRESSION_RECOMMENDED_INPUT_SIZE as usize, zstd_sys::ZSTD_DStreamInSize());
        assert_eq!(ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE as usize, zstd_sys::ZSTD_DStreamOutSize());
    }
}
