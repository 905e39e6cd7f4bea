//! The index of the standard library: finds the files a text needs without parsing either, and parses each file once.

use super::names::ItemKind;
use super::policy_items;
use foldhash::HashMap;
use gpb_base::diag::Diagnostic;
use gpb_base::source::SourceMap;
use gpb_base::stdlib::Library;
use gpb_syntax::ast::Module;
use gpb_syntax::parse_all;
use std::collections::BTreeSet;
use std::sync::{Arc, OnceLock};

/// Holds what each file of the standard library defines, seen without parsing it.
#[derive(Debug)]
pub struct LibraryIndex {
    /// By path. A file's number here is its number in every [`SourceMap`], so its tree serves every compilation.
    pub files: Vec<LibraryFile>,
    /// By the name of an item, or of a type that there are facts about.
    definers: HashMap<Box<[u8]>, Vec<Definer>>,
    /// The lengths of those that begin with a byte, a bit each, the last bit for all that are longer: nearly every word of a
    /// long text has another length or begins with another byte.
    lengths: [u64; 256],
    /// The names of all items that programs see.
    pub items: Arc<[(ItemKind, String)]>,
}

/// A file that defines a name.
#[derive(Debug, Clone, Copy)]
struct Definer {
    /// The number of the file.
    file: usize,
    /// The name is a component's.
    is_component: bool,
    /// Programs see the item, and not only other files of the library.
    is_public: bool,
}

/// A file of the standard library.
#[derive(Debug)]
pub struct LibraryFile {
    /// The path below the library: `data/aurora.gpb`.
    pub path: String,
    /// The text.
    pub text: Arc<str>,
    /// It defines a component: nothing else of the library may use components.
    has_components: bool,
    /// The files it mentions, once asked for.
    mentions: OnceLock<BTreeSet<usize>>,
    read: OnceLock<ParsedFile>,
}

/// The tree of a file.
#[derive(Debug)]
pub struct ParsedFile {
    /// The tree.
    pub module: Arc<Module>,
    /// The diagnostics of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl LibraryIndex {
    /// Indexes a library; nothing is parsed.
    pub fn new(library: &Library) -> Self {
        let all = library.below("", ".gpb");
        let files = all.filter(|(path, _)| !path.starts_with("aws/") && !path.starts_with("catalog/"));
        let files: Vec<LibraryFile> = files.map(|(path, text)| LibraryFile::new(path, text)).collect();
        let mut definers: HashMap<Box<[u8]>, Vec<Definer>> = HashMap::default();
        let mut lengths = [0; 256];
        let mut items = Vec::new();
        for (number, file) in files.iter().enumerate() {
            let mut define = |name: &str, is_component: bool, is_public: bool| {
                if let Some(first) = name.as_bytes().first() {
                    lengths[usize::from(*first)] |= length_bit(name.as_bytes());
                }
                let definer = Definer { file: number, is_component, is_public };
                match definers.get_mut(name.as_bytes()) {
                    Some(known) => known.push(definer),
                    None => drop(definers.insert(name.as_bytes().into(), vec![definer])),
                }
            };
            // What only an environment can ask for, no mention reads.
            let is_pack = file.path.starts_with(policy_items::FOLDER);
            known_types(&file.text).for_each(|name| define(name, false, true));
            for ItemHead { kind, name, is_public } in items_of(&file.text) {
                if !is_pack {
                    define(name, kind == ItemKind::Component, is_public);
                }
                if is_public || kind == ItemKind::Policy {
                    items.push((kind, name.to_owned()));
                }
            }
        }
        Self { files, definers, lengths, items: items.into() }
    }

    /// Returns the files that define something a text of the program mentions.
    ///
    /// A mention is any word that is no member of something, so this may be too much and is never too little; it is what
    /// keeps start-up independent of the library's size.
    pub fn files_mentioned(&self, text: &str) -> BTreeSet<usize> {
        self.mentions(text, |one| one.is_public)
    }

    fn mentions(&self, text: &str, is_seen: impl Fn(&Definer) -> bool) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let mut mention = |name: &[u8]| {
            let definers = self.definers.get(name).into_iter().flatten();
            found.extend(definers.filter(|one| is_seen(one)).map(|one| one.file));
        };
        let mut rest = text.as_bytes();
        // Every byte of the text passes here, so it is looked at once, and hashed only where a name may begin.
        while let Some(start) = rest.iter().position(|byte| WORD[usize::from(*byte)]) {
            let (before, word) = rest.split_at(start);
            let end = word.iter().position(|byte| !WORD[usize::from(*byte)]).unwrap_or(word.len());
            let (word, after) = word.split_at(end);
            if word.first().is_some_and(|first| self.lengths[usize::from(*first)] & length_bit(word) != 0)
                && !is_member(before)
            {
                mention(word);
            }
            rest = after;
        }
        types_in(text).for_each(|ty| mention(ty.as_bytes()));
        found
    }

    /// Returns the files with facts about some types, and all that they mention in their turn.
    pub fn files_about<'t>(&self, types: impl IntoIterator<Item = &'t str>) -> BTreeSet<usize> {
        let definers = types.into_iter().filter_map(|ty| self.definers.get(ty.as_bytes()));
        let mut needed = definers.flatten().map(|one| one.file).collect();
        self.add_dependencies(&mut needed);
        needed
    }

    /// Returns the packs of policies, each with the number of its file.
    pub fn packs(&self) -> impl Iterator<Item = (&str, usize)> {
        self.files.iter().enumerate().filter_map(|(number, file)| {
            Some((file.path.strip_prefix(policy_items::FOLDER)?.strip_suffix(".gpb")?, number))
        })
    }

    /// Adds to some files all that they mention in their turn.
    pub fn add_dependencies(&self, needed: &mut BTreeSet<usize>) {
        let mut pending: Vec<usize> = needed.iter().copied().collect();
        while let Some(file) = pending.pop().and_then(|number| self.files.get(number)) {
            let mentions =
                file.mentions.get_or_init(|| self.mentions(&file.text, |one| file.has_components || !one.is_component));
            pending.extend(mentions.iter().copied().filter(|number| needed.insert(*number)));
        }
    }

    /// Returns the trees of some files, parsing those that were not needed so far.
    pub fn read(&self, needed: &BTreeSet<usize>) -> Vec<(usize, &LibraryFile, &ParsedFile)> {
        let wanted = || needed.iter().filter_map(|number| Some((*number, self.files.get(*number)?)));
        let new: Vec<_> = wanted().filter(|(_, file)| file.read.get().is_none()).collect();
        let texts: Vec<_> = new.iter().map(|(number, file)| (SourceMap::of_library(*number), &*file.text)).collect();
        for ((_, file), parsed) in new.iter().zip(parse_all(&texts)) {
            // Another thread that was faster has read the same.
            let _ = file.read.set(ParsedFile { module: parsed.module.into(), diagnostics: parsed.diagnostics });
        }
        wanted().filter_map(|(number, file)| Some((number, file, file.read.get()?))).collect()
    }
}

impl Default for LibraryIndex {
    fn default() -> Self {
        Self::new(&Library::default())
    }
}

impl LibraryFile {
    fn new(path: &str, text: &Arc<str>) -> Self {
        let has_components = items_of(text).any(|item| item.kind == ItemKind::Component);
        let (mentions, read) = (OnceLock::new(), OnceLock::new());
        Self { path: path.to_owned(), text: text.clone(), has_components, mentions, read }
    }
}

/// Returns the names of the items of a library file, seen without parsing it: its items start at the margin.
pub fn defined(text: &str) -> impl Iterator<Item = &str> {
    items_of(text).map(|item| item.name)
}

/// The head of an item of a library file.
struct ItemHead<'t> {
    kind: ItemKind,
    name: &'t str,
    is_public: bool,
}

fn items_of(text: &str) -> impl Iterator<Item = ItemHead<'_>> {
    text.lines().filter_map(|line| {
        let (is_public, line) = line.strip_prefix("pub ").map_or((false, line), |line| (true, line));
        let (keyword, rest) = line.split_once(' ')?;
        let kind = match keyword {
            "component" => ItemKind::Component,
            "fn" => ItemKind::Fn,
            "type" => ItemKind::Type,
            "const" => ItemKind::Const,
            "policy" => ItemKind::Policy,
            _ => return None,
        };
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty()).map(|name| ItemHead { kind, name, is_public })
    })
}

/// Returns the resource types that a library file has facts about.
fn known_types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.strip_prefix("facts ")?;
        let end = rest.find(|c: char| !is_word(c) && c != '.')?;
        rest.get(..end)
    })
}

/// Returns the resource types a text mentions.
fn types_in(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("aws.").filter_map(|(at, _)| {
        let rest = text.get(at..)?;
        let end = rest.find(|c: char| !is_word(c) && c != '.').unwrap_or(rest.len());
        let dots = rest.get(..end)?.match_indices('.');
        // What comes after a third dot is a property.
        let end = dots.map(|(dot, _)| dot).nth(2).unwrap_or(end);
        rest.get(..end)
    })
}

/// Checks whether a word is a member of what stands before it, `aws.sqs.queue`: then it names no item.
///
/// Behind the two dots of a range any name may stand.
fn is_member(before: &[u8]) -> bool {
    matches!(before, [b'.'] | [.., b'?' | b')' | b']' | b'}', b'.'])
}

/// Returns the bit of a word's length.
fn length_bit(word: &[u8]) -> u64 {
    1 << word.len().min(63)
}

/// The bytes of words, which are looked at by the million.
static WORD: [bool; 256] = {
    let mut word = [false; 256];
    let mut byte = 0_u8;
    while byte.is_ascii() {
        word[byte as usize] = is_word(byte as char);
        byte += 1;
    }
    word
};

const fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_' || c == '-'
}
