mod actions;
mod answers;
mod basis;
mod laws;
mod lifecycle;
mod order;
mod references;
mod speed;
