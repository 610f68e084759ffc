//! From accepted sockets to connections that gRPC may use: the TLS handshake, and a count of who is there.
//!
//! Each handshake runs in a task of its own with a time limit, so a peer that connects and says nothing
//! blocks nobody. This module must not know what is spoken on a connection.

use std::convert::Infallible;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::mpsc;
use tokio_rustls::TlsAcceptor;
use tonic::transport::server::Connected;

use crate::listen::{Listener, Socket};
use crate::live::{LiveCount, Presence};

/// How long a peer may take for its TLS handshake.
const HANDSHAKE_LIMIT: Duration = Duration::from_secs(10);

/// How long to wait when the operating system gives no connection, for example for lack of open files.
const ACCEPT_RETRY_DELAY: Duration = Duration::from_millis(100);

/// Accepts connections for ever and sends those that may speak to `connections`.
pub(crate) async fn accept(
    listener: &Listener,
    tls: Option<&TlsAcceptor>,
    live: &LiveCount,
    connections: &mpsc::Sender<Connection>,
) -> Infallible {
    loop {
        match listener.accept().await {
            Ok(socket) => {
                tokio::spawn(admit(socket, tls.cloned(), live.clone(), connections.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "accepting a connection failed");
                tokio::time::sleep(ACCEPT_RETRY_DELAY).await;
            }
        }
    }
}

/// Lets one peer in, or logs why not.
async fn admit(
    socket: Socket,
    tls: Option<TlsAcceptor>,
    live: LiveCount,
    connections: mpsc::Sender<Connection>,
) {
    let stream: Pin<Box<dyn Stream>> = match tls {
        None => Box::pin(socket),
        Some(tls) => match tokio::time::timeout(HANDSHAKE_LIMIT, tls.accept(socket)).await {
            Ok(Ok(stream)) => Box::pin(stream),
            Ok(Err(error)) => return tracing::warn!(%error, "a peer was refused"),
            Err(_) => return tracing::warn!(limit = ?HANDSHAKE_LIMIT, "a peer was silent"),
        },
    };
    // Fails only if the server has stopped, and then dropping the connection is right.
    drop(connections.send(Connection { stream, _presence: live.enter() }).await);
}

/// What a connection is made of: a socket, with TLS around it or without.
trait Stream: AsyncRead + AsyncWrite + Send {}

impl<T: AsyncRead + AsyncWrite + Send> Stream for T {}

/// A peer that was let in; counted as present until it is dropped.
pub(crate) struct Connection {
    stream: Pin<Box<dyn Stream>>,
    _presence: Presence,
}

impl Connected for Connection {
    type ConnectInfo = ();

    fn connect_info(&self) -> Self::ConnectInfo {}
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_read(cx, buf)
    }
}

impl AsyncWrite for Connection {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write(cx, buf)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        self.stream.as_mut().poll_write_vectored(cx, bufs)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream.as_mut().poll_shutdown(cx)
    }
}
