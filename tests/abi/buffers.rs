//! `zst_buffer_with_segments`, `zst_buffer_with_segments_collection`.

use crate::support::*;
use crate::support_batches::*;
use std::ptr::{null, null_mut};
use std::sync::atomic::Ordering::SeqCst;
use zst::ffi::buffer_with_segments::*;
use zst::ffi::buffer_with_segments_collection::*;
use zst::ffi::status::*;

#[test]
fn a_buffer_lends_its_items_without_copying_them() {
    let data = b"foobarbaz".to_vec();
    let list = pairs(&[(0, 3), (3, 6), (9, 0), (2, 4)]);
    let buffer = call(|out, err| unsafe {
        let (data, segments) = (data.as_ptr().cast(), list.as_ptr().cast());
        zst_buffer_with_segments_new(data, 9, segments, list.len(), None, NO_MEMORY, out, err)
    });
    let buffer = Buffer::own(buffer.unwrap());
    assert_eq!((buffer.count(), buffer.bytes()), (4, &b"foobarbaz"[..]));
    assert_eq!(buffer.bytes().as_ptr(), data.as_ptr());
    assert_eq!(buffer.segments(), [(0, 3), (3, 6), (9, 0), (2, 4)]);
    let items: Vec<_> = (0..4).map(|index| buffer.segment(index).unwrap()).collect();
    assert_eq!(items.iter().map(bytes_of).collect::<Vec<_>>(), [&b"foo"[..], b"barbaz", b"", b"obar"]);
    assert_eq!(items.iter().map(|item| item.offset).collect::<Vec<_>>(), [0, 3, 9, 2]);
    assert_eq!(items[1].data, data[3..].as_ptr());
    for index in [4, 5, usize::MAX] {
        buffer.segment(index).map(|_| ()).unwrap_err().is(ZST_ERROR_INDEX, "offset must be less than 4").numbers(4, 0);
    }
}

#[test]
fn segments_need_no_alignment() {
    let mut list = vec![0; 1];
    list.extend_from_slice(&pairs(&[(1, 2), (0, 1)]));
    let buffer = Buffer::lending(b"abc", &list[1..]).0.unwrap();
    assert_eq!(buffer.segments(), [(1, 2), (0, 1)]);
}

#[test]
fn no_segments_and_no_memory() {
    let buffer = Buffer::try_new(b"", &[]).unwrap();
    assert_eq!((buffer.count(), buffer.bytes().len(), buffer.segments().len()), (0, 0, 0));
    let buffer = Buffer::try_new(b"", &[(0, 0), (0, 0)]).unwrap();
    assert_eq!((buffer.count(), buffer.segment(1).unwrap().len), (2, 0));
    buffer.segment(2).map(|_| ()).unwrap_err().is(ZST_ERROR_INDEX, "offset must be less than 2");
}

#[test]
fn segments_outside_the_memory() {
    const TOP: u64 = 1 << 63;
    let wrong = [(u64::MAX, 2), (1, u64::MAX), (TOP, TOP), (4, 0), (0, 4), (3, 1), (u64::MAX, 1)];
    for pair in wrong {
        let (refused, released) = Buffer::lending(b"foo", &pairs(&[(0, 3), pair]));
        refused
            .unwrap_err()
            .is(ZST_ERROR_VALUE, "offset within segments array references memory outside buffer: segment 1");
        assert_eq!(released.load(SeqCst), 1);
    }
    assert_eq!(Buffer::try_new(b"foo", &[(3, 0)]).unwrap().count(), 1);
    for size in [1, 8, 15, 17, 24] {
        let (refused, released) = Buffer::lending(b"foo", &vec![0; size]);
        refused.unwrap_err().is(ZST_ERROR_VALUE, "segments array size is not a multiple of 16");
        assert_eq!(released.load(SeqCst), 1);
    }
}

#[test]
fn memory_is_released_once_whoever_lets_go_last() {
    let (data, list) = joined(&[b"abc", b"def"]);
    let (buffer, released) = Buffer::lending(&data, &list);
    drop(buffer.unwrap());
    assert_eq!(released.load(SeqCst), 1);

    let (buffer, released) = Buffer::lending(&data, &list);
    let buffer = buffer.unwrap();
    let collection = Collection::try_new(&[&buffer, &buffer]).unwrap();
    drop(buffer);
    assert_eq!((collection.count(), collection.size()), (4, 12));
    let again = collection.buffer(1).unwrap();
    drop(collection);
    assert_eq!(again.bytes(), b"abcdef");
    assert_eq!(released.load(SeqCst), 0);
    drop(again);
    assert_eq!(released.load(SeqCst), 1);
}

#[test]
fn a_collection_counts_over_its_buffers() {
    let buffers = [Buffer::of(&["a", "bb"]), Buffer::of(&["ccc"]), Buffer::of(&["", "d", "ee"])];
    let collection = Collection::try_new(&buffers.iter().collect::<Vec<_>>()).unwrap();
    drop(buffers);
    assert_eq!((collection.count(), collection.size(), collection.buffer_count()), (6, 9, 3));
    assert_eq!(collection.items(), [&b"a"[..], b"bb", b"ccc", b"", b"d", b"ee"]);
    assert_eq!((0..6).map(|index| collection.segment(index).unwrap().offset).collect::<Vec<_>>(), [0, 1, 0, 0, 0, 1]);
    assert_eq!(collection.buffer(2).unwrap().count(), 3);
    for index in [6, usize::MAX] {
        collection.segment(index).map(|_| ()).unwrap_err().is(ZST_ERROR_INDEX, "offset must be less than 6");
    }
    collection.buffer(3).unwrap_err().is(ZST_ERROR_INDEX, "offset must be less than 3");
}

#[test]
fn what_cannot_be_a_collection() {
    Collection::try_new(&[]).unwrap_err().is(ZST_ERROR_VALUE, "must pass at least 1 argument");
    let full = Buffer::of(&["abc"]);
    for empty in [Buffer::of::<&str>(&[]), Buffer::try_new(b"abc", &[]).unwrap(), Buffer::of(&[""])] {
        let refused = Collection::try_new(&[&full, &empty]).unwrap_err();
        refused.is(ZST_ERROR_VALUE, "ZstdBufferWithSegments cannot be empty");
    }
}

#[test]
fn pointers_that_must_not_be_null() {
    let (out, handle) = (Untouched::new(), Untouched::new());
    let (collection, segment, list) = (Untouched::new(), Untouched::new(), Untouched::new());
    let three = pairs(&[(0, 3)]);
    let pairs = three.as_ptr().cast();
    let new = |data, segments, out, err| unsafe {
        zst_buffer_with_segments_new(data, 3, segments, 16, None, NO_MEMORY, out, err)
    };
    refuses_null("data", |err| new(null(), pairs, out.ptr(), err));
    refuses_null("segments", |err| new(b"abc".as_ptr().cast(), null(), out.ptr(), err));
    refuses_null("out", |err| new(b"abc".as_ptr().cast(), pairs, null_mut(), err));

    let buffer = Buffer::of(&["abc"]);
    let buffers = [buffer.raw(), null()];
    unsafe {
        refuses_null("buffer", |err| zst_buffer_with_segments_segment(null(), 0, segment.ptr(), err));
        refuses_null("out", |err| zst_buffer_with_segments_segment(buffer.raw(), 0, null_mut(), err));
        refuses_null("buffer", |err| zst_buffer_with_segments_segments(null(), list.ptr(), err));
        refuses_null("out", |err| zst_buffer_with_segments_segments(buffer.raw(), null_mut(), err));
        let new = zst_buffer_with_segments_collection_new;
        refuses_null("buffers", |err| new(null(), 1, collection.ptr(), err));
        refuses_null("a buffer", |err| new(buffers.as_ptr(), 2, collection.ptr(), err));
        refuses_null("out", |err| new(buffers.as_ptr(), 1, null_mut(), err));
        refuses_null("collection", |err| zst_buffer_with_segments_collection_segment(null(), 0, segment.ptr(), err));
        refuses_null("collection", |err| zst_buffer_with_segments_collection_buffer(null(), 0, handle.ptr(), err));
        assert_eq!(zst_buffer_with_segments_count(null()), 0);
        assert_eq!(zst_buffer_with_segments_size(null()), 0);
        assert!(zst_buffer_with_segments_data(null()).is_null());
        assert_eq!(zst_buffer_with_segments_collection_count(null()), 0);
        assert_eq!(zst_buffer_with_segments_collection_size(null()), 0);
        assert_eq!(zst_buffer_with_segments_collection_buffer_count(null()), 0);
        zst_buffer_with_segments_free(null_mut());
        zst_buffer_with_segments_collection_free(null_mut());
    }
}
