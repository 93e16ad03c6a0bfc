//! The closed sets of a configured shop, for the checks of rules.

use mercato::Generator;
use mercato::config::Layers;
use mercato::runtime::exit::{Exit, Failure};
use mercato::schema::{Duration, Timestamp};
use mercato::shop::shop::ShopConfig;
use mercato::shop::shop::catalogue::ProductsConfig;
use mercato::truth::rules::{Known, Products, Topic};

/// The values, users and products of the shop that `layers` describe.
pub(crate) fn of_shop(layers: &Layers) -> Result<Known, Failure> {
    let config: ShopConfig = layers.section("shop")?;
    let failed = |error| Failure::new(Exit::Config, error).located(layers);
    // Neither seed nor start changes what there can be.
    let generator = Generator::new(config.clone(), 0, Timestamp::from_micros(0)).map_err(failed)?;
    let users = generator.statistics().total_users;
    let run = generator.run(Some(Duration::from_micros(1).unwrap_or_default())).map_err(failed)?;
    let layouts = Topic::ALL.into_iter().filter_map(|topic| {
        let index = run.topics().iter().position(|name| name == topic.of(&config))?;
        Some((topic, &**run.layout(index as u16)?))
    });
    let products = match &config.catalogue.products {
        ProductsConfig::Count(total) => Products::Numbered {
            total: u64::from(*total),
            has_successors: config.catalogue.launches > 0.0,
        },
        ProductsConfig::List(list) => {
            Products::Listed(list.iter().map(|product| product.id.clone()).collect())
        }
    };
    Ok(Known::new(layouts, users, products))
}
