//! `zst_decompression_obj`: input cut anywhere, frames in a row, limits, damage.

use crate::raw;
use crate::support::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::time::Instant;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_obj::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::status::*;

/// A frame that does not record its size, with a window of 64 KiB whatever its size is.
pub fn small_window(content: &[u8]) -> Vec<u8> {
    Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WINDOW_LOG, 16)], None).compress(content).to_vec()
}

/// Records 256 bytes, and its blocks hold `count` times 200.
pub fn lying(count: usize) -> Vec<u8> {
    let mut frame = b"\x28\xb5\x2f\xfd\x40\x58\0\0".to_vec();
    for index in 0..count {
        let header = 200u32 << 3 | 1 << 1 | u32::from(index + 1 == count);
        frame.extend_from_slice(&header.to_le_bytes()[..3]);
        frame.push(b'a' + index as u8);
    }
    frame
}

#[test]
fn any_piece_size() {
    let source = text(1, 900);
    for (name, values) in settings() {
        let format = i64::from(name == "magicless");
        let frame = CompressionObj::new(&Compressor::with(&values, None), None).frame(source.chunks(300));
        let whole = Compressor::with(&values, None).compress(&source).to_vec();
        let decompressor = Decompressor::with(&[(ZST_D_FORMAT, format)]);
        for frame in [frame, whole] {
            for piece in (1..30).chain([100, frame.len() - 1, frame.len(), 9999]) {
                for flags in [0, ACROSS] {
                    let obj = DecompressionObj::new(&decompressor, flags);
                    let (content, used) = obj.push_all(&frame, piece);
                    assert_same(&content, &source);
                    assert_eq!(used.unwrap(), frame.len());
                    assert_eq!((obj.eof(), obj.at_frame_end()), (flags == 0, true));
                }
            }
        }
    }
    for source in [noise(1, 500_000), text(2, 2_000_000), vec![5; 3_000_000]] {
        for frame in [Compressor::new(3, None).compress(&source).to_vec(), small_window(&source)] {
            for piece in [1000, 65_536, 131_075, frame.len()] {
                let (content, used) = DecompressionObj::new(&Decompressor::new(None), 0).push_all(&frame, piece);
                assert_same(&content, &source);
                assert_eq!(used.unwrap(), frame.len());
            }
        }
    }
}

#[test]
fn what_is_behind_the_one_frame_is_not_used() {
    let decompressor = Decompressor::new(None);
    let unknown = raw::unknown_size(b"foobar");
    let known = Compressor::new(3, None).compress(b"foobar").to_vec();
    for frame in [&known[..], &unknown, EMPTY_FRAME, SKIPPABLE] {
        for tail in [&b""[..], b"j", b"junk", &known, SKIPPABLE, &[0; 100]] {
            let input = [frame, tail].concat();
            let content: &[u8] = if frame.len() > 12 { b"foobar" } else { b"" };
            for piece in [1, 3, input.len()] {
                let obj = DecompressionObj::new(&decompressor, 0);
                let (got, used) = obj.push_all(&input, piece);
                assert_same(&got, content);
                assert_eq!((used.unwrap(), obj.eof(), obj.at_frame_end()), (frame.len(), true, true));
                for src in [&b""[..], b"x", &known] {
                    let failure = obj.decompress(src).unwrap_err();
                    assert_eq!(
                        (failure.status, &*failure.message),
                        (ZST_ERROR_STATE, "cannot use a decompressobj multiple times")
                    );
                }
                assert!(obj.eof());
            }
        }
    }
}

#[test]
fn frames_in_a_row() {
    let f = Compressor::new(3, None).compress(&[b'a'; 300]).to_vec();
    let u = raw::unknown_size(&text(1, 300));
    let input = [SKIPPABLE, &f, &f, SKIPPABLE, SKIPPABLE, &u, EMPTY_FRAME, &f, b"\x5f\x2a\x4d\x18\0\0\0\0"].concat();
    let content = [vec![b'a'; 600], text(1, 300), vec![b'a'; 300]].concat();
    for piece in (1..20).chain([input.len() / 2, input.len()]) {
        let obj = DecompressionObj::new(&Decompressor::new(None), ACROSS);
        let (got, used) = obj.push_all(&input, piece);
        assert_same(&got, &content);
        assert_eq!((used.unwrap(), obj.eof(), obj.at_frame_end()), (input.len(), false, true));
        // And more.
        assert_same(&obj.decompress(&f).unwrap().0, &[b'a'; 300]);
        obj.decompress(b"j").unwrap_err().is(ZST_ERROR_ZSTD, "zstd decompressor error: Unknown frame descriptor");
        obj.decompress(&f).unwrap_err().is(ZST_ERROR_ZSTD, "zstd decompressor error: Unknown frame descriptor");
        obj.decompress(b"").unwrap_err().is(ZST_ERROR_ZSTD, "Unknown frame descriptor");
        assert_eq!((obj.eof(), obj.at_frame_end()), (false, false));
    }
    // Frame by frame, with what the objects leave.
    let decompressor = Decompressor::new(None);
    let (mut rest, mut got) = (&input[..], Vec::new());
    while !rest.is_empty() {
        let obj = DecompressionObj::new(&decompressor, 0);
        let (content, used) = obj.decompress(rest).unwrap();
        got.extend_from_slice(&content);
        rest = &rest[used..];
        assert!(obj.eof());
    }
    assert_same(&got, &content);
}

#[test]
fn a_hundred_thousand_frames_without_content() {
    let decompressor = Decompressor::new(None);
    for frame in [EMPTY_FRAME, SKIPPABLE] {
        let time = |count: usize, piece: usize| {
            let input = frame.repeat(count);
            let start = Instant::now();
            let obj = DecompressionObj::new(&decompressor, ACROSS);
            let (content, used) = obj.push_all(&input, piece);
            assert_eq!((content.len(), used.unwrap(), obj.at_frame_end()), (0, input.len(), true));
            start.elapsed()
        };
        let few = time(20_000, usize::MAX);
        let many = time(100_000, usize::MAX);
        assert!(many < few * 20 + std::time::Duration::from_millis(500), "{few:?}, then {many:?}");
        time(2000, 1);
        time(100_000, 1000);
    }
}

#[test]
fn every_prefix_is_seen_to_be_cut_and_its_content_is_there() {
    let source = text(3, 30_000);
    let obj = CompressionObj::new(&Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None), None);
    let mut flushed = Vec::new();
    let mut marks = Vec::new();
    for piece in source.chunks(5000) {
        flushed.extend_from_slice(&obj.compress(piece).unwrap());
        flushed.extend_from_slice(&obj.block().unwrap());
        marks.push(flushed.len());
    }
    flushed.extend_from_slice(&obj.finish().unwrap());
    let decompressor = Decompressor::new(None);
    let frames = [flushed.clone(), EMPTY_FRAME.to_vec(), SKIPPABLE.to_vec(), raw::unknown_size(&source[..100])];
    for frame in &frames {
        let step = if frame == &flushed { 41 } else { 1 };
        for cut in (0..frame.len()).step_by(step).chain(frame.len() - 5..frame.len()) {
            for flags in [0, ACROSS] {
                let obj = DecompressionObj::new(&decompressor, flags);
                let content = obj.decompress(&frame[..cut]).unwrap().0;
                assert_eq!((obj.eof(), obj.at_frame_end()), (false, cut == 0), "{cut}");
                if frame == &flushed {
                    let blocks = marks.iter().filter(|&&mark| mark <= cut).count();
                    assert_same(&content[..5000 * blocks], &source[..5000 * blocks]);
                }
                assert!(obj.decompress(&[]).unwrap().0.is_empty());
                obj.decompress(&frame[cut..]).unwrap();
                assert!(obj.at_frame_end());
            }
        }
    }
}

#[test]
fn forty_empty_pushes_anywhere() {
    let source = text(4, 3000);
    let decompressor = Decompressor::new(None);
    for values in [vec![(ZST_C_WRITE_CHECKSUM, 1)], vec![(ZST_C_WRITE_CONTENT_SIZE, 0)]] {
        let frame = Compressor::with(&values, None).compress(&source).to_vec();
        for cut in (0..frame.len()).step_by(23) {
            let obj = DecompressionObj::new(&decompressor, 0);
            let mut content = obj.decompress(&frame[..cut]).unwrap().0.to_vec();
            for _ in 0..40 {
                content.extend_from_slice(&obj.decompress(&[]).unwrap().0);
            }
            content.extend_from_slice(&obj.decompress(&frame[cut..]).unwrap().0);
            assert_same(&content, &source);
        }
    }
}

#[test]
fn max_output_size_counts_over_the_life_of_the_stream() {
    let source = text(5, 1000);
    let checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    let unknown = raw::unknown_size(&source);
    // Its last block is empty.
    let flushed = {
        let obj = CompressionObj::new(&Compressor::new(3, None), None);
        let mut frame = obj.compress(&source).unwrap().to_vec();
        frame.extend_from_slice(&obj.block().unwrap());
        frame.extend_from_slice(&obj.finish().unwrap());
        frame
    };
    for frame in [&checked, &unknown, &flushed] {
        let input = [&frame[..], SKIPPABLE, frame, EMPTY_FRAME, frame, EMPTY_FRAME, SKIPPABLE].concat();
        for piece in [1, 2, 10, 333, input.len()] {
            for limit in [3000, 3001, 1 << 40, i64::MAX] {
                let obj = DecompressionObj::new(&Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]), ACROSS);
                let (content, used) = obj.push_all(&input, piece);
                assert_eq!(used.unwrap(), input.len());
                assert_same(&content, &source.repeat(3));
            }
            for limit in [1, 999, 1000, 1001, 1999, 2000, 2500, 2999] {
                let obj = DecompressionObj::new(&Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]), ACROSS);
                let (content, failed) = obj.push_all(&input, piece);
                let failure = failed.unwrap_err();
                failure.is(ZST_ERROR_LIMIT, "zstd decompressor error: ").is(ZST_ERROR_LIMIT, "max_output_size");
                assert!(content.len() <= limit as usize);
                assert_same(&content, &source.repeat(3)[..content.len()]);
                for _ in 0..3 {
                    obj.decompress(b"").unwrap_err().is(ZST_ERROR_LIMIT, &failure.message);
                }
            }
        }
    }
}

#[test]
fn a_bomb_costs_what_the_limit_allows() {
    let frame = small_window(&vec![0; 64 << 20]);
    let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 1 << 20)]);
    for piece in [100, frame.len()] {
        let (content, failed) = DecompressionObj::new(&decompressor, 0).push_all(&frame, piece);
        failed.unwrap_err().is(ZST_ERROR_LIMIT, "1048576");
        assert!(content.len() <= 1 << 20);
    }
}

#[test]
fn the_window_limit() {
    let frame = small_window(&text(6, 100_000));
    let decompressor = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    for piece in [1, frame.len()] {
        let obj = DecompressionObj::new(&decompressor, 0);
        let failure = obj.push_all(&frame, piece).1.unwrap_err();
        failure.is(ZST_ERROR_LIMIT, "zstd decompressor error: Frame requires too much memory for decoding");
        failure.numbers(1024, 65_536);
        obj.decompress(b"").unwrap_err().is(ZST_ERROR_LIMIT, "Frame requires too much memory");
    }
    let enough = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 65_536)]);
    assert_same(&DecompressionObj::new(&enough, 0).push_all(&frame, 1000).0, &text(6, 100_000));
    // 2 GiB.
    let failure =
        DecompressionObj::new(&Decompressor::new(None), 0).decompress(b"\x28\xb5\x2f\xfd\0\xa8\x0b\0\0a").unwrap_err();
    failure.is(ZST_ERROR_LIMIT, "raise max_window_size");
}

#[test]
fn a_whole_frame_that_records_its_size_needs_no_window() {
    let decompressor = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    for source in [text(7, 5000), text(7, 100_000), noise(7, 1 << 20), vec![7; 1 << 20]] {
        let frame = Compressor::new(3, None).compress(&source);
        assert_same(&DecompressionObj::new(&decompressor, 0).decompress(&frame).unwrap().0, &source);
    }
}

#[test]
fn dictionaries_are_found_by_id() {
    let trained: Vec<_> = (1..4)
        .map(|id| {
            let mut bytes = trained().to_vec();
            bytes[4..8].copy_from_slice(&(1000u32 + id).to_le_bytes());
            Dict::new(&bytes, ZST_DICT_TYPE_AUTO)
        })
        .collect();
    let source = text(8, 2000);
    let parameters = DecompressionParameters::new(&[]);
    trained.iter().take(2).for_each(|dict| parameters.add(dict).unwrap());
    let decompressor = Decompressor::try_from(&parameters, None).unwrap();
    let frames: Vec<_> = trained.iter().map(|dict| Compressor::new(3, dict).compress(&source).to_vec()).collect();
    let plain = Compressor::new(3, None).compress(&source).to_vec();
    let no_id = Compressor::with(&[(ZST_C_WRITE_DICT_ID, 0)], &trained[0]).compress(&source).to_vec();
    let input = [&frames[1], &frames[0], &plain, &no_id, &frames[1]].map(|frame| &frame[..]).concat();
    for piece in [1, 100, input.len()] {
        let obj = DecompressionObj::new(&decompressor, ACROSS);
        let (content, used) = obj.push_all(&input, piece);
        used.unwrap();
        assert_same(&content, &source.repeat(5));
        let failure = obj.push_all(&frames[2], piece).1.unwrap_err();
        failure.is(ZST_ERROR_ZSTD, "zstd decompressor error: Dictionary mismatch").is(ZST_ERROR_ZSTD, "1003");
        obj.decompress(&plain).unwrap_err().is(ZST_ERROR_ZSTD, "Dictionary mismatch");
    }
    let obj = DecompressionObj::new(&Decompressor::new(None), 0);
    obj.decompress(&frames[0]).unwrap_err().is(ZST_ERROR_ZSTD, "Dictionary mismatch").is(ZST_ERROR_ZSTD, "1001");
}

#[test]
fn every_flipped_bit_is_an_error_or_an_answer() {
    let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 1 << 20)]);
    let contents = [b"".to_vec(), text(9, 90), vec![7; 500]];
    for (content, checksum) in contents.iter().flat_map(|content| [(content, 0), (content, 1)]) {
        for size in [0, 1] {
            let values = [(ZST_C_WRITE_CHECKSUM, checksum), (ZST_C_WRITE_CONTENT_SIZE, size)];
            let frame = Compressor::with(&values, None).compress(content).to_vec();
            for bit in 0..frame.len() * 8 {
                let mut damaged = frame.clone();
                damaged[bit / 8] ^= 1 << (bit % 8);
                let mut outcomes = Vec::new();
                for piece in [3, 16, damaged.len()] {
                    let obj = DecompressionObj::new(&decompressor, 0);
                    let (got, result) = obj.push_all(&damaged, piece);
                    match result {
                        Ok(_) if obj.eof() => outcomes.push(Some(got)),
                        Ok(_) => assert!(!obj.at_frame_end()),
                        Err(failure) => {
                            assert!([ZST_ERROR_ZSTD, ZST_ERROR_LIMIT].contains(&failure.status), "{failure:?}");
                            assert_eq!(obj.decompress(b"").unwrap_err().message, failure.message);
                            outcomes.push(None);
                        }
                    }
                }
                // A size that is wrong is another test; whoever gets an answer gets the same.
                let mut answers = outcomes.iter().flatten();
                let first = answers.next();
                assert!(answers.all(|answer| Some(answer) == first), "bit {bit} of {frame:02x?}");
            }
        }
    }
}

#[test]
fn more_content_than_the_header_records() {
    let decompressor = Decompressor::new(None);
    // A context whose buffers are large already: libzstd itself then does not meet their end.
    let large = raw::unknown_size(&text(1, 300_000));
    for _ in 0..10 {
        DecompressionObj::new(&decompressor, 0).push_all(&large, 1000).1.unwrap();
    }
    for count in [2, 3, 5] {
        let frame = lying(count);
        for piece in [1, 3, 11, 12, 13, 20, frame.len() - 1, frame.len()] {
            let (_, outcome) = DecompressionObj::new(&decompressor, 0).push_all(&frame, piece);
            outcome.expect_err("more than was recorded").is(ZST_ERROR_ZSTD, "zstd decompressor error: ");
        }
    }
}

/// libzstd itself does not look when the last block is empty.
#[test]
fn less_content_than_the_header_records() {
    let frame = b"\x28\xb5\x2f\xfd\x20\x01\x01\0\0";
    for piece in [1, 3, 8, 9] {
        let (_, outcome) = DecompressionObj::new(&Decompressor::new(None), 0).push_all(frame, piece);
        outcome.expect_err("less than was recorded").is(ZST_ERROR_ZSTD, "zstd decompressor error: ");
    }
}

#[test]
fn lying_sizes_cost_nothing() {
    let claims = b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x10\x09\0\0a";
    for piece in [1, 5, claims.len()] {
        let obj = DecompressionObj::new(&Decompressor::new(None), 0);
        obj.push_all(claims, piece).1.unwrap_err();
    }
}

#[test]
fn flags_and_null_pointers() {
    let decompressor = Decompressor::new(None);
    for flags in [2, 4, 3, -1, i32::MIN] {
        DecompressionObj::try_new(&decompressor, flags).unwrap_err().is(ZST_ERROR_VALUE, "unknown flags");
    }
    let obj = DecompressionObj::new(&decompressor, 0);
    let made = Untouched::new();
    refuses_null("decompressor", |err| unsafe { zst_decompressor_decompressobj(null(), 0, made.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_decompressor_decompressobj(decompressor.raw(), 0, null_mut(), err) });
    let (bytes, used) = (Untouched::new(), Untouched::new());
    let src = EMPTY_FRAME.as_ptr().cast();
    let push =
        |obj, src, len, out, err| unsafe { zst_decompression_obj_decompress(obj, src, len, out, used.ptr(), err) };
    refuses_null("obj", |err| push(null(), src, 9, bytes.ptr(), err));
    refuses_null("src", |err| push(obj.raw(), null(), 9, bytes.ptr(), err));
    refuses("src is more than any buffer can have", |err| push(obj.raw(), src, usize::MAX, bytes.ptr(), err));
    refuses_null("out", |err| push(obj.raw(), src, 9, null_mut(), err));
    assert_eq!(unsafe { (zst_decompression_obj_eof(null()), zst_decompression_obj_at_frame_end(null())) }, (0, 0));
    unsafe { zst_decompression_obj_free(null_mut()) };
    assert!(!obj.eof() && obj.at_frame_end());
    // out_src_used is optional.
    let content = call(|out, err| unsafe { zst_decompression_obj_decompress(obj.raw(), src, 9, out, null_mut(), err) })
        .map(Bytes)
        .unwrap();
    assert!(content.is_empty() && obj.eof());
}

#[test]
fn a_header_in_two_parts_the_second_of_which_looks_like_a_frame() {
    // Without magic, "00 00 01 00 00" is an empty frame.
    let content = noise(3, 257);
    let frame = [b"\x41\0\0\x01\0\0\x08\0", &content[..256], b"\x09\0\0", &content[256..]].concat();
    let magicless = DecompressionParameters::new(&[(ZST_D_FORMAT, 1)]);
    let decompressor = Decompressor::try_from(&magicless, None).unwrap();
    for at in 1..frame.len() {
        let obj = DecompressionObj::new(&decompressor, 0);
        let mut got = obj.decompress(&frame[..at]).unwrap().0.to_vec();
        got.extend_from_slice(&obj.decompress(&frame[at..]).unwrap().0);
        assert_same(&got, &content);
        assert!(obj.eof());
    }
}

#[test]
fn blocks_that_look_like_a_frame_reserve_nothing() {
    // A terabyte, in a window of a kilobyte.
    let header = [b"\x28\xb5\x2f\xfd\xc0\0".as_slice(), &(1u64 << 40).to_le_bytes()].concat();
    let decompressor = Decompressor::new(None);
    for flags in [0, ACROSS] {
        let obj = DecompressionObj::new(&decompressor, flags);
        assert!(obj.decompress(&header).unwrap().0.is_empty());
        obj.decompress(EMPTY_FRAME).unwrap_err().is(ZST_ERROR_ZSTD, "corruption");
    }
}
