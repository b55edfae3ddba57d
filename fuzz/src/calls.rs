//! A small machine that calls functions on live handles, in whatever order its bytes say: makes them, uses them, frees
//! them in any order, and does all of that from inside callbacks, too.
//!
//! Each stream has a model: what went in and what came out. They must fit in the end.

mod ends;
mod streams;

use self::ends::End;
use self::streams::Stream;
use crate::choices::{Choices, dictionaries};
use crate::support::*;
use crate::support_batches::*;
use crate::support_streams::*;
use std::cell::{Cell, RefCell};
use std::ffi::c_void;
use std::ptr::null;
use std::rc::Rc;
use std::sync::OnceLock;
use zst::ffi::bytes::zst_bytes;
use zst::ffi::compression_chunker::*;
use zst::ffi::compression_dict::*;
use zst::ffi::compression_obj::*;
use zst::ffi::compression_parameters::*;
use zst::ffi::compression_reader::*;
use zst::ffi::compression_writer::*;
use zst::ffi::compressor::*;
use zst::ffi::compressor_iterator::*;
use zst::ffi::copy_stream::*;
use zst::ffi::decompression_chunker::*;
use zst::ffi::decompression_obj::*;
use zst::ffi::decompression_reader::*;
use zst::ffi::decompression_writer::*;
use zst::ffi::decompressor::*;
use zst::ffi::decompressor_iterator::*;
use zst::ffi::library::*;
use zst::ffi::sink::*;
use zst::ffi::source::*;
use zst::ffi::status::*;

pub fn calls(data: &[u8]) {
    let machine = Machine {
        choices: RefCell::new(Choices::new(data)),
        frames: RefCell::new(vec![(EMPTY_FRAME.into(), 0), (SKIPPABLE.into(), 0), (frame_of_text().into(), 0)]),
        compressors: Table::default(),
        decompressors: Table::default(),
        dicts: Table::default(),
        buffers: Table::default(),
        collections: Table::default(),
        streams: Table::default(),
        ends: RefCell::default(),
        depth: Cell::new(0),
    };
    machine.new_compressor();
    machine.new_decompressor();
    for _ in 0..300 {
        if machine.choices.borrow().is_empty() {
            break;
        }
        machine.step();
    }
    machine.free_everything();
}

struct Machine<'a> {
    choices: RefCell<Choices<'a>>,
    /// Results of compression, and the dictionary that is needed.
    frames: RefCell<Vec<(Rc<[u8]>, usize)>>,
    compressors: Table<(*mut zst_compressor, usize)>,
    decompressors: Table<(*mut zst_decompressor, usize)>,
    dicts: Table<Dict>,
    buffers: Table<Buffer>,
    collections: Table<Collection>,
    streams: Table<Stream>,
    ends: RefCell<Vec<Rc<End<'a>>>>,
    /// Callbacks that are running.
    depth: Cell<u8>,
}

/// Handles that live. A place is not used again, so that nothing is taken for its successor.
struct Table<T>(RefCell<Vec<Option<Rc<T>>>>);

impl<T> Default for Table<T> {
    fn default() -> Table<T> {
        Table(RefCell::default())
    }
}

impl<T> Table<T> {
    fn add(&self, value: T) {
        self.0.borrow_mut().push(Some(Rc::new(value)));
    }

    fn get(&self, choice: u8) -> Option<Rc<T>> {
        let table = self.0.borrow();
        table.get(usize::from(choice) % table.len().max(1))?.clone()
    }

    fn take(&self, choice: u8) -> Option<Rc<T>> {
        let mut table = self.0.borrow_mut();
        let len = table.len().max(1);
        table.get_mut(usize::from(choice) % len)?.take()
    }

    fn all(&self) -> Vec<Rc<T>> {
        self.0.borrow_mut().drain(..).flatten().collect()
    }
}

impl<'a> Machine<'a> {
    fn below(&self, end: u8) -> u8 {
        self.choices.borrow_mut().below(end)
    }

    fn byte(&self) -> u8 {
        self.choices.borrow_mut().number()
    }

    fn some_bytes(&self) -> &'a [u8] {
        let len = self.below(40);
        self.choices.borrow_mut().bytes(len.into())
    }

    fn piece(&self) -> usize {
        self.choices.borrow_mut().one_of(&[1000, 1, 7, 100, 5000, 20_000])
    }

    /// Something to compress.
    fn content(&self) -> Vec<u8> {
        match self.below(4) {
            0 => self.some_bytes().to_vec(),
            1 => vec![self.byte(); 30 * usize::from(self.byte())],
            _ => texts()[usize::from(self.below(4))][..10 * usize::from(self.byte())].to_vec(),
        }
    }

    /// Something to decompress with this dictionary.
    fn frames(&self, dict: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        for _ in 0..1 + self.below(3) {
            let frames = self.frames.borrow();
            let (frame, needed) = &frames[usize::from(self.byte()) % frames.len()];
            if *needed == dict || *needed == 0 {
                bytes.extend_from_slice(frame);
            }
        }
        match self.below(8) {
            0 => bytes.truncate(usize::from(self.byte())),
            1 if !bytes.is_empty() => {
                let at = usize::from(self.byte()) % bytes.len();
                bytes[at] ^= self.byte();
            }
            2 => bytes.extend_from_slice(self.some_bytes()),
            _ => {}
        }
        bytes
    }

    fn dict(&self) -> (*const zst_compression_dict, usize) {
        match self.below(4) {
            2 => (dictionaries()[0].raw(), 1),
            3 => (dictionaries()[1].raw(), 2),
            _ => (null(), 0),
        }
    }

    fn new_compressor(&self) {
        let (dict, index) = self.dict();
        let level = [3, 1, -7, 5, 9][usize::from(self.below(5))];
        // Small tables are soon cleared.
        let parameters = CompressionParameters::new(&[
            (ZST_C_COMPRESSION_LEVEL, level),
            (ZST_C_WINDOW_LOG, 12),
            (ZST_C_HASH_LOG, 8),
            (ZST_C_CHAIN_LOG, 8),
        ]);
        let parameters = parameters.raw();
        let compressor = call(|out, err| unsafe { zst_compressor_new_from_parameters(parameters, dict, out, err) });
        self.compressors.add((compressor.expect("these arguments are good"), index));
    }

    fn new_decompressor(&self) {
        let (dict, index) = self.dict();
        let decompressor = call(|out, err| unsafe { zst_decompressor_new(dict, out, err) });
        self.decompressors.add((decompressor.expect("this dictionary is good"), index));
    }

    fn step(&self) {
        match self.below(16) {
            0 => self.new_compressor(),
            1 => self.new_decompressor(),
            2 => self.compress_at_once(),
            3 => self.decompress_at_once(),
            4 => self.new_compression_stream(),
            5 => self.new_decompression_stream(),
            6..=9 => {
                if let Some(stream) = self.streams.get(self.byte()) {
                    self.use_stream(&stream);
                }
            }
            10 => {
                if let Some(stream) = self.streams.take(self.byte()) {
                    self.free_stream(&stream);
                }
            }
            11 => match self.below(4) {
                0 => {
                    if let Some(compressor) = self.compressors.take(self.byte()) {
                        // SAFETY: once. Calls on it that run callbacks hold it.
                        unsafe { zst_compressor_free(compressor.0) };
                    }
                }
                1 => {
                    if let Some(decompressor) = self.decompressors.take(self.byte()) {
                        // SAFETY: as above.
                        unsafe { zst_decompressor_free(decompressor.0) };
                    }
                }
                2 => zst_free_idle_contexts(),
                _ => self.dictionary(),
            },
            12 => self.copy_stream(),
            13 => self.new_buffers(),
            14 => self.use_buffers(),
            _ => self.batch(),
        }
    }

    fn compress_at_once(&self) {
        let Some(compressor) = self.compressors.get(self.byte()) else { return };
        let content = self.content();
        let (src, len) = (content.as_ptr().cast(), content.len());
        let frame = call(|out, err| unsafe { zst_compressor_compress(compressor.0, src, len, out, err) });
        let frame = Bytes(frame.expect("compression works"));
        assert_same(&restored(&frame, compressor.1), &content);
        self.frames.borrow_mut().push((frame.to_vec().into(), compressor.1));
    }

    fn decompress_at_once(&self) {
        let Some(decompressor) = self.decompressors.get(self.byte()) else { return };
        let (frames, flags) = (self.frames(decompressor.1), i32::from(self.below(8)));
        let (src, len) = (frames.as_ptr().cast(), frames.len());
        let content = call2(|out, used, err| unsafe {
            zst_decompressor_decompress(decompressor.0, src, len, 100_000, flags, out, used, err)
        });
        if let Ok((content, used)) = content {
            let content = Bytes(content);
            assert!(used <= len);
            if flags & ACROSS != 0 {
                assert_same(&content, &decoded(&frames[..used], decompressor.1));
            }
        }
    }

    fn dictionary(&self) {
        if let Some(dict) = self.dicts.get(self.byte()) {
            match self.below(4) {
                0 => drop(self.dicts.take(self.byte())),
                1 => {
                    let level = 1 + i32::from(self.below(8));
                    let raw = dict.raw();
                    call0(|err| unsafe { zst_compression_dict_precompute_compress(raw, level, null(), err) }).unwrap();
                }
                _ => {
                    let compressor = Compressor::with(&[(ZST_C_WINDOW_LOG, 10), (ZST_C_HASH_LOG, 8)], &*dict);
                    let content = self.content();
                    let frame = compressor.compress(&content);
                    let decompressor = Decompressor::new(&*dict);
                    drop(dict);
                    assert_same(&decompressor.decompress(&frame).unwrap(), &content);
                }
            }
        } else {
            self.dicts.add(Dict::new(&self.content(), ZST_DICT_TYPE_RAWCONTENT));
        }
    }

    fn new_buffers(&self) {
        let items: Vec<_> = (0..self.below(5)).map(|_| self.content()).collect();
        match self.below(3) {
            0 => {
                let members: Vec<_> = (0..self.below(4)).filter_map(|_| self.buffers.get(self.byte())).collect();
                let members: Vec<_> = members.iter().map(|buffer| &**buffer).collect();
                match Collection::try_new(&members) {
                    Ok(collection) => self.collections.add(collection),
                    Err(failure) => drop(failure.is(ZST_ERROR_VALUE, "")),
                }
            }
            1 => {
                if let Some(collection) = self.collections.get(self.byte()) {
                    let index = usize::from(self.below(3));
                    match collection.buffer(index) {
                        Ok(buffer) => self.buffers.add(buffer),
                        Err(failure) => assert!(index >= collection.buffer_count(), "{failure:?}"),
                    }
                }
            }
            _ => self.buffers.add(Buffer::of(&items)),
        }
    }

    fn use_buffers(&self) {
        match self.below(4) {
            0 => drop(self.buffers.take(self.byte())),
            1 => drop(self.collections.take(self.byte())),
            2 => {
                if let Some(collection) = self.collections.get(self.byte()) {
                    let total: usize = collection.items().iter().map(Vec::len).sum();
                    assert_eq!(total as u64, collection.size());
                }
            }
            _ => {
                if let Some(buffer) = self.buffers.get(self.byte()) {
                    for (index, (offset, length)) in buffer.segments().into_iter().enumerate() {
                        let (offset, end) = (offset as usize, (offset + length) as usize);
                        assert_same(bytes_of(&buffer.segment(index).unwrap()), &buffer.bytes()[offset..end]);
                    }
                }
            }
        }
    }

    fn batch(&self) {
        let Some(compressor) = self.compressors.get(self.byte()) else { return };
        let items: Vec<_> = (0..self.below(6)).map(|_| self.content()).collect();
        let list = slices(&items);
        let threads = i32::from(self.below(32) == 31) * 2;
        let frames = call(|out, err| unsafe {
            let raw = compressor.0;
            zst::ffi::multi_compress_to_buffer::zst_compressor_multi_compress_to_buffer(
                raw,
                list.as_ptr(),
                list.len(),
                threads,
                out,
                err,
            )
        });
        let Ok(frames) = frames else {
            assert!(items.iter().all(Vec::is_empty));
            return;
        };
        let frames = Collection::own(frames);
        let results = checker(compressor.1).batch(&frames.items(), threads).expect("good frames");
        assert!(results.items() == items);
        self.collections.add(frames);
    }

    fn free_everything(&self) {
        // Nothing may be made any more by those that are freed.
        *self.choices.borrow_mut() = Choices::new(&[]);
        for compressor in self.compressors.all() {
            // SAFETY: once.
            unsafe { zst_compressor_free(compressor.0) };
        }
        for stream in self.streams.all() {
            self.free_stream(&stream);
        }
        for decompressor in self.decompressors.all() {
            // SAFETY: once.
            unsafe { zst_decompressor_free(decompressor.0) };
        }
        for end in &*self.ends.borrow() {
            assert_eq!(end.drops.get(), 1, "drop() has to be called once");
        }
    }
}

fn texts() -> &'static [Vec<u8>; 4] {
    static TEXTS: OnceLock<[Vec<u8>; 4]> = OnceLock::new();
    TEXTS.get_or_init(|| [0, 1, 2, 3].map(|seed| text(seed, 2550)))
}

fn frame_of_text() -> &'static [u8] {
    static FRAME: OnceLock<Vec<u8>> = OnceLock::new();
    FRAME.get_or_init(|| Compressor::new(3, None).compress(&text(5, 3000)).to_vec())
}

/// For frames that were made with this dictionary, 0 for none.
fn checker(dict: usize) -> Decompressor {
    Decompressor::new(dict.checked_sub(1).map(|index| &dictionaries()[index]))
}

fn restored(frame: &[u8], dict: usize) -> Bytes {
    checker(dict).decompress_as(frame, 1 << 24, 0).expect("a good frame").0
}

/// What can be decoded of these bytes.
fn decoded(bytes: &[u8], dict: usize) -> Vec<u8> {
    DecompressionObj::new(&checker(dict), ACROSS).push_all(bytes, 500).0
}
