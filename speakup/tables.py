"""Every table, imported: for migrations, and for starting without the web."""

from speakup.accounts import models as accounts
from speakup.assurance import models as assurance
from speakup.audit import models as audit
from speakup.cases import models as cases
from speakup.diary import models as diary
from speakup.insight import models as insight
from speakup.jobs import models as jobs
from speakup.kernel.db import Base
from speakup.keyring import models as keyring
from speakup.learning import models as learning
from speakup.organisations import models as organisations
from speakup.papers import models as papers
from speakup.peers import models as peers
from speakup.returns import models as returns
from speakup.routing import models as routing
from speakup.vocabulary import models as vocabulary

METADATA = Base.metadata

__all__ = [
    "METADATA", "accounts", "assurance", "audit", "cases", "diary", "insight", "jobs", "keyring", "learning",
    "organisations", "papers", "peers", "returns", "routing", "vocabulary",
]  # fmt: skip
