//! What a stream says: where the change log has come to, and words for what changed.

use std::collections::BTreeSet;

use domain::ids::TenantId;
use store::change_feed::ChangeSign;
use store::news::Topic;

/// More different words than this are one: everything.
const MOST: usize = 40;
/// The word for whatever there is.
const EVERYTHING: &str = "any.everything.changed";

/// What changed since the last time, each word once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Signs {
    /// The newest row of the change log that is told of; 0 where none is.
    pub cursor: i64,
    /// `side.subject.verb`, for example `test.license.issued`; `any` where the side is not told.
    pub words: BTreeSet<String>,
}

impl Signs {
    /// There may be anything.
    pub(super) fn of_everything() -> Self {
        Self {
            cursor: 0,
            words: BTreeSet::from([EVERYTHING.to_owned()]),
        }
    }

    /// What the change log need not tell of; nothing where it does.
    pub(super) fn of_topic(topic: Topic) -> Self {
        let word = match topic {
            Topic::Changes => return Self::default(),
            Topic::StripeEvents => "any.stripe_event.changed",
            Topic::Mails => "any.mail.changed",
        };
        Self {
            cursor: 0,
            words: BTreeSet::from([word.to_owned()]),
        }
    }

    pub(super) fn note(&mut self, row: &ChangeSign) {
        let side = if row.livemode { "live" } else { "test" };
        self.cursor = self.cursor.max(row.id);
        self.words
            .insert(format!("{side}.{}.{}", row.subject_kind, row.verb));
        self.bound();
    }

    pub(super) fn merge(&mut self, other: &Self) {
        self.cursor = self.cursor.max(other.cursor);
        self.words.extend(other.words.iter().cloned());
        self.bound();
    }

    /// True where somebody's session or role may have changed.
    pub(super) fn are_of_people(&self) -> bool {
        let subject = |word: &String| word.split('.').nth(1).map(str::to_owned);
        self.words
            .iter()
            .filter_map(subject)
            .any(|kind| matches!(&*kind, "person" | "session" | "membership" | "everything"))
    }

    /// True where there is nothing to say.
    pub fn are_none(&self) -> bool {
        self.words.is_empty()
    }

    fn bound(&mut self) {
        if self.words.len() > MOST {
            self.words = Self::of_everything().words;
        }
    }
}

/// Puts rows together by their tenants.
pub(super) fn by_tenant(rows: &[ChangeSign]) -> Vec<(TenantId, Signs)> {
    let mut told: Vec<(TenantId, Signs)> = Vec::new();
    for row in rows {
        let known = told.iter_mut().find(|(tenant, _)| *tenant == row.tenant_id);
        if let Some((_, signs)) = known {
            signs.note(row);
            continue;
        }
        let mut signs = Signs::default();
        signs.note(row);
        told.push((row.tenant_id, signs));
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, tenant: i32, verb: &str) -> ChangeSign {
        ChangeSign {
            id,
            tenant_id: TenantId::from(tenant),
            livemode: id % 2 == 0,
            subject_kind: "license".into(),
            verb: verb.into(),
        }
    }

    #[test]
    fn each_tenant_gets_its_own_rows_and_each_word_once() {
        let rows = [
            row(1, 7, "issued"),
            row(2, 8, "issued"),
            row(3, 7, "issued"),
        ];
        let told = by_tenant(&rows);
        let words = |at: usize| told[at].1.words.iter().cloned().collect::<Vec<_>>();
        assert_eq!((told[0].0.get(), told[0].1.cursor), (7, 3));
        assert_eq!(words(0), ["test.license.issued"]);
        assert_eq!((told[1].0.get(), told[1].1.cursor), (8, 2));
        assert_eq!(words(1), ["live.license.issued"]);
    }

    #[test]
    fn too_many_words_become_one() {
        let mut signs = Signs::default();
        for id in 0..=100 {
            signs.note(&row(id, 7, &format!("verb{id}")));
        }
        assert!(signs.words.contains(EVERYTHING), "{signs:?}");
        assert!(signs.words.len() <= MOST, "{signs:?}");
        assert_eq!(signs.cursor, 100);
    }

    #[test]
    fn words_about_people_ask_for_the_session_again() {
        let mut signs = Signs::of_topic(Topic::Mails);
        assert!(!signs.are_of_people());
        let person = ChangeSign {
            subject_kind: "person".into(),
            ..row(1, 7, "signed_out")
        };
        signs.note(&person);
        assert!(signs.are_of_people());
    }
}
