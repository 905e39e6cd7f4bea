//! Performs AWS operations through a Python process (`boto_bridge.py`), so that bindings run without the SDKs being built.

use async_trait::async_trait;
use gpb_aws::{Invoke, InvokeError, InvokeErrorKind};
use gpb_model::Place;
use serde_json::{Value as Json, json};
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;

/// Told of each operation: its name, its input and its answer.
pub type Log = Box<dyn Fn(&str, &Json, &Result<Json, InvokeError>) + Send + Sync>;

pub struct Bridge {
    pipes: Mutex<(ChildStdin, Lines<BufReader<ChildStdout>>)>,
    log: Log,
    _child: Child,
}

impl Bridge {
    pub fn start(python: &str, endpoint: &str, log: Log) -> std::io::Result<Bridge> {
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/support/boto_bridge.py");
        let mut child = Command::new(python)
            .arg(script)
            .env("AWS_ENDPOINT_URL", endpoint)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()?;
        let pipe = || std::io::Error::other("the bridge has no pipe");
        let input = child.stdin.take().ok_or_else(pipe)?;
        let output = BufReader::new(child.stdout.take().ok_or_else(pipe)?).lines();
        Ok(Bridge { pipes: Mutex::new((input, output)), log, _child: child })
    }

    async fn ask(&self, request: &Json) -> std::io::Result<Json> {
        let mut pipes = self.pipes.lock().await;
        let (input, output) = &mut *pipes;
        input.write_all(format!("{request}\n").as_bytes()).await?;
        input.flush().await?;
        let line = output.next_line().await?.ok_or_else(|| std::io::Error::other("the bridge has ended"))?;
        serde_json::from_str(&line).map_err(std::io::Error::other)
    }
}

#[async_trait]
impl Invoke for Bridge {
    async fn invoke(&self, place: &Place, service: &str, operation: &str, input: Json) -> Result<Json, InvokeError> {
        let request = json!({ "region": place.region, "service": service, "operation": operation, "input": input });
        let answer = match self.ask(&request).await {
            Err(error) => Err(InvokeError::new(InvokeErrorKind::Transport, "Bridge", error.to_string())),
            Ok(mut answer) => match answer.get_mut("ok").map(Json::take) {
                Some(output) => Ok(output),
                None => Err(error_of(&answer["error"])),
            },
        };
        (self.log)(&format!("{service}:{operation}"), &request["input"], &answer);
        answer
    }
}

fn error_of(error: &Json) -> InvokeError {
    let text = |key: &str| error[key].as_str().unwrap_or_default().to_owned();
    let kind = if error["input"] == true { InvokeErrorKind::Input } else { InvokeErrorKind::Service };
    let mut found = InvokeError::new(kind, text("code"), text("message"));
    found.status = error["status"].as_u64().and_then(|status| u16::try_from(status).ok());
    found.retryable = found.status.is_some_and(|status| status >= 500);
    found
}
