//! Real clients: their credentials, and their calls of emulators.

mod credentials;
mod emulator;
