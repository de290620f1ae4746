"""Files through the API: JSON with base64, read back by a token (K99–K116)."""

from __future__ import annotations

import base64
import hashlib

from products.models import Product
from tests.api.conftest import Script

LOG = b"02:14 pool exhausted\n" * 200_000  # 4.2 MB: more than Django takes by itself


def test_a_box_is_attested_with_a_file_and_the_file_comes_back(product: Product, script: Script) -> None:
    script.post("/incidents", {"title": "Slow", "product": "staff-mobile"}, status=201)
    file = {"name": "../app.log", "base64": base64.b64encode(LOG).decode()}
    script.post("/incidents/INC-1/checklist/5/attest", {"text": "See", "file": file}, Idempotency_Key="a")
    script.post("/incidents/INC-1/checklist/5/attest", {"text": "See", "file": file}, Idempotency_Key="a")
    record = script.get("/incidents/INC-1/checklist")["items"][4]["record"]
    assert record["file"] == {
        "name": "app.log",
        "size": len(LOG),
        "sha256": hashlib.sha256(LOG).hexdigest(),
        "type": "application/octet-stream",
        "url": f"http://localhost:8000/api/v1/incidents/INC-1/timeline/{record['seq']}/file",
    }
    answer = script("GET", f"/incidents/INC-1/timeline/{record['seq']}/file")
    assert (answer.status_code, answer.content) == (200, LOG)
    assert answer["Content-Disposition"] == 'attachment; filename="app.log"'
    assert script("GET", "/incidents/INC-1/timeline/1/file").status_code == 404


def test_what_is_no_file_is_refused_by_field(product: Product, script: Script) -> None:
    script.post("/incidents", {"title": "Slow", "product": "staff-mobile"}, status=201)
    for file, field, words in (
        ({"name": "a", "base64": "no!"}, "file.base64", "must be base64 without line breaks"),
        ({"name": "a"}, "file.base64", "Field required"),
        ({"name": "", "base64": "T0sK"}, "file.name", "String should have at least 1 character"),
    ):
        answer = script.post("/incidents/INC-1/note", {"text": "See", "file": file}, status=422)
        assert answer["errors"] == [{"field": field, "message": words}]
    wrong = script.post("/incidents/INC-1/checklist/5/not_needed",
                        {"reason": "x", "file": {"name": "a", "base64": "T0sK"}}, status=422)  # fmt: skip
    assert [each["field"] for each in wrong["errors"]] == ["file"]
