//! Azure Resource Manager over HTTP.
