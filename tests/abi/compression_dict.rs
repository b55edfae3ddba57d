//! `zst_compression_dict`: its properties, digesting beforehand, and dictionaries that cannot be used.

use crate::raw::{self, DictType};
use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::status::*;

const ALL_TYPES: [i32; 3] = [ZST_DICT_TYPE_AUTO, ZST_DICT_TYPE_RAWCONTENT, ZST_DICT_TYPE_FULLDICT];
const DICTIONARY_CORRUPTED: i32 = 30;

fn precompute(dict: &Dict, level: i32) -> Result<(), Failure> {
    call0(|err| unsafe { zst_compression_dict_precompute_compress(dict.raw(), level, null(), err) })
}

fn precompute_for(dict: &Dict, parameters: &CompressionParameters) -> Result<(), Failure> {
    call0(|err| unsafe { zst_compression_dict_precompute_compress(dict.raw(), 0, parameters.raw(), err) })
}

/// A dictionary header with nonsense behind the id.
fn damaged() -> Vec<u8> {
    let mut dict = trained().to_vec();
    dict[8..60].fill(0xFF);
    dict
}

#[test]
fn it_keeps_a_copy_and_what_it_was_given() {
    let mut data = trained().to_vec();
    let dict = Dict::own(
        call(|out, err| unsafe {
            zst_compression_dict_new(data.as_ptr().cast(), data.len(), ZST_DICT_TYPE_FULLDICT, 50, 8, out, err)
        })
        .unwrap(),
    );
    data.fill(0);
    assert_same(dict.bytes(), trained());
    unsafe {
        assert_eq!(zst_compression_dict_k(dict.raw()), 50);
        assert_eq!(zst_compression_dict_d(dict.raw()), 8);
        assert_eq!(zst_compression_dict_type(dict.raw()), ZST_DICT_TYPE_FULLDICT);
    }
}

#[test]
fn the_id_is_read_whatever_the_type() {
    let id = u32::from_le_bytes(trained()[4..8].try_into().unwrap());
    for dict_type in ALL_TYPES {
        let dict = Dict::new(trained(), dict_type);
        assert_eq!(dict.id(), id);
        assert_eq!(unsafe { zst_compression_dict_type(dict.raw()) }, dict_type);
    }
    assert_eq!(Dict::new(b"no header", ZST_DICT_TYPE_AUTO).id(), 0);
}

#[test]
fn getters_take_null() {
    unsafe {
        assert_eq!(zst_compression_dict_id(null()), 0);
        assert_eq!(zst_compression_dict_k(null()), 0);
        assert_eq!(zst_compression_dict_d(null()), 0);
        assert_eq!(zst_compression_dict_type(null()), ZST_DICT_TYPE_AUTO);
        zst_compression_dict_free(null_mut());
    }
}

#[test]
fn unknown_types_are_refused() {
    for dict_type in [-1, 3, 42, i32::MIN, i32::MAX] {
        let failure =
            call(|out, err| unsafe { zst_compression_dict_new(b"abc".as_ptr().cast(), 3, dict_type, 0, 0, out, err) })
                .unwrap_err();
        let text = format!("invalid dictionary load mode: {dict_type}; must use DICT_TYPE_* constants");
        failure.is(ZST_ERROR_VALUE, &text);
    }
}

#[test]
fn null_pointers_and_impossible_lengths_are_refused() {
    let dict = Dict::new(b"abc", ZST_DICT_TYPE_AUTO);
    let (handle, data, len) = (Untouched::new(), Untouched::new(), Untouched::new());
    let bytes = b"abc".as_ptr().cast();
    unsafe {
        refuses_null("data", |err| zst_compression_dict_new(null(), 3, 0, 0, 0, handle.ptr(), err));
        refuses_null("out", |err| zst_compression_dict_new(bytes, 3, 0, 0, 0, null_mut(), err));
        refuses("data is more than any buffer can have", |err| {
            zst_compression_dict_new(bytes, usize::MAX, 0, 0, 0, handle.ptr(), err)
        });
        refuses_null("dict", |err| zst_compression_dict_as_bytes(null(), data.ptr(), len.ptr(), err));
        refuses_null("out_data", |err| zst_compression_dict_as_bytes(dict.raw(), null_mut(), len.ptr(), err));
        refuses_null("out_len", |err| zst_compression_dict_as_bytes(dict.raw(), data.ptr(), null_mut(), err));
        refuses_null("dict", |err| zst_compression_dict_precompute_compress(null(), 3, null(), err));
    }
}

#[test]
fn an_empty_dictionary_is_none() {
    let source = text(1, 5000);
    let plain = Compressor::new(3, None).compress(&source);
    for dict_type in ALL_TYPES {
        let dict = Dict::own(
            call(|out, err| unsafe { zst_compression_dict_new(null(), 0, dict_type, 0, 0, out, err) }).unwrap(),
        );
        assert_eq!((dict.id(), dict.bytes().len()), (0, 0));
        assert_same(&Compressor::new(3, &dict).compress(&source), &plain);
        assert_same(&Decompressor::new(&dict).decompress(&plain).unwrap(), &source);
    }
}

#[test]
fn tiny_dictionaries_work() {
    let source = text(2, 3000);
    for len in 1..16 {
        let data = text(3, len);
        let dict = Dict::new(&data, ZST_DICT_TYPE_RAWCONTENT);
        let frame = Compressor::new(3, &dict).compress(&source);
        let raw = raw::Compressor::of_level(3).load(&data, DictType::ZSTD_dct_rawContent);
        assert_same(&frame, &raw.compress(&source));
        assert_same(&Decompressor::new(&dict).decompress(&frame).unwrap(), &source);
    }
}

#[test]
fn a_full_dictionary_without_header_is_refused_when_it_is_used() {
    for data in [&b"this is no dictionary"[..], b"x"] {
        let dict = Dict::new(data, ZST_DICT_TYPE_FULLDICT);
        let failure = Compressor::new(3, &dict).try_compress(b"abc").unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot compress: the dictionary is not a full dictionary");
        assert_eq!(failure.zstd_code, DICTIONARY_CORRUPTED);
        let failure = precompute(&dict, 3).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "unable to precompute dictionary: ");
        let failure = Decompressor::try_new(&dict).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "could not create decompression dict: ");
    }
}

#[test]
fn a_damaged_header_is_refused_when_it_is_used() {
    for dict_type in [ZST_DICT_TYPE_AUTO, ZST_DICT_TYPE_FULLDICT] {
        let dict = Dict::new(&damaged(), dict_type);
        let compressor = Compressor::new(3, &dict);
        for _ in 0..3 {
            let failure = compressor.try_compress(b"abc").unwrap_err();
            failure.is(ZST_ERROR_ZSTD, "cannot compress: the dictionary cannot be used: ");
            assert_eq!(failure.zstd_code, DICTIONARY_CORRUPTED);
        }
        let mut room = [0; 100];
        let failure = compressor.compress_into(b"abc", &mut room).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot compress: the dictionary cannot be used: ");
        precompute(&dict, 1).unwrap_err().is(ZST_ERROR_ZSTD, "unable to precompute dictionary: ");
        let failure = Decompressor::try_new(&dict).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "could not create decompression dict: the dictionary cannot be used");
    }
}

#[test]
fn a_damaged_header_does_not_matter_to_raw_content() {
    let dict = Dict::new(&damaged(), ZST_DICT_TYPE_RAWCONTENT);
    let source = text(4, 3000);
    let frame = Compressor::new(3, &dict).compress(&source);
    assert_same(&Decompressor::new(&dict).decompress(&frame).unwrap(), &source);
}

#[test]
fn digested_beforehand_for_a_level() {
    let content = text(5, 40_000);
    let all = [
        (trained(), ZST_DICT_TYPE_FULLDICT, DictType::ZSTD_dct_fullDict),
        (&content[..], ZST_DICT_TYPE_RAWCONTENT, DictType::ZSTD_dct_rawContent),
    ];
    for (bytes, dict_type, raw_type) in all {
        for digest_level in [-5, 1, 3, 7, 12, 16, 19] {
            let dict = Dict::new(bytes, dict_type);
            precompute(&dict, digest_level).unwrap();
            for level in [1, 3, 15] {
                let compressor = Compressor::new(level, &dict);
                for size in [0, 100, 9000, 40_000, 200_000] {
                    let source = text(6, size);
                    assert_same(
                        &compressor.compress(&source),
                        &raw::compress_with_digested(bytes, raw_type, digest_level, level, &source),
                    );
                }
            }
        }
    }
}

#[test]
fn digested_beforehand_for_parameters() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let other = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let parameters = CompressionParameters::own(
        call(|out, err| unsafe { zst_compression_parameters_from_level(9, 0, trained().len(), out, err) }).unwrap(),
    );
    precompute_for(&dict, &parameters).unwrap();
    precompute(&other, 9).unwrap();
    for size in [100, 20_000, 200_000] {
        let source = text(7, size);
        assert_same(&Compressor::new(1, &dict).compress(&source), &Compressor::new(1, &other).compress(&source));
    }
}

#[test]
fn digesting_affects_operations_that_start_later() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let source = text(8, 20_000);
    let compressor = Compressor::new(1, &dict);
    let loaded = raw::Compressor::of_level(1).load(trained(), DictType::ZSTD_dct_auto);
    assert_same(&compressor.compress(&source), &loaded.compress(&source));
    for level in [19, 3, 12] {
        precompute(&dict, level).unwrap();
        let expected = raw::compress_with_digested(trained(), DictType::ZSTD_dct_auto, level, 1, &source);
        assert_same(&compressor.compress(&source), &expected);
        assert_same(&Compressor::new(1, &dict).compress(&source), &expected);
        assert_same(&Decompressor::new(&dict).decompress(&expected).unwrap(), &source);
    }
}

#[test]
fn flags_still_apply_with_a_digested_dictionary() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    precompute(&dict, 5).unwrap();
    let flags = [(ZST_C_WRITE_CHECKSUM, 1), (ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WRITE_DICT_ID, 0)];
    let frame = Compressor::with(&flags, &dict).compress(b"abc");
    // Frame header descriptor: checksum (4), no size, no dictionary id.
    assert_eq!(frame[4], 4);
}

#[test]
fn digesting_needs_exactly_one_of_level_and_parameters() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let parameters = CompressionParameters::new(&[]);
    precompute(&dict, 0).unwrap_err().is(ZST_ERROR_VALUE, "must specify one of level or compression_params");
    let both = call0(|err| unsafe { zst_compression_dict_precompute_compress(dict.raw(), 3, parameters.raw(), err) });
    both.unwrap_err().is(ZST_ERROR_VALUE, "must only specify one of level or compression_params");
}

#[test]
fn nothing_changes_when_digesting_fails() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    precompute(&dict, 19).unwrap();
    let source = text(9, 20_000);
    let frame = Compressor::new(1, &dict).compress(&source);
    precompute(&dict, 0).unwrap_err();
    assert_same(&Compressor::new(1, &dict).compress(&source), &frame);
}

#[test]
fn a_failure_leaves_the_compressor_usable_for_contents_of_other_sizes() {
    // After a failure libzstd would refuse the parameters that another size asks for.
    let dict = Dict::new(&text(31, 20_000), ZST_DICT_TYPE_RAWCONTENT);
    let compressor = Compressor::new(3, &dict);
    for size in [700_000, 100, 40_000] {
        let mut room = [0; 10];
        compressor.compress_into(&text(32, 1000), &mut room).unwrap_err().is(ZST_ERROR_BUFFER_TOO_SMALL, "");
        let source = text(33, size);
        assert_same(&Decompressor::new(&dict).decompress(&compressor.compress(&source)).unwrap(), &source);
    }
}
