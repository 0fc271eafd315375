//! Which folder decides about a document, and what happens when folders change.

use super::*;

impl Server {
    pub(super) fn add_folder(&mut self, uri: &Uri) {
        let Some(path) = uri::path(uri) else { return };
        if self.folders.iter().any(|known| known.path == path) {
            return;
        }
        let folder = self.read_folder(&path);
        self.folders.push(folder);
        // The innermost is found first.
        self.folders
            .sort_by_key(|folder| std::cmp::Reverse(folder.path.components().count()));
    }

    pub(super) fn wishes_of(&self, path: &Path) -> Wishes {
        let own = self.own_wishes.get(path);
        let mut wishes = own.unwrap_or(&self.wishes).clone();
        if let Some(profile) = &self.profile {
            wishes.profile.clone_from(profile);
        }
        wishes
    }

    /// Reads the folder at `path`, and has its profiles read.
    pub(super) fn read_folder(&mut self, path: &Path) -> Arc<Folder> {
        self.generation += 1;
        let folder = Folder::read(path, self.wishes_of(path), self.generation, self.terminal);
        if folder.complaints.is_empty() {
            // What is mended and comes back is told again.
            self.complaints.clear();
        }
        self.complain(&folder.complaints);
        if !folder.is_broken && folder.profiles().iter().any(|path| path.exists()) {
            self.generation += 1;
            let (path, wishes) = (folder.path.clone(), folder.wishes.clone());
            let (generation, terminal) = (self.generation, self.terminal);
            let work = move || {
                let mut folder = Folder::read(&path, wishes, generation, terminal);
                let heat = folder.heat(terminal);
                let complaint = heat.as_ref().err().cloned();
                folder.heat = heat.ok().flatten().map(Arc::new);
                (folder, complaint)
            };
            // Nothing is lost by a crash but the heat.
            self.work.spawn_apart(work, |result| match result {
                Ok((folder, complaint)) => Event::Folder(Box::new(folder), complaint),
                Err(crash) => {
                    eprintln!("hotlint: a profile could not be read: {crash}");
                    Event::Answered(RequestId::from(0), value(Value::Null))
                }
            });
        }
        Arc::new(folder)
    }

    /// Reads folders again, those that `which` names.
    pub(super) fn reload(&mut self, which: impl Fn(&Folder) -> bool) {
        for index in 0..self.folders.len() + self.loose.len() {
            let at = index.checked_sub(self.folders.len());
            let before = match at {
                None => Arc::clone(&self.folders[index]),
                Some(at) => Arc::clone(&self.loose[at]),
            };
            if !which(&before) {
                continue;
            }
            let after = self.read_folder(&before.path);
            // While somebody is writing a configuration, the last good one counts.
            let kept = if after.is_broken && !before.is_broken && before.wishes == after.wishes {
                before
            } else {
                after
            };
            match at {
                None => self.folders[index] = kept,
                Some(at) => self.loose[at] = kept,
            }
        }
        self.settle();
    }

    /// Forgets what files of a folder say of each other, after one of them has changed on the disk. Profiles stay.
    pub(super) fn forget_project(&mut self, paths: &[PathBuf]) {
        for index in 0..self.folders.len() {
            let before = Arc::clone(&self.folders[index]);
            if !paths.iter().any(|path| path.starts_with(&before.path)) {
                continue;
            }
            let is_loading =
                before.heat.is_none() && before.profiles().iter().any(|it| it.exists());
            if is_loading {
                self.folders[index] = self.read_folder(&before.path);
                continue;
            }
            self.generation += 1;
            let wishes = before.wishes.clone();
            let mut after = Folder::read(&before.path, wishes, self.generation, self.terminal);
            if !after.is_broken {
                after.heat.clone_from(&before.heat);
                self.folders[index] = Arc::new(after);
            }
        }
        self.settle();
    }

    /// After folders have changed.
    pub(super) fn settle(&mut self) {
        self.sweeps.something_changed();
        self.stamp();
        self.watch();
        self.refresh();
    }

    /// Has everything that is shown brought up to date.
    pub(super) fn refresh(&mut self) {
        match self.abilities.pulls {
            true if self.abilities.refreshes_diagnostics => {
                self.send(
                    "workspace/diagnostic/refresh",
                    Value::Null,
                    Sent::Other("a refresh"),
                );
            }
            true => {}
            false => {
                let uris: Vec<Uri> = self.documents.keys().cloned().collect();
                uris.iter().for_each(|uri| self.look_at(uri));
            }
        }
        if self.abilities.refreshes_lenses {
            self.send(
                "workspace/codeLens/refresh",
                Value::Null,
                Sent::Other("a refresh"),
            );
        }
        if self.abilities.refreshes_hints {
            self.send(
                "workspace/inlayHint/refresh",
                Value::Null,
                Sent::Other("a refresh"),
            );
        }
    }

    /// The folder that decides about a document.
    pub(super) fn folder_of(&mut self, uri: &Uri) -> Option<Arc<Folder>> {
        let path = self.documents.get(uri)?.path.clone();
        if let Some(folder) = self
            .folders
            .iter()
            .find(|folder| path.starts_with(&folder.path))
        {
            return Some(Arc::clone(folder));
        }
        let parent = path.parent().unwrap_or(&path).to_path_buf();
        if let Some(folder) = self.loose.iter().find(|folder| folder.path == parent) {
            return Some(Arc::clone(folder));
        }
        let folder = self.read_folder(&parent);
        self.loose.push(Arc::clone(&folder));
        self.stamp();
        Some(folder)
    }
}
