"""The Flask integration behind real servers, over raw sockets.

Only a server shows what becomes of an odd request target, and HTTP client
libraries would normalise it on the way.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jwt
import pytest

import hookseal
from conftest import FORM, NOW, PUBLIC_URL, TOKEN, Signed, sign

REJECTION = b'{"error":"webhook_rejected"}'
RECEIVER = Path(__file__).parents[2] / "tests/receivers/flask"


@dataclass(frozen=True)
class Kind:
    """A WSGI server, and what it makes of requests."""

    command: Callable[[int], list[str]]
    #: Hands over the request target as it was sent.
    keeps_target: bool = True
    #: Leaves two slashes at the beginning.
    keeps_slashes: bool = True
    #: Hands over chunked bodies.
    takes_chunks: bool = True
    #: Answers 400 or 500 where a body is cut short, or waits for the rest.
    reports_cut: bool = True
    #: Takes an absolute form for the Host header, which it then forgets.
    believes_absolute: bool = False


def python(program: str, *arguments: str) -> list[str]:
    return [sys.executable, "-c", program, *arguments]


def module(name: str, *arguments: str) -> list[str]:
    return [sys.executable, "-m", name, *arguments]


UWSGI = "import sys, pyuwsgi; pyuwsgi.run(sys.argv[1:])"
GEVENT = """
import sys, app
from gevent.pywsgi import WSGIServer
WSGIServer(("127.0.0.1", int(sys.argv[1])), app.app).serve_forever()
"""
WERKZEUG = """
import sys, app
app.app.run("127.0.0.1", int(sys.argv[1]), threaded=True)
"""
KINDS = {
    "gunicorn": Kind(lambda _: module("gunicorn", "app:app")),
    "werkzeug": Kind(
        lambda port: python(WERKZEUG, str(port)), keeps_slashes=False, believes_absolute=True
    ),
    "waitress": Kind(
        lambda port: module("waitress", f"--listen=127.0.0.1:{port}", "app:app"),
        reports_cut=False,
    ),
    "uwsgi": Kind(
        lambda port: python(
            UWSGI, "--http-socket", f"127.0.0.1:{port}", "--module", "app:app", "--die-on-term"
        )
    ),
    "gevent": Kind(lambda port: python(GEVENT, str(port)), keeps_target=False),
    "hypercorn": Kind(
        lambda port: module("hypercorn", "--bind", f"127.0.0.1:{port}", "wsgi:app:app"),
        keeps_target=False,
        takes_chunks=False,
        reports_cut=False,
    ),
}

TARGETS = [
    "/",
    "/answer",
    "/a//b",
    "/a%2Fb%2fc",
    "/a;x=1/b;y",
    "/a+b",
    "/a%20b%00c",
    "/caf%e9/caf%E9",
    "/a?",
    "/?a&b=",
    "/?q=%2B+%zz%&x=1;y=2&&",
    "/a/../b/./c",
    "/:@!$&'()*,=~-_.",
]

#: Those that are the same after they were decoded and encoded.
PLAIN_TARGETS = ["/", "/answer", "/a//b", "/a;x=1/b;y", "/a+b", "/?a&b=", "/a/../b/./c"]

PLIVO = {"scheme": "plivo", "auth_token": TOKEN, "public_url": PUBLIC_URL}
WEBHOOKS = {
    "main": PLIVO,
    "own": {"scheme": "plivo", "auth_token": TOKEN},
    "secure": {"scheme": "plivo", "auth_token": TOKEN, "require_https": True},
    "small": {**PLIVO, "max_body_bytes": 100},
    "broken": {**PLIVO, "auth_token": ""},
    "peer": {**PLIVO, "allowed_ips": ["127.0.0.1"]},
    "elsewhere": {**PLIVO, "allowed_ips": ["192.0.2.1"]},
    "events": {
        "scheme": "azure-event-grid",
        "url_token": TOKEN,
        "subscription_names": ["calls"],
        "public_url": PUBLIC_URL,
    },
    "tokens": {
        "scheme": "bearer-jwt",
        "hmac_secret": "a secret of 32 bytes, or of more than that",
        "issuer": "https://auth.example.com",
        "audience": "hooks",
        "now": NOW,
    },
}


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, kind, folder):
        self.kind = kind
        self.port = free_port()
        webhooks = folder / "webhooks.json"
        webhooks.write_text(json.dumps(WEBHOOKS), "utf-8")
        environment = {**os.environ, "PORT": str(self.port), "HOOKSEAL_WEBHOOKS": str(webhooks)}
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            kind.command(self.port),
            cwd=RECEIVER,
            env=environment,
            stdout=self.log,
            stderr=self.log,
        )
        self.wait()

    def wait(self):
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                if (
                    self.send(b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")[0]
                    == 200
                ):
                    return
            except OSError:
                time.sleep(0.1)
        raise AssertionError(Path(self.log.name).read_text("utf-8", "replace"))

    def stop(self):
        self.process.terminate()
        self.process.wait(timeout=30)
        self.log.close()

    def send(self, message: bytes, *, half_close=False):
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connection:
            connection.sendall(message)
            if half_close:
                connection.shutdown(socket.SHUT_WR)
            # Not until the end of the connection: werkzeug's server leaves it open
            # while there may be more of a body that it has refused.
            with connection.makefile("rb") as answer:
                status = int(answer.readline().split()[1])
                headers = {}
                while line := answer.readline().decode("latin-1").strip():
                    name, _, value = line.partition(": ")
                    headers[name.lower()] = value
                return status, headers, answer.read(int(headers.get("content-length", 0)))

    def deliver(self, request: Signed, entry="main", framing=None, body=None, **more):
        headers = {"Host": "inner", "Connection": "close", "Hookseal-Webhook": entry}
        headers.update(request.headers)
        headers.update(framing or {"Content-Length": str(len(request.body))})
        lines = [f"{request.method} {request.url} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        return self.send(head + (request.body if body is None else body), **more)


@pytest.fixture(scope="module", params=KINDS.values(), ids=KINDS)
def server(request, tmp_path_factory):
    running = Server(request.param, tmp_path_factory.mktemp("server"))
    yield running
    running.stop()


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_odd_targets_reach_the_core_as_sent(server, verifier, method, target):
    body = b"a=1" if method == "POST" else b""
    request = sign(verifier, Signed(method=method, url=target, body=body))
    status, headers, answer = server.deliver(request)
    if server.kind.keeps_target or target in PLAIN_TARGETS or status == 200:
        assert status == 200, headers
        assert json.loads(answer)["scheme"] == "plivo"
    else:
        # Rebuilt from the decoded path: another URL than the one that was signed.
        assert (status, headers["hookseal-code"]) == (401, "signature_mismatch")
    other = sign(verifier, Signed(method=method, url=target + "/x", body=body))
    assert server.deliver(request.but(headers=other.headers))[0] == 401


def test_a_leading_double_slash(server, verifier):
    request = sign(verifier, Signed(url="//answer//x"))
    status, _, _ = server.deliver(request)
    # http.server, below werkzeug's, has made one slash of the two.
    assert status == (200 if server.kind.keeps_slashes else 401)


def test_a_rejection_over_http(server, signed):
    forged = signed.but(body=signed.body.replace(b"From", b"Frox"))
    status, headers, body = server.deliver(forged)
    assert (status, body) == (401, REJECTION)
    assert headers["content-type"] == "application/json"
    assert headers["hookseal-code"] == "signature_mismatch"


def test_a_chunked_body(server, signed):
    framing = {"Transfer-Encoding": "chunked"}
    half = len(signed.body) // 2
    chunks = [signed.body[:half], signed.body[half:], b""]
    body = b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    status, headers, _ = server.deliver(signed, framing=framing, body=body)
    if not server.kind.takes_chunks:
        assert (status, headers["hookseal-code"]) == (500, "body_already_parsed")
        return
    assert status == 200
    large = b"%x\r\n%s\r\n0\r\n\r\n" % (101, b"a" * 101)
    status, headers, _ = server.deliver(signed, "small", framing=framing, body=large)
    assert (status, headers["hookseal-code"]) == (413, "body_too_large")


def test_a_body_over_the_limit(server, signed):
    for size in (101, 100_000):
        status, headers, body = server.deliver(signed.but(body=b"a" * size), "small")
        assert (status, headers["hookseal-code"]) == (413, "body_too_large")
        assert body == REJECTION


def test_a_content_length_that_lies(server, signed):
    framing = {"Content-Length": str(len(signed.body) - 1)}
    assert server.deliver(signed, framing=framing)[0] in (400, 401)
    # The others wait for the rest of the body until they give up.
    if server.kind.reports_cut:
        framing = {"Content-Length": str(len(signed.body) + 10)}
        status, headers, body = server.deliver(signed, framing=framing, half_close=True)
        assert (status, body) == (401, REJECTION)
        assert headers["hookseal-code"] == "body_mismatch"


def test_no_content_length_is_an_empty_body(server, verifier):
    request = sign(verifier, Signed(body=b""))
    assert server.deliver(request, framing={"X-Framing": "none"})[0] == 200


def test_an_absolute_target(server, verifier):
    request = sign(verifier, Signed(url="/answer?x=1", body=b"a=1"))
    assert server.deliver(request.but(url="http://inner/answer?x=1"))[0] == 200


def test_the_peer_is_the_socket(server, signed):
    assert server.deliver(signed, "peer")[0] == 200
    spoofed = signed.but(headers={**signed.headers, "X-Forwarded-For": "192.0.2.1"})
    assert server.deliver(spoofed, "elsewhere")[1]["hookseal-code"] == "ip_not_allowed"


def test_entries(server, signed):
    status, headers, _ = server.deliver(signed, "broken")
    assert (status, headers["hookseal-code"]) == (500, "configuration")
    assert server.deliver(signed, "nobody")[0] == 404
    for method in ("PUT", "DELETE", "PATCH", "OPTIONS"):
        status, headers, body = server.deliver(signed.but(method=method))
        assert (status, headers["hookseal-code"]) == (405, "method_not_allowed")
        assert body == REJECTION


def test_a_handshake_gets_its_reply_and_nothing_else(server):
    permission = Signed(
        method="OPTIONS",
        url=f"/azure/events?token={TOKEN}",
        headers={"WebHook-Request-Origin": "eventgrid.azure.net", "WebHook-Request-Rate": "1"},
        body=b"",
    )
    status, headers, body = server.deliver(permission, "events")
    assert (status, body) == (200, b"")
    assert headers["content-length"] == "0"
    assert headers["webhook-allowed-origin"] == "eventgrid.azure.net"
    for absent in ("hookseal-code", "content-type", "transfer-encoding"):
        assert absent not in headers
    refused = permission.but(headers={"WebHook-Request-Origin": "evil.example"})
    status, headers, body = server.deliver(refused, "events")
    assert (status, headers["hookseal-code"], body) == (405, "token_mismatch", REJECTION)


def test_a_token_over_http(server):
    entry = WEBHOOKS["tokens"]
    claims = {"iss": entry["issuer"], "aud": "hooks", "exp": NOW + 60, "roles": ["a"]}
    token = jwt.encode(claims, entry["hmac_secret"], "HS256")
    request = Signed(headers={"Authorization": f"bearer {token}"})
    status, _, body = server.deliver(request, "tokens")
    shown = json.loads(body)
    assert (status, shown["claims"], shown["replay_key"]) == (200, claims, None)
    status, headers, body = server.deliver(request.but(headers={}), "tokens")
    assert (status, headers["www-authenticate"], body) == (401, "Bearer", REJECTION)


def test_a_binary_body_over_http(server, verifier):
    body = bytes(range(256)) * 300
    status, headers, _ = server.deliver(
        Signed(
            body=body, headers={"Content-Type": FORM, "X-Plivo-Signature-V3": "A" * 43 + "="}
        )
    )
    assert (status, headers["hookseal-code"]) == (401, "missing_header")


# Requests whose parts contradict each other, each with a genuine signature.


def send_as(server, signed_url, target, hosts=("inner",), headers=(), entry="own"):
    """Sends what was signed for one URL to another."""
    verifier = hookseal.Verifier("plivo", auth_token=TOKEN)
    signed = sign(verifier, Signed(url=signed_url))
    lines = [f"POST {target} HTTP/1.1", *(f"Host: {host}" for host in hosts)]
    lines += [f"{name}: {value}" for name, value in signed.headers.items()]
    lines += [f"Hookseal-Webhook: {entry}", "Connection: close", *headers]
    lines += [f"Content-Length: {len(signed.body)}"]
    head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
    return server.send(head + signed.body)[0]


ORIGINS = [("own", "http://inner"), ("main", PUBLIC_URL)]


@pytest.mark.parametrize(("entry", "origin"), ORIGINS)
@pytest.mark.parametrize(
    "hosts",
    [
        ("inner/calls/1#",),
        ("x/calls/1#",),
        ("inner/calls/1?",),
        ("u@inner/calls/1#",),
        ("inner/calls/1#", "inner"),
        ("inner", "inner/calls/1#"),
    ],
)
def test_a_host_moves_no_signature(server, hosts, entry, origin):
    for signed in (f"{origin}/calls/1", "http://x/calls/1", "http://u@inner/calls/1"):
        assert send_as(server, signed, "/answer", hosts, entry=entry) != 200
    assert send_as(server, f"{origin}/answer", "/answer", entry=entry) == 200


@pytest.mark.parametrize(("entry", "origin"), ORIGINS)
@pytest.mark.parametrize(
    "host", ["a b", "u@inner", "inner, inner", "inner#", "inner?", "inner/"]
)
def test_a_host_that_is_none(server, host, entry, origin):
    assert send_as(server, f"{origin}/answer", "/answer", (host,), entry=entry) in (400, 401)


@pytest.mark.parametrize(("entry", "origin"), ORIGINS)
@pytest.mark.parametrize(
    ("path", "target"),
    [
        ("/calls/1", "/calls/1#/../2"),
        ("/calls/1", "/calls/1#?admin=1"),
        ("/calls/1", "/calls/1#"),
        ("/answer?user=7", "/answer?user=7#&admin=true"),
        ("/answer?user=7&admin=true", "/answer?user=7#&admin=true"),
    ],
)
def test_a_fragment_is_refused(server, path, target, entry, origin):
    assert send_as(server, origin + path, target, entry=entry) in (400, 401)
    # With the fragment as part of what was signed, by a signer that is no core of ours.
    assert send_as(server, origin + path, origin + target, entry=entry) in (400, 401)


@pytest.mark.parametrize(("entry", "origin"), ORIGINS)
def test_an_absolute_form_is_that_of_the_request(server, entry, origin):
    url = f"{origin}/answer?x=1"
    assert send_as(server, url, "http://inner/answer?x=1", entry=entry) == 200
    assert send_as(server, url, "https://inner/answer?x=1", entry=entry) == 400
    other = "http://other/answer?x=1"
    if not server.kind.believes_absolute:
        assert send_as(server, url, other, entry=entry) == 400
        assert send_as(server, other, other, entry=entry) in (400, 401)
    assert send_as(server, other, other, entry="main") in (400, 401)


def test_https_is_required_of_the_connection(server):
    url = "https://inner/answer"
    for said in ("X-Forwarded-Proto: https", "X-Forwarded-Ssl: on", "Forwarded: proto=https"):
        assert send_as(server, url, "/answer", headers=[said], entry="secure") == 403
    assert send_as(server, url, "/answer", entry="secure") == 403
    assert send_as(server, url, url, entry="secure") == 403
    assert send_as(server, "http://inner/answer", url, entry="secure") == 403


@pytest.mark.parametrize(("entry", "origin"), ORIGINS)
@pytest.mark.parametrize(
    "name",
    [
        "X-Forwarded-Prefix",
        "X-Script-Name",
        "Script-Name",
        "SCRIPT_NAME",
        "X-Original-URL",
        "X-Rewrite-URL",
        "X-Forwarded-Path",
    ],
)
def test_a_header_moves_no_signature(server, name, entry, origin):
    for value in ("/v1/other", "/v1/other/form"):
        headers = [f"{name}: {value}"]
        signed = f"{origin}/v1/other/form"
        assert send_as(server, signed, "/form", headers=headers, entry=entry) != 200


# Behind nginx, which speaks the uwsgi protocol.

NGINX = """
daemon off;
pid {folder}/pid;
error_log {folder}/errors;
events {{}}
http {{
    access_log off;
    client_body_temp_path {folder}/bodies;
    uwsgi_temp_path {folder}/answers;
    proxy_temp_path {folder}/proxied;
    fastcgi_temp_path {folder}/fastcgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port};
        location / {{
            uwsgi_pass 127.0.0.1:{inner};
            uwsgi_param QUERY_STRING $query_string;
            uwsgi_param REQUEST_METHOD $request_method;
            uwsgi_param CONTENT_TYPE $content_type;
            uwsgi_param CONTENT_LENGTH $content_length;
            uwsgi_param REQUEST_URI $request_uri;
            uwsgi_param PATH_INFO $document_uri;
            uwsgi_param SERVER_PROTOCOL $server_protocol;
            uwsgi_param REQUEST_SCHEME $scheme;
            uwsgi_param HTTPS $https if_not_empty;
            uwsgi_param REMOTE_ADDR $remote_addr;
            uwsgi_param SERVER_PORT $server_port;
            uwsgi_param SERVER_NAME $server_name;
        }}
    }}
}}
"""


@pytest.fixture(scope="module")
def nginx(tmp_path_factory):
    if shutil.which("nginx") is None:
        pytest.skip("nginx is not installed: deliveries by the uwsgi protocol are NOT tested")
    folder = tmp_path_factory.mktemp("nginx")
    started = []

    def command(port):
        inner = free_port()
        socket_of_uwsgi = ["--socket", f"127.0.0.1:{inner}", "--module", "app:app"]
        program = python(UWSGI, *socket_of_uwsgi, "--die-on-term")
        webhooks = {**os.environ, "HOOKSEAL_WEBHOOKS": str(folder / "webhooks.json")}
        with (folder / "uwsgi").open("wb") as log:
            behind = subprocess.Popen(
                program, cwd=RECEIVER, env=webhooks, stdout=log, stderr=log
            )
        started.append(behind)
        configuration = folder / "nginx.conf"
        text = NGINX.format(folder=folder, port=port, inner=inner)
        configuration.write_text(text, "utf-8")
        return [
            "nginx",
            "-p",
            str(folder),
            "-e",
            str(folder / "errors"),
            "-c",
            str(configuration),
        ]

    running = Server(Kind(command), folder)
    yield running
    running.stop()
    for behind in started:
        behind.terminate()
        behind.wait(timeout=30)


def test_a_chunked_body_by_the_uwsgi_protocol(nginx, signed):
    framing = {"Transfer-Encoding": "chunked"}
    body = b"5\r\n%s\r\n%x\r\n%s\r\n0\r\n\r\n" % (
        signed.body[:5],
        len(signed.body) - 5,
        signed.body[5:],
    )
    assert nginx.deliver(signed, framing=framing, body=body)[0] == 200
    forged = body.replace(b"From", b"Frox")
    assert nginx.deliver(signed, framing=framing, body=forged)[0] == 401
    large = b"65\r\n%s\r\n0\r\n\r\n" % (b"a" * 101)
    status, headers, _ = nginx.deliver(signed, "small", framing=framing, body=large)
    assert (status, headers["hookseal-code"]) == (413, "body_too_large")
    assert nginx.deliver(signed)[0] == 200


def test_nginx_tells_the_scheme_by_the_uwsgi_protocol(nginx):
    url = "https://inner/answer"
    for said in ("X-Forwarded-Proto: https", "X-Forwarded-Ssl: on"):
        assert send_as(nginx, url, "/answer", headers=[said], entry="secure") == 403
    assert send_as(nginx, "http://inner/answer", "/answer") == 200
    for target in ("/calls/1#/../2", "/calls/1#?admin=1"):
        assert send_as(nginx, "http://inner/calls/1", target) in (400, 401)
