"""Secrets from files, the keyring and commands."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from provisioner.errors import Origin, Problem
from provisioner.model import Address, DesiredState, Secret
from provisioner.spec import Inputs, secret_sources
from provisioner.spec.filling import References, Variable
from provisioner.spec.nodes import Scalar
from provisioner.spec.references import Source

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

VALUE = "hunter2-value"
ALLOWED = Inputs(allow_commands=True)


def spec_with(password: str) -> str:
    return (
        "version: 1\napplications:\n  App:\n    callback_credentials:\n"
        f"      user_id: someone\n      password: {password}\n"
    )


def password_of(state: DesiredState, label: str = "App") -> Secret:
    secret = state.resources[Address("application", (label,))].attributes[
        "callback_credentials.password"
    ]
    assert isinstance(secret, Secret)
    return secret


def private_file(text: str | bytes, name: str = "callback.txt", mode: int = 0o600) -> None:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    path.chmod(mode)


@pytest.fixture
def keyring(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A library of that name with one password, which fails for the service `locked`."""
    (tmp_path / "keyring.py").write_text(
        "def get_password(service, name):\n"
        "    if service == 'locked':\n"
        f"        raise RuntimeError('{VALUE}')\n"
        f"    return '{VALUE}' if (service, name) == ('bandwidth/prod', 'callback') else None\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    yield
    sys.modules.pop("keyring", None)


@pytest.mark.parametrize("text", [VALUE, f"{VALUE}\n", f"{VALUE}\r\n"])
def test_a_file_gives_its_text_without_the_newline_at_its_end(load: Load, text: str) -> None:
    load("version: 1\n")
    private_file(text)
    state = load(spec_with("${file:callback.txt}"))
    assert password_of(state).reveal() == VALUE
    assert password_of(state).name == "file:callback.txt"
    assert state.warnings == ()
    assert VALUE not in repr(state)


def test_the_path_is_relative_to_the_file_that_names_it(load: Load) -> None:
    load("version: 1\n")
    private_file(VALUE, "deep/secrets/callback.txt")
    state = load({"deep/spec.yaml": spec_with("${file:secrets/callback.txt}")})
    assert password_of(state).reveal() == VALUE


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604])
def test_a_file_open_to_others_is_refused(refuse: Refuse, load: Load, mode: int) -> None:
    load("version: 1\n")
    private_file(VALUE, mode=mode)
    (problem,) = refuse(spec_with("${file:callback.txt}"))
    assert f"{problem.origin} {problem.code}" == "spec.yaml:6:17 open-secret-file"
    assert '"callback.txt" can be read' in problem.detail


def test_each_tenant_has_a_secret_of_its_own(load: Load) -> None:
    load("version: 1\n")
    private_file("a-password", "secrets/A.txt")
    private_file("b-password", "secrets/B.txt")
    text = (
        "version: 1\nvariables: {place: {default: secrets}}\napplications:\n  ${each.value}:\n"
        "    for_each: [A, B]\n    callback_credentials:\n      user_id: someone\n"
        '      password: "${file:${var.place}/${each.value}.txt}"\n'
    )
    state = load(text)
    assert password_of(state, "A").reveal() == "a-password"
    assert password_of(state, "B").reveal() == "b-password"


@pytest.mark.usefixtures("keyring")
def test_the_keyring_gives_the_password_of_a_service(load: Load) -> None:
    state = load(spec_with("${keyring:bandwidth/prod/callback}"))
    assert password_of(state).reveal() == VALUE
    assert password_of(state).name == "keyring:bandwidth/prod/callback"


@pytest.mark.parametrize(
    ("argument", "code", "says"),
    [
        ("bandwidth/callback", "unreadable-secret", 'no "callback" of "bandwidth"'),
        ("callback", "bad-variable", "SERVICE/NAME"),
        ("locked/callback", "unreadable-secret", "RuntimeError"),
    ],
)
@pytest.mark.usefixtures("keyring")
def test_what_the_keyring_lacks_is_told(
    refuse: Refuse, argument: str, code: str, says: str
) -> None:
    (problem,) = refuse(spec_with(f"${{keyring:{argument}}}"))
    assert problem.code == code
    assert says in problem.detail
    assert VALUE not in str(problem)


def test_without_the_library_the_way_out_is_told(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    (problem,) = refuse(spec_with("${keyring:bandwidth/callback}"))
    assert problem.code == "no-keyring"
    assert "pip install keyring" in problem.detail


def test_a_command_gives_what_it_prints(load: Load) -> None:
    command = f"{sys.executable} -c 'import os; print(os.environ[\"PASSWORD\"])'"
    state = load(spec_with(f"${{command:{command}}}"), inputs=ALLOWED, PASSWORD=VALUE)
    assert password_of(state).reveal() == VALUE


def test_a_command_is_run_in_the_folder_of_its_spec_once_and_by_no_shell(load: Load) -> None:
    script = "import sys; open('runs', 'a').write('x'); print(sys.argv[1] * 2)"
    one = spec_with(f'"${{command:{sys.executable} -c \\"{script}\\" $HOME;ls}}"')
    other = "".join(one.replace("App", "Other").splitlines(keepends=True)[2:])
    state = load({"deep/spec.yaml": one + other}, inputs=ALLOWED, HOME="/")
    assert password_of(state).reveal() == "$HOME;ls$HOME;ls"
    assert password_of(state, "Other") == password_of(state)
    assert Path("deep/runs").read_text() == "x"


def test_a_command_is_not_run_unless_that_is_allowed(refuse: Refuse) -> None:
    (problem,) = refuse(spec_with('"${command:touch was-run}"'))
    assert f"{problem.origin} {problem.code}" == "spec.yaml:6:17 command-not-allowed"
    assert "--allow-commands" in problem.detail
    assert not Path("was-run").exists()


@pytest.mark.parametrize(
    ("script", "code", "says"),
    [
        (f"import sys; print('{VALUE}'); print('{VALUE}', file=sys.stderr); sys.exit(3)",
         "command-failed", "exit code 3"),
        ("print()", "unreadable-secret", "is empty"),
        ("import sys; sys.stdout.buffer.write(b'\\xff')", "unreadable-secret", "UTF-8"),
        ("print('x' * 200000)", "unreadable-secret", "too long"),
    ],
)  # fmt: skip
def test_of_a_command_that_fails_nothing_is_shown(
    refuse: Refuse, capfd: pytest.CaptureFixture[str], script: str, code: str, says: str
) -> None:
    Path("script.py").write_text(script)
    (problem,) = refuse(
        {"spec.yaml": spec_with(f"${{command:{sys.executable} script.py}}"), "script.py": script},
        paths=["spec.yaml"],
        inputs=ALLOWED,
    )
    assert problem.code == code
    assert says in problem.detail
    assert VALUE not in str(problem)
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("command", "says"), [("no-such-command", "No such file"), ('a \\"b', "No closing quotation")]
)
def test_a_command_that_cannot_be_started_is_told(refuse: Refuse, command: str, says: str) -> None:
    (problem,) = refuse(spec_with(f'"${{command:{command}}}"'), inputs=ALLOWED)
    assert problem.code == "command-failed"
    assert says in problem.detail
    assert "output" not in problem.detail


def test_a_command_that_does_not_end_is_given_up(
    refuse: Refuse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(secret_sources, "PATIENCE", 0.0)
    waiting = f"{sys.executable} -c 'import signal; signal.pause()'"
    (problem,) = refuse(spec_with(f"${{command:{waiting}}}"), inputs=ALLOWED)
    assert problem.code == "command-failed"
    assert "was not done after" in problem.detail


@pytest.mark.parametrize(
    ("data", "says"),
    [(b"", "is empty"), (b"\n", "is empty"), (b"\xff", "not UTF-8"), (b"x" * 200_000, "too long")],
)
def test_a_file_that_holds_no_secret_is_refused(
    refuse: Refuse, load: Load, data: bytes, says: str
) -> None:
    load("version: 1\n")
    private_file(data)
    (problem,) = refuse(spec_with("${file:callback.txt}"))
    assert problem.code == "unreadable-secret"
    assert says in problem.detail


@pytest.mark.parametrize(
    ("written", "says"),
    [("${file:nowhere.txt}", 'nowhere.txt": No such file'), ('"${file:a\\0b}"', "null byte")],
)
def test_a_file_that_cannot_be_read_is_told(refuse: Refuse, written: str, says: str) -> None:
    (problem,) = refuse(spec_with(written))
    assert problem.code == "unreadable-secret"
    assert says in problem.detail


@pytest.mark.parametrize(
    "written", ["${file:callback.txt}", "${keyring:a/b}", '"${command:touch was-run}"']
)
def test_secrets_stand_in_secret_fields_only(refuse: Refuse, written: str) -> None:
    text = f"version: 1\nsites:\n  S:\n    description: {written}\n"
    (problem,) = refuse(text, inputs=ALLOWED)
    assert f"{problem.origin} {problem.code}" == "spec.yaml:4:18 misplaced-secret"
    assert not Path("was-run").exists()


@pytest.mark.parametrize("written", ["${file:}", "${file:${HOME}}", "${file:a${file:b}}"])
def test_a_source_is_named_by_text_variables_and_columns_only(refuse: Refuse, written: str) -> None:
    (problem,) = refuse(spec_with(f'"{written}"'), HOME="x")
    assert problem.code == "bad-variable"


def test_a_column_in_a_path_that_is_in_no_row_is_told(refuse: Refuse) -> None:
    problems = refuse(spec_with('"${file:${each.name}.txt}"'))
    assert [each.code for each in problems] == ["unknown-column"]


def test_variables_of_these_names_are_still_variables(load: Load) -> None:
    state = load(
        spec_with('"${file:-longer-than-six}${command}"').replace("someone", "${var}${each}"),
        command="x", var="some", each="body",
    )  # fmt: skip
    assert password_of(state).reveal() == "longer-than-sixx"


def test_no_value_shows_in_what_holds_it() -> None:
    assert VALUE not in repr(Inputs({"password": VALUE}))
    sources = secret_sources.SecretSources({"PASSWORD": VALUE}, allow_commands=True)
    printed = f"{sys.executable} -c 'import os; print(os.environ[\"PASSWORD\"])'"
    assert sources.value(Source.COMMAND, printed, Path()) == VALUE
    variable = Variable(VALUE, is_secret=True)
    references = References({"PASSWORD": VALUE}, sources, {"password": variable})
    filled = references.fill(Scalar("${PASSWORD}", False, Origin("x", 1, 1)), secret=True)
    assert filled.text == VALUE
    assert VALUE not in repr((sources, references, filled))
