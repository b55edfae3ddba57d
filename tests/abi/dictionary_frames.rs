//! Frames with a dictionary are, byte for byte, those that libzstd makes after loading the same dictionary.
//!
//! The library digests a dictionary once and shares the result, which libzstd treats differently from a loaded one.
//! That this shows in no frame can only be found out by trying: every level, sizes on both sides of each limit that
//! libzstd has, and every parameter that plays a part.

use crate::raw::{self, DictType};
use crate::support::*;
use std::fmt::Debug;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::library::*;

const SIZES: [usize; 10] = [0, 1, 100, 5000, 9000, 17_000, 33_000, 130_000, 300_000, 1_000_000];
const AUTO: DictType = DictType::ZSTD_dct_auto;

/// Compresses beginnings of the same text with both and returns what differs.
fn differences(
    ours: &Compressor,
    raw: &raw::Compressor,
    source: &[u8],
    sizes: &[usize],
    what: impl Debug,
) -> Vec<String> {
    let mut different = Vec::new();
    for &size in sizes {
        let (left, right) = (ours.compress(&source[..size]), raw.compress(&source[..size]));
        if *left != *right {
            different.push(format!("{what:?}, {size} bytes: {} bytes, from libzstd {}", left.len(), right.len()));
        }
    }
    different
}

#[track_caller]
fn assert_none(different: Vec<String>) {
    assert!(different.is_empty(), "{} frames differ:\n{}", different.len(), different.join("\n"));
}

#[track_caller]
fn same_at_every_level(dict: &[u8]) {
    let source = text(50, 1_000_000);
    let shared = Dict::new(dict, ZST_DICT_TYPE_AUTO);
    let mut different = Vec::new();
    for level in [-5, -1].into_iter().chain(1..=22) {
        // The highest levels take half a second for a megabyte; one dictionary has a test for that.
        let sizes = match level {
            ..=9 => &SIZES[..],
            10..=15 => &SIZES[..9],
            _ => &SIZES[..8],
        };
        let raw = raw::Compressor::of_level(level).load(dict, AUTO);
        let ours = Compressor::new(level, &shared);
        different.extend(differences(&ours, &raw, &source, sizes, ("level", level)));
    }
    assert_none(different);
}

#[test]
fn trained_dictionary_of_2_kb_at_every_level() {
    same_at_every_level(&raw::train(2000, samples()));
}

#[test]
fn trained_dictionary_of_20_kb_at_every_level() {
    same_at_every_level(trained());
}

#[test]
fn trained_dictionary_of_110_kb_at_every_level() {
    same_at_every_level(&raw::train(110_000, samples()));
}

#[test]
fn content_of_200_bytes_at_every_level() {
    same_at_every_level(&text(60, 200));
}

#[test]
fn content_of_2_kb_at_every_level() {
    same_at_every_level(&text(61, 2000));
}

#[test]
fn content_of_20_kb_at_every_level() {
    same_at_every_level(&text(62, 20_000));
}

#[test]
fn content_of_110_kb_at_every_level() {
    same_at_every_level(&text(63, 110_000));
}

#[test]
fn a_megabyte_at_the_highest_levels() {
    let source = text(51, 1_000_000);
    let shared = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for level in [11, 13, 16, 19, 22] {
        let raw = raw::Compressor::of_level(level).load(trained(), AUTO);
        assert_none(differences(&Compressor::new(level, &shared), &raw, &source, &SIZES[9..], level));
    }
}

/// Sets of parameters that take part in how libzstd uses a dictionary.
fn parameter_sets() -> Vec<Vec<(i32, i32)>> {
    let mut sets = vec![
        vec![],
        vec![(ZST_C_WRITE_DICT_ID, 1), (ZST_C_WRITE_CHECKSUM, 1)],
        vec![(ZST_C_WRITE_CONTENT_SIZE, 0)],
        vec![(ZST_C_FORMAT, ZST_FORMAT_ZSTD1_MAGICLESS)],
        vec![(ZST_C_ENABLE_LDM, 1), (ZST_C_WINDOW_LOG, 20)],
        vec![(ZST_C_ENABLE_LDM, -1), (ZST_C_WINDOW_LOG, 27), (ZST_C_STRATEGY, ZST_STRATEGY_BTOPT)],
        vec![(ZST_C_HASH_LOG, 12)],
        vec![(ZST_C_CHAIN_LOG, 10), (ZST_C_COMPRESSION_LEVEL, 8)],
        vec![(ZST_C_SEARCH_LOG, 2), (ZST_C_COMPRESSION_LEVEL, 12)],
        vec![(ZST_C_MIN_MATCH, 3), (ZST_C_COMPRESSION_LEVEL, 16)],
        vec![(ZST_C_TARGET_LENGTH, 30)],
        vec![(ZST_C_TARGET_LENGTH, 30), (ZST_C_STRATEGY, ZST_STRATEGY_FAST)],
        vec![(ZST_C_MAX_BLOCK_SIZE, 2048)],
        vec![(ZST_C_TARGET_BLOCK_SIZE, 2000)],
        vec![(ZST_C_LITERAL_COMPRESSION_MODE, 2)],
        vec![(ZST_C_DETERMINISTIC_REF_PREFIX, 1), (ZST_C_COMPRESSION_LEVEL, 7)],
        vec![(ZST_C_PREFETCH_CDICT_TABLES, 1)],
    ];
    for strategy in ZST_STRATEGY_FAST..=ZST_STRATEGY_BTULTRA2 {
        sets.push(vec![(ZST_C_STRATEGY, strategy)]);
        sets.push(vec![(ZST_C_STRATEGY, strategy), (ZST_C_COMPRESSION_LEVEL, -3)]);
        sets.push(vec![(ZST_C_STRATEGY, strategy), (ZST_C_COMPRESSION_LEVEL, 13)]);
    }
    for level in [-5, 1, 3, 5, 6, 9, 11, 13, 16, 18] {
        for (parameter, value) in [
            (ZST_C_WINDOW_LOG, 10),
            (ZST_C_WINDOW_LOG, 15),
            (ZST_C_WINDOW_LOG, 24),
            (ZST_C_ENABLE_LDM, 1),
            (ZST_C_FORCE_ATTACH_DICT, 1),
            (ZST_C_FORCE_ATTACH_DICT, 2),
            (ZST_C_FORCE_ATTACH_DICT, 3),
            (ZST_C_FORCE_MAX_WINDOW, 1),
            (ZST_C_ENABLE_DEDICATED_DICT_SEARCH, 1),
            (ZST_C_SOURCE_SIZE_HINT, 1),
            (ZST_C_SOURCE_SIZE_HINT, 20_000),
            (ZST_C_SOURCE_SIZE_HINT, 10_000_000),
            (ZST_C_USE_ROW_MATCH_FINDER, 1),
            (ZST_C_USE_ROW_MATCH_FINDER, 2),
        ] {
            sets.push(vec![(ZST_C_COMPRESSION_LEVEL, level), (parameter, value)]);
        }
    }
    for level in [5, 7, 10] {
        for other in [
            (ZST_C_FORCE_ATTACH_DICT, 2),
            (ZST_C_FORCE_ATTACH_DICT, 3),
            (ZST_C_FORCE_MAX_WINDOW, 1),
            (ZST_C_SOURCE_SIZE_HINT, 1_000_000),
            (ZST_C_STRATEGY, ZST_STRATEGY_LAZY),
            (ZST_C_CHAIN_LOG, 20),
            (ZST_C_HASH_LOG, 10),
            (ZST_C_USE_ROW_MATCH_FINDER, 2),
        ] {
            sets.push(vec![(ZST_C_COMPRESSION_LEVEL, level), (ZST_C_ENABLE_DEDICATED_DICT_SEARCH, 1), other]);
        }
    }
    sets
}

#[track_caller]
fn same_with_every_set(dict: &[u8], dict_type: i32, raw_type: DictType, sizes: &[usize]) {
    let source = text(52, 300_000);
    let shared = Dict::new(dict, dict_type);
    let mut different = Vec::new();
    for values in parameter_sets() {
        let raw = raw::Compressor::with(&values).load(dict, raw_type);
        let ours = Compressor::with(&values, &shared);
        different.extend(differences(&ours, &raw, &source, sizes, &values));
    }
    assert_none(different);
}

#[test]
fn trained_dictionary_with_parameters() {
    let raw_type = DictType::ZSTD_dct_fullDict;
    same_with_every_set(trained(), ZST_DICT_TYPE_FULLDICT, raw_type, &[0, 1, 100, 9000, 17_000, 33_000, 140_000]);
}

#[test]
fn trained_dictionary_taken_as_content_with_parameters() {
    let (dict, raw_type) = (&trained()[..2000], DictType::ZSTD_dct_rawContent);
    same_with_every_set(dict, ZST_DICT_TYPE_RAWCONTENT, raw_type, &[0, 1, 9000, 17_000, 33_000]);
}

#[test]
fn content_with_parameters() {
    same_with_every_set(&text(64, 60_000), ZST_DICT_TYPE_AUTO, AUTO, &[9000, 17_000, 140_000]);
}

#[test]
fn content_as_long_as_a_limit_of_libzstds_tables_with_parameters() {
    same_with_every_set(&text(65, 16_384), ZST_DICT_TYPE_AUTO, AUTO, &[0, 100, 9000, 33_000]);
}

#[test]
fn worker_threads_with_a_dictionary() {
    let source = text(53, 3 << 20);
    let dict = trained();
    let shared = Dict::new(dict, ZST_DICT_TYPE_AUTO);
    for level in [1, 3, 9] {
        let values = [(ZST_C_COMPRESSION_LEVEL, level), (ZST_C_THREADS, 2), (ZST_C_JOB_SIZE, 512 << 10)];
        let raw = raw::Compressor::with(&values).load(dict, AUTO);
        let ours = Compressor::with(&values, &shared);
        let sizes = [0, 100, 300_000, 512 << 10, 600 << 10, 3 << 20];
        assert_none(differences(&ours, &raw, &source, &sizes, values));
    }
}

#[test]
fn the_order_of_sizes_does_not_matter() {
    let source = text(54, 300_000);
    let shared = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for level in [1, 3, 7, 16] {
        let ours = Compressor::new(level, &shared);
        for size in [300_000, 0, 9000, 140_000, 100, 140_000, 17_000, 9000, 9000] {
            let fresh = raw::Compressor::of_level(level).load(trained(), AUTO);
            assert_eq!(*ours.compress(&source[..size]), fresh.compress(&source[..size]), "level {level}, {size} bytes");
        }
    }
}

#[test]
fn frames_with_and_without_dictionary_from_contexts_used_before() {
    let source = text(55, 40_000);
    let shared = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let with = raw::Compressor::of_level(3).load(trained(), AUTO).compress(&source);
    let without = raw::Compressor::of_level(3).compress(&source);
    for _ in 0..20 {
        assert_same(&Compressor::new(3, &shared).compress(&source), &with);
        assert_same(&Compressor::new(3, None).compress(&source), &without);
    }
}
