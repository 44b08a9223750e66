"""What the queue asks for about targets."""

from presets_app.services import targets


def probe_cloud(target_id: str) -> None:
    targets.ask_cloud(int(target_id))


def probed(probe: str, result: str) -> None:
    targets.answered(probe, result)
