"""The Flask integration behind real servers, over raw sockets.

Only a server shows what becomes of an odd request target, and HTTP client
libraries would normalise it on the way.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import jwt
import pytest

from conftest import FORM, NOW, PUBLIC_URL, TOKEN, Signed, sign

REJECTION = b'{"error":"webhook_rejected"}'
RECEIVER = Path(__file__).parents[2] / "tests/receivers/flask"
GUNICORN = [sys.executable, "-m", "gunicorn", "app:app"]
WERKZEUG = [
    sys.executable,
    "-c",
    "import os, app; app.app.run('127.0.0.1', int(os.environ['PORT']), threaded=True)",
]

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

PLIVO = {"scheme": "plivo", "auth_token": TOKEN, "public_url": PUBLIC_URL}
WEBHOOKS = {
    "main": PLIVO,
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


class Server:
    def __init__(self, command, folder):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        webhooks = folder / "webhooks.json"
        webhooks.write_text(json.dumps(WEBHOOKS), "utf-8")
        environment = {**os.environ, "PORT": str(self.port), "HOOKSEAL_WEBHOOKS": str(webhooks)}
        self.log = (folder / "log").open("wb")
        self.process = subprocess.Popen(
            command, cwd=RECEIVER, env=environment, stdout=self.log, stderr=self.log
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


@pytest.fixture(scope="module", params=[GUNICORN, WERKZEUG], ids=["gunicorn", "werkzeug"])
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
    assert status == 200, headers
    assert json.loads(answer)["scheme"] == "plivo"
    other = sign(verifier, Signed(method=method, url=target + "/x", body=body))
    assert server.deliver(request.but(headers=other.headers))[0] == 401


def test_a_leading_double_slash(server, verifier):
    request = sign(verifier, Signed(url="//answer//x"))
    status, _, _ = server.deliver(request)
    # http.server, below werkzeug's, has made one slash of the two.
    assert status == (401 if server.process.args == WERKZEUG else 200)


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
    assert server.deliver(signed, framing=framing, body=body)[0] == 200
    large = b"%x\r\n%s\r\n0\r\n\r\n" % (101, b"a" * 101)
    status, headers, _ = server.deliver(signed, "small", framing=framing, body=large)
    assert (status, headers["hookseal-code"]) == (413, "body_too_large")


def test_a_body_over_the_limit(server, signed):
    for size in (101, 100_000):
        status, headers, body = server.deliver(signed.but(body=b"a" * size), "small")
        assert (status, headers["hookseal-code"]) == (413, "body_too_large")
        assert body == REJECTION


def test_a_content_length_that_lies(server, signed):
    framing = {"Content-Length": str(len(signed.body) + 10)}
    status, headers, body = server.deliver(signed, framing=framing, half_close=True)
    assert (status, body) == (401, REJECTION)
    assert headers["hookseal-code"] == "body_mismatch"
    framing = {"Content-Length": str(len(signed.body) - 1)}
    assert server.deliver(signed, framing=framing)[0] == 401


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
