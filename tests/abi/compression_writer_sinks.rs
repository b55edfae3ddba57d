//! `zst_compression_writer`: sinks that fail, block, take a little, or call the writer from within. No byte is lost.

use crate::compression_writer::{PIECE, eventful, frames_of, frames_of_one, raw_frames, script};
use crate::support::*;
use crate::support_sinks::*;
use crate::support_streams::*;
use std::ptr::null_mut;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicPtr, AtomicU32, Ordering::SeqCst};
use zst::ffi::compression_parameters::*;
use zst::ffi::compression_writer::*;
use zst::ffi::library::*;
use zst::ffi::sink::*;
use zst::ffi::status::*;

#[test]
fn a_sink_that_fails_or_blocks_at_any_call_loses_nothing() {
    let source = noise(6, 600);
    let compressor = Compressor::new(3, None);
    let frames = eventful(&source);
    let expected = raw_frames(&[], None, None, &frames);
    for write_size in [20, 100, PIECE] {
        let make = |sink: &TestSink| CompressionWriter::new(&compressor, sink, None);
        fail_everywhere(make, write_size, &script(&frames), &expected);
    }
}

#[test]
fn a_sink_that_fails_loses_nothing_of_large_input() {
    let source = noise(7, 120_000);
    for values in [vec![], vec![(ZST_C_THREADS, 1)], vec![(ZST_C_WRITE_CHECKSUM, 1), (ZST_C_WINDOW_LOG, 10)]] {
        let compressor = Compressor::with(&values, None);
        let frames = eventful(&source);
        let expected = raw_frames(&values, None, Some(60_000), &frames);
        let make = |sink: &TestSink| CompressionWriter::new(&compressor, sink, Some(60_000));
        fail_everywhere(make, 50_000, &script(&frames), &expected);
    }
}

#[test]
fn sinks_that_take_a_little() {
    let source = noise(8, 5000);
    let compressor = Compressor::new(3, None);
    let frames = eventful(&source);
    let expected = raw_frames(&[], None, None, &frames);
    for write_size in [1, 2, 64, PIECE] {
        for act in [Act::TakeUpTo(1), Act::TakeUpTo(100), Act::TakeHalf, Act::TakeAllButOne] {
            let sink = TestSink::of(write_size, act);
            assert_same(&frames_of(&compressor, None, &sink, &script(&frames)), &expected);
        }
        // Now and then it would block, too.
        let sink = TestSink::new(write_size, |_, call| if call % 3 == 1 { Act::WouldBlock } else { Act::TakeHalf });
        play(&CompressionWriter::new(&compressor, &sink, None), &sink, &script(&frames), Habit::GoOn).unwrap();
        assert_same(&sink.bytes(), &expected);
    }
}

#[test]
fn a_write_that_would_block_says_how_far_it_came() {
    let source = noise(9, 1 << 20);
    let sink = TestSink::once_or_more(1000, Act::WouldBlock, 200, usize::MAX);
    let writer = CompressionWriter::new(&Compressor::new(3, None), &sink, None);
    let (consumed, written) = writer.write(&source).unwrap();
    assert_eq!(written, 200_000);
    assert!(consumed > 200_000 && consumed < source.len());
    for _ in 0..3 {
        writer.write(&source[consumed..]).unwrap_err().is(ZST_ERROR_WOULD_BLOCK, "the sink would block");
        writer.flush(ZST_FLUSH_BLOCK).unwrap_err().is(ZST_ERROR_WOULD_BLOCK, "the sink would block");
        writer.close().unwrap_err().is(ZST_ERROR_WOULD_BLOCK, "the sink would block");
    }
    assert!(!writer.is_closed());
    assert_eq!((sink.drops(), sink.asked_for(On::Flush), sink.asked_for(On::Close)), (0, 0, 0));
}

#[test]
fn what_the_sink_says_is_passed_on() {
    let compressor = Compressor::new(3, None);
    let failing = |code| {
        let sink = TestSink::of(1, Act::Fail(code));
        let writer = CompressionWriter::new(&compressor, &sink, None);
        writer.flush(ZST_FLUSH_FRAME).unwrap_err()
    };
    for code in [1, -1, ZST_ERROR_BUSY, i32::MAX, i32::MIN, ZST_DONE] {
        let failure = failing(code);
        failure.is(ZST_ERROR_SINK, &format!("the sink's write() failed with code {code}"));
        assert_eq!(failure.callback_code, code);
    }
    let sink = TestSink::of(10, Act::ClaimTooMuch);
    let writer = CompressionWriter::new(&compressor, &sink, None);
    let failure = writer.flush(ZST_FLUSH_FRAME).unwrap_err();
    failure.is(ZST_ERROR_SINK, "invalid length: the sink claims to have taken 10 bytes of 9").numbers(9, 10);
    assert_eq!((failure.callback_code, writer.tell()), (0, 0));
    drop(writer);

    let sink = TestSink::new(10, |on, _| if on == On::Write { Act::Take } else { Act::Fail(CODE) });
    let writer = CompressionWriter::new(&compressor, &sink, None);
    for _ in 0..2 {
        writer.flush(ZST_FLUSH_BLOCK).unwrap_err().is(ZST_ERROR_SINK, "the sink's flush() failed with code -4242");
    }
    assert_eq!(writer.write(b"foobar").unwrap().0, 6);
    let failure = writer.close().unwrap_err();
    failure.is(ZST_ERROR_SINK, "the sink's close() failed with code -4242");
    assert_eq!((failure.callback_code, writer.is_closed(), sink.drops()), (CODE, true, 1));
    assert_same(&decode(&[], None, &sink.bytes()), b"foobar");
    writer.close().unwrap();
    assert_eq!(sink.asked_for(On::Close), 1);
}

#[test]
fn closing_when_the_sink_has_failed_ends_the_writer() {
    let sink = TestSink::of(10, Act::Fail(CODE));
    let writer = CompressionWriter::new(&Compressor::new(3, None), &sink, None);
    let source = noise(1, 300_000);
    for _ in 0..3 {
        writer.write(&source).unwrap_err().is(ZST_ERROR_SINK, "write()");
    }
    writer.close().unwrap_err().is(ZST_ERROR_SINK, "write()");
    assert_eq!((writer.is_closed(), writer.tell()), (true, 0));
    assert_eq!((sink.asked_for(On::Close), sink.drops()), (0, 1));
    writer.write(b"").unwrap_err().is(ZST_ERROR_CLOSED, "stream is closed");
}

#[test]
fn flush_and_close_of_a_sink_are_optional() {
    let mut bytes = zst::ffi::bytes::zst_bytes { data: null_mut(), len: 0, capacity: 0 };
    let sink = call(|out, err| unsafe { zst_sink_to_bytes(&raw mut bytes, out, err) }).unwrap();
    let compressor = Compressor::new(3, None);
    let make = |out, err| unsafe { zst_compressor_stream_writer(compressor.raw(), &sink, 6, 100, out, err) };
    let writer = CompressionWriter::own(call(make).unwrap());
    writer.write(b"foobar").unwrap();
    writer.flush(ZST_FLUSH_BLOCK).unwrap();
    writer.close().unwrap();
    drop(writer);
    assert_same(&decode(&[], None, &Bytes(bytes)), b"foobar");
}

/// A writer whose callbacks do something to it.
fn with_callback(
    compressor: &Arc<Compressor>,
    action: impl Fn(*mut zst_compression_writer, On) + Send + 'static,
) -> (TestSink, CompressionWriter) {
    let handle = Arc::new(AtomicPtr::new(null_mut()));
    let inside = handle.clone();
    let sink = TestSink::new(100, move |on, _| {
        action(inside.load(SeqCst), on);
        Act::Take
    });
    let writer = CompressionWriter::new(compressor, &sink, None);
    handle.store(writer.raw().cast_mut(), SeqCst);
    (sink, writer)
}

#[test]
fn a_callback_that_calls_its_writer_is_told_that_it_is_busy() {
    let source = noise(11, 300_000);
    let compressor = Arc::new(Compressor::new(3, None));
    let calls = Arc::new(AtomicU32::new(0));
    let counted = calls.clone();
    let parent = compressor.clone();
    let (sink, writer) = with_callback(&compressor, move |raw, _| {
        let again = std::mem::ManuallyDrop::new(CompressionWriter::own(raw));
        // A panic must not leave the callback: what is wrong is counted.
        let busy = |failure: Option<Failure>| failure.is_some_and(|failure| failure.status == ZST_ERROR_BUSY);
        let all_busy = busy(again.write(b"x").err())
            && busy(again.write(b"").err())
            && busy(again.flush(ZST_FLUSH_BLOCK).err())
            && busy(again.flush(ZST_FLUSH_FRAME).err())
            && busy(again.close().err());
        let figures = !again.is_closed() && again.memory_size() > 1000;
        again.tell();
        again.progression();
        // The parent is another matter.
        let fine = decode(&[], None, &parent.compress(b"meanwhile"))[..] == *b"meanwhile";
        counted.fetch_add(if all_busy && figures && fine { 1 } else { 1 << 20 }, SeqCst);
    });
    writer.write(&source).unwrap();
    writer.flush(ZST_FLUSH_BLOCK).unwrap();
    writer.write(&source[..0]).unwrap();
    writer.close().unwrap();
    assert_eq!(calls.load(SeqCst) as usize, sink.asked());
    assert_same(&decode(&[], None, &sink.bytes()), &source);
}

#[test]
fn a_callback_may_free_its_writer() {
    let source = noise(12, 300_000);
    let compressor = Arc::new(Compressor::new(3, None));
    let expected = frames_of_one(&compressor, &source);
    for on in [On::Write, On::Flush, On::Close] {
        let freed = AtomicBool::new(false);
        let (sink, writer) = with_callback(&compressor, move |raw, now| {
            if now == on && !freed.swap(true, SeqCst) {
                CompressionWriter::own(raw).free_from_within();
            }
        });
        // It is not ours any more from somewhere within this call on.
        let writer = std::mem::ManuallyDrop::new(writer);
        let (consumed, written) = writer.write(&source).unwrap();
        assert_eq!((consumed, written), (source.len(), sink.len()));
        if on != On::Write {
            assert_eq!(sink.drops(), 0);
            match on {
                On::Flush => drop(writer.flush(ZST_FLUSH_FRAME).unwrap()),
                _ => writer.close().unwrap(),
            }
            assert_same(&sink.bytes(), &expected);
        }
        assert_eq!((sink.drops(), sink.asked_for(On::Close)), (1, usize::from(on == On::Close)));
    }
    // Its context is there again.
    assert_same(&frames_of_one(&compressor, &source), &expected);
}
