"""hookseal for Flask: a decorator that lets only verified deliveries in.

::

    from hookseal import VerifiedEvent
    from hookseal.flask import Webhook

    calls = Webhook("scheme-id", secret=SECRET, public_url="https://api.example.com")

    @app.post("/answer")
    @calls
    def answer(event: VerifiedEvent) -> str:
        return f"{len(event.payload)} verified bytes"

The view gets the :class:`~hookseal.VerifiedEvent` as its first argument, before
those of the URL rule, and is never called without one. Put the decorator
directly above the function, below the route: a function that was registered
before it was decorated is a :class:`~hookseal.ConfigurationError`, or is not
served. In a class, decorate the methods, or all of them::

    class Calls(MethodView):
        decorators = [calls]

        def post(self, event: VerifiedEvent) -> str: ...

The body is read here, raw and bounded, and only after everything that needs no
body was checked; afterwards ``request.form``, ``request.get_json()`` and
``request.get_data()`` work as ever. The URL is ``public_url`` plus the request
target as it came over the wire, which gunicorn, uWSGI, waitress, mod_wsgi and the
development server hand to the application. (Python's ``http.server``, below the
development server, shortens a leading ``//`` to ``/``.) A server that does not
(gevent, Hypercorn, Granian) is served with a target rebuilt from the decoded path:
enough for plain paths, rejected for those with unusual escapes.

What a header says of address, host, scheme or path prefix counts only by the
option ``trusted_proxies``: not by ``ProxyFix``, nor by gunicorn or uWSGI, which
believe some ``X-Forwarded-Proto`` by default.

A challenge of the provider is answered here, too, and reaches no view. One that
comes as ``OPTIONS`` must be let through by the route::

    @app.route("/events", methods=["POST", "OPTIONS"])
    @events
    def received(event: VerifiedEvent) -> str: ...

Remote key sets are fetched while the request waits; see
:meth:`hookseal.Verifier.refresh_keys` for doing so when the program starts.

A webhook without a scheme reads it from the application's configuration, where
:meth:`Webhook.init_app` is called::

    calls = Webhook(name="calls")

    def create_app() -> Flask:
        app = Flask(__name__)
        app.config["HOOKSEAL"] = {"calls": {"scheme": "scheme-id", "secret": SECRET}}
        calls.init_app(app)
        ...

:func:`token_endpoint` mounts a :class:`~hookseal.TokenIssuer`.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar, overload

import flask

from hookseal import _config, _wsgi
from hookseal._flask_body import raw_body
from hookseal._flask_views import EventView, verifies
from hookseal._native import (
    REJECTION_BODY,
    REJECTION_CONTENT_TYPE,
    Reply,
    TokenIssuer,
    VerifiedEvent,
    Verifier,
)
from hookseal._unset import UNSET
from hookseal._unset import verifier as verifier_of
from hookseal.errors import ConfigurationError, VerificationError

if TYPE_CHECKING:
    from hookseal._by_scheme import WebhookByScheme
    from hookseal._types import FetchKeys, Introspect, Option
else:
    WebhookByScheme = object

__all__ = ["RejectionHook", "Webhook", "error_response", "token_endpoint"]

_P = ParamSpec("_P")
_R = TypeVar("_R")
_S = TypeVar("_S")

#: Called with the error, the request and the generic response, before that is
#: sent. It may change the response, or return another one (anything that a view
#: may return); ``None`` keeps it.
RejectionHook = Callable[[VerificationError, flask.Request, flask.Response], Any]


class Webhook(WebhookByScheme):
    """Verifies the requests of the views that it decorates.

    ``scheme`` is a scheme id, a custom scheme, or a ready :class:`Verifier`
    (then without options); without one :meth:`init_app` reads it from the
    application's configuration. ``name`` is what the log calls this webhook, its
    scheme by default. ``clock`` replaces :func:`time.time`.
    ``on_rejected`` sees every rejection, see :data:`RejectionHook`. ``fetch_keys``
    and ``introspect`` ask others, see :class:`Verifier`.

    Raises :class:`~hookseal.ConfigurationError` for a wrong option, so a
    misconfigured application fails when it starts.

    A rejected request is answered as :func:`error_response` says; the reason goes
    to ``app.logger`` as a warning, with name, scheme and path of the webhook.
    """

    _verifier: Verifier | None
    _hooks: Mapping[str, Any]
    _name: str
    _clock: Callable[[], float] | None
    _on_rejected: RejectionHook | None

    # A checker knows an overload for each scheme.
    if not TYPE_CHECKING:

        def __init__(
            self,
            scheme: str | Mapping[str, Any] | Verifier = UNSET,
            /,
            *,
            name: str | None = None,
            clock: Callable[[], float] | None = None,
            on_rejected: RejectionHook | None = None,
            fetch_keys: FetchKeys | None = None,
            introspect: Introspect | None = None,
            **options: Option,
        ) -> None:
            self._hooks = {"fetch_keys": fetch_keys, "introspect": introspect}
            self._verifier = _made(scheme, self._hooks, options)
            if self._verifier is None and not name:
                raise ConfigurationError("a webhook needs a scheme, or the name of its section")
            self._name = name or self._verifier.scheme
            self._clock = clock
            self._on_rejected = on_rejected

    def init_app(self, app: flask.Flask) -> None:
        """Reads scheme and options from ``app.config["HOOKSEAL"]``, a mapping of names
        of webhooks, and keeps the verifier in ``app.extensions``.

        Raises :class:`~hookseal.ConfigurationError`, which names webhook and option.
        """
        if self._verifier is not None:
            raise ConfigurationError(f"the webhook {self._name} has its scheme already")
        try:
            section = _config.section(app.config.get("HOOKSEAL", {}), self._name)
            verifier = _config.verifier_from(section, self._hooks)
        except ConfigurationError as error:
            place = f'app.config["HOOKSEAL"]["{self._name}"]'
            raise ConfigurationError(f"{place}: {error.detail}") from None
        app.extensions.setdefault("hookseal", {})[self] = verifier

    @property
    def verifier(self) -> Verifier:
        """The verifier behind the decorator, e.g. to sign requests in tests. Where
        :meth:`init_app` made it, it is that of the current application.
        """
        if self._verifier is not None:
            return self._verifier
        extensions = flask.current_app.extensions if flask.has_app_context() else {}
        verifier: Verifier | None = extensions.get("hookseal", {}).get(self)
        if verifier is None:
            raise ConfigurationError(
                f"the webhook {self._name} is not configured here: call its init_app(app)"
            )
        return verifier

    @property
    def name(self) -> str:
        """What the log calls this webhook."""
        return self._name

    @overload
    def __call__(
        self, view: Callable[Concatenate[VerifiedEvent, _P], _R]
    ) -> Callable[_P, _R]: ...
    @overload
    def __call__(
        self, view: Callable[Concatenate[_S, VerifiedEvent, _P], _R]
    ) -> Callable[Concatenate[_S, _P], _R]: ...
    def __call__(self, view: Callable[..., Any]) -> Callable[..., Any]:
        """Decorates a view, sync or async: a function, or a method of a class.

        Raises :class:`~hookseal.ConfigurationError` where the view takes no event,
        or is registered already, so that nothing would ask this decorator.
        """
        event_view = EventView(view)

        @functools.wraps(view)
        def verified_view(*args: Any, **kwargs: Any) -> Any:
            request = flask.request
            try:
                event = self.verify(request)
            except VerificationError as error:
                if error.reply is not None:
                    return error_response(error)
                return self._reject(error, request)
            return event_view(event, args, kwargs)

        verifies(verified_view, self._name)
        return verified_view

    def verify(self, request: flask.Request) -> VerifiedEvent:
        """Verifies one request, for places that no decorator reaches.

        Raises :class:`~hookseal.VerificationError`; answer with its
        :func:`error_response`.
        """
        verifier = self.verifier
        head = _wsgi.head(request.environ)
        now = time.time() if self._clock is None else self._clock()
        verifier._check_head(_wsgi.arguments(head, now))
        body = raw_body(request, verifier.max_body_bytes)
        return verifier.verify(**head, body=body, now=now)

    def _reject(self, error: VerificationError, request: flask.Request) -> flask.Response:
        logger = flask.current_app.logger
        logger.warning(
            "webhook refused: %s (webhook %s, scheme %s, path %s)",
            error,
            self._name,
            self.verifier.scheme,
            _wsgi.shown_path(request.environ),
        )
        response = error_response(error)
        if self._on_rejected is None:
            return response
        try:
            replacement = self._on_rejected(error, request, response)
            return response if replacement is None else flask.make_response(replacement)
        except Exception:
            # Whatever the hook was doing, the request stays rejected.
            logger.exception("on_rejected failed")
            return error_response(error)


def _made(
    scheme: str | Mapping[str, Any] | Verifier,
    hooks: Mapping[str, Any],
    options: Mapping[str, Any],
) -> Verifier | None:
    """The verifier of a webhook's arguments; none where these leave it to the
    configuration."""
    given = {name: hook for name, hook in hooks.items() if hook is not None}
    if isinstance(scheme, Verifier):
        if options or given:
            names = ", ".join(f"`{name}`" for name in (*options, *given))
            raise ConfigurationError(
                f"{names} given beside a Verifier: options belong to the Verifier itself"
            )
        return scheme
    if scheme is UNSET:
        if options:
            names = ", ".join(f"`{name}`" for name in options)
            raise ConfigurationError(f"{names} given without a scheme")
        return None
    return verifier_of(scheme, {**options, **given})


def error_response(error: VerificationError) -> flask.Response:
    """The reply to a challenge as it is, or the rejection of a request: its status,
    ``WWW-Authenticate`` where that is due, and one body that never varies."""
    if error.reply is not None:
        return _response(error.reply)
    response = flask.Response(
        REJECTION_BODY,
        status=error.status,
        content_type=REJECTION_CONTENT_TYPE,
    )
    if error.authenticate is not None:
        response.headers["WWW-Authenticate"] = error.authenticate
    return response


def token_endpoint(
    issuer: TokenIssuer, /, *, clock: Callable[[], float] | None = None
) -> Callable[[], flask.Response]:
    """A view that hands out tokens (RFC 6749 section 4.4)::

        app.post("/oauth2/token")(token_endpoint(issuer))

    It is an online check of a password: limit its rate in front of it. A request
    that gets no token goes to ``app.logger`` as a warning.
    """

    def issue_token() -> flask.Response:
        request = flask.request
        try:
            body = raw_body(request, issuer.max_body_bytes)
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
        if reply.status != 200:
            logger = flask.current_app.logger
            logger.warning("issued no token: %d %s", reply.status, reply.body)
        return _response(reply)

    return issue_token


class _BareResponse(flask.Response):
    """A response without a content type of Flask's choice."""

    default_mimetype = None


def _response(reply: Reply) -> flask.Response:
    return _BareResponse(reply.body, status=reply.status, headers=list(reply.headers))
