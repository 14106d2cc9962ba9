"""Views that take an event: how they take it, and that nothing runs them without.

A decorator replaces a function where its name stands. A route that got the
function before, or by another way, keeps what it got, and would call it unsigned.
So what was decorated is remembered, and is rejected as a view.
"""

from __future__ import annotations

import contextlib
import gc
import inspect
from collections.abc import Callable, Iterator
from types import CellType, FunctionType
from typing import Any
from weakref import WeakKeyDictionary, WeakSet

import flask
from flask.views import View

from hookseal.errors import ConfigurationError

#: The functions that only a webhook may call.
_guarded: WeakSet[Any] = WeakSet()
#: The views that verify, and the names of their webhooks.
_verifying: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
#: The endpoints of which a warning was written.
_warned: WeakKeyDictionary[flask.Flask, set[str]] = WeakKeyDictionary()

_POSITIONAL = (
    inspect.Parameter.POSITIONAL_ONLY,
    inspect.Parameter.POSITIONAL_OR_KEYWORD,
    inspect.Parameter.VAR_POSITIONAL,
)
_ORDER = "put the webhook directly above the function, and the route above the webhook"


class EventView:
    """A view as it was written, with a place for the event."""

    def __init__(self, view: Callable[..., Any]) -> None:
        """Raises :class:`ConfigurationError` where the event would have no place."""
        self.view = view
        name = getattr(view, "__qualname__", repr(view))
        if inspect.isclass(view):
            raise ConfigurationError(
                f"{name} is a class: decorate its methods, or set `decorators = [webhook]`"
            )
        guarded = [inner for inner in _layers(view) if not _is_in(_verifying, inner)]
        # It takes milliseconds, so once a function; and a bound method has just been
        # made, so nobody else can have that very one.
        unseen = [inner for inner in guarded if not _is_in(_guarded, inner)]
        if not inspect.ismethod(view) and any(map(_is_registered, unseen)):
            raise ConfigurationError(
                f"{name} is registered as a view already, which would run unsigned: {_ORDER}"
            )
        self.takes_self, self.is_by_keyword = _place(view, name)
        for inner in guarded:
            _add(_guarded, inner)

    def __call__(self, event: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Calls the view with the event, before or between its other arguments."""
        call = flask.current_app.ensure_sync(self.view)
        if self.is_by_keyword:
            return call(*args, **{_keyword(): event}, **kwargs)
        if args and (self.takes_self or isinstance(args[0], View)):
            return call(args[0], event, *args[1:], **kwargs)
        return call(event, *args, **kwargs)


def verifies(view: Any, name: str) -> None:
    """Remembers that a view calls others only after verification."""
    _verifying[view] = name


@flask.request_started.connect
def _before_each_request(app: flask.Flask, **_: Any) -> None:
    view = app.view_functions.get(flask.request.endpoint or "")
    if view is None:
        return
    if _is_bypass(view):
        name = getattr(view, "__qualname__", repr(view))
        raise ConfigurationError(
            f"the view {name} would run unsigned: what a webhook returned is not what "
            f"was registered; {_ORDER}"
        )
    if "csrf" in app.extensions:
        _warn_of_csrf(app, view)


def _is_bypass(view: Any) -> bool:
    """Whether a view leads to a guarded function by another way than a webhook."""
    for inner in _layers(view):
        if _is_in(_verifying, inner):
            return False
        if _is_in(_guarded, inner):
            return True
    return False


def _warn_of_csrf(app: flask.Flask, view: Any) -> None:
    """Flask-WTF looks for its token before any view, and no provider sends one."""
    names = (_verifying[inner] for inner in _layers(view) if _is_in(_verifying, inner))
    name = next(names, None)
    endpoint = flask.request.endpoint or ""
    warned = _warned.setdefault(app, set())
    if name is None or endpoint in warned:
        return
    csrf = app.extensions["csrf"]
    exempt = getattr(csrf, "_exempt_views", ())
    exempt_blueprints = getattr(csrf, "_exempt_blueprints", ())
    blueprint = app.blueprints.get(flask.request.blueprint or "")
    if (
        app.config.get("WTF_CSRF_ENABLED")
        and app.config.get("WTF_CSRF_CHECK_DEFAULT")
        and flask.request.method in app.config.get("WTF_CSRF_METHODS", ())
        and f"{view.__module__}.{view.__name__}" not in exempt
        and blueprint not in exempt_blueprints
    ):
        warned.add(endpoint)
        app.logger.warning(
            "webhook %s: CSRFProtect of Flask-WTF refuses its deliveries before they are "
            "verified; exempt the view %s (csrf.exempt)",
            name,
            endpoint,
        )


def _place(view: Callable[..., Any], name: str) -> tuple[bool, bool]:
    """Whether the event comes after ``self``, and whether it comes by keyword."""
    try:
        parameters = list(inspect.signature(view).parameters.values())
    except (TypeError, ValueError):  # a callable that tells nothing of itself
        return False, False
    takes_self = bool(parameters) and parameters[0].name in ("self", "cls")
    if takes_self:
        parameters = parameters[1:]
    if parameters and parameters[0].kind in _POSITIONAL:
        return takes_self, False
    for parameter in parameters:
        # The view function of a class takes the arguments of its methods so.
        if parameter.kind is parameter.VAR_KEYWORD or parameter.name == "event":
            return takes_self, True
    raise ConfigurationError(
        f"{name} takes no event: give it a first parameter for that, and {_ORDER}"
    )


def _keyword() -> str:
    """The name under which the view of this request takes the event."""
    view = flask.current_app.view_functions.get(flask.request.endpoint or "")
    view_class = getattr(view, "view_class", None)
    # A class hands the arguments of its view on to one of these.
    for method in ("dispatch_request", flask.request.method.lower(), "get"):
        handler = getattr(view_class, method, None)
        parameters = inspect.signature(handler).parameters.values() if handler else ()
        for parameter in list(parameters)[1:]:
            if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY):
                return parameter.name
    return "event"


def _layers(view: Any) -> Iterator[Any]:
    """A callable and those that it wraps, from the outside inwards, as far as one
    can see; and not beyond a view that verifies."""
    seen: list[Any] = []
    waiting = [view]
    while waiting and len(seen) < 100:
        layer = waiting.pop(0)
        if any(layer is other for other in seen):
            continue
        seen.append(layer)
        yield layer
        if not _is_in(_verifying, layer):
            waiting += _wrapped_by(layer)


def _wrapped_by(layer: Any) -> list[Any]:
    for name in ("__wrapped__", "__func__", "func"):  # wraps, a bound method, partial
        inner = getattr(layer, name, None)
        if callable(inner):
            return [inner]
    if not isinstance(layer, FunctionType):
        held = list(getattr(layer, "__dict__", {}).values())
    elif _is_opaque(layer):
        held = [cell.cell_contents for cell in layer.__closure__ or () if _is_set(cell)]
    else:
        held = []
    return [inner for inner in held if isinstance(inner, FunctionType)]


def _is_opaque(function: FunctionType) -> bool:
    """Whether a function passes on whatever it gets, as a decorator's does that
    does not use `functools.wraps`."""
    return bool(function.__code__.co_flags & inspect.CO_VARARGS) and (
        function.__code__.co_argcount == 0
    )


def _is_set(cell: CellType) -> bool:
    try:
        return cell.cell_contents is not None
    except ValueError:
        return False


def _is_registered(view: Any) -> bool:
    """Whether an application or a blueprint has that very function as a view."""
    for holder in gc.get_referrers(view):
        if type(holder) is dict:
            if any(_owns(owner, holder) for owner in gc.get_referrers(holder)):
                return True
        elif type(holder) is CellType and _is_deferred(holder):
            return True
    return False


def _owns(owner: Any, views: dict[Any, Any]) -> bool:
    # By the type, since `isinstance` would wake a proxy such as `current_app`.
    if issubclass(type(owner), flask.Flask):
        return owner.view_functions is views
    return type(owner) is dict and owner.get("view_functions") is views


def _is_deferred(cell: CellType) -> bool:
    """Whether a blueprint will register what the cell holds."""
    closures = (owner for owner in gc.get_referrers(cell) if type(owner) is tuple)
    functions = (owner for closure in closures for owner in gc.get_referrers(closure))
    return any(
        type(function) is FunctionType and function.__module__.startswith("flask.")
        for function in functions
    )


def _is_in(collection: Any, item: Any) -> bool:
    try:
        return item in collection
    except TypeError:  # neither hash nor weak reference
        return False


def _add(collection: WeakSet[Any], item: Any) -> None:
    with contextlib.suppress(TypeError):
        collection.add(item)
