"""Typed options: what a type checker lets pass, and what it does not."""

from __future__ import annotations

import inspect
import re
import subprocess
import sys
from pathlib import Path

import pytest

import hookseal
from conftest import PUBLIC_URL, TOKEN, code_of
from hookseal import providers

PROGRAMS = Path(__file__).parent / "typed"


def mypy(program, cache):
    options = ["--strict", "--no-error-summary", "--hide-error-context", "--cache-dir", cache]
    command = [sys.executable, "-m", "mypy", *options, program]
    ended = subprocess.run(command, cwd=cache, capture_output=True, text=True)
    found = re.findall(r"^.*?:(\d+): error: (.*)$", ended.stdout, re.MULTILINE)
    return {int(line): message for line, message in found}, ended.stdout + ended.stderr


def test_a_checker_takes_every_option(tmp_path):
    errors, shown = mypy(PROGRAMS / "every_option.py", tmp_path)
    assert errors == {}, shown


def test_a_checker_finds_every_misspelt_option_and_scheme(tmp_path):
    program = PROGRAMS / "misspelt.py"
    lines = program.read_text("utf-8").splitlines()
    first = lines.index("A: Any = None") + 1
    errors, shown = mypy(program, tmp_path)
    assert set(errors) == set(range(first + 1, len(lines) + 1)), shown[:2000]
    for number, message in errors.items():
        line = lines[number - 1]
        call = re.match(r'(?:providers\.)?(\w+)\("?([\w-]+)?', line)
        assert call, line
        if call[1] in ("Verifier", "Webhook"):
            assert message.startswith(f'No overload variant of "{call[1]}" matches'), line
        elif call[1].endswith("_"):
            assert f'has no attribute "{call[1]}"' in message, line
        else:
            wrong = re.search(r'(\w+_)(=A|": A)', line)[1]
            assert f'"{wrong}"' in message, line


#: Each line is a mistake of another kind.
MISTAKES = """
hookseal.providers.standard_webhooks(secret=os.environ.get("SECRET"))
hookseal.providers.standard_webhooks(secret="x", tolerance="300")
hookseal.providers.standard_webhooks(secret="x", public_url=None)
hookseal.providers.standard_webhooks()
hookseal.providers.vcc_live(random_iv="require")
hookseal.Verifier("standard-webhooks")
hookseal.Verifier(os.environ["SCHEME"], secret="x")
hookseal.Verifier("github", secret="x", introspect=print)
hookseal.no_such_name
Webhook("standard-webhooks", secret="x", nam="hook")
Webhook()
hookseal.VerificationError("internal", "").code == "signature_mismach"
hookseal.schemes()[0]["status"] == "stabel"
"""

#: What is no mistake, though no scheme of ours is named.
CUSTOM = """
scheme: dict[str, object] = {}
hookseal.Verifier(scheme, any_option=["x"], other=1)
Webhook(scheme, name="mine", any_option={"label": b"x"})
hookseal.verifier_from_config({"scheme": os.environ["SCHEME"], "secret": "x"})
Webhook(name="mine").init_app(flask.Flask(__name__))
Webhook(hookseal.providers.standard_webhooks(secret="x"), name="mine")
options: StandardWebhooksOptions = {"secret": ["x", b"x"], "tolerance": 60}
hookseal.Verifier("standard-webhooks", **options)
"""

IMPORTS = """
import os
import flask
import hookseal
from hookseal.flask import Webhook
from hookseal.options import StandardWebhooksOptions
"""


def test_mistakes_of_other_kinds(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(IMPORTS + CUSTOM + MISTAKES, "utf-8")
    errors, shown = mypy(program, tmp_path)
    first = (IMPORTS + CUSTOM + "\n").count("\n")
    assert [number - first for number in errors] == [*range(1, MISTAKES.count("\n"))], shown


def test_every_scheme_has_its_function(signed):
    for row in hookseal.schemes():
        function = getattr(providers, row["id"].replace("-", "_"))
        parameters = inspect.signature(function).parameters
        for option in row["options"]:
            parameter = parameters[option["name"]]
            assert parameter.kind is parameter.KEYWORD_ONLY
            assert (parameter.default is parameter.empty) == option["required"]
            assert f"\n        {option['name']}: " in function.__doc__
        assert row["docs"] in function.__doc__
    assert len(providers.__all__) == len(hookseal.schemes())


def test_a_function_makes_the_verifier_of_its_scheme(signed):
    verifier = hookseal.providers.plivo(auth_token=TOKEN, public_url=PUBLIC_URL)
    assert verifier.scheme == "plivo"
    assert code_of(verifier, signed) == "verified"


def test_none_is_no_default():
    for options in ({"auth_token": None}, {"auth_token": TOKEN, "allowed_ips": None}):
        with pytest.raises(hookseal.ConfigurationError, match="is None"):
            hookseal.providers.plivo(**options)
    with pytest.raises(TypeError, match="auth_tokn"):
        hookseal.providers.plivo(auth_token=TOKEN, auth_tokn=TOKEN)
    assert "public_url: 'str' = UNSET" in str(inspect.signature(providers.plivo))


def test_a_verifier_of_a_configuration(signed):
    for config in (
        {"scheme": "plivo", "auth_token": TOKEN, "public_url": PUBLIC_URL},
        {"SCHEME": "plivo", "AUTH_TOKEN": TOKEN, "Public_Url": PUBLIC_URL},
    ):
        assert code_of(hookseal.verifier_from_config(config), signed) == "verified"


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ("plivo", "a mapping is needed, not str"),
        ({1: 2}, "no text"),
        ({"auth_token": TOKEN}, "`scheme` is missing"),
        ({"scheme": None, "auth_token": TOKEN}, "the scheme must be"),
        ({"scheme": "plvio", "auth_token": TOKEN}, "plivo"),
        ({"scheme": "plivo", "auth_tokn": TOKEN}, "auth_token"),
        ({"scheme": "plivo", "auth_token": None}, "auth_token is None"),
        ({"scheme": "plivo", "auth_token": TOKEN, "AUTH_TOKEN": TOKEN}, "twice"),
        ({"scheme": "plivo", "auth_token": TOKEN, "introspect": print}, "is a function"),
    ],
)
def test_a_wrong_configuration(config, why):
    with pytest.raises(hookseal.ConfigurationError, match=why) as caught:
        hookseal.verifier_from_config(config)
    assert TOKEN not in str(caught.value)
