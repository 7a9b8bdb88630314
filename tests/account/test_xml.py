from __future__ import annotations

import pytest

from provisioner.account.xml import (
    as_tree,
    child,
    drop,
    find,
    first,
    items,
    name_of,
    named,
    overlay,
    parse,
    text_at,
    to_bytes,
    without_passwords,
)
from provisioner.errors import Unreadable


def shown(text: str, path: str) -> str:
    root = parse(text.encode())
    drop(root, path)
    return to_bytes(root).decode().partition("\n")[2]


def overlaid(live: str, declared: str) -> str:
    whole = overlay(parse(live.encode()), parse(declared.encode()))
    return to_bytes(whole).decode().partition("\n")[2]


def test_names_are_found_in_any_case_and_namespace() -> None:
    root = parse(b'<R xmlns="urn:x" xmlns:y="urn:y"><y:OrderId>1</y:OrderId></R>')
    assert name_of(root) == "r"
    assert text_at(root, "orderID") == "1"
    assert child(root, "other") is None


def test_attributes_comments_and_instructions_do_not_matter() -> None:
    root = parse(b"<R><!-- c --><?pi x?><A b='c'><!-- d -->text</A></R>")
    assert [name_of(each) for each in root] == ["a"]
    assert text_at(root, "A") == "text"


def test_a_text_is_trimmed_empty_or_not_there_at_all() -> None:
    root = parse(b"<R><A><B> x </B><C/></A></R>")
    assert (text_at(root, "A/B"), text_at(root, "A/C"), text_at(root, "A/D")) == ("x", "", None)
    assert find(root, "X/Y/Z") is None


def test_items_are_found_at_any_depth_but_not_inside_each_other() -> None:
    root = parse(b"<R><L><I n='1'><I n='2'/></I></L><M><i n='3'/></M><J n='4'/></R>")
    assert [each.get("n") for each in items(root, "I", "J")] == ["1", "3", "4"]
    assert items(root, "R") == [root]
    assert first(root, "K") is None


def test_an_answer_has_to_be_what_was_asked_for() -> None:
    root = parse(b'<x:sitesresponse xmlns:x="urn:x"/>')
    assert named(root, "SitesResponse") is root
    assert named(root, "Other", "SitesResponse") is root


@pytest.mark.parametrize(
    ("answer", "got"), [(None, "nothing"), (b"<html><SitesResponse/></html>", "<html>")]
)
def test_another_answer_or_none_is_no_empty_list(answer: bytes | None, got: str) -> None:
    root = None if answer is None else parse(answer)
    with pytest.raises(Unreadable, match=f"The answer is not <SitesResponse>, but {got}"):
        named(root, "SitesResponse")


def test_what_the_overlay_does_not_speak_of_stays() -> None:
    live = "<S><Id>1</Id><name>old</name><A><City>X</City><Zip>1</Zip></A><V><H>h</H></V></S>"
    declared = "<S><Name>new</Name><A><Zip>2</Zip><State>DC</State></A><D>text</D></S>"
    assert overlaid(live, declared) == (
        "<S><Id>1</Id><name>new</name><A><City>X</City><Zip>2</Zip><State>DC</State></A>"
        "<V><H>h</H></V><D>text</D></S>"
    )


def test_an_overlay_empties_a_text() -> None:
    assert overlaid("<S><D>text</D></S>", "<S><D></D></S>") == "<S><D/></S>"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("A/B", "<R><A><C/></A><D><E/></D></R>"),
        ("D/E", "<R><A><B/><C/></A></R>"),
        ("D", "<R><A><B/><C/></A></R>"),
        ("X/Y", "<R><A><B/><C/></A><D><E/></D></R>"),
    ],
)
def test_a_dropped_element_takes_the_emptied_ones_around_it_along(path: str, expected: str) -> None:
    assert shown("<R><A><B/><C/></A><D><E/></D></R>", path) == expected


def test_a_root_is_never_dropped() -> None:
    assert shown("<R><A><B/></A></R>", "A/B") == "<R/>"


def test_an_item_as_a_tree_keeps_its_names() -> None:
    assert as_tree(parse(b"<R><AppName>x</AppName><C><U>u</U></C><E/></R>")) == {
        "AppName": "x",
        "C": {"U": "u"},
        "E": "",
    }


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"<Password>x</Password>", "<Password>(secret)</Password>"),
        (
            b"<callbackPassword>x</callbackPassword>",
            "<callbackPassword>(secret)</callbackPassword>",
        ),
        (b"<n:Password>x</n:Password>", "<n:Password>(secret)</n:Password>"),
        (b"<Password a='b'>x</Password>", "<Password a='b'>(secret)</Password>"),
        (b"<Password>x&amp;y\nz</Password>", "<Password>(secret)</Password>"),
        (b"<Password><![CDATA[a<b]]>c</Password>", "<Password>(secret)</Password>"),
        (b"<Password><![CDATA[a<b", "<Password>(secret)"),
        (b"<Password>cut", "<Password>(secret)"),
        (b"<Password/><A>1</A>", "<Password/><A>1</A>"),
        (b"<Password /><A>1</A>", "<Password /><A>1</A>"),
        (b"<PasswordHint>x</PasswordHint>", "<PasswordHint>x</PasswordHint>"),
        (b"\xff<A>1</A>", "\ufffd<A>1</A>"),
    ],
)
def test_passwords_are_not_for_people(content: bytes, expected: str) -> None:
    assert without_passwords(content) == expected


@pytest.mark.parametrize("content", [b"", b"text", b"<a>", b"<!DOCTYPE a><a/>", b"<a>&x;</a>"])
def test_anything_but_plain_xml_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        parse(content)
