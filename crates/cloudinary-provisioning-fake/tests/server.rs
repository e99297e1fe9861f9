//! The account over a real socket, spoken to byte by byte.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

mod common;

use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, Framing, NewUser, SharedAccount};
use common::{USERS, account};

/// A client that knows as much HTTP as these tests need.
struct Client(TcpStream);

struct Received {
    status: u16,
    head: String,
    body: String,
}

impl Client {
    fn of(server: &FakeServer) -> Self {
        Self(TcpStream::connect(server.address()).unwrap())
    }

    fn send(&mut self, bytes: impl AsRef<[u8]>) -> &mut Self {
        self.0.write_all(bytes.as_ref()).unwrap();
        self
    }

    /// Reads a response, whose length is in its head.
    fn response(&mut self) -> Received {
        let head = self.head();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
        self.0.read_exact(&mut body).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Received { status, head, body: String::from_utf8(body).unwrap() }
    }

    fn head(&mut self) -> String {
        let mut head = Vec::new();
        while !head.ends_with(b"\r\n\r\n") {
            let mut byte = [0];
            self.0.read_exact(&mut byte).unwrap();
            head.push(byte[0]);
        }
        String::from_utf8(head).unwrap()
    }

    /// All that comes until the connection is closed in order.
    fn rest(&mut self) -> String {
        let mut rest = String::new();
        self.0.read_to_string(&mut rest).unwrap();
        rest
    }

    fn ask(&mut self, method: &str, below: &str, body: &str) -> Received {
        self.send(message(method, below, body)).response()
    }
}

fn serve(account: FakeAccount) -> FakeServer {
    FakeServer::start(account).unwrap()
}

fn with_fault(fault: Fault) -> FakeServer {
    serve(john().with_script([fault]))
}

fn john() -> FakeAccount {
    account().with_user(NewUser::new("John", "john@example.com").id("u1"))
}

fn message(method: &str, below: &str, body: &str) -> String {
    let authorization = account().authorization();
    let length = body.len();
    format!(
        "{method} {USERS}{below} HTTP/1.1\r\nhost: x\r\nauthorization: {authorization}\r\n\
         content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
}

const CREATE: &str = r#"{"name":"N","email":"n@example.com"}"#;

mod exchanges {
    use super::*;

    #[test]
    fn many_requests_share_one_connection() {
        let server = serve(john());
        let mut client = Client::of(&server);
        assert_eq!(client.ask("GET", "/u1", "").status, 200);
        assert_eq!(client.ask("POST", "", CREATE).status, 200);
        assert_eq!(client.ask("DELETE", "/u1", "").body, r#"{"message":"ok"}"#);
        assert_eq!(client.ask("GET", "/u1", "").status, 404);
        assert_eq!((server.connections(), server.requests()), (1, 4));
        assert!(server.with(|account| account.user_by_email("n@example.com").is_some()));
        assert_eq!(server.account().requests().len(), 4);
    }

    #[test]
    fn what_the_account_is_told_meanwhile_shows_in_the_next_response() {
        let server = serve(john());
        let mut client = Client::of(&server);
        client.ask("GET", "/u1", "");
        server.with(|account| account.remove_user("u1"));
        assert_eq!(client.ask("GET", "/u1", "").status, 404);
    }

    #[test]
    fn the_url_names_the_address() {
        let server = serve(account());
        assert_eq!(server.url(), format!("http://127.0.0.1:{}", server.address().port()));
    }

    #[test]
    fn pipelined_requests_are_answered_in_order() {
        let server = serve(john());
        let mut client = Client::of(&server);
        client.send(message("POST", "", CREATE) + &message("GET", "/nope", "") + &message("GET", "/u1", ""));
        let statuses = [client.response().status, client.response().status, client.response().status];
        assert_eq!(statuses, [200, 404, 200]);
        assert_eq!(server.requests(), 3);
    }

    #[test]
    fn a_request_may_come_in_pieces() {
        let server = serve(john());
        let mut client = Client::of(&server);
        client.0.set_nodelay(true).unwrap();
        for byte in message("POST", "", CREATE).as_bytes() {
            client.send([*byte]);
        }
        assert_eq!(client.response().status, 200);
    }

    #[test]
    fn a_chunked_body_is_understood() {
        let server = serve(john());
        let mut client = Client::of(&server);
        let authorization = account().authorization();
        let (one, two) = CREATE.split_at(10);
        client.send(format!(
            "POST {USERS} HTTP/1.1\r\nauthorization: {authorization}\r\ncontent-type: application/json\r\n\
             transfer-encoding: chunked\r\n\r\n{:x}\r\n{one}\r\n{:x}\r\n{two}\r\n0\r\n\r\n",
            one.len(),
            two.len(),
        ));
        assert_eq!(client.response().status, 200);
        assert_eq!(client.ask("GET", "/u1", "").status, 200);
    }

    #[test]
    fn a_body_of_a_megabyte_is_read_whole() {
        let server = serve(john());
        let body = format!(r#"{{"name":"{}"}}"#, "x".repeat(1 << 20));
        let response = Client::of(&server).ask("PUT", "/u1", &body);
        assert_eq!(response.status, 200);
        assert_eq!(server.with(|account| account.user("u1").unwrap().name.len()), 1 << 20);
    }

    #[test]
    fn who_waits_to_be_asked_for_a_body_is_asked() {
        let server = serve(john());
        let mut client = Client::of(&server);
        let expecting = message("POST", "", CREATE).replace("host: x", "expect: 100-continue");
        let (head, body) = expecting.split_at(expecting.len() - CREATE.len());
        client.send(head);
        assert_eq!(client.head(), "HTTP/1.1 100 Continue\r\n\r\n");
        client.send(body);
        assert_eq!(client.response().status, 200);
    }

    #[test]
    fn head_has_a_length_and_no_body() {
        let server = serve(john());
        let mut client = Client::of(&server);
        let length = client.ask("GET", "/u1", "").body.len();
        client.send(message("HEAD", "/u1", ""));
        assert!(client.head().contains(&format!("content-length: {length}\r\n")));
        assert_eq!(client.ask("GET", "/u1", "").status, 200);
    }

    #[test]
    fn connection_close_and_http_1_0_are_honoured() {
        let server = serve(john());
        let closing = message("GET", "/u1", "").replace("host: x", "Connection: Close");
        let old = message("GET", "/u1", "").replace("HTTP/1.1", "HTTP/1.0");
        for request in [closing, old] {
            let rest = Client::of(&server).send(request).rest();
            assert!(rest.starts_with("HTTP/1.1 200 OK\r\n"));
            assert!(rest.contains("\r\nconnection: close\r\n"));
        }
        let mut client = Client::of(&server);
        let staying = message("GET", "/u1", "").replace("HTTP/1.1\r\nhost: x", "HTTP/1.0\r\nconnection: keep-alive");
        assert!(client.send(&staying).response().head.contains("connection: keep-alive"));
        assert_eq!(client.send(&staying).response().status, 200);
    }

    #[test]
    fn each_connection_has_a_thread_of_its_own() {
        let server = serve(john());
        let mut idle = Client::of(&server);
        idle.send("GET /half");
        let mut clients: Vec<_> = (0..16).map(|_| Client::of(&server)).collect();
        for client in clients.iter_mut().rev() {
            assert_eq!(client.ask("GET", "/u1", "").status, 200);
        }
    }
}

mod garbage {
    use super::*;

    #[test]
    fn what_is_not_http_is_a_400_and_the_end_of_the_connection() {
        for bytes in [
            b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".as_slice(),
            b"HELLO\r\n\r\n",
            b"GET / HTTP/1.1\r\nno colon\r\n\r\n",
            b"GET / HTTP/1.1\r\ncontent-length: -1\r\n\r\n",
            b"GET / HTTP/2.0\r\n\r\n",
            b"GET \x01 HTTP/1.1\r\n\r\n",
            b"POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nnope\r\n",
        ] {
            let server = serve(john());
            let rest = Client::of(&server).send(bytes).rest();
            assert!(rest.starts_with("HTTP/1.1 400 "), "{bytes:?}: {rest}");
            assert_eq!((server.connections(), server.requests()), (1, 0));
        }
    }

    #[test]
    fn floods_of_headers_are_a_431_even_to_who_goes_on_writing() {
        let server = serve(john());
        let mut client = Client::of(&server);
        client.send("GET / HTTP/1.1\r\n");
        let line = format!("x: {}\r\n", "y".repeat(1000));
        for _ in 0..2000 {
            client.send(&line);
        }
        assert!(client.rest().starts_with("HTTP/1.1 431 "));
    }

    #[test]
    fn too_much_of_a_body_is_a_413() {
        let server = serve(john());
        let rest = Client::of(&server).send("PUT / HTTP/1.1\r\ncontent-length: 999999999999\r\n\r\n").rest();
        assert!(rest.starts_with("HTTP/1.1 413 "));
    }

    #[test]
    fn who_leaves_in_the_middle_is_no_trouble_to_others() {
        let server = serve(john());
        for part in ["", "GET", "GET / HTTP/1.1\r\n", "POST / HTTP/1.1\r\ncontent-length: 5\r\n\r\nab"] {
            Client::of(&server).send(part);
        }
        assert_eq!(Client::of(&server).ask("GET", "/u1", "").status, 200);
        assert_eq!(server.requests(), 1);
    }

    #[test]
    fn a_panic_in_a_test_does_not_stop_the_server() {
        let server = serve(john());
        let poison = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            server.with(|_| std::panic::resume_unwind(Box::new(())));
        }));
        assert!(poison.is_err());
        assert_eq!(Client::of(&server).ask("GET", "/u1", "").status, 200);
    }
}

mod faults {
    use super::*;

    #[test]
    fn a_scripted_status_keeps_the_connection() {
        let server = serve(john().with_script([Fault::throttled(3), Fault::html(502), Fault::status(503)]));
        let mut client = Client::of(&server);
        let throttled = client.ask("GET", "/u1", "");
        assert_eq!(throttled.status, 429);
        assert!(throttled.head.starts_with("HTTP/1.1 429 Too Many Requests\r\n"));
        assert!(throttled.head.contains("\r\nretry-after: 3\r\n"));
        assert!(client.ask("GET", "/u1", "").body.contains("<h1>502</h1>"));
        assert_eq!(client.ask("GET", "/u1", "").status, 503);
        assert_eq!(client.ask("GET", "/u1", "").status, 200);
        assert_eq!((server.connections(), server.requests()), (1, 4));
    }

    #[test]
    fn a_close_is_an_end_without_a_byte() {
        let server = with_fault(Fault::close());
        assert_eq!(Client::of(&server).send(message("DELETE", "/u1", "")).rest(), "");
        assert!(server.with(|account| account.user("u1").is_some()));
        assert_eq!((server.connections(), server.requests()), (1, 1));
    }

    #[test]
    fn a_reset_is_an_error_without_a_byte() {
        for (method, body) in [("GET", ""), ("PUT", r#"{"name":"X"}"#)] {
            // Often, because a reset that comes only sometimes would be of no use.
            for _ in 0..50 {
                let server = with_fault(Fault::reset());
                let mut client = Client::of(&server);
                client.send(message(method, "/u1", body));
                let error = client.0.read(&mut [0]).unwrap_err();
                assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                assert_eq!(server.requests(), 1);
            }
        }
    }

    #[test]
    fn faults_without_a_response_can_hide_a_change() {
        for fault in [Fault::close(), Fault::reset(), Fault::raw("x"), Fault::status(503)] {
            for (applied, fault) in [(false, fault.clone()), (true, fault.applied())] {
                let server = with_fault(fault.clone());
                let mut client = Client::of(&server);
                client.send(message("DELETE", "/u1", ""));
                let _ = client.0.read(&mut [0]);
                let gone = server.with(|account| account.user("u1").is_none());
                assert_eq!(gone, applied, "{fault:?}");
            }
        }
    }

    #[test]
    fn a_stall_lasts_until_the_client_gives_up() {
        let server = with_fault(Fault::stall().applied());
        let mut client = Client::of(&server);
        client.send(message("DELETE", "/u1", ""));
        while server.requests() == 0 {
            std::thread::yield_now();
        }
        client.0.set_nonblocking(true).unwrap();
        assert_eq!(client.0.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        assert_eq!(Client::of(&server).ask("GET", "/u1", "").status, 404);
        client.0.shutdown(std::net::Shutdown::Write).unwrap();
        client.0.set_nonblocking(false).unwrap();
        assert_eq!(client.rest(), "");
    }

    #[test]
    fn raw_bytes_come_as_they_are() {
        let server = with_fault(Fault::raw(b"220 ready\r\n".as_slice()));
        assert_eq!(Client::of(&server).send(message("GET", "/u1", "")).rest(), "220 ready\r\n");
    }

    fn cut_off(fault: Fault) -> (String, String) {
        let server = with_fault(fault);
        let rest = Client::of(&server).send(message("GET", "/u1", "")).rest();
        let (head, body) = rest.split_once("\r\n\r\n").unwrap();
        (head.to_owned(), body.to_owned())
    }

    #[test]
    fn a_body_can_be_shorter_than_its_length() {
        let (head, body) = cut_off(Fault::status(200).body("0123456789").truncated(Framing::ContentLength));
        assert!(head.contains("content-length: 10"));
        assert_eq!(body, "01234");
        let (head, body) = cut_off(Fault::status(200).body("01").truncated_at(Framing::ContentLength, 99));
        assert!(head.contains("content-length: 3"));
        assert_eq!(body, "01");
    }

    #[test]
    fn a_chunk_can_be_shorter_than_its_length() {
        let (head, body) = cut_off(Fault::status(200).body("0123456789").truncated_at(Framing::Chunked, 3));
        assert!(head.contains("transfer-encoding: chunked") && !head.contains("content-length"));
        assert_eq!(body, "a\r\n012");
    }

    #[test]
    fn a_body_that_ends_with_the_connection_can_end_early() {
        let (head, body) = cut_off(Fault::response().truncated_at(Framing::CloseDelimited, 6));
        assert!(head.contains("connection: close") && !head.contains("content-length"));
        assert_eq!(body, r#"{"id":"#);
    }

    #[test]
    fn a_body_can_stall() {
        let server = with_fault(Fault::status(200).body("0123456789").stall_in_body_at(4));
        let mut client = Client::of(&server);
        client.send(message("GET", "/u1", ""));
        assert!(client.head().contains("content-length: 10"));
        let mut part = [0; 4];
        client.0.read_exact(&mut part).unwrap();
        client.0.set_nonblocking(true).unwrap();
        assert_eq!(client.0.read(&mut [0]).unwrap_err().kind(), ErrorKind::WouldBlock);
        drop(server);
        client.0.set_nonblocking(false).unwrap();
        assert_eq!(client.rest(), "");
    }

    #[test]
    fn a_connection_can_end_unannounced_after_a_response() {
        let server = with_fault(Fault::response().then_close());
        let rest = Client::of(&server).send(message("GET", "/u1", "")).rest();
        assert!(rest.starts_with("HTTP/1.1 200 OK\r\n") && rest.ends_with('}'));
        assert!(!rest.contains("connection: close"));
    }

    #[test]
    fn a_scripted_length_goes_out_as_it_is_and_ends_the_connection() {
        let server = with_fault(Fault::status(200).header("content-length", "3").body("0123456789"));
        let rest = Client::of(&server).send(message("GET", "/u1", "")).rest();
        assert!(rest.contains("content-length: 3\r\n") && rest.ends_with("0123456789"));
    }

    #[test]
    fn a_204_has_neither_length_nor_body() {
        let server = with_fault(Fault::status(204).body("x"));
        let mut client = Client::of(&server);
        client.send(message("GET", "/u1", ""));
        assert!(!client.head().contains("content-length"));
        assert_eq!(client.ask("GET", "/u1", "").status, 200);
    }

    #[test]
    fn open_connections_can_be_closed_from_outside() {
        let server = serve(john());
        let mut client = Client::of(&server);
        client.ask("GET", "/u1", "");
        server.close_connections();
        assert_eq!(client.rest(), "");
        assert_eq!(Client::of(&server).ask("GET", "/u1", "").status, 200);
        assert_eq!((server.connections(), server.requests()), (2, 2));
    }
}

mod the_end {
    use super::*;

    #[test]
    fn dropping_the_server_closes_idle_busy_and_stalled_connections() {
        let server = with_fault(Fault::stall());
        let mut stalled = Client::of(&server);
        stalled.send(message("GET", "/u1", ""));
        while server.requests() == 0 {
            std::thread::yield_now();
        }
        let mut idle = Client::of(&server);
        idle.ask("GET", "/u1", "");
        let mut half = Client::of(&server);
        half.send("GET / HT");
        drop(server);
        assert_eq!((stalled.rest(), idle.rest()), (String::new(), String::new()));
        // Whether the half request is unread at the end is a matter of timing.
        assert!(half.0.read(&mut [0]).map_or(true, |count| count == 0));
    }

    #[test]
    fn a_reader_that_never_reads_does_not_hold_it_up() {
        let body = vec![b'x'; 32 << 20];
        let server = with_fault(Fault::status(200).body(body));
        let mut client = Client::of(&server);
        client.send(message("GET", "/u1", ""));
        client.head();
        drop(server);
    }
}

#[test]
fn the_account_url_is_all_that_a_client_needs() {
    let server = FakeServer::start(account()).unwrap();
    assert_eq!(server.account_url(), format!("account://KEY:SECRET@acc?upload_prefix={}", server.url()));
}

#[test]
fn a_handle_and_the_server_share_the_account() {
    let shared = SharedAccount::new(account());
    let server = FakeServer::start(shared.clone()).unwrap();
    shared.with(|account| account.add_user("John", "john@example.com"));
    assert_eq!(server.shared().lock().user_count(), 1);
}
