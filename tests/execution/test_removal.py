"""On any account: prune and destroy leave nothing that they should take, and touch nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.account.intents import Unrecorded
from provisioner.account.reader import read_live
from provisioner.account.writer import Writer
from provisioner.execution.events import Status, StepFinished
from provisioner.execution.executor import execute
from provisioner.model import DesiredState
from provisioner.planning import Plan, make_plan
from provisioner.planning.destruction import Letting, plan_destroy
from provisioner.resource_type import Shape
from provisioner.resources import resource_types
from provisioner.sandbox.server import Server
from provisioner.sandbox.settings import Settings
from provisioner.spec import load_spec
from tests.account.conftest import ACCOUNT, ADDRESS, Account, FakeTime

TYPES = resource_types()
LIMITS = "limits: {deletes: 1000, changes_percent: 100}\n"
Spec = Mapping[str, Any]

locations = st.fixed_dictionaries(
    {"sms": st.booleans(), "mms": st.booleans(), "uses": st.sampled_from([None, "A", "B", "C"])},
    optional={"quantity": st.integers(1, 2)},
)
sites = st.dictionaries(st.sampled_from(["East", "North", "West"]), locations, max_size=3)
accounts = st.fixed_dictionaries(
    {
        "sites": st.dictionaries(st.sampled_from(["Cary", "Durham", "Raleigh"]), sites),
        "applications": st.just(["A", "B", "C"]),
    }
)


def spec_of(account: Spec, *, numbers: bool = True) -> str:
    """An account of the strategy as a spec."""
    spec: dict[str, Any] = {
        "applications": {
            name: {"callback_url": f"https://example.com/{name}"}
            for name in account["applications"]
        },
        "sites": {
            name: {
                "address": yaml.safe_load(ADDRESS),
                "sippeers": {
                    label: location(each, account, numbers=numbers)
                    for label, each in inside.items()
                },
            }
            for name, inside in account["sites"].items()
        },
    }
    return yaml.safe_dump(spec, sort_keys=False)


def location(each: Mapping[str, Any], account: Spec, *, numbers: bool) -> dict[str, Any]:
    body: dict[str, Any] = {"sms": each["sms"], "mms": each["sms"] and each["mms"]}
    if each["sms"] and each["uses"] in account["applications"]:
        body["application"] = each["uses"]
    if numbers and "quantity" in each and each["sms"]:
        body["numbers"] = [{"area_code": "910", "quantity": each["quantity"]}]
    return body


def part_of(account: Spec, data: st.DataObject) -> Spec:
    """What a second spec keeps of it; a site's first location stays where any does, as default."""
    applications = data.draw(st.sets(st.sampled_from(["A", "B", "C"])))
    kept: dict[str, Any] = {}
    for name, inside in account["sites"].items():
        if data.draw(st.booleans()):
            most = data.draw(st.integers(0, len(inside)))
            kept[name] = dict(list(inside.items())[:most])
    return {"applications": sorted(applications), "sites": kept}


class Opened:
    """An account of its own for each example."""

    def __init__(self, folder: Path) -> None:
        time = FakeTime()
        chosen = Settings(account=ACCOUNT, now=time)
        self.server = Server(chosen)
        self.account = Account(self.server.__enter__(), chosen, time, folder)

    def close(self) -> None:
        self.account.http.close()
        self.server.__exit__(None, None, None)

    def load(self, text: str) -> DesiredState:
        path = self.account.folder / "spec.yaml"
        path.write_text(f"version: 1\naccount: '{ACCOUNT}'\n{LIMITS}{text}")
        return load_spec([path], {}, TYPES)

    async def run(self, text: str, *, destroy: bool = False) -> Plan:
        desired = self.load(text)
        named = [each for each in desired.resources if TYPES[each.type].shape is Shape.NAMED]
        async with self.account.client() as client:
            whole = named if destroy else []
            live = await read_live(desired, client, TYPES, whole=whole)
            if destroy:
                plan = plan_destroy(desired, live, TYPES, Letting())
            else:
                plan = make_plan(desired, live, TYPES)
            writer = Writer(client, TYPES, Unrecorded())
            async for event in execute(plan, live, writer, stop=asyncio.Event()):
                if isinstance(event, StepFinished):
                    assert event.status is Status.DONE, (str(event.step.address), event.error)
        self.account.time.advance(3600)
        return plan

    def contents(self) -> dict[str, Any]:
        """Everything there is, as a tree of names."""
        account = self.account
        names = account.texts("/sites", "Name")
        ids = account.texts("/sites", "Id")
        return {
            "applications": sorted(account.texts("/applications", "AppName")),
            "sites": {
                name: self._locations(f"/sites/{server_id}/sippeers")
                for name, server_id in zip(names, ids, strict=True)
            },
        }

    def _locations(self, path: str) -> dict[str, list[str]]:
        names, ids = self.account.texts(path, "PeerName"), self.account.texts(path, "PeerId")
        return {
            name: sorted(self.account.texts(f"{path}/{server_id}/tns", "FullNumber"))
            for name, server_id in zip(names, ids, strict=True)
        }


EXAMPLES = settings(
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@EXAMPLES
@given(accounts, st.data())
def test_destroy_leaves_nothing_declared_and_touches_nothing_else(
    tmp_path: Path, full: Spec, data: st.DataObject
) -> None:
    """What it destroys are some of the sites, whole, and the applications that only they use."""
    gone = data.draw(st.sets(st.sampled_from(["Cary", "Durham", "Raleigh"])))
    staying = {name: each for name, each in full["sites"].items() if name not in gone}
    used = {each["uses"] for inside in staying.values() for each in inside.values() if each["sms"]}
    mine = {
        "applications": [each for each in full["applications"] if each not in used],
        "sites": {name: each for name, each in full["sites"].items() if name in gone},
    }
    opened = Opened(tmp_path)
    try:
        asyncio.run(opened.run(spec_of(full)))
        before = opened.contents()
        asyncio.run(opened.run(spec_of(mine), destroy=True))
        after = opened.contents()
        assert after["sites"] == {name: before["sites"][name] for name in staying}
        assert after["applications"] == sorted(used - {None})
        assert not asyncio.run(opened.run(spec_of(mine), destroy=True)).has_changes
    finally:
        opened.close()


@EXAMPLES
@given(accounts, st.data())
def test_prune_leaves_what_is_declared_and_what_is_in_use(
    tmp_path: Path, full: Spec, data: st.DataObject
) -> None:
    kept = part_of(full, data)
    opened = Opened(tmp_path)
    try:
        asyncio.run(opened.run(spec_of(full, numbers=False)))
        pruning = spec_of(kept, numbers=False) + "prune: [sippeers, applications, sites]\n"
        asyncio.run(opened.run(pruning))
        after = opened.contents()
        expected = {
            name: sorted(kept["sites"].get(name, inside))
            for name, inside in full["sites"].items()
            if name in kept["sites"] or inside
        }
        assert {name: sorted(each) for name, each in after["sites"].items()} == expected
        strangers = [inside for name, inside in full["sites"].items() if name not in kept["sites"]]
        used = {each["uses"] for inside in strangers for each in inside.values() if each["sms"]}
        unmentioned = {
            each["uses"]
            for name, inside in kept["sites"].items()
            for each in inside.values()
            if each["sms"] and each["uses"] not in kept["applications"]
        }
        assert {*after["applications"]} == {*kept["applications"], *(used | unmentioned) - {None}}
        assert not asyncio.run(opened.run(pruning)).has_changes
    finally:
        opened.close()
