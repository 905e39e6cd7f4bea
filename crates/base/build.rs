//! Embeds the pages behind the codes and the files of the standard library.
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
    fs::write(out.join("pages.rs"), pages(&root.join("src/diag/codes"))?)?;
    fs::write(out.join("stdlib.rs"), stdlib(&root.join("../../stdlib").canonicalize()?)?)
}

fn pages(folder: &Path) -> io::Result<String> {
    let mut text = String::from("static PAGES: &[CodePage] = &[\n");
    for file in files(folder, &["md"])? {
        let code = file.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(text, "CodePage {{ code: {code:?}, text: include_str!({:?}) }},", file.display().to_string());
    }
    text.push_str("];\n");
    Ok(text)
}

fn stdlib(folder: &Path) -> io::Result<String> {
    let mut text = String::from("static FILES: &[(&str, &str)] = &[\n");
    let mut carried = files(folder, &["gpb", "toml"])?;
    carried.extend(files(&folder.join("aws"), &["json"])?);
    carried.sort();
    for file in carried {
        let name = file.strip_prefix(folder).unwrap_or(&file).display().to_string();
        let _ = writeln!(text, "({name:?}, include_str!({:?})),", file.display().to_string());
    }
    text.push_str("];\n");
    Ok(text)
}
