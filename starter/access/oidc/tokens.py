"""Tokens of the server: looked at as strictly as the standards say, or they are nobody's."""

from __future__ import annotations

from typing import Any

from joserfc import jws, jwt
from joserfc.errors import JoseError

from starter.access.oidc.issuer import Issuer

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519", "EdDSA"]
"""Those in which only the server can sign: with the others, whoever can verify could do so, too."""

LEEWAY = 60
"""Seconds by which its clock and ours may differ."""

LONGEST = 16_384

Claims = dict[str, Any]


async def verified(issuer: Issuer, token: str, audience: str) -> Claims | None:
    """What a token claims; None if it is not signed by the server, is for somebody else, or is not good any more.

    Raises:
        UnavailableError: the server does not answer.
    """
    if len(token) > LONGEST:
        return None
    try:
        header = jws.extract_compact(token.encode()).headers()
        keys = await issuer.keys(header.get("kid"))
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer.url},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return claims
