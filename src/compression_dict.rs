//! `zst_compression_dict`: a dictionary, and its digested forms.
//!
//! Digesting a dictionary costs much more than using it. It is done once per dictionary and set of parameters, and
//! the result is shared by all compressors and decompressors; it lives as long as one of them uses it.

use crate::compression_parameters::CompressionParameters;
use crate::engine::{
    CCtxParams, CDict, Code, DDict, DictType, OutOfMemory, Output, Shared, check_dictionary_header, cparams,
    dictionary_id, push,
};
use crate::error::{DictionaryFault, Error};
use parking_lot::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

const DICTIONARY_MAGIC: [u8; 4] = [0x37, 0xA4, 0x30, 0xEC];

/// So many digested forms are kept for compressors to come, the least recently used goes first.
const DIGESTS: usize = 8;

pub struct CompressionDict {
    bytes: Shared<Output>,
    dict_type: DictType,
    dict_id: u32,
    k: u32,
    d: u32,
    /// Least recently used first.
    digests: Mutex<Vec<(CompressionParameters, Shared<CDict>)>>,
    precomputed: Mutex<Option<Shared<CDict>>>,
    /// How often `precomputed` has changed. Contexts compare it before each operation.
    precomputations: AtomicU32,
    ddict: Mutex<Option<Shared<DDict>>>,
}

impl CompressionDict {
    /// From bytes; `k` and `d` are what training reported, or 0.
    pub fn new(bytes: Output, dict_type: DictType, k: u32, d: u32) -> Result<CompressionDict, Error> {
        let dict_id = dictionary_id(bytes.as_slice());
        Ok(CompressionDict {
            bytes: Shared::try_new(bytes)?,
            dict_type,
            dict_id,
            k,
            d,
            digests: Mutex::default(),
            precomputed: Mutex::default(),
            precomputations: AtomicU32::new(0),
            ddict: Mutex::default(),
        })
    }

    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.as_slice()
    }

    pub fn dict_type(&self) -> DictType {
        self.dict_type
    }

    /// The id in the header; 0 without one.
    pub fn dict_id(&self) -> u32 {
        self.dict_id
    }

    /// The id that frames made with this dictionary can carry: none if it is used as content.
    pub fn frame_dict_id(&self) -> u32 {
        if self.dict_type == DictType::RawContent { 0 } else { self.dict_id }
    }

    pub fn k(&self) -> u32 {
        self.k
    }

    pub fn d(&self) -> u32 {
        self.d
    }

    /// Digests now, for a level or for parameters, and makes the result replace the match-finder parameters of every
    /// operation that is started later with this dictionary.
    pub fn precompute_compress(&self, level: i32, parameters: Option<&CompressionParameters>) -> Result<(), Error> {
        const DOING: &str = "unable to precompute dictionary";
        let match_finder = match (level, parameters) {
            (0, None) => return Err(Error::PrecomputeForNothing),
            (0, Some(parameters)) => parameters.match_finder(),
            (level, None) => cparams(level, None, self.bytes.len()),
            (_, Some(_)) => return Err(Error::PrecomputeForBoth),
        };
        // As ZSTD_createCDict_advanced does it: the level is the default one, and 0 overrides nothing.
        let mut params = CCtxParams::new().map_err(|_| OutOfMemory { bytes: 0 })?;
        for (id, value) in match_finder.each().into_iter().filter(|&(_, value)| value != 0) {
            params.set(id, value).map_err(|code| Error::Zstd { doing: DOING, code })?;
        }
        let cdict = CDict::new(&self.bytes, self.dict_type, &params).map_err(|code| self.unusable(DOING, code))?;
        let cdict = Shared::try_new(cdict)?;
        let mut precomputed = self.precomputed.lock();
        *precomputed = Some(cdict);
        self.precomputations.fetch_add(1, Ordering::Release);
        Ok(())
    }

    /// Changes whenever `precomputed()` does; 0 while it is `None`.
    pub fn precomputations(&self) -> u32 {
        self.precomputations.load(Ordering::Acquire)
    }

    pub fn precomputed(&self) -> Option<Shared<CDict>> {
        self.precomputed.lock().clone()
    }

    /// The form digested for `parameters`, which are `params` in libzstd's form.
    pub fn digest(
        &self,
        parameters: &CompressionParameters,
        params: &CCtxParams,
        doing: &'static str,
    ) -> Result<Shared<CDict>, Error> {
        if let Some(cdict) = self.digested(parameters) {
            return Ok(cdict);
        }
        // Not under the lock: it may take a second. Two threads that begin at once may both do it.
        let cdict = CDict::new(&self.bytes, self.dict_type, params).map_err(|code| self.unusable(doing, code))?;
        let cdict = Shared::try_new(cdict)?;
        let mut digests = self.digests.lock();
        if digests.len() == DIGESTS {
            digests.remove(0);
        }
        push(&mut digests, (parameters.clone(), cdict.clone()))?;
        Ok(cdict)
    }

    /// What is kept for `parameters`, which makes it the most recently used.
    fn digested(&self, parameters: &CompressionParameters) -> Option<Shared<CDict>> {
        let mut digests = self.digests.lock();
        let index = digests.iter().position(|(other, _)| other == parameters)?;
        digests[index..].rotate_left(1);
        digests.last().map(|(_, cdict)| cdict.clone())
    }

    /// The form digested for decompression.
    pub fn ddict(&self) -> Result<Shared<DDict>, Error> {
        if let Some(ddict) = &*self.ddict.lock() {
            return Ok(ddict.clone());
        }
        let ddict = DDict::new(&self.bytes, self.dict_type)
            .map_err(|code| self.unusable("could not create decompression dict", code))?;
        let ddict = Shared::try_new(ddict)?;
        *self.ddict.lock() = Some(ddict.clone());
        Ok(ddict)
    }

    /// libzstd says only that a dictionary could not be digested; the bytes tell why.
    fn unusable(&self, doing: &'static str, code: Code) -> Error {
        let has_header = self.as_bytes().starts_with(&DICTIONARY_MAGIC);
        match self.dict_type {
            DictType::FullDict if !has_header => Error::UnusableDictionary { doing, why: DictionaryFault::NoHeader },
            DictType::FullDict | DictType::Auto if has_header => match check_dictionary_header(self.as_bytes()) {
                Ok(()) => Error::Zstd { doing, code },
                Err(Code::MEMORY_ALLOCATION) => OutOfMemory { bytes: 0 }.into(),
                Err(_) => Error::UnusableDictionary { doing, why: DictionaryFault::Corrupted },
            },
            DictType::FullDict | DictType::Auto | DictType::RawContent => Error::Zstd { doing, code },
        }
    }
}
