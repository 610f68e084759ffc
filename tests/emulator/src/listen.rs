//! Sockets: accepts, speaks TLS and HTTP, and turns requests into [`Call`]s. Knows no rule.

use std::future::Future;
use std::net::TcpListener as StdListener;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use rustls::ServerConfig;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::sleep;
use tokio_rustls::TlsAcceptor;

use crate::Error;
use crate::exchange::Outcome;
use crate::message::{Answer, Call};

/// How long to wait after a failed accept.
const ACCEPT_PAUSE: Duration = Duration::from_millis(10);

/// Serves connections for ever, with TLS where a configuration is given; returns why that was impossible.
pub(crate) async fn serve<S, F>(listener: StdListener, tls: Option<Arc<ServerConfig>>, service: S) -> Error
where
    S: Fn(Call) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let listener = match TcpListener::from_std(listener) {
        Ok(listener) => listener,
        Err(error) => return Error::new("listen", error),
    };
    let acceptor = tls.map(TlsAcceptor::from);
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Either that connection is gone, or file descriptors ran out: then the pause lets others end.
            sleep(ACCEPT_PAUSE).await;
            continue;
        };
        let (acceptor, service) = (acceptor.clone(), service.clone());
        tokio::spawn(async move {
            stream.set_nodelay(true).ok();
            match acceptor {
                None => converse(stream, service).await,
                Some(acceptor) => match acceptor.accept(stream).await {
                    Ok(stream) => converse(stream, service).await,
                    Err(error) => crate::report(&format!("TLS handshake failed: {error}")),
                },
            }
        });
    }
}

async fn converse<I, S, F>(stream: I, service: S)
where
    I: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Fn(Call) -> F + Clone + Send + Sync + 'static,
    F: Future<Output = Outcome> + Send + 'static,
{
    let hang_up = Arc::new(Notify::new());
    let on_request = {
        let hang_up = Arc::clone(&hang_up);
        service_fn(move |request: Request<Incoming>| answer(request, service.clone(), Arc::clone(&hang_up)))
    };
    let builder = auto::Builder::new(TokioExecutor::new());
    tokio::select! {
        // A client that goes away ends here as an error: nothing to say.
        _ = builder.serve_connection(TokioIo::new(stream), on_request) => {}
        () = hang_up.notified() => {}
    }
}

async fn answer<S, F>(
    request: Request<Incoming>,
    service: S,
    hang_up: Arc<Notify>,
) -> Result<Response<Reply>, Broken>
where
    S: Fn(Call) -> F,
    F: Future<Output = Outcome> + Send + 'static,
{
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(|_| Broken)?.to_bytes();
    let target = head.uri.path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let call = Call::new(head.method, &target, head.headers, body);
    // Its own task: a client that hangs up in the middle does not undo a write, and neither does Azure.
    let outcome = tokio::spawn(service(call)).await.map_err(|_| Broken)?;
    match outcome {
        Outcome::Answer(answer) => respond(answer, None),
        Outcome::Truncated(answer, length) => respond(answer, Some(length)),
        // The whole connection ends, with HTTP/2 as well: an error here would only reset one stream.
        Outcome::Dropped => {
            hang_up.notify_one();
            std::future::pending().await
        }
    }
}

fn respond(answer: Answer, cut: Option<usize>) -> Result<Response<Reply>, Broken> {
    let mut response = Response::builder().status(answer.status);
    for (name, value) in answer.headers {
        response = response.header(name, value);
    }
    let announced = answer.body.len() as u64;
    let sent = answer.body.slice(..cut.unwrap_or(usize::MAX).min(answer.body.len()));
    response
        .body(Reply { announced, sent: Some(sent), cut: cut.is_some(), flushed: false })
        .map_err(|_| Broken)
}

/// A connection that ends without a whole answer.
#[derive(Debug)]
struct Broken;

impl std::fmt::Display for Broken {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("the connection ends here")
    }
}

impl std::error::Error for Broken {}

/// A body in one piece, or one that breaks off.
struct Reply {
    announced: u64,
    sent: Option<Bytes>,
    cut: bool,
    flushed: bool,
}

impl Body for Reply {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match self.sent.take() {
            Some(bytes) if !bytes.is_empty() => Poll::Ready(Some(Ok(Frame::data(bytes)))),
            // One pause, in which hyper sends what it has: an error at once would discard it.
            _ if self.cut && !self.flushed => {
                self.flushed = true;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            _ if self.cut => Poll::Ready(Some(Err(Broken))),
            _ => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        !self.cut && self.sent.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
