//! `zst_compressor_multi_compress_to_buffer` and its relatives.

use crate::support::*;
use crate::support_batches::*;
use crate::support_streams::settings;
use std::ptr::{null, null_mut};
use zst::ffi::compression_parameters::*;
use zst::ffi::library::zst_free_idle_contexts;
use zst::ffi::multi_compress_to_buffer::*;
use zst::ffi::status::*;

/// Items of which some are empty, many small, one large: in the worst places.
fn mixed(count: u64) -> Vec<Vec<u8>> {
    let size = |n| match n % 17 {
        0 => 0,
        5 => 5000,
        _ => 20 + 37 * (n as usize % 23),
    };
    let mut items: Vec<_> = (0..count).map(|n| text(n, size(n))).collect();
    if let Some(last) = items.last_mut() {
        *last = text(77, 200_000);
    }
    items
}

#[track_caller]
fn each_alone(compressor: &Compressor, items: &[Vec<u8>]) -> Vec<Vec<u8>> {
    items.iter().map(|item| compressor.compress(item).to_vec()).collect()
}

#[test]
fn each_item_becomes_the_frame_that_compress_makes() {
    for (name, values) in settings() {
        let compressor = Compressor::with(&values, None);
        let items = mixed(60);
        let expected = each_alone(&compressor, &items);
        for (input, threads) in [(Input::Slices, 1), (Input::Slices, 2), (Input::Buffer, -1), (Input::Collection, 8)] {
            let frames = compressor.batch_from(input, &items, threads).unwrap();
            assert!(frames.items() == expected, "{name}, {input:?}, {threads} threads");
        }
    }
}

#[test]
fn with_a_dictionary() {
    let dict = Dict::new(trained(), 0);
    for level in [1, 3, 19] {
        let compressor = Compressor::new(level, &dict);
        let items = samples()[..300].to_vec();
        let frames = compressor.batch(&items, 2).unwrap();
        assert!(frames.items() == each_alone(&compressor, &items));
    }
}

#[test]
fn every_item_is_kept_for_every_count_and_number_of_threads() {
    let compressor = Compressor::new(1, None);
    for count in 1..9 {
        let mut items = vec![Vec::new(); count];
        items[0] = b"a".to_vec();
        let expected = each_alone(&compressor, &items);
        for threads in -1..9 {
            assert_eq!(compressor.batch(&items, threads).unwrap().items(), expected);
        }
        items.rotate_left(1);
        assert_eq!(compressor.batch(&items, 3).unwrap().items().len(), count);
    }
}

#[test]
fn one_worker_writes_one_frame_behind_the_other() {
    let compressor = Compressor::new(3, None);
    let items = mixed(40);
    let frames = compressor.batch(&items, 1).unwrap();
    assert_eq!(frames.buffer_count(), 1);
    let buffer = frames.buffer(0).unwrap();
    let mut end = 0;
    for (offset, length) in buffer.segments() {
        assert_eq!(offset, end);
        end += length;
    }
    assert_eq!(buffer.bytes().len() as u64, end);
}

#[test]
fn items_for_one_worker_are_one_buffer_however_many_might_come() {
    let compressor = Compressor::new(3, None);
    let items: Vec<_> = (0..4).map(|n| noise(n, 200)).collect();
    assert_eq!(compressor.batch(&items, -1).unwrap().buffer_count(), 1);
}

#[test]
fn offsets_begin_anew_in_each_buffer() {
    let compressor = Compressor::new(3, None);
    let items: Vec<_> = (0..3000).map(|n| text(n, 400)).collect();
    let frames = compressor.batch(&items, 2).unwrap();
    let buffers: Vec<_> = (0..frames.buffer_count()).map(|index| frames.buffer(index).unwrap()).collect();
    assert_eq!(buffers.iter().map(Buffer::count).sum::<usize>(), items.len());
    for buffer in &buffers {
        let segments = buffer.segments();
        assert_eq!(segments[0].0, 0);
        assert_eq!(buffer.bytes().len() as u64, segments.iter().map(|segment| segment.1).sum::<u64>());
    }
    // A buffer lives without its collection.
    drop(frames);
    let first = buffers[0].segment(0).unwrap();
    assert_same(bytes_of(&first), &compressor.compress(&items[0]));
}

#[test]
fn more_than_one_block_of_output() {
    // Noise of more than 64 MiB in all, in items of all sizes.
    let compressor = Compressor::new(-5, None);
    let source = noise(3, 9 << 20);
    let items: Vec<_> = (0..40).map(|n| &source[n << 10..(n << 10) + (n % 8 + 1) * (400 << 10)]).collect();
    for threads in [1, 2] {
        let frames = compressor.batch(&items, threads).unwrap();
        assert!(frames.buffer_count() > 1);
        let decompressor = Decompressor::new(None);
        for (index, item) in items.iter().enumerate() {
            let frame = frames.segment(index).unwrap();
            assert_same(&decompressor.decompress(bytes_of(&frame)).unwrap(), item);
        }
    }
}

#[test]
fn nothing_to_compress() {
    let compressor = Compressor::new(3, None);
    for threads in [1, 4] {
        let none: [&[u8]; 0] = [];
        compressor.batch(&none, threads).unwrap_err().is(ZST_ERROR_VALUE, "no source elements found");
        compressor
            .batch_from(Input::Buffer, &none, threads)
            .unwrap_err()
            .is(ZST_ERROR_VALUE, "no source elements found");
        for input in [Input::Slices, Input::Buffer] {
            let refused = compressor.batch_from(input, &["", "", ""], threads).unwrap_err();
            refused.is(ZST_ERROR_VALUE, "source elements are empty");
            assert_eq!(refused.item_index, u64::MAX);
        }
    }
}

#[test]
fn a_dictionary_that_cannot_be_used_is_the_first_items_fault() {
    const FULLDICT: i32 = 2;
    let dict = Dict::new(b"no dictionary header", FULLDICT);
    let compressor = Compressor::new(3, &dict);
    let items = mixed(100);
    for threads in [1, 2, 8] {
        let failed = compressor.batch(&items, threads).unwrap_err();
        failed.is(ZST_ERROR_ZSTD, "error compressing item 0: the dictionary is not a full dictionary");
        assert_eq!(failed.item_index, 0);
    }
}

#[test]
fn progress_and_memory_of_a_batch() {
    let compressor = Compressor::new(3, None);
    let items = mixed(50);
    let frames = compressor.batch(&items, 2).unwrap();
    let taken_in = items.iter().map(Vec::len).sum::<usize>() as u64;
    assert_eq!(compressor.progression(), (taken_in, taken_in, frames.size()));
    assert!(compressor.memory_size().unwrap() > 100_000);
}

#[test]
fn many_threads_with_one_compressor_and_batches_of_their_own() {
    let compressor = Compressor::new(1, None);
    let items = mixed(200);
    let expected = each_alone(&compressor, &items);
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let (compressor, items, expected) = (&compressor, &items, &expected);
            scope.spawn(move || {
                for round in 0..10 {
                    let frames = compressor.batch(items, 1 + (round + thread) % 4).unwrap();
                    assert!(frames.items() == *expected);
                    if round == 5 {
                        zst_free_idle_contexts();
                    }
                }
            });
        }
    });
}

#[test]
fn a_batch_outlives_its_compressor() {
    let compressor = Compressor::new(3, None);
    let frames = compressor.batch(&mixed(10), 2).unwrap();
    let frame = compressor.compress(&mixed(10)[3]);
    drop(compressor);
    assert_same(bytes_of(&frames.segment(3).unwrap()), &frame);
}

#[test]
fn worker_threads_inside_worker_threads() {
    let compressor = Compressor::with(&[(ZST_C_THREADS, 2)], None);
    let items = [text(1, 2 << 20), text(2, 100), text(3, 1 << 20)];
    assert!(compressor.batch(&items, 2).unwrap().items() == each_alone(&compressor, &items));
}

#[test]
fn pointers_that_must_not_be_null() {
    let compressor = Compressor::new(3, None);
    let (items, out) = (slices(&["abc"]), Untouched::new());
    let buffer = Buffer::of(&["abc"]);
    let collection = Collection::try_new(&[&buffer]).unwrap();
    let raw = compressor.raw();
    unsafe {
        let slices = zst_compressor_multi_compress_to_buffer;
        refuses_null("compressor", |err| slices(null(), items.as_ptr(), 1, 1, out.ptr(), err));
        refuses_null("items", |err| slices(raw, null(), 1, 1, out.ptr(), err));
        refuses_null("out", |err| slices(raw, items.as_ptr(), 1, 1, null_mut(), err));
        let mut bad = super::support::slices(&["abc", "def"]);
        bad[1].data = null();
        refuses_null("items", |err| slices(raw, bad.as_ptr(), 2, 1, out.ptr(), err));
        let from_buffer = zst_compressor_multi_compress_to_buffer_from_buffer;
        refuses_null("compressor", |err| from_buffer(null(), buffer.raw(), 1, out.ptr(), err));
        refuses_null("buffer", |err| from_buffer(raw, null(), 1, out.ptr(), err));
        refuses_null("out", |err| from_buffer(raw, buffer.raw(), 1, null_mut(), err));
        let from_collection = zst_compressor_multi_compress_to_buffer_from_collection;
        refuses_null("compressor", |err| from_collection(null(), collection.raw(), 1, out.ptr(), err));
        refuses_null("collection", |err| from_collection(raw, null(), 1, out.ptr(), err));
        refuses_null("out", |err| from_collection(raw, collection.raw(), 1, null_mut(), err));
    }
}
