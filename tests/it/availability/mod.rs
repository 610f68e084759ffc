//! The matrix of components, as the data source, the functions and the command show it. None of them asks Azure.

mod command;
mod data_source;
mod functions;
