//! `zst_compression_reader`: the bytes of libzstd whatever is read how, sources that fail, states.

use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::sync::Barrier;
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compression_reader::*;
use zst::ffi::library::*;
use zst::ffi::status::*;

/// What libzstd makes of `source` that is fed in such blocks.
pub fn fed(values: &[(i32, i32)], dict: Option<&Dict>, size: Option<u64>, source: &[u8], block: usize) -> Vec<u8> {
    let steps: Vec<_> = source.chunks(block).map(Do::Feed).collect();
    raw_stream(values, dict.map(|_| trained()), size, &steps)
}

#[test]
fn bytes_are_those_of_libzstd_fed_the_same_blocks() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        let len = if name.contains("thread") { 600_000 } else { 50_000 };
        let source = text(1, len);
        for dict in [None, Some(&dict)] {
            let compressor = Compressor::with(&values, dict);
            for (block, size) in [(len, None), (len / 3, Some(len as u64)), (7001, None)] {
                let expected = fed(&values, dict, size, &source, block);
                for way in [Read(1000), Read1(1 << 20), ReadInto(131), ReadInto1(5000), ReadAll] {
                    let source = Source::blocks(&source, block);
                    let reader = CompressionReader::try_new(&compressor, source, size, 100).unwrap();
                    assert!(reader.all(way) == expected, "{name}, blocks of {block}, {way:?}");
                    assert_eq!(reader.tell(), expected.len() as u64);
                }
            }
            let reader = CompressionReader::new(&compressor, Source::memory(&source));
            assert_same(&reader.all(Read(999)), &fed(&values, dict, None, &source, len));
        }
    }
}

#[test]
fn any_size_of_blocks_and_of_reads() {
    let source = text(2, 600);
    let compressor = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None);
    let expected = fed(&[(ZST_C_WRITE_CHECKSUM, 1)], None, None, &source, 600);
    for size in (1..25).chain([100, expected.len() - 1, expected.len(), expected.len() + 1]) {
        for block in [1, 2, 59, 600] {
            for way in [Read(size), Read1(size), ReadInto(size), ReadInto1(size)] {
                let reader = CompressionReader::try_new(&compressor, Source::blocks(&source, block), None, size);
                assert_same(&reader.unwrap().all(way), &expected);
            }
        }
    }
    let source = noise(2, 400_000);
    let expected = fed(&[], None, None, &source, 400_000);
    for way in [Read(1000), Read(131_072), Read1(131_591), ReadInto(131_073), ReadAll] {
        let reader = CompressionReader::new(&Compressor::new(3, None), Source::memory(&source));
        assert_same(&reader.all(way), &expected);
    }
}

#[test]
fn a_read_is_full_unless_the_frame_ends() {
    let source = noise(3, 300_000);
    for block in [1000, 300_000] {
        for way in [Read(100_000), ReadInto(100_000)] {
            let reader = CompressionReader::new(&Compressor::new(3, None), Source::blocks(&source, block));
            for _ in 0..3 {
                assert_eq!(reader.get(way).unwrap().len(), 100_000);
            }
            assert!((1..1000).contains(&reader.get(way).unwrap().len()));
            assert!(reader.get(way).unwrap().is_empty());
        }
    }
}

#[test]
fn the_source_is_asked_when_output_is_wanted_and_no_more_after_its_end() {
    let compressor = Compressor::new(3, None);
    for way in WAYS {
        let reader = CompressionReader::try_new(&compressor, Source::blocks(b"foo", 3), None, 77).unwrap();
        assert!(reader.get(Read(0)).unwrap().is_empty() && reader.get(ReadInto(0)).unwrap().is_empty());
        assert!(reader.get(Read1(0)).unwrap().is_empty() && reader.get(ReadInto1(0)).unwrap().is_empty());
        assert_eq!(reader.script().reads(), 0);
        reader.get(way).unwrap();
        // The reads of a 3-byte source by read1: two.
        assert_eq!(reader.script().hints(), [77, 77]);
        reader.all(way);
        assert!(reader.get(way).unwrap().is_empty());
        assert_eq!(reader.script().reads(), 2);
    }
    // A read1 returns as soon as there is anything.
    let source = noise(4, 400_000);
    let reader = CompressionReader::new(&compressor, Source::blocks(&source, 100_000));
    let first = reader.get(Read1(1 << 20)).unwrap().len();
    assert!(first > 0 && reader.script().reads() < 4, "{first} bytes after {} reads", reader.script().reads());
}

#[test]
fn nothing_makes_a_frame_of_nothing_whatever_was_declared() {
    let compressor = Compressor::new(3, None);
    for size in [None, Some(0), Some(10), Some(u64::MAX - 1)] {
        for way in WAYS {
            let reader = CompressionReader::try_new(&compressor, Source::new([]), size, 1).unwrap();
            assert_same(&reader.all(way), EMPTY_FRAME);
            assert!(reader.get(way).unwrap().is_empty());
            assert_eq!(reader.script().reads(), 1);
        }
        let reader = CompressionReader::try_new(&compressor, Source::memory(b""), size, 1).unwrap();
        assert_same(&reader.all(ReadAll), EMPTY_FRAME);
    }
}

#[test]
fn another_size_than_was_declared() {
    for values in [vec![], vec![(ZST_C_THREADS, 1)]] {
        let compressor = Compressor::with(&values, None);
        for (len, size) in [(1, 0), (10, 9), (300_000, 1000), (1, 2), (300_000, 300_001)] {
            let source = text(5, len);
            for way in [Read(100), Read1(1 << 20), ReadInto(1 << 20), ReadInto1(1000), ReadAll] {
                let source = Source::blocks(&source, 7000);
                let reader = CompressionReader::try_new(&compressor, source, Some(size as u64), 1000).unwrap();
                let (_, failures) = reader.drain(way);
                assert_eq!(failures.len(), 20);
                failures[0].is(ZST_ERROR_ZSTD, if len < size { "error ending compression stream: " } else { "" });
                for failure in &failures {
                    failure.is(ZST_ERROR_ZSTD, "Src size is incorrect");
                }
                if size == 1000 && values.is_empty() {
                    assert!(reader.script().reads() <= 3, "too much is told when it is fed");
                }
                reader.close().unwrap();
            }
        }
        assert_same(&decode(&[], None, &compressor.compress(b"still fine")), b"still fine");
    }
}

#[test]
fn faults_of_the_source_lose_nothing() {
    let source = noise(6, 1000);
    for threads in [0, 1] {
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], None);
        let expected = fed(&[(ZST_C_THREADS, threads)], None, None, &source, 251);
        let ways = if threads == 0 { &WAYS[..] } else { &WAYS[1..3] };
        faults_lose_nothing(&source, &expected, ways, |source| CompressionReader::new(&compressor, source));
    }
    // Where output has come before the fault.
    let source = noise(7, 300_000);
    let compressor = Compressor::new(1, None);
    let expected = fed(&[(ZST_C_COMPRESSION_LEVEL, 1)], None, None, &source, 75_001);
    let ways = [Read(100_000), ReadInto(1 << 20), ReadAll];
    faults_lose_nothing(&source, &expected, &ways, |source| CompressionReader::new(&compressor, source));
}

#[test]
fn output_before_a_would_block_is_returned() {
    let source = noise(8, 500_000);
    for way in [Read(1 << 20), ReadInto(1 << 20), ReadAll] {
        let steps = lend(&source, 500_000).chain([WOULD_BLOCK, WOULD_BLOCK]);
        let reader = CompressionReader::new(&Compressor::new(3, None), Source::new(steps));
        assert!(reader.get(way).unwrap().len() > 100_000);
        reader.get(way).unwrap_err().is(ZST_ERROR_WOULD_BLOCK, "the source would block; the call can be repeated");
        reader.get(way).unwrap();
    }
}

#[test]
fn readall_gives_what_waits_inside_before_it_reads() {
    let source = noise(8, 131_072);
    let steps = lend(&source, source.len()).chain([WOULD_BLOCK]);
    let reader = CompressionReader::new(&Compressor::new(3, None), Source::new(steps));
    let start = reader.get(ReadInto(10)).unwrap();
    let waiting = reader.get(ReadAll).unwrap();
    assert!(waiting.len() > 131_000 && reader.script().reads() == 2);
    let rest = reader.get(ReadAll).unwrap();
    assert_same(&[start, waiting, rest].concat(), &fed(&[], None, None, &source, source.len()));
}

#[test]
fn callbacks_of_its_own() {
    let source = text(9, 3000);
    let compressor = Compressor::new(3, None);
    let expected = fed(&[], None, None, &source, 1500);
    let open = |source| CompressionReader::new(&compressor, source);
    callbacks_may_use_their_own_stream(&source, &expected, &WAYS, open, |reader| {
        reader.close().unwrap_err().is(ZST_ERROR_BUSY, "busy");
        assert_eq!((reader.closed(), reader.progression()), (0, (0, 0, 0)));
        reader.tell();
    });
}

#[test]
fn a_callback_may_use_the_parent() {
    let source = text(10, 100_000);
    let compressor = std::sync::Arc::new(Compressor::new(3, None));
    let expected = fed(&[], None, None, &source, 10_000);
    let mut steps = Vec::new();
    for step in lend(&source, 10_000) {
        let (parent, small) = (compressor.clone(), text(11, 5000));
        let alone = Compressor::new(3, None).compress(&small).to_vec();
        steps.push(Step::Do(Box::new(move || {
            assert_same(&parent.compress(&small), &alone);
            let another = CompressionReader::new(&parent, Source::blocks(&small, 100));
            assert_same(&another.all(Read(100)), &fed(&[], None, None, &small, 100));
            parent.memory_size().unwrap();
        })));
        steps.push(step);
    }
    let reader = CompressionReader::new(&compressor, Source::new(steps));
    assert_same(&reader.all(Read(333)), &expected);
}

#[test]
fn the_parent_may_go_first() {
    let source = text(12, 100_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let compressor = Compressor::new(3, &dict);
    let expected = fed(&[], Some(&dict), None, &source, 1000);
    let fresh = CompressionReader::new(&compressor, Source::blocks(&source, 1000));
    let started = CompressionReader::new(&compressor, Source::blocks(&source, 1000));
    let mut frame = started.get(Read(10)).unwrap();
    drop((compressor, dict));
    frame.extend(started.all(Read(777)));
    assert_same(&frame, &expected);
    assert_same(&fresh.all(ReadAll), &expected);
}

#[test]
fn closed() {
    let source = noise(13, 300_000);
    for read in [0, 1000] {
        let reader = CompressionReader::new(&Compressor::new(3, None), Source::blocks(&source, 1000));
        assert_eq!(reader.closed(), 0);
        reader.get(Read(read)).unwrap();
        for _ in 0..3 {
            reader.close().unwrap();
            assert_eq!((reader.closed(), reader.script().drops(), reader.tell()), (1, 1, read as u64));
        }
        for way in WAYS.into_iter().chain([Read(0), Read1(0), ReadInto(0), ReadInto1(0)]) {
            let failure = reader.get(way).unwrap_err();
            assert_eq!((failure.status, &*failure.message), (ZST_ERROR_CLOSED, "stream is closed"), "{way:?}");
        }
        reader.progression();
    }
    // What was kept for later is gone as well.
    let steps = lend(&source, 300_000).chain([Step::Say(1)]);
    let reader = CompressionReader::new(&Compressor::new(3, None), Source::new(steps));
    reader.get(ReadAll).unwrap_err().code(ZST_ERROR_SOURCE, 1);
    reader.close().unwrap();
    reader.get(ReadAll).unwrap_err().is(ZST_ERROR_CLOSED, "stream is closed");
    assert_eq!(reader.tell(), 0);
}

#[test]
fn figures() {
    let compressor = Compressor::new(3, None);
    let reader = CompressionReader::new(&compressor, Source::blocks(b"foobar", 6));
    assert_eq!((reader.progression(), compressor.progression()), ((0, 0, 0), (0, 0, 0)));
    let frame = reader.all(Read1(100));
    assert_eq!(reader.progression(), (6, 6, frame.len() as u64));
    assert_eq!(compressor.progression(), reader.progression());
}

/// Read by two, the pieces of one are those that the other did not get.
#[test]
fn two_threads_on_one_reader() {
    let source = text(14, 3_000_000);
    let reader = CompressionReader::new(&Compressor::new(3, None), Source::blocks(&source, 100_000));
    let expected = fed(&[], None, None, &source, 100_000).len();
    let start = Barrier::new(2);
    let total: usize = thread::scope(|scope| {
        let read = || {
            start.wait();
            let mut total = 0;
            loop {
                match reader.fetch(Read1(5000)) {
                    Ok(piece) if piece.is_empty() => return total,
                    Ok(piece) => total += piece.len(),
                    Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "the object is busy")),
                }
                let (ingested, consumed, _) = reader.progression();
                assert!(consumed <= ingested && reader.closed() == 0 && reader.tell() <= expected as u64);
            }
        };
        [scope.spawn(read), scope.spawn(read)].map(|thread| thread.join().unwrap()).iter().sum()
    });
    assert_eq!(total, expected);
}

#[test]
fn many_readers_of_one_parent() {
    let compressor = Compressor::with(&[(ZST_C_WRITE_CHECKSUM, 1)], None);
    let expected: Vec<_> = (0..4)
        .map(|n| (text(n, 200_000), fed(&[(ZST_C_WRITE_CHECKSUM, 1)], None, None, &text(n, 200_000), 9000)))
        .collect();
    let one_shot = compressor.compress(b"one shot").to_vec();
    thread::scope(|scope| {
        for (source, expected) in &expected {
            scope.spawn(|| {
                for _ in 0..5 {
                    let reader = CompressionReader::new(&compressor, Source::blocks(source, 9000));
                    let mut frame = reader.get(Read(100)).unwrap();
                    assert_same(&compressor.compress(b"one shot"), &one_shot);
                    frame.extend(reader.all(Read1(10_000)));
                    assert_same(&frame, expected);
                }
            });
        }
    });
    // In one thread, in turn.
    let readers: Vec<_> =
        expected.iter().map(|(source, _)| CompressionReader::new(&compressor, Source::blocks(source, 9000))).collect();
    let mut frames = vec![Vec::new(); 4];
    for _ in 0..1000 {
        for (reader, frame) in readers.iter().zip(&mut frames) {
            frame.extend(reader.get(Read(200)).unwrap());
        }
        assert_same(&compressor.compress(b"one shot"), &one_shot);
    }
    for (frame, (_, expected)) in frames.iter().zip(&expected) {
        assert_same(frame, expected);
    }
}

#[test]
fn null_pointers() {
    let compressor = Compressor::new(3, None);
    let unknown = ZST_CONTENTSIZE_UNKNOWN;
    let made = Untouched::new();
    // `refuses` calls twice, and a source is given away once.
    let new = |compressor, source: Option<Source>, read_size, out, err| {
        let raw = source.as_ref().map_or(null(), |source| &raw const source.raw);
        let status = unsafe { zst_compressor_stream_reader(compressor, raw, unknown, read_size, out, err) };
        source.inspect(|source| assert_eq!(source.script().drops(), 1));
        status
    };
    let some = || Some(Source::new([]));
    refuses_null("compressor", |err| new(null(), some(), 1, made.ptr(), err));
    refuses_null("source", |err| new(compressor.raw(), None, 1, made.ptr(), err));
    refuses_null("out", |err| new(compressor.raw(), some(), 1, null_mut(), err));
    refuses_null("source->read", |err| {
        let mut source = Source::new([]);
        source.raw.read = None;
        new(compressor.raw(), Some(source), 1, made.ptr(), err)
    });
    let failure = CompressionReader::try_new(&compressor, Source::new([]), None, 0).err().unwrap();
    failure.is(ZST_ERROR_VALUE, "read_size must be positive");
    // A source without drop().
    let mut source = Source::blocks(b"foo", 3);
    source.raw.drop = None;
    let raw =
        call(|out, err| unsafe { zst_compressor_stream_reader(compressor.raw(), &source.raw, unknown, 1, out, err) });
    unsafe { zst_compression_reader_free(raw.unwrap()) };
    assert_eq!(source.script().drops(), 0);

    let reader = CompressionReader::new(&compressor, Source::blocks(b"foo", 3));
    let (bytes, len, figures) = (Untouched::new(), Untouched::new(), Untouched::new());
    for read in [zst_compression_reader_read, zst_compression_reader_read1] {
        refuses_null("reader", |err| unsafe { read(null(), 5, bytes.ptr(), err) });
        refuses_null("out", |err| unsafe { read(reader.raw(), 5, null_mut(), err) });
    }
    for readinto in [zst_compression_reader_readinto, zst_compression_reader_readinto1] {
        let mut dst = [0u8; 5];
        let place = dst.as_mut_ptr().cast();
        refuses_null("reader", |err| unsafe { readinto(null(), place, 5, len.ptr(), err) });
        refuses_null("dst", |err| unsafe { readinto(reader.raw(), null_mut(), 5, len.ptr(), err) });
        refuses_null("out_len", |err| unsafe { readinto(reader.raw(), place, 5, null_mut(), err) });
        refuses("dst is more than any buffer can have", |err| unsafe {
            readinto(reader.raw(), place, usize::MAX, len.ptr(), err)
        });
        let nothing = call(|out, err| unsafe { readinto(reader.raw(), null_mut(), 0, out, err) });
        assert_eq!(nothing.unwrap(), 0);
    }
    refuses_null("reader", |err| unsafe { zst_compression_reader_readall(null(), bytes.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compression_reader_readall(reader.raw(), null_mut(), err) });
    refuses_null("reader", |err| unsafe { zst_compression_reader_unread(null(), b"a".as_ptr().cast(), 1, err) });
    refuses_null("src", |err| unsafe { zst_compression_reader_unread(reader.raw(), null(), 1, err) });
    refuses_null("reader", |err| unsafe { zst_compression_reader_close(null(), err) });
    refuses_null("reader", |err| unsafe { zst_compression_reader_frame_progression(null(), figures.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_compression_reader_frame_progression(reader.raw(), null_mut(), err) });
    assert_eq!(unsafe { (zst_compression_reader_tell(null()), zst_compression_reader_closed(null())) }, (0, 1));
    unsafe { zst_compression_reader_free(null_mut()) };
    assert_eq!(reader.script().reads(), 0);
    assert_same(&reader.all(Read(100)), &fed(&[], None, None, b"foo", 3));
}

#[test]
fn a_read_of_more_than_there_can_be() {
    let reader = CompressionReader::new(&Compressor::new(3, None), Source::blocks(b"foo", 3));
    assert_same(&reader.get(Read(usize::MAX)).unwrap(), &fed(&[], None, None, b"foo", 3));
}
