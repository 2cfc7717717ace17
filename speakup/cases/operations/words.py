"""First words for the person of a case that a guardian wrote down."""

from speakup import keyring, policy
from speakup.cases.models import Case
from speakup.cases.operations import groups
from speakup.crypto.receipts import ReceiptSecrets
from speakup.kernel.uow import UnitOfWork
from speakup.policy import Permission


def give_first_words(uow: UnitOfWork, case: Case, secrets: ReceiptSecrets, generation: int) -> None:
    """Give the person of a recorded case seven words, so that it has an inbox like any other from then on.

    Nobody has words to it yet, so nobody is shut out by this; `Conflict` once somebody has. Whoever agreed to read what
    their group shares reads it from now on.
    """
    policy.require(uow.actor, Permission.CASE_MESSAGE, case)
    keyring.give_first_receipt(uow, case.id, secrets, generation)
    groups.let_read(uow, case)
