//! Describes the configured shop.

use mercato::config::Layers;
use mercato::runtime::exit::{Exit, Failure};
use mercato::schema::{Duration, Timestamp};
use mercato::shop::shop::{AgeGroupConfig, Expected, ShopConfig};
use mercato::units::Unit;
use mercato::{CategoryStatistics, Generator};
use serde_json::{Map, Value, json};

/// The shop of `layers` as a table or as JSON.
pub(super) fn shown(layers: &Layers, as_json: bool) -> Result<String, Failure> {
    let config: ShopConfig = layers.section("shop")?;
    // Neither seed nor start changes how many there are of anything.
    let generator = Generator::new(config.clone(), 0, Timestamp::from_micros(0));
    let generator = generator.map_err(|error| Failure::new(Exit::Config, error).located(layers))?;
    let stats = generator.statistics();
    let category = |category: &CategoryStatistics| {
        let [low, high] = category.prices;
        json!({ "name": category.name, "products": category.products, "price": [low, high] })
    };
    let groups = &config.users.age_groups;
    let weights: f64 = groups.iter().map(|group| group.weight.units() as f64).sum();
    let age_group =
        |group: &AgeGroupConfig| (group.name.clone(), json!(group.weight.units() as f64 / weights));
    let hourly = |millionths: u64| json!(millionths as f64 / 1e6);
    let Expected { sessions, events, transactions, .. } = stats.per_hour;
    let topics: Map<String, Value> = stats
        .topics(&config)
        .into_iter()
        .map(|(topic, millionths)| (topic, hourly(millionths)))
        .collect();
    let all = json!({
        "users": {
            "total": stats.total_users,
            "active": stats.active_users,
            "types": stats.user_types,
            "age_groups": groups.iter().map(age_group).collect::<Map<_, _>>(),
            "regions": stats.regions,
            "devices": stats.devices,
        },
        "products": {
            "total": stats.total_products,
            "categories": stats.categories.iter().map(category).collect::<Vec<_>>(),
        },
        "scenario": config.scenario,
        "rates": {
            "sessions_per_hour": hourly(sessions),
            "events_per_hour": hourly(events),
            "transactions_per_hour": hourly(transactions),
            "events_per_session": hourly(stats.rates.events_per_session),
            "conversion": hourly(stats.rates.conversion),
        },
        "records_per_hour": topics,
        "lookback": Duration::from_micros(stats.lookback_micros).unwrap_or_default().to_string(),
    });
    Ok(if as_json { format!("{all:#}") } else { table(&all) })
}

fn table(all: &Value) -> String {
    let mut lines = Vec::new();
    let mut row = |name: &str, value: String| lines.push(format!("{name:<28}{value}"));
    let percent = |share: &Value| format!("{:.1} %", share.as_f64().unwrap_or_default() * 100.0);
    let users = &all["users"];
    row("users", format!("{}, of whom {} are active", users["total"], users["active"]));
    for group in ["types", "age_groups", "regions", "devices"] {
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
    let scenario = all["scenario"].as_str().unwrap_or_default();
    row(
        "sessions per hour",
        format!("{}, mean of an ordinary week under {scenario}", rates["sessions_per_hour"]),
    );
    row("records per hour", String::new());
    for (topic, records) in all["records_per_hour"].as_object().into_iter().flatten() {
        row(&format!("  {topic}"), format!("{:.0}", records.as_f64().unwrap_or_default()));
    }
    row("events per session", rates["events_per_session"].to_string());
    row("conversion", percent(&rates["conversion"]));
    row(
        "look-back",
        format!(
            "{}: history recomputed to start a run at any time",
            all["lookback"].as_str().map(in_parts).unwrap_or_default()
        ),
    );
    lines.join("\n")
}

/// A duration in hours, minutes and seconds, rounded up: `35m1s` for `2100940ms`.
fn in_parts(text: &str) -> String {
    let Ok(duration) = text.parse::<Duration>() else { return text.to_owned() };
    let seconds = duration.micros().div_euclid(Unit::Seconds.micros());
    let seconds = seconds + i64::from(duration.micros() % Unit::Seconds.micros() > 0);
    let parts = [(seconds / 3_600, 'h'), (seconds / 60 % 60, 'm'), (seconds % 60, 's')];
    let parts = parts.into_iter().filter(|(count, _)| *count > 0);
    parts.map(|(count, unit)| format!("{count}{unit}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_look_back_is_shown_in_hours_minutes_and_seconds() {
        for (text, shown) in [("2100940ms", "35m1s"), ("2h", "2h"), ("3661s", "1h1m1s")] {
            assert_eq!(in_parts(text), shown);
        }
    }
}
