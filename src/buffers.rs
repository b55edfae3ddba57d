//! `zst_buffer_with_segments` and `zst_buffer_with_segments_collection`: many items in few pieces of memory.

use crate::batch::Items;
use crate::engine::{OutOfMemory, Output, Shared, reserved};
use crate::error::Error;
use std::ops::Range;

/// Memory that is not moved or changed as long as it is kept.
pub trait Memory: Send + Sync {
    fn bytes(&self) -> &[u8];
}

impl Memory for Output {
    fn bytes(&self) -> &[u8] {
        self.as_slice()
    }
}

/// One item: where it lies in its buffer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(C)]
pub struct Segment {
    pub offset: u64,
    pub length: u64,
}

/// A piece of memory and the items in it. Neighbours may share both the memory and the list of segments.
pub struct Buffer {
    memory: Shared<Box<dyn Memory>>,
    within: Range<usize>,
    segments: Shared<Vec<Segment>>,
    listed: Range<usize>,
}

impl Buffer {
    /// `segments` are pairs of numbers in the byte order of the machine. They are copied.
    pub fn new(memory: Box<dyn Memory>, segments: &[u8]) -> Result<Buffer, Error> {
        const NUMBER: usize = size_of::<u64>();
        let len = memory.bytes().len();
        let (pairs, rest) = segments.as_chunks::<{ 2 * NUMBER }>();
        if !rest.is_empty() {
            return Err(Error::SegmentsNotPairs);
        }
        let mut list = reserved(pairs.len())?;
        for (index, pair) in pairs.iter().enumerate() {
            let ([offset, length], _) = pair.as_chunks::<NUMBER>() else { unreachable!("a pair has two numbers") };
            let segment = Segment { offset: u64::from_ne_bytes(*offset), length: u64::from_ne_bytes(*length) };
            let room = (len as u64).checked_sub(segment.offset);
            if room.is_none_or(|room| segment.length > room) {
                return Err(Error::SegmentOutside { index });
            }
            list.push(segment);
        }
        Ok(Buffer {
            memory: Shared::try_new(memory)?,
            within: 0..len,
            listed: 0..list.len(),
            segments: Shared::try_new(list)?,
        })
    }

    /// A part of memory and of a list of segments, which lie inside that part and count from its start.
    pub fn part(
        memory: &Shared<Box<dyn Memory>>,
        within: Range<usize>,
        segments: &Shared<Vec<Segment>>,
        listed: Range<usize>,
    ) -> Buffer {
        Buffer { memory: memory.clone(), within, segments: segments.clone(), listed }
    }

    pub fn bytes(&self) -> &[u8] {
        &self.memory.bytes()[self.within.clone()]
    }

    pub fn segments(&self) -> &[Segment] {
        &self.segments[self.listed.clone()]
    }

    /// The item with this index, and where it begins.
    pub fn item(&self, index: usize) -> Result<(&[u8], u64), Error> {
        let segments = self.segments();
        let segment = segments.get(index).ok_or(Error::Index { len: segments.len() })?;
        let start = segment.offset as usize;
        Ok((&self.bytes()[start..start + segment.length as usize], segment.offset))
    }
}

impl Items for Buffer {
    fn count(&self) -> usize {
        self.segments().len()
    }

    fn get(&self, index: usize) -> &[u8] {
        self.item(index).map_or(&[], |(bytes, _)| bytes)
    }
}

/// The items of several buffers in a row.
pub struct Collection {
    buffers: Vec<Shared<Buffer>>,
    /// How many items there are up to the end of each buffer.
    ends: Vec<usize>,
    size: u64,
}

impl Collection {
    /// Of one or more buffers, none of which is empty.
    pub fn new(buffers: Vec<Shared<Buffer>>) -> Result<Collection, Error> {
        if buffers.is_empty() {
            return Err(Error::NoBuffers);
        }
        if buffers.iter().any(|buffer| buffer.segments().is_empty() || buffer.bytes().is_empty()) {
            return Err(Error::EmptyBuffer);
        }
        // Host memory may be listed many times over.
        let lengths = buffers.iter().flat_map(|buffer| buffer.segments()).map(|segment| segment.length);
        let size = lengths.fold(0, u64::saturating_add);
        Ok(Collection::listed(buffers, size)?)
    }

    /// Of the results of a batch, which may all be empty. Each buffer is filled with its segments, which lie behind
    /// each other.
    pub fn of_results(buffers: Vec<Shared<Buffer>>) -> Result<Collection, OutOfMemory> {
        let size = buffers.iter().map(|buffer| buffer.bytes().len() as u64).sum();
        Collection::listed(buffers, size)
    }

    fn listed(buffers: Vec<Shared<Buffer>>, size: u64) -> Result<Collection, OutOfMemory> {
        let mut ends = reserved(buffers.len())?;
        let mut count = 0;
        for buffer in &buffers {
            count += buffer.segments().len();
            ends.push(count);
        }
        Ok(Collection { buffers, ends, size })
    }

    pub fn buffers(&self) -> &[Shared<Buffer>] {
        &self.buffers
    }

    /// Items in all.
    pub fn count(&self) -> usize {
        self.ends.last().copied().unwrap_or(0)
    }

    /// Bytes of all items.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The item with this index, and where it begins in its buffer.
    pub fn item(&self, index: usize) -> Result<(&[u8], u64), Error> {
        let buffer = self.ends.partition_point(|&end| end <= index);
        let before = if buffer == 0 { 0 } else { self.ends[buffer - 1] };
        match self.buffers.get(buffer) {
            Some(buffer) => buffer.item(index - before),
            None => Err(Error::Index { len: self.count() }),
        }
    }
}

impl Items for Collection {
    fn count(&self) -> usize {
        self.count()
    }

    fn get(&self, index: usize) -> &[u8] {
        self.item(index).map_or(&[], |(bytes, _)| bytes)
    }
}
