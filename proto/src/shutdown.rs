//! When a plugin process ends: the host's word, a signal, or a host that is gone.
//!
//! [`Stop`] is the one switch; the functions below it throw it. This module must not know gRPC.
//!
//! A host that was killed says nothing. go-plugin's Go servers then live for ever; ours go when the last
//! connection has been closed for a while, and on Linux as soon as the parent is dead.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

use crate::live::LiveCount;

/// How long a process whose connections are all closed waits for another one.
pub(crate) const ORPHAN_DELAY: Duration = Duration::from_secs(10);

/// How long a process waits for the first connection: as long as go-plugin's client gives a start.
/// <https://github.com/hashicorp/go-plugin/blob/v1.6.0/client.go>
const FIRST_CONNECTION_LIMIT: Duration = Duration::from_secs(60);

/// How long what is under way may take to come to an end after SIGTERM. It has been told to by then, so this is
/// far more than one last write needs; whoever sent the signal sends SIGKILL when they are tired of waiting.
const WIND_DOWN_LIMIT: Duration = Duration::from_secs(600);

/// How long nothing may be under way before a process that winds down ends. Long enough for the last answer to
/// leave, and for the host to come with what it was about to ask.
const QUIET_DELAY: Duration = Duration::from_secs(1);

/// How far the process is on its way to the end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    #[default]
    Running,
    WindingDown,
    Stopped,
}

/// A switch that is thrown once and that any number of tasks can wait for. It has a position in between, in
/// which the process finishes what is under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stop(Arc<watch::Sender<Phase>>);

impl Stop {
    /// Throws the switch; `reason` goes to the debug log.
    pub(crate) fn request(&self, reason: &'static str) {
        if self.advance(Phase::Stopped) {
            tracing::debug!(reason, "the plugin stops");
        }
    }

    /// Asks for the end of what is under way, and then of the process.
    pub(crate) fn wind_down(&self, reason: &'static str) {
        if self.advance(Phase::WindingDown) {
            tracing::debug!(reason, "the plugin stops when it has finished what is under way");
        }
    }

    /// Waits until the switch has been thrown.
    pub(crate) async fn requested(&self) {
        self.reached(Phase::Stopped).await;
    }

    /// Waits until the process shall finish what is under way; for ever, if it is stopped without.
    pub(crate) async fn winding_down(&self) {
        self.reached(Phase::WindingDown).await;
    }

    fn advance(&self, to: Phase) -> bool {
        self.0.send_if_modified(|phase| {
            let forward = *phase < to;
            *phase = to.max(*phase);
            forward
        })
    }

    async fn reached(&self, phase: Phase) {
        // Cannot fail: the sender lives in `self`.
        drop(self.0.subscribe().wait_for(|now| *now == phase).await);
    }
}

/// Stops the process when every connection has been closed for a while, or when there never is one.
pub(crate) async fn stop_when_unconnected(live: LiveCount, stop: Stop) {
    if tokio::time::timeout(FIRST_CONNECTION_LIMIT, live.wait_for(|count| count > 0)).await.is_err() {
        return stop.request("nobody has connected");
    }
    live.nothing_for(ORPHAN_DELAY).await;
    stop.request("nobody is connected any more");
}

/// Stops the process when nothing is under way any more, or has not ended for too long.
pub(crate) async fn stop_when_finished(under_way: LiveCount, stop: Stop) {
    match tokio::time::timeout(WIND_DOWN_LIMIT, under_way.nothing_for(QUIET_DELAY)).await {
        Ok(()) => stop.request("nothing is under way any more"),
        Err(_) => stop.request("what is under way does not end"),
    }
}

/// What a signal means to a process that a host started.
///
/// An interrupt reaches the whole foreground group: the host decides what to do about it and tells the plugin
/// by `StopProvider`, so the plugin ignores it. SIGTERM may be meant for this process alone, or for the host as
/// well, as from `timeout` or an init system: the host then waits for what is under way, to store it. So the
/// plugin finishes that, and goes.
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
                _ = terminations.recv() => stop.wind_down("SIGTERM"),
                () = stop.requested() => return,
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

/// Stops the process on SIGINT (Ctrl-C), and when it has finished what is under way on SIGTERM: in debug mode a
/// person runs it in a terminal.
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
        loop {
            tokio::select! {
                _ = interrupts.recv() => return stop.request("interrupt"),
                _ = terminations.recv() => stop.wind_down("termination"),
                () = stop.requested() => return,
            }
        }
    });
    Ok(())
}

#[cfg(test)]
mod tests {
    use tokio::time::Instant;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn the_process_stops_only_when_nobody_comes_back() {
        let (live, stop) = (LiveCount::default(), Stop::default());
        let watching = tokio::spawn(stop_when_unconnected(live.clone(), stop.clone()));

        let first = live.enter();
        tokio::time::sleep(ORPHAN_DELAY * 10).await;
        assert!(!watching.is_finished(), "somebody is connected");
        drop(first);
        tokio::time::sleep(ORPHAN_DELAY / 2).await;
        let second = live.enter();
        tokio::time::sleep(ORPHAN_DELAY * 5).await;
        assert!(!watching.is_finished(), "a second connection came in time");
        drop(second);
        let before = Instant::now();
        stop.requested().await;
        assert_eq!(before.elapsed().as_secs(), ORPHAN_DELAY.as_secs());
        watching.await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn the_process_stops_when_nobody_ever_comes() {
        let (stop, before) = (Stop::default(), Instant::now());
        stop_when_unconnected(LiveCount::default(), stop.clone()).await;
        stop.requested().await;
        assert_eq!(before.elapsed().as_secs(), FIRST_CONNECTION_LIMIT.as_secs());
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_under_way_is_finished_within_limits() {
        let (under_way, stop) = (LiveCount::default(), Stop::default());
        let finishing = tokio::spawn(stop_when_finished(under_way.clone(), stop.clone()));
        let request = under_way.enter();
        tokio::time::sleep(WIND_DOWN_LIMIT / 2).await;
        assert!(!finishing.is_finished(), "a request is under way");
        drop(request);
        let before = Instant::now();
        stop.requested().await;
        assert_eq!(before.elapsed().as_secs(), QUIET_DELAY.as_secs());

        let (stop, before) = (Stop::default(), Instant::now());
        let _endless = under_way.enter();
        stop_when_finished(under_way, stop.clone()).await;
        stop.requested().await;
        assert_eq!(before.elapsed().as_secs(), WIND_DOWN_LIMIT.as_secs());
    }

    #[tokio::test]
    async fn the_switch_only_moves_forward() {
        let stop = Stop::default();
        stop.request("the test ends");
        stop.wind_down("too late");
        stop.requested().await;
    }
}
