//! The words of forms: random digits and letters, and names cut to a length.

use gpb_model::PropPath;
use serde_json::Value as Json;

/// Returns the value of a word that is no property: `hex`, `uuid`, `upper:20`, `name:32`.
///
/// A word and a number, which is a length in characters, except for `byte:2`, the second of some bytes.
pub(crate) fn form_word(word: &str, name: &str, mut random: fastrand::Rng) -> Option<String> {
    let (kind, count) = word.split_once(':').unwrap_or((word, ""));
    let count = count.parse::<usize>().ok();
    let mut of = |alphabet: &[u8]| -> Option<String> {
        Some((0..count?).filter_map(|_| random.choice(alphabet)).map(|byte| char::from(*byte)).collect())
    };
    match kind {
        "hex" if count.is_none() => Some(format!("{:016x}", random.u64(..))),
        "hex" => of(b"0123456789abcdef"),
        "digits" => of(b"123456789"),
        "upper" => of(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"),
        "lower" => of(b"abcdefghijklmnopqrstuvwxyz0123456789"),
        "letters" => of(b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"),
        "number" => Some(random.u32(1..1_000).to_string()),
        "byte" => Some((0..count?).map(|_| random.u8(1..=254)).last()?.to_string()),
        "uuid" => Some(uuid(random.u128(..))),
        "name" => Some(cut(name, count?)),
        "lower_name" => Some(cut(&name.to_ascii_lowercase(), count?)),
        _ => None,
    }
}

fn uuid(bits: u128) -> String {
    let hex = format!("{bits:032x}");
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    format!("{}-{}-4{}-a{}-{}", part(0, 8), part(8, 12), part(13, 16), part(17, 20), part(20, 32))
}

/// Cuts a name in its middle: what tells it from others is at its end.
fn cut(name: &str, longest: usize) -> String {
    let letters: Vec<char> = name.chars().collect();
    if letters.len() <= longest {
        return name.to_owned();
    }
    let end = 9.min(longest);
    let start = letters.iter().take(longest - end);
    let start: String = start.collect();
    let end: String = letters.iter().skip(letters.len() - end).collect();
    format!("{}{end}", start.trim_end_matches('-'))
}

/// Returns a region as some endpoints have it: `use1` for `us-east-1`, `apse2` for `ap-southeast-2`.
pub(crate) fn short_region(region: &str) -> String {
    let mut words = region.split('-');
    let mut short = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut rest = word;
        while let Some(point) =
            ["north", "south", "east", "west", "central"].iter().find(|point| rest.starts_with(**point))
        {
            short.extend(point.chars().next());
            rest = rest.get(point.len()..).unwrap_or_default();
        }
        short.push_str(rest);
    }
    short
}

/// Returns a path with `*` for the number of an element.
pub(crate) fn general_path(path: &PropPath) -> String {
    let general = |segment: &str| if segment.parse::<u32>().is_ok() { "*".to_owned() } else { segment.to_owned() };
    path.segments().map(general).collect::<Vec<_>>().join("/")
}

/// Returns a value as text; the elements of a list are joined by commas.
pub(crate) fn joined(value: &Json) -> Option<String> {
    match value {
        Json::String(text) => Some(text.clone()),
        Json::Number(number) => Some(number.to_string()),
        Json::Array(items) => Some(items.iter().map(joined).collect::<Option<Vec<_>>>()?.join(",")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn words_have_their_length_and_alphabet() {
        let word =
            |word: &str| form_word(word, "shop-sandbox-data-main-12345678", fastrand::Rng::with_seed(1)).unwrap();
        assert!(word("hex").len() == 16 && word("hex:5").len() == 5 && word("upper:20").len() == 20);
        assert_eq!(word("name:20"), "shop-sandbo-12345678");
        assert_eq!(word("name:40"), "shop-sandbox-data-main-12345678");
        let uuid = word("uuid");
        assert_eq!(uuid.split('-').map(str::len).collect::<Vec<_>>(), [8, 4, 4, 4, 12]);
        assert_ne!(word("byte:1"), word("byte:2"));
        assert_eq!(form_word("upper", "n", fastrand::Rng::with_seed(1)), None);
    }

    #[test]
    fn regions_paths_and_lists_have_a_short_form() {
        for (region, short) in [("us-east-1", "use1"), ("ap-southeast-2", "apse2"), ("eu-central-1", "euc1")] {
            assert_eq!(short_region(region), short);
        }
        assert_eq!(general_path(&PropPath("Names/1/Text".into())), "Names/*/Text");
        assert_eq!(joined(&json!(["a", 1])), Some("a,1".to_owned()));
        assert_eq!(joined(&json!({})), None);
    }
}
