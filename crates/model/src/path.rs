//! Paths of properties.

use compact_str::CompactString;

/// A place inside a resource's properties, in AWS's spelling.
///
/// `VpcConfig/SubnetIds/*`. `*` stands for every element; `/` and `~` in a map's key are written `~1` and `~0`, as in a
/// JSON Pointer.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct PropPath(pub CompactString);

impl PropPath {
    /// Returns the segments, each as it is written here, with `~1` for `/`.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').filter(|segment| !segment.is_empty())
    }

    /// Returns the first segment: a top-level property.
    pub fn head(&self) -> &str {
        self.segments().next().unwrap_or("")
    }

    /// Returns the path one step further in; the segment is as it is in the document.
    #[must_use]
    pub fn child(&self, segment: &str) -> PropPath {
        let mut path = CompactString::with_capacity(self.0.len() + 1 + segment.len());
        path.push_str(&self.0);
        if !path.is_empty() {
            path.push('/');
        }
        if segment.contains(['~', '/']) {
            path.push_str(&segment.replace('~', "~0").replace('/', "~1"));
        } else {
            path.push_str(segment);
        }
        PropPath(path)
    }

    /// Returns a segment as it is in the document.
    pub fn unescape(segment: &str) -> String {
        segment.replace("~1", "/").replace("~0", "~")
    }

    /// Checks whether this path, which may hold `*`, is `concrete` or a parent of it.
    pub fn covers(&self, concrete: &PropPath) -> bool {
        let first = |path: &PropPath| path.0.as_bytes().first().copied();
        // Most of the many paths compared have nothing in common.
        if let (Some(mine), Some(other)) = (first(self), first(concrete))
            && mine != other
            && mine != b'*'
        {
            return false;
        }
        let mut rest = concrete.segments();
        self.segments().all(|mine| rest.next().is_some_and(|other| mine == "*" || mine == other))
    }
}

impl std::fmt::Display for PropPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}
