//! Frames, looked at without decoding them.

use crate::raw;
use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::frame::*;
use zst::ffi::library::*;
use zst::ffi::status::*;
use zstd_sys as sys;

const ZSTD1: i32 = ZST_FORMAT_ZSTD1;
const MAGICLESS: i32 = ZST_FORMAT_ZSTD1_MAGICLESS;
const SKIPPABLE: &[u8] = b"\x53\x2a\x4d\x18\x04\0\0\0abcd";
/// No frame, in each way.
const JUNK: [&[u8]; 4] = [b"j", b"junk", b"junk that is longer than 18 bytes", &[0; 40]];

fn parameters(src: &[u8], format: i32) -> Result<zst_frame_parameters, Failure> {
    call(|out, err| unsafe { zst_get_frame_parameters(src.as_ptr().cast(), src.len(), format, out, err) })
}

fn header_size(src: &[u8], format: i32) -> Result<usize, Failure> {
    call(|out, err| unsafe { zst_frame_header_size(src.as_ptr().cast(), src.len(), format, out, err) })
}

fn content_size(src: &[u8], format: i32) -> Result<u64, Failure> {
    call(|out, err| unsafe { zst_frame_content_size(src.as_ptr().cast(), src.len(), format, out, err) })
}

fn compressed_size(src: &[u8], format: i32) -> Result<usize, Failure> {
    call(|out, err| unsafe { zst_frame_compressed_size(src.as_ptr().cast(), src.len(), format, out, err) })
}

fn bound(src: &[u8], format: i32) -> Result<u64, Failure> {
    call(|out, err| unsafe { zst_decompress_bound(src.as_ptr().cast(), src.len(), format, out, err) })
}

fn is_frame(src: &[u8]) -> (i32, i32) {
    unsafe { (zst_is_frame(src.as_ptr().cast(), src.len()), zst_is_skippable_frame(src.as_ptr().cast(), src.len())) }
}

fn write_skippable(payload: &[u8], variant: u32, dst: &mut [u8]) -> Result<usize, Failure> {
    let (payload, len) = (payload.as_ptr().cast(), payload.len());
    call(|out, err| unsafe {
        zst_write_skippable_frame(payload, len, variant, dst.as_mut_ptr().cast(), dst.len(), out, err)
    })
}

fn known(content: &[u8]) -> Vec<u8> {
    Compressor::new(3, None).compress(content).to_vec()
}

fn without_magic(content: &[u8]) -> Vec<u8> {
    Compressor::with(&[(ZST_C_FORMAT, MAGICLESS)], None).compress(content).to_vec()
}

#[test]
fn what_a_header_says() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let values = [(ZST_C_WRITE_CHECKSUM, 1), (ZST_C_WRITE_DICT_ID, 1)];
    let p = parameters(&Compressor::with(&values, &dict).compress(&text(1, 5000)), ZSTD1).unwrap();
    assert_eq!((p.content_size, p.window_size, p.dict_id), (5000, 5000, dict.id()));
    assert_eq!((p.has_checksum, p.frame_type, p.block_size_max, p.magic_variant), (1, ZST_FRAME_TYPE_ZSTD, 5000, 0));
    assert_eq!(p.header_size, 4 + 1 + 4 + 2);

    let p = parameters(&raw::unknown_size(&text(1, 200_000)), ZSTD1).unwrap();
    assert_eq!((p.content_size, p.dict_id, p.has_checksum), (ZST_CONTENTSIZE_UNKNOWN, 0, 0));
    assert_eq!((p.block_size_max, p.header_size), (131_072, 6));
    assert!(p.window_size >= 200_000);

    let p = parameters(SKIPPABLE, ZSTD1).unwrap();
    assert_eq!((p.content_size, p.window_size, p.dict_id, p.has_checksum), (4, 0, 0, 0));
    assert_eq!((p.frame_type, p.header_size, p.block_size_max), (ZST_FRAME_TYPE_SKIPPABLE, 8, 0));

    let p = parameters(&without_magic(b"abc"), MAGICLESS).unwrap();
    assert_eq!((p.content_size, p.header_size), (3, 2));
}

#[test]
fn eighteen_bytes_are_enough_and_fewer_tell_how_many() {
    for frame in [known(&text(1, 70_000)), raw::unknown_size(b"abc"), SKIPPABLE.to_vec()] {
        let size = parameters(&frame, ZSTD1).unwrap().header_size as usize;
        parameters(&frame[..size], ZSTD1).unwrap();
        for cut in 0..size {
            let failure = parameters(&frame[..cut], ZSTD1).err().unwrap();
            failure.is(ZST_ERROR_TRUNCATED, "not enough data for frame parameters; need ");
            assert!(failure.expected > cut as u64 && failure.expected <= 18 && failure.actual == cut as u64);
            // That many are indeed needed, and what they lead to is a header in the end.
            let more = failure.expected as usize;
            assert!(more <= frame.len() && parameters(&frame[..more - 1], ZSTD1).is_err());
        }
    }
}

#[test]
fn header_sizes() {
    for (frame, size) in [(known(b"abc"), 6), (known(&text(1, 300)), 7), (raw::unknown_size(b""), 6)] {
        assert_eq!(header_size(&frame[..5], ZSTD1).unwrap(), size);
    }
    assert_eq!(header_size(&without_magic(b"abc")[..1], MAGICLESS).unwrap(), 2);
    // The magic is not looked at.
    assert_eq!(header_size(b"junk\x20", ZSTD1).unwrap(), 6);
    for cut in 0..5 {
        let failure = header_size(&known(b"abc")[..cut], ZSTD1).unwrap_err();
        failure.is(ZST_ERROR_TRUNCATED, "could not determine frame header size: Src size is incorrect");
    }
    header_size(b"", MAGICLESS).unwrap_err().is(ZST_ERROR_TRUNCATED, "could not determine frame header size");
}

#[test]
fn content_sizes() {
    for size in [0, 1, 255, 256, 65_791, 65_792, 1 << 20] {
        assert_eq!(content_size(&known(&vec![0; size]), ZSTD1).unwrap(), size as u64);
        assert_eq!(content_size(&without_magic(&vec![0; size]), MAGICLESS).unwrap(), size as u64);
    }
    assert_eq!(content_size(&raw::unknown_size(b"abc"), ZSTD1).unwrap(), ZST_CONTENTSIZE_UNKNOWN);
    // What is recorded cannot be told from an error.
    let claim = [&b"\x28\xb5\x2f\xfd\xe0"[..], &ZST_CONTENTSIZE_ERROR.to_le_bytes()].concat();
    content_size(&claim, ZSTD1).unwrap_err().is(ZST_ERROR_ZSTD, "error when determining content size");
    assert_eq!(content_size(SKIPPABLE, ZSTD1).unwrap(), 0);
    for junk in JUNK {
        content_size(junk, ZSTD1).unwrap_err().is(ZST_ERROR_ZSTD, "error when determining content size");
    }
    for cut in 0..6 {
        let failure = content_size(&known(b"abc")[..cut], ZSTD1).unwrap_err();
        failure.is(ZST_ERROR_TRUNCATED, "error when determining content size");
    }
}

#[test]
fn sizes_of_whole_frames() {
    let checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&text(1, 300_000)).to_vec();
    for frame in [known(b""), known(&text(1, 300_000)), raw::unknown_size(b"abc"), checked, SKIPPABLE.to_vec()] {
        let more = [&frame[..], b"junk"].concat();
        assert_eq!(compressed_size(&frame, ZSTD1).unwrap(), frame.len());
        assert_eq!(compressed_size(&more, ZSTD1).unwrap(), frame.len());
        for cut in (0..frame.len()).step_by(frame.len() / 100 + 1) {
            assert_eq!(compressed_size(&frame[..cut], ZSTD1).unwrap_err().status, ZST_ERROR_TRUNCATED);
        }
    }
    assert_eq!(compressed_size(&without_magic(b"abc"), MAGICLESS).unwrap(), without_magic(b"abc").len());
    for junk in JUNK {
        compressed_size(junk, ZSTD1).unwrap_err().is(ZST_ERROR_ZSTD, "Unknown frame descriptor");
    }
}

#[test]
fn bounds_are_never_too_small_and_not_gullible() {
    for size in [0, 1, 1000, 131_073, 1 << 20] {
        let content = text(2, size);
        let frames = [known(&content), raw::unknown_size(&content)];
        assert_eq!(bound(&frames[0], ZSTD1).unwrap(), size as u64);
        let libzstd = unsafe { sys::ZSTD_decompressBound(frames[1].as_ptr().cast(), frames[1].len()) };
        assert!((size as u64..=libzstd).contains(&bound(&frames[1], ZSTD1).unwrap()));
        let all = [&frames[0][..], SKIPPABLE, &frames[1]].concat();
        assert_eq!(bound(&all, ZSTD1).unwrap(), size as u64 + bound(&frames[1], ZSTD1).unwrap());
        bound(&all[..all.len() - 1], ZSTD1).unwrap_err().is(ZST_ERROR_TRUNCATED, "");
        bound(&[&all[..], b"junk"].concat(), ZSTD1).unwrap_err().is(ZST_ERROR_ZSTD, "Unknown frame descriptor");
    }
    let lie = [&b"\x28\xb5\x2f\xfd\xe0"[..], &u64::to_le_bytes(1 << 60), b"\x09\0\0a"].concat();
    let failure = bound(&lie, ZSTD1).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "Data corruption detected").numbers(1, 1 << 60);
    assert_eq!(bound(b"", ZSTD1).unwrap(), 0);
    assert_eq!(bound(&without_magic(b"abc").repeat(2), MAGICLESS).unwrap(), 6);
}

#[test]
fn an_unknown_format_is_refused() {
    let frame = known(b"abc");
    for format in [-1, 2, i32::MIN, i32::MAX] {
        let text = format!("Parameter is out of bound: format is {format}, allowed are 0 to 1");
        parameters(&frame, format).err().unwrap().is(ZST_ERROR_ZSTD, "cannot get frame parameters: ");
        parameters(&frame, format).err().unwrap().is(ZST_ERROR_ZSTD, &text);
        header_size(&frame, format).unwrap_err().is(ZST_ERROR_ZSTD, &text);
        content_size(&frame, format).unwrap_err().is(ZST_ERROR_ZSTD, &text);
        compressed_size(&frame, format).unwrap_err().is(ZST_ERROR_ZSTD, &text);
        bound(&frame, format).unwrap_err().is(ZST_ERROR_ZSTD, &text);
    }
}

#[test]
fn junk_is_recognised_by_its_first_byte() {
    for junk in JUNK {
        let failure = parameters(junk, ZSTD1).err().unwrap();
        failure.is(ZST_ERROR_ZSTD, "cannot get frame parameters: Unknown frame descriptor");
        assert_eq!(failure.zstd_code, 10);
        assert_eq!(is_frame(junk), (0, 0));
    }
}

#[test]
fn is_it_a_frame() {
    assert_eq!(is_frame(&known(b"")), (1, 0));
    assert_eq!(is_frame(SKIPPABLE), (1, 1));
    assert_eq!(is_frame(&SKIPPABLE[..4]), (1, 1));
    assert_eq!(is_frame(&SKIPPABLE[..3]), (0, 0));
    for variant in 0..=255 {
        let magic = [variant, 0x2a, 0x4d, 0x18];
        let expected = i32::from(variant >> 4 == 5);
        assert_eq!(is_frame(&magic), (expected, expected));
    }
    unsafe {
        assert_eq!((zst_is_frame(null(), 0), zst_is_frame(null(), 9)), (0, 0));
        assert_eq!((zst_is_skippable_frame(null(), 0), zst_is_skippable_frame(null(), 9)), (0, 0));
    }
}

#[test]
fn skippable_frames_there_and_back() {
    for payload in [vec![], b"abcd".to_vec(), noise(1, 100_000)] {
        for variant in 0..16 {
            let mut frame = vec![0; payload.len() + 8];
            assert_eq!(write_skippable(&payload, variant, &mut frame).unwrap(), frame.len());
            assert_eq!(frame[0], 0x50 + variant as u8);
            let mut found = 99;
            let (data, len) = call2(|data, len, err| unsafe {
                zst_read_skippable_frame(frame.as_ptr().cast(), frame.len(), data, len, &mut found, err)
            })
            .unwrap();
            assert_eq!((data, len, found), (frame[8..].as_ptr(), payload.len(), variant));
            assert_same(&frame[8..], &payload);
        }
    }
}

#[test]
fn skippable_frames_that_cannot_be_written() {
    let mut room = [0x5A; 11];
    for len in 0..12 {
        let failure = write_skippable(b"abcd", 0, &mut room[..len.min(11)]).unwrap_err();
        failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "Destination buffer is too small").numbers(12, len.min(11) as u64);
    }
    assert_eq!(room, [0x5A; 11]);
    for variant in [16, u32::MAX] {
        let failure = write_skippable(b"", variant, &mut room).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, &format!("magic_variant is {variant}, allowed are 0 to 15"));
    }
}

#[test]
fn skippable_frames_that_cannot_be_read() {
    let read = |src: &[u8]| {
        call2(|data, len, err| unsafe {
            zst_read_skippable_frame(src.as_ptr().cast(), src.len(), data, len, null_mut(), err)
        })
    };
    assert_eq!(read(SKIPPABLE).unwrap().1, 4);
    for other in [&known(b"abc")[..], b"", b"junk", &SKIPPABLE[..3]] {
        read(other).unwrap_err().is(ZST_ERROR_VALUE, "not a skippable frame");
    }
    for cut in 4..SKIPPABLE.len() {
        assert_eq!(read(&SKIPPABLE[..cut]).unwrap_err().status, ZST_ERROR_TRUNCATED);
    }
}

#[test]
fn null_pointers_are_refused() {
    let src = SKIPPABLE.as_ptr().cast();
    let mut room = [0u8; 20];
    let dst = room.as_mut_ptr().cast();
    let (header, size, wide) = (Untouched::new(), Untouched::new(), Untouched::new());
    let (data, variant) = (Untouched::new(), Untouched::new());
    unsafe {
        refuses_null("src", |err| zst_get_frame_parameters(null(), 12, 0, header.ptr(), err));
        refuses_null("out", |err| zst_get_frame_parameters(src, 12, 0, null_mut(), err));
        refuses_null("src", |err| zst_frame_header_size(null(), 12, 0, size.ptr(), err));
        refuses_null("out_size", |err| zst_frame_header_size(src, 12, 0, null_mut(), err));
        refuses_null("src", |err| zst_frame_content_size(null(), 12, 0, wide.ptr(), err));
        refuses_null("out_size", |err| zst_frame_content_size(src, 12, 0, null_mut(), err));
        refuses_null("src", |err| zst_frame_compressed_size(null(), 12, 0, size.ptr(), err));
        refuses_null("out_size", |err| zst_frame_compressed_size(src, 12, 0, null_mut(), err));
        refuses_null("src", |err| zst_decompress_bound(null(), 12, 0, wide.ptr(), err));
        refuses_null("out_size", |err| zst_decompress_bound(src, 12, 0, null_mut(), err));
        refuses_null("payload", |err| zst_write_skippable_frame(null(), 4, 0, dst, 20, size.ptr(), err));
        refuses_null("dst", |err| zst_write_skippable_frame(src, 4, 0, null_mut(), 20, size.ptr(), err));
        refuses_null("out_len", |err| zst_write_skippable_frame(src, 4, 0, dst, 20, null_mut(), err));
        refuses_null("src", |err| zst_read_skippable_frame(null(), 12, data.ptr(), size.ptr(), variant.ptr(), err));
        refuses_null("out_payload", |err| {
            zst_read_skippable_frame(src, 12, null_mut(), size.ptr(), variant.ptr(), err)
        });
        refuses_null("out_payload_len", |err| {
            zst_read_skippable_frame(src, 12, data.ptr(), null_mut(), variant.ptr(), err)
        });
    }
    assert_eq!(room, [0; 20]);
}

#[test]
fn impossible_lengths_are_refused() {
    let src = SKIPPABLE.as_ptr().cast();
    let (header, size, wide) = (Untouched::new(), Untouched::new(), Untouched::new());
    let text = "src is more than any buffer can have";
    unsafe {
        refuses(text, |err| zst_get_frame_parameters(src, usize::MAX, 0, header.ptr(), err));
        refuses(text, |err| zst_frame_header_size(src, usize::MAX, 0, size.ptr(), err));
        refuses(text, |err| zst_frame_content_size(src, usize::MAX, 0, wide.ptr(), err));
        refuses(text, |err| zst_frame_compressed_size(src, usize::MAX, 0, size.ptr(), err));
        refuses(text, |err| zst_decompress_bound(src, usize::MAX, 0, wide.ptr(), err));
        assert_eq!(zst_is_frame(src, usize::MAX), 0);
    }
}
