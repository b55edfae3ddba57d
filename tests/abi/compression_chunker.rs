//! `zst_compression_chunker`: pieces of one size, and nothing lost between them.

use crate::compression_obj::steps;
use crate::support::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use zst::ffi::compression_chunker::*;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

const SIZE_WRONG: &str = "zstd compress error: Src size is incorrect";

/// Feeds these steps and checks the sizes of pieces.
#[track_caller]
fn frame_of(chunker: &CompressionChunker, size: usize, steps: &[Do]) -> Vec<u8> {
    let mut frame = Vec::new();
    for &step in steps {
        let pieces = match step {
            Do::Feed(src) => {
                chunker.give(src).unwrap();
                let pieces = chunker.pieces().unwrap();
                assert!(pieces.iter().all(|piece| piece.len() == size), "a shorter piece while feeding");
                pieces
            }
            Do::Block => {
                chunker.flush().unwrap();
                chunker.pieces().unwrap()
            }
        };
        check_sizes(&pieces, size);
        frame.extend(pieces.concat());
    }
    chunker.finish().unwrap();
    let pieces = chunker.pieces().unwrap();
    assert!(!pieces.is_empty(), "finish() gave nothing");
    check_sizes(&pieces, size);
    frame.extend(pieces.concat());
    frame
}

/// Only the last one may be shorter.
#[track_caller]
fn check_sizes(pieces: &[Vec<u8>], size: usize) {
    if let Some((last, others)) = pieces.split_last() {
        assert!(others.iter().all(|piece| piece.len() == size) && (1..=size).contains(&last.len()));
    }
}

#[test]
fn bytes_are_those_of_libzstd_fed_the_same_way() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        let threads = values.iter().any(|&(id, _)| id == ZST_C_THREADS);
        let source = text(
            1,
            if threads {
                700_000
            } else if name == "level 19" {
                30_000
            } else {
                100_000
            },
        );
        for dict in [None, Some(&dict)] {
            let compressor = Compressor::with(&values, dict);
            for (piece, flush, size) in
                [(source.len(), 99, 1000), (50_000, 2, 131_591), (9000, 99, 40_000), (9000, 5, 700)]
            {
                for declared in [None, Some(source.len() as u64)] {
                    let steps = steps(&source, piece, flush);
                    let chunker = CompressionChunker::new(&compressor, declared, size);
                    let frame = frame_of(&chunker, size, &steps);
                    let raw = raw_stream(&values, dict.map(|_| trained()), declared, &steps);
                    assert!(frame == raw, "{name}, {piece}, {flush}, {size}: {} {}", frame.len(), raw.len());
                    assert_same(&decode(&values, dict, &frame), &source);
                }
            }
        }
    }
}

#[test]
fn any_chunk_size_and_any_piece_size() {
    for (source, threads) in [(text(2, 700), 0), (noise(2, 700), 0), (noise(2, 700), 2)] {
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads), (ZST_C_WRITE_CHECKSUM, 1)], None);
        let whole =
            raw_stream(&[(ZST_C_THREADS, threads), (ZST_C_WRITE_CHECKSUM, 1)], None, None, &[Do::Feed(&source)]);
        for size in (1..20).step_by(4).chain([whole.len() - 1, whole.len(), whole.len() + 1, 10_000]) {
            for piece in [1, 3, 99, 700] {
                let chunker = CompressionChunker::new(&compressor, None, size);
                assert_same(&frame_of(&chunker, size, &steps(&source, piece, 9999)), &whole);
            }
        }
    }
}

#[test]
fn flush_of_nothing_gives_nothing() {
    let chunker = CompressionChunker::new(&Compressor::new(3, None), None, 100);
    chunker.give(b"foobar").unwrap();
    assert!(chunker.pieces().unwrap().is_empty());
    chunker.flush().unwrap();
    let mut frame = chunker.pieces().unwrap().concat();
    assert!(!frame.is_empty());
    for _ in 0..40 {
        chunker.flush().unwrap();
        assert_eq!(chunker.next().unwrap(), None);
        chunker.give(b"").unwrap();
        assert_eq!(chunker.next().unwrap(), None);
        assert_eq!(chunker.next().unwrap(), None);
    }
    chunker.finish().unwrap();
    frame.extend(chunker.pieces().unwrap().concat());
    assert_same(&decode(&[], None, &frame), b"foobar");
}

#[test]
fn a_frame_of_nothing_records_zero_whatever_was_declared() {
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for size in [None, Some(0), Some(10)] {
            for piece in [1, 5, 9, 100] {
                let chunker = CompressionChunker::new(&compressor, size, piece);
                assert_same(&frame_of(&chunker, piece, &[]), EMPTY_FRAME);
            }
        }
    }
}

#[test]
fn empty_pushes_are_no_input() {
    let compressor = Compressor::new(3, None);
    for size in [None, Some(0), Some(10)] {
        let chunker = CompressionChunker::new(&compressor, size, 100);
        assert_same(&frame_of(&chunker, 100, &[Do::Feed(b""); 40]), EMPTY_FRAME);
    }
}

#[test]
fn abandoned_flushes_lose_nothing() {
    let source = noise(3, 300_000);
    for threads in [0, 2] {
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], None);
        let chunker = CompressionChunker::new(&compressor, None, 100);
        let mut frame = Vec::new();
        let (first, second) = source.split_at(200_000);
        chunker.give(first).unwrap();
        frame.extend(chunker.pieces().unwrap().concat());
        chunker.flush().unwrap();
        frame.extend(chunker.next().unwrap().unwrap());
        chunker.give(second).unwrap();
        frame.extend(chunker.pieces().unwrap().concat());
        chunker.flush().unwrap();
        chunker.flush().unwrap();
        frame.extend(chunker.next().unwrap().unwrap());
        for _ in 0..3 {
            chunker.finish().unwrap();
            frame.extend(chunker.next().unwrap().unwrap());
        }
        frame.extend(chunker.pieces().unwrap().concat());
        assert_same(&decode(&[], None, &frame), &source);
    }
}

#[test]
fn states_and_their_texts() {
    let compressor = Compressor::new(3, None);
    let chunker = CompressionChunker::new(&compressor, None, 10);
    let state = |result: Result<(), Failure>, text: &str| {
        let failure = result.unwrap_err();
        assert_eq!((failure.status, &*failure.message), (ZST_ERROR_STATE, text));
    };
    assert_eq!(chunker.next().unwrap(), None);
    for input in [&b""[..], b"foobar"] {
        chunker.give(input).unwrap();
        let before = "before consuming output from previous operation";
        state(chunker.give(b"x"), &format!("cannot perform operation {before}"));
        state(chunker.flush(), &format!("cannot call flush() {before}"));
        state(chunker.finish(), &format!("cannot call finish() {before}"));
        assert_eq!(chunker.next().unwrap(), None);
    }
    chunker.finish().unwrap();
    state(chunker.give(b"x"), "cannot call compress() after compression finished");
    state(chunker.flush(), "cannot call flush() after compression finished");
    let mut frame = chunker.next().unwrap().unwrap();
    chunker.finish().unwrap();
    state(chunker.give(b"x"), "cannot call compress() after compression finished");
    frame.extend(chunker.pieces().unwrap().concat());
    state(chunker.finish(), "cannot call finish() after compression finished");
    state(chunker.flush(), "cannot call flush() after compression finished");
    state(chunker.give(b"x"), "cannot call compress() after compression finished");
    for _ in 0..3 {
        assert_eq!(chunker.next().unwrap(), None);
    }
    assert_same(&decode(&[], None, &frame), b"foobar");
    assert_eq!(chunker.progression(), (6, 6, frame.len() as u64));
}

#[test]
fn a_declared_size_that_is_wrong() {
    let source = noise(5, 400_000);
    for threads in [0, 1] {
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], None);
        for piece in [100, 131_591] {
            let chunker = CompressionChunker::new(&compressor, Some(1000), piece);
            chunker.give(&source).unwrap();
            let mut failure = chunker.pieces().err();
            if failure.is_none() {
                assert_eq!(threads, 1, "more than 1000 bytes were taken");
                chunker.finish().unwrap();
                failure = chunker.pieces().err();
            }
            let failure = failure.expect("a failure");
            failure.is(ZST_ERROR_ZSTD, SIZE_WRONG);
            assert_eq!(failure.expected, 1000);
            assert!(failure.actual > 1000, "{failure:?}");
            for _ in 0..3 {
                assert_eq!(chunker.next().unwrap_err().message, failure.message);
            }

            let chunker = CompressionChunker::new(&compressor, Some(400_001), piece);
            chunker.give(&source).unwrap();
            chunker.pieces().unwrap();
            chunker.finish().unwrap();
            for _ in 0..3 {
                let failure = chunker.pieces().unwrap_err();
                failure.is(ZST_ERROR_ZSTD, SIZE_WRONG).numbers(400_001, 400_000);
            }
        }
        assert_same(&decode(&[], None, &compressor.compress(&source)), &source);
    }
}

#[test]
fn progression() {
    let compressor = Compressor::new(3, None);
    let chunker = CompressionChunker::new(&compressor, None, 4);
    assert_eq!(chunker.progression(), (0, 0, 0));
    chunker.give(b"foobar").unwrap();
    assert_eq!(chunker.pieces().unwrap().len(), 0);
    assert_eq!((chunker.progression(), compressor.progression()), ((6, 0, 0), (6, 0, 0)));
    chunker.finish().unwrap();
    let frame = chunker.pieces().unwrap().concat();
    let end = (6, 6, frame.len() as u64);
    assert_eq!((chunker.progression(), compressor.progression()), (end, end));
}

#[test]
fn null_pointers_and_values() {
    let compressor = Compressor::new(3, None);
    let chunker = CompressionChunker::new(&compressor, None, 10);
    let made = Untouched::new();
    let size = ZST_CONTENTSIZE_UNKNOWN;
    refuses_null("compressor", |err| unsafe { zst_compressor_chunker(null(), size, 10, made.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compressor_chunker(compressor.raw(), size, 10, null_mut(), err) });
    let failure = CompressionChunker::try_new(&compressor, None, 0).unwrap_err();
    failure.is(ZST_ERROR_VALUE, "chunk_size must be positive");
    for huge in [usize::MAX, isize::MAX as usize, 1 << 60] {
        CompressionChunker::try_new(&compressor, None, huge).unwrap_err().is(ZST_ERROR_MEMORY, "not enough memory");
    }
    let src = c"abc".as_ptr().cast();
    refuses_null("chunker", |err| unsafe { zst_compression_chunker_compress(null(), src, 3, err) });
    refuses_null("src", |err| unsafe { zst_compression_chunker_compress(chunker.raw(), null(), 3, err) });
    refuses("src is more than any buffer can have", |err| unsafe {
        zst_compression_chunker_compress(chunker.raw(), src, usize::MAX, err)
    });
    refuses_null("chunker", |err| unsafe { zst_compression_chunker_flush(null(), err) });
    refuses_null("chunker", |err| unsafe { zst_compression_chunker_finish(null(), err) });
    let (data, len, figures) = (Untouched::new(), Untouched::new(), Untouched::new());
    let raw = chunker.raw();
    refuses_null("chunker", |err| unsafe { zst_compression_chunker_next(null(), data.ptr(), len.ptr(), err) });
    refuses_null("out_data", |err| unsafe { zst_compression_chunker_next(raw, null_mut(), len.ptr(), err) });
    refuses_null("out_len", |err| unsafe { zst_compression_chunker_next(raw, data.ptr(), null_mut(), err) });
    refuses_null("chunker", |err| unsafe { zst_compression_chunker_frame_progression(null(), figures.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compression_chunker_frame_progression(raw, null_mut(), err) });
    unsafe { zst_compression_chunker_free(null_mut()) };
    call0(|err| unsafe { zst_compression_chunker_compress(raw, null(), 0, err) }).unwrap();
    assert!(chunker.pieces().unwrap().is_empty());
    chunker.finish().unwrap();
    assert_same(&decode(&[], None, &chunker.pieces().unwrap().concat()), b"");
}
