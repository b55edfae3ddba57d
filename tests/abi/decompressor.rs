//! `zst_decompressor`: one frame, many frames, limits, and what is wrong with the input.

use crate::raw;
use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::bytes::zst_slice;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompressor::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

const ACROSS: i32 = ZST_DECOMPRESS_READ_ACROSS_FRAMES;
const REFUSE: i32 = ZST_DECOMPRESS_REFUSE_EXTRA_DATA;
const REQUIRE: i32 = ZST_DECOMPRESS_REQUIRE_CONTENT_SIZE;

/// A skippable frame with the payload "abcd".
const SKIPPABLE: &[u8] = b"\x50\x2a\x4d\x18\x04\0\0\0abcd";

fn known(content: &[u8]) -> Vec<u8> {
    Compressor::new(3, None).compress(content).to_vec()
}

#[track_caller]
fn content(frames: &[u8], max_output_size: u64, flags: i32) -> (Vec<u8>, usize) {
    let decompressor = Decompressor::new(None);
    let (content, used) = decompressor.decompress_as(frames, max_output_size, flags).unwrap();
    let mut place = vec![0; content.len()];
    let into = decompressor.decompress_into(frames, max_output_size, flags, &mut place);
    assert_eq!(into.unwrap(), (content.len(), used));
    assert_same(&place, &content);
    (content.to_vec(), used)
}

#[test]
fn content_of_known_and_unknown_size() {
    for size in [0, 1, 300, 131_071, 131_072, 131_073, 1 << 20] {
        let source = text(1, size);
        for frame in [known(&source), raw::unknown_size(&source)] {
            assert_eq!(content(&frame, 0, 0), (source.clone(), frame.len()));
            assert_eq!(content(&frame, size.max(1) as u64, REQUIRE | REFUSE), (source.clone(), frame.len()));
        }
    }
}

#[test]
fn only_the_first_frame_or_all_of_them() {
    let (one, two) = (known(b"one"), raw::unknown_size(b"two"));
    let frames = [&one[..], &two, SKIPPABLE, &one].concat();
    assert_eq!(content(&frames, 0, 0), (b"one".to_vec(), one.len()));
    assert_eq!(content(&frames, 0, ACROSS), (b"onetwoone".to_vec(), frames.len()));
    assert_eq!(content(&frames, 9, ACROSS | REFUSE | REQUIRE), (b"onetwoone".to_vec(), frames.len()));
}

#[test]
fn skippable_frames_are_passed_over_everywhere() {
    let frame = known(b"content");
    for frames in [
        [SKIPPABLE, &frame].concat(),
        [SKIPPABLE, SKIPPABLE, &frame].concat(),
        [SKIPPABLE, &frame, SKIPPABLE].concat(),
        [&frame, SKIPPABLE].concat(),
    ] {
        assert_eq!(content(&frames, 0, ACROSS | REFUSE), (b"content".to_vec(), frames.len()));
        assert_eq!(content(&frames, 0, 0).0, b"content");
    }
    let frames = [SKIPPABLE, &frame, SKIPPABLE].concat();
    assert_eq!(content(&frames, 0, 0).1, SKIPPABLE.len() + frame.len());
    for frames in [SKIPPABLE.to_vec(), SKIPPABLE.repeat(3)] {
        assert_eq!(content(&frames, 0, REFUSE | REQUIRE), (vec![], frames.len()));
    }
}

#[test]
fn a_size_that_is_required_comes_first() {
    let frame = raw::unknown_size(&text(1, 300_000));
    for bad in [&frame[..], &frame[..frame.len() - 1], &frame[..7], &[&frame[..], b"junk"].concat()] {
        let failure = Decompressor::new(None).decompress_as(bad, 0, REQUIRE | REFUSE).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "could not determine content size in frame header");
    }
    let cut = [&known(b"one")[..], &frame[..7]].concat();
    let failure = Decompressor::new(None).decompress_as(&cut, 0, REQUIRE | ACROSS).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "could not determine content size in frame header");
    let failure = Decompressor::new(None).decompress_as(&frame[..7], 300_000, REQUIRE).unwrap_err();
    failure.is(ZST_ERROR_TRUNCATED, "did not decompress full frame");
}

#[test]
fn extra_data_is_ignored_or_refused() {
    for frame in [known(&[7; 300]), raw::unknown_size(&[7; 300])] {
        let input = [&frame[..], b"junk"].concat();
        for flags in [0, ACROSS] {
            assert_eq!(content(&input, 301, flags), (vec![7; 300], frame.len()));
            let failure = Decompressor::new(None).decompress_as(&input, 301, flags | REFUSE).unwrap_err();
            let text = "compressed input contains 4 bytes of unused data, which is disallowed";
            failure.is(ZST_ERROR_ZSTD, text);
            failure.numbers(0, 4);
        }
    }
    let input = [known(b"a"), known(b"b")].concat();
    let failure = Decompressor::new(None).decompress_as(&input, 0, REFUSE).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, &format!("{} bytes of unused data", known(b"b").len()));
}

#[test]
fn a_beginning_of_a_magic_is_extra_data_and_a_whole_one_is_a_cut_frame() {
    let (one, two) = (known(b"one"), known(b"two"));
    for cut in 1..two.len() {
        let input = [&one[..], &two[..cut]].concat();
        let outcome = Decompressor::new(None).decompress_as(&input, 0, ACROSS);
        if cut < 4 {
            assert_eq!(outcome.unwrap().1, one.len());
        } else {
            outcome.unwrap_err().is(ZST_ERROR_TRUNCATED, "did not decompress full frame");
        }
    }
}

#[test]
fn garbage_behind_skippable_frames_is_no_frame() {
    let failure = Decompressor::new(None).decompress(&[SKIPPABLE, b"junkjunk"].concat()).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "error determining content size from frame header: Unknown frame descriptor");
}

#[test]
fn input_that_is_no_frame() {
    let decompressor = Decompressor::new(None);
    let failure = decompressor.decompress(b"").unwrap_err();
    failure.is(ZST_ERROR_TRUNCATED, "error determining content size from frame header");
    for junk in [&b"j"[..], b"junk", b"some junk that is longer than any header", &[0; 100]] {
        let failure = decompressor.decompress(junk).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "error determining content size from frame header: Unknown frame descriptor");
        assert_eq!(failure.zstd_code, 10);
    }
}

#[test]
fn a_size_can_be_required() {
    let frame = raw::unknown_size(&[1; 300]);
    let text = "could not determine content size in frame header";
    let decompressor = Decompressor::new(None);
    decompressor.decompress_as(&frame, 0, REQUIRE).unwrap_err().is(ZST_ERROR_ZSTD, text);
    let frames = [known(b"x"), frame].concat();
    decompressor.decompress_as(&frames, 0, REQUIRE | ACROSS).unwrap_err().is(ZST_ERROR_ZSTD, text);
    assert_eq!(content(&frames, 0, REQUIRE).0, b"x");
}

#[test]
fn the_limit_is_for_unknown_sizes_or_for_the_sum() {
    let text = "did not decompress full frame";
    let (sized, unsized_) = (known(&[1; 300]), raw::unknown_size(&[1; 300]));
    let decompressor = Decompressor::new(None);
    assert_eq!(content(&sized, 10, 0).0.len(), 300);
    assert_eq!(content(&unsized_, 300, 0).0.len(), 300);
    for limit in [1, 299] {
        let failure = decompressor.decompress_as(&unsized_, limit, 0).unwrap_err();
        failure.is(ZST_ERROR_LIMIT, text);
        assert_eq!(failure.expected, limit);
        let failure = decompressor.decompress_as(&sized, limit, ACROSS).unwrap_err();
        failure.is(ZST_ERROR_LIMIT, text).numbers(limit, 300);
    }
    for pair in [[&sized, &sized], [&sized, &unsized_], [&unsized_, &sized], [&unsized_, &unsized_]] {
        let frames = [&pair[0][..], pair[1]].concat();
        assert_eq!(content(&frames, 600, ACROSS).0.len(), 600);
        for limit in [599, 300, 299, 1] {
            let failure = decompressor.decompress_as(&frames, limit, ACROSS).unwrap_err();
            failure.is(ZST_ERROR_LIMIT, text);
            assert_eq!(failure.expected, limit, "{failure:?}");
        }
    }
}

#[test]
fn the_limit_of_a_decompressor_is_for_everything() {
    let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 300)]);
    for make in [known as fn(&[u8]) -> Vec<u8>, |source| raw::unknown_size(source)] {
        assert_eq!(decompressor.decompress(&make(&[1; 300])).unwrap().len(), 300);
        let too_much = make(&[1; 301]);
        decompressor.decompress(&too_much).unwrap_err().is(ZST_ERROR_LIMIT, "max_output_size, 300");
        let failure = decompressor.decompress_as(&too_much, 1000, 0).unwrap_err();
        failure.is(ZST_ERROR_LIMIT, "max_output_size, 300");
        let frames = [make(&[1; 150]), make(&[1; 151])].concat();
        decompressor.decompress_as(&frames, 0, ACROSS).unwrap_err().is(ZST_ERROR_LIMIT, "300");
        let mut room = [0; 1000];
        decompressor.decompress_into(&too_much, 0, 0, &mut room).unwrap_err().is(ZST_ERROR_LIMIT, "300");
    }
}

#[test]
fn into_memory_of_the_caller() {
    let source = text(2, 5000);
    for frame in [known(&source), raw::unknown_size(&source)] {
        let mut room = vec![0x5A; 6000];
        let (len, used) = Decompressor::new(None).decompress_into(&frame, 0, 0, &mut room).unwrap();
        assert_eq!((len, used), (source.len(), frame.len()));
        assert_same(&room[..len], &source);
        for size in [0, 1, 2500, 4999] {
            let failure = Decompressor::new(None).decompress_into(&frame, 0, 0, &mut room[..size]).unwrap_err();
            failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "decompression error: Destination buffer is too small");
            assert_eq!(failure.actual, size as u64);
            assert!(failure.expected >= source.len() as u64);
            // What it says is enough.
            let mut enough = vec![0; failure.expected as usize];
            Decompressor::new(None).decompress_into(&frame, 0, 0, &mut enough).unwrap();
        }
    }
}

#[test]
fn a_place_that_is_too_small_is_not_touched_when_the_header_tells() {
    let mut room = [0x5A; 100];
    let failure = Decompressor::new(None).decompress_into(&known(&[1; 300]), 0, 0, &mut room).unwrap_err();
    failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "").numbers(300, 100);
    assert_eq!(room, [0x5A; 100]);
}

#[test]
fn a_place_that_is_too_small_for_several_frames() {
    let (sized, unsized_) = (known(&[1; 300]), raw::unknown_size(&[1; 300]));
    for pair in [[&sized, &sized], [&sized, &unsized_], [&unsized_, &sized], [&unsized_, &unsized_]] {
        let frames = [&pair[0][..], pair[1]].concat();
        for size in [0, 1, 299, 300, 301, 599] {
            let mut room = vec![0; size];
            let failure = Decompressor::new(None).decompress_into(&frames, 0, ACROSS, &mut room).unwrap_err();
            failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "decompression error: ");
            assert!(failure.expected >= 600, "{failure:?}");
        }
    }
}

#[test]
fn empty_frames_need_no_place() {
    for frame in [known(b""), raw::unknown_size(b""), SKIPPABLE.to_vec()] {
        let decompressor = Decompressor::new(None);
        let (len, used) = call2(|out, used, err| unsafe {
            let (src, len) = (frame.as_ptr().cast(), frame.len());
            zst_decompressor_decompress_into(decompressor.raw(), src, len, 0, 0, null_mut(), 0, out, used, err)
        })
        .unwrap();
        assert_eq!((len, used), (0, frame.len()));
    }
}

#[test]
fn windows_have_a_limit_where_the_size_is_unknown() {
    let source = text(3, 100_000);
    let frame = raw::unknown_size(&source);
    let limited = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    let failure = limited.decompress(&frame).unwrap_err();
    failure.is(ZST_ERROR_LIMIT, "Frame requires too much memory for decoding");
    assert_eq!((failure.expected, failure.zstd_code), (1024, 16));
    assert!(failure.actual > 65_536);
    let mut room = vec![0; 100_000];
    limited.decompress_into(&frame, 0, 0, &mut room).unwrap_err().is(ZST_ERROR_LIMIT, "too much memory");
    assert_same(&limited.decompress(&known(&source)).unwrap(), &source);
    let enough = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, failure.actual as i64)]);
    assert_same(&enough.decompress(&frame).unwrap(), &source);
}

#[test]
fn windows_of_2_gib_are_beyond_the_default() {
    let frame = raw::Compressor::with(&[(ZST_C_WINDOW_LOG, 31), (ZST_C_COMPRESSION_LEVEL, 1)])
        .compress_flushed([&b"content"[..]]);
    Decompressor::new(None).decompress(&frame).unwrap_err().is(ZST_ERROR_LIMIT, "too much memory");
    let wide = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1 << 31)]);
    assert_same(&wide.decompress(&frame).unwrap(), b"content");
}

#[test]
fn checksums_are_verified_unless_ignored() {
    let source = text(4, 3000);
    let mut frame = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    *frame.last_mut().unwrap() ^= 0x80;
    let failure = Decompressor::new(None).decompress(&frame).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "decompression error: Restored data doesn't match checksum");
    assert_eq!(failure.zstd_code, 22);
    let trusting = Decompressor::with(&[(ZST_D_IGNORE_CHECKSUM, 1)]);
    assert_same(&trusting.decompress(&frame).unwrap(), &source);
}

#[test]
fn frames_without_magic() {
    let compressor = Compressor::with(&[(ZST_C_FORMAT, ZST_FORMAT_ZSTD1_MAGICLESS)], None);
    let (one, two) = (compressor.compress(b"one"), compressor.compress(b"two"));
    let decompressor = Decompressor::with(&[(ZST_D_FORMAT, 1)]);
    assert_same(&decompressor.decompress(&one).unwrap(), b"one");
    let both = [&one[..], &two].concat();
    let (content, used) = decompressor.decompress_as(&both, 0, ACROSS | REFUSE).unwrap();
    assert_eq!((&*content, used), (&b"onetwo"[..], both.len()));
    Decompressor::new(None).decompress(&one).unwrap_err().is(ZST_ERROR_ZSTD, "Unknown frame descriptor");
}

#[test]
fn large_blocks_can_be_refused() {
    let frame = known(&text(5, 10_000));
    let strict = Decompressor::with(&[(ZST_D_MAX_BLOCK_SIZE, 1024)]);
    strict.decompress(&frame).unwrap_err().is(ZST_ERROR_ZSTD, "decompression error: ");
    let small = Compressor::with(&[(ZST_C_MAX_BLOCK_SIZE, 1024)], None).compress(&text(5, 10_000));
    assert_same(&strict.decompress(&small).unwrap(), &text(5, 10_000));
    let plain = Decompressor::with(&[(ZST_D_DISABLE_HUFFMAN_ASSEMBLY, 1)]);
    assert_same(&plain.decompress(&frame).unwrap(), &text(5, 10_000));
}

#[test]
fn a_failure_leaves_the_decompressor_usable() {
    let source = text(6, 50_000);
    let frame = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    let mut damaged = frame.clone();
    damaged[100..200].fill(0xFF);
    let decompressor = Decompressor::new(None);
    for _ in 0..3 {
        decompressor.decompress(&damaged).unwrap_err();
        decompressor.decompress(&frame[..1000]).unwrap_err();
        assert_same(&decompressor.decompress(&frame).unwrap(), &source);
    }
}

#[test]
fn the_short_cut_equals_the_long_way() {
    let short = |src: &[u8], max| {
        call(|out, err| unsafe { zst_decompress(src.as_ptr().cast(), src.len(), max, out, err) }).map(Bytes)
    };
    assert_same(&short(&known(b"abc"), 0).unwrap(), b"abc");
    assert_same(&short(&raw::unknown_size(b"abc"), 3).unwrap(), b"abc");
    short(&raw::unknown_size(b"abc"), 2).unwrap_err().is(ZST_ERROR_LIMIT, "max_output_size, 2");
    short(b"", 0).unwrap_err().is(ZST_ERROR_TRUNCATED, "error determining content size");
}

#[test]
fn memory_size_begins_with_that_of_an_idle_context() {
    let estimate = zst_estimate_decompression_context_size();
    assert_eq!(estimate, unsafe { zstd_sys::ZSTD_estimateDCtxSize() });
    let decompressor = Decompressor::new(None);
    // A context that another decompressor has left behind may have kept a window.
    assert!(decompressor.memory_size() >= estimate);
    decompressor.decompress(&known(&text(7, 1 << 20))).unwrap();
    assert!(decompressor.memory_size() >= estimate);
}

#[test]
fn unknown_flags_are_refused() {
    let frame = known(b"abc");
    for flags in [8, 16, 1 << 30, i32::MIN, -1] {
        let failure = Decompressor::new(None).decompress_as(&frame, 0, flags).unwrap_err();
        failure.is(ZST_ERROR_VALUE, "unknown flags: 0x");
        let failure = Decompressor::new(None).decompress_into(&frame, 0, flags, &mut [0; 9]).unwrap_err();
        failure.is(ZST_ERROR_VALUE, "unknown flags: 0x");
    }
}

#[test]
fn the_count_of_used_bytes_may_be_unwanted() {
    let (frame, decompressor) = (known(b"abc"), Decompressor::new(None));
    let (src, len) = (frame.as_ptr().cast(), frame.len());
    let bytes = call(|out, err| unsafe {
        zst_decompressor_decompress(decompressor.raw(), src, len, 0, 0, out, null_mut(), err)
    });
    assert_same(&Bytes(bytes.unwrap()), b"abc");
    let mut room = [0u8; 3];
    let dst = room.as_mut_ptr().cast();
    let size = call(|out, err| unsafe {
        zst_decompressor_decompress_into(decompressor.raw(), src, len, 0, 0, dst, 3, out, null_mut(), err)
    });
    assert_eq!((size.unwrap(), &room), (3, b"abc"));
}

#[test]
fn null_pointers_are_refused() {
    let frame = known(b"abc");
    let (src, len) = (frame.as_ptr().cast(), frame.len());
    let decompressor = Decompressor::new(None);
    let parameters = DecompressionParameters::new(&[]);
    let d = decompressor.raw();
    let mut room = [0u8; 9];
    let dst = room.as_mut_ptr().cast();
    let (handle, bytes, size, used) = (Untouched::new(), Untouched::new(), Untouched::new(), Untouched::new());
    let (out, out_len, out_used) = (bytes.ptr(), size.ptr(), used.ptr());
    let slice = [zst_slice { data: src, len }];
    unsafe {
        refuses_null("out", |err| zst_decompressor_new(null(), null_mut(), err));
        refuses_null("parameters", |err| zst_decompressor_new_from_parameters(null(), null(), handle.ptr(), err));
        refuses_null("out", |err| zst_decompressor_new_from_parameters(parameters.raw(), null(), null_mut(), err));
        refuses_null("decompressor", |err| zst_decompressor_decompress(null(), src, len, 0, 0, out, out_used, err));
        refuses_null("src", |err| zst_decompressor_decompress(d, null(), len, 0, 0, out, out_used, err));
        refuses_null("out", |err| zst_decompressor_decompress(d, src, len, 0, 0, null_mut(), out_used, err));
        refuses_null("decompressor", |err| {
            zst_decompressor_decompress_into(null(), src, len, 0, 0, dst, 9, out_len, out_used, err)
        });
        refuses_null("src", |err| {
            zst_decompressor_decompress_into(d, null(), len, 0, 0, dst, 9, out_len, out_used, err)
        });
        refuses_null("dst", |err| {
            zst_decompressor_decompress_into(d, src, len, 0, 0, null_mut(), 9, out_len, out_used, err)
        });
        refuses_null("out_len", |err| {
            zst_decompressor_decompress_into(d, src, len, 0, 0, dst, 9, null_mut(), out_used, err)
        });
        refuses_null("decompressor", |err| {
            zst_decompressor_decompress_content_dict_chain(null(), slice.as_ptr(), 1, out, err)
        });
        refuses_null("frames", |err| zst_decompressor_decompress_content_dict_chain(d, null(), 1, out, err));
        refuses_null("out", |err| {
            zst_decompressor_decompress_content_dict_chain(d, slice.as_ptr(), 1, null_mut(), err)
        });
        refuses_null("decompressor", |err| zst_decompressor_memory_size(null(), out_len, err));
        refuses_null("out_size", |err| zst_decompressor_memory_size(d, null_mut(), err));
        refuses_null("src", |err| zst_decompress(null(), len, 0, out, err));
        refuses_null("out", |err| zst_decompress(src, len, 0, null_mut(), err));
        zst_decompressor_free(null_mut());
    }
    assert_eq!(room, [0; 9]);
}

#[test]
fn impossible_lengths_and_overlaps_are_refused() {
    let d = Decompressor::new(None);
    let mut room = [0u8; 100];
    let place = room.as_mut_ptr();
    let (bytes, size) = (Untouched::new(), Untouched::new());
    let endless = [zst_slice { data: place.cast(), len: usize::MAX }];
    let (src, out, out_len) = (place.cast_const().cast(), bytes.ptr(), size.ptr());
    unsafe {
        refuses("src is more than any buffer can have", |err| {
            zst_decompressor_decompress(d.raw(), src, usize::MAX, 0, 0, out, null_mut(), err)
        });
        refuses("src is more than any buffer can have", |err| zst_decompress(src, usize::MAX, 0, out, err));
        refuses("dst is more than any buffer can have", |err| {
            let dst = place.cast();
            zst_decompressor_decompress_into(d.raw(), null(), 0, 0, 0, dst, usize::MAX, out_len, null_mut(), err)
        });
        refuses("src and dst overlap", |err| {
            let dst = place.add(49).cast();
            zst_decompressor_decompress_into(d.raw(), src, 50, 0, 0, dst, 50, out_len, null_mut(), err)
        });
        for count in [usize::MAX, usize::MAX / 16] {
            refuses("frames is more than any buffer can have", |err| {
                zst_decompressor_decompress_content_dict_chain(d.raw(), endless.as_ptr(), count, out, err)
            });
        }
        refuses("frames is more than any buffer can have", |err| {
            zst_decompressor_decompress_content_dict_chain(d.raw(), endless.as_ptr(), 1, out, err)
        });
    }
}
