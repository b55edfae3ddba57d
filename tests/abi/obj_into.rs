//! The forms of the objs that fill a buffer of the caller's: the same bytes, in the portions that fit.

use crate::compression_obj::steps;
use crate::raw;
use crate::support::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_obj::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_obj::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

const FINISH: i32 = ZST_COMPRESSOBJ_FLUSH_FINISH;
const BLOCK: i32 = ZST_COMPRESSOBJ_FLUSH_BLOCK;

/// What was put into a buffer of this size, behind which nothing was written, and the function's second output.
fn filled<T>(
    size: usize,
    function: impl FnOnce(*mut u8, *mut usize, *mut T, Err) -> zst_status,
) -> Result<(Vec<u8>, T), Failure> {
    let mut buffer = vec![0x5A; size + 16];
    let (len, second) = call2(|len, second, err| function(buffer.as_mut_ptr(), len, second, err))?;
    assert!(len <= size);
    assert_eq!(buffer[len.max(size)..], [0x5A; 16]);
    buffer.truncate(len);
    Ok((buffer, second))
}

/// What became ready, and how much of `src` was used.
fn compress_into(obj: &CompressionObj, src: &[u8], size: usize) -> Result<(Vec<u8>, usize), Failure> {
    filled(size, |dst, len, used, err| unsafe {
        zst_compression_obj_compress_into(obj.raw(), src.as_ptr().cast(), src.len(), dst.cast(), size, len, used, err)
    })
}

/// What became ready, and whether that was all.
fn flush_into(obj: &CompressionObj, mode: i32, size: usize) -> Result<(Vec<u8>, bool), Failure> {
    let (ready, status) = filled(size, |dst, len, success: *mut usize, err| {
        let status = unsafe { zst_compression_obj_flush_into(obj.raw(), mode, dst.cast(), size, len, err) };
        if status < 0 {
            return status;
        }
        unsafe { success.write(status as usize) };
        ZST_OK
    })?;
    Ok((ready, status == ZST_DONE as usize))
}

fn decompress_into(obj: &DecompressionObj, src: &[u8], size: usize) -> Result<(Vec<u8>, usize), Failure> {
    filled(size, |dst, len, used, err| unsafe {
        zst_decompression_obj_decompress_into(
            obj.raw(),
            src.as_ptr().cast(),
            src.len(),
            dst.cast(),
            size,
            len,
            used,
            err,
        )
    })
}

/// All of `src`, in portions.
#[track_caller]
fn compress_all(obj: &CompressionObj, src: &[u8], size: usize, frame: &mut Vec<u8>) {
    let mut rest = src;
    while !rest.is_empty() {
        let (ready, used) = compress_into(obj, rest, size).unwrap();
        assert!(used == rest.len() || ready.len() == size, "it stopped although there was room");
        frame.extend(ready);
        rest = &rest[used..];
    }
}

/// All that was taken in, in portions.
#[track_caller]
fn flush_all(obj: &CompressionObj, mode: i32, size: usize, frame: &mut Vec<u8>) {
    loop {
        let (ready, done) = flush_into(obj, mode, size).unwrap();
        assert!(done || ready.len() == size, "it stopped although there was room");
        frame.extend(ready);
        if done {
            return;
        }
    }
}

/// The content until the end, or until it fails, and how much of `src` was used.
fn decompress_all(obj: &DecompressionObj, src: &[u8], piece: usize, size: usize) -> (Vec<u8>, Result<usize, Failure>) {
    let (mut content, mut all_used) = (Vec::new(), 0);
    for piece in src.chunks(piece) {
        let mut rest = piece;
        loop {
            match decompress_into(obj, rest, size) {
                Ok((more, used)) => {
                    let full = more.len() == size;
                    content.extend(more);
                    all_used += used;
                    rest = &rest[used..];
                    if obj.eof() {
                        return (content, Ok(all_used));
                    }
                    if rest.is_empty() && !full {
                        break;
                    }
                }
                Err(failure) => return (content, Err(failure)),
            }
        }
    }
    (content, Ok(all_used))
}

#[test]
fn frames_are_the_same_in_any_portions() {
    let source = text(1, 700);
    let compressor = Compressor::new(3, None);
    let steps = steps(&source, 250, 2);
    let expected = raw_stream(&[], None, None, &steps);
    for size in (1..=expected.len() + 1).chain([10_000]) {
        let obj = CompressionObj::new(&compressor, None);
        let mut frame = Vec::new();
        for &step in &steps {
            match step {
                Do::Feed(src) => compress_all(&obj, src, size, &mut frame),
                Do::Block => flush_all(&obj, BLOCK, size, &mut frame),
            }
        }
        flush_all(&obj, FINISH, size, &mut frame);
        assert_same(&frame, &expected);
        obj.finish().unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
    }
}

#[test]
fn frames_of_all_settings() {
    for (name, values) in settings() {
        let threads = values.iter().any(|&(id, _)| id == ZST_C_THREADS);
        let source = noise(2, if threads { 1_200_000 } else { 50_000 });
        let compressor = Compressor::with(&values, None);
        for declared in [None, Some(source.len() as u64)] {
            let expected = raw_stream(&values, None, declared, &[Do::Feed(&source)]);
            for size in [1000, 131_591, source.len() + 1000] {
                let obj = CompressionObj::new(&compressor, declared);
                let mut frame = Vec::new();
                compress_all(&obj, &source, size, &mut frame);
                flush_all(&obj, FINISH, size, &mut frame);
                assert!(frame == expected, "{name}, {declared:?}, portions of {size}");
            }
        }
    }
}

#[test]
fn what_is_ready_and_had_no_room_comes_without_input() {
    let source = noise(3, 200_000);
    let compressor = Compressor::new(3, None);
    let (one, other) = (CompressionObj::new(&compressor, None), CompressionObj::new(&compressor, None));
    let expected = one.compress(&source).unwrap();
    let (mut frame, used) = compress_into(&other, &source, 131_000).unwrap();
    compress_all(&other, &source[used..], 131_000, &mut frame);
    while let (ready, 0) = compress_into(&other, &[], 100).unwrap()
        && !ready.is_empty()
    {
        frame.extend(ready);
    }
    assert_same(&frame, &expected);
    // It has no effect otherwise.
    let fresh = CompressionObj::new(&compressor, None);
    assert_eq!(compress_into(&fresh, &[], 100).unwrap(), (vec![], 0));
}

#[test]
fn both_forms_may_be_mixed() {
    let source = noise(3, 300_000);
    let compressor = Compressor::new(3, None);
    let obj = CompressionObj::new(&compressor, None);
    let expected = raw_stream(
        &[],
        None,
        None,
        &[Do::Feed(&source[..200_000]), Do::Block, Do::Feed(&source[200_000..]), Do::Block],
    );
    let (mut frame, used) = compress_into(&obj, &source[..200_000], 10).unwrap();
    frame.extend_from_slice(&obj.compress(&source[used..200_000]).unwrap());
    // A flush that was begun in one form is completed by the other.
    let (ready, done) = flush_into(&obj, BLOCK, 10).unwrap();
    assert!(!done);
    frame.extend(ready);
    frame.extend_from_slice(&obj.block().unwrap());
    compress_all(&obj, &source[200_000..], 7, &mut frame);
    frame.extend_from_slice(&obj.block().unwrap());
    let (ready, done) = flush_into(&obj, FINISH, 1).unwrap();
    assert!(!done);
    frame.extend(ready);
    frame.extend_from_slice(&obj.finish().unwrap());
    assert_same(&frame, &expected);

    for flags in [0, ACROSS] {
        let obj = DecompressionObj::new(&Decompressor::new(None), flags);
        let (mut content, used) = decompress_into(&obj, &frame, 100_001).unwrap();
        assert_eq!(content.len(), 100_001);
        content.extend_from_slice(&obj.decompress(&frame[used..frame.len() - 1]).unwrap().0);
        content.extend(decompress_into(&obj, &frame[frame.len() - 1..], 10).unwrap().0);
        assert_same(&content, &source);
        assert!(obj.at_frame_end() && obj.eof() == (flags == 0));
    }
}

#[test]
fn a_finish_that_needs_another_call_lets_nothing_else_happen() {
    let obj = CompressionObj::new(&Compressor::new(3, None), None);
    assert!(compress_into(&obj, b"foobar", 100).unwrap().0.is_empty());
    let (mut frame, done) = flush_into(&obj, FINISH, 5).unwrap();
    assert!(!done && frame.len() == 5);
    compress_into(&obj, b"x", 5).unwrap_err().is(ZST_ERROR_STATE, "cannot call compress() after compressor finished");
    obj.compress(b"").unwrap_err().is(ZST_ERROR_STATE, "cannot call compress() after compressor finished");
    flush_into(&obj, BLOCK, 5).unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
    obj.block().unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
    flush_into(&obj, FINISH, 0).unwrap_err().is(ZST_ERROR_VALUE, "dst_len must be positive");
    flush_all(&obj, FINISH, 10, &mut frame);
    assert_same(&decode(&[], None, &frame), b"foobar");
    assert_eq!(obj.progression(), (6, 6, 15));
    for mode in [FINISH, BLOCK] {
        flush_into(&obj, mode, 5).unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
    }
    compress_into(&obj, b"", 5).unwrap_err().is(ZST_ERROR_STATE, "cannot call compress() after compressor finished");
    for mode in [-1, 2, i32::MAX] {
        flush_into(&obj, mode, 5).unwrap_err().is(ZST_ERROR_VALUE, "flush mode not recognized");
    }
}

#[test]
fn nothing_compressed_is_an_empty_frame() {
    for declared in [None, Some(10)] {
        for size in 1..12 {
            let obj = CompressionObj::new(&Compressor::new(3, None), declared);
            assert_eq!(compress_into(&obj, b"", size).unwrap(), (vec![], 0));
            let mut frame = Vec::new();
            flush_all(&obj, FINISH, size, &mut frame);
            assert_same(&frame, EMPTY_FRAME);
        }
    }
}

#[test]
fn wrong_declared_sizes() {
    let source = noise(4, 500_000);
    let obj = CompressionObj::new(&Compressor::new(3, None), Some(1000));
    let (text, mut rest) = ("zstd compress error: Src size is incorrect", &source[..]);
    let failure = loop {
        match compress_into(&obj, rest, 100) {
            Ok((_, used)) => rest = &rest[used..],
            Err(failure) => break failure,
        }
    };
    failure.is(ZST_ERROR_ZSTD, text);
    for src in [&b"x"[..], b""] {
        compress_into(&obj, src, 100).unwrap_err().is(ZST_ERROR_ZSTD, text);
        obj.compress(src).unwrap_err().is(ZST_ERROR_ZSTD, text);
    }
    for mode in [BLOCK, FINISH] {
        let failure = flush_into(&obj, mode, 100).unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "error ending compression stream: Src size is incorrect");
    }
    flush_into(&obj, FINISH, 100).unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");

    let obj = CompressionObj::new(&Compressor::new(3, None), Some(1000));
    compress_into(&obj, b"too little", 100).unwrap();
    let failure = flush_into(&obj, FINISH, 100).unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "error ending compression stream: Src size is incorrect");
    flush_into(&obj, FINISH, 100).unwrap_err().is(ZST_ERROR_STATE, "compressor object already finished");
}

#[test]
fn content_is_the_same_in_any_portions() {
    let source = text(5, 400);
    let f = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    let u = raw::unknown_size(&source);
    for frame in [&f, &u] {
        for size in (1..10).chain(398..=402).chain([5000]) {
            for piece in [1, 100, frame.len()] {
                let input = [&frame[..], b"junk"].concat();
                let obj = DecompressionObj::new(&Decompressor::new(None), 0);
                let (content, used) = decompress_all(&obj, &input, piece, size);
                assert_same(&content, &source);
                assert_eq!((used.unwrap(), obj.eof(), obj.at_frame_end()), (frame.len(), true, true));
                for src in [&b""[..], b"x"] {
                    let failure = decompress_into(&obj, src, size).unwrap_err();
                    failure.is(ZST_ERROR_STATE, "cannot use a decompressobj multiple times");
                }
            }
        }
    }
    let input = [SKIPPABLE, &f, EMPTY_FRAME, &u, SKIPPABLE, &f, EMPTY_FRAME].concat();
    for size in [1, 2, 399, 400, 401, 800, 1200, 5000] {
        for piece in (1..20).chain([input.len()]) {
            let obj = DecompressionObj::new(&Decompressor::new(None), ACROSS);
            let (content, used) = decompress_all(&obj, &input, piece, size);
            assert_same(&content, &source.repeat(3));
            assert_eq!((used.unwrap(), obj.eof(), obj.at_frame_end()), (input.len(), false, true));
            assert_eq!(decompress_into(&obj, b"", size).unwrap(), (vec![], 0));
        }
    }
}

#[test]
fn an_error_comes_after_the_content_before_it() {
    let source = text(6, 1000);
    let good = Compressor::new(3, None).compress(&source).to_vec();
    let mut damaged = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    for size in [1, 10, 999, 1000, 1001, 3000] {
        for (bad, times) in [(&b"no frame"[..], 1), (&damaged, 2)] {
            let input = [&good, bad].concat();
            for piece in [1, 100, input.len()] {
                let obj = DecompressionObj::new(&Decompressor::new(None), ACROSS);
                let (content, failed) = decompress_all(&obj, &input, piece, size);
                // libzstd keeps what it decodes in the very call that meets the damage.
                assert!(content.len() >= if piece == 1 || size < 1000 { 1000 * times } else { 1000 });
                assert_same(&content, &source.repeat(times)[..content.len()]);
                let failure = failed.unwrap_err();
                failure.is(ZST_ERROR_ZSTD, "zstd decompressor error: ");
                for src in [&b""[..], b"x", &good] {
                    assert_eq!(decompress_into(&obj, src, size).unwrap_err().message, failure.message);
                    assert_eq!(obj.decompress(src).unwrap_err().message, failure.message);
                }
                assert!(!obj.eof() && !obj.at_frame_end());
            }
        }
        for limit in [1, 500, 999, 1000, 1500] {
            let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
            let obj = DecompressionObj::new(&limited, ACROSS);
            let (content, failed) = decompress_all(&obj, &good.repeat(2), 100, size);
            failed.unwrap_err().is(ZST_ERROR_LIMIT, "max_output_size");
            assert_same(&content, &source.repeat(2)[..limit as usize]);
        }
    }
}

#[test]
fn wrong_arguments() {
    let compression = CompressionObj::new(&Compressor::new(3, None), None);
    let decompression = DecompressionObj::new(&Decompressor::new(None), 0);
    compress_into(&compression, b"abc", 0).unwrap_err().is(ZST_ERROR_VALUE, "dst_len must be positive");
    for mode in [BLOCK, FINISH] {
        flush_into(&compression, mode, 0).unwrap_err().is(ZST_ERROR_VALUE, "dst_len must be positive");
    }
    decompress_into(&decompression, EMPTY_FRAME, 0).unwrap_err().is(ZST_ERROR_VALUE, "dst_len must be positive");

    let mut buffer = [7u8; 30];
    let start = buffer.as_mut_ptr();
    let at = |offset: usize| start.wrapping_add(offset);
    let (len, used) = (Untouched::new(), Untouched::new());
    let compress = |obj, src: *const u8, src_len, dst: *mut u8, dst_len, err| unsafe {
        zst_compression_obj_compress_into(obj, src.cast(), src_len, dst.cast(), dst_len, len.ptr(), used.ptr(), err)
    };
    let decompress = |obj, src: *const u8, src_len, dst: *mut u8, dst_len, err| unsafe {
        zst_decompression_obj_decompress_into(obj, src.cast(), src_len, dst.cast(), dst_len, len.ptr(), used.ptr(), err)
    };
    let flush = |obj, dst: *mut u8, dst_len, err| unsafe {
        zst_compression_obj_flush_into(obj, 0, dst.cast(), dst_len, len.ptr(), err)
    };
    let (c, d) = (compression.raw(), decompression.raw());
    refuses_null("obj", |err| compress(null(), at(0), 10, at(20), 10, err));
    refuses_null("src", |err| compress(c, null(), 10, at(20), 10, err));
    refuses_null("dst", |err| compress(c, at(0), 10, null_mut(), 10, err));
    refuses("src is more than any buffer can have", |err| compress(c, at(0), usize::MAX, at(20), 10, err));
    refuses("dst is more than any buffer can have", |err| compress(c, at(0), 10, at(20), usize::MAX, err));
    refuses_null("obj", |err| decompress(null(), at(0), 10, at(20), 10, err));
    refuses_null("src", |err| decompress(d, null(), 10, at(20), 10, err));
    refuses_null("dst", |err| decompress(d, at(0), 10, null_mut(), 10, err));
    refuses("dst is more than any buffer can have", |err| decompress(d, at(0), 10, at(20), usize::MAX, err));
    refuses_null("obj", |err| flush(null(), at(0), 10, err));
    refuses_null("dst", |err| flush(c, null_mut(), 10, err));
    for (src, dst) in [(0, 0), (0, 9), (9, 0), (5, 5)] {
        refuses("src and dst overlap", |err| compress(c, at(src), 10, at(dst), 10, err));
        refuses("src and dst overlap", |err| decompress(d, at(src), 10, at(dst), 10, err));
    }
    let dst = start.cast();
    let src = EMPTY_FRAME.as_ptr().cast();
    refuses_null("out_len", |err| unsafe {
        zst_compression_obj_compress_into(c, src, 9, dst, 9, null_mut(), used.ptr(), err)
    });
    refuses_null("out_src_used", |err| unsafe {
        zst_compression_obj_compress_into(c, src, 9, dst, 9, len.ptr(), null_mut(), err)
    });
    refuses_null("out_len", |err| unsafe { zst_compression_obj_flush_into(c, 0, dst, 9, null_mut(), err) });
    refuses_null("out_len", |err| unsafe {
        zst_decompression_obj_decompress_into(d, src, 9, dst, 9, null_mut(), used.ptr(), err)
    });
    refuses_null("out_src_used", |err| unsafe {
        zst_decompression_obj_decompress_into(d, src, 9, dst, 9, len.ptr(), null_mut(), err)
    });
    // Nothing of that has happened.
    assert_eq!((buffer, compression.progression()), ([7; 30], (0, 0, 0)));
    assert!(decompression.at_frame_end() && !decompression.eof());
}
