//! `multi_decompress_to_buffer`: the contents of many frames in one call.

use crate::batch::{self, ITEM, Items, Worker};
use crate::buffers::{Buffer, Collection, Memory, Segment};
use crate::decompression_context::DecompressionContext;
use crate::decompressor::Decompressor;
use crate::engine::{FrameKind, Header, OutOfMemory, Output, Room, Shared, frame_header, prefetch, reserved, try_box};
use crate::error::{BatchError, Error};
use crate::frame::Frame;
use crate::pool::{Configured, Context, Record};
use std::ops::Range;

const DOING: &str = "error decompressing";

/// The size of an item's content is believed at first, without a look at its blocks, if it is one block, or not so many
/// times the size of the item.
const BLOCK: u64 = 128 << 10;
const PLAUSIBLE: u64 = 64;

/// So many items ahead of the one whose size is looked up, the header is asked for.
const AHEAD: usize = 8;
/// Work of less than this, in bytes, is done before a helper could come.
const SOON_DONE: u64 = 24 << 10;

type Held = Box<Configured<DecompressionContext>>;

/// Items in a row, and the room for their contents.
struct Task<'a, 'b> {
    items: Range<usize>,
    room: &'a mut Room<'b>,
}

impl Decompressor {
    /// Decompresses each item's first frame, on so many threads at most; negative are all CPUs. `sizes`, if there are
    /// any, are those of the contents: numbers in the byte order of the machine, 0 where the frame records it.
    pub fn multi_decompress_to_buffer(
        &self,
        items: &impl Items,
        sizes: Option<&[u8]>,
        threads: i32,
    ) -> Result<Collection, BatchError> {
        let count = items.count();
        if let Some(sizes) = sizes {
            let expected = (count as u64).saturating_mul(size_of::<u64>() as u64);
            if sizes.len() as u64 != expected {
                return Err(BatchError::SizesMismatch { expected, actual: sizes.len() as u64 });
            }
        }
        if count == 0 {
            return Err(BatchError::NothingToDecompress);
        }
        let mut segments = reserved(count)?;
        let content = match self.decompress_all(items, sizes, threads, true, &mut segments) {
            // Perhaps some of those that were believed are lies.
            Err(BatchError::Call(Error::OutOfMemory(_))) => {
                self.decompress_all(items, sizes, threads, false, &mut segments)?
            }
            content => content?,
        };
        let len = content.len();
        let content: Box<dyn Memory> = try_box(content)?;
        let (content, segments) = (Shared::try_new(content)?, Shared::try_new(segments)?);
        let mut buffers = reserved(1)?;
        buffers.push(Shared::try_new(Buffer::part(&content, 0..len, &segments, 0..count))?);
        Ok(Collection::of_results(buffers)?)
    }

    /// The contents of all items, one behind the other, and a list of where each is.
    fn decompress_all(
        &self,
        items: &impl Items,
        sizes: Option<&[u8]>,
        threads: i32,
        believing: bool,
        segments: &mut Vec<Segment>,
    ) -> Result<Output, BatchError> {
        segments.clear();
        if let Err((index, error)) = self.find_sizes(items, sizes, believing, segments) {
            // An item before that one may be wrong as well, and would be the first.
            segments.truncate(index);
            if index > 0 {
                self.decompress_items(items, segments, threads)?;
            }
            return Err(error);
        }
        self.decompress_items(items, segments, threads)
    }

    /// Lists where each item's content is going to be. Fails with the index of an item.
    fn find_sizes(
        &self,
        items: &impl Items,
        sizes: Option<&[u8]>,
        believing: bool,
        segments: &mut Vec<Segment>,
    ) -> Result<(), (usize, BatchError)> {
        let sizes = sizes.map(|sizes| sizes.as_chunks::<{ size_of::<u64>() }>().0);
        let limit = self.parameters().max_output_size.unwrap_or(u64::MAX);
        let mut offset = 0u64;
        for index in 0..items.count() {
            if index + AHEAD < items.count() {
                prefetch(items.get(index + AHEAD));
            }
            let given = sizes.map_or(0, |sizes| u64::from_ne_bytes(sizes[index]));
            let item = items.get(index);
            let wrong = |error| (index, BatchError::Item { index, doing: DOING, error });
            let length = self.size_of_item(item, given, believing);
            let length = length.ok_or((index, BatchError::UnknownSize { index }))?.map_err(wrong)?;
            let end = offset.saturating_add(length);
            // The limit is for the call, whatever the number of its items.
            if end > limit {
                self.size_of_item(item, given, false).transpose().map_err(wrong)?;
                return Err(wrong(Error::OutputLimit { limit, needed: Some(end) }));
            }
            if end > isize::MAX as u64 {
                return Err((index, OutOfMemory { bytes: u64::MAX }.into()));
            }
            segments.push(Segment { offset, length });
            offset = end;
        }
        Ok(())
    }

    /// The size of the content of the first frame in `src`, if anybody knows it, and if it can be.
    fn size_of_item(&self, src: &[u8], given: u64, believing: bool) -> Option<Result<u64, Error>> {
        let format = self.parameters().format;
        let mut rest = src;
        let recorded = loop {
            match frame_header(rest, format) {
                Ok(Header::Complete(header)) if header.kind == FrameKind::Skippable => {
                    match Frame::first(rest, format) {
                        Ok(frame) if frame.compressed_size < rest.len() => rest = &rest[frame.compressed_size..],
                        // There is no content; whether that is an error is for the decoder to say.
                        Ok(_) | Err(_) => break Some(0),
                    }
                }
                Ok(Header::Complete(header)) => break header.content_size,
                Ok(Header::Cut { .. }) | Err(_) => return None,
            }
        };
        let size = match (recorded, given) {
            // Nobody has to know the size of nothing.
            (None, 0) if Frame::first(rest, format).is_ok_and(|frame| frame.content_bound == 0) => 0,
            (None, 0) => return None,
            (Some(recorded), 0) => recorded,
            (_, given) => given,
        };
        let disagree = recorded.is_some_and(|recorded| recorded != size);
        if !believing || disagree || (size > BLOCK && size > PLAUSIBLE * rest.len() as u64) {
            // Nothing is reserved for what cannot be.
            let have = rest.len();
            let at = src.len() - have;
            match Frame::first(rest, format) {
                Err(broken) => return Some(Err(Error::BrokenFrame { while_decompressing: true, broken, at, have })),
                // What is recorded, or what the blocks can hold.
                Ok(frame) if disagree || frame.content_bound < size => {
                    let produced = frame.content_bound;
                    return Some(Err(Error::WrongSize { doing: DOING, produced, recorded: size, at: at as u64 }));
                }
                Ok(_) => {}
            }
        }
        Some(Ok(size))
    }

    /// The contents of the items for which there are segments, one behind the other.
    fn decompress_items(&self, items: &impl Items, segments: &[Segment], threads: i32) -> Result<Output, BatchError> {
        let count = segments.len();
        let end_of = |index: usize| segments[index].offset + segments[index].length;
        let total = count.checked_sub(1).map_or(0, end_of) as usize;
        let all = total as u64 + count as u64 * ITEM;
        let workers = if all < SOON_DONE { 1 } else { batch::workers(threads, count) };
        let runs = batch::cut(count, workers, all, |index| segments[index].length + ITEM)?;
        let record = Shared::try_new(Record::default())?;
        self.pool().set_latest(&record);
        let mut output = Output::with_capacity(total)?;
        // No run is empty.
        let size_of = |items: &Range<usize>| (end_of(items.end - 1) - segments[items.start].offset) as usize;
        let mut sizes = reserved(runs.len())?;
        sizes.extend(runs.iter().map(|run| size_of(&run.items)));
        output.fill_rooms(sizes.into_iter(), |rooms| {
            let mut tasks = reserved(rooms.len())?;
            tasks.extend(rooms.iter_mut().zip(runs).map(|(room, run)| (Task { items: run.items, room }, run.weight)));
            batch::run(tasks, workers, |worker| self.work(items, segments, &record, worker)).map(drop)
        })?;
        Ok(output)
    }

    fn work(&self, items: &impl Items, segments: &[Segment], record: &Record, worker: Worker<'_, Task<'_, '_>>) {
        let mut held = None;
        while let Some(task) = (worker.next)() {
            for index in task.items {
                if worker.failures.before(index) {
                    break;
                }
                let expected = segments[index].length;
                if let Err(error) = self.work_on(items.get(index), expected, &mut held, task.room) {
                    worker.failures.report(index, BatchError::Item { index, doing: DOING, error });
                    break;
                }
            }
        }
        if let Some(held) = held {
            record.set_memory_size(held.context.memory_size());
            self.pool().give_back(held, true);
        }
    }

    fn work_on(&self, src: &[u8], expected: u64, held: &mut Option<Held>, room: &mut Room<'_>) -> Result<(), Error> {
        let held = match held {
            Some(held) => held,
            None => held.insert(self.lease()?),
        };
        self.decompress_exactly(&mut held.context, src, expected, room)
    }
}
