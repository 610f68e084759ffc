//! Runs a child process to its end, within a time limit, and keeps all it said.

use std::fmt;
use std::io::{self, Read};
use std::process::{Command, Stdio};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

/// Something went wrong; the text says what was tried and what came of it.
///
/// `Debug` prints the text as it is, so that a test that returns it fails with a readable message.
pub(crate) struct Failure(String);

impl Failure {
    /// A failure in own words.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns a function for `map_err` that puts what was tried before the error.
    pub(crate) fn of<E: fmt::Display>(act: impl fmt::Display) -> impl FnOnce(E) -> Self {
        move |error| Self(format!("cannot {act}: {error}"))
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl fmt::Debug for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl std::error::Error for Failure {}

/// What a process left behind.
#[derive(Debug)]
pub(crate) struct Output {
    /// The command line, for messages.
    pub(crate) command: String,
    /// The exit code; `None` where a signal ended the process.
    pub(crate) code: Option<i32>,
    /// All of its standard output.
    pub(crate) stdout: String,
    /// All of its standard error.
    pub(crate) stderr: String,
    /// From start to end.
    pub(crate) took: Duration,
}

impl Output {
    /// Returns the output if the process ended with this exit code.
    ///
    /// # Errors
    ///
    /// It ended otherwise; the failure quotes everything the process said.
    pub(crate) fn require(self, code: i32) -> Result<Self, Failure> {
        if self.code == Some(code) { Ok(self) } else { Err(self.complaint(&format!("exit code {code}"))) }
    }

    /// Returns the output if standard output or standard error contains the text. Terraform folds long
    /// lines of diagnostics and puts bars before them, so white space and bars are not compared.
    ///
    /// # Errors
    ///
    /// Neither contains it; the failure quotes everything the process said.
    pub(crate) fn require_text(self, text: &str) -> Result<Self, Failure> {
        let said = unfolded(&self.stdout) + &unfolded(&self.stderr);
        if said.contains(&unfolded(text)) { Ok(self) } else { Err(self.complaint(&format!("{text:?}"))) }
    }

    fn complaint(&self, wanted: &str) -> Failure {
        let Self { command, code, stdout, stderr, took: _ } = self;
        let code = code.map_or_else(|| "a signal".to_owned(), |code| format!("exit code {code}"));
        Failure(format!(
            "{command}: expected {wanted}, ended with {code}\n--- stdout\n{stdout}\n--- stderr\n{stderr}\n---"
        ))
    }
}

/// Runs the command without input until it ends.
///
/// # Errors
///
/// - the program cannot be started;
/// - it has not ended within the limit: it is killed, and the failure quotes what it said until then.
pub(crate) fn run(command: &mut Command, limit: Duration) -> Result<Output, Failure> {
    let name = command_line(command);
    let start = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Failure::of(format!("start `{name}`")))?;
    let (ended, both_ended) = mpsc::channel();
    let stdout = collect(child.stdout.take(), ended.clone());
    let stderr = collect(child.stderr.take(), ended);
    let mut in_time = true;
    for _stream in ["stdout", "stderr"] {
        let left = limit.saturating_sub(start.elapsed());
        in_time &= both_ended.recv_timeout(left).is_ok();
    }
    if !in_time {
        child.kill().map_err(Failure::of(format!("end `{name}`")))?;
    }
    let status = child.wait().map_err(Failure::of(format!("wait for `{name}`")))?;
    let [stdout, stderr] = [stdout, stderr].map(|said| text(&said));
    let output = Output { command: name, code: status.code(), stdout, stderr, took: start.elapsed() };
    if in_time { Ok(output) } else { Err(output.complaint(&format!("an end within {limit:?}"))) }
}

type Said = Arc<Mutex<Vec<u8>>>;

/// Reads a stream on a thread of its own, so that a process that says much is not held up by a full pipe.
fn collect(stream: Option<impl Read + Send + 'static>, ended: Sender<()>) -> Said {
    let said = Said::default();
    let copy = Arc::clone(&said);
    thread::spawn(move || {
        let mut buffer = [0; 8192];
        let mut stream: Box<dyn Read> =
            stream.map_or_else(|| Box::new(io::empty()) as _, |it| Box::new(it) as _);
        while let Ok(length @ 1..) = stream.read(&mut buffer) {
            let bytes = buffer.get(..length).unwrap_or_default();
            copy.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        }
        // Nobody listens any more once the time limit has passed.
        ended.send(()).unwrap_or_default();
    });
    said
}

fn text(said: &Said) -> String {
    String::from_utf8_lossy(&said.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
}

fn unfolded(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && *c != '│').collect()
}

fn command_line(command: &Command) -> String {
    let words = [command.get_program()].into_iter().chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration) -> Result<Output, Failure> {
        run(Command::new("sh").args(["-c", script]), limit)
    }

    #[test]
    fn an_unexpected_end_quotes_what_was_said() -> Result<(), Failure> {
        let output =
            shell("echo out; echo err >&2; exit 3", TIME_LIMIT)?.require(3)?.require_text("o u t")?;
        let message = output.require(0).expect_err("the exit code is 3").to_string();
        for part in ["expected exit code 0, ended with exit code 3", "out\n", "err\n"] {
            assert!(message.contains(part), "{part} is not in {message}");
        }
        Ok(())
    }

    #[test]
    fn what_does_not_end_is_killed() {
        let failure = shell("echo before; exec sleep 600", Duration::from_secs(1));
        let message = failure.expect_err("it must not be waited for").to_string();
        assert!(message.contains("expected an end within 1s") && message.contains("before"), "{message}");
    }

    const TIME_LIMIT: Duration = Duration::from_secs(60);
}
