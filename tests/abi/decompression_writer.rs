//! `zst_decompression_writer`: frames cut anywhere, on sinks that do what they like.

use crate::decompression_obj::{lying, small_window};
use crate::raw;
use crate::support::*;
use crate::support_sinks::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, AtomicU32, Ordering::SeqCst};
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompression_writer::*;
use zst::ffi::decompressor::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

const PIECE: usize = ZST_DECOMPRESSION_RECOMMENDED_OUTPUT_SIZE as usize;
const STRICT: i32 = ZST_DECOMPRESS_STRICT;

/// `input` in pieces, with a flush now and then.
fn script(input: &[u8], piece: usize) -> Vec<Step<'_>> {
    let mut script = Vec::new();
    for (index, piece) in input.chunks(piece).enumerate() {
        script.push(Step::Write(piece));
        if index % 4 == 1 {
            script.push(Step::Flush(0));
        }
    }
    script.push(Step::Close);
    script
}

/// The content that a sink gets until the end of the input, or until it is refused.
fn content_of(
    decompressor: &Decompressor,
    input: &[u8],
    piece: usize,
    write_size: usize,
    flags: i32,
) -> (Vec<u8>, Result<(), Failure>) {
    let sink = TestSink::takes_all(write_size);
    let writer = DecompressionWriter::new(decompressor, &sink, flags);
    let outcome = play(&writer, &sink, &script(input, piece), Habit::Repeat);
    // An error is the error from then on, but not that of the sink.
    if let Err(failure) = &outcome
        && !writer.is_closed()
    {
        let before = sink.len();
        for src in [&b""[..], b"x", input] {
            let again = writer.write(src).unwrap_err();
            assert_eq!((again.status, &again.message), (failure.status, &failure.message));
        }
        assert_eq!((writer.flush(0).unwrap(), writer.at_frame_end()), (0, false));
        match writer.close() {
            Ok(()) => assert_eq!(flags, 0),
            Err(again) => assert_eq!((again.status, &again.message), (failure.status, &failure.message)),
        }
        assert_eq!((sink.len(), writer.is_closed(), sink.drops()), (before, true, 1));
        assert_eq!(sink.asked_for(On::Close), usize::from(flags == 0));
    }
    (sink.bytes(), outcome)
}

/// Frames of all kinds, and their content.
fn frames() -> (Vec<u8>, Vec<u8>) {
    let f = Compressor::new(3, None).compress(&[b'a'; 300]).to_vec();
    let u = raw::unknown_size(&text(1, 300));
    let checked = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&noise(1, 150)).to_vec();
    let input = [SKIPPABLE, &f, &f, SKIPPABLE, SKIPPABLE, &u, EMPTY_FRAME, &checked, EMPTY_FRAME, SKIPPABLE].concat();
    (input, [vec![b'a'; 600], text(1, 300), noise(1, 150)].concat())
}

#[test]
fn any_number_of_frames_cut_anywhere() {
    let (input, content) = frames();
    let decompressor = Decompressor::new(None);
    for piece in (1..10).chain([input.len() / 2, input.len() - 1, input.len()]) {
        for write_size in [1, 7, 299, 300, 301, PIECE] {
            for flags in [0, STRICT] {
                let (got, outcome) = content_of(&decompressor, &input, piece, write_size, flags);
                outcome.unwrap();
                assert_same(&got, &content);
            }
        }
    }
    assert_same(&content_of(&decompressor, b"", 1, 1, STRICT).0, b"");
}

#[test]
fn frames_of_all_settings() {
    let source = text(2, 4000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        for dict in [None, Some(&dict)] {
            let format = i64::from(name == "magicless");
            let obj = CompressionObj::new(&Compressor::with(&values, dict), None);
            let frame = obj.frame(source.chunks(1500)).repeat(2);
            let parameters = DecompressionParameters::new(&[(ZST_D_FORMAT, format)]);
            let decompressor = Decompressor::try_from(&parameters, dict).unwrap();
            for (piece, write_size) in [(100, PIECE), (999, 1000), (frame.len(), 7)] {
                let (got, outcome) = content_of(&decompressor, &frame, piece, write_size, STRICT);
                outcome.unwrap();
                assert!(got == source.repeat(2), "{name}, dict {}, {piece}", dict.is_some());
            }
        }
    }
    for source in [noise(2, 700_000), vec![5; 3_000_000]] {
        let frame = small_window(&source);
        for (piece, write_size) in [(1000, PIECE), (frame.len(), 10_000), (65_536, 1 << 20)] {
            assert_same(&content_of(&decompressor(), &frame, piece, write_size, STRICT).0, &source);
        }
    }
}

fn decompressor() -> Decompressor {
    Decompressor::new(None)
}

#[test]
fn a_hundred_thousand_frames_without_content() {
    for frame in [EMPTY_FRAME, SKIPPABLE] {
        let sink = TestSink::takes_all(1);
        let writer = DecompressionWriter::new(&decompressor(), &sink, STRICT);
        let input = frame.repeat(100_000);
        assert_eq!(writer.write(&input).unwrap(), (input.len(), 0));
        writer.close().unwrap();
        assert_eq!((sink.asked_for(On::Write), sink.asked_for(On::Flush)), (0, 1), "closing flushes");
    }
}

#[test]
fn a_sink_that_fails_or_blocks_at_any_call_loses_nothing() {
    let (input, content) = frames();
    let decompressor = decompressor();
    for (piece, write_size) in [(50, 100), (input.len(), 100), (100, PIECE)] {
        let make = |sink: &TestSink| DecompressionWriter::new(&decompressor, sink, STRICT);
        fail_everywhere(make, write_size, &script(&input, piece), &content);
    }
    let source = vec![7; 1 << 20];
    let frame = Compressor::new(3, None).compress(&source).to_vec();
    let make = |sink: &TestSink| DecompressionWriter::new(&decompressor, sink, 0);
    fail_everywhere(make, 300_000, &script(&frame, frame.len() / 3), &source);
}

#[test]
fn sinks_that_take_a_little() {
    let (input, content) = frames();
    for write_size in [1, 2, 64, PIECE] {
        for act in [Act::TakeUpTo(1), Act::TakeHalf, Act::TakeAllButOne] {
            let sink = TestSink::of(write_size, act);
            let writer = DecompressionWriter::new(&decompressor(), &sink, STRICT);
            play(&writer, &sink, &script(&input, 40), Habit::Repeat).unwrap();
            assert_same(&sink.bytes(), &content);
        }
        let sink = TestSink::new(write_size, |_, call| if call % 3 == 1 { Act::WouldBlock } else { Act::TakeHalf });
        let writer = DecompressionWriter::new(&decompressor(), &sink, STRICT);
        play(&writer, &sink, &script(&input, 40), Habit::GoOn).unwrap();
        assert_same(&sink.bytes(), &content);
    }
}

#[test]
fn every_cut_is_seen_by_those_who_want_to_know() {
    let source = text(3, 2000);
    let frame = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    let input = [&frame[..], SKIPPABLE, &frame].concat();
    let ends = [0, frame.len(), frame.len() + SKIPPABLE.len(), input.len()];
    for cut in (0..30).chain((30..input.len()).step_by(7)).chain(input.len() - 30..=input.len()) {
        let cut_input = &input[..cut];
        let (lax, outcome) = content_of(&decompressor(), cut_input, 500, 1000, 0);
        outcome.unwrap();
        let sink = TestSink::takes_all(1000);
        let writer = DecompressionWriter::new(&decompressor(), &sink, STRICT);
        writer.write(cut_input).unwrap();
        let whole = ends.contains(&cut);
        assert_eq!(writer.at_frame_end(), whole, "{cut}");
        let closed = writer.close();
        assert_eq!((sink.asked_for(On::Flush), sink.asked_for(On::Close)), (1, usize::from(whole)));
        assert_eq!((writer.is_closed(), sink.drops()), (true, 1));
        match closed {
            Ok(()) => assert!(whole, "{cut}"),
            Err(failure) => {
                assert!(!whole, "{cut}");
                assert_eq!(
                    (failure.status, &*failure.message),
                    (ZST_ERROR_TRUNCATED, "zstd decompress error: input ends inside a frame")
                );
            }
        }
        assert_same(&sink.bytes(), &lax);
        assert!(source.repeat(2).starts_with(&lax));
    }
}

#[test]
fn what_comes_before_damage_is_delivered() {
    let source = text(4, 1000);
    let frame = Compressor::new(3, None).compress(&source).to_vec();
    let mut damaged = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    *damaged.last_mut().unwrap() ^= 1;
    for (bad, text, content) in [
        (&b"no frame"[..], "Unknown frame descriptor", 1),
        (&damaged, "Restored data doesn't match checksum", 2),
        (&b"\x28\xb5\x2f\xfd\x20\x01\x01\0\0"[..], "", 1),
    ] {
        let input = [&frame, bad].concat();
        for (piece, write_size) in [(1, 1), (100, 100), (input.len(), 1), (input.len(), PIECE)] {
            for flags in [0, STRICT] {
                let (got, outcome) = content_of(&decompressor(), &input, piece, write_size, flags);
                outcome.unwrap_err().is(ZST_ERROR_ZSTD, "zstd decompress error: ").is(ZST_ERROR_ZSTD, text);
                // libzstd keeps what it decodes in the very call that meets the damage.
                assert!(got.len() >= if piece == 1 || write_size < 1000 { 1000 * content } else { 1000 });
                assert_same(&got, &source.repeat(content)[..got.len()]);
            }
        }
    }
    for count in [2, 3, 5] {
        let frame = lying(count);
        for piece in [1, 12, 13, 20, frame.len()] {
            content_of(&decompressor(), &frame, piece, 10, 0).1.unwrap_err().is(ZST_ERROR_ZSTD, "");
        }
    }
}

/// The sink fails with the very content that comes before the damage.
#[test]
fn damage_is_told_when_the_sink_has_recovered() {
    let source = noise(5, 1000);
    let input = [&Compressor::new(3, None).compress(&source)[..], b"no frame"].concat();
    for act in [Act::Fail(CODE), Act::WouldBlock] {
        for write_size in [100, 999, 1000, PIECE] {
            for at in 0..source.len().div_ceil(write_size) {
                let sink = TestSink::once_or_more(write_size, act, at, 1);
                let writer = DecompressionWriter::new(&decompressor(), &sink, 0);
                let outcome = play(&writer, &sink, &[Step::Write(&input), Step::Close], Habit::Repeat);
                outcome.unwrap_err().is(ZST_ERROR_ZSTD, "Unknown frame descriptor");
                assert_same(&sink.bytes(), &source);
            }
        }
    }
    // The same for a limit that is met when the input is used up.
    let frame = raw::unknown_size(&vec![1; 5000]);
    for limit in [1, 99, 100, 101, 4999] {
        let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
        for (act, at) in [Act::Fail(CODE), Act::WouldBlock].iter().flat_map(|act| (0..50).map(move |at| (*act, at))) {
            let sink = TestSink::once_or_more(100, act, at, 1);
            let writer = DecompressionWriter::new(&limited, &sink, 0);
            let outcome = play(&writer, &sink, &[Step::Write(&frame), Step::Close], Habit::GoOn);
            outcome.unwrap_err().is(ZST_ERROR_LIMIT, "max_output_size");
            assert_same(&sink.bytes(), &vec![1; limit as usize]);
        }
    }
}

#[test]
fn max_output_size_counts_over_the_life_of_the_stream() {
    let source = text(6, 1000);
    let known = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None).compress(&source).to_vec();
    for frame in [&known, &raw::unknown_size(&source)] {
        let input = [&frame[..], SKIPPABLE, frame, EMPTY_FRAME, frame, EMPTY_FRAME, SKIPPABLE].concat();
        for (piece, write_size) in [(1, PIECE), (10, 1), (333, 100), (input.len(), 1000), (input.len(), PIECE)] {
            for limit in [3000, 3001, i64::MAX] {
                let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
                let (got, outcome) = content_of(&limited, &input, piece, write_size, STRICT);
                outcome.unwrap();
                assert_same(&got, &source.repeat(3));
            }
            for limit in [1, 999, 1000, 1001, 2500, 2999] {
                let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
                let (got, outcome) = content_of(&limited, &input, piece, write_size, 0);
                outcome
                    .unwrap_err()
                    .is(ZST_ERROR_LIMIT, "zstd decompress error: ")
                    .is(ZST_ERROR_LIMIT, "max_output_size");
                assert_same(&got, &source.repeat(3)[..got.len()]);
                assert!(got.len() <= limit as usize);
            }
        }
    }
}

#[test]
fn the_window_limit_and_other_dictionaries() {
    let frame = small_window(&text(7, 100_000));
    let limited = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 1024)]);
    for piece in [1, frame.len()] {
        let failure = content_of(&limited, &frame, piece, PIECE, 0).1.unwrap_err();
        failure.is(ZST_ERROR_LIMIT, "zstd decompress error: Frame requires too much memory").numbers(1024, 65_536);
    }
    let enough = Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, 65_536)]);
    assert_same(&content_of(&enough, &frame, 1000, 1000, STRICT).0, &text(7, 100_000));
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(b"content").to_vec();
    let failure = content_of(&decompressor(), &frame, 3, PIECE, STRICT).1.unwrap_err();
    failure.is(ZST_ERROR_ZSTD, "zstd decompress error: Dictionary mismatch");
}

#[test]
fn a_flush_gives_what_could_be_decoded() {
    let source = noise(8, 40_000);
    let obj = CompressionObj::new(&Compressor::new(3, None), None);
    let sink = TestSink::takes_all(PIECE);
    let writer = DecompressionWriter::new(&decompressor(), &sink, 0);
    for (turn, piece) in source.chunks(5000).enumerate() {
        writer.write(&obj.compress(piece).unwrap()).unwrap();
        writer.write(&obj.block().unwrap()).unwrap();
        assert_eq!(writer.flush(0).unwrap(), 0, "it was given at once");
        assert_same(&sink.bytes(), &source[..5000 * (turn + 1)]);
        assert_eq!((sink.asked_for(On::Flush), writer.at_frame_end()), (turn + 1, false));
    }
}

#[test]
fn figures_and_states() {
    let sink = TestSink::takes_all(4);
    let writer = DecompressionWriter::new(&decompressor(), &sink, 0);
    let fresh = writer.memory_size();
    assert!(fresh > 1000);
    assert_eq!((writer.tell(), writer.at_frame_end(), writer.is_closed()), (0, true, false));
    let frame = raw::unknown_size(b"foobar");
    assert_eq!(writer.write(&frame[..frame.len() - 1]).unwrap().0, frame.len() - 1);
    assert!(!writer.at_frame_end() && writer.memory_size() > fresh);
    writer.write(&frame[frame.len() - 1..]).unwrap();
    assert_eq!((writer.tell(), writer.at_frame_end()), (6, true));
    writer.close().unwrap();
    writer.close().unwrap();
    for failure in [writer.write(b"x").unwrap_err(), writer.write(b"").unwrap_err(), writer.flush(0).unwrap_err()] {
        assert_eq!((failure.status, &*failure.message), (ZST_ERROR_CLOSED, "stream is closed"));
    }
    assert!(writer.is_closed() && writer.at_frame_end() && writer.memory_size() > fresh);
    assert_eq!((writer.tell(), sink.asked_for(On::Close), sink.asked_for(On::Flush)), (6, 1, 1));
}

#[test]
fn a_sink_that_cannot_be_flushed_or_closed() {
    for on in [On::Flush, On::Close] {
        let sink = TestSink::new(100, move |now, _| if now == on { Act::Fail(CODE) } else { Act::Take });
        let writer = DecompressionWriter::new(&decompressor(), &sink, 0);
        writer.write(&raw::unknown_size(b"foobar")).unwrap();
        let failure = writer.close().unwrap_err();
        failure.is(ZST_ERROR_SINK, if on == On::Flush { "the sink's flush()" } else { "the sink's close()" });
        assert_eq!((failure.callback_code, writer.is_closed(), sink.drops()), (CODE, true, 1));
        assert_eq!(sink.asked_for(On::Close), usize::from(on == On::Close));
        writer.close().unwrap();
        assert_eq!(sink.asked(), if on == On::Flush { 2 } else { 3 });
    }
}

#[test]
fn flags_and_null_pointers() {
    let decompressor = decompressor();
    let made = Untouched::new();
    for (words, decompressor, out) in
        [("decompressor is NULL", null(), made.ptr()), ("out is NULL", decompressor.raw(), null_mut())]
    {
        let sink = TestSink::takes_all(10);
        let raw = sink.raw();
        let made = call0(|err| unsafe { zst_decompressor_stream_writer(decompressor, &raw, 10, 0, out, err) });
        made.unwrap_err().is(ZST_ERROR_ARGUMENT, words);
        assert_eq!(sink.drops(), 1);
    }
    refuses_null("sink", |err| unsafe {
        zst_decompressor_stream_writer(decompressor.raw(), null(), 10, 0, made.ptr(), err)
    });
    let sink = TestSink::takes_all(10);
    let mut raw = sink.raw();
    raw.write = None;
    call0(|err| unsafe { zst_decompressor_stream_writer(decompressor.raw(), &raw, 10, 0, made.ptr(), err) })
        .unwrap_err()
        .is(ZST_ERROR_ARGUMENT, "sink->write is NULL");
    for (write_size, flags, status, words) in [
        (0, 0, ZST_ERROR_VALUE, "write_size must be positive"),
        (usize::MAX, 0, ZST_ERROR_MEMORY, ""),
        (10, ACROSS, ZST_ERROR_VALUE, "unknown flags"),
        (10, STRICT | 16, ZST_ERROR_VALUE, "unknown flags"),
        (10, i32::MIN, ZST_ERROR_VALUE, "unknown flags"),
    ] {
        let sink = TestSink::takes_all(10);
        DecompressionWriter::try_new(&decompressor, &sink, write_size, flags).unwrap_err().is(status, words);
        assert_eq!(sink.drops(), 1);
    }

    let sink = TestSink::takes_all(10);
    let writer = DecompressionWriter::new(&decompressor, &sink, 0);
    let (consumed, written, size) = (Untouched::new(), Untouched::new(), Untouched::new());
    let src = EMPTY_FRAME.as_ptr().cast();
    let write = |writer, src, len, err| unsafe {
        zst_decompression_writer_write(writer, src, len, consumed.ptr(), written.ptr(), err)
    };
    refuses_null("writer", |err| write(null(), src, 3, err));
    refuses_null("src", |err| write(writer.raw(), null(), 3, err));
    refuses("src is more than any buffer can have", |err| write(writer.raw(), src, usize::MAX, err));
    refuses_null("writer", |err| unsafe { zst_decompression_writer_flush(null(), written.ptr(), err) });
    refuses_null("writer", |err| unsafe { zst_decompression_writer_close(null(), err) });
    refuses_null("writer", |err| unsafe { zst_decompression_writer_memory_size(null(), size.ptr(), err) });
    refuses_null("out_size", |err| unsafe { zst_decompression_writer_memory_size(writer.raw(), null_mut(), err) });
    assert_eq!(unsafe { (zst_decompression_writer_closed(null()), zst_decompression_writer_tell(null())) }, (1, 0));
    assert_eq!(unsafe { zst_decompression_writer_at_frame_end(null()) }, 0);
    unsafe { zst_decompression_writer_free(null_mut()) };
    assert_eq!((writer.is_closed(), writer.at_frame_end(), sink.asked()), (false, true, 0));
    // What is written and how much is optional.
    call0(|err| unsafe { zst_decompression_writer_write(writer.raw(), src, 9, null_mut(), null_mut(), err) }).unwrap();
    call0(|err| unsafe { zst_decompression_writer_flush(writer.raw(), null_mut(), err) }).unwrap();
    assert_eq!((sink.asked_for(On::Write), sink.asked_for(On::Flush)), (0, 1));
}

#[test]
fn the_parent_may_go_first() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let source = text(9, 50_000);
    let frame = Compressor::new(3, &dict).compress(&source).to_vec();
    let sink = TestSink::takes_all(PIECE);
    let writer = DecompressionWriter::new(&Decompressor::new(&dict), &sink, STRICT);
    drop(dict);
    writer.write(&frame).unwrap();
    writer.close().unwrap();
    assert_same(&sink.bytes(), &source);
}

#[test]
fn callbacks_that_call_or_free_their_writer() {
    let source = noise(10, 5000);
    let frame = raw::unknown_size(&source);
    for frees in [false, true] {
        let handle = Arc::new(AtomicPtr::new(null_mut::<zst_decompression_writer>()));
        let (inside, busy) = (handle.clone(), Arc::new(AtomicU32::new(0)));
        let counted = busy.clone();
        let sink = TestSink::new(1000, move |_, call| {
            let again = std::mem::ManuallyDrop::new(DecompressionWriter::own(inside.load(SeqCst)));
            if !frees {
                let outcomes = [again.write(b"").err(), again.flush(0).err(), again.close().err()];
                let outcomes = outcomes.map(|failure| failure.map(|failure| failure.status));
                counted.fetch_add(u32::from(outcomes == [Some(ZST_ERROR_BUSY); 3]), SeqCst);
                again.at_frame_end();
                again.tell();
            } else if call == 0 {
                std::mem::ManuallyDrop::into_inner(again).free_from_within();
            }
            Act::Take
        });
        let writer = DecompressionWriter::new(&decompressor(), &sink, 0);
        handle.store(writer.raw().cast_mut(), SeqCst);
        if frees {
            // It is not ours any more from somewhere within this call on.
            assert_eq!(std::mem::ManuallyDrop::new(writer).write(&frame).unwrap().0, frame.len());
            assert_eq!((sink.drops(), sink.asked_for(On::Close)), (1, 0));
        } else {
            writer.write(&frame).unwrap();
            writer.close().unwrap();
            assert_eq!(busy.load(SeqCst) as usize, sink.asked());
        }
        assert_same(&sink.bytes(), &source);
    }
}

#[test]
fn from_several_threads() {
    let piece = text(11, 50_000);
    let frame = Compressor::new(3, None).compress(&piece).to_vec();
    let decompressor = decompressor();
    let sink = TestSink::takes_all(1000);
    let shared = DecompressionWriter::new(&decompressor, &sink, STRICT);
    let accepted = AtomicU32::new(0);
    thread::scope(|scope| {
        for n in 0..4 {
            let (decompressor, shared, piece, frame, accepted) = (&decompressor, &shared, &piece, &frame, &accepted);
            scope.spawn(move || {
                for turn in 0..20 {
                    match shared.write(frame) {
                        Ok((consumed, _)) => {
                            assert_eq!(consumed, frame.len());
                            accepted.fetch_add(1, SeqCst);
                        }
                        Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "the object is busy")),
                    }
                    shared.at_frame_end();
                    let (got, outcome) = content_of(decompressor, frame, 999 + turn, 1000, STRICT);
                    outcome.unwrap();
                    assert_same(&got, piece);
                    // And some are left half-way.
                    let abandoned = TestSink::takes_all(100 + n);
                    DecompressionWriter::new(decompressor, &abandoned, 0).write(&frame[..1000]).unwrap();
                }
            });
        }
    });
    shared.close().unwrap();
    assert_same(&sink.bytes(), &piece.repeat(accepted.load(SeqCst) as usize));
}

#[test]
fn where_the_input_stands_when_a_sink_has_failed() {
    let content = noise(3, 1000);
    let frame = Compressor::new(3, None).compress(&content).to_vec();
    let cut = [&frame[..], &frame[..300]].concat();
    for (input, write_size, whole) in [(&frame, 100, true), (&cut, 1000, false)] {
        let sink = TestSink::once_or_more(write_size, Act::Fail(7), 0, 1);
        let writer = DecompressionWriter::new(&Decompressor::new(None), &sink, 0);
        writer.write(input).unwrap_err().is(ZST_ERROR_SINK, "write() failed");
        assert!(!writer.at_frame_end(), "some of the input waits");
        writer.close().unwrap();
        assert_eq!(writer.at_frame_end(), whole);
        assert_same(&sink.bytes()[..1000], &content);
    }
}
