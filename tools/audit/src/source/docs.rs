//! Doc comments and other attributes of an item.

use syn::{Attribute, Expr, ExprLit, Item, Lit, Meta};

/// Returns the lines of a doc comment, outer and inner, without the space behind the slashes.
///
/// A doc that is a macro, such as `#[doc = include_str!("…")]`, is one line that cannot be read here: its text is `…`.
pub fn doc_lines(attributes: &[Attribute]) -> Vec<String> {
    let docs = attributes.iter().filter(|attribute| attribute.path().is_ident("doc"));
    docs.filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(pair) => Some(&pair.value),
        _ => None,
    })
    .flat_map(|value| match value {
        Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => {
            text.value().lines().map(|line| line.strip_prefix(' ').unwrap_or(line).to_string()).collect()
        }
        _ => vec!["…".to_string()],
    })
    .collect()
}

/// Checks that an item is left out of the documentation by `#[doc(hidden)]`.
pub fn is_hidden(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("doc") && list.tokens.to_string() == "hidden",
        _ => false,
    })
}

/// Returns the attributes of an item of any kind.
pub fn item_attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::ExternCrate(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::ForeignMod(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::TraitAlias(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Union(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::{doc_lines, is_hidden};

    #[test]
    fn inner_and_outer_docs_are_lines() {
        let item: syn::ItemMod = syn::parse_str("/// One.\n/// Two.\nmod m { //! Three.\n }").unwrap();
        assert_eq!(doc_lines(&item.attrs), ["One.", "Two.", "Three."]);
    }

    #[test]
    fn hidden_is_no_doc() {
        let item: syn::ItemFn = syn::parse_str("#[doc(hidden)] fn f() {}").unwrap();
        assert!(is_hidden(&item.attrs));
        assert!(doc_lines(&item.attrs).is_empty());
    }
}
