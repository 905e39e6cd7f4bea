//! The key of the secret hashes. The state holds a keyed hash (HMAC-SHA-256) of each secret, enough to see that it changed.
#![allow(clippy::disallowed_methods)] // The state is one of the rooms that touch the file system.

use super::error::StateError;
use super::sqlite::files;
use crate::cloud::physical_names::hex;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::Value as Json;
use sha2::Sha256;
use std::io::{Read as _, Write as _};
use std::path::Path;

/// The key of the hashes: random, made once a state folder, and worthless without the state it lies beside.
#[derive(Clone)]
pub struct SecretKey([u8; 32]);

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey(…)")
    }
}

impl SecretKey {
    /// Returns a key of these bytes.
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads the key in `folder/key`, and generates it when there is none.
    pub(super) fn load(folder: &Path) -> Result<SecretKey, StateError> {
        let path = folder.join("key");
        let io = |error: std::io::Error| StateError::io(&path, &error);
        match files::private_options().write(false).open(&path) {
            Ok(file) => {
                let mut bytes = Vec::new();
                file.take(64).read_to_end(&mut bytes).map_err(io)?;
                bytes.try_into().map(SecretKey).map_err(|_| StateError::BadKey { path: path.clone() })
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Self::make(folder, &path),
            Err(error) => Err(io(error)),
        }
    }

    fn make(folder: &Path, path: &Path) -> Result<SecretKey, StateError> {
        let io = |error: std::io::Error| StateError::io(path, &error);
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)
            .map_err(|error| StateError::Io { path: path.to_owned(), what: format!("no randomness: {error}") })?;
        files::private_folder(folder)?;
        // Written aside and linked into place, so that of two processes one wins and neither reads half a key.
        let aside = folder.join(format!("key.{}", std::process::id()));
        let written = files::private_options().create(true).truncate(true).open(&aside).and_then(|mut file| {
            file.write_all(&bytes)?;
            file.sync_all()
        });
        written.map_err(io)?;
        let linked = std::fs::hard_link(&aside, path);
        std::fs::remove_file(&aside).map_err(io)?;
        match linked {
            Ok(()) => Ok(SecretKey(bytes)),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Self::load(folder),
            Err(error) => Err(io(error)),
        }
    }

    /// Returns the keyed hash of a secret's value, in hexadecimal digits.
    pub fn hash(&self, value: &Json) -> String {
        // A string is hashed as itself, so that the same secret gives the same hash wherever it stands.
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(text.as_bytes());
        hex(&mac.finalize().into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn key() -> SecretKey {
        SecretKey::new([7; 32])
    }

    #[test]
    fn the_same_secret_hashes_alike_under_one_key_only() {
        let secret = json!("x");
        assert_eq!(key().hash(&secret), key().hash(&secret));
        assert_ne!(key().hash(&secret), SecretKey::new([8; 32]).hash(&secret));
        assert_ne!(key().hash(&secret), key().hash(&json!("y")));
    }
}
