from __future__ import annotations

from presets_app.core.losses import Loss, grouped


def test_a_loss_says_from_and_to_in_json():
    loss = Loss("/stages/0/sampler", "dropped", "", "euler", None, "The service chooses.")
    assert loss.as_json() == {
        "path": "/stages/0/sampler",
        "status": "dropped",
        "target_path": "",
        "from": "euler",
        "to": None,
        "note": "The service chooses.",
    }


def test_what_changes_the_video_comes_first_and_no_page_grows_without_end() -> None:
    many = [Loss(f"/{number}", "carried", f"/{number}", 1, 1) for number in range(1000)]
    few = [Loss("/fps", "approximated", "/fps", 23.976, 24), Loss("", "dropped", "/note", None, "x")]
    groups = grouped([*many, *few])
    assert [(group.status, group.count, group.open) for group in groups] == [
        ("approximated", 1, True),
        ("dropped", 1, True),
        ("carried", 1000, False),
    ]
    assert (len(groups[2].losses), groups[2].more) == (200, 800)
