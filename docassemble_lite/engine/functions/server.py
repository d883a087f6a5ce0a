"""What the server can do, and which interviews it has."""

from __future__ import annotations

from typing import Any

from docassemble_lite.host import current

__all__ = ["interview_menu", "server_capabilities"]

#: Services of others that interviews ask for. None of them is built in.
_CAPABILITIES = (
    "sms",
    "fax",
    "google_login",
    "facebook_login",
    "x_login",
    "twitter_login",
    "auth0_login",
    "keycloak_login",
    "azure_login",
    "phone_login",
    "voicerss",
    "s3",
    "azure",
    "googledrive",
    "github",
    "pypi",
    "google_maps",
)


def server_capabilities() -> dict[str, bool]:
    """Which services of others the server can use."""
    return dict.fromkeys(_CAPABILITIES, False)


def interview_menu(absolute_urls: bool = False, start_new: bool = False, tag: str | None = None) -> list[dict[str, Any]]:
    """The interviews that the person finds on the list of interviews, perhaps only those with a tag."""
    context = current()
    root = context.request.url_root if absolute_urls else ""
    suffix = "&reset=1" if start_new else ""
    return [
        {
            "title": entry.title,
            "subtitle": entry.subtitle,
            "filename": entry.filename,
            "link": f"{root}{entry.address}{suffix}",
            "metadata": {key: value for key, value in entry.metadata.items() if key != "tags"},
            "package": entry.package,
            "status_class": "dainterviewhaserror" if entry.has_error else "",
            "subtitle_class": "invisible" if entry.has_error else "",
            "tags": list(entry.tags),
        }
        for entry in context.host.interviews()
        if tag is None or tag in entry.tags
    ]
