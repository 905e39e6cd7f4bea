mod actions;
mod basis;
mod drift;
mod laws;
mod order;
mod references;
mod speed;
