//! The user's device: consistent type, operating system, browser and screen.
//!
//! Weights are in relation to the others of a kind, and this house's choice after public statistics
//! of browsers and screens.

use mercato_draw::AliasTable;
use mercato_units::Weight;

use crate::{ParamsError, Weighted, choice, error};

/// A device, so far as the shop sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::shop) struct Device {
    /// `mobile`, `desktop` or `tablet`.
    pub(in crate::shop) kind: &'static str,
    pub(super) os: &'static str,
    pub(super) browser: &'static str,
    pub(super) screen: &'static str,
    weight: u64,
}

const KINDS: [&str; 3] = ["mobile", "desktop", "tablet"];

const fn device(
    kind: usize,
    os: &'static str,
    browser: &'static str,
    screen: &'static str,
    weight: u64,
) -> Device {
    Device { kind: KINDS[kind], os, browser, screen, weight }
}

/// Number of [`DEVICES`] that people own.
pub(in crate::shop) const USUAL: usize = 36;
/// After them those that nobody can tell, and after these those that look like machines, of each
/// kind one.
pub(in crate::shop) const UNKNOWN: usize = USUAL;
pub(in crate::shop) const SUSPICIOUS: usize = UNKNOWN + KINDS.len();

/// Every device, those of a kind together; those that only fraudsters have, after all others.
pub(in crate::shop) const DEVICES: [Device; SUSPICIOUS + KINDS.len()] = [
    device(0, "iOS", "Safari", "390x844", 140),
    device(0, "iOS", "Safari", "393x852", 120),
    device(0, "iOS", "Safari", "430x932", 70),
    device(0, "iOS", "Safari", "375x667", 30),
    device(0, "iOS", "Chrome", "390x844", 35),
    device(0, "iOS", "Firefox", "393x852", 5),
    device(0, "Android", "Chrome", "360x800", 170),
    device(0, "Android", "Chrome", "412x915", 130),
    device(0, "Android", "Chrome", "393x873", 90),
    device(0, "Android", "Chrome", "384x854", 40),
    device(0, "Android", "Samsung Internet", "360x780", 60),
    device(0, "Android", "Samsung Internet", "412x892", 30),
    device(0, "Android", "Firefox", "412x915", 10),
    device(0, "Android", "Opera", "360x800", 15),
    device(1, "Windows", "Chrome", "1920x1080", 220),
    device(1, "Windows", "Chrome", "1366x768", 90),
    device(1, "Windows", "Chrome", "1536x864", 80),
    device(1, "Windows", "Chrome", "2560x1440", 50),
    device(1, "Windows", "Edge", "1920x1080", 100),
    device(1, "Windows", "Edge", "1536x864", 40),
    device(1, "Windows", "Firefox", "1920x1080", 45),
    device(1, "Windows", "Opera", "1920x1080", 15),
    device(1, "macOS", "Safari", "1440x900", 90),
    device(1, "macOS", "Safari", "1512x982", 60),
    device(1, "macOS", "Chrome", "1440x900", 70),
    device(1, "macOS", "Chrome", "1728x1117", 50),
    device(1, "macOS", "Firefox", "1680x1050", 15),
    device(1, "Linux", "Firefox", "1920x1080", 25),
    device(1, "Linux", "Chrome", "1920x1080", 30),
    device(1, "ChromeOS", "Chrome", "1366x768", 20),
    device(2, "iPadOS", "Safari", "820x1180", 160),
    device(2, "iPadOS", "Safari", "1024x1366", 80),
    device(2, "iPadOS", "Chrome", "810x1080", 30),
    device(2, "Android", "Chrome", "800x1280", 90),
    device(2, "Android", "Samsung Internet", "800x1280", 50),
    device(2, "Android", "Silk", "600x1024", 30),
    device(0, "unknown", "unknown", "0x0", 0),
    device(1, "unknown", "unknown", "0x0", 0),
    device(2, "unknown", "unknown", "0x0", 0),
    device(0, "Android", "Android Emulator", "320x480", 0),
    device(1, "Linux", "HeadlessChrome", "800x600", 0),
    device(2, "Android", "WebView", "1024x600", 0),
];

/// The choice of a device where each kind has one of `weights`; of a kind that is not there, none.
pub(in crate::shop) fn choice(weights: &[Weighted]) -> Result<AliasTable, ParamsError> {
    let key = "shop.sessions.devices";
    error::unique(key, weights.iter().map(|weighted| weighted.name.as_str()))?;
    if let Some((index, unknown)) =
        weights.iter().enumerate().find(|(_, own)| !KINDS.contains(&own.name.as_str()))
    {
        return Err(ParamsError::Unknown {
            key: format!("{key}[{index}]"),
            value: unknown.name.clone(),
            known: KINDS.join(", "),
        });
    }
    let shares = Weight::whole(weights.iter().map(|own| own.weight));
    let sum = shares.iter().map(|share| u128::from(*share)).sum::<u128>().max(1);
    let weight = |device: &Device| {
        let within: u64 = DEVICES
            .iter()
            .filter(|other| other.kind == device.kind)
            .map(|other| other.weight)
            .sum();
        let mut kinds = weights.iter().zip(&shares);
        let kind = kinds.find(|(own, _)| own.name == device.kind).map_or(0, |(_, share)| *share);
        // In 2^40ths of all.
        (((u128::from(kind) * u128::from(device.weight)) << 40) / (sum * u128::from(within))) as u64
    };
    choice::table(key, DEVICES[..USUAL].iter().map(weight))
}
