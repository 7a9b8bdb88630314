"""Files to desired state: the way through the package, and what concerns all files together."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from provisioner.errors import Problem, Severity, SpecError
from provisioner.lint import judge
from provisioner.model import DesiredState
from provisioner.resource_type import Types
from provisioner.spec.advice import advice
from provisioner.spec.checks import cross_problems, unknown_references
from provisioner.spec.declarations import Declarations, absent
from provisioner.spec.defaults import Defaults
from provisioner.spec.expansion import Expansion
from provisioner.spec.files import SpecFile
from provisioner.spec.filling import References
from provisioner.spec.including import Sources
from provisioner.spec.nodes import Node, Table
from provisioner.spec.parameters import Inputs, Parameters
from provisioner.spec.problems import in_order
from provisioner.spec.schema import value_schema
from provisioner.spec.secret_sources import SecretSources
from provisioner.spec.settings import ACCOUNT_VARIABLE, Settings
from provisioner.spec.tables import Tables
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
    sources = Sources(problems)
    sources.read(paths)
    references = References(environ, SecretSources(environ, inputs.allow_commands))
    parameters = Parameters(references, problems)
    defaults = Defaults(types, problems)
    roots: list[Node] = []
    for source in sources.found:
        root = source.root
        if isinstance(root, Table):
            root = parameters.declare(root)
            defaults.declare(root)
        roots.append(root)
    references.variables = parameters.values(inputs)
    tables = Tables(problems)
    expansion = Expansion(types, references, tables, problems)
    declarations = Declarations(types, problems)
    settings = Settings(problems)
    schema = value_schema(types)
    for written in roots:
        root = written
        if isinstance(root, Table):
            root = expansion.expand(defaults.complete(root))
        typing = Typing(references, problems)
        values = typing.value(root, schema)
        problems += schema_problems(schema, values, root, typing.faulty)
        if isinstance(root, Table):
            declarations.read(root, values)
            settings.read(root, values)
    problems += expansion.unused_rows()
    problems += cross_problems(declarations)
    if sources.are_complete and expansion.is_complete:
        problems += unknown_references(declarations)
    problems += advice(declarations)
    account = settings.account(environ.get(ACCOUNT_VARIABLE, ""))
    levels = settings.levels()
    judged = in_order(judge(problems, levels), sources.names)
    if any(problem.severity is Severity.ERROR for problem in judged):
        raise SpecError(judged)
    files = [source.file for source in sources.found]
    return DesiredState(
        account=account,
        resources=declarations.resources,
        absent=absent(declarations),
        pins=declarations.pins,
        limits=settings.limits(),
        origins=declarations.origins,
        files=tuple(file.name for file in files),
        digest=_digest([*files, *parameters.files, *tables.files]),
        warnings=judged,
        levels=levels,
        empty_sources=tuple(expansion.empty),
    )


def _digest(files: Iterable[SpecFile]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.data)
    return digest.hexdigest()
