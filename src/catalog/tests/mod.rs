mod data;
mod names;
