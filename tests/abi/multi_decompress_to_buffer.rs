//! `zst_decompressor_multi_decompress_to_buffer` and its relatives.

use crate::support::*;
use crate::support_batches::*;
use crate::support_streams::{EMPTY_FRAME, SKIPPABLE};
use std::ptr::{null, null_mut};
use zst::ffi::compression_parameters::*;
use zst::ffi::decompression_parameters::*;
use zst::ffi::multi_decompress_to_buffer::*;
use zst::ffi::status::*;

const THREADS: [i32; 6] = [0, 1, 2, 4, 8, -1];

fn contents(count: u64) -> Vec<Vec<u8>> {
    (0..count).map(|n| text(n, if n % 13 == 0 { 0 } else { 30 + 41 * (n as usize % 29) })).collect()
}

/// Frames without recorded size.
fn unsized_frames(items: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let compressor = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0)], None);
    items.iter().map(|item| compressor.compress(item).to_vec()).collect()
}

fn frames(items: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let compressor = Compressor::new(3, None);
    items.iter().map(|item| compressor.compress(item).to_vec()).collect()
}

#[test]
fn contents_come_back_in_the_order_of_their_frames() {
    let decompressor = Decompressor::new(None);
    let mut items = contents(300);
    items[299] = text(5, 3 << 20);
    let frames = frames(&items);
    for input in INPUTS {
        for threads in THREADS {
            let back = decompressor.batch_from(input, &frames, None, threads).unwrap();
            assert!(back.items() == items, "{input:?}, {threads} threads");
            assert_eq!(back.size(), items.iter().map(Vec::len).sum::<usize>() as u64);
        }
    }
}

#[test]
fn sizes_that_are_given() {
    let decompressor = Decompressor::new(None);
    let items: Vec<_> = contents(40).into_iter().filter(|item| !item.is_empty()).collect();
    let sizes: Vec<u8> = items.iter().flat_map(|item| item.len().to_ne_bytes()).collect();
    for frames in [frames(&items), unsized_frames(&items)] {
        for input in INPUTS {
            for threads in [1, 4] {
                assert!(decompressor.batch_from(input, &frames, Some(&sizes), threads).unwrap().items() == items);
            }
        }
    }
    // 0 stands for what the frame records.
    let mixed = [frames(&items).remove(0), unsized_frames(&items).remove(1)];
    let back = decompressor.batch_sized(&mixed, &[0, items[1].len() as u64], 2).unwrap();
    assert_eq!(back.items(), items[..2]);
    let failed = decompressor.batch_sized(&mixed, &[0, 0], 2).unwrap_err();
    failed.is(ZST_ERROR_VALUE, "could not determine decompressed size of item 1");
}

#[test]
fn sizes_of_the_wrong_number() {
    let decompressor = Decompressor::new(None);
    let frames = frames(&contents(3));
    for input in INPUTS {
        for len in [0, 2, 23, 25, 16, 32] {
            let failed = decompressor.batch_from(input, &frames, Some(&vec![0; len]), 1);
            // No sizes at all is NULL.
            let failed = failed.unwrap_err();
            failed.is(ZST_ERROR_VALUE, &format!("decompressed_sizes size mismatch; expected 24, got {len}"));
            failed.numbers(24, len as u64);
        }
    }
}

#[test]
fn sizes_that_cannot_be() {
    let decompressor = Decompressor::new(None);
    let frames = frames(&[text(1, 300), text(2, 40), text(3, 90)]);
    for sizes in [[1 << 63, 1 << 63, 300], [1 << 40, 0, 0], [u64::MAX, u64::MAX, u64::MAX]] {
        let failed = decompressor.batch_sized(&frames, &sizes, 2).unwrap_err();
        failed.is(ZST_ERROR_ZSTD, "error decompressing item 0: decompressed ");
        assert_eq!(failed.item_index, 0);
    }
    // The same for frames that record no size.
    let frames = unsized_frames(&[text(1, 500), text(2, 500)]);
    decompressor.batch_sized(&frames, &[1 << 40, 500], 2).unwrap_err().is(ZST_ERROR_ZSTD, "item 0: decompressed ");
}

#[test]
fn sizes_that_are_wrong() {
    let decompressor = Decompressor::new(None);
    let items = [text(1, 300), text(2, 300), text(3, 300)];
    for threads in [1, 2] {
        let failed = decompressor.batch_sized(&frames(&items), &[300, 299, 301], threads).unwrap_err();
        failed.is(ZST_ERROR_ZSTD, "error decompressing item 1: decompressed 300 bytes; expected 299");
        failed.numbers(299, 300);
        let failed = decompressor.batch_sized(&unsized_frames(&items), &[300, 299, 301], threads).unwrap_err();
        failed.is(ZST_ERROR_ZSTD, "error decompressing item 1: Destination buffer is too small");
        let failed = decompressor.batch_sized(&unsized_frames(&items), &[300, 300, 301], threads).unwrap_err();
        failed.is(ZST_ERROR_ZSTD, "error decompressing item 2: decompressed 300 bytes; expected 301");
        assert_eq!(failed.item_index, 2);
    }
}

#[test]
fn frames_without_content() {
    let decompressor = Decompressor::new(None);
    let full = frames(&[text(1, 300)]).remove(0);
    let skipped = [SKIPPABLE, &full].concat();
    let trailing = [&full[..], b"junk"].concat();
    for threads in [1, 4] {
        for items in [vec![EMPTY_FRAME], vec![SKIPPABLE], vec![EMPTY_FRAME, EMPTY_FRAME]] {
            let back = decompressor.batch(&items, threads).unwrap();
            assert_eq!(back.items(), vec![Vec::<u8>::new(); items.len()]);
        }
        let back = decompressor.batch(&[&skipped[..], &full, &trailing], threads).unwrap();
        assert_eq!(back.items(), vec![text(1, 300); 3]);
    }
}

#[test]
fn the_first_item_that_fails_is_named_for_any_number_of_threads() {
    let decompressor = Decompressor::new(None);
    let items: Vec<_> = (0..400).map(|n| text(n, 2000)).collect();
    let good = frames(&items);
    let damaged = |frame: &[u8]| {
        let mut frame = frame.to_vec();
        let middle = frame.len() / 2;
        frame[middle..].iter_mut().for_each(|byte| *byte ^= 0x5A);
        frame
    };
    for (first, later) in [(1, 6), (0, 399), (150, 151), (398, 399)] {
        let mut frames = good.clone();
        frames[first] = damaged(&frames[first]);
        // The later one fails earlier: while the sizes are looked up.
        for wrong in [damaged(&frames[later]), b"no frame".to_vec(), Vec::new(), frames[later][..9].to_vec()] {
            frames[later] = wrong;
            for threads in THREADS {
                let failed = decompressor.batch(&frames, threads).unwrap_err();
                assert_eq!(failed.item_index, first as u64, "{threads} threads: {failed:?}");
                assert!(failed.message.starts_with(&format!("error decompressing item {first}: ")), "{failed:?}");
            }
        }
    }
    assert!(decompressor.batch(&good, 2).unwrap().items() == items);
}

#[test]
fn nothing_has_a_size_that_nobody_has_to_know() {
    let items = [text(1, 300), Vec::new(), text(2, 300)];
    let mut frames = frames(&items);
    frames[1] = unsized_frames(&items).remove(1);
    assert!(Decompressor::new(None).batch(&frames, 2).unwrap().items() == items);
}

#[test]
fn the_output_limit_is_for_all_items_together() {
    let items: Vec<_> = (0..4).map(|n| text(n, 1000)).collect();
    let mut frames = frames(&items);
    let limited = |limit| Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, limit)]);
    assert!(limited(4000).batch(&frames, 2).unwrap().items() == items);
    let failed = limited(3999).batch(&frames, 2).unwrap_err();
    failed.is(ZST_ERROR_LIMIT, "error decompressing item 3: ").numbers(3999, 4000);
    assert_eq!(failed.item_index, 3);
    // What is cut is cut, whatever it claims.
    frames[3].pop();
    limited(3999).batch(&frames, 2).unwrap_err().is(ZST_ERROR_TRUNCATED, "error decompressing item 3: ");
}

#[test]
fn what_is_no_frame_or_cut() {
    let decompressor = Decompressor::new(None);
    let good = frames(&[text(1, 300)]).remove(0);
    for threads in [1, 3] {
        for wrong in [&b""[..], b"abc", b"no frame at all", &good[..4], &unsized_frames(&[text(1, 300)])[0]] {
            let failed = decompressor.batch(&[&good[..], &good, wrong], threads).unwrap_err();
            failed.is(ZST_ERROR_VALUE, "could not determine decompressed size of item 2");
            assert_eq!(failed.item_index, 2);
        }
        let cut = decompressor.batch(&[&good[..], &good[..good.len() - 1]], threads).unwrap_err();
        cut.is(ZST_ERROR_TRUNCATED, "error decompressing item 1: did not decompress full frame");
        let cut = decompressor.batch(&[&good[..], &SKIPPABLE[..10]], threads).unwrap_err();
        cut.is(ZST_ERROR_TRUNCATED, "error decompressing item 1: did not decompress full frame");
    }
    let none: [&[u8]; 0] = [];
    for input in [Input::Slices, Input::Buffer] {
        let refused = decompressor.batch_from(input, &none, None, 4).unwrap_err();
        refused.is(ZST_ERROR_VALUE, "must pass at least 1 argument");
    }
}

#[test]
fn recorded_sizes_that_lie() {
    let decompressor = Decompressor::new(None);
    let lies = [
        (&b"\x28\xb5\x2f\xfd\xe0\x6c\x06\x06\x06\x63\x63\x63\x63"[..], ZST_ERROR_TRUNCATED),
        (b"\x28\xb5\x2f\xfd\xe0\0\0\0\0\0\0\0\x10\x09\0\0\x61", ZST_ERROR_ZSTD),
    ];
    let good = frames(&[text(1, 300)]).remove(0);
    for (lie, status) in lies {
        for threads in [1, 2] {
            let failed = decompressor.batch(&[&good[..], lie], threads).unwrap_err();
            assert_eq!((failed.status, failed.item_index), (status, 1), "{failed:?}");
        }
    }
}

#[test]
fn a_given_size_beside_a_recorded_one_that_lies() {
    let decompressor = Decompressor::new(None);
    // It claims 9 bytes, or is cut; no error may say that so many were decompressed.
    let items: [(&[u8], &str); 3] = [
        (b"\x28\xb5\x2f\xfd\x20\x09\x09\0\0a", "Data corruption detected: the frame claims 9 bytes of content"),
        (b"\x28\xb5\x2f\xfd\x20\x09\x49\0\0abc", "did not decompress full frame"),
        (&SKIPPABLE[..10], "did not decompress full frame"),
    ];
    for (item, expected) in items {
        let failed = decompressor.batch_sized(&[item], &[1], 1).unwrap_err();
        assert!(failed.message.contains(&format!("error decompressing item 0: {expected}")), "{failed:?}");
    }
    let failed = decompressor.batch_sized(&[SKIPPABLE], &[1], 1).unwrap_err();
    failed.is(ZST_ERROR_ZSTD, "error decompressing item 0: decompressed 0 bytes; expected 1");
}

#[test]
fn sizes_that_lie_a_little_are_a_lot_together() {
    // Each claims a block of 128 KiB; only the second kind holds one.
    const LIE: &[u8] = b"\x28\xb5\x2f\xfd\xa0\0\0\x02\0";
    const TRUE: &[u8] = b"\x28\xb5\x2f\xfd\xa0\0\0\x02\0\x03\0\x10a";
    let decompressor = Decompressor::new(None);
    let good = frames(&[text(1, 300)]).remove(0);
    let mut items = vec![LIE; 1_000_000];
    items[0] = &good;
    for threads in [1, 2] {
        let failed = decompressor.batch(&items, threads).unwrap_err();
        failed.is(ZST_ERROR_TRUNCATED, "error decompressing item 1: did not decompress full frame");
        assert_eq!(failed.item_index, 1);
    }
    // A given size may be the lie as well.
    items[1] = TRUE;
    let mut sizes = vec![0; items.len()];
    sizes[2] = 131_072;
    decompressor.batch_sized(&items, &sizes, 2).unwrap_err().is(ZST_ERROR_TRUNCATED, "item 2: did not decompress");

    assert_eq!(decompressor.batch(&[TRUE], 1).unwrap().items(), [[b'a'; 131_072]]);
    let failed = decompressor.batch(&vec![TRUE; items.len()], 2).unwrap_err();
    failed.is(ZST_ERROR_MEMORY, "not enough memory: 131072000000 bytes could not be had");
    assert_eq!(failed.item_index, u64::MAX);
}

#[test]
fn limits_hold_in_workers() {
    let window = |size: i64| Decompressor::with(&[(ZST_D_MAX_WINDOW_SIZE, size)]);
    let items: Vec<_> = (0..8).map(|n| text(n, 70_000)).collect();
    let compressor = Compressor::with(&[(ZST_C_WRITE_CONTENT_SIZE, 0), (ZST_C_WINDOW_LOG, 16)], None);
    let unsized_frames: Vec<_> = items.iter().map(|item| compressor.compress(item).to_vec()).collect();
    for threads in [1, 4] {
        let failed = window(1024).batch_sized(&unsized_frames, &[70_000; 8], threads).unwrap_err();
        failed.is(ZST_ERROR_LIMIT, "error decompressing item 0: Frame requires too much memory for decoding");
        let back = window(1 << 16).batch_sized(&unsized_frames, &[70_000; 8], threads).unwrap();
        assert!(back.items() == items);
        let limited = Decompressor::with(&[(ZST_D_MAX_OUTPUT_SIZE, 69_999)]);
        let failed = limited.batch(&frames(&items), threads).unwrap_err();
        failed.is(ZST_ERROR_LIMIT, "error decompressing item 0: ").numbers(69_999, 70_000);
    }
}

#[test]
fn format_and_dictionary_hold_in_workers() {
    let items = samples()[..200].to_vec();
    let dict = Dict::new(trained(), 0);
    let frames = Compressor::new(3, &dict).batch(&items, 2).unwrap();
    assert!(Decompressor::new(&dict).batch(&frames.items(), 4).unwrap().items() == items);
    let failed = Decompressor::new(None).batch(&frames.items(), 4).unwrap_err();
    failed.is(ZST_ERROR_ZSTD, "error decompressing item 0: Dictionary mismatch");

    let frames = Compressor::with(&[(ZST_C_FORMAT, 1)], None).batch(&items, 2).unwrap().items();
    let magicless = Decompressor::with(&[(ZST_D_FORMAT, 1)]);
    assert!(magicless.batch(&frames, 4).unwrap().items() == items);
    let sizes: Vec<u64> = items.iter().map(|item| item.len() as u64).collect();
    assert!(magicless.batch_sized(&frames, &sizes, 4).unwrap().items() == items);
}

#[test]
fn many_threads_with_one_decompressor_and_batches_of_their_own() {
    let decompressor = Decompressor::new(None);
    let items = contents(300);
    let good = frames(&items);
    let mut bad = good.clone();
    bad[200] = b"no frame".to_vec();
    std::thread::scope(|scope| {
        for thread in 0..6 {
            let (decompressor, items, good, bad) = (&decompressor, &items, &good, &bad);
            scope.spawn(move || {
                for round in 0..20 {
                    let threads = 1 + (round + thread) % 4;
                    assert!(decompressor.batch(good, threads).unwrap().items() == *items);
                    assert_eq!(decompressor.batch(bad, threads).unwrap_err().item_index, 200);
                }
            });
        }
    });
}

#[test]
fn a_million_tiny_items() {
    let compressor = Compressor::new(1, None);
    let items = vec![b"x"; 1_000_000];
    let frames = compressor.batch(&items, 2).unwrap();
    assert_eq!(frames.count(), items.len());
    let raw = frames.raw();
    let back = call(|out, err| unsafe {
        let decompressor = Decompressor::new(None);
        zst_decompressor_multi_decompress_to_buffer_from_collection(decompressor.raw(), raw, null(), 0, 2, out, err)
    });
    let back = Collection::own(back.unwrap());
    assert_eq!((back.count(), back.size()), (1_000_000, 1_000_000));
}

#[test]
fn pointers_that_must_not_be_null() {
    let decompressor = Decompressor::new(None);
    let list = slices(&[EMPTY_FRAME]);
    let out = Untouched::new();
    let buffer = Buffer::of(&[EMPTY_FRAME]);
    let collection = Collection::try_new(&[&buffer]).unwrap();
    let raw = decompressor.raw();
    unsafe {
        let slices = zst_decompressor_multi_decompress_to_buffer;
        refuses_null("decompressor", |err| slices(null(), list.as_ptr(), 1, null(), 0, 1, out.ptr(), err));
        refuses_null("items", |err| slices(raw, null(), 1, null(), 0, 1, out.ptr(), err));
        refuses_null("out", |err| slices(raw, list.as_ptr(), 1, null(), 0, 1, null_mut(), err));
        let from_buffer = zst_decompressor_multi_decompress_to_buffer_from_buffer;
        refuses_null("decompressor", |err| from_buffer(null(), buffer.raw(), null(), 0, 1, out.ptr(), err));
        refuses_null("buffer", |err| from_buffer(raw, null(), null(), 0, 1, out.ptr(), err));
        refuses_null("out", |err| from_buffer(raw, buffer.raw(), null(), 0, 1, null_mut(), err));
        let from_collection = zst_decompressor_multi_decompress_to_buffer_from_collection;
        refuses_null("decompressor", |err| from_collection(null(), collection.raw(), null(), 0, 1, out.ptr(), err));
        refuses_null("collection", |err| from_collection(raw, null(), null(), 0, 1, out.ptr(), err));
        refuses_null("out", |err| from_collection(raw, collection.raw(), null(), 0, 1, null_mut(), err));
    }
}
