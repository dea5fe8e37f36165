//! Amounts as Stripe counts them: whole minor units, and how many decimals a currency shows.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// The largest price in minor units: twelve digits, Stripe's widest limit (most currencies have eight;
/// Stripe says so itself when a checkout goes above it).
pub const AMOUNT_MAX: i64 = 999_999_999_999;

// docs.stripe.com/currencies: presentment currencies and those with other than two decimals.
const SUPPORTED: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL \
BSD BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD \
GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK LBP LKR LRD \
LSL MAD MDL MGA MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR \
PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TND TOP TRY TTD TWD TZS \
UAH UGX USD UYU UZS VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW";
const ZERO_DECIMALS: &str = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF";
const THREE_DECIMALS: &str = "BHD JOD KWD OMR TND";
// Counted in hundredths for the sake of old integrations, though no hundredths exist.
const WHOLE_HUNDREDS: &str = "ISK UGX";

/// A currency that Stripe charges in; its ISO 4217 code in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency(&'static str);

/// A text that is no currency Stripe charges in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Use a three-letter code of a currency that Stripe charges in, for example USD or EUR.")]
pub struct UnknownCurrency;

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self("USD");
    /// Euro.
    pub const EUR: Self = Self("EUR");

    /// Every currency that Stripe charges in, by code.
    pub fn all() -> impl Iterator<Item = Self> {
        SUPPORTED.split(' ').map(Self)
    }

    /// The code in upper case, as we store and show it.
    pub const fn code(self) -> &'static str {
        self.0
    }

    /// The code in lower case, as Stripe writes it.
    pub fn stripe_code(self) -> String {
        self.code().to_ascii_lowercase()
    }

    /// How many of an amount's digits stand behind the point, as Stripe counts: 0, 2 or 3.
    pub fn decimals(self) -> u32 {
        if is_in(ZERO_DECIMALS, self.code()) {
            0
        } else if is_in(THREE_DECIMALS, self.code()) {
            3
        } else {
            2
        }
    }

    /// Stripe takes only amounts that this divides: 10 where there are three decimals
    /// (the last must be 0), 100 where the hundredths are only counted, else 1.
    pub fn smallest_step(self) -> i64 {
        if is_in(THREE_DECIMALS, self.code()) {
            10
        } else if is_in(WHOLE_HUNDREDS, self.code()) {
            100
        } else {
            1
        }
    }
}

fn is_in(list: &str, code: &str) -> bool {
    list.split(' ').any(|known| known == code)
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    /// Reads a code in either case, with spaces around it.
    fn from_str(text: &str) -> Result<Self, UnknownCurrency> {
        let code = text.trim();
        Self::all()
            .find(|known| known.0.eq_ignore_ascii_case(code))
            .ok_or(UnknownCurrency)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.0)
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = String::deserialize(deserializer)?;
        code.parse().map_err(de::Error::custom)
    }
}

impl Default for Currency {
    fn default() -> Self {
        Self::USD
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount in one currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Minor units: cents for USD, yen for JPY.
    pub minor: i64,
    /// The currency.
    pub currency: Currency,
}

/// Why a text is no price.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidPrice {
    /// Not digits with at most one point.
    #[error(
        "Write the price as a number like 49.00, without a currency sign and without thousands separators."
    )]
    Malformed,
    /// More decimals than the currency has.
    #[error("{currency} has {decimals} decimals: write no more of them.")]
    TooManyDecimals {
        /// The currency.
        currency: Currency,
        /// How many it has.
        decimals: u32,
    },
    /// An amount that Stripe does not take.
    #[error("Stripe takes {currency} only in steps of {step}.")]
    OffStep {
        /// The currency.
        currency: Currency,
        /// The step in major units.
        step: String,
    },
    /// More than Stripe charges at once.
    #[error("The highest price is {highest}.")]
    TooHigh {
        /// The limit in major units.
        highest: String,
    },
}

impl Money {
    /// An amount from minor units.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a price in major units: `49`, `49.5`, `49.50`, also with a decimal comma.
    /// Never negative; zero is a price.
    pub fn parse(text: &str, currency: Currency) -> Result<Self, InvalidPrice> {
        let text = text.trim().replace(',', ".");
        let (whole, fraction) = text.split_once('.').unwrap_or((&text, ""));
        let is_digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if whole.is_empty() || !is_digits(whole) || !is_digits(fraction) {
            return Err(InvalidPrice::Malformed);
        }
        let minor = minor_units(whole, fraction, currency)?;
        let money = Self::new(minor, currency);
        let step = currency.smallest_step();
        if minor % step != 0 {
            let step = Self::new(step, currency).major();
            return Err(InvalidPrice::OffStep { currency, step });
        }
        Ok(money)
    }

    /// This many times the amount; `None` above 64 bits.
    pub fn times(self, quantity: u16) -> Option<Self> {
        let minor = self.minor.checked_mul(i64::from(quantity))?;
        Some(Self::new(minor, self.currency))
    }

    /// The amount in major units with all decimals of the currency, a point and no separators: `1299.00`.
    pub fn major(self) -> String {
        let decimals = self.currency.decimals() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = self.minor.unsigned_abs().to_string();
        if decimals == 0 {
            return format!("{sign}{digits}");
        }
        let digits = format!("{digits:0>width$}", width = decimals + 1);
        let (whole, fraction) = digits.split_at(digits.len() - decimals);
        format!("{sign}{whole}.{fraction}")
    }
}

fn minor_units(whole: &str, fraction: &str, currency: Currency) -> Result<i64, InvalidPrice> {
    let decimals = currency.decimals();
    let fraction = fraction.trim_end_matches('0');
    if fraction.len() > decimals as usize {
        return Err(InvalidPrice::TooManyDecimals { currency, decimals });
    }
    let digits = format!("{whole}{fraction:0<width$}", width = decimals as usize);
    digits
        .parse::<i64>()
        .ok()
        .filter(|minor| *minor <= AMOUNT_MAX)
        .ok_or_else(|| InvalidPrice::TooHigh {
            // As it may be typed.
            highest: format!("{} {currency}", Money::new(AMOUNT_MAX, currency).major()),
        })
}

impl fmt::Display for Money {
    /// `49.00 USD`, `1,299.00 USD`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let major = self.major();
        let sign = usize::from(self.minor < 0);
        let whole = major.find('.').unwrap_or(major.len());
        for (place, letter) in major.char_indices() {
            if place > sign && place < whole && (whole - place).is_multiple_of(3) {
                f.write_str(",")?;
            }
            write!(f, "{letter}")?;
        }
        write!(f, " {}", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use rstest::rstest;

    #[rstest]
    #[case("USD", 2, 1)]
    #[case("jpy", 0, 1)]
    #[case(" Kwd ", 3, 10)]
    #[case("ISK", 2, 100)]
    #[case("UGX", 2, 100)]
    #[case("HUF", 2, 1)]
    fn a_currency_counts_as_stripe_does(
        #[case] code: &str,
        #[case] decimals: u32,
        #[case] step: i64,
    ) {
        let currency: Currency = code.parse().expect("a currency");
        assert_eq!(
            (currency.decimals(), currency.smallest_step()),
            (decimals, step)
        );
    }

    #[rstest]
    #[case("XXX")]
    #[case("US")]
    #[case("")]
    #[case("€")]
    #[case("US D")]
    fn other_codes_are_none(#[case] code: &str) {
        assert_eq!(code.parse::<Currency>(), Err(UnknownCurrency));
    }

    #[test]
    fn every_listed_currency_reads_back() {
        assert_eq!(Currency::all().count(), SUPPORTED.split(' ').count());
        for list in [ZERO_DECIMALS, THREE_DECIMALS, WHOLE_HUNDREDS] {
            assert!(list.split(' ').all(|code| is_in(SUPPORTED, code)), "{list}");
        }
    }

    #[rstest]
    #[case("49", "USD", 4_900)]
    #[case("49.5", "USD", 4_950)]
    #[case(" 49,50 ", "EUR", 4_950)]
    #[case("0", "USD", 0)]
    #[case("0.01", "USD", 1)]
    #[case("49.000", "USD", 4_900)]
    #[case("500", "JPY", 500)]
    #[case("500.00", "JPY", 500)]
    #[case("5.120", "KWD", 5_120)]
    #[case("5", "ISK", 500)]
    #[case("9999999999.99", "USD", AMOUNT_MAX)]
    fn a_price_is_read_in_major_units(#[case] text: &str, #[case] code: &str, #[case] minor: i64) {
        let currency = code.parse().expect("a currency");
        assert_eq!(Money::parse(text, currency).map(|m| m.minor), Ok(minor));
    }

    #[rstest]
    #[case("", "USD", "like 49.00")]
    #[case("-1", "USD", "like 49.00")]
    #[case("$5", "USD", "like 49.00")]
    #[case("1,000.00", "USD", "thousands")]
    #[case("1e3", "USD", "like 49.00")]
    #[case(".5", "USD", "like 49.00")]
    #[case("5.001", "USD", "USD has 2 decimals")]
    #[case("5.5", "JPY", "JPY has 0 decimals")]
    #[case("5.123", "KWD", "steps of 0.010")]
    #[case("5.50", "ISK", "steps of 1.00")]
    #[case("10000000000", "USD", "9999999999.99 USD")]
    #[case("99999999999999999999999999", "USD", "9999999999.99 USD")]
    fn a_bad_price_says_what_to_do(#[case] text: &str, #[case] code: &str, #[case] words: &str) {
        let currency = code.parse().expect("a currency");
        let message = Money::parse(text, currency)
            .expect_err("refused")
            .to_string();
        assert!(message.contains(words), "{message}");
    }

    #[rstest]
    #[case(5, "USD", "0.05 USD")]
    #[case(-4_900, "USD", "-49.00 USD")]
    #[case(-490_000, "USD", "-4,900.00 USD")]
    #[case(-49_000, "JPY", "-49,000 JPY")]
    #[case(6_291_600, "EUR", "62,916.00 EUR")]
    #[case(123_456_750, "EUR", "1,234,567.50 EUR")]
    #[case(500, "JPY", "500 JPY")]
    #[case(5_120, "KWD", "5.120 KWD")]
    fn an_amount_is_shown_with_all_decimals(
        #[case] minor: i64,
        #[case] code: &str,
        #[case] shown: &str,
    ) {
        let money = Money::new(minor, code.parse().expect("a currency"));
        assert_eq!(money.to_string(), shown);
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(minor in 0..=AMOUNT_MAX) {
            let money = Money::new(minor, Currency::USD);
            prop_assert_eq!(Money::parse(&money.major(), Currency::USD), Ok(money));
        }

        #[test]
        fn no_text_makes_the_reader_panic(text: String) {
            let read = Money::parse(&text, Currency::USD);
            prop_assert!(read.is_err() || read.is_ok_and(|money| money.minor >= 0));
        }
    }
}
