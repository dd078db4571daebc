"""Signature Version 4 for requests that differ only in body and moment: the rest is prepared once."""

from __future__ import annotations

import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from functools import lru_cache
from typing import NamedTuple

from botocore.credentials import ReadOnlyCredentials

_AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=(?P<key>[^/]+)/\d{8}/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request, "
    r"SignedHeaders=(?P<signed>[a-z0-9;-]+), Signature=[0-9a-f]{64}"
)

DATE, TOKEN = "x-amz-date", "x-amz-security-token"


class Signer(NamedTuple):
    """What all signatures of one kind of POST to ``/`` have in common."""

    region: str
    service: str
    signed: str
    """The names of the headers that are signed, as they stand in the signature."""

    before: str
    """The canonical request up to the date, which is the first of the headers that change."""

    between: str
    """From there to the token; all the rest when there is none."""

    after: str
    """From there to the hash of the body."""

    has_token: bool

    @classmethod
    def like(cls, headers: Mapping[str, str], host: str) -> Signer | None:
        """A signer that signs as these headers, in lower case, are signed; None when it does not know how."""
        found = _AUTHORIZATION.fullmatch(headers.get("authorization", ""))
        if found is None:
            return None
        names = found["signed"].split(";")
        known = {**headers, "host": host}
        if DATE not in names or any(name not in known for name in names):
            return None
        lines = [f"{name}:{' '.join(known[name].split())}\n" for name in names]
        date = names.index(DATE)
        token = names.index(TOKEN) if TOKEN in names else len(names)
        return cls(
            region=found["region"],
            service=found["service"],
            signed=found["signed"],
            before="POST\n/\n\n" + "".join(lines[:date]),
            between="".join(lines[date + 1 : token]),
            after="".join(lines[token + 1 :]),
            has_token=token < len(names),
        )

    def headers(self, keys: ReadOnlyCredentials, body: bytes, moment: str = "") -> dict[str, str]:
        """The headers that sign a body at a moment, which is this one if left out."""
        moment = moment or time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        made = {"X-Amz-Date": moment}
        token = ""
        if self.has_token:
            made["X-Amz-Security-Token"] = keys.token
            token = f"{TOKEN}:{keys.token}\n"
        canonical = (
            f"{self.before}{DATE}:{moment}\n{self.between}{token}{self.after}\n"
            f"{self.signed}\n{hashlib.sha256(body).hexdigest()}"
        )
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        signed = (
            f"AWS4-HMAC-SHA256\n{moment}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        )
        key = _key(keys.secret_key, moment[:8], self.region, self.service)
        signature = hmac.digest(key, signed.encode(), "sha256").hex()
        made["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={keys.access_key}/{scope}, "
            f"SignedHeaders={self.signed}, Signature={signature}"
        )
        return made


@lru_cache(maxsize=16)
def _key(secret: str, day: str, region: str, service: str) -> bytes:
    """The key that signs for a day, a region and a service."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
