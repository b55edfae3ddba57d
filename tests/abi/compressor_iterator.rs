//! `zst_compressor_iterator`: pieces of a frame, read from a source.

use crate::compression_reader::fed;
use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compressor_iterator::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

#[test]
fn bytes_are_those_of_libzstd_fed_the_same_blocks() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        let len = if name.contains("thread") { 600_000 } else { 30_000 };
        let source = text(1, len);
        for dict in [None, Some(&dict)] {
            let compressor = Compressor::with(&values, dict);
            for (block, size, piece) in [(len, None, 100), (len / 3, Some(len as u64), 131_591), (7001, None, 1000)] {
                let expected = fed(&values, dict, size, &source, block);
                for way in [Next, ReadInto(piece)] {
                    let source = Source::blocks(&source, block);
                    let iterator = CompressorIterator::try_new(&compressor, source, size, 100, piece).unwrap();
                    assert!(iterator.all(way) == expected, "{name}, blocks of {block}, {way:?}, pieces of {piece}");
                }
            }
        }
    }
}

#[test]
fn pieces_are_as_long_as_they_may_be_at_most() {
    let source = noise(2, 700);
    let compressor = Compressor::new(3, None);
    let expected = fed(&[], None, None, &source, 700);
    for write_size in (1..30).chain([100, expected.len() - 1, expected.len(), expected.len() + 1]) {
        for block in [1, 100, 700] {
            let source = Source::blocks(&source, block);
            let iterator = CompressorIterator::try_new(&compressor, source, None, write_size, write_size).unwrap();
            let mut frame = Vec::new();
            loop {
                let piece = iterator.get(Next).unwrap();
                assert!(piece.len() <= write_size);
                if piece.is_empty() {
                    break;
                }
                frame.extend(piece);
            }
            assert_same(&frame, &expected);
            assert!(iterator.get(Next).unwrap().is_empty(), "the end is the end");
            assert_eq!(iterator.script().reads() as usize, 700usize.div_ceil(block) + 1);
        }
    }
}

#[test]
fn nothing_is_read_before_a_piece_is_wanted() {
    let source = noise(3, 400_000);
    let iterator = CompressorIterator::new(&Compressor::new(3, None), Source::blocks(&source, 100_000), 1 << 20);
    assert!(iterator.script().reads() == 0 && !iterator.get(Next).unwrap().is_empty());
    let reads = iterator.script().reads();
    assert!(reads < 4, "{reads}");
    assert!(iterator.script().hints().iter().all(|&hint| hint == 1000));
    // What waits inside comes before the next read: here a block of libzstd, and one of the source.
    let iterator = CompressorIterator::new(&Compressor::new(3, None), Source::blocks(&source, 131_072), 1000);
    iterator.get(Next).unwrap();
    let reads = iterator.script().reads();
    for _ in 0..100 {
        assert_eq!(iterator.get(Next).unwrap().len(), 1000);
    }
    assert_eq!(iterator.script().reads(), reads);
}

#[test]
fn nothing_makes_one_piece() {
    for size in [None, Some(0), Some(10)] {
        let source = Source::new([]);
        let iterator = CompressorIterator::try_new(&Compressor::new(3, None), source, size, 1, 100).unwrap();
        assert_same(&iterator.get(Next).unwrap(), EMPTY_FRAME);
        assert!(iterator.get(Next).unwrap().is_empty());
        assert_eq!(iterator.script().reads(), 1);
    }
}

#[test]
fn another_size_than_was_declared() {
    let compressor = Compressor::new(3, None);
    for (len, size) in [(1, 0), (300_000, 1000), (1, 2), (300_000, 300_001)] {
        let source = Source::blocks(&text(4, len), 7000);
        let iterator = CompressorIterator::try_new(&compressor, source, Some(size), 1, 1000).unwrap();
        let failures = iterator.drain(Next).1;
        assert_eq!(failures.len(), 20);
        for failure in failures {
            failure.is(ZST_ERROR_ZSTD, "Src size is incorrect");
        }
    }
}

#[test]
fn faults_of_the_source_lose_nothing() {
    let threads = vec![(ZST_C_THREADS, 1)];
    for (source, values, write_size) in
        [(text(5, 3000), vec![], 10), (noise(5, 500_000), vec![], 131_591), (noise(5, 9000), threads, 1000)]
    {
        let compressor = Compressor::with(&values, None);
        let expected = fed(&values, None, None, &source, source.len() / 4 + 1);
        let open = |source| CompressorIterator::new(&compressor, source, write_size);
        faults_lose_nothing(&source, &expected, &NEXT_WAYS, open);
    }
}

#[test]
fn callbacks_of_its_own() {
    let source = text(6, 3000);
    let expected = fed(&[], None, None, &source, 1500);
    let open = |source| CompressorIterator::new(&Compressor::new(3, None), source, 100);
    callbacks_may_use_their_own_stream(&source, &expected, &NEXT_WAYS, open, |iterator| {
        assert_eq!(iterator.progression(), (0, 0, 0));
    });
}

#[test]
fn the_parent_may_go_first() {
    let source = text(7, 30_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let compressor = Compressor::new(3, &dict);
    let iterator = CompressorIterator::new(&compressor, Source::blocks(&source, 1000), 10);
    let mut frame = iterator.get(Next).unwrap();
    let one_shot = compressor.compress(&source).to_vec();
    assert_same(&Compressor::new(3, &dict).compress(&source), &one_shot);
    drop((compressor, dict));
    frame.extend(iterator.all(Next));
    let steps: Vec<_> = source.chunks(1000).map(Do::Feed).collect();
    assert_same(&frame, &raw_stream(&[], Some(trained()), None, &steps));
    assert_eq!(iterator.progression(), (30_000, 30_000, frame.len() as u64));
}

/// A piece is lent until the next call, so only one may ask for pieces; others may look.
#[test]
fn figures_are_read_while_a_call_runs() {
    let source = text(8, 2_000_000);
    let iterator = CompressorIterator::new(&Compressor::new(3, None), Source::blocks(&source, 100_000), 5000);
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Relaxed) {
                let (ingested, consumed, _) = iterator.progression();
                assert!(consumed <= ingested);
            }
        });
        let frame = iterator.all(Next);
        done.store(true, Relaxed);
        assert_same(&frame, &fed(&[], None, None, &source, 100_000));
    });
}

#[test]
fn null_pointers_and_sizes() {
    let compressor = Compressor::new(3, None);
    for (read_size, write_size, name) in [(0, 1, "read_size"), (1, 0, "write_size"), (0, 0, "read_size")] {
        let failure = CompressorIterator::try_new(&compressor, Source::new([]), None, read_size, write_size).err();
        failure.unwrap().is(ZST_ERROR_VALUE, &format!("{name} must be positive"));
    }
    let failure = CompressorIterator::try_new(&compressor, Source::new([]), None, 1, usize::MAX).err().unwrap();
    failure.is(ZST_ERROR_MEMORY, "not enough memory");
    let made = Untouched::new();
    let new = |compressor, source: Option<Source>, out, err| {
        let raw = source.as_ref().map_or(null(), |source| &raw const source.raw);
        let unknown = ZST_CONTENTSIZE_UNKNOWN;
        let status = unsafe { zst_compressor_read_to_iter(compressor, raw, unknown, 1, 1, out, err) };
        source.inspect(|source| assert_eq!(source.script().drops(), 1));
        status
    };
    let some = || Some(Source::new([]));
    refuses_null("compressor", |err| new(null(), some(), made.ptr(), err));
    refuses_null("source", |err| new(compressor.raw(), None, made.ptr(), err));
    refuses_null("out", |err| new(compressor.raw(), some(), null_mut(), err));
    refuses_null("source->read", |err| {
        let mut source = Source::new([]);
        source.raw.read = None;
        new(compressor.raw(), Some(source), made.ptr(), err)
    });
    let iterator = CompressorIterator::new(&compressor, Source::blocks(b"foo", 3), 100);
    let (data, len, figures) = (Untouched::new(), Untouched::new(), Untouched::new());
    refuses_null("iterator", |err| unsafe { zst_compressor_iterator_next(null(), data.ptr(), len.ptr(), err) });
    refuses_null("out_data", |err| unsafe { zst_compressor_iterator_next(iterator.raw(), null_mut(), len.ptr(), err) });
    refuses_null("out_len", |err| unsafe { zst_compressor_iterator_next(iterator.raw(), data.ptr(), null_mut(), err) });
    let progression = zst_compressor_iterator_frame_progression;
    refuses_null("iterator", |err| unsafe { progression(null(), figures.ptr(), err) });
    refuses_null("out", |err| unsafe { progression(iterator.raw(), null_mut(), err) });
    unsafe { zst_compressor_iterator_free(null_mut()) };
    assert_eq!(iterator.script().reads(), 0);
    assert_same(&iterator.all(Next), &fed(&[], None, None, b"foo", 3));
}
