//! Shortens the names under which the program and its script know each other.
//!
//! wasm-bindgen names what the program takes from the script by what it is, with a hash of sixteen digits that
//! no compression makes smaller: several kilobytes of every first page, in both files.

use std::collections::BTreeMap;
use std::path::Path;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{ImportSection, Module};
use wasmparser::{ImportSectionReader, Parser, Payload};

use super::{read, write};
use crate::process::Outcome;

/// Under which the program takes what the script gives.
const SCRIPT: &str = "./exisone_bg.js";
/// What it is called afterwards.
const SHORT_SCRIPT: &str = "s";

/// Names as they were, each with its short one.
type Short = BTreeMap<String, String>;

/// Rewrites a bound program and its script.
pub fn shorten(folder: &Path) -> Outcome {
    let (program_path, script_path) = (folder.join("exisone_bg.wasm"), folder.join("exisone.js"));
    let program = read(&program_path)?;
    let script = String::from_utf8(read(&script_path)?)
        .map_err(|_| "the script of the program is no text".to_owned())?;
    let short = short_names(&program).map_err(cannot_read)?;
    let script = renamed_script(&script, &short)?;
    let program = renamed_program(&program, short).map_err(cannot_read)?;
    write(&script_path, script.as_bytes())?;
    write(&program_path, &program)
}

fn cannot_read(error: impl std::fmt::Display) -> String {
    format!("cannot read the bound program: {error}")
}

/// Everything that the program takes from the script.
fn short_names(program: &[u8]) -> wasmparser::Result<Short> {
    let mut short = Short::new();
    for payload in Parser::new(0).parse_all(program) {
        if let Payload::ImportSection(section) = payload? {
            for import in section.into_imports() {
                let import = import?;
                if import.module == SCRIPT {
                    let next = letters(short.len());
                    short.entry(import.name.to_owned()).or_insert(next);
                }
            }
        }
    }
    Ok(short)
}

/// `a` to `z`, then `ba` and so on.
fn letters(mut number: usize) -> String {
    let mut reversed = Vec::new();
    loop {
        reversed.push(b'a' + u8::try_from(number % 26).unwrap_or_default());
        number /= 26;
        if number == 0 {
            break;
        }
    }
    reversed
        .iter()
        .rev()
        .map(|&byte| char::from(byte))
        .collect()
}

/// The script gives each thing as `name: function(…) {…}` at the beginning of a line; every name must be there.
fn renamed_script(script: &str, short: &Short) -> Outcome<String> {
    let mut found = 0;
    let lines: Vec<_> = script
        .lines()
        .map(|line| {
            let name = line.trim_start().split_once(": ").map(|(name, _)| name);
            match name.and_then(|name| short.get(name).map(|new| (name, new))) {
                Some((name, new)) => {
                    found += 1;
                    line.replacen(name, new, 1)
                }
                None => line.replace(&format!("{SCRIPT:?}"), &format!("{SHORT_SCRIPT:?}")),
            }
        })
        .collect();
    if found != short.len() {
        let all = short.len();
        return Err(format!(
            "the script gives {found} of the {all} things that the program takes: names.rs is out of date"
        ));
    }
    Ok(lines.join("\n") + "\n")
}

fn renamed_program(program: &[u8], short: Short) -> Result<Vec<u8>, Error> {
    let mut module = Module::new();
    Renaming { short }.parse_core_module(&mut module, Parser::new(0), program)?;
    Ok(module.finish())
}

/// Copies a program, all but the names of its imports.
struct Renaming {
    short: Short,
}

impl Reencode for Renaming {
    type Error = std::convert::Infallible;

    fn parse_import_section(
        &mut self,
        imports: &mut ImportSection,
        section: ImportSectionReader<'_>,
    ) -> Result<(), Error> {
        for import in section.into_imports() {
            let import = import?;
            let entity = self.entity_type(import.ty)?;
            match self.short.get(import.name) {
                Some(name) if import.module == SCRIPT => imports.import(SHORT_SCRIPT, name, entity),
                _ => imports.import(import.module, import.name, entity),
            };
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{EntityType, TypeSection};

    fn program(names: &[(&str, &str)]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for (module, name) in names {
            imports.import(module, name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module.finish()
    }

    fn imports(program: &[u8]) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for payload in Parser::new(0).parse_all(program) {
            if let Payload::ImportSection(section) = payload.expect("a program") {
                for import in section.into_imports() {
                    let import = import.expect("an import");
                    found.push((import.module.to_owned(), import.name.to_owned()));
                }
            }
        }
        found
    }

    #[test]
    fn program_and_script_agree_on_shorter_names() {
        let before = program(&[
            (SCRIPT, "__wbg_click_0123456789abcdef"),
            ("./parts.js", "__wasm_split_load_plans"),
            (SCRIPT, "__wbg_now_fedcba9876543210"),
        ]);
        let script = "import * as import1 from \"./parts.js\"\n\
            const import0 = {\n\
            __wbg_now_fedcba9876543210: function() { return 1; },\n\
            __wbg_click_0123456789abcdef: function(arg0) { arg0.click(); },\n\
            };\n\
            return { \"./exisone_bg.js\": import0, \"./parts.js\": import1 };\n";
        let short = short_names(&before).expect("a program");
        let script = renamed_script(script, &short).expect("all are there");
        let program = renamed_program(&before, short).expect("a program");
        let named = |name: &str| ("s".to_owned(), name.to_owned());
        let part = (
            "./parts.js".to_owned(),
            "__wasm_split_load_plans".to_owned(),
        );
        assert_eq!(imports(&program), [named("a"), part, named("b")]);
        assert!(
            script.contains("\na: function(arg0) { arg0.click(); },\n"),
            "{script}"
        );
        assert!(
            script.contains("\nb: function() { return 1; },\n"),
            "{script}"
        );
        assert!(
            script.contains("{ \"s\": import0, \"./parts.js\": import1 }"),
            "{script}"
        );
    }

    #[test]
    fn a_name_that_the_script_does_not_give_is_said() {
        let short = short_names(&program(&[(SCRIPT, "absent")])).expect("a program");
        let refused = renamed_script("present: function() {},\n", &short).expect_err("is refused");
        assert!(refused.contains("0 of the 1"), "{refused}");
    }

    #[test]
    fn letters_go_on_behind_the_last() {
        assert_eq!([0, 25, 26, 700].map(letters), ["a", "z", "ba", "bay"]);
    }
}
