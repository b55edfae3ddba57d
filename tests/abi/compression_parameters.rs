//! `zst_compression_parameters`: values by number, their defaults, bounds and names.

use crate::raw;
use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_parameters::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

/// Every parameter: number, name, default, smallest and largest value.
const ALL: [(i32, &str, i32, i32, i32); 37] = [
    (ZST_C_FORMAT, "format", 0, 0, 1),
    (ZST_C_COMPRESSION_LEVEL, "compression_level", 3, -131_072, 22),
    (ZST_C_WINDOW_LOG, "window_log", 0, 10, 31),
    (ZST_C_HASH_LOG, "hash_log", 0, 6, 30),
    (ZST_C_CHAIN_LOG, "chain_log", 0, 6, 30),
    (ZST_C_SEARCH_LOG, "search_log", 0, 1, 30),
    (ZST_C_MIN_MATCH, "min_match", 0, 3, 7),
    (ZST_C_TARGET_LENGTH, "target_length", 0, 0, 131_072),
    (ZST_C_STRATEGY, "strategy", 0, 1, 9),
    (ZST_C_TARGET_BLOCK_SIZE, "target_block_size", 0, 1340, 131_072),
    (ZST_C_ENABLE_LDM, "enable_ldm", 0, -1, 1),
    (ZST_C_LDM_HASH_LOG, "ldm_hash_log", 0, 6, 30),
    (ZST_C_LDM_MIN_MATCH, "ldm_min_match", 0, 4, 4096),
    (ZST_C_LDM_BUCKET_SIZE_LOG, "ldm_bucket_size_log", 0, 1, 8),
    (ZST_C_LDM_HASH_RATE_LOG, "ldm_hash_rate_log", 0, 0, 25),
    (ZST_C_WRITE_CONTENT_SIZE, "write_content_size", 1, 0, 1),
    (ZST_C_WRITE_CHECKSUM, "write_checksum", 0, 0, 1),
    (ZST_C_WRITE_DICT_ID, "write_dict_id", 1, 0, 1),
    (ZST_C_THREADS, "threads", 0, 0, 256),
    (ZST_C_JOB_SIZE, "job_size", 0, 0, 1 << 30),
    (ZST_C_OVERLAP_LOG, "overlap_log", 0, 0, 9),
    (ZST_C_RSYNCABLE, "rsyncable", 0, 0, 1),
    (ZST_C_FORCE_MAX_WINDOW, "force_max_window", 0, 0, 1),
    (ZST_C_FORCE_ATTACH_DICT, "force_attach_dict", 0, 0, 3),
    (ZST_C_LITERAL_COMPRESSION_MODE, "literal_compression_mode", 0, 0, 2),
    (ZST_C_SOURCE_SIZE_HINT, "source_size_hint", 0, 0, i32::MAX),
    (ZST_C_ENABLE_DEDICATED_DICT_SEARCH, "enable_dedicated_dict_search", 0, 0, 1),
    (ZST_C_BLOCK_DELIMITERS, "block_delimiters", 0, 0, 1),
    (ZST_C_VALIDATE_SEQUENCES, "validate_sequences", 0, 0, 1),
    (ZST_C_SPLIT_AFTER_SEQUENCES, "split_after_sequences", 0, 0, 2),
    (ZST_C_USE_ROW_MATCH_FINDER, "use_row_match_finder", 0, 0, 2),
    (ZST_C_DETERMINISTIC_REF_PREFIX, "deterministic_ref_prefix", 0, 0, 1),
    (ZST_C_PREFETCH_CDICT_TABLES, "prefetch_cdict_tables", 0, 0, 2),
    (ZST_C_ENABLE_SEQUENCE_PRODUCER_FALLBACK, "enable_sequence_producer_fallback", 0, 0, 1),
    (ZST_C_MAX_BLOCK_SIZE, "max_block_size", 0, 1024, 131_072),
    (ZST_C_REPCODE_RESOLUTION, "repcode_resolution", 0, 0, 2),
    (ZST_C_BLOCK_SPLITTER_LEVEL, "block_splitter_level", 0, 0, 6),
];

const CLAMPED: [i32; 4] = [ZST_C_COMPRESSION_LEVEL, ZST_C_THREADS, ZST_C_JOB_SIZE, ZST_C_OVERLAP_LOG];

const UNKNOWN: [i32; 9] = [0, -1, 9, 11, 165, 1006, 1007, i32::MIN, i32::MAX];

fn bounds(parameter: i32) -> Result<(i32, i32), Failure> {
    call2(|min, max, err| unsafe { zst_compression_parameters_bounds(parameter, min, max, err) })
}

fn from_level(level: i32, source_size: u64, dict_size: usize) -> CompressionParameters {
    CompressionParameters::own(
        call(|out, err| unsafe { zst_compression_parameters_from_level(level, source_size, dict_size, out, err) })
            .unwrap(),
    )
}

fn match_finder(parameters: &CompressionParameters) -> [i32; 7] {
    std::array::from_fn(|index| parameters.get(ZST_C_WINDOW_LOG + index as i32).unwrap())
}

#[test]
fn names_defaults_and_bounds() {
    let parameters = CompressionParameters::new(&[]);
    for (parameter, name, default, min, max) in ALL {
        assert_eq!(string(zst_compression_parameters_name(parameter)), name);
        assert_eq!(parameters.get(parameter).unwrap(), default, "{name}");
        assert_eq!(bounds(parameter).unwrap(), (min, max), "{name}");
    }
}

#[test]
fn every_number_up_to_2000_is_known_or_refused() {
    for number in -10..2000 {
        let known = ALL.iter().any(|&(parameter, ..)| parameter == number);
        assert_eq!(bounds(number).is_ok(), known, "{number}");
        assert_eq!(zst_compression_parameters_name(number).is_null(), !known, "{number}");
    }
}

#[test]
fn values_are_kept_up_to_their_bounds() {
    let parameters = CompressionParameters::new(&[]);
    for (parameter, name, _, min, max) in ALL {
        let smallest = if parameter == ZST_C_JOB_SIZE { 512 << 10 } else { min };
        for value in [smallest, max] {
            parameters.set(parameter, value).unwrap();
            assert_eq!(parameters.get(parameter).unwrap(), value, "{name}");
        }
        parameters.set(parameter, 0).unwrap();
        let expected = if parameter == ZST_C_COMPRESSION_LEVEL { 3 } else { 0 };
        assert_eq!(parameters.get(parameter).unwrap(), expected, "{name}");
    }
}

#[test]
fn values_outside_are_refused_and_change_nothing() {
    let parameters = CompressionParameters::new(&[]);
    for (parameter, name, default, min, max) in ALL {
        let is_flag = (min, max) == (0, 1) && parameter != ZST_C_FORMAT && parameter != ZST_C_BLOCK_DELIMITERS;
        if is_flag || CLAMPED.contains(&parameter) {
            continue;
        }
        for value in [min - 1, max.saturating_add(1), i32::MIN, i32::MAX] {
            if (min..=max).contains(&value) || value == 0 {
                continue;
            }
            let failure = parameters.set(parameter, value).unwrap_err();
            failure.is(ZST_ERROR_ZSTD, "unable to set compression context parameter: Parameter is out of bound");
            failure.is(ZST_ERROR_ZSTD, &format!("{name} is {value}, allowed are {min} to {max}"));
            assert_eq!(failure.zstd_code, 42);
            assert_eq!(parameters.get(parameter).unwrap(), default);
        }
    }
}

#[test]
fn flags_become_0_or_1() {
    let parameters = CompressionParameters::new(&[]);
    for parameter in [ZST_C_WRITE_CONTENT_SIZE, ZST_C_WRITE_CHECKSUM, ZST_C_WRITE_DICT_ID, ZST_C_FORCE_MAX_WINDOW] {
        for (value, kept) in [(7, 1), (0, 0), (-1, 1), (i32::MIN, 1)] {
            parameters.set(parameter, value).unwrap();
            assert_eq!(parameters.get(parameter).unwrap(), kept);
        }
    }
}

#[test]
fn some_values_become_the_nearest_that_is_allowed() {
    let parameters = CompressionParameters::new(&[]);
    let cpus = std::thread::available_parallelism().unwrap().get() as i32;
    for (parameter, value, kept) in [
        (ZST_C_COMPRESSION_LEVEL, 100, 22),
        (ZST_C_COMPRESSION_LEVEL, -200_000, -131_072),
        (ZST_C_COMPRESSION_LEVEL, 0, 3),
        (ZST_C_THREADS, 1000, 256),
        (ZST_C_THREADS, -1, cpus),
        (ZST_C_THREADS, i32::MIN, cpus),
        (ZST_C_OVERLAP_LOG, 10, 9),
        (ZST_C_OVERLAP_LOG, -1, 0),
        (ZST_C_JOB_SIZE, 1, 512 << 10),
        (ZST_C_JOB_SIZE, i32::MAX, 1 << 30),
        (ZST_C_JOB_SIZE, 0, 0),
    ] {
        parameters.set(parameter, value).unwrap();
        assert_eq!(parameters.get(parameter).unwrap(), kept, "{parameter}: {value}");
    }
}

#[test]
fn unknown_numbers_are_refused() {
    let parameters = CompressionParameters::new(&[]);
    for number in UNKNOWN {
        let text = format!("there is no compression parameter {number}");
        parameters.set(number, 0).unwrap_err().is(ZST_ERROR_VALUE, &text);
        parameters.get(number).unwrap_err().is(ZST_ERROR_VALUE, &text);
        bounds(number).unwrap_err().is(ZST_ERROR_VALUE, &text);
        assert!(zst_compression_parameters_name(number).is_null());
    }
}

#[test]
fn from_level_spells_out_what_libzstd_has_in_its_table() {
    for level in [i32::MIN, -131_072, -5, 0, 1, 3, 9, 19, 22, 23, i32::MAX] {
        for source_size in [0, 1, 1000, 16_384, 16_385, 200_000, 300_000, 1 << 40, ZST_CONTENTSIZE_UNKNOWN] {
            for dict_size in [0, 1, 1000, 110_000] {
                let size = if source_size == ZST_CONTENTSIZE_UNKNOWN { 0 } else { source_size };
                let expected = unsafe { zstd_sys::ZSTD_getCParams(level, size, dict_size) };
                let parameters = from_level(level, source_size, dict_size);
                assert_eq!(
                    match_finder(&parameters).map(|value| value as u32),
                    [
                        expected.windowLog,
                        expected.hashLog,
                        expected.chainLog,
                        expected.searchLog,
                        expected.minMatch,
                        expected.targetLength,
                        expected.strategy as u32,
                    ],
                    "level {level}, source {source_size}, dictionary {dict_size}"
                );
                assert_eq!(parameters.get(ZST_C_COMPRESSION_LEVEL).unwrap(), 3);
            }
        }
    }
    assert_eq!(match_finder(&from_level(3, 0, 0)), [21, 17, 16, 1, 5, 0, ZST_STRATEGY_DFAST]);
    assert_eq!(match_finder(&from_level(1, 0, 0))[0], 19);
}

#[test]
fn a_copy_is_independent() {
    let parameters = CompressionParameters::new(&[(ZST_C_WINDOW_LOG, 20), (ZST_C_WRITE_CHECKSUM, 1)]);
    let copy = CompressionParameters::own(
        call(|out, err| unsafe { zst_compression_parameters_copy(parameters.raw(), out, err) }).unwrap(),
    );
    parameters.set(ZST_C_WINDOW_LOG, 12).unwrap();
    copy.set(ZST_C_WRITE_CHECKSUM, 0).unwrap();
    drop(parameters);
    assert_eq!(copy.get(ZST_C_WINDOW_LOG).unwrap(), 20);
    assert_eq!(copy.get(ZST_C_WRITE_CHECKSUM).unwrap(), 0);
}

fn estimate(parameters: &CompressionParameters) -> Result<usize, Failure> {
    call(|out, err| unsafe {
        zst_compression_parameters_estimated_compression_context_size(parameters.raw(), out, err)
    })
}

#[test]
fn the_estimate_is_that_of_libzstd() {
    let values = [
        (ZST_C_WINDOW_LOG, 20),
        (ZST_C_CHAIN_LOG, 16),
        (ZST_C_HASH_LOG, 17),
        (ZST_C_SEARCH_LOG, 1),
        (ZST_C_MIN_MATCH, 5),
        (ZST_C_TARGET_LENGTH, 16),
        (ZST_C_STRATEGY, ZST_STRATEGY_DFAST),
    ];
    let size = estimate(&CompressionParameters::new(&values)).unwrap();
    assert!((1_200_000..1_400_000).contains(&size), "{size}");
    for threads in [1, 8] {
        let failure = estimate(&CompressionParameters::new(&[(ZST_C_THREADS, threads)])).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot estimate compression context size");
    }
}

#[test]
fn the_estimate_with_long_distance_matching_is_what_a_context_uses() {
    let content = noise(1, 3 << 20);
    for (strategy, window_log) in (1..=9).zip([18, 19, 20].into_iter().cycle()) {
        for ldm in
            [None, Some((ZST_C_LDM_HASH_LOG, 12)), Some((ZST_C_LDM_HASH_RATE_LOG, 5)), Some((ZST_C_LDM_MIN_MATCH, 16))]
        {
            let mut values = vec![(ZST_C_STRATEGY, strategy), (ZST_C_WINDOW_LOG, window_log), (ZST_C_ENABLE_LDM, 1)];
            values.extend(ldm);
            let libzstd = raw::Compressor::with(&values);
            libzstd.compress(&content);
            let used = libzstd.memory_size();
            assert_eq!(estimate(&CompressionParameters::new(&values)).unwrap(), used, "{values:?}");
        }
    }
    let large = estimate(&CompressionParameters::new(&[(ZST_C_ENABLE_LDM, 1)])).unwrap();
    assert!(large > estimate(&CompressionParameters::new(&[])).unwrap() + (8 << 20), "{large}");
}

#[test]
fn null_pointers_are_refused() {
    let parameters = CompressionParameters::new(&[]);
    let (handle, value, other, size) = (Untouched::new(), Untouched::new(), Untouched::new(), Untouched::new());
    unsafe {
        refuses_null("out", |err| zst_compression_parameters_new(null_mut(), err));
        refuses_null("out", |err| zst_compression_parameters_from_level(3, 0, 0, null_mut(), err));
        refuses_null("parameters", |err| zst_compression_parameters_copy(null(), handle.ptr(), err));
        refuses_null("out", |err| zst_compression_parameters_copy(parameters.raw(), null_mut(), err));
        refuses_null("parameters", |err| zst_compression_parameters_set(null(), 100, 1, err));
        refuses_null("parameters", |err| zst_compression_parameters_get(null(), 100, value.ptr(), err));
        refuses_null("out_value", |err| zst_compression_parameters_get(parameters.raw(), 100, null_mut(), err));
        refuses_null("out_min", |err| zst_compression_parameters_bounds(100, null_mut(), other.ptr(), err));
        refuses_null("out_max", |err| zst_compression_parameters_bounds(100, other.ptr(), null_mut(), err));
        refuses_null("parameters", |err| {
            zst_compression_parameters_estimated_compression_context_size(null(), size.ptr(), err)
        });
        refuses_null("out_size", |err| {
            zst_compression_parameters_estimated_compression_context_size(parameters.raw(), null_mut(), err)
        });
        zst_compression_parameters_free(null_mut());
    }
}
