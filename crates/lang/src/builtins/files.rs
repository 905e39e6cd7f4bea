//! Functions that read the files of the workspace.

use super::builtin::{Builtin, BuiltinCall, UnknownPolicy, define};
use super::glob;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use gpb_base::archive::{self, ArchiveEntry};
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::hex::hex;
use gpb_base::source::{FileContent, UnreadableFile};
use gpb_model::ty::Type;
use gpb_model::value::Value;
use sha2::{Digest as _, Sha256};
use std::sync::Arc;

/// The largest file that is read as a text, in bytes.
const MAX_FILE: usize = 1 << 20;
/// The most files of an archive.
const MAX_FILES: usize = 2_000;
/// The largest archive, in bytes: in base 64 it is still a text.
const MAX_ARCHIVE: usize = 3_000_000;

pub(super) fn table() -> Vec<Builtin> {
    use UnknownPolicy::Refused;
    let path = || [("path", Type::String)];
    vec![
        define(
            "file",
            &path(),
            Type::String,
            Refused,
            |call| Ok(call.as_text(text_of_file(call)?.1)),
            "The text of a file, whose path is relative to the file that calls.",
        ),
        define(
            "file_base64",
            &path(),
            Type::String,
            Refused,
            |call| Ok(call.as_text(STANDARD.encode(&read(call, MAX_FILE)?.bytes))),
            "The bytes of a file in base 64.",
        ),
        define(
            "template",
            &[("path", Type::String), ("vars", Type::map(Type::Any))],
            Type::String,
            UnknownPolicy::Parts,
            |call| Err(call.cannot(0, "a file that is there before apply")),
            "The text of a file with values put in: its `${…}` see the names of `vars`.",
        ),
        define(
            "archive",
            &[("folder", Type::String), ("exclude", Type::list(Type::String).optional())],
            Type::String,
            Refused,
            zipped,
            "A zip archive of the files of a folder, for the code of a function.",
        ),
    ]
}

/// Returns the name of the file that the first argument names, and its text.
pub(super) fn text_of_file(call: &BuiltinCall) -> Result<(String, Arc<str>), Diagnostic> {
    let FileContent { path, bytes } = read(call, MAX_FILE)?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => Ok((path, text.strip_prefix('\u{FEFF}').unwrap_or(text).into())),
        Err(error) => {
            let at = error.valid_up_to();
            let why = format!("it is not UTF-8 text: the byte at offset {at} belongs to no character");
            Err(unreadable(call, &UnreadableFile::new(why)).help("`file_base64(path)` gives the bytes of any file"))
        }
    }
}

fn read(call: &BuiltinCall, most: usize) -> Result<FileContent, Diagnostic> {
    let read = match call.cx.files {
        Some(files) => files.read(call.text(0), most),
        None => Err(UnreadableFile::new("facts read no files")),
    };
    read.map_err(|why| unreadable(call, &why))
}

/// Returns the diagnostic for a file or a folder that cannot be read.
fn unreadable(call: &BuiltinCall, why: &UnreadableFile) -> Diagnostic {
    let path = call.text(0);
    if why.is_outside {
        return Diagnostic::error("GPB1220", format!("`{path}` is not read: {}", why.why))
            .with_label(call.arg_span(0), "not inside the workspace")
            .help("the path is relative to the file that calls, and stays below the folder that holds `.git` or `gpb.lock`");
    }
    let diagnostic = Diagnostic::error("GPB1219", format!("cannot read `{path}`: {}", why.why))
        .with_label(call.arg_span(0), "read here");
    let (folder, name) = path.rsplit_once('/').map_or(("", path), |(folder, name)| (folder, name));
    match nearest(name, why.beside.iter().map(String::as_str)) {
        Some(near) => {
            let near = if folder.is_empty() { near.to_owned() } else { format!("{folder}/{near}") };
            diagnostic.help(format!("did you mean `{near}`?"))
        }
        None => diagnostic.help("the path is relative to the file that calls"),
    }
}

fn zipped(call: &BuiltinCall) -> Result<Value, Diagnostic> {
    let Some(files) = call.cx.files else {
        return Err(unreadable(call, &UnreadableFile::new("facts read no files")));
    };
    let refuse = |why: String| unreadable(call, &UnreadableFile::new(why));
    let listed = files.list(call.text(0), MAX_FILES).map_err(|why| unreadable(call, &why))?;
    let excluded: Vec<&str> = call.list(1).iter().filter_map(Value::as_text).map(|text| &**text).collect();
    // Of other tools these mean something, and here they would leave nothing out.
    if let Some(other) = excluded.iter().find(|one| one.contains("**") || one.contains(['!', '?', '['])) {
        let message = format!("the pattern `{other}` means nothing here: `*` is the only sign");
        return Err(call.outside(1, message).help("a pattern without `/`, `*.pyc`, is about names at any depth"));
    }
    let kept: Vec<_> = listed.iter().filter(|file| !excluded.iter().any(|one| glob::covers(one, &file.name))).collect();
    if kept.is_empty() {
        return Err(refuse("no file is left for the archive".to_owned()));
    }
    let too_large = || {
        refuse(format!("its files have more than {MAX_ARCHIVE} bytes"))
            .help("leave files out with `exclude`, or put the archive into a bucket")
    };
    let mut contents = Vec::with_capacity(kept.len());
    let folder = match call.text(0).trim_end_matches('/') {
        "" => ".",
        folder => folder,
    };
    let mut size = 0;
    for file in &kept {
        let content = files.read(&format!("{folder}/{}", file.name), MAX_ARCHIVE);
        let content = content.map_err(|why| refuse(format!("`{}`: {}", file.name, why.why)))?;
        size += content.bytes.len();
        if size > MAX_ARCHIVE {
            return Err(too_large());
        }
        contents.push(content.bytes);
    }
    let entries = kept.iter().zip(&contents);
    let entries =
        entries.map(|(file, content)| ArchiveEntry { name: &file.name, content, executable: file.executable });
    let bytes = archive::zip(&entries.collect::<Vec<_>>()).filter(|bytes| bytes.len() <= MAX_ARCHIVE);
    let bytes = bytes.ok_or_else(too_large)?;
    let hash = hex(Sha256::digest(&bytes));
    Ok(call.as_text(archive::to_text(&hash, &STANDARD.encode(&bytes))))
}
