//! The pages that memory is taken in.

/// Asks the kernel for small pages from here on, where it gives huge ones.
///
/// A compilation fills its memory from end to end and is faster in huge pages. What an apply makes and lets go of lies
/// scattered, and a huge page stays taken for the little that is left in it; beside its journal and its calls the time
/// does not count. A kernel that refuses gives what it gave.
pub fn take_small_pages() {
    #[cfg(target_os = "linux")]
    let _ = rustix::thread::disable_transparent_huge_pages(true);
}
