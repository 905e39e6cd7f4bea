//! Checks strings that have a form: networks, regions, accounts, ARNs.

use super::context::TypeContext;
use crate::property::from_json;
use gpb_base::diag::{Diagnostic, nearest};
use gpb_base::source::Span;
use gpb_model::ty::Type;
use gpb_model::value::Value;
use ipnet::IpNet;

/// Checks a string against the form of a type.
///
/// A quoted one is accepted where gpb's own list may be behind the world.
pub fn check(text: &str, ty: &Type, span: Span, quoted: bool, cx: &TypeContext) -> Result<(), Diagnostic> {
    match ty {
        Type::Cidr => cidr(text, span).map(|_| ()),
        Type::Region => region(text, span, quoted, cx),
        Type::Zone => zone(text, span, quoted, cx),
        Type::Account if text.len() != 12 || !text.bytes().all(|byte| byte.is_ascii_digit()) => {
            Err(form(text, "an account", "twelve digits", span, cx))
        }
        Type::Arn if !is_arn(text) => {
            Err(form(text, "an ARN", "`arn:partition:service:region:account:resource`", span, cx))
        }
        Type::InstanceType if !is_instance_type(text) => {
            Err(form(text, "an instance type", "a family and a size, as in `\"m7g.large\"`", span, cx))
        }
        _ => Ok(()),
    }
}

/// Reads a network, whose address has no bits beyond its prefix.
pub fn cidr(text: &str, span: Span) -> Result<IpNet, Diagnostic> {
    let bad = |message: String| Diagnostic::error("GPB1111", message).with_label(span, "a network is expected here");
    let Ok(net) = text.parse::<IpNet>() else {
        let diagnostic = bad(format!("`{text}` is not a network"));
        return Err(if let Ok(address) = text.parse::<std::net::IpAddr>() {
            let whole = format!("\"{}\"", IpNet::from(address));
            diagnostic.help(format!("a single address is a network too: {whole}")).fix(
                format!("write {whole}"),
                span,
                whole,
            )
        } else {
            let why = not_a_network(text).map(|why| format!("{why}; ")).unwrap_or_default();
            diagnostic.help(format!("{why}a network is an address and a prefix length: `\"10.0.0.0/16\"`"))
        });
    };
    if net.trunc() == net {
        return Ok(net);
    }
    let network = format!("\"{}\"", net.trunc());
    Err(bad(format!("`{text}` is an address inside a network, not a network"))
        .help(format!("the network it lies in is {network}"))
        .fix(format!("change to {network}"), span, network))
}

/// Returns what is wrong with the parts of a network, where it has both.
fn not_a_network(text: &str) -> Option<String> {
    let (address, length) = text.split_once('/')?;
    let most = match address.parse::<std::net::IpAddr>() {
        Ok(std::net::IpAddr::V4(_)) => 32,
        Ok(std::net::IpAddr::V6(_)) => 128,
        Err(_) => return Some(format!("`{address}` is not an address")),
    };
    let fits = length.parse::<u8>().is_ok_and(|length| length <= most);
    (!fits).then(|| format!("the prefix of such an address has 0 to {most} bits, not `{length}`"))
}

/// Checks a region: a bare word must be known; in quotes, its form is enough.
pub fn region(text: &str, span: Span, quoted: bool, cx: &TypeContext) -> Result<(), Diagnostic> {
    let known = cx.facts.regions();
    if known.contains(&text) || ((quoted || known.is_empty()) && looks_like_region(text)) {
        return Ok(());
    }
    let diagnostic = Diagnostic::error("GPB1112", format!("`{text}` is not a known region"))
        .with_label(span, "a `region` is expected here");
    Err(cx.origin(match nearest(text, known.iter().copied()) {
        Some(meant) => diagnostic
            .help(format!("did you mean `{meant}`? A region that is newer than gpb is written in quotes"))
            .fix(format!("change to `{meant}`"), span, if quoted { format!("\"{meant}\"") } else { meant.to_owned() }),
        None if looks_like_region(text) => diagnostic.help("a region that is newer than gpb is written in quotes"),
        None => match cx.nearest_name(text) {
            Some(name) => {
                Diagnostic::error("GPB1112", format!("`{text}` is neither a known region nor a name in scope"))
                    .with_label(span, "a `region` is expected here")
                    .help(format!("did you mean the name `{name}`?"))
                    .fix(format!("change to `{name}`"), span, &*name)
            }
            None => diagnostic.help("a region looks like `us-east-1`"),
        },
    }))
}

/// Checks for words and a number, joined by hyphens: `us-gov-west-1`.
pub fn looks_like_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    let Some((number, words)) = parts.split_last() else { return false };
    let lower = |part: &&str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase());
    words.len() >= 2
        && words.iter().all(lower)
        && (1..=2).contains(&number.len())
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn zone(text: &str, span: Span, quoted: bool, cx: &TypeContext) -> Result<(), Diagnostic> {
    let of = text.strip_suffix(|last: char| last.is_ascii_lowercase()).filter(|region| looks_like_region(region));
    let bad = |help: String| {
        let diagnostic = Diagnostic::error("GPB1114", format!("`{text}` is not an availability zone"))
            .with_label(span, "a `zone` is expected here");
        Err(cx.origin(diagnostic.help(help)))
    };
    match of {
        // Local zones (`us-east-1-bos-1a`) carry more than a region and a letter.
        None if quoted && text.split('-').count() > 3 => Ok(()),
        None => bad("a zone is a region and a letter: `us-east-1a`".into()),
        Some(_) if quoted => Ok(()),
        Some(of) => {
            region(of, span, false, cx)?;
            match cx.facts.zones(of) {
                Some(zones) if !zones.iter().any(|zone| zone == text) => {
                    bad(format!("the zones of {of} are {}; any other is written in quotes", zones.join(", ")))
                }
                _ => Ok(()),
            }
        }
    }
}

fn is_arn(text: &str) -> bool {
    let parts: Vec<&str> = text.splitn(6, ':').collect();
    match parts.as_slice() {
        ["arn", partition, service, _, _, resource] => {
            !partition.is_empty() && !service.is_empty() && !resource.is_empty()
        }
        _ => false,
    }
}

fn is_instance_type(text: &str) -> bool {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    text.contains('.') && text.split('.').all(part)
}

fn form(text: &str, what: &str, form: &str, span: Span, cx: &TypeContext) -> Diagnostic {
    cx.origin(
        Diagnostic::error("GPB1113", format!("`{text}` is not {what}"))
            .with_label(span, format!("{what} is expected here"))
            .help(format!("{what} is {form}")),
    )
}

/// Reads a policy document written as JSON, so that it is compared by meaning.
pub fn policy(text: &str, span: Span) -> Result<Value, Diagnostic> {
    let bad = |message: String| {
        Diagnostic::error("GPB1117", message)
            .with_label(span, "a policy document is expected here")
            .help("write `policy { … }`, or JSON with a `Statement`")
    };
    let parsed = serde_json::from_str(text).map_err(|error| bad(format!("this is not JSON: {error}")))?;
    let document = from_json(&parsed, span)?;
    match document.as_map() {
        Some(entries) if entries.contains_key("Statement") => Ok(document),
        _ => Err(bad("this JSON is not a policy document".into())),
    }
}
