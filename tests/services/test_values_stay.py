"""A stored value leaves in no request, no result and no row; what is local-only is not sent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app.core.errors import Invalid, LocalOnly, MatchframeError
from presets_app.core.generation import GenerationResult
from presets_app.core.permissions import Actor
from presets_app.core.problems import Failure
from presets_app.models import Attempt, Item, PresetDraft, Run, TargetSecret
from presets_app.queries import migration_evidence
from presets_app.services import drafting, finishing, preset_drafts, presets, runs, speaking, targets
from presets_app.services.bringing_assets import Given
from tests.support import project as support

pytestmark = pytest.mark.django_db
VALUE = "q7Zr19xkPw83mNvT"


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


def test_a_value_that_is_stored_later_keeps_a_run_from_starting(
    project: Any, people: Any, local: Any, places: Path, redis_url: str
) -> None:
    preset = support.save(project, people.ada, prompt=f"A sign that reads {VALUE}")
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    with pytest.raises(Invalid) as refused:
        start(preset, people.ada, local)
    assert refused.value.code == "secret_found"
    assert refused.value.problems[0].path == "/prompt"
    assert VALUE not in str(refused.value.problems)
    assert not Run.objects.exists()
    assert VALUE.encode() not in everything_in(places / "artifacts")


def start(preset: Any, actor: Actor, target: Any) -> Run:
    from presets_app.services.requests import Input

    return runs.start(runs.Work(preset, target, [Input("one")], revision=preset.head), actor)


def test_a_stored_value_reaches_no_git_object_by_any_way_of_saving(
    project: Any, people: Any, local: Any, places: Path
) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    for overrides in ({"description": VALUE}, {"models": {"transformer": [VALUE]}}, {"environment": [f"X={VALUE}"]}):
        with pytest.raises(MatchframeError) as refused:
            presets.save(project, people.ada, support.document(**overrides), message="Look")
        assert VALUE not in str(refused.value.problems)
    told = drafting.read(
        project, people.ada, [Given("x.json", f'{{"format": "matchframe/preset/1", "{VALUE}": 1}}'.encode())]
    )
    assert VALUE not in str(told)
    for text in (
        f'{{"{VALUE}": 1, "{VALUE}": 2}}',
        f"{VALUE}: 1\n{VALUE}: 2\n",
        f'{{"3": {{"{VALUE}": 1, "{VALUE}": 2}}}}',
    ):
        with pytest.raises(MatchframeError) as unread:
            drafting.read(project, people.ada, [Given("", text.encode())])
        assert VALUE not in str(unread.value.problems)
    graph = f'{{"3": {{"class_type": "KSampler", "inputs": {{"note": "{VALUE}"}}}}}}'
    with pytest.raises(MatchframeError):
        drafting.read(project, people.ada, [Given("x.json", graph.encode())])
    assert VALUE.encode() not in everything_in(places / "stores")
    assert VALUE.encode() not in everything_in(places / "artifacts")


def test_a_service_that_repeats_the_key_is_not_quoted(
    project: Any, people: Any, local: Any, places: Path, saved: Any
) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    run = Run.objects.create(
        id="r1", project=project, name="r1", kind="preview", preset=saved, revision=saved.head, target=local, total=1
    )
    item = Item.objects.create(id="i1", run=run, position=0, key="one", state="running", attempts=1)
    said = Failure("account", "refused", "never", f"Bad key {VALUE}.", evidence={"header": f"Bearer {VALUE}", "n": 1})
    finishing.finish(GenerationResult(item.id, 1, "failed", failure=said))
    item.refresh_from_db()
    assert item.failure is not None
    assert item.failure["message"] == "Bad key (withheld)."
    assert VALUE not in str(item.failure) + str(list(Attempt.objects.values()))
    assert VALUE.encode() not in everything_in(places / "artifacts")


def test_a_failure_is_kept_although_the_stored_values_cannot_be_opened(
    project: Any, people: Any, local: Any, settings: Any
) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    settings.SECRET_KEY = "another install's"
    assert speaking.speakable(Failure("network", "x", "now", "No answer."), project).message == "No answer."


def test_values_are_encrypted_where_they_lie(local: Any, people: Any) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    assert VALUE.encode() not in bytes(TargetSecret.objects.get().token)
    assert TargetSecret.objects.get().set_by == "olu"


@pytest.mark.parametrize("who", ["ada", "grace", "vic"])
def test_only_an_owner_removes_a_value(local: Any, people: Any, who: str) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    with pytest.raises(MatchframeError):
        targets.remove_value(local, getattr(people, who), "RENDER_TOKEN")
    assert TargetSecret.objects.exists()


def test_the_checklist_row_needs_every_name_on_each_side(project: Any, people: Any, local: Any, cloud: Any) -> None:
    preset = support.save(project, people.ada, environment=["WAVESPEED_API_KEY", "RENDER_TOKEN"])
    about = {"preset": preset.slug, "revision": preset.head, "from": "local", "to": "cloud", "check": ""}
    assert "variables" not in migration_evidence.sentences(project, about)
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    assert "variables" not in migration_evidence.sentences(project, about)
    targets.set_value(cloud, people.olu, "RENDER_TOKEN", VALUE)
    said = migration_evidence.sentences(project, about)["variables"]
    assert said == "local: RENDER_TOKEN; cloud: RENDER_TOKEN, WAVESPEED_API_KEY."
    targets.remove_value(cloud, people.olu, "WAVESPEED_API_KEY")
    assert "variables" not in migration_evidence.sentences(project, about)


def test_nothing_of_a_local_only_project_is_sent_or_asked(project: Any, people: Any, cloud: Any, saved: Any) -> None:
    project.local_only = True
    project.save()
    cloud.refresh_from_db()
    with pytest.raises(LocalOnly):
        start(saved, people.ada, cloud)
    client = targets.cloud_client(cloud)
    for send in (lambda: client.submit("x", {"loras": [{"path": "face.safetensors"}]}), client.catalogue):
        with pytest.raises(LocalOnly):
            send()


def test_a_picture_marked_as_local_only_does_not_reach_a_cloud(project: Any, people: Any, cloud: Any) -> None:
    picture = {"sha256": "a" * 64, "media_type": "image/png", "local_only": True}
    preset = support.save(project, people.ada, task="i2v", inputs={"image": picture})
    with pytest.raises(MatchframeError):
        start(preset, people.ada, cloud)
    assert not Run.objects.exists()


def test_a_comment_beside_a_draft_is_looked_at_too(project: Any, people: Any, local: Any, saved: Any) -> None:
    targets.set_value(local, people.olu, "RENDER_TOKEN", VALUE)
    text = preset_drafts.spelled(support.document(prompt="A paper boat"), "yaml")
    for remark in (VALUE, "hf_abcdefghij0123456789KLMNOP"):
        working = preset_drafts.of_text(project, f"# {remark}\n{text}")
        with pytest.raises(Invalid):
            preset_drafts.keep(project, people.ada, saved, working, saved.digest)
        assert remark not in preset_drafts.speakable(project, working).text
    assert not PresetDraft.objects.exists()
    fine = preset_drafts.of_text(project, f"# for the autumn spots\n{text}")
    assert preset_drafts.keep(project, people.ada, saved, fine, saved.digest) is not None
