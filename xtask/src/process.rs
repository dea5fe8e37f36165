//! Runs other programs and says in one sentence what went wrong.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What a step answers; the text is a sentence for the person at the terminal.
pub type Outcome<T = ()> = Result<T, String>;

/// Runs a program with the terminal as its output; fails when it does.
pub fn run(command: &mut Command) -> Outcome {
    let line = describe(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cannot start `{line}`: {error}"))?;
    if status.success() {
        Ok(())
    } else {
        Err(format!("`{line}` failed ({status})"))
    }
}

/// Runs a program and answers what it printed; fails with its error output.
pub fn capture(command: &mut Command) -> Outcome<String> {
    let captured = attempt(command)?;
    if captured.success {
        return Ok(captured.stdout);
    }
    Err(format!(
        "`{}` failed:\n{}",
        describe(command),
        captured.stderr.trim_end()
    ))
}

/// A finished program: its verdict and both its outputs.
pub struct Captured {
    /// Whether it ended with 0.
    pub success: bool,
    /// What it printed.
    pub stdout: String,
    /// What it complained.
    pub stderr: String,
}

/// Runs a program to its end; only a program that cannot start is an error.
pub fn attempt(command: &mut Command) -> Outcome<Captured> {
    let output = command
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("cannot start `{}`: {error}", describe(command)))?;
    Ok(Captured {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    })
}

/// Runs a program to its end, shows what it prints as it comes, and keeps it.
pub fn tee(command: &mut Command) -> Outcome<Captured> {
    let line = describe(command);
    let cannot = |error| format!("cannot run `{line}`: {error}");
    let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
    let mut child = started.map_err(cannot)?;
    let pipe = child.stdout.take().ok_or("a piped program has no output")?;
    let mut stdout = String::new();
    for bytes in BufReader::new(pipe).split(b'\n') {
        let text = String::from_utf8_lossy(&bytes.map_err(cannot)?).into_owned();
        println!("{text}");
        stdout.push_str(&text);
        stdout.push('\n');
    }
    let success = child.wait().map_err(cannot)?.success();
    Ok(Captured {
        success,
        stdout,
        stderr: String::new(),
    })
}

/// Asks a program of ours to end; after ten seconds it is ended.
pub fn stop(child: &mut Child) {
    let asked = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    for _ in 0..100 {
        if asked.is_err() || !matches!(child.try_wait(), Ok(None)) {
            break;
        }
        thread::sleep(Duration::from_millis(100));
    }
    child.kill().ok();
    child.wait().ok();
}

/// Does the same with each of many things, as many at a time as there are processors; answers in their order.
pub fn each<T: Sync, R: Send>(
    things: &[T],
    act: impl Fn(&T) -> Outcome<R> + Sync,
) -> Outcome<Vec<R>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(thing) = things.get(index) else {
                return done;
            };
            done.push((index, act(thing)));
        }
    };
    let hands = thread::available_parallelism().map_or(1, usize::from);
    let mut done: Vec<_> = thread::scope(|scope| {
        let hands: Vec<_> = (0..hands).map(|_| scope.spawn(work)).collect();
        hands
            .into_iter()
            .flat_map(|hand| hand.join().expect("a hand that panics has said why"))
            .collect()
    });
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}

/// Whether a program of this name answers on the search path.
pub fn exists(program: &str) -> bool {
    attempt(Command::new(program).arg("--version")).is_ok()
}

/// A command line as one would type it, without quoting.
fn describe(command: &Command) -> String {
    std::iter::once(command.get_program())
        .chain(command.get_args())
        .map(|part| part.to_string_lossy())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_done_once_and_answers_come_in_order() {
        let things: Vec<u32> = (0..100).collect();
        let done = each(&things, |thing| Ok(thing * 2));
        assert_eq!(done, Ok((0..200).step_by(2).collect()));
    }

    #[test]
    fn what_fails_is_said_whatever_else_went_well() {
        let failed = each(&[1, 2, 3], |thing| match thing {
            2 => Err("two".to_owned()),
            _ => Ok(()),
        });
        assert_eq!(failed, Err("two".to_owned()));
    }
}
