"""What a browser says of itself and of the device that it runs on: the User-Agent header, made out by ua-parser."""

from __future__ import annotations

from dataclasses import dataclass

_PHONES = frozenset({"iOS", "Android", "Windows Phone", "BlackBerry OS", "Firefox OS", "KaiOS", "Symbian OS", "Bada", "Tizen"})
_TABLETS = ("iPad", "Kindle", "BlackBerry Playbook", "Nexus 7", "Nexus 9", "Nexus 10")
_COMPUTERS = ("Windows", "Mac OS X", "Linux", "Ubuntu", "Fedora", "Debian", "Chrome OS", "FreeBSD", "OpenBSD")
_OTHER = "Other"


@dataclass(frozen=True)
class Version:
    """A program: its `family` is its name, `version` the numbers of it, `version_string` these with dots."""

    family: str = _OTHER
    version: tuple[int | str, ...] = ()

    @property
    def version_string(self) -> str:
        """The version as it is written."""
        return ".".join(str(part) for part in self.version)

    def __str__(self) -> str:
        return f"{self.family} {self.version_string}".strip()


@dataclass(frozen=True)
class Hardware:
    """A device: who makes it, and what it is called."""

    family: str = _OTHER
    brand: str | None = None
    model: str | None = None

    def __str__(self) -> str:
        return self.family


@dataclass(frozen=True)
class Device:
    """A browser and what it runs on. `ua_string` is the header."""

    ua_string: str
    browser: Version
    os: Version
    device: Hardware

    @property
    def is_bot(self) -> bool:
        """Whether a program reads the pages, for a search engine for instance."""
        return self.device.family == "Spider"

    @property
    def is_tablet(self) -> bool:
        """Whether it is a tablet."""
        if self.os.family == "Android" and "Mobile" not in self.ua_string:
            return not self.is_bot
        return self.device.family.startswith(_TABLETS)

    @property
    def is_mobile(self) -> bool:
        """Whether it is a phone."""
        return self.os.family in _PHONES and not self.is_tablet and not self.is_bot

    @property
    def is_pc(self) -> bool:
        """Whether it is a computer with a keyboard."""
        on_computer = self.os.family.startswith(_COMPUTERS) and self.os.family not in _PHONES
        return on_computer and not self.is_tablet and not self.is_bot

    @property
    def is_touch_capable(self) -> bool:
        """Whether it has a screen to be touched."""
        return self.is_mobile or self.is_tablet or "Touch" in self.ua_string

    def __str__(self) -> str:
        kind = "PC" if self.is_pc else str(self.device)
        return f"{kind} / {self.os} / {self.browser}"


def device_of(user_agent: str) -> Device:
    """The device of a browser that sends this header."""
    # it reads a thousand patterns
    from ua_parser import parse

    found = parse(user_agent)
    browser, system, hardware = found.user_agent, found.os, found.device
    return Device(
        user_agent,
        Version(browser.family, _numbers(browser.major, browser.minor, browser.patch)) if browser else Version(),
        Version(system.family, _numbers(system.major, system.minor, system.patch)) if system else Version(),
        Hardware(hardware.family, hardware.brand, hardware.model) if hardware else Hardware(),
    )


def _numbers(*parts: str | None) -> tuple[int | str, ...]:
    return tuple(int(part) if part.isdecimal() else part for part in parts if part is not None)
