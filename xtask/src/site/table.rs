//! What a module puts into the table of functions that all modules share.

use std::collections::BTreeMap;
use std::error::Error;

use wasmparser::{
    Element, ElementItems, ElementKind, ExportSectionReader, ExternalKind, FuncType, FunctionBody,
    ImportSectionReader, Operator, Parser, Payload, TypeRef,
};

/// The table that all modules share, as each of them calls it.
pub const TABLE: &str = "__indirect_function_table";

/// What must be known of a module to tell whom its calls through the table reach.
#[derive(Default)]
pub struct Known {
    /// Which of its tables is the shared one.
    pub table: Option<u32>,
    /// The types that it numbers.
    types: Vec<FuncType>,
    /// The type of each function; imported ones come first.
    functions: Vec<u32>,
    /// The slots that it fills, each with the function.
    pub slots: BTreeMap<u32, u32>,
}

impl Known {
    /// Reads a module; refuses one whose table may be another than it seems.
    pub fn of(module: &[u8]) -> Result<Self, Box<dyn Error>> {
        let mut known = Self::default();
        for payload in Parser::new(0).parse_all(module) {
            match payload? {
                Payload::TypeSection(section) => {
                    let types = section.into_iter_err_on_gc_types();
                    known.types = types.collect::<Result<_, _>>()?;
                }
                Payload::ImportSection(section) => known.read_imports(section)?,
                Payload::FunctionSection(section) => {
                    for signature in section {
                        known.functions.push(signature?);
                    }
                }
                Payload::ExportSection(section) => known.read_exports(section)?,
                Payload::ElementSection(section) => {
                    for element in section {
                        known.fill(element?)?;
                    }
                }
                Payload::CodeSectionEntry(body) => known.look_for_writes(&body)?,
                _ => {}
            }
        }
        Ok(known)
    }

    fn read_imports(&mut self, section: ImportSectionReader<'_>) -> wasmparser::Result<()> {
        let mut tables = 0;
        for import in section.into_imports() {
            let import = import?;
            match import.ty {
                TypeRef::Func(signature) => self.functions.push(signature),
                TypeRef::Table(_) => {
                    if import.name == TABLE {
                        self.table = Some(tables);
                    }
                    tables += 1;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn read_exports(&mut self, section: ExportSectionReader<'_>) -> wasmparser::Result<()> {
        for export in section {
            let export = export?;
            if export.kind == ExternalKind::Table && export.name == TABLE {
                self.table = Some(export.index);
            }
        }
        Ok(())
    }

    /// What a segment writes into the shared table, over what earlier ones wrote.
    fn fill(&mut self, element: Element<'_>) -> Result<(), Box<dyn Error>> {
        let offset = match element.kind {
            ElementKind::Passive => return Err("functions may be copied into it".into()),
            ElementKind::Active { offset_expr, .. } if self.is_shared(&element.kind) => offset_expr,
            _ => return Ok(()),
        };
        let start = match offset.get_operators_reader().read()? {
            Operator::I32Const { value } => value.cast_unsigned(),
            other => return Err(format!("functions are put at {other:?}").into()),
        };
        match element.items {
            ElementItems::Functions(functions) => {
                for (slot, function) in (start..).zip(functions) {
                    self.slots.insert(slot, function?);
                }
            }
            ElementItems::Expressions(_, expressions) => {
                for (slot, expression) in (start..).zip(expressions) {
                    match expression?.get_operators_reader().read()? {
                        Operator::RefFunc { function_index } => {
                            self.slots.insert(slot, function_index);
                        }
                        Operator::RefNull { .. } => _ = self.slots.remove(&slot),
                        other => return Err(format!("slot {slot} holds {other:?}").into()),
                    }
                }
            }
        }
        Ok(())
    }

    /// Whether a segment fills slots of the shared table.
    pub fn is_shared(&self, kind: &ElementKind<'_>) -> bool {
        let ElementKind::Active { table_index, .. } = kind else {
            return false;
        };
        self.table == Some(table_index.unwrap_or(0))
    }

    fn look_for_writes(&self, body: &FunctionBody<'_>) -> Result<(), Box<dyn Error>> {
        for operator in body.get_operators_reader()? {
            let (Operator::TableSet { table: written }
            | Operator::TableFill { table: written }
            | Operator::TableInit { table: written, .. }
            | Operator::TableCopy {
                dst_table: written, ..
            }) = operator?
            else {
                continue;
            };
            if Some(written) == self.table {
                return Err("code writes to it".into());
            }
        }
        Ok(())
    }

    /// The function that this call through this slot always reaches: one of exactly the type, in a slot that this
    /// module fills.
    pub fn target(&self, slot: i32, call: &Operator<'_>) -> Option<u32> {
        let &Operator::CallIndirect {
            type_index,
            table_index,
        } = call
        else {
            return None;
        };
        if Some(table_index) != self.table {
            return None;
        }
        let function = *self.slots.get(&slot.cast_unsigned())?;
        let actual = *self.functions.get(function as usize)?;
        let type_of = |index: u32| self.types.get(index as usize);
        (type_of(actual)? == type_of(type_index)?).then_some(function)
    }
}

/// Slots with nothing between them, each row with its first.
pub fn rows(slots: &BTreeMap<u32, u32>) -> Vec<(u32, Vec<u32>)> {
    let mut rows: Vec<(u32, Vec<u32>)> = Vec::new();
    let mut expected = None;
    for (&slot, &function) in slots {
        match rows.last_mut() {
            Some((_, row)) if expected == Some(slot) => row.push(function),
            _ => rows.push((slot, vec![function])),
        }
        expected = slot.checked_add(1);
    }
    rows
}
