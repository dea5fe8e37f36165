//! The server's clock as a page that stays open goes on reading it: `2 min ago` is counted from there, however
//! wrong the browser's own clock is. On the server it stands still: what is sent is told by each page's own data.

use domain::timestamp::Timestamp;
use leptos::prelude::*;

/// The clock of a page, for all that stands below the frame.
#[derive(Clone, Copy)]
pub struct Clock {
    /// By how many milliseconds the server's clock is ahead of the browser's, once that is known.
    ahead: StoredValue<Option<i64>>,
    /// What it showed last.
    shown: RwSignal<Timestamp>,
}

impl Clock {
    /// Provides one that stands still to every page below.
    pub fn provide() -> Self {
        let clock = Self {
            ahead: StoredValue::new(None),
            // Earlier than anything, so that what a page's own data say goes before it.
            shown: RwSignal::new(Timestamp::from_millis(i64::MIN)),
        };
        provide_context(clock);
        clock
    }

    /// Sets it by what the server said, in the milliseconds of the browser's clock. The page shows no other
    /// words by that.
    pub fn set(self, server: Timestamp, browser: i64) {
        let ahead = server.millis().saturating_sub(browser);
        self.ahead.try_set_value(Some(ahead));
    }

    /// Goes on to the present moment, in the milliseconds of the browser's clock, once it is set.
    pub fn tick(self, browser: i64) {
        if let Some(ahead) = self.ahead.try_get_value().flatten() {
            let now = Timestamp::from_millis(browser).plus_millis(ahead);
            self.shown.try_set(now);
        }
    }

    /// What it shows, where that is later than what the page's data say; tracked.
    pub fn read(self, now: Timestamp) -> Timestamp {
        self.shown.get().max(now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: i64 = 86_400_000;

    #[test]
    fn it_goes_on_with_the_browsers_clock_and_shows_the_servers_time() {
        Owner::new().with(|| {
            let clock = Clock::provide();
            let sent = Timestamp::from_unix_seconds(1_795_431_600);
            // The browser's clock is six days slow.
            let browser = sent.millis() - 6 * DAY;
            clock.set(sent, browser);
            assert_eq!(clock.read(sent), sent, "as the server wrote it");
            clock.tick(browser + 180_000);
            assert_eq!(clock.read(sent), sent.plus_minutes(3));
            let later = sent.plus_minutes(9);
            assert_eq!(clock.read(later), later, "what came meanwhile is newer");
        });
    }

    #[test]
    fn it_stands_still_until_it_is_set() {
        Owner::new().with(|| {
            let clock = Clock::provide();
            let sent = Timestamp::from_unix_seconds(1_795_431_600);
            clock.tick(sent.millis() + DAY);
            assert_eq!(clock.read(sent), sent);
        });
    }
}
