//! `zst_compressor`: one-shot compression. Frames with dictionaries are in `dictionary_frames`.

use crate::raw;
use crate::support::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_parameters::*;
use zst::ffi::compressor::*;
use zst::ffi::frame::zst_is_frame;
use zst::ffi::library::*;
use zst::ffi::status::*;

const SIZES: [usize; 13] = [0, 1, 2, 7, 100, 1000, 65_535, 65_536, 65_537, 131_071, 131_072, 131_073, 1 << 20];

#[test]
fn frames_are_those_of_libzstd_at_every_kind_of_level() {
    let source = text(1, 1 << 20);
    for level in [-131_072, -100, -5, -1, 0, 1, 2, 3, 6, 9, 12, 15, 17, 19, 22] {
        let (compressor, raw) = (Compressor::new(level, None), raw::Compressor::of_level(level));
        let decompressor = Decompressor::new(None);
        let sizes = if level <= 12 || level == 22 { &SIZES[..] } else { &SIZES[..12] };
        for &size in sizes {
            let source = &source[..size];
            let frame = compressor.compress(source);
            assert_same(&frame, &raw.compress(source));
            assert_same(&decompressor.decompress(&frame).unwrap(), source);
        }
    }
}

#[test]
fn what_does_not_compress_survives_too() {
    for size in SIZES {
        let source = noise(size as u64, size);
        let frame = Compressor::new(3, None).compress(&source);
        assert!(frame.len() <= zst_compress_bound(size));
        assert_same(&Decompressor::new(None).decompress(&frame).unwrap(), &source);
    }
}

#[test]
fn frames_are_those_of_libzstd_with_every_parameter() {
    let source = text(2, 300_000);
    let sets: &[&[(i32, i32)]] = &[
        &[],
        &[(ZST_C_WRITE_CHECKSUM, 1)],
        &[(ZST_C_WRITE_CONTENT_SIZE, 0)],
        &[(ZST_C_FORMAT, ZST_FORMAT_ZSTD1_MAGICLESS), (ZST_C_WRITE_CHECKSUM, 1)],
        &[(ZST_C_COMPRESSION_LEVEL, 19), (ZST_C_WINDOW_LOG, 12)],
        &[(ZST_C_WINDOW_LOG, 10), (ZST_C_HASH_LOG, 6), (ZST_C_CHAIN_LOG, 6)],
        &[(ZST_C_SEARCH_LOG, 5), (ZST_C_MIN_MATCH, 6), (ZST_C_TARGET_LENGTH, 64)],
        &[(ZST_C_STRATEGY, ZST_STRATEGY_BTULTRA2)],
        &[(ZST_C_STRATEGY, ZST_STRATEGY_FAST), (ZST_C_TARGET_LENGTH, 7)],
        &[(ZST_C_ENABLE_LDM, 1), (ZST_C_LDM_HASH_LOG, 12), (ZST_C_LDM_MIN_MATCH, 32)],
        &[(ZST_C_ENABLE_LDM, 1), (ZST_C_LDM_BUCKET_SIZE_LOG, 4), (ZST_C_LDM_HASH_RATE_LOG, 4)],
        &[(ZST_C_ENABLE_LDM, -1)],
        &[(ZST_C_TARGET_BLOCK_SIZE, 1400)],
        &[(ZST_C_MAX_BLOCK_SIZE, 2048)],
        &[(ZST_C_LITERAL_COMPRESSION_MODE, 2)],
        &[(ZST_C_SPLIT_AFTER_SEQUENCES, 1), (ZST_C_COMPRESSION_LEVEL, 9)],
        &[(ZST_C_BLOCK_SPLITTER_LEVEL, 6)],
        &[(ZST_C_USE_ROW_MATCH_FINDER, 2), (ZST_C_COMPRESSION_LEVEL, 7)],
        &[(ZST_C_SOURCE_SIZE_HINT, 1000)],
        &[(ZST_C_FORCE_MAX_WINDOW, 1)],
    ];
    for &values in sets {
        let (compressor, raw) = (Compressor::with(values, None), raw::Compressor::with(values));
        for size in [0, 1, 5000, 131_073, 300_000] {
            let frame = compressor.compress(&source[..size]);
            assert_eq!(*frame, raw.compress(&source[..size]), "{values:?}, {size} bytes");
        }
    }
}

#[test]
fn long_distance_matching_is_off_unless_it_is_asked_for() {
    let source = [noise(1, 300_000), text(1, 100_000), noise(1, 300_000)].concat();
    let sizes = |strategy| {
        // libzstd alone would choose it for this window and the strongest strategies.
        let values = [
            (ZST_C_WINDOW_LOG, 27),
            (ZST_C_STRATEGY, strategy),
            (ZST_C_HASH_LOG, 10),
            (ZST_C_CHAIN_LOG, 10),
            (ZST_C_WRITE_CONTENT_SIZE, 0),
        ];
        [0, 1, -1].map(|ldm| {
            let all = [&values[..], &[(ZST_C_ENABLE_LDM, ldm)]].concat();
            let frame = Compressor::with(&all, None).compress(&source);
            assert_same(&frame, &raw::Compressor::with(&all).compress(&source));
            if ldm == 0 {
                assert_same(&frame, &Compressor::with(&values, None).compress(&source));
            }
            frame.len()
        })
    };
    let [off, on, _] = sizes(ZST_STRATEGY_FAST);
    assert!(on + 200_000 < off, "off {off}, on {on}");
    sizes(ZST_STRATEGY_BTULTRA2);
}

#[test]
fn worker_threads_give_the_frames_of_libzstds_workers() {
    let source = text(3, 5 << 20);
    for (threads, job_size) in [(1, 0), (2, 512 << 10), (3, 1 << 20)] {
        let values = [(ZST_C_THREADS, threads), (ZST_C_JOB_SIZE, job_size), (ZST_C_WRITE_CHECKSUM, 1)];
        let (compressor, raw) = (Compressor::with(&values, None), raw::Compressor::with(&values));
        for size in [0, 1, 100_000, 512 << 10, (512 << 10) + 1, 5 << 20] {
            let frame = compressor.compress(&source[..size]);
            assert_eq!(*frame, raw.compress(&source[..size]), "{values:?}, {size} bytes");
            assert_same(&Decompressor::new(None).decompress(&frame).unwrap(), &source[..size]);
        }
    }
}

#[test]
fn rsyncable_frames_and_all_cpus() {
    let source = text(4, 3 << 20);
    let compressor = Compressor::with(&[(ZST_C_THREADS, -1), (ZST_C_RSYNCABLE, 1)], None);
    assert_same(&Decompressor::new(None).decompress(&compressor.compress(&source)).unwrap(), &source);
}

fn compress_into_with(values: &[(i32, i32)]) {
    for size in [0, 1, 1000, 200_000, 2 << 20] {
        let source = text(5, size);
        let compressor = Compressor::with(values, None);
        let frame = compressor.compress(&source);
        let mut dst = vec![0; zst_compress_bound(size)];
        for dst_len in [0, 1, frame.len() / 2, frame.len() - 1] {
            let failure = compressor.compress_into(&source, &mut dst[..dst_len]).unwrap_err();
            failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "cannot compress: Destination buffer is too small");
            failure.numbers(zst_compress_bound(size) as u64, dst_len as u64);
            assert_eq!(failure.zstd_code, 70);
        }
        // libzstd may want a few bytes more on the way than the frame has in the end, never more than the bound.
        match compressor.compress_into(&source, &mut dst[..frame.len()]) {
            Ok(len) => assert_same(&dst[..len], &frame),
            Err(failure) => drop(failure.is(ZST_ERROR_BUFFER_TOO_SMALL, "too small")),
        }
        let len = compressor.compress_into(&source, &mut dst).unwrap();
        assert_same(&dst[..len], &frame);
    }
}

#[test]
fn compress_into_fits_exactly_or_tells_what_is_enough() {
    compress_into_with(&[]);
}

/// libzstd's workers crash when a context is used again whose last frame was given up while they were busy.
#[test]
fn compress_into_too_small_with_worker_threads_can_be_repeated() {
    compress_into_with(&[(ZST_C_THREADS, 2), (ZST_C_JOB_SIZE, 512 << 10)]);
}

#[test]
fn compress_into_writes_nothing_behind_the_frame() {
    let source = text(6, 50_000);
    let mut dst = vec![0x5A; zst_compress_bound(source.len()) + 100];
    let room = dst.len() - 100;
    let len = Compressor::new(3, None).compress_into(&source, &mut dst[..room]).unwrap();
    assert!(len < room);
    assert!(dst[room..].iter().all(|&byte| byte == 0x5A));
}

#[test]
fn null_with_length_0_is_empty_input() {
    let empty = Compressor::new(3, None).compress(b"");
    let compressor = Compressor::new(3, None);
    let frame = call(|out, err| unsafe { zst_compressor_compress(compressor.raw(), null(), 0, out, err) });
    assert_same(&Bytes(frame.unwrap()), &empty);
    let frame = call(|out, err| unsafe { zst_compress(null(), 0, 3, out, err) });
    assert_same(&Bytes(frame.unwrap()), &empty);
    assert_eq!(unsafe { zst_is_frame(empty.as_ptr().cast(), empty.len()) }, 1);
}

#[test]
fn the_short_cut_equals_the_long_way() {
    let source = text(7, 20_000);
    for level in [-7, 0, 3, 22] {
        let frame =
            call(|out, err| unsafe { zst_compress(source.as_ptr().cast(), source.len(), level, out, err) }).unwrap();
        assert_same(&Bytes(frame), &Compressor::new(level, None).compress(&source));
    }
}

#[test]
fn levels_stop_at_22_and_begin_anywhere() {
    for level in [23, i32::MAX] {
        let failure = call(|out, err| unsafe { zst_compressor_new(level, null(), out, err) }).unwrap_err();
        failure.is(ZST_ERROR_VALUE, "level must be less than 23");
        let failure = call(|out, err| unsafe { zst_compress(null(), 0, level, out, err) }).map(Bytes).unwrap_err();
        failure.is(ZST_ERROR_VALUE, "level must be less than 23");
    }
    let source = text(8, 3000);
    let lowest = Compressor::new(-131_072, None).compress(&source);
    assert_same(&Compressor::new(i32::MIN, None).compress(&source), &lowest);
    assert_same(&Compressor::new(0, None).compress(&source), &Compressor::new(3, None).compress(&source));
}

#[test]
fn the_bound_is_that_of_libzstd() {
    for size in SIZES {
        assert_eq!(zst_compress_bound(size), unsafe { zstd_sys::ZSTD_compressBound(size) });
    }
    assert_eq!(zst_compress_bound(usize::MAX), 0);
}

#[test]
fn progression_is_zero_before_and_final_after() {
    let compressor = Compressor::new(3, None);
    assert_eq!(compressor.progression(), (0, 0, 0));
    let source = text(9, 123_456);
    let frame = compressor.compress(&source);
    assert_eq!(compressor.progression(), (123_456, 123_456, frame.len() as u64));
    let frame = compressor.compress(b"");
    assert_eq!(compressor.progression(), (0, 0, frame.len() as u64));
}

#[test]
fn memory_size_is_that_of_a_context_before_and_after() {
    let compressor = Compressor::new(19, None);
    let before = compressor.memory_size().unwrap();
    assert!(before > 100);
    compressor.compress(&text(10, 1 << 20));
    assert!(compressor.memory_size().unwrap() > (1 << 20).max(before));
    assert_eq!(compressor.progression().0, 1 << 20, "asking for the size is no operation");
}

#[test]
fn changing_parameters_does_not_change_compressors_made_before() {
    let parameters = CompressionParameters::new(&[(ZST_C_WRITE_CHECKSUM, 1)]);
    let compressor = Compressor::own(
        call(|out, err| unsafe { zst_compressor_new_from_parameters(parameters.raw(), null(), out, err) }).unwrap(),
    );
    let frame = compressor.compress(b"abc");
    parameters.set(ZST_C_WRITE_CHECKSUM, 0).unwrap();
    assert_same(&compressor.compress(b"abc"), &frame);
}

#[test]
fn null_pointers_are_refused() {
    let compressor = Compressor::new(3, None);
    let parameters = CompressionParameters::new(&[]);
    let src = b"abc".as_ptr().cast();
    let mut room = [0u8; 100];
    let dst = room.as_mut_ptr().cast();
    let (handle, bytes, len) = (Untouched::new(), Untouched::new(), Untouched::new());
    let progression = Untouched::new();
    unsafe {
        refuses_null("out", |err| zst_compressor_new(3, null(), null_mut(), err));
        refuses_null("parameters", |err| zst_compressor_new_from_parameters(null(), null(), handle.ptr(), err));
        refuses_null("out", |err| zst_compressor_new_from_parameters(parameters.raw(), null(), null_mut(), err));
        refuses_null("compressor", |err| zst_compressor_compress(null(), src, 3, bytes.ptr(), err));
        refuses_null("src", |err| zst_compressor_compress(compressor.raw(), null(), 3, bytes.ptr(), err));
        refuses_null("out", |err| zst_compressor_compress(compressor.raw(), src, 3, null_mut(), err));
        refuses_null("compressor", |err| zst_compressor_compress_into(null(), src, 3, dst, 100, len.ptr(), err));
        refuses_null("src", |err| zst_compressor_compress_into(compressor.raw(), null(), 3, dst, 100, len.ptr(), err));
        refuses_null("dst", |err| {
            zst_compressor_compress_into(compressor.raw(), src, 3, null_mut(), 100, len.ptr(), err)
        });
        refuses_null("out_len", |err| {
            zst_compressor_compress_into(compressor.raw(), src, 3, dst, 100, null_mut(), err)
        });
        refuses_null("compressor", |err| zst_compressor_frame_progression(null(), progression.ptr(), err));
        refuses_null("out", |err| zst_compressor_frame_progression(compressor.raw(), null_mut(), err));
        refuses_null("compressor", |err| zst_compressor_memory_size(null(), len.ptr(), err));
        refuses_null("out_size", |err| zst_compressor_memory_size(compressor.raw(), null_mut(), err));
        refuses_null("src", |err| zst_compress(null(), 3, 3, bytes.ptr(), err));
        refuses_null("out", |err| zst_compress(src, 3, 3, null_mut(), err));
        zst_compressor_free(null_mut());
    }
    assert_eq!(room, [0; 100]);
}

#[test]
fn impossible_lengths_and_overlaps_are_refused() {
    let compressor = Compressor::new(3, None);
    let mut room = [0u8; 100];
    let place = room.as_mut_ptr();
    let (bytes, len) = (Untouched::new(), Untouched::new());
    let too_long = |name| format!("{name} is more than any buffer can have");
    unsafe {
        refuses(&too_long("src"), |err| {
            zst_compressor_compress(compressor.raw(), place.cast(), usize::MAX, bytes.ptr(), err)
        });
        refuses(&too_long("src"), |err| zst_compress(place.cast(), usize::MAX, 3, bytes.ptr(), err));
        refuses(&too_long("src"), |err| {
            zst_compressor_compress_into(compressor.raw(), place.cast(), usize::MAX, place.cast(), 9, len.ptr(), err)
        });
        refuses(&too_long("dst"), |err| {
            zst_compressor_compress_into(compressor.raw(), null(), 0, place.cast(), usize::MAX, len.ptr(), err)
        });
        refuses("src and dst overlap", |err| {
            let dst = place.add(9).cast();
            zst_compressor_compress_into(compressor.raw(), place.cast(), 10, dst, 90, len.ptr(), err)
        });
        refuses("src and dst overlap", |err| {
            let src = place.add(89).cast();
            zst_compressor_compress_into(compressor.raw(), src, 10, place.cast(), 90, len.ptr(), err)
        });
    }
}
