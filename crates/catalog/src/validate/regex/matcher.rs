//! Compiles a pattern's tree into a program, and runs it on a string.
//!
//! The program simulates a nondeterministic automaton (Thompson 1968) with a bit for each state at each place.

use super::class::ClassTable;
use super::parse::RegexNode;

#[derive(Debug, Clone)]
enum Instruction {
    Set(ClassTable),
    /// One class, repeated.
    Run {
        class: ClassTable,
        min: usize,
        max: usize,
    },
    /// Continues at both places.
    Split(usize, usize),
    Jump(usize),
    Start,
    End,
    Boundary(bool),
    /// Looks ahead, or behind by a fixed width.
    ///
    /// The steps up to `end` must, or must not, match here, or just before here when they have a width to go back by.
    Look {
        back: Option<usize>,
        negated: bool,
        end: usize,
    },
    Done,
}

/// A pattern that is ready to run.
#[derive(Debug, Clone)]
pub(super) struct RegexProgram {
    steps: Vec<Instruction>,
}

/// The most steps that a repeated group is written out in.
///
/// Beyond them the rest of it counts as repeated without end.
const MAX_STEPS: usize = 4_000;
/// The most states times places of one run.
const MAX_VISITED: usize = 1 << 23;
/// The number of steps of one run after which nothing is certain.
const BUDGET: usize = 2_000_000;

impl RegexProgram {
    /// Compiles a tree; none where it is too large or looks behind by no fixed width.
    pub fn new(node: &RegexNode) -> Option<RegexProgram> {
        let mut program = RegexProgram { steps: Vec::new() };
        program.emit(node)?;
        program.steps.push(Instruction::Done);
        Some(program)
    }

    /// Checks whether the pattern is found in the string.
    ///
    /// None when the budget does not suffice to decide.
    pub fn matches(&self, text: &str) -> Option<bool> {
        // Half of all patterns are one class from start to end.
        if let [Instruction::Start, Instruction::Run { class, min, max }, Instruction::End, Instruction::Done] =
            self.steps.as_slice()
        {
            return Some((*min..=*max).contains(&text.chars().count()) && text.chars().all(|char| class.has(char)));
        }
        let chars: Vec<char> = text.chars().collect();
        let mut run = RegexMatcher { program: self, chars: &chars, budget: BUDGET };
        run.search((0..=chars.len()).map(|place| (0, place)))
    }

    fn emit(&mut self, node: &RegexNode) -> Option<()> {
        match node {
            RegexNode::Set(class) => self.steps.push(Instruction::Set(ClassTable::new(class))),
            RegexNode::Cat(nodes) => nodes.iter().try_for_each(|node| self.emit(node))?,
            RegexNode::Alt(nodes) => self.emit_alternatives(nodes)?,
            RegexNode::Repeat(node, min, max) => self.emit_repeat(node, *min, *max)?,
            RegexNode::Start => self.steps.push(Instruction::Start),
            RegexNode::End => self.steps.push(Instruction::End),
            RegexNode::Boundary(wanted) => self.steps.push(Instruction::Boundary(*wanted)),
            RegexNode::Look { behind, negated, node } => {
                let back = if *behind { Some(width(node)?) } else { None };
                let at = self.reserve();
                self.emit(node)?;
                self.steps.push(Instruction::Done);
                let end = self.steps.len();
                self.put(at, Instruction::Look { back, negated: *negated, end });
            }
        }
        (self.steps.len() <= 4 * MAX_STEPS).then_some(())
    }

    fn emit_alternatives(&mut self, nodes: &[RegexNode]) -> Option<()> {
        let mut exits = Vec::new();
        let Some((last, others)) = nodes.split_last() else { return Some(()) };
        for node in others {
            let split = self.reserve();
            self.emit(node)?;
            exits.push(self.reserve());
            self.put(split, Instruction::Split(split + 1, self.steps.len()));
        }
        self.emit(last)?;
        let end = self.steps.len();
        for at in exits {
            self.put(at, Instruction::Jump(end));
        }
        Some(())
    }

    fn emit_repeat(&mut self, node: &RegexNode, min: u32, max: Option<u32>) -> Option<()> {
        if let RegexNode::Set(class) = node {
            let (min, max) = (min as usize, max.map_or(usize::MAX, |max| max as usize));
            self.steps.push(Instruction::Run { class: ClassTable::new(class), min, max });
            return Some(());
        }
        let start = self.steps.len();
        for _ in 0..min {
            if self.steps.len() - start > MAX_STEPS {
                break;
            }
            self.emit(node)?;
        }
        let optional = max.map(|max| max - min);
        let mut exits = Vec::new();
        for _ in 0..optional.unwrap_or(0) {
            if self.steps.len() - start > MAX_STEPS {
                return self.close(exits, node);
            }
            exits.push(self.reserve());
            self.emit(node)?;
        }
        if optional.is_none() {
            return self.close(exits, node);
        }
        self.leave(exits);
        Some(())
    }

    /// Adds any number of repetitions more.
    fn close(&mut self, mut exits: Vec<usize>, node: &RegexNode) -> Option<()> {
        let split = self.reserve();
        exits.push(split);
        self.emit(node)?;
        self.steps.push(Instruction::Jump(split));
        self.leave(exits);
        Some(())
    }

    fn leave(&mut self, exits: Vec<usize>) {
        let end = self.steps.len();
        for at in exits {
            self.put(at, Instruction::Split(at + 1, end));
        }
    }

    fn reserve(&mut self) -> usize {
        self.steps.push(Instruction::Done);
        self.steps.len() - 1
    }

    fn put(&mut self, at: usize, step: Instruction) {
        if let Some(place) = self.steps.get_mut(at) {
            *place = step;
        }
    }
}

/// Returns the number of characters a node takes, when it is always the same.
fn width(node: &RegexNode) -> Option<usize> {
    match node {
        RegexNode::Set(_) => Some(1),
        RegexNode::Cat(nodes) => nodes.iter().map(width).sum(),
        RegexNode::Alt(nodes) => {
            let mut widths = nodes.iter().map(width);
            let first = widths.next()??;
            widths.all(|width| width == Some(first)).then_some(first)
        }
        RegexNode::Repeat(node, min, max) if Some(*min) == *max => Some(width(node)? * *min as usize),
        RegexNode::Repeat(..) => None,
        RegexNode::Start | RegexNode::End | RegexNode::Boundary(_) | RegexNode::Look { .. } => Some(0),
    }
}

struct RegexMatcher<'a> {
    program: &'a RegexProgram,
    chars: &'a [char],
    budget: usize,
}

impl RegexMatcher<'_> {
    /// Checks whether any of these states leads to the end of the program.
    ///
    /// Each state is visited once.
    fn search(&mut self, starts: impl Iterator<Item = (usize, usize)>) -> Option<bool> {
        let places = self.chars.len() + 1;
        let states = self.program.steps.len().checked_mul(places).filter(|states| *states <= MAX_VISITED)?;
        self.budget = self.budget.checked_sub(states / 64)?;
        let mut visited = vec![0_u64; states / 64 + 1];
        let mut open = Vec::new();
        for start in starts {
            open.push(start);
            while let Some((at, place)) = open.pop() {
                let bit = at * places + place;
                let (word, mask) = (visited.get_mut(bit / 64)?, 1 << (bit % 64));
                if *word & mask != 0 {
                    continue;
                }
                *word |= mask;
                self.budget = self.budget.checked_sub(1)?;
                if self.step(at, place, &mut open)? {
                    return Some(true);
                }
            }
        }
        Some(false)
    }

    /// Adds the states that one state leads to; true when it is the end.
    fn step(&mut self, at: usize, place: usize, open: &mut Vec<(usize, usize)>) -> Option<bool> {
        let char = self.chars.get(place).copied();
        let holds = match self.program.steps.get(at)? {
            Instruction::Done => return Some(true),
            Instruction::Set(class) => {
                if char.is_some_and(|char| class.has(char)) {
                    open.push((at + 1, place + 1));
                }
                false
            }
            Instruction::Run { class, min, max } => {
                let rest = self.chars.get(place..)?.iter().take(*max);
                let length = rest.take_while(|char| class.has(**char)).count();
                self.budget = self.budget.checked_sub(length)?;
                open.extend((*min..=length).map(|length| (at + 1, place + length)));
                false
            }
            Instruction::Split(one, other) => {
                open.extend([(*other, place), (*one, place)]);
                false
            }
            Instruction::Jump(to) => {
                open.push((*to, place));
                false
            }
            Instruction::Start => place == 0,
            Instruction::End => char.is_none(),
            Instruction::Boundary(wanted) => {
                let is_word = |char: Option<char>| char.is_some_and(|char| char.is_ascii_alphanumeric() || char == '_');
                let before = place.checked_sub(1).and_then(|before| self.chars.get(before).copied());
                (is_word(before) != is_word(char)) == *wanted
            }
            Instruction::Look { back, negated, end } => {
                let (negated, end) = (*negated, *end);
                let found = match place.checked_sub(back.unwrap_or(0)) {
                    Some(from) => self.search(std::iter::once((at + 1, from)))?,
                    None => false,
                };
                if found != negated {
                    open.push((end, place));
                }
                false
            }
        };
        if holds {
            open.push((at + 1, place));
        }
        Some(false)
    }
}
