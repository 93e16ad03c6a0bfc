//! From the section `[disorder]` to the engine's disorder.

use mercato_config::{Deviation, DeviationLaw, DisorderSection, TopicDisorder};
use mercato_draw::Probability;
use mercato_encode::FaultKind;
use mercato_engine::{Deviations, Disorder, Dwell, DwellError, Malformed};

use super::PlanError;

/// The shortest time by which a record deviates, in microseconds.
const SHORTEST: i64 = Dwell::SHORTEST;

/// Millionths of the mean at which a lognormal law whose logarithm has the standard deviation 1 has
/// its median: exp(-1/2).
const MEDIAN_OF_MEAN: i64 = 606_531;

/// The disorder that a section describes; refuses a law that lies nearly all outside its bounds.
pub(super) fn disorder(section: &DisorderSection) -> Result<Disorder, PlanError> {
    let of_topic = |(name, own): (&String, &TopicDisorder)| {
        Ok((name.clone(), deviations(section.deviations_of(Some(own)))?))
    };
    Ok(Disorder {
        malformed: malformed(section)?,
        deviations: deviations(section.deviations_of(None))?,
        topics: section.topics.iter().map(of_topic).collect::<Result<_, PlanError>>()?,
    })
}

fn deviations(
    mut kinds: impl Iterator<Item = (FaultKind, Deviation)>,
) -> Result<Deviations, PlanError> {
    kinds.try_fold(Deviations::default(), |deviations, (kind, Deviation { share, time })| {
        let time = time.map(|(max, law)| dwell(max.micros(), law)).transpose();
        let time = time.map_err(|source| PlanError::Deviation { kind: kind.name(), source })?;
        Ok(deviations.with(kind, mercato_engine::Deviation { share, time }))
    })
}

fn dwell(max: i64, law: DeviationLaw) -> Result<Dwell, DwellError> {
    match law {
        DeviationLaw::Uniform => Dwell::uniform(SHORTEST, max),
        DeviationLaw::Exponential(mean) => Dwell::exponential(mean.micros(), SHORTEST, max),
        DeviationLaw::Lognormal(mean) => {
            let median = i128::from(mean.micros()) * i128::from(MEDIAN_OF_MEAN) / 1_000_000;
            let median = i64::try_from(median).unwrap_or(i64::MAX).max(SHORTEST);
            Dwell::lognormal(median, 1.0, SHORTEST, max)
        }
    }
}

fn malformed(section: &DisorderSection) -> Result<Option<Malformed>, PlanError> {
    let share = section.malformed.millionths();
    if share == 0 {
        return Ok(None);
    }
    let share = Probability::ratio(share.into(), 1_000_000).map_err(PlanError::Malformed)?;
    Ok(Some(Malformed {
        share,
        kinds: section.kinds().into_iter().map(|kind| (kind, 1)).collect(),
    }))
}
