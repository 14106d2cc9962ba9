"""hookseal against PyJWT: a delivery with an RS256 token of five minutes.

Both check signature, algorithm, issuer, audience and times. PyJWT gets the
token and the key, hookseal the request, from which it takes the token, and the
key set, in which it looks for the key.
"""

from __future__ import annotations

import time

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

import hookseal
from pairs import compare

TARGET = 3.0
ISSUER = "https://auth.example.com"
AUDIENCE = "a46cfa6a-73ce-4b07-9cfd-c3c28496ca08"
URL = "https://api.example.com/hooks"
BODY = b'{"event":"call.ended"}'


def main() -> None:
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    public = private.public_key()
    now = int(time.time())
    claims = {"iss": ISSUER, "aud": AUDIENCE, "iat": now, "nbf": now, "exp": now + 3600}
    token = jwt.encode(claims, private, "RS256", headers={"kid": "first"})
    jwk = {**jwt.algorithms.RSAAlgorithm.to_jwk(public, as_dict=True), "kid": "first"}
    headers = {f"X-Other-{number}": "something of the proxy" for number in range(14)}
    headers["Authorization"] = f"Bearer {token}"
    verifier = hookseal.Verifier(
        "bearer-jwt",
        issuer=ISSUER,
        audience=AUDIENCE,
        algorithms=["RS256"],
        jwks={"keys": [jwk]},
    )

    def ours() -> object:
        return verifier.verify("POST", URL, headers, BODY)

    def peer() -> object:
        return jwt.decode(token, public, ["RS256"], audience=AUDIENCE, issuer=ISSUER)

    if verifier.verify("POST", URL, headers, BODY).claims != peer():
        raise SystemExit("the two do not agree on the claims")
    compare("one delivery with an RS256 token", "PyJWT", peer, ours, TARGET)


if __name__ == "__main__":
    main()
