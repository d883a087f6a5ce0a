"""What somebody comes to a session for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from docassemble_lite.engine.uploads import Upload


@dataclass(frozen=True)
class Show:
    """See the screen. `url_args` are the arguments of the address, which interviews can read.

    A `glance` saves nothing, so that the page on which somebody is typing stays valid.
    """

    url_args: Mapping[str, Any] = field(default_factory=dict)
    glance: bool = False


@dataclass(frozen=True)
class Submit:
    """Answer the screen whose page carried `token`: control name → texts, and control name → files."""

    posted: Mapping[str, Sequence[str]]
    token: str
    uploads: Mapping[str, Sequence[Upload]] = field(default_factory=dict)


@dataclass(frozen=True)
class Send:
    """Send a file ahead of the form, for a control of the screen whose page carried `token`."""

    control: str
    upload: Upload
    token: str


@dataclass(frozen=True)
class EmailDocuments:
    """Send the documents of the screen whose page carried `token` to an address; `editable`: also those that are for changes."""

    address: str
    editable: bool
    token: str


@dataclass(frozen=True)
class GoBack:
    """Undo the step that led to the screen whose page carried `token`."""

    token: str


@dataclass(frozen=True)
class Act:
    """Carry out an action. One that is `read_only` waits for nobody, and nothing that it changes is saved."""

    action: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    read_only: bool = False


@dataclass(frozen=True)
class CheckIn:
    """Run the action of the screen whose page carried `token`.

    `parameters` is what stands in its controls, variable → text; `changed` is the variable whose control was changed just
    now, None if the page checks in as time passes, and `initial` whether it does so for the first time.
    """

    token: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    initial: bool = False
    changed: str | None = None


@dataclass(frozen=True)
class Leave:
    """Leave the session by a link. `kind` and `url` are those of an `Exit`."""

    kind: str
    url: str = ""


Deed = Show | Submit | Send | EmailDocuments | GoBack | Act | CheckIn | Leave
