//! The services that go-plugin expects beside the provider's own: controller, broker, stdio and health.
//!
//! Their long streams end when the process stops, or the host would wait for them. This module must not know
//! Terraform.

use std::sync::Arc;

use bytes::Bytes;
use tokio::sync::{Mutex, mpsc};
use tokio_stream::wrappers::ReceiverStream;
use tonic::codegen::BoxStream;
use tonic::{Request, Response, Status, Streaming};

use crate::shutdown::Stop;
use crate::wire::health::health_check_response::ServingStatus;
use crate::wire::health::health_server::Health;
use crate::wire::health::{HealthCheckRequest, HealthCheckResponse};
use crate::wire::plugin::grpc_broker_server::GrpcBroker;
use crate::wire::plugin::grpc_controller_server::GrpcController;
use crate::wire::plugin::grpc_stdio_server::GrpcStdio;
use crate::wire::plugin::{ConnInfo, Empty, StdioData, stdio_data::Channel};

/// The names under which the health service reports: go-plugin's and the whole server's.
/// <https://github.com/hashicorp/go-plugin/blob/v1.6.0/grpc_server.go>
const HEALTH_NAMES: [&str; 2] = ["plugin", ""];

/// Ends the process when the host asks for it.
#[derive(Debug)]
pub(crate) struct Controller {
    pub(crate) stop: Stop,
}

#[tonic::async_trait]
impl GrpcController for Controller {
    async fn shutdown(&self, _request: Request<Empty>) -> Result<Response<Empty>, Status> {
        self.stop.request("the host asked for it");
        Ok(Response::new(Empty {}))
    }
}

/// Keeps the host's stream of offered listeners open, and offers none.
#[derive(Debug)]
pub(crate) struct Broker {
    pub(crate) stop: Stop,
}

#[tonic::async_trait]
impl GrpcBroker for Broker {
    async fn start_stream(
        &self,
        request: Request<Streaming<ConnInfo>>,
    ) -> Result<Response<BoxStream<ConnInfo>>, Status> {
        let mut offers = request.into_inner();
        let answers = answer_until_stop(&self.stop, |answers| async move {
            while let Ok(Some(_)) = offers.message().await {}
            drop(answers);
        });
        Ok(Response::new(answers))
    }
}

/// Hands the host what this process printed on its standard output.
#[derive(Debug)]
pub(crate) struct Stdio {
    pub(crate) stop: Stop,
    /// Shared by all streams: the first one reads, the next takes over when that one has gone.
    pub(crate) printed: Arc<Mutex<mpsc::Receiver<Bytes>>>,
}

#[tonic::async_trait]
impl GrpcStdio for Stdio {
    async fn stream_stdio(&self, _request: Request<()>) -> Result<Response<BoxStream<StdioData>>, Status> {
        let printed = Arc::clone(&self.printed);
        let answers = answer_until_stop(&self.stop, |answers| async move {
            let mut printed = printed.lock().await;
            while let Some(data) = printed.recv().await {
                let chunk = StdioData { channel: Channel::Stdout.into(), data: data.into() };
                if answers.send(Ok(chunk)).await.is_err() {
                    return;
                }
            }
            // Nothing will ever be printed, but a closed stream would be logged by the host as a fault.
            std::future::pending::<()>().await;
        });
        Ok(Response::new(answers))
    }
}

/// Says that the plugin serves, for as long as it can say anything.
#[derive(Debug)]
pub(crate) struct Healthy {
    pub(crate) stop: Stop,
}

#[tonic::async_trait]
impl Health for Healthy {
    async fn check(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<HealthCheckResponse>, Status> {
        match request.into_inner().service.as_str() {
            name if HEALTH_NAMES.contains(&name) => Ok(Response::new(serving(ServingStatus::Serving))),
            name => Err(Status::not_found(format!("there is no service {name:?}"))),
        }
    }

    async fn watch(
        &self,
        request: Request<HealthCheckRequest>,
    ) -> Result<Response<BoxStream<HealthCheckResponse>>, Status> {
        let known = HEALTH_NAMES.contains(&request.into_inner().service.as_str());
        let status = if known { ServingStatus::Serving } else { ServingStatus::ServiceUnknown };
        let answers = answer_until_stop(&self.stop, |answers| async move {
            if answers.send(Ok(serving(status))).await.is_ok() {
                std::future::pending::<()>().await;
            }
        });
        Ok(Response::new(answers))
    }
}

fn serving(status: ServingStatus) -> HealthCheckResponse {
    HealthCheckResponse { status: status.into() }
}

/// A stream of what `feed` sends; it ends with `feed`, with the peer, or with the process.
fn answer_until_stop<T, F>(
    stop: &Stop,
    feed: impl FnOnce(mpsc::Sender<Result<T, Status>>) -> F,
) -> BoxStream<T>
where
    T: Send + 'static,
    F: Future<Output = ()> + Send + 'static,
{
    let (sender, receiver) = mpsc::channel(1);
    let stop = stop.clone();
    let feeding = feed(sender.clone());
    tokio::spawn(async move {
        // In this order, so that a peer that has gone takes nothing that the next one could have.
        tokio::select! {
            biased;
            () = stop.requested() => {}
            () = sender.closed() => {}
            () = feeding => {}
        }
    });
    Box::pin(ReceiverStream::new(receiver))
}

#[cfg(test)]
mod tests {
    use tokio_stream::StreamExt as _;

    use super::*;

    #[tokio::test]
    async fn the_next_reader_takes_over_and_all_end_with_the_process() {
        let (print, printed) = mpsc::channel(1);
        let stop = Stop::default();
        let stdio = Stdio { stop: stop.clone(), printed: Arc::new(Mutex::new(printed)) };
        let open = async || stdio.stream_stdio(Request::new(())).await.unwrap().into_inner();
        let (mut first, mut second) = (open().await, open().await);
        print.send(Bytes::from("one")).await.unwrap();
        assert_eq!(first.next().await.unwrap().unwrap().data, b"one");
        drop(first);
        print.send(Bytes::from("two")).await.unwrap();
        assert_eq!(second.next().await.unwrap().unwrap().data, b"two");
        stop.request("the test ends");
        assert!(second.next().await.is_none());
    }
}
