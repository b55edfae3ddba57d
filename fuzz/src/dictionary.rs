//! Any bytes as a dictionary of any kind, and training on any samples.

use crate::choices::Choices;
use crate::support::*;
use std::ptr::null;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::status::*;
use zst::ffi::train_dictionary::*;

pub fn dictionary(data: &[u8]) {
    let mut choices = Choices::new(data);
    if choices.below(4) == 0 { train(&mut choices) } else { load(&mut choices) }
}

fn load(choices: &mut Choices) {
    let (dict_type, level) = (i32::from(choices.below(4)), i32::from(choices.below(12)) - 3);
    let (k, d, precompute) = (choices.number(), choices.number(), choices.yes());
    // A good one with some bytes changed goes deeper than any bytes.
    let mut bytes = if choices.yes() { trained().to_vec() } else { Vec::new() };
    if !bytes.is_empty() {
        bytes.truncate(choices.one_of(&[usize::MAX, 2000, 600, 300]));
        for _ in 0..choices.below(6) {
            let at = usize::from(choices.number::<u16>()) % bytes.len();
            bytes[at] = choices.number();
        }
    }
    bytes.extend_from_slice(choices.rest());
    let (start, len) = (bytes.as_ptr().cast(), bytes.len());
    let dict = call(|out, err| unsafe { zst_compression_dict_new(start, len, dict_type, k, d, out, err) });
    let dict = match dict {
        Ok(dict) => Dict::own(dict),
        Err(failure) => return assert!([ZST_ERROR_VALUE, ZST_ERROR_ZSTD].contains(&failure.status), "{failure:?}"),
    };
    assert!(dict_type <= 2);
    assert_same(dict.bytes(), &bytes);
    unsafe {
        assert_eq!((zst_compression_dict_k(dict.raw()), zst_compression_dict_d(dict.raw())), (k, d));
        assert_eq!(zst_compression_dict_type(dict.raw()), dict_type);
    }
    if precompute {
        let raw = dict.raw();
        let _ = call0(|err| unsafe { zst_compression_dict_precompute_compress(raw, level, null(), err) });
    }
    use_it(&dict, level);
}

/// What is compressed with it comes back.
fn use_it(dict: &Dict, level: i32) {
    let values =
        [(ZST_C_COMPRESSION_LEVEL, level), (ZST_C_WINDOW_LOG, 14), (ZST_C_HASH_LOG, 10), (ZST_C_CHAIN_LOG, 10)];
    let compressor = Compressor::with(&values, dict);
    let content = text(7, 700);
    match (compressor.try_compress(&content), Decompressor::try_new(dict)) {
        (Ok(frame), Ok(decompressor)) => assert_same(&decompressor.decompress(&frame).unwrap(), &content),
        (Ok(_), Err(failure)) => {
            // libzstd asks less of tables that are for compression only.
            failure.is(ZST_ERROR_ZSTD, "");
        }
        (Err(failure), _) => drop(failure.is(ZST_ERROR_ZSTD, "")),
    }
}

fn train(choices: &mut Choices) {
    let parameters = zst_training_parameters {
        mode: choices.below(4).into(),
        algorithm: choices.below(4).into(),
        k: choices.one_of(&[0, 16, 50, 200, 1, 5000]),
        d: choices.one_of(&[0, 6, 8, 7, 1, 20]),
        steps: choices.below(4).into(),
        threads: i32::from(choices.below(16) == 15) * 2,
        // High levels have large tables.
        level: if choices.below(64) == 63 { choices.number::<i8>().into() } else { choices.one_of(&[3, 1, 0, -5, 6]) },
        dict_id: choices.number(),
        notifications: 0,
        f: choices.one_of(&[8, 5, 12, 1, 40]),
        accel: choices.below(12).into(),
        reserved: u32::from(choices.below(8)) / 7,
        split_point: choices.one_of(&[0.0, 0.5, 1.0, 0.01, -1.0, f64::NAN]),
    };
    let size = choices.one_of(&[1000, 300, 256, 100, 5000, 0]);
    let made = choices.below(40);
    let mut samples: Vec<Vec<u8>> = (0..made).map(|n| text(n.into(), 20 + 7 * usize::from(n))).collect();
    while !choices.is_empty() && samples.len() < 60 {
        let len = usize::from(choices.number::<u8>());
        samples.push(choices.bytes(len).to_vec());
    }
    let list = slices(&samples);
    let (start, count) = (list.as_ptr(), list.len());
    match call(|out, err| unsafe { zst_train_dictionary(size, start, count, &parameters, out, err) }) {
        Ok(dict) => {
            let dict = Dict::own(dict);
            assert!(dict.bytes().len() <= size);
            assert!(parameters.dict_id == 0 || dict.id() == parameters.dict_id);
            Decompressor::new(&dict);
            use_it(&dict, 3);
        }
        Err(failure) => {
            let expected = [ZST_ERROR_VALUE, ZST_ERROR_ZSTD, ZST_ERROR_ARGUMENT];
            assert!(expected.contains(&failure.status), "{failure:?}");
        }
    }
}
