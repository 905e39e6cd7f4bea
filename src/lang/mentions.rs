//! Which files of the standard library a text needs, found without parsing either.

use super::names::Kind;
use crate::stdlib::Library;
use foldhash::HashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// What each file of the standard library defines, seen without parsing it.
pub struct Index<'l> {
    pub files: Vec<(&'l str, &'l Arc<str>)>,
    /// By the name of an item, or of a type that there are facts about.
    definers: HashMap<&'l [u8], Vec<usize>>,
    /// The bytes that those begin with: nearly every word of a long text begins with another.
    begins: [bool; 256],
    pub items: Vec<(Kind, String)>,
}

impl<'l> Index<'l> {
    pub fn of(library: &'l Library) -> Self {
        let all = library.below("", ".gpb");
        let files = all.filter(|(path, _)| !path.starts_with("aws/") && !path.starts_with("catalog/")).collect();
        let mut index = Index { files, definers: HashMap::default(), begins: [false; 256], items: Vec::new() };
        for (file, (_, text)) in index.files.iter().enumerate() {
            for name in known_types(text) {
                index.definers.entry(name.as_bytes()).or_default().push(file);
            }
            for (kind, name) in items_of(text) {
                index.definers.entry(name.as_bytes()).or_default().push(file);
                index.items.push((kind, name.to_owned()));
            }
        }
        for first in index.definers.keys().filter_map(|name| name.first().copied()) {
            index.begins[usize::from(first)] = true;
        }
        index
    }

    /// The files that define something a text mentions. A mention is any word of the text, so this may be too much and is
    /// never too little; it is what keeps start-up independent of the library's size.
    pub fn mentioned(&self, text: &str) -> BTreeSet<usize> {
        let mut found = BTreeSet::new();
        let words = text.as_bytes().split(|byte| !WORD[usize::from(*byte)]);
        for word in words.filter(|word| word.first().is_some_and(|first| self.begins[usize::from(*first)])) {
            found.extend(self.definers.get(word).into_iter().flatten().copied());
        }
        for ty in types_in(text) {
            found.extend(self.definers.get(ty.as_bytes()).into_iter().flatten().copied());
        }
        found
    }
}

/// The names of the items of a library file, seen without parsing it: its items start at the margin.
pub fn defined(text: &str) -> impl Iterator<Item = &str> {
    items_of(text).map(|(_, name)| name)
}

fn items_of(text: &str) -> impl Iterator<Item = (Kind, &str)> {
    text.lines().filter_map(|line| {
        let (keyword, rest) = line.split_once(' ')?;
        let kind = match keyword {
            "component" => Kind::Component,
            "fn" => Kind::Fn,
            "type" => Kind::Type,
            "const" => Kind::Const,
            _ => return None,
        };
        let end = rest.find(|c: char| !is_word(c)).unwrap_or(rest.len());
        rest.get(..end).filter(|name| !name.is_empty()).map(|name| (kind, name))
    })
}

/// The resource types that a library file has facts about.
fn known_types(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| {
        let rest = line.strip_prefix("facts ")?;
        let end = rest.find(|c: char| !is_word(c) && c != '.')?;
        rest.get(..end)
    })
}

/// The resource types a text mentions.
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
