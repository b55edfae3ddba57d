//! A compression context that works for one compressor at a time, and how it is prepared.

use crate::compression_dict::CompressionDict;
use crate::compression_parameters::{CompressionParameters, id};
use crate::engine::{CCtx, CCtxParams, CParams, Code, OutOfMemory, Shared, cparams};
use crate::error::Error;
use crate::pool::{Context, Idle};

/// What a compressor was made with. Never changes.
pub struct Settings {
    pub parameters: CompressionParameters,
    /// The same in libzstd's form.
    pub params: CCtxParams,
    pub dictionary: Option<Shared<CompressionDict>>,
    /// Worker threads of each operation.
    pub threads: i32,
}

impl Settings {
    pub fn new(
        parameters: CompressionParameters,
        dictionary: Option<Shared<CompressionDict>>,
    ) -> Result<Settings, Error> {
        let params = parameters.to_libzstd()?;
        // An empty dictionary is none.
        let dictionary = dictionary.filter(|dictionary| !dictionary.as_bytes().is_empty());
        let threads = parameters.value(id::THREADS);
        Ok(Settings { parameters, params, dictionary, threads })
    }

    /// Changes when contexts have to be prepared anew.
    pub fn version(&self) -> u32 {
        self.dictionary.as_ref().map_or(0, |dictionary| dictionary.precomputations())
    }
}

pub struct CompressionContext {
    cctx: CCtx,
    /// With a digested dictionary: how match-finder parameters follow from the size of the source.
    tuning: Option<Tuning>,
}

impl Context for CompressionContext {
    fn create() -> Result<CompressionContext, Error> {
        let cctx = CCtx::new().map_err(|_| OutOfMemory { bytes: 0 })?;
        Ok(CompressionContext { cctx, tuning: None })
    }

    fn reset(&mut self) {
        self.cctx.reset();
        self.tuning = None;
    }

    fn memory_size(&self) -> usize {
        self.cctx.memory_size()
    }

    fn idle() -> &'static Idle<CompressionContext> {
        static IDLE: Idle<CompressionContext> = Idle::new();
        &IDLE
    }
}

impl CompressionContext {
    /// Takes over the settings. `doing` begins the text of an error.
    pub fn configure(&mut self, settings: &Settings, doing: &'static str) -> Result<(), Error> {
        self.tuning = None;
        let mut cdict = None;
        if let Some(dictionary) = &settings.dictionary {
            cdict = dictionary.precomputed();
            if cdict.is_none() {
                cdict = Some(dictionary.digest(&settings.parameters, &settings.params, doing)?);
                self.tuning = Some(Tuning::new(&settings.parameters, dictionary.as_bytes().len()));
            }
        }
        self.cctx.configure(&settings.params, cdict).map_err(|code| Error::Zstd { doing, code })
    }

    /// The context, in the middle of a frame.
    pub fn cctx(&mut self) -> &mut CCtx {
        &mut self.cctx
    }

    /// The context, ready to begin a frame for a source of this size.
    pub fn begin(&mut self, source_size: Option<u64>) -> Result<&mut CCtx, Code> {
        if let Some(tuning) = &mut self.tuning {
            tuning.apply(&mut self.cctx, source_size)?;
        }
        Ok(&mut self.cctx)
    }
}

/// libzstd loads a dictionary into a context (`ZSTD_CCtx_loadDictionary`) or refers to a digested one
/// (`ZSTD_CCtx_refCDict`). Loading is right for every level, but digests the dictionary for each context again. With
/// a digested one libzstd forgets the level, and frames get the window and the block splitter of level 3.
///
/// So we refer to a digested one and set those parameters ourselves that the level and the source's size stand for,
/// exactly as libzstd does it after loading (`ZSTD_getCParamsFromCCtxParams`). The frames are the same, byte for byte;
/// a test compares them over all levels.
struct Tuning {
    level: i32,
    dict_size: usize,
    /// Those that the caller has set, 0 elsewhere. They stay as they are.
    fixed: CParams,
    long_distance: bool,
    source_size_hint: Option<u64>,
    attach: Attach,
    /// What was applied last, and for which size (rounded up where that makes no difference).
    applied: Option<(Option<u64>, CParams)>,
}

/// When libzstd uses a dictionary's tables in place (`ZSTD_shouldAttachDict`); its parameters then depend on the
/// source alone.
enum Attach {
    Always,
    Never,
    /// For sources of unknown size, or of so many bytes at most.
    UpTo(u64),
}

impl Tuning {
    fn new(parameters: &CompressionParameters, dict_size: usize) -> Tuning {
        let hint = parameters.value(id::SOURCE_SIZE_HINT);
        let source_size_hint = (hint > 0).then_some(hint as u64);
        let level = parameters.value(id::COMPRESSION_LEVEL);
        let fixed = parameters.match_finder();
        Tuning {
            level,
            dict_size,
            fixed,
            long_distance: parameters.value(id::ENABLE_LDM) == 1,
            source_size_hint,
            attach: Attach::new(parameters, level, &fixed, source_size_hint, dict_size),
            applied: None,
        }
    }

    fn apply(&mut self, cctx: &mut CCtx, source_size: Option<u64>) -> Result<(), Code> {
        let attached = match self.attach {
            Attach::Always => true,
            Attach::Never => false,
            Attach::UpTo(limit) => source_size.is_none_or(|size| size <= limit),
        };
        // Of a source without a dictionary to add to it, only the next power of two counts.
        let source_size = match source_size {
            Some(size) if attached && size >= 64 => Some(size.checked_next_power_of_two().unwrap_or(size)),
            size => size,
        };
        if let Some((size, _)) = self.applied
            && size == source_size
        {
            return Ok(());
        }
        let dict_size = if attached { 0 } else { self.dict_size };
        let mut wanted = cparams(self.level, source_size.or(self.source_size_hint), dict_size);
        if self.long_distance {
            const LDM_WINDOW_LOG: i32 = 27;
            wanted.window_log = LDM_WINDOW_LOG;
        }
        wanted = override_with(wanted, &self.fixed);
        if self.applied.is_none_or(|(_, applied)| applied != wanted) {
            // A failure on the way leaves neither the old nor the new ones.
            self.applied = None;
            for (id, value) in wanted.each() {
                cctx.set(id, value)?;
            }
        }
        self.applied = Some((source_size, wanted));
        Ok(())
    }
}

impl Attach {
    fn new(
        parameters: &CompressionParameters,
        level: i32,
        fixed: &CParams,
        source_size_hint: Option<u64>,
        dict_size: usize,
    ) -> Attach {
        // libzstd's ZSTD_dictAttachPref_e.
        const FORCE_ATTACH: i32 = 1;
        const FORCE_COPY: i32 = 2;
        const GREEDY: i32 = 3;
        const LAZY2: i32 = 5;

        if parameters.value(id::ENABLE_DEDICATED_DICT_SEARCH) == 1 {
            // ZSTD_dedicatedDictSearch_getCParams and _isSupported.
            let mut digested = cparams(level, Some(0), dict_size);
            if (GREEDY..=LAZY2).contains(&digested.strategy) {
                digested.hash_log += 2;
            }
            let digested = override_with(digested, fixed);
            if (GREEDY..=LAZY2).contains(&digested.strategy)
                && digested.hash_log > digested.chain_log
                && digested.chain_log <= 24
            {
                return Attach::Always;
            }
        }
        let preference = parameters.value(id::FORCE_ATTACH_DICT);
        if preference == FORCE_COPY || parameters.value(id::FORCE_MAX_WINDOW) == 1 {
            return Attach::Never;
        }
        if preference == FORCE_ATTACH {
            return Attach::Always;
        }
        // attachDictSizeCutoffs, by the strategy of the digested tables.
        let digested = override_with(cparams(level, source_size_hint, dict_size), fixed);
        Attach::UpTo(match digested.strategy {
            2 => 16 << 10,
            3..=7 => 32 << 10,
            _ => 8 << 10,
        })
    }
}

/// ZSTD_overrideCParams: what is not 0 wins.
fn override_with(params: CParams, fixed: &CParams) -> CParams {
    let pick = |fixed: i32, other: i32| if fixed != 0 { fixed } else { other };
    CParams {
        window_log: pick(fixed.window_log, params.window_log),
        chain_log: pick(fixed.chain_log, params.chain_log),
        hash_log: pick(fixed.hash_log, params.hash_log),
        search_log: pick(fixed.search_log, params.search_log),
        min_match: pick(fixed.min_match, params.min_match),
        target_length: pick(fixed.target_length, params.target_length),
        strategy: pick(fixed.strategy, params.strategy),
    }
}
