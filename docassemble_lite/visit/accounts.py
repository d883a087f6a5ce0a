"""People with accounts, as the functions of interviews see and change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docassemble_lite.host import KnownPerson, Person
from docassemble_lite.store.database import Store
from docassemble_lite.store.tickets import INVITATION


class VisitAccounts:
    """`host.Accounts` in the store. What it changes is changed at once, also if the answers aren't saved."""

    def __init__(self, store: Store, url_root: str) -> None:
        self._people = store.people
        self._tickets = store.tickets
        self._url_root = url_root

    def listing(self, after: int, most: int, *, include_inactive: bool) -> list[KnownPerson]:
        return self._people.some(after, most, include_inactive=include_inactive)

    def find(self, user_id: int | None, email: str | None) -> KnownPerson | None:
        return self._people.known(user_id, email)

    def add(self, email: str, password: str, privileges: Sequence[str], profile: Mapping[str, str]) -> int:
        return self._people.add(email, password, privileges=privileges, **profile).id or 0

    def invite(self, email: str, privileges: Sequence[str], *, send: bool) -> str | None:
        if send:
            raise NotImplementedError("invite_user() can't send e-mail yet: use send=False, and hand the address over.")
        token = self._tickets.make("invite", INVITATION, email=email, privileges=self._people.checked(privileges))
        return f"{self._url_root}/user/register?token={token}"

    def set_profile(self, person: Person, profile: Mapping[str, str]) -> None:
        self._people.set_profile(person, **profile)

    def set_active(self, person: Person, active: bool) -> None:
        self._people.set_active(person, active=active)

    def set_privileges(self, person: Person, privileges: Sequence[str]) -> None:
        self._people.set_privileges(person, privileges)

    def set_password(self, person: Person, password: str, old: str) -> None:
        if old:
            self._people.change_password(person, old, password)
        else:
            self._people.set_password(person, password)

    def privileges(self) -> Sequence[str]:
        return self._people.privileges()

    def add_privilege(self, name: str) -> None:
        self._people.add_privilege(name)

    def remove_privilege(self, name: str) -> None:
        self._people.remove_privilege(name)
