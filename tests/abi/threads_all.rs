//! Every operation at the same time on one compressor, one decompressor and one dictionary; and streams that several
//! threads use at once against the rules.

use crate::support::*;
use crate::support_readers::*;
use crate::support_sinks::*;
use crate::support_sources::{Sink, Source};
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compressor_iterator::*;
use zst::ffi::copy_stream::*;
use zst::ffi::decompressor::*;
use zst::ffi::decompressor_iterator::*;
use zst::ffi::library::*;
use zst::ffi::sink::*;
use zst::ffi::source::*;
use zst::ffi::status::*;

const THREADS: usize = 32;
const ROUNDS: usize = 4;
const LEN: usize = 9000;
const PIECE: usize = 2000;

/// From content to a frame, or back.
type Operation = fn(&Shared, &[u8]) -> Vec<u8>;

/// What all threads share.
struct Shared {
    dict: Dict,
    compressor: Compressor,
    decompressor: Decompressor,
}

impl Shared {
    /// With `threads` of libzstd for each compression.
    fn new(threads: i32) -> Shared {
        let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], &dict);
        let decompressor = Decompressor::new(&dict);
        Shared { dict, compressor, decompressor }
    }

    /// Each makes a frame of the content.
    fn compressions(&self) -> Vec<Operation> {
        vec![
            |shared, content| shared.compressor.compress(content).to_vec(),
            |shared, content| {
                let mut place = vec![0; content.len() + 1000];
                let len = shared.compressor.compress_into(content, &mut place).unwrap();
                place.truncate(len);
                place
            },
            |shared, content| CompressionObj::new(&shared.compressor, None).frame(content.chunks(PIECE)),
            |shared, content| {
                let chunker = CompressionChunker::new(&shared.compressor, None, 500);
                chunker.give(content).unwrap();
                let mut frame = chunker.pieces().unwrap();
                chunker.finish().unwrap();
                frame.extend(chunker.pieces().unwrap());
                frame.concat()
            },
            |shared, content| CompressionReader::new(&shared.compressor, Source::blocks(content, PIECE)).all(Read(700)),
            |shared, content| {
                CompressorIterator::new(&shared.compressor, Source::blocks(content, PIECE), 700).all(Next)
            },
            |shared, content| {
                let sink = TestSink::takes_all(PIECE);
                let writer = CompressionWriter::new(&shared.compressor, &sink, None);
                play(&writer, &sink, &[Step::Write(content), Step::Close], Habit::Repeat).unwrap();
                sink.bytes()
            },
            |shared, content| {
                copy(content, |source, sink, err| unsafe {
                    let compressor = shared.compressor.raw();
                    let (read, written) = (null_mut(), null_mut());
                    zst_compressor_copy_stream(
                        compressor,
                        source,
                        sink,
                        UNKNOWN,
                        PIECE,
                        PIECE,
                        null(),
                        read,
                        written,
                        err,
                    )
                })
            },
            |shared, content| shared.compressor.batch(&[content], 2).unwrap().items().concat(),
        ]
    }

    /// Each gives the content of a frame.
    fn decompressions(&self) -> Vec<Operation> {
        vec![
            |shared, frame| shared.decompressor.decompress_as(frame, LEN as u64, 0).unwrap().0.to_vec(),
            |shared, frame| {
                let mut place = vec![0; LEN];
                let (len, _) = shared.decompressor.decompress_into(frame, 0, 0, &mut place).unwrap();
                place.truncate(len);
                place
            },
            |shared, frame| DecompressionObj::new(&shared.decompressor, 0).push_all(frame, 500).0,
            |shared, frame| {
                let (pieces, finished) = DecompressionChunker::new(&shared.decompressor, 700).push_all(frame, 500);
                finished.unwrap();
                pieces.concat()
            },
            |shared, frame| {
                DecompressionReader::new(&shared.decompressor, Source::blocks(frame, 500), 0).all(ReadInto(700))
            },
            |shared, frame| {
                DecompressorIterator::new(&shared.decompressor, Source::blocks(frame, 500), 700, 0).all(Next)
            },
            |shared, frame| {
                let sink = TestSink::takes_all(PIECE);
                let writer = DecompressionWriter::new(&shared.decompressor, &sink, ZST_DECOMPRESS_STRICT);
                play(&writer, &sink, &[Step::Write(frame), Step::Close], Habit::Repeat).unwrap();
                sink.bytes()
            },
            |shared, frame| {
                copy(frame, |source, sink, err| unsafe {
                    let decompressor = shared.decompressor.raw();
                    let (read, written) = (null_mut(), null_mut());
                    zst_decompressor_copy_stream(
                        decompressor,
                        source,
                        sink,
                        PIECE,
                        PIECE,
                        0,
                        null(),
                        read,
                        written,
                        err,
                    )
                })
            },
            |shared, frame| shared.decompressor.batch_sized(&[frame], &[LEN as u64], 2).unwrap().items().concat(),
        ]
    }

    /// What else may be asked and changed while others work.
    fn others(&self, turn: usize) {
        let level = turn as i32 % 5 + 1;
        call0(|err| unsafe { zst_compression_dict_precompute_compress(self.dict.raw(), level, null(), err) }).unwrap();
        assert_same(self.dict.bytes(), trained());
        let (ingested, consumed, _) = self.compressor.progression();
        assert!(consumed <= ingested && ingested <= LEN as u64);
        assert!(self.compressor.memory_size().unwrap() > 0 && self.decompressor.memory_size() > 0);
        self.decompressor.decompress(b"no frame").unwrap_err().is(ZST_ERROR_ZSTD, "");
        Compressor::new(level, &self.dict).compress(b"a handle for one operation");
        if turn.is_multiple_of(8) {
            zst_free_idle_contexts();
        }
    }
}

const UNKNOWN: u64 = u64::MAX;

fn copy(input: &[u8], copy: impl Fn(*const zst_source, *const zst_sink, Err) -> zst_status) -> Vec<u8> {
    let (source, sink) = (Source::blocks(input, 500), Sink::new(Some(900), None));
    call0(|err| copy(&source.raw, &sink.raw, err)).unwrap();
    sink.taken()
}

#[test]
fn every_operation_in_32_threads() {
    for workers in [0, 1] {
        let shared = Shared::new(workers);
        let (compressions, decompressions) = (shared.compressions(), shared.decompressions());
        let operations = AtomicU32::new(0);
        thread::scope(|scope| {
            for number in 0..THREADS {
                let (shared, operations) = (&shared, &operations);
                let (compressions, decompressions) = (&compressions, &decompressions);
                scope.spawn(move || {
                    let content = text(number as u64, LEN);
                    for turn in 0..ROUNDS * compressions.len() {
                        // Each thread begins with another operation, and meets all pairs in time.
                        let compress = compressions[(turn + number) % compressions.len()];
                        let decompress = decompressions[(turn * 2 + number / 3) % decompressions.len()];
                        let frame = compress(shared, &content);
                        assert_same(&decompress(shared, &frame), &content);
                        shared.others(turn + number);
                        operations.fetch_add(2, SeqCst);
                    }
                });
            }
        });
        assert_eq!(operations.load(SeqCst) as usize, 2 * THREADS * ROUNDS * compressions.len());
    }
}

/// Calls `attempt` from four threads until it says that it has had enough. It must be right or be told of the others.
fn abuse(attempt: impl Fn(usize) -> Result<bool, Failure> + Sync) {
    thread::scope(|scope| {
        for number in 0..4 {
            let attempt = &attempt;
            scope.spawn(move || {
                // Most are turned away; those who wait have their turn.
                for _ in 0..100_000 {
                    match attempt(number) {
                        Ok(true) => {}
                        Ok(false) => return,
                        Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "the object is busy: another call on it")),
                    }
                }
                panic!("it never ends");
            });
        }
    });
}

#[test]
fn readers_that_several_threads_read() {
    let content = text(40, 300_000);
    let (compressor, decompressor) = (Compressor::new(1, None), Decompressor::new(None));
    let frame = compressor.compress(&content).to_vec();
    let total = AtomicU32::new(0);
    let count = |piece: Vec<u8>| {
        total.fetch_add(piece.len() as u32, SeqCst);
        Ok(!piece.is_empty())
    };

    let reader = CompressionReader::new(&compressor, Source::blocks(&content, 5000));
    abuse(|number| reader.fetch([Read(900), Read1(900), ReadInto(900), ReadInto1(900)][number]).and_then(count));
    assert_eq!(u64::from(total.swap(0, SeqCst)), reader.tell());

    let reader = DecompressionReader::new(&decompressor, Source::blocks(&frame, 500), 0);
    abuse(|number| {
        reader.at_frame_end();
        reader.fetch([Read(9000), Read1(9000), ReadInto(9000), ReadInto1(9000)][number]).and_then(count)
    });
    assert_eq!((total.load(SeqCst) as usize, reader.tell() as usize), (content.len(), content.len()));
}

#[test]
fn writers_that_several_threads_write_to() {
    let content = text(41, 30_000);
    let (compressor, decompressor) = (Compressor::new(1, None), Decompressor::new(None));
    let written = AtomicU32::new(0);
    let sink = TestSink::takes_all(1000);
    let writer = CompressionWriter::new(&compressor, &sink, None);
    // Each gives its part, whole, ten times.
    let left = [const { AtomicU32::new(10) }; 4];
    abuse(|number| {
        if left[number].load(SeqCst) == 0 {
            return Ok(false);
        }
        writer.progression();
        writer.tell();
        let (consumed, _) = writer.write(&content)?;
        assert_eq!(consumed, content.len());
        written.fetch_add(1, SeqCst);
        left[number].fetch_sub(1, SeqCst);
        Ok(true)
    });
    writer.close().unwrap();
    assert_eq!(written.load(SeqCst), 40);
    assert_same(&decompressor.decompress(&sink.bytes()).unwrap(), &content.repeat(40));
}

/// What an iterator lends is gone with the next call, so the pieces are not looked at.
#[test]
fn iterators_that_several_threads_ask() {
    let content = text(42, 300_000);
    let (compressor, decompressor) = (Compressor::new(1, None), Decompressor::new(None));
    let frame = compressor.compress(&content).to_vec();
    let iterator = CompressorIterator::new(&compressor, Source::blocks(&content, 5000), 500);
    abuse(|_| {
        iterator.progression();
        lent(|data, len, err| unsafe { zst_compressor_iterator_next(iterator.raw(), data, len, err) })
    });
    assert_eq!(iterator.progression().1, content.len() as u64);
    let iterator = DecompressorIterator::new(&decompressor, Source::blocks(&frame, 500), 500, 0);
    abuse(|_| lent(|data, len, err| unsafe { zst_decompressor_iterator_next(iterator.raw(), data, len, err) }));
}

/// Whether there was a piece.
fn lent(next: impl FnOnce(*mut *const u8, *mut usize, Err) -> zst_status) -> Result<bool, Failure> {
    let (data, len) = (Place::new(), Place::new());
    let mut more = true;
    call0(|err| {
        let status = next(data.ptr(), len.ptr(), err);
        more = status != ZST_DONE;
        if more { status } else { ZST_OK }
    })
    .map(|()| more)
}
