"""Reads the raw body of a Flask request, bounded, and leaves it readable."""

from __future__ import annotations

import importlib
import io
from tempfile import SpooledTemporaryFile
from typing import IO, Protocol, cast

import flask
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge
from werkzeug.wsgi import LimitedStream

from hookseal.errors import VerificationError

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_READ_SIZE = 256 * 1024


def raw_body(request: flask.Request, limit: int) -> bytes:
    """Reads at most ``limit`` bytes and leaves the request as if nobody had read."""
    if _is_hidden(request):
        body = _read_hidden(request, limit)
        for seen in ("_cached_data", "form", "files", "values"):
            # A reader that came before has seen nothing, and that was kept.
            vars(request).pop(seen, None)
    else:
        kept = _kept(request, limit)
        if kept is not None:
            return kept
        body = _read_stream(request, limit)
    request.stream = io.BytesIO(body)
    request.get_data(cache=True)
    return body


def _kept(request: flask.Request, limit: int) -> bytes | None:
    """What an earlier ``request.get_data()`` or ``get_json()`` has kept."""
    parsed_form = "form" in vars(request) and request.mimetype in _FORM_TYPES
    kept: bytes | None = getattr(request, "_cached_data", None)
    if kept is None:
        if parsed_form:
            raise _already_parsed(
                "request.form, request.values or request.files was used before"
            )
        return None
    if len(kept) > limit:
        raise _too_large(limit)
    # get_data(parse_form_data=True) keeps nothing of a form: it keeps b"".
    lost = parsed_form and not kept and (request.form or request.files)
    if lost or len(kept) < (request.content_length or 0):
        raise _already_parsed("a form parser came before request.get_data()")
    return kept


def _read_stream(request: flask.Request, limit: int) -> bytes:
    declared = request.content_length  # None where the body is chunked
    if declared is not None and declared > limit:
        raise _too_large(limit)
    touched = "stream" in vars(request)
    stream_read = "the input stream was read before"
    try:
        if touched and _position(request.stream):
            raise _already_parsed(stream_read)
        body = _read(request.stream, limit)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    except (ClientDisconnected, OSError):
        raise _cut_short() from None
    if declared is not None and len(body) < declared:
        raise _already_parsed(stream_read) if touched else _cut_short()
    if touched and not body and "HTTP_TRANSFER_ENCODING" in request.environ:
        # Nothing was left of the chunks: there is no sender of an empty body in chunks.
        raise _already_parsed(stream_read)
    return body


def _is_hidden(request: flask.Request) -> bool:
    """Whether Werkzeug shows an empty body, since it does not know where that ends."""
    environ = request.environ
    is_chunked = "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
    return is_chunked and "wsgi.input_terminated" not in environ


def _read_hidden(request: flask.Request, limit: int) -> bytes:
    """Reads a chunked body from a server that does not say that it ends it."""
    environ = request.environ
    source = environ["wsgi.input"]
    length = environ.get("CONTENT_LENGTH", "")
    if isinstance(source, SpooledTemporaryFile):
        stream = cast("_Readable", source)  # asgiref has stored the whole body
    elif length.isdecimal() and int(length):
        # A web server in front has buffered it (nginx with uwsgi_pass).
        if int(length) > limit:
            raise _too_large(limit)
        stream = cast("_Readable", LimitedStream(source, int(length)))
    elif "uwsgi.version" in environ:
        stream = _UwsgiChunks()
    else:
        raise _out_of_reach()
    try:
        return _read(stream, min(limit, request.max_content_length or limit))
    except (ClientDisconnected, OSError):
        raise _cut_short() from None


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


class _UwsgiChunks:
    """A chunked body as uWSGI itself takes it apart."""

    def __init__(self) -> None:
        self._module = importlib.import_module("uwsgi")
        self._is_first = True

    def read(self, _: int, /) -> bytes:
        try:
            chunk: bytes = self._module.chunked_read()
        except OSError:
            if self._is_first:
                raise _out_of_reach() from None
            raise
        self._is_first = False
        return chunk


def _read(stream: _Readable, limit: int) -> bytes:
    chunks: list[bytes] = []
    room = limit + 1
    while room > 0:
        chunk = stream.read(min(room, _READ_SIZE))
        if not chunk:
            break
        chunks.append(chunk)
        room -= len(chunk)
    if room <= 0:
        raise _too_large(limit)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _position(stream: IO[bytes]) -> int:
    """How much of a stream is gone, where it tells."""
    try:
        return stream.tell()
    except (AttributeError, OSError, ValueError):
        return 0


def _too_large(limit: int) -> VerificationError:
    return VerificationError(
        "body_too_large", f"the body is larger than {limit} bytes (max_body_bytes)"
    )


def _cut_short() -> VerificationError:
    return VerificationError(
        "body_mismatch",
        "the body is shorter than declared: the connection ended early, or something read "
        "wsgi.input before Flask",
    )


def _out_of_reach() -> VerificationError:
    return VerificationError(
        "body_already_parsed",
        "the raw body is out of reach: this WSGI server does not hand over chunked bodies. "
        "Let it do so (uWSGI's router: http-chunked-input), or let a proxy in front buffer "
        "requests",
    )


def _already_parsed(cause: str) -> VerificationError:
    return VerificationError(
        "body_already_parsed",
        f"the raw body is gone: {cause}. Let no before_request function or other decorator "
        "parse the body of this route first, or call request.get_data() there before it does",
    )
