//! Every handle may be used by several threads at the same time.

use crate::support::*;
use std::ptr::null;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;

const THREADS: u64 = 8;

/// Runs `work` in 8 threads.
fn in_threads(work: impl Fn(u64) + Sync) {
    thread::scope(|scope| {
        for number in 0..THREADS {
            let work = &work;
            scope.spawn(move || work(number));
        }
    });
}

#[test]
fn one_compressor_and_one_decompressor_for_all() {
    let sources: Vec<_> = (0..10).map(|n| text(n, 37_000 * n as usize)).collect();
    let frames: Vec<_> = sources.iter().map(|source| Compressor::new(3, None).compress(source).to_vec()).collect();
    let (compressor, decompressor) = (Compressor::new(3, None), Decompressor::new(None));
    in_threads(|number| {
        for turn in 0..40 {
            let index = ((number * 7 + turn) % 10) as usize;
            assert_same(&compressor.compress(&sources[index]), &frames[index]);
            assert_same(&decompressor.decompress(&frames[index]).unwrap(), &sources[index]);
        }
    });
}

#[test]
fn more_threads_than_contexts_are_kept() {
    let source = text(1, 100_000);
    let compressor = Compressor::new(6, None);
    let frame = compressor.compress(&source);
    thread::scope(|scope| {
        for _ in 0..24 {
            scope.spawn(|| {
                for _ in 0..3 {
                    assert_same(&compressor.compress(&source), &frame);
                }
            });
        }
    });
}

#[test]
fn one_dictionary_for_all() {
    let source = text(2, 20_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let expected: Vec<_> = (0..THREADS)
        .map(|level| Compressor::new(level as i32, &Dict::new(trained(), ZST_DICT_TYPE_AUTO)).compress(&source))
        .map(|frame| frame.to_vec())
        .collect();
    let shared = Compressor::new(1, &dict);
    in_threads(|number| {
        for _ in 0..10 {
            let own = Compressor::new(number as i32, &dict);
            assert_same(&own.compress(&source), &expected[number as usize]);
            assert_same(&shared.compress(&source), &expected[1]);
            let decompressor = Decompressor::new(&dict);
            assert_same(&decompressor.decompress(&expected[number as usize]).unwrap(), &source);
        }
    });
}

#[test]
fn digesting_while_others_compress() {
    let source = text(3, 20_000);
    let dict = Dict::new(trained(), ZST_DICT_TYPE_AUTO);
    let (compressor, decompressor) = (Compressor::new(3, &dict), Decompressor::new(&dict));
    in_threads(|number| {
        for turn in 0..20 {
            if number == 0 {
                let level = turn % 9 + 1;
                call0(|err| unsafe { zst_compression_dict_precompute_compress(dict.raw(), level, null(), err) })
                    .unwrap();
            } else {
                assert_same(&decompressor.decompress(&compressor.compress(&source)).unwrap(), &source);
            }
        }
    });
}

#[test]
fn parameters_are_read_and_written_at_once() {
    let compression = CompressionParameters::new(&[]);
    let decompression = DecompressionParameters::new(&[]);
    in_threads(|number| {
        for _ in 0..2000 {
            compression.set(ZST_C_WINDOW_LOG, 10 + number as i32).unwrap();
            assert!((10..18).contains(&compression.get(ZST_C_WINDOW_LOG).unwrap()));
            decompression.set(ZST_D_MAX_OUTPUT_SIZE, number as i64 + 1).unwrap();
            assert!((1..9).contains(&decompression.get(ZST_D_MAX_OUTPUT_SIZE).unwrap()));
        }
    });
}

#[test]
fn progression_and_memory_size_while_an_operation_runs() {
    let source = text(4, 24 << 20);
    let values = [(ZST_C_COMPRESSION_LEVEL, 6), (ZST_C_THREADS, 2), (ZST_C_JOB_SIZE, 512 << 10)];
    let compressor = Compressor::with(&values, None);
    let fresh = compressor.memory_size().unwrap();
    let done = AtomicBool::new(false);
    let (mut last, mut moves) = ((0, 0, 0), 0);
    let frame = thread::scope(|scope| {
        let worker = scope.spawn(|| {
            let frame = compressor.compress(&source);
            done.store(true, Relaxed);
            frame
        });
        while !done.load(Relaxed) {
            let now = compressor.progression();
            assert!(now.0 >= last.0 && now.2 >= last.2, "{last:?}, then {now:?}");
            assert!(now.0 <= source.len() as u64);
            moves += u32::from(now != last);
            last = now;
            assert!(compressor.memory_size().unwrap() >= fresh);
            thread::yield_now();
        }
        worker.join().unwrap()
    });
    assert!(moves >= 2, "the figures did not move");
    assert!(compressor.memory_size().unwrap() > fresh);
    assert_eq!(compressor.progression(), (24 << 20, 24 << 20, frame.len() as u64));
    assert_same(&Decompressor::new(None).decompress(&frame).unwrap(), &source);
}

#[test]
fn failures_in_one_thread_do_not_disturb_others() {
    let source = text(5, 30_000);
    let frame = Compressor::new(3, None).compress(&source).to_vec();
    let (compressor, decompressor) = (Compressor::new(3, None), Decompressor::new(None));
    in_threads(|number| {
        for turn in 0..50 {
            if number % 2 == 0 {
                decompressor.decompress(&frame[..100 + turn]).unwrap_err();
                compressor.compress_into(&source, &mut [0; 50]).unwrap_err();
            } else {
                assert_same(&decompressor.decompress(&frame).unwrap(), &source);
                assert_same(&compressor.compress(&source), &frame);
            }
        }
    });
}
