//! Who buys: names and addresses that look real and reach nobody (RFC 2606), some of them long.

use rand::RngExt as _;
use rand::rngs::StdRng;

const FIRST: [&str; 32] = [
    "mira",
    "jon",
    "lena",
    "tomás",
    "aiko",
    "priya",
    "sam",
    "olivia",
    "noah",
    "ines",
    "luca",
    "freya",
    "hiro",
    "zoe",
    "amir",
    "clara",
    "pavel",
    "nadia",
    "erik",
    "yuki",
    "marta",
    "diego",
    "anouk",
    "felix",
    "ruth",
    "omar",
    "sofia",
    "karl",
    "maximiliane",
    "bartholomew",
    "li",
    "jo",
];
const LAST: [&str; 32] = [
    "okafor",
    "lindqvist",
    "haas",
    "novak",
    "tanaka",
    "sharma",
    "keller",
    "moreau",
    "rossi",
    "jensen",
    "silva",
    "weber",
    "ito",
    "brandt",
    "haddad",
    "petrov",
    "dubois",
    "larsen",
    "costa",
    "wagner",
    "fischer",
    "nakamura",
    "garcia",
    "olsen",
    "schmidt",
    "kim",
    "nguyen",
    "adeyemi",
    "featherstonehaugh",
    "oberleitner-wallnoefer",
    "wu",
    "ng",
];
const FREE: [&str; 6] = [
    "example.com",
    "example.org",
    "example.net",
    "mail.example.com",
    "post.example.org",
    "inbox.test",
];
const COMPANIES: [(&str, &str); 12] = [
    ("Nordwind Vermessung GmbH", "nordwind.example"),
    ("Harbour & Lane Surveyors", "harbour-lane.example"),
    ("Kitamura Design", "kitamura.test"),
    ("Ateliers Moreau", "moreau.example.org"),
    ("Blue Heron Mapping", "blueheron.example.com"),
    ("Studio Nove", "studio-nove.example"),
    ("Silva & Filhos Topografia", "silva-filhos.test"),
    ("Granite State Geomatics LLC", "granite-state.example.com"),
    ("Polder Water Authority", "polder.example.org"),
    ("Careful Mail Cooperative", "careful.test"),
    (
        "Internationale Gesellschaft für Landesaufnahme und Geoinformation mbH",
        "landesaufnahme-geoinformation.example.org",
    ),
    ("Ridgeline", "ridgeline.example.net"),
];

/// Somebody who buys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Buyer {
    /// Address as typed.
    pub email: String,
    /// Company, where one buys.
    pub company: Option<&'static str>,
}

/// Draws somebody; `number` keeps most apart.
pub fn buyer(number: usize, chance: &mut StdRng) -> Buyer {
    let mut pick = |names: &[&'static str]| names[chance.random_range(0..names.len())];
    let (first, last, free) = (pick(&FIRST), pick(&LAST), pick(&FREE));
    // Addresses are ASCII; a name with an accent is written without.
    let first = first.replace('á', "a");
    match chance.random_range(0..1_000) {
        // Addresses that no mail reaches.
        0..3 => one(format!("{first}.{last}@gone.test"), None),
        3 => one(format!("{first}.{last}{number}@full.test"), None),
        4..350 => {
            let (company, domain) = COMPANIES[chance.random_range(0..COMPANIES.len())];
            one(format!("{first}.{last}@{domain}"), Some(company))
        }
        350..380 => {
            let long = format!("{first}.{last}.licence.administration{number}");
            one(format!("{long}@{free}"), None)
        }
        380..500 => {
            let mut initial = first.clone();
            initial.truncate(1);
            one(format!("{initial}{last}{number}@{free}"), None)
        }
        _ => one(format!("{first}.{last}{number}@{free}"), None),
    }
}

const fn one(email: String, company: Option<&'static str>) -> Buyer {
    Buyer { email, company }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng as _;

    #[test]
    fn addresses_look_real_reach_nobody_and_some_are_long() {
        let mut chance = StdRng::seed_from_u64(1);
        let all: Vec<_> = (0..2_000)
            .map(|number| buyer(number, &mut chance))
            .collect();
        let ends = [
            ".example",
            ".test",
            "example.com",
            "example.org",
            "example.net",
        ];
        for buyer in &all {
            assert!(
                domain::email_address::parse(&buyer.email).is_some(),
                "{buyer:?}"
            );
            assert!(
                ends.iter().any(|end| buyer.email.ends_with(end)),
                "{buyer:?}"
            );
        }
        assert!(all.iter().any(|buyer| buyer.email.len() > 40));
        assert!(all.iter().any(|buyer| buyer.company.is_some()));
    }
}
