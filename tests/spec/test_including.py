"""Several files, one desired state."""

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.errors import Problem
from provisioner.model import Address, DesiredState

Load = Callable[..., DesiredState]
Refuse = Callable[..., tuple[Problem, ...]]

APPS = "version: 1\napplications: {App: }\n"


def told(problems: tuple[Problem, ...]) -> list[str]:
    return [f"{each.origin or 'run'} {each.code}" for each in problems]


def site(name: str, *more: str) -> str:
    body = f"{{sippeers: {{P: {{application: App}}}}}}\n{''.join(more)}"
    return f"version: 1\nsites:\n  {name}: {body}"


def test_included_files_are_one_state_with_the_file_that_names_them(load: Load) -> None:
    texts = {
        "main.yaml": "version: 1\naccount: 5\ninclude:\n  - shared/apps.yaml\n  - sites/*.yaml\n",
        "shared/apps.yaml": APPS,
        "sites/b.yaml": site("B"),
        "sites/a.yaml": site("A"),
        "sites/notes.txt": "none",
        "sites/.#a.yaml": "an editor's lock",
    }
    state = load(texts, paths=["main.yaml"])
    assert state.account == "5"
    assert state.files == ("main.yaml", "shared/apps.yaml", "sites/a.yaml", "sites/b.yaml")
    assert [str(each) for each in state.resources if each.type in ("application", "site")] == [
        "application App",
        "site A",
        "site B",
    ]
    changed = load({**texts, "sites/b.yaml": site("B", "# x\n")}, paths=["main.yaml"])
    assert changed.digest != state.digest


def test_paths_are_relative_to_the_file_that_includes(load: Load) -> None:
    texts = {
        "main.yaml": "version: 1\ninclude: [deep/a.yaml]\n",
        "deep/a.yaml": "version: 1\ninclude: [../apps.yaml, deeper]\n",
        "deep/deeper/b.yml": site("B"),
        "apps.yaml": APPS,
    }
    assert load(texts, paths=["main.yaml"]).files == (
        "main.yaml", "deep/a.yaml", "deep/../apps.yaml", "deep/deeper/b.yml",
    )  # fmt: skip


def test_two_stars_are_any_folders(load: Load) -> None:
    texts = {
        "main.yaml": "version: 1\ninclude: ['all/**/*.yaml']\n",
        "all/a.yaml": APPS,
        "all/of/them/b.yaml": site("B"),
    }
    assert load(texts, paths=["main.yaml"]).files[1:] == ("all/a.yaml", "all/of/them/b.yaml")


def test_a_pattern_means_nothing_hidden_but_what_it_writes(load: Load) -> None:
    texts = {
        "deep/main.yaml": "version: 1\ninclude: ['**/*.yml', '../other/*.yml', '.own/*.yml']\n",
        "deep/.github/workflows/a.yml": "on: push\n",
        "deep/.a.yml": "on: push\n",
        "deep/b.yml": APPS,
        "deep/.own/d.yml": site("D"),
        "other/c.yml": site("C"),
    }
    found = load(texts, paths=["deep/main.yaml"]).files
    assert found[1:] == ("deep/b.yml", "deep/../other/c.yml", "deep/.own/d.yml")


def test_a_file_named_several_times_is_read_once(load: Load) -> None:
    texts = {
        "a.yaml": "version: 1\ninclude: [c.yaml, './c.yaml', '*.yaml', b.yaml]\n",
        "b.yaml": "version: 1\ninclude: [c.yaml]\n",
        "c.yaml": APPS,
    }
    assert load(texts).files == ("a.yaml", "c.yaml", "b.yaml")


def test_a_folder_with_a_file_that_includes_the_others_is_fine(load: Load) -> None:
    texts = {"all/b.yaml": APPS, "all/a.yaml": "version: 1\ninclude: [b.yaml]\n"}
    assert load(texts, paths=["all"]).files == ("all/a.yaml", "all/b.yaml")


def test_a_circle_is_refused_where_it_closes(refuse: Refuse) -> None:
    texts = {
        "a.yaml": "version: 1\ninclude: [x/b.yaml]\n",
        "x/b.yaml": "version: 1\ninclude:\n  - ../a.yaml\n",
    }
    (problem,) = refuse(texts, paths=["a.yaml"])
    assert told((problem,)) == ["x/b.yaml:3:5 recursive-include"]
    assert '"a.yaml" → "x/b.yaml" → "a.yaml"' in problem.detail.replace("../", "")


def test_a_file_that_includes_itself_is_refused(refuse: Refuse) -> None:
    assert told(refuse("version: 1\ninclude: [spec.yaml]\n")) == [
        "spec.yaml:2:11 recursive-include"
    ]


@pytest.mark.parametrize(
    ("include", "expected", "says"),
    [
        ("[nowhere.yaml]", "main.yaml:2:11 no-such-file", "nowhere.yaml"),
        ("[app.yaml]", "main.yaml:2:11 no-such-file", "Did you mean apps.yaml?"),
        ("['no*.yaml']", "main.yaml:2:11 no-such-file", '"no*.yaml"'),
        ("['/*.yaml']", "main.yaml:2:11 bad-include", "pattern"),
        ("[empty]", "main.yaml:2:11 no-spec-files", "empty"),
        ("['${FILE}']", "main.yaml:2:11 bad-include", "not filled in"),
        ("apps.yaml", "main.yaml:2:10 wrong-type", "a list"),
        ("[{a: b}]", "main.yaml:2:11 wrong-type", "text"),
        ("[broken.yaml]", "broken.yaml:2:1 yaml-syntax", "bracket"),
    ],
)
def test_an_include_that_cannot_be_followed_is_refused_where_it_stands(
    refuse: Refuse, include: str, expected: str, says: str
) -> None:
    texts = {
        "main.yaml": f"version: 1\ninclude: {include}\n" + site("A").removeprefix("version: 1\n"),
        "apps.yaml": APPS,
        "empty/notes.txt": "",
        "broken.yaml": "a: [\n",
    }
    problems = refuse(texts, paths=["main.yaml"], FILE="apps.yaml")
    assert expected in told(problems)
    assert any(says in each.detail for each in problems)
    unknown = [each for each in problems if each.code == "unknown-reference"]
    assert bool(unknown) == ("wrong-type" in expected)


def test_what_two_files_declare_is_refused_with_both_places(refuse: Refuse) -> None:
    first = "version: 1\ninclude: [b.yaml]\nsites: {A: }\n"
    texts = {"a.yaml": first, "b.yaml": "version: 1\nsites:\n  A: {description: x}\n"}
    (problem,) = refuse(texts, paths=["a.yaml"])
    assert told((problem,)) == ["b.yaml:3:3 declared-twice"]
    assert "a.yaml:3:9" in problem.detail


def test_files_that_include_each_other_too_deeply_are_refused(refuse: Refuse) -> None:
    texts = {f"{n}.yaml": f"version: 1\ninclude: [{n + 1}.yaml]\n" for n in range(60)}
    assert told(refuse(texts, paths=["0.yaml"])) == ["49.yaml:2:11 too-deep"]


def test_a_link_in_a_circle_is_refused(refuse: Refuse, load: Load, tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert told(refuse("version: 1\ninclude: [loop.yaml]\n")) == ["spec.yaml:2:11 unreadable-file"]


def test_references_across_files_hold(load: Load) -> None:
    state = load({"a.yaml": site("A"), "b.yaml": APPS})
    link = state.resources[Address("messaging_application", ("A", "P"))]
    assert link.attributes["application"] == Address("application", ("App",))
