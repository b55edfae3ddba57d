//! `multi_compress_to_buffer`: many frames in one call.

use crate::batch::{self, ITEM, Items, Worker};
use crate::buffers::{Buffer, Collection, Memory, Segment};
use crate::compression_context::CompressionContext;
use crate::compressor::Compressor;
use crate::engine::{Code, OutOfMemory, Output, Shared, compress_bound, push, reserved, try_box};
use crate::error::{BatchError, Error};
use crate::pool::{Configured, Context, Record};
use std::ops::Range;

const DOING: &str = "error compressing";

/// Frames are written one behind the other into blocks of this size, or larger where a frame needs it. What is not
/// written to costs nothing, and is given back in the end.
const BLOCK: usize = 64 << 20;
/// Work of less than this, in bytes, is done before a helper could come.
const SOON_DONE: u64 = 4 << 10;

type Held = Box<Configured<CompressionContext>>;

/// Items in a row, and the places where their segments are listed.
struct Task<'a> {
    items: Range<usize>,
    segments: &'a mut [Segment],
}

/// What a worker has made.
struct Product {
    /// The size of a block.
    block: usize,
    blocks: Vec<Output>,
    stretches: Vec<Stretch>,
}

/// Items in a row whose frames lie in a row.
struct Stretch {
    items: Range<usize>,
    block: usize,
    bytes: Range<usize>,
}

impl Compressor {
    /// Compresses each item into a frame of its own, on so many threads at most; negative are all CPUs.
    pub fn multi_compress_to_buffer(&self, items: &impl Items, threads: i32) -> Result<Collection, BatchError> {
        let count = items.count();
        let len = |index: usize| items.get(index).len();
        if (0..count).all(|index| len(index) == 0) {
            return Err(BatchError::NothingToCompress { items: count });
        }
        let (mut bounds, mut weight) = (0, 0);
        for len in (0..count).map(len) {
            bounds = usize::saturating_add(bounds, compress_bound(len).unwrap_or(usize::MAX));
            weight = u64::saturating_add(weight, len as u64 + ITEM);
        }
        let workers = if weight < SOON_DONE { 1 } else { batch::workers(threads, count) };
        let record = Shared::try_new(Record::default())?;
        self.pool().set_latest(&record);
        let runs = batch::cut(count, workers, weight, |index| len(index) as u64 + ITEM)?;
        let block = (bounds / workers.min(runs.len())).min(BLOCK);

        let mut segments = reserved(count)?;
        segments.resize(count, Segment::default());
        let mut tasks = reserved(runs.len())?;
        let mut rest = &mut segments[..];
        for run in runs {
            let (segments, behind) = rest.split_at_mut(run.items.len());
            tasks.push((Task { items: run.items, segments }, run.weight));
            rest = behind;
        }
        let products = batch::run(tasks, workers, |worker| self.work(items, block, &record, worker))?;
        join(products, segments)
    }

    fn work(&self, items: &impl Items, block: usize, record: &Record, worker: Worker<'_, Task<'_>>) -> Product {
        let mut product = Product { block, blocks: Vec::new(), stretches: Vec::new() };
        let mut held = None;
        while let Some(task) = (worker.next)() {
            let (mut ingested, mut produced) = (0, 0);
            for (index, segment) in task.items.zip(task.segments) {
                if worker.failures.before(index) {
                    break;
                }
                let src = items.get(index);
                if let Err(error) = self.work_on(src, index, segment, &mut held, &mut product) {
                    worker.failures.report(index, BatchError::Item { index, doing: DOING, error });
                    break;
                }
                ingested += src.len() as u64;
                produced += segment.length;
            }
            record.add(ingested, produced);
        }
        if let Some(held) = held {
            record.set_memory_size(held.context.memory_size());
            self.pool().give_back(held, true);
        }
        if let Some(last) = product.blocks.last_mut() {
            last.shrink();
        }
        product
    }

    fn work_on(
        &self,
        src: &[u8],
        index: usize,
        segment: &mut Segment,
        held: &mut Option<Held>,
        product: &mut Product,
    ) -> Result<(), Error> {
        let bound = compress_bound(src.len()).ok_or(Error::Zstd { doing: DOING, code: Code::SRC_SIZE_WRONG })?;
        let block = product.block_with_room(bound)?;
        let mut context = match held.take() {
            Some(held) => held,
            None => self.lease(DOING)?,
        };
        let start = block.len();
        match block.fill(|spare| self.compress_in(&mut context.context, spare, src, DOING, None)) {
            Ok(length) => {
                *held = Some(context);
                *segment = Segment { offset: start as u64, length: length as u64 };
                product.list(index, start..start + length)
            }
            Err(error) => {
                self.pool().give_back(context, false);
                Err(error)
            }
        }
    }
}

impl Product {
    fn block_with_room(&mut self, bound: usize) -> Result<&mut Output, OutOfMemory> {
        if self.blocks.last().is_none_or(|last| last.capacity() - last.len() < bound) {
            if let Some(full) = self.blocks.last_mut() {
                full.shrink();
            }
            push(&mut self.blocks, Output::with_capacity(self.block.max(bound))?)?;
        }
        let last = self.blocks.len() - 1;
        Ok(&mut self.blocks[last])
    }

    /// The item's frame is the last thing in the last block.
    fn list(&mut self, index: usize, bytes: Range<usize>) -> Result<(), Error> {
        let block = self.blocks.len() - 1;
        if let Some(last) = self.stretches.last_mut()
            && last.block == block
            && last.items.end == index
        {
            last.items.end = index + 1;
            last.bytes.end = bytes.end;
            return Ok(());
        }
        Ok(push(&mut self.stretches, Stretch { items: index..index + 1, block, bytes })?)
    }
}

/// One collection of what all workers have made, in the order of the items.
fn join(products: Vec<Product>, mut segments: Vec<Segment>) -> Result<Collection, BatchError> {
    let mut parts = reserved(products.iter().map(|product| product.stretches.len()).sum())?;
    for product in products {
        let mut memories = reserved(product.blocks.len())?;
        for block in product.blocks {
            let block: Box<dyn Memory> = try_box(block)?;
            memories.push(Shared::try_new(block)?);
        }
        for stretch in product.stretches {
            parts.push((memories[stretch.block].clone(), stretch));
        }
    }
    parts.sort_unstable_by_key(|(_, stretch)| stretch.items.start);
    for (_, stretch) in parts.iter().filter(|(_, stretch)| stretch.bytes.start > 0) {
        for segment in &mut segments[stretch.items.clone()] {
            segment.offset -= stretch.bytes.start as u64;
        }
    }
    let segments = Shared::try_new(segments)?;
    let mut buffers = reserved(parts.len())?;
    for (memory, stretch) in parts {
        buffers.push(Shared::try_new(Buffer::part(&memory, stretch.bytes, &segments, stretch.items))?);
    }
    Ok(Collection::of_results(buffers)?)
}
