//! Streams next to each other, to other operations and to other threads; and what they leave behind.

use crate::support::*;
use crate::support_streams::*;
use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::status::*;

/// One of each kind, all of one parent, in turn.
#[test]
fn interleaved_with_each_other_and_with_one_shot_calls() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for (name, values) in settings().into_iter().filter(|(name, _)| !["level 7", "level 19", "no size"].contains(name))
    {
        let format = i64::from(name == "magicless");
        for dict in [None, Some(&dict)] {
            let sources: Vec<_> = (0..4).map(|n| text(n, 30_000 + 7000 * n as usize)).collect();
            let alone: Vec<_> = sources
                .iter()
                .map(|source| CompressionObj::new(&Compressor::with(&values, dict), None).frame(source.chunks(10_000)))
                .collect();
            let one_shot = Compressor::with(&values, dict).compress(&sources[0][..500]).to_vec();
            let compressor = Compressor::with(&values, dict);
            let objs = [CompressionObj::new(&compressor, None), CompressionObj::new(&compressor, None)];
            let chunkers =
                [CompressionChunker::new(&compressor, None, 777), CompressionChunker::new(&compressor, None, 99)];
            let mut frames = vec![Vec::new(); 4];
            for turn in 0..9 {
                for (index, source) in sources.iter().enumerate() {
                    let Some(piece) = source.chunks(10_000).nth(turn) else { continue };
                    if index < 2 {
                        frames[index].extend_from_slice(&objs[index].compress(piece).unwrap());
                    } else {
                        chunkers[index - 2].give(piece).unwrap();
                        frames[index].extend(chunkers[index - 2].pieces().unwrap().concat());
                    }
                    assert_same(&compressor.compress(&sources[0][..500]), &one_shot);
                }
            }
            for (index, frame) in frames.iter_mut().enumerate() {
                if index < 2 {
                    frame.extend_from_slice(&objs[index].finish().unwrap());
                } else {
                    chunkers[index - 2].finish().unwrap();
                    frame.extend(chunkers[index - 2].pieces().unwrap().concat());
                }
                assert!(frame == &alone[index], "{name}: {index}");
            }

            let parameters = DecompressionParameters::new(&[(ZST_D_FORMAT, format)]);
            let decompressor = Decompressor::try_from(&parameters, dict).unwrap();
            let objs = [0, 0].map(|_| DecompressionObj::new(&decompressor, 0));
            let chunkers = [777, 99].map(|size| DecompressionChunker::new(&decompressor, size));
            let mut contents = vec![Vec::new(); 4];
            let pieces: Vec<Vec<&[u8]>> = frames.iter().map(|frame| frame.chunks(2500).collect()).collect();
            for turn in 0..pieces.iter().map(Vec::len).max().unwrap() {
                for index in 0..4 {
                    let Some(piece) = pieces[index].get(turn) else { continue };
                    if index < 2 {
                        contents[index].extend_from_slice(&objs[index].decompress(piece).unwrap().0);
                    } else {
                        chunkers[index - 2].give(piece).unwrap();
                        contents[index].extend(chunkers[index - 2].pieces().unwrap().concat());
                    }
                    assert_same(&decompressor.decompress_as(&one_shot, 500, 0).unwrap().0, &sources[0][..500]);
                }
            }
            for (index, chunker) in chunkers.iter().enumerate() {
                chunker.finish().unwrap();
                contents[index + 2].extend(chunker.pieces().unwrap().concat());
            }
            for (content, source) in contents.iter().zip(&sources) {
                assert_same(content, source);
            }
        }
    }
}

#[test]
fn parents_go_first() {
    let source = text(1, 300_000);
    for threads in [0, 2] {
        let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads)], &dict);
        let decompressor = Decompressor::new(&dict);
        let (obj, started) = (CompressionObj::new(&compressor, None), CompressionObj::new(&compressor, None));
        let chunker = CompressionChunker::new(&compressor, None, 1000);
        let (dobj, dchunker) =
            (DecompressionObj::new(&decompressor, 0), DecompressionChunker::new(&decompressor, 1000));
        let mut frame = started.compress(&source[..1000]).unwrap().to_vec();
        drop((dict, compressor, decompressor));
        frame.extend_from_slice(&started.compress(&source[1000..]).unwrap());
        frame.extend_from_slice(&started.finish().unwrap());
        drop(started);
        assert_same(&dobj.decompress(&frame).unwrap().0, &source);
        let frame = obj.frame([&source[..]]);
        dchunker.give(&frame).unwrap();
        let mut content = dchunker.pieces().unwrap().concat();
        dchunker.finish().unwrap();
        content.extend(dchunker.pieces().unwrap().concat());
        assert_same(&content, &source);
        chunker.give(&source).unwrap();
        let mut pieces = chunker.pieces().unwrap().concat();
        chunker.finish().unwrap();
        pieces.extend(chunker.pieces().unwrap().concat());
        assert_same(&pieces, &frame);
    }
}

#[test]
fn abandoned_compression_leaves_the_parent_as_it_was() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let source = noise(2, 600_000);
    for (name, values) in settings() {
        // Noise is slow at the high levels.
        let source = if name == "level 19" { &source[..50_000] } else { &source };
        for dict in [None, Some(&dict)] {
            let fresh = |size: usize| Compressor::with(&values, dict).compress(&source[..size]).to_vec();
            let expected = [100, 9000, 40_000].map(|size| (size, fresh(size)));
            let compressor = Compressor::with(&values, dict);
            for fed in [0, 1, 5000, source.len()] {
                for &(size, ref frame) in &expected {
                    let obj = CompressionObj::new(&compressor, None);
                    obj.compress(&source[..fed]).unwrap();
                    drop(obj);
                    assert_same(&compressor.compress(&source[..size]), frame);
                    let chunker = CompressionChunker::new(&compressor, Some(fed as u64), 10);
                    chunker.give(&source[..fed]).unwrap();
                    let _ = chunker.next().unwrap();
                    drop(chunker);
                    let obj = CompressionObj::new(&compressor, Some(size as u64));
                    let again = obj.frame([&source[..size]]);
                    let steps = [Do::Feed(&source[..size])];
                    let raw = raw_stream(&values, dict.map(|_| trained()), Some(size as u64), &steps);
                    assert!(again == raw, "{name}: after {fed} bytes, {size} bytes");
                }
            }
            // After failures.
            for size in [1, 10_000] {
                let obj = CompressionObj::new(&compressor, Some(size));
                let _ = obj.compress(source);
                obj.finish().unwrap_err().is(ZST_ERROR_ZSTD, "Src size is incorrect");
                for (size, frame) in &expected {
                    assert_same(&compressor.compress(&source[..*size]), frame);
                }
            }
        }
    }
}

#[test]
fn abandoned_decompression_leaves_the_parent_as_it_was() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let source = text(3, 300_000);
    for dict in [None, Some(&dict)] {
        let frame = Compressor::new(3, dict).compress(&source).to_vec();
        let decompressor = Decompressor::new(dict);
        for cut in [1, 5, 17, 18, 1000, frame.len() - 1] {
            let obj = DecompressionObj::new(&decompressor, 0);
            obj.decompress(&frame[..cut]).unwrap();
            drop(obj);
            let chunker = DecompressionChunker::new(&decompressor, 10);
            chunker.give(&frame).unwrap();
            chunker.next().unwrap();
            drop(chunker);
            let obj = DecompressionObj::new(&decompressor, 0);
            let damaged = [&frame[..cut], &[0xFF; 1000]].concat();
            let _ = obj.decompress(&damaged);
            drop(obj);
            assert_same(&decompressor.decompress(&frame).unwrap(), &source);
            assert_same(&DecompressionObj::new(&decompressor, 0).push_all(&frame, 7777).0, &source);
        }
    }
}

#[test]
fn a_dictionary_that_is_digested_while_a_stream_runs() {
    let source = text(4, 30_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let compressor = Compressor::new(3, &dict);
    let alone = CompressionObj::new(&compressor, None).frame(source.chunks(5000));
    let obj = CompressionObj::new(&compressor, None);
    let mut frame = Vec::new();
    for (index, piece) in source.chunks(5000).enumerate() {
        frame.extend_from_slice(&obj.compress(piece).unwrap());
        let (dict, level) = (dict.raw(), index as i32 * 3 + 1);
        call0(|err| unsafe { zst_compression_dict_precompute_compress(dict, level, std::ptr::null(), err) }).unwrap();
        compressor.compress(&source);
    }
    frame.extend_from_slice(&obj.finish().unwrap());
    assert_same(&frame, &alone);
}

#[test]
fn the_parent_tells_of_the_stream_that_was_started_last() {
    let source = text(5, 200_000);
    let compressor = Compressor::new(3, None);
    let idle = compressor.memory_size().unwrap();
    let first = CompressionObj::new(&compressor, None);
    let second = CompressionChunker::new(&compressor, None, 1000);
    first.compress(&source).unwrap();
    assert_eq!(compressor.progression(), (0, 0, 0));
    second.give(&source[..100]).unwrap();
    second.pieces().unwrap();
    assert_eq!(compressor.progression(), (100, 0, 0));
    assert!(compressor.memory_size().unwrap() > idle);
    assert_eq!(first.progression().0, 200_000);
    drop(second);
    assert_eq!(compressor.progression().0, 100);

    let decompressor = Decompressor::new(None);
    let idle = decompressor.memory_size();
    let frame = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0)], None).compress(&source).to_vec();
    let obj = DecompressionObj::new(&decompressor, 0);
    assert!(decompressor.memory_size() >= idle.min(1000));
    obj.decompress(&frame[..1000]).unwrap();
    assert!(decompressor.memory_size() > idle);
}

#[test]
fn figures_are_read_while_a_stream_runs() {
    let source = text(6, 4 << 20);
    for threads in [0, 2] {
        let compressor = Compressor::with(&[(ZST_C_THREADS, threads), (ZST_C_JOB_SIZE, 512 << 10)], None);
        let obj = CompressionObj::new(&compressor, None);
        let done = AtomicU32::new(0);
        thread::scope(|scope| {
            scope.spawn(|| {
                let frame = obj.frame(source.chunks(1 << 18));
                done.store(1, Relaxed);
                assert_same(&decode(&[], None, &frame), &source);
            });
            let mut last = (0, 0, 0);
            while done.load(Relaxed) == 0 {
                let now = obj.progression();
                assert!(now.0 >= last.0 && now.1 >= last.1 && now.2 >= last.2, "{last:?}, then {now:?}");
                last = now;
                compressor.progression();
                compressor.memory_size().unwrap();
                thread::yield_now();
            }
        });
        assert_eq!((obj.progression().0, obj.progression().1), (4 << 20, 4 << 20));
    }
}

/// Each push of one thread is whole: what got through makes a frame that has it.
#[test]
fn two_threads_on_one_obj() {
    let piece = text(7, 100_000);
    let obj = CompressionObj::new(&Compressor::new(3, None), None);
    let (accepted, busy) = (AtomicU32::new(0), AtomicU32::new(0));
    let start = Barrier::new(2);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..30 {
                    match obj.compress(&piece) {
                        Ok(_) => accepted.fetch_add(1, Relaxed),
                        Err(failure) => {
                            failure.is(ZST_ERROR_BUSY, "the object is busy");
                            busy.fetch_add(1, Relaxed)
                        }
                    };
                    obj.progression();
                }
            });
        }
    });
    assert_eq!(accepted.load(Relaxed) + busy.load(Relaxed), 60);
    assert_eq!(obj.progression().0, u64::from(accepted.load(Relaxed)) * 100_000);
    obj.finish().unwrap();

    let frame = Compressor::new(3, None).compress(&piece).to_vec();
    let obj = DecompressionObj::new(&Decompressor::new(None), ACROSS);
    let chunker = DecompressionChunker::new(&Decompressor::new(None), 1000);
    let compression = CompressionChunker::new(&Compressor::new(3, None), None, 1000);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                start.wait();
                for _ in 0..30 {
                    match obj.decompress(&frame) {
                        Ok((content, used)) => {
                            assert_same(&content, &piece);
                            assert_eq!(used, frame.len());
                        }
                        Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "the object is busy")),
                    }
                    assert!(!obj.eof());
                    obj.at_frame_end();
                    // A piece is lent until the next call, so these two may only begin things here.
                    for result in [chunker.give(&frame), compression.give(&piece), compression.flush()] {
                        if let Err(failure) = result {
                            assert!([ZST_ERROR_BUSY, ZST_ERROR_STATE].contains(&failure.status), "{failure:?}");
                        }
                    }
                    compression.progression();
                }
            });
        }
    });
    assert!(obj.at_frame_end());
    assert_same(&chunker.pieces().unwrap().concat(), &piece[..100_000]);
}

#[test]
fn a_busy_obj_says_so() {
    let source = text(8, 16 << 20);
    let obj = CompressionObj::new(&Compressor::new(6, None), None);
    let busy = thread::scope(|scope| {
        let worker = scope.spawn(|| obj.compress(&source).map(|ready| ready.len()));
        let mut busy = 0;
        // Time to begin.
        thread::sleep(std::time::Duration::from_millis(20));
        while !worker.is_finished() {
            for result in [obj.block(), obj.compress(b"")] {
                if let Err(failure) = result {
                    assert_eq!(
                        (failure.status, &*failure.message),
                        (ZST_ERROR_BUSY, "the object is busy: another call on it is running")
                    );
                    busy += 1;
                }
            }
            thread::yield_now();
        }
        match worker.join().unwrap() {
            Ok(_) => {}
            Err(failure) => drop(failure.is(ZST_ERROR_BUSY, "")),
        }
        busy
    });
    assert!(busy > 0, "nobody was ever turned away");
}

#[test]
fn streams_of_eight_threads_from_one_parent() {
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    for dict in [None, Some(&dict)] {
        let (compressor, decompressor) = (Compressor::new(3, dict), Decompressor::new(dict));
        let sources: Vec<_> = (0..8).map(|n| text(n, 20_000 + 9000 * n as usize)).collect();
        let alone: Vec<_> = sources
            .iter()
            .map(|source| CompressionObj::new(&Compressor::new(3, dict), None).frame(source.chunks(3000)))
            .collect();
        thread::scope(|scope| {
            for (source, alone) in sources.iter().zip(&alone) {
                let (compressor, decompressor) = (&compressor, &decompressor);
                scope.spawn(move || {
                    for turn in 0..8 {
                        let obj = CompressionObj::new(compressor, None);
                        assert_same(&obj.frame(source.chunks(3000)), alone);
                        let chunker = CompressionChunker::new(compressor, None, 500);
                        let mut frame = Vec::new();
                        for piece in source.chunks(3000) {
                            chunker.give(piece).unwrap();
                            frame.extend(chunker.pieces().unwrap().concat());
                        }
                        chunker.finish().unwrap();
                        frame.extend(chunker.pieces().unwrap().concat());
                        assert_same(&frame, alone);
                        let obj = DecompressionObj::new(decompressor, 0);
                        assert_same(&obj.push_all(alone, 1000 + turn).0, source);
                        let chunker = DecompressionChunker::new(decompressor, 500);
                        let (pieces, finished) = chunker.push_all(alone, 1000 + turn);
                        finished.unwrap();
                        assert_same(&pieces.concat(), source);
                        // And some are left half-way.
                        CompressionObj::new(compressor, None).compress(source).unwrap();
                        DecompressionObj::new(decompressor, 0).decompress(&alone[..100]).unwrap();
                    }
                });
            }
        });
    }
}

#[test]
fn more_streams_at_a_time_than_contexts_are_kept() {
    let source = text(9, 30_000);
    let (compressor, decompressor) = (Compressor::new(3, None), Decompressor::new(None));
    let frame = CompressionObj::new(&compressor, None).frame([&source[..10_000], &source[10_000..]]);
    for _ in 0..2 {
        let objs: Vec<_> = (0..40).map(|_| CompressionObj::new(&compressor, None)).collect();
        let mut frames: Vec<_> = objs.iter().map(|obj| obj.compress(&source[..10_000]).unwrap().to_vec()).collect();
        for (obj, begun) in objs.iter().zip(&mut frames) {
            begun.extend(obj.frame([&source[10_000..]]));
            assert_same(begun, &frame);
        }
        let objs: Vec<_> = (0..40).map(|_| DecompressionObj::new(&decompressor, 0)).collect();
        let contents: Vec<_> = objs.iter().map(|obj| obj.decompress(&frame[..2000]).unwrap().0).collect();
        for (obj, begun) in objs.iter().zip(&contents) {
            assert_same(&[&begun[..], &obj.decompress(&frame[2000..]).unwrap().0].concat(), &source);
        }
    }
}
