"""What a policy means that was written before its defaults changed."""

from __future__ import annotations

from presets_app.core import policy


def test_a_new_policy_asks_for_two_passes_in_a_row_and_a_stored_one_means_what_it_meant() -> None:
    assert policy.merged(None)["streak"] == policy.DEFAULT["streak"] == 2
    assert policy.merged({"format": policy.FORMAT, "version": 3})["streak"] == 1
    assert policy.merged({**policy.DEFAULT, "streak": 1})["streak"] == 1


def test_a_retired_setting_stays_in_a_stored_policy_until_it_is_changed() -> None:
    stored = {**policy.DEFAULT, "inconclusive_share": 0.2}
    assert policy.version(stored) != policy.version(policy.DEFAULT)
    assert [problem.code for problem in policy.problems({"inconclusive_share": 0.3})] == ["policy_unknown_setting"]
    changed = policy.changed(stored, {"standard": "release"})
    assert "inconclusive_share" not in changed
    assert (changed["version"], changed["standard"], changed["streak"]) == (2, "release", 2)
