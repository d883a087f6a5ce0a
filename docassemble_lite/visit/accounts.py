"""People with accounts, as the functions of interviews see and change them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from docassemble_lite.host import KnownPerson, Person
from docassemble_lite.mail import Outbox, letters
from docassemble_lite.settings import Settings
from docassemble_lite.store.database import Store
from docassemble_lite.store.tickets import INVITATION


class VisitAccounts:
    """`host.Accounts` in the store. What it changes is changed at once, also if the answers aren't saved."""

    def __init__(self, store: Store, settings: Settings, outbox: Outbox) -> None:
        self._people = store.people
        self._tickets = store.tickets
        self._settings = settings
        self._outbox = outbox
        # a block that runs again invites nobody twice: e-mail address -> what stands in the link
        self._invited: dict[str, str] = {}

    def listing(self, after: int, most: int, *, include_inactive: bool) -> list[KnownPerson]:
        return self._people.some(after, most, include_inactive=include_inactive)

    def find(self, user_id: int | None, email: str | None) -> KnownPerson | None:
        return self._people.known(user_id, email)

    def add(self, email: str, password: str, privileges: Sequence[str], profile: Mapping[str, str]) -> int:
        return self._people.add(email, password, privileges=privileges, **profile).id or 0

    def invite(self, email: str, privileges: Sequence[str], *, send: bool) -> str | None:
        allowed = self._people.checked(privileges)
        self._people.require_free(email)
        if email not in self._invited:
            self._invited[email] = self._tickets.make("invite", INVITATION, email=email, privileges=allowed)
        # an e-mail goes to somebody who didn't ask for it, so that no request says where its link leads
        url = f"{self._settings.public_url}/user/register?token={self._invited[email]}"
        if not send:
            return url
        letter = letters.invitation(self._settings.appname, email, url)
        if letter is None or not self._outbox.send(letter).sent:
            raise ValueError(f"No e-mail can be sent to {email}. With send=False, invite_user() gives the address to hand over.")
        return None

    def set_profile(self, person: Person, profile: Mapping[str, str]) -> None:
        self._people.set_profile(person, **profile)

    def set_active(self, person: Person, active: bool) -> None:
        self._people.set_active(person, active=active, keep_admin=True)

    def set_privileges(self, person: Person, privileges: Sequence[str]) -> None:
        self._people.set_privileges(person, privileges, keep_admin=True)

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
