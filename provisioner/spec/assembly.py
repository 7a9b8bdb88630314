"""All files of a spec, put together: what is included, and with defaults and rows in their places.

What comes of it are trees as if everything had been written out, in which each node knows where it
stands. Nothing is typed yet.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import Origin, Problem
from provisioner.resource_type import Types
from provisioner.spec.defaults import Defaults
from provisioner.spec.expansion import Expansion
from provisioner.spec.files import SpecFile
from provisioner.spec.filling import References
from provisioner.spec.including import Sources
from provisioner.spec.joining import join
from provisioner.spec.list_values import with_lists
from provisioner.spec.nodes import Node, Table
from provisioner.spec.parameters import Inputs, Parameters
from provisioner.spec.secret_sources import SecretSources
from provisioner.spec.tables import Tables


@dataclass(frozen=True, slots=True)
class Assembly:
    """`roots` are the trees of `files`; `names` those of all files that were looked for.

    `data_files` hold variables and rows. `is_complete` says that nothing of the spec is missing,
    so that a reference to what is not there is a fault of its own.
    """

    roots: tuple[Node, ...]
    references: References
    files: tuple[SpecFile, ...]
    names: tuple[str, ...]
    data_files: tuple[SpecFile, ...]
    empty_sources: tuple[Origin, ...]
    is_complete: bool


def assemble(
    paths: Sequence[Path],
    environ: Mapping[str, str],
    types: Types,
    inputs: Inputs,
    problems: list[Problem],
) -> Assembly:
    """What is wrong is added to `problems`."""
    sources = Sources(problems)
    sources.read(paths)
    secrets = SecretSources(environ, inputs.allow_commands)
    references = References(environ, secrets, leaves_secrets=inputs.leaves_secrets)
    parameters = Parameters(references, problems)
    defaults = Defaults(types, problems)
    tables = Tables(problems)
    expansion = Expansion(types, references, tables, problems)

    # Variables and defaults of one file hold in all of them: first all are read, then used.
    roots = [_declared(source.root, parameters, defaults) for source in sources.found]
    roots = join(roots, types, problems)
    variables = references.variables = parameters.values(inputs)
    roots = [
        expansion.expand(with_lists(defaults.complete(root), variables, problems))
        if isinstance(root, Table)
        else root
        for root in roots
    ]
    problems += expansion.unused_rows()
    return Assembly(
        roots=tuple(roots),
        references=references,
        files=tuple(source.file for source in sources.found),
        names=tuple(sources.names),
        data_files=(*parameters.files, *tables.files),
        empty_sources=tuple(expansion.empty),
        is_complete=sources.are_complete and expansion.is_complete,
    )


def _declared(root: Node, parameters: Parameters, defaults: Defaults) -> Node:
    if not isinstance(root, Table):
        return root
    defaults.declare(root)
    return parameters.declare(root)
