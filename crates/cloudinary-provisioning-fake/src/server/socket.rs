//! Reading from and writing to a socket, and the ways to close it.
//!
//! A request is read up to its last byte, which is left in the kernel: closing a socket with unread data makes a reset,
//! and every other way to make one needs `unsafe` or a dependency.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::{Shutdown, TcpStream};

use http::Request;

use super::incoming::{Message, Received, Refusal};

pub(super) const CHUNK: usize = 64 * 1024;

/// What a connection receives next.
#[derive(Debug)]
pub(super) enum Incoming {
    /// A request, whose last byte [`take_last`] has yet to take.
    Request(Box<Request<Vec<u8>>>),
    /// Bytes that are not a request for the account.
    Refused(Refusal),
    /// The client is gone.
    Closed,
}

pub(super) fn receive(stream: &TcpStream, chunk: &mut [u8]) -> io::Result<Incoming> {
    let mut message = Message::default();
    loop {
        let seen = retrying(|| stream.peek(chunk))?;
        let fresh = chunk.get(..seen).unwrap_or_default();
        if fresh.is_empty() {
            return Ok(Incoming::Closed);
        }
        match message.push(fresh) {
            Ok(Received::More { wants_continue }) => {
                take(stream, chunk, seen)?;
                if wants_continue {
                    send(stream, b"HTTP/1.1 100 Continue\r\n\r\n")?;
                }
            }
            Ok(Received::Done { request, unused }) => {
                take(stream, chunk, seen.saturating_sub(unused + 1))?;
                return Ok(Incoming::Request(request));
            }
            Err(refusal) => return Ok(Incoming::Refused(refusal)),
        }
    }
}

/// Takes the byte that [`receive`] left.
pub(super) fn take_last(stream: &TcpStream) -> io::Result<()> {
    take(stream, &mut [0], 1)
}

/// Takes bytes that have been seen already, so it never blocks.
fn take(mut stream: &TcpStream, chunk: &mut [u8], count: usize) -> io::Result<()> {
    stream.read_exact(chunk.get_mut(..count).unwrap_or_default())
}

pub(super) fn send(mut stream: &TcpStream, bytes: &[u8]) -> io::Result<()> {
    stream.write_all(bytes)
}

/// Reads until the client goes away, or the server shuts the socket down.
pub(super) fn hold(mut stream: &TcpStream) {
    let mut chunk = vec![0; CHUNK];
    while retrying(|| stream.read(&mut chunk)).is_ok_and(|count| count > 0) {}
}

/// Lets the client read a response to a request that it has not finished writing: closing with unread data would reset
/// the connection and lose the response.
pub(super) fn close_after_refusal(stream: &TcpStream) {
    if stream.shutdown(Shutdown::Write).is_ok() {
        hold(stream);
    }
}

/// Reads what has arrived by now, so that closing does not make a reset.
pub(super) fn close_in_order(mut stream: &TcpStream) {
    if stream.set_nonblocking(true).is_ok() {
        let mut chunk = vec![0; CHUNK];
        while retrying(|| stream.read(&mut chunk)).is_ok_and(|count| count > 0) {}
    }
}

fn retrying(mut action: impl FnMut() -> io::Result<usize>) -> io::Result<usize> {
    loop {
        match action() {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            result => return result,
        }
    }
}
