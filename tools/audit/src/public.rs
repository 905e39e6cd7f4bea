//! Lists the public items of a file: whatever is written `pub`, and the parts of public enums and traits.

use crate::source::{RustFile, doc_lines, is_hidden};
use syn::{Attribute, Field, Fields, Ident, ImplItem, Item, TraitItem, Type, Visibility};

/// Describes one public item.
pub struct PublicItem<'a> {
    /// The kind, such as `field`.
    pub kind: &'static str,
    /// The name with that of its owner, such as `Policy.cooldown`.
    pub name: String,
    /// The line of the name in its file, by number from 1.
    pub line: usize,
    /// The attributes, with the doc comment.
    pub attributes: &'a [Attribute],
    /// The type of a field.
    pub ty: Option<&'a Type>,
    /// Marks a module in a file of its own, whose doc comment may stand there.
    pub in_own_file: bool,
}

impl PublicItem<'_> {
    /// Returns the lines of the doc comment at the item itself.
    pub fn docs(&self) -> Vec<String> {
        doc_lines(self.attributes)
    }

    /// Checks that the item asks for no documentation: `#[doc(hidden)]`.
    pub fn is_hidden(&self) -> bool {
        is_hidden(self.attributes)
    }
}

/// Returns the public items of a file in the order of the text.
pub fn public_items(file: &RustFile) -> Vec<PublicItem<'_>> {
    let mut found = Vec::new();
    for item in &file.syntax.items {
        collect(item, &mut found);
    }
    found
}

fn collect<'a>(item: &'a Item, found: &mut Vec<PublicItem<'a>>) {
    match item {
        Item::Fn(item) => push(found, "fn", &item.vis, &item.sig.ident, &item.attrs),
        Item::Const(item) => push(found, "const", &item.vis, &item.ident, &item.attrs),
        Item::Static(item) => push(found, "static", &item.vis, &item.ident, &item.attrs),
        Item::Type(item) => push(found, "type", &item.vis, &item.ident, &item.attrs),
        Item::Union(item) => push(found, "union", &item.vis, &item.ident, &item.attrs),
        Item::Struct(item) => {
            push(found, "struct", &item.vis, &item.ident, &item.attrs);
            let public = item.fields.iter().filter(|field| is_public(&field.vis));
            fields(found, &item.ident.to_string(), public);
        }
        Item::Enum(item) => collect_enum(item, found),
        Item::Trait(item) => collect_trait(item, found),
        Item::Impl(item) => collect_impl(item, found),
        Item::Mod(item) => {
            push(found, "mod", &item.vis, &item.ident, &item.attrs);
            match (&item.content, found.last_mut()) {
                (Some((_, inner)), _) => inner.iter().for_each(|inner| collect(inner, found)),
                (None, Some(last)) if is_public(&item.vis) => last.in_own_file = true,
                _ => {}
            }
        }
        _ => {}
    }
}

fn collect_enum<'a>(item: &'a syn::ItemEnum, found: &mut Vec<PublicItem<'a>>) {
    push(found, "enum", &item.vis, &item.ident, &item.attrs);
    if !is_public(&item.vis) {
        return;
    }
    for variant in &item.variants {
        found.push(part("variant", &item.ident, &variant.ident, &variant.attrs));
        if let Fields::Named(named) = &variant.fields {
            fields(found, &format!("{}::{}", item.ident, variant.ident), named.named.iter());
        }
    }
}

fn collect_trait<'a>(item: &'a syn::ItemTrait, found: &mut Vec<PublicItem<'a>>) {
    push(found, "trait", &item.vis, &item.ident, &item.attrs);
    if !is_public(&item.vis) {
        return;
    }
    for inner in &item.items {
        match inner {
            TraitItem::Fn(inner) => found.push(part("trait fn", &item.ident, &inner.sig.ident, &inner.attrs)),
            TraitItem::Const(inner) => found.push(part("trait const", &item.ident, &inner.ident, &inner.attrs)),
            TraitItem::Type(inner) => found.push(part("trait type", &item.ident, &inner.ident, &inner.attrs)),
            _ => {}
        }
    }
}

fn collect_impl<'a>(item: &'a syn::ItemImpl, found: &mut Vec<PublicItem<'a>>) {
    if item.trait_.is_some() {
        return;
    }
    let owner = match item.self_ty.as_ref() {
        Type::Path(path) => path.path.segments.last().map(|segment| &segment.ident),
        _ => None,
    };
    let Some(owner) = owner else { return };
    for inner in &item.items {
        match inner {
            ImplItem::Fn(inner) if is_public(&inner.vis) => {
                found.push(part("method", owner, &inner.sig.ident, &inner.attrs));
            }
            ImplItem::Const(inner) if is_public(&inner.vis) => {
                found.push(part("const", owner, &inner.ident, &inner.attrs));
            }
            _ => {}
        }
    }
}

/// Adds named fields; a positional field is documented by its owner.
fn fields<'a>(found: &mut Vec<PublicItem<'a>>, owner: &str, fields: impl Iterator<Item = &'a Field>) {
    for field in fields {
        let Some(ident) = &field.ident else { continue };
        found.push(PublicItem {
            kind: "field",
            name: format!("{owner}.{ident}"),
            line: ident.span().start().line,
            attributes: &field.attrs,
            ty: Some(&field.ty),
            in_own_file: false,
        });
    }
}

fn push<'a>(
    found: &mut Vec<PublicItem<'a>>,
    kind: &'static str,
    visibility: &Visibility,
    ident: &Ident,
    attributes: &'a [Attribute],
) {
    if is_public(visibility) {
        let line = ident.span().start().line;
        found.push(PublicItem { kind, name: ident.to_string(), line, attributes, ty: None, in_own_file: false });
    }
}

fn part<'a>(kind: &'static str, owner: &Ident, ident: &Ident, attributes: &'a [Attribute]) -> PublicItem<'a> {
    let line = ident.span().start().line;
    PublicItem { kind, name: format!("{owner}::{ident}"), line, attributes, ty: None, in_own_file: false }
}

fn is_public(visibility: &Visibility) -> bool {
    matches!(visibility, Visibility::Public(_))
}
