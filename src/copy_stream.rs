//! `copy_stream`: from a source to a sink, in one call.

use crate::error::Error;
use crate::pull::{Pull, Pulled};
use crate::sink::Outlet;

/// Is told how many bytes have been read and written so far; another number than 0 cancels.
pub type Progress<'a> = &'a mut dyn FnMut(u64, u64) -> i32;

/// Moves everything and closes the sink; returns the number of bytes read and of bytes written.
pub fn copy_stream<P: Pull>(pull: P, outlet: Outlet, progress: Option<Progress<'_>>) -> Result<(u64, u64), Error> {
    copy(pull, outlet, progress).map_err(|error| match error {
        Error::WouldBlock { what } => Error::MustNotBlock { what },
        error => error,
    })
}

fn copy<P: Pull>(mut pull: P, mut outlet: Outlet, mut progress: Option<Progress<'_>>) -> Result<(u64, u64), Error> {
    let mut told = (0, 0);
    loop {
        let mut pulled = Pulled::More;
        let outcome = outlet.fill(|room| {
            pulled = pull.step(room)?;
            Ok(())
        });
        // What was made before something failed is written.
        outlet.send()?;
        outcome?;
        let (read, written) = (pull.bytes_read(), outlet.delivered());
        if let Some(progress) = &mut progress
            && told != (read, written)
        {
            told = (read, written);
            let code = progress(read, written);
            if code != 0 {
                return Err(Error::Cancelled { code });
            }
        }
        if pulled == Pulled::End {
            outlet.close_sink()?;
            return Ok((read, written));
        }
    }
}
