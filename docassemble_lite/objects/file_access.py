"""Who may see a file besides its session, as authors say it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any, TypeVar

from docassemble_lite.host import FileAccess, current
from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.changing_files import ChangeableFile
from docassemble_lite.objects.file_names import clean_name, extension_of

T = TypeVar("T")

#: What takes a permission from all who have it.
EVERYBODY = "all"


class SharedFile(ChangeableFile):
    """The methods of `DAFile` that say who may see it, and how long it stays.

    What they say holds at once, also if the answers aren't saved, and going back doesn't change it.
    """

    @property
    def private(self) -> bool:
        """Whether only the session and those whom it lets see the file get it. `set_attributes` changes it."""
        self._need()
        return current().host.file_access(self.number).private

    @private.setter
    def private(self, value: object) -> None:
        """Setting it directly does nothing."""

    @property
    def persistent(self) -> bool:
        """Whether the file stays when its session is deleted. `set_attributes` changes it."""
        self._need()
        return current().host.file_access(self.number).persistent

    @persistent.setter
    def persistent(self, value: object) -> None:
        """Setting it directly does nothing."""

    def set_attributes(self, **attributes: Any) -> None:
        """With `private=False` everybody who has the address gets the file, and code of other sessions; `persistent=True` keeps
        it when its session is deleted; `filename` is another name, whose extension stays what it is.

        Raises `NoSuchFile` for a file of another session, and `ValueError` for a `session` that isn't this one.
        """
        unknown = attributes.keys() - {"private", "persistent", "filename", "session"}
        if unknown:
            raise TypeError(f"set_attributes() doesn't know {', '.join(sorted(unknown))}.")
        if attributes.get("session") not in (None, current().request.session):
            raise ValueError("set_attributes(session=…) isn't supported: a file stays with the session that has made it.")
        if attributes.get("filename") is not None:
            self._rename(str(attributes["filename"]))
        given = {name: attributes.get(name) for name in ("private", "persistent")}
        changes: dict[str, Any] = {name: bool(value) for name, value in given.items() if value is not None}
        if changes:
            self._change_access(lambda access: replace(access, **changes))

    def user_access(self, *users: Any, disallow: Any = None) -> dict[str, list[Any]] | None:
        """Let people see the file, and others no longer (`disallow`, which may be "all"). Called without either, it gives those
        who may: their `user_ids`, their `emails`, and the `temp_user_ids` of those without an account, who can't be let in.

        People are given by e-mail addresses, ids, or objects with an `email`, also in lists. Who has no account is passed over.
        """
        self._need()
        if not users and disallow is None:
            return self._users()
        allowed, gone = _user_ids(users), disallow if disallow == EVERYBODY else _user_ids([disallow])
        self._change_access(lambda access: replace(access, user_ids=_changed(access.user_ids, allowed, gone)))
        return None

    def privilege_access(self, *privileges: Any, disallow: Any = None) -> list[str] | None:
        """Let everybody with one of the privileges see the file, and with others no longer (`disallow`, which may be "all").

        Called without either, it gives the privileges with which one may. Raises `ValueError` for one that there isn't.
        """
        self._need()
        if not privileges and disallow is None:
            return list(current().host.file_access(self.number).privileges)
        allowed = _known_privileges(privileges)
        gone = disallow if disallow == EVERYBODY else _texts([disallow])
        self._change_access(lambda access: replace(access, privileges=_changed(access.privileges, allowed, gone)))
        return None

    def _users(self) -> dict[str, list[Any]]:
        host = current().host
        user_ids = host.file_access(self.number).user_ids
        known = [host.accounts().find(user_id, None) for user_id in user_ids]
        return {"user_ids": list(user_ids), "emails": [found.person.email for found in known if found], "temp_user_ids": []}

    def _change_access(self, change: Callable[[FileAccess], FileAccess]) -> None:
        self.commit()
        self._need()
        host = current().host
        access = host.file_access(self.number)
        changed = change(access)
        if changed != access:
            self.number = host.set_file_access(self.number, changed)

    def _rename(self, name: str) -> None:
        self.commit()
        self._need()
        kept = clean_name(name)
        self.filename = kept if extension_of(kept) == self.extension else f"{kept}.{self.extension}"
        host = current().host
        with host.open_file(self.number) as content:
            self.number = host.make_file(self.filename, content, self.mimetype, self.number)


def _changed(before: Iterable[T], allowed: Iterable[T], gone: Any) -> tuple[T, ...]:
    kept = [item for item in (*before, *allowed) if gone != EVERYBODY and item not in gone]
    return tuple(sorted(set(kept)))  # type: ignore[type-var]


def _user_ids(given: Iterable[Any]) -> list[int]:
    """The ids of those among them who have an account."""
    accounts, found = current().host.accounts(), []
    for item in _flat(given):
        email = item.email if isinstance(item, DAObject) else item
        if isinstance(email, bool) or not isinstance(email, (int, str)):
            raise TypeError(f"user_access() takes e-mail addresses and ids of users, and not {item!r}.")
        known = accounts.find(email, None) if isinstance(email, int) else accounts.find(None, email)
        if known is None or known.person.id is None:
            # who it was is nobody's business but the interview's
            current().host.log("user_access(): somebody who was named has no account and is passed over.", "warning")
        else:
            found.append(known.person.id)
    return found


def _known_privileges(given: Iterable[Any]) -> list[str]:
    wanted, there = _texts(given), current().host.accounts().privileges()
    for name in wanted:
        if name not in there:
            raise ValueError(f"privilege_access(): there is no privilege “{name}”. There are: {', '.join(there)}.")
    return wanted


def _texts(given: Iterable[Any]) -> list[str]:
    return [str(item) for item in _flat(given)]


def _flat(given: Iterable[Any]) -> list[Any]:
    """What is given, with what is in lists of it; None is nothing."""
    found: list[Any] = []
    for item in given:
        if item is None:
            continue
        is_several = not isinstance(item, (str, bytes)) and isinstance(item, Iterable)
        found += _flat(item) if is_several else [item]
    return found
