"""Every name that interviews may use without having defined it: Python's own, the objects, the language, the functions.

Author code finds them in its builtins, so that the answers hold nothing but answers, and an author's variable of the
same name comes first.
"""

from __future__ import annotations

import builtins
import json
import re
from functools import cache
from typing import Any

from docassemble_lite import language, objects
from docassemble_lite.engine.background import BackgroundAction
from docassemble_lite.engine.breadcrumbs import DABreadCrumbs
from docassemble_lite.engine.functions import (
    accesses,
    accounts,
    actions,
    browser,
    data,
    documents,
    emails,
    explaining,
    mailboxes,
    menus,
    navigation,
    people,
    performed_tasks,
    recognition,
    server,
    session_filters,
    steering,
    tasks,
    variables,
)
from docassemble_lite.engine.lazy import DALazyTemplate
from docassemble_lite.engine.lazy_table import DALazyTableTemplate
from docassemble_lite.engine.steering import InvalidAnswer


def own_names() -> list[str]:
    """Those of the names that aren't Python's own."""
    return [name for name, value in library().items() if vars(builtins).get(name) is not value]


_MODULES = (
    accesses,
    accounts,
    actions,
    browser,
    data,
    documents,
    emails,
    explaining,
    mailboxes,
    menus,
    navigation,
    people,
    performed_tasks,
    recognition,
    server,
    session_filters,
    steering,
    tasks,
    variables,
)


@cache
def library() -> dict[str, Any]:
    """name → what it stands for."""
    names: dict[str, Any] = dict(vars(builtins))
    names.update(language.NAMES)
    names.update(objects.NAMES)
    for module in _MODULES:
        names.update({name: getattr(module, name) for name in module.__all__})
    names.update(BackgroundAction=BackgroundAction, json=json, re=re)
    names.update(DABreadCrumbs=DABreadCrumbs, DAValidationError=InvalidAnswer)
    names.update(DALazyTemplate=DALazyTemplate, DALazyTableTemplate=DALazyTableTemplate)
    return names
