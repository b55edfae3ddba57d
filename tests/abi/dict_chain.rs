//! `zst_decompressor_decompress_content_dict_chain`: each frame has the content before it as its dictionary.

use crate::raw;
use crate::support::*;
use std::ptr::null;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::status::*;

fn chain(contents: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut frames = vec![Compressor::new(3, None).compress(&contents[0]).to_vec()];
    for pair in contents.windows(2) {
        let dict = Dict::new(&pair[0], ZST_DICT_TYPE_RAWCONTENT);
        frames.push(Compressor::new(3, &dict).compress(&pair[1]).to_vec());
    }
    frames
}

fn decompress(frames: &[Vec<u8>]) -> Result<Bytes, Failure> {
    Decompressor::new(None).decompress_chain(&frames.iter().map(|frame| &frame[..]).collect::<Vec<_>>())
}

/// Fifty texts that compress only with the one before.
fn fifty() -> Vec<Vec<u8>> {
    let mut contents = vec![noise(1, 1000)];
    for n in 2..=50 {
        let mut next = contents.last().unwrap().clone();
        next.extend_from_slice(&noise(n, 10));
        contents.push(next);
    }
    contents
}

#[track_caller]
fn fails_at_2(broken: Vec<u8>, status: zst_status, text: &str) -> Failure {
    let mut frames = chain(&fifty()[..4]);
    frames[2] = broken;
    let failure = decompress(&frames).unwrap_err();
    failure.is(status, text);
    assert_eq!(failure.item_index, 2, "{failure:?}");
    failure
}

#[test]
fn every_length_up_to_fifty() {
    let contents = fifty();
    let frames = chain(&contents);
    assert!(frames[1..].iter().all(|frame| frame.len() < 100), "the prefix was not used");
    for len in 1..=50 {
        assert_same(&decompress(&frames[..len]).unwrap(), &contents[len - 1]);
    }
}

#[test]
fn contents_may_shrink_grow_and_be_empty() {
    let contents = [vec![], text(1, 100), vec![], text(2, 300_000), text(2, 10), vec![], text(3, 2 << 20)];
    let frames = chain(&contents);
    for len in 1..=contents.len() {
        assert_same(&decompress(&frames[..len]).unwrap(), &contents[len - 1]);
    }
}

#[test]
fn bytes_after_a_frame_are_ignored() {
    let mut frames = chain(&fifty()[..3]);
    for frame in &mut frames {
        frame.extend_from_slice(b"junk");
    }
    assert_same(&decompress(&frames).unwrap(), &fifty()[2]);
}

#[test]
fn the_decompressors_own_dictionary_is_not_used() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let decompressor = Decompressor::new(&dict);
    let frames = chain(&fifty()[..3]);
    let frames: Vec<_> = frames.iter().map(|frame| &frame[..]).collect();
    let with_dict = Compressor::new(3, &dict).compress(&text(4, 5000));
    for _ in 0..3 {
        assert_same(&decompressor.decompress_chain(&frames).unwrap(), &fifty()[2]);
        assert_same(&decompressor.decompress(&with_dict).unwrap(), &text(4, 5000));
    }
    let failure = decompressor.decompress_chain(&[&with_dict]).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "could not decompress chunk 0: Dictionary mismatch");
}

#[test]
fn nothing_is_no_chain() {
    let decompressor = Decompressor::new(None);
    let failure = call(|out, err| unsafe {
        zst_decompressor_decompress_content_dict_chain(decompressor.raw(), null(), 0, out, err)
    })
    .map(Bytes)
    .unwrap_err();
    failure.is(ZST_ERROR_VALUE, "empty input chain");
    assert_eq!(failure.item_index, u64::MAX);
}

#[test]
fn too_small_means_a_header_that_is_right_so_far() {
    let frame = &chain(&fifty()[..3])[2];
    for cut in 0..6 {
        let text = "chunk 2 is too small to contain a zstd frame";
        fails_at_2(frame[..cut].to_vec(), ZST_ERROR_VALUE, text);
    }
}

#[test]
fn what_is_no_frame() {
    let text = "chunk 2 is not a valid zstd frame";
    for junk in [&b"j"[..], b"junk", b"junkjunkjunk", b"\x50\x2a\x4d\x18\x04\0\0\0abcd"] {
        fails_at_2(junk.to_vec(), ZST_ERROR_VALUE, text);
    }
}

#[test]
fn a_size_must_be_recorded_and_possible() {
    let text = "chunk 2 missing content size in frame";
    fails_at_2(raw::unknown_size(b"abc"), ZST_ERROR_VALUE, text);
    let claiming = |size: u64| [&b"\x28\xb5\x2f\xfd\xe0"[..], &size.to_le_bytes(), b"\x09\0\0a"].concat();
    for size in [1 << 63, u64::MAX - 2] {
        fails_at_2(claiming(size), ZST_ERROR_VALUE, "chunk 2 is too large to decompress on this platform");
    }
    for size in [2, 1 << 32, 1 << 60, 1 << 62] {
        let failure =
            fails_at_2(claiming(size), ZST_ERROR_ZSTD, "could not decompress chunk 2: Data corruption detected");
        failure.numbers(1, size);
    }
}

#[test]
fn cut_and_damaged_frames() {
    let contents = fifty();
    let dict = Dict::new(&contents[1], ZST_DICT_TYPE_RAWCONTENT);
    let frame = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], &dict).compress(&contents[2]).to_vec();
    for cut in 10..frame.len() {
        fails_at_2(frame[..cut].to_vec(), ZST_ERROR_TRUNCATED, "chunk 2 did not decompress full frame");
    }
    let mut damaged = frame;
    *damaged.last_mut().unwrap() ^= 1;
    let failure =
        fails_at_2(damaged, ZST_ERROR_ZSTD, "could not decompress chunk 2: Restored data doesn't match checksum");
    assert_eq!(failure.zstd_code, 22);
}

#[test]
fn chunks_are_looked_at_when_they_are_reached() {
    let mut frames = chain(&fifty()[..3]);
    frames[1] = b"junk".to_vec();
    frames[2] = vec![];
    let failure = decompress(&frames).unwrap_err();
    failure.is(ZST_ERROR_VALUE, "chunk 1 is not a valid zstd frame");
    assert_eq!(failure.item_index, 1);
}

#[test]
fn every_content_has_the_limit() {
    let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 1015)]);
    let frames = chain(&fifty()[..3]);
    let frames: Vec<_> = frames.iter().map(|frame| &frame[..]).collect();
    assert_eq!(limited.decompress_chain(&frames[..2]).unwrap().len(), 1010);
    let failure = limited.decompress_chain(&frames).unwrap_err();
    failure.is(ZST_ERROR_LIMIT, "chunk 2").numbers(1015, 1020);
}

#[test]
fn without_magic() {
    let decompressor = Decompressor::with(&[(ZST_D_FORMAT, 1)]);
    let first = Compressor::with(&[(ZST_C_FORMAT, 1)], None).compress(&noise(1, 500));
    let dict = Dict::new(&noise(1, 500), ZST_DICT_TYPE_RAWCONTENT);
    let second = Compressor::with(&[(ZST_C_FORMAT, 1)], &dict).compress(&noise(1, 400));
    assert_same(&decompressor.decompress_chain(&[&first, &second]).unwrap(), &noise(1, 400));
}
