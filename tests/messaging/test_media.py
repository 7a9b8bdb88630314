from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.errors import Unreadable
from provisioner.messaging.media import (
    CARRIERS_TAKE,
    MOST_BYTES,
    MediaFile,
    read_media_file,
    upload,
    warnings_about,
)
from tests.account.conftest import Say, in_turn, staged
from tests.messaging.conftest import Postbox, fetched, staged_client

PNG = MediaFile(Path("logo.png"), "image/png", b"\x89PNG\0logo")
pytestmark = pytest.mark.anyio


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("a.exe", b"x", "its type is not one that messages take"),
        ("noending", b"x", "its type is not one that messages take"),
        ("a.png", b"", "is empty"),
        ("a.png", b"x" * (MOST_BYTES + 1), "has 3750001 bytes, 3750000 are allowed"),
    ],
    ids=["type", "no-type", "empty", "large"],
)
def test_a_file_that_cannot_be_sent_is_refused(
    name: str, content: bytes, words: str, tmp_path: Path
) -> None:
    (tmp_path / name).write_bytes(content)
    file, (problem,) = read_media_file(tmp_path / name)
    assert file is None
    assert words in problem.detail


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    file, (problem,) = read_media_file(tmp_path / "a.png")
    assert file is None
    assert "cannot be read: No such file" in problem.detail


def test_a_file_at_the_limit_is_taken_with_its_type_and_a_warning(tmp_path: Path) -> None:
    (tmp_path / "a.PNG").write_bytes(b"x" * MOST_BYTES)
    file, problems = read_media_file(tmp_path / "a.PNG")
    assert file is not None
    assert (file.type, problems) == ("image/png", ())
    (warning,) = warnings_about((file,))
    assert str(CARRIERS_TAKE) in warning.detail
    assert warnings_about((PNG,)) == ()


async def test_an_uploaded_file_can_be_fetched_and_is_not_uploaded_again(postbox: Postbox) -> None:
    async with postbox.client() as client:
        (first,) = await upload(client, (PNG,))
        (again,) = await upload(client, (PNG,))
        assert again == first
        puts = [entry for entry in postbox.account.log if entry.method == "PUT"]
        assert len([each for each in puts if "/media/" in each.target]) == 1
    answer = fetched(first)
    assert (answer.content, answer.headers["content-type"]) == (PNG.content, "image/png")


async def test_on_another_day_a_file_is_uploaded_anew_because_it_is_kept_for_two(
    postbox: Postbox,
) -> None:
    async with postbox.client() as client:
        first = await upload(client, (PNG,))
        postbox.time.advance(24 * 3600)
        assert await upload(client, (PNG,)) != first


async def test_a_lost_answer_to_an_upload_is_simply_repeated(postbox: Postbox) -> None:
    postbox.account.fail("drop-after", "PUT", "/media/")
    async with postbox.client() as client:
        (url,) = await upload(client, (PNG,))
    assert fetched(url).content == PNG.content


async def test_what_was_uploaded_is_looked_for_on_all_pages() -> None:
    name = PNG.name_at(1_700_000_000.0)
    pages = in_turn(
        Say(200, '[{"mediaName": "x", "contentLength": 1}]', {"Continuation-Token": "more"}),
        Say(200, f'[{{"mediaName": "{name}", "contentLength": {len(PNG.content)}}}]'),
    )
    async with staged(pages) as stage, staged_client(stage) as client:
        await upload(client, (PNG,))
    assert [each.method for each in stage.asked] == ["GET", "GET"]
    assert stage.asked[1].headers["continuation-token"] == "more"


async def test_without_files_nothing_is_asked() -> None:
    async with staged(in_turn(Say(500))) as stage, staged_client(stage) as client:
        assert await upload(client, ()) == ()
    assert stage.asked == []


async def test_what_is_no_list_of_media_is_no_reason_to_upload() -> None:
    async with (
        staged(in_turn(Say(200, '[{"name": "x"}]'))) as stage,
        staged_client(stage) as client,
    ):
        with pytest.raises(Unreadable, match="not a list of media"):
            await upload(client, (PNG,))
