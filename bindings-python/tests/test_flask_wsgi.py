"""What of a WSGI environment counts: the server's own facts, and no header."""

from __future__ import annotations

import logging
import ssl
import tempfile

import flask
import pytest
from werkzeug.middleware.dispatcher import DispatcherMiddleware
from werkzeug.middleware.proxy_fix import ProxyFix

import hookseal
from conftest import PUBLIC_URL, TOKEN, Signed, sign
from hookseal.flask import Webhook

INNER = "http://inner.example"
BY_HEADER = {"RAW_URI": "", "REQUEST_URI": ""}  # of servers without a raw target


class Served:
    """An application with one webhook for every path."""

    def __init__(self, name=None, before=None, **options):
        self.codes = []
        self.app = flask.Flask("tests")
        hook = Webhook(
            "plivo",
            auth_token=TOKEN,
            name=name,
            on_rejected=lambda error, *_: self.codes.append(error.code),
            **options,
        )
        if before:
            self.app.before_request(lambda: (before(), None)[1])
        view = hook(lambda event, path=None: "ran")
        for rule in ("/", "/<path:path>"):
            self.app.add_url_rule(rule, rule, view, methods=["GET", "POST"])

    def code(self, request, environ=None, headers=None, **more):
        """``verified``, or the code of the refusal."""
        self.codes.clear()
        answered = self.app.test_client().open(
            request.url,
            base_url=INNER,
            method=request.method,
            headers={**request.headers, **(headers or {})},
            data=request.body,
            environ_overrides=environ,
            **more,
        )
        if answered.status_code == 200:
            return "verified"
        return "".join(self.codes) or answered.status_code


def genuine(url, **more):
    """A delivery to that URL, of which the target is sent."""
    verifier = hookseal.Verifier("plivo", auth_token=TOKEN)
    request = sign(verifier, Signed(url=url, **more))
    return request.but(url="/" + url.split("/", 3)[3])


@pytest.mark.parametrize(
    "host",
    [
        "x/calls/1#",
        "x/hook?",
        "inner.example/calls/1#",
        "a b",
        "u@inner.example",
        "inner.example,inner.example",
        "inner.example, x",
        "inner.example#",
        "inner.example\\",
        "é",
        "inner.example:80:80",
        "inner.example:8o",
    ],
)
def test_a_host_is_no_part_of_the_target(host):
    stolen = genuine(f"{INNER}/calls/1").but(url="/answer")
    for options in ({}, {"public_url": INNER}, {"public_url": PUBLIC_URL}):
        served = Served(**options)
        assert served.code(stolen, {"HTTP_HOST": host}) == "malformed_url"
    owner = genuine(f"{INNER}/answer")
    assert Served(public_url=INNER).code(owner, {"HTTP_HOST": host}) == "malformed_url"
    assert Served().code(owner) == "verified"


def test_a_request_without_a_host():
    request = genuine(f"{INNER}/answer")
    for host in ("", None):
        assert Served(public_url=INNER).code(request, {"HTTP_HOST": host}) == "verified"
        assert Served().code(request, {"HTTP_HOST": host}) == "malformed_url"


@pytest.mark.parametrize(
    "target", ["/calls/1#/../2", "/calls/1#?admin=1", "/calls/1?a=1#&admin=true", "/calls/1#"]
)
@pytest.mark.parametrize("raw", ["RAW_URI", "REQUEST_URI"])
def test_a_fragment(target, raw):
    for url in (INNER + "/calls/1", INNER + "/calls/1?a=1"):
        environ = {**BY_HEADER, raw: target}
        assert Served().code(genuine(url), environ) == "malformed_url"
        assert Served(public_url=INNER).code(genuine(url), environ) == "malformed_url"


def test_a_fragment_where_the_target_is_rebuilt():
    query = {**BY_HEADER, "PATH_INFO": "/calls/1", "QUERY_STRING": "a=1#&admin=true"}
    assert Served().code(genuine(f"{INNER}/calls/1?a=1"), query) == "malformed_url"
    path = {**BY_HEADER, "PATH_INFO": "/calls/1#/../2"}
    assert Served().code(genuine(f"{INNER}/calls/1"), path) == "signature_mismatch"
    # The same bytes, where they were sent as an escape.
    assert Served().code(genuine(f"{INNER}/calls/1%23/../2"), path) == "verified"


@pytest.mark.parametrize("raw", ["RAW_URI", "REQUEST_URI"])
def test_an_absolute_form(raw):
    request = genuine(f"{INNER}/answer?x=1")
    environ = {**BY_HEADER, raw: f"{INNER}/answer?x=1"}
    for options in ({}, {"public_url": INNER}):
        assert Served(**options).code(request, environ) == "verified"
        for other in (
            "http://other.example",
            "https://inner.example",
            "http://inner.example:81",
        ):
            environ[raw] = f"{other}/answer?x=1"
            assert Served(**options).code(request, environ) == "malformed_url"
        environ[raw] = f"{INNER}/answer?x=1"


def test_the_scheme_is_the_connections():
    request = genuine("https://inner.example/answer")
    served = Served(require_https=True)
    secure = {"wsgi.url_scheme": "https"}
    assert served.code(request, secure) == "verified"
    absolute = {**BY_HEADER, "RAW_URI": "https://inner.example/answer"}
    assert served.code(request, absolute) in ("insecure_transport", "malformed_url")
    for named in ("X-Forwarded-Proto", "X-Forwarded-Ssl", "X-Scheme", "Forwarded"):
        headers = {named: "proto=https" if named == "Forwarded" else "https"}
        assert served.code(request, headers=headers) == "insecure_transport"


def test_gunicorn_and_uwsgi_believe_headers_that_nobody_trusts():
    request = genuine("https://inner.example/answer")
    served = Served(require_https=True)
    believed = {"wsgi.url_scheme": "https", "HTTP_X_FORWARDED_PROTO": "https"}
    plain = {**believed, "gunicorn.socket": object()}
    assert served.code(request, plain) == "insecure_transport"
    tls = {**believed, "gunicorn.socket": ssl.SSLSocket.__new__(ssl.SSLSocket)}
    assert served.code(request, tls) == "verified"
    uwsgi = {**believed, "uwsgi.version": b"2.0"}
    assert served.code(request, uwsgi) == "insecure_transport"
    for said in ({"HTTPS": "off"}, {"REQUEST_SCHEME": "http"}, {"UWSGI_SCHEME": "http"}):
        assert served.code(request, {**uwsgi, **said}) == "insecure_transport"
    for said in ({"HTTPS": "on"}, {"REQUEST_SCHEME": "https"}, {"UWSGI_SCHEME": "https"}):
        assert served.code(request, {**uwsgi, **said}) == "verified"
    trusting = Served(
        require_https=True, trusted_proxies=["127.0.0.1"], allowed_hosts=["inner.example"]
    )
    assert trusting.code(request, plain) == "verified"
    assert trusting.code(request, uwsgi) == "verified"


# Middleware that believes headers.


def proxied(served, **counts):
    served.app.wsgi_app = ProxyFix(served.app.wsgi_app, **counts)
    return served


def script_name_of_header(app):
    """A snippet that is often copied into Flask applications."""

    def middleware(environ, start_response):
        prefix = environ.get("HTTP_X_SCRIPT_NAME", "")
        if prefix:
            environ["SCRIPT_NAME"] = prefix
            if environ["PATH_INFO"].startswith(prefix):
                environ["PATH_INFO"] = environ["PATH_INFO"][len(prefix) :]
        return app(environ, start_response)

    return middleware


@pytest.mark.parametrize("environ", [{}, BY_HEADER], ids=["raw target", "no raw target"])
def test_a_prefix_that_a_header_says(environ):
    stolen = genuine(f"{INNER}/v1/other/form").but(url="/form")
    owner = genuine(f"{INNER}/form")
    for options in ({}, {"public_url": INNER}):
        served = proxied(Served(**options), x_prefix=1)
        prefix = {"X-Forwarded-Prefix": "/v1/other"}
        assert served.code(stolen, environ, prefix) == "signature_mismatch"
        assert served.code(owner, environ, prefix) == "verified"
        served = Served(**options)
        served.app.wsgi_app = script_name_of_header(served.app.wsgi_app)
        for prefix in ("/v1/other", "/v1/other/", "v1/other"):
            code = served.code(stolen, environ, {"X-Script-Name": prefix})
            assert code in ("signature_mismatch", "malformed_url", 404)
        assert served.code(owner, environ) == "verified"


def test_a_prefix_that_a_proxy_removes():
    request = genuine("https://api.example.com/hooks/form").but(url="/form")
    served = proxied(Served(public_url="https://api.example.com/hooks"), x_prefix=1, x_host=1)
    headers = {"X-Forwarded-Prefix": "/hooks", "X-Forwarded-Host": "api.example.com"}
    for environ in ({}, BY_HEADER):
        assert served.code(request, environ, headers) == "verified"


@pytest.mark.parametrize("environ", [{}, BY_HEADER], ids=["raw target", "no raw target"])
@pytest.mark.parametrize("behind_proxy_fix", [False, True])
def test_a_mounted_application(environ, behind_proxy_fix):
    served = Served()
    outer = DispatcherMiddleware(flask.Flask("outer"), {"/hooks": served.app.wsgi_app})
    served.app.wsgi_app = ProxyFix(outer) if behind_proxy_fix else outer
    assert served.code(genuine(f"{INNER}/hooks/form?a=1"), environ) == "verified"
    assert served.code(genuine(f"{INNER}/form").but(url="/hooks/form"), environ) != "verified"


def test_proxy_fix_decides_neither_address_nor_scheme_nor_host():
    everything = {"x_for": 1, "x_proto": 1, "x_host": 1, "x_port": 1, "x_prefix": 1}
    request = genuine(f"{INNER}/answer")
    elsewhere = proxied(Served(allowed_ips=["192.0.2.7"]), **everything)
    assert elsewhere.code(request, headers={"X-Forwarded-For": "192.0.2.7"}) == "ip_not_allowed"
    here = proxied(Served(allowed_ips=["127.0.0.1"]), **everything)
    assert here.code(request, headers={"X-Forwarded-For": "192.0.2.7"}) == "verified"
    secure = proxied(Served(require_https=True), **everything)
    https = {"X-Forwarded-Proto": "https"}
    assert secure.code(request, headers=https) == "insecure_transport"
    other = genuine("http://other.example/answer")
    plain = proxied(Served(), **everything)
    host = {"X-Forwarded-Host": "other.example"}
    assert plain.code(other, headers=host) == "signature_mismatch"
    assert plain.code(request, headers=host) == "verified"
    # Who is trusted says so by the option, whether ProxyFix is there or not.
    trusting = {"trusted_proxies": ["127.0.0.1"], "allowed_hosts": ["other.example"]}
    headers = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https", **host}
    request = genuine("https://other.example/answer")
    for served in (Served(**trusting), proxied(Served(**trusting), **everything)):
        assert served.code(request, headers=headers) == "verified"


# The body comes last.


class Untouched:
    """An input stream that nobody may read."""

    def read(self, *_):
        raise AssertionError("the body was read")

    readline = readinto = read


def test_no_body_is_read_of_a_request_that_cannot_count():
    request = genuine(f"{INNER}/answer")
    unread = {"wsgi.input": Untouched(), "CONTENT_LENGTH": "5"}
    unsigned = request.but(headers={"Content-Type": request.headers["content-type"]})
    assert Served().code(unsigned, unread) == "missing_header"
    assert Served().code(request.but(method="PUT"), unread) == 405
    assert Served().code(request, {**unread, "HTTP_HOST": "a b"}) == "malformed_url"
    assert Served(allowed_ips=["192.0.2.1"]).code(request, unread) == "ip_not_allowed"
    assert Served(require_https=True).code(request, unread) == "insecure_transport"
    assert Served(max_body_bytes=4).code(request, unread) == "body_too_large"
    # The reason is told before the size.
    assert Served(max_body_bytes=4).code(unsigned, unread) == "missing_header"


class Forwards:
    """An input stream of a server: bytes, and no position."""

    def __init__(self, body):
        self.rest = body

    def read(self, size=-1):
        size = len(self.rest) if size < 0 else size
        piece, self.rest = self.rest[:size], self.rest[size:]
        return piece


CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked"}


def test_a_chunked_body_that_a_web_server_has_buffered():
    request = genuine(f"{INNER}/answer")
    empty = request.but(body=None)
    for reads in (None, lambda: flask.request.get_data(), lambda: flask.request.form):
        served = Served(before=reads)
        length = {**CHUNKED, "CONTENT_LENGTH": str(len(request.body))}
        stream = {"wsgi.input": Forwards(request.body + b"more")}
        assert served.code(empty, {**length, **stream}) == "verified"
        short = {"wsgi.input": Forwards(request.body[:5])}
        assert served.code(empty, {**length, **short}) == "body_mismatch"
    small = Served(max_body_bytes=5)
    assert small.code(empty, {**length, "wsgi.input": Untouched()}) == "body_too_large"
    with tempfile.SpooledTemporaryFile() as stored:
        stored.write(request.body)
        stored.seek(0)
        assert Served().code(empty, {**CHUNKED, "wsgi.input": stored}) == "verified"
    for length in ("", "0", "-1", "x"):
        hidden = {**CHUNKED, "wsgi.input": Untouched(), "CONTENT_LENGTH": length}
        assert Served().code(empty, hidden) == "body_already_parsed"


@pytest.mark.parametrize(
    "read",
    [
        lambda: flask.request.stream.read(),
        lambda: flask.request.get_data(cache=False),
        lambda: flask.request.form,
        lambda: flask.request.get_data(parse_form_data=True),
    ],
    ids=["stream", "no cache", "form", "get_data parsing"],
)
@pytest.mark.parametrize("limit", [None, 100_000])
def test_a_chunked_body_that_was_read_before(read, limit):
    request = genuine(f"{INNER}/answer")
    served = Served(before=read)
    served.app.config["MAX_CONTENT_LENGTH"] = limit
    stream = {"wsgi.input": Forwards(request.body), "wsgi.input_terminated": True}
    code = served.code(request.but(body=None), {**CHUNKED, **stream})
    assert code == "body_already_parsed"


def test_a_chunked_body_whose_stream_was_only_opened():
    request = genuine(f"{INNER}/answer")
    served = Served(before=lambda: flask.request.stream)
    stream = {"wsgi.input": Forwards(request.body), "wsgi.input_terminated": True}
    assert served.code(request.but(body=None), {**CHUNKED, **stream}) == "verified"


def test_an_empty_chunked_body():
    request = genuine(f"{INNER}/answer", body=b"")
    stream = {"wsgi.input": Forwards(b""), "wsgi.input_terminated": True}
    assert Served().code(request.but(body=None), {**CHUNKED, **stream}) == "verified"


# The log.


@pytest.mark.parametrize(
    ("target", "shown"),
    [
        ("/answer?token=a-token", "/answer"),
        ("/a\r\nWARNING b?c", "/a%0D%0AWARNING%20b"),
        ("/caf\xe9/\x1b[31m%0d%0a", "/caf%E9/%1B[31m%0d%0a"),
        ("/" + "a" * 10_000, "/" + "a" * 198 + "…"),
        ("http://user:password@inner.example/answer?b", "/answer"),
        ("*", "/"),
    ],
)
def test_a_refusal_says_which_webhook_it_was(target, shown, caplog):
    served = Served(name="calls")
    with caplog.at_level(logging.WARNING):
        served.code(Signed(url="/x", headers={}), {"REQUEST_URI": target, "RAW_URI": target})
    (record,) = caplog.records
    message = record.getMessage()
    assert message.startswith("webhook refused: ")
    assert message.endswith(f" (webhook calls, scheme plivo, path {shown})")
    assert "\n" not in message


def test_a_webhook_is_called_by_its_scheme(verifier):
    assert Webhook(verifier).name == "plivo"
    assert Webhook(verifier, name="calls").name == "calls"
