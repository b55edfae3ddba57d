//! Buffers and collections made of any offsets and lengths.

use crate::choices::Choices;
use crate::support::*;
use crate::support_batches::*;
use std::sync::atomic::Ordering::SeqCst;
use zst::ffi::status::*;

pub fn buffers(data: &[u8]) {
    let mut choices = Choices::new(data);
    let mut counters = Vec::new();
    let mut buffers = Vec::new();
    for _ in 0..choices.below(4) {
        let len = usize::from(choices.number::<u8>());
        let memory = choices.bytes(len).to_vec();
        let count = usize::from(choices.below(6));
        let hostile = choices.yes();
        let segments: Vec<(u64, u64)> = (0..count)
            .map(|_| match hostile {
                true => (choices.number(), choices.number()),
                false => (choices.number::<u8>().into(), choices.number::<u8>().into()),
            })
            .collect();
        let mut bytes = pairs(&segments);
        bytes.truncate(bytes.len() - if hostile { usize::from(choices.below(20)).min(bytes.len()) } else { 0 });
        let (buffer, released) = Buffer::lending(&memory, &bytes);
        let fits =
            |&(offset, length): &(u64, u64)| offset.checked_add(length).is_some_and(|end| end <= memory.len() as u64);
        let whole = bytes.len().is_multiple_of(16);
        let segments = &segments[..bytes.len() / 16];
        match buffer {
            Ok(buffer) => {
                assert!(whole && segments.iter().all(fits), "segments reach beyond the memory");
                assert_eq!(released.load(SeqCst), 0);
                check(&buffer, &memory, segments);
                buffers.push((buffer, memory, segments.to_vec()));
            }
            Err(failure) => {
                failure.is(ZST_ERROR_VALUE, "");
                assert!(!whole || !segments.iter().all(fits), "{failure:?}");
                assert_eq!(released.load(SeqCst), 1, "memory is released once");
            }
        }
        counters.push(released);
    }
    let members: Vec<_> = (0..choices.below(5)).filter_map(|_| buffers.get(usize::from(choices.below(4)))).collect();
    let items: Vec<Vec<u8>> = members.iter().flat_map(|(_, memory, segments)| items(memory, segments)).collect();
    let collection = Collection::try_new(&members.iter().map(|(buffer, ..)| buffer).collect::<Vec<_>>());
    let good =
        !members.is_empty() && members.iter().all(|(_, memory, segments)| !memory.is_empty() && !segments.is_empty());
    assert_eq!(collection.is_ok(), good);
    let lasting = collection.as_ref().ok().and_then(|collection| collection.buffer(0).ok());
    // In any order.
    if choices.yes() {
        buffers.clear();
    }
    if let Ok(collection) = collection {
        assert!(collection.items() == items);
        assert_eq!(collection.size(), items.iter().map(|item| item.len() as u64).sum::<u64>());
        for index in [items.len(), choices.number::<u64>() as usize] {
            assert_eq!(collection.segment(index).is_ok(), index < items.len());
            assert_eq!(collection.buffer(index).is_ok(), index < collection.buffer_count());
        }
        if choices.below(8) == 0 {
            batch(&collection, &items);
        }
    }
    drop(buffers);
    drop(lasting);
    assert!(counters.iter().all(|released| released.load(SeqCst) == 1), "memory is released once");
}

fn items<'a>(memory: &'a [u8], segments: &'a [(u64, u64)]) -> impl Iterator<Item = Vec<u8>> + 'a {
    segments.iter().map(|&(offset, length)| memory[offset as usize..(offset + length) as usize].to_vec())
}

fn check(buffer: &Buffer, memory: &[u8], segments: &[(u64, u64)]) {
    assert_eq!(buffer.count(), segments.len());
    assert_same(buffer.bytes(), memory);
    assert_eq!(buffer.segments(), segments);
    for (index, item) in items(memory, segments).enumerate() {
        assert_same(bytes_of(&buffer.segment(index).unwrap()), &item);
    }
    buffer.segment(segments.len()).err().unwrap().is(ZST_ERROR_INDEX, "");
}

/// Its items through compression and back.
fn batch(collection: &Collection, items: &[Vec<u8>]) {
    let (compressor, decompressor) = (Compressor::new(1, None), Decompressor::new(None));
    let frames = call(|out, err| unsafe {
        use zst::ffi::multi_compress_to_buffer::*;
        zst_compressor_multi_compress_to_buffer_from_collection(compressor.raw(), collection.raw(), 0, out, err)
    });
    let Ok(frames) = frames.map(Collection::own) else {
        assert!(items.iter().all(Vec::is_empty));
        return;
    };
    let results = call(|out, err| unsafe {
        use zst::ffi::multi_decompress_to_buffer::*;
        let (raw, sizes) = (decompressor.raw(), std::ptr::null());
        zst_decompressor_multi_decompress_to_buffer_from_collection(raw, frames.raw(), sizes, 0, 0, out, err)
    });
    assert!(Collection::own(results.unwrap()).items() == items);
}
