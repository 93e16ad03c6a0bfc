//! For any run and any damage, the verifier names exactly that damage.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use std::collections::BTreeMap;

use crate::common::{Item, Shelf, layouts, older_runs, runs};
use mercato_truth::{Counts, Difference, Kind, Layout, Origin, Place, Report};
use proptest::prelude::*;
use proptest::sample::Index;

/// Counts of a run of `expected` records with nothing but `differences`.
fn counts(report: &Report, expected: u64, actual: u64, differences: &[(Kind, u64)]) -> bool {
    let Counts { matching, moved, .. } = report.counts;
    let mut wanted = Counts { expected, actual, matching, moved, ..Counts::default() };
    for (kind, count) in differences {
        match kind {
            Kind::Missing => wanted.missing = *count,
            Kind::Doubled => wanted.doubled = *count,
            Kind::OutOfOrder => wanted.out_of_order = *count,
            Kind::Altered => wanted.altered = *count,
            Kind::Misplaced => wanted.misplaced = *count,
            Kind::Unexpected => wanted.unexpected = *count,
        }
    }
    let Counts { missing, doubled, out_of_order, altered, misplaced, unexpected, .. } = wanted;
    wanted == report.counts
        && expected == matching + missing + out_of_order + altered + misplaced
        && actual == matching + doubled + out_of_order + altered + misplaced + unexpected
        && report.differences.len() as u64 == report.counts.differences()
}

fn place(layout: Layout, partition: usize, index: usize) -> Place {
    match layout {
        Layout::Lines => Place::Line { line: index as u64 + 1 },
        Layout::Records => Place::Record { record: index as u64 + 1 },
        Layout::Partitions(_) => {
            Place::Offset { partition: partition as u32, offset: index as u64 + 1 }
        }
    }
}

fn only(report: &Report) -> &Difference {
    assert_eq!(report.differences.len(), 1, "{report}");
    &report.differences[0]
}

fn origin(item: &Item) -> Option<Origin> {
    item.at.map(Origin::from)
}

fn text(item: &Item) -> String {
    String::from_utf8(item.value.clone()).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn what_a_run_left_is_clean(run in runs(), layout in layouts()) {
        let mut shelf = Shelf::of(&run, layout);
        let report = shelf.verify(&run);
        prop_assert!(report.is_clean());
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[]));
        prop_assert_eq!((report.counts.matching, report.counts.moved), (shelf.len(), 0));
    }

    #[test]
    fn a_deleted_record_is_missing(run in runs(), layout in layouts(), pick in any::<Index>()) {
        let mut shelf = Shelf::of(&run, layout);
        let whole = shelf.len();
        let (partition, index) = shelf.pick(pick);
        let gone = shelf.partitions[partition].remove(index);
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, whole, whole - 1, &[(Kind::Missing, 1)]), "{}", report);
        let found = only(&report);
        prop_assert_eq!((found.origin, found.place), (origin(&gone), None));
        prop_assert_eq!(&found.expected, &Some(text(&gone)));
        prop_assert_eq!(found.key.as_ref().unwrap().as_bytes(), &gone.key);
    }

    #[test]
    fn a_copy_anywhere_is_doubled(run in runs(), layout in layouts(), pick in any::<Index>(), to in any::<Index>()) {
        let mut shelf = Shelf::of(&run, layout);
        let whole = shelf.len();
        let (from, index) = shelf.pick(pick);
        let copy = shelf.partitions[from][index].clone();
        let (partition, index) = shelf.pick(to);
        shelf.partitions[partition].insert(index, copy.clone());
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, whole, whole + 1, &[(Kind::Doubled, 1)]), "{}", report);
        let found = only(&report);
        prop_assert_eq!((found.origin, &found.actual), (origin(&copy), &Some(text(&copy))));
    }

    #[test]
    fn neighbours_of_a_key_that_are_swapped_are_out_of_order(run in runs(), layout in layouts(), pick in any::<Index>()) {
        let mut shelf = Shelf::of(&run, layout);
        let (partition, first) = shelf.pick(pick);
        let items = &mut shelf.partitions[partition];
        let second = (first + 1..items.len()).find(|index| items[*index].key == items[first].key);
        prop_assume!(second.is_some());
        items.swap(first, second.unwrap());
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[(Kind::OutOfOrder, 1)]), "{}", report);
        prop_assert!(report.counts.moved <= 1);
        let found = only(&report);
        let swapped = [first, second.unwrap()].map(|index| &shelf.partitions[partition][index]);
        prop_assert!(swapped.iter().any(|item| origin(item) == found.origin));
        prop_assert!(found.place == Some(place(layout, partition, first)) || found.place == Some(place(layout, partition, second.unwrap())));
    }

    #[test]
    fn a_record_moved_past_others_of_its_key_is_one_out_of_order(
        run in runs(), layout in layouts(), pick in any::<Index>(), to in any::<Index>(),
    ) {
        let mut shelf = Shelf::of(&run, layout);
        let (partition, from) = shelf.pick(pick);
        let items = &mut shelf.partitions[partition];
        let to = to.index(items.len());
        let (low, high) = (from.min(to), from.max(to));
        let passed = items[low..=high].iter().filter(|item| item.key == items[from].key).count() - 1;
        let item = items.remove(from);
        items.insert(to, item.clone());
        let report = shelf.verify(&run);
        if passed == 0 {
            prop_assert!(counts(&report, shelf.len(), shelf.len(), &[]), "{}", report);
            prop_assert_eq!(report.counts.moved > 0, from != to);
        } else {
            prop_assert!(counts(&report, shelf.len(), shelf.len(), &[(Kind::OutOfOrder, 1)]), "{}", report);
        }
    }

    #[test]
    fn a_changed_byte_is_an_altered_record(
        run in runs(), layout in layouts(), pick in any::<Index>(), byte in any::<Index>(), change in 1u8..=255,
    ) {
        let mut shelf = Shelf::of(&run, layout);
        let (partition, index) = shelf.pick(pick);
        let item = shelf.partitions[partition][index].clone();
        let mut value = item.value.clone();
        value[byte.index(item.value.len())] ^= change;
        shelf.partitions[partition][index].value = value.clone();
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[(Kind::Altered, 1)]), "{}", report);
        let found = only(&report);
        prop_assert_eq!((found.origin, found.place), (origin(&item), Some(place(layout, partition, index))));
        prop_assert_eq!(&found.expected, &Some(text(&item)));
        prop_assert_ne!(&found.expected, &found.actual);
    }

    #[test]
    fn a_changed_key_is_an_altered_record(run in runs(), count in 1u32..8, pick in any::<Index>()) {
        let layout = Layout::Partitions(count);
        let mut shelf = Shelf::of(&run, layout);
        let (partition, index) = shelf.pick(pick);
        let item = shelf.partitions[partition][index].clone();
        shelf.partitions[partition][index].key = b"another".to_vec();
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[(Kind::Altered, 1)]), "{}", report);
        prop_assert_eq!((only(&report).origin, only(&report).place), (origin(&item), Some(place(layout, partition, index))));
    }

    #[test]
    fn a_foreign_record_is_unexpected(run in runs(), layout in layouts(), pick in any::<Index>()) {
        let mut shelf = Shelf::of(&run, layout);
        let whole = shelf.len();
        let (partition, index) = shelf.pick(pick);
        shelf.partitions[partition].insert(index, Item::foreign(b"1", "{\"of\":\"others\"}"));
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, whole, whole + 1, &[(Kind::Unexpected, 1)]), "{}", report);
        let found = only(&report);
        prop_assert_eq!((found.origin, found.place), (None, Some(place(layout, partition, index))));
        prop_assert_eq!(found.actual.as_deref(), Some("{\"of\":\"others\"}"));
    }

    #[test]
    fn after_a_cut_the_rest_is_missing(run in runs(), layout in layouts(), pick in any::<Index>()) {
        let mut shelf = Shelf::of(&run, layout);
        let (partition, index) = shelf.pick(pick);
        let whole = shelf.len();
        let first = shelf.partitions[partition][index].clone();
        shelf.partitions[partition].truncate(index);
        let left = shelf.len();
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, whole, left, &[(Kind::Missing, whole - left)]), "{}", report);
        prop_assert_eq!(report.differences[0].origin, origin(&first));
    }

    #[test]
    fn a_cut_within_a_record_leaves_an_altered_one(run in runs(), layout in layouts(), pick in any::<Index>()) {
        let mut shelf = Shelf::of(&run, layout);
        let (partition, index) = shelf.pick(pick);
        let whole = shelf.len();
        let items = &mut shelf.partitions[partition];
        items.truncate(index + 1);
        items[index].value.pop();
        let left = shelf.len();
        let report = shelf.verify(&run);
        prop_assert!(
            counts(&report, whole, left, &[(Kind::Altered, 1), (Kind::Missing, whole - left)]), "{}", report
        );
        prop_assert_eq!(report.differences[0].kind, Kind::Altered);
    }

    #[test]
    fn what_older_runs_left_is_unexpected(run in runs(), older in older_runs(), layout in layouts()) {
        let mut shelf = Shelf::of(&run, layout);
        let whole = shelf.len();
        let old = Shelf::of(&older, layout);
        for (items, old) in shelf.partitions.iter_mut().zip(old.partitions) {
            items.splice(0..0, old);
        }
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, whole, shelf.len(), &[(Kind::Unexpected, shelf.len() - whole)]), "{}", report);
    }

    #[test]
    fn a_record_in_another_partition_is_misplaced(
        run in runs(), count in 2u32..8, pick in any::<Index>(), to in any::<Index>(), at in any::<Index>(),
    ) {
        let layout = Layout::Partitions(count);
        let mut shelf = Shelf::of(&run, layout);
        let (from, index) = shelf.pick(pick);
        let to = (from + 1 + to.index(count as usize - 1)) % count as usize;
        let item = shelf.partitions[from].remove(index);
        let at = at.index(shelf.partitions[to].len() + 1);
        shelf.partitions[to].insert(at, item.clone());
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[(Kind::Misplaced, 1)]), "{}", report);
        let found = only(&report);
        prop_assert_eq!((found.origin, found.place), (origin(&item), Some(place(layout, to, at))));
        prop_assert_eq!(found.belongs_to_partition, Some(from as u32));
    }

    #[test]
    fn an_empty_partition_and_an_empty_file_miss_everything(run in runs(), layout in layouts()) {
        let mut shelf = Shelf::of(&run, layout);
        let whole = shelf.len();
        shelf.partitions.iter_mut().for_each(Vec::clear);
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, whole, 0, &[(Kind::Missing, whole)]), "{}", report);
    }

    /// Several writers share a partition: each key keeps its order, keys are mixed at will.
    #[test]
    fn keys_may_be_mixed_at_will(run in runs(), layout in layouts(), order in any::<u64>()) {
        let mut shelf = Shelf::of(&run, layout);
        for items in &mut shelf.partitions {
            let mut queues: BTreeMap<Vec<u8>, Vec<Item>> = BTreeMap::new();
            items.drain(..).rev().for_each(|item| queues.entry(item.key.clone()).or_default().push(item));
            let mut draw = order;
            while !queues.is_empty() {
                draw = draw.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let key = queues.keys().nth((draw >> 33) as usize % queues.len()).unwrap().clone();
                items.extend(queues.get_mut(&key).unwrap().pop());
                queues.retain(|_, queue| !queue.is_empty());
            }
        }
        let report = shelf.verify(&run);
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[]), "{}", report);
        prop_assert!(report.is_clean());
    }

    /// For any sequence at all, what is there and what is not are decided by counting.
    #[test]
    fn any_sequence_is_told_apart_by_counting(
        run in runs(), count in 1u32..4, picks in prop::collection::vec(prop::option::weighted(0.9, any::<Index>()), 0..300),
    ) {
        let whole = Shelf::of(&run, Layout::Partitions(count));
        let mut shelf = whole.clone();
        shelf.partitions.iter_mut().for_each(Vec::clear);
        for (number, pick) in picks.into_iter().enumerate() {
            let foreign = || (number % count as usize, Item::foreign(b"3", &format!("foreign {number}")));
            let (partition, item) = pick.map_or_else(foreign, |pick| {
                let (partition, index) = whole.pick(pick);
                (partition, whole.partitions[partition][index].clone())
            });
            shelf.partitions[partition].push(item);
        }
        let of = |shelf: &Shelf| {
            let mut counted: BTreeMap<Vec<u8>, u64> = BTreeMap::new();
            shelf.partitions.iter().flatten().for_each(|item| *counted.entry(item.value.clone()).or_default() += 1);
            counted
        };
        let (should, is) = (of(&whole), of(&shelf));
        let absent = should.keys().filter(|value| !is.contains_key(*value)).count() as u64;
        let copies: u64 = is.iter().filter(|(value, _)| should.contains_key(*value)).map(|(_, count)| count - 1).sum();
        let foreign = is.keys().filter(|value| !should.contains_key(*value)).count() as u64;
        let Counts { missing, altered, doubled, unexpected, misplaced, matching, out_of_order, .. } =
            shelf.verify(&run).counts;
        prop_assert_eq!((missing + altered, doubled, unexpected + altered, misplaced), (absent, copies, foreign, 0));
        prop_assert_eq!(matching + out_of_order, whole.len() - absent);
    }

    /// However records are shuffled, order is broken exactly where a key's records are not in
    /// order.
    #[test]
    fn any_shuffle_is_out_of_order_where_a_key_is(
        run in runs(), layout in layouts(), swaps in prop::collection::vec((any::<Index>(), any::<Index>()), 0..30),
    ) {
        let mut shelf = Shelf::of(&run, layout);
        for (one, other) in swaps {
            let (partition, one) = shelf.pick(one);
            let items = &mut shelf.partitions[partition];
            let other = other.index(items.len());
            items.swap(one, other);
        }
        let mut by_key: BTreeMap<&[u8], Vec<_>> = BTreeMap::new();
        shelf.partitions.iter().flatten().for_each(|item| by_key.entry(&item.key).or_default().push(item.at));
        let fewest: u64 = by_key.values().map(|places| (places.len() - longest_rise(places)) as u64).sum();
        let sorted = by_key.values().all(|places| places.is_sorted());
        let report = shelf.verify(&run);
        let count = report.counts.out_of_order;
        prop_assert!(counts(&report, shelf.len(), shelf.len(), &[(Kind::OutOfOrder, count)]), "{}", report);
        prop_assert!(count >= fewest, "{} are named, {} have to move", count, fewest);
        prop_assert_eq!(sorted, count == 0);
    }
}

/// Length of the longest rising subsequence.
fn longest_rise<T: Ord>(items: &[T]) -> usize {
    let mut ends: Vec<&T> = Vec::new();
    for item in items {
        let slot = ends.partition_point(|end| *end < item);
        ends.truncate(ends.len().max(slot));
        match ends.get_mut(slot) {
            Some(end) => *end = item,
            None => ends.push(item),
        }
    }
    ends.len()
}
