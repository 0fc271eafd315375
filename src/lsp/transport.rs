//! Messages on standard input and output.
//!
//! **Invariant**: a message that is no JSON, or no message, is passed over; only an end of input, or a header that cannot be
//! read, ends the connection.

use std::io::{self, BufReader, BufWriter, Write as _};
use std::thread::{self, JoinHandle};

use crossbeam_channel::{Receiver, Sender, unbounded};
use lsp_server::Message;

/// The two directions, and the thread that writes: wait for it once the sender is dropped, or the last words are lost.
pub struct Stdio {
    pub sender: Sender<Message>,
    pub receiver: Receiver<Message>,
    pub writer: JoinHandle<()>,
}

/// Begins to read and write.
///
/// # Errors
/// When there are no threads to be had.
pub fn stdio() -> io::Result<Stdio> {
    let (sender, to_write) = unbounded::<Message>();
    let (read, receiver) = unbounded::<Message>();
    let writer = thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            let mut out = BufWriter::new(io::stdout().lock());
            for message in to_write {
                // Nobody reads any more: the reader's end of input tells the server.
                if message.write(&mut out).and_then(|()| out.flush()).is_err() {
                    break;
                }
            }
        })?;
    thread::Builder::new()
        .name("reader".to_owned())
        .spawn(move || {
            let mut input = BufReader::new(io::stdin().lock());
            loop {
                match Message::read(&mut input) {
                    Ok(Some(message)) => {
                        if read.send(message).is_err() {
                            break;
                        }
                    }
                    Ok(None) => break,
                    Err(error) if is_only_the_payload(&error) => {
                        eprintln!("hotlint: a message was passed over: {}", brief(&error));
                    }
                    Err(error) => {
                        eprintln!("hotlint: cannot read messages any more: {}", brief(&error));
                        break;
                    }
                }
            }
        })?;
    Ok(Stdio {
        sender,
        receiver,
        writer,
    })
}

/// Whether the bytes of one message were read, and nothing else is wrong with them than what they say.
fn is_only_the_payload(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::InvalidData
        && error.to_string().starts_with("malformed LSP payload")
}

fn brief(error: &io::Error) -> String {
    error.to_string().chars().take(200).collect()
}
