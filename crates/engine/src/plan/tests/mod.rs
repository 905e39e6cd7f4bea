mod actions;
mod basis;
mod drift;
mod laws;
mod lifecycle;
mod order;
mod references;
mod speed;
