"""What a WSGI environment tells of a request before its body (PEP 3333).

Only what the server itself knows counts. Middleware such as ``ProxyFix``, and
some servers on their own, put into the environment what a header says; whom to
believe is decided by the option ``trusted_proxies`` alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias, TypedDict
from urllib.parse import quote

from hookseal.errors import VerificationError

Environ: TypeAlias = Mapping[str, Any]

_SHOWN_PATH = 200


class Head(TypedDict):
    """Arguments of :meth:`hookseal.Verifier.verify`."""

    method: str
    url: bytes
    headers: Environ
    peer_ip: str | None
    authority: bytes | None
    scheme: str | None


def head(environ: Environ) -> Head:
    """The request without its body. Raises ``malformed_url``."""
    # What `ProxyFix` has replaced, each by a header of the same request.
    original: Environ = environ.get("werkzeug.proxy_fix.orig") or {}
    inner = {**environ, **original} if original else environ
    return {
        "method": environ["REQUEST_METHOD"],
        "url": _target(environ, original),
        "headers": environ,
        "peer_ip": inner.get("REMOTE_ADDR"),
        "authority": _bytes(inner.get("HTTP_HOST") or "") or None,
        "scheme": _scheme(inner),
    }


def arguments(head: Head, now: float) -> tuple[Any, ...]:
    """The same in the order of the arguments, without a body."""
    given = (head["method"], head["url"], head["headers"], b"", head["peer_ip"], now)
    return (*given, head["authority"], head["scheme"])


def shown_path(environ: Environ) -> str:
    """The path for a log: ASCII, short, and without the query, which may hold a token."""
    target = _raw_target(environ) or _rebuilt_target(environ, environ.get("SCRIPT_NAME", ""))
    path = quote(target.partition(b"?")[0], safe="/:@!$&'()*+,;=~%#[]")
    if not path.startswith("/"):  # http://user:password@host/path
        path = "/" + "".join(path.split("/", 3)[3:])
    return path if len(path) <= _SHOWN_PATH else path[: _SHOWN_PATH - 1] + "…"


def _scheme(environ: Environ) -> str | None:
    """The scheme of the connection."""
    if "gunicorn.socket" in environ:
        # gunicorn believes headers of 127.0.0.1; a TLS socket cannot be made up.
        return "https" if hasattr(environ["gunicorn.socket"], "getpeercert") else "http"
    if "uwsgi.version" in environ:
        # uWSGI believes X-Forwarded-Proto and X-Forwarded-SSL of anybody. These
        # come from itself, or from the web server in front that speaks uwsgi.
        is_secure = (
            environ.get("HTTPS", "").lower() in ("on", "1")
            or environ.get("REQUEST_SCHEME") == "https"
            or environ.get("UWSGI_SCHEME") == "https"
        )
        return "https" if is_secure else "http"
    return environ.get("wsgi.url_scheme")


def _target(environ: Environ, original: Environ) -> bytes:
    """The request target as sent, or one that is rebuilt from the decoded path."""
    raw = _raw_target(environ)
    if raw:
        return raw
    prefix = environ.get("SCRIPT_NAME", "")
    if original and "HTTP_X_FORWARDED_PREFIX" in environ:
        prefix = original.get("SCRIPT_NAME") or ""
    elif _is_in_a_header(prefix, environ):
        raise VerificationError(
            "malformed_url",
            "the path prefix (SCRIPT_NAME) was taken from a header, which anybody can send, "
            "and this server does not hand over the request target as it was sent",
        )
    return _rebuilt_target(environ, prefix)


def _raw_target(environ: Environ) -> bytes:
    return _bytes(environ.get("RAW_URI") or environ.get("REQUEST_URI") or "")


def _rebuilt_target(environ: Environ, prefix: str) -> bytes:
    path = prefix + environ.get("PATH_INFO", "")
    target = quote(path, safe="/:@!$&'()*+,;=~", encoding="latin-1", errors="replace").encode()
    query = environ.get("QUERY_STRING", "")
    return target + b"?" + _bytes(query) if query else target


def _is_in_a_header(prefix: str, environ: Environ) -> bool:
    """Whether middleware may have made a path prefix of what a header says."""
    wanted = prefix.strip("/")
    return bool(wanted) and any(
        wanted in (part.strip(" /") for part in str(value).split(","))
        for name, value in environ.items()
        if name.startswith("HTTP_")
    )


def _bytes(text: Any) -> bytes:
    """WSGI shows bytes as latin-1 text. Other text matches no signature."""
    return str(text).encode("latin-1", "backslashreplace")
