//! Which pieces of the program become one module, so that a part is of few modules and brings little
//! that its pages do not use.
//!
//! The splitter makes a piece of what exactly the same parts need: with twenty parts these are
//! hundreds of pieces, most of them tiny. Here they are put together, pair by pair.

/// What a module costs besides its bytes, in bytes of machine code: its head, its instance in the browser, and
/// a run of binaryen. With less, parts are of many small modules (with a third of it a hundred instead of
/// sixty, and a page 1 KB smaller); with more, they bring much that they do not use.
const MODULE: u64 = 24_000;

/// Pieces of the program that are one module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bundle {
    /// Names of the pieces.
    pub pieces: Vec<String>,
    /// Which parts need it: bit n stands for the n-th part.
    pub parts: u128,
    /// Its machine code.
    pub bytes: u64,
}

/// Puts pieces together for as long as that is worth more than it costs. What at least half of
/// the parts need comes with every one of them, so that a further page seldom needs more.
pub fn gather(mut bundles: Vec<Bundle>) -> Vec<Bundle> {
    let all = bundles.iter().fold(0, |all, bundle| all | bundle.parts);
    for bundle in &mut bundles {
        if 2 * bundle.parts.count_ones() >= all.count_ones() {
            bundle.parts = all;
        }
    }
    while let Some((first, second)) = best_pair(&bundles) {
        let taken = bundles.swap_remove(second);
        let bundle = &mut bundles[first];
        bundle.pieces.extend(taken.pieces);
        bundle.parts |= taken.parts;
        bundle.bytes += taken.bytes;
    }
    // A fixed order, whatever the order of the pieces was.
    for bundle in &mut bundles {
        bundle.pieces.sort();
    }
    bundles.sort_by(|one, other| one.pieces.cmp(&other.pieces));
    bundles
}

/// The two bundles, the lower index first, that are best together.
fn best_pair(bundles: &[Bundle]) -> Option<(usize, usize)> {
    let pairs = bundles.iter().enumerate().flat_map(|(first, one)| {
        let others = bundles.iter().enumerate().skip(first + 1);
        others.map(move |(second, other)| (gain(one, other), first, second))
    });
    // Of equal gains the first counts, so that the same pieces make the same modules.
    let best = pairs.reduce(|best, pair| if pair.0 > best.0 { pair } else { best })?;
    (best.0 > 0).then_some((best.1, best.2))
}

/// What all parts together save when the two are one module, less what they then fetch in vain.
fn gain(one: &Bundle, other: &Bundle) -> i64 {
    let saved = MODULE * u64::from((one.parts & other.parts).count_ones());
    let in_vain = one.bytes * u64::from((other.parts & !one.parts).count_ones())
        + other.bytes * u64::from((one.parts & !other.parts).count_ones());
    saved.cast_signed() - in_vain.cast_signed()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(name: &str, parts: u128, bytes: u64) -> Bundle {
        Bundle {
            pieces: vec![name.to_owned()],
            parts,
            bytes,
        }
    }

    /// What becomes of shared pieces beside twelve parts' own ones.
    fn gathered(shared: &[Bundle]) -> Vec<Bundle> {
        let own = (0..12).map(|part| piece(&format!("own {part}"), 1 << part, 90_000));
        let bundles = gather(own.chain(shared.iter().cloned()).collect());
        let of_shared = |bundle: &Bundle| !bundle.pieces[0].starts_with("own");
        bundles.into_iter().filter(of_shared).collect()
    }

    fn names(bundles: &[Bundle]) -> Vec<String> {
        bundles.iter().map(|b| b.pieces.join(" ")).collect()
    }

    #[test]
    fn what_the_same_parts_need_travels_together() {
        let bundles = gathered(&[
            piece("a", 0b11, 90_000),
            piece("b", 0b11, 80_000),
            piece("c", 0b1100, 70_000),
        ]);
        assert_eq!(names(&bundles), ["a b", "c"]);
        assert_eq!((bundles[0].parts, bundles[0].bytes), (0b11, 170_000));
    }

    #[test]
    fn a_crumb_goes_where_few_fetch_it_in_vain() {
        let bundles = gathered(&[
            piece("forms", 0b0111, 60_000),
            piece("crumb", 0b0011, 500),
            piece("lists", 0b1001, 60_000),
        ]);
        assert_eq!(names(&bundles), ["crumb forms", "lists"]);
    }

    #[test]
    fn what_half_of_the_parts_need_comes_with_all() {
        let bundles = gathered(&[
            piece("half", 0b11_1111, 90_000),
            piece("few", 0b11_111, 90_000),
        ]);
        let parts: Vec<_> = bundles.iter().map(|bundle| bundle.parts).collect();
        assert_eq!(names(&bundles), ["few", "half"]);
        assert_eq!(parts, [0b1_1111, 0xfff]);
    }

    #[test]
    fn a_page_never_brings_another_page() {
        let bundles = gather(vec![
            piece("products", 0b001, 100),
            piece("plans", 0b010, 100),
            piece("help", 0b100, 100),
        ]);
        assert_eq!(names(&bundles), ["help", "plans", "products"]);
    }

    #[test]
    fn the_order_of_the_pieces_does_not_matter() {
        let mut pieces = vec![
            piece("a", 0b001, 30_000),
            piece("b", 0b011, 2_000),
            piece("c", 0b111, 9_000),
        ];
        let expected = gathered(&pieces);
        pieces.reverse();
        assert_eq!(gathered(&pieces), expected);
    }
}
