//! What goes wrong on the way, over sockets of this machine: what the client makes of it, and what the server sees.

mod extremes;
mod hints;
mod responses;
mod retries;
mod tls;
mod unsent;
