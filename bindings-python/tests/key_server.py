"""An identity server over loopback HTTP that does whatever a test says."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

Answer = Callable[[BaseHTTPRequestHandler], None]


class KeyServer:
    """``answers`` says by path what is done; ``requests`` counts what came."""

    def __init__(self) -> None:
        self.answers: dict[str, Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        self.ended = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.requests.append((self.path, dict(self.headers)))
                # The client may go away: that is what some tests want.
                with contextlib.suppress(OSError):
                    server.answers[self.path](self)

            def log_message(self, *_: Any) -> None:
                pass

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.02,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._http.server_port}"

    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def stop(self) -> None:
        self.ended.set()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def stall(self, handler: BaseHTTPRequestHandler) -> None:
        """Takes the request and never answers."""
        self.ended.wait()

    def drip(self, handler: BaseHTTPRequestHandler) -> None:
        """Answers for as long as it lives, a byte at a time."""
        handler.send_response(200)
        handler.end_headers()
        while not self.ended.wait(0.05):
            handler.wfile.write(b" ")


def document(content: Any, status: int = 200, **headers: str) -> Answer:
    """Answers with bytes, or with JSON."""
    body = content if isinstance(content, bytes) else json.dumps(content).encode()

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


class Key:
    """An RSA key of the identity server, which signs tokens with PyJWT."""

    def __init__(self, kid: str) -> None:
        self.kid = kid
        self._private = rsa.generate_private_key(public_exponent=65537, key_size=2048)

    def jwk(self) -> dict[str, str]:
        public = jwt.algorithms.RSAAlgorithm.to_jwk(self._private.public_key(), as_dict=True)
        return {**public, "kid": self.kid, "use": "sig", "alg": "RS256"}

    def token(self, **claims: Any) -> str:
        return jwt.encode(claims, self._private, "RS256", headers={"kid": self.kid})


def key_set(*keys: Key) -> dict[str, Any]:
    return {"keys": [key.jwk() for key in keys]}
