//! How the server begins, what it asks of its client, and what it looks after by itself.

use super::*;

impl Server {
    pub(super) fn initialize(&mut self, params: &Value) -> Result<Answer, Failure> {
        self.phase = Phase::Running;
        self.abilities = Arc::new(Abilities::of(params));
        self.wishes = Wishes::of(params.get("initializationOptions").unwrap_or(&Value::Null));
        let process = params.get("processId").and_then(Value::as_i64);
        self.client_process = process.and_then(|process| i32::try_from(process).ok());
        for uri in client::folders(params) {
            self.add_folder(&uri);
        }
        self.stamp();
        value(greeting::of(&self.abilities, &self.wishes))
    }

    pub(super) fn initialized(&mut self) {
        if self.abilities.registers_configuration {
            let registration = json!({"registrations": [
                {"id": "configuration", "method": "workspace/didChangeConfiguration", "registerOptions": {"section": "hotlint"}},
            ]});
            self.send(
                "client/registerCapability",
                registration,
                Sent::Other("registration"),
            );
        }
        self.watch();
        self.ask_wishes();
    }

    pub(super) fn ask_wishes(&mut self) {
        if !self.abilities.configuration {
            return;
        }
        let section = || Some("hotlint".to_owned());
        let folders: Vec<PathBuf> = self
            .folders
            .iter()
            .map(|folder| folder.path.clone())
            .collect();
        let mut items: Vec<ConfigurationItem> = (folders.iter())
            .map(|path| ConfigurationItem {
                scope_uri: uri::of(path),
                section: section(),
            })
            .collect();
        items.push(ConfigurationItem {
            scope_uri: None,
            section: section(),
        });
        let params = ConfigurationParams { items };
        self.send(
            "workspace/configuration",
            json!(params),
            Sent::Configuration(folders),
        );
    }

    /// Registers what the client is to tell of; again, when that has changed.
    pub(super) fn watch(&mut self) {
        if !self.abilities.registers_watchers {
            return;
        }
        let folders = self.folders.iter();
        let sources = folders.flat_map(|folder| {
            let sources = folder.sources().into_iter();
            sources.filter(|path| path.extension().is_none_or(|it| it != "toml"))
        });
        let mut sources: Vec<PathBuf> = sources.collect();
        sources.sort();
        sources.dedup();
        if self.watched == sources && !self.watched.is_empty() {
            return;
        }
        let mut watchers: Vec<Value> = [
            "**/*.toml",
            "**/{.gitignore,.ignore}",
            "**/*.{py,pyw,ipynb}",
        ]
        .iter()
        .map(|glob| json!({ "globPattern": glob }))
        .collect();
        for source in &sources {
            let base = source.parent().and_then(uri::of);
            let name = source
                .file_name()
                .map(|name| name.to_string_lossy().into_owned());
            if let (Some(base), Some(name), true) = (base, name, self.abilities.relative_watchers) {
                let pattern = json!({"baseUri": base, "pattern": name});
                watchers.push(json!({ "globPattern": pattern }));
            } else {
                watchers.push(json!({"globPattern": source.to_string_lossy().replace('\\', "/")}));
            }
        }
        let method = "workspace/didChangeWatchedFiles";
        if !self.watched.is_empty() {
            let params = json!({"unregisterations": [{"id": "files", "method": method}]});
            self.send(
                "client/unregisterCapability",
                params,
                Sent::Other("registration"),
            );
        }
        let params = json!({"registrations": [
            {"id": "files", "method": method, "registerOptions": {"watchers": watchers}},
        ]});
        self.send(
            "client/registerCapability",
            params,
            Sent::Other("registration"),
        );
        self.watched = sources;
    }

    pub(super) fn is_client_gone(&self) -> bool {
        #[cfg(unix)]
        if let Some(process) = self.client_process {
            use nix::errno::Errno;
            use nix::sys::signal::kill;
            use nix::unistd::Pid;
            // No signal: only whether there is somebody to send one to.
            return kill(Pid::from_raw(process), None) == Err(Errno::ESRCH);
        }
        false
    }

    /// Looks at the files that decide about others, where the client does not tell of them.
    pub(super) fn look_at_files(&mut self) {
        let is_told = |path: &Path| {
            self.abilities.registers_watchers
                && self
                    .folders
                    .iter()
                    .any(|folder| path.starts_with(&folder.path))
        };
        let changed: FxHashSet<PathBuf> = (self.stamps.iter())
            .filter(|(path, _)| !is_told(path))
            .filter(|(path, before)| stamp(path) != *before)
            .map(|(path, _)| path.clone())
            .collect();
        if !changed.is_empty() {
            self.reload(|folder| folder.sources().iter().any(|path| changed.contains(path)));
        }
    }

    pub(super) fn stamp(&mut self) {
        let folders = self.folders.iter().chain(&self.loose);
        let mut sources: Vec<PathBuf> = folders.flat_map(|folder| folder.sources()).collect();
        sources.sort();
        sources.dedup();
        self.stamps = sources
            .into_iter()
            .map(|path| (path.clone(), stamp(&path)))
            .collect();
    }
}

fn stamp(path: &Path) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(path).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
