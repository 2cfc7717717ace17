"""What nobody writes in words that are published: a month."""

from typing import Any

from flask_babel import gettext
from wtforms import Field
from wtforms.validators import ValidationError

from speakup import papers


class WithoutMonths:
    """Refuses the name of a month: with the rota, a month can be enough to know who it was."""

    def __call__(self, form: Any, field: Field) -> None:  # noqa: ANN401 -- any form
        for month in papers.months_in(field.data or "")[:1]:
            raise ValidationError(
                gettext(
                    "Leave out the month (%(month)s), which can tell who it was. Write the quarter instead:"
                    " “quarter %(quarter)s”, or the year",
                    month=month.word,
                    quarter=month.quarter,
                )
            )
