"""What the queue asks for about recipes."""

from presets_app.services import recipes_flow, recipes_frames, recipes_work


def advance(recipe_run: str, version: str) -> None:
    """`version` only keeps one wake apart from another."""
    recipes_flow.advance(recipe_run)


def work(output_id: str, attempt: str) -> None:
    recipes_work.work(int(output_id))


def prepare(step_id: str) -> None:
    recipes_frames.prepare(int(step_id))


def stepped(work_id: str, attempt: int, result: str) -> None:
    recipes_work.stepped(work_id, attempt, result)
