"""What is asked of a table, and what must not be answered."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Question:
    """One question in Chinese and English; `number` is its name within its table and never reused."""

    number: int
    kind: str
    zh: str
    en: str
    sql: str = ""
    ordered: bool = False
    today: str | None = None
    why: str | None = None
    """For a question that must be refused: what makes it so."""
    percent: bool = False
    """Whether the last column of the gold is in percent, so that the same as a fraction is right too."""
    respelt: tuple[str, str] | None = None
    """A spelling of text in the gold, and another that is as right."""

    @property
    def refused(self) -> bool:
        return self.kind == "refuse"


def ask(number, kind, zh, en, sql, **more) -> Question:
    return Question(number, kind, zh, en, sql, **more)


REASONS = (
    "missing",  # the table does not hold it
    "contradiction",  # no row can ever fit
    "unknown-word",  # a word that carries meaning and that nothing explains
    "ambiguous",  # several readings with different answers
    "forecast",  # about what is yet to come
    "cause",  # asks for a cause that the table can't show
    "opinion",  # asks for a judgement
    "misspelt",  # a slip that fits two columns or values
)


def refuse(number, why, zh, en) -> Question:
    assert why in REASONS, why
    return Question(number, "refuse", zh, en, why=why)
