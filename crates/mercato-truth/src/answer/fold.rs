//! The fold of records into the groups of one query's windows.

use std::cmp::Reverse;
use std::ops::ControlFlow;

use mercato_encode::{Columns, Layout, Values, json};

use super::columns::{Place, Source, list_of};
use super::groups::{Group, Groups, Tally};
use super::number::{mean, mean_digits, shown, units};
use super::panes::Panes;
use super::predicate::Predicate;
use super::query::Value;
use super::sessions::Sessions;
use super::{Query, Window, Windows};

/// The windows of one query that have not ended.
#[derive(Debug)]
pub(super) struct Fold<'a> {
    query: &'a Query,
    reader: Reader,
    state: State,
    /// The slot of the list whose elements are counted.
    list: Option<usize>,
    key: Vec<u8>,
    value: Vec<u8>,
}

#[derive(Debug)]
enum State {
    Whole(Groups),
    Panes(Box<Panes>),
    Sessions(Sessions),
}

/// The fields of a query in the columns of one layout.
#[derive(Debug)]
struct Reader {
    predicate: Option<Predicate>,
    by: Box<[Source]>,
    totals: Box<[Source]>,
    firsts: Box<[Source]>,
    lasts: Box<[Source]>,
    tallies: Box<[Source]>,
}

impl<'a> Fold<'a> {
    /// The fold of records of `layout`.
    pub(super) fn new(query: &'a Query, layout: &Layout) -> Self {
        let sources = |fields: &[super::Field]| {
            fields.iter().map(|field| Source::new(layout, field)).collect()
        };
        let reader = Reader {
            predicate: query.condition.as_ref().map(|found| Predicate::new(layout, found)),
            by: sources(&query.by),
            totals: sources(&query.totals),
            firsts: sources(&query.firsts),
            lasts: sources(&query.lasts),
            tallies: sources(&query.tallies),
        };
        let groups = Groups::new(query.sizes());
        let state = match (query.grid, query.windows) {
            (Some(grid), _) => State::Panes(Box::new(Panes::new(grid, groups))),
            (None, Windows::Session { gap }) => {
                State::Sessions(Sessions::new(gap.micros(), query.sizes()))
            }
            (None, _) => State::Whole(groups),
        };
        let list = query.list.and_then(|leaf| list_of(layout, leaf)).map(|(slot, _)| slot);
        Self { query, reader, state, list, key: Vec::new(), value: Vec::new() }
    }

    /// Adds a record of event time `at`; closes the windows that have ended before it.
    #[inline]
    pub(super) fn add(
        &mut self,
        at: i64,
        columns: &Columns,
        row: usize,
        each: &mut dyn FnMut(&Window) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (reader, query) = (&self.reader, self.query);
        let closed = |bounds: Option<(i64, i64)>, groups: &Groups| {
            reader.tell(query, bounds, groups, &mut *each)
        };
        let at = if query.time.has_micros() { at } else { at - at.rem_euclid(1_000) };
        match &mut self.state {
            State::Panes(panes) if at >= panes.end() => panes.go_to(at, &mut { closed })?,
            State::Sessions(sessions) if sessions.next_end() < at => {
                sessions.close_before(at, &mut { closed })?;
            }
            State::Whole(_) | State::Panes(_) | State::Sessions(_) => {}
        }
        let record = (columns, row);
        let Some(list) = self.list else {
            self.count(at, Place { record, element: record });
            return ControlFlow::Continue(());
        };
        if let Values::Lists { items, ends } = columns.columns()[list].values() {
            let start = row.checked_sub(1).map_or(0, |before| ends[before] as usize);
            for element in start..ends[row] as usize {
                self.count(at, Place { record, element: (items, element) });
            }
        }
        ControlFlow::Continue(())
    }

    #[inline]
    fn count(&mut self, at: i64, place: Place<'_>) {
        let Self { reader, state, key, value, .. } = self;
        if reader.predicate.as_ref().is_some_and(|found| found.holds(place) != Some(true)) {
            return;
        }
        key.clear();
        reader.by.iter().for_each(|source| source.key(place, key));
        let group = match state {
            State::Whole(groups) => groups.group(key),
            State::Panes(panes) => panes.groups.group(key),
            State::Sessions(sessions) => sessions.group(at, key),
        };
        group.count += 1;
        for (total, source) in group.totals.iter_mut().zip(&reader.totals) {
            if let Some(number) = source.number(place) {
                total.add(number);
            }
        }
        for (first, source) in group.firsts.iter_mut().zip(&reader.firsts) {
            if first.is_empty() {
                source.present(place, first);
            }
        }
        for (last, source) in group.lasts.iter_mut().zip(&reader.lasts) {
            if source.present(place, value) {
                std::mem::swap(last, value);
            }
        }
        for (tally, source) in group.tallies.iter_mut().zip(&reader.tallies) {
            if source.present(place, value) {
                tally.add(value, 1);
            }
        }
    }

    /// Closes all windows: no record comes any more.
    pub(super) fn end(
        &mut self,
        each: &mut dyn FnMut(&Window) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        let (reader, query) = (&self.reader, self.query);
        let mut closed = |bounds: Option<(i64, i64)>, groups: &Groups| {
            reader.tell(query, bounds, groups, &mut *each)
        };
        match &mut self.state {
            State::Panes(panes) => panes.close_before(i64::MAX, &mut closed),
            State::Sessions(sessions) => sessions.close_before(i64::MAX, &mut closed),
            State::Whole(groups) => {
                // All records together are one group, even of none.
                if query.by.is_empty() {
                    groups.group(&[]);
                }
                closed(None, groups)
            }
        }
    }
}

impl Reader {
    /// Hands the groups of a window that has any to `each`.
    fn tell(
        &self,
        query: &Query,
        bounds: Option<(i64, i64)>,
        groups: &Groups,
        each: &mut dyn FnMut(&Window) -> ControlFlow<()>,
    ) -> ControlFlow<()> {
        if groups.is_empty() {
            return ControlFlow::Continue(());
        }
        let row = |(mut key, group): (&[u8], &Group)| {
            let by = self.by.iter().map(|source| source.value(&mut key));
            let values = query.values.iter().map(|value| self.value(query, *value, group));
            by.chain(values).collect()
        };
        let mut rows: Vec<Vec<Option<String>>> = groups.iter().map(row).collect();
        let by = query.by.len();
        rows.sort_by(|a, b| a[..by].cmp(&b[..by]));
        each(&Window { bounds, rows })
    }

    /// The value of an aggregate; none where no record has the field.
    fn value(&self, query: &Query, value: Value, group: &Group) -> Option<String> {
        let digits = |at: usize| query.totals[at].kind.digits();
        let number = |at: usize, number: i128| shown(number, digits(at));
        let last = |source: &Source, key: &[u8]| source.value(&mut &*key);
        match value {
            Value::Count => Some(group.count.to_string()),
            Value::Sum(at) => Some(number(at, group.totals[at].sum)),
            Value::Min(at) => group.totals[at].min.map(|min| number(at, min.into())),
            Value::Max(at) => group.totals[at].max.map(|max| number(at, max.into())),
            Value::Avg(at) => {
                let total = &group.totals[at];
                let mean = mean(total.sum, total.count, digits(at))?;
                Some(shown(mean, mean_digits(digits(at))))
            }
            Value::First(at) => last(&self.firsts[at], &group.firsts[at]),
            Value::Last(at) => last(&self.lasts[at], &group.lasts[at]),
            Value::Distinct(at) => Some(group.tallies[at].len().to_string()),
            Value::Top(at, most) => {
                let kind = query.tallies[at].kind;
                Some(top(&self.tallies[at], kind, &group.tallies[at], most as usize))
            }
        }
    }
}

/// The most frequent values as a JSON list; those of equal frequency in their own order.
fn top(source: &Source, kind: super::FieldKind, tally: &Tally, most: usize) -> String {
    let value = |(key, count): (&[u8], u64)| Some((Reverse(count), source.value(&mut &*key)?));
    let mut values: Vec<(Reverse<u64>, String)> = tally.iter().filter_map(value).collect();
    let order = |text: &str| kind.is_number().then(|| units(text, kind.digits())).flatten();
    values.sort_by_cached_key(|(count, text)| (*count, order(text), text.clone()));
    let mut out = b"[".to_vec();
    for (place, (Reverse(count), text)) in values.into_iter().take(most).enumerate() {
        out.extend_from_slice(if place == 0 { b"{\"value\":" } else { b",{\"value\":" });
        if kind.is_number() {
            out.extend_from_slice(text.as_bytes());
        } else {
            json::string(&mut out, &text);
        }
        out.extend_from_slice(format!(",\"count\":{count}}}").as_bytes());
    }
    out.push(b']');
    String::from_utf8_lossy(&out).into_owned()
}
