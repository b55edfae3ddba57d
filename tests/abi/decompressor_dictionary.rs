//! Decompression with dictionaries: which one a frame is decoded with.

use crate::raw;
use crate::support::*;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::status::*;

/// The trained dictionary under another id.
fn with_id(id: u32) -> Dict {
    let mut bytes = trained().to_vec();
    bytes[4..8].copy_from_slice(&id.to_le_bytes());
    Dict::new(&bytes, ZST_DICT_TYPE_FULLDICT)
}

#[test]
fn every_kind_of_dictionary_there_and_back() {
    let source = text(1, 5000);
    for (data, dict_type) in [
        (trained().to_vec(), ZST_DICT_TYPE_AUTO),
        (trained().to_vec(), ZST_DICT_TYPE_FULLDICT),
        (trained().to_vec(), ZST_DICT_TYPE_RAWCONTENT),
        (text(2, 20_000), ZST_DICT_TYPE_AUTO),
        (text(2, 20_000), ZST_DICT_TYPE_RAWCONTENT),
    ] {
        let dict = Dict::new(&data, dict_type);
        let frame = Compressor::new(3, &dict).compress(&source);
        assert!(frame.len() < Compressor::new(3, None).compress(&source).len());
        assert_same(&Decompressor::new(&dict).decompress(&frame).unwrap(), &source);
        Decompressor::new(None).decompress(&frame).unwrap_err().is(ZST_ERROR_ZSTD, "decompression error: ");
    }
}

#[test]
fn unknown_size_with_a_dictionary() {
    let dict = with_id(77);
    let compressor = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WRITE_DICT_ID, 1)], &dict);
    for size in [0, 1, 5000, 300_000] {
        let source = text(3, size);
        assert_same(&Decompressor::new(&dict).decompress(&compressor.compress(&source)).unwrap(), &source);
    }
}

#[test]
fn each_frame_finds_its_dictionary_by_id() {
    let dicts = [with_id(1001), with_id(1002), with_id(1003)];
    let parameters = DecompressionParameters::new(&[]);
    let mut frames = Vec::new();
    for (index, dict) in dicts.iter().enumerate() {
        parameters.add(dict).unwrap();
        frames.extend_from_slice(&Compressor::new(3, dict).compress(&text(index as u64, 4000)));
    }
    frames.extend_from_slice(&Compressor::new(3, None).compress(b"without"));
    let decompressor = Decompressor::try_from(&parameters, None).unwrap();
    let (content, _) = decompressor.decompress_as(&frames, 0, 1).unwrap();
    let expected = [text(0, 4000), text(1, 4000), text(2, 4000), b"without".to_vec()].concat();
    assert_same(&content, &expected);
}

#[test]
fn a_frame_without_id_takes_the_first() {
    let (first, second) = (Dict::new(&text(4, 9000), ZST_DICT_TYPE_RAWCONTENT), with_id(5));
    let frame = Compressor::new(3, &first).compress(&text(5, 3000));
    let parameters = DecompressionParameters::new(&[]);
    parameters.add(&second).unwrap();
    let decompressor = Decompressor::try_from(&parameters, &first).unwrap();
    assert_same(&decompressor.decompress(&frame).unwrap(), &text(5, 3000));
    let by_id = Compressor::new(3, &second).compress(&text(6, 3000));
    assert_same(&decompressor.decompress(&by_id).unwrap(), &text(6, 3000));
}

#[test]
fn the_wrong_dictionary_is_named() {
    let frame = Compressor::new(3, &with_id(1)).compress(b"content");
    let text = "decompression error: Dictionary mismatch";
    let failure = Decompressor::new(None).decompress(&frame).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, text).is(ZST_ERROR_ZSTD, "none was given");
    assert_eq!((failure.zstd_code, failure.expected), (32, 1));
    let failure = Decompressor::new(&with_id(2)).decompress(&frame).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, text).is(ZST_ERROR_ZSTD, "dictionary 1, the one given is 2").numbers(1, 2);
    let content = Dict::new(b"content only", ZST_DICT_TYPE_RAWCONTENT);
    let failure = Decompressor::new(&content).decompress(&frame).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, text).is(ZST_ERROR_ZSTD, "the one given has no id");
}

#[test]
fn frames_that_need_no_dictionary_do_not_mind_one() {
    let source = text(7, 3000);
    let frame = Compressor::new(3, None).compress(&source);
    assert_same(&Decompressor::new(&with_id(9)).decompress(&frame).unwrap(), &source);
}

#[test]
fn two_dictionaries_with_one_id_are_refused() {
    let parameters = DecompressionParameters::new(&[]);
    parameters.add(&with_id(7)).unwrap();
    parameters.add(&with_id(7)).unwrap_err().is(ZST_ERROR_VALUE, "there is a dictionary with id 7 already");
    let failure = Decompressor::try_from(&parameters, &with_id(7)).unwrap_err();
    failure.is(ZST_ERROR_VALUE, "there is a dictionary with id 7 already");
}

#[test]
fn the_same_bytes_as_content_and_as_dictionary_do_not_collide() {
    // Frames made with the bytes as content carry no id, so each frame finds its own.
    let (content, full) =
        (Dict::new(trained(), ZST_DICT_TYPE_RAWCONTENT), Dict::new(trained(), ZST_DICT_TYPE_FULLDICT));
    let parameters = DecompressionParameters::new(&[]);
    parameters.add(&content).unwrap();
    parameters.add(&full).unwrap();
    let decompressor = Decompressor::try_from(&parameters, None).unwrap();
    let source = text(8, 3000);
    for dict in [&content, &full] {
        assert_same(&decompressor.decompress(&Compressor::new(3, dict).compress(&source)).unwrap(), &source);
    }
}

#[test]
fn unusable_dictionaries_are_refused_by_the_constructor() {
    let dict = Dict::new(b"no header", ZST_DICT_TYPE_FULLDICT);
    let text = "could not create decompression dict: ";
    Decompressor::try_new(&dict).unwrap_err().is(ZST_ERROR_ZSTD, text);
    let parameters = DecompressionParameters::new(&[]);
    parameters.add(&dict).unwrap();
    Decompressor::try_from(&parameters, None).unwrap_err().is(ZST_ERROR_ZSTD, text);
}

#[test]
fn a_thousand_dictionaries_and_no_more() {
    let parameters = DecompressionParameters::new(&[]);
    for id in 1..=1024 {
        parameters.add(&Dict::new(&[&trained()[..4], &u32::to_le_bytes(id)[..]].concat(), 0)).unwrap();
    }
    parameters.add(&with_id(5000)).unwrap_err().is(ZST_ERROR_VALUE, "more than 1024 dictionaries");
}

#[test]
fn frames_of_libzstd_with_a_loaded_dictionary() {
    let source = text(9, 40_000);
    let raw = raw::Compressor::of_level(5).load(trained(), raw::DictType::ZSTD_dct_auto);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    assert_same(&Decompressor::new(&dict).decompress(&raw.compress(&source)).unwrap(), &source);
}
