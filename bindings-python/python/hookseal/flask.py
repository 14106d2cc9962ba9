"""hookseal for Flask: a decorator that lets only proven deliveries in.

::

    from hookseal import VerifiedEvent
    from hookseal.flask import Webhook

    calls = Webhook("scheme-id", secret=SECRET, public_url="https://api.example.com")

    @app.post("/answer")
    @calls
    def answer(event: VerifiedEvent) -> str:
        return f"{len(event.payload)} proven bytes"

The view gets the :class:`~hookseal.VerifiedEvent` as its first argument, before
those of the URL rule, and is never called without one. Put the decorator
directly above the function, below the route.

The body is read here, raw and bounded; afterwards ``request.form``,
``request.get_json()`` and ``request.get_data()`` work as ever. The URL is
``public_url`` plus the request target as it came over the wire, which gunicorn,
uWSGI, mod_wsgi and the development server hand to the application. (Python's
``http.server``, below the development server, shortens a leading ``//`` to
``/``.) A server that does not is served with a target rebuilt from the decoded
path: enough for plain paths, refused for those with unusual escapes.

A handshake of the provider is answered here, too, and reaches no view. One that
comes as ``OPTIONS`` must be let through by the route::

    @app.route("/events", methods=["POST", "OPTIONS"])
    @events
    def received(event: VerifiedEvent) -> str: ...

Keys that live elsewhere are fetched while the request waits; see
:meth:`hookseal.Verifier.refresh_keys` for doing so when the program starts.

:func:`token_endpoint` mounts a :class:`~hookseal.TokenIssuer`.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar
from urllib.parse import quote

import flask
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from hookseal import _native
from hookseal._native import Reply, TokenIssuer, VerifiedEvent, Verifier
from hookseal.errors import ConfigurationError, VerificationError

if TYPE_CHECKING:
    from hookseal._types import FetchKeys, Introspect, Option

__all__ = ["RejectionHook", "Webhook", "error_response", "token_endpoint"]

_P = ParamSpec("_P")
_R = TypeVar("_R")

#: Called with the error, the request and the generic response, before that is
#: sent. It may change the response, or return another one (anything that a view
#: may return); ``None`` keeps it.
RejectionHook = Callable[[VerificationError, flask.Request, flask.Response], Any]

_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data")
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]+")
_READ_SIZE = 256 * 1024


class Webhook:
    """Verifies the requests of the views that it decorates.

    ``scheme`` is a scheme id, a custom scheme, or a ready :class:`Verifier`
    (then without options). ``clock`` replaces :func:`time.time` in tests.
    ``on_rejected`` sees every refusal, see :data:`RejectionHook`. ``fetch_keys``
    and ``introspect`` ask others, see :class:`Verifier`.

    Raises :class:`~hookseal.ConfigurationError` for a wrong option, so a
    misconfigured application fails when it starts.

    A refused request is answered as :func:`error_response` says; the reason goes
    to ``app.logger`` as a warning.
    """

    def __init__(
        self,
        scheme: str | Mapping[str, Any] | Verifier,
        /,
        *,
        clock: Callable[[], float] | None = None,
        on_rejected: RejectionHook | None = None,
        fetch_keys: FetchKeys | None = None,
        introspect: Introspect | None = None,
        **options: Option,
    ) -> None:
        if isinstance(scheme, Verifier):
            hooks = {"fetch_keys": fetch_keys, "introspect": introspect}
            given = [*options, *(name for name, hook in hooks.items() if hook)]
            if given:
                names = ", ".join(f"`{name}`" for name in given)
                raise ConfigurationError(
                    f"{names} given beside a Verifier: options belong to the Verifier itself"
                )
            self._verifier = scheme
        else:
            self._verifier = Verifier(
                scheme, fetch_keys=fetch_keys, introspect=introspect, **options
            )
        self._clock = clock
        self._on_rejected = on_rejected

    @property
    def verifier(self) -> Verifier:
        """The verifier behind the decorator, e.g. to sign requests in tests."""
        return self._verifier

    def __call__(self, view: Callable[Concatenate[VerifiedEvent, _P], _R]) -> Callable[_P, _R]:
        """Decorates a view, sync or async."""

        @functools.wraps(view)
        def verified_view(*args: _P.args, **kwargs: _P.kwargs) -> Any:
            request = flask.request
            try:
                event = self.verify(request)
            except VerificationError as error:
                if error.reply is not None:
                    return error_response(error)
                return self._reject(error, request)
            return flask.current_app.ensure_sync(view)(event, *args, **kwargs)

        return verified_view

    def verify(self, request: flask.Request) -> VerifiedEvent:
        """Verifies one request, for places that no decorator reaches.

        Raises :class:`~hookseal.VerificationError`; answer with its
        :func:`error_response`.
        """
        return self._verifier.verify(
            method=request.method,
            url=_url(request.environ),
            headers=request.environ,
            body=_raw_body(request, self._verifier.max_body_bytes),
            peer_ip=request.environ.get("REMOTE_ADDR"),
            now=None if self._clock is None else self._clock(),
        )

    def _reject(self, error: VerificationError, request: flask.Request) -> flask.Response:
        logger = flask.current_app.logger
        logger.warning("webhook refused: %s", error)
        response = error_response(error)
        if self._on_rejected is None:
            return response
        try:
            replacement = self._on_rejected(error, request, response)
            return response if replacement is None else flask.make_response(replacement)
        except Exception:
            # Whatever the hook was doing, the request stays refused.
            logger.exception("on_rejected failed")
            return error_response(error)


def error_response(error: VerificationError) -> flask.Response:
    """The reply to a handshake as it is, or the refusal of a request: its status,
    ``WWW-Authenticate`` where that is due, and one body that never varies."""
    if error.reply is not None:
        return _response(error.reply)
    response = flask.Response(
        _native.REJECTION_BODY,
        status=error.status,
        content_type=_native.REJECTION_CONTENT_TYPE,
    )
    if error.authenticate is not None:
        response.headers["WWW-Authenticate"] = error.authenticate
    return response


def token_endpoint(
    issuer: TokenIssuer, /, *, clock: Callable[[], float] | None = None
) -> Callable[[], flask.Response]:
    """A view that hands out tokens (RFC 6749 section 4.4)::

        app.post("/oauth2/token")(token_endpoint(issuer))

    It is an online check of a password: limit its rate in front of it.
    """

    def issue_token() -> flask.Response:
        request = flask.request
        try:
            body = _raw_body(request, issuer.max_body_bytes)
        except VerificationError as error:
            if error.code != "body_too_large":
                return error_response(error)
            # Refused whatever it says, in the words of the standard.
            body = bytes(issuer.max_body_bytes + 1)
        reply = issuer.respond(
            method=request.method,
            headers=request.environ,
            body=body,
            now=None if clock is None else clock(),
        )
        return _response(reply)

    return issue_token


class _BareResponse(flask.Response):
    """A response without a content type of Flask's choice."""

    default_mimetype = None


def _response(reply: Reply) -> flask.Response:
    return _BareResponse(reply.body, status=reply.status, headers=list(reply.headers))


def _url(environ: Mapping[str, Any]) -> bytes:
    """The URL as the request says it. With a ``public_url`` only the target counts."""
    target = _raw_target(environ)
    host = environ.get("HTTP_HOST", "")
    if target.startswith(b"/") and _HOST.fullmatch(host):
        return f"{environ['wsgi.url_scheme']}://{host}".encode() + target
    return target


def _raw_target(environ: Mapping[str, Any]) -> bytes:
    """The path and query as sent. WSGI shows bytes as latin-1 text."""
    raw = environ.get("RAW_URI") or environ.get("REQUEST_URI")
    if raw:
        # A text that is no latin-1 breaks PEP 3333; it then matches no signature.
        return str(raw).encode("latin-1", "backslashreplace")
    path = environ.get("SCRIPT_NAME", "") + environ.get("PATH_INFO", "")
    target = quote(path, safe="/:@!$&'()*+,;=~", encoding="latin-1", errors="replace").encode()
    query = environ.get("QUERY_STRING", "")
    return target + b"?" + query.encode("latin-1", "replace") if query else target


def _raw_body(request: flask.Request, limit: int) -> bytes:
    """Reads at most ``limit`` bytes and leaves the request as if nobody had read."""
    environ = request.environ
    declared = request.content_length
    parsed_form = "form" in vars(request) and request.mimetype in _FORM_TYPES
    cached: bytes | None = getattr(request, "_cached_data", None)
    if cached is not None:  # by request.get_data() or get_json(), which keep the bytes
        if len(cached) > limit:
            raise _too_large(limit)
        # get_data(parse_form_data=True) keeps nothing of a form: it caches b"".
        lost = parsed_form and not cached and (request.form or request.files)
        if lost or len(cached) < (declared or 0):
            raise _already_parsed("a form parser came before request.get_data()")
        return cached

    if parsed_form:
        raise _already_parsed("request.form, request.values or request.files was used before")
    if declared is not None and declared > limit:
        raise _too_large(limit)
    touched = "stream" in vars(request)
    if (
        "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower()
        and "wsgi.input_terminated" not in environ
    ):
        raise _already_parsed("this WSGI server does not hand over chunked bodies")

    try:
        body = _read(request, limit)
    except RequestEntityTooLarge:
        raise _too_large(limit) from None
    except (ClientDisconnected, OSError):
        raise _cut_short() from None
    if declared is not None and len(body) < declared:
        if touched:
            raise _already_parsed("the input stream was read before")
        raise _cut_short()

    request.stream = io.BytesIO(body)
    request.get_data(cache=True)
    return body


def _read(request: flask.Request, limit: int) -> bytes:
    chunks: list[bytes] = []
    room = limit + 1
    while room > 0:
        chunk = request.stream.read(min(room, _READ_SIZE))
        if not chunk:
            break
        chunks.append(chunk)
        room -= len(chunk)
    if room <= 0:
        raise _too_large(limit)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


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


def _already_parsed(cause: str) -> VerificationError:
    return VerificationError(
        "body_already_parsed",
        f"the raw body is gone: {cause}. Let no before_request function or other decorator "
        "parse the body of this route first, or call request.get_data() there before it does",
    )
