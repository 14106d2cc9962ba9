"""Holds the core against the executable specification of the scheme language.

    python compare.py PROGRAM [ARGUMENT ...]

The program with its arguments describes scheme files as `cargo xtask scheme --json`
does. For each file of core/schemes, what every variant covers must be the same; for
each case of core/tests/scheme_language, the verdict must be the expected one here as
in the core, whose own test has the requests. Needs Python 3.11 and cryptography.
"""

import base64
import json
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import specification

ROOT = Path(__file__).parents[2]
CASES = ROOT / "core/tests/scheme_language/cases.json"

# Files with what the specification does not have: there is nothing to compare.
LEFT_OUT = {
    "azure-event-grid": "[preset] and a challenge of the core's own",
    "enablex": "a challenge of the core's own",
}


class Report:
    """Counts, and prints what differs."""

    def __init__(self):
        self.passed = self.failed = self.skipped = 0

    def add(self, name, differences):
        if differences:
            self.failed += 1
            print(f"DIFFERS  {name}")
            for difference in differences:
                print(f"         {difference}")
        else:
            self.passed += 1

    def leave_out(self, name, reason):
        print(f"LEFT OUT {name}: {reason}")


def main(program):
    report = Report()
    schemes = {file.stem: file for file in sorted((ROOT / "core/schemes").glob("*.toml"))}
    bases = {name: tomllib.loads(file.read_text()) for name, file in schemes.items()}
    described = describe(program, schemes.values())
    for name, file in schemes.items():
        compare_scheme(report, name, bases, described[file.name])
    cases = json.loads(CASES.read_text())
    compare_files(report, program, cases["files"], bases)
    for case in cases["requests"]:
        add(report, case, verdicts(case, bases))
    print(json.dumps(vars(report)))
    return report.failed != 0


def describe(program, files):
    """What the core says about each file, by its name."""
    command = [*program, *map(str, files)]
    output = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False).stdout
    return json.loads(output)


def compare_scheme(report, name, bases, described):
    try:
        plan = specification.compile(bases[name], bases)
    except specification.Bad as fault:
        if name in LEFT_OUT:
            report.leave_out(name, LEFT_OUT[name])
        else:
            report.add(name, [f"the specification rejects it: {fault}"])
        return
    if name in LEFT_OUT:
        report.add(name, ["it need not be skipped"])
    elif "error" in described:
        report.add(name, [f"the core rejects it: {described['error']}"])
    else:
        report.add(name, differences(plan, described["variants"]))


def differences(plan, variants):
    if len(plan.variants) != len(variants):
        return [f"{len(plan.variants)} variants here, {len(variants)} in the core"]
    found = []
    for position, (own, core) in enumerate(zip(plan.variants, variants, strict=True)):
        expected = dict(own.covers, parts=sorted(own.covers["parts"]))
        expected["joined"] = [own.signed[field].source for field in sorted(own.joined)]
        covers = core["covers"]
        actual = dict(covers, parts=sorted(covers["parts"]), joined=core["joined"])
        for fact, value in expected.items():
            if actual[fact] != value:
                found.append(
                    f"variant {position}, {fact}: {value!r} here, {actual[fact]!r} in the core"
                )
    return found


def compare_files(report, program, cases, bases):
    """Files that must be rejected, here by the rule that the case names."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / f"{position}.toml" for position in range(len(cases))]
        for case, file in zip(cases, files, strict=True):
            file.write_text(case["file"])
        described = describe(program, files)
    for case, file in zip(cases, files, strict=True):
        found = []
        try:
            specification.compile(tomllib.loads(case["file"]), bases)
            found.append("it compiles here")
        except specification.Bad as fault:
            if fault.rule != case["rule"]:
                found.append(f"{case['rule']} is broken, and not {fault}")
        if "error" not in described[file.name]:
            found.append("it compiles in the core")
        add(report, case, found)


def add(report, case, found):
    """Where the core is stricter, as ARCHITECTURE.md says, the two have to differ."""
    if case.get("core_only"):
        found = [] if found else ["the specification is as strict as the core by now"]
    report.add(case["attack"], found)


def verdicts(case, bases):
    """Two requests, of which one is genuine."""
    plan = specification.compile(tomllib.loads(case["file"]), bases)
    found, replay_keys = [], set()
    for which, expected in (("genuine", "verified"), ("forged", case["code"])):
        request = case[which]
        if request is None:
            continue
        body = base64.b64decode(request["body"])
        try:
            received = specification.Request(
                request["method"], request["url"], request["headers"], body
            )
            facts = specification.verify(plan, received, case["options"], case["now"])
            replay_keys.add(facts["replay_key"])
            verdict = "verified"
        except specification.Refused as refused:
            verdict = refused.code
        except specification.Challenge:
            verdict = "challenge"
        if verdict != expected:
            found.append(f"{which}: {verdict}, expected {expected}")
    if case["code"] == "verified" and len(replay_keys) != 1:
        found.append("the replay keys differ")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
