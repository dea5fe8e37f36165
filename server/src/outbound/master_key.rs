//! The master key in its file, or as it was given by variables.
//!
//! A file holds one key a line: the wanted one, and below it, while it is being exchanged, the former.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use engine::keys::master_key::MasterKey;
use engine::keys::master_key_home::MasterKeyHome;
use zeroize::Zeroizing;

use crate::boot::write_private;

/// Keys given by variables: for as long as this process runs.
pub struct GivenKeys(pub Vec<MasterKey>);

impl MasterKeyHome for GivenKeys {
    fn read(&self) -> Vec<MasterKey> {
        self.0.clone()
    }
}

/// Keys in a file, read anew whenever it is asked for them.
pub struct KeyFile(pub PathBuf);

impl KeyFile {
    /// The keys, the wanted one first. Fails where the file cannot be read; `None` where a line is no
    /// key or there is none.
    pub fn load(&self) -> io::Result<Option<Vec<MasterKey>>> {
        let text = Zeroizing::new(fs::read_to_string(&self.0)?);
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let keys: Option<Vec<MasterKey>> = lines.map(MasterKey::parse).collect();
        Ok(keys.filter(|keys| !keys.is_empty()))
    }

    /// Where former keys are kept, the latest first.
    pub fn former(&self) -> PathBuf {
        beside(&self.0, "former")
    }

    fn replace(path: &Path, keys: &[MasterKey]) -> Result<(), String> {
        let new = beside(path, "new");
        let cannot = |error: io::Error| format!("{} cannot be written: {error}", path.display());
        match fs::remove_file(&new) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(cannot(error)),
            _ => {}
        }
        write_private(&new, &to_text(keys)).map_err(|e| e.to_string())?;
        fs::rename(&new, path).map_err(cannot)?;
        // The renaming itself is on the disk once its folder is.
        #[cfg(unix)]
        if let Some(folder) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
            let folder = fs::File::open(folder).map_err(cannot)?;
            folder.sync_all().map_err(cannot)?;
        }
        Ok(())
    }
}

impl MasterKeyHome for KeyFile {
    fn read(&self) -> Vec<MasterKey> {
        match self.load() {
            Ok(Some(keys)) => keys,
            Ok(None) => {
                tracing::error!(path = %self.0.display(), "the master key's file holds no key");
                Vec::new()
            }
            Err(error) => {
                tracing::error!(path = %self.0.display(), %error, "the master key cannot be read");
                Vec::new()
            }
        }
    }

    fn prepare(&self, new: &MasterKey, present: &MasterKey) -> Result<(), String> {
        Self::replace(&self.0, &[new.clone(), present.clone()])
    }

    fn finish(&self, present: &MasterKey, former: &[MasterKey]) -> Result<(), String> {
        let path = self.former();
        let mut keys = former.to_vec();
        match Self(path.clone()).load() {
            Ok(Some(older)) => keys.extend(older),
            Ok(None) => return Err(format!("{} holds something else", path.display())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(format!("{} cannot be read: {error}", path.display())),
        }
        Self::replace(&path, &keys)?;
        Self::replace(&self.0, std::slice::from_ref(present))
    }
}

/// One key a line.
pub fn to_text(keys: &[MasterKey]) -> Zeroizing<String> {
    let lines: Vec<Zeroizing<String>> = keys.iter().map(MasterKey::to_text).collect();
    let lines: Vec<&str> = lines.iter().map(|line| line.as_str()).collect();
    Zeroizing::new(lines.join("\n"))
}

fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(ending);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::entropy::SystemEntropy;

    fn texts(path: &Path) -> Vec<String> {
        let text = fs::read_to_string(path).expect("the file is read");
        text.lines().map(str::to_owned).collect()
    }

    #[test]
    fn a_key_is_exchanged_without_a_moment_in_which_the_file_lacks_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = KeyFile(folder.path().join("master.key"));
        let keys: Vec<MasterKey> = (0..3)
            .map(|_| MasterKey::generate(&SystemEntropy))
            .collect();
        let said: Vec<String> = keys.iter().map(|key| key.to_text().to_string()).collect();
        write_private(&file.0, &keys[0].to_text()).expect("it is written");
        for number in [1, 2] {
            file.prepare(&keys[number], &keys[number - 1])
                .expect("it is kept");
            assert_eq!(texts(&file.0), [&*said[number], &*said[number - 1]]);
            assert_eq!(file.read().len(), 2);
            file.finish(&keys[number], &keys[number - 1..number])
                .expect("it is finished");
            assert_eq!(texts(&file.0), [&*said[number]]);
        }
        assert_eq!(texts(&file.former()), [&*said[1], &*said[0]]);
        #[cfg(unix)]
        for path in [&file.0, &file.former()] {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(path)
                .expect("it is there")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600, "{}", path.display());
        }
    }

    #[test]
    fn a_file_with_a_line_that_is_no_key_holds_none() {
        let folder = tempfile::tempdir().expect("a folder");
        let key = MasterKey::generate(&SystemEntropy).to_text();
        for (number, text) in ["", "x", &format!("{}\nx", *key)].iter().enumerate() {
            let file = KeyFile(folder.path().join(number.to_string()));
            write_private(&file.0, text).expect("it is written");
            assert!(file.load().expect("it is read").is_none(), "{number}");
        }
    }
}
