//! Every public function of the store is called by the contract that runs on both databases.

use super::paths::{Said, said};
use super::source::{Source, is_word};

/// Public functions of the store's sources that the contract's sources never call.
pub fn uncalled(store: &[Source], contract: &[Source]) -> Vec<String> {
    let calls: Vec<Said> = contract.iter().flat_map(said).collect();
    let mut missing = Vec::new();
    for source in store {
        let module = source
            .path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        for public in public_functions(source) {
            let called = if public.is_method {
                contract
                    .iter()
                    .any(|source| is_called(&source.code, &public.name))
            } else {
                let path = format!("{module}::{}", public.name);
                calls.iter().any(|said| said.ends_with(&path))
            };
            if !called {
                let rule = "crates/store/tests/contract never calls";
                missing.push(format!(
                    "{}:{}: {rule} {module}::{}",
                    source.path, public.line, public.name
                ));
            }
        }
    }
    missing
}

/// A public asynchronous function: what touches the database.
struct Public {
    name: String,
    line: usize,
    is_method: bool,
}

fn public_functions(source: &Source) -> Vec<Public> {
    let mut found = Vec::new();
    for (index, line) in source.code_before_tests().lines().enumerate() {
        let Some(rest) = line.trim_start().strip_prefix("pub async fn ") else {
            continue;
        };
        let name = rest
            .split(|character| !is_word(character))
            .next()
            .unwrap_or_default()
            .to_owned();
        found.push(Public {
            name,
            line: index + 1,
            is_method: line.starts_with(' '),
        });
    }
    found
}

fn is_called(code: &str, name: &str) -> bool {
    [format!(".{name}("), format!("::{name}(")]
        .iter()
        .any(|call| code.contains(call))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_that_no_contract_calls_is_named() {
        let store = [Source::new(
            "crates/store/src/plans.rs",
            "pub async fn list() {}\npub async fn find() {}\nimpl Db {\n    pub async fn open() {}\n    pub async fn close() {}\n}\npub fn pure() {}",
        )];
        let contract = [Source::new(
            "crates/store/tests/contract/plans.rs",
            "// plans::find()\nfn f() { Db::open(); store::plans::list(); products::find(); }",
        )];
        let missing = uncalled(&store, &contract);
        let names: Vec<&str> = missing
            .iter()
            .filter_map(|line| line.rsplit(' ').next())
            .collect();
        assert_eq!(names, ["plans::find", "plans::close"]);
    }

    #[test]
    fn a_called_store_has_nothing_missing() {
        let store = [Source::new(
            "crates/store/src/plans.rs",
            "pub async fn list() {}",
        )];
        let contract = [Source::new(
            "crates/store/tests/contract/plans.rs",
            "fn f() { plans::list(1) }",
        )];
        assert!(uncalled(&store, &contract).is_empty());
    }
}
