//! `cldp fake`: an account in memory behind a loopback listener.

use std::io::{self, Read, Write};
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use cloudinary_provisioning_fake::FakeServer;

use crate::args::cli::{FakeOptions, FakeSeed, Load};
use crate::connection::demo;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::stream;

pub(crate) fn run(options: &FakeOptions) -> Result<ExitCode, Exit> {
    let is_loaded = options.load != Load { users: 0, groups: 0, environments: 0, keys: 0, roles: 0 };
    let account = match options.seed {
        Some(FakeSeed::Demo) => demo::account(),
        None if !is_loaded => demo::account(),
        Some(FakeSeed::Empty) | None => demo::empty(),
    };
    let mut account = demo::loaded(account, options.load);
    if let Some(limit) = options.rate_limit {
        account = account.with_rate_limit(limit);
    }
    for (fault, every) in &options.fault {
        account.fail_every(*every, fault.clone());
    }
    let server = FakeServer::start_on(account, options.port)
        .map_err(|error| Exit::Failed(format!("cannot listen on 127.0.0.1:{}: {error}", options.port)))?;
    server.set_latency(Duration::from_millis(options.latency));

    let (end, ended) = mpsc::channel();
    let interrupted = end.clone();
    ctrl_c::handle(move || {
        let _ = interrupted.send(());
    })?;
    let until_eof = move || {
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
    };
    if options.until_eof {
        let thread = thread::Builder::new().spawn(until_eof);
        thread.map_err(|error| Exit::Failed(format!("cannot wait for the end of the input: {error}")))?;
    }

    let url = server.url();
    let lines = format!("{url}\nCLOUDINARY_ACCOUNT_URL={}\nCLOUDINARY_ORIGIN={url}\n", server.account_url());
    let mut out = stream::stdout();
    out.write_all(lines.as_bytes())?;
    out.flush()?;
    // An error means that all senders are gone, and nothing else would end the wait.
    let _ = ended.recv();
    Ok(ExitCode::SUCCESS)
}
