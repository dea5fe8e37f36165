//! What a licence unlocks: words that product, plan and licence add up. Product's and plan's are looked
//! up when a program asks, so a change of them reaches the licences that were sold before.

use crate::form::{Input, Reader};

const FEATURES_MAX: usize = 100;
const FEATURE_MAX: usize = 100;

/// A form's features: words with commas or line breaks between, each once. Absent keeps what is there.
pub(crate) fn read(reader: &mut Reader, input: Input<'_>, current: &[String]) -> Vec<String> {
    let Some(text) = input.text() else {
        return current.to_vec();
    };
    let mut features: Vec<String> = Vec::new();
    for feature in text.split([',', '\n']).map(str::trim) {
        if !feature.is_empty() && !features.iter().any(|known| known == feature) {
            features.push(feature.to_owned());
        }
    }
    if features.len() > FEATURES_MAX {
        let message = format!("Name at most {FEATURES_MAX} features.");
        reader.refuse(input.name(), message);
    }
    if features.iter().any(|f| f.chars().count() > FEATURE_MAX) {
        let message = format!("Shorten each feature to at most {FEATURE_MAX} characters.");
        reader.refuse(input.name(), message);
    }
    if features.iter().any(|f| f.chars().any(char::is_control)) {
        reader.refuse(input.name(), "Take the control characters out.");
    }
    features
}

/// Each feature once, in the order of the lists: first the product's, then the plan's, then the
/// licence's own.
pub fn union(lists: &[&[String]]) -> Vec<String> {
    let mut features: Vec<String> = Vec::new();
    for feature in lists.iter().copied().flatten() {
        if !features.contains(feature) {
            features.push(feature.clone());
        }
    }
    features
}

/// `a,b,c`, as clients read it; no feature has a comma in it.
pub fn csv(features: &[String]) -> String {
    features.join(",")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().copied().map(str::to_owned).collect()
    }

    #[test]
    fn each_feature_comes_once_in_the_order_of_the_lists() {
        let product = words(&["maps", "export"]);
        let plan = words(&["export", "api"]);
        let own = words(&["beta", "maps", "beta"]);
        let all = union(&[&product, &plan, &own]);
        assert_eq!(all, words(&["maps", "export", "api", "beta"]));
        assert_eq!(csv(&all), "maps,export,api,beta");
    }

    #[test]
    fn no_features_are_an_empty_text() {
        assert_eq!(csv(&union(&[&[], &[]])), "");
    }
}
