//! `zst_decompression_reader`: frames in a row, reading and seeking, sources that fail.

use crate::decompression_obj::small_window;
use crate::raw;
use crate::support::*;
use crate::support_readers::*;
use crate::support_sources::*;
use crate::support_streams::*;
use std::ptr::{null, null_mut};
use std::sync::Barrier;
use std::thread;
use std::time::{Duration, Instant};
use zst::ffi::compression_dict::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::decompression_reader::*;
use zst::ffi::decompressor::*;
use zst::ffi::status::*;

pub const STRICT: i32 = ZST_DECOMPRESS_STRICT;
pub const FLAGS: [i32; 4] = [0, ACROSS, STRICT, ACROSS | STRICT];

pub fn frame_of(content: &[u8]) -> Vec<u8> {
    Compressor::new(3, None).compress(content).to_vec()
}

pub fn read(input: &[u8], block: usize, flags: i32) -> DecompressionReader {
    DecompressionReader::new(&Decompressor::new(None), Source::blocks(input, block), flags)
}

#[test]
fn any_setting_any_size_of_blocks_and_of_reads() {
    let source = text(1, 200);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings() {
        for dict in [None, Some(&dict)] {
            let parameters = DecompressionParameters::new(&[(ZST_D_FORMAT, i64::from(name == "magicless"))]);
            let decompressor = Decompressor::try_from(&parameters, dict).unwrap();
            let compressor = Compressor::with(&values, dict);
            let reader = CompressionReader::new(&compressor, Source::blocks(&source, 100));
            for frame in [compressor.compress(&source).to_vec(), reader.all(ReadAll)] {
                for size in [1, 3, 199, 201] {
                    for way in [Read(size), Read1(size), ReadInto(size), ReadInto1(size), ReadAll] {
                        for block in [1, 5, 10_000] {
                            let source = Source::blocks(&frame, block);
                            let reader = DecompressionReader::try_new(&decompressor, source, size, FLAGS[size % 4]);
                            let reader = reader.unwrap();
                            assert_same(&reader.all(way), &text(1, 200));
                            assert!(reader.at_frame_end());
                        }
                    }
                }
            }
        }
    }
}

#[test]
fn large_content() {
    for source in [noise(1, 500_000), text(2, 2_000_000), vec![5; 3_000_000]] {
        for frame in [frame_of(&source), small_window(&source)] {
            for way in [Read(10_000), Read1(1 << 20), ReadInto(131_073), ReadInto1(65_536), Read(1 << 30), ReadAll] {
                assert_same(&read(&frame, 131_075, 0).all(way), &source);
                let reader = DecompressionReader::new(&Decompressor::new(None), Source::memory(&frame), STRICT);
                assert_same(&reader.all(way), &source);
            }
        }
    }
}

#[test]
fn frames_in_a_row() {
    let (a, b) = (vec![b'a'; 300], text(3, 400));
    let (f, u) = (frame_of(&a), raw::unknown_size(&b));
    let input =
        [SKIPPABLE, EMPTY_FRAME, &f, SKIPPABLE, EMPTY_FRAME, SKIPPABLE, &u, &f, EMPTY_FRAME, SKIPPABLE].concat();
    let content = [&a[..], &b, &a].concat();
    for block in (1..20).step_by(3).chain([input.len() / 2, input.len()]) {
        for flags in FLAGS {
            for way in [Read(1), Read(70), Read1(1 << 20), ReadInto(1000), ReadInto1(50), ReadAll] {
                let reader = read(&input, block, flags);
                assert_same(&reader.all(way), &content);
                assert_eq!(reader.tell(), 1000);
                assert!(reader.at_frame_end() && reader.get(way).unwrap().is_empty());
            }
        }
        // One read: to the end of a frame, or of everything.
        for way in [Read(5000), ReadInto(5000)] {
            let reader = read(&input, block, 0);
            for part in [&a, &b, &a] {
                assert_same(&reader.get(way).unwrap(), part);
            }
            assert!(reader.get(way).unwrap().is_empty());
            assert_same(&read(&input, block, ACROSS).get(way).unwrap(), &content);
        }
        let reader = read(&input, block, 0);
        assert_same(&reader.get(Read(100)).unwrap(), &a[..100]);
        assert_same(&reader.get(Read(250)).unwrap(), &a[..200]);
        assert_same(&reader.get(ReadAll).unwrap(), &content[300..]);
    }
}

/// A read of its own memory reserves that in pieces of 16 MiB.
#[test]
fn a_frame_that_fills_a_piece_exactly() {
    const PIECE: usize = 16 << 20;
    let frame = frame_of(&vec![7; PIECE]);
    for size in [PIECE, PIECE + 1, PIECE * 2] {
        let input = [&frame[..], &frame_of(b"more")].concat();
        let reader = read(&input, input.len(), 0);
        assert_eq!(reader.get(Read(size)).unwrap().len(), PIECE);
        assert_same(&reader.get(Read(size)).unwrap(), b"more");
        assert_eq!(read(&input, input.len(), ACROSS).get(Read(PIECE + 2)).unwrap().len(), PIECE + 2);

        let input = [&frame[..], b"junk"].concat();
        let reader = read(&input, input.len(), ACROSS);
        assert_eq!(reader.get(Read(size)).unwrap().len(), PIECE);
        reader.get(Read(size)).unwrap_err().is(ZST_ERROR_ZSTD, "Unknown frame descriptor");
    }
}

#[test]
fn no_input_and_no_content() {
    for input in [&b""[..], EMPTY_FRAME, SKIPPABLE, &[SKIPPABLE, EMPTY_FRAME].concat()] {
        for way in WAYS {
            for flags in FLAGS {
                let reader = read(input, 4, flags);
                for _ in 0..3 {
                    assert!(reader.get(way).unwrap().is_empty());
                }
                assert!(reader.at_frame_end());
                assert_eq!(reader.script().reads() as usize, input.len().div_ceil(4) + 1);
            }
        }
        let reader = DecompressionReader::new(&Decompressor::new(None), Source::memory(input), STRICT);
        assert!(reader.all(ReadAll).is_empty());
    }
}

#[test]
fn nothing_is_read_before_content_is_wanted() {
    let frame = raw::unknown_size(b"foobar");
    let reader = DecompressionReader::try_new(&Decompressor::new(None), Source::blocks(&frame, 5), 9, 0).unwrap();
    for way in [Read(0), Read1(0), ReadInto(0), ReadInto1(0)] {
        assert!(reader.get(way).unwrap().is_empty());
    }
    assert_eq!(reader.script().reads(), 0);
    assert_same(&reader.get(Read(3)).unwrap(), b"foo");
    for way in [Read(0), Read1(0), ReadInto(0), ReadInto1(0)] {
        assert!(reader.get(way).unwrap().is_empty());
    }
    let reads = reader.script().reads();
    assert_same(&reader.get(Read1(3)).unwrap(), b"bar");
    assert_eq!(reader.script().reads(), reads, "what is inside comes first");
    assert!(reader.script().hints().iter().all(|&hint| hint == 9));
    assert_same(&reader.get(ReadAll).unwrap(), b"");
    assert!(reader.get(Read(0)).unwrap().is_empty());
}

#[test]
fn a_hundred_thousand_frames_without_content() {
    for frame in [EMPTY_FRAME, SKIPPABLE] {
        let time = |count: usize, block: usize, way| {
            let input = [&frame.repeat(count)[..], &frame_of(b"end")].concat();
            let start = Instant::now();
            assert_same(&read(&input, block, ACROSS).get(way).unwrap(), b"end");
            start.elapsed()
        };
        let (few, many) = (time(20_000, usize::MAX, ReadAll), time(100_000, usize::MAX, ReadAll));
        assert!(many < few * 20 + Duration::from_millis(500), "{few:?}, then {many:?}");
        time(100_000, usize::MAX, Read(10));
        time(100_000, 1000, ReadInto1(10));
        time(2000, 1, ReadAll);
    }
}

#[test]
fn dictionaries() {
    let source = text(8, 2000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(&source).to_vec();
    let input = [&frame_of(&source)[..], &frame].concat();
    for way in [Read(100), Read1(5000), ReadAll] {
        let reader = DecompressionReader::new(&Decompressor::new(&dict), Source::blocks(&input, 100), 0);
        assert_same(&reader.all(way), &source.repeat(2));
        let failures = read(&input, 100, 0).drain(way).1;
        failures[0]
            .is(ZST_ERROR_ZSTD, "zstd decompress error: Dictionary mismatch")
            .is(ZST_ERROR_ZSTD, "none was given");
    }
}

#[test]
fn faults_of_the_source_lose_nothing() {
    let decompressor = Decompressor::new(None);
    let content = [text(9, 180), text(10, 60)].concat();
    let input = [frame_of(&content[..180]), frame_of(&content[180..])].concat();
    for flags in [0, ACROSS | STRICT] {
        faults_lose_nothing(&input, &content, &WAYS, |source| DecompressionReader::new(&decompressor, source, flags));
    }
    let source = noise(11, 300_000);
    let ways = [Read(100_000), ReadInto(1 << 20), ReadAll];
    faults_lose_nothing(&frame_of(&source), &source, &ways, |source| {
        DecompressionReader::new(&decompressor, source, 0)
    });
}

#[test]
fn kept_content_comes_in_pieces_as_small_as_wanted() {
    let content = noise(12, 10_000);
    let frame = raw::Compressor::with(&[]).compress_flushed(content.chunks(2000));
    for way in [Read(10), Read1(3000), ReadInto(7), ReadInto1(1)] {
        let (before, after) = frame.split_at(frame.len() - 1000);
        let steps = lend(before, before.len()).chain([Step::Say(5)]).chain(lend(after, 10));
        let reader = DecompressionReader::new(&Decompressor::new(None), Source::new(steps), 0);
        reader.get(Read(1 << 20)).unwrap_err().code(ZST_ERROR_SOURCE, 5);
        assert_eq!(reader.tell(), 0);
        assert_same(&reader.all(way), &content);
    }
}

#[test]
fn seeking() {
    let (a, b) = (noise(13, 200_000), text(14, 100_000));
    let content = [&a[..], &b].concat();
    let input = [SKIPPABLE, &frame_of(&a), EMPTY_FRAME, &raw::unknown_size(&b), SKIPPABLE].concat();
    for (block, flags) in [(7000, 0), (input.len(), ACROSS)] {
        let reader = read(&input, block, flags);
        assert_eq!(reader.seek(0, 0).unwrap(), 0);
        assert_eq!(reader.seek(0, 1).unwrap(), 0);
        assert_eq!(reader.script().reads(), 0);
        assert_eq!(reader.seek(1, 0).unwrap(), 1);
        assert_eq!(reader.seek(99_999, 1).unwrap(), 100_000);
        assert_same(&reader.get(Read(100)).unwrap(), &content[100_000..100_100]);
        // Over the end of a frame.
        assert_eq!(reader.seek(200_010, 0).unwrap(), 200_010);
        assert_same(&reader.get(Read(100)).unwrap(), &content[200_010..200_110]);
        for (offset, whence, text) in [
            (-1, 0, "cannot seek to negative position with SEEK_SET"),
            (i64::MIN, 0, "cannot seek to negative position with SEEK_SET"),
            (200_109, 0, "cannot seek zstd decompression stream backwards"),
            (0, 0, "cannot seek zstd decompression stream backwards"),
            (-1, 1, "cannot seek zstd decompression stream backwards"),
            (i64::MIN, 1, "cannot seek zstd decompression stream backwards"),
            (0, 2, "zstd decompression streams cannot be seeked with SEEK_END"),
            (-5, 2, "zstd decompression streams cannot be seeked with SEEK_END"),
        ] {
            let failure = reader.seek(offset, whence).unwrap_err();
            assert_eq!((failure.status, &*failure.message), (ZST_ERROR_SEEK, text));
        }
        for whence in [-1, 3, i32::MAX] {
            reader.seek(0, whence).unwrap_err().is(ZST_ERROR_VALUE, "unknown whence");
        }
        assert_eq!(reader.tell(), 200_110);
        // No further than the end.
        assert_eq!(reader.seek(i64::MAX, 1).unwrap(), 300_000);
        assert_eq!(reader.seek(i64::MAX, 0).unwrap(), 300_000);
        assert_eq!((reader.tell(), reader.get(Read(10)).unwrap().len()), (300_000, 0));
        // Without a place for the position.
        call0(|err| unsafe { zst_decompression_reader_seek(reader.raw(), 0, 1, null_mut(), err) }).unwrap();
        reader.close().unwrap();
        for whence in 0..3 {
            reader.seek(0, whence).unwrap_err().is(ZST_ERROR_CLOSED, "stream is closed");
        }
        assert_eq!(reader.tell(), 300_000);
    }
}

#[test]
fn seeking_while_the_source_fails_now_and_then() {
    let content = noise(15, 300_000);
    let frame = frame_of(&content);
    for code in [9, ZST_ERROR_WOULD_BLOCK] {
        for flags in FLAGS {
            let steps = lend(&frame, 10_000).flat_map(|step| [step, Step::Say(code)]);
            let reader = DecompressionReader::new(&Decompressor::new(None), Source::new(steps), flags);
            let mut failures = 0;
            let target = 250_001;
            while let Err(failure) = reader.seek(target, 0) {
                assert_eq!(failure.status, if code == 9 { ZST_ERROR_SOURCE } else { ZST_ERROR_WOULD_BLOCK });
                assert!(reader.tell() < target as u64);
                failures += 1;
            }
            assert_eq!((failures > 10, reader.tell()), (true, target as u64));
            assert_same(&reader.drain(Read(1 << 20)).0, &content[target as usize..]);
        }
    }
    let reader = read(&frame[..200_000], 1000, STRICT);
    reader.seek(1 << 30, 0).unwrap_err().is(ZST_ERROR_TRUNCATED, "input ends inside a frame");
    assert!(reader.tell() > 100_000);
}

#[test]
fn callbacks_of_its_own() {
    let content = text(16, 3000);
    let decompressor = Decompressor::new(None);
    let open = |source| DecompressionReader::new(&decompressor, source, ACROSS);
    callbacks_may_use_their_own_stream(&frame_of(&content), &content, &WAYS, open, |reader| {
        reader.close().unwrap_err().is(ZST_ERROR_BUSY, "busy");
        reader.seek(5, 0).unwrap_err().is(ZST_ERROR_BUSY, "busy");
        assert_eq!((reader.closed(), reader.at_frame_end(), reader.tell()), (0, true, 0));
    });
}

#[test]
fn a_callback_may_use_the_parent() {
    let content = text(17, 50_000);
    let frame = frame_of(&content);
    let decompressor = std::sync::Arc::new(Decompressor::new(None));
    let mut steps = Vec::new();
    for step in lend(&frame, 2000) {
        let (parent, frame, content) = (decompressor.clone(), frame.clone(), content.clone());
        steps.push(Step::Do(Box::new(move || {
            assert_same(&parent.decompress(&frame).unwrap(), &content);
            let another = DecompressionReader::new(&parent, Source::blocks(&frame, 1000), 0);
            assert_same(&another.all(Read(10_000)), &content);
            parent.memory_size();
        })));
        steps.push(step);
    }
    assert_same(&DecompressionReader::new(&decompressor, Source::new(steps), 0).all(Read(333)), &content);
}

#[test]
fn the_parent_may_go_first() {
    let content = text(18, 100_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let frame = Compressor::new(3, &dict).compress(&content).to_vec();
    let decompressor = Decompressor::new(&dict);
    let [fresh, started] = [0, 1].map(|_| DecompressionReader::new(&decompressor, Source::blocks(&frame, 100), 0));
    assert_same(&started.get(Read(10)).unwrap(), &content[..10]);
    drop((dict, decompressor));
    assert_same(&started.all(Read(1000)), &content[10..]);
    assert_same(&fresh.all(ReadAll), &content);
}

#[test]
fn closed() {
    let frame = frame_of(&noise(19, 10_000));
    for read_before in [0, 1000] {
        let reader = read(&frame, 100, 0);
        assert_eq!(reader.closed(), 0);
        reader.get(Read(read_before)).unwrap();
        for _ in 0..3 {
            reader.close().unwrap();
            assert_eq!((reader.closed(), reader.script().drops(), reader.tell()), (1, 1, read_before as u64));
            assert_eq!(reader.at_frame_end(), read_before == 0);
        }
        for way in WAYS.into_iter().chain([Read(0), Read1(0), ReadInto(0), ReadInto1(0)]) {
            let failure = reader.get(way).unwrap_err();
            assert_eq!((failure.status, &*failure.message), (ZST_ERROR_CLOSED, "stream is closed"), "{way:?}");
        }
    }
}

#[test]
fn two_threads_on_one_reader() {
    let content = text(20, 3_000_000);
    let reader = read(&frame_of(&content), 50_000, 0);
    let start = Barrier::new(2);
    let total: usize = thread::scope(|scope| {
        let read = || {
            start.wait();
            let mut total = 0;
            loop {
                match reader.fetch(Read(20_000)) {
                    Ok(piece) if piece.is_empty() => return total,
                    Ok(piece) => total += piece.len(),
                    Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "the object is busy")),
                }
                assert!(reader.closed() == 0 && reader.tell() <= 3_000_000);
                reader.at_frame_end();
            }
        };
        [scope.spawn(read), scope.spawn(read)].map(|thread| thread.join().unwrap()).iter().sum()
    });
    assert_eq!(total, 3_000_000);
}

#[test]
fn many_readers_of_one_parent() {
    let decompressor = Decompressor::new(None);
    let contents: Vec<_> = (0..4).map(|n| text(n, 200_000)).collect();
    let frames: Vec<_> = contents.iter().map(|content| frame_of(content)).collect();
    thread::scope(|scope| {
        for (content, frame) in contents.iter().zip(&frames) {
            scope.spawn(|| {
                for _ in 0..5 {
                    let reader = DecompressionReader::new(&decompressor, Source::blocks(frame, 9000), 0);
                    let mut got = reader.get(Read(100)).unwrap();
                    assert_same(&decompressor.decompress(frame).unwrap(), content);
                    got.extend(reader.all(Read1(10_000)));
                    assert_same(&got, content);
                }
            });
        }
    });
    let open = |frame| DecompressionReader::new(&decompressor, Source::blocks(frame, 9000), 0);
    let readers: Vec<_> = frames.iter().map(|frame| open(frame)).collect();
    let mut got = vec![Vec::new(); 4];
    for _ in 0..200 {
        for (reader, got) in readers.iter().zip(&mut got) {
            got.extend(reader.get(Read(1001)).unwrap());
        }
        assert_same(&decompressor.decompress(&frames[0]).unwrap(), &contents[0]);
    }
    assert!(got == contents);
}

#[test]
fn flags_and_null_pointers() {
    let decompressor = Decompressor::new(None);
    for flags in [2, 4, 16, 32, -1, i32::MIN] {
        let failure = DecompressionReader::try_new(&decompressor, Source::new([]), 1, flags).err().unwrap();
        failure.is(ZST_ERROR_VALUE, "unknown flags");
    }
    let failure = DecompressionReader::try_new(&decompressor, Source::new([]), 0, 0).err().unwrap();
    failure.is(ZST_ERROR_VALUE, "read_size must be positive");
    let made = Untouched::new();
    let new = |decompressor, source: Option<Source>, out, err| {
        let raw = source.as_ref().map_or(null(), |source| &raw const source.raw);
        let status = unsafe { zst_decompressor_stream_reader(decompressor, raw, 1, 0, out, err) };
        source.inspect(|source| assert_eq!(source.script().drops(), 1));
        status
    };
    let some = || Some(Source::new([]));
    refuses_null("decompressor", |err| new(null(), some(), made.ptr(), err));
    refuses_null("source", |err| new(decompressor.raw(), None, made.ptr(), err));
    refuses_null("out", |err| new(decompressor.raw(), some(), null_mut(), err));
    refuses_null("source->read", |err| {
        let mut source = Source::new([]);
        source.raw.read = None;
        new(decompressor.raw(), Some(source), made.ptr(), err)
    });

    let reader = read(&frame_of(b"foo"), 3, 0);
    let (bytes, len, position) = (Untouched::new(), Untouched::new(), Untouched::new());
    for read in [zst_decompression_reader_read, zst_decompression_reader_read1] {
        refuses_null("reader", |err| unsafe { read(null(), 5, bytes.ptr(), err) });
        refuses_null("out", |err| unsafe { read(reader.raw(), 5, null_mut(), err) });
    }
    for readinto in [zst_decompression_reader_readinto, zst_decompression_reader_readinto1] {
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
    refuses_null("reader", |err| unsafe { zst_decompression_reader_readall(null(), bytes.ptr(), err) });
    refuses_null("out", |err| unsafe { zst_decompression_reader_readall(reader.raw(), null_mut(), err) });
    refuses_null("reader", |err| unsafe { zst_decompression_reader_seek(null(), 0, 0, position.ptr(), err) });
    refuses_null("reader", |err| unsafe { zst_decompression_reader_unread(null(), b"a".as_ptr().cast(), 1, err) });
    refuses_null("src", |err| unsafe { zst_decompression_reader_unread(reader.raw(), null(), 1, err) });
    refuses_null("reader", |err| unsafe { zst_decompression_reader_close(null(), err) });
    unsafe {
        assert_eq!((zst_decompression_reader_tell(null()), zst_decompression_reader_closed(null())), (0, 1));
        assert_eq!(zst_decompression_reader_at_frame_end(null()), 0);
        zst_decompression_reader_free(null_mut());
    }
    assert_eq!(reader.script().reads(), 0);
    assert_same(&reader.all(Read(100)), b"foo");
}
