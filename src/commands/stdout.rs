//! Standard output.

use std::io::{ErrorKind, Write};

/// Prints a text. A reader that has seen enough, such as `head`, is no failure.
///
/// # Errors
///
/// What went wrong, in a line.
pub(super) fn print(out: &mut impl Write, text: &str) -> Result<(), String> {
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(format!("cannot write to standard output: {error}"))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}
