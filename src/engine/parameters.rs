//! Compression parameters as libzstd holds them.

use super::Code;
use std::ptr::NonNull;
use zstd_sys as sys;
use zstd_sys::ZSTD_cParameter as P;

/// The seven parameters that a compression level stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CParams {
    pub window_log: i32,
    pub chain_log: i32,
    pub hash_log: i32,
    pub search_log: i32,
    pub min_match: i32,
    pub target_length: i32,
    pub strategy: i32,
}

/// What `level` stands for with a source and a dictionary of these sizes; `None` is unknown, 0 no dictionary.
pub fn cparams(level: i32, source_size: Option<u64>, dict_size: usize) -> CParams {
    // libzstd takes 0 for unknown. What counts is the sum: an empty source is one byte and a dictionary of one byte
    // less.
    let (source_size, dict_size) = match source_size {
        None => (0, dict_size),
        Some(0) => (1, dict_size.saturating_sub(1)),
        Some(size) => (size, dict_size),
    };
    // SAFETY: pure function of integers, any value is allowed.
    let params = unsafe { sys::ZSTD_getCParams(level, source_size, dict_size) };
    CParams {
        window_log: params.windowLog as i32,
        chain_log: params.chainLog as i32,
        hash_log: params.hashLog as i32,
        search_log: params.searchLog as i32,
        min_match: params.minMatch as i32,
        target_length: params.targetLength as i32,
        strategy: params.strategy as i32,
    }
}

impl CParams {
    /// libzstd's identifier and the value of each.
    pub fn each(&self) -> [(i32, i32); 7] {
        [
            (P::ZSTD_c_windowLog as i32, self.window_log),
            (P::ZSTD_c_chainLog as i32, self.chain_log),
            (P::ZSTD_c_hashLog as i32, self.hash_log),
            (P::ZSTD_c_searchLog as i32, self.search_log),
            (P::ZSTD_c_minMatch as i32, self.min_match),
            (P::ZSTD_c_targetLength as i32, self.target_length),
            (P::ZSTD_c_strategy as i32, self.strategy),
        ]
    }
}

/// A set of compression parameters, ready to be copied into any number of contexts.
pub struct CCtxParams(NonNull<sys::ZSTD_CCtx_params>);

// SAFETY: plain data behind a pointer that only this value owns.
unsafe impl Send for CCtxParams {}
// SAFETY: shared references only read it.
unsafe impl Sync for CCtxParams {}

impl CCtxParams {
    pub fn new() -> Result<CCtxParams, Code> {
        // SAFETY: returns a new object or NULL.
        let params = unsafe { sys::ZSTD_createCCtxParams() };
        NonNull::new(params).map(CCtxParams).ok_or(Code::MEMORY_ALLOCATION)
    }

    pub fn set(&mut self, parameter: i32, value: i32) -> Result<(), Code> {
        let parameter = sys_parameter(parameter).ok_or(Code::PARAMETER_UNSUPPORTED)?;
        // SAFETY: a live object that we have exclusively.
        Code::check(unsafe { sys::ZSTD_CCtxParams_setParameter(self.0.as_ptr(), parameter, value) })?;
        Ok(())
    }

    /// The number of worker threads.
    pub(super) fn workers(&self) -> i32 {
        let mut value = 0;
        // SAFETY: a live object, only read. The parameter exists, so this does not fail.
        unsafe { sys::ZSTD_CCtxParams_getParameter(self.0.as_ptr(), P::ZSTD_c_nbWorkers, &mut value) };
        value
    }

    /// Memory that a context needs for one-shot compression with these parameters.
    pub fn estimate_cctx_size(&self) -> Result<usize, Code> {
        // SAFETY: a live object, only read.
        Code::check(unsafe { sys::ZSTD_estimateCCtxSize_usingCCtxParams(self.0.as_ptr()) })
    }

    pub(super) fn as_ptr(&self) -> *const sys::ZSTD_CCtx_params {
        self.0.as_ptr()
    }
}

impl Drop for CCtxParams {
    fn drop(&mut self) {
        // SAFETY: ours, freed once.
        unsafe { sys::ZSTD_freeCCtxParams(self.0.as_ptr()) };
    }
}

/// The bounds of a compression parameter, both inclusive; `None` for an unknown identifier.
pub fn parameter_bounds(parameter: i32) -> Option<(i32, i32)> {
    // SAFETY: pure function of an enum.
    let bounds = unsafe { sys::ZSTD_cParam_getBounds(sys_parameter(parameter)?) };
    Code::check(bounds.error).ok()?;
    Some((bounds.lowerBound, bounds.upperBound))
}

/// libzstd's identifiers are a Rust enum here, so that a number must be recognised before it is passed on.
/// The stable-buffer modes (1006, 1007) are not in this list: see `compression_parameters`.
pub(super) fn sys_parameter(parameter: i32) -> Option<sys::ZSTD_cParameter> {
    Some(match parameter {
        10 => P::ZSTD_c_experimentalParam2,
        100 => P::ZSTD_c_compressionLevel,
        101 => P::ZSTD_c_windowLog,
        102 => P::ZSTD_c_hashLog,
        103 => P::ZSTD_c_chainLog,
        104 => P::ZSTD_c_searchLog,
        105 => P::ZSTD_c_minMatch,
        106 => P::ZSTD_c_targetLength,
        107 => P::ZSTD_c_strategy,
        130 => P::ZSTD_c_targetCBlockSize,
        160 => P::ZSTD_c_enableLongDistanceMatching,
        161 => P::ZSTD_c_ldmHashLog,
        162 => P::ZSTD_c_ldmMinMatch,
        163 => P::ZSTD_c_ldmBucketSizeLog,
        164 => P::ZSTD_c_ldmHashRateLog,
        200 => P::ZSTD_c_contentSizeFlag,
        201 => P::ZSTD_c_checksumFlag,
        202 => P::ZSTD_c_dictIDFlag,
        400 => P::ZSTD_c_nbWorkers,
        401 => P::ZSTD_c_jobSize,
        402 => P::ZSTD_c_overlapLog,
        500 => P::ZSTD_c_experimentalParam1,
        1000 => P::ZSTD_c_experimentalParam3,
        1001 => P::ZSTD_c_experimentalParam4,
        1002 => P::ZSTD_c_experimentalParam5,
        1004 => P::ZSTD_c_experimentalParam7,
        1005 => P::ZSTD_c_experimentalParam8,
        1008 => P::ZSTD_c_experimentalParam11,
        1009 => P::ZSTD_c_experimentalParam12,
        1010 => P::ZSTD_c_experimentalParam13,
        1011 => P::ZSTD_c_experimentalParam14,
        1012 => P::ZSTD_c_experimentalParam15,
        1013 => P::ZSTD_c_experimentalParam16,
        1014 => P::ZSTD_c_experimentalParam17,
        1015 => P::ZSTD_c_experimentalParam18,
        1016 => P::ZSTD_c_experimentalParam19,
        1017 => P::ZSTD_c_experimentalParam20,
        _ => return None,
    })
}
