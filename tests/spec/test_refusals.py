"""What is refused: the code, the place, and the way out."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.errors import Problem, Severity
from provisioner.lint import WARNINGS
from provisioner.spec.problems import SUMMARIES

Refuse = Callable[..., tuple[Problem, ...]]

APP = "version: 1\napplications:\n  App:\n"
SITE = "version: 1\nsites:\n  Raleigh:\n"
SIPPEER = "version: 1\napplications: {App: }\nsites:\n  Raleigh:\n    sippeers:\n      East:\n"
BLOCK = SIPPEER + "        numbers: [{area_code: 910, quantity: "
ONE = SIPPEER + "        numbers: [{%s, quantity: 1}]\n"
LISTED = SIPPEER + "        numbers: [{telephone_numbers: %s}]\n"
ADDRESS = "house_number: 1, street_name: X, city: Y, state_code: DC"


@dataclass(frozen=True)
class Case:
    """`found` are the expected problems as `line:column code`; `says` stands in the first."""

    name: str
    text: str | bytes
    found: tuple[str, ...]
    says: str

    def __str__(self) -> str:
        return self.name


CASES = (
    # YAML
    Case("no-bytes", "", ("1:1 empty-file",), "version: 1"),
    Case("comments-only", "# nothing\n", ("1:1 empty-file",), "version: 1"),
    Case("only-a-document-mark", "---\n", ("1:1 empty-file",), "version: 1"),
    Case("syntax", "version: 1\na: [1\nb: 2\n", ("3:2 yaml-syntax",), "bracket"),
    Case("reference-in-a-flow", "a: {b: ${C}}\n", ("1:9 yaml-syntax",), "quotes: in `{}` and `[]`"),
    Case("unclosed-quote", 'version: "1\n', ("2:1 yaml-syntax",), "quotes"),
    Case("tab", "version: 1\nsites:\n\tA:\n", ("3:1 tab",), "spaces"),
    Case("tab-later", SITE + "    name: x\n\tid: 1\n", ("5:1 tab",), "spaces"),
    Case("latin-1", "version: 1\n# caf\xe9\n".encode("latin-1"), ("2:6 bad-encoding",), "UTF-8"),
    Case("utf-16", "version: 1\n".encode("utf-16"), ("1:1 bad-encoding",), "UTF-8"),
    Case("control-byte", "version: 1\n# \x01\n", ("2:3 control-character",), "U+0001"),
    Case("two-documents", "version: 1\n---\nversion: 1\n", ("2:1 multiple-documents",), "own"),
    Case(
        "duplicate-key",
        SITE + "    name: A\n    name: B\n",
        ("5:5 duplicate-key",),
        "spec.yaml:4:5",
    ),
    Case("duplicate-merge", "version: 1\nx: &x {}\n<<: *x\n<<: *x\n",
         ("2:1 unknown-key", "4:1 duplicate-key"), "x"),
    Case("list-as-key", "version: 1\n? [a]\n: b\n", ("2:3 complex-key",), "quotes"),
    Case("custom-tag", "version: !mine 1\n", ("1:10 unsupported-tag",), "!mine"),
    Case("python-tag", SITE + "    name: !!python/object:os.system x\n",
         ("4:11 unsupported-tag",), "python/object"),
    Case("undefined-alias", "version: 1\nsites: *nope\n", ("2:8 undefined-alias",), "&nope"),
    Case("alias-as-key", "version: 1\n*nope : 1\n", ("2:1 undefined-alias",), "&nope"),
    Case("recursive-alias", "version: 1\nsites: &s\n  A: *s\n", ("3:6 recursive-alias",), "&s"),
    Case("merge-of-text", SITE + "    <<: text\n", ("4:9 bad-merge",), "mapping"),
    Case("merge-of-unknown", SITE + "    <<: *nope\n", ("4:9 undefined-alias",), "&nope"),
    Case("nested-deeply", "[" * 60, ("1:51 too-deep",), "50"),
    # shapes and types
    Case("list-at-top", "- version: 1\n", ("1:1 wrong-type",), "a mapping, not a list"),
    Case("text-at-top", "hello\n", ("1:1 wrong-type",), "a mapping, not text"),
    Case("no-version", "account: 1\n", ("1:1 missing-key",), "`version: 1`"),
    Case("next-version", "version: 2\n", ("1:10 not-allowed-value",), "has to be 1"),
    Case("quoted-version", 'version: "1"\n', ("1:10 wrong-type",), "without quotes"),
    Case("unknown-key", APP + "    callbackUrl: https://a.b\n", ("4:5 unknown-key",),
         "did you mean `callback_url`?"),
    Case("unknown-top-key", "version: 1\nqqq: 1\n", ("2:1 unknown-key",), "`sites`"),
    Case("text-as-sections", "version: 1\nsites: Raleigh\n", ("2:8 wrong-type",), "a mapping"),
    Case("list-as-sections", "version: 1\nsites: [Raleigh]\n", ("2:8 wrong-type",), "not a list"),
    Case("text-as-body", "version: 1\nsites:\n  A: text\n", ("3:6 wrong-type",), "not text"),
    Case("mapping-as-text", SITE + "    name: {a: b}\n", ("4:11 wrong-type",), "not a mapping"),
    Case("list-as-text", SITE + "    name: [a]\n", ("4:11 wrong-type",), "not a list"),
    Case("null-text", SITE + "    description:\n", ("4:17 null-text",), 'Write ""'),
    Case("null-word", SITE + "    description: ~\n", ("4:18 null-text",), "remove the line"),
    Case("null-group", SITE + "    address: null\n", ("4:14 wrong-type",), "not nothing"),
    Case("yes", SIPPEER + "        default: yes\n", ("7:18 wrong-type",), "Write `true`."),
    Case("quoted-true", SIPPEER + "        mms: 'true'\n", ("7:14 wrong-type",), "without quotes"),
    Case("maybe", SIPPEER + "        sms: maybe\n", ("7:14 wrong-type",),
         "a mapping or true or false"),
    Case("settings-for-none", SIPPEER + "        mms: {}\n", ("7:14 wrong-type",), "true or false"),
    Case("half-a-feature", SIPPEER + "        sms: {toll_free: true}\n", ("7:9 missing-key",),
         "`short_code: true`"),
    Case("missing-in-group", SITE + "    address: {zip: 12345}\n", ("4:5 missing-key",),
         "`house_number`, `street_name`, `city` and `state_code`"),
    Case("text-as-blocks", SIPPEER + "        numbers: 5\n", ("7:18 wrong-type",), "a list"),
    Case("text-as-block", SIPPEER + "        numbers: [910]\n", ("7:19 wrong-type",), "a mapping"),
    Case("block-of-nothing", SIPPEER + "        numbers:\n          - quantity: 1\n",
         ("8:13 missing-key",), "`area_code`"),
    Case("block-without-quantity", SIPPEER + "        numbers: [{area_code: 910}]\n",
         ("7:19 missing-key",), "`quantity: 1`"),
    Case("empty-block", SIPPEER + "        numbers: [{}]\n",
         ("7:19 missing-key", "7:19 missing-key"), "`quantity`"),
    # values
    Case("bad-area-code", SIPPEER + "        numbers: [{area_code: 091, quantity: 1}]\n",
         ("7:31 wrong-form",), 'For example: 910'),
    Case("quantity-0", SIPPEER + "        numbers: [{area_code: 910, quantity: 0}]\n",
         ("7:46 out-of-range",), "from 1 to 5000, not \"0\""),
    Case("quantity-5001", SIPPEER + "        numbers: [{area_code: 910, quantity: 5001}]\n",
         ("7:46 out-of-range",), "5001"),
    Case("quantity-huge", BLOCK + "9" * 99 + "}]\n",
         ("7:46 out-of-range",), "99..."),
    Case("quantity-octal", SIPPEER + "        numbers: [{area_code: 910, quantity: 010}]\n",
         ("7:46 wrong-type",), "leading zeros"),
    Case("quantity-of-words", SIPPEER + "        numbers: [{area_code: 910, quantity: many}]\n",
         ("7:46 wrong-type",), "a whole number"),
    Case("quantity-of-variable", BLOCK + "'${TEXT}'}]\n",
         ("7:46 wrong-type",), 'not the value of "${TEXT}"'),
    Case("no-choice", SITE + f"    address: {{{ADDRESS}, zip: 12345, address_type: service}}\n",
         ("4:99 not-allowed-value",), "Did you mean `Service`?"),
    Case("limit-of-words", "version: 1\nlimits: {new_numbers: many}\n", ("2:23 wrong-type",),
         "a whole number"),
    Case("negative-limit", "version: 1\nlimits: {new_numbers: -1}\n", ("2:23 out-of-range",),
         "at least 0"),
    Case("long-name", SITE + f"    name: {'x' * 51}\n",
         ("4:11 too-long", "4:11 beyond-documented-length"), "at most 50"),
    Case("long-label", f"version: 1\nsites:\n  {'x' * 51}:\n",
         ("3:3 too-long", "3:3 beyond-documented-length"), "51 characters"),
    Case("empty-label", "version: 1\nsites:\n  '': {}\n", ("3:3 too-short",), "name"),
    Case("blank-label", "version: 1\nsites:\n  ' ': {}\n", ("3:3 too-short",), "name"),
    Case("empty-name", SITE + "    name: ''\n", ("4:11 too-short",), "at least 1"),
    Case("bad-url", APP + "    callback_url: ftp://x\n", ("4:19 wrong-form",), "https://"),
    Case("empty-url", APP + "    callback_url: ''\n", ("4:19 too-short",), "0 characters"),
    Case("bad-id", SITE + "    id: ../5\n", ("4:9 wrong-form",), "500021"),
    Case("bad-account", "version: 1\naccount: a/b\n", ("2:10 wrong-form",), "9900778"),
    Case("several-lines", SITE + "    description: |\n      a\n      b\n",
         ("4:18 control-character",), "one line"),
    Case("escaped-control", SITE + '    description: "a\\0b"\n', ("4:18 control-character",),
         "U+0000"),
    Case("control-in-label", 'version: 1\nsites:\n  "a\\tb": {}\n', ("3:3 control-character",),
         "a\\u0009b"),
    # variables
    Case("unset", SITE + "    description: a ${NOPE}\n", ("4:18 unset-variable",),
         "export NOPE="),
    Case("unset-reference", SIPPEER + "        application: ${NOPE}\n", ("7:22 unset-variable",),
         "`${NOPE}`"),
    Case("unclosed", SITE + "    description: a ${NOPE\n", ("4:18 bad-variable",), "`$${`"),
    Case("bad-variable-name", SITE + "    description: ${1A}\n", ("4:18 bad-variable",), "letters"),
    Case("nested-variable", SITE + "    description: ${A:-${B}}\n", ("4:18 bad-variable",), "`${"),
    Case("newline-in-variable", SITE + "    description: ${LINES}\n",
         ("4:18 control-character",), "U+000A"),
    Case("variable-in-label", "version: 1\nsites:\n  ${TEXT}:\n", ("3:3 variable-in-key",),
         "`name: ${...}`"),
    # number blocks
    Case("rate-center-alone", ONE % "rate_center: CARY", ("7:19 missing-key",),
         "It needs `rate_center` with `state`."),
    Case("rate-center-and-zip", ONE % "rate_center: CARY, zip: 27511", ("7:19 missing-key",),
         "`rate_center` and `zip` need `state` beside them."),
    Case("vanity-alone", ONE % "local_vanity: CARS", ("7:19 missing-key",),
         "`area_code` with `local_vanity`"),
    Case("area-code-and-exchange", ONE % "area_code: 910, npa_nxx: 910321",
         ("7:19 conflicting-keys",), "(`area_code` or `npa_nxx`, not both)"),
    Case("toll-free-and-state", ONE % "toll_free: 833, state: NC", ("7:19 conflicting-keys",),
         "`toll_free` and `state` do not go together"),
    Case("vanity-and-state", ONE % "area_code: 617, local_vanity: CARS, state: MA",
         ("7:19 conflicting-keys",), "`area_code`, `local_vanity` and `state`"),
    Case("listed-and-counted", ONE % "telephone_numbers: [9195551234]",
         ("7:53 conflicting-keys",), "Leave `quantity` out"),
    Case("listed-and-of-a-kind", LISTED % "[9195551234], area_code: 919",
         ("7:19 conflicting-keys",), "`telephone_numbers` and `area_code`"),
    Case("listed-as-text", LISTED % "9195551234", ("7:39 wrong-type",), "a list, not"),
    Case("nothing-listed", LISTED % "[]", ("7:39 out-of-range",), "1 to 5000 entries, not 0"),
    Case("too-many-listed", LISTED % f"[{', '.join(str(9193000000 + n) for n in range(5001))}]",
         ("7:39 out-of-range",), "not 5001"),
    Case("bad-number", LISTED % "[9195551234, 5551234]", ("7:52 wrong-form",), "ten digits"),
    Case("list-in-list", LISTED % "[[9195551234]]", ("7:40 wrong-type",), "text, not a list"),
    Case("listed-twice", LISTED % "[9195551234, +19195551234]",
         ("7:52 number-declared-twice",), "at spec.yaml:7:40 as well"),
    Case("listed-in-two-places",
         "version: 1\nsites:\n"
         "  A: {sippeers: {E: {numbers: [{telephone_numbers: [9195551234]}]}}}\n"
         "  B: {sippeers: {W: {numbers: [{telephone_numbers: [9195551234]}]}}}\n",
         ("4:53 number-declared-twice",), "at spec.yaml:3:53"),
    Case("listed-by-alias",
         "version: 1\nsites:\n"
         "  A: {sippeers: {E: {numbers: [{telephone_numbers: &n [9195551234]}]}}}\n"
         "  B: {sippeers: {W: {numbers: [{telephone_numbers: *n}]}}}\n",
         ("4:32 number-declared-twice",), "at spec.yaml:3:56"),
    Case("toll-free-area-code", ONE % "area_code: 888", ("7:31 wrong-form",), "under `toll_free`"),
    Case("bad-npa-nxx", ONE % "npa_nxx: 919139", ("7:29 wrong-form",), "919439"),
    Case("bad-state", ONE % "state: North Carolina", ("7:27 wrong-form",), "two letters"),
    Case("bad-zip", ONE % "zip: 2760", ("7:25 wrong-form",), "27606"),
    Case("bad-lata", ONE % "lata: 4a6", ("7:26 wrong-form",), "426"),
    Case("bad-pattern", ONE % "toll_free: 9**", ("7:31 wrong-form",), "8**"),
    Case("bad-vanity", ONE % "toll_free_vanity: CAR", ("7:38 wrong-form",), "NEWCARS"),
    Case("blank-city", ONE % "city: ' ', state: NC", ("7:26 wrong-form",), "RALEIGH"),
    Case("exchange-on-back-order", ONE % "npa_nxx: 919439, back_order: true",
         ("7:49 conflicting-keys",), "`back_order: true` is not possible with `npa_nxx`"),
    Case("area-around-an-area-code", ONE % "area_code: 919, local_calling_area: true",
         ("7:56 conflicting-keys",), "not possible with `area_code`"),
    Case("area-around-several", ONE % "zip: 27606, state: NC, local_calling_area: true",
         ("7:63 conflicting-keys",), "together with others"),
    Case("equal-after-all",
         SIPPEER + "        numbers:\n          - {state: nc, city: Chapel  Hill, quantity: 1}\n"
         "          - {city: CHAPEL HILL, state: NC, quantity: 2}\n",
         ("9:13 equal-blocks",), "the one at spec.yaml:8:13"),
    # between resources
    Case("unknown-reference", SIPPEER + "        application: app\n", ("7:22 unknown-reference",),
         'Declared are "App". Did you mean "App"?'),
    Case("among-many",
         f"version: 1\napplications: {{{', '.join(f'A{n}: ' for n in range(20))}}}\n"
         "sites: {S: {sippeers: {P: {application: zzz}}}}\n",
         ("3:41 unknown-reference",), '"A11" and 8 more.'),
    Case("no-applications", "version: 1\nsites:\n  A: {sippeers: {B: {application: App}}}\n",
         ("3:35 unknown-reference",), "None are declared"),
    Case("empty-reference", SIPPEER + "        application: ''\n", ("7:22 too-short",), "1"),
    Case("two-defaults", SIPPEER + "        default: true\n      West:\n        default: true\n",
         ("9:18 two-defaults",), '"East" (spec.yaml:7:18)'),
    Case("off-beside-mms", SIPPEER + "        mms: true\n        sms: false\n",
         ("8:9 off-beside-on",), "`mms` (spec.yaml:7:9)"),
    Case("off-beside-all",
         SIPPEER + "        sms: false\n        mms: true\n        application: App\n"
         "        numbers: [{area_code: 910, quantity: 1}, {area_code: 911, quantity: 1}]\n",
         ("7:9 off-beside-on",),
         "`mms` (spec.yaml:8:9), `application` (spec.yaml:9:9) and `numbers` (spec.yaml:10:19)"),
    Case("equal-blocks",
         SIPPEER + "        numbers:\n          - {area_code: 910, quantity: 1}\n"
         "          - {quantity: 2, area_code: '910', back_order: true}\n",
         ("9:13 equal-blocks",), "the one at spec.yaml:8:13"),
    Case("same-name", "version: 1\nsites:\n  A: {}\n  B: {name: A, id: 5}\n",
         ("4:13 same-name",), "`id`"),
    Case("same-name-but-for-space", "version: 1\nsites:\n  A: {}\n  ' A': {}\n",
         ("4:3 same-name",), "`name`"),
    Case("same-id", "version: 1\nsites:\n  A: {id: 5}\n  B: {id: 5}\n", ("4:11 same-id",),
         "spec.yaml:3:11"),
    Case("old-name-of-another",
         "version: 1\nsites:\n  A: {renamed_from: B}\n  B: {}\n", ("3:21 old-name-in-use",),
         "spec.yaml:4:3"),
    Case("one-old-name-twice",
         "version: 1\nsites:\n  A: {renamed_from: C}\n  B: {renamed_from: C}\n",
         ("4:21 old-name-in-use",), "spec.yaml:3:21"),
    Case("new-and-old", "version: 1\nsites:\n  A: {new: true, renamed_from: B}\n",
         ("3:12 conflicting-keys",), "`renamed_from`"),
    Case("new-and-pinned", "version: 1\nsites:\n  A: {new: true, id: 5}\n",
         ("3:12 conflicting-keys",), "`id`"),
    # secrets
    Case("short-secret",
         APP + "    callback_credentials: {user_id: someone, password: 'hush'}\n",
         ("4:56 literal-secret", "4:56 too-short"), "${CALLBACK_PASSWORD}"),
    Case("secret-in-the-wrong-place", APP + "    callback_credentials: hushhush\n",
         ("4:27 wrong-type",), "not text"),
    Case("secret-with-fault",
         APP + "    callback_credentials: {user_id: someone, password: 'hush${'}\n",
         ("4:56 bad-variable",), "`$${`"),
    Case("secret-from-environment",
         APP + "    callback_credentials: {user_id: '${HUSH}', password: '${HUSH}'}\n",
         ("4:37 too-short", "4:58 too-short"), "the value of \"${HUSH}\" has 4 characters"),
)  # fmt: skip
ENVIRON = {"TEXT": "many", "LINES": "a\nb", "HUSH": "hush"}


def told(problems: tuple[Problem, ...]) -> tuple[str, ...]:
    return tuple(
        f"{each.origin.line}:{each.origin.column} {each.code}" if each.origin else each.code
        for each in problems
    )


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_bad_spec_is_refused_with_its_place_and_a_way_out(refuse: Refuse, case: Case) -> None:
    problems = refuse(case.text, **ENVIRON)
    assert told(problems) == case.found
    assert case.says in problems[0].detail
    for problem in problems:
        assert problem.summary == SUMMARIES[problem.code]
        assert problem.detail[0].isprintable()
        assert "hush" not in str(problem)


def test_every_code_has_a_case() -> None:
    """Those of several files, tables, variables and secrets have theirs beside this module."""
    warned = WARNINGS.keys()
    elsewhere = {
        "account-mismatch",
        "bad-include",
        "bad-line",
        "bad-table",
        "command-failed",
        "command-not-allowed",
        "constant-key",
        "declared-twice",
        "limit-mismatch",
        "lint-mismatch",
        "misplaced-list",
        "misplaced-secret",
        "no-keyring",
        "no-spec-files",
        "no-such-file",
        "no-table",
        "open-secret-file",
        "prune-mismatch",
        "recursive-include",
        "templates-mismatch",
        "too-large",
        "too-many-nodes",
        "unknown-column",
        "unknown-template",
        "unknown-variable",
        "unreadable-file",
        "unreadable-secret",
    }
    cased = {each.split()[1] for case in CASES for each in case.found}
    assert cased - warned == SUMMARIES.keys() - warned - elsewhere


def test_all_problems_are_told_at_once_and_in_order(refuse: Refuse) -> None:
    texts = {
        "b.yaml": SIPPEER + "        default: 5\n        colour: red\n        sms: false\n"
        "        mms: true\n        application: Ap\n",
        "a.yaml": "version: 1\nversion: 1\n",
        "c.yaml": "a: [\n",
    }
    problems = refuse(texts)
    assert [f"{each.origin} {each.code}" for each in problems] == [
        "b.yaml:7:18 wrong-type",
        "b.yaml:8:9 unknown-key",
        "b.yaml:9:9 off-beside-on",
        "a.yaml:2:1 duplicate-key",
        "c.yaml:2:1 yaml-syntax",
    ]


def test_a_problem_behind_an_alias_is_told_once(refuse: Refuse) -> None:
    text = "version: 1\nsites:\n  A: &a {colour: red}\n  B: *a\n  C: *a\n"
    assert told(refuse(text)) == ("3:10 unknown-key",)


def test_many_unknown_references_get_no_suggestions_each(refuse: Refuse) -> None:
    peers = "".join(f"      P{n}: {{application: app{n}}}\n" for n in range(21))
    text = f"version: 1\napplications: {{App: }}\nsites:\n  S:\n    sippeers:\n{peers}"
    problems = refuse(text)
    assert [each.code for each in problems] == ["unknown-reference"] * 21
    assert ["Did you mean" in each.detail for each in problems] == [True] * 20 + [False]


def test_many_unknown_keys_get_no_suggestions_each(refuse: Refuse) -> None:
    problems = refuse("version: 1\n" + "".join(f"sitesx{i}: 1\n" for i in range(30)))
    assert "did you mean `sites`?" in problems[0].detail
    assert "possible here" in problems[-1].detail


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (
            {"a.yaml": "version: 1\nsites: {A: }\n", "b.yaml": "version: 1\nsites:\n  A:\n"},
            "b.yaml:3:3 declared-twice",
        ),
        (
            {"a.yaml": "version: 1\naccount: 1\n", "b.yaml": "version: 1\naccount: 2\n"},
            "b.yaml:2:10 account-mismatch",
        ),
        (
            {
                "a.yaml": "version: 1\nlimits: {new_numbers: 1}\n",
                "b.yaml": "version: 1\nlimits: {new_numbers: 2}\n",
            },
            "b.yaml:2:23 limit-mismatch",
        ),
        (
            {
                "a.yaml": "version: 1\nprune: [sites]\n",
                "b.yaml": "version: 1\nprune: [sippeers]\n",
            },
            "b.yaml:2:8 prune-mismatch",
        ),
    ],
)
def test_files_that_disagree_are_refused(
    refuse: Refuse, texts: dict[str, str], expected: str
) -> None:
    (problem,) = refuse(texts)
    assert f"{problem.origin} {problem.code}" == expected
    assert "a.yaml:2:" in problem.detail


def test_an_account_that_differs_from_the_environment_is_refused(refuse: Refuse) -> None:
    (problem,) = refuse("version: 1\naccount: 1\n", BW_ACCOUNT_ID="2")
    assert f"{problem.origin} {problem.code}" == "spec.yaml:2:10 account-mismatch"


def test_an_account_id_that_is_none_is_refused(refuse: Refuse) -> None:
    (problem,) = refuse("version: 1\n", BW_ACCOUNT_ID="../1")
    assert (problem.code, problem.origin) == ("wrong-form", None)


def test_a_file_that_is_not_there_is_refused_by_name(refuse: Refuse) -> None:
    missing = refuse({"provisioner.yaml": "version: 1\n"}, paths=["provisoner.yaml"])
    assert told(missing) == ("no-such-file",)
    assert "Did you mean provisioner.yaml?" in missing[0].detail
    for path in ("nowhere/x.yaml", "provisioner.yaml/x.yaml"):
        (problem,) = refuse({}, paths=[path])
        assert problem.code == "no-such-file"
        assert path in problem.detail


def test_references_into_a_file_that_cannot_be_read_are_not_told(refuse: Refuse) -> None:
    text = "version: 1\nsites: {A: {sippeers: {B: {application: App}}}}\n"
    assert told(refuse({"a.yaml": text}, paths=["a.yaml", "apps.yaml"])) == ("no-such-file",)


def test_a_folder_without_specs_is_refused(refuse: Refuse) -> None:
    (problem,) = refuse({"folder/notes.txt": ""}, paths=["folder"])
    assert (problem.code, problem.severity) == ("no-spec-files", Severity.ERROR)
    assert "folder" in problem.detail


def test_what_cannot_be_opened_is_refused(refuse: Refuse, tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    assert told(refuse({}, paths=["loop.yaml"])) == ("unreadable-file",)
    assert told(refuse({}, paths=["x" * 5000])) == ("unreadable-file",)


def test_a_file_of_50_megabytes_is_refused_unread(refuse: Refuse, tmp_path: Path) -> None:
    with (tmp_path / "large.yaml").open("wb") as file:
        file.truncate(50_000_000)
    (problem,) = refuse({}, paths=["large.yaml"])
    assert problem.code == "too-large"
    assert "20 MB" in problem.detail


def bomb(form: str) -> str:
    lines = [f"l0: &l0 {form.replace('*', 'x')}" if "<<" not in form else "l0: &l0 {a: b}"]
    lines += [f"l{n}: &l{n} {form.replace('*', f'*l{n - 1}')}" for n in range(1, 12)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "form",
    ["[*,*,*,*,*,*,*,*,*]", "{<<: [*,*,*,*,*,*,*,*,*,*]}", "{a: *, b: *, c: *, d: *, e: *, f: *}"],
)
def test_a_bomb_of_aliases_is_refused(refuse: Refuse, form: str) -> None:
    (problem,) = refuse(bomb(form).replace(",", ", ").replace("*l", " *l"))
    assert problem.code == "too-many-nodes"
    assert "1,000,000" in problem.detail


def test_too_many_values_are_refused_on_the_way(refuse: Refuse) -> None:
    (problem,) = refuse("- a\n" * 1_100_000)
    assert f"{problem.origin} {problem.code}" == "spec.yaml:1000000:3 too-many-nodes"
