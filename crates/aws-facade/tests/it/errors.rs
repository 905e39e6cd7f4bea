//! Errors of bad answers, and of none.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use gpb_aws_facade::{Error, ErrorKind};
use serde_json::{Value as Json, json};

use crate::support::call_once;

/// The server's reply to its one request.
enum Reply {
    Says { status: u16, headers: &'static str, body: &'static str },
    HangsUp,
    IsSilent,
}

fn says(status: u16, body: &'static str) -> Reply {
    Reply::Says { status, headers: "", body }
}

fn failure(reply: Reply, what: &str, input: Json) -> Error {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let server = thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        read_request(&mut stream);
        match reply {
            Reply::Says { status, headers, body } => {
                let length = body.len();
                let head =
                    format!("HTTP/1.1 {status} X\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n");
                stream.write_all(format!("{head}{body}").as_bytes()).unwrap();
            }
            Reply::HangsUp => {}
            // Until the client gives up and closes.
            Reply::IsSilent => drop(stream.read(&mut [0; 1])),
        }
    });
    let error = call_once(&endpoint, what, input).unwrap_err();
    server.join().unwrap();
    error
}

fn read_request(stream: &mut TcpStream) {
    let mut got = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap();
        got.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&got);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let length = head.to_lowercase().lines().find_map(|line| line.strip_prefix("content-length: ")?.parse().ok());
        if read == 0 || body.len() >= length.unwrap_or(0) {
            return;
        }
    }
}

/// Kind and code, whether it may be tried again, whether it may have been carried out.
fn facts(error: &Error) -> (ErrorKind, &str, bool, bool) {
    (error.kind, error.code.as_str(), error.retryable, error.may_have_applied)
}

fn create_queue() -> Json {
    json!({"QueueName": "q"})
}

#[test]
fn a_services_error_keeps_code_message_status_and_request_id() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>gone</Message></Error></ErrorResponse>";
    let reply = Reply::Says { status: 404, headers: "x-amzn-requestid: 42\r\n", body };
    let error = failure(reply, "iam.GetRole", json!({"RoleName": "r"}));
    assert_eq!(facts(&error), (ErrorKind::Service, "NoSuchEntity", false, false));
    assert_eq!((error.message.as_str(), error.status, error.request_id.as_deref()), ("gone", Some(404), Some("42")));
}

#[test]
fn throttling_passes_and_changes_nothing() {
    let body = r#"{"__type": "com.amazonaws.sqs#RequestThrottled", "message": "slow down"}"#;
    let error = failure(says(400, body), "sqs.CreateQueue", create_queue());
    assert_eq!(facts(&error), (ErrorKind::Service, "RequestThrottled", true, false));
    let body = r#"{"__type": "ThrottlingException"}"#;
    let error = failure(says(503, body), "ecs.CreateCluster", json!({}));
    assert_eq!(facts(&error), (ErrorKind::Service, "ThrottlingException", true, false));
}

#[test]
fn a_spent_quota_does_not_pass() {
    let body = r#"{"__type": "LimitExceededException", "message": "too many keys"}"#;
    let error = failure(says(400, body), "kms.CreateKey", json!({}));
    assert_eq!(facts(&error), (ErrorKind::Service, "LimitExceededException", false, false));
}

#[test]
fn a_servers_fault_leaves_a_change_in_doubt_but_not_a_read() {
    let body = r#"{"__type": "InternalFailure"}"#;
    let error = failure(says(500, body), "sqs.CreateQueue", create_queue());
    assert_eq!(facts(&error), (ErrorKind::Service, "InternalFailure", true, true));
    let error = failure(says(500, body), "sqs.ListQueues", json!({}));
    assert_eq!(facts(&error), (ErrorKind::Service, "InternalFailure", true, false));
}

#[test]
fn a_status_stands_in_for_a_missing_code() {
    let error = failure(says(503, ""), "sqs.CreateQueue", create_queue());
    assert_eq!(facts(&error), (ErrorKind::Service, "Http503", true, true));
    let error = failure(says(403, "<html>proxy</html>"), "ecs.CreateCluster", json!({}));
    assert_eq!(facts(&error), (ErrorKind::Service, "Http403", false, false));
}

#[test]
fn a_success_that_cannot_be_read_is_not_tried_again() {
    for (what, input) in [("sqs.CreateQueue", create_queue()), ("ecs.CreateCluster", json!({}))] {
        let error = failure(says(200, "{not json"), what, input);
        assert_eq!(facts(&error), (ErrorKind::Response, "MalformedResponse", false, true), "{what}: {error}");
    }
    let error =
        failure(says(200, "<not xml"), "iam.CreateRole", json!({"RoleName": "r", "AssumeRolePolicyDocument": "{}"}));
    assert_eq!(facts(&error), (ErrorKind::Response, "MalformedResponse", false, true), "{error}");
}

#[test]
fn a_connection_that_breaks_leaves_a_change_in_doubt() {
    let error = failure(Reply::HangsUp, "sqs.CreateQueue", create_queue());
    assert_eq!(facts(&error), (ErrorKind::Transport, "BrokenConnection", true, true), "{error}");
}

#[test]
fn silence_is_a_timeout() {
    let error = failure(Reply::IsSilent, "sqs.CreateQueue", create_queue());
    assert_eq!(facts(&error), (ErrorKind::Transport, "Timeout", true, true), "{error}");
}

#[test]
fn without_a_connection_nothing_was_sent() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let error = call_once(&format!("http://{free}"), "sqs.CreateQueue", create_queue()).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Transport, "NoConnection", true, false), "{error}");
    assert_eq!(error.message, "io error: client error (Connect): tcp connect error: Connection refused");
    let error = call_once("http://no-such-host.invalid", "sqs.CreateQueue", create_queue()).unwrap_err();
    assert_eq!(facts(&error), (ErrorKind::Transport, "NoConnection", true, false), "{error}");
}
