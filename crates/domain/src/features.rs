//! What a licence unlocks: words that product, plan and licence add up.

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
