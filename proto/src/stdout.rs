//! Takes standard output away from the process: it is the channel of the handshake.
//!
//! Anything but the handshake line on it is a fatal error for the host, and nobody need read it afterwards.
//! So file descriptor 1 becomes a pipe before any other code runs; what comes through the pipe is offered to
//! the host on `GRPCStdio.StreamStdio` and dropped when nobody takes it. Windows has no safe way to replace
//! the handle; there the host reads and discards what follows the line.

use std::io::{self, Write};

use bytes::Bytes;
use tokio::sync::mpsc;

/// How many chunks wait for a host that does not read; more are dropped, for a `println!` must never block.
const CHUNKS_WAITING: usize = 64;

/// go-plugin's own servers send at most this many bytes at a time.
#[cfg(unix)]
const CHUNK_BYTES: usize = 1024;

/// The place where the handshake line belongs, and what is printed afterwards.
pub(crate) struct TakenStdout {
    /// The real standard output; dropping it tells the host that no line will follow.
    pub(crate) handshake: Box<dyn Write>,
    /// What any code of this process prints from now on.
    pub(crate) printed: mpsc::Receiver<Bytes>,
}

/// Replaces standard output by a pipe.
///
/// # Errors
/// There is no standard output, no pipe or no thread to be had.
#[cfg(unix)]
pub(crate) fn take() -> io::Result<TakenStdout> {
    use std::os::fd::AsFd as _;

    let handshake = std::fs::File::from(io::stdout().as_fd().try_clone_to_owned()?);
    let (reader, writer) = io::pipe()?;
    rustix::stdio::dup2_stdout(writer)?;
    let (sender, printed) = mpsc::channel(CHUNKS_WAITING);
    // A thread, because a task could wait for the very worker that is blocked on the full pipe.
    std::thread::Builder::new().name("stdout".to_owned()).spawn(move || forward(reader, &sender))?;
    Ok(TakenStdout { handshake: Box::new(handshake), printed })
}

/// Leaves standard output where it is.
///
/// # Errors
/// None.
#[cfg(windows)]
pub(crate) fn take() -> io::Result<TakenStdout> {
    let (_, printed) = mpsc::channel(CHUNKS_WAITING);
    Ok(TakenStdout { handshake: Box::new(io::stdout()), printed })
}

/// Reads the pipe for as long as the process lives, so that its writers never wait.
#[cfg(unix)]
fn forward(mut pipe: io::PipeReader, chunks: &mpsc::Sender<Bytes>) {
    use std::io::Read as _;

    let mut buffer = [0; CHUNK_BYTES];
    while let Ok(length @ 1..) = pipe.read(&mut buffer) {
        // A full or closed channel means that nobody reads: the chunk is dropped on purpose.
        chunks.try_send(Bytes::copy_from_slice(&buffer[..length])).ok();
    }
}
