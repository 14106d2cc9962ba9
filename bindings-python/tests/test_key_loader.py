"""How keys are fetched: in time, bounded, once for all who ask.

When they are due is the core's decision, so here a small stand-in decides.
"""

from __future__ import annotations

import logging
import threading
import time
import tracemalloc

import pytest

import hookseal
from hookseal._keys import KeyLoader
from key_server import KeyServer, document

TIMEOUT_MS = 400
MAX_BYTES = 256 * 1024


class Wanting:
    """Wants keys once; takes a document that says it is one."""

    def __init__(self, url):
        self.due = [url]
        self.taken = []

    def _key_request(self):
        return self.due.pop() if self.due else None

    def _supply_keys(self, content):
        if content.startswith(b"directory "):
            return content.removeprefix(b"directory ").decode()
        if not content.startswith(b"keys"):
            raise hookseal.VerificationError("key_unavailable", "no key set")
        self.taken.append(content)
        return None


@pytest.fixture
def server():
    running = KeyServer()
    yield running
    running.stop()


def loader(fetch=None):
    return KeyLoader(TIMEOUT_MS, MAX_BYTES, fetch)


def seconds(call):
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_a_document_is_fetched(server, caplog):
    server.answers["/keys"] = document(b"keys")
    wanting = Wanting(f"{server.url}/keys")
    assert loader().load(wanting) is None
    assert wanting.taken == [b"keys"]
    ((_, headers),) = server.requests
    assert headers["Accept"] == "application/json, */*;q=0.1"
    assert headers["User-Agent"] == f"hookseal/{hookseal.__version__}"
    assert caplog.records == []


def test_a_directory_leads_to_the_keys(server):
    server.answers["/directory"] = document(f"directory {server.url}/keys".encode())
    server.answers["/keys"] = document(b"keys")
    wanting = Wanting(f"{server.url}/directory")
    assert loader().load(wanting) is None
    assert server.paths() == ["/directory", "/keys"]
    assert wanting.taken == [b"keys"]


def test_nothing_is_fetched_when_nothing_is_due(server):
    wanting = Wanting(f"{server.url}/keys")
    wanting.due.clear()
    assert loader().load(wanting) is None
    assert server.requests == []


@pytest.mark.parametrize(
    ("answer", "named"),
    [
        (document(b"keys", status=500), "HTTP status 500"),
        (document(b"keys", status=404), "HTTP status 404"),
        (document(b"", status=204), "HTTP status 204"),
        (document(b"keys", status=302, Location="/other"), "HTTP status 302"),
        (document(b"keys", status=307, Location="/other"), "HTTP status 307"),
        (document(b"garbage \xff\x00"), "no key set"),
        (document(b""), "no key set"),
        (lambda handler: handler.wfile.write(b"no HTTP at all\r\n\r\n"), "BadStatusLine"),
        (lambda handler: None, "RemoteDisconnected"),
        (document(b"keys" + bytes(MAX_BYTES)), f"larger than {MAX_BYTES} bytes"),
    ],
)
def test_what_is_no_key_set_is_a_reason(server, answer, named, caplog):
    server.answers = {"/keys": answer, "/other": document(b"keys")}
    url = f"{server.url}/keys"
    wanting = Wanting(url)
    with caplog.at_level(logging.WARNING, "hookseal"):
        failure = loader().load(wanting)
    assert failure.startswith(f"no keys from {url}: ")
    assert named in failure
    assert caplog.messages == [failure]
    assert server.paths() == ["/keys"]
    assert wanting.taken == []


def test_a_server_that_is_not_there(server):
    server.stop()
    assert "refused" in loader().load(Wanting(f"{server.url}/keys"))


@pytest.mark.parametrize("how", ["stall", "drip"])
def test_a_server_that_does_not_end(server, how):
    server.answers["/keys"] = getattr(server, how)
    failures = []
    wanting = Wanting(f"{server.url}/keys")
    loading = loader()
    took = seconds(lambda: failures.append(loading.load(wanting)))
    assert took < TIMEOUT_MS / 1000 + 2
    assert "Timeout" in failures[0] or "no answer in time" in failures[0]
    # And the next attempt is not held up by the one that hangs.
    server.answers["/good"] = document(b"keys")
    wanting.due.append(f"{server.url}/good")
    assert loading.load(wanting) is None
    assert wanting.taken == [b"keys"]


def test_a_client_that_hangs():
    """Such as a look-up of the host's name, which has no time-out of its own."""
    released = threading.Event()

    def fetch(url, timeout, max_bytes):
        released.wait()
        return b"keys, too late"

    wanting = Wanting("https://h/keys")
    loading = loader(fetch)
    took = seconds(lambda: loading.load(wanting))
    assert TIMEOUT_MS / 1000 <= took < TIMEOUT_MS / 1000 + 2
    released.set()
    time.sleep(0.05)
    assert wanting.taken == []


def test_no_address_is_handed_out_while_a_document_is_taken():
    """Of a certificate: the core files what comes under the address handed out last."""
    is_taking = threading.Event()

    class Slow(Wanting):
        def _key_request(self):
            self.taken.append("address")
            return super()._key_request()

        def _supply_keys(self, content):
            is_taking.set()
            time.sleep(TIMEOUT_MS / 1000 + 0.2)
            self.taken.append("document")

    wanting = Slow("https://h/keys")
    loading = loader(lambda url, timeout, max_bytes: b"keys")
    first = threading.Thread(target=loading.load, args=(wanting,))
    first.start()
    assert is_taking.wait(5)
    time.sleep(TIMEOUT_MS / 1000 + 0.05)
    loading.load(wanting)
    first.join()
    assert wanting.taken == ["address", "document", "address"]


def test_50_mib_are_not_read(server):
    sent = []

    def flood(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(50):
            sent.append(handler.wfile.write(bytes(1024 * 1024)))

    server.answers["/keys"] = flood
    tracemalloc.start()
    failure = loader().load(Wanting(f"{server.url}/keys"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than" in failure
    assert peak < 4 * 1024 * 1024
    assert len(sent) < 25


def test_a_herd_makes_one_request(server):
    arrived = threading.Barrier(20)

    def slow(handler):
        time.sleep(0.1)
        document(b"keys")(handler)

    server.answers["/keys"] = slow
    wanting = Wanting(f"{server.url}/keys")
    loading = loader()
    outcomes = []

    def ask():
        arrived.wait()
        outcomes.append((loading.load(wanting), len(wanting.taken)))

    threads = [threading.Thread(target=ask) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    # All of them went on only when the keys were there.
    assert outcomes == [(None, 1)] * 20
    assert server.paths() == ["/keys"]


def test_a_client_of_ones_own():
    calls = []

    def fetch(url, timeout, max_bytes):
        calls.append((url, max_bytes))
        assert 0 < timeout <= TIMEOUT_MS / 1000
        return b"keys"

    assert loader(fetch).load(Wanting("https://h/keys")) is None
    assert calls == [("https://h/keys", MAX_BYTES)]


def test_a_client_of_ones_own_that_fails():
    def fetch(url, timeout, max_bytes):
        raise RuntimeError("my own")

    assert "RuntimeError: my own" in loader(fetch).load(Wanting("https://h/keys"))


def test_a_proxy_of_the_environment(server, monkeypatch):
    monkeypatch.setenv("http_proxy", server.url)
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    server.answers["http://keys.example.com/keys"] = document(b"keys")
    assert loader().load(Wanting("http://keys.example.com/keys")) is None


def test_no_thread_left(monkeypatch):
    def start(self):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", start)
    assert "can't start new thread" in loader().load(Wanting("https://h/keys"))


def test_a_query_is_not_logged(caplog):
    def fetch(url, timeout, max_bytes):
        raise OSError("gone")

    with caplog.at_level(logging.WARNING, "hookseal"):
        failure = loader(fetch).load(Wanting("https://h/keys?api-key=0123"))
    assert failure == "no keys from https://h/keys: OSError: gone"
    assert caplog.messages == [failure]
