# The scheme language as an executable specification: an interpreter of its own, in
# Python, that shares no line with the core. `compare.py` holds the two against each
# other. It is test data: terse, formatted as it was written, never shipped. It
# compiles and verifies, and does not sign.
"""Executable specification of the scheme language, version 2.

compile(file) -> Plan, or Bad(rule, text) with the number of the rule that a file breaks.
verify(plan, request, options, now) -> facts, or Refused(code, text), or Challenge(reply).
"""
import base64, datetime, hashlib, hmac, json, re, urllib.parse as up, zlib
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature


class Bad(Exception):
    def __init__(self, rule, text): super().__init__(f"{rule}: {text}"); self.rule = rule
class Refused(Exception):
    def __init__(self, code, text): super().__init__(f"{code}: {text}"); self.code = code
class Challenge(Exception):
    def __init__(self, reply): super().__init__("challenge"); self.reply = reply


# ------------------------------------------------------------------ tables
ALGORITHMS = {  # name -> (kind of key, bytes of a signature)
    "hmac-md5": ("secret", 16), "hmac-sha1": ("secret", 20), "hmac-sha256": ("secret", 32),
    "hmac-sha384": ("secret", 48), "hmac-sha512": ("secret", 64),
    "md5": ("secret", 16), "sha1": ("secret", 20), "sha256": ("secret", 32),
    "ed25519": ("ed25519", 64),
    "ecdsa-p256-sha256": ("p256", 64), "ecdsa-p256-sha256-der": ("p256", None),
    "rsa-v1_5-sha1": ("rsa", None), "rsa-v1_5-sha256": ("rsa", None), "rsa-v1_5-sha512": ("rsa", None),
    "rsa-pss-sha512": ("rsa", None),
}
PLAIN = {"md5", "sha1", "sha256"}
WEAK_ALGORITHMS = {"md5", "sha1", "rsa-v1_5-sha1"}
LEVELS = ["none", "weak", "joined", "part", "full"]
lowest = lambda *levels: min(levels, key=LEVELS.index)
highest = lambda *levels: max(levels, key=LEVELS.index, default="none")
FORM = b"application/x-www-form-urlencoded"
UNRESERVED = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
DIGITS = set(b"0123456789")
TOKEN = set(b"!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ")
ID = set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
LINE = set(range(0x20, 0x7F)) | {9}
URL = set(range(0x20, 0x100)) - {0x7F, ord("#")}
ANY = set(range(256))
ORACLE = re.compile(rb"[A-Za-z0-9._~+/=-]{1,256}")        # what an unproven reply may be a MAC of
FIXED = object()                                          # a boundary that needs no look


# ------------------------------------------------------------------ places
KINDS = {"header", "query", "form", "json", "signature", "claim", "option"}
def place(text, allowed, where):
    kind, colon, name = text.partition(":")
    if not colon or kind not in KINDS: raise Bad("L1", f"{where}: `{text}` is no place")
    if kind not in allowed: raise Bad("L2", f"{where}: `{kind}:` cannot stand here; expected {', '.join(sorted(allowed))}")
    if kind == "json" or kind == "claim" and name.startswith("/"):
        steps = name.split("/")
        if steps[0] or len(steps) < 2 or any(not re.fullmatch(r"(?:[!-.0-}]|~[01])+", s) or set(s) & set("{}|'") for s in steps[1:]):
            raise Bad("L3", f"{where}: `{name}` is no JSON pointer of object members")
        if any(s.isdigit() for s in steps[1:]) or steps[1:].count("*") > 1 or steps[-1] == "*":
            raise Bad("L3", f"{where}: `{name}`: no positions in lists; one `*` for a list's elements")
    elif not re.fullmatch(r"[A-Za-z0-9!#$%&*+.^_`~-]{1,128}", name): raise Bad("L1", f"{where}: `{name}` is no name")
    if kind == "header" and name != name.lower(): raise Bad("L1", f"{where}: header names are written in lower case")
    return kind, name


# ------------------------------------------------------------------ templates
ESCAPES = {"percent", "js-percent", "form-percent", "json", "crlf", "replace"}
SIZES = {"md5": 16, "sha1": 20, "sha256": 32, "sha512": 64, "crc32": 4}
ENCODINGS = {"hex", "base64", "base64url", "decimal"}
PARTS = {"url", "url.base", "url.path", "url.query", "url.target"}

class Field:
    def __init__(self, source, filters, where, allowed):
        self.source, self.where = source, where
        self.flags, self.escapes, self.digest, self.encoding = set(), [], None, None
        if source not in {"body", "method", "timestamp", "delivery_id", "secret"} | PARTS | {"name", "value"}:
            place(source, allowed, where)
        for word in filters:
            name, *args = word.split()
            if name in ("any", "optional", "number", "boolean"):
                if source in ("name", "value") and name != "any": raise Bad("L4", f"{where}: `{name}` is nothing for pairs")
                if self.escapes or self.digest or args: raise Bad("L4", f"{where}: `{name}` stands first")
                if name in ("number", "boolean") and not source.startswith(("json:", "claim:")): raise Bad("L4", f"{where}: `{name}` belongs to json:")
                if name == "optional" and not source.partition(":")[1]: raise Bad("L4", f"{where}: {source} is always there")
                self.flags.add(name)
            elif name in ESCAPES:
                if self.digest: raise Bad("L4", f"{where}: `{name}` behind a digest")
                if (len(args) == 2 and len(args[1]) == 1) != (name == "replace"): raise Bad("L4", f"{where}: {word}")
                self.escapes.append((name, *args))
            elif name in SIZES:
                if self.digest: raise Bad("L4", f"{where}: a digest of a digest")
                self.digest = name
            elif name in ENCODINGS:
                if not self.digest or self.encoding or (name == "decimal") != (self.digest == "crc32"): raise Bad("L4", f"{where}: `{name}` has nothing to encode")
                self.encoding = name
            else: raise Bad("L4", f"{where}: `{name}` is no filter")
        if self.digest == "crc32" and not self.encoding: raise Bad("L4", f"{where}: crc32 needs decimal")
        if self.source in ("method", "timestamp", "delivery_id", "secret") and filters: raise Bad("L4", f"{where}: {source} takes no filter")
    def is_open(self): return "any" in self.flags or (self.source == "body" and not self.digest and not self.closed_escape())
    def closed_escape(self): return any(e[0] in ("percent", "js-percent", "form-percent", "json") for e in self.escapes)
    def alphabet(self, plan):
        """What the written value may consist of; FIXED where it shows its own end."""
        if self.source in ("secret",) or self.source.startswith("option:"): return FIXED
        if self.digest: return DIGITS if self.digest == "crc32" else FIXED
        if self.source == "timestamp": return FIXED            # one width inside the window
        last = self.escapes[-1][0] if self.escapes else None
        if last == "json": return FIXED                        # quoted
        if last in ("percent", "js-percent", "form-percent"):
            return UNRESERVED | set(b"%") | set({"percent": b"", "js-percent": b"!*'()", "form-percent": b"+"}[last])
        if self.source == "method": return TOKEN
        if self.source == "delivery_id": return ID | set(plan.id_characters.encode())
        if self.source in PARTS: return URL - (set(b"?") if self.source in ("url.base", "url.path") else set())
        if self.source.startswith(("header:", "signature:")): return LINE
        return ANY
    def first(self):
        return set(b"hw") if self.source in ("url", "url.base") else set(b"/") if self.source in ("url.path", "url.target") else DIGITS if self.source == "timestamp" else None
    def cap(self):
        """The most that a mention through these filters covers."""
        level = "full"
        for e in self.escapes: level = lowest(level, {"crlf": "part", "replace": "weak"}.get(e[0], "full"))
        return lowest(level, {"crc32": "none", "md5": "weak", "sha1": "weak"}.get(self.digest, "full"))

class Listing:
    def __init__(self, source, steps, item, joiner, where):
        self.source, self.where, self.without, self.order, self.unique = source, where, [], None, False
        for word in steps:
            name, *args = word.split()
            if name == "without" and args and not self.order: self.without += args
            elif name in ("sort", "sort-names") and not args and not self.order: self.order = name
            elif name == "unique" and self.order == "sort": self.unique = True
            else: raise Bad("L4", f"{where}: `{word}`: expected [without names] [sort [unique] | sort-names] pairs '…' ['…']")
        self.item = tokens(item, where, set(), item=True)
        self.joiner = joiner.encode()
        named = [t.source for t in self.item if isinstance(t, Field)]
        if sorted(named) != ["name", "value"]: raise Bad("L4", f"{where}: pairs must hold {{name}} and {{value}}, each once")
        # what ends a name and a value: the byte beside it must not stand in it
        self.stops, self.readable, self.closed = {}, True, True
        parts = self.item + ([self.joiner] if self.joiner else [])
        for i, p in enumerate(parts):
            if not isinstance(p, Field): continue
            nxt = parts[(i + 1) % len(parts)]
            letters = UNRESERVED | set(b"%+*!'()") if p.closed_escape() and p.escapes[-1][0] != "json" else ANY
            if letters is ANY: self.closed = False
            if not isinstance(nxt, bytes) or "any" in p.flags: self.readable = False
            elif nxt[0] in letters: self.stops[p.source] = nxt[0]
    def is_open(self): return not self.closed
    def exact(self): return self.readable

def split_filters(text): return [p.strip() for p in re.findall(r"(?:[^|']|'[^']*')+", text)]
def tokens(text, where, allowed, item=False):
    out, lit, i = [], b"", 0
    if not text: raise Bad("L4", f"{where}: the template is empty")
    while i < len(text):
        if text[i:i + 2] in ("{{", "}}"): lit += text[i].encode(); i += 2; continue
        if text[i] == "}": raise Bad("L4", f"{where}: a closing brace without an opening one; write }}}}")
        if text[i] != "{": lit += text[i].encode(); i += 1; continue
        j, quoted = i + 1, False
        while j < len(text) and (text[j] != "}" or quoted): quoted ^= text[j] == "'"; j += 1
        if j == len(text): raise Bad("L4", f"{where}: a brace is never closed")
        if lit: out.append(lit); lit = b""
        name, *filters = split_filters(text[i + 1:j])
        if name in ("query", "form") and not item:
            m = re.fullmatch(r"pairs '([^']*)'(?:\s+'([^']*)')?", filters[-1]) if filters else None
            if not m: raise Bad("L4", f"{where}: {name} ends with pairs '…'")
            out.append(Listing(name, filters[:-1], m[1], m[2] or "", where))
        else:
            if item != (name in ("name", "value")): raise Bad("L4", f"{where}: `{{{name}}}` is unknown here")
            out.append(Field(name, filters, where, allowed))
        i = j + 1
    if lit: out.append(lit)
    return out


# ------------------------------------------------------------------ boundaries: which fields can be told apart
def boundaries(parts, plan):
    """Gives (stops, joined): bytes a field must not contain, by position, and the positions that run together."""
    stops, n = {}, len(parts)
    is_field = lambda k: not isinstance(parts[k], bytes)
    def closable(k):
        p = parts[k]
        return not p.is_open()
    def alphabet(k):
        p = parts[k]
        return UNRESERVED | set(b"%+*!'()") | separators(p) if isinstance(p, Listing) else p.alphabet(plan)
    def separators(p):
        return set(b"".join(x for x in p.item if isinstance(x, bytes)) + p.joiner) if isinstance(p, Listing) else set()
    left = 0
    while left < n:
        if is_field(left):
            if not closable(left): break
            a = alphabet(left)
            if a is not FIXED and left + 1 < n:
                nxt = parts[left + 1]
                if isinstance(nxt, bytes) and nxt[0] in separators(parts[left]): break     # a list of two holds it
                elif isinstance(nxt, bytes): stops.setdefault(left, set()).add(nxt[0])
                elif isinstance(nxt, Field) and nxt.source == "secret": pass       # nobody can guess where it begins
                elif isinstance(nxt, Field) and nxt.first() and not nxt.first() & a: pass
                elif isinstance(nxt, Field) and nxt.source == "timestamp" and plan.time_format == "rfc3339" and ord(":") not in a: pass
                else: break
        left += 1
    right = n - 1
    while right > left:
        if is_field(right):
            if not closable(right): break
            a = alphabet(right)
            if a is not FIXED and right > 0:
                before = parts[right - 1]
                if isinstance(before, bytes) and before[-1] in separators(parts[right]): break
                elif isinstance(before, bytes): stops.setdefault(right, set()).add(before[-1])
                elif isinstance(before, Field) and before.source == "secret": pass
                else: break
        right -= 1
    rest = [k for k in range(left, right + 1) if is_field(k)] if left < n else []
    joined = set(rest) if len(rest) > 1 else set()
    for k in rest: stops.pop(k, None)
    return stops, joined


# ------------------------------------------------------------------ patterns: how a signature's text is taken apart
class Pattern:
    def __init__(self, text, where, header):
        self.parts = []
        for lit, name in re.findall(r"([^{}]+)|\{([^{}]*)\}", text):
            if lit: self.parts.append(lit)
            elif name == "signature" or name.startswith("option:") or re.fullmatch(r"[a-z][a-z0-9_-]*", name): self.parts.append((name,))
            else: raise Bad("L5", f"{where}: `{{{name}}}`")
        names = [p[0] for p in self.parts if isinstance(p, tuple)]
        if len(set(names)) != len(names): raise Bad("L5", f"{where}: a name stands twice")
        for a, b in zip(self.parts, self.parts[1:]):
            if isinstance(a, tuple) and isinstance(b, tuple): raise Bad("L5", f"{where}: two parts without anything between them")
        self.names = set(names)
        self.word = header == "authorization" and isinstance(self.parts[0], str) and re.fullmatch(r"[A-Za-z]+ ", self.parts[0])
    def match(self, text, options):
        """The named parts, or None."""
        found, rest = {}, text
        for k, p in enumerate(self.parts):
            if isinstance(p, str):
                if k == 0 and self.word:
                    m = re.match(re.escape(p.strip()) + " +", rest, re.I)
                    if not m: return None
                    rest = rest[m.end():]
                elif rest.startswith(p): rest = rest[len(p):]
                else: return None
            else:
                nxt = self.parts[k + 1] if k + 1 < len(self.parts) else None
                end = len(rest) if nxt is None else rest.find(nxt[0])
                if end <= 0: return None
                value, rest = rest[:end], rest[end:]
                if p[0].startswith("option:"):
                    if not hmac.compare_digest(value.encode(), options[p[0][7:]].encode()): return None
                else: found[p[0]] = value
        return None if rest else found


# ------------------------------------------------------------------ tests: what `when` chooses by and `require` demands
def read_test(test, where, demands):
    if test in ("present", "absent"): return test, None
    if isinstance(test, dict):
        for kind, others in {"is": set(), **({"contains": set(), "option": {"is", "hint"}, "equals": set(), "sha256": {"encoding", "last"}, "sha512": {"encoding", "last"}} if demands else {})}.items():
            if kind in test and set(test) - {kind} <= others and (not others & {"encoding"} or test.get("encoding") in ("hex", "base64", "base64url")): return kind, test
    raise Bad("L6", f"{where}: expected present, absent, {{ is }}" + (", { contains }, { option, hint }, { equals } or { sha256, encoding }" if demands else ""))
as_list = lambda x: x if isinstance(x, list) else [x]
COMPUTED = ("equals", "sha256", "sha512")

def read_when(when, where):
    out = []
    for table in as_list(when):
        if not table: raise Bad("L6", f"{where}: a condition is missing")
        conds = []
        for key, test in table.items():
            if key in ("method", "content_type", "body"): conds.append((key, ("is", {"is": test})))
            elif key == "query" and test in ("present", "absent"): conds.append((key, (test, None)))
            else: place(key, {"header", "query", "form", "json"}, where); conds.append((key, read_test(test, where, False)))
        out.append(conds)
    return out


# ------------------------------------------------------------------ the plan
class Variant: pass
class Plan: pass
HEAD = {"id", "title", "docs", "status", "notes", "methods", "extends", "headers"}
SECTIONS = {"key", "signature", "timestamp", "delivery_id", "event_type", "option", "require", "variant", "token", "basic", "jwt", "decrypt", "challenge", "addresses"}
KEYS = {
    "key": {"option", "hint", "encoding", "prefix", "min_bytes", "refuse", "derive", "shared", "risk", "jwks_uri", "certificate"},
    "signature": {"algorithm", "from", "parse", "encoding", "signed", "url"},
    "timestamp": {"from", "format", "tolerance"}, "delivery_id": {"from", "characters"}, "event_type": {"from"},
    "option": {"name", "hint"}, "variant": {"when", "from", "signed", "timestamp", "delivery_id", "require", "risk"},
    "token": {"option", "hint", "from", "name_option", "scheme"},
    "jwt": {"from", "scheme", "detached", "algorithms", "issuer", "audience", "audience_hint", "audience_ignores_case", "expiry", "max_age", "max_lifetime", "leeway", "jwks_uri", "metadata_uri", "group", "parameters", "claim"},
    "challenge": {"when", "proof", "token", "reply"},
}
EXTENDS = {"id", "title", "docs", "status", "notes", "extends", "headers", "key", "addresses"}

def extend(file, base):
    """A provider that uses another's scheme: other names, nothing else."""
    extra = set(file) - EXTENDS
    if extra or set(file.get("key", {})) - {"hint", "option", "refuse"}: raise Bad("L20", f"extends: `{', '.join(extra) or 'key'}` is what the base says")
    out = json.loads(json.dumps({k: v for k, v in base.items() if k not in ("id", "title", "docs", "status", "notes", "addresses")}))
    if "extends" in out: raise Bad("L20", "extends: the base extends another")
    text, renames = json.dumps(out), file.get("headers", {})
    for old, new in renames.items():
        if f'header:{old}' not in text: raise Bad("L20", f"headers: the base reads no {old}")
        text = re.sub(r'header:' + re.escape(old) + r'(?=["|}])', 'header:' + new, text)
    out = json.loads(text); out["key"] = {**out["key"], **file.get("key", {})}
    return {**{k: v for k, v in file.items() if k not in ("extends", "headers", "key")}, **out}

def compile(file, bases=None):
    if "extends" in file:
        base = (bases or {}).get(file["extends"])
        if base is None: raise Bad("L20", "extends: no such built-in scheme")
        file = extend(file, base)
    for k in file:
        if k not in HEAD | SECTIONS: raise Bad("L1", f"unknown field `{k}`")
    for s, known in KEYS.items():
        for t in as_list(file.get(s, [])):
            if set(t) - known: raise Bad("L1", f"{s}: unknown field `{', '.join(set(t) - known)}`")
    p = Plan(); p.file = file; sig = file.get("signature"); p.sig = sig
    if not any(k in file for k in ("signature", "token", "basic", "jwt", "decrypt")): raise Bad("L7", "a proof is missing")
    if sig and "key" not in file: raise Bad("L7", "a signature needs a key")
    if "key" in file and not sig and "jwt" not in file: raise Bad("L7", "key: nothing is signed with it")
    if sig and "decrypt" in file: raise Bad("L7", "a scheme signs or encrypts, not both")
    if file.get("jwt", {}).get("detached"): check_detached(file)
    if not sig and not file.get("jwt"):
        for s in ("timestamp", "delivery_id", "event_type", "variant", "require"):
            if s in file: raise Bad("L7", f"{s}: nothing is signed here")
    uri = file.get("key", {}).get("jwks_uri")
    if uri is not None and not re.fullmatch(r"https://[a-z0-9.-]+(/[A-Za-z0-9._~/-]*)?", uri): raise Bad("L22", "key.jwks_uri: expected one https:// address, without placeholders")
    if "certificate" in file.get("key", {}): certificate(file)
    p.options = {o["name"]: o for o in file.get("option", [])}
    for o in p.options.values():
        if not o.get("hint"): raise Bad("L1", f"option {o['name']}: hint is missing")
    D = file.get("delivery_id", {}); p.id_characters = D.get("characters", "")
    T = file.get("timestamp", {}); p.time_format = T.get("format")
    if T and T["format"] not in ("unix", "unix-ms", "rfc3339", "http-date"): raise Bad("L1", "timestamp.format")
    if T and ("tolerance" not in T or max(T["tolerance"].values()) > 86400): raise Bad("L1", "timestamp.tolerance: at most 86400 seconds")
    if sig:
        if isinstance(sig.get("algorithm"), dict):         # an option says it; the key is the receiver's own
            names = sig["algorithm"].get("values", [])
            if not names or set(sig["algorithm"]) != {"option", "hint", "values"} or any(n not in ALGORITHMS for n in names): raise Bad("L8", "signature.algorithm: expected option, hint and values")
            if set(file["key"]) - {"option", "hint", "refuse"}: raise Bad("L8", "key: where an option says the algorithm, it has option and hint only")
            sig = p.sig = {**sig, "algorithm": next((n for n in names if ALGORITHMS[n][0] == "secret"), names[0])}
        if sig.get("algorithm") not in ALGORITHMS: raise Bad("L8", f"signature.algorithm: expected one of {', '.join(ALGORITHMS)}")
        kind = ALGORITHMS[sig["algorithm"]][0]; e = file["key"].get("encoding", "utf8")
        fits = {"secret": {"utf8", "hex", "base64"}, "ed25519": {"hex", "base64", "spki"}, "p256": {"spki"}, "rsa": {"spki"}}[kind]
        if e not in fits: raise Bad("L8", f"key.encoding: `{e}` does not fit a key of {sig['algorithm']}; expected {', '.join(sorted(fits))}")
        if kind != "secret" and "derive" in file["key"]: raise Bad("L8", "key.derive: belongs to a secret")
        if sig.get("encoding") not in ("hex", "base64", "base64url", "base64-hex"): raise Bad("L1", "signature.encoding")
        P = sig.get("parse", "{signature}")
        head = next((f[7:] for f in as_list(sig.get("from", "")) if f.startswith("header:")), None)
        P = P if isinstance(P, dict) else {"entries": [P]}
        if set(P) - {"split", "entries"} or not P.get("entries"): raise Bad("L5", "signature.parse: expected a pattern, or { split, entries }")
        p.split = P.get("split"); p.patterns = [Pattern(t, "signature.parse", head) for t in P["entries"]]
        if p.split is not None and not re.fullmatch(r"[ -/:-@\[-`{-~]", p.split): raise Bad("L5", "signature.parse.split: one ASCII character that is no letter or digit")
        if sum("signature" in q.names for q in p.patterns) == 0: raise Bad("L5", "signature.parse: no entry holds {signature}")
        p.parts = set().union(*(q.names for q in p.patterns))
        if isinstance(sig.get("signed"), dict) and sig["signed"].get("listed") in ("rfc9421", "cavage"):
            if sig.get("encoding") != "base64" or "parse" in sig: raise Bad("L5", "signature: rfc9421 has no parse, and its signatures are base64")
            p.parts = {"created", "expires", "nonce", "alg", "keyid", "tag"}
        for n in p.parts:
            if n.startswith("option:") and n[7:] not in p.options: raise Bad("L1", f"{n}: no such [[option]]")
        if kind != "secret" and len(sig.get("url", [])) > 4: raise Bad("L21", "signature.url: at most 4 forms for public keys")
    else: p.parts, p.patterns, p.split = set(), [], None
    p.variants = [variant(p, s, f"variant[{i}]") for i, s in enumerate(file.get("variant") or [{}])]
    for i, v in enumerate(p.variants[:-1]):
        if not v.when: raise Bad("L12", f"variant[{i}] always holds, so none after it is ever taken")
    check_variants(p)
    lower_what_can_be_exchanged(p)
    for s in p.file.get("token", []): place(s["from"], {"header", "query", "form", "json"}, "token.from")
    if "jwt" in file: check_jwt(p)
    K = file.get("key", {})
    if file.get("jwt", {}).get("detached") and {"jwks_uri", "metadata_uri"} & set(file["jwt"]) and not all(v.pinned for v in p.variants):
        raise Bad("L19", "jwt.jwks_uri: every customer can have messages signed with keys of one address, and nothing says whose this one is")
    if sig and kind != "secret" and "shared" not in K: raise Bad("L19", "key.shared: does the provider sign for all its customers with this key? true or false")
    if K.get("shared") and not all(v.pinned for v in p.variants) and not K.get("risk"):
        raise Bad("L19", "key.shared: every customer can have messages signed with this key; sign or require an option that names the receiver, or say in `risk` what that allows")
    p.challenges = [challenge(p, s, f"challenge[{i}]") for i, s in enumerate(file.get("challenge", []))]
    return p

def certificate(file):
    """A key that the request points to: a function of the core knows its addresses and the certificates. Here the option holds the key."""
    section = file["key"]["certificate"]; sig = file.get("signature")
    if set(section) != {"function", "from"}: raise Bad("L1", "key.certificate: expected function and from")
    if section["function"] not in ("aws-sns", "paypal", "alexa"): raise Bad("L22", "key.certificate.function: no such function")
    place(section["from"], {"header", "json"}, "key.certificate.from")
    if "jwt" in file: raise Bad("L22", "key.certificate: belongs to a signature of the request")
    if ALGORITHMS.get(sig and sig.get("algorithm"), ("",))[0] != "rsa": raise Bad("L22", "key.certificate: expected an algorithm of RSA")
    if file["key"].get("shared") is not True: raise Bad("L22", "key.certificate: whoever publishes its key signs for all")
    if sig.get("url"): raise Bad("L22", "key.certificate: beside it the URL has one form")
    topic = file.get("require", {}).get("json:/TopicArn")
    if section["function"] == "aws-sns" and not (isinstance(topic, dict) and "option" in topic): raise Bad("L22", "key.certificate: aws-sns needs an option for json:/TopicArn")

def variant(p, s, where):
    v = Variant(); v.section = s; v.where = where; sig = p.sig
    v.when = read_when(s["when"], where + ".when") if "when" in s else []
    v.timestamp = (s.get("timestamp") or p.file.get("timestamp", {})).get("from")
    v.delivery_id = (s.get("delivery_id") or p.file.get("delivery_id", {})).get("from")
    v.event_type = p.file.get("event_type", {}).get("from")
    v.signed, v.stops, v.joined = [], {}, set()
    if sig:
        allowed = {"header", "query", "form", "json", "signature", "option"}
        v.sources = [place(f, {"header", "query", "form", "json"}, where + ".from") and f for f in as_list(s.get("from") or sig.get("from") or [])]
        if not v.sources: raise Bad("L1", f"{where}.from: at least one place is needed")
        text = s.get("signed") or sig.get("signed")
        if text is None: raise Bad("L1", f"{where}.signed: what is signed is missing")
        v.canonical = isinstance(text, dict)
        v.listed = text if v.canonical and "listed" in text else None
        v.signed = [] if v.canonical else tokens(text, where + ".signed", allowed)
        for f in v.signed:
            if isinstance(f, Field):
                if f.source in (v.timestamp, v.delivery_id): raise Bad("L10", f"{f.where}: write {{{'timestamp' if f.source == v.timestamp else 'delivery_id'}}} for {f.source}")
                if f.source.startswith("signature:") and f.source[10:] not in p.parts: raise Bad("L5", f"{f.where}: signature.parse names no `{f.source[10:]}`")
                if f.source.startswith("option:") and f.source[7:] not in p.options: raise Bad("L1", f"{f.where}: no such [[option]]")
        if sum(isinstance(f, Field) and "any" in f.flags for f in v.signed) > 1: raise Bad("L4", f"{where}.signed: one field may be `any`")
        secrets = sum(isinstance(f, Field) and f.source == "secret" for f in v.signed)
        if (sig["algorithm"] in PLAIN) != (secrets == 1) and not (sig["algorithm"].startswith("hmac") and secrets <= 1):
            raise Bad("L11", f"{where}.signed: a plain hash needs {{secret}} once, and only it and a MAC may mention it")
        kinds = {f.source.partition(":")[0] for f in v.signed if not isinstance(f, bytes)} | {x.partition(":")[0] for x in v.sources}
        if "json" in kinds and "form" in kinds: raise Bad("L2", f"{where}: a body is read as JSON or as a form, not both")
        v.stops, v.joined = boundaries(v.signed, p)
        for k, f in enumerate(v.signed):
            if not isinstance(f, bytes): f.joined = k in v.joined
    else:
        v.canonical, v.listed = False, None
        if p.file.get("jwt", {}).get("detached"):          # the body is its payload
            v.signed = tokens("{body}", where, set()); v.stops, v.joined = boundaries(v.signed, p); v.signed[0].joined = False
    demands = dict(p.file.get("require", {})); demands.update(s.get("require", {}))
    v.require = []
    for key, test in demands.items():
        for one in key.split(" | "): place(one, {"header", "query", "form", "json", "signature", "claim"}, where + ".require")
        kind, test = read_test(test, where + ".require", True)
        if kind == "option" and not test.get("hint"): raise Bad("L1", f"{where}.require: hint is missing for option {test['option']}")
        v.require.append((key.split(" | "), kind, test, tokens(test[kind], where + ".require", {"header", "query", "form", "json", "option"}) if kind in COMPUTED else None))
    compute(p, v)
    return v

def mentions(v, extra=()): return [f for f in v.signed if not isinstance(f, bytes)] + [f for f in extra if not isinstance(f, bytes)]

COMPONENT = re.compile(r'(@method|@target-uri|@authority|@scheme|@request-target|@path|@query)$|@query-param;name="([^"\\\\]*)"$|([a-z0-9!#$%&\'*+.^_`|~-]+)(;sf|;bs|;key="[^"\\\\]*")?$')
DICTIONARIES = {"content-digest", "repr-digest", "priority", "signature", "signature-input"}
URL_COMPONENTS = {"@authority": "url.authority", "@request-target": "url.target", "@path": "url.path", "@query": "url.query"}

def listed(section, where):
    """What a signature covers whose list holds what is demanded."""
    headers = [f"header:{name}" for name in section["demands"]]
    if section["listed"] == "contentful": return "full", "part", True, ["method", "url.target", *headers, "body"]
    if section["listed"] == "hook0": return "full", "none", False, ["timestamp", "body"]
    if section["listed"] == "cavage":
        names = section["demands"]; known = {"(request-target)": ["method", "url.target"], "(created)": ["timestamp"], "(expires)": [], "digest": ["body"]}
        target = "(request-target)" in names; body = "full" if "digest" in names else "none"
        if not target and body == "none": raise Bad("L9", f"{where}.signed: neither the body nor the URL has to be signed")
        return body, "part" if target else "none", target, [part for name in names for part in known.get(name, ["header:" + name])]
    body = url = "none"; method = False; parts = []
    for demand in section["demands"]:
        found = COMPONENT.match(demand)
        if not found: raise Bad("L9", f"{where}.signed: `{demand}` is no component of a request")
        component, parameter, field, form = found.groups()
        if demand == "@method": method = True; parts.append("method")
        elif demand == "@target-uri": url = "full"; parts.append("url")
        elif demand == "@scheme": parts.append("url.scheme")
        elif component: url = highest(url, "part"); parts.append(URL_COMPONENTS[component])
        elif field:
            key = form[6:-1] if form and form.startswith(";key=") else None
            if form == ";sf" and field not in DICTIONARIES or key is not None and not re.fullmatch(r"[a-z*][a-z0-9_.*-]*", key) or field == "content-digest" and key not in (None, "sha-256", "sha-512"):
                raise Bad("L9", f"{where}.signed: `{demand}` is nothing that a signature can hold")
            if field == "content-digest": body = "full"; parts.append("body")
            else: parts.append("header:" + field + (form if key is not None else ""))
        else:
            name = up.unquote_to_bytes(parameter)
            if "".join(chr(b) if chr(b).isascii() and (chr(b).isalnum() or b in b"*-._") else f"%{b:02X}" for b in name) != parameter or "\ufffd" in name.decode("utf-8", "replace"): raise Bad("L9", f"{where}.signed: `{demand}` is nothing that a signature can hold")
            url = highest(url, "part"); parts.append("query:" + name.decode("utf-8", "replace"))
    if sum(demand.startswith("@query-param") for demand in section["demands"]) > 8: raise Bad("L9", f"{where}.signed: more than 8 parameters of the query")
    parts = list(dict.fromkeys(parts))
    if body == url == "none": raise Bad("L9", f"{where}.signed: neither the body nor the URL has to be signed, so one signature would prove every delivery")
    return body, url, method, parts

def covered(p, v, text):
    """Whether the value at a place cannot be changed without the key."""
    kind, name = text.partition(":")[0], text.partition(":")[2]
    if kind in ("claim", "option"): return True
    if v.listed:
        body, url, _, parts = listed(v.listed, v.where)
        signs = {"rfc9421": True, "hook0": True, "contentful": False, "cavage": f"({name})" in v.listed["demands"]}[v.listed["listed"]]
        return (kind == "signature" and signs) or (kind in ("json", "form") and body == "full") or text in parts or (kind == "query" and bool({"url", "url.target", "url.query"} & set(parts)))
    if text == v.timestamp and any(isinstance(f, Field) and f.source == "timestamp" for f in v.signed): return True
    if text == v.delivery_id and any(isinstance(f, Field) and f.source == "delivery_id" for f in v.signed): return True
    for f in v.bound:
        if isinstance(f, Listing):
            if f.source == kind and f.exact() and not f.joined and name not in f.without and text not in v.sources: return True
        elif f.joined: continue
        elif f.source == text: return f.cap() != "none"
        elif kind == "query" and f.source in ("url", "url.query", "url.target") and f.cap() != "none": return True
        elif kind in ("form", "json") and f.source == "body" and f.cap() not in ("none", "weak"): return True
    return False

def check_detached(file):
    """What signs the body itself has no claims, and nothing beside it that signs."""
    J = file["jwt"]; extra = set(J) - {"from", "scheme", "detached", "algorithms", "jwks_uri", "metadata_uri"}
    if J["detached"] not in ("base64url", "unencoded"): raise Bad("L1", "jwt.detached: expected base64url or unencoded")
    if extra: raise Bad("L14", f"jwt.{min(extra)}: a detached signature has no claims")
    if not J.get("algorithms") or any(a.startswith("HS") for a in J["algorithms"]): raise Bad("L8", "jwt.algorithms: a detached signature is that of a public key")
    if J.get("from") == "body": raise Bad("L14", "jwt.from: the body is what a detached signature signs")
    for s in ("key", "signature", "decrypt", "variant"):
        if s in file: raise Bad("L7", f"{s}: a detached signature has a key set, and signs the whole body always")

def compute(p, v):
    """Coverage, and the rules that follow from it."""
    sig = p.sig or {}
    v.bound = list(mentions(v))
    v.more = []
    for _, kind, _, template in v.require:
        if kind in COMPUTED:
            stops, joined = boundaries(template, p); v.more.append((template, stops))
            for k, f in enumerate(template): 
                if not isinstance(f, bytes): f.joined = k in joined
    if p.file.get("jwt", {}).get("from") == "body": v.bound.append(whole := Field("body", [], v.where, set())); whole.joined = False
    for keys, kind, test, template in v.require:            # what a signed digest says is signed
        if kind not in COMPUTED: continue
        if all(isinstance(f, bytes) for f in template): raise Bad("L9", f"{v.where}.require: {kind} mentions nothing of the request; write is")
        for one in keys:
            if not covered(p, v, one): raise Bad("L9", f"{v.where}.require: {one} is not signed here, so what it says proves nothing")
        v.bound += [f for f in template if not isinstance(f, bytes)]
    body = url = "none"; v.parts = []; timestamp = delivery = "none"; method = False
    for k, f in enumerate(v.signed + [x for _, kind, _, t in v.require if kind in COMPUTED for x in t]):
        if isinstance(f, bytes): continue
        cap = "joined" if (k in v.joined if k < len(v.signed) else f.joined) else "full"
        if sig.get("algorithm") in WEAK_ALGORITHMS: cap = "weak"
        if isinstance(f, Listing):
            level = lowest("part", cap, "part" if f.exact() else "joined", *(x.cap() for x in f.item if isinstance(x, Field)))
            if f.source == "form": body = highest(body, level)
            else: url = highest(url, level)
            v.parts.append(f.source + "".join(f" -{n}" for n in f.without))
            continue
        level = lowest(cap, f.cap())
        if f.source == "body": body = highest(body, level)
        elif f.source.startswith(("form:", "json:")): body = highest(body, lowest("part", level))
        elif f.source in PARTS: url = highest(url, lowest(level, "full" if f.source == "url" else "part", "part" if "query-decoded" in sig.get("url", []) else "full"))
        elif f.source.startswith("query:"): url = highest(url, lowest("part", level))
        elif f.source == "method": method = level not in ("none",)
        elif f.source == "timestamp":
            if k in v.joined and k < len(v.signed): raise Bad("L10", f"{v.where}.signed: nothing separates the time from what stands beside it, so it can be cut out elsewhere")
            timestamp = "signed"
        elif f.source == "delivery_id": delivery = "signed" if k not in v.joined else "unsigned"
        if f.source != "secret" and level != "none": v.parts.append(f.source)
    if p.file.get("jwt", {}).get("from") == "body": body = "full"
    if v.listed: body, url, method, v.parts = listed(v.listed, v.where)
    elif v.canonical:                                      # plivo-v3, stated beside the code
        body, url, delivery, v.parts = "joined", "joined", "signed", ["url.base", "query", "form", "delivery_id"]
    if v.timestamp and timestamp == "none":
        if not covered(p, v, v.timestamp): raise Bad("L10", f"{v.where}: the time at {v.timestamp} is not signed here, so it proves nothing")
        timestamp = "signed"
    if not v.timestamp and timestamp != "none": raise Bad("L10", f"{v.where}: {{timestamp}} is signed, but there is no [timestamp]")
    if v.delivery_id and delivery == "none": delivery = "signed" if covered(p, v, v.delivery_id) else "unsigned"
    if not v.delivery_id and delivery != "none" and not v.canonical: raise Bad("L10", f"{v.where}: {{delivery_id}} is signed, but there is no [delivery_id]")
    if v.event_type and not covered(p, v, v.event_type): raise Bad("L10", f"{v.where}: the type at {v.event_type} is not signed here, so it is no fact")
    if p.sig and not v.canonical:
        ids = any(isinstance(f, Field) and f.source == "delivery_id" for f in v.signed)
        if body == url == "none" and not ids:
            raise Bad("L9", f"{v.where}.signed: neither the body nor the URL nor an id is signed, so one signature would prove every delivery")
        if any(isinstance(f, Listing) and (v.timestamp or "").partition(":")[2] in f.without for f in v.signed): raise Bad("L10", f"{v.where}: the time is left out of what is signed")
    v.pinned = any(isinstance(f, Field) and f.source.startswith("option:") for f in v.signed) or any(kind == "option" and all(covered(p, v, k) for k in keys) for keys, kind, _, _ in v.require)
    v.covers = dict(body=body, url=url, method=method, timestamp=timestamp, delivery_id=delivery, parts=v.parts)

def needs_no_body(v): return bool(v.when) and all(("body", ("is", {"is": "empty"})) in t for t in v.when)
def absent_in(v, text): return bool(v.when) and all(any(k == text and t[0] == "absent" for k, t in table) or (text.startswith("query") and ("query", ("absent", None)) in table) for table in v.when)

def check_variants(p):
    """A sender chooses its variant: none may sign less than another, or be taken for another, without a reason."""
    for i, v in enumerate(p.variants):
        reasons = []
        for j, w in enumerate(p.variants):
            if i == j: continue
            for part, level in (("body", LEVELS), ("url", LEVELS)):
                a, b = v.covers[part], w.covers[part]
                if LEVELS.index(a) >= LEVELS.index(b): continue
                lacking = [x for x in w.parts if x not in v.parts and x.split()[0].split(":")[0] in ({"body", "form", "json"} if part == "body" else {"query"} | {q.split(".")[0] for q in PARTS})]
                if part == "body" and needs_no_body(v): continue
                if lacking and all(absent_in(v, x) for x in lacking): continue
                reasons.append(f"signs less of the {part} than variant[{j}]")
            if w.covers["method"] and not v.covers["method"]: reasons.append(f"does not sign the method, variant[{j}] does")
            if p.sig and j < i and not distinct(p, v, w): reasons.append(f"a message of variant[{j}] can be taken for one of this kind")
            of_receiver = lambda x: [r[:3] for r in x.require if r[1] in ("is", "option")]
            if not p.sig and any(r not in of_receiver(v) for r in of_receiver(w)): reasons.append(f"demands less of the token than variant[{j}]")
        has = bool(v.section.get("risk"))
        if reasons and not has: raise Bad("L13", f"variant[{i}] {reasons[0]}: separate them, or say in `risk` what that allows")
        if has and not reasons: raise Bad("L13", f"variant[{i}].risk: there is none")

def lower_what_can_be_exchanged(p):
    """What was signed as one kind may be taken for another: then the fields of both run together."""
    exchanged = [v for v in p.variants if p.sig and any(w is not v and template_of(v) != template_of(w) and not distinct(p, v, w) for w in p.variants)]
    for v in exchanged:
        for part in ("body", "url"): v.covers[part] = min(v.covers[part], "joined", key=LEVELS.index)

def template_of(v): return [f if isinstance(f, bytes) else (f.source, getattr(f, "escapes", 0), getattr(f, "digest", 0)) for f in v.signed] if not v.canonical else None
def distinct(p, v, w):
    """Whether no string to sign of one can be one of the other."""
    if v.canonical or w.canonical: return False
    def fixed_values(x, text):
        values = [t for table in x.when for k, t in table if k == text]
        return set(map(str, as_list(values[0][1]["is"]))) if len(values) == 1 and len(x.when) == 1 and values[0][0] == "is" else None
    def walk(a, b, va, vb, step):
        stop_a, joined_a = boundaries(a, p) if step > 0 else (va.stops, va.joined)
        ia, ib = (0, 0) if step > 0 else (len(a) - 1, len(b) - 1)
        rest_a = rest_b = b""
        while True:
            la = rest_a or (a[ia] if 0 <= ia < len(a) else None); lb = rest_b or (b[ib] if 0 <= ib < len(b) else None)
            if la is None or lb is None: return (la is None) != (lb is None) and isinstance(la or lb, bytes)
            if isinstance(la, bytes) and isinstance(lb, bytes):
                n = min(len(la), len(lb))
                if (la[:n] != lb[:n]) if step > 0 else (la[-n:] != lb[-n:]): return True
                rest_a, rest_b = (la[n:], lb[n:]) if step > 0 else (la[:-n], lb[:-n])
                if not rest_a: ia += step
                if not rest_b: ib += step
                continue
            if isinstance(la, bytes) != isinstance(lb, bytes):
                lit, f, x = (la, lb, vb) if isinstance(la, bytes) else (lb, la, va)
                if isinstance(f, Field) and f.digest and f.encoding: return lit[0 if step > 0 else -1] not in UNRESERVED | set(b"+/=")
                return False
            for f, x, s in ((la, va, a), (lb, vb, b)):
                k = s.index(f)
                if k in x.joined or (isinstance(f, Listing) or f.is_open()): return False
            fa, fb = fixed_values(va, la.source) if isinstance(la, Field) else None, fixed_values(vb, lb.source) if isinstance(lb, Field) else None
            if la.source == lb.source and fa and fb and not fa & fb: return True
            ia += step; ib += step; rest_a = rest_b = b""
    if template_of(v) == template_of(w):
        facts = lambda x: (x.timestamp, x.delivery_id if x.covers["delivery_id"] == "signed" else None)
        return facts(v) == facts(w) and all(k in ("method", "content_type", "body") or covered(p, v, k) or t[0] == "absent" for x in (v, w) for table in x.when for k, t in table)
    return walk(v.signed, w.signed, v, w, 1) or walk(v.signed, w.signed, v, w, -1)

def check_jwt(p):
    J = p.file["jwt"]
    own = all(a.startswith("HS") for a in J.get("algorithms", []))
    if any(a.startswith("HS") for a in J["algorithms"]) and not own and "key" in p.file: raise Bad("L8", "jwt.algorithms: one [key] serves secrets or public keys, not both")
    if "detached" in J: return
    if J.get("audience") == "none":
        bound = all(v.covers["body"] == "full" or needs_no_body(v) for v in p.variants)
        if not own and not bound: raise Bad("L14", "jwt.audience: without one, the key must be the receiver's own secret, or every body be bound")
        if not bound and all(v.covers["url"] == "none" for v in p.variants): raise Bad("L14", "jwt.audience: without one, something of the request must be bound")
    if J.get("expiry", "required") == "optional" and "max_age" not in J and not all(v.covers["body"] == "full" for v in p.variants):
        raise Bad("L15", "jwt.expiry: a token without end must be bound to the body, or have a max_age")

REPLY_HEADERS_NOT = {"set-cookie", "location", "content-type", "content-length", "transfer-encoding", "connection", "www-authenticate", "authorization", "host", "cookie", "link", "refresh"}
def challenge(p, s, where):
    proof = s.get("proof")
    if proof not in ("signature", "token", "none"): raise Bad("L16", f"{where}.proof: expected signature, token or none")
    if proof == "signature" and not (p.sig or "jwt" in p.file): raise Bad("L16", f"{where}.proof: this scheme signs nothing")
    if proof == "token" and not p.file.get("token"): raise Bad("L16", f"{where}.proof: there is no [[token]]")
    if not s.get("when"): raise Bad("L16", f"{where}.when: a challenge without a condition swallows every delivery")
    when = read_when(s["when"], where + ".when")
    if proof == "signature":
        for table in when:
            free = [k for k, _ in table if ":" in k and not all(covered(p, v, k) for v in p.variants)]
            if free: raise Bad("L16", f"{where}.when: {free[0]} is not signed: whoever changes it turns a challenge into a delivery")
            if not any(":" in k for k, _ in table): raise Bad("L16", f"{where}.when: name a signed place that tells a challenge from a delivery")
    R = s.get("reply", {})
    if set(R) - {"status", "body", "json", "echo"} or R.get("status") not in (200, 204) or len(set(R) & {"body", "json", "echo"}) > 1: raise Bad("L17", f"{where}.reply: expected status 200 or 204, and one of body, json, echo")
    def value(x, path):
        if isinstance(x, (bool, int)): return
        if isinstance(x, str):
            for f in tokens(x, path, {"header", "query", "form", "json"}):
                if isinstance(f, Listing) or isinstance(f, Field) and ":" not in f.source: raise Bad("L17", f"{path}: {f.source} is not told to a caller")
            return
        if isinstance(x, dict) and "mac" in x and set(x) <= {"mac", "encoding", "prefix"}:
            if not p.sig or not p.sig["algorithm"].startswith("hmac"): raise Bad("L18", f"{path}: a mac needs a scheme that signs with one")
            if any(f.source == "secret" for v in p.variants for f in v.signed if isinstance(f, Field)): raise Bad("L18", f"{path}: the secret is in the string to sign")
            return value(x["mac"], path)
        raise Bad("L17", f"{path}: expected a text, a number or {{ mac = … }}")
    if "body" in R:
        if isinstance(R["body"], dict): raise Bad("L17", f"{where}.reply.body: expected a text")
        value(R["body"], where + ".reply.body")
    for k, x in R.get("json", {}).items(): value(x, f"{where}.reply.json.{k}")
    if "echo" in R:
        kind, name = place(R["echo"], {"header"}, where + ".reply.echo")
        if name in REPLY_HEADERS_NOT or name.startswith("access-control-"): raise Bad("L17", f"{where}.reply.echo: {name} means something to a client")
    if "token" in s: place(s["token"]["from"], {"header", "query"}, where + ".token")
    return dict(when=when, proof=proof, token=s.get("token"), reply=R)


# ------------------------------------------------------------------ requests
# URLs: split, never normalised; the forms that version 1 has, `with-port` and `query-decoded`
class Url:
    def __init__(s,t):
        t=t.split('#')[0]; s.scheme,_,r=t.partition('://'); i=min([x for x in (r.find('/'),r.find('?')) if x>=0] or [len(r)])
        auth,target=r[:i],r[i:]; s.user,_,hp=auth.rpartition('@'); s.user=s.user+'@' if '@' in auth else ''
        m=re.fullmatch(r'(\[.*?\]|[^:]*)(:\d*)?',hp); s.host,s.port=m[1],m[2] or ''
        s.path,q,s.query=target.partition('?'); s.query=s.query if q else None
    def copy(s,**k):
        n=object.__new__(Url); n.__dict__.update(s.__dict__); n.__dict__.update(k); return n
    def base(s): return f'{s.scheme}://{s.user}{s.host}{s.port}{s.path}'
    def full(s): return s.base()+('' if s.query is None else '?'+s.query)
    def target(s): return (s.path or '/')+('' if s.query is None else '?'+s.query)
STD={'http':':80','https':':443'}
def whatwg(q): return re.sub(r"[\"#<>' ]",lambda m:'%%%02X'%ord(m[0]),q)
def qs(q): return '&'.join(up.quote(k,safe="!'()*-._~")+'='+up.quote(v,safe="!'()*-._~") for k,v in up.parse_qsl(q,keep_blank_values=True))
def url_form(f,u):
    if f=='as-is': return u
    if f=='with-port': return u.copy(port=u.port or STD.get(u.scheme,''))          # proposed: holds where it is written, too
    if f=='query-decoded':                                                        # HubSpot v3: in the query only; a path with such an escape is refused
        R=r'%(3A|2F|3F|40|21|24|27|28|29|2A|2C|3B)'
        if re.search(R,u.path,re.I): return None
        return u.copy(query=None if u.query is None else re.sub(R,lambda m:chr(int(m[1],16)),u.query,flags=re.I))
    v=u.copy(port='' if f.startswith('no-port') else (u.port or STD.get(u.scheme,'')))
    if f.endswith('whatwg-query'): v=v.copy(query=None if u.query is None else whatwg(u.query))
    if f.endswith('querystring'): v=v.copy(query=None if u.query is None else qs(u.query))
    return v
class Obj(list): pass                                                       # members in order, repetitions kept
class Num(str): pass
def parse_json(text):
    def integer(t): return Num(t) if len(t) <= 19 and t != "-0" else object()
    def bad(t): raise ValueError(t)
    return json.loads(text, object_pairs_hook=Obj, parse_int=integer, parse_float=lambda t: object(), parse_constant=bad)
fold = lambda s: s.casefold()
def member(obj, step):
    """One member of an object; another spelling of its name beside it is refused, since parsers disagree."""
    same = [(k, v) for k, v in obj if fold(k) == fold(step)]
    if len(same) > 1: raise Refused("body_mismatch", f"the member {step} stands there more than once")
    return same[0][1] if same and same[0][0] == step else None
def decode_form(t):
    t = t.replace(b"+", b" ")
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), t)
def pairs(t):
    out = []
    for piece in t.split(b"&"):
        if piece: n, _, v = piece.partition(b"="); out.append((decode_form(n), decode_form(v)))
    return out

class Request:
    def __init__(self, method, url, headers, body):
        self.method, self.body = method.upper(), body
        if "#" in url: raise Refused("malformed_url", "#")
        self.url = Url(url); self.headers = {k.lower(): v for k, v in headers.items()}; self._json = None
        self.query = pairs((self.url.query or "").encode("utf-8", "surrogateescape"))
    def media(self):
        ct = self.headers.get("content-type", ""); kind, *params = [x.strip().lower() for x in ct.split(";")]
        return kind.encode(), params
    def form(self):
        kind, params = self.media()
        if self.body and kind not in (b"", FORM): return None
        if any(x.startswith("charset=") and x[8:].strip('"') != "utf-8" for x in params): raise Refused("body_mismatch", "the charset of a form is UTF-8")
        return pairs(self.body)
    def json(self):
        kind, _ = self.media()
        if kind == FORM or kind.startswith(b"multipart/"): return None
        if self._json is None:
            try: self._json = (parse_json(self.body.decode("utf-8")),)
            except (ValueError, RecursionError): return None
        return self._json[0]

def plain(name):
    """As the laxest frameworks read a name: ASP.NET any case, PHP `a.b`, `a b` and `a[c]` as a_b, a_b and a list a."""
    return name.lower().split(b"[")[0].replace(b".", b"_").replace(b" ", b"_")
def one(found, name, what):
    n = name.encode(); same = [(k, v) for k, v in found if plain(k) == plain(n)]
    if len(set(same)) > 1 or same and same[0][0] != n: raise Refused("body_mismatch", f"{what} {name} stands there with two values, or in another spelling")
    return same[0][1] if same else None

class Context:
    def __init__(self, plan, r, options): self.p, self.r, self.o = plan, r, options; self.named, self.claims, self.url, self.secret = {}, None, r.url, b""; self.ts = self.id = None
    def raw(self, text, unreadable=Refused("body_mismatch", "the body cannot be read as the scheme demands")):
        """The typed value at a place; None where there is none."""
        kind, _, name = text.partition(":")
        if kind == "header": v = self.r.headers.get(name); return None if v is None or v == "" else v.encode()
        if kind == "query": return one(self.r.query, name, "parameter")
        if kind == "form":
            f = self.r.form()
            if f is None: raise unreadable
            return one(f, name, "field")
        if kind == "signature": v = self.named.get(name); return None if v is None else v.encode()
        if kind == "option":
            v = self.o.get(name)
            if not v: raise Refused("configuration", f"option {name} is missing")
            return v.encode()
        if kind == "json": node = self.r.json()
        elif kind == "claim": node, name = self.claims, name if name.startswith("/") else "/" + name
        if node is None: raise unreadable
        for step in name.split("/")[1:]:
            step = step.replace("~1", "/").replace("~0", "~")
            if step == "*":
                if not isinstance(node, list) or isinstance(node, Obj) or len(node) != 1: raise Refused("body_mismatch", "a list of exactly one element is signed")
                node = node[0]
            elif isinstance(node, Obj): node = member(node, step)
            else: return None
            if node is None: return None
        return node
    def text(self, text, flags=()):
        v = self.raw(text)
        if v is None: return None
        if isinstance(v, bytes): return v
        if isinstance(v, Num) and "number" in flags: return v.encode()
        if isinstance(v, bool) and "boolean" in flags: return b"true" if v else b"false"
        if isinstance(v, str) and not isinstance(v, Num) and not set(flags) & {"number", "boolean"}:
            try: return v.encode("utf-8")
            except UnicodeEncodeError: pass
        raise Refused("body_mismatch", f"{text} is there, but not of the kind that is signed")

def quote(v, keep): return b"".join(bytes([c]) if c in keep else b"%%%02X" % c for c in v)
def apply(f, v):
    for name, *args in f.escapes:
        if name == "percent": v = quote(v, UNRESERVED)
        elif name == "js-percent": utf8(v); v = quote(v, UNRESERVED | set(b"!*'()"))
        elif name == "form-percent": v = quote(v, UNRESERVED | set(b" ")).replace(b" ", b"+")
        elif name == "json": v = json.dumps(utf8(v), ensure_ascii=False).encode()
        elif name == "crlf": v = re.sub(rb"[\r\n]+", b"\r\n", v)
        elif name == "replace": v = bytes(ord(args[1]) if c in args[0].encode() else c for c in v)
    if f.digest: v = str(zlib.crc32(v) & 0xffffffff).encode() if f.digest == "crc32" else encode(f.encoding, hashlib.new(f.digest, v).digest())
    return v
def utf8(v):
    try: return v.decode("utf-8")
    except UnicodeDecodeError: raise Refused("body_mismatch", "no UTF-8, and the scheme signs text")
def encode(e, v): return {None: v, "hex": v.hex().encode(), "base64": base64.b64encode(v), "base64url": base64.urlsafe_b64encode(v).rstrip(b"="), "base64-hex": base64.b64encode(v.hex().encode())}[e]
def decode(e, t, loose=False):
    """Strict: one text for one value. `loose` for what is signed already: the padding may be there or not."""
    try:
        if e == "hex": return bytes.fromhex(t) if re.fullmatch(r"(?:[0-9A-Fa-f]{2})+", t) else None
        if e == "base64":
            if loose: t = t.rstrip("="); t += "=" * (-len(t) % 4)
            v = base64.b64decode(t, validate=True); return v if base64.b64encode(v).decode() == t else None
        if e == "base64url":
            if loose: t = t.rstrip("=")
            v = base64.urlsafe_b64decode(t + "=" * (-len(t) % 4)); return v if re.fullmatch(r"[A-Za-z0-9_-]+", t) and base64.urlsafe_b64encode(v).rstrip(b"=").decode() == t else None
        if e == "base64-hex": v = decode("base64", t); return v and decode("hex", v.decode("latin-1"))
    except ValueError: return None

def write(parts, c, v=None):
    out = b""
    for k, f in enumerate(parts):
        if isinstance(f, bytes): out += f; continue
        piece = listing(f, c, v) if isinstance(f, Listing) else field(f, c)
        stops = v.stops if v is not None and parts is v.signed else next((s for x, s in v.more if x is parts), {}) if v is not None else {}
        if stops.get(k, set()) & set(piece): raise Refused("body_mismatch", f"{f.source} holds the separator beside it")
        out += piece
    return out
def field(f, c):
    s = f.source
    if s == "body": v = c.r.body
    elif s == "method": v = c.r.method.encode()
    elif s == "timestamp": v = c.ts
    elif s == "delivery_id": v = c.id
    elif s == "secret": v = c.secret
    elif s in PARTS: v = b2({"url": c.url.full, "url.base": c.url.base, "url.path": lambda: c.url.path or "/", "url.query": lambda: c.url.query or "", "url.target": c.url.target}[s]())
    else:
        v = c.text(s, f.flags)
        if v is None:
            if "optional" not in f.flags: raise Refused("missing_header", f"{s} is absent")
            v = b""
    return apply(f, v)
b2 = lambda t: t.encode("utf-8", "surrogateescape")
def listing(f, c, v):
    it = c.r.query if f.source == "query" else c.r.form()
    if it is None: raise Refused("body_mismatch", "the body is no form")
    it = [(k, x) for k, x in it if k.decode("latin-1") not in f.without]
    if f.order == "sort": it = sorted(it)
    if f.order == "sort-names": it = sorted(it, key=lambda p: p[0])
    if f.unique: it = [p for i, p in enumerate(it) if i == 0 or p != it[i - 1]]
    def part(t, k, x):
        if isinstance(t, bytes): return t
        out = apply(t, k if t.source == "name" else x)
        if f.readable and t.source in f.stops and f.stops[t.source] in out: raise Refused("body_mismatch", f"a {t.source} of {f.source} holds the separator beside it")
        return out
    return f.joiner.join(b"".join(part(t, k, x) for t in f.item) for k, x in it)

def holds(c, tables):
    return not tables or any(all(cond(c, k, t) for k, t in table) for table in tables)
class Unreadable(Exception): pass
def cond(c, key, test):
    kind, arg = test; r = c.r
    if key == "method": return r.method in as_list(arg["is"])
    if key == "body": return (r.body == b"") == (arg["is"] == "empty")
    if key == "content_type":
        m = r.media()[0].decode()
        return m == {"form": FORM.decode()}.get(arg["is"], arg["is"])
    if key == "query": return (r.url.query is not None) == (kind == "present")
    try: v = c.raw(key, Unreadable())
    except Unreadable: return False                       # another kind of body: neither present nor absent
    if kind == "present": return v is not None
    if kind == "absent": return v is None
    if isinstance(v, bytes): v = v.decode("utf-8", "replace")
    return any(same(v, w) for w in as_list(arg["is"]))
def same(v, w):
    if isinstance(v, bool) or isinstance(w, bool): return v is w
    if isinstance(w, int): return isinstance(v, Num) and v == str(w)
    return isinstance(v, str) and not isinstance(v, Num) and v == w


# ------------------------------------------------------------------ keys and signatures
def load_key(section, algorithm, text):
    kind = ALGORITHMS[algorithm][0]
    if not text or not text.strip(): raise Refused("configuration", "the secret is empty")
    if kind == "secret" and "-----BEGIN" in text: raise Refused("configuration", "a PEM text is no secret: anybody may know a public key")
    if kind != "secret" and "PRIVATE KEY" in text: raise Refused("configuration", "a private key; the public one is needed")
    for pre in as_list(section.get("prefix", "")):
        if pre and text.startswith(pre): text = text[len(pre):]; break
    e = section.get("encoding", "utf8")
    if e == "spki":
        try:
            k = serialization.load_pem_public_key(text.encode()) if "BEGIN" in text else serialization.load_der_public_key(base64.b64decode(text))
        except ValueError: raise Refused("configuration", "no public key (SPKI, PEM or base64)")
        good = {"rsa": lambda: isinstance(k, rsa.RSAPublicKey) and k.key_size >= 2048, "p256": lambda: isinstance(k, ec.EllipticCurvePublicKey) and k.curve.name == "secp256r1", "ed25519": lambda: isinstance(k, ed25519.Ed25519PublicKey)}[kind]()
        if not good: raise Refused("configuration", f"no key of {algorithm}")
        return k
    raw = text.encode() if e == "utf8" else decode("hex", text) if e == "hex" else base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if not raw or not any(raw): raise Refused("configuration", "the secret is empty")
    if len(raw) < section.get("min_bytes", 0): raise Refused("configuration", "the secret is too short")
    if section.get("derive") == "sha1": raw = hashlib.sha1(raw).digest()
    if kind == "ed25519":
        if len(raw) != 32: raise Refused("configuration", "an Ed25519 key has 32 bytes")
        return ed25519.Ed25519PublicKey.from_public_bytes(raw)
    return raw
def right(algorithm, key, message, s):
    if algorithm.startswith("hmac-"): return hmac.compare_digest(hmac.new(key, message, algorithm[5:]).digest(), s)
    if algorithm in PLAIN: return hmac.compare_digest(hashlib.new(algorithm, message).digest(), s)
    try:
        if algorithm == "ed25519": key.verify(s, message)
        elif algorithm == "ecdsa-p256-sha256-der": key.verify(s, message, ec.ECDSA(hashes.SHA256()))
        elif algorithm == "ecdsa-p256-sha256": key.verify(encode_dss_signature(int.from_bytes(s[:32], "big"), int.from_bytes(s[32:], "big")), message, ec.ECDSA(hashes.SHA256()))
        elif algorithm.startswith("rsa-v1_5"): key.verify(s, message, padding.PKCS1v15(), {"1": hashes.SHA1(), "256": hashes.SHA256(), "512": hashes.SHA512()}[algorithm.rpartition("sha")[2]])
        else: key.verify(s, message, padding.PSS(padding.MGF1(hashes.SHA512()), 64), hashes.SHA512())
        return True
    except Exception: return False
def seconds(fmt, t):
    if fmt == "rfc3339":
        m = re.fullmatch(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:\d\d)", t, re.A)
        if not m: raise Refused("malformed_timestamp", t)
        return int(datetime.datetime.fromisoformat(m[1] + m[3].replace("Z", "+00:00")).timestamp())
    if not re.fullmatch(r"0|[1-9]\d{0,17}", t, re.A): raise Refused("malformed_timestamp", t)
    s = int(t) // (1000 if fmt == "unix-ms" else 1)
    if s > 253402300799: raise Refused("malformed_timestamp", "beyond the year 9999: check the unit")
    return s


# ------------------------------------------------------------------ verifying
def verify(p, r, options, now):
    if p.file.get("methods") and r.method not in p.file["methods"]: raise Refused("method_not_allowed", r.method)
    c = Context(p, r, options)
    shows_proof = any(shown(c, f) for v in p.variants for f in (v.sources if p.sig else [])) or any(shown(c, t["from"]) for t in p.file.get("token", [])) or "jwt" in p.file and p.file["jwt"].get("from", "header:authorization")[7:] in r.headers
    for ch in p.challenges:                                # those that need no proof, of requests that show none
        if ch["proof"] == "none" and not shows_proof and holds(c, ch["when"]): raise Challenge(reply(p, c, ch, options, None))
    key = None
    for t in p.file.get("token", []): check_token(c, t, options[t["option"]])
    facts = dict(covers=dict(body="none", url="none", method=False, timestamp="none", delivery_id="none", parts=[]), replay_key=None)
    if p.sig or "jwt" in p.file:
        claims = None
        if p.file.get("jwt", {}).get("detached"): signing_input = detached(p, r, options)
        elif "jwt" in p.file: c.claims, signing_input = token(p, r, options, now)
        v = next((v for v in p.variants if holds(c, v.when)), None)
        if v is None: raise Refused("body_mismatch", "the scheme signs nothing of a request of this kind")
        message = b""
        if p.sig: message, key = signature(p, v, c, options, now)
        elif v.timestamp and c.text(v.timestamp) is None: raise Refused("missing_header", "no time")
        for keys, kind, test, template in v.require: demand(c, keys, kind, test, template, options, v)
        shadows(p, v, c)
        facts = dict(covers=v.covers, replay_key=hashlib.sha256(b"hookseal-replay\0" + p.file["id"].encode() + b"\0" + (message if p.sig else signing_input)).hexdigest(),
                     delivery_id=(c.id or b"").decode() if v.covers["delivery_id"] == "signed" and c.id else None, timestamp=c.at if c.ts else None)
    for ch in p.challenges:
        if ch["proof"] != "none" and holds(c, ch["when"]): raise Challenge(reply(p, c, ch, options, key))
    return facts
def shown(c, f):
    try: return c.raw(f, Unreadable()) is not None
    except (Unreadable, Refused): return False

def signature(p, v, c, options, now):
    sig = p.sig; texts, seen, count = [], False, 0
    for source in v.sources:
        value = c.text(source)
        if value is None: continue
        seen = True; value = value.decode("latin-1")
        for entry in ([value] if p.split is None else [e.strip(" \t") for e in value.split(p.split)]):
            if entry == "" and p.split is not None: continue
            count += 1
            if count > 32: raise Refused("malformed_header", "more than 32 entries")
            found = next((m for q in p.patterns if (m := q.match(entry, options)) is not None), None)
            for k, x in (found or {}).items():
                if k == "signature": texts.append(x)
                elif c.named.setdefault(k, x) != x: raise Refused("malformed_header", f"{k} stands there twice")
    if not seen: raise Refused("missing_header", "no signature")
    kind, length = ALGORITHMS[sig["algorithm"]]
    received = [s for s in (decode(sig["encoding"], t) for t in texts) if s and (length is None or len(s) == length)]
    if not received: raise Refused("malformed_header", "no entry is a signature of the right encoding and length")
    if kind != "secret" and len(received) > 4: raise Refused("malformed_header", "more than 4 signatures")
    if v.timestamp:
        t = c.raw(v.timestamp)
        if t is None: raise Refused("missing_header", "no timestamp")
        if not isinstance(t, bytes): t = str(t).encode() if isinstance(t, str) else b"?"
        c.ts = t; c.at = seconds(p.time_format, t.decode("latin-1"))
        if kind != "secret": window(p, c.at, now)
    if v.delivery_id:
        c.id = c.text(v.delivery_id)
        signs_id = any(isinstance(f, Field) and f.source == "delivery_id" for f in v.signed)
        if not c.id and signs_id: raise Refused("missing_header", "no delivery id")
        if signs_id and set(c.id) - (ID | set(p.id_characters.encode())): raise Refused("malformed_header", "the delivery id holds other characters than an id has")
    secrets = options[p.file["key"]["option"]]
    for secret in as_list(secrets):
        key = load_key(p.file["key"], sig["algorithm"], secret); c.secret = key if kind == "secret" else b""
        for form in sig.get("url") or ["as-is"]:
            c.url = url_form(form, c.r.url)
            if c.url is None: raise Refused("malformed_url", "an escape in the path that the scheme would decode")
            message = write(v.signed, c, v)
            if sig["algorithm"] in PLAIN:
                behind = message[message.index(c.secret) + len(c.secret):]      # a longer message would hold the hash's padding, which holds a NUL
                if 0 in behind: raise Refused("body_mismatch", "NUL behind the secret of a plain hash")
            if any(right(sig["algorithm"], key, message, s) for s in received):
                if any(has_mac(ch["reply"]) for ch in p.challenges) and ORACLE.fullmatch(message): raise Refused("signature_mismatch", "a challenge could have been answered with this signature")
                if v.timestamp: window(p, c.at, now)
                first = load_key(p.file["key"], sig["algorithm"], as_list(secrets)[0])
                c.secret = first if kind == "secret" else b""; message = write(v.signed, c, v); c.secret = b""
                if sig["algorithm"].startswith("hmac-"): return hmac.new(first, message, sig["algorithm"][5:]).digest(), key
                return (hashlib.new(sig["algorithm"], message).digest() if kind == "secret" else message), key
    raise Refused("signature_mismatch", "no signature matches")
def window(p, at, now):
    if now is None: return
    t = p.file["timestamp"]["tolerance"]
    if now - at > t["past"]: raise Refused("timestamp_too_old", "")
    if at - now > t["future"]: raise Refused("timestamp_in_future", "")
def has_mac(x): return isinstance(x, dict) and ("mac" in x or any(has_mac(y) for y in x.values()))

def shadows(p, v, c):
    """A name that is signed in the form must not stand in an unsigned query, nor the other way round: frameworks mix both."""
    sources = [f.source for f in v.bound]
    url = any(s in ("url", "url.query", "url.target", "query") for s in sources); body = any(s in ("body", "form") for s in sources)
    if v.listed: body = v.covers["body"] != "none"; url = bool({"url", "url.target", "url.query"} & set(v.parts)); sources = [part for part in v.parts if part.startswith("query:")]
    names = lambda kind: {plain(s.partition(":")[2].encode()) for s in sources + (v.sources if p.sig else []) + [v.timestamp or "", v.delivery_id or ""] if s.startswith(kind + ":")}
    form = None
    try: form = c.r.form()
    except Refused: pass
    signed_form = names("form") | ({plain(k) for k, _ in form or []} if "form" in sources else set())
    signed_query = names("query") | ({plain(k) for k, _ in c.r.query} if url else set())
    if not url and signed_form & {plain(k) for k, _ in c.r.query}: raise Refused("body_mismatch", "a signed field stands in the unsigned query, too")
    if not body and c.r.media()[0] == FORM and names("query") | (signed_query if "query" in sources else set()) and (names("query") | (signed_query if "query" in sources else set())) & {plain(k) for k, _ in form or []}: raise Refused("body_mismatch", "a signed parameter stands in the unsigned form, too")

def demand(c, keys, kind, test, template, options, plan_variant):
    values = [(k, c.raw(k)) for k in keys]; there = [(k, x) for k, x in values if x is not None]
    code = "jwt_claim_mismatch" if keys[0].startswith("claim:") else "token_mismatch" if kind == "option" else "body_mismatch" if kind in COMPUTED else "malformed_header"
    if kind == "absent":
        if there: raise Refused(code, f"{keys[0]} must not be there")
        return
    if not there: raise Refused(code, f"{keys[0]} is missing")
    if isinstance(test, dict) and test.get("last") and (c.r.url.query or "").rpartition("&")[2].partition("=")[0] != keys[0].partition(":")[2]: raise Refused(code, f"{keys[0]} is not the last of the URL")
    for k, v in there:
        if kind == "present": continue
        v = v.decode("utf-8", "replace") if isinstance(v, bytes) else v
        if kind == "is" or kind == "option":
            want = as_list(options[test["option"]]) if kind == "option" and test["option"] in options else as_list(test.get("is", []))
            if not want: raise Refused("configuration", f"option {test.get('option')} is missing")
            ok = any(same(v, w) for w in want)
        elif kind == "contains": ok = any(same(x, w) for x in (v if isinstance(v, list) else [v]) for w in as_list(test["contains"]))
        else:
            m = write(template, c, plan_variant)
            if not isinstance(v, str): ok = False
            elif kind == "equals": ok = hmac.compare_digest(v.encode("utf-8", "surrogatepass"), m)
            else: a = decode(test["encoding"], v, True); ok = a is not None and hmac.compare_digest(a, hashlib.new(kind, m).digest())
        if not ok: raise Refused(code, f"{k} has another value")

def check_token(c, t, secret):
    same_ = lambda v: any(hmac.compare_digest(v, s.encode()) for s in as_list(secret))
    if "/*/" in t["from"]:
        head, tail = t["from"][5:].split("/*/"); items = c.raw("json:" + head)
        if not isinstance(items, list) or isinstance(items, Obj) or not items: raise Refused("token_mismatch", "no items")
        for x in items:
            for step in tail.split("/"): x = member(x, step) if isinstance(x, Obj) else None
            if not isinstance(x, str) or isinstance(x, Num) or not same_(x.encode()): raise Refused("token_mismatch", "an item without the token")
        return
    v = c.text(t["from"])
    if v is None or not same_(v): raise Refused("token_mismatch", "")

def token(p, r, options, now):
    J = p.file["jwt"]; source = J.get("from", "header:authorization")
    t = r.body.decode("latin-1") if source == "body" else r.headers.get(source[7:])
    if not t: raise Refused("missing_header", "no token")
    word = J.get("scheme", "Bearer" if source == "header:authorization" else "")
    if word:
        m = re.fullmatch("(?i)" + re.escape(word) + r" +(\S+)", t)
        if not m: raise Refused("jwt_malformed", "scheme")
        t = m[1]
    parts = t.split(".")
    if len(parts) != 3 or len(t) > 16384: raise Refused("jwt_malformed", "three parts")
    d = [decode("base64url", x) for x in parts]
    if None in d: raise Refused("jwt_malformed", "base64url")
    try: head, claims = parse_json(d[0]), parse_json(d[1])
    except (ValueError, RecursionError): raise Refused("jwt_malformed", "json")
    if not isinstance(head, Obj) or not isinstance(claims, Obj) or any(len({fold(k) for k, _ in o}) != len(o) for o in (head, claims)): raise Refused("jwt_malformed", "members")
    alg = member(head, "alg")
    if alg not in J["algorithms"]: raise Refused("jwt_malformed", "alg")
    si = (parts[0] + "." + parts[1]).encode(); ok = False
    for s in as_list(options[p.file["key"]["option"]]):
        if alg.startswith("HS"):
            ok |= hmac.compare_digest(hmac.new(load_key(p.file["key"], "hmac-sha256", s), si, "sha" + alg[2:]).digest(), d[2])
        else: ok |= right({"ES256": "ecdsa-p256-sha256", "RS256": "rsa-v1_5-sha256", "EdDSA": "ed25519"}[alg], load_key({"encoding": "spki"}, {"ES256": "ecdsa-p256-sha256", "RS256": "rsa-v1_5-sha256", "EdDSA": "ed25519"}[alg], s), si, d[2])
    if not ok: raise Refused("signature_mismatch", "token")
    def time(n):
        v = member(claims, n)
        if v is None: return None
        if not isinstance(v, Num) or not 0 <= int(v) <= 253402300799: raise Refused("jwt_claim_mismatch", n)
        return int(v)
    exp, nbf, iat, lee = time("exp"), time("nbf"), time("iat"), J.get("leeway", 60)
    if exp is None and J.get("expiry", "required") == "required" and "max_age" not in J: raise Refused("jwt_claim_mismatch", "exp")
    if now is not None:
        if exp is not None and now >= exp + lee: raise Refused("jwt_expired", "exp")
        if nbf is not None and now + lee < nbf: raise Refused("jwt_claim_mismatch", "nbf")
        if "max_age" in J:
            if iat is None: raise Refused("jwt_claim_mismatch", "iat")
            if now - iat > J["max_age"]["past"] or iat - now > J["max_age"]["future"]: raise Refused("jwt_expired", "iat")
    if J.get("issuer") and member(claims, "iss") not in J["issuer"]: raise Refused("jwt_claim_mismatch", "iss")
    if J.get("audience") != "none":
        aud = member(claims, "aud")
        if not set(aud if isinstance(aud, list) else [aud]) & set(as_list(options["audience"])): raise Refused("jwt_claim_mismatch", "aud")
    return claims, si

def detached(p, r, options):
    """RFC 7515 appendix F, and RFC 7797 where the payload is not encoded."""
    J = p.file["jwt"]; source = J.get("from", "header:authorization")
    t = r.headers.get(source[7:])
    if not t: raise Refused("missing_header", "no signature")
    word = J.get("scheme", "Bearer" if source == "header:authorization" else "")
    if word:
        m = re.fullmatch("(?i)" + re.escape(word) + r" +(\S+)", t)
        if not m: raise Refused("jwt_malformed", "scheme")
        t = m[1]
    parts = t.split(".")
    if len(parts) != 3 or parts[1] or len(t) > 16384: raise Refused("jwt_malformed", "header, nothing, signature")
    head, s = (decode("base64url", parts[k]) for k in (0, 2))
    if head is None or s is None: raise Refused("jwt_malformed", "base64url")
    try: head = parse_json(head)
    except (ValueError, RecursionError): raise Refused("jwt_malformed", "json")
    if not isinstance(head, Obj) or len({k for k, _ in head}) != len(head): raise Refused("jwt_malformed", "members")
    names = {k for k, _ in head}
    if J["detached"] == "base64url":
        if names & {"b64", "crit"}: raise Refused("jwt_malformed", "the other form")
        payload = base64.urlsafe_b64encode(r.body).rstrip(b"=")
    else:
        if member(head, "b64") is not False or member(head, "crit") != ["b64"]: raise Refused("jwt_malformed", "the other form")
        payload = r.body
    alg, kid = member(head, "alg"), member(head, "kid")
    if alg not in J["algorithms"] or not isinstance(kid, str): raise Refused("jwt_malformed", "alg, kid")
    number = lambda x: int.from_bytes(base64.urlsafe_b64decode(x + "=="), "big")
    keys = [k for k in options["jwks"]["keys"] if k.get("kid") == kid]
    if not keys: raise Refused("signature_mismatch", "no such key")
    si = parts[0].encode() + b"." + payload; ok = False
    for k in keys:
        if k.get("alg", alg) != alg: continue
        if k["kty"] == "RSA" and alg in ("RS256", "RS512"): ok |= right("rsa-v1_5-sha" + alg[2:], rsa.RSAPublicNumbers(number(k["e"]), number(k["n"])).public_key(), si, s)
        if k["kty"] == "OKP" and alg == "EdDSA": ok |= right("ed25519", ed25519.Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(k["x"] + "==")), si, s)
    if not ok: raise Refused("signature_mismatch", "detached")
    return si

def reply(p, c, ch, options, key):
    R = ch["reply"]
    if ch["token"]:
        t = ch["token"]; v = c.text(t["from"]); want = options.get(t["option"])
        if not want: raise Refused("configuration", f"option {t['option']} is missing")
        if v is None or not hmac.compare_digest(v, want.encode()): raise Refused("token_mismatch", "")
    def value(x, limit=256):
        if isinstance(x, (bool, int)): return x
        if isinstance(x, str):
            out = write(tokens(x, "reply", {"header", "query", "form", "json"}), c)
            if len(out) > 1024 or any(b < 0x20 for b in out): raise Refused("malformed_header", "a value that is not echoed")
            return utf8(out)
        m = value(x["mac"]).encode()
        if not ORACLE.fullmatch(m): raise Refused("malformed_header", "a value that is not signed")
        k = key or load_key(p.file["key"], p.sig["algorithm"], as_list(options[p.file["key"]["option"]])[0])
        return x.get("prefix", "") + encode(x["encoding"], hmac.new(k, m, p.sig["algorithm"][5:]).digest()).decode()
    out = dict(status=R["status"], headers={"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store"})
    if "body" in R: out["body"] = value(R["body"]); out["headers"]["Content-Type"] = "text/plain; charset=utf-8"
    if "json" in R: out["json"] = {k: value(x) for k, x in R["json"].items()}
    if "echo" in R:
        v = c.text(R["echo"])
        if v is None or len(v) > 256 or set(v) - set(range(0x21, 0x7F)): raise Refused("malformed_header", "a value that is not echoed")
        out["headers"][R["echo"][7:]] = v.decode()
    return out
