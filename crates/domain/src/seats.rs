//! How many devices a licence may be used on at once.

/// The seats of one licence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seats {
    /// Of a multi-seat licence; `None` is a licence for one device.
    pub max: Option<i32>,
    /// Devices that are activated just now.
    pub used: i32,
}

impl Seats {
    /// True where the licence counts seats at all.
    pub const fn is_multi_seat(self) -> bool {
        self.max.is_some()
    }

    /// Devices that may be activated at once.
    pub fn limit(self) -> i32 {
        self.max.unwrap_or(1)
    }

    /// True where one more device fits. Only the conditional update of the row decides for good.
    pub fn has_capacity(self) -> bool {
        self.used < self.limit()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, 0, true)]
    #[case(None, 1, false)]
    #[case(Some(5), 4, true)]
    #[case(Some(5), 5, false)]
    #[case(Some(2), 5, false)]
    #[case(Some(1), 0, true)]
    fn one_more_fits_below_the_limit(
        #[case] max: Option<i32>,
        #[case] used: i32,
        #[case] fits: bool,
    ) {
        let seats = Seats { max, used };
        assert_eq!(seats.has_capacity(), fits);
        assert_eq!(seats.is_multi_seat(), max.is_some());
    }
}
