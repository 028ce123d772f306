//! Do the patches build? The tree's own make compiles the objects that each patch touches, before and after it.
//!
//! In: a repository, the patches' changes in their order, and a folder that `make O=FOLDER` was configured in. Out: a
//! [`PatchBuild`] for each patch. The sources are written to a folder of their own below it, which is kept for the next
//! run; neither the repository nor the working tree is touched.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use super::Workspace;
use super::series::with_hint;
use crate::diff::FileChange;
use crate::series::build::{Config, PatchBuild, Run, messages, object_of};
use crate::series::repo::Repository;
use crate::source::TreePath;

/// Where the sources are, below the folder.
const SOURCES: &str = "gupatch-source";

/// A configured folder, with the sources of a commit.
#[derive(Debug)]
pub struct Kbuild {
    folder: PathBuf,
    sources: PathBuf,
    /// Its configuration.
    pub config: Config,
    jobs: usize,
}

impl Kbuild {
    /// Opens `folder` and puts the sources of the repository's base below it.
    ///
    /// Errors: no `.config` there, a folder that holds sources itself, a folder that cannot be written to.
    pub fn open(folder: &Path, repository: &Repository, jobs: usize) -> anyhow::Result<Kbuild> {
        let shown = folder.display();
        let folder = folder.canonicalize().with_context(|| format!("--build {shown}"))?;
        if folder.join("Kconfig").exists() {
            bail!(
                "--build {shown}: it is a source tree\n  hint: give a folder of its own to the output: \
                 make O=DIR defconfig"
            );
        }
        let config = fs::read_to_string(folder.join(".config")).map_err(|error| {
            anyhow::anyhow!(
                "--build {shown}: its .config cannot be read: {error}\n  hint: make O={shown} defconfig, or \
                 another configuration"
            )
        })?;
        let sources = folder.join(SOURCES);
        fs::create_dir_all(&sources).with_context(|| sources.display().to_string())?;
        repository.export(&sources).map_err(|error| with_hint(&error, error.hint().as_deref()))?;
        let jobs = match jobs {
            0 => std::thread::available_parallelism().map_or(1, usize::from),
            jobs => jobs,
        };
        Ok(Kbuild { folder, sources, config: Config::parse(&config), jobs })
    }

    /// Builds before and after each patch. Afterwards the sources have all of them applied.
    ///
    /// Errors: make cannot be run, a file that cannot be written.
    pub fn build(
        &self,
        workspace: &Workspace,
        patches: &[Vec<FileChange>],
    ) -> anyhow::Result<Vec<PatchBuild>> {
        let step = workspace.begin("patches built", patches.len());
        let mut builds = Vec::new();
        for changes in patches {
            let objects: Vec<String> =
                changes.iter().filter_map(|change| object_of(&change.path)).collect();
            let before = self.make(&objects)?;
            for change in changes {
                self.write(&change.path, &change.after)?;
            }
            let after = self.make(&objects)?;
            let read = |path: &str| fs::read(self.sources.join(path)).ok();
            let why = |object: &str| self.config.why_not(object, &read);
            builds.push(step.done(PatchBuild::compare(&objects, &before, &after, why)));
        }
        Ok(builds)
    }

    fn write(&self, path: &TreePath, bytes: &[u8]) -> anyhow::Result<()> {
        let path = self.sources.join(path.as_str());
        fs::write(&path, bytes).with_context(|| path.display().to_string())
    }

    /// Compiles `objects` anew, as far as that goes.
    fn make(&self, objects: &[String]) -> anyhow::Result<Run> {
        if objects.is_empty() {
            return Ok(Run::default());
        }
        for object in objects {
            // What is there already would not be compiled, and nothing be said.
            let _ = fs::remove_file(self.folder.join(object));
        }
        let out = Command::new("make")
            .current_dir(&self.sources)
            .env("LC_ALL", "C")
            .arg("-k")
            .arg(format!("-j{}", self.jobs))
            .arg(format!("O={}", self.folder.display()))
            .args(objects)
            .output()
            .context("make cannot be run\n  hint: install it, or leave out --build")?;
        let said = String::from_utf8_lossy(&out.stderr);
        let is_made = |object: &&String| self.folder.join(object).exists();
        let made = objects.iter().filter(is_made).cloned().collect();
        let errors = said.lines().filter(|line| line.contains("***") || line.contains("error"));
        let last_lines = errors.take(2).map(str::trim).collect::<Vec<_>>().join("; ");
        let sources = self.sources.display().to_string();
        Ok(Run { made, messages: messages(&said, &sources), last_lines })
    }
}
