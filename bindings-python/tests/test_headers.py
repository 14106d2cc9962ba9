"""Every form in which Python programs hold headers gives the same verdict."""

from __future__ import annotations

import email.message
import types
from collections import UserDict, defaultdict

import pytest
from werkzeug.datastructures import EnvironHeaders, Headers

from conftest import Signed, code_of

NONCE = "x-plivo-signature-v3-nonce"


class RawHeaders:
    """As Starlette has them: case-insensitive, with ``getlist``."""

    def __init__(self, pairs):
        self.raw = [(name.lower().encode(), value.encode()) for name, value in pairs]

    def __getitem__(self, name):
        for known, value in self.raw:
            if known == name.lower().encode():
                return value.decode()
        raise KeyError(name)

    def getlist(self, name):
        return [value.decode() for known, value in self.raw if known == name.lower().encode()]


class OtherRaw(RawHeaders):
    """``raw`` is no list of pairs, so it is not the one that ASGI defines."""

    def __init__(self, pairs):
        super().__init__(pairs)
        self.pairs, self.raw = self.raw, b"x: y"

    def getlist(self, name):
        return [value.decode() for known, value in self.pairs if known == name.encode()]


class GetAll(RawHeaders):
    """As aiohttp's multidict: ``getall`` raises where nothing is there."""

    getlist = property()

    def getall(self, name):
        self[name]
        return RawHeaders.getlist(self, name)


class CaseInsensitive(UserDict):
    def __init__(self, pairs):
        super().__init__((name.lower(), value) for name, value in pairs)

    def __getitem__(self, name):
        return super().__getitem__(name.lower())


def message(pairs):
    result = email.message.Message()
    for name, value in pairs:
        result[name] = value
    return result


def environ(pairs):
    result = {"REQUEST_METHOD": "POST", "PATH_INFO": "/", "wsgi.version": (1, 0)}
    for name, value in pairs:
        key = name.upper().replace("-", "_")
        result[key if key == "CONTENT_TYPE" else f"HTTP_{key}"] = value
    return result


def encoded(pairs):
    return [(name.encode(), value.encode()) for name, value in pairs]


FORMS = {
    "dict as signed": dict,
    "dict lower": lambda pairs: {name.lower(): value for name, value in pairs},
    "dict upper": lambda pairs: {name.upper(): value for name, value in pairs},
    "dict title": lambda pairs: {name.title(): value for name, value in pairs},
    "dict of bytes": lambda pairs: dict(encoded(pairs)),
    "dict of lists": lambda pairs: {name: [value] for name, value in pairs},
    "dict of tuples": lambda pairs: {name: (value,) for name, value in pairs},
    "dict subclass": lambda pairs: defaultdict(str, pairs),
    "dict with other keys": lambda pairs: {None: "a", 1: "b", "\ud800": "c", **dict(pairs)},
    "mapping proxy": lambda pairs: types.MappingProxyType(
        {name.upper(): value for name, value in pairs}
    ),
    "user dict": CaseInsensitive,
    "list of tuples": list,
    "list of lists": lambda pairs: [list(pair) for pair in pairs],
    "tuple of tuples": tuple,
    "raw byte pairs": encoded,
    "upper byte pairs": lambda pairs: [(n.upper().encode(), v.encode()) for n, v in pairs],
    "bytearray values": lambda pairs: [(n, bytearray(v.encode())) for n, v in pairs],
    "items view": lambda pairs: dict(pairs).items(),
    "generator": lambda pairs: (pair for pair in pairs),
    "werkzeug headers": Headers,
    "werkzeug environ headers": lambda pairs: EnvironHeaders(environ(pairs)),
    "wsgi environ": environ,
    "getlist": RawHeaders,
    "getlist raw": lambda pairs: RawHeaders(pairs).raw,
    "getlist and another raw": OtherRaw,
    "getall": GetAll,
    "email message": message,
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_verifies(verifier, signed, form):
    pairs = [("Host", "h"), *signed.headers.items(), ("Accept", "*/*")]
    assert code_of(verifier, signed.but(headers=form(pairs))) == "verified"


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS.keys())
def test_every_form_can_lack_a_header(verifier, signed, form):
    pairs = [(name, value) for name, value in signed.headers.items() if name != NONCE]
    assert code_of(verifier, signed.but(headers=form(pairs))) == "missing_header"


def repeated(signed: Signed, value: str):
    return [*signed.headers.items(), (NONCE.title(), value)]


MULTI_FORMS = {
    "list of tuples": list,
    "tuple": tuple,
    "raw byte pairs": encoded,
    "generator": lambda pairs: (pair for pair in pairs),
    "dict with two spellings": dict,
    "dict of lists": lambda pairs: {
        name.lower(): [v for n, v in pairs if n.lower() == name.lower()] for name, _ in pairs
    },
    "werkzeug headers": Headers,
    "getlist": RawHeaders,
    "getlist and another raw": OtherRaw,
    "getall": GetAll,
    "email message": message,
}


@pytest.mark.parametrize("form", MULTI_FORMS.values(), ids=MULTI_FORMS.keys())
def test_a_repeated_header_must_agree_with_itself(verifier, signed, form):
    same = repeated(signed, signed.headers[NONCE])
    assert code_of(verifier, signed.but(headers=form(same))) == "verified"
    other = repeated(signed, "1")
    assert code_of(verifier, signed.but(headers=form(other))) == "ambiguous_header"


def test_absent_values_are_absent(verifier, signed):
    for absent in (None, [], ()):
        headers = {**signed.headers, NONCE: absent}
        assert code_of(verifier, signed.but(headers=headers)) == "missing_header"


@pytest.mark.parametrize("value", [1, 1.5, True, object(), {"a": 1}, [["nested"]], [1]])
def test_a_value_of_another_type_is_malformed(verifier, signed, value):
    headers = {**signed.headers, NONCE: value}
    assert code_of(verifier, signed.but(headers=headers)) == "malformed_header"


@pytest.mark.parametrize(
    "headers",
    [None, 1, "x: y", b"x: y", object(), ["x"], [("x",)], [("x", "y", "z")], [1], ("ab", "cd")],
)
def test_what_is_no_headers_object_is_the_programs_mistake(verifier, signed, headers):
    assert code_of(verifier, signed.but(headers=headers)) == "configuration"


class Failing:
    def __init__(self, error):
        self.error = error

    def keys(self):
        raise self.error

    def __getitem__(self, name):
        raise self.error


def test_a_headers_object_that_fails_is_internal(verifier, signed):
    broken = signed.but(headers=Failing(ValueError("broken")))
    assert code_of(verifier, broken) == "internal"
    with pytest.raises(KeyboardInterrupt):
        code_of(verifier, signed.but(headers=Failing(KeyboardInterrupt())))


def test_ten_thousand_headers(verifier, signed):
    many = [(f"x-filler-{number}", "v") for number in range(10_000)]
    for form in (dict, list, encoded, Headers, environ):
        pairs = [*many, *signed.headers.items()]
        assert code_of(verifier, signed.but(headers=form(pairs))) == "verified"
    repeated_often = [*signed.headers.items(), *((NONCE, str(n)) for n in range(10_000))]
    assert code_of(verifier, signed.but(headers=repeated_often)) == "ambiguous_header"
