//! What the configured shop contains.

use std::collections::BTreeMap;

use mercato::draw::Seed;
use mercato::engine::{Schedule, World};
use mercato::runtime::config::Layers;
use mercato::runtime::exit::{Exit, Failure};
use mercato::runtime::text::Stretch;
use mercato::shop::shop::{Shop, ShopConfig, ShopParams};
use serde_json::{Value, json};

/// Users that are looked at one by one; of more, the first are.
const LOOKED_AT: usize = 1_000_000;

/// The shop of `layers` as a table or as JSON.
pub(super) fn shown(layers: &Layers, as_json: bool) -> Result<String, Failure> {
    let config: ShopConfig = layers.section("shop")?;
    let params = ShopParams::new(&config).map_err(|error| Failure::new(Exit::Config, error))?;
    let (rates, lookback) = (params.rates(), params.lookback());
    // Neither seed nor start changes how many there are of anything.
    let shop = Shop::new(World { seed: Seed::new(0), origin: 0 }, params, Schedule::default());
    let (mut kinds, mut regions, mut seen) = (BTreeMap::new(), BTreeMap::new(), 0u64);
    for (_, kind, city) in shop.users().all().take(LOOKED_AT) {
        *kinds.entry(kind.name()).or_insert(0u64) += 1;
        *regions.entry(city.region().name()).or_insert(0u64) += 1;
        seen += 1;
    }
    let devices: u64 = config.sessions.devices.iter().map(|device| device.weight).sum();
    let share = |part: u64, all: u64| json!((part as f64 / all.max(1) as f64 * 1e4).round() / 1e4);
    let shares = |counts: &BTreeMap<&str, u64>| -> Value {
        counts
            .iter()
            .map(|(name, count)| ((*name).to_owned(), share(*count, seen)))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let category = |category: &mercato::shop::shop::catalogue::Category| {
        let [low, high] = category.price_range();
        json!({ "name": category.name(), "products": category.products().len(), "price": [low, high] })
    };
    let hourly = |millionths: u64| json!(millionths as f64 / 1e6 * config.rate_multiplier);
    let all = json!({
        "users": {
            "total": shop.users().total(),
            "active": shop.users().active(),
            "types": shares(&kinds),
            "regions": shares(&regions),
            "devices": config.sessions.devices.iter().map(|device| (device.name.clone(), share(device.weight, devices)))
                .collect::<serde_json::Map<_, _>>(),
        },
        "products": {
            "total": shop.catalogue().products(),
            "categories": shop.catalogue().categories().iter().map(category).collect::<Vec<_>>(),
        },
        "rates": {
            "sessions_per_hour": hourly(rates.sessions),
            "events_per_hour": hourly(rates.events),
            "transactions_per_hour": hourly(rates.transactions),
            "events_per_session": rates.events_per_session as f64 / 1e6,
            "conversion": rates.conversion as f64 / 1e6,
        },
        "lookback": Stretch::Micros(lookback).to_string(),
    });
    Ok(if as_json { format!("{all:#}") } else { table(&all) })
}

fn table(all: &Value) -> String {
    let mut lines = Vec::new();
    let mut row = |name: &str, value: String| lines.push(format!("{name:<28}{value}"));
    let percent = |share: &Value| format!("{:.1} %", share.as_f64().unwrap_or_default() * 100.0);
    let users = &all["users"];
    row("users", format!("{}, of whom {} are active", users["total"], users["active"]));
    for group in ["types", "regions", "devices"] {
        for (name, share) in users[group].as_object().into_iter().flatten() {
            row(&format!("  {name}"), percent(share));
        }
    }
    row("products", all["products"]["total"].to_string());
    for category in all["products"]["categories"].as_array().into_iter().flatten() {
        let name = category["name"].as_str().unwrap_or_default();
        let (low, high) = (&category["price"][0], &category["price"][1]);
        row(&format!("  {name}"), format!("{}, from {low} to {high}", category["products"]));
    }
    let rates = &all["rates"];
    row("sessions per hour", format!("{}, as the mean of a plain week", rates["sessions_per_hour"]));
    row("events per hour", rates["events_per_hour"].to_string());
    row("transactions per hour", rates["transactions_per_hour"].to_string());
    row("events per session", rates["events_per_session"].to_string());
    row("conversion", percent(&rates["conversion"]));
    row(
        "look-back",
        format!("{}: what a run draws again to begin anywhere", all["lookback"].as_str().unwrap_or_default()),
    );
    lines.join("\n")
}
