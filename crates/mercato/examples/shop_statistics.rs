//! Document 004's `generator.get_statistics()`: what a shop contains, before anything is made.

use std::error::Error;

use mercato::Generator;
use mercato::shop::shop::{ShopConfig, UsersConfig};

pub(crate) fn main() -> Result<(), Box<dyn Error>> {
    // config.total_users = 5000
    let users = UsersConfig { total: 5_000, ..UsersConfig::default() };
    let generator = Generator::new(
        ShopConfig { users, ..ShopConfig::default() },
        42,
        "2025-01-01T00:00:00Z".parse()?,
    )?;
    let stats = generator.statistics();
    println!("Generated {} users and {} products", stats.total_users, stats.total_products);
    for (region, share) in &stats.regions {
        println!("{:.0} % live in {region}", share * 100.0);
    }
    for category in &stats.categories {
        let [low, high] = category.prices;
        println!("{}: {} products from {low} to {high}", category.name, category.products);
    }
    println!("{} transactions an hour", stats.per_hour.transactions / 1_000_000);
    assert_eq!(
        (stats.total_users, stats.active_users, stats.total_products),
        (5_000, 3_500, 1_000)
    );
    Ok(())
}
