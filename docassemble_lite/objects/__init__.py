"""The classes of which interviews make their objects."""

from __future__ import annotations

from docassemble_lite.objects.base import DAObject
from docassemble_lite.objects.context import DAContext
from docassemble_lite.objects.dicts import DADict, DAOrderedDict
from docassemble_lite.objects.emails import DAEmail
from docassemble_lite.objects.empty import DAEmpty
from docassemble_lite.objects.files import DAFile, DAFileCollection, DAFileList, DAStaticFile, static_image
from docassemble_lite.objects.groups import Group
from docassemble_lite.objects.information import get_info, set_info
from docassemble_lite.objects.links import DALink
from docassemble_lite.objects.lists import DAList
from docassemble_lite.objects.missing import DAAttributeError, DAIndexError, MissingVariable
from docassemble_lite.objects.money import Asset, Expense, FinancialList, Income, PeriodicFinancialList, PeriodicValue, Value
from docassemble_lite.objects.names import IndividualName, Name
from docassemble_lite.objects.people import ChildList, Individual, Organization, PartyList, Person, Thing
from docassemble_lite.objects.places import Address, City, Event, LatitudeLongitude, OfficeList
from docassemble_lite.objects.recipients import DAEmailRecipient, DAEmailRecipientList
from docassemble_lite.objects.redis import DARedis
from docassemble_lite.objects.serializable import serializable
from docassemble_lite.objects.sets import DASet
from docassemble_lite.objects.using import Using

_OPEN = (
    Address,
    Asset,
    ChildList,
    City,
    DAContext,
    DADict,
    DAEmail,
    DAEmailRecipient,
    DAEmailRecipientList,
    DAEmpty,
    DAFile,
    DAFileCollection,
    DAFileList,
    DALink,
    DAList,
    DAObject,
    DAOrderedDict,
    DARedis,
    DASet,
    DAStaticFile,
    Event,
    Expense,
    FinancialList,
    Income,
    Individual,
    IndividualName,
    LatitudeLongitude,
    Name,
    OfficeList,
    Organization,
    PartyList,
    PeriodicFinancialList,
    PeriodicValue,
    Person,
    Thing,
    Value,
    get_info,
    set_info,
    static_image,
)

NAMES: dict[str, object] = {member.__name__: member for member in _OPEN}

__all__ = [
    "NAMES",
    "Address",
    "Asset",
    "ChildList",
    "City",
    "DAAttributeError",
    "DAContext",
    "DADict",
    "DAEmail",
    "DAEmailRecipient",
    "DAEmailRecipientList",
    "DAEmpty",
    "DAFile",
    "DAFileCollection",
    "DAFileList",
    "DAIndexError",
    "DALink",
    "DAList",
    "DAObject",
    "DAOrderedDict",
    "DARedis",
    "DASet",
    "DAStaticFile",
    "Event",
    "Expense",
    "FinancialList",
    "Group",
    "Income",
    "Individual",
    "IndividualName",
    "LatitudeLongitude",
    "MissingVariable",
    "Name",
    "OfficeList",
    "Organization",
    "PartyList",
    "PeriodicFinancialList",
    "PeriodicValue",
    "Person",
    "Thing",
    "Using",
    "Value",
    "get_info",
    "serializable",
    "set_info",
    "static_image",
]
