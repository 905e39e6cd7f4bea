//! The pattern engine against an independent one, over every pattern of the catalog.

use crate::tests::patterns;
use crate::validate::regex;
use crate::validate::regex::RegexNode;

fn check(pattern: &str, fits: &[&str], does_not: &[&str]) {
    for text in fits {
        assert!(regex::may_match(pattern, text), "{pattern} should take {text:?}");
    }
    for text in does_not {
        assert!(!regex::may_match(pattern, text), "{pattern} should refuse {text:?}");
    }
}

#[test]
fn common_forms() {
    check("^[a-z]+$", &["a", "abc"], &["", "A", "ab1"]);
    check("abc", &["xabcx"], &["ab"]);
    check(
        "^arn:aws(-[a-z]+)*:iam::\\d{12}:role/.+$",
        &["arn:aws-us-gov:iam::123456789012:role/x"],
        &["arn:aws:iam::1:role/x"],
    );
    check("^(a|bc){2,3}$", &["aa", "abca", "bcbcbc"], &["a", "aaaa", "b"]);
    check("^(?!aws:)[a-z:]+$", &["a:b"], &["aws:b"]);
    check("^(?=.{3,5}$)a+$", &["aaa", "aaaaa"], &["aa", "aaaaaa"]);
    check("^[a-z.]*(?<!\\.)$", &["a.b", ""], &["a."]);
    check("\\A[\\w-.]+\\Z", &["a-b.c"], &["a b", ""]);
    check("^(?i)aws$", &["AWS", "aws"], &["awz"]);
    check("^[\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*$", &["Größe 1", ""], &["a;b", "a\tb"]);
    check("^\\u0041\\x42[^\\u0000-\\u001F]$", &["ABc"], &["AB\n"]);
    check("^.{2}$", &["äö"], &["ä", "a\n"]);
    check("^x{2,}y?$", &["xx", "xxxy"], &["x", "xxyy"]);
    check("a{b}", &["a{b}"], &["ab"]);
    check("^\\bfoo\\b$", &["foo"], &["fooo"]);
}

#[test]
fn nearly_every_pattern_is_understood() {
    let unknown: Vec<String> = patterns().into_iter().filter(|pattern| !regex::understood(pattern)).collect();
    insta::assert_debug_snapshot!(unknown);
}

#[test]
fn no_pattern_runs_for_ever() {
    let hostile = ["a".repeat(4096), "a-".repeat(2048), "arn:aws:".repeat(512), ":".repeat(4096), "0a_. ".repeat(800)];
    for text in hostile.iter().map(|text| format!("{text}\u{1}")) {
        for pattern in ["^(a+)+$", "^(a|a)*$", "^(.*a){12}$", "^([a-z0-9]+[-]?)*$", ".+:.+:.+:.+:.+:.+=", "(?=(a*)*b)"]
        {
            regex::may_match(pattern, &text);
        }
    }
    let text = "a-".repeat(40);
    for pattern in patterns() {
        regex::may_match(&pattern, &text);
    }
}

#[test]
fn an_independent_engine_agrees() {
    let mut random = fastrand::Rng::with_seed(7);
    let (mut compared, mut matched) = (0, 0);
    for pattern in patterns() {
        let dialect =
            ["\\A", "\\Z", "(?i)", "(?s)", "\\p{Print}", "\\p{Graph}", "\\p{M}", "\\p{P}", "\\p{S}", "\\p{C}", "\\P{"];
        let flags = if pattern.contains("\\p{") { "u" } else { "" };
        let Ok(other) = regress::Regex::with_flags(&pattern, flags) else { continue };
        if dialect.iter().any(|part| pattern.contains(part)) || !regex::understood(&pattern) {
            continue;
        }
        let Some(tree) = regex::tree(&pattern) else { continue };
        for _ in 0..6 {
            let mut text = String::new();
            sample(&tree, &mut random, &mut text);
            if random.bool() {
                damage(&mut text, &mut random);
            }
            // The other engine takes exponential time on some patterns.
            let text: String = text.chars().take(28).collect();
            let fits = other.find(&text).is_some();
            assert_eq!(regex::may_match(&pattern, &text), fits, "{pattern} on {text:?}");
            compared += 1;
            matched += usize::from(fits);
        }
    }
    assert!(compared > 10_000 && matched > compared / 4 && matched < compared, "{matched} of {compared} fitted");
}

/// A text that probably fits.
fn sample(node: &RegexNode, random: &mut fastrand::Rng, text: &mut String) {
    match node {
        RegexNode::Set(class) => {
            let ascii: Vec<char> = (' '..='~').filter(|char| class.has(*char)).collect();
            text.extend(random.choice(ascii));
        }
        RegexNode::Cat(nodes) => nodes.iter().for_each(|node| sample(node, random, text)),
        RegexNode::Alt(nodes) => {
            if let Some(node) = random.choice(nodes) {
                sample(node, random, text);
            }
        }
        RegexNode::Repeat(node, min, max) => {
            let most = max.unwrap_or(*min + 2).min(*min + 2);
            for _ in 0..random.u32((*min).min(20)..=most.min(22)) {
                sample(node, random, text);
            }
        }
        RegexNode::Start | RegexNode::End | RegexNode::Boundary(_) | RegexNode::Look { .. } => {}
    }
}

fn damage(text: &mut String, random: &mut fastrand::Rng) {
    let mut chars: Vec<char> = text.chars().collect();
    let place = random.usize(0..=chars.len());
    chars.insert(place, random.choice(['-', ':', '.', 'A', 'z', '0', ' ', '_', 'é']).unwrap());
    *text = chars.into_iter().collect();
}
