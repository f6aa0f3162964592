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

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"
"""The event of a logout token."""

Claims = dict[str, Any]


async def verified(issuer: Issuer, token: str, audience: str) -> Claims | None:
    """What a token claims; None if it is not signed by the server, is for somebody else, or is not good any more.

    Raises:
        UnavailableError: the server does not answer.
    """
    claims = await _claims(issuer, token, audience, ("exp", "sub"))
    # Signed by the same key, maybe for the same audience: what says that somebody has left lets nobody in.
    return None if claims is None or _is_of_logout(claims) else claims


async def logged_out(issuer: Issuer, token: str, client_id: str) -> Claims | None:
    """What a logout token claims, as OpenID Connect Back-Channel Logout 1.0 has it (2.4, 2.6); None if it is none.

    Raises:
        UnavailableError: the server does not answer.
    """
    claims = await _claims(issuer, token, client_id, ("exp", "iat", "jti"))
    # With a nonce it is an ID token, which says the very opposite.
    if claims is None or "nonce" in claims or not _is_text(claims["jti"]):
        return None
    named = [claims[name] for name in ("sid", "sub") if name in claims]
    return claims if _is_of_logout(claims) and named and all(_is_text(one) for one in named) else None


def _is_of_logout(claims: Claims) -> bool:
    events = claims.get("events")
    return isinstance(events, dict) and isinstance(events.get(LOGOUT), dict)


async def _claims(issuer: Issuer, token: str, audience: str, essential: tuple[str, ...]) -> Claims | None:
    if len(token) > LONGEST:
        return None
    try:
        header = jws.extract_compact(token.encode()).headers()
        keys = await issuer.keys(header.get("kid"))
        claims = jwt.decode(token, keys, algorithms=ALGORITHMS).claims
        rules = jwt.JWTClaimsRegistry(
            now=None,
            leeway=LEEWAY,
            iss={"essential": True, "value": issuer.url},
            aud={"essential": True, "value": audience},
            **{name: jwt.ClaimsOption(essential=True) for name in essential},
        )
        rules.validate(claims)
    except (JoseError, ValueError, KeyError, TypeError):
        return None
    return claims


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value)
