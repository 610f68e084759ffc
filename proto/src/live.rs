//! How much of something there is right now: connections, requests under way. Must not know what it counts.

use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use tokio::sync::watch;
use tonic::codegen::{BoxFuture, Service, http};
use tonic::server::NamedService;

/// A count that can be waited for; clones count together.
#[derive(Debug, Clone, Default)]
pub(crate) struct LiveCount(Arc<watch::Sender<usize>>);

impl LiveCount {
    /// Counts one more, until the answer is dropped.
    pub(crate) fn enter(&self) -> Presence {
        self.0.send_modify(|count| *count += 1);
        Presence(self.clone())
    }

    /// Waits until the count fulfils `condition`.
    pub(crate) async fn wait_for(&self, mut condition: impl FnMut(usize) -> bool) {
        // Cannot fail: the sender lives in `self`.
        drop(self.0.subscribe().wait_for(|count| condition(*count)).await);
    }

    /// Waits until there has been nothing for as long as `delay`.
    pub(crate) async fn nothing_for(&self, delay: Duration) {
        loop {
            self.wait_for(|count| count == 0).await;
            if tokio::time::timeout(delay, self.wait_for(|count| count > 0)).await.is_err() {
                return;
            }
        }
    }
}

/// One place in the count.
#[derive(Debug)]
pub(crate) struct Presence(LiveCount);

impl Drop for Presence {
    fn drop(&mut self) {
        self.0.0.send_modify(|count| *count -= 1);
    }
}

/// A gRPC service, and the count of the requests that it is answering.
#[derive(Debug, Clone)]
pub(crate) struct Counted<S> {
    pub(crate) service: S,
    pub(crate) under_way: LiveCount,
}

impl<S: NamedService> NamedService for Counted<S> {
    const NAME: &'static str = S::NAME;
}

impl<S, B> Service<http::Request<B>> for Counted<S>
where
    S: Service<http::Request<B>>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = S::Error;
    type Future = BoxFuture<Self::Response, Self::Error>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.service.poll_ready(context)
    }

    fn call(&mut self, request: http::Request<B>) -> Self::Future {
        let presence = self.under_way.enter();
        let answer = self.service.call(request);
        Box::pin(async move {
            let answer = answer.await;
            drop(presence);
            answer
        })
    }
}
