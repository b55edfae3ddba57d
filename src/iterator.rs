//! `zst_compressor_iterator`, `zst_decompressor_iterator`: streams that give piece after piece, and read a source
//! themselves.

use crate::compression_obj::check_room;
use crate::engine::{Output, Room};
use crate::error::Error;
use crate::pull::Pull;
use std::mem::MaybeUninit;

pub struct PieceIterator<P> {
    pull: P,
    /// The piece in the making. Its capacity is the most that a piece can have.
    piece: Output,
}

impl<P: Pull> PieceIterator<P> {
    pub fn new(pull: P, write_size: usize) -> Result<PieceIterator<P>, Error> {
        if write_size == 0 {
            return Err(Error::NotPositive { name: "write_size" });
        }
        Ok(PieceIterator { pull, piece: Output::with_capacity(write_size)? })
    }

    pub fn pull(&self) -> &P {
        &self.pull
    }

    /// Puts the next piece into `dst`, and returns its length; 0 when there is no more. The source is asked only while
    /// there is nothing to give.
    pub fn next_into(&mut self, dst: &mut [MaybeUninit<u8>]) -> Result<usize, Error> {
        let mut room = Room::new(dst);
        check_room(&room)?;
        self.pull.pull(&mut room, 1)?;
        Ok(room.finish().len())
    }

    /// The next piece, which is not empty; `None` when there is no more.
    pub fn next_piece(&mut self) -> Result<Option<&[u8]>, Error> {
        self.piece.clear();
        self.piece.extend(|room| self.pull.pull(room, 1).map(drop))?;
        Ok(Some(self.piece.as_slice()).filter(|piece| !piece.is_empty()))
    }
}
