//! `zst_train_dictionary`: the dictionaries are those of libzstd, and failures tell what is wrong.

use crate::raw;
use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::bytes::zst_slice;
use zst::ffi::compression_dict::*;
use zst::ffi::status::*;
use zst::ffi::train_dictionary::*;
use zstd_sys as sys;

const ZEROS: zst_training_parameters = zst_training_parameters {
    mode: ZST_TRAIN_DEFAULT,
    algorithm: ZST_TRAIN_ALGORITHM_AUTO,
    k: 0,
    d: 0,
    steps: 0,
    threads: 0,
    level: 0,
    dict_id: 0,
    notifications: 0,
    f: 0,
    accel: 0,
    reserved: 0,
    split_point: 0.0,
};

const FIXED: zst_training_parameters = zst_training_parameters { mode: ZST_TRAIN_FIXED, k: 64, d: 8, ..ZEROS };

const OPTIMIZE: zst_training_parameters =
    zst_training_parameters { mode: ZST_TRAIN_OPTIMIZE, k: 128, d: 8, steps: 2, ..ZEROS };

const FASTCOVER: i32 = ZST_TRAIN_ALGORITHM_FASTCOVER;
const COVER: i32 = ZST_TRAIN_ALGORITHM_COVER;

fn train(dict_size: usize, samples: &[Vec<u8>], parameters: &zst_training_parameters) -> Result<Dict, Failure> {
    let samples = slices(samples);
    call(|out, err| unsafe { zst_train_dictionary(dict_size, samples.as_ptr(), samples.len(), parameters, out, err) })
        .map(Dict::own)
}

fn k_and_d(dict: &Dict) -> (u32, u32) {
    unsafe { (zst_compression_dict_k(dict.raw()), zst_compression_dict_d(dict.raw())) }
}

fn few() -> &'static [Vec<u8>] {
    &samples()[..400]
}

fn cover(p: &zst_training_parameters) -> sys::ZDICT_cover_params_t {
    sys::ZDICT_cover_params_t {
        k: p.k,
        d: p.d,
        steps: p.steps,
        nbThreads: p.threads as u32,
        splitPoint: p.split_point,
        shrinkDict: 0,
        shrinkDictMaxRegression: 0,
        zParams: common(p),
    }
}

fn fast_cover(p: &zst_training_parameters) -> sys::ZDICT_fastCover_params_t {
    sys::ZDICT_fastCover_params_t {
        k: p.k,
        d: p.d,
        f: p.f,
        steps: p.steps,
        nbThreads: p.threads as u32,
        splitPoint: p.split_point,
        accel: p.accel,
        shrinkDict: 0,
        shrinkDictMaxRegression: 0,
        zParams: common(p),
    }
}

fn common(p: &zst_training_parameters) -> sys::ZDICT_params_t {
    sys::ZDICT_params_t { compressionLevel: p.level, notificationLevel: 0, dictID: p.dict_id }
}

/// The same training by libzstd alone: the dictionary, k and d.
fn by_libzstd(size: usize, samples: &[Vec<u8>], p: &zst_training_parameters) -> (Vec<u8>, u32, u32) {
    let (mut c, mut f) = (cover(p), fast_cover(p));
    let dict = raw::train_by(size, samples, |dict, room, bytes, sizes, count| unsafe {
        match (p.algorithm, p.mode) {
            (FASTCOVER, ZST_TRAIN_FIXED) => sys::ZDICT_trainFromBuffer_fastCover(dict, room, bytes, sizes, count, f),
            (FASTCOVER, _) => sys::ZDICT_optimizeTrainFromBuffer_fastCover(dict, room, bytes, sizes, count, &mut f),
            (_, ZST_TRAIN_FIXED) => sys::ZDICT_trainFromBuffer_cover(dict, room, bytes, sizes, count, c),
            (_, _) => sys::ZDICT_optimizeTrainFromBuffer_cover(dict, room, bytes, sizes, count, &mut c),
        }
    });
    if p.algorithm == FASTCOVER { (dict, f.k, f.d) } else { (dict, c.k, c.d) }
}

#[test]
fn by_default_the_bytes_are_those_of_train_from_buffer() {
    for size in [1000, 8192, 110_000] {
        let expected = raw::train(size, samples());
        let all = slices(samples());
        let with_null =
            call(|out, err| unsafe { zst_train_dictionary(size, all.as_ptr(), all.len(), null(), out, err) });
        for dict in [Dict::own(with_null.unwrap()), train(size, samples(), &ZEROS).unwrap()] {
            assert_same(dict.bytes(), &expected);
            let (k, d) = k_and_d(&dict);
            assert!(k > 0 && d == 8, "k {k}, d {d}");
            assert_eq!(unsafe { zst_compression_dict_type(dict.raw()) }, ZST_DICT_TYPE_FULLDICT);
            assert_eq!(dict.id(), u32::from_le_bytes(expected[4..8].try_into().unwrap()));
        }
    }
}

#[test]
fn every_other_training_gives_the_bytes_of_libzstd() {
    let all = [
        FIXED,
        zst_training_parameters { d: 7, ..FIXED },
        zst_training_parameters { d: 16, k: 200, ..FIXED },
        zst_training_parameters { d: 6, level: 19, dict_id: 4711, ..FIXED },
        zst_training_parameters { algorithm: COVER, ..FIXED },
        zst_training_parameters { algorithm: FASTCOVER, ..FIXED },
        zst_training_parameters { algorithm: FASTCOVER, d: 6, f: 15, accel: 5, ..FIXED },
        OPTIMIZE,
        zst_training_parameters { d: 0, ..OPTIMIZE },
        zst_training_parameters { k: 0, steps: 3, ..OPTIMIZE },
        zst_training_parameters { split_point: 0.5, ..OPTIMIZE },
        zst_training_parameters { algorithm: FASTCOVER, ..OPTIMIZE },
        zst_training_parameters { algorithm: FASTCOVER, k: 0, d: 0, steps: 3, split_point: 0.6, ..OPTIMIZE },
    ];
    for parameters in all {
        let dict = train(8192, few(), &parameters).unwrap();
        let (bytes, k, d) = by_libzstd(8192, few(), &parameters);
        assert_same(dict.bytes(), &bytes);
        assert_eq!(k_and_d(&dict), (k, d));
        if parameters.dict_id != 0 {
            assert_eq!(dict.id(), parameters.dict_id);
        }
    }
}

#[test]
fn threads_find_a_dictionary_that_works() {
    let source = text(1, 2000);
    for threads in [2, 1000, -1] {
        let dict = train(4096, few(), &zst_training_parameters { threads, k: 0, steps: 4, ..OPTIMIZE }).unwrap();
        let (k, d) = k_and_d(&dict);
        assert!(k >= 50 && d == 8);
        let frame = Compressor::new(3, &dict).compress(&source);
        assert!(frame.len() < Compressor::new(3, None).compress(&source).len());
        assert_same(&Decompressor::new(&dict).decompress(&frame).unwrap(), &source);
    }
}

#[test]
fn samples_are_read_during_the_call_only() {
    let mut copies = few().to_vec();
    let dict = train(4096, &copies, &FIXED).unwrap();
    let bytes = dict.bytes().to_vec();
    copies.iter_mut().for_each(|sample| sample.fill(0));
    assert_same(dict.bytes(), &bytes);
}

#[test]
fn too_few_samples() {
    let failure = train(8192, &samples()[..3], &ZEROS).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "cannot train dict: Src size is incorrect: 7 or more samples are needed, got 3");
    assert_eq!(failure.zstd_code, 72);
    for parameters in [FIXED, OPTIMIZE] {
        let failure = train(8192, &samples()[..4], &parameters).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "Src size is incorrect: 5 or more samples are needed, got 4");
    }
    for parameters in [ZEROS, FIXED, OPTIMIZE] {
        let failure = train(8192, &[], &parameters).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot train dict: Src size is incorrect");
    }
    let out = Untouched::new();
    let status = unsafe { zst_train_dictionary(8192, null(), 0, null(), out.ptr(), null_mut()) };
    assert_eq!(status, ZST_ERROR_ZSTD);
}

#[test]
fn too_small_a_dictionary() {
    for (size, parameters) in [(100, ZEROS), (255, ZEROS), (255, FIXED), (200, OPTIMIZE)] {
        let failure = train(size, few(), &parameters).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot train dict: Destination buffer is too small");
        failure.is(ZST_ERROR_ZSTD, &size.to_string());
        assert_eq!(failure.zstd_code, 70);
    }
}

#[test]
fn bad_parameters_are_named() {
    let out_of_bounds = [
        ("k is 0", zst_training_parameters { k: 0, ..FIXED }),
        ("d is 0", zst_training_parameters { d: 0, ..FIXED }),
        ("k is 0", zst_training_parameters { k: 0, d: 0, ..FIXED }),
        ("d is 65", zst_training_parameters { d: 65, ..FIXED }),
        ("k is 9000", zst_training_parameters { k: 9000, ..FIXED }),
        ("d is 7", zst_training_parameters { d: 7, algorithm: FASTCOVER, ..FIXED }),
        ("d is 9", zst_training_parameters { d: 9, ..ZEROS }),
        ("f is 32", zst_training_parameters { f: 32, algorithm: FASTCOVER, ..FIXED }),
        ("accel is 11", zst_training_parameters { accel: 11, algorithm: FASTCOVER, ..FIXED }),
        ("split_point is 1.5", zst_training_parameters { split_point: 1.5, ..OPTIMIZE }),
        ("split_point is -1", zst_training_parameters { split_point: -1.0, ..OPTIMIZE }),
        ("split_point is NaN", zst_training_parameters { split_point: f64::NAN, ..OPTIMIZE }),
        ("mode is 3", zst_training_parameters { mode: 3, ..FIXED }),
        ("mode is -1", zst_training_parameters { mode: -1, ..FIXED }),
        ("algorithm is 3", zst_training_parameters { algorithm: 3, ..FIXED }),
        ("algorithm is -5", zst_training_parameters { algorithm: -5, ..FIXED }),
    ];
    for (text, parameters) in out_of_bounds {
        let failure = train(8192, few(), &parameters).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot train dict: Parameter is out of bound: ");
        failure.is(ZST_ERROR_ZSTD, text);
        assert_eq!(failure.zstd_code, 42);
    }
}

#[test]
fn parameters_that_libzstd_alone_refuses_are_an_error_too() {
    for (k, d) in [(0, 60), (0, 51)] {
        let failure = train(8192, few(), &zst_training_parameters { k, d, ..OPTIMIZE }).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "cannot train dict: Parameter is out of bound");
    }
}

#[test]
fn samples_without_content_where_training_looks() {
    // With libzstd alone the lengths to train on would underflow.
    for content in [&b""[..], b"1234567"] {
        let mut odd: Vec<Vec<u8>> = vec![vec![]; 75];
        odd[0] = content.to_vec();
        odd.extend_from_slice(&samples()[..25]);
        for parameters in [ZEROS, zst_training_parameters { algorithm: FASTCOVER, ..OPTIMIZE }] {
            let failure = train(8192, &odd, &parameters).unwrap_err();
            failure.is(ZST_ERROR_ZSTD, "cannot train dict: Src size is incorrect");
        }
        let parameters = zst_training_parameters { split_point: 0.75, ..OPTIMIZE };
        train(8192, &odd, &parameters).unwrap_err().is(ZST_ERROR_ZSTD, "Src size is incorrect");
    }
}

#[test]
fn strange_samples_give_a_dictionary_or_an_error() {
    let strange: [Vec<Vec<u8>>; 6] = [
        vec![vec![]; 100],
        vec![b"same sample".to_vec(); 1000],
        (0..100).map(|n| vec![n]).collect(),
        (0..100).map(|n| noise(n, 100)).collect(),
        vec![vec![0; 1000]; 50],
        vec![text(1, 200_000); 7],
    ];
    for samples in &strange {
        for parameters in [ZEROS, FIXED, OPTIMIZE, zst_training_parameters { algorithm: FASTCOVER, ..FIXED }] {
            match train(2048, samples, &parameters) {
                Ok(dict) => assert!(dict.bytes().len() <= 2048),
                Err(failure) => drop(failure.is(ZST_ERROR_ZSTD, "cannot train dict: ")),
            }
        }
    }
}

#[test]
fn null_pointers_and_impossible_lengths_are_refused() {
    let good = slices(few());
    let (first, count) = (good.as_ptr(), good.len());
    let hollow = [zst_slice { data: null(), len: 5 }];
    let endless = [zst_slice { data: first.cast(), len: usize::MAX }];
    let out = Untouched::new();
    unsafe {
        refuses_null("samples", |err| zst_train_dictionary(8192, null(), 5, null(), out.ptr(), err));
        refuses_null("out", |err| zst_train_dictionary(8192, first, count, null(), null_mut(), err));
        refuses_null("samples", |err| zst_train_dictionary(8192, hollow.as_ptr(), 1, null(), out.ptr(), err));
        for (samples, count) in [(endless.as_ptr(), 1), (first, usize::MAX), (first, usize::MAX / 8)] {
            refuses("samples is more than any buffer can have", |err| {
                zst_train_dictionary(8192, samples, count, null(), out.ptr(), err)
            });
        }
        let status = zst_train_dictionary(usize::MAX, first, count, null(), out.ptr(), null_mut());
        assert_eq!(status, ZST_ERROR_MEMORY);
    }
}
