"""Bytes reach the disk before the database, lie once, and go when nobody needs them."""

from __future__ import annotations

import hashlib
import os
import threading
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from pytest_django import Settings

from motcua.engines.files import cleaning
from motcua.engines.files.actions import Incoming, keep_own, store, store_many, upload_of, uploads_of
from motcua.engines.files.models import Blob, Scan, Upload
from motcua.engines.files.previews import make_preview, preview_path
from motcua.engines.files.store import backend, open_blob, path_of
from motcua.engines.ledger.actor import SYSTEM
from motcua.engines.ledger.work import begin
from motcua.foundation import clock
from motcua.foundation.errors import Invalid, NotFound, TooLarge
from motcua.foundation.keys import new_id
from tests.engines.files import samples

pytestmark = pytest.mark.django_db


def everything_on_disk() -> list[Path]:
    return [path for path in backend().root.rglob("*") if path.is_file()]


def test_a_file_is_stored_under_its_hash() -> None:
    data, owner = samples.pdf(), new_id()
    upload = store(data, "../Giấy khai sinh.pdf", owner)
    sha256 = hashlib.sha256(data).hexdigest()
    assert path_of(sha256) == backend().root / sha256[:2] / sha256[2:4] / sha256
    with open_blob(sha256) as file:
        assert file.read() == data
    row = Upload.objects.select_related("blob").get(pk=upload.pk)
    assert (row.name, row.blob_id, row.blob.size, row.blob.media_type) == (
        "Giấy khai sinh.pdf",
        sha256,
        len(data),
        "application/pdf",
    )
    assert row.blob.scan == Scan.NONE
    assert upload_of(owner, upload.pk) == row


def test_only_the_owner_finds_an_upload() -> None:
    owner = new_id()
    first, second = store(samples.pdf("1"), "1.pdf", owner), store(samples.pdf("2"), "2.pdf", owner)
    assert [row.pk for row in uploads_of(owner, [second.pk, first.pk])] == [second.pk, first.pk]
    with pytest.raises(NotFound):
        upload_of(new_id(), first.pk)
    with pytest.raises(NotFound):
        uploads_of(new_id(), [first.pk])


def test_all_kinds_of_sources_give_the_same() -> None:
    data, owner = samples.pdf(padding=700_000), new_id()
    sources = [data, BytesIO(data), SimpleUploadedFile("a.pdf", data)]
    assert len({store(source, "a.pdf", owner).blob_id for source in sources}) == 1
    assert Blob.objects.count() == 1
    assert Upload.objects.count() == 3
    assert len(everything_on_disk()) == 1


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [
        (b"", "a.pdf", "file_empty"),
        (samples.pdf(), "a.png", "file_mismatch"),
        (samples.pdf(), "a", "file_kind"),
        (samples.pdf()[:30], "a.pdf", "file_damaged"),
        (b"MZ" + b"\0" * 90, "a.pdf", "file_kind"),
        (samples.docx({"word/a": b"\0" * 20_000_000}), "a.docx", "file_bomb"),
    ],
)
def test_what_is_refused_leaves_nothing(data: bytes, name: str, code: str) -> None:
    with pytest.raises(Invalid) as caught:
        store(data, name, new_id())
    assert caught.value.code == code
    assert everything_on_disk() == []
    assert Blob.objects.count() == Upload.objects.count() == 0


def test_a_file_over_the_limit_is_refused_before_it_is_read_whole(settings: Settings) -> None:
    settings.FILE_MAX_BYTES = 600_000

    class Endless:
        handed_out = 0

        def read(self, size: int, /) -> bytes:
            self.handed_out += size
            return b"x" * size

    source = Endless()
    with pytest.raises(TooLarge) as caught:
        store(source, "a.pdf", new_id())
    assert caught.value.status == 413
    assert source.handed_out < 2_000_000
    assert everything_on_disk() == []


def test_what_is_not_allowed_here_is_refused_by_name() -> None:
    with pytest.raises(Invalid, match="PDF"):
        store(samples.picture(), "a.png", new_id(), allowed={"pdf"})


def test_several_files_go_in_together_or_not_at_all() -> None:
    owner = new_id()
    good = [Incoming(samples.pdf(str(number)), f"{number}.pdf") for number in range(5)]
    assert len(store_many(good, owner)) == 5
    with pytest.raises(Invalid):
        store_many([*good, Incoming(b"MZ", "x.pdf")], owner)
    assert Upload.objects.count() == 5


def test_rows_go_in_with_the_action_and_vanish_with_it() -> None:
    def broken() -> None:
        with begin(SYSTEM) as work:
            store(samples.pdf(), "a.pdf", new_id(), work=work)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        broken()
    assert Blob.objects.count() == 0
    with begin(SYSTEM) as work:
        upload = store(samples.pdf(), "a.pdf", new_id(), work=work)
    assert Upload.objects.get(pk=upload.pk).blob_id == upload.blob_id


@pytest.mark.django_db(transaction=True)
def test_the_same_bytes_at_once_from_many_people() -> None:
    data, errors = samples.pdf("same"), []

    def hand_in() -> None:
        try:
            store(data, "a.pdf", new_id())
        except Exception as error:  # a thread must tell what happened
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert (Blob.objects.count(), Upload.objects.count()) == (1, 8)


def test_no_path_can_be_made_up() -> None:
    for wrong in ("../../etc/passwd", "A" * 64, "", "a" * 63, "a" * 64 + "/.."):
        with pytest.raises(NotFound):
            path_of(wrong)
    with pytest.raises(NotFound):
        open_blob("0" * 64)


def _age(sha256: str, days: int) -> None:
    then = clock.now() - timedelta(days=days)
    Blob.objects.filter(pk=sha256).update(created_at=then)
    os.utime(path_of(sha256), (then.timestamp(), then.timestamp()))


@pytest.mark.django_db(transaction=True)
def test_expired_uploads_go_with_their_bytes_unless_something_holds_them() -> None:
    owner = new_id()
    lone, shared = store(samples.pdf("lone"), "a.pdf", owner), store(samples.pdf("shared"), "b.pdf", owner)
    waiting = store(samples.pdf("shared"), "c.pdf", owner)
    old = clock.now() - timedelta(days=3)
    Upload.objects.exclude(pk=waiting.pk).update(expires_at=old)
    for upload in (lone, shared):
        _age(upload.blob_id, 3)
    assert cleaning.remove_expired_uploads() == 2
    assert list(Upload.objects.values_list("pk", flat=True)) == [waiting.pk]
    assert list(Blob.objects.values_list("pk", flat=True)) == [shared.blob_id]
    assert not backend().holds(lone.blob_id)
    assert backend().holds(shared.blob_id)


@pytest.mark.django_db(transaction=True)
def test_bytes_that_somebody_has_just_stored_again_stay() -> None:
    upload = store(samples.pdf(), "a.pdf", new_id())
    _age(upload.blob_id, 3)
    again = store(samples.pdf(), "b.pdf", new_id())
    Upload.objects.all().delete()
    cleaning.remove_unused([upload.blob_id])
    assert backend().holds(again.blob_id)


@pytest.mark.django_db(transaction=True)
def test_bytes_without_a_row_are_swept_when_they_are_old() -> None:
    kept = store(samples.pdf("kept"), "a.pdf", new_id())
    lost = store(samples.pdf("lost"), "a.pdf", new_id())
    fresh = store(samples.pdf("fresh"), "a.pdf", new_id())
    for upload in (kept, lost):
        _age(upload.blob_id, 3)
    Upload.objects.exclude(pk=kept.pk).delete()
    Blob.objects.exclude(pk=kept.blob_id).delete()
    left_over = backend().incoming / "killed"
    left_over.write_bytes(b"x")
    os.utime(left_over, (0, 0))
    for digit in "0123456789abcdef":
        cleaning.sweep(digit)
    assert backend().holds(kept.blob_id)
    assert not backend().holds(lost.blob_id)
    assert backend().holds(fresh.blob_id)
    assert not left_over.exists()


def test_own_papers_need_no_scan() -> None:
    with begin(SYSTEM) as work:
        blob = keep_own(work, samples.pdf(), "application/pdf")
    assert Blob.objects.get(pk=blob.pk).scan == Scan.OWN


def test_a_preview_is_small_and_upright_and_says_nothing_of_the_camera() -> None:
    from PIL import Image

    upload = store(samples.picture("JPEG", (3000, 2000)), "a.jpg", new_id())
    made = make_preview(upload.blob)
    assert made == preview_path(upload.blob_id)
    with Image.open(made) as shown:
        assert (shown.format, shown.size, dict(shown.getexif())) == ("WEBP", (480, 320), {})
    assert make_preview(store(samples.pdf(), "a.pdf", new_id()).blob) is None
