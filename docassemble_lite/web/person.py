"""`/user/people/…`: one person, as administrators see one: add, invite, change, hand over a link, delete."""

from __future__ import annotations

import logging

from flask import Blueprint, abort, request, url_for
from werkzeug.wrappers import Response

from docassemble_lite.host import Person
from docassemble_lite.language.words import word
from docassemble_lite.store.leaving import delete_person
from docassemble_lite.store.passwords import TooManyAtOnce
from docassemble_lite.store.people import (
    Account,
    EmailRefused,
    EmailTaken,
    LastAdmin,
    PersonNotFound,
    PrivilegeRefused,
    ProfileRefused,
    email_key,
)
from docassemble_lite.store.tables import EMAIL_LENGTH
from docassemble_lite.store.tickets import HANDED_OVER, INVITATION
from docassemble_lite.web import account_mail, account_page, signed_in
from docassemble_lite.web.account_page import typed
from docassemble_lite.web.links import link_to_hand_over
from docassemble_lite.web.plain_pages import FormField, FormPage, PlainForm
from docassemble_lite.web.profile_fields import profile_fields, typed_profile
from docassemble_lite.web.services import services

log = logging.getLogger(__name__)
blueprint = Blueprint("person", __name__, url_prefix="/user/people")

# the largest number that the column holds
_NUMBER = "<int(max=2147483647):user_id>"
_NOT_ONESELF = "Another administrator has to do that: nobody takes their own account away here."
_LAST = "There would be no administrator any more, so nothing was changed."
_SAVED = "{email} is saved."
_ADDED = "{email} can sign in now. Nobody has been told: hand over the password yourself."
_DELETED = "{email} is deleted. Interviews that went along: {number}."
_NO_ADDRESS = "This is no e-mail address."
_TAKEN = "There is somebody with this e-mail address already."
_INACTIVE_HINT = "Who is not active can’t sign in, and is signed out everywhere."
_LINK_TEXT = (
    "The link lets the person choose another password. Hand it over so that nobody else sees it. It is good once, for one day; "
    "an earlier link is worth nothing any more."
)
_COST = "With another password, nothing but the recovery code opens this person’s private interviews ({number}) any more."
_COST_WITHOUT = "With another password, this person’s private interviews ({number}) are lost for good: there is no recovery code."
_NO_COST = "This person has no private interviews, so none is lost."
_INVITED = "Hand over this link, by which {email} can register. It is good once, for two weeks."
_INVITATION_SENT = "An e-mail with this link is on its way to {email}. It is good once, for two weeks."
_DELETE_TEXT = (
    "The account and the private interviews ({private}) are deleted at once, with all answers, documents and files. "
    "Nobody can bring them back."
)
_DELETE_SHARED = "Also delete the interviews ({shared}) that this person began and in which others may take part"


@blueprint.before_request
def let_in() -> Response | None:
    return signed_in.only_for(("admin",), home=url_for("people.index"))


# --- adding and inviting ---------------------------------------------------------------------------------------------


@blueprint.get("/add")
def add() -> Response:
    return _add_page()


@blueprint.post("/add")
def save_new() -> Response:
    errors = account_page.check_new_password()
    if errors:
        return _add_page(422, errors=errors)
    names = {name: typed(name) for name in ("first_name", "last_name")}
    try:
        person = services().store.people.add(
            typed("email"), request.form.get("password", ""), privileges=_typed_privileges(), **names
        )
    except EmailRefused:
        return _add_page(422, errors={"email": word(_NO_ADDRESS)})
    except EmailTaken:
        return _add_page(422, errors={"email": word(_TAKEN)})
    except (PrivilegeRefused, ProfileRefused) as error:
        return _add_page(422, error.message)
    except TooManyAtOnce:
        return _add_page(503, word(account_page.TOO_MANY))
    log.info('action="person_added" user=%s by=%s', person.id, signed_in.person().id)
    return account_page.go_to(url_for("people.index"), word(_ADDED).format(email=person.email))


def _add_page(status: int = 200, error: str = "", errors: dict[str, str] | None = None) -> Response:
    wrong = errors or {}
    fields = (
        _email_field(wrong),
        FormField("first_name", word("First name"), value=typed("first_name")),
        FormField("last_name", word("Last name"), value=typed("last_name")),
        *account_page.new_password_fields(wrong, "Password"),
        *_privilege_fields(_typed_privileges()),
    )
    form = PlainForm("da-add", url_for(".save_new"), word("Add"), fields)
    return account_page.show(FormPage(word("Add a person"), (form,), error=error, links=_back()), status)


@blueprint.get("/invite")
def invite() -> Response:
    return _invite_page()


@blueprint.post("/invite")
def make_invitation() -> Response:
    """A link, which is shown in this answer and never again."""
    store, email, privileges = services().store, typed("email"), _typed_privileges()
    if email_key(email) is None:
        return _invite_page(422, {"email": word(_NO_ADDRESS)})
    if store.people.find(email) is not None:
        return _invite_page(422, {"email": word(_TAKEN)})
    known = sorted(set(privileges) & set(store.people.privileges()))
    token = store.tickets.make("invite", INVITATION, email=email, privileges=known)
    url = link_to_hand_over("register.show", token=token)
    sent = account_mail.send_invitation(email, url)
    log.info('action="invited" by=%s sent=%s', signed_in.person().id, sent)
    text = word(_INVITATION_SENT if sent else _INVITED).format(email=email)
    return account_page.show(FormPage(word("Invitation"), texts=(text,), copied=(word("Link"), url), links=_back()))


def _invite_page(status: int = 200, errors: dict[str, str] | None = None) -> Response:
    fields = (_email_field(errors or {}), *_privilege_fields(_typed_privileges()))
    form = PlainForm("da-invite", url_for(".make_invitation"), word("Make an invitation"), fields)
    return account_page.show(FormPage(word("Invite a person"), (form,), links=_back()), status)


# --- one person ------------------------------------------------------------------------------------------------------


@blueprint.get(f"/{_NUMBER}")
def show(user_id: int) -> Response:
    return _page(_wanted(user_id))


@blueprint.post(f"/{_NUMBER}/profile")
def save_profile(user_id: int) -> Response:
    account = _wanted(user_id)
    try:
        services().store.people.set_profile(account.person, **typed_profile(account.person))
    except ProfileRefused as error:
        return _page(account, 422, error.message)
    return _saved(account.person, "profile")


@blueprint.post(f"/{_NUMBER}/privileges")
def save_privileges(user_id: int) -> Response:
    account, wanted = _wanted(user_id), _typed_privileges()
    if _is_oneself(account) and "admin" not in wanted:
        return _page(account, 422, word(_NOT_ONESELF))
    try:
        services().store.people.set_privileges(account.person, wanted, keep_admin=True)
    except LastAdmin:
        return _page(account, 422, word(_LAST))
    except PrivilegeRefused as error:
        return _page(account, 422, error.message)
    return _saved(account.person, "privileges")


@blueprint.post(f"/{_NUMBER}/active")
def save_active(user_id: int) -> Response:
    account, active = _wanted(user_id), bool(request.form.get("active"))
    if _is_oneself(account) and not active:
        return _page(account, 422, word(_NOT_ONESELF))
    try:
        services().store.people.set_active(account.person, active=active, keep_admin=True)
    except LastAdmin:
        return _page(account, 422, word(_LAST))
    return _saved(account.person, "active")


@blueprint.post(f"/{_NUMBER}/link")
def make_link(user_id: int) -> Response:
    """A link for another password, which is shown in this answer and never again."""
    person = _wanted(user_id).person
    token = services().store.tickets.make("reset", HANDED_OVER, user_id=person.id)
    log.info('action="reset_link_made" user=%s by=%s', person.id, signed_in.person().id)
    page = FormPage(
        word("Link for another password"),
        texts=(person.email, word(_LINK_TEXT), _cost(person)),
        copied=(word("Link"), link_to_hand_over("forgotten.reset", token=token)),
        links=((person.email, url_for(".show", user_id=user_id)), *_back()),
    )
    return account_page.show(page)


@blueprint.post(f"/{_NUMBER}/delete")
def delete(user_id: int) -> Response:
    account = _wanted(user_id)
    if not services().settings.admin_can_delete_account:
        abort(404)
    if _is_oneself(account):
        return _page(account, 422, word(_NOT_ONESELF))
    if not request.form.get("sure"):
        return _page(account, 422, errors={"sure": word(account_page.MISSING)})
    try:
        number = delete_person(services().store, account.person, shared=bool(request.form.get("shared")), keep_admin=True)
    except LastAdmin:
        return _page(account, 422, word(_LAST))
    log.info('action="person_deleted" user=%s by=%s sessions=%d', user_id, signed_in.person().id, number)
    text = word(_DELETED).format(email=account.person.email, number=number)
    return account_page.go_to(url_for("people.index"), text)


def _wanted(user_id: int) -> Account:
    try:
        return services().store.people.account(user_id)
    except PersonNotFound:
        abort(404)


def _is_oneself(account: Account) -> bool:
    return account.person.id == signed_in.person().id


def _saved(person: Person, what: str) -> Response:
    log.info('action="person_changed" what=%s user=%s by=%s', what, person.id, signed_in.person().id)
    return account_page.go_to(url_for(".show", user_id=person.id), word(_SAVED).format(email=person.email))


def _cost(person: Person) -> str:
    """What becomes of a person's private interviews when the password is replaced by another one."""
    number = services().store.sessions.count_private(person.id or 0)
    if not number:
        return word(_NO_COST)
    return word(_COST if services().store.people.has_code(person) else _COST_WITHOUT).format(number=number)


def _page(account: Account, status: int = 200, error: str = "", errors: dict[str, str] | None = None) -> Response:
    person, number = account.person, account.person.id
    privileges = PlainForm(
        "da-privileges",
        url_for(".save_privileges", user_id=number),
        word("Save privileges"),
        _privilege_fields(person.privileges),
        word("What this person may do"),
    )
    box = FormField("active", word("Active"), "checkbox", checked=account.active, hint=word(_INACTIVE_HINT))
    active = PlainForm(
        "da-active", url_for(".save_active", user_id=number), word("Save"), (box,), word("Whether this person can sign in")
    )
    link = PlainForm(
        "da-link",
        url_for(".make_link", user_id=number),
        word("Make a link"),
        title=word("Another password"),
        texts=(word(_LINK_TEXT), _cost(person)),
    )
    profile = PlainForm(
        "da-person", url_for(".save_profile", user_id=number), word("Save profile"), profile_fields(person), word("Profile")
    )
    forms = [privileges, active, link, profile]
    if services().settings.admin_can_delete_account and not _is_oneself(account):
        forms.append(_deleting(person, errors or {}))
    return account_page.show(FormPage(person.email, tuple(forms), error=error, links=_back()), status)


def _deleting(person: Person, errors: dict[str, str]) -> PlainForm:
    sessions, number = services().store.sessions, person.id or 0
    shared = sessions.count_shared(number)
    with_shared = FormField("shared", word(_DELETE_SHARED).format(shared=shared), "checkbox")
    sure = FormField("sure", word("I am sure"), "checkbox", required=True, error=errors.get("sure", ""))
    return PlainForm(
        "da-delete",
        url_for(".delete", user_id=number),
        word("Delete this person"),
        (*((with_shared,) if shared else ()), sure),
        word("Delete"),
        (word(_DELETE_TEXT).format(private=sessions.count_private(number)),),
        is_final=True,
    )


# --- controls --------------------------------------------------------------------------------------------------------


def _email_field(errors: dict[str, str]) -> FormField:
    return FormField(
        "email",
        word("E-mail address"),
        "email",
        typed("email")[:EMAIL_LENGTH],
        required=True,
        error=errors.get("email", ""),
        longest=EMAIL_LENGTH,
    )


def _typed_privileges() -> list[str]:
    return request.form.getlist("privilege")


def _privilege_fields(chosen: list[str] | tuple[str, ...]) -> tuple[FormField, ...]:
    return tuple(
        FormField("privilege", name, "checkbox", name, checked=name in chosen, group=word("Privileges"))
        for name in services().store.people.privileges()
    )


def _back() -> tuple[tuple[str, str], ...]:
    return ((word("People"), url_for("people.index")),)
