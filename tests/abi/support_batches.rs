//! Buffers and collections that free themselves, and batches over all kinds of input.

use crate::support::*;
use std::ffi::c_void;
use std::ptr::{null, null_mut};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use zst::ffi::buffer_with_segments::*;
use zst::ffi::buffer_with_segments_collection::*;
use zst::ffi::multi_compress_to_buffer::*;
use zst::ffi::multi_decompress_to_buffer::*;

handle!(Buffer, zst_buffer_with_segments, zst_buffer_with_segments_free);
handle!(Collection, zst_buffer_with_segments_collection, zst_buffer_with_segments_collection_free);

/// Pairs of offset and length as bytes.
pub fn pairs(segments: &[(u64, u64)]) -> Vec<u8> {
    segments.iter().flat_map(|(offset, length)| [offset.to_ne_bytes(), length.to_ne_bytes()].concat()).collect()
}

/// One byte after the other, and where each item lies.
pub fn joined<T: AsRef<[u8]>>(items: &[T]) -> (Vec<u8>, Vec<u8>) {
    let (mut data, mut segments) = (Vec::new(), Vec::new());
    for item in items {
        segments.push((data.len() as u64, item.as_ref().len() as u64));
        data.extend_from_slice(item.as_ref());
    }
    (data, pairs(&segments))
}

/// Memory that is freed when the library releases it, and how often that happened.
pub struct Lent {
    data: Vec<u8>,
    released: Arc<AtomicUsize>,
}

pub unsafe extern "C" fn release(userdata: *mut c_void) {
    let lent = unsafe { Box::from_raw(userdata.cast::<Lent>()) };
    lent.released.fetch_add(1, SeqCst);
}

impl Buffer {
    /// On memory that is released, and counts it.
    pub fn lending(data: &[u8], segments: &[u8]) -> (Result<Buffer, Failure>, Arc<AtomicUsize>) {
        let released = Arc::new(AtomicUsize::new(0));
        let lent = Box::new(Lent { data: data.to_vec(), released: released.clone() });
        let (start, len) = (lent.data.as_ptr().cast(), lent.data.len());
        let userdata = Box::into_raw(lent).cast();
        let buffer = call(|out, err| unsafe {
            let segments = (segments.as_ptr().cast(), segments.len());
            zst_buffer_with_segments_new(start, len, segments.0, segments.1, Some(release), userdata, out, err)
        });
        (buffer.map(Buffer), released)
    }

    pub fn try_new(data: &[u8], segments: &[(u64, u64)]) -> Result<Buffer, Failure> {
        Buffer::lending(data, &pairs(segments)).0
    }

    #[track_caller]
    pub fn of<T: AsRef<[u8]>>(items: &[T]) -> Buffer {
        let (data, segments) = joined(items);
        Buffer::lending(&data, &segments).0.unwrap()
    }

    pub fn count(&self) -> usize {
        unsafe { zst_buffer_with_segments_count(self.0) }
    }

    pub fn bytes(&self) -> &[u8] {
        // SAFETY: lent as long as the buffer lives.
        unsafe {
            std::slice::from_raw_parts(zst_buffer_with_segments_data(self.0), zst_buffer_with_segments_size(self.0))
        }
    }

    pub fn segment(&self, index: usize) -> Result<zst_buffer_segment, Failure> {
        call(|out, err| unsafe { zst_buffer_with_segments_segment(self.0, index, out, err) })
    }

    #[track_caller]
    pub fn segments(&self) -> Vec<(u64, u64)> {
        let list = call(|out, err| unsafe { zst_buffer_with_segments_segments(self.0, out, err) }).unwrap();
        // SAFETY: lent as long as the buffer lives.
        let list = unsafe { std::slice::from_raw_parts(list.segments, list.count) };
        list.iter().map(|segment| (segment.offset, segment.length)).collect()
    }
}

/// The bytes of a segment.
pub fn bytes_of(segment: &zst_buffer_segment) -> &[u8] {
    // SAFETY: lent by a buffer that the test keeps.
    unsafe { std::slice::from_raw_parts(segment.data, segment.len) }
}

impl Collection {
    pub fn try_new(buffers: &[&Buffer]) -> Result<Collection, Failure> {
        let list: Vec<_> = buffers.iter().map(|buffer| buffer.raw()).collect();
        call(|out, err| unsafe { zst_buffer_with_segments_collection_new(list.as_ptr(), list.len(), out, err) })
            .map(Collection)
    }

    pub fn count(&self) -> usize {
        unsafe { zst_buffer_with_segments_collection_count(self.0) }
    }

    pub fn size(&self) -> u64 {
        unsafe { zst_buffer_with_segments_collection_size(self.0) }
    }

    pub fn segment(&self, index: usize) -> Result<zst_buffer_segment, Failure> {
        call(|out, err| unsafe { zst_buffer_with_segments_collection_segment(self.0, index, out, err) })
    }

    pub fn buffer_count(&self) -> usize {
        unsafe { zst_buffer_with_segments_collection_buffer_count(self.0) }
    }

    pub fn buffer(&self, index: usize) -> Result<Buffer, Failure> {
        call(|out, err| unsafe { zst_buffer_with_segments_collection_buffer(self.0, index, out, err) }).map(Buffer)
    }

    #[track_caller]
    pub fn items(&self) -> Vec<Vec<u8>> {
        (0..self.count()).map(|index| bytes_of(&self.segment(index).unwrap()).to_vec()).collect()
    }
}

/// The three kinds of input.
#[derive(Clone, Copy, Debug)]
pub enum Input {
    Slices,
    Buffer,
    Collection,
}

pub const INPUTS: [Input; 3] = [Input::Slices, Input::Buffer, Input::Collection];

/// A collection of several buffers with these items.
#[track_caller]
pub fn collection_of<T: AsRef<[u8]>>(items: &[T]) -> Collection {
    // A member needs a byte.
    let parts: Vec<_> = if items.len() > 4 && items.iter().all(|item| !item.as_ref().is_empty()) {
        items.chunks(items.len() / 3).map(Buffer::of).collect()
    } else {
        vec![Buffer::of(items)]
    };
    Collection::try_new(&parts.iter().collect::<Vec<_>>()).unwrap()
}

impl Compressor {
    pub fn batch<T: AsRef<[u8]>>(&self, items: &[T], threads: i32) -> Result<Collection, Failure> {
        self.batch_from(Input::Slices, items, threads)
    }

    pub fn batch_from<T: AsRef<[u8]>>(&self, kind: Input, items: &[T], threads: i32) -> Result<Collection, Failure> {
        let raw = self.raw();
        match kind {
            Input::Slices => {
                let list = slices(items);
                call(|out, err| unsafe {
                    zst_compressor_multi_compress_to_buffer(raw, list.as_ptr(), list.len(), threads, out, err)
                })
            }
            Input::Buffer => {
                let buffer = Buffer::of(items);
                call(|out, err| unsafe {
                    zst_compressor_multi_compress_to_buffer_from_buffer(raw, buffer.raw(), threads, out, err)
                })
            }
            Input::Collection => {
                let collection = collection_of(items);
                call(|out, err| unsafe {
                    zst_compressor_multi_compress_to_buffer_from_collection(raw, collection.raw(), threads, out, err)
                })
            }
        }
        .map(Collection)
    }
}

impl Decompressor {
    pub fn batch<T: AsRef<[u8]>>(&self, items: &[T], threads: i32) -> Result<Collection, Failure> {
        self.batch_from(Input::Slices, items, None, threads)
    }

    pub fn batch_sized<T: AsRef<[u8]>>(&self, items: &[T], sizes: &[u64], threads: i32) -> Result<Collection, Failure> {
        let sizes: Vec<u8> = sizes.iter().flat_map(|size| size.to_ne_bytes()).collect();
        self.batch_from(Input::Slices, items, Some(&sizes), threads)
    }

    pub fn batch_from<T: AsRef<[u8]>>(
        &self,
        kind: Input,
        items: &[T],
        sizes: Option<&[u8]>,
        threads: i32,
    ) -> Result<Collection, Failure> {
        let raw = self.raw();
        let (sizes, size) = sizes.map_or((null(), 0), |sizes| (sizes.as_ptr().cast::<c_void>(), sizes.len()));
        match kind {
            Input::Slices => {
                let list = slices(items);
                let (list, count) = (list.as_ptr(), list.len());
                call(|out, err| unsafe {
                    zst_decompressor_multi_decompress_to_buffer(raw, list, count, sizes, size, threads, out, err)
                })
            }
            Input::Buffer => {
                let buffer = Buffer::of(items);
                let buffer = buffer.raw();
                call(|out, err| unsafe {
                    zst_decompressor_multi_decompress_to_buffer_from_buffer(raw, buffer, sizes, size, threads, out, err)
                })
            }
            Input::Collection => {
                let collection = collection_of(items);
                let collection = collection.raw();
                call(|out, err| unsafe {
                    zst_decompressor_multi_decompress_to_buffer_from_collection(
                        raw, collection, sizes, size, threads, out, err,
                    )
                })
            }
        }
        .map(Collection)
    }
}

pub const NO_MEMORY: *mut c_void = null_mut();
