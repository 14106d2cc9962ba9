"""The Python of the documentation, under a strict type checker."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "bindings-python/README.md", *sorted((ROOT / "docs").glob("*.md"))]

#: What a snippet may take for granted.
PRELUDE = """
import base64
import json
from collections.abc import Mapping
from typing import Any
import flask
import hookseal
from flask import Flask
from hookseal import VerifiedEvent, Verifier
from hookseal.flask import Webhook, error_response, token_endpoint
app: Flask
body: bytes
ciphertext: bytes
encrypted_data: str
event: VerifiedEvent
headers: Mapping[str, str]
issuer: hookseal.TokenIssuer
iv: Any
url: str
verifier: Verifier
APPLICATION_KEY: str
APPLICATION_SECRET: str
APP_ID: str
APP_SECRET: str
AUDIENCE: str
CLIENT_SECRET: str
HMAC_KEY: str
MAIN_TOKEN: str
OWN_HANDLE: str
PASSWORD: str
PUBLIC_KEY: str
PUBLIC_KEY_PEM: str
PUBLIC_URL: str
SECRET: str
SECRET_TOKEN: str
SEED: bytes
SHARED_KEY: str
SHOP_TOKEN: str
SIGNATURE_SECRET: str
SIGNING_KEY: str
SIGNING_SECRET: str
SKILL_ID: str
TOKEN: str
URL_TOKEN: str
VERIFY_TOKEN: str
WEBHOOK_ID: str
WORKSPACE_ID: str
"""


def snippets():
    for page in PAGES:
        text = page.read_text("utf-8")
        for found in re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL):
            line = text.count("\n", 0, found.start()) + 1
            yield page.stem, line, found[1]


#: Lines that a checker must not let pass.
MISTAKES = """
if hookseal.VerificationError("internal", "").code == "signature_mismach": ...
verifier.verify("POST", "/", headers, "a text")
event.claim
@app.post("/")
@Webhook("github", secret=SECRET)
def view() -> str: return ""
"""

#: Views of classes, which no page shows.
CLASSES = """
from flask.views import MethodView
hook = Webhook("github", secret=SECRET)
class Answers(MethodView):
    decorators = [hook]
    def post(self, event: VerifiedEvent, number: int) -> str: return event.scheme
class Calls(MethodView):
    @hook
    def post(self, event: VerifiedEvent, number: int) -> str: return event.scheme
    @hook
    async def put(self, event: VerifiedEvent) -> str: return event.scheme
hook(Calls.as_view("calls"))
number: str = Calls().post(number=1)
"""


def test_every_snippet_is_well_typed(tmp_path):
    names = []
    for page, line, code in snippets():
        names.append(f"{page}_{line}.py".replace("-", "_"))
        (tmp_path / names[-1]).write_text(PRELUDE + code, "utf-8")
    (tmp_path / "classes.py").write_text(PRELUDE + CLASSES, "utf-8")
    (tmp_path / "mistakes.py").write_text(PRELUDE + MISTAKES, "utf-8")
    options = ["--strict", "--no-error-summary", "--cache-dir", str(tmp_path / "cache")]
    # Flask-WTF has no types; `...` stands for the reader's code; and a snippet may
    # name something anew that the prelude has.
    for fine in ("import-untyped", "empty-body", "no-redef"):
        options += ["--disable-error-code", fine]
    command = [sys.executable, "-m", "mypy", *options]
    ended = subprocess.run(
        [*command, *names, "classes.py", "mistakes.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    errors = [line for line in ended.stdout.splitlines() if ": error: " in line]
    assert [line for line in errors if not line.startswith("mistakes.py")] == [], ended.stderr
    assert len(errors) == 4, ended.stdout
    assert len(names) > 12
