"""What becomes of verifiers, secrets and interpreters in the end."""

from __future__ import annotations

import gc
import importlib.util
import os
import shutil
import subprocess
import sys
import weakref
from pathlib import Path

import jwt
import pytest

import hookseal
from conftest import NOW, Signed

TOKEN_OPTIONS = {"issuer": "https://auth.example.com", "audience": "hooks"}
INTROSPECTION = {**TOKEN_OPTIONS, "introspection": True}
KEY_SET = {**TOKEN_OPTIONS, "jwks_uri": "https://auth.example.com/keys"}


class Hook:
    """A hook that can hold what it was made for."""

    def __init__(self, answer):
        self.answer = answer
        self.held = None

    def __call__(self, *_):
        return self.answer


def introspecting():
    claims = {
        "active": True,
        "iss": "https://auth.example.com",
        "aud": "hooks",
        "exp": NOW + 60,
    }
    hook = Hook(claims)
    return hook, hookseal.Verifier("bearer-jwt", introspect=hook, **INTROSPECTION)


def fetching():
    hook = Hook(b'{"keys": []}')
    return hook, hookseal.Verifier("bearer-jwt", fetch_keys=hook, **KEY_SET)


@pytest.mark.parametrize("make", [introspecting, fetching])
@pytest.mark.parametrize(
    "method", [lambda verifier: verifier, lambda verifier: verifier.verify]
)
def test_a_hook_may_hold_its_verifier(make, method):
    hook, verifier = make()
    hook.held = method(verifier)
    gone = weakref.ref(hook)
    del hook, verifier
    gc.collect()
    assert gone() is None


def test_a_hook_may_hold_an_event():
    hook, verifier = introspecting()
    token = jwt.encode({"a": 1}, "a secret of 32 bytes, or of more than that", "HS256")
    request = Signed(url="https://h/", headers={"Authorization": f"Bearer {token}"}, body=b"")
    hook.held = verifier.verify(**request.arguments(), now=NOW)
    gone = weakref.ref(hook)
    del hook, verifier
    gc.collect()
    assert gone() is None


def run(program, *arguments, **more):
    return subprocess.run(
        [sys.executable, "-c", program, *arguments], capture_output=True, text=True, **more
    )


OTHER_INTERPRETER = """
import sys
if sys.version_info >= (3, 13):
    import _interpreters as interpreters
    create = lambda: interpreters.create("legacy")
    run = interpreters.exec
elif sys.version_info >= (3, 12):
    import _xxsubinterpreters as interpreters
    create, run = lambda: interpreters.create(isolated=False), interpreters.run_string
else:
    import _xxsubinterpreters as interpreters
    create, run = interpreters.create, interpreters.run_string

program = '''
import hookseal
def code(call):
    try:
        call()
    except hookseal.HooksealError as error:
        return type(error).__name__
    except BaseException as error:
        return f"not ours: {type(error)}"
verifier = hookseal.Verifier("github", secret="a-secret-of-the-tests")
print(
    code(lambda: hookseal.Verifier("github", secret="")),
    code(lambda: verifier.verify("POST", "https://h/", {}, b"")),
    flush=True,
)
'''
if sys.argv[1] == "main first":
    exec(program)
for _ in range(2):
    run(create(), program)
exec(program)
"""


@pytest.mark.parametrize("first", ["main first", "another first"])
def test_every_interpreter_catches_its_own_exceptions(first):
    ended = run(OTHER_INTERPRETER, first)
    lines = ended.stdout.splitlines()
    assert lines == ["ConfigurationError VerificationError"] * len(lines), ended.stderr
    assert len(lines) == (4 if first == "main first" else 3), ended.stderr


@pytest.mark.parametrize("native", [None, b"", b"no library"])
def test_a_native_part_that_cannot_be_loaded(tmp_path, native):
    source = Path(importlib.util.find_spec("hookseal").origin).parent
    package = tmp_path / "hookseal"
    package.mkdir()
    for file in source.glob("*.py"):
        shutil.copy(file, package)
    if native is not None:
        (package / "_native.abi3.so").write_bytes(native)
    ended = run("import hookseal", env={**os.environ, "PYTHONPATH": str(tmp_path)})
    last = ended.stderr.strip().splitlines()[-1]
    assert last.startswith("ImportError: the native part of hookseal cannot be loaded")
    assert "reinstall the package" in last
    assert "circular" not in ended.stderr


READS_A_SECRET = """
import gc, os, sys, hookseal
secret = bytearray(int(sys.argv[1]))
os.readv(0, [secret])
verifier = hookseal.Verifier("github", secret=secret)
del verifier
secret[:] = bytes(len(secret))
gc.collect()
print("ready", flush=True)
sys.stdin.read()
"""


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="reads the memory of a process")
def test_no_copy_of_the_options_stays():
    secret = os.urandom(3000)
    with subprocess.Popen(
        [sys.executable, "-c", READS_A_SECRET, str(len(secret))],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.stdin.write(secret)
        process.stdin.flush()
        assert process.stdout.readline() == b"ready\n"
        try:
            pieces = [
                pieces_in_memory(process.pid, spelling)
                for spelling in (secret, secret.hex().encode())
            ]
        finally:
            process.stdin.close()
    assert pieces == [[], []]


def pieces_in_memory(process: int, text: bytes) -> list[int]:
    """The positions of those pieces of a secret that stand in a process's memory."""
    found = set()
    maps = Path(f"/proc/{process}/maps").read_text("ascii").splitlines()
    with Path(f"/proc/{process}/mem").open("rb", 0) as memory:
        for line in maps:
            area, permissions, *_ = line.split()
            if not permissions.startswith("rw"):
                continue
            start, end = (int(address, 16) for address in area.split("-"))
            try:
                memory.seek(start)
                content = memory.read(end - start)
            except (OSError, OverflowError, ValueError):
                continue  # memory of the kernel or of a device
            found |= {
                at for at in range(0, len(text) - 32, 32) if text[at : at + 32] in content
            }
    return sorted(found)
