//! What streams read from.

use crate::error::Error;

/// Input that comes block by block. A block is lent: it is valid until the next one is asked for.
pub trait Source: Send {
    /// Gets the next block, of about so many bytes, or of as many as there are. An empty block is the end of the input.
    fn read(&mut self, size_hint: usize) -> Result<(), Error>;
    /// What is left of the block.
    fn block(&self) -> &[u8];
    fn advance(&mut self, used: usize);
}

/// A source, and what is known of it.
pub struct Input {
    source: Box<dyn Source>,
    read_size: usize,
    ended: bool,
    bytes_read: u64,
}

impl Input {
    pub fn new(source: Box<dyn Source>, read_size: usize) -> Result<Input, Error> {
        if read_size == 0 {
            return Err(Error::NotPositive { name: "read_size" });
        }
        Ok(Input { source, read_size, ended: false, bytes_read: 0 })
    }

    /// Gets the next block. The end is final: the source is not asked again.
    pub fn read(&mut self) -> Result<(), Error> {
        if self.ended {
            return Ok(());
        }
        self.source.read(self.read_size)?;
        let len = self.source.block().len();
        self.ended = len == 0;
        self.bytes_read += len as u64;
        Ok(())
    }

    /// What is left of the block.
    pub fn block(&self) -> &[u8] {
        self.source.block()
    }

    pub fn advance(&mut self, used: usize) {
        self.source.advance(used);
    }

    /// The source has said that there is no more.
    pub fn ended(&self) -> bool {
        self.ended
    }

    /// Of all blocks so far.
    pub fn bytes_read(&self) -> u64 {
        self.bytes_read
    }
}
