//! Makes ordinary calls of those that go through the table of functions although the function stands in the
//! same module.
//!
//! The splitter lets its pieces call each other through the table alone: a call is a slot's number, then
//! `call_indirect`. When pieces have become one module, binaryen still takes such a slot for one that may
//! change. Here more is known: each slot is filled by one module, when that is instantiated, and no code writes to
//! the table. This is checked, not believed; the scripts only read it. (binaryen's `directize` believes too much: it
//! takes a slot that is empty at first for one that stays so, and parts fill theirs later.)
//!
//! The functions stay in the table: without those that only such calls asked for, the program was no smaller.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::error::Error;
use std::path::Path;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, ConstExpr, ElementSection, Elements, Instruction, Module};
use wasmparser::{ElementSectionReader, FunctionBody, Operator, Parser};

use super::table::{Known, TABLE, rows};
use super::{read, write};
use crate::process::Outcome;

/// Rewrites the modules that share the table, the program first: all of them, so that it is known who fills which
/// slot.
pub fn call_directly(paths: &[&Path]) -> Outcome {
    let modules = paths.iter().map(|path| read(path));
    let modules = directly(&modules.collect::<Outcome<Vec<_>>>()?)
        .map_err(|error| format!("cannot call without the table: {error}"))?;
    let mut rewritten = paths.iter().zip(modules);
    rewritten.try_for_each(|(path, module)| write(path, &module))
}

fn directly(modules: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let known = modules.iter().map(|module| Known::of(module));
    let known = known.collect::<Result<Vec<_>, _>>()?;
    // Under another name it would not be seen who writes to it. A part that needs no table has none.
    if known.first().and_then(|program| program.table).is_none() {
        return Err(format!("the program has no {TABLE}: table.rs is out of date").into());
    }
    let mut filled = BTreeSet::new();
    for slot in known.iter().flat_map(|module| module.slots.keys()) {
        if !filled.insert(slot) {
            return Err(format!("two modules fill slot {slot}").into());
        }
    }
    let rewritten = modules.iter().zip(&known).map(|(module, known)| {
        let mut direct = Module::new();
        Direct { known }.parse_core_module(&mut direct, Parser::new(0), module)?;
        Ok(direct.finish())
    });
    rewritten.collect()
}

/// Copies a module, all but calls that need no table, and how slots are filled.
struct Direct<'a> {
    known: &'a Known,
}

impl Reencode for Direct<'_> {
    type Error = Infallible;

    fn parse_function_body(
        &mut self,
        code: &mut CodeSection,
        body: FunctionBody<'_>,
    ) -> Result<(), reencode::Error> {
        let mut function = self.new_function_with_parsed_locals(&body)?;
        let mut operators = body.get_operators_reader()?.into_iter().peekable();
        while let Some(operator) = operators.next() {
            let operator = operator?;
            // No jump ends between the two: what stands before a call through the table is its slot.
            let target = match (&operator, operators.peek()) {
                (Operator::I32Const { value }, Some(Ok(next))) => self.known.target(*value, next),
                _ => None,
            };
            if let Some(target) = target {
                operators.next();
                function.instruction(&Instruction::Call(target));
            } else {
                function.instruction(&self.instruction(operator)?);
            }
        }
        code.function(&function);
        Ok(())
    }

    /// Slots in a row are filled at once. The splitter filled its pieces' slots piece by piece, and wrote nothing
    /// into those of pieces that come later.
    fn parse_element_section(
        &mut self,
        elements: &mut ElementSection,
        section: ElementSectionReader<'_>,
    ) -> Result<(), reencode::Error> {
        for (start, functions) in rows(&self.known.slots) {
            let start = ConstExpr::i32_const(start.cast_signed());
            elements.active(
                self.known.table,
                &start,
                Elements::Functions(functions.into()),
            );
        }
        for element in section {
            let element = element?;
            if !self.known.is_shared(&element.kind) {
                self.parse_element(elements, element)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use wasm_encoder::{
        CodeSection, EntityType, Function, FunctionSection, HeapType, ImportSection, RefType,
        TableType, TypeSection, ValType,
    };

    /// A function of the example: its type (0 and 1 answer a number, 2 nothing) and what it does before it ends.
    type Body<'a> = (u32, &'a [Instruction<'a>]);

    const SEVEN: Body<'_> = (0, &[Instruction::I32Const(7)]);

    /// These functions, and from the third slot on of the shared table what is given.
    fn module(functions: &[Body<'_>], third: Elements<'_>) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], [ValType::I32]);
        types.ty().function([], [ValType::I32]);
        types.ty().function([], []);
        let table = TableType {
            element_type: RefType::FUNCREF,
            table64: false,
            minimum: 9,
            maximum: None,
            shared: false,
        };
        let mut imports = ImportSection::new();
        imports.import("main", "other", EntityType::Table(table));
        imports.import("main", TABLE, EntityType::Table(table));
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
        let mut elements = ElementSection::new();
        elements.active(Some(1), &ConstExpr::i32_const(3), third);
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module
            .section(&signatures)
            .section(&elements)
            .section(&code);
        module.finish()
    }

    fn of(functions: &[u32]) -> Elements<'static> {
        Elements::Functions(functions.to_vec().into())
    }

    fn through(table_index: u32, type_index: u32) -> Instruction<'static> {
        Instruction::CallIndirect {
            type_index,
            table_index,
        }
    }

    /// What becomes of a module that shares the table with nobody.
    fn alone(module: Vec<u8>) -> Vec<u8> {
        let mut modules = directly(&[module]).expect("is rewritten");
        modules.remove(0)
    }

    #[test]
    fn a_call_through_a_slot_that_the_module_fills_needs_no_table() {
        for type_index in [0, 1] {
            let asks = [Instruction::I32Const(3), through(1, type_index)];
            let before = module(&[SEVEN, (0, &asks)], of(&[0, 1]));
            let after = module(&[SEVEN, (0, &[Instruction::Call(0)])], of(&[0, 1]));
            assert_eq!(alone(before), after, "type {type_index}");
        }
    }

    #[test]
    fn every_other_call_stays_as_it_is() {
        let calls: [&[Instruction<'_>]; 5] = [
            // A slot that somebody else fills, or nobody.
            &[Instruction::I32Const(5), through(1, 0)],
            // A function of another type: the call traps, and should.
            &[
                Instruction::I32Const(3),
                through(1, 2),
                Instruction::I32Const(1),
            ],
            // Another table.
            &[Instruction::I32Const(3), through(0, 0)],
            // A slot that is known only when it runs.
            &[
                Instruction::I32Const(2),
                Instruction::I32Const(1),
                Instruction::I32Add,
                through(1, 0),
            ],
            // No call at all.
            &[Instruction::I32Const(3)],
        ];
        for call in calls {
            let before = module(&[SEVEN, (0, call)], of(&[0, 1]));
            assert_eq!(alone(before.clone()), before, "{call:?}");
        }
    }

    #[test]
    fn what_is_written_last_counts_and_what_is_empty_is_not_written() {
        let none = ConstExpr::ref_null(HeapType::FUNC);
        let third = [ConstExpr::ref_func(0), none, ConstExpr::ref_func(1)];
        let third = Elements::Expressions(RefType::FUNCREF, third.to_vec().into());
        let known = Known::of(&module(&[SEVEN, SEVEN], third)).expect("a module");
        assert_eq!(known.slots, BTreeMap::from([(3, 0), (5, 1)]));
        assert_eq!(rows(&known.slots), [(3, vec![0]), (5, vec![1])]);
        assert_eq!(rows(&BTreeMap::from([(3, 0), (4, 1)])), [(3, vec![0, 1])]);
    }

    #[test]
    fn a_slot_that_two_modules_fill_is_refused() {
        let modules = [module(&[SEVEN], of(&[0])), module(&[SEVEN], of(&[0]))];
        let refused = directly(&modules).expect_err("is refused");
        assert!(refused.to_string().contains("slot 3"), "{refused}");
    }

    #[test]
    fn a_program_without_the_table_is_refused_and_a_part_without_it_is_not() {
        let (with, without) = (module(&[SEVEN], of(&[0])), Module::new().finish());
        assert!(directly(&[with.clone(), without.clone()]).is_ok());
        let refused = directly(&[without, with]).expect_err("is refused");
        assert!(refused.to_string().contains(TABLE), "{refused}");
    }

    #[test]
    fn code_that_writes_to_the_table_is_refused() {
        let write = |table| {
            let body = [
                Instruction::I32Const(3),
                Instruction::RefNull(HeapType::FUNC),
                Instruction::TableSet(table),
            ];
            directly(&[module(&[(2, &body)], of(&[0]))]).map(drop)
        };
        assert!(write(1).is_err());
        assert!(write(0).is_ok());
    }
}
