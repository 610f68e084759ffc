//! The matrix of components, as the data source and the functions show it. None of them asks Azure.

mod data_source;
mod functions;
