//! The addresses of resources that were replaced and are still to be deleted.
//!
//! When a replacement is made before the old resource goes, both exist for a while. The old one moves to an address of
//! its own, `data.main~7`, where 7 is the intent that made its successor: it stays an ordinary record, so a process
//! killed in between forgets nothing, and the next plan, which finds no declaration for it, deletes it.

use gpb_model::Address;

/// Returns the address of a resource whose successor the intent `sequence` has created.
pub fn deposed_address(address: &Address, sequence: u64) -> Address {
    Address::new(format!("{address}~{sequence}"))
}

/// Returns the address a deposed resource had before, `None` when it is not deposed.
pub fn deposed_from(address: &Address) -> Option<Address> {
    let (base, sequence) = address.as_str().rsplit_once('~')?;
    let is_number = !sequence.is_empty() && sequence.bytes().all(|byte| byte.is_ascii_digit());
    (is_number && !base.is_empty()).then(|| deposed_from(&Address::new(base)).unwrap_or_else(|| Address::new(base)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deposed_address_leads_back_to_where_it_was() {
        let main = Address::new("data.main");
        assert_eq!(deposed_from(&deposed_address(&main, 7)), Some(main.clone()));
        assert_eq!(deposed_from(&main), None);
        assert_eq!(deposed_from(&Address::new(r#"data.bucket["a~7"]"#)), None);
        assert_eq!(deposed_from(&Address::new("~7")), None);
    }
}
