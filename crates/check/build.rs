//! Packs the price book.
#![allow(clippy::disallowed_methods)] // A build script is there to read and write files.

#[path = "../../build/files.rs"]
mod files;

use files::files;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").unwrap_or_default());
    let out = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    pack_prices(&root.join("../../stdlib/prices"), &out)
}

/// Packs the price book into one blob of tables.
///
/// Each is compressed by itself, so that pricing one service reads one.
fn pack_prices(folder: &Path, out: &Path) -> io::Result<()> {
    let mut blob = Vec::new();
    let mut index = String::from("pub(super) static PACKED: &[PackedTable] = &[\n");
    for file in files(folder, &["csv"])? {
        let service = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let text = fs::read(&file)?;
        let (start, size) = (blob.len(), text.len());
        blob.extend(lz4_flex::block::compress(&text));
        let end = blob.len();
        let _ = writeln!(index, "PackedTable {{ service: {service:?}, start: {start}, end: {end}, size: {size} }},");
    }
    index.push_str("];\n");
    fs::write(out.join("prices.bin"), blob)?;
    fs::write(out.join("prices.rs"), index)
}
