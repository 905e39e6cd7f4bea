//! What the cloud would refuse to delete is refused at plan, and `--unprotect` turns the protection off first.

use super::empty;
use crate::support::cloud::in_the_cloud;

const KEPT: &str = r#"stack shop {
  resource aws.logs.log_group kept {
    log_group_name              = "kept"
    deletion_protection_enabled = true
  }
}

environment test of shop {
  account = "123456789012"
  region  = us-east-1
  mode    = sandbox
}
"#;

#[test]
fn a_protected_resource_is_deleted_only_when_it_is_meant() {
    let mut folder = empty();
    folder.set("GPB_SIM_BEHAVIOUR", "aws");
    folder.write("shop.gpb", KEPT);
    folder.expect(0, &["apply", "shop.gpb", "--yes"]);
    let refused = folder.expect(3, &["destroy", "shop.gpb", "--yes"]);
    assert!(refused.err.contains("GPB7021") && refused.err.contains("`--unprotect 'kept'`"), "{}", refused.text());
    assert!(refused.out.contains("! cannot be deleted: its deletion protection is on"), "{}", refused.text());
    assert_eq!(in_the_cloud(&folder).len(), 1);
    let done = folder.expect(0, &["destroy", "shop.gpb", "--yes", "--unprotect", "kept"]);
    assert!(done.out.contains("its deletion protection is on: it is turned off first"), "{}", done.text());
    assert_eq!(in_the_cloud(&folder), []);
}
