//! Why users come: campaigns, the channels they run on, and the sites these lead from.

use mercato_units::Weight;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{ParamsError, error};

/// A way to the shop; campaign, channel and referrer belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CampaignConfig {
    /// The campaign; none where nobody paid for the visit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// The channel, such as `google_ads`.
    pub channel: String,
    /// The site the user came from; none for one who typed the address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
    /// Weight, relative to the sum over the list; 1 by default.
    #[serde(default)]
    pub weight: Weight,
}

/// Campaign, channel, referrer and weight; an empty text is none.
///
/// Organic visits come from a search engine and belong to no campaign; direct ones come from
/// nowhere.
const DEFAULTS: [(&str, &str, &str, u64); 20] = [
    ("summer_sale_2024", "google_ads", "google.com", 12),
    ("brand_search", "google_ads", "google.com", 8),
    ("shopping_feed", "google_ads", "google.com", 8),
    ("brand_search", "bing_ads", "bing.com", 3),
    ("summer_sale_2024", "facebook", "facebook.com", 8),
    ("cart_retargeting", "facebook", "facebook.com", 6),
    ("new_arrivals", "instagram", "instagram.com", 6),
    ("new_arrivals", "tiktok", "tiktok.com", 3),
    ("creator_reviews", "youtube", "youtube.com", 3),
    ("weekly_newsletter", "email", "mail.google.com", 4),
    ("weekly_newsletter", "email", "outlook.live.com", 2),
    ("cart_reminder", "email", "mail.google.com", 2),
    ("partner_deals", "affiliate", "slickdeals.net", 2),
    ("partner_deals", "affiliate", "retailmenot.com", 1),
    ("", "organic", "google.com", 11),
    ("", "organic", "bing.com", 2),
    ("", "organic", "duckduckgo.com", 1),
    ("", "referral", "reddit.com", 1),
    ("", "referral", "wirecutter.com", 1),
    ("", "direct", "", 16),
];

/// The default campaigns of a shop.
pub(super) fn defaults() -> Vec<CampaignConfig> {
    let text = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let way = |(campaign, channel, referrer, weight): (&str, &str, &str, u64)| CampaignConfig {
        campaign: text(campaign),
        channel: channel.to_owned(),
        referrer: text(referrer),
        weight: weight.into(),
    };
    DEFAULTS.map(way).into()
}

/// Refuses an empty list and empty texts.
pub(super) fn check(key: &str, campaigns: &[CampaignConfig]) -> Result<(), ParamsError> {
    error::within(&format!("the length of {key}"), campaigns.len() as u64, 1, 1 << 16)?;
    for (index, way) in campaigns.iter().enumerate() {
        let texts = [
            ("campaign", way.campaign.as_ref()),
            ("channel", Some(&way.channel)),
            ("referrer", way.referrer.as_ref()),
        ];
        if let Some((field, _)) =
            texts.into_iter().find(|(_, text)| text.is_some_and(String::is_empty))
        {
            return Err(ParamsError::Empty { key: format!("{key}[{index}].{field}") });
        }
    }
    Ok(())
}
