//! Handles may be freed in any order; what they need of each other stays alive.

use crate::raw::{self, DictType};
use crate::support::*;
use std::ptr::null;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compressor::*;
use zst::ffi::decompression_parameters::*;

#[test]
fn parameters_and_dictionary_may_go_before_the_compressor() {
    let source = text(1, 20_000);
    let parameters = CompressionParameters::new(&[(ZST_C_COMPRESSION_LEVEL, 7)]);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let compressor = Compressor::own(
        call(|out, err| unsafe { zst_compressor_new_from_parameters(parameters.raw(), dict.raw(), out, err) }).unwrap(),
    );
    let before = compressor.compress(&source);
    drop((parameters, dict));
    assert_same(&compressor.compress(&source), &before);
    let raw = raw::Compressor::with(&[(ZST_C_COMPRESSION_LEVEL, 7)]).load(trained(), DictType::ZSTD_dct_auto);
    assert_same(&before, &raw.compress(&source));
}

#[test]
fn a_dictionary_may_go_before_it_is_digested() {
    let source = text(2, 20_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let (compressor, decompressor) = (Compressor::new(3, &dict), Decompressor::new(&dict));
    drop(dict);
    assert_same(&decompressor.decompress(&compressor.compress(&source)).unwrap(), &source);
}

#[test]
fn digesting_again_frees_nothing_that_is_in_use() {
    let source = text(3, 20_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let decompressor = Decompressor::new(&dict);
    let compressors: Vec<_> = (1..20)
        .map(|level| {
            call0(|err| unsafe { zst_compression_dict_precompute_compress(dict.raw(), level, null(), err) }).unwrap();
            let compressor = Compressor::new(1, &dict);
            compressor.compress(&source);
            compressor
        })
        .collect();
    drop(dict);
    let first = compressors[0].compress(&source);
    for compressor in &compressors {
        assert_same(&compressor.compress(&source), &first);
    }
    assert_same(&decompressor.decompress(&first).unwrap(), &source);
}

#[test]
fn decompression_parameters_and_their_dictionaries_may_go() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(b"content");
    let parameters = DecompressionParameters::new(&[(ZST_D_MAX_OUTPUT_SIZE, 7)]);
    parameters.add(&dict).unwrap();
    drop(dict);
    let decompressor = Decompressor::try_from(&parameters, None).unwrap();
    drop(parameters);
    assert_same(&decompressor.decompress(&frame).unwrap(), b"content");
}

#[test]
fn results_outlive_everything() {
    let source = text(4, 10_000);
    let frame = Compressor::new(3, None).compress(&source);
    let content = Decompressor::new(None).decompress(&frame).unwrap();
    drop(frame);
    zst::ffi::library::zst_free_idle_contexts();
    assert_same(&content, &source);
}

#[test]
fn many_handles_of_one_dictionary() {
    let source = text(5, 3000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let compressors: Vec<_> = (0..100).map(|n| Compressor::new(n % 20 - 3, &dict)).collect();
    let decompressors: Vec<_> = (0..100).map(|_| Decompressor::new(&dict)).collect();
    drop(dict);
    for (compressor, decompressor) in compressors.iter().zip(&decompressors) {
        assert_same(&decompressor.decompress(&compressor.compress(&source)).unwrap(), &source);
    }
}

#[test]
fn handles_may_be_freed_in_another_thread() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let (compressor, decompressor) = (Compressor::new(3, &dict), Decompressor::new(&dict));
    let frame = compressor.compress(b"content");
    std::thread::spawn(move || {
        assert_same(&decompressor.decompress(&frame).unwrap(), b"content");
        drop((dict, compressor, decompressor, frame));
    })
    .join()
    .unwrap();
}
