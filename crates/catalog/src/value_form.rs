//! The forms in which AWS gives values back.

use ipnet::IpNet;
use serde::Deserialize;

/// A form that AWS gives a value back in: two values of one form mean the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ValueForm {
    /// Upper and lower case mean the same.
    AnyCase,
    /// White space at its end means nothing.
    Trimmed,
    /// A version of which the last parts may be left out: `16` is `16.8`.
    VersionPrefix,
    /// An IPv4 or IPv6 range; bits behind the mask mean nothing.
    Cidr,
    /// A name or the ARN that ends in it; in an ARN, what is behind a `/` or a `:`.
    LastPart,
    /// A domain name: any case, with or without the dot at its end, `*` also as `\\052`.
    DomainName,
    /// The name or the number of an IP protocol: `tcp` is `6`.
    IpProtocol,
    /// `{Key, Value}` pairs, of which AWS lists more than were given.
    Pairs,
}

impl ValueForm {
    /// Checks that what AWS gives back is what was given, as far as two texts can show it.
    pub fn is_same(self, given: &str, back: &str) -> bool {
        given == back
            || match self {
                ValueForm::AnyCase => given.eq_ignore_ascii_case(back),
                ValueForm::Trimmed => given.trim_end() == back.trim_end(),
                ValueForm::VersionPrefix => back.strip_prefix(given).is_some_and(|rest| rest.starts_with('.')),
                ValueForm::Cidr => range(given).is_some_and(|one| Some(one) == range(back)),
                ValueForm::LastPart => ends_in(given, back) || ends_in(back, given),
                ValueForm::DomainName => domain(given) == domain(back),
                ValueForm::IpProtocol => protocol(given) == protocol(back),
                ValueForm::Pairs => false,
            }
    }
}

impl ValueForm {
    /// Returns a text as all texts of its meaning are spelled, so that names can be looked up by it.
    ///
    /// A form in which no one spelling stands for the others leaves the text as it is.
    pub fn canonical(self, text: &str) -> String {
        match self {
            ValueForm::AnyCase => text.to_ascii_lowercase(),
            ValueForm::Trimmed => text.trim_end().to_owned(),
            ValueForm::Cidr => range(text).map_or_else(|| text.to_owned(), |net| net.to_string()),
            ValueForm::DomainName => domain(text),
            ValueForm::IpProtocol => protocol(text),
            ValueForm::VersionPrefix | ValueForm::LastPart | ValueForm::Pairs => text.to_owned(),
        }
    }
}

/// Returns the range without the bits behind its mask; an address alone is a range of one.
fn range(text: &str) -> Option<IpNet> {
    let alone = || text.parse::<std::net::IpAddr>().ok().map(IpNet::from);
    text.parse::<IpNet>().ok().or_else(alone).map(|net| net.trunc())
}

/// Checks for an ARN that ends in a name or in a part of an ARN: `role/app` in `arn:aws:iam::1:role/app`.
fn ends_in(name: &str, arn: &str) -> bool {
    let before = arn.strip_suffix(name).filter(|_| !name.is_empty() && !name.starts_with("arn:"));
    before.is_some_and(|before| before.starts_with("arn:") && before.ends_with(['/', ':']))
}

fn domain(name: &str) -> String {
    name.trim_end_matches('.').to_ascii_lowercase().replace("\\052", "*")
}

/// Returns the name of a protocol that EC2 gives back for its number.
///
/// <https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html>
fn protocol(text: &str) -> String {
    match text {
        "1" => "icmp".to_owned(),
        "6" => "tcp".to_owned(),
        "17" => "udp".to_owned(),
        "58" => "icmpv6".to_owned(),
        "all" => "-1".to_owned(),
        _ => text.to_ascii_lowercase(),
    }
}

#[cfg(test)]
mod tests {
    use super::ValueForm::{self, *};

    fn same(form: ValueForm, given: &str, back: &str) {
        assert!(form.is_same(given, back), "{form:?}: {given} is {back}");
    }

    fn different(form: ValueForm, given: &str, back: &str) {
        assert!(!form.is_same(given, back), "{form:?}: {given} is not {back}");
    }

    #[test]
    fn forms_say_what_is_the_same() {
        same(AnyCase, "Sun:04:30", "sun:04:30");
        same(Trimmed, "a\n", "a");
        same(VersionPrefix, "16", "16.8");
        same(VersionPrefix, "8.0", "8.0.35");
        different(VersionPrefix, "1", "16.8");
        different(VersionPrefix, "16.3", "16.8");
        same(Cidr, "10.8.10.0/16", "10.8.0.0/16");
        same(Cidr, "2001:DB8:0:0::/32", "2001:db8::/32");
        same(Cidr, "10.0.0.1", "10.0.0.1/32");
        different(Cidr, "10.8.0.0/16", "10.9.0.0/16");
        different(Cidr, "10.8.0.0/16", "10.8.0.0/24");
        same(LastPart, "k", "arn:aws:kms:us-east-1:123456789012:key/k");
        same(LastPart, "key/k", "arn:aws:kms:us-east-1:123456789012:key/k");
        same(LastPart, "arn:aws:iam::123456789012:role/path/r", "r");
        same(LastPart, "f", "arn:aws:lambda:us-east-1:123456789012:function:f");
        different(LastPart, "k", "arn:aws:kms:us-east-1:123456789012:key/work");
        different(LastPart, "arn:aws:kms:us-east-1:111111111111:key/k", "arn:aws:kms:us-east-1:222222222222:key/k");
        different(LastPart, "alias/app", "arn:aws:kms:us-east-1:123456789012:key/k");
        same(DomainName, "*.Example.org", "\\052.example.org.");
        different(DomainName, "a.example.org", "example.org");
        same(IpProtocol, "TCP", "6");
        different(IpProtocol, "tcp", "udp");
    }

    #[test]
    fn texts_of_one_meaning_have_one_spelling() {
        assert_eq!(AnyCase.canonical("Orders-DB"), "orders-db");
        assert_eq!(DomainName.canonical("WWW.Example.org."), DomainName.canonical("www.example.org"));
        assert_eq!(Cidr.canonical("10.8.10.0/16"), Cidr.canonical("10.8.0.0/16"));
        assert_eq!(LastPart.canonical("role/app"), "role/app");
    }
}
