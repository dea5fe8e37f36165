//! Splits the program into what every page needs and parts for a page or a few each.
//!
//! `app/src/parts.rs` names the parts. The splitter follows what refers to what, and makes a piece
//! of what exactly the same parts need; `bundle` says which pieces become one module, and binaryen's
//! `wasm-merge` makes it. `pack` puts a part's modules into one file, and `parts.js` fetches that.

use std::collections::BTreeMap;
use std::iter;
use std::path::{Path, PathBuf};
use std::process::Command;

use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasm_encoder::{EntityType, ExportKind, ExportSection, ImportSection, Module};
use wasm_split_cli_support::{Options, transform};
use wasmparser::{Parser, Payload};

use super::bundle::{Bundle, gather};
use super::prune::prune;
use super::{read, remove_folder, write};
use crate::process::{self, Outcome};
use crate::tools::Binaryen;

/// Fetches parts; the list of them is written below it.
const LOADER: &str = include_str!("parts.js");

/// Where pieces look for the memory and the table that they share with the program.
const SHARED: &str = "__wasm_split";
/// What the modules call the program, and where they take the same from it.
const MAIN: &str = "main";

/// A split program.
pub struct Split {
    /// What every page needs, for wasm-bindgen.
    pub main: PathBuf,
    /// A module that every part needs too, to be joined with it afterwards.
    pub base: Option<PathBuf>,
    /// The other modules.
    pub modules: Vec<SplitModule>,
    /// Names of the parts, in their order.
    pub parts: Vec<String>,
}

/// Machine code that some parts need.
pub struct SplitModule {
    /// Its file.
    pub path: PathBuf,
    /// The parts that need it.
    pub parts: Vec<String>,
}

/// Splits a linked program; puts the modules and their loader into folders.
pub fn split(
    binaryen: &Binaryen,
    compiled: &Path,
    (folder, modules_folder): (&Path, &Path),
) -> Outcome<Split> {
    println!("wasm: splitting");
    let pieces = compiled.with_file_name("pieces");
    remove_folder(&pieces)?;
    let main = pieces.join("main.wasm");
    let program = prune(&read(compiled)?)?;
    let mut options = Options::new(&program);
    options.output_dir = &pieces;
    options.main_out_path = &main;
    options.link_name = "./parts.js";
    let split =
        transform(options).map_err(|error| format!("splitting the program failed: {error:?}"))?;
    let needed: BTreeMap<_, _> = split.prefetch_map.into_iter().collect();
    let parts: Vec<_> = needed.keys().cloned().collect();
    let bundles = gather(pieces_of(&needed, &pieces)?);
    let hub = pieces.join("hub.wasm");
    write(&hub, &hub_of(&bundles, &pieces)?)?;
    let numbered: Vec<_> = bundles.iter().enumerate().collect();
    let mut modules = process::each(&numbered, |(index, bundle)| {
        let path = modules_folder.join(format!("{index}.wasm"));
        merge_pieces(binaryen, &hub, bundle, &path)?;
        Ok(SplitModule {
            path,
            parts: chosen(&parts, bundle.parts).cloned().collect(),
        })
    })?;
    let of_all = modules.iter().position(|module| module.parts == parts);
    let base = of_all.map(|index| modules.remove(index).path);
    write(&folder.join("parts.js"), loader(&parts).as_bytes())?;
    Ok(Split {
        main,
        base,
        modules,
        parts,
    })
}

/// Joins the program, when it is bound, with what every part needs: one module, shrunk as one.
pub fn join_base(binaryen: &Binaryen, program: &Path, base: &Path) -> Outcome {
    let mut command = binaryen.command("wasm-merge");
    command.arg(program).arg(MAIN).arg(base).arg("base");
    // Both hand on the memory and the table: once is enough.
    command.arg("--skip-export-conflicts");
    merge(command, program)
}

/// The pieces with the parts that need them.
fn pieces_of(needed: &BTreeMap<String, Vec<String>>, folder: &Path) -> Outcome<Vec<Bundle>> {
    let mut parts_of: BTreeMap<&str, u128> = BTreeMap::new();
    for (index, pieces) in needed.values().enumerate() {
        for piece in pieces {
            *parts_of.entry(piece).or_default() |= 1 << index;
        }
    }
    let pieces = parts_of.into_iter().map(|(piece, parts)| {
        let bytes = read(&file_of(folder, piece))?.len();
        Ok(Bundle {
            pieces: vec![piece.to_owned()],
            parts,
            bytes: bytes as u64,
        })
    });
    pieces.collect()
}

/// The parts whose bits are set.
fn chosen(parts: &[String], bits: u128) -> impl Iterator<Item = &String> {
    let numbered = parts.iter().enumerate();
    numbered.filter_map(move |(index, part)| (bits >> index & 1 == 1).then_some(part))
}

/// A module that hands on what pieces share, so that merged pieces have one memory, not several.
fn hub_of(bundles: &[Bundle], folder: &Path) -> Outcome<Vec<u8>> {
    let mut shared = BTreeMap::new();
    for piece in bundles.iter().flat_map(|bundle| &bundle.pieces) {
        let bytes = read(&file_of(folder, piece))?;
        let imports = imports(&bytes).map_err(|error| format!("piece {piece}: {error}"))?;
        shared.extend(imports);
    }
    let mut imports = ImportSection::new();
    let mut exports = ExportSection::new();
    let (mut memories, mut tables, mut globals) = (0, 0, 0);
    for (name, entity) in shared {
        let (kind, count) = match entity {
            EntityType::Memory(_) => (ExportKind::Memory, &mut memories),
            EntityType::Table(_) => (ExportKind::Table, &mut tables),
            EntityType::Global(_) => (ExportKind::Global, &mut globals),
            _ => return Err(format!("pieces share {name} in a way that is new here")),
        };
        imports.import(MAIN, &name, entity);
        exports.export(&name, kind, *count);
        *count += 1;
    }
    let mut hub = Module::new();
    hub.section(&imports).section(&exports);
    Ok(hub.finish())
}

/// What a piece takes from the program.
fn imports(piece: &[u8]) -> Result<Vec<(String, EntityType)>, String> {
    let mut found = Vec::new();
    for payload in Parser::new(0).parse_all(piece) {
        let Payload::ImportSection(section) = payload.map_err(|error| error.to_string())? else {
            continue;
        };
        for import in section.into_imports() {
            let import = import.map_err(|error| error.to_string())?;
            if import.module != SHARED {
                return Err(format!("takes {} from {}", import.name, import.module));
            }
            let entity = RoundtripReencoder.entity_type(import.ty);
            found.push((
                import.name.to_owned(),
                entity.map_err(|error| error.to_string())?,
            ));
        }
    }
    Ok(found)
}

fn merge_pieces(binaryen: &Binaryen, hub: &Path, bundle: &Bundle, file: &Path) -> Outcome {
    let folder = hub.parent().unwrap_or(hub);
    let mut command = binaryen.command("wasm-merge");
    command.arg(hub).arg(SHARED);
    for piece in &bundle.pieces {
        command.arg(file_of(folder, piece)).arg(piece);
    }
    write(file, &[])?;
    merge(command, file)
}

/// It warns of every name that it does not know; only its failures matter.
fn merge(mut command: Command, file: &Path) -> Outcome {
    process::capture(command.arg("-o").arg(file)).map(drop)
}

fn file_of(folder: &Path, piece: &str) -> PathBuf {
    folder.join(format!("{piece}.wasm"))
}

/// The script that fetches parts, under the names that the program calls.
fn loader(parts: &[String]) -> String {
    let lines = parts
        .iter()
        .map(|part| format!("export const __wasm_split_load_{part} = part(\"{part}\");\n"));
    iter::once(LOADER.to_owned()).chain(lines).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_part_is_loaded_by_its_name() {
        let script = loader(&["plans".to_owned(), "products".to_owned()]);
        for line in [
            "export const __wasm_split_load_plans = part(\"plans\");",
            "export const __wasm_split_load_products = part(\"products\");",
        ] {
            assert!(script.lines().any(|written| written == line), "{script}");
        }
    }

    #[test]
    fn bits_stand_for_parts_in_their_order() {
        let parts = ["a", "b", "c"].map(str::to_owned);
        let found: Vec<_> = chosen(&parts, 0b101).collect();
        assert_eq!(found, ["a", "c"]);
    }
}
