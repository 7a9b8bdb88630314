"""Files to desired state: the way through the package, and what concerns all files together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from provisioner.errors import Problem, Severity, SpecError
from provisioner.lint import judge
from provisioner.model import BodyTemplate, DesiredState
from provisioner.resource_type import Types
from provisioner.spec.advice import advice
from provisioner.spec.assembly import assemble
from provisioner.spec.bodies import read_templates
from provisioner.spec.checks import cross_problems, unknown_references
from provisioner.spec.declarations import Declarations, absent
from provisioner.spec.files import SpecFile
from provisioner.spec.nodes import Table
from provisioner.spec.parameters import Inputs
from provisioner.spec.problems import in_order
from provisioner.spec.schema import value_schema
from provisioner.spec.settings import ACCOUNT_VARIABLE, Settings
from provisioner.spec.validation import schema_problems
from provisioner.spec.values import Typing

NO_INPUTS = Inputs()


def load_spec(
    paths: Sequence[Path],
    environ: Mapping[str, str],
    types: Types,
    inputs: Inputs = NO_INPUTS,
) -> DesiredState:
    """What the files say, as one desired state.

    `paths` are files, or folders whose *.yaml and *.yml files are meant. `environ` gives the
    variables of the values, and BW_ACCOUNT_ID for specs that name no account; where neither does,
    the account is "". Raises SpecError with all problems at once, warnings among them.
    """
    problems: list[Problem] = []
    assembly = assemble(paths, environ, types, inputs, problems)
    declarations = Declarations(types, problems)
    settings = Settings(problems)
    schema = value_schema(types)
    for root in assembly.roots:
        typing = Typing(assembly.references, problems)
        values = typing.value(root, schema)
        problems += schema_problems(schema, values, root, typing.faulty)
        if isinstance(root, Table):
            declarations.read(root, values, typing.secret_names)
            settings.read(root, values)
    problems += cross_problems(declarations)
    if assembly.is_complete:
        problems += unknown_references(declarations)
    problems += advice(declarations)
    account = settings.account(environ.get(ACCOUNT_VARIABLE, ""))
    named = settings.templates()
    templates = read_templates(*named, types, problems) if named else {}
    levels = settings.levels()
    judged = in_order(judge(problems, levels), assembly.names)
    if any(problem.severity is Severity.ERROR for problem in judged):
        raise SpecError(judged)
    return DesiredState(
        account=account,
        resources=declarations.resources,
        absent=absent(declarations),
        pins=declarations.pins,
        former_names=declarations.former_names,
        new=frozenset(declarations.new),
        limits=settings.limits(),
        origins=declarations.origins,
        files=tuple(file.name for file in assembly.files),
        digest=_digest((*assembly.files, *assembly.data_files, *templates.values())),
        warnings=judged,
        levels=levels,
        prune=settings.prune(types),
        empty_sources=assembly.empty_sources,
        templates={name: BodyTemplate(each.name, each.text) for name, each in templates.items()},
    )


def _digest(files: Iterable[SpecFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.data)
    return digest.hexdigest()
