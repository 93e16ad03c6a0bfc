//! The user's device: its type, and the user agents of browsers on it.
//!
//! `devices.txt` holds a weight for each user agent, in relation to the others of its type.
//! The strings have the forms that vendors document, with the reductions of today's browsers:
//! Chrome shows only its major version, `Android 10; K` and `Mac OS X 10_15_7` whatever the device
//! is.

use mercato_units::Weight;

use super::catalogue::share;
use crate::{ParamsError, Weighted};

/// A device, so far as a shop sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Device {
    /// `desktop`, `mobile` or `tablet`.
    pub(super) kind: &'static str,
    pub(super) os: &'static str,
    pub(super) browser: &'static str,
    pub(super) user_agent: &'static str,
    /// In relation to the others of its type.
    weight: u64,
}

/// The types of device.
pub(super) const KINDS: [&str; 3] = ["desktop", "mobile", "tablet"];

/// Every device, those of a type together.
pub(super) fn devices() -> Vec<Device> {
    include_str!("devices.txt").lines().skip(1).filter_map(device).collect()
}

/// Reads a line of the table; a test sees to it that none is left out.
fn device(line: &'static str) -> Option<Device> {
    let mut cells = line.splitn(5, '|');
    let (kind, os, browser) = (cells.next()?, cells.next()?, cells.next()?);
    let (weight, user_agent) = (cells.next()?.parse().ok()?, cells.next()?);
    Some(Device { kind, os, browser, user_agent, weight })
}

/// The weight of each device where its type has one of `weights`; of a type that is not there,
/// none.
pub(super) fn device_weights(
    key: &str,
    devices: &[Device],
    weights: &[Weighted],
) -> Result<Vec<u64>, ParamsError> {
    if let Some((index, unknown)) =
        weights.iter().enumerate().find(|(_, weighted)| !KINDS.contains(&weighted.name.as_str()))
    {
        return Err(ParamsError::Unknown {
            key: format!("{key}[{index}]"),
            value: unknown.name.clone(),
            known: KINDS.join(", "),
        });
    }
    let shares = Weight::whole(weights.iter().map(|weighted| weighted.weight));
    let sum = shares.iter().fold(0u64, |sum, share| sum.saturating_add(*share));
    let weight = |device: &Device| {
        let within = devices
            .iter()
            .filter(|other| other.kind == device.kind)
            .map(|other| other.weight)
            .sum();
        let kind = weights.iter().zip(&shares).find(|(kind, _)| kind.name == device.kind);
        kind.map_or(0, |(_, kind)| share(*kind, sum, device.weight, within))
    };
    Ok(devices.iter().map(weight).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_of_the_table_is_a_device_and_no_two_are_the_same() {
        let devices = devices();
        assert_eq!(devices.len(), include_str!("devices.txt").lines().count() - 1);
        let agents: BTreeSet<&str> = devices.iter().map(|device| device.user_agent).collect();
        assert!(
            agents.len() == devices.len() && agents.len() >= 60,
            "{} user agents",
            agents.len()
        );
        assert!(KINDS.iter().all(|kind| devices.iter().any(|device| device.kind == *kind)));
    }

    /// Recognizes the operating system as a user-agent parser would, independently of the table.
    fn os_of(agent: &str) -> &'static str {
        let marks = [
            ("iPhone", "iOS"),
            ("iPad", "iPadOS"),
            ("Android", "Android"),
            ("Windows NT", "Windows"),
            ("Macintosh", "macOS"),
            ("CrOS", "ChromeOS"),
            ("X11; ", "Linux"),
        ];
        marks.into_iter().find(|(mark, _)| agent.contains(mark)).unwrap().1
    }

    fn browser_of(agent: &str) -> &'static str {
        let marks = [
            ("Edg/", "Edge"),
            ("EdgA/", "Edge"),
            ("EdgiOS/", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser/", "Samsung Internet"),
            ("Silk/", "Silk"),
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("CriOS/", "Chrome"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ];
        marks.into_iter().find(|(mark, _)| agent.contains(mark)).unwrap().1
    }

    fn kind_of(agent: &str) -> &'static str {
        // Phones say so; an Android device that does not is a tablet.
        let phone = agent.contains("iPhone")
            || agent.contains("Mobile Safari")
            || agent.contains("Mobile; rv");
        match (phone, os_of(agent)) {
            (true, _) => "mobile",
            (false, "iPadOS" | "Android") => "tablet",
            _ => "desktop",
        }
    }

    #[test]
    fn type_system_browser_and_user_agent_agree() {
        for device in devices() {
            let agent = device.user_agent;
            let found = (kind_of(agent), os_of(agent), browser_of(agent));
            assert_eq!(found, (device.kind, device.os, device.browser), "{agent}");
            assert!(agent.starts_with("Mozilla/5.0 (") && agent.is_ascii(), "{agent}");
        }
    }
}
