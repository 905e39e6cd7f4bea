//! The frames of one evaluation, numbered as they are entered.

use super::scope::{Frame, ModuleContext};
use crate::modules::ModuleId;
use gpb_syntax::ast::Stmt;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// Holds the number of the next frame, and the frame of each module's own items.
#[derive(Debug, Default)]
pub struct FrameTable<'p> {
    next: Cell<u32>,
    roots: RefCell<Vec<Option<Rc<Frame<'p>>>>>,
}

impl<'p> FrameTable<'p> {
    /// Gives a frame its number; the `after`s of its statements hold for everything in it.
    pub fn enter(&self, frame: Frame<'p>) -> Rc<Frame<'p>> {
        let id = self.next.get();
        self.next.set(id.wrapping_add(1));
        Rc::new_cyclic(|this| {
            let mut module_cx = frame.module_cx;
            for stmt in frame.stmts {
                if let Stmt::After { paths, .. } = stmt {
                    module_cx = module_cx.with_after(paths, this.clone(), None);
                }
            }
            Frame { id, module_cx, ..frame }
        })
    }

    /// Returns the frame of a module's own items.
    pub fn root(&self, module: ModuleId) -> Rc<Frame<'p>> {
        let known = self.roots.borrow().get(module.0).cloned().flatten();
        known.unwrap_or_else(|| {
            let module_cx = Rc::new(ModuleContext::of_module(module));
            let frame = self.enter(Frame::bare(module_cx, None, &[], Rc::default()));
            let mut roots = self.roots.borrow_mut();
            if roots.len() <= module.0 {
                roots.resize(module.0 + 1, None);
            }
            if let Some(slot) = roots.get_mut(module.0) {
                *slot = Some(frame.clone());
            }
            frame
        })
    }
}
