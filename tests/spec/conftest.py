from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from provisioner.errors import Problem, SpecError
from provisioner.model import DesiredState
from provisioner.resource_type import Types
from provisioner.resources import resource_types
from provisioner.spec import Inputs, load_spec

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]
NOTHING_GIVEN = Inputs()


@pytest.fixture
def load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    """`load(text, NAME="value")` loads the text as spec.yaml, with the variables."""
    monkeypatch.chdir(tmp_path)

    def load_texts(
        text: str | bytes | Mapping[str, str | bytes],
        *,
        types: Types | None = None,
        paths: Sequence[str] = (),
        inputs: Inputs = NOTHING_GIVEN,
        **environ: str,
    ) -> DesiredState:
        texts = text if isinstance(text, Mapping) else {"spec.yaml": text}
        for name, each in texts.items():
            Path(name).parent.mkdir(parents=True, exist_ok=True)
            Path(name).write_bytes(each if isinstance(each, bytes) else each.encode())
        given = [Path(name) for name in paths or texts]
        return load_spec(given, environ, resource_types() if types is None else types, inputs)

    return load_texts


@pytest.fixture
def refuse(load: Load) -> Refuse:
    """As `load`, for what has to be refused: gives the problems."""

    def problems_of(*args: object, **kwargs: object) -> tuple[Problem, ...]:
        with pytest.raises(SpecError) as caught:
            load(*args, **kwargs)
        return caught.value.problems

    return problems_of
