//! `zst_decompression_chunker`: pieces of one size, whatever the pieces of input are.

use crate::decompression_obj::{lying, small_window};
use crate::raw;
use crate::support::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::time::Instant;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_chunker::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::status::*;

/// All of them are full, only the last may be shorter.
#[track_caller]
fn check(pieces: &[Vec<u8>], size: usize, content: &[u8]) {
    if let Some((last, others)) = pieces.split_last() {
        assert!(others.iter().all(|piece| piece.len() == size) && (1..=size).contains(&last.len()));
    }
    assert_same(&pieces.concat(), content);
}

#[test]
fn any_chunk_size_and_any_piece_size() {
    let source = text(1, 700);
    for (name, values) in settings().into_iter().filter(|(name, _)| ["checksum", "magicless"].contains(name)) {
        let decompressor = Decompressor::with(&[(ZST_D_FORMAT, i64::from(name == "magicless"))]);
        let frame = Compressor::with(&values, None).compress(&source).to_vec();
        for size in [1, 2, 3, 7, 64, 100, 350, 699, 700, 701, 100_000] {
            for piece in [1, 2, 5, 64, frame.len() - 1, frame.len()] {
                let (pieces, finished) = DecompressionChunker::new(&decompressor, size).push_all(&frame, piece);
                finished.unwrap();
                check(&pieces, size, &source);
            }
        }
    }
    let source = text(2, 1_000_000);
    for frame in [Compressor::new(3, None).compress(&source).to_vec(), small_window(&source)] {
        for (size, piece) in [(131_072, 131_075), (1000, 1000), (65_536, 1 << 20), (2_000_000, 5000), (99_999, 77)] {
            let chunker = DecompressionChunker::new(&Decompressor::new(None), size);
            let (pieces, finished) = chunker.push_all(&frame, piece);
            finished.unwrap();
            check(&pieces, size, &source);
        }
    }
}

#[test]
fn frames_in_a_row_and_what_is_no_frame() {
    let f = Compressor::new(3, None).compress(&[b'a'; 300]).to_vec();
    let u = raw::unknown_size(&text(1, 300));
    let input = [SKIPPABLE, &f, SKIPPABLE, &u, EMPTY_FRAME, &f, SKIPPABLE].concat();
    let content = [vec![b'a'; 300], text(1, 300), vec![b'a'; 300]].concat();
    for size in [1, 7, 300, 450, 900, 5000] {
        for piece in [1, 3, 50, input.len()] {
            let (pieces, finished) = DecompressionChunker::new(&Decompressor::new(None), size).push_all(&input, piece);
            finished.unwrap();
            check(&pieces, size, &content);
            // Garbage: full pieces of what came before have been delivered.
            let garbage = [&input[..], b"junkjunk"].concat();
            let chunker = DecompressionChunker::new(&Decompressor::new(None), size);
            let (pieces, failed) = chunker.push_all(&garbage, piece);
            let failure = failed.unwrap_err();
            failure.is(ZST_ERROR_ZSTD, "zstd decompress error: Unknown frame descriptor");
            let got = pieces.concat();
            assert!(got.len() + size > content.len() && content.starts_with(&got));
            chunker.next().unwrap_err().is(ZST_ERROR_ZSTD, &failure.message);
            chunker.give(&f).unwrap_err().is(ZST_ERROR_STATE, "cannot perform operation");
        }
    }
}

#[test]
fn a_hundred_thousand_frames_without_content() {
    for frame in [EMPTY_FRAME, SKIPPABLE] {
        let time = |count: usize, piece: usize| {
            let input = frame.repeat(count);
            let start = Instant::now();
            let chunker = DecompressionChunker::new(&Decompressor::new(None), 1000);
            let (pieces, finished) = chunker.push_all(&input, piece);
            finished.unwrap();
            assert!(pieces.is_empty());
            start.elapsed()
        };
        let (few, many) = (time(20_000, usize::MAX), time(100_000, usize::MAX));
        assert!(many < few * 20 + std::time::Duration::from_millis(500), "{few:?}, then {many:?}");
        time(2000, 1);
    }
}

#[test]
fn truncated_input_is_told_and_its_content_delivered() {
    let source = text(3, 9000);
    let obj = CompressionObj::new(&Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None), None);
    let mut frame = Vec::new();
    for piece in source.chunks(3000) {
        frame.extend_from_slice(&obj.compress(piece).unwrap());
        frame.extend_from_slice(&obj.block().unwrap());
    }
    let all_there = frame.len();
    frame.extend_from_slice(&obj.finish().unwrap());
    let decompressor = Decompressor::new(None);
    for size in [1, 1000, 4096, 20_000] {
        for cut in (1..frame.len()).filter(|cut| size > 1 && cut % 97 == 0 || *cut + 8 > frame.len()) {
            let chunker = DecompressionChunker::new(&decompressor, size);
            let (pieces, finished) = chunker.push_all(&frame[..cut], 100);
            let failure = finished.unwrap_err();
            assert_eq!(
                (failure.status, &*failure.message),
                (ZST_ERROR_TRUNCATED, "zstd decompress error: input ends inside a frame")
            );
            let got = pieces.concat();
            check(&pieces, size, &source[..got.len()]);
            assert!(cut < all_there || got.len() == source.len());
            chunker.finish().unwrap_err().is(ZST_ERROR_STATE, "cannot call finish() after decompression finished");
            assert_eq!(chunker.next().unwrap(), None);
        }
    }
    for frame in [EMPTY_FRAME, SKIPPABLE] {
        for cut in 1..frame.len() {
            let (pieces, finished) = DecompressionChunker::new(&decompressor, 10).push_all(&frame[..cut], 2);
            assert!(pieces.is_empty());
            finished.unwrap_err().is(ZST_ERROR_TRUNCATED, "input ends inside a frame");
        }
    }
}

#[test]
fn states_and_their_texts() {
    let frame = Compressor::new(3, None).compress(b"foobar").to_vec();
    let chunker = DecompressionChunker::new(&Decompressor::new(None), 4);
    let state = |result: Result<(), Failure>, text: &str| {
        let failure = result.unwrap_err();
        assert_eq!((failure.status, &*failure.message), (ZST_ERROR_STATE, text));
    };
    assert_eq!(chunker.next().unwrap(), None);
    chunker.give(&frame).unwrap();
    for _ in 0..2 {
        state(chunker.give(b"x"), "cannot perform operation before consuming output from previous operation");
        state(chunker.finish(), "cannot call finish() before consuming output from previous operation");
    }
    assert_eq!(chunker.next().unwrap().as_deref(), Some(&b"foob"[..]));
    state(chunker.finish(), "cannot call finish() before consuming output from previous operation");
    assert_eq!(chunker.next().unwrap(), None);
    assert_eq!(chunker.next().unwrap(), None);
    for _ in 0..40 {
        chunker.give(b"").unwrap();
        assert_eq!(chunker.next().unwrap(), None);
    }
    chunker.finish().unwrap();
    state(chunker.give(b""), "cannot call decompress() after decompression finished");
    assert_eq!(chunker.next().unwrap().as_deref(), Some(&b"ar"[..]));
    assert_eq!(chunker.next().unwrap(), None);
    state(chunker.finish(), "cannot call finish() after decompression finished");
    state(chunker.give(b""), "cannot call decompress() after decompression finished");

    let chunker = DecompressionChunker::new(&Decompressor::new(None), 4);
    chunker.finish().unwrap();
    assert_eq!(chunker.next().unwrap(), None);
}

#[test]
fn forty_empty_pushes_anywhere() {
    let source = text(4, 600);
    let decompressor = Decompressor::new(None);
    for values in [vec![(ZST_C_WRITE_CHECKSUM, 1)], vec![(ZST_C_WRITE_CONTENT_SIZE, 0)]] {
        let frame = Compressor::with(&values, None).compress(&source).to_vec();
        for cut in (0..frame.len()).step_by(11) {
            for size in [1, 7, 600, 1000] {
                let chunker = DecompressionChunker::new(&decompressor, size);
                let mut content = Vec::new();
                for piece in [&frame[..cut]].into_iter().chain([&[][..]; 40]).chain([&frame[cut..]]) {
                    chunker.give(piece).unwrap();
                    content.extend(chunker.pieces().unwrap().concat());
                }
                chunker.finish().unwrap();
                content.extend(chunker.pieces().unwrap().concat());
                assert_same(&content, &source);
            }
        }
    }
}

#[test]
fn limits() {
    let source = text(5, 1000);
    let checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    for frame in [checked, raw::unknown_size(&source)] {
        let input = [&frame[..], SKIPPABLE, &frame, EMPTY_FRAME].concat();
        for size in [7, 1000, 2000, 5000] {
            for piece in [3, 100, input.len()] {
                let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 2000)]);
                let (pieces, finished) = DecompressionChunker::new(&decompressor, size).push_all(&input, piece);
                finished.unwrap();
                check(&pieces, size, &source.repeat(2));
                for limit in [1, 999, 1000, 1999] {
                    let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
                    let chunker = DecompressionChunker::new(&decompressor, size);
                    let (pieces, failed) = chunker.push_all(&input, piece);
                    failed.unwrap_err().is(ZST_ERROR_LIMIT, "zstd decompress error: ");
                    assert_same(&pieces.concat(), &source.repeat(2)[..limit as usize]);
                    chunker.next().unwrap_err().is(ZST_ERROR_LIMIT, "max_output_size");
                }
            }
        }
    }
    let frame = small_window(&text(6, 100_000));
    let decompressor = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    for piece in [1, frame.len()] {
        let failure = DecompressionChunker::new(&decompressor, 1000).push_all(&frame, piece).1.unwrap_err();
        failure.is(ZST_ERROR_LIMIT, "zstd decompress error: Frame requires too much memory for decoding");
        failure.numbers(1024, 65_536);
    }
}

#[test]
fn dictionaries() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let source = text(8, 2000);
    let frame = Compressor::new(3, &dict).compress(&source).to_vec();
    let decompressor = Decompressor::new(&dict);
    let input = frame.repeat(3);
    let (pieces, finished) = DecompressionChunker::new(&decompressor, 512).push_all(&input, 10);
    finished.unwrap();
    check(&pieces, 512, &source.repeat(3));
    let chunker = DecompressionChunker::new(&Decompressor::new(None), 512);
    let failure = chunker.push_all(&input, 1).1.unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "zstd decompress error: Dictionary mismatch");
}

#[test]
fn damage() {
    let decompressor = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 1 << 20)]);
    for values in [vec![(ZST_C_WRITE_CHECKSUM, 1)], vec![(ZST_C_WRITE_CONTENT_SIZE, 0)]] {
        let frame = Compressor::with(&values, None).compress(&text(9, 60)).to_vec();
        for bit in 0..frame.len() * 8 {
            let mut damaged = frame.clone();
            damaged[bit / 8] ^= 1 << (bit % 8);
            let outcome = |size, piece| {
                let (pieces, result) = DecompressionChunker::new(&decompressor, size).push_all(&damaged, piece);
                match result {
                    Ok(()) => Some(pieces.concat()),
                    Err(failure) => {
                        let allowed = [ZST_ERROR_ZSTD, ZST_ERROR_LIMIT, ZST_ERROR_TRUNCATED];
                        assert!(allowed.contains(&failure.status), "{failure:?}");
                        None
                    }
                }
            };
            let first = outcome(10, 2);
            for (size, piece) in [(7, 9), (9999, 9999)] {
                assert!(outcome(size, piece) == first, "bit {bit}: not the same for every size");
            }
        }
    }
    // Content that waits inside comes before damage.
    let source = noise(5, 300_000);
    let input = [&Compressor::new(3, None).compress(&source)[..9 + 3 + 131_072], &[0xFF; 100]].concat();
    let chunker = DecompressionChunker::new(&Decompressor::new(None), 1000);
    let (pieces, failed) = chunker.push_all(&input, input.len());
    failed.unwrap_err().is(ZST_ERROR_ZSTD, "zstd decompress error: Data corruption detected");
    check(&pieces, 1000, &source[..131_072]);
    for count in [2, 3, 5] {
        for (size, piece) in [(1, 1), (256, 12), (256, 999), (1000, 1), (1000, 999)] {
            let chunker = DecompressionChunker::new(&decompressor, size);
            chunker.push_all(&lying(count), piece).1.unwrap_err().is(ZST_ERROR_ZSTD, "zstd decompress error: ");
        }
    }
}

#[test]
fn null_pointers_and_values() {
    let decompressor = Decompressor::new(None);
    let chunker = DecompressionChunker::new(&decompressor, 10);
    let made = Untouched::new();
    refuses_null("decompressor", |err| unsafe { zst_decompressor_chunker(null(), 10, made.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_decompressor_chunker(decompressor.raw(), 10, null_mut(), err) });
    let failure = DecompressionChunker::try_new(&decompressor, 0).unwrap_err();
    failure.is(ZST_ERROR_VALUE, "chunk_size must be positive");
    for huge in [usize::MAX, isize::MAX as usize, 1 << 60] {
        DecompressionChunker::try_new(&decompressor, huge).unwrap_err().is(ZST_ERROR_MEMORY, "not enough memory");
    }
    let (raw, src) = (chunker.raw(), EMPTY_FRAME.as_ptr().cast());
    refuses_null("chunker", |err| unsafe { zst_decompression_chunker_decompress(null(), src, 9, err) });
    refuses_null("src", |err| unsafe { zst_decompression_chunker_decompress(raw, null(), 9, err) });
    refuses("src is more than any buffer can have", |err| unsafe {
        zst_decompression_chunker_decompress(raw, src, usize::MAX, err)
    });
    refuses_null("chunker", |err| unsafe { zst_decompression_chunker_finish(null(), err) });
    let (data, len) = (Untouched::new(), Untouched::new());
    refuses_null("chunker", |err| unsafe { zst_decompression_chunker_next(null(), data.ptr(), len.ptr(), err) });
    refuses_null("out_data", |err| unsafe { zst_decompression_chunker_next(raw, null_mut(), len.ptr(), err) });
    refuses_null("out_len", |err| unsafe { zst_decompression_chunker_next(raw, data.ptr(), null_mut(), err) });
    unsafe { zst_decompression_chunker_free(null_mut()) };
    call0(|err| unsafe { zst_decompression_chunker_decompress(raw, null(), 0, err) }).unwrap();
    assert_eq!(chunker.next().unwrap(), None);
    chunker.finish().unwrap();
}
