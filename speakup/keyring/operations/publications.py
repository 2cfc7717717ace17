"""A second person's signature under a publication: over its bytes, with the key colleagues have vouched for."""

import uuid

from speakup import policy
from speakup.crypto import binding
from speakup.crypto.keypairs import verify_signature
from speakup.kernel.uow import UnitOfWork
from speakup.keyring.operations.key_log import load
from speakup.keyring.principals import principal
from speakup.policy import Permission

_LABEL = "speakup/publication/1"


def sign_publication(uow: UnitOfWork, publication_id: uuid.UUID, digest: str) -> bytes:
    """Sign what is to be published, known by the digest of its bytes."""
    policy.require(uow.actor, Permission.PUBLICATION_APPROVE)
    return principal(uow).keys.sign_approving(_message(uow, publication_id, digest))


def stands_by_publication(
    uow: UnitOfWork, publication_id: uuid.UUID, digest: str, signer: uuid.UUID, signature: bytes
) -> bool:
    """Say whether a publication carries the signature of somebody whose key was vouched for, then or now."""
    message = _message(uow, publication_id, digest)
    return any(verify_signature(held.keys.approving, message, signature) for held in load(uow).once_guardian(signer))


def _message(uow: UnitOfWork, publication_id: uuid.UUID, digest: str) -> bytes:
    return binding.bind(_LABEL, uow.organisation_id, publication_id, digest)
