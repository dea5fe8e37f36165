//! Crockford's base 32 (crockford.com/base32.html): digits and letters without I, L, O and U.

use crate::folding::is_invisible;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Unicode's class Pd beyond ASCII, minus signs and bullet hyphens.
const DASHES: &str = "\u{58a}\u{5be}\u{1400}\u{1806}\u{2010}\u{2011}\u{2012}\u{2013}\u{2014}\
    \u{2015}\u{2043}\u{207b}\u{208b}\u{2212}\u{2796}\u{2e17}\u{2e1a}\u{2e3a}\u{2e3b}\u{2e40}\
    \u{2e5d}\u{301c}\u{3030}\u{30a0}\u{30fc}\u{fe31}\u{fe32}\u{fe58}\u{fe63}\u{ff0d}\u{10ead}";

/// The symbol of the lowest five bits.
pub(crate) fn symbol(bits: u8) -> char {
    char::from(ALPHABET[usize::from(bits & 31)])
}

/// What a symbol stands for, in either case; O is 0, I and L are 1.
pub(crate) fn value(symbol: char) -> Option<u8> {
    let plain = match symbol.to_ascii_uppercase() {
        'O' => '0',
        'I' | 'L' => '1',
        other => other,
    };
    let place = ALPHABET
        .iter()
        .position(|known| char::from(*known) == plain)?;
    u8::try_from(place).ok()
}

/// What means nothing in pasted symbols: spaces, dashes and invisible characters.
pub(crate) fn is_filling(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_whitespace() || matches!(c, '-' | '_' | '\u{b}');
    }
    c.is_whitespace() || is_invisible(c) || DASHES.contains(c)
}

/// The bytes as symbols, highest bits first; the last symbol is filled up with zero bits.
pub(crate) fn encode(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut buffer, mut bits) = (0_u32, 0);
    for byte in bytes {
        buffer = (buffer << 8 | u32::from(*byte)) & 0xfff;
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(symbol((buffer >> bits & 31) as u8));
        }
    }
    if bits > 0 {
        text.push(symbol((buffer << (5 - bits) & 31) as u8));
    }
    text
}

/// The bytes of symbols with any filling between them. `None` where a character is no symbol, or
/// where the bits beyond the last byte are anything but the zeros that [`encode`] writes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() * 5 / 8);
    let (mut buffer, mut bits) = (0_u32, 0);
    for c in text.chars().filter(|c| !is_filling(*c)) {
        buffer = (buffer << 5 | u32::from(value(c)?)) & 0xfff;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 0xff) as u8);
        }
    }
    let is_whole = bits < 5 && buffer & ((1 << bits) - 1) == 0;
    is_whole.then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case(b"", "")]
    #[case(b"\x00", "00")]
    #[case(b"\xff", "ZW")]
    #[case(b"\xff\xff\xff\xff\xff", "ZZZZZZZZ")]
    #[case(b"hello", "D1JPRV3F")]
    #[case(b"\x01\x02\x03", "04106")]
    fn bytes_are_symbols_from_the_highest_bits_on(#[case] bytes: &[u8], #[case] text: &str) {
        assert_eq!(encode(bytes), text);
        assert_eq!(decode(text).as_deref(), Some(bytes));
    }

    #[rstest]
    #[case("d1jp-rv3f")]
    #[case(" DIJP\u{2014}RV3F\n")]
    #[case("DLJP\u{200b}RV3F")]
    fn typing_is_forgiven(#[case] text: &str) {
        assert_eq!(decode(text).as_deref(), Some(b"hello".as_slice()));
    }

    #[rstest]
    #[case::not_a_symbol("D1JPRV3U")]
    #[case::not_a_symbol("D1JPRV3é")]
    #[case::a_symbol_too_many("D1JPRV3F0")]
    #[case::bits_that_nobody_wrote("ZX")]
    fn anything_else_is_not_read(#[case] text: &str) {
        assert_eq!(decode(text), None);
    }

    proptest! {
        #[test]
        fn bytes_read_back(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            if let Some(bytes) = decode(&text) {
                prop_assert_eq!(decode(&encode(&bytes)), Some(bytes));
            }
        }
    }
}
