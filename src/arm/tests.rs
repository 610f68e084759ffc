//! Behaviour of the client as a whole, told as scripts of answers. The clock is tokio's, paused.
mod operations;
mod retries;
mod sign_in;
mod sockets;
mod stages;
