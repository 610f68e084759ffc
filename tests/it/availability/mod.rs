//! The matrix of components, as the data source shows it. It does not ask Azure.

mod data_source;
