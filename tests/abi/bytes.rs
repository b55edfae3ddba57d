//! `zst_bytes`: memory that the library gives.

use crate::support::*;
use std::ptr::null_mut;
use zst::ffi::bytes::*;
use zst::ffi::compressor::zst_compress;
use zst::ffi::decompressor::zst_decompress;
use zst::ffi::library::zst_free_idle_contexts;

fn is_zeros(bytes: &zst_bytes) -> bool {
    bytes.data.is_null() && bytes.len == 0 && bytes.capacity == 0
}

#[test]
fn freeing_zeroes_the_fields_and_may_be_repeated() {
    let src = text(1, 1000);
    let mut bytes = call(|out, err| unsafe { zst_compress(src.as_ptr().cast(), src.len(), 3, out, err) }).unwrap();
    assert!(!bytes.data.is_null() && bytes.len > 0 && bytes.capacity >= bytes.len);
    for _ in 0..3 {
        unsafe { zst_bytes_free(&mut bytes) };
        assert!(is_zeros(&bytes));
    }
}

#[test]
fn null_and_zeros_may_be_freed() {
    let mut zeros = zst_bytes { data: null_mut(), len: 0, capacity: 0 };
    unsafe {
        zst_bytes_free(null_mut());
        zst_bytes_free(&mut zeros);
    }
    assert!(is_zeros(&zeros));
}

#[test]
fn empty_content_has_an_address_too() {
    let frame = Compressor::new(3, None).compress(b"");
    let mut content =
        call(|out, err| unsafe { zst_decompress(frame.as_ptr().cast(), frame.len(), 0, out, err) }).unwrap();
    assert!(!content.data.is_null());
    assert_eq!(content.len, 0);
    unsafe { zst_bytes_free(&mut content) };
}

#[test]
fn a_caller_may_shorten_the_content() {
    let mut bytes = Compressor::new(3, None).compress(b"some text");
    bytes.0.len = 4;
    assert_eq!(*bytes, [0x28, 0xB5, 0x2F, 0xFD]);
}

#[test]
fn idle_contexts_can_be_freed_at_any_time() {
    let src = text(2, 5000);
    let compressor = Compressor::new(3, None);
    let frame = compressor.compress(&src);
    for _ in 0..3 {
        zst_free_idle_contexts();
        assert_same(&compressor.compress(&src), &frame);
        assert_same(&Compressor::new(3, None).compress(&src), &frame);
        assert_same(&Decompressor::new(None).decompress(&frame).unwrap(), &src);
    }
}
