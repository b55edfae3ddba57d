//! `zst_error`: what a failure tells. The texts of each function are tested with the function.

use crate::decompression_reader::STRICT;
use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
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

#[test]
fn it_tells_where_the_damaged_frame_begins() {
    let checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None);
    let mut damaged = checked.compress(b"some content").to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let good = checked.compress(b"other content").to_vec();
    let skippable = b"\x50\x2a\x4d\x18\x04\0\0\0abcd".to_vec();
    // All is well until the last one: damaged, cut in strict mode, of a kind that does not exist.
    for (last, strict) in [(&damaged[..], 0), (&good[..good.len() - 1], STRICT), (b"(\xb5/\xfd\x08\0\0\0\0\0\0\0", 0)] {
        for before in [vec![], good.clone(), [&skippable[..], &good, &good].concat(), skippable.clone()] {
            let input = [&before, last].concat();
            let at = before.len() as u64;
            let decompressor = Decompressor::new(None);
            let failure = decompressor.decompress_as(&input, 0, ACROSS).unwrap_err();
            assert_eq!(failure.src_position, at, "{failure:?}");
            for size in [1, 7, input.len()] {
                let reader = DecompressionReader::new(&decompressor, Source::blocks(&input, size), ACROSS | strict);
                let failure = (0..9).find_map(|_| reader.fetch(Way::Read(100)).err()).unwrap();
                assert_eq!(failure.src_position, at, "{size}: {failure:?}");
                if strict == 0 {
                    let obj = DecompressionObj::new(&decompressor, ACROSS);
                    assert_eq!(obj.push_all(&input, size).1.unwrap_err().src_position, at);
                }
            }
        }
    }
}

#[test]
fn it_tells_so_behind_what_is_left_out_or_passed_over() {
    let checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None);
    let mut damaged = checked.compress(b"some content").to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    let (decompressor, input) = (Decompressor::new(None), [&b"header "[..], &damaged].concat());
    let iterator = DecompressorIterator::try_new(&decompressor, Source::blocks(&input, 20), (20, 50, 7), 0).unwrap();
    assert_eq!((0..9).find_map(|_| iterator.fetch(Next).err()).unwrap().src_position, 7);

    let unsized_frame = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0)], None).compress(b"some content").to_vec();
    let item = [b"\x50\x2a\x4d\x18\x04\0\0\0abcd", &unsized_frame[..]].concat();
    for size in [11, 13] {
        let failure = decompressor.batch_sized(&[&item], &[size], 1).unwrap_err();
        assert_eq!((failure.status, failure.item_index, failure.src_position), (ZST_ERROR_ZSTD, 0, 12), "{failure:?}");
    }
}
