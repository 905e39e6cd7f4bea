//! Random programs: resources of several types that refer to each other, loops, tags, and random formatting.

use proptest::prelude::*;
use std::fmt::Write as _;

/// A place in the program that may hold a resource. The edited program has the same places.
#[derive(Debug, Clone)]
pub struct Slot {
    kind: Kind,
    /// Properties that are updated in place, and those that force a replacement.
    soft: u8,
    hard: u8,
    /// The earlier slot that it refers to.
    refers: prop::sample::Index,
    present: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Queue,
    Topic,
    Subscription,
    Log,
    Parameters,
    Network,
    Role,
}

/// A program and the program it is edited into.
#[derive(Debug, Clone)]
pub struct EditedSpec {
    pub before: String,
    pub after: String,
}

pub fn edited() -> impl Strategy<Value = EditedSpec> {
    prop::collection::vec((slot(), edit()), 1..9).prop_flat_map(|slots| {
        let before: Vec<_> = slots.iter().map(|(slot, _)| slot.clone()).collect();
        let after: Vec<_> = slots.iter().map(|(slot, edit)| edit(slot)).collect();
        (Just(before), Just(after), 0u8..3, 0u8..3).prop_map(|(before, after, one, two)| EditedSpec {
            before: program(&before, one),
            after: program(&after, two),
        })
    })
}

pub fn programs() -> impl Strategy<Value = String> {
    (prop::collection::vec(slot(), 0..9), 0u8..3).prop_map(|(slots, tags)| program(&slots, tags))
}

fn slot() -> impl Strategy<Value = Slot> {
    use Kind::{Log, Network, Parameters, Queue, Role, Subscription, Topic};
    let kind = prop::sample::select(vec![Queue, Topic, Subscription, Log, Parameters, Network, Role]);
    (kind, 0u8..3, 0u8..2, any::<prop::sample::Index>(), prop::bool::weighted(0.85))
        .prop_map(|(kind, soft, hard, refers, present)| Slot { kind, soft, hard, refers, present })
}

type RandomEdit = fn(&Slot) -> Slot;

fn edit() -> impl Strategy<Value = RandomEdit> {
    let keep: RandomEdit = Slot::clone;
    let soften: RandomEdit = |slot| Slot { soft: slot.soft + 1, ..slot.clone() };
    let harden: RandomEdit = |slot| Slot { hard: slot.hard + 1, ..slot.clone() };
    let flip: RandomEdit = |slot| Slot { present: !slot.present, ..slot.clone() };
    // Another type under the same address.
    let swap: RandomEdit =
        |slot| Slot { kind: if slot.kind == Kind::Topic { Kind::Log } else { Kind::Topic }, ..slot.clone() };
    prop_oneof![3 => Just(keep), 2 => Just(soften), 2 => Just(harden), 2 => Just(flip), 1 => Just(swap)]
}

fn program(slots: &[Slot], tags: u8) -> String {
    let mut text = String::from("stack shop {\n  param mode: sandbox | live\n");
    for (index, slot) in slots.iter().enumerate().filter(|(_, slot)| slot.present) {
        let earlier: Vec<_> = slots.iter().enumerate().take(index).filter(|(_, slot)| slot.present).collect();
        slot.write(index, &earlier, &mut text);
    }
    text.push_str(
        "}\nenvironment test of shop {\n  account = \"123456789012\"\n  region = us-east-1\n  mode = sandbox\n",
    );
    if tags > 0 {
        let _ = writeln!(text, "  tags {{\n    team = \"t{tags}\"\n  }}");
    }
    text + "}\n"
}

/// Returns the attribute by which others may refer to a slot.
fn handle((index, slot): &(usize, &Slot)) -> Option<String> {
    match slot.kind {
        Kind::Queue | Kind::Role | Kind::Log => Some(format!("r{index}.arn")),
        Kind::Topic => Some(format!("r{index}.topic_arn")),
        Kind::Network => Some(format!("r{index}.vpc_id")),
        Kind::Subscription | Kind::Parameters => None,
    }
}

impl Slot {
    fn write(&self, n: usize, earlier: &[(usize, &Slot)], text: &mut String) {
        let (soft, hard) = (self.soft, self.hard);
        let handles: Vec<_> = earlier.iter().filter_map(handle).collect();
        let other = if handles.is_empty() { None } else { Some(self.refers.get(&handles)) };
        let of = |kind| earlier.iter().find(|(_, slot)| slot.kind == kind).map(|(index, _)| *index);
        // A bare word where nothing is referred to, so that the text is the same kind of thing in both cases.
        let said = other.map_or("\"none\"".to_owned(), |handle| format!("\"${{{handle}}} and ${{{handle}}}\""));
        let _ = match (self.kind, of(Kind::Topic), of(Kind::Queue)) {
            (Kind::Queue, _, dead) => {
                let _ = writeln!(text, "  resource aws.sqs.queue r{n} {{\n    queue_name = \"q{n}-{hard}\"");
                let _ = writeln!(text, "    visibility_timeout = {}", 30 + u32::from(soft));
                if let Some(dead) = dead {
                    let policy = format!("{{ deadLetterTargetArn = r{dead}.arn, maxReceiveCount = {} }}", soft + 1);
                    let _ = writeln!(text, "    redrive_policy = {policy}");
                }
                writeln!(text, "  }}")
            }
            (Kind::Subscription, Some(topic), Some(queue)) => writeln!(
                text,
                "  resource aws.sns.subscription r{n} {{\n    topic_arn = r{topic}.topic_arn\n    protocol = \"sqs\"\n    \
                 endpoint = r{queue}.arn\n    raw_message_delivery = {}\n  }}",
                soft % 2 == 0
            ),
            (Kind::Topic | Kind::Subscription, _, _) => writeln!(
                text,
                "  resource aws.sns.topic r{n} {{\n    topic_name = \"t{n}-{hard}\"\n    display_name = \"v{soft}\"\n  }}"
            ),
            (Kind::Log, _, _) => writeln!(
                text,
                "  resource aws.logs.log_group r{n} {{\n    log_group_name = \"/l{n}/{hard}\"\n    retention_in_days = {}\n  }}",
                [7, 14, 30, 60].get(usize::from(soft)).unwrap_or(&90)
            ),
            (Kind::Parameters, _, _) => writeln!(
                text,
                "  for i in range({}) {{\n    resource aws.ssm.parameter r{n} {{\n      name = \"/p{n}/${{i}}\"\n      \
                 type = \"String\"\n      value = {said}\n      description = \"v{soft}\"\n    }}\n  }}",
                hard + 1
            ),
            (Kind::Network, _, _) => writeln!(
                text,
                "  resource aws.ec2.vpc r{n} {{\n    cidr_block = \"10.{hard}.0.0/16\"\n    enable_dns_support = {}\n  }}\n  \
                 for zone in zones({}) key zone {{\n    resource aws.ec2.subnet s{n} {{\n      vpc_id = r{n}.vpc_id\n      \
                 availability_zone = zone\n      cidr_block = \"10.{hard}.${{if zone == \"us-east-1a\" {{ 0 }} else {{ 1 }}}}.0/24\"\n    \
                 }}\n  }}",
                soft % 2 == 0,
                u32::from(soft % 2) + 1
            ),
            (Kind::Role, _, _) => writeln!(
                text,
                "  resource aws.iam.role r{n} {{\n    role_name = \"role{n}-{hard}\"\n    assume_role_policy_document = policy \
                 {{\n      allow \"sts:AssumeRole\" to service \"ecs-tasks.amazonaws.com\"\n    }}\n    description = \"v{soft}\"\n  }}"
            ),
        };
    }
}

/// Returns the same program with random blanks, blank lines and comments.
pub fn disarrayed(program: &str, choices: &[u8]) -> String {
    let mut choices = choices.iter().copied().cycle();
    let mut text = String::new();
    for line in program.lines() {
        let mut choose = |n: u8| choices.next().unwrap_or(0) % n;
        text.push_str(&" ".repeat(usize::from(choose(9))));
        // Operators may be set apart as one likes; inside quotes nothing may change.
        let parts: Vec<_> = line.trim().split(" = ").collect();
        text.push_str(&parts.join(["=", " =  ", "\t=\t", " = "][usize::from(choose(4))]));
        text.push_str(
            [" ", "", "  // why", "\t", ","]
                [usize::from(choose(if line.contains('=') && !line.ends_with(['{', '(']) { 5 } else { 4 }))],
        );
        text.push_str(["\n", "\n\n", "\n\n\n", "\r\n", "\n// alone\n"][usize::from(choose(5))]);
    }
    text
}
