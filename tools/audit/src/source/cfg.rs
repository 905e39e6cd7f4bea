//! The conditions of `#[cfg(…)]`: which code exists only for tests.

use syn::punctuated::Punctuated;
use syn::{Attribute, Expr, ExprLit, Lit, Meta, Token};

/// Checks that some `#[cfg(…)]` cannot hold outside of tests.
///
/// `test` and the features that only tests turn on are taken as off, and everything else as unknown: `any(test, feature =
/// "testing")` is test code, `any(test, unix)` is not.
pub fn is_test_only(attributes: &[Attribute], test_features: &[String]) -> bool {
    attributes.iter().filter(|attribute| attribute.path().is_ident("cfg")).any(|attribute| {
        attribute.parse_args::<Meta>().is_ok_and(|condition| holds(&condition, test_features) == Some(false))
    })
}

/// Evaluates a condition outside of tests; none where it depends on the build.
fn holds(condition: &Meta, test_features: &[String]) -> Option<bool> {
    match condition {
        Meta::Path(path) => path.is_ident("test").then_some(false),
        Meta::NameValue(pair) => match &pair.value {
            Expr::Lit(ExprLit { lit: Lit::Str(name), .. }) if pair.path.is_ident("feature") => {
                test_features.contains(&name.value()).then_some(false)
            }
            _ => None,
        },
        Meta::List(list) => {
            let parts = list.parse_args_with(Punctuated::<Meta, Token![,]>::parse_terminated).ok()?;
            let mut parts = parts.iter().map(|part| holds(part, test_features));
            if list.path.is_ident("not") {
                return parts.next().flatten().map(|held| !held);
            }
            // `all` is decided by one that is false, `any` by one that is true.
            let deciding = list.path.is_ident("any");
            let known: Vec<Option<bool>> = parts.collect();
            if known.contains(&Some(deciding)) {
                return Some(deciding);
            }
            known.iter().all(Option::is_some).then_some(!deciding)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_test_only;

    fn test_only(attribute: &str) -> bool {
        let item: syn::ItemFn = syn::parse_str(&format!("{attribute} fn f() {{}}")).unwrap();
        is_test_only(&item.attrs, &["testing".to_string()])
    }

    #[test]
    fn code_is_test_code_when_it_cannot_exist_outside_of_tests() {
        assert!(test_only("#[cfg(test)]"));
        assert!(test_only("#[cfg(all(test, unix))]"));
        assert!(test_only("#[cfg(any(test, feature = \"testing\"))]"));
        assert!(test_only("#[cfg(not(not(test)))]"));
    }

    #[test]
    fn other_code_is_not() {
        assert!(!test_only(""));
        assert!(!test_only("#[cfg(unix)]"));
        assert!(!test_only("#[cfg(not(test))]"));
        assert!(!test_only("#[cfg(any(test, unix))]"));
        assert!(!test_only("#[cfg(feature = \"aws\")]"));
    }
}
