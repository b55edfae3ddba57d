//! A small machine that calls functions on live handles, in whatever order its bytes say: makes them, uses them, frees
//! them in any order, and does all of that from inside callbacks, too.
//!
//! Each stream has a model: what went in and what came out. They must fit in the end.

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

#[derive(Clone, Copy)]
enum Raw {
    CompressionObj(*mut zst_compression_obj),
    CompressionChunker(*mut zst_compression_chunker),
    CompressionReader(*mut zst_compression_reader),
    CompressionWriter(*mut zst_compression_writer),
    CompressorIterator(*mut zst_compressor_iterator),
    DecompressionObj(*mut zst_decompression_obj),
    DecompressionChunker(*mut zst_decompression_chunker),
    DecompressionReader(*mut zst_decompression_reader),
    DecompressionWriter(*mut zst_decompression_writer),
    DecompressorIterator(*mut zst_decompressor_iterator),
}

impl Raw {
    fn free(self) {
        // SAFETY: taken out of the table, so once.
        unsafe {
            match self {
                Raw::CompressionObj(raw) => zst_compression_obj_free(raw),
                Raw::CompressionChunker(raw) => zst_compression_chunker_free(raw),
                Raw::CompressionReader(raw) => zst_compression_reader_free(raw),
                Raw::CompressionWriter(raw) => zst_compression_writer_free(raw),
                Raw::CompressorIterator(raw) => zst_compressor_iterator_free(raw),
                Raw::DecompressionObj(raw) => zst_decompression_obj_free(raw),
                Raw::DecompressionChunker(raw) => zst_decompression_chunker_free(raw),
                Raw::DecompressionReader(raw) => zst_decompression_reader_free(raw),
                Raw::DecompressionWriter(raw) => zst_decompression_writer_free(raw),
                Raw::DecompressorIterator(raw) => zst_decompressor_iterator_free(raw),
            }
        }
    }
}

struct Stream {
    raw: Raw,
    dict: usize,
    /// Index of its source or sink.
    end: Option<usize>,
    piece: usize,
    /// A call on it is running.
    busy: Cell<bool>,
    freed: Cell<bool>,
    /// For those that are pushed; pulled ones ask their source.
    given: RefCell<Vec<u8>>,
    /// For those without a sink.
    out: RefCell<Vec<u8>>,
    /// Input of a chunker, which must stay.
    kept: RefCell<Vec<Box<[u8]>>>,
    finishing: Cell<bool>,
    done: Cell<bool>,
    failed: Cell<bool>,
    /// What it has lent, and what that was.
    lent: RefCell<Option<(*const u8, Vec<u8>)>>,
}

/// The other end of a stream: a source or a sink.
struct End<'a> {
    machine: *const Machine<'a>,
    /// What a source is going to give.
    feed: Vec<u8>,
    /// What it has given, or what a sink has taken.
    passed: RefCell<Vec<u8>>,
    /// The block on loan, which is gone with the next.
    block: RefCell<Box<[u8]>>,
    write_size: usize,
    ended: Cell<bool>,
    drops: Cell<u8>,
    /// It does what it wants, instead of what always works.
    moody: bool,
}

impl End<'_> {
    /// What callbacks may do before they do their work; what they say.
    fn mood(&self) -> u8 {
        assert_eq!(self.drops.get(), 0, "a callback after drop()");
        // SAFETY: the machine outlives all ends.
        let machine = unsafe { &*self.machine };
        let mood = if self.moody { machine.below(12) } else { 0 };
        if mood >= 9 && machine.depth.get() < 3 {
            machine.depth.set(machine.depth.get() + 1);
            machine.step();
            machine.depth.set(machine.depth.get() - 1);
        }
        mood
    }
}

unsafe extern "C" fn read(userdata: *mut c_void, _hint: usize, data: *mut *const u8, len: *mut usize) -> i32 {
    // SAFETY: the machine keeps all ends; the outputs are valid.
    unsafe {
        let end = &*userdata.cast::<End>();
        assert!(!end.ended.get(), "read() after the end");
        *end.block.borrow_mut() = Box::default();
        let mood = end.mood();
        if mood < 4 {
            let (machine, rest) = (&*end.machine, end.feed.len() - end.passed.borrow().len());
            let size = machine.piece().min(rest);
            let at = end.passed.borrow().len();
            let block: Box<[u8]> = end.feed[at..at + size].into();
            end.ended.set(size == 0);
            end.passed.borrow_mut().extend_from_slice(&block);
            let mut place = end.block.borrow_mut();
            *place = block;
            (*data, *len) = (place.as_ptr(), place.len());
            return 0;
        }
        match mood {
            4 | 9 => ZST_ERROR_WOULD_BLOCK,
            5 => {
                (*data, *len) = (null(), 5);
                0
            }
            6 => {
                (*data, *len) = (std::ptr::dangling(), isize::MAX as usize + 1);
                0
            }
            code => i32::from(code),
        }
    }
}

unsafe extern "C" fn write(userdata: *mut c_void, data: *const u8, len: usize, written: *mut usize) -> i32 {
    // SAFETY: the machine keeps all ends; data and output are valid.
    unsafe {
        let end = &*userdata.cast::<End>();
        assert!(len > 0 && len <= end.write_size, "a piece of {len} bytes");
        let taken = match end.mood() {
            0 | 1 | 10 | 11 => len,
            2 => len.div_ceil(2),
            3 => 1,
            4 => 0,
            5 | 9 => return ZST_ERROR_WOULD_BLOCK,
            6 => {
                *written = len + 1;
                return 0;
            }
            code => return i32::from(code),
        };
        end.passed.borrow_mut().extend_from_slice(std::slice::from_raw_parts(data, taken));
        *written = taken;
        0
    }
}

unsafe extern "C" fn flush_or_close(userdata: *mut c_void) -> i32 {
    // SAFETY: the machine keeps all ends.
    match unsafe { &*userdata.cast::<End>() }.mood() {
        5 => ZST_ERROR_WOULD_BLOCK,
        7 => 7,
        _ => 0,
    }
}

unsafe extern "C" fn drop_end(userdata: *mut c_void) {
    // SAFETY: the machine keeps all ends.
    let end = unsafe { &*userdata.cast::<End>() };
    end.mood();
    end.drops.set(end.drops.get() + 1);
    *end.block.borrow_mut() = Box::default();
}

unsafe extern "C" fn report(userdata: *mut c_void, _read: u64, _written: u64) -> i32 {
    // SAFETY: the machine keeps all ends.
    let end = unsafe { &*userdata.cast::<End>() };
    if end.drops.get() == 0 && end.mood() == 7 { 7 } else { 0 }
}

const DECLARED: [Option<u64>; 4] = [None, None, Some(100), Some(0)];

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

    fn end(&self, feed: Vec<u8>, write_size: usize) -> (usize, *mut c_void) {
        let end = Rc::new(End {
            machine: self,
            feed,
            passed: RefCell::default(),
            block: RefCell::default(),
            write_size,
            ended: Cell::new(false),
            drops: Cell::new(0),
            moody: self.below(3) > 0,
        });
        let userdata = Rc::as_ptr(&end).cast_mut().cast();
        self.ends.borrow_mut().push(end);
        (self.ends.borrow().len() - 1, userdata)
    }

    fn source(&self, feed: Vec<u8>) -> (usize, zst_source) {
        let (index, userdata) = self.end(feed, 0);
        (index, zst_source { userdata, read: Some(read), drop: Some(drop_end) })
    }

    fn sink(&self, write_size: usize) -> (usize, zst_sink) {
        let (index, userdata) = self.end(Vec::new(), write_size);
        let (write, other) = (Some(write as _), Some(flush_or_close as _));
        (index, zst_sink { userdata, write, flush: other, close: other, drop: Some(drop_end) })
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

    fn new_stream(&self, raw: Result<Raw, Failure>, dict: usize, end: Option<usize>, piece: usize) {
        let Ok(raw) = raw else { panic!("these arguments are good: {raw:?}", raw = raw.err()) };
        self.streams.add(Stream {
            raw,
            dict,
            end,
            piece,
            busy: Cell::new(false),
            freed: Cell::new(false),
            given: RefCell::default(),
            out: RefCell::default(),
            kept: RefCell::default(),
            finishing: Cell::new(false),
            done: Cell::new(false),
            failed: Cell::new(false),
            lent: RefCell::default(),
        });
    }

    fn new_compression_stream(&self) {
        let Some(compressor) = self.compressors.get(self.byte()) else { return };
        let (raw, dict) = *compressor;
        let (kind, piece) = (self.below(5), self.piece());
        let size = number(DECLARED[usize::from(self.below(4))]);
        let (mut end, new) = (None, (raw, size));
        let stream = match kind {
            0 => call(|out, err| unsafe { zst_compressor_compressobj(new.0, size, out, err) }).map(Raw::CompressionObj),
            1 => call(|out, err| unsafe { zst_compressor_chunker(raw, size, piece, out, err) })
                .map(Raw::CompressionChunker),
            2 => {
                let (index, source) = self.source(self.content());
                end = Some(index);
                call(|out, err| unsafe { zst_compressor_stream_reader(raw, &source, size, piece, out, err) })
                    .map(Raw::CompressionReader)
            }
            3 => {
                let (index, sink) = self.sink(piece);
                end = Some(index);
                call(|out, err| unsafe { zst_compressor_stream_writer(raw, &sink, size, piece, out, err) })
                    .map(Raw::CompressionWriter)
            }
            _ => {
                let (index, source) = self.source(self.content());
                end = Some(index);
                call(|out, err| unsafe { zst_compressor_read_to_iter(raw, &source, size, piece, piece, out, err) })
                    .map(Raw::CompressorIterator)
            }
        };
        self.new_stream(stream, dict, end, piece);
    }

    fn new_decompression_stream(&self) {
        let Some(decompressor) = self.decompressors.get(self.byte()) else { return };
        let (raw, dict) = *decompressor;
        let (kind, piece) = (self.below(5), self.piece());
        let strict = if self.below(2) == 1 { ZST_DECOMPRESS_STRICT } else { 0 };
        let mut end = None;
        let stream = match kind {
            0 => call(|out, err| unsafe { zst_decompressor_decompressobj(raw, ACROSS, out, err) })
                .map(Raw::DecompressionObj),
            1 => call(|out, err| unsafe { zst_decompressor_chunker(raw, piece, out, err) })
                .map(Raw::DecompressionChunker),
            2 => {
                let (index, source) = self.source(self.frames(dict));
                end = Some(index);
                let flags = strict | if self.below(2) == 1 { ACROSS } else { 0 };
                call(|out, err| unsafe { zst_decompressor_stream_reader(raw, &source, piece, flags, out, err) })
                    .map(Raw::DecompressionReader)
            }
            3 => {
                let (index, sink) = self.sink(piece);
                end = Some(index);
                call(|out, err| unsafe { zst_decompressor_stream_writer(raw, &sink, piece, strict, out, err) })
                    .map(Raw::DecompressionWriter)
            }
            _ => {
                let (index, source) = self.source(self.frames(dict));
                end = Some(index);
                let flags = strict | ACROSS;
                call(|out, err| unsafe {
                    zst_decompressor_read_to_iter(raw, &source, piece, piece, 0, flags, out, err)
                })
                .map(Raw::DecompressorIterator)
            }
        };
        self.new_stream(stream, dict, end, piece);
    }

    /// One call on it. From inside a callback of the same stream it must be turned away.
    fn use_stream(&self, stream: &Stream) {
        let was_busy = stream.busy.replace(true);
        if !was_busy {
            stream.check_loan();
        }
        let result = self.call_stream(stream, was_busy);
        stream.busy.set(was_busy);
        match result {
            Ok(()) => assert!(!was_busy, "two calls at a time"),
            Err(failure) if was_busy => drop(failure.is(ZST_ERROR_BUSY, "")),
            Err(failure) => match failure.status {
                ZST_ERROR_SOURCE | ZST_ERROR_SINK | ZST_ERROR_WOULD_BLOCK => {
                    let moody = stream.end.is_some_and(|end| self.ends.borrow()[end].moody);
                    assert!(moody, "{failure:?}");
                }
                ZST_ERROR_STATE | ZST_ERROR_CLOSED | ZST_ERROR_SEEK => {}
                ZST_ERROR_ZSTD | ZST_ERROR_TRUNCATED | ZST_ERROR_LIMIT => stream.failed.set(true),
                _ => panic!("{failure:?}"),
            },
        }
        if stream.done.get() && !stream.freed.get() {
            self.check(stream);
        }
    }

    /// `busy`: nothing is going to happen, so nothing is written down.
    fn call_stream(&self, stream: &Stream, busy: bool) -> Result<(), Failure> {
        let (way, size) = (self.below(8), self.piece());
        let add = |bytes: &[u8]| stream.out.borrow_mut().extend_from_slice(bytes);
        let give = |bytes: &[u8]| stream.given.borrow_mut().extend_from_slice(bytes);
        let lend = |(data, len): (*const u8, usize), done: bool| {
            if done {
                return;
            }
            // SAFETY: lent until the next call, or until it is freed.
            let piece = unsafe { std::slice::from_raw_parts(data, len) };
            add(piece);
            *stream.lent.borrow_mut() = Some((data, piece.to_vec()));
        };
        // Calls a function that may say ZST_DONE.
        let next = |function: &dyn Fn(*mut *const u8, *mut usize, Err) -> zst_status| {
            let mut done = false;
            let piece = call2(|data, len, err| {
                let status = function(data, len, err);
                done = status == ZST_DONE;
                if done { ZST_OK } else { status }
            })?;
            if stream.freed.get() {
                return Ok(());
            }
            lend(piece, done);
            stream.done.set(done && (stream.end.is_some() || stream.finishing.get()));
            Ok(())
        };
        match stream.raw {
            Raw::CompressionObj(raw) => {
                if way < 5 {
                    let content = self.content();
                    let (src, len) = (content.as_ptr().cast(), content.len());
                    if way < 3 {
                        let out = call(|out, err| unsafe { zst_compression_obj_compress(raw, src, len, out, err) })?;
                        give(&content);
                        add(&Bytes(out));
                        return Ok(());
                    }
                    let mut dst = vec![0u8; size];
                    let place = dst.as_mut_ptr().cast();
                    let (written, used) = call2(|written, used, err| unsafe {
                        zst_compression_obj_compress_into(raw, src, len, place, size, written, used, err)
                    })?;
                    give(&content[..used]);
                    add(&dst[..written]);
                } else if way < 7 {
                    let mode = i32::from(way - 5);
                    let out = call(|out, err| unsafe { zst_compression_obj_flush(raw, mode, out, err) })?;
                    add(&Bytes(out));
                    stream.done.set(mode == ZST_COMPRESSOBJ_FLUSH_FINISH);
                } else {
                    let (mut dst, mut done) = (vec![0u8; size], false);
                    let place = dst.as_mut_ptr().cast();
                    let written = call(|written, err| unsafe {
                        let mode = ZST_COMPRESSOBJ_FLUSH_FINISH;
                        let status = zst_compression_obj_flush_into(raw, mode, place, size, written, err);
                        done = status == ZST_DONE;
                        if done { ZST_OK } else { status }
                    })?;
                    add(&dst[..written]);
                    stream.done.set(done);
                }
                Ok(())
            }
            Raw::CompressionChunker(raw) => match way {
                0 => {
                    let content: Box<[u8]> = self.content().into();
                    let (src, len) = (content.as_ptr().cast(), content.len());
                    call0(|err| unsafe { zst_compression_chunker_compress(raw, src, len, err) })?;
                    give(&content);
                    stream.kept.borrow_mut().push(content);
                    Ok(())
                }
                1 => call0(|err| unsafe { zst_compression_chunker_flush(raw, err) }),
                2 => {
                    call0(|err| unsafe { zst_compression_chunker_finish(raw, err) })?;
                    stream.finishing.set(true);
                    Ok(())
                }
                _ => next(&|data, len, err| unsafe { zst_compression_chunker_next(raw, data, len, err) }),
            },
            Raw::DecompressionChunker(raw) => match way {
                0 | 1 => {
                    let frames: Box<[u8]> = self.frames(stream.dict).into();
                    let (src, len) = (frames.as_ptr().cast(), frames.len());
                    call0(|err| unsafe { zst_decompression_chunker_decompress(raw, src, len, err) })?;
                    give(&frames);
                    stream.kept.borrow_mut().push(frames);
                    Ok(())
                }
                2 => {
                    let finished = call0(|err| unsafe { zst_decompression_chunker_finish(raw, err) });
                    let cut = finished.as_ref().is_err_and(|failure| failure.status == ZST_ERROR_TRUNCATED);
                    stream.finishing.set(stream.finishing.get() || finished.is_ok() || cut);
                    if cut { Ok(()) } else { finished }
                }
                _ => next(&|data, len, err| unsafe { zst_decompression_chunker_next(raw, data, len, err) }),
            },
            Raw::CompressorIterator(raw) => {
                next(&|data, len, err| unsafe { zst_compressor_iterator_next(raw, data, len, err) })
            }
            Raw::DecompressorIterator(raw) => {
                next(&|data, len, err| unsafe { zst_decompressor_iterator_next(raw, data, len, err) })
            }
            Raw::DecompressionObj(raw) => {
                let frames = self.frames(stream.dict);
                let (src, len) = (frames.as_ptr().cast(), frames.len());
                let (out, used) =
                    call2(|out, used, err| unsafe { zst_decompression_obj_decompress(raw, src, len, out, used, err) })?;
                assert_eq!(used, len);
                give(&frames);
                add(&Bytes(out));
                Ok(())
            }
            Raw::CompressionReader(raw) => {
                let functions = Reader {
                    read: zst_compression_reader_read,
                    read1: zst_compression_reader_read1,
                    readinto: zst_compression_reader_readinto,
                    readall: zst_compression_reader_readall,
                    unread: zst_compression_reader_unread,
                    close: zst_compression_reader_close,
                };
                self.call_reader(stream, raw, way, size, functions)
            }
            Raw::DecompressionReader(raw) => {
                let functions = Reader {
                    read: zst_decompression_reader_read,
                    read1: zst_decompression_reader_read1,
                    readinto: zst_decompression_reader_readinto,
                    readall: zst_decompression_reader_readall,
                    unread: zst_decompression_reader_unread,
                    close: zst_decompression_reader_close,
                };
                self.call_reader(stream, raw, way, size, functions)
            }
            Raw::CompressionWriter(raw) => {
                if way < 4 {
                    let content = self.content();
                    return self.write(stream, &content, zst_compression_writer_write, raw, busy);
                }
                if way < 7 {
                    let mode = i32::from(way & 1);
                    return call(|out, err| unsafe { zst_compression_writer_flush(raw, mode, out, err) }).map(drop);
                }
                let closed = call0(|err| unsafe { zst_compression_writer_close(raw, err) });
                self.closed(stream, closed)
            }
            Raw::DecompressionWriter(raw) => {
                if way < 5 {
                    let frames = self.frames(stream.dict);
                    return self.write(stream, &frames, zst_decompression_writer_write, raw, busy);
                }
                if way < 7 {
                    return call(|out, err| unsafe { zst_decompression_writer_flush(raw, out, err) }).map(drop);
                }
                let closed = call0(|err| unsafe { zst_decompression_writer_close(raw, err) });
                self.closed(stream, closed)
            }
        }
    }

    /// A writer that has failed to close is closed, but for two reasons.
    fn closed(&self, stream: &Stream, result: Result<(), Failure>) -> Result<(), Failure> {
        let open = result.as_ref().is_err_and(|e| [ZST_ERROR_WOULD_BLOCK, ZST_ERROR_BUSY].contains(&e.status));
        stream.failed.set(stream.failed.get() || result.is_err() && !open);
        stream.done.set(stream.done.get() || result.is_ok());
        result
    }

    fn write<T>(
        &self,
        stream: &Stream,
        src: &[u8],
        function: unsafe extern "C" fn(*const T, *const c_void, usize, *mut usize, *mut usize, Err) -> zst_status,
        raw: *const T,
        busy: bool,
    ) -> Result<(), Failure> {
        let result = call2(|consumed, written, err| unsafe {
            function(raw, src.as_ptr().cast(), src.len(), consumed, written, err)
        });
        let given = match &result {
            Ok((consumed, _)) => *consumed,
            Err(failure) if failure.status == ZST_ERROR_SINK && !busy => src.len(),
            Err(_) => 0,
        };
        stream.given.borrow_mut().extend_from_slice(&src[..given]);
        result.map(drop)
    }

    fn call_reader<T>(
        &self,
        stream: &Stream,
        raw: *const T,
        way: u8,
        size: usize,
        Reader { read, read1, readinto, readall, unread, close }: Reader<T>,
    ) -> Result<(), Failure> {
        // The end of a frame is not always the end.
        let across = matches!(stream.raw, Raw::CompressionReader(_));
        let got = |bytes: &[u8], whole: bool| {
            assert!(whole || bytes.len() <= size);
            stream.out.borrow_mut().extend_from_slice(bytes);
            stream.done.set(across && bytes.is_empty());
        };
        match way {
            0 | 1 => got(&Bytes(call(|out, err| unsafe { read(raw, size, out, err) })?), false),
            2 | 3 => got(&Bytes(call(|out, err| unsafe { read1(raw, size, out, err) })?), false),
            4 => {
                let mut dst = vec![0u8; size];
                let place = dst.as_mut_ptr().cast();
                let len = call(|out, err| unsafe { readinto(raw, place, size, out, err) })?;
                got(&dst[..len], false);
            }
            5 => got(&Bytes(call(|out, err| unsafe { readall(raw, out, err) })?), true),
            6 => {
                let back = stream.out.borrow().len().min(usize::from(self.byte()));
                let start = stream.out.borrow().len() - back;
                let bytes = stream.out.borrow()[start..].to_vec();
                call0(|err| unsafe { unread(raw, bytes.as_ptr().cast(), back, err) })?;
                stream.out.borrow_mut().truncate(start);
                stream.done.set(false);
            }
            _ => {
                if self.below(3) > 0 {
                    return match stream.raw {
                        Raw::DecompressionReader(raw) => {
                            // Content that is passed over is lost to the model.
                            stream.failed.set(true);
                            let offset = i64::from(self.byte());
                            call(|out, err| unsafe { zst_decompression_reader_seek(raw, offset, 1, out, err) })
                                .map(drop)
                        }
                        _ => call0(|err| unsafe { close(raw, err) }),
                    };
                }
                call0(|err| unsafe { close(raw, err) })?;
            }
        }
        Ok(())
    }

    fn free_stream(&self, stream: &Stream) {
        if !stream.busy.get() {
            stream.check_loan();
        }
        stream.freed.set(true);
        stream.raw.free();
        if !stream.busy.get() {
            self.check(stream);
        }
    }

    /// What came out belongs to what went in.
    fn check(&self, stream: &Stream) {
        if stream.failed.get() {
            return;
        }
        let ends = self.ends.borrow();
        let end = stream.end.map(|end| &ends[end]);
        let (own_given, own_out) = (stream.given.borrow(), stream.out.borrow());
        let passed = end.map(|end| end.passed.borrow());
        let (given, out) = match stream.raw {
            Raw::CompressionWriter(_) | Raw::DecompressionWriter(_) => (&own_given, passed.as_ref().expect("a sink")),
            _ => (passed.as_ref().unwrap_or(&own_given), &own_out),
        };
        match stream.raw {
            Raw::CompressionObj(_)
            | Raw::CompressionChunker(_)
            | Raw::CompressionReader(_)
            | Raw::CompressionWriter(_)
            | Raw::CompressorIterator(_) => {
                let content = decoded(out, stream.dict);
                let common = content.len().min(given.len());
                assert_same(&content[..common], &given[..common]);
                if stream.done.get() {
                    assert_eq!(content.len(), given.len(), "content is lost or doubled");
                }
            }
            _ => {
                let content = decoded(given, stream.dict);
                let common = content.len().min(out.len());
                assert_same(&content[..common], &out[..common]);
                // There may be more: libzstd may give a frame's content before it takes its last byte.
                assert!(!stream.done.get() || content.len() <= out.len(), "content is lost");
            }
        }
    }

    fn copy_stream(&self) {
        let (read_size, write_size) = (self.piece(), self.piece());
        let (sink, to) = self.sink(write_size);
        let pushed = if self.below(2) == 0 {
            let Some(compressor) = self.compressors.get(self.byte()) else { return self.drop_sink(to) };
            let (source, from) = self.source(self.content());
            let progress = zst_progress { userdata: from.userdata, report: Some(report) };
            let copied = call2(|read, written, err| unsafe {
                let (raw, size) = (compressor.0, ZST_CONTENTSIZE_UNKNOWN);
                zst_compressor_copy_stream(raw, &from, &to, size, read_size, write_size, &progress, read, written, err)
            });
            copied.map(|figures| (source, figures, Some(compressor.1)))
        } else {
            let Some(decompressor) = self.decompressors.get(self.byte()) else { return self.drop_sink(to) };
            let (source, from) = self.source(self.frames(decompressor.1));
            let copied = call2(|read, written, err| unsafe {
                let raw = decompressor.0;
                zst_decompressor_copy_stream(raw, &from, &to, read_size, write_size, 0, null(), read, written, err)
            });
            copied.map(|figures| (source, figures, None))
        };
        if let Ok((source, (read, written), dict)) = pushed {
            let ends = self.ends.borrow();
            let (given, taken) = (ends[source].passed.borrow(), ends[sink].passed.borrow());
            assert_eq!((read, written), (given.len() as u64, taken.len() as u64));
            if let Some(dict) = dict {
                assert_same(&restored(&taken, dict), &given);
            }
        }
    }

    fn drop_sink(&self, mut sink: zst_sink) {
        // SAFETY: not given to anybody.
        unsafe { zst_sink_drop(&mut sink) };
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

/// The functions of one of the two kinds.
struct Reader<T> {
    read: unsafe extern "C" fn(*const T, usize, *mut zst_bytes, Err) -> zst_status,
    read1: unsafe extern "C" fn(*const T, usize, *mut zst_bytes, Err) -> zst_status,
    readinto: unsafe extern "C" fn(*const T, *mut c_void, usize, *mut usize, Err) -> zst_status,
    readall: unsafe extern "C" fn(*const T, *mut zst_bytes, Err) -> zst_status,
    unread: unsafe extern "C" fn(*const T, *const c_void, usize, Err) -> zst_status,
    close: unsafe extern "C" fn(*const T, Err) -> zst_status,
}

impl Stream {
    /// What was lent last has not changed.
    fn check_loan(&self) {
        if let Some((data, bytes)) = self.lent.take() {
            // SAFETY: no call since.
            assert_same(unsafe { std::slice::from_raw_parts(data, bytes.len()) }, &bytes);
        }
    }
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
