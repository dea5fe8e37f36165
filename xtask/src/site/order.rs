//! Puts a module's functions in the order in which they compress best: those of one type stand together, those that
//! begin alike beside each other.
//!
//! Generic functions are compiled once for every type, and binaryen leaves them wherever the linker put them. Brotli
//! finds what repeats anywhere in a module, but the further away it is, the longer is the note of where. The list of
//! the functions' types, besides, becomes a few long repetitions.

use std::convert::Infallible;
use std::path::Path;

use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{CodeSection, FunctionSection, Module};
use wasmparser::{CodeSectionReader, FunctionSectionReader, Parser, Payload, TypeRef};

use super::{read, write};
use crate::process::Outcome;

/// Rewrites a module that is finished otherwise.
pub fn order(path: &Path) -> Outcome {
    let ordered = ordered(&read(path)?)
        .map_err(|error| format!("cannot order {}: {error}", path.display()))?;
    write(path, &ordered)
}

fn ordered(module: &[u8]) -> Result<Vec<u8>, Error> {
    let mut order = Order::of(module)?;
    let mut ordered = Module::new();
    order.parse_core_module(&mut ordered, Parser::new(0), module)?;
    Ok(ordered.finish())
}

/// Copies a module, its own functions in another order.
struct Order {
    /// Functions that come from elsewhere: they are numbered first, and stay where they are.
    imported: usize,
    /// Which of the module's own functions stands at each place.
    functions: Vec<usize>,
    /// At which place each of them stands.
    places: Vec<usize>,
}

impl Order {
    fn of(module: &[u8]) -> wasmparser::Result<Self> {
        let mut imported = 0;
        let mut types = Vec::new();
        let mut bodies = Vec::new();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::ImportSection(section) => {
                    for import in section.into_imports() {
                        imported += usize::from(matches!(import?.ty, TypeRef::Func(_)));
                    }
                }
                Payload::FunctionSection(section) => {
                    types = section.into_iter().collect::<Result<_, _>>()?;
                }
                Payload::CodeSectionEntry(body) => bodies.push(body.as_bytes()),
                _ => {}
            }
        }
        let mut functions: Vec<_> = (0..bodies.len()).collect();
        functions.sort_by_key(|&function| (types.get(function), bodies[function]));
        let mut places = vec![0; functions.len()];
        for (place, &function) in functions.iter().enumerate() {
            places[function] = place;
        }
        Ok(Self {
            imported,
            functions,
            places,
        })
    }
}

impl Reencode for Order {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, Error> {
        let own = (function as usize).checked_sub(self.imported);
        let place = own.and_then(|own| self.places.get(own));
        Ok(place.map_or(function, |&place| number(self.imported + place)))
    }

    fn parse_function_section(
        &mut self,
        functions: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Result<(), Error> {
        let types = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for &function in &self.functions {
            functions.function(types[function]);
        }
        Ok(())
    }

    fn parse_code_section(
        &mut self,
        code: &mut CodeSection,
        section: CodeSectionReader<'_>,
    ) -> Result<(), Error> {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.functions.clone() {
            self.parse_function_body(code, bodies[function].clone())?;
        }
        Ok(())
    }
}

fn number(function: usize) -> u32 {
    u32::try_from(function).expect("functions are numbered with four bytes")
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{
        ConstExpr, ElementSection, Elements, EntityType, ExportKind, ExportSection, Function,
        ImportSection, Instruction, RefType, TableSection, TableType, TypeSection, ValType,
    };

    /// What a function of the example does before it ends.
    type Body<'a> = &'a [Instruction<'a>];

    /// One imported function of type 1, then these with their types: 0 answers a number, 1 nothing. `named` is exported
    /// and in the table.
    fn module(functions: &[(u32, Body<'_>)], named: u32) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        imports.import("s", "a", EntityType::Function(1));
        let mut signatures = FunctionSection::new();
        let mut code = CodeSection::new();
        for (signature, body) in functions {
            signatures.function(*signature);
            let mut function = Function::new([]);
            for instruction in *body {
                function.instruction(instruction);
            }
            function.instruction(&Instruction::End);
            code.function(&function);
        }
        let mut tables = TableSection::new();
        tables.table(TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 2,
            maximum: None,
            shared: false,
        });
        let mut exports = ExportSection::new();
        exports.export("named", ExportKind::Func, named);
        let mut elements = ElementSection::new();
        let filled = Elements::Functions(vec![named].into());
        elements.active(None, &ConstExpr::i32_const(1), filled);
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module.section(&signatures).section(&tables);
        module.section(&exports).section(&elements).section(&code);
        module.finish()
    }

    #[test]
    fn functions_stand_by_type_and_then_by_what_they_do() {
        let nothing: Body<'_> = &[];
        let two: Body<'_> = &[Instruction::I32Const(2)];
        let seven: Body<'_> = &[Instruction::I32Const(7)];
        let before = module(&[(1, nothing), (0, seven), (0, two)], 1);
        let after = module(&[(0, two), (0, seven), (1, nothing)], 3);
        assert_eq!(ordered(&before).expect("is ordered"), after);
        assert_eq!(ordered(&after).expect("is ordered"), after);
    }

    #[test]
    fn a_function_is_called_as_before() {
        let calls: Body<'_> = &[Instruction::Call(0), Instruction::Call(2)];
        let calls_after: Body<'_> = &[Instruction::Call(0), Instruction::Call(1)];
        let traps: Body<'_> = &[Instruction::Unreachable];
        let before = module(&[(1, calls), (1, traps)], 2);
        let after = module(&[(1, traps), (1, calls_after)], 1);
        assert_eq!(ordered(&before).expect("is ordered"), after);
    }
}
