//! `zst_decompression_parameters`: values by number, their defaults, bounds and names.

use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_dict::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::status::*;

const DEFAULT_WINDOW: i64 = (1 << 27) + 1;

/// Every parameter: number, name, default, smallest and largest value, and how a refusal begins.
const ALL: [(i32, &str, i64, i64, i64, &str); 6] = [
    (ZST_D_MAX_WINDOW_SIZE, "max_window_size", DEFAULT_WINDOW, 1024, 1 << 31, "unable to set max window size"),
    (ZST_D_FORMAT, "format", 0, 0, 1, "unable to set decoding format"),
    (ZST_D_IGNORE_CHECKSUM, "ignore_checksum", 0, 0, 1, "unable to set decompression parameter"),
    (ZST_D_DISABLE_HUFFMAN_ASSEMBLY, "disable_huffman_assembly", 0, 0, 1, "unable to set decompression parameter"),
    (ZST_D_MAX_BLOCK_SIZE, "max_block_size", 0, 1024, 131_072, "unable to set decompression parameter"),
    (ZST_D_MAX_OUTPUT_SIZE, "max_output_size", 0, 0, i64::MAX, "unable to set decompression parameter"),
];

fn bounds(parameter: i32) -> Result<(i64, i64), Failure> {
    call2(|min, max, err| unsafe { zst_decompression_parameters_bounds(parameter, min, max, err) })
}

#[test]
fn names_defaults_and_bounds() {
    let parameters = DecompressionParameters::new(&[]);
    for (parameter, name, default, min, max, _) in ALL {
        assert_eq!(string(zst_decompression_parameters_name(parameter)), name);
        assert_eq!(parameters.get(parameter).unwrap(), default, "{name}");
        assert_eq!(bounds(parameter).unwrap(), (min, max), "{name}");
    }
}

#[test]
fn values_are_kept_up_to_their_bounds() {
    let parameters = DecompressionParameters::new(&[]);
    for (parameter, name, default, min, max, _) in ALL {
        for value in [min, max] {
            parameters.set(parameter, value).unwrap();
            assert_eq!(parameters.get(parameter).unwrap(), value, "{name}");
        }
        parameters.set(parameter, 0).unwrap();
        assert_eq!(parameters.get(parameter).unwrap(), default, "{name}: 0 is the default");
    }
}

#[test]
fn values_outside_are_refused_and_change_nothing() {
    let parameters = DecompressionParameters::new(&[]);
    for (parameter, name, default, min, max, doing) in ALL {
        for value in [min - 1, max.saturating_add(1), i64::MIN, i64::MAX] {
            if (min..=max).contains(&value) {
                continue;
            }
            let failure = parameters.set(parameter, value).unwrap_err();
            failure.is(ZST_ERROR_ZSTD, &format!("{doing}: Parameter is out of bound: {name} is {value}"));
            assert_eq!(failure.zstd_code, 42);
            assert_eq!(parameters.get(parameter).unwrap(), default);
        }
    }
}

#[test]
fn unknown_numbers_are_refused() {
    let parameters = DecompressionParameters::new(&[]);
    for number in [0, -1, 99, 101, 1001, 1003, 1006, 2001, i32::MIN, i32::MAX] {
        let text = format!("there is no decompression parameter {number}");
        parameters.set(number, 0).unwrap_err().is(ZST_ERROR_VALUE, &text);
        parameters.get(number).unwrap_err().is(ZST_ERROR_VALUE, &text);
        bounds(number).unwrap_err().is(ZST_ERROR_VALUE, &text);
        assert!(zst_decompression_parameters_name(number).is_null());
    }
}

#[test]
fn a_copy_is_independent_and_shares_the_dictionaries() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(b"content");
    let parameters = DecompressionParameters::new(&[(ZST_D_MAX_OUTPUT_SIZE, 100)]);
    parameters.add(&dict).unwrap();
    let copy = DecompressionParameters::own(
        call(|out, err| unsafe { zst_decompression_parameters_copy(parameters.raw(), out, err) }).unwrap(),
    );
    parameters.set(ZST_D_MAX_OUTPUT_SIZE, 1).unwrap();
    drop((parameters, dict));
    assert_eq!(copy.get(ZST_D_MAX_OUTPUT_SIZE).unwrap(), 100);
    let decompressor = Decompressor::try_from(&copy, None).unwrap();
    assert_same(&decompressor.decompress(&frame).unwrap(), b"content");
}

#[test]
fn decompressors_made_before_do_not_change() {
    let frame = Compressor::new(3, None).compress(b"content");
    let parameters = DecompressionParameters::new(&[]);
    let decompressor = Decompressor::try_from(&parameters, None).unwrap();
    parameters.set(ZST_D_MAX_OUTPUT_SIZE, 1).unwrap();
    assert_same(&decompressor.decompress(&frame).unwrap(), b"content");
}

#[test]
fn null_pointers_are_refused() {
    let parameters = DecompressionParameters::new(&[]);
    let dict = Dict::new(b"abc", ZST_DICT_TYPE_AUTO);
    let (handle, value, other) = (Untouched::new(), Untouched::new(), Untouched::new());
    unsafe {
        refuses_null("out", |err| zst_decompression_parameters_new(null_mut(), err));
        refuses_null("parameters", |err| zst_decompression_parameters_copy(null(), handle.ptr(), err));
        refuses_null("out", |err| zst_decompression_parameters_copy(parameters.raw(), null_mut(), err));
        refuses_null("parameters", |err| zst_decompression_parameters_set(null(), 100, 0, err));
        refuses_null("parameters", |err| zst_decompression_parameters_get(null(), 100, value.ptr(), err));
        refuses_null("out_value", |err| zst_decompression_parameters_get(parameters.raw(), 100, null_mut(), err));
        refuses_null("out_min", |err| zst_decompression_parameters_bounds(100, null_mut(), other.ptr(), err));
        refuses_null("out_max", |err| zst_decompression_parameters_bounds(100, other.ptr(), null_mut(), err));
        refuses_null("parameters", |err| zst_decompression_parameters_add_dictionary(null(), dict.raw(), err));
        refuses_null("dict", |err| zst_decompression_parameters_add_dictionary(parameters.raw(), null(), err));
        zst_decompression_parameters_free(null_mut());
    }
}
