//! The items of a program by name, as each file sees them.

mod aliases;
mod duplicate;
mod item;
mod kind;
mod private;
mod table;

pub use duplicate::duplicate;
pub use item::{EnvironmentItem, GlobalItem, NamedItem, TestItem};
pub use kind::ItemKind;
pub use private::private_item;
pub use table::Names;
