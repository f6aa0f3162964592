"""Whether a webhook is from whom it says: signature and time, as standardwebhooks.com lays them down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pydantic import SecretStr
from standardwebhooks import Webhook, WebhookVerificationError
from standardwebhooks.webhooks import EmptyWebhookSecretError

from domain.errors import CaseError, InvalidInputError

STALE = ("Message timestamp too old", "Message timestamp too new")
"""What the library says of a time more than five minutes away: a message that was caught and is played again."""


class SignatureError(CaseError):
    """It is not signed with one of our secrets, or headers are missing."""

    code = "signature_invalid"


class StaleWebhookError(CaseError):
    """It was signed too long ago, or its sender's clock is wrong."""

    code = "webhook_stale"


class Signatures:
    """Checks webhooks against secrets: two of them while one is being replaced.

    Raises:
        InvalidInputError: a secret is not base64, with or without `whsec_`.
    """

    def __init__(self, secrets: SecretStr) -> None:
        try:
            self._signers: Sequence[Webhook] = [Webhook(secret) for secret in secrets.get_secret_value().split()]
        except (ValueError, EmptyWebhookSecretError):
            raise InvalidInputError("expected secrets as whsec_ and base64", field="inbound_secrets") from None
        if not self._signers:
            raise InvalidInputError("expected at least one secret", field="inbound_secrets")

    def check(self, body: bytes, headers: Mapping[str, str]) -> str:
        """See that a webhook is genuine; returns its id.

        Raises:
            SignatureError: it is not, or `webhook-id`, `webhook-timestamp` or `webhook-signature` is missing.
            StaleWebhookError: its time is more than five minutes from ours.
        """
        for signer in self._signers:
            try:
                signer.verify(body, dict(headers), json_parse=False)
            except WebhookVerificationError as error:
                if str(error) in STALE:
                    raise StaleWebhookError(str(error).lower(), field="webhook-timestamp") from None
            except ValueError:
                continue  # a signature that is not even of the form, or a body that is no text
            else:
                return headers["webhook-id"]
        raise SignatureError("no signature of ours fits this webhook", field="webhook-signature")
