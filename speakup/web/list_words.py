"""What the lists that cases are coded with are called on the pages of those who keep them and of those who use them."""

from typing import Any

from flask_babel import lazy_gettext as _

from speakup.vocabulary import CodeSet

TITLES: dict[CodeSet, Any] = {
    CodeSet.ELEMENT: _("Elements"),
    CodeSet.WORKER_GROUP: _("Worker groups"),
    CodeSet.HOW_RAISED: _("How raised"),
    CodeSet.ROUTE: _("How it came in"),
    CodeSet.OUTCOME: _("Outcomes"),
    CodeSet.THEME: _("Local themes"),
    CodeSet.RELATIONSHIP: _("How the person works here"),
    CodeSet.SENIORITY: _("Seniority"),
    CodeSet.SERVICE: _("Length of service"),
    CodeSet.PRIOR_ROUTE: _("Where it was raised before"),
    CodeSet.SUPPORT: _("Support offered"),
    CodeSet.WANT: _("What the person wants"),
    CodeSet.RISK: _("Risk now"),
    CodeSet.QUALIFYING: _("Possible qualifying disclosure"),
    CodeSet.QUALIFYING_HEADING: _("Headings of a qualifying disclosure"),
    CodeSet.DETRIMENT_FORM: _("Forms of detriment"),
    CodeSet.DETRIMENT_SOURCE: _("Who detriment came from"),
    CodeSet.SPOKEN_UP_TO: _("Whom the person had spoken up to"),
    CodeSet.ESCALATION: _("Where a concern is taken further"),
    CodeSet.DISCLOSURE_BASIS: _("Basis of a disclosure"),
    CodeSet.FEEDBACK: _("Would you speak up again?"),
    CodeSet.CHARACTERISTIC: _("Questions about the person"),
    CodeSet.AGE: _("Answers: age"),
    CodeSet.SEX: _("Answers: sex"),
    CodeSet.GENDER_IDENTITY: _("Answers: gender the same as at birth"),
    CodeSet.ETHNICITY: _("Answers: ethnic group"),
    CodeSet.DISABILITY: _("Answers: disability"),
    CodeSet.RELIGION: _("Answers: religion or belief"),
    CodeSet.ORIENTATION: _("Answers: sexual orientation"),
    CodeSet.PREGNANCY: _("Answers: pregnancy or maternity"),
    CodeSet.MARRIAGE: _("Answers: marriage or civil partnership"),
    CodeSet.OVERSEAS_TRAINED: _("Answers: trained overseas"),
    CodeSet.WORKING_PATTERN: _("Answers: working pattern"),
}


def slug_of(which: CodeSet) -> str:
    """Name a list in an address."""
    return which.value.replace(" ", "-")


BY_SLUG = {slug_of(which): which for which in CodeSet}
