"""What customers send: files of few kinds, told by their content, kept once beside the case and shown to agents."""

from __future__ import annotations

from typing import Any

import pytest
from httpx import Response

from activities.attachments.port import Attachment
from domain.errors import WrongStatusError
from domain.requests import CustomerReply
from starter.desk.customer.uploads import harmless
from starter.refusals import UnavailableError
from tests.starter.api.calling import AGENT, Api, view_of
from tests.starter.desk.customer.visiting import PDF, PNG, case, link, page, write


@pytest.fixture(autouse=True)
async def own_case(api: Api, request: pytest.FixtureRequest) -> str:
    """A case for each test alone: what was sent stays in the store."""
    letters = "".join(chr(ord("A") + int(digit)) for digit in f"{abs(hash(request.node.name)) % 10**9:09d}")
    api.service.view = case(case_id=f"CFIL{letters}A")
    return api.service.view.case_id


async def sent(api: Api, text: str = "", *files: tuple[str, bytes], request_id: str = "f-1") -> Response:
    assert api.service.view
    path = link(api, api.service.view.case_id)
    given = [("files", (name, content, "text/html")) for name, content in files or (("", b""),)]
    return await api.http.post(f"{path}/reply", data={"text": text, "request_id": request_id}, files=given)


async def kept(api: Api, case_id: str) -> list[Attachment]:
    return await api.store.attachments.of_case(case_id)


async def test_files_lie_beside_the_case_and_the_words_name_them(api: Api, own_case: str) -> None:
    assert (await sent(api, "Look", ("broken.PNG", PNG), ("bill.pdf", PDF))).status_code == 303
    [(_, verb, request)] = api.service.asked
    assert isinstance(request, CustomerReply)
    assert (verb, request.text) == ("customer_reply", "Look")
    files = await kept(api, own_case)
    assert {(one.id, one.name, one.media_type) for one in files} == {
        (request.attachments[0], "broken.PNG", "image/png"),
        (request.attachments[1], "bill.pdf", "application/pdf"),
    }


async def test_files_without_a_word_say_their_names_and_a_form_without_either_is_refused(api: Api) -> None:
    assert (await sent(api, " ", ("broken.png", PNG))).status_code == 303
    assert [request.model_dump()["text"] for _, _, request in api.service.asked] == ["broken.png"]
    empty = await sent(api, "  ", request_id="f-2")
    assert (empty.status_code, len(api.service.asked)) == (422, 1)


async def test_message_that_is_sent_twice_keeps_its_files_once(api: Api, own_case: str) -> None:
    for _ in range(2):
        assert (await sent(api, "Look", ("a.png", PNG))).status_code == 303
    assert len(await kept(api, own_case)) == 1
    assert len({str(request) for _, _, request in api.service.asked}) == 1


async def test_file_that_says_it_is_a_picture_and_is_none_is_refused(api: Api, own_case: str) -> None:
    for content in (b"<svg onload=alert(1)>", b"<html>", b"MZ\x90\x00", b"PK\x03\x04", b"GIF8"):
        answered = await sent(api, "Look at this", ("photo.png", content))
        assert answered.status_code == 422
        assert "Look at this</textarea>" in answered.text
        assert "pictures, short films or PDF" in answered.text
    assert (await kept(api, own_case), api.service.asked) == ([], [])


async def test_file_that_is_too_large_is_refused_and_the_words_stay(api: Api, own_case: str) -> None:
    most = api.store.settings.upload_bytes
    for size in (most + 1, 3 * most + 200_000):
        answered = await sent(api, "Look at this", ("photo.png", PNG + b"\x00" * (size - len(PNG))))
        assert (answered.status_code, "Look at this</textarea>" in answered.text) == (413, True)
    assert (await kept(api, own_case), api.service.asked) == ([], [])


async def test_refused_file_is_named_with_what_is_wrong_with_it(api: Api, own_case: str) -> None:
    large = PNG + b"\x00" * (api.store.settings.upload_bytes + 1)
    assert "large.png is too large." in (await sent(api, "", ("large.png", large))).text
    assert "<b>.exe is of a kind" not in (await sent(api, "", ("<b>.exe", b"MZ"))).text
    assert "&lt;b&gt;.exe is of a kind that we cannot take." in (await sent(api, "", ("<b>.exe", b"MZ"))).text


async def test_empty_message_is_told_what_it_lacks(api: Api, own_case: str) -> None:
    assert "Please write something or choose a file." in (await sent(api, " ")).text


async def test_case_has_room_for_so_many_files(api: Api, own_case: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.store.settings, "uploads", 2)
    assert (await sent(api, "", ("a.png", PNG), ("b.pdf", PDF))).status_code == 303
    assert (await sent(api, "", ("a.png", PNG), request_id="f-2")).status_code == 422
    # The same message once more brings nothing new.
    assert (await sent(api, "", ("a.png", PNG), ("b.pdf", PDF))).status_code == 303
    assert (len(await kept(api, own_case)), len(api.service.asked)) == (2, 2)


async def test_files_of_a_refused_message_go_and_those_of_one_nobody_answered_stay(api: Api, own_case: str) -> None:
    api.service.refuses = lambda _: WrongStatusError("the case is closed")
    assert (await sent(api, "", ("a.png", PNG))).status_code == 409
    assert await kept(api, own_case) == []
    api.service.refuses = lambda _: UnavailableError("nobody answers")
    assert (await sent(api, "", ("a.png", PNG))).status_code == 503
    assert len(await kept(api, own_case)) == 1
    # What was accepted once stays, even if it comes again when the case is over.
    api.service.refuses = lambda _: WrongStatusError("the case is closed")
    assert (await sent(api, "", ("a.png", PNG))).status_code == 409
    assert len(await kept(api, own_case)) == 1


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b"--x--"),
        ("application/json", b"{}"),
        ("multipart/form-data; boundary=x", b'--x\r\nContent-Disposition: form-data; name="text"\r\n\r\n\x00\r\n--x--'),
    ],
)
async def test_what_is_no_form_with_files_is_refused(api: Api, own_case: str, content_type: str, body: bytes) -> None:
    path = f"{link(api, own_case)}/reply"
    answered = await api.http.post(path, headers={"Content-Type": content_type}, content=body)
    assert answered.status_code in (400, 415, 422)
    assert api.service.asked == []


async def test_agents_see_the_files_and_no_other_team_does(api: Api, own_case: str) -> None:
    await sent(api, "", ("<b>broken.png", PNG), ("bill.pdf", PDF))
    picture, paper = sorted(await kept(api, own_case), key=lambda one: one.media_type, reverse=True)
    api.service.view = view_of("online", case_id=own_case)
    who, place = await api.person(AGENT), f"/desk/cases/{own_case}"
    told = (await api.get(place, who)).text
    assert "&lt;b&gt;broken" in told
    assert f'<img src="{place}/files/{picture.id}"' in told
    shown: dict[str, Any] = {one.id: await api.get(f"{place}/files/{one.id}", who) for one in (picture, paper)}
    assert shown[picture.id].content == PNG
    assert shown[picture.id].headers["Content-Type"] == "image/png"
    assert shown[picture.id].headers["Content-Disposition"].startswith("inline;")
    assert shown[paper.id].headers["Content-Disposition"].startswith("attachment;")
    for answered in shown.values():
        assert "sandbox" in answered.headers["Content-Security-Policy"]
        assert answered.headers["X-Content-Type-Options"] == "nosniff"
    listed = (await api.get(f"/v1/cases/{own_case}/files", who)).json()["files"]
    assert {one["id"]: (one["name"], one["size"]) for one in listed}[paper.id] == ("bill.pdf", len(PDF))
    assert (await api.get(f"/v1/cases/{own_case}/files/{paper.id}", who)).content == PDF
    api.service.view = view_of("phone", case_id=own_case)
    for foreign in (place, f"/v1/cases/{own_case}"):
        assert (await api.get(f"{foreign}/files/{paper.id}", who)).status_code == 403


async def test_customer_sees_their_own_files_and_those_of_no_other_case(api: Api, own_case: str) -> None:
    await sent(api, "", ("a.png", PNG))
    [file] = await kept(api, own_case)
    own, other = link(api, own_case), link(api, "CBBBBBBBBBBBBB")
    assert (await api.http.get(f"{own}/files/{file.id}")).content == PNG
    api.service.view = case(case_id="CBBBBBBBBBBBBB")
    assert (await api.http.get(f"{other}/files/{file.id}")).status_code == 404


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("photo.jpg", "photo.jpg"),
        ("C:\\Users\\me\\photo.JPEG", "photo.JPEG"),
        ("../../etc/passwd", "passwd.jpg"),
        ("page.html", "page.html.jpg"),
        ("\u202egpj.exe", "gpj.exe.jpg"),
        ("", "file.jpg"),
        (".jpg", "jpg.jpg"),
        ("照片\r\nX: y.jpg", "照片X: y.jpg"),
        ("a" * 300 + ".jpg", "a" * 120 + ".jpg"),
    ],
)
def test_name_of_a_file_is_made_harmless(name: str, kept_as: str) -> None:
    assert harmless(name, "image/jpeg") == kept_as


async def test_words_alone_come_through_the_same_form(api: Api) -> None:
    await page(api, case())
    assert (await write(api, "It is the blue one.\r\nReally.")).status_code == 303
    [(_, _, request)] = api.service.asked
    assert isinstance(request, CustomerReply)
    assert (request.text, request.attachments) == ("It is the blue one.\nReally.", ())
