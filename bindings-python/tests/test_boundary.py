"""The seam between Python and the native library."""

from __future__ import annotations

import ast
import copy
import importlib.metadata
import pickle
import re
import subprocess
import sys
import threading
import typing
from pathlib import Path

import pytest

import hookseal
from conftest import PUBLIC_URL, TOKEN, Signed, code_of, sign
from hookseal import _native, _types
from hookseal.errors import STATUS_BY_CODE

PACKAGE = Path(__file__).parents[1]


# Pitfall FFI-1.
@pytest.mark.parametrize("in_binding", [False, True])
def test_a_panic_is_an_internal_error(in_binding, capfd):
    with pytest.raises(hookseal.VerificationError) as caught:
        _native.panic_self_test(in_binding)
    assert (caught.value.code, caught.value.status) == ("internal", 500)
    assert "deliberate panic" in capfd.readouterr().err


def test_the_error_table_is_the_cores():
    rows = hookseal.error_codes()
    assert {row["code"]: row["status"] for row in rows} == STATUS_BY_CODE
    assert len({row["number"] for row in rows}) == len(rows)
    assert 0 not in {row["number"] for row in rows}
    for row in rows:
        error = hookseal.VerificationError(row["code"], "why")
        assert (error.code, error.status, error.detail) == (row["code"], row["status"], "why")
        assert str(error) == f"{row['code']}: why"


def test_the_type_of_a_code_names_them_all():
    assert set(typing.get_args(_types.ErrorCode)) == set(STATUS_BY_CODE)


def public_names(module, name=""):
    """The public classes and functions of a stub file, by their tree."""
    for node in module.body:
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and not node.name.startswith("_"):
            yield f"{name}{node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public_names(node, f"{node.name}.")


def test_editors_show_what_everything_is():
    stub = ast.parse(Path(_native.__file__).with_name("_native.pyi").read_text("utf-8"))
    of_package = set(hookseal.__all__)
    shown = {
        name: ast.get_docstring(node)
        for name, node in public_names(stub)
        if name.partition(".")[0] in of_package
    }
    assert {"Verifier.verify", "VerifiedEvent.payload", "Covers.url"} <= set(shown)
    assert [name for name, text in shown.items() if not text] == []


def test_the_licences_are_in_the_package():
    for name in ("LICENSE-APACHE", "LICENSE-MIT", "THIRD-PARTY-LICENSES.txt"):
        text = (PACKAGE.parent / name).read_text("utf-8")
        assert (PACKAGE / name).read_text("utf-8") == text
        (installed,) = [
            file for file in importlib.metadata.files("hookseal") if file.name == name
        ]
        assert installed.read_text("utf-8") == text


def test_the_errors_have_one_base():
    for error in (
        hookseal.VerificationError("internal", "a"),
        hookseal.ConfigurationError("a"),
    ):
        assert isinstance(error, hookseal.HooksealError)
        assert isinstance(error, Exception)
        for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
            assert type(twin) is type(error)
            assert (twin.code, twin.status, twin.detail) == (error.code, error.status, "a")
            assert str(twin) == str(error)
    assert hookseal.ConfigurationError("a").code == "configuration"
    with pytest.raises(KeyError):
        hookseal.VerificationError("no_such_code", "a")


def test_one_version_everywhere():
    cargo = (PACKAGE.parent / "Cargo.toml").read_text("utf-8")
    declared = re.search(r'^version = "(.+)"', cargo, re.MULTILINE)
    assert declared
    assert hookseal.__version__ == declared[1]
    assert _native.VERSION == declared[1]
    assert importlib.metadata.version("hookseal") == declared[1]


# Pitfall FFI-5.
def test_a_native_library_of_another_version_is_refused():
    program = (
        "import sys, types, hookseal._native as native\n"
        "other = types.ModuleType('hookseal._native')\n"
        "other.__dict__.update(vars(native), VERSION='9.9.9')\n"
        "sys.modules.pop('hookseal'); sys.modules['hookseal._native'] = other\n"
        "import hookseal\n"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert ended.returncode == 1
    assert "ImportError" in ended.stderr
    assert "9.9.9" in ended.stderr


@pytest.mark.parametrize("use", ["", ".providers"])
def test_importing_loads_no_heavy_module(use):
    program = (
        "import sys; before = set(sys.modules)\n"
        f"import hookseal; hookseal{use}\n"
        "print(*(set(sys.modules) - before))"
    )
    environment = {"PYTHONPATH": str(Path(hookseal.__file__).parents[1])}
    ended = subprocess.run(
        [sys.executable, "-Sc", program], capture_output=True, text=True, env=environment
    )
    own = {"hookseal", "hookseal._native", "hookseal.errors"}
    if use:
        own |= {"hookseal.providers", "hookseal._unset"}
    assert set(ended.stdout.split()) - {"__future__"} == own


#: What `cargo xtask gen` writes from the schema of options.
GENERATED = {"_by_scheme.pyi", "options.py", "providers.py"}


def test_no_provider_is_known_to_the_binding():
    ids = {row["id"] for row in hookseal.schemes()}
    # Words that are also building blocks, or of code: metadata, `request.META`.
    names = {identifier.split("-")[0] for identifier in ids} - {"standard", "meta"}
    sources = [*PACKAGE.glob("src/**/*.rs"), *PACKAGE.glob("python/**/*.py*")]
    generated = {source for source in sources if source.name in GENERATED}
    assert len(sources) > 8
    assert len(generated) == len(GENERATED)
    for source in generated:
        first = source.read_text("utf-8").partition("\n")[0]
        assert first.startswith("# Generated by `cargo xtask gen`"), source
    for source in {*sources} - generated:
        if source.suffix == ".pyc":
            continue
        text = source.read_text("utf-8").lower()
        found = [name for name in names if re.search(rf"\b{name}\b", text)]
        assert not found, f"{source} names {found}"


# Secrets.


def everything_shown(verifier) -> str:
    parts = [repr(verifier), str(verifier), format(verifier), repr(dir(verifier))]
    for name in dir(verifier):
        value = getattr(verifier, name)
        if not callable(value):
            parts.append(repr(value))
    for attempt in (pickle.dumps, copy.copy, copy.deepcopy, vars):
        try:
            parts.append(repr(attempt(verifier)))
        except TypeError as error:
            parts.append(str(error))
    return "\n".join(parts)


@pytest.mark.parametrize("secret", [TOKEN, TOKEN.encode(), [TOKEN], {"main": TOKEN}])
def test_a_verifier_shows_no_secret(secret):
    verifier = hookseal.Verifier("plivo", auth_token=secret, public_url=PUBLIC_URL)
    shown = everything_shown(verifier)
    assert TOKEN not in shown
    assert TOKEN.encode().hex() not in shown
    with pytest.raises(TypeError):
        pickle.dumps(verifier)


def test_errors_and_events_show_no_secret_and_no_body(verifier, signed):
    marker = b"marker-of-the-body"
    request = sign(verifier, signed.but(body=b"Digits=" + marker))
    event = verifier.verify(**request.arguments())
    assert marker.decode() not in repr(event)
    genuine = request.headers["x-plivo-signature-v3"]
    forged = {**request.headers, "x-plivo-signature-v3": "A" * 43 + "="}
    for headers in (forged, {}, {**request.headers, "x-plivo-signature-v3-nonce": "é"}):
        with pytest.raises(hookseal.VerificationError) as caught:
            verifier.verify(**request.but(headers=headers).arguments())
        shown = f"{caught.value!r} {caught.value} {pickle.dumps(caught.value)!r}"
        for hidden in (TOKEN, genuine, marker.decode()):
            assert hidden not in shown


# Threads.


def in_threads(work, count=8):
    failures = []

    def run(number):
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures, failures


def test_threads_share_one_verifier(verifier):
    bodies = [
        b"Text=" + bytes([97 + number]) * size
        for number in range(4)
        for size in (10, 2000, 3000, 50_000)
    ]
    requests = [sign(verifier, Signed(body=body)) for body in bodies]

    def hammer(number):
        for turn in range(300):
            request = requests[(turn * 7 + number) % len(requests)]
            assert verifier.verify(**request.arguments()).payload is request.body
            other = requests[(turn * 7 + number + 1) % len(requests)]
            assert code_of(verifier, request.but(headers=other.headers)) == "signature_mismatch"

    in_threads(hammer)


# Pitfall FFI-2.
def test_a_body_that_changes_during_the_call_gets_one_verdict(verifier):
    good = b"Text=" + b"a" * 200_000
    bad = b"Text=" + b"b" * 200_000
    request = sign(verifier, Signed(body=good))
    shared = bytearray(good)
    done = threading.Event()

    def change():
        while not done.is_set():
            shared[:] = bad
            shared[:] = good

    changer = threading.Thread(target=change)
    changer.start()
    try:
        verdicts = set()
        for _ in range(200):
            try:
                event = verifier.verify(**request.but(body=shared).arguments())
            except hookseal.VerificationError as error:
                verdicts.add(error.code)
            else:
                verdicts.add("verified")
                assert event.payload == good  # what was verified is what is handed out
        assert verdicts <= {"verified", "signature_mismatch"}
    finally:
        done.set()
        changer.join()


def test_nothing_leaks(verifier, signed):
    headers = dict(signed.headers)
    before = [sys.getrefcount(item) for item in (verifier, signed.body, headers, signed.url)]
    forged = {**headers, "x-plivo-signature-v3": "A" * 43 + "="}
    for _ in range(1000):
        verifier.verify(signed.method, signed.url, headers, signed.body)
        code_of(verifier, signed.but(headers=forged))
        code_of(verifier, signed.but(body=None))
    after = [sys.getrefcount(item) for item in (verifier, signed.body, headers, signed.url)]
    assert before == after
