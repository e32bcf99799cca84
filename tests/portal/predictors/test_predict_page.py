"""The predict page: what it needs, the file sent, the result, the refusal, the bundle."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client
from django.urls import reverse

from automl_portal.accounts.models import AuditEntry, Membership, Role
from automl_portal.jobs.models import Job, JobState
from automl_portal.predictors.models import BatchPrediction
from automl_portal.predictors.predict_page import half_below, typical
from tests.portal import cast, results

SignIn = Callable[[Membership], Client]


def upload() -> SimpleUploadedFile:
    return SimpleUploadedFile("march.csv", b"status,duration,amount\nno account,12,1000\n", content_type="text/csv")


def test_the_page_says_what_a_file_must_hold_and_how_to_call(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    html = signed_in(bob).get(reverse("project_predict", args=[run.project_id])).content.decode()
    assert "3 columns it needs" in html and "optional, carried to the output" in html and "4 to 72" in html
    assert "No predictor of this project is the champion yet" in html
    assert f"/api/v1/projects/{run.project_id}/predictions" in html and f"/api/v1/predictors/{run.predictor.pk}/predict" in html
    assert "&quot;duration&quot;: 18" in html  # a typical value of the real column
    assert run.predictor.bundle_sha256 in html and run.predictor.signing_key_id in html and "python verify.py --key" in html


def test_the_template_holds_every_needed_column(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    response = signed_in(alice).get(reverse("predictor_template", args=[run.predictor.pk]))
    rows = list(csv.reader(io.StringIO(response.content.decode())))
    assert rows == [["application_id", "status", "duration", "amount"], ["", "no account", "18", "2319.5"]]
    assert response["Content-Disposition"] == 'attachment; filename="credit-v1-template.csv"'


def test_a_file_is_queued_with_and_without_a_script(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    client, path = signed_in(bob), reverse("project_predict", args=[run.project_id])
    answer = client.post(path, {"file": upload(), "explain": "3"}, headers={"Accept": "application/json"})
    made = BatchPrediction.objects.get()
    assert answer.status_code == 201 and answer.json() == {"location": reverse("prediction_detail", args=[run.project_id, made.pk])}
    assert (made.filename, made.explain, made.predictor, made.created_by) == ("march.csv", 3, run.predictor, bob.user)
    plain = client.post(path, {"file": upload()})
    assert plain.status_code == 302 and "/predictions/" in plain["Location"]
    html = client.get(plain["Location"]).content.decode()
    assert "Waiting for a worker" in html and 'hx-trigger="every 1s"' in html


@pytest.mark.parametrize(
    ("fields", "code"), [({}, "file_missing"), ({"explain": "99"}, "explain_out_of_range"), ({"explain": "x"}, "explain_out_of_range")]
)
def test_what_cannot_be_sent_has_a_code(fields: dict[str, str], code: str, alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    client, path = signed_in(alice), reverse("project_predict", args=[run.project_id])
    data = dict(fields) | ({"file": upload()} if fields else {})
    answer = client.post(path, data, headers={"Accept": "application/json"})
    assert answer.status_code == 422 and answer.json()["code"] == code and answer.json()["detail"]
    assert client.post(path, dict(fields)).status_code == 302
    assert BatchPrediction.objects.count() == 0


def test_a_result_shows_rows_spread_and_what_was_rejected(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    made = results.prediction(run.predictor)
    client = signed_in(bob)
    html = client.get(reverse("prediction_detail", args=[run.project_id, made.pk])).content.decode()
    assert "997 rows are scored, 3 were rejected" in html and "hx-trigger" not in html
    assert "Columns the predictor does not know were left out: branch." in html
    assert "This is not a number." in html and "not_a_number" in html
    assert 'data-chart="distribution"' in html and "Half of the rows lie below" in html
    output = client.get(reverse("prediction_output", args=[run.project_id, made.pk, "output"]))
    assert b"".join(output.streaming_content) == b"row,prediction\n1,0\n"
    assert 'filename="march-output.csv"' in output["Content-Disposition"]
    assert client.get(reverse("prediction_output", args=[run.project_id, made.pk, "secret"])).status_code == 404


def test_a_refused_file_names_the_columns_and_near_misses(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    made = results.prediction(run.predictor, state=JobState.FAILED, error=results.MISSING)
    html = signed_in(alice).get(reverse("prediction_detail", args=[run.project_id, made.pk])).content.decode()
    assert "The file was not scored" in html and "missing_columns" in html and "2 columns are missing" in html
    assert '<option value="Duration_months" selected>' in html and "Score with these names" in html and str(made.job_id) in html
    assert "<code>sum &lt;b&gt;</code>" in html and 'value="sum &lt;b&gt;"' in html
    viewer = signed_in(cast.member("victor@example.com", alice.team, Role.VIEWER))
    html = viewer.get(reverse("prediction_detail", args=[run.project_id, made.pk])).content.decode()
    assert "rename it if it means the same" in html and "Score with these names" not in html
    assert signed_in(alice).get(reverse("prediction_output", args=[run.project_id, made.pk, "output"])).status_code == 404


def test_a_changed_column_is_shown_with_its_rows_and_cells(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    made = results.prediction(run.predictor, state=JobState.FAILED, error=results.CHANGED)
    html = signed_in(alice).get(reverse("prediction_detail", args=[run.project_id, made.pk])).content.decode()
    assert "1 column is not what it was in training" in html and "40 %" in html and "1, 4" in html and "written as 1.234,5" in html


def test_warnings_evaluation_and_reconciliation(alice: Membership, bob: Membership, signed_in: SignIn, api: SignIn) -> None:
    run = results.published(cast.project(alice))
    made = results.prediction(run.predictor)
    html = signed_in(bob).get(reverse("prediction_detail", args=[run.project_id, made.pk])).content.decode()
    assert "Completed with warnings" in html and "1,000 rows in the file = 997 scored + 3 rejected." in html
    assert html.index("column_drift_strong") < html.index("many_unusual_rows") < html.index("2 things to know about this file")
    assert "Compared with credit_risk in the file (990 rows)" in html and "Rows without a usable label: 7." in html
    assert "amount: out of range; status: new value" in html and "Score again with the suggested names" in html
    assert "Completed with warnings" in signed_in(bob).get(reverse("project_predict", args=[run.project_id])).content.decode()
    answer = api(bob).get(f"/api/v1/predictions/{made.pk}").json()
    assert (answer["status"], answer["status_detail"]) == ("succeeded", "completed_with_warnings")
    auc = answer["evaluation"]["metrics"][0]
    assert (auc["metric"], auc["value"], auc["holdout"]) == ("roc_auc", 0.741, 0.79)
    assert answer["rows"]["in"] == answer["rows"]["scored"] + answer["rows"]["rejected"]
    assert answer["warnings"][0] | {"message": ""} == {
        "code": "column_drift_strong",
        "message": "",
        "column": "amount",
        "params": results.WARNINGS[0]["params"],
    }
    made.result["warnings"] = made.result["warnings"][2:]
    made.save()
    assert api(bob).get(f"/api/v1/predictions/{made.pk}").json()["status_detail"] == "completed"


def test_a_queued_file_can_be_canceled(alice: Membership, bob: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    client = signed_in(bob)
    client.post(reverse("project_predict", args=[run.project_id]), {"file": upload()})
    made = BatchPrediction.objects.get()
    response = client.post(reverse("prediction_cancel", args=[run.project_id, made.pk]), follow=True)
    assert "The prediction was canceled" in response.content.decode()
    assert Job.objects.get(pk=made.job_id).state == JobState.CANCELED
    assert "hx-trigger" not in client.get(reverse("prediction_live", args=[run.project_id, made.pk])).content.decode()


def test_the_bundle_goes_out_whole_and_leaves_a_trace(alice: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    response = signed_in(alice).get(reverse("predictor_bundle", args=[run.predictor.pk]))
    assert b"".join(response.streaming_content) == b"PK signed" and response["Content-Type"] == "application/zip"
    assert AuditEntry.objects.filter(action="bundle.download", object_id=str(run.predictor.pk)).exists()


def test_under_asgi_the_bundle_is_sent_in_pieces(alice: Membership, monkeypatch: pytest.MonkeyPatch) -> None:
    path = reverse("predictor_bundle", args=[results.published(cast.project(alice)).predictor.pk])
    monkeypatch.setattr("automl_portal.downloads.CHUNK", 4)

    async def fetch() -> tuple[list[bytes], dict[str, str]]:
        client = AsyncClient()
        await client.aforce_login(alice.user)
        response = await client.get(path)
        return [piece async for piece in response.streaming_content], dict(response.items())

    pieces, headers = async_to_sync(fetch)()
    assert pieces == [b"PK s", b"igne", b"d"]
    assert headers["Content-Length"] == "9" and 'filename="credit-v1.zip"' in headers["Content-Disposition"]


def test_a_viewer_sees_but_sends_nothing_and_a_stranger_finds_nothing(alice: Membership, charlie: Membership, signed_in: SignIn) -> None:
    run = results.published(cast.project(alice))
    made = results.prediction(run.predictor)
    viewer = signed_in(cast.member("victor@example.com", alice.team, Role.VIEWER))
    path = reverse("project_predict", args=[run.project_id])
    assert "Your role may look but not score files." in viewer.get(path).content.decode()
    assert viewer.post(path, {"file": upload()}, headers={"Accept": "application/json"}).status_code == 403
    stranger = signed_in(charlie)
    for name in ("prediction_detail", "prediction_live"):
        assert stranger.get(reverse(name, args=[run.project_id, made.pk])).status_code == 404
    for name in ("predictor_bundle", "predictor_template"):
        assert stranger.get(reverse(name, args=[run.predictor.pk])).status_code == 404
    other = cast.project(alice, run.project.dataset)
    assert signed_in(alice).get(reverse("prediction_detail", args=[other.pk, made.pk])).status_code == 404


def test_typical_values_and_the_middle_of_a_histogram() -> None:
    assert typical({"type": "integer", "median": 17.5}) == 17
    assert typical({"type": "category", "top": [{"value": "=x", "count": 2}]}) == "=x"
    assert typical({"type": "datetime", "min": "2026-01-01"}) == "2026-01-01"
    assert typical({"type": "text"}) == ""
    assert half_below([0.0, 1.0, 2.0], [10, 30]) == pytest.approx(1 + 1 / 3)
    assert half_below([0.0, 1.0], [4]) == 0.5
