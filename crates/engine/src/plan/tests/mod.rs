mod actions;
mod basis;
mod laws;
mod lifecycle;
mod order;
mod references;
mod speed;
