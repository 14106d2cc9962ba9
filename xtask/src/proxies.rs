//! Real reverse proxies in front of the receivers.

use std::fs;
use std::net::SocketAddr;
use std::process::{Command, Stdio};

use anyhow::{Context, Result};

use crate::language::Workspace;
use crate::service::{Service, free_port};

/// A proxy that a test run can put in front of servers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proxy {
    /// The program.
    pub(crate) name: &'static str,
    /// Its configuration, for a folder of its own and one route a server.
    configuration: fn(folder: &str, routes: &[Route]) -> String,
    /// Its arguments, where that configuration is.
    arguments: fn(folder: &str, file: &str) -> Vec<String>,
}

/// A port of the proxy and the server behind it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Route {
    port: u16,
    server: SocketAddr,
}

impl Route {
    /// Where the proxy listens for that server.
    pub(crate) fn address(&self) -> SocketAddr {
        SocketAddr::from(([127, 0, 0, 1], self.port))
    }
}

pub(crate) const PROXIES: [Proxy; 2] = [
    Proxy {
        name: "nginx",
        configuration: nginx,
        arguments: |folder, file| {
            let arguments = ["-e", "stderr", "-p", folder, "-c", file];
            arguments.map(str::to_owned).to_vec()
        },
    },
    Proxy {
        name: "haproxy",
        configuration: haproxy,
        arguments: |_, file| ["-db", "-f", file].map(str::to_owned).to_vec(),
    },
];

impl Proxy {
    /// Whether the program is here.
    pub(crate) fn is_installed(&self) -> bool {
        let mut command = Command::new(self.name);
        command
            .arg("-v")
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command.status().is_ok_and(|status| status.success())
    }

    /// Starts it in front of the servers, and waits until it passes requests on.
    pub(crate) fn start(
        &self,
        workspace: &Workspace,
        servers: &[SocketAddr],
    ) -> Result<(Service, Vec<Route>)> {
        let routes = servers
            .iter()
            .map(|&server| {
                Ok(Route {
                    port: free_port()?,
                    server,
                })
            })
            .collect::<Result<Vec<_>>>()?;
        let folder = workspace.scratch(self.name);
        fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let folder = folder.to_str().context("a path that is no UTF-8")?;
        let file = format!("{folder}/{}.conf", self.name);
        fs::write(&file, (self.configuration)(folder, &routes))
            .with_context(|| format!("cannot write {file}"))?;
        let mut command = Command::new(self.name);
        command.args((self.arguments)(folder, &file));
        let port = routes.first().map(|route| route.port);
        let mut service = Service::start(workspace, self.name, command, port)?;
        service.wait_until_ready()?;
        Ok((service, routes))
    }
}

/// As docs/proxies.md has it, but for TLS: a test has no certificate, and the
/// servers behind see the same.
fn nginx(folder: &str, routes: &[Route]) -> String {
    let mut servers = String::new();
    for Route { port, server } in routes {
        servers += &format!(
            "  server {{
    listen 127.0.0.1:{port};
    location / {{
      proxy_pass http://{server};
      proxy_http_version 1.1;
      proxy_set_header Host $http_host;
      proxy_set_header Connection \"\";
      proxy_set_header Forwarded \"\";
      proxy_set_header X-Forwarded-For $remote_addr;
      proxy_set_header X-Forwarded-Host $http_host;
      proxy_set_header X-Forwarded-Port \"\";
      proxy_set_header X-Forwarded-Proto https;
    }}
  }}
"
        );
    }
    format!(
        "daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
{servers}}}
"
    )
}

fn haproxy(_: &str, routes: &[Route]) -> String {
    let mut sections = String::new();
    for Route { port, server } in routes {
        sections += &format!(
            "listen receiver-{port}
  bind 127.0.0.1:{port}
  http-request del-header Forwarded
  http-request del-header X-Forwarded-Port
  http-request set-header X-Forwarded-For %[src]
  http-request set-header X-Forwarded-Host %[req.hdr(host)]
  http-request set-header X-Forwarded-Proto https
  server receiver {server}
"
        );
    }
    format!(
        "global
  maxconn 100
defaults
  mode http
  timeout connect 10s
  timeout client 60s
  timeout server 60s
{sections}"
    )
}
