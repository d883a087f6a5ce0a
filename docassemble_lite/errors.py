"""The tree of errors. The docstring of a class is its default message.

Every error that a person may meet says what is wrong and what to do. An `AuthorError` is about the source of an
interview and points at a line; the others are about a visit.
"""

from __future__ import annotations

from pathlib import Path


class LiteError(Exception):
    """Something went wrong."""

    def __init__(self, message: str | None = None) -> None:
        self.message = message or (type(self).__doc__ or "").strip()
        super().__init__(self.message)


class SettingsError(LiteError):
    """The configuration has a mistake."""


# --- the source of an interview ------------------------------------------------------------------------------------


class AuthorError(LiteError):
    """The source of an interview has a mistake.

    `source` is the name of the file as authors write it, `path` the file on disk (None when there is none), `line`
    counts from 1 (None when no line is to blame), `hint` says what to write instead.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        path: Path | None = None,
        line: int | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message)
        self.source = source
        self.path = path
        self.line = line
        self.hint = hint

    @property
    def source_line(self) -> str | None:
        """The offending line of the source as it stands in the file, or None."""
        if self.path is None or self.line is None or not self.path.is_file():
            return None
        lines = self.path.read_text(encoding="utf-8", errors="replace").splitlines()
        return lines[self.line - 1] if 0 < self.line <= len(lines) else None

    def without_answers(self) -> str:
        """The error as it may stand in a log."""
        return str(self)

    def __str__(self) -> str:
        where = f"{self.source or 'interview'}:{self.line}: " if self.line else (f"{self.source}: " if self.source else "")
        shown = f"\n    {self.source_line.strip()}" if self.source_line else ""
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{where}{self.message}{shown}{hint}"


class SourceError(AuthorError):
    """The file can't be read as an interview."""


class EvaluationError(AuthorError):
    """The interview's code failed while it ran.

    `cause_name` is the name of the class of the original exception, `cause_message` what it says, `trace` its traceback
    in plain text with the lines of the YAML file, `sought` the names that were being sought, most recent first. `public`
    says whether the message tells nothing but names of variables, so that anybody may see it.
    """

    def __init__(
        self,
        message: str,
        *,
        cause_name: str = "",
        cause_message: str = "",
        trace: str = "",
        sought: tuple[str, ...] = (),
        public: bool = False,
        **where: object,
    ) -> None:
        super().__init__(message, **where)  # type: ignore[arg-type]
        self.cause_name = cause_name or type(self).__name__
        self.cause_message = cause_message or message
        self.trace = trace
        self.sought = sought
        self.public = public

    def without_answers(self) -> str:
        """The error as it may stand in a log: what Python says of a mistake often quotes an answer, so that is left out."""
        if self.public:
            return str(self)
        where = f"{self.source or 'interview'}:{self.line or '?'}"
        line = (self.source_line or "").strip()
        return f"{where}: {self.cause_name} {line} (sought: {', '.join(self.sought)})"


class DocumentError(LiteError):
    """The document can't be made."""


class InterviewNotFound(LiteError):
    """There is no interview of that name."""


# --- a visit to a session ------------------------------------------------------------------------------------------


class SessionNotFound(LiteError):
    """There is no such session, or it isn't yours."""


class NoSuchFile(LiteError):
    """There is no such file, or it isn't yours."""


class AnswersTampered(LiteError):
    """The stored answers were tampered with: they don't carry this server's seal. Nothing was read from them."""


class ServerKeyMissing(AnswersTampered):
    """The stored answers were sealed with a key of the server that isn't there. Nothing was read from them."""


class SavedByAnother(LiteError):
    """The answers were saved by somebody else in the meantime."""


class StoreAway(LiteError):
    """The store can't be reached just now."""


class AnswersNotStorable(LiteError):
    """An answer can't be stored."""
