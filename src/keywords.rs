//! The keywords of the language, as docs/keywords.md describes them: for `gpb explain` and for hovers.

/// The page of all keywords, one part each.
const PAGE: &str = include_str!("../docs/keywords.md");

/// Returns the documentation of a keyword: its form, what it is, an example, and where the reference describes it.
pub fn of_keyword(word: &str) -> Option<&'static str> {
    parts().find(|(keyword, _)| *keyword == word).map(|(_, text)| text)
}

/// Returns the keywords that are documented, in order.
pub fn documented() -> impl Iterator<Item = &'static str> {
    parts().map(|(keyword, _)| keyword)
}

fn parts() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.split("\n## ").skip(1).filter_map(|part| {
        let (keyword, text) = part.split_once('\n')?;
        Some((keyword, text.trim()))
    })
}

#[cfg(test)]
mod tests {
    use super::{documented, parts};
    use gpb_base::source::FileId;
    use std::collections::BTreeSet;

    const GRAMMAR: &str = include_str!("../grammar/gpb.pest");
    const REFERENCE: &str = include_str!("../docs/language.md");

    #[test]
    fn every_keyword_of_the_grammar_is_documented() {
        let rules = GRAMMAR.lines().filter_map(|line| line.strip_prefix("kw_"));
        let mut words: BTreeSet<&str> = rules.filter_map(|rule| rule.split(' ').next()).collect();
        words.extend(["true", "false", "none"]);
        assert!(words.len() > 50, "{words:?}");
        assert_eq!(documented().collect::<BTreeSet<_>>(), words);
        assert!(documented().is_sorted(), "in order");
    }

    #[test]
    fn every_example_parses_and_every_reference_leads_somewhere() {
        let anchor = |title: &str| title.trim_start_matches('#').trim().to_lowercase().replace(' ', "-");
        let anchors: BTreeSet<String> = REFERENCE.lines().filter(|line| line.starts_with("##")).map(anchor).collect();
        for (keyword, text) in parts() {
            let example = text.split_once("```gpb\n").and_then(|(_, rest)| rest.split_once("```")).unwrap().0;
            let parsed = gpb_syntax::parse(FileId(0), example);
            assert!(parsed.diagnostics.is_empty(), "{keyword}: {:?}", parsed.diagnostics);
            let is_there = example.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == keyword);
            assert!(is_there, "{keyword}: its example is without it");
            assert_eq!(gpb_syntax::format(example).unwrap().trim(), example.trim(), "{keyword}: not formatted");
            let place = text.rsplit_once("language.md#").unwrap().1.trim_end_matches(')');
            assert!(anchors.contains(place), "{keyword}: there is no {place}");
        }
    }
}
