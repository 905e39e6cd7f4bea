//! Formats diagnostics.
//!
//! Each verdict with the properties that decided it, the claims of the facts, and the way out.

use super::assess::{Assessment, Remedy, UnknownFactor};
use super::duration_estimate::{DurationEstimate, time};
use super::objectives::Objective;
use super::recovery_facts::{Finding, FindingKind, ProposedChange, RecoveryMode, RecoveryPath, Subject};
use super::recovery_report::RecoveryCheck;
use super::verdict::Verdict;
use crate::cost::money::dollars;
use gpb_base::diag::Diagnostic;
use gpb_catalog::TypeDef;
use gpb_catalog::typed::shown;
use gpb_model::PropPath;
use gpb_model::{Domain, Evidence, Fact, Resource, covers};
use rust_decimal::Decimal;
use std::sync::Arc;

/// The most deciding properties that a diagnostic points at.
const SHOWN: usize = 3;

/// Returns the clause for a loss: `when a zone is lost`.
pub fn loss(domain: Domain) -> &'static str {
    match domain {
        Domain::Software => "when software destroys data",
        Domain::Node => "when a node is lost",
        Domain::Zone => "when a zone is lost",
        Domain::Region => "when its region is lost",
    }
}

/// Shortens a value to the length of a label, without the absent parts in it.
fn shortened(value: &str) -> String {
    let mut text = String::new();
    for part in value.split(", ") {
        let kept = match part.strip_suffix(" = (absent)") {
            Some(name) => name.rfind(['{', '[']).and_then(|at| name.get(..=at)).unwrap_or_default(),
            None => part,
        };
        let apart = !text.is_empty() && !kept.is_empty();
        text.push_str(if !apart {
            ""
        } else if text.ends_with(['{', '[']) {
            " "
        } else {
            ", "
        });
        text.push_str(kept);
    }
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

fn display(ty: Option<&Arc<TypeDef>>, path: &PropPath) -> String {
    ty.map_or_else(|| path.0.to_string(), |ty| ty.display(path))
}

/// Formats the provenance of a fact: its name, its grade and its source.
pub fn origin(path: &RecoveryPath<'_>) -> String {
    let grade = &path.citation.grade;
    match &path.citation.source {
        Some(source) => format!("{} (grade {grade}): {source}", path.fact.name),
        None => format!("{} (grade {grade}, derived)", path.fact.name),
    }
}

/// Formats a change with its price.
pub fn change(remedy: &Remedy) -> String {
    change_with_price(&remedy.change, remedy.price)
}

fn change_with_price(change: &ProposedChange, price: Option<Decimal>) -> String {
    match price {
        Some(price) if price.is_zero() => format!("{} (the expected bill stays as it is)", change.say),
        Some(price) if price.is_sign_negative() => format!("{} ({} a month less)", change.say, dollars(price.abs())),
        Some(price) => format!("{} ({} a month more)", change.say, dollars(price)),
        None => change.say.clone(),
    }
}

/// An objective and its verdict, for one of the two figures.
struct ObjectiveResult<'a> {
    code: &'static str,
    limit: Objective,
    verdict: Verdict,
    number: &'a DurationEstimate,
    /// `lose at most 1s`, `be back within 1min`.
    demanded: String,
    loses: bool,
}

impl ObjectiveResult<'_> {
    /// Checks whether the usual figure meets it, and no bound does.
    fn is_usual(&self) -> bool {
        !self.number.is_unbounded() && self.number.expected() <= self.limit.seconds && self.limit.guaranteed
    }

    /// Checks whether another objective of the same resource is missed in the same way, so that one message says both.
    fn fails_like(&self, other: &Self) -> bool {
        let own = |half: &Self| ["GPB4003", "GPB4004"].contains(&half.code) && half.verdict == Verdict::Refuted;
        self.verdict == other.verdict && !own(self) && !own(other) && self.is_usual() == other.is_usual()
    }

    /// Returns what happens in place of what is demanded: `may take longer than 1min (10min typical)`.
    fn excess(&self) -> String {
        match (self.number.is_unbounded(), self.loses) {
            (true, true) => "loses everything".to_owned(),
            (true, false) => "does not come back".to_owned(),
            (false, true) => format!("may lose more than {} ({})", time(self.limit.seconds), self.number),
            (false, false) => format!("may take longer than {} ({})", time(self.limit.seconds), self.number),
        }
    }
}

impl RecoveryCheck<'_, '_> {
    /// Formats a deciding property: "`multi_az` of `data.main` is true".
    pub fn evidence(&self, one: &Evidence) -> String {
        let resource = self.resource(&one.resource);
        let ty = resource.and_then(|resource| (self.given.types)(&resource.ty));
        let property = display(ty.as_ref(), &one.property);
        let value = resource.zip(ty.as_ref()).and_then(|(resource, ty)| shown(resource, ty, &one.property));
        match value {
            Some(value) => format!("`{property}` of `{}` is {}", one.resource, shortened(&value)),
            None => format!("`{property}` of `{}` is not set", one.resource),
        }
    }

    /// Reports the refuted and the unproven objectives of an assessment.
    pub fn report(&self, part: &Assessment, found: &mut Vec<Diagnostic>) {
        let Some(subject) = self.known.subjects.get(part.subject) else { return };
        let outcome = &part.outcome;
        let rpo = outcome.rpo.as_ref().zip(part.demand.rpo).zip(outcome.rpo_verdict);
        let rto = part.demand.rto.zip(outcome.rto_verdict);
        let halves = [
            rpo.map(|((number, limit), verdict)| ObjectiveResult {
                code: "GPB4001",
                limit,
                verdict,
                number,
                demanded: format!("lose at most {}", time(limit.seconds)),
                loses: true,
            }),
            rto.map(|(limit, verdict)| ObjectiveResult {
                code: Self::code_of_rto(part, limit),
                limit,
                verdict,
                number: &outcome.rto,
                demanded: format!("be back within {}", time(limit.seconds)),
                loses: false,
            }),
        ];
        let fails = |half: &ObjectiveResult<'_>| matches!(half.verdict, Verdict::Refuted | Verdict::Unproven);
        let failed: Vec<ObjectiveResult<'_>> = halves.into_iter().flatten().filter(fails).collect();
        if let [loss, time] = failed.as_slice()
            && loss.fails_like(time)
        {
            found.push(self.both(part, subject, loss, time));
            return;
        }
        found.extend(failed.iter().map(|half| match half.verdict {
            Verdict::Refuted => self.refuted(part, subject, half),
            _ => self.unproven(part, subject, half),
        }));
    }

    /// Returns the one diagnostic of two objectives that are missed for one cause.
    fn both(
        &self,
        part: &Assessment,
        subject: &Subject<'_>,
        loss: &ObjectiveResult<'_>,
        time: &ObjectiveResult<'_>,
    ) -> Diagnostic {
        let who = format!("`{}` ({})", subject.resource.address, subject.what);
        let when = self::loss(part.domain);
        let demanded = format!("{} and {}", loss.demanded, time.demanded);
        let figures = format!("{} ({}) and {} ({}) {when}", loss.demanded, loss.number, time.demanded, time.number);
        let (code, message) = match loss.verdict {
            Verdict::Refuted if loss.is_usual() => (loss.code, format!("nothing guarantees that {who} will {figures}")),
            Verdict::Refuted => (loss.code, format!("{who} {} and {} {when}", loss.excess(), time.excess())),
            _ if part.perhaps.is_some() => {
                ("GPB4005", format!("whether {who} will {demanded} {when} is unknown until apply"))
            }
            _ => ("GPB4005", format!("nothing proves that {who} will {figures}")),
        };
        let is_error = loss.verdict == Verdict::Refuted;
        let mut diagnostic =
            if is_error { Diagnostic::error(code, message) } else { Diagnostic::warning(code, message) };
        diagnostic = if loss.limit.span == time.limit.span {
            diagnostic.with_label(loss.limit.span, format!("it must {demanded}"))
        } else {
            diagnostic
                .with_label(loss.limit.span, format!("it must {}", loss.demanded))
                .with_label(time.limit.span, format!("it must {}", time.demanded))
        };
        diagnostic = self.with_evidence(diagnostic, part, subject);
        let mut help = self.help(part, subject, loss);
        let more = self.advice(part, subject, time);
        if !help.contains(&more) {
            help = format!("{help}\n{more}");
        }
        diagnostic.help(help)
    }

    fn code_of_rto(part: &Assessment, limit: Objective) -> &'static str {
        let outcome = &part.outcome;
        if outcome.lacks_decide {
            "GPB4003"
        } else if limit.seconds.is_zero() && !outcome.rto.is_unbounded() && outcome.rto.has_step() {
            "GPB4004"
        } else {
            "GPB4002"
        }
    }

    fn refuted(&self, part: &Assessment, subject: &Subject<'_>, half: &ObjectiveResult<'_>) -> Diagnostic {
        let who = format!("`{}` ({})", subject.resource.address, subject.what);
        let when = loss(part.domain);
        let message = match half.code {
            "GPB4003" => {
                format!("{who} comes back {when} only if a person acts, and nothing says how long deciding takes")
            }
            "GPB4004" => format!("{who} cannot be back at once {when}: something has to fail over first"),
            _ if half.is_usual() => {
                format!("nothing guarantees that {who} will {} {when}: {}", half.demanded, half.number)
            }
            _ if half.number.is_unbounded() && half.loses => format!("{who} loses everything {when}"),
            _ if half.number.is_unbounded() => format!("{who} does not come back {when}"),
            _ if half.loses => format!("{who} may lose more than {} {when}: {}", time(half.limit.seconds), half.number),
            _ => format!("{who} may take longer than {} {when}: {}", time(half.limit.seconds), half.number),
        };
        let mut diagnostic =
            Diagnostic::error(half.code, message).with_label(half.limit.span, format!("it must {}", half.demanded));
        diagnostic = self.with_evidence(diagnostic, part, subject);
        diagnostic.help(self.help(part, subject, half))
    }

    fn unproven(&self, part: &Assessment, subject: &Subject<'_>, half: &ObjectiveResult<'_>) -> Diagnostic {
        let who = format!("`{}` ({})", subject.resource.address, subject.what);
        let when = loss(part.domain);
        let message = if part.perhaps.is_some() {
            format!("whether {who} will {} {when} is unknown until apply", half.demanded)
        } else {
            format!("nothing proves that {who} will {} {when}: {}", half.demanded, half.number)
        };
        let mut diagnostic =
            Diagnostic::warning("GPB4005", message).with_label(half.limit.span, format!("it must {}", half.demanded));
        diagnostic = self.with_evidence(diagnostic, part, subject);
        diagnostic.help(self.help(part, subject, half))
    }

    /// Returns the facts that decided: the obstacles first, for they overrule.
    fn deciding<'s, 'm>(part: &Assessment, subject: &'s Subject<'m>) -> Vec<&'s RecoveryPath<'m>> {
        let obstacles = part.obstacles.iter().filter_map(|index| subject.obstacles.get(*index));
        let perhaps = match part.perhaps {
            Some(UnknownFactor::Way(index)) => subject.ways.get(index),
            Some(UnknownFactor::Obstacle(index)) => subject.obstacles.get(index),
            Some(UnknownFactor::Store) | None => None,
        };
        obstacles.chain(perhaps).chain(part.way.and_then(|path| subject.ways.get(path))).collect()
    }

    fn with_evidence(&self, mut diagnostic: Diagnostic, part: &Assessment, subject: &Subject<'_>) -> Diagnostic {
        let deciding = Self::deciding(part, subject);
        let mut shown = Vec::new();
        for one in deciding.iter().flat_map(|path| &path.fact.evidence) {
            if shown.len() < SHOWN && !shown.contains(&one.span) {
                shown.push(one.span);
                diagnostic = diagnostic.with_label(one.span, self.evidence(one));
            }
        }
        if shown.is_empty() {
            diagnostic = diagnostic.with_label(subject.resource.span, "decided by what it is");
        }
        diagnostic
    }

    fn help(&self, part: &Assessment, subject: &Subject<'_>, half: &ObjectiveResult<'_>) -> String {
        let mut lines = Vec::new();
        for path in Self::deciding(part, subject) {
            let sure = if path.fact.applies == gpb_model::Applicability::Unknown {
                "unknown until apply whether: "
            } else {
                ""
            };
            lines.push(format!("{sure}{} [{}]", path.says, origin(path)));
            if let (RecoveryMode::AutomaticIf, Some(condition)) = (path.mode, &path.only_if) {
                lines.push(format!("it does so by itself only if {condition}, which nothing here shows"));
            }
        }
        if part.way.is_none() && part.perhaps.is_none() {
            lines.push("no fact says how it comes back".to_owned());
        }
        if half.code == "GPB4003" {
            lines.push(
                "add `decide 5min` (what your people need, from the loss to the decision) to the target".to_owned(),
            );
            if half.number.expected() > half.limit.seconds {
                lines.push(format!("even without deciding it takes {}", time(half.number.expected())));
            }
            let without = self.assessor().remedies(part);
            if let Some(best) = without.iter().find(|remedy| remedy.outcome.times.decide == DurationEstimate::zero()) {
                lines.push(format!("or, so that nobody has to act: {}", change(best)));
            }
        } else {
            lines.push(self.advice(part, subject, half));
        }
        lines.retain(|line| !line.is_empty());
        lines.join("\n")
    }

    /// Suggests the cheapest change that would meet the objective.
    ///
    /// Without one, the best there is.
    fn advice(&self, part: &Assessment, subject: &Subject<'_>, half: &ObjectiveResult<'_>) -> String {
        let remedies = self.assessor().remedies(part);
        let obstacles = part.obstacles.iter().filter_map(|index| subject.obstacles.get(*index));
        let cleared =
            obstacles.flat_map(|obstacle| &obstacle.remedies).map(|change: &ProposedChange| change.say.clone());
        let first: Vec<String> = cleared.collect();
        if !first.is_empty() {
            return format!("take away what stands in the way: {}", first.join("; "));
        }
        if part.perhaps.is_some() {
            return "write the deciding property out, so that it is known before apply".to_owned();
        }
        if let Some(best) = remedies.first() {
            let most = match best.outcome.verdict() {
                Some(Verdict::Unproven) => "a change that comes nearer to it",
                _ if remedies.len() > 1 && best.price.is_some() => "the cheapest change that meets it",
                _ => "a change that meets it",
            };
            return format!("{most}: {}", change(best));
        }
        let improvements = self.improvements(part, subject);
        if !improvements.is_empty() {
            return format!("what would make it better: {}", improvements.join("; "));
        }
        if half.verdict == Verdict::Unproven {
            return "no figure is published: only a drill can tell (`gpb drill`)".to_owned();
        }
        Self::nearest(part, subject, half)
    }

    /// Returns the changes that would improve the figures of the best way.
    fn improvements(&self, part: &Assessment, subject: &Subject<'_>) -> Vec<String> {
        let path = part.way.and_then(|path| subject.ways.get(path));
        let changes = path.map(|path| path.improvements.as_slice()).unwrap_or_default();
        changes.iter().map(|one| change_with_price(one, (self.given.price)(one))).collect()
    }

    /// Describes the best figure that any way of this type has.
    fn nearest(part: &Assessment, subject: &Subject<'_>, half: &ObjectiveResult<'_>) -> String {
        let figure = |path: &RecoveryPath<'_>| if half.loses { path.rpo.clone() } else { Some(path.recover.clone()) };
        let best = subject
            .ways
            .iter()
            .filter(|path| path.domains.contains(&part.domain))
            .filter_map(|path| figure(path).filter(|number| !number.is_unbounded()).map(|number| (number, path)))
            .min_by_key(|(number, _)| number.rank());
        match best {
            Some((number, path)) if number.figure().is_none() => {
                format!(
                    "nothing known of this type meets it; the best there is has no published figure ({})",
                    path.fact.name
                )
            }
            Some((number, path)) => {
                let first = path.remedies.first().filter(|_| path.fact.applies != gpb_model::Applicability::Yes);
                let how = first.map(|change| format!(": {}", change.say)).unwrap_or_default();
                format!("nothing known of this type meets it; the nearest is {number} ({}){how}", path.fact.name)
            }
            None => "nothing known of this type meets it".to_owned(),
        }
    }

    /// Returns the diagnostic of a contradiction, a caution, or the end of a service.
    pub fn finding(&self, finding: &Finding<'_>) -> Option<Diagnostic> {
        let resource = self.resource(&finding.fact.of)?;
        let message = format!("`{}`: {}", resource.address, finding.says);
        let diagnostic = match finding.kind {
            FindingKind::Contradiction => Diagnostic::error("GPB4007", message),
            FindingKind::Caution => Diagnostic::warning("GPB4008", message),
            FindingKind::Ended => Diagnostic::error("GPB4012", message),
            FindingKind::Ending => Diagnostic::warning("GPB4013", message),
        };
        let mut diagnostic = self.attribute(diagnostic, finding, resource);
        let source = finding
            .citation
            .source
            .as_ref()
            .map(|source| format!("[{} (grade {}): {source}]", finding.fact.name, finding.citation.grade));
        let help: Vec<String> = [finding.help.clone(), source].into_iter().flatten().collect();
        if !help.is_empty() {
            diagnostic = diagnostic.help(help.join("\n"));
        }
        Some(diagnostic)
    }

    fn attribute(&self, mut diagnostic: Diagnostic, finding: &Finding<'_>, resource: &Resource) -> Diagnostic {
        let Fact { evidence: seen, .. } = finding.fact;
        let ty = (self.given.types)(&resource.ty);
        let named = |one: &&Arc<Evidence>| {
            finding.at.as_ref().is_some_and(|at| {
                one.property.0 == *at || display(ty.as_ref(), &one.property) == *at || covers(at, one.resource.as_str())
            })
        };
        let first = seen.iter().find(named).or_else(|| seen.iter().find(|one| one.written));
        let mut shown = Vec::new();
        for one in first.into_iter().chain(seen.iter().filter(|one| one.written)) {
            if shown.len() < SHOWN && !shown.contains(&one.span) {
                shown.push(one.span);
                diagnostic = diagnostic.with_label(one.span, self.evidence(one));
            }
        }
        if shown.is_empty() { diagnostic.with_label(resource.span, "here") } else { diagnostic }
    }
}
