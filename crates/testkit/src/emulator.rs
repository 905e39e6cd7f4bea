//! Emulators of AWS as child processes.

use std::fs::{self, File};
use std::io::{self, Error};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::venv::{target, venv};

/// Starts an emulator with what is mended in it, which stands beside.
const LAUNCH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/launch.py");

/// The resource types, by which Cloud Control is mended.
const CATALOG: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../stdlib/catalog/generated");

/// The longest time until an emulator answers.
const START_TIMEOUT: Duration = Duration::from_mins(2);

/// An emulator of AWS as a child process, which is stopped when it is dropped.
#[derive(Debug)]
pub struct Emulator {
    child: Child,
    port: u16,
}

impl Emulator {
    /// Starts moto: the most services, all in memory.
    ///
    /// It does not speak CloudWatch's protocol.
    ///
    /// # Errors
    /// An emulator that cannot be installed or started.
    pub fn moto() -> io::Result<Self> {
        Self::start("moto_server", |port| vec!["-H".into(), "127.0.0.1".into(), "-p".into(), port.to_string()])
    }

    /// Starts ministack: other services, CloudWatch among them.
    ///
    /// # Errors
    /// An emulator that cannot be installed or started.
    pub fn ministack() -> io::Result<Self> {
        Self::start("ministack", |_| Vec::new())
    }

    /// Returns the value for `AWS_ENDPOINT_URL`.
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Returns the environment of a child process that talks to this emulator alone.
    pub fn environment(&self) -> Vec<(&'static str, String)> {
        vec![
            ("AWS_ENDPOINT_URL", self.endpoint()),
            ("AWS_ACCESS_KEY_ID", "testing".into()),
            ("AWS_SECRET_ACCESS_KEY", "testing".into()),
            ("AWS_REGION", "us-east-1".into()),
            ("AWS_CONFIG_FILE", "/dev/null".into()),
            ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null".into()),
            ("AWS_EC2_METADATA_DISABLED", "true".into()),
        ]
    }

    fn start(script: &str, arguments: impl Fn(u16) -> Vec<String>) -> io::Result<Self> {
        // Between finding a free port and using it another process may take it; the child then ends and the next try
        // finds another.
        let mut last = Error::other("never started");
        for _ in 0..5 {
            match Self::start_once(script, &arguments) {
                Ok(emulator) => return Ok(emulator),
                Err(error) => last = error,
            }
        }
        Err(last)
    }

    fn start_once(script: &str, arguments: impl Fn(u16) -> Vec<String>) -> io::Result<Self> {
        let venv = venv()?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        let logs = target().join("emulators");
        fs::create_dir_all(&logs)?;
        let log = logs.join(format!("{script}-{port}.log"));
        let file = File::create(&log)?;
        let child = Command::new(venv.join("bin/python"))
            .arg(LAUNCH)
            .arg(venv.join("bin").join(script))
            .args(arguments(port))
            .envs([
                ("GATEWAY_PORT", port.to_string()),
                ("BIND_HOST", "127.0.0.1".into()),
                ("IOT_MTLS_ENABLED", "0".into()),
                ("GPB_CATALOG", CATALOG.into()),
                // moto's services have no tasks running unless told so; then their deployments complete.
                ("MOTO_ECS_SERVICE_RUNNING", "100".into()),
                // AWS's own policies exist in every account; in moto only on demand.
                ("MOTO_IAM_LOAD_MANAGED_POLICIES", "true".into()),
            ])
            .stdin(Stdio::piped())
            .stdout(file.try_clone()?)
            .stderr(file)
            .spawn()?;
        let mut emulator = Self { child, port };
        emulator.wait().map_err(|error| {
            let said = fs::read_to_string(&log).unwrap_or_default();
            Error::other(format!("{script} on port {port}: {error}\n{said}"))
        })?;
        Ok(emulator)
    }

    /// Waits until the port answers or the child has ended.
    fn wait(&mut self) -> io::Result<()> {
        let until = Instant::now() + START_TIMEOUT;
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, self.port));
        loop {
            if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                return Err(Error::other(format!("ended with {status}")));
            }
            if Instant::now() > until {
                return Err(Error::new(io::ErrorKind::TimedOut, "did not answer"));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Emulator {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
