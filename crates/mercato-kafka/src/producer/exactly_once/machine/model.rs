//! A small model of a broker and its log, against which every interleaving of errors is tried.
//!
//! A run of four records in transactions of two is carried out by up to three instances.
//! At each step one of them does what its machine says, and the step succeeds, fails without effect,
//! takes effect and fails, or fails and takes effect later; between steps an instance may be killed,
//! another may be started beside it, and the broker may give up the open transaction.
//! In every state that can be reached, what readers of committed records see is a beginning of the
//! run, and its length is the position that is committed with it: nothing is missing, nothing is
//! doubled. From every state, the same command given again completes the run.

mod broker;
mod mutants;

use std::collections::BTreeSet;

use super::*;
use broker::{Broker, Epoch, Request};
use mutants::Mutant;

/// Records of the run.
const RECORDS: u64 = 4;
/// Records of a transaction.
const CUT: u64 = 2;
/// Errors, kills and starts on one way.
const FAULTS: u32 = 3;
/// Instances on one way.
const INSTANCES: usize = 2;

/// The next step of an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Step {
    Open,
    Read,
    /// Sends the record at this index of what is held.
    Resend(usize),
    Send,
    Progress,
    End,
    Look,
    Ended(Option<Reason>),
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Instance {
    number: usize,
    machine: Machine,
    mutant: Option<Mutant>,
    step: Step,
    epoch: Epoch,
    held: Vec<u64>,
    /// The instance whose progress record was read or written last.
    writer: Option<usize>,
    announced: bool,
}

/// What becomes of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    Done,
    /// No effect, and an error.
    Refused,
    /// The effect, and an error.
    Unknown,
    /// An error, and the effect perhaps later.
    Late,
}

impl Instance {
    fn new(number: usize, mutant: Option<Mutant>) -> Self {
        Self {
            number,
            machine: Machine::new(),
            mutant,
            step: Step::Open,
            epoch: 0,
            held: Vec::new(),
            writer: None,
            announced: false,
        }
    }

    fn next(&mut self, event: Event) -> Action {
        match self.mutant {
            Some(mutant) => mutant.next(&mut self.machine, event),
            None => self.machine.next(event),
        }
    }

    fn is_running(&self) -> bool {
        !matches!(self.step, Step::Ended(_))
    }

    /// Carries out the next step.
    fn act(&mut self, broker: &mut Broker, fate: Fate) {
        let event = match self.step {
            Step::Open => {
                if fate != Fate::Refused {
                    self.epoch = broker.initialize();
                }
                (fate == Fate::Done).then_some(Event::Opened)
            }
            Step::Read => (fate == Fate::Done).then(|| {
                self.writer = broker.progress.map(|(_, instance)| instance);
                Event::Found(broker.progress.map_or(0, |(position, _)| position))
            }),
            Step::Look => (fate == Fate::Done).then(|| {
                let last = broker.progress.map(|(_, instance)| instance);
                let is_own = last == self.writer || last == Some(self.number);
                if is_own { Event::Alone } else { Event::Overtaken }
            }),
            Step::Send => {
                let record = self.machine.taken() + 1;
                self.held.push(record);
                assert_eq!(self.next(Event::Taken), Action::Proceed);
                if self.ask(broker, Request::Record(record), fate) {
                    return self.go_on();
                }
                None
            }
            Step::Resend(index) if index < self.held.len() => {
                if self.ask(broker, Request::Record(self.held[index]), fate) {
                    self.step = Step::Resend(index + 1);
                    return;
                }
                None
            }
            Step::Resend(_) => Some(Event::Resent),
            Step::Progress => {
                let position = self.machine.taken();
                let progress = Request::Progress { position, instance: self.number };
                if self.ask(broker, progress, fate) {
                    self.step = Step::End;
                    return;
                }
                None
            }
            Step::End => self.ask(broker, Request::End, fate).then_some(Event::Committed),
            Step::Ended(_) => return,
        };
        let action = self.next(event.unwrap_or(Event::Failed));
        self.begin(action);
    }

    fn ask(&self, broker: &mut Broker, request: Request, fate: Fate) -> bool {
        match fate {
            Fate::Done => broker.take(self.epoch, request),
            Fate::Refused => false,
            Fate::Unknown => {
                broker.take(self.epoch, request);
                false
            }
            Fate::Late => {
                broker.late.push((self.epoch, request));
                false
            }
        }
    }

    fn begin(&mut self, action: Action) {
        match action {
            Action::Open => self.step = Step::Open,
            Action::Read => self.step = Step::Read,
            Action::Resend => self.step = Step::Resend(0),
            Action::Commit => self.step = Step::Progress,
            Action::Look => self.step = Step::Look,
            Action::Stop(reason) => self.step = Step::Ended(Some(reason)),
            Action::Forget => {
                self.writer = Some(self.number);
                self.held.clear();
                self.announced = true;
                self.go_on();
            }
            Action::Proceed => self.go_on(),
        }
    }

    /// What the run wants next: it announces itself, sends its records, and cuts.
    fn go_on(&mut self) {
        let taken = self.machine.taken();
        if !self.announced
            || self.held.len() as u64 == CUT
            || !self.held.is_empty() && taken == RECORDS
        {
            let action = self.next(Event::Cut);
            assert_eq!(action, Action::Commit);
            return self.begin(action);
        }
        self.step = if taken == RECORDS { Step::Ended(None) } else { Step::Send };
    }
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct World {
    broker: Broker,
    instances: Vec<Instance>,
    mutant: Option<Mutant>,
    faults: u32,
    killed: usize,
}

impl World {
    fn new(mutant: Option<Mutant>) -> Self {
        let instances = vec![Instance::new(1, mutant)];
        Self { broker: Broker::default(), instances, mutant, faults: 0, killed: 0 }
    }

    /// The same world with nothing that can change no other: epochs count only as the present one
    /// and those that are over.
    fn reduced(mut self) -> Self {
        let present = self.broker.epoch;
        let reduced = |epoch: Epoch| Epoch::from(epoch == present);
        self.broker.late.retain(|(epoch, _)| *epoch == present);
        self.broker.late.iter_mut().for_each(|(epoch, _)| *epoch = 1);
        self.instances.iter_mut().for_each(|instance| instance.epoch = reduced(instance.epoch));
        self.broker.epoch = 1;
        self
    }

    /// Fails unless readers see a beginning of the run, as long as its position says.
    fn check(&self) -> Result<(), String> {
        let seen = &self.broker.records;
        let whole: Vec<u64> = (1..=RECORDS).collect();
        let position = self.broker.progress.map_or(0, |(position, _)| position);
        if whole.starts_with(seen) && position == seen.len() as u64 {
            return Ok(());
        }
        Err(format!("readers see {seen:?} at position {position} in {self:#?}"))
    }

    /// Gives the same command again, in a world without errors.
    fn complete(&self) -> Result<(), String> {
        let mut world = self.clone();
        let mut last = Instance::new(99, self.mutant);
        while last.is_running() {
            last.act(&mut world.broker, Fate::Done);
            world.check()?;
        }
        let seen = world.broker.records.len() as u64;
        if last.step == Step::Ended(None) && seen == RECORDS {
            return Ok(());
        }
        Err(format!("the same command does not complete {self:#?}"))
    }

    /// Every world that one step leads to.
    fn next(&self) -> Vec<Self> {
        let mut worlds = Vec::new();
        for index in 0..self.instances.len() {
            for fate in [Fate::Done, Fate::Refused, Fate::Unknown, Fate::Late] {
                let mut world = self.clone();
                world.faults += u32::from(fate != Fate::Done);
                if !self.instances[index].is_running() || world.faults > FAULTS {
                    continue;
                }
                world.instances[index].act(&mut world.broker, fate);
                worlds.push(world);
            }
        }
        for index in 0..self.broker.late.len() {
            let mut world = self.clone();
            let (epoch, request) = world.broker.late.remove(index);
            world.broker.take(epoch, request);
            worlds.push(world);
        }
        if self.faults < FAULTS {
            worlds.extend(self.fault());
        }
        worlds
    }

    /// Every world after a kill, another start, or a transaction that took too long.
    fn fault(&self) -> Vec<Self> {
        let mut worlds = Vec::new();
        let faulty = || Self { faults: self.faults + 1, ..self.clone() };
        for index in 0..self.instances.len() {
            let mut world = faulty();
            world.instances.remove(index);
            world.killed += 1;
            worlds.push(world);
        }
        let number = self.instances.len() + self.killed;
        if number < INSTANCES {
            let mut world = faulty();
            world.instances.push(Instance::new(number + 1, self.mutant));
            worlds.push(world);
        }
        if !self.broker.open.is_empty() {
            let mut world = faulty();
            world.broker.give_up();
            worlds.push(world);
        }
        worlds
    }
}

/// Where a search has been.
#[derive(Debug, Default)]
struct Search {
    seen: BTreeSet<World>,
    ended: u64,
    overtaken: u64,
    both_done: u64,
}

impl Search {
    /// Goes to every state that a run of `mutant`, or of the machine itself, can reach; the first in
    /// which something is wrong is the error.
    fn everywhere(mutant: Option<Mutant>) -> Result<Self, String> {
        let (mut search, mut waiting) = (Self::default(), vec![World::new(mutant)]);
        while let Some(world) = waiting.pop().map(World::reduced) {
            if !search.seen.insert(world.clone()) {
                continue;
            }
            world.check()?;
            world.complete()?;
            let next = world.next();
            let reasons: Vec<_> = world.instances.iter().map(|instance| instance.step).collect();
            search.overtaken += u64::from(reasons.contains(&Step::Ended(Some(Reason::Overtaken))));
            search.both_done += u64::from(reasons.iter().all(|step| *step == Step::Ended(None)));
            search.ended += u64::from(next.is_empty());
            waiting.extend(next);
        }
        Ok(search)
    }
}

#[test]
fn no_interleaving_loses_or_doubles_a_record() {
    let search = Search::everywhere(None).unwrap();
    let Search { seen, ended, overtaken, both_done } = search;
    eprintln!("{} states, {ended} ends", seen.len());
    // It is no proof unless it has gone everywhere.
    assert!(seen.len() > 50_000, "{} states", seen.len());
    assert!(ended > 0 && overtaken > 0 && both_done > 0, "{ended} {overtaken} {both_done}");
}

#[test]
fn each_mistake_is_found() {
    for mutant in Mutant::ALL {
        let found = Search::everywhere(Some(mutant)).map(|search| search.seen.len());
        let flaw = found.expect_err(&format!("{mutant:?} is taken for right"));
        assert!(flaw.starts_with("readers see"), "{mutant:?}: {flaw}");
    }
}

#[test]
fn of_two_instances_one_goes_on() {
    // However the steps of two instances interleave, without other errors the run is completed.
    let mut world = World::new(None);
    world.instances.push(Instance::new(2, None));
    let (mut seen, mut waiting) = (BTreeSet::new(), vec![world]);
    while let Some(world) = waiting.pop().map(World::reduced) {
        if !seen.insert(world.clone()) {
            continue;
        }
        let mut next = Vec::new();
        for index in 0..2 {
            if world.instances[index].is_running() {
                let mut after = world.clone();
                after.instances[index].act(&mut after.broker, Fate::Done);
                next.push(after);
            }
        }
        if next.is_empty() {
            assert_eq!(world.broker.records.len() as u64, RECORDS, "{world:#?}");
        }
        waiting.extend(next);
    }
}
