//! What shipped programs ask: validations among few and many licences, and activations.

use std::fs;
use std::path::{Path, PathBuf};

use super::report::Programs;
use super::subject::{Floor, Seeded, Subject};
use super::{CONNECTIONS, SECRET, in_turn, load};
use crate::process::Outcome;
use crate::workspace::{Profile, Workspace};

/// Licences of each database, how many of them are activated, and how many keys are left to activate.
const SIZES: [(usize, usize, usize); 2] = [(1_000, 1_000, 0), (1_000_000, 10_000, 20_000)];
/// Connections of programs that validate.
const PROGRAMS: &str = "32";
/// Validations of a round.
const VALIDATIONS: &str = "80000";
/// Activations of a round; each takes a key of its own.
const ACTIVATIONS: usize = 4_000;

/// Measures at each size.
pub fn measure(workspace: &Workspace, exisone: &Path, folder: &Path) -> Outcome<Vec<Programs>> {
    let binary = |name: &str| workspace.binary(Profile::Release, name);
    let tools = Tools {
        load: binary("load"),
        floor: binary("floor"),
        seed: binary("seed"),
    };
    SIZES
        .into_iter()
        .map(|size| of_size(exisone, &folder.join(size.0.to_string()), &tools, size))
        .collect()
}

struct Tools {
    load: PathBuf,
    floor: PathBuf,
    seed: PathBuf,
}

fn of_size(
    exisone: &Path,
    folder: &Path,
    tools: &Tools,
    (licenses, activated, others): (usize, usize, usize),
) -> Outcome<Programs> {
    fs::create_dir_all(folder).map_err(|error| format!("cannot make a folder: {error}"))?;
    let subject = Subject::start(exisone, folder)?;
    let shop = subject.open_shop(SECRET)?;
    println!("making {licenses} licences");
    let Seeded { activated, others } =
        subject.seed(&tools.seed, &shop.token, (licenses, activated, others))?;
    let floor = Floor::start(&tools.floor, folder, Some((&activated, licenses)))?;
    let ask = |address: &str, path: &str, (keys, connections, count): (&Path, &str, &str)| {
        let keys = keys.to_string_lossy();
        let words = ["ask", address, path, &shop.token, &keys, connections, count];
        load(&tools.load, &words)
    };
    let validate = (activated.as_path(), PROGRAMS, VALIDATIONS);
    let what = format!("validations among {licenses}");
    let validations = in_turn(
        &what,
        || ask(&floor.address(), "/look", validate),
        |_| ask(&subject.address(), "/api/license/validate", validate),
    )?;
    let loaded_kib = subject.resident_kib()?;
    let mut activations = Vec::new();
    if !others.is_empty() {
        let count = ACTIVATIONS.to_string();
        let durable = [
            "webhook",
            &floor.address(),
            "/",
            SECRET,
            "1",
            CONNECTIONS,
            &count,
        ];
        let parts = in_parts(&others, folder)?;
        activations = in_turn(
            "activations",
            || load(&tools.load, &durable),
            |round| {
                let keys = (parts[round].as_path(), CONNECTIONS, count.as_str());
                ask(&subject.address(), "/api/license/activate", keys)
            },
        )?;
    }
    Ok(Programs {
        licenses,
        validations,
        activations,
        loaded_kib,
    })
}

/// One file of keys for each round: a key is activated once.
fn in_parts(keys: &[String], folder: &Path) -> Outcome<Vec<PathBuf>> {
    keys.chunks(ACTIVATIONS)
        .enumerate()
        .map(|(number, keys)| {
            let path = folder.join(format!("others-{number}.tsv"));
            fs::write(&path, keys.join("\n"))
                .map_err(|error| format!("cannot write keys: {error}"))?;
            Ok(path)
        })
        .collect()
}
