mod actions;
mod basis;
mod laws;
mod references;
mod speed;
