//! Takes out of the linked program what Leptos carries for ways of working that ours does not have.
//!
//! A view whose type is erased holds a pointer to everything that can be done with it, so the linker
//! keeps it all. What nobody ever asks for is named here. Such a function is emptied: it traps, so that
//! a wrong line here fails the first browser test. What it alone referred to goes with it, because the
//! splitter puts nothing anywhere that nothing refers to.

use std::ops::Range;

use wasm_encoder::{CustomSection, Encode as _, Section as _};
use wasmparser::{
    CustomSectionReader, KnownCustom, Name, NameSectionReader, Parser, Payload, RelocSectionReader,
    TypeRef,
};

use crate::process::Outcome;

/// Ends of paths in symbols, or names of what scripts can call, each with who would call such functions. None may do
/// the same as a function that is asked for: the compiler makes one of two that are alike, and either name may stay.
const UNASKED: [(&str, &str); 7] = [
    ("8into_any13hydrate_async", "leptos::mount::hydrate_lazy"),
    (
        "21into_any_nested_route15generate_routes",
        "a server that lists its routes",
    ),
    ("intounderlyingbytesource_pull", A_STREAM),
    ("intounderlyingsource_pull", A_STREAM),
    ("intounderlyingsink_abort", A_STREAM),
    ("intounderlyingsink_close", A_STREAM),
    ("intounderlyingsink_write", A_STREAM),
];

/// No server function of ours takes or answers a stream.
const A_STREAM: &str = "a script that is given a stream of the program's";

/// Where the references in code are listed.
const RELOCATIONS: &str = "reloc.CODE";

/// Instructions: a trap, nothing, and the end of a function.
const TRAP: u8 = 0x00;
const NOTHING: u8 = 0x01;
const END: u8 = 0x0b;

/// What must be known of a program to empty some of its functions; places are bytes of the program.
#[derive(Default)]
struct Program {
    /// Functions that come from elsewhere: they are numbered first.
    imported: usize,
    /// Where the code section begins.
    code: usize,
    /// The code of each function.
    bodies: Vec<Range<usize>>,
    /// Numbers and symbols of functions.
    symbols: Vec<(usize, String)>,
    references: References,
}

/// The section that lists what code refers to.
#[derive(Default)]
struct References {
    /// The whole section.
    section: Range<usize>,
    /// Which section it is about.
    about: u32,
    /// Its entries, each with the place in the code that it is about.
    entries: Vec<(Range<usize>, usize)>,
}

/// The program without the code that nobody asks for.
pub fn prune(program: &[u8]) -> Outcome<Vec<u8>> {
    without(program, &UNASKED)
}

fn without(program: &[u8], unasked: &[(&str, &str)]) -> Outcome<Vec<u8>> {
    let known = read(program).map_err(|error| format!("cannot read the program: {error}"))?;
    let mut emptied = Vec::new();
    for (symbol, caller) in unasked {
        let bodies = known.bodies_of(symbol);
        let before = emptied.len();
        emptied.extend(bodies);
        if emptied.len() == before {
            return Err(format!(
                "no function is named {symbol} ({caller}): prune.rs is out of date"
            ));
        }
    }
    let mut pruned = program.to_vec();
    for body in &emptied {
        empty(&mut pruned[body.clone()]);
    }
    let section = known.references.without(program, &emptied);
    pruned.splice(known.references.section, section);
    Ok(pruned)
}

/// A function that traps. It is as long as it was, so that nothing after it moves.
fn empty(body: &mut [u8]) {
    if let [locals, first, .., last] = body {
        (*locals, *first, *last) = (0, TRAP, END);
        let end = body.len() - 1;
        body[2..end].fill(NOTHING);
    }
}

impl Program {
    /// The code of the functions whose path ends so, and of the one that scripts call so.
    fn bodies_of(&self, symbol: &str) -> impl Iterator<Item = Range<usize>> {
        // What follows is the hash that tells one type's function from another's, or wasm-bindgen's of a crate.
        let (end, beginning) = (format!("{symbol}17h"), format!("{symbol}_"));
        let named = self
            .symbols
            .iter()
            .filter(move |(_, name)| name.contains(&end) || name.starts_with(&beginning));
        let defined = named.filter_map(|(number, _)| number.checked_sub(self.imported));
        defined.filter_map(|index| self.bodies.get(index).cloned())
    }
}

impl References {
    /// The section anew, without the entries about these places.
    fn without(&self, program: &[u8], emptied: &[Range<usize>]) -> Vec<u8> {
        let is_kept = |place: usize| !emptied.iter().any(|body| body.contains(&place));
        let kept: Vec<_> = self
            .entries
            .iter()
            .filter(|(_, place)| is_kept(*place))
            .collect();
        let mut data = Vec::new();
        self.about.encode(&mut data);
        kept.len().encode(&mut data);
        for (entry, _) in kept {
            data.extend_from_slice(&program[entry.clone()]);
        }
        let section = CustomSection {
            name: RELOCATIONS.into(),
            data: data.into(),
        };
        let mut bytes = Vec::new();
        section.append_to(&mut bytes);
        bytes
    }
}

fn read(program: &[u8]) -> wasmparser::Result<Program> {
    let mut known = Program::default();
    let mut end = 0;
    for payload in Parser::new(0).parse_all(program) {
        let payload = payload?;
        let start = end;
        if let Some((_, range)) = payload.as_section() {
            end = place(range.end);
        }
        match payload {
            Payload::Version { range, .. } => end = place(range.end),
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    known.imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                }
            }
            Payload::CodeSectionStart { range, .. } => known.code = place(range.start),
            Payload::CodeSectionEntry(body) => known.bodies.push(places(body.range())),
            Payload::CustomSection(section) => read_custom(&mut known, &section, start..end)?,
            _ => {}
        }
    }
    Ok(known)
}

fn read_custom(
    known: &mut Program,
    section: &CustomSectionReader<'_>,
    whole: Range<usize>,
) -> wasmparser::Result<()> {
    match section.as_known() {
        KnownCustom::Name(names) => known.symbols = symbols(names)?,
        KnownCustom::Reloc(list) if section.name() == RELOCATIONS => {
            known.references = references(&list, known.code)?;
            known.references.section = whole;
        }
        _ => {}
    }
    Ok(())
}

fn symbols(names: NameSectionReader<'_>) -> wasmparser::Result<Vec<(usize, String)>> {
    let mut symbols = Vec::new();
    for name in names {
        if let Name::Function(functions) = name? {
            for naming in functions {
                let naming = naming?;
                symbols.push((naming.index as usize, naming.name.to_owned()));
            }
        }
    }
    Ok(symbols)
}

/// The list's entries; they count from where the code section begins.
fn references(list: &RelocSectionReader<'_>, code: usize) -> wasmparser::Result<References> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for entry in list.entries().into_iter_with_offsets() {
        let (start, entry) = entry?;
        found.push((place(start), code + entry.offset as usize));
    }
    let ends = found.iter().skip(1).map(|(start, _)| *start);
    let ends: Vec<_> = ends.chain([place(list.range().end)]).collect();
    let entries = found.into_iter().zip(ends);
    Ok(References {
        section: Range::default(),
        about: list.section_index(),
        entries: entries
            .map(|((start, place), end)| (start..end, place))
            .collect(),
    })
}

fn places(range: Range<u64>) -> Range<usize> {
    place(range.start)..place(range.end)
}

fn place(place: u64) -> usize {
    usize::try_from(place).expect("the program is in memory")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        CodeSection, Function, FunctionSection, ImportSection, Instruction, Module, NameMap,
        NameSection, TypeSection, ValType,
    };

    /// Two functions after an imported one; each calls the imported one, and the list says so.
    fn program() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        let mut imports = ImportSection::new();
        imports.import("env", "seven", wasm_encoder::EntityType::Function(0));
        let mut functions = FunctionSection::new();
        let mut code = CodeSection::new();
        for _ in 0..2 {
            functions.function(0);
            let mut function = Function::new([(1, ValType::I32)]);
            function.instruction(&Instruction::Call(0));
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        let mut names = NameMap::new();
        names.append(0, "seven");
        names.append(1, "_ZN4view6unused17h0123E");
        names.append(2, "_ZN4view4used17h4567E");
        let mut symbols = NameSection::new();
        symbols.functions(&names);
        // Section 3; two entries of a kind without an addend, about the calls' places, of symbol 0.
        let listed = CustomSection {
            name: RELOCATIONS.into(),
            data: [3, 2, 0, 6, 0, 0, 13, 0].as_slice().into(),
        };
        let mut module = Module::new();
        module
            .section(&types)
            .section(&imports)
            .section(&functions)
            .section(&code);
        module.section(&listed).section(&symbols);
        module.finish()
    }

    fn places_of_references(program: &[u8]) -> Vec<usize> {
        let known = read(program).expect("a program");
        let places = known.references.entries.iter();
        places.map(|(_, place)| place - known.code).collect()
    }

    #[test]
    fn what_nobody_asks_for_traps_and_refers_to_nothing_any_more() {
        let program = program();
        assert_eq!(places_of_references(&program), [6, 13]);
        let pruned = without(&program, &[("6unused", "nobody")]).expect("is pruned");
        assert_eq!(places_of_references(&pruned), [13]);
        let known = read(&pruned).expect("a program");
        let [unused, used] = &known.bodies[..] else {
            panic!("two functions");
        };
        assert_eq!(
            pruned[unused.clone()],
            [0, TRAP, NOTHING, NOTHING, NOTHING, END]
        );
        assert_eq!(pruned[used.clone()], program[used.clone()]);
        assert_eq!(known.symbols.len(), 3);
    }

    #[test]
    fn what_scripts_call_has_a_name_of_its_own() {
        let known = Program {
            bodies: vec![0..3, 3..9],
            symbols: vec![
                (0, "source_pull_58a9338f50bce61c".to_owned()),
                (
                    1,
                    "__wbindgen_describe_source_pull_58a9338f50bce61c".to_owned(),
                ),
            ],
            ..Program::default()
        };
        let mut found = known.bodies_of("source_pull");
        assert_eq!((found.next(), found.next()), (Some(0..3), None));
    }

    #[test]
    fn a_name_that_nothing_has_is_said() {
        for symbol in ["6absent", "4use"] {
            let refused = without(&program(), &[(symbol, "somebody")]).expect_err("is refused");
            assert!(refused.contains(symbol), "{refused}");
        }
    }
}
