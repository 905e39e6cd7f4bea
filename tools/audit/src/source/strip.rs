//! Takes test code out of a syntax tree, so that no measurement sees it.

use super::cfg::is_test_only;
use super::docs::item_attributes;
use syn::visit_mut::{self, VisitMut};
use syn::{Attribute, ImplItem, Item, Stmt, TraitItem};

/// Removes items, methods and statements that exist only for tests.
pub fn strip(file: &mut syn::File, test_features: &[String]) {
    Stripper { test_features }.visit_file_mut(file);
}

struct Stripper<'a> {
    test_features: &'a [String],
}

impl Stripper<'_> {
    fn keeps(&self, attributes: &[Attribute]) -> bool {
        !is_test_only(attributes, self.test_features)
    }

    fn keeps_item(&self, item: &Item) -> bool {
        self.keeps(item_attributes(item))
    }
}

impl VisitMut for Stripper<'_> {
    fn visit_file_mut(&mut self, file: &mut syn::File) {
        file.items.retain(|item| self.keeps_item(item));
        visit_mut::visit_file_mut(self, file);
    }

    fn visit_item_mod_mut(&mut self, module: &mut syn::ItemMod) {
        if let Some((_, items)) = &mut module.content {
            items.retain(|item| self.keeps_item(item));
        }
        visit_mut::visit_item_mod_mut(self, module);
    }

    fn visit_item_impl_mut(&mut self, block: &mut syn::ItemImpl) {
        block.items.retain(|item| match item {
            ImplItem::Fn(item) => self.keeps(&item.attrs),
            ImplItem::Const(item) => self.keeps(&item.attrs),
            ImplItem::Type(item) => self.keeps(&item.attrs),
            _ => true,
        });
        visit_mut::visit_item_impl_mut(self, block);
    }

    fn visit_item_trait_mut(&mut self, block: &mut syn::ItemTrait) {
        block.items.retain(|item| match item {
            TraitItem::Fn(item) => self.keeps(&item.attrs),
            TraitItem::Const(item) => self.keeps(&item.attrs),
            TraitItem::Type(item) => self.keeps(&item.attrs),
            _ => true,
        });
        visit_mut::visit_item_trait_mut(self, block);
    }

    fn visit_block_mut(&mut self, block: &mut syn::Block) {
        block.stmts.retain(|statement| match statement {
            Stmt::Item(item) => self.keeps_item(item),
            Stmt::Local(local) => self.keeps(&local.attrs),
            _ => true,
        });
        visit_mut::visit_block_mut(self, block);
    }
}

#[cfg(test)]
mod tests {
    use super::strip;
    use syn::{Item, Stmt};

    #[test]
    fn test_items_go_and_the_rest_stays() {
        let text = "#[cfg(test)] mod tests; mod a { #[cfg(test)] struct T; struct S; } impl S { #[cfg(test)] fn t() {} \
                    fn s() { #[cfg(test)] use x::y; use x::z; } }";
        let mut file = syn::parse_file(text).unwrap();
        strip(&mut file, &[]);
        assert_eq!(file.items.len(), 2);
        let Item::Mod(module) = &file.items[0] else { panic!("a module") };
        assert_eq!(module.content.as_ref().unwrap().1.len(), 1);
        let Item::Impl(block) = &file.items[1] else { panic!("an impl") };
        let [syn::ImplItem::Fn(method)] = block.items.as_slice() else { panic!("one method") };
        assert!(matches!(method.block.stmts.as_slice(), [Stmt::Item(_)]));
    }
}
