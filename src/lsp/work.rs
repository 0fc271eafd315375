//! The threads that do the work, and what they bring back.

use std::io;

use crossbeam_channel::Sender;
use hotlint_core::python::STACK_SIZE;

use crate::crash;

/// Threads for what a user waits for.
pub struct Work<T> {
    pool: rayon::ThreadPool,
    done: Sender<T>,
}

impl<T: Send + 'static> Work<T> {
    /// `done` takes what the work comes to.
    ///
    /// # Errors
    /// When there are no threads to be had.
    pub fn new(done: Sender<T>) -> io::Result<Self> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        Ok(Self {
            pool: pool(cores.clamp(2, 4), "worker")?,
            done,
        })
    }

    /// Has `work` done, then `wrap` put it into what is sent back; a panic comes as its words.
    pub fn spawn<W: Send + 'static>(
        &self,
        work: impl FnOnce() -> W + Send + 'static,
        wrap: impl FnOnce(Result<W, String>) -> T + Send + 'static,
    ) {
        let done = self.done.clone();
        self.pool.spawn_fifo(move || {
            // The server goes away only when nobody waits any more.
            let _ = done.send(wrap(crash::guard(work)));
        });
    }

    /// The same on a thread of its own, for what takes long.
    pub fn spawn_apart<W: Send + 'static>(
        &self,
        work: impl FnOnce() -> W + Send + 'static,
        wrap: impl FnOnce(Result<W, String>) -> T + Send + 'static,
    ) {
        let done = self.done.clone();
        let job = move || {
            let _ = done.send(wrap(crash::guard(work)));
        };
        let thread = std::thread::Builder::new()
            .stack_size(STACK_SIZE)
            .spawn(job);
        drop(thread.map_err(|error| eprintln!("hotlint: no thread to be had: {error}")));
    }
}

/// Threads with the stack that deep code wants.
///
/// # Errors
/// When there are none to be had.
pub fn pool(threads: usize, name: &'static str) -> io::Result<rayon::ThreadPool> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(threads)
        .stack_size(STACK_SIZE)
        .thread_name(move |number| format!("{name} {number}"))
        // Work is guarded; what gets through must not end the program.
        .panic_handler(|_| eprintln!("hotlint: a thread panicked"))
        .build()
        .map_err(io::Error::other)
}
