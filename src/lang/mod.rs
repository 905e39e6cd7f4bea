//! The language: names, types, values, and what a program comes to.

pub mod builtins;
pub mod ops;
pub mod policy;
pub mod property;
pub mod ty;
pub mod unit;
pub mod value;
