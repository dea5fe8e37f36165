//! What a browser fetches, file by file and page by page, and whether that is too much.

use std::fs;
use std::path::Path;

use super::LIST;
use crate::process::Outcome;

/// The first page of a session: the program with its scripts, and the page's part, as brotli.
const FIRST_PAGE: u64 = 250_000;
/// What a further page adds, as brotli.
const FURTHER_PAGE: u64 = 60_000;

/// A file of the site's list with its sizes.
struct File {
    role: String,
    url: String,
    raw: u64,
    gzip: u64,
    brotli: u64,
}

/// What a part costs, as brotli.
#[derive(Debug, PartialEq, Eq)]
struct Cost {
    part: String,
    /// The whole download of a session that begins with it.
    first: u64,
    /// What it adds to a session that began with another.
    further: u64,
}

/// Prints the sizes of a site; fails when a page is too large.
pub fn judge(site: &Path) -> Outcome {
    let files = files_of(site)?;
    println!("{:>10} {:>10} {:>10}  file", "raw", "gzip", "brotli");
    for file in &files {
        println!(
            "{:>10} {:>10} {:>10}  {}",
            file.raw, file.gzip, file.brotli, file.url
        );
    }
    let costs = costs(&files);
    println!("\n{:>10} {:>10}  page", "first", "further");
    for cost in &costs {
        println!("{:>10} {:>10}  {}", cost.first, cost.further, cost.part);
    }
    let largest = |of: fn(&Cost) -> u64| costs.iter().map(of).max().unwrap_or_default();
    let (first, further) = (largest(|cost| cost.first), largest(|cost| cost.further));
    println!(
        "\nas brotli: the first page {first} of {FIRST_PAGE}, a further one {further} of {FURTHER_PAGE}"
    );
    if first > FIRST_PAGE || further > FURTHER_PAGE {
        return Err("a page is larger than it may be".to_owned());
    }
    Ok(())
}

fn files_of(site: &Path) -> Outcome<Vec<File>> {
    let list = fs::read_to_string(site.join(LIST))
        .map_err(|error| format!("cannot read {LIST}: {error}"))?;
    let lines = list.lines().filter_map(|line| {
        let mut columns = line.split('\t');
        Some((columns.next()?, columns.next()?))
    });
    let files = lines.map(|(role, url)| {
        let bytes = |suffix: &str| {
            let path = format!("{}{url}{suffix}", site.display());
            let metadata = fs::metadata(&path);
            metadata.map_or_else(
                |error| Err(format!("cannot read {path}: {error}")),
                |metadata| Ok(metadata.len()),
            )
        };
        Ok(File {
            role: role.to_owned(),
            url: url.to_owned(),
            raw: bytes("")?,
            gzip: bytes(".gz")?,
            brotli: bytes(".br")?,
        })
    });
    files.collect()
}

/// The cost of each part, in the order of the list.
fn costs(files: &[File]) -> Vec<Cost> {
    let of_program = |file: &&File| ["wasm", "js", "import"].contains(&file.role.as_str());
    let program: u64 = files
        .iter()
        .filter(of_program)
        .map(|file| file.brotli)
        .sum();
    let parts = files.iter().filter_map(|file| {
        let part = file.role.strip_prefix("part:")?;
        Some(Cost {
            part: part.to_owned(),
            first: program + file.brotli,
            further: file.brotli,
        })
    });
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(role: &str, brotli: u64) -> File {
        File {
            role: role.to_owned(),
            url: format!("/pkg/{role}"),
            raw: brotli * 4,
            gzip: brotli * 2,
            brotli,
        }
    }

    #[test]
    fn a_first_page_is_the_program_and_its_part_and_a_further_one_its_part_alone() {
        let files = [
            file("wasm", 1_000),
            file("js", 100),
            file("import", 10),
            file("css", 5),
            file("part:help", 2),
            file("part:plans", 47),
        ];
        let cost = |part: &str, first, further| Cost {
            part: part.to_owned(),
            first,
            further,
        };
        let expected = [cost("help", 1_112, 2), cost("plans", 1_157, 47)];
        assert_eq!(costs(&files), expected);
    }
}
