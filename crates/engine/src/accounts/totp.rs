//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, steps of thirty seconds.

use domain::timestamp::Timestamp;
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use subtle::ConstantTimeEq;

const STEP_SECONDS: i64 = 30;
/// Steps that a clock may go before or after ours.
const DRIFT: i64 = 1;

/// The step whose code this is, close to now and after `last_step`; `None` where it is no such code.
pub(super) fn find_step(
    secret: &[u8],
    code: &str,
    (now, last_step): (Timestamp, i64),
) -> Option<i64> {
    let typed: String = code.chars().filter(|c| !c.is_whitespace()).collect();
    let present = now.unix_seconds().div_euclid(STEP_SECONDS);
    let steps = present - DRIFT..=present + DRIFT;
    steps
        .filter(|step| *step > last_step)
        .find(|step| bool::from(code_at(secret, *step).as_bytes().ct_eq(typed.as_bytes())))
}

/// The code of a step: HOTP (RFC 4226, 5.3) over its number.
fn code_at(secret: &[u8], step: i64) -> String {
    let mut mac =
        Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length (RFC 2104)");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let offset = usize::from(hash[hash.len() - 1] & 15);
    let four = [
        hash[offset],
        hash[offset + 1],
        hash[offset + 2],
        hash[offset + 3],
    ];
    let number = u32::from_be_bytes(four) & 0x7fff_ffff;
    format!("{:06}", number % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B; the last six of its eight digits.
    const SECRET: &[u8] = b"12345678901234567890";
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    fn find(seconds: i64, code: &str, last_step: i64) -> Option<i64> {
        let now = Timestamp::from_unix_seconds(seconds);
        find_step(SECRET, code, (now, last_step))
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (seconds, code) in VECTORS {
            assert_eq!(find(seconds, code, 0), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn a_code_holds_one_step_before_and_after_and_once() {
        let (seconds, code) = VECTORS[4];
        let step = seconds / 30;
        assert_eq!(find(seconds - 30, code, 0), Some(step));
        assert_eq!(find(seconds + 30, " 279 037 ", 0), Some(step));
        assert_eq!(find(seconds - 60, code, 0), None);
        assert_eq!(find(seconds + 60, code, 0), None);
        assert_eq!(find(seconds, code, step - 1), Some(step));
        assert_eq!(find(seconds, code, step), None, "it was used");
        for wrong in ["", "279038", "27903", "2790370"] {
            assert_eq!(find(seconds, wrong, 0), None, "{wrong}");
        }
    }
}
