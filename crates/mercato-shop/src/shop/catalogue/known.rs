//! The categories a shop knows: how much of it they are, what their products cost and what these
//! are called.
//!
//! Names, shares and order are those of document 001; document 004 names the same categories.
//! Price ranges and words are this house's. Brands are made up, and none that exists is meant;
//! `Premium` opens the document's example, "Premium Professional Monitor": a brand, a line and a
//! noun.

/// A category that may be given by name alone.
#[derive(Debug)]
pub(super) struct Known {
    pub(super) name: &'static str,
    /// Percent of the products.
    pub(super) weight: u64,
    /// Lowest and highest price in cents.
    pub(super) cents: [i64; 2],
    pub(super) words: Words,
}

/// Words of product names: one word of each list, in this order; words are separated by bars.
#[derive(Debug, Clone, Copy)]
pub(super) struct Words {
    pub(super) brands: &'static str,
    pub(super) lines: &'static str,
    pub(super) nouns: &'static str,
}

/// The category of a name, capitals as written.
pub(super) fn find(name: &str) -> Option<&'static Known> {
    KNOWN.iter().find(|known| known.name == name)
}

/// Every category that may be given by name alone.
pub(super) const KNOWN: [Known; 7] = [
    Known {
        name: "Electronics",
        weight: 25,
        cents: [1_499, 249_999],
        words: Words {
            brands: "\
                Premium|Lumora|Voltano|Nexquil|Orbitek|Kyndra|Halcion|Zentaro|Pixwell|Auridia|Corvane|Tremolo|\
                Solenne|Wavecrest",
            lines: "\
                Professional|Compact|Wireless|Smart|Ultra|Portable|Gaming|Studio|Travel|Home|Slim|Classic|\
                Everyday",
            nouns: "\
                Monitor|Laptop|Headphones|Keyboard|Mouse|Tablet|Speaker|Camera|Router|Projector|Soundbar|\
                Smartwatch|Charger|Microphone|Webcam|Printer|Drive|Dock",
        },
    },
    Known {
        name: "Clothing",
        weight: 20,
        cents: [799, 29_999],
        words: Words {
            brands: "\
                Premium|Marlowe|Fjordline|Casa Verra|Threadwell|Ostrava|Bellamy|Northfold|Tessuto|Harrowgate|\
                Solveig|Kestrel|Lindenhof|Amarante",
            lines: "Classic|Slim|Relaxed|Organic|Merino|Linen|Denim|Vintage|Weekend|City|Quilted|Striped|Everyday",
            nouns: "\
                Shirt|Jacket|Sweater|Trousers|Dress|Skirt|Coat|Hoodie|Blouse|Cardigan|Shorts|Scarf|Vest|Polo|\
                Blazer|Jumpsuit|Pyjamas",
        },
    },
    Known {
        name: "Books",
        weight: 15,
        cents: [499, 7_999],
        words: Words {
            brands: "\
                Premium|Harbour Press|Foxglove|Quillstone|Meridian House|Larkspur|Inkwell|Copperfield|\
                Blue Heron|Alder & Ash|Lantern|Orchard Lane|Papyra|Westbridge",
            lines: "\
                Illustrated|Complete|Pocket|Annotated|Collected|Essential|Modern|Concise|Family|Practical|\
                Little|Great|Forgotten",
            nouns: "\
                Cookbook|Atlas|Novel|Biography|Anthology|Dictionary|Guidebook|Poems|History|Mystery|Memoir|\
                Essays|Fairy Tales|Handbook|Almanac|Thriller|Letters",
        },
    },
    Known {
        name: "Home & Garden",
        weight: 15,
        cents: [699, 99_999],
        words: Words {
            brands: "\
                Premium|Oakhaven|Terrabloom|Casalto|Willow & Wick|Stonemere|Verdanna|Hearthly|Nordheim|\
                Clayborne|Fernhill|Lustrevale|Dovetail|Brightwater",
            lines: "Oak|Ceramic|Folding|Rustic|Modern|Steel|Bamboo|Outdoor|Compact|Hanging|Glass|Classic|Handmade",
            nouns: "\
                Lamp|Chair|Table|Planter|Cookware Set|Rug|Bookcase|Mirror|Vase|Bench|Watering Can|Toolbox|\
                Kettle|Clock|Shelf|Lantern|Storage Box",
        },
    },
    Known {
        name: "Sports & Outdoors",
        weight: 10,
        cents: [899, 89_999],
        words: Words {
            brands: "\
                Premium|Ridgeback|Alpenglow|Stridewell|Kairos|Summitry|Tidewater|Vantro|Granitec|Wildmark|\
                Paceline|Boreas|Cascadia|Fernweh",
            lines: "\
                Trail|Pro|Lightweight|Alpine|Training|Waterproof|Carbon|Junior|Racing|Expedition|All-Season|\
                Inflatable|Everyday",
            nouns: "\
                Backpack|Tent|Running Shoes|Yoga Mat|Dumbbells|Sleeping Bag|Helmet|Kayak|Tennis Racket|Football|\
                Jacket|Bottle|Gloves|Goggles|Headlamp|Hammock|Poles",
        },
    },
    Known {
        name: "Beauty & Health",
        weight: 10,
        cents: [399, 19_999],
        words: Words {
            brands: "\
                Premium|Seraphine|Aloria|Purewell|Mirabelle|Dermavie|Botanique|Luneva|Clarity|Rosalind|Vitalis|\
                Sagefield|Opaline|Camellia",
            lines: "\
                Hydrating|Gentle|Organic|Repairing|Radiant|Soothing|Daily|Overnight|Mineral|Herbal|Sensitive|\
                Vitamin C|Intensive",
            nouns: "\
                Face Cream|Shampoo|Serum|Lip Balm|Body Lotion|Sunscreen|Cleanser|Conditioner|Hand Cream|\
                Toothpaste|Face Mask|Bath Salts|Hair Oil|Deodorant|Foundation|Eye Cream|Soap",
        },
    },
    Known {
        name: "Toys & Games",
        weight: 5,
        cents: [499, 19_999],
        words: Words {
            brands: "\
                Premium|Wunderkin|Bricolo|Tumbletoy|Pip & Poppy|Starling|Kobold|Maplewood|Zippity|Otter Lane|\
                Brainiac|Little Acorn|Carousel|Jollymint",
            lines: "Wooden|Magnetic|Classic|Deluxe|Family|Mini|Giant|Glowing|Musical|Pirate|Space|Jungle|Castle",
            nouns: "\
                Puzzle|Board Game|Building Blocks|Train Set|Doll|Plush Bear|Card Game|Race Track|Kite|Robot|\
                Play Kitchen|Marble Run|Dice Game|Puppet|Craft Kit|Rocket|Spinner",
        },
    },
];

/// Words for the products of any other category.
pub(super) const ANY: Words = Words {
    brands: "\
        Premium|Arvanta|Belmere|Cordova|Delphine|Everline|Fairmont|Glenrow|Hollis|Ivoria|Jasperly|Kelwyn|\
        Lorimer|Montrose",
    lines: "\
        Classic|Compact|Professional|Everyday|Deluxe|Modern|Essential|Signature|Original|Travel|Family|Studio|\
        Select",
    nouns: "\
        Set|Kit|Bundle|Collection|Edition|Box|Case|Holder|Organizer|Accessory|Starter Pack|Refill|Cover|Stand|\
        Tool|Companion|Gift",
};

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_category_has_words_enough_and_none_twice() {
        for words in KNOWN.iter().map(|known| known.words).chain([ANY]) {
            for (list, least) in [(words.brands, 12), (words.lines, 12), (words.nouns, 15)] {
                let distinct: BTreeSet<&str> = list.split('|').collect();
                assert!(
                    distinct.len() >= least && distinct.len() == list.split('|').count(),
                    "{list}"
                );
                assert!(
                    distinct.iter().all(|word| !word.is_empty() && word.trim() == *word),
                    "{list}"
                );
            }
        }
    }

    #[test]
    fn the_documented_weights_are_percent() {
        assert_eq!(KNOWN.iter().map(|known| known.weight).sum::<u64>(), 100);
        assert!(KNOWN.iter().all(|known| known.cents[0] < known.cents[1]));
    }
}
