//! A shop that has been open for a while when its first records are seen.

use mercato_engine::World;

use super::Shop;

impl Shop {
    /// The same shop in a run whose records are seen only from `warm_up` microseconds after its origin
    /// on: users have their profiles at their first visit after that, too.
    #[must_use]
    pub fn seen_after(mut self, world: World, warm_up: i64) -> Self {
        if warm_up > 0 {
            let period = [world.origin, world.origin.saturating_add(warm_up)];
            let rates = self.params.substream_rates(&self.users);
            let most =
                |(zone, rate, _)| self.params.most_arrivals((zone, rate), &self.schedule, period);
            let arrivals: Vec<u64> = rates.into_iter().map(most).collect();
            self.users.warm_up(arrivals);
        }
        self
    }
}
