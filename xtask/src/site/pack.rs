//! Puts the modules of a part into one file: a page is one request, and what its modules have in
//! common is compressed once.
//!
//! The file begins with how many modules it holds, then has number and length of each, all as
//! little-endian words of four bytes; then the modules follow, one behind the other. `parts.js` reads
//! it. Where two parts hold the same module, the browser keeps the one that came first.

use super::read;
use super::split::Split;
use crate::process::Outcome;

/// The files of all parts, by their names.
pub fn pack_parts(split: &Split) -> Outcome<Vec<(String, Vec<u8>)>> {
    let mut modules = Vec::new();
    for module in &split.modules {
        modules.push((&module.parts, read(&module.path)?));
    }
    let packed = split.parts.iter().map(|part| {
        let numbered = (0_u32..).zip(&modules);
        let of_part: Vec<_> = numbered
            .filter(|(_, (parts, _))| parts.contains(part))
            .map(|(number, (_, bytes))| (number, bytes.as_slice()))
            .collect();
        Ok((part.clone(), pack(&of_part)?))
    });
    packed.collect()
}

fn pack(modules: &[(u32, &[u8])]) -> Outcome<Vec<u8>> {
    let word = |number: usize| {
        u32::try_from(number)
            .map(u32::to_le_bytes)
            .map_err(|_| "a part of the program is larger than 4 GB".to_owned())
    };
    let mut packed = word(modules.len())?.to_vec();
    for (number, bytes) in modules {
        packed.extend(number.to_le_bytes());
        packed.extend(word(bytes.len())?);
    }
    for (_, bytes) in modules {
        packed.extend_from_slice(bytes);
    }
    Ok(packed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_says_what_is_in_it_and_where() {
        let packed = pack(&[(7, b"first"), (300, b"2nd")]).expect("packs");
        let expected = [
            &[2, 0, 0, 0][..],
            &[7, 0, 0, 0, 5, 0, 0, 0],
            &[44, 1, 0, 0, 3, 0, 0, 0],
            b"first2nd",
        ];
        assert_eq!(packed, expected.concat());
    }

    #[test]
    fn a_part_that_needs_nothing_more_is_an_empty_list() {
        assert_eq!(pack(&[]), Ok(vec![0; 4]));
    }
}
