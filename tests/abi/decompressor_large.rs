//! Content whose size is not recorded and that may be far more than the input suggests: it is decoded piece by piece.

use crate::raw;
use crate::support::*;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::status::*;

const MIB: usize = 1 << 20;
const ACROSS: i32 = ZST_DECOMPRESS_READ_ACROSS_FRAMES;

/// A frame of many blocks with little in each. What its blocks could hold is thousands of times more.
fn tiny_blocks(values: &[(i32, i32)]) -> (Vec<u8>, Vec<u8>) {
    let content = text(1, 60_000);
    let frame = raw::Compressor::with(values).compress_flushed(content.chunks(20));
    (frame, content)
}

#[test]
fn much_content_that_compresses_well() {
    let content = vec![b'x'; 80 * MIB + 1];
    for checksum in [0, 1] {
        let raw = raw::Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WRITE_CHECKSUM, checksum)]);
        let frame = raw.compress(&content);
        let (out, used) = Decompressor::new(None).decompress_as(&frame, 0, 0).unwrap();
        assert_same(&out, &content);
        assert_eq!((used, out.0.capacity), (frame.len(), out.len()));
        let limit = content.len() as u64;
        assert_same(&Decompressor::new(None).decompress_as(&frame, limit, 0).unwrap().0, &content);
        let failure = Decompressor::new(None).decompress_as(&frame, limit - 1, 0).unwrap_err();
        failure.is(ZST_ERROR_LIMIT, "more than max_output_size");
        assert_eq!(failure.expected, limit - 1);
    }
}

#[test]
fn damage_is_found_on_the_way() {
    let raw = raw::Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WRITE_CHECKSUM, 1)]);
    let mut frame = raw.compress(&vec![b'x'; 70 * MIB]);
    let decompressor = Decompressor::new(None);
    decompressor.decompress(&frame[..frame.len() - 1]).unwrap_err().is(ZST_ERROR_TRUNCATED, "full frame");
    *frame.last_mut().unwrap() ^= 1;
    decompressor.decompress(&frame).unwrap_err().is(ZST_ERROR_ZSTD, "decompression error: Restored data");
    let ignoring = Decompressor::with(&[(ZST_D_IGNORE_CHECKSUM, 1)]);
    assert_eq!(ignoring.decompress(&frame).unwrap().len(), 70 * MIB);
}

#[test]
fn thousands_of_flushed_blocks() {
    let (frame, content) = tiny_blocks(&[]);
    let decompressor = Decompressor::new(None);
    let out = decompressor.decompress(&frame).unwrap();
    assert_same(&out, &content);
    assert!(out.0.capacity < 2 * MIB);
    for limit in [content.len(), 70 * MIB, 1 << 40] {
        assert_same(&decompressor.decompress_as(&frame, limit as u64, 0).unwrap().0, &content);
    }
    let failure = decompressor.decompress_as(&frame, content.len() as u64 - 1, 0).unwrap_err();
    failure.is(ZST_ERROR_LIMIT, "max_output_size");
    let mut room = vec![0; content.len()];
    assert_eq!(decompressor.decompress_into(&frame, 0, 0, &mut room).unwrap().0, content.len());
    assert_same(&room, &content);
}

#[test]
fn thousands_of_flushed_blocks_with_a_dictionary() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let content = text(2, 60_000);
    let raw = raw::Compressor::of_level(3).load(trained(), raw::DictType::ZSTD_dct_auto);
    let frame = raw.compress_flushed(content.chunks(20));
    let decompressor = Decompressor::new(&dict);
    for _ in 0..2 {
        assert_same(&decompressor.decompress(&frame).unwrap(), &content);
        let plain = raw::unknown_size(b"plain");
        assert_same(&decompressor.decompress(&plain).unwrap(), b"plain");
    }
}

#[test]
fn without_magic() {
    let (frame, content) = tiny_blocks(&[(ZST_C_FORMAT, 1)]);
    assert_same(&Decompressor::with(&[(ZST_D_FORMAT, 1)]).decompress(&frame).unwrap(), &content);
}

#[test]
fn several_frames_of_both_kinds() {
    let (frame, content) = tiny_blocks(&[]);
    let sized = Compressor::new(3, None).compress(b"sized");
    let frames = [&sized[..], &frame, &sized, &frame].concat();
    let expected = [&b"sized"[..], &content, b"sized", &content].concat();
    let (out, used) = Decompressor::new(None).decompress_as(&frames, 0, ACROSS).unwrap();
    assert_same(&out, &expected);
    assert_eq!(used, frames.len());
    let limit = expected.len() as u64;
    assert_same(&Decompressor::new(None).decompress_as(&frames, limit, ACROSS).unwrap().0, &expected);
    let failure = Decompressor::new(None).decompress_as(&frames, limit - 1, ACROSS).unwrap_err();
    failure.is(ZST_ERROR_LIMIT, "max_output_size");
}

#[test]
fn an_empty_frame_fits_behind_content_that_reaches_the_limit() {
    let content = vec![b'x'; 65 * MIB];
    let empty = [Compressor::new(3, None).compress(b"").to_vec(), raw::unknown_size(b"")];
    for empty in empty {
        let frames = [raw::unknown_size(&content), empty].concat();
        let limit = content.len() as u64;
        let (out, used) = Decompressor::new(None).decompress_as(&frames, limit, ACROSS).unwrap();
        assert_eq!((out.len(), used), (content.len(), frames.len()));
    }
}

#[test]
fn a_recorded_size_needs_no_window_whatever_comes_before() {
    let (tiny, content) = tiny_blocks(&[(ZST_C_WINDOW_LOG, 17)]);
    let big = text(3, 3 * MIB);
    let frames = [tiny, Compressor::new(3, None).compress(&big).to_vec()].concat();
    let limited = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 128 << 10)]);
    let (out, _) = limited.decompress_as(&frames, 0, ACROSS).unwrap();
    assert_same(&out, &[content, big].concat());
}

#[test]
fn a_bomb_stops_at_the_limit() {
    // Runs of one byte: four bytes of input are 128 KiB of output, 8 GiB in all.
    let mut bomb = b"\x28\xb5\x2f\xfd\x00\x58".to_vec();
    let run = |last: u32| (last | 1 << 1 | (128 << 10) << 3).to_le_bytes();
    for block in 0..65_536 {
        bomb.extend_from_slice(&run(u32::from(block == 65_535))[..3]);
        bomb.push(b'x');
    }
    let decompressor = Decompressor::new(None);
    for limit in [1, 1000, MIB as u64, 70 * MIB as u64] {
        let failure = decompressor.decompress_as(&bomb, limit, 0).unwrap_err();
        failure.is(ZST_ERROR_LIMIT, "did not decompress full frame");
        assert_eq!(failure.expected, limit);
    }
    let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 5 * MIB as i64)]);
    limited.decompress(&bomb).unwrap_err().is(ZST_ERROR_LIMIT, "max_output_size, 5242880");
    let mut room = vec![0; MIB];
    let failure = decompressor.decompress_into(&bomb, 0, 0, &mut room).unwrap_err();
    failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "").numbers(8 << 30, MIB as u64);
}
