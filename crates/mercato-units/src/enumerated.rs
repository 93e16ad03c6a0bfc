//! Enums that know all their variants.

/// Declares an enum with a constant `ALL`: its variants in the order of their declaration.
///
/// A variant is written once, so none can be missing from the list.
///
/// ```
/// mercato_units::enumerated! {
///     /// A season of the year.
///     #[derive(Debug, PartialEq)]
///     pub enum Season {
///         /// March to May, in the north.
///         Spring,
///         Summer,
///     }
/// }
///
/// assert_eq!(Season::ALL, [Season::Spring, Season::Summer]);
/// ```
#[macro_export]
macro_rules! enumerated {
    (
        $(#[$attribute:meta])*
        $vis:vis enum $name:ident { $($(#[$about:meta])* $variant:ident),+ $(,)? }
    ) => {
        $(#[$attribute])*
        $vis enum $name { $($(#[$about])* $variant),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            $vis const ALL: [Self; [$(stringify!($variant)),+].len()] = [$(Self::$variant),+];
        }
    };
}
