//! `zst_error`: what a failure tells. The texts of each function are tested with the function.

use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_parameters::*;
use zst::ffi::compressor::*;
use zst::ffi::decompressor::*;
use zst::ffi::error::zst_error;
use zst::ffi::status::*;

#[test]
fn its_layout_is_that_of_the_header() {
    assert_eq!(size_of::<zst_error>(), 512);
    assert_eq!(std::mem::offset_of!(zst_error, item_index), 16);
    assert_eq!(std::mem::offset_of!(zst_error, src_position), 40);
    assert_eq!(std::mem::offset_of!(zst_error, message), 48);
}

#[test]
fn a_failure_fills_all_of_it() {
    let frame = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(b"some content");
    let mut damaged = frame.to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let failure = Decompressor::new(None).decompress(&damaged).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "decompression error: Restored data doesn't match checksum");
    assert_eq!(failure.zstd_code, 22);
    assert_eq!(failure.item_index, u64::MAX);
    failure.numbers(0, 0);
}

#[test]
fn it_may_be_null_when_a_call_succeeds_or_fails() {
    let mut compressor = null_mut();
    unsafe {
        assert_eq!(zst_compressor_new(3, null(), &mut compressor, null_mut()), ZST_OK);
        let _compressor = Compressor::own(compressor);
        let out = Untouched::new();
        assert_eq!(zst_compressor_new(23, null(), out.ptr(), null_mut()), ZST_ERROR_VALUE);
        let out = Untouched::new();
        assert_eq!(zst_decompress(b"junk".as_ptr().cast(), 4, 0, out.ptr(), null_mut()), ZST_ERROR_ZSTD);
    }
}

#[test]
fn arguments_are_checked_before_anything_else_happens() {
    // Both the level and the output are wrong: the output is what a program must mend first.
    refuses_null("out", |err| unsafe { zst_compress(b"x".as_ptr().cast(), 1, 99, null_mut(), err) });
}
