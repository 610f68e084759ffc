//! When a plugin process ends: the host's word, a signal, or a host that is gone.
//!
//! [`Stop`] is the one switch; the functions below it throw it. This module must not know gRPC.
//!
//! A host that was killed says nothing. go-plugin's Go servers then live for ever; ours go when the last
//! connection has been closed for a while, and on Linux as soon as the parent is dead.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::connections::LiveConnections;

/// How long a process whose connections are all closed waits for another one.
pub(crate) const ORPHAN_DELAY: Duration = Duration::from_secs(10);

/// A switch that is thrown once and that any number of tasks can wait for.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// Throws the switch; `reason` goes to the debug log.
    pub(crate) fn request(&self, reason: &'static str) {
        if !self.0.send_replace(true) {
            tracing::debug!(reason, "the plugin stops");
        }
    }

    /// Waits until the switch has been thrown.
    pub(crate) async fn requested(&self) {
        // Cannot fail: the sender lives in `self`.
        drop(self.0.subscribe().wait_for(|stopped| *stopped).await);
    }
}

/// Stops the process when every connection has been closed for `delay`, counted from the first one on.
pub(crate) async fn stop_when_unconnected(live: LiveConnections, delay: Duration, stop: Stop) {
    live.wait_for(|count| count > 0).await;
    loop {
        live.wait_for(|count| count == 0).await;
        if tokio::time::timeout(delay, live.wait_for(|count| count > 0)).await.is_err() {
            return stop.request("nobody is connected any more");
        }
    }
}

/// What a signal means to a process that a host started.
///
/// An interrupt reaches the whole foreground group: the host decides what to do about it and tells the plugin
/// by `StopProvider`, so the plugin ignores it. SIGTERM is meant for this process and stops it.
///
/// # Errors
/// The operating system refuses the handlers.
#[cfg(unix)]
pub(crate) fn follow_host_signals(stop: Stop) -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};

    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupts.recv() => tracing::trace!("interrupt ignored: the host decides"),
                _ = terminations.recv() => return stop.request("SIGTERM"),
            }
        }
    });
    Ok(())
}

/// As on Unix: the host decides what an interrupt means, here a Ctrl-C of the console.
///
/// # Errors
/// The operating system refuses the handler.
#[cfg(windows)]
pub(crate) fn follow_host_signals(stop: Stop) -> std::io::Result<()> {
    let mut interrupts = tokio::signal::windows::ctrl_c()?;
    tokio::spawn(async move {
        loop {
            tokio::select! {
                _ = interrupts.recv() => tracing::trace!("interrupt ignored: the host decides"),
                () = stop.requested() => return,
            }
        }
    });
    Ok(())
}

/// Stops the process when its parent dies.
///
/// Linux sends the parent-death signal also when only the parent's *thread* that started us ends, so the
/// signal is SIGHUP, which means nothing else to a plugin, and counts only if the parent has changed.
/// <https://man7.org/linux/man-pages/man2/PR_SET_PDEATHSIG.2const.html>
///
/// # Errors
/// The operating system refuses the handler or the signal.
#[cfg(target_os = "linux")]
pub(crate) fn stop_with_parent(stop: Stop) -> std::io::Result<()> {
    use rustix::process::{Signal, getppid, set_parent_process_death_signal};
    use tokio::signal::unix::{SignalKind, signal};

    let parent = getppid();
    let mut hangups = signal(SignalKind::hangup())?;
    set_parent_process_death_signal(Some(Signal::HUP))?;
    tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            if getppid() != parent {
                return stop.request("the host is gone");
            }
            tracing::trace!("hang-up ignored: the parent lives");
        }
    });
    Ok(())
}

/// Stops the process on SIGINT (Ctrl-C) or SIGTERM: in debug mode a person runs it in a terminal.
///
/// # Errors
/// The operating system refuses the handlers.
pub(crate) fn stop_on_interrupt(stop: Stop) -> std::io::Result<()> {
    #[cfg(unix)]
    let mut terminations = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?;
    #[cfg(windows)]
    let mut terminations = tokio::signal::windows::ctrl_close()?;
    #[cfg(unix)]
    let mut interrupts = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::interrupt())?;
    #[cfg(windows)]
    let mut interrupts = tokio::signal::windows::ctrl_c()?;
    tokio::spawn(async move {
        tokio::select! {
            _ = interrupts.recv() => stop.request("interrupt"),
            _ = terminations.recv() => stop.request("termination"),
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_process_stops_only_when_nobody_comes_back() {
        let (live, stop) = (LiveConnections::default(), Stop::default());
        let watching = tokio::spawn(stop_when_unconnected(live.clone(), ORPHAN_DELAY, stop.clone()));

        tokio::time::advance(ORPHAN_DELAY * 5).await;
        assert!(!watching.is_finished(), "before the first connection nothing counts");
        let first = live.enter();
        tokio::task::yield_now().await;
        drop(first);
        tokio::time::advance(ORPHAN_DELAY / 2).await;
        let second = live.enter();
        tokio::time::advance(ORPHAN_DELAY * 5).await;
        assert!(!watching.is_finished(), "a second connection came in time");
        drop(second);
        let before = tokio::time::Instant::now();
        stop.requested().await;
        assert_eq!(before.elapsed().as_secs(), ORPHAN_DELAY.as_secs());
        watching.await.unwrap();
    }
}
