//! Nothing: the test of this package compiles the core with mistakes in its declarations.
