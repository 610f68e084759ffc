//! Limits on what is read, so that no file makes the program large: JSON is read byte by byte, and only what is kept
//! takes memory, but a text and the way down to it are kept while they are read.

use std::io::{self, Read};

/// The longest text, in bytes; what people store in a state is far below.
const TEXT: usize = 8 << 20;
/// The deepest nesting.
const DEPTH: usize = 1000;

/// A reader that stops where a text or a nesting goes on for too long.
#[derive(Debug)]
pub(super) struct Guard<R> {
    inner: R,
    depth: usize,
    text: Option<usize>,
    escaped: bool,
}

impl<R: Read> Guard<R> {
    pub(super) fn new(inner: R) -> Self {
        Self { inner, depth: 0, text: None, escaped: false }
    }

    fn check(&mut self, bytes: &[u8]) -> io::Result<()> {
        for &byte in bytes {
            match (self.text, byte) {
                (Some(_), _) if self.escaped => self.escaped = false,
                (Some(_), b'\\') => self.escaped = true,
                (Some(_), b'"') => self.text = None,
                (Some(length), _) if length >= TEXT => {
                    return Err(io::Error::other(format!("a text in it is longer than {} MiB", TEXT >> 20)));
                }
                (Some(length), _) => self.text = Some(length + 1),
                (None, b'"') => self.text = Some(0),
                (None, b'{' | b'[') if self.depth == DEPTH => {
                    return Err(io::Error::other(format!("it is nested deeper than {DEPTH} levels")));
                }
                (None, b'{' | b'[') => self.depth += 1,
                (None, b'}' | b']') => self.depth = self.depth.saturating_sub(1),
                (None, _) => {}
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for Guard<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.check(buffer.get(..count).unwrap_or_default())?;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(start: &str, repeated: &str, times: usize) -> io::Result<usize> {
        let mut bytes = Vec::new();
        let input = start.as_bytes().chain(io::repeat(repeated.as_bytes()[0]).take(times as u64));
        Guard::new(input).read_to_end(&mut bytes)
    }

    #[test]
    fn long_texts_and_deep_nestings_are_refused() {
        assert!(read("\"", "a", TEXT).is_ok());
        assert!(read("\"", "a", TEXT + 1).unwrap_err().to_string().contains("8 MiB"));
        assert!(read("", "[", DEPTH).is_ok());
        assert!(read("", "[", DEPTH + 1).unwrap_err().to_string().contains("1000 levels"));
        assert!(read("\"\\\"", "[", DEPTH + 1).is_ok(), "that is within a text");
        assert!(read("\"\\\\\"", "[", DEPTH + 1).is_err());
    }
}
