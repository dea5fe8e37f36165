//! How far the watcher has read the change log, and what it tells of only once.

use std::collections::BTreeSet;

use store::change_feed::{self, ChangeSign};
use store::{Conn, Result};

/// Rows of one look; more at once are not told one by one.
const LOOK: i64 = 1_000;
/// On PostgreSQL a lower id may be committed after a higher one: so many are looked at again.
pub(super) const LATE: i64 = 256;

/// The place in the log.
pub(super) struct Reading {
    last: i64,
    late: i64,
    told: BTreeSet<i64>,
}

impl Reading {
    /// Begins at the end of the log.
    pub(super) async fn begin(conn: &mut Conn, is_shared: bool) -> Result<Self> {
        let mut reading = Self {
            last: 0,
            late: if is_shared { LATE } else { 0 },
            told: BTreeSet::new(),
        };
        reading.skip_to_end(conn).await?;
        Ok(reading)
    }

    /// What came since the last look; `None` where it is so much that everything may have changed.
    pub(super) async fn look(&mut self, conn: &mut Conn) -> Result<Option<Vec<ChangeSign>>> {
        let rows = change_feed::after(conn, self.last - self.late, LOOK).await?;
        if i64::try_from(rows.len()).is_ok_and(|count| count == LOOK) {
            self.skip_to_end(conn).await?;
            return Ok(None);
        }
        Ok(Some(self.take(rows)))
    }

    async fn skip_to_end(&mut self, conn: &mut Conn) -> Result<()> {
        let last = change_feed::last(conn).await?;
        self.last = last;
        let rows = change_feed::after(conn, last - self.late, LOOK).await?;
        self.told.clear();
        self.take(rows);
        Ok(())
    }

    /// The rows that were not told of before.
    fn take(&mut self, rows: Vec<ChangeSign>) -> Vec<ChangeSign> {
        let fresh: Vec<_> = rows
            .into_iter()
            .filter(|row| self.told.insert(row.id))
            .collect();
        let last = self.told.last().copied().unwrap_or_default();
        self.last = self.last.max(last);
        self.told = self.told.split_off(&(self.last - self.late + 1));
        fresh
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::ids::TenantId;

    fn rows(ids: &[i64]) -> Vec<ChangeSign> {
        let row = |id: &i64| ChangeSign {
            id: *id,
            tenant_id: TenantId::from(1),
            livemode: false,
            subject_kind: "license".into(),
            verb: "issued".into(),
        };
        ids.iter().map(row).collect()
    }

    fn ids(rows: Vec<ChangeSign>) -> Vec<i64> {
        rows.into_iter().map(|row| row.id).collect()
    }

    #[test]
    fn a_row_that_is_committed_late_is_told_and_none_is_told_twice() {
        let mut reading = Reading {
            last: 0,
            late: LATE,
            told: BTreeSet::new(),
        };
        assert_eq!(ids(reading.take(rows(&[1, 3]))), [1, 3]);
        assert_eq!(ids(reading.take(rows(&[1, 2, 3, 4]))), [2, 4]);
        assert_eq!(ids(reading.take(rows(&[1_000]))), [1_000]);
        assert_eq!(
            reading.told,
            BTreeSet::from([1_000]),
            "what is old is let go"
        );
        assert_eq!(reading.last, 1_000);
    }

    #[test]
    fn with_one_writer_nothing_is_looked_at_again() {
        let mut reading = Reading {
            last: 5,
            late: 0,
            told: BTreeSet::new(),
        };
        assert_eq!(ids(reading.take(rows(&[6, 7]))), [6, 7]);
        assert_eq!((reading.last, reading.told.len()), (7, 0));
    }
}
