//! Readers and iterators that free themselves, and what has to hold for all of them whatever their sources do.

use crate::support::*;
use crate::support_sources::*;
use crate::support_streams::{next, next_len, number};
use std::sync::Arc;
use std::sync::atomic::{AtomicPtr, Ordering::SeqCst};
use zst::ffi::compression_reader::*;
use zst::ffi::compressor_iterator::*;
use zst::ffi::decompression_reader::*;
use zst::ffi::decompressor_iterator::*;
use zst::ffi::status::*;

/// How a stream is asked for more.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Way {
    Read(usize),
    Read1(usize),
    ReadInto(usize),
    ReadInto1(usize),
    ReadAll,
    /// Of iterators.
    Next,
}

pub use Way::*;

pub const WAYS: [Way; 11] = [
    Read(1),
    Read(100),
    Read(1 << 20),
    Read1(1),
    Read1(1 << 20),
    ReadInto(1),
    ReadInto(100),
    ReadInto(1 << 20),
    ReadInto1(1),
    ReadInto1(1 << 20),
    ReadAll,
];

/// How an iterator is asked.
pub const NEXT_WAYS: [Way; 4] = [Next, ReadInto(1), ReadInto(100), ReadInto(1 << 20)];

/// What is read from.
pub trait Stream: Sized {
    /// One call; nothing at the end.
    fn fetch(&self, way: Way) -> Result<Vec<u8>, Failure>;
    /// The same, and looks whether the figures are right.
    fn get(&self, way: Way) -> Result<Vec<u8>, Failure>;
    /// One call that frees its own handle, so what it lends is gone.
    #[track_caller]
    fn poke(&self, way: Way) {
        self.fetch(way).unwrap();
    }
    fn script(&self) -> &Script;
    /// What frees itself no more: somebody else does.
    fn let_go(self) -> Loose<Self>;

    /// Everything, and the failures on the way, twenty at most.
    fn drain(&self, way: Way) -> (Vec<u8>, Vec<Failure>) {
        let (mut all, mut failures) = (Vec::new(), Vec::new());
        while failures.len() < 20 {
            match self.get(way) {
                Ok(more) if more.is_empty() => break,
                Ok(more) => all.extend(more),
                Err(failure) => failures.push(failure),
            }
        }
        (all, failures)
    }

    #[track_caller]
    fn all(&self, way: Way) -> Vec<u8> {
        let (all, mut failures) = self.drain(way);
        assert!(failures.is_empty(), "{way:?} failed: {:?}", failures.remove(0));
        all
    }
}

/// A handle that does not free itself, and how to do it.
pub struct Loose<S> {
    pub stream: std::mem::ManuallyDrop<S>,
    pub raw: usize,
    pub free: fn(usize),
    pub script: Arc<Script>,
}

macro_rules! stream {
    ($name:ident, $raw:ident, $free:ident) => {
        pub struct $name {
            raw: *mut $raw,
            script: Option<Arc<Script>>,
        }
        // SAFETY: zst.h says that every handle may be used from any thread, by several at a time.
        unsafe impl Send for $name {}
        unsafe impl Sync for $name {}
        impl $name {
            pub fn raw(&self) -> *const $raw {
                self.raw
            }

            fn loose(mut self) -> Loose<Self> {
                let script = self.script.take().expect("a scripted source");
                let free = |raw| unsafe { $free(raw as *mut $raw) };
                Loose { raw: self.raw as usize, stream: std::mem::ManuallyDrop::new(self), free, script }
            }
        }
        impl Drop for $name {
            fn drop(&mut self) {
                // SAFETY: ours, freed once.
                unsafe { $free(self.raw) }
                if let (Some(script), false) = (&self.script, std::thread::panicking()) {
                    script.assert_over();
                }
            }
        }
    };
}

stream!(CompressionReader, zst_compression_reader, zst_compression_reader_free);

stream!(DecompressionReader, zst_decompression_reader, zst_decompression_reader_free);

stream!(CompressorIterator, zst_compressor_iterator, zst_compressor_iterator_free);

stream!(DecompressorIterator, zst_decompressor_iterator, zst_decompressor_iterator_free);

macro_rules! reader {
    ($name:ident, $read:ident, $read1:ident, $readinto:ident, $readinto1:ident, $readall:ident,
     $unread:ident, $tell:ident, $close:ident, $closed:ident) => {
        impl $name {
            pub fn unread(&self, bytes: &[u8]) -> Result<(), Failure> {
                call0(|err| unsafe { $unread(self.raw, bytes.as_ptr().cast(), bytes.len(), err) })
            }

            pub fn tell(&self) -> u64 {
                unsafe { $tell(self.raw) }
            }

            pub fn close(&self) -> Result<(), Failure> {
                call0(|err| unsafe { $close(self.raw, err) })
            }

            pub fn closed(&self) -> i32 {
                unsafe { $closed(self.raw) }
            }
        }
        impl Stream for $name {
            fn fetch(&self, way: Way) -> Result<Vec<u8>, Failure> {
                let taken = |out| Bytes(out).to_vec();
                match way {
                    Read(size) => call(|out, err| unsafe { $read(self.raw, size, out, err) }).map(taken),
                    Read1(size) => call(|out, err| unsafe { $read1(self.raw, size, out, err) }).map(taken),
                    ReadAll => call(|out, err| unsafe { $readall(self.raw, out, err) }).map(taken),
                    ReadInto(size) | ReadInto1(size) => {
                        let mut dst = vec![0xA5; size];
                        let place = dst.as_mut_ptr().cast();
                        let len = call(|out, err| unsafe {
                            let function = if way == ReadInto(size) { $readinto } else { $readinto1 };
                            function(self.raw, place, size, out, err)
                        })?;
                        dst.truncate(len);
                        Ok(dst)
                    }
                    Next => panic!("readers are not iterators"),
                }
            }

            fn get(&self, way: Way) -> Result<Vec<u8>, Failure> {
                let before = self.tell();
                let got = self.fetch(way);
                let len = got.as_ref().map_or(0, Vec::len);
                let (Read(most) | Read1(most) | ReadInto(most) | ReadInto1(most)) = way else { return got };
                assert!(len <= most, "{way:?} gave {len} bytes");
                assert_eq!(self.tell(), before + len as u64, "{way:?} gave {len} bytes");
                got
            }

            fn script(&self) -> &Script {
                self.script.as_ref().expect("a scripted source")
            }

            fn let_go(self) -> Loose<Self> {
                self.loose()
            }
        }
    };
}

reader!(
    CompressionReader,
    zst_compression_reader_read,
    zst_compression_reader_read1,
    zst_compression_reader_readinto,
    zst_compression_reader_readinto1,
    zst_compression_reader_readall,
    zst_compression_reader_unread,
    zst_compression_reader_tell,
    zst_compression_reader_close,
    zst_compression_reader_closed
);

reader!(
    DecompressionReader,
    zst_decompression_reader_read,
    zst_decompression_reader_read1,
    zst_decompression_reader_readinto,
    zst_decompression_reader_readinto1,
    zst_decompression_reader_readall,
    zst_decompression_reader_unread,
    zst_decompression_reader_tell,
    zst_decompression_reader_close,
    zst_decompression_reader_closed
);

macro_rules! iterator {
    ($name:ident, $next:ident, $next_into:ident) => {
        impl Stream for $name {
            fn get(&self, way: Way) -> Result<Vec<u8>, Failure> {
                self.fetch(way)
            }

            fn fetch(&self, way: Way) -> Result<Vec<u8>, Failure> {
                if let ReadInto(size) = way {
                    let mut dst = vec![0xA5; size];
                    let place = dst.as_mut_ptr().cast();
                    let len = next_len(|len, err| unsafe { $next_into(self.raw, place, size, len, err) })?;
                    dst.truncate(len);
                    return Ok(dst);
                }
                let piece = next(|data, len, err| unsafe { $next(self.raw, data, len, err) });
                piece.map(Option::unwrap_or_default)
            }

            fn poke(&self, way: Way) {
                if way != Next {
                    self.fetch(way).unwrap();
                    return;
                }
                let (data, len) = (Place::new(), Place::new());
                let status = unsafe { $next(self.raw, data.ptr(), len.ptr(), std::ptr::null_mut()) };
                // The handle may be gone; its script is somebody else's, too.
                assert!([ZST_OK, ZST_DONE, ZST_ERROR_CLOSED].contains(&status));
            }

            fn script(&self) -> &Script {
                self.script.as_ref().expect("a scripted source")
            }

            fn let_go(self) -> Loose<Self> {
                self.loose()
            }
        }
    };
}

iterator!(CompressorIterator, zst_compressor_iterator_next, zst_compressor_iterator_next_into);

iterator!(DecompressorIterator, zst_decompressor_iterator_next, zst_decompressor_iterator_next_into);

impl CompressionReader {
    pub fn try_new(
        compressor: &Compressor,
        source: Source,
        size: Option<u64>,
        read_size: usize,
    ) -> Result<CompressionReader, Failure> {
        let raw = source.give(|source, out, err| unsafe {
            zst_compressor_stream_reader(compressor.raw(), source, number(size), read_size, out, err)
        })?;
        Ok(CompressionReader { raw, script: source.script })
    }

    #[track_caller]
    pub fn new(compressor: &Compressor, source: Source) -> CompressionReader {
        CompressionReader::try_new(compressor, source, None, 1000).unwrap()
    }

    #[track_caller]
    pub fn progression(&self) -> (u64, u64, u64) {
        let p = call(|out, err| unsafe { zst_compression_reader_frame_progression(self.raw, out, err) }).unwrap();
        (p.ingested, p.consumed, p.produced)
    }
}

impl DecompressionReader {
    pub fn try_new(
        decompressor: &Decompressor,
        source: Source,
        read_size: usize,
        flags: i32,
    ) -> Result<DecompressionReader, Failure> {
        let raw = source.give(|source, out, err| unsafe {
            zst_decompressor_stream_reader(decompressor.raw(), source, read_size, flags, out, err)
        })?;
        Ok(DecompressionReader { raw, script: source.script })
    }

    #[track_caller]
    pub fn new(decompressor: &Decompressor, source: Source, flags: i32) -> DecompressionReader {
        DecompressionReader::try_new(decompressor, source, 1000, flags).unwrap()
    }

    pub fn seek(&self, offset: i64, whence: i32) -> Result<u64, Failure> {
        call(|out, err| unsafe { zst_decompression_reader_seek(self.raw, offset, whence, out, err) })
    }

    pub fn at_frame_end(&self) -> bool {
        match unsafe { zst_decompression_reader_at_frame_end(self.raw) } {
            0 => false,
            1 => true,
            other => panic!("at_frame_end is {other}"),
        }
    }
}

impl CompressorIterator {
    pub fn try_new(
        compressor: &Compressor,
        source: Source,
        size: Option<u64>,
        read_size: usize,
        write_size: usize,
    ) -> Result<CompressorIterator, Failure> {
        let raw = source.give(|source, out, err| unsafe {
            zst_compressor_read_to_iter(compressor.raw(), source, number(size), read_size, write_size, out, err)
        })?;
        Ok(CompressorIterator { raw, script: source.script })
    }

    #[track_caller]
    pub fn new(compressor: &Compressor, source: Source, write_size: usize) -> CompressorIterator {
        CompressorIterator::try_new(compressor, source, None, 1000, write_size).unwrap()
    }

    #[track_caller]
    pub fn progression(&self) -> (u64, u64, u64) {
        let p = call(|out, err| unsafe { zst_compressor_iterator_frame_progression(self.raw, out, err) }).unwrap();
        (p.ingested, p.consumed, p.produced)
    }
}

impl DecompressorIterator {
    /// `sizes`: of reads, of pieces, and of what is left out.
    pub fn try_new(
        decompressor: &Decompressor,
        source: Source,
        sizes: (usize, usize, usize),
        flags: i32,
    ) -> Result<DecompressorIterator, Failure> {
        let (read_size, write_size, skip) = sizes;
        let raw = source.give(|source, out, err| unsafe {
            zst_decompressor_read_to_iter(decompressor.raw(), source, read_size, write_size, skip, flags, out, err)
        })?;
        Ok(DecompressorIterator { raw, script: source.script })
    }

    #[track_caller]
    pub fn new(decompressor: &Decompressor, source: Source, write_size: usize, flags: i32) -> DecompressorIterator {
        DecompressorIterator::try_new(decompressor, source, (1000, write_size, 0), flags).unwrap()
    }

    #[track_caller]
    pub fn unused(&self) -> Vec<u8> {
        let (data, len) =
            call2(|data, len, err| unsafe { zst_decompressor_iterator_unused_data(self.raw, data, len, err) }).unwrap();
        // SAFETY: lent until the next call.
        if len == 0 { Vec::new() } else { unsafe { std::slice::from_raw_parts(data, len) }.to_vec() }
    }
}

/// Steps, and the codes of the errors that they lead to.
type Fault = (fn() -> Vec<Step>, &'static [i32]);

/// Whatever the source does in between, at whatever call, the stream gives `expected` and tells what it was.
#[track_caller]
pub fn faults_lose_nothing<S: Stream>(input: &[u8], expected: &[u8], ways: &[Way], open: impl Fn(Source) -> S) {
    let size = input.len() / 4 + 1;
    let faults: [Fault; 6] = [
        (|| vec![Step::Say(7)], &[7]),
        (|| vec![WOULD_BLOCK], &[]),
        (|| vec![Step::Null(5)], &[0]),
        (|| vec![Step::Huge], &[0]),
        (|| vec![Step::Say(-1), Step::Say(i32::MIN)], &[-1, i32::MIN]),
        (|| vec![WOULD_BLOCK, Step::Say(3), WOULD_BLOCK, WOULD_BLOCK, Step::Say(4)], &[3, 4]),
    ];
    for &way in ways {
        for at in 0..=input.len().div_ceil(size) {
            let (before, after) = input.split_at((at * size).min(input.len()));
            for (fault, codes) in &faults {
                let steps = lend(before, size).chain(fault()).chain(lend(after, size));
                let stream = open(Source::new(steps));
                let (all, failures) = stream.drain(way);
                assert_same(&all, expected);
                let told: Vec<_> = failures.iter().filter(|failure| failure.status != ZST_ERROR_WOULD_BLOCK).collect();
                assert_eq!(told.len(), codes.len(), "{way:?} at {at}: {failures:?}");
                for (failure, &code) in told.iter().zip(*codes) {
                    failure.code(ZST_ERROR_SOURCE, code);
                    failure
                        .is(ZST_ERROR_SOURCE, if code == 0 { "the source lent a block of" } else { "read() failed" });
                }
            }
            for code in [7, ZST_ERROR_WOULD_BLOCK] {
                let stream = open(Source::new(lend(before, size).chain([Step::Always(code)])));
                let (all, failures) = stream.drain(way);
                assert!(expected.starts_with(&all) && failures.len() == 20);
                for failure in failures {
                    match code {
                        7 => failure.code(ZST_ERROR_SOURCE, 7),
                        _ => drop(failure.is(ZST_ERROR_WOULD_BLOCK, "the source would block")),
                    }
                }
            }
        }
    }
}

/// A read callback that uses the stream it belongs to is turned away; one that frees it is waited for.
#[track_caller]
pub fn callbacks_may_use_their_own_stream<S: Stream + Send + Sync + 'static>(
    input: &[u8],
    expected: &[u8],
    ways: &[Way],
    open: impl Fn(Source) -> S,
    on_loan: fn(&S),
) {
    for &way in ways {
        let slot = Arc::new(AtomicPtr::<S>::new(std::ptr::null_mut()));
        let from_inside = slot.clone();
        let action = move || {
            // SAFETY: the stream lives, this is a call of it.
            let stream = unsafe { &*from_inside.load(SeqCst) };
            let failure = stream.get(way).unwrap_err();
            failure.is(ZST_ERROR_BUSY, "the object is busy: another call on it is running");
            on_loan(stream);
        };
        let again = slot.clone();
        let at_the_end = move || {
            let stream = unsafe { &*again.load(SeqCst) };
            stream.get(way).unwrap_err().is(ZST_ERROR_BUSY, "busy");
        };
        let steps = [Step::Do(Box::new(action))].into_iter().chain(lend(input, input.len().div_ceil(2)));
        let stream = open(Source::new(steps.chain([Step::Do(Box::new(at_the_end))])));
        slot.store((&raw const stream).cast_mut(), SeqCst);
        assert_same(&stream.all(way), expected);

        let slot = Arc::new(AtomicPtr::<Loose<S>>::new(std::ptr::null_mut()));
        let from_inside = slot.clone();
        let free = move || {
            // SAFETY: it lives for as long as the call that this is called from.
            let loose = unsafe { &*from_inside.load(SeqCst) };
            (loose.free)(loose.raw);
            assert_eq!(loose.script.drops(), 0, "the source is in use");
        };
        let steps = lend(input, input.len()).chain([Step::Do(Box::new(free))]);
        let loose = open(Source::new(steps)).let_go();
        slot.store((&raw const loose).cast_mut(), SeqCst);
        // Calls until the one that frees it.
        while loose.script.drops() == 0 {
            loose.stream.poke(way);
        }
        loose.script.assert_over();
    }
}
