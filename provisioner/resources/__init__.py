"""The resource types. The listing of this folder is the registry.

A type is two files: `NAME.py` with a `TYPE`, and `NAME.xml.j2`, the body that is sent.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from graphlib import TopologicalSorter
from types import MappingProxyType

from provisioner.resource_type import ResourceType, Types


@cache
def resource_types() -> Types:
    """All resource types by name, parents before what is part of them."""
    found: dict[str, ResourceType] = {}
    for module in pkgutil.iter_modules(__path__):
        resource_type = importlib.import_module(f"{__name__}.{module.name}").TYPE
        found[resource_type.name] = resource_type
    order = TopologicalSorter(
        {name: {each.parent} - {""} for name, each in found.items()}
    ).static_order()
    return MappingProxyType({name: found[name] for name in order})
