//! Where the host connects to: a Unix socket in a private directory, or a loopback TCP port on Windows.
//!
//! This module must not know TLS or gRPC. Both kinds of [`Listener`] have the same two methods, `bind` and
//! `accept`, so that nothing else in the crate depends on the operating system's choice.

#[cfg(any(windows, test))]
mod tcp;
#[cfg(unix)]
mod unix;

use std::fmt;
use std::net::SocketAddr;

#[cfg(windows)]
pub(crate) use self::tcp::{Listener, Socket};
#[cfg(unix)]
pub(crate) use self::unix::{Listener, Socket};

/// Where a host finds the plugin.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(not(test), expect(dead_code, reason = "one kind of address per operating system"))]
pub(crate) enum Address {
    /// The path of a Unix socket.
    Unix(String),
    /// A port of the loopback interface.
    Tcp(SocketAddr),
}

impl Address {
    /// Go's name for the kind of address.
    pub(crate) fn network(&self) -> &'static str {
        match self {
            Self::Unix(_) => "unix",
            Self::Tcp(_) => "tcp",
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => out.write_str(path),
            Self::Tcp(address) => address.fmt(out),
        }
    }
}
