//! The words in which libraries are described, shared by the build that reads them and the program that asks: one bit each.

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$word_doc:meta])* $word:ident = $bit:literal $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u64)]
        pub enum $name {
            $($(#[$word_doc])* $word = 1 << $bit,)*
        }

        impl $name {
            pub const ALL: &'static [$name] = &[$($name::$word),*];

            /// The word as the tables of libraries say it.
            pub fn text(self) -> &'static str {
                match self {
                    $($name::$word => $text,)*
                }
            }
        }
    };
}

words! {
    /// What the thread waits for, while nothing else of the event loop runs.
    Blocks {
        Sleep = 0 "sleep",
        /// An answer over HTTP.
        Http = 1 "http",
        /// A name to be resolved, a connection, bytes of a socket.
        Socket = 2 "socket",
        /// The file system.
        File = 3 "file",
        Subprocess = 4 "subprocess",
        /// A database or a key-value store.
        Database = 5 "database",
        /// The user.
        Input = 6 "input",
        /// Its own computing, for long enough to be felt.
        Cpu = 7 "cpu",
        /// Another thread or process.
        Lock = 8 "lock",
        /// Another program to have started: some milliseconds.
        Start = 9 "start",
    }
}

words! {
    /// What the call makes that is dear to make and meant to be kept.
    Builds {
        /// A client of a service: its first use opens connections.
        Client = 16 "client",
        Connection = 17 "connection",
        /// A pool of connections.
        Pool = 18 "pool",
        /// A session that keeps connections open.
        Session = 19 "session",
        /// A database engine.
        Engine = 20 "engine",
        ProcessPool = 21 "process_pool",
        ThreadPool = 22 "thread_pool",
        Process = 23 "process",
        Thread = 24 "thread",
        EventLoop = 25 "event_loop",
    }
}

words! {
    /// What else the call does.
    Does {
        /// Sends a query or statement to a database.
        Queries = 32 "queries",
        /// Ends a transaction: the disk has to be waited for.
        Commits = 33 "commits",
        /// Waits once for an answer over the network.
        RoundTrip = 34 "round_trip",
        /// Moves data from a device to the host.
        Transfers = 35 "transfers",
        /// Makes a new array or frame as large as its input.
        Allocates = 36 "allocates",
        /// Nothing but a value that depends on the arguments alone.
        Pure = 37 "pure",
        /// Much more costly than a look-up or a method call.
        Expensive = 38 "expensive",
        /// Gives another answer each time: clocks, chance, the environment.
        Varies = 39 "varies",
        /// Fetches all rows of a result.
        FetchesAll = 40 "fetches_all",
        /// Runs what it is given in another thread or process, so that the event loop goes on.
        Offloads = 41 "offloads",
        /// Hands over many at once: what others do one by one.
        Batches = 42 "batches",
        /// Is made for one object at a time, and nothing does the same for many: it looks first, or tells others of each.
        Single = 50 "single",
        /// Over in microseconds, as a rule: a look at what a path is.
        Brief = 43 "brief",
        /// Reads or writes objects of a model, with rows behind them.
        Maps = 44 "maps",
        /// Asks a store of keys and values.
        KeyValue = 45 "key_value",
        /// Copies all parts that it is given into one new array, frame or tensor.
        Joins = 46 "joins",
        /// Calls a Python function for each item or row.
        CallsPerItem = 47 "calls_per_item",
        /// Computes item by item, in compiled code, what `math` computes for one number.
        Elementwise = 48 "elementwise",
        /// Traces or compiles the function that it is given.
        Compiles = 49 "compiles",
        /// Takes far longer than to read what it learned back from a disk.
        Laborious = 51 "laborious",
        /// Makes an image, a sound or a film of a file: milliseconds each.
        Decodes = 52 "decodes",
    }
}
