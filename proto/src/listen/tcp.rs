//! A loopback TCP port, for Windows: go-plugin's hosts know no Unix sockets there.

use std::io;
use std::net::{Ipv4Addr, TcpListener as BlockingListener};

use tokio::net::TcpListener;

use super::Address;
use crate::handshake::HostEnvironment;

/// A connection as the operating system hands it over.
#[cfg_attr(not(windows), expect(dead_code, reason = "compiled elsewhere only to be tested"))]
pub(crate) type Socket = tokio::net::TcpStream;

/// A bound port; dropping it closes the port.
#[derive(Debug)]
pub(crate) struct Listener {
    socket: TcpListener,
    address: Address,
}

impl Listener {
    /// Binds the first free port of the host's range on 127.0.0.1. Must be called inside a Tokio runtime.
    ///
    /// # Errors
    /// No port of the range is free.
    pub(crate) fn bind(host: &HostEnvironment) -> io::Result<Self> {
        let bind = |port| BlockingListener::bind((Ipv4Addr::LOCALHOST, port)).ok();
        let socket = host.ports.clone().find_map(bind).ok_or_else(|| {
            io::Error::other(format!("no port from {} to {} is free", host.ports.start(), host.ports.end()))
        })?;
        socket.set_nonblocking(true)?;
        let address = Address::Tcp(socket.local_addr()?);
        Ok(Self { socket: TcpListener::from_std(socket)?, address })
    }

    /// The address with the chosen port.
    pub(crate) fn address(&self) -> &Address {
        &self.address
    }

    /// Waits for the next connection, and turns off the delay of small packets: each request is one.
    ///
    /// # Errors
    /// Passing ones, such as too many open files; the listener stays usable.
    pub(crate) async fn accept(&self) -> io::Result<tokio::net::TcpStream> {
        let (socket, _) = self.socket.accept().await?;
        socket.set_nodelay(true)?;
        Ok(socket)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(ports: std::ops::RangeInclusive<u16>) -> HostEnvironment {
        HostEnvironment { ports, ..HostEnvironment::default() }
    }

    fn port(listener: &Listener) -> u16 {
        match listener.address() {
            Address::Tcp(address) => address.port(),
            Address::Unix(path) => panic!("{path} is no TCP address"),
        }
    }

    #[tokio::test]
    async fn a_taken_port_is_passed_over_and_a_full_range_is_an_error() {
        let first = Listener::bind(&host(0..=0)).unwrap();
        let taken = port(&first);
        assert!(Listener::bind(&host(taken..=taken)).is_err());
        let next = Listener::bind(&host(taken..=u16::MAX)).unwrap();
        assert!(port(&next) > taken);
        let (client, server) =
            tokio::join!(tokio::net::TcpStream::connect(("127.0.0.1", port(&next))), next.accept());
        assert_eq!(client.unwrap().peer_addr().unwrap(), server.unwrap().local_addr().unwrap());
    }
}
