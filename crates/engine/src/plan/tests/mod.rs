mod actions;
mod basis;
mod laws;
mod order;
mod references;
mod speed;
