mod cases;
mod pattern;
