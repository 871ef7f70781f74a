"""A site that tells what it was asked, and asks back who is asking."""

import base64
import hashlib
import re

from tests.twins.web import Answer, Asked

__all__ = ["httpbin"]

REALM = 'realm="twin"'
NONCE = "a0b1c2"


def httpbin(asked: Asked) -> Answer:
    """`/basic-auth/U/P`, `/digest-auth/QOP/U/P[/ALGORITHM]`, `/bearer`, `/status/N`,
    `/redirect-to?url=`, and else what was asked."""
    _, kind, *rest = asked.path.split("/")
    if kind == "basic-auth":
        return _basic(asked, *rest)
    if kind == "digest-auth":
        return _digest(asked, *rest)
    if kind == "bearer":
        scheme, _, token = asked.headers.get("authorization", "").partition(" ")
        if scheme != "Bearer":
            return Answer(401, headers={"www-authenticate": "Bearer"})
        return Answer(body={"authenticated": True, "length": len(token)})
    if kind == "status":
        return Answer(int(rest[0]), {"status": int(rest[0])})
    if kind == "redirect-to":
        return Answer(302, headers={"location": asked.query["url"][0]})
    body = asked.body.decode("utf-8", "replace")
    return Answer(
        body={
            "method": asked.method,
            "url": asked.url,
            "args": {name: one if len(one) > 1 else one[0] for name, one in asked.query.items()},
            "headers": dict(asked.headers),
            "data": body,
        }
    )


def _basic(asked: Asked, user: str, password: str) -> Answer:
    wanted = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()
    if asked.headers.get("authorization") != wanted:
        return Answer(401, headers={"www-authenticate": f"Basic {REALM}"})
    return Answer(body={"authenticated": True, "user": user})


def _digest(asked: Asked, qop: str, user: str, password: str, algorithm: str = "MD5") -> Answer:
    given = dict(re.findall(r'(\w+)="?([^",]+)"?', asked.headers.get("authorization", "")))

    def hashed(text: str) -> str:
        return hashlib.new(algorithm.replace("-", ""), text.encode()).hexdigest()

    first = hashed(f"{user}:twin:{password}")
    second = hashed(f"{asked.method}:{asked.url}")
    between = f"{NONCE}:{given.get('nc')}:{given.get('cnonce')}:{given.get('qop')}"
    if given.get("response") != hashed(f"{first}:{between}:{second}"):
        challenge = f'Digest {REALM}, nonce="{NONCE}", qop="{qop}", algorithm={algorithm}'
        return Answer(401, headers={"www-authenticate": challenge})
    return Answer(body={"authenticated": True, "user": user})
