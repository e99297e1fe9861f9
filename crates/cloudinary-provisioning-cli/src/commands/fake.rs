//! `cldp fake`: an account in memory behind a loopback listener.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;

use cloudinary_provisioning_fake::FakeServer;

use crate::args::cli::{FakeOptions, FakeSeed};
use crate::connection::demo;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::stream;

pub(crate) fn run(options: &FakeOptions) -> Result<ExitCode, Exit> {
    let account = match options.seed {
        FakeSeed::Demo => demo::account(),
        FakeSeed::Empty => demo::empty(),
    };
    let server = FakeServer::start_on(account, options.port)
        .map_err(|error| Exit::Failed(format!("cannot listen on 127.0.0.1:{}: {error}", options.port)))?;

    let (end, ended) = mpsc::channel();
    let interrupted = end.clone();
    ctrl_c::handle(move || {
        let _ = interrupted.send(());
    })?;
    thread::spawn(move || {
        // Its content is ignored; only its end matters.
        let mut stdin = io::stdin().lock();
        let mut ignored = [0; 4096];
        loop {
            match stdin.read(&mut ignored) {
                Ok(0) => break,
                Err(error) if error.kind() != io::ErrorKind::Interrupted => break,
                _ => {}
            }
        }
        let _ = end.send(());
    });

    let lines = format!("{}\nCLOUDINARY_ACCOUNT_URL={}\n", server.url(), server.account_url());
    let mut out = stream::stdout();
    out.write_all(lines.as_bytes())?;
    out.flush()?;
    // An error means that all senders are gone, and nothing else would end the wait.
    let _ = ended.recv();
    Ok(ExitCode::SUCCESS)
}
