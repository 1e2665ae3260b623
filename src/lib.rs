//! gauss-sim
