//! `zst_compression_writer`: the bytes of libzstd, the states of the contract, many writers at a time.

use crate::compression_obj::steps;
use crate::support::*;
use crate::support_sinks::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::sync::Barrier;
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compression_writer::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

const SIZE_WRONG: &str = "Src size is incorrect";
pub const PIECE: usize = ZST_COMPRESSION_RECOMMENDED_OUTPUT_SIZE as usize;

/// Several frames, the last of which is ended by closing.
pub fn script<'a>(frames: &[Vec<Do<'a>>]) -> Vec<Step<'a>> {
    let mut script = Vec::new();
    for (index, frame) in frames.iter().enumerate() {
        if index > 0 {
            script.push(Step::Flush(ZST_FLUSH_FRAME));
        }
        script.extend(frame.iter().map(|&step| match step {
            Do::Feed(src) => Step::Write(src),
            Do::Block => Step::Flush(ZST_FLUSH_BLOCK),
        }));
    }
    script.push(Step::Close);
    script
}

/// Frames, flushed in between, which a small write_size cuts into many pieces. No flush comes twice in a row: when one
/// has failed, the same again goes on with it.
pub fn eventful(source: &[u8]) -> Vec<Vec<Do<'_>>> {
    let (a, b) = source.split_at(source.len() / 2);
    vec![steps(a, a.len() / 3 + 1, 2), vec![Do::Feed(b), Do::Block, Do::Feed(b"end")], vec![]]
}

/// What libzstd itself gives for frames. The size is that of the first.
pub fn raw_frames(values: &[(i32, i32)], dict: Option<&[u8]>, size: Option<u64>, frames: &[Vec<Do>]) -> Vec<u8> {
    let mut size = size;
    // A frame that is ended at once records what it holds.
    let frames = frames.iter().map(|frame| {
        let size = size.take();
        raw_stream(values, dict, if frame.is_empty() { None } else { size }, frame)
    });
    frames.collect::<Vec<_>>().concat()
}

/// The script to its end, on a sink that behaves.
#[track_caller]
pub fn frames_of(compressor: &Compressor, size: Option<u64>, sink: &TestSink, script: &[Step]) -> Vec<u8> {
    play(&CompressionWriter::new(compressor, sink, size), sink, script, Habit::Repeat).unwrap();
    assert_eq!(sink.asked_for(On::Close), 1);
    let flushes = script.iter().filter(|step| matches!(step, Step::Flush(_))).count();
    assert_eq!(sink.asked_for(On::Flush), flushes, "closing does not flush");
    sink.bytes()
}

#[test]
fn bytes_are_those_of_libzstd_fed_the_same_way() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        let threads = values.iter().any(|&(id, _)| id == ZST_C_THREADS);
        let source = text(1, if threads { 1_200_000 } else { 40_000 });
        for dict in [None, Some(&dict)] {
            let compressor = Compressor::with(&values, dict);
            let raw_dict = dict.map(|_| trained());
            for (piece, flush, write_size) in [(source.len(), 99, PIECE), (7001, 4, 999)] {
                if threads && (flush < 99 || dict.is_some()) {
                    continue;
                }
                for size in [None, Some(source.len() as u64)] {
                    let frames = [steps(&source, piece, flush), steps(&source[..9000], 2000, 3), vec![], vec![]];
                    let sink = TestSink::takes_all(write_size);
                    let got = frames_of(&compressor, size, &sink, &script(&frames));
                    let raw = raw_frames(&values, raw_dict, size, &frames);
                    assert!(got == raw, "{name}, dict {}, pieces of {piece}, size {size:?}", dict.is_some());
                }
            }
            assert_same(&decode(&values, dict, &frames_of_one(&compressor, &source)), &source);
        }
    }
}

/// One frame of all.
pub fn frames_of_one(compressor: &Compressor, source: &[u8]) -> Vec<u8> {
    frames_of(compressor, None, &TestSink::takes_all(PIECE), &[Step::Write(source), Step::Close])
}

#[test]
fn any_piece_and_any_write_size() {
    let source = text(2, 1500);
    for values in [vec![], vec![(ZST_C_WRITE_CHECKSUM, 1)], vec![(ZST_C_THREADS, 2)]] {
        let compressor = Compressor::with(&values, None);
        let frames = |piece| [steps(&source, piece, usize::MAX), steps(&source[..400], piece, usize::MAX)];
        let whole = raw_frames(&values, None, None, &frames(1500));
        for size in (1..10).chain([100, 600, whole.len() - 1, whole.len(), whole.len() + 1, 5000]) {
            for (piece, write_size) in [(size, 1), (size, 10_000), (1500, size), (size, size)] {
                let sink = TestSink::takes_all(write_size);
                assert_same(&frames_of(&compressor, None, &sink, &script(&frames(piece))), &whole);
            }
        }
    }
}

#[test]
fn a_flush_makes_everything_decodable() {
    let source = noise(3, 40_000);
    for (values, write_size) in [(vec![], 1), (vec![], 7777), (vec![(ZST_C_THREADS, 2)], 1000)] {
        let compressor = Compressor::with(&values, None);
        let sink = TestSink::takes_all(write_size);
        let writer = CompressionWriter::new(&compressor, &sink, None);
        for end in (5000..=40_000).step_by(5000) {
            writer.write(&source[end - 5000..end]).unwrap();
            assert_eq!(writer.progression().0, end as u64);
            assert!(writer.flush(ZST_FLUSH_BLOCK).unwrap() > 5000);
            assert_same(
                &DecompressionObj::new(&Decompressor::new(None), 0).decompress(&sink.bytes()).unwrap().0,
                &source[..end],
            );
            let flushes = sink.asked_for(On::Flush);
            assert_eq!(writer.flush(ZST_FLUSH_BLOCK).unwrap(), 0, "nothing was pending");
            assert_eq!(sink.asked_for(On::Flush), flushes + 1, "the sink is flushed nonetheless");
        }
        assert_eq!(writer.tell(), sink.len() as u64);
    }
}

#[test]
fn nothing_written_is_an_empty_frame() {
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for size in [None, Some(0), Some(10)] {
            let empty = |frames: &[Vec<Do>]| frames_of(&compressor, size, &TestSink::takes_all(2), &script(frames));
            assert_same(&empty(&[vec![]]), EMPTY_FRAME);
            assert_same(&empty(&[vec![Do::Feed(b""); 40]]), EMPTY_FRAME);
            assert_same(&empty(&[vec![], vec![]]), &EMPTY_FRAME.repeat(2));
        }
    }
    // Closing ends a frame, also where one has just ended.
    let compressor = Compressor::new(3, None);
    let frame = CompressionObj::new(&compressor, None).frame([&b"foobar"[..]]);
    let script = script(&[vec![Do::Feed(b"foobar")], vec![]]);
    assert_same(&frames_of(&compressor, None, &TestSink::takes_all(PIECE), &script), &[&frame, EMPTY_FRAME].concat());
}

#[test]
fn the_declared_size_is_that_of_the_first_frame() {
    let compressor = Compressor::new(3, None);
    let content_size = |frame: &[u8]| {
        call(|out, err| unsafe {
            zst::ffi::frame::zst_frame_content_size(frame.as_ptr().cast(), frame.len(), 0, out, err)
        })
    };
    let sink = TestSink::takes_all(PIECE);
    let writer = CompressionWriter::new(&compressor, &sink, Some(6));
    writer.write(b"foobar").unwrap();
    let first = writer.flush(ZST_FLUSH_FRAME).unwrap();
    writer.write(b"something of another length").unwrap();
    writer.close().unwrap();
    assert_eq!(content_size(&sink.bytes()).unwrap(), 6);
    assert_eq!(content_size(&sink.bytes()[first..]).unwrap() as i64, -1);
}

#[test]
fn more_input_than_declared() {
    let source = noise(5, 1 << 20);
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for size in [0, 1, 1000, source.len() as u64 - 1] {
            let sink = TestSink::takes_all(1000);
            let writer = CompressionWriter::new(&compressor, &sink, Some(size));
            // With worker threads, the input is looked at later.
            writer.write(&source).and_then(|_| writer.flush(ZST_FLUSH_BLOCK)).unwrap_err();
            let given = source.len();
            let text = format!("zstd compress error: {SIZE_WRONG}: {size} bytes were declared, {given} were given");
            for failure in [
                writer.write(&source).unwrap_err(),
                writer.write(b"").unwrap_err(),
                writer.flush(ZST_FLUSH_BLOCK).unwrap_err(),
                writer.flush(ZST_FLUSH_FRAME).unwrap_err(),
            ] {
                assert_eq!((failure.status, &failure.message), (ZST_ERROR_ZSTD, &text));
            }
            assert!(!writer.is_closed());
            writer.close().unwrap_err().is(ZST_ERROR_ZSTD, &text);
            assert!(writer.is_closed());
            assert_eq!((sink.asked_for(On::Close), sink.drops(), sink.asked_for(On::Flush)), (0, 1, 0));
            writer.close().unwrap();
        }
        assert_same(&decode(&[], None, &compressor.compress(&source)), &source);
    }
}

#[test]
fn less_input_than_declared() {
    let text = format!("zstd compress error: {SIZE_WRONG}");
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for (fed, size) in [(1, 2), (100, 1000), (200_000, 200_001), (300_000, 1 << 40)] {
            let source = noise(1, fed);
            for flush in [false, true] {
                let sink = TestSink::takes_all(1000);
                let writer = CompressionWriter::new(&compressor, &sink, Some(size));
                writer.write(&source).unwrap();
                if flush {
                    writer.flush(ZST_FLUSH_FRAME).unwrap_err().is(ZST_ERROR_ZSTD, &text);
                    writer.write(b"x").unwrap_err().is(ZST_ERROR_ZSTD, &text);
                    assert!(!writer.is_closed());
                }
                writer.close().unwrap_err().is(ZST_ERROR_ZSTD, &text);
                assert_eq!((writer.is_closed(), sink.asked_for(On::Close), sink.drops()), (true, 0, 1));
                assert_eq!(writer.tell(), sink.len() as u64);
            }
        }
    }
}

#[test]
fn closed_is_closed() {
    let sink = TestSink::takes_all(PIECE);
    let writer = CompressionWriter::new(&Compressor::new(3, None), &sink, None);
    assert!(!writer.is_closed());
    writer.write(b"foobar").unwrap();
    writer.close().unwrap();
    for mode in [-1, 2, i32::MAX, i32::MIN] {
        writer.flush(mode).unwrap_err().is(ZST_ERROR_VALUE, &format!("unknown flush_mode: {mode}"));
    }
    for failure in [
        writer.write(b"x").unwrap_err(),
        writer.write(b"").unwrap_err(),
        writer.flush(ZST_FLUSH_BLOCK).unwrap_err(),
        writer.flush(ZST_FLUSH_FRAME).unwrap_err(),
    ] {
        assert_eq!((failure.status, &*failure.message), (ZST_ERROR_CLOSED, "stream is closed"));
    }
    writer.close().unwrap();
    assert!(writer.is_closed());
    assert_eq!((writer.tell(), writer.progression()), (15, (6, 6, 15)));
    assert!(writer.memory_size() > 100_000);
    assert_eq!((sink.asked_for(On::Close), sink.drops(), sink.len()), (1, 1, 15));
    assert_same(&decode(&[], None, &sink.bytes()), b"foobar");
}

#[test]
fn freeing_writes_nothing_and_closes_nothing() {
    let compressor = Compressor::new(3, None);
    for close in [false, true] {
        let sink = TestSink::takes_all(PIECE);
        let writer = CompressionWriter::new(&compressor, &sink, None);
        writer.write(&noise(1, 300_000)).unwrap();
        if close {
            writer.close().unwrap();
        }
        let before = sink.len();
        assert_eq!(sink.drops(), u32::from(close));
        drop(writer);
        assert_eq!((sink.len(), sink.asked_for(On::Close), sink.drops()), (before, usize::from(close), 1));
    }
}

#[test]
fn figures_before_during_and_after() {
    let compressor = Compressor::new(3, None);
    let sink = TestSink::takes_all(PIECE);
    let writer = CompressionWriter::new(&compressor, &sink, None);
    assert_eq!((writer.progression(), compressor.progression(), writer.tell()), ((0, 0, 0), (0, 0, 0), 0));
    let fresh = writer.memory_size();
    assert!(fresh > 1000);
    assert_eq!(writer.write(b"foobar").unwrap(), (6, 0));
    assert_eq!((writer.progression(), compressor.progression()), ((6, 0, 0), (6, 0, 0)));
    let during = writer.memory_size();
    assert!(during > fresh + 100_000, "{fresh}, then {during}");
    assert_eq!(writer.flush(ZST_FLUSH_FRAME).unwrap(), 15);
    assert_eq!((writer.progression(), compressor.progression()), ((6, 6, 15), (6, 6, 15)));
    // Another operation leaves the writer's figures alone.
    compressor.compress(&[1; 100]);
    assert_eq!((writer.progression(), writer.memory_size(), writer.tell()), ((6, 6, 15), during, 15));
    writer.close().unwrap();
    assert!(writer.memory_size() > 1000);
    assert_eq!(writer.tell(), 24);
}

#[test]
fn null_pointers() {
    let compressor = Compressor::new(3, None);
    let unknown = ZST_CONTENTSIZE_UNKNOWN;
    let made = Untouched::new();
    // A sink is taken over in any case, so there is one for each attempt.
    for writable in [true, false] {
        for (words, compressor, out) in
            [("compressor is NULL", null(), made.ptr()), ("out is NULL", compressor.raw(), null_mut())]
        {
            let sink = TestSink::takes_all(10);
            let mut raw = sink.raw();
            raw.write = raw.write.filter(|_| writable);
            let made = call0(|err| unsafe { zst_compressor_stream_writer(compressor, &raw, unknown, 10, out, err) });
            made.unwrap_err().is(ZST_ERROR_ARGUMENT, if writable { words } else { "sink->write is NULL" });
            assert_eq!(sink.drops(), 1);
        }
    }
    refuses_null("sink", |err| unsafe {
        zst_compressor_stream_writer(compressor.raw(), null(), unknown, 10, made.ptr(), err)
    });
    for (write_size, status) in [(0, ZST_ERROR_VALUE), (usize::MAX, ZST_ERROR_MEMORY)] {
        let sink = TestSink::takes_all(write_size);
        CompressionWriter::try_new(&compressor, &sink, None, write_size).unwrap_err().is(status, "");
        assert_eq!(sink.drops(), 1);
    }
    let sink = TestSink::takes_all(0);
    let failure = CompressionWriter::try_new(&compressor, &sink, None, 0).unwrap_err();
    assert_eq!(failure.message, "write_size must be positive");

    let sink = TestSink::takes_all(10);
    let writer = CompressionWriter::new(&compressor, &sink, None);
    let (consumed, written, figures, size) = (Untouched::new(), Untouched::new(), Untouched::new(), Untouched::new());
    let src = c"abc".as_ptr().cast();
    let write = |writer, src, len, err| unsafe {
        zst_compression_writer_write(writer, src, len, consumed.ptr(), written.ptr(), err)
    };
    refuses_null("writer", |err| write(null(), src, 3, err));
    refuses_null("src", |err| write(writer.raw(), null(), 3, err));
    refuses("src is more than any buffer can have", |err| write(writer.raw(), src, usize::MAX, err));
    refuses_null("writer", |err| unsafe { zst_compression_writer_flush(null(), 0, written.ptr(), err) });
    refuses_null("writer", |err| unsafe { zst_compression_writer_close(null(), err) });
    refuses_null("writer", |err| unsafe { zst_compression_writer_memory_size(null(), size.ptr(), err) });
    refuses_null("out_size", |err| unsafe { zst_compression_writer_memory_size(writer.raw(), null_mut(), err) });
    refuses_null("writer", |err| unsafe { zst_compression_writer_frame_progression(null(), figures.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compression_writer_frame_progression(writer.raw(), null_mut(), err) });
    assert_eq!(unsafe { (zst_compression_writer_closed(null()), zst_compression_writer_tell(null())) }, (1, 0));
    unsafe { zst_compression_writer_free(null_mut()) };
    // Nothing of that has happened. What is written and how much is optional.
    assert_eq!((writer.is_closed(), writer.progression(), sink.asked()), (false, (0, 0, 0), 0));
    call0(|err| unsafe { zst_compression_writer_write(writer.raw(), null(), 0, null_mut(), null_mut(), err) }).unwrap();
    call0(|err| unsafe { zst_compression_writer_flush(writer.raw(), ZST_FLUSH_FRAME, null_mut(), err) }).unwrap();
    assert_same(&sink.bytes(), EMPTY_FRAME);
}

#[test]
fn parents_may_go_first() {
    let source = text(10, 50_000);
    for threads in [0, 2] {
        let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], &dict);
        let expected = frames_of_one(&compressor, &source);
        let (sink, other) = (TestSink::takes_all(PIECE), TestSink::takes_all(PIECE));
        let writer = CompressionWriter::new(&compressor, &sink, None);
        let started = CompressionWriter::new(&compressor, &other, None);
        started.write(&source[..1]).unwrap();
        drop((compressor, dict));
        started.write(&source[1..]).unwrap();
        started.close().unwrap();
        writer.write(&source).unwrap();
        writer.close().unwrap();
        assert_same(&sink.bytes(), &expected);
        assert_same(&other.bytes(), &expected);
    }
}

#[test]
fn two_threads_that_write_to_one_writer() {
    let piece = noise(13, 100_000);
    let (sink, start) = (TestSink::takes_all(1000), Barrier::new(2));
    let writer = CompressionWriter::new(&Compressor::new(3, None), &sink, None);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..60 {
                    let (consumed, _) = loop {
                        match writer.write(&piece) {
                            Ok(counts) => break counts,
                            Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "the object is busy")),
                        }
                        thread::yield_now();
                    };
                    assert_eq!(consumed, piece.len());
                    let (ingested, consumed, _) = writer.progression();
                    assert!(ingested >= consumed);
                    assert!(!writer.is_closed() && writer.memory_size() > 1000);
                    assert!(writer.tell() <= sink.len() as u64);
                }
            });
        }
    });
    assert_eq!(writer.progression().0, 120 * piece.len() as u64);
    writer.close().unwrap();
    assert_same(&decode(&[], None, &sink.bytes()), &piece.repeat(120));
}

#[test]
fn progress_is_seen_from_another_thread() {
    let source = text(14, 12 << 20);
    let sink = TestSink::takes_all(PIECE);
    let writer = CompressionWriter::new(&Compressor::new(6, None), &sink, None);
    let seen = thread::scope(|scope| {
        let worker = scope.spawn(|| writer.write(&source).unwrap());
        let mut seen = Vec::new();
        while !worker.is_finished() {
            seen.push(writer.progression().0);
            thread::yield_now();
        }
        seen
    });
    assert!(seen.is_sorted());
    assert!(seen.iter().any(|&ingested| ingested > 0 && ingested < source.len() as u64), "nothing was seen on the way");
}

#[test]
fn many_writers_of_one_parent() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for dict in [None, Some(&dict)] {
        let compressor = Compressor::new(3, dict);
        thread::scope(|scope| {
            for n in 0..8 {
                let compressor = &compressor;
                scope.spawn(move || {
                    let source = text(n, 20_000 + 9000 * n as usize);
                    let frames = eventful(&source);
                    let expected = raw_frames(&[], dict.map(|_| trained()), None, &frames);
                    for _ in 0..5 {
                        let sink = TestSink::of(1000, Act::TakeHalf);
                        assert_same(&frames_of(compressor, None, &sink, &script(&frames)), &expected);
                        // And some are left half-way.
                        let abandoned = TestSink::takes_all(10);
                        CompressionWriter::new(compressor, &abandoned, None).write(&source).unwrap();
                    }
                });
            }
        });
    }
}

#[test]
fn interleaved_with_each_other_and_with_one_shot_calls() {
    let source = text(15, 24_000);
    for (name, values) in settings() {
        let compressor = Compressor::with(&values, None);
        let one_shot = compressor.compress(&source[..500]).to_vec();
        let pieces: Vec<_> = source.chunks(8000).collect();
        let alone = frames_of(
            &Compressor::with(&values, None),
            None,
            &TestSink::takes_all(PIECE),
            &script(&[pieces.iter().map(|piece| Do::Feed(piece)).collect()]),
        );
        let sinks = [1, 100, PIECE].map(TestSink::takes_all);
        let writers = [0, 1, 2].map(|n| CompressionWriter::new(&compressor, &sinks[n], None));
        for piece in pieces {
            for writer in &writers {
                writer.write(piece).unwrap();
                assert_same(&compressor.compress(&source[..500]), &one_shot);
            }
        }
        for (writer, sink) in writers.iter().zip(&sinks) {
            writer.close().unwrap();
            assert!(sink.bytes() == alone, "{name}");
        }
    }
}

#[test]
fn abandoned_writers_give_their_contexts_back() {
    let source = noise(16, 300_000);
    for threads in [0, 1] {
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], None);
        let expected = compressor.compress(&source).to_vec();
        for act in [Act::Take, Act::WouldBlock, Act::Fail(CODE)] {
            for _ in 0..30 {
                let sink = TestSink::of(1000, act);
                let writer = CompressionWriter::new(&compressor, &sink, None);
                let _ = writer.write(&source);
            }
            assert_same(&compressor.compress(&source), &expected);
        }
    }
}

#[test]
fn an_unusable_dictionary_is_told_at_the_first_write() {
    let dict = Dict::new(&noise(1, 500), ZST_DICT_TYPE_FULLDICT);
    let sink = TestSink::takes_all(10);
    let writer = CompressionWriter::new(&Compressor::new(3, &dict), &sink, None);
    for _ in 0..2 {
        writer.write(b"x").unwrap_err().is(ZST_ERROR_ZSTD, "zstd compress error: ");
    }
    writer.close().unwrap_err().is(ZST_ERROR_ZSTD, "zstd compress error: ");
    assert_eq!((sink.asked(), sink.drops()), (0, 1));
}
