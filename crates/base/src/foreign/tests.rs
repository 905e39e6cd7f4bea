//! The tables are whole: no word twice, and each names a way out.

use super::*;

#[test]
fn the_longest_mark_is_found_where_a_line_begins() {
    let template = pasted("# note\nResources:\n  Queue:\n    Type: AWS::SQS::Queue\n").unwrap();
    assert_eq!((template.what, template.at, template.length), ("a template of CloudFormation", 7, 9));
    assert_eq!(pasted("{\n  \"Resources\": { \"Q\": { \"Type\": \"AWS::SQS::Queue\" } }\n}").unwrap().at, 5);
    assert_eq!(pasted("const Resources = 1\n"), None);
}

#[test]
fn a_word_has_one_meaning_in_a_table() {
    let words = ["sprintf", "jsonencode", "toset", "try", "lookup", "filebase64", "Sub"];
    assert!(words.iter().all(|word| function(word).is_some()));
    assert_eq!(type_name("integer").unwrap().replacement, "int");
    assert_eq!(unit("m"), Some("min"));
    assert_eq!((truth("yes"), truth("off"), truth("maybe")), (Some(true), Some(false), None));
    assert!(property("depends_on").unwrap().help().contains("after x"));
}
