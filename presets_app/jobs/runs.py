"""What the queue asks for about runs."""

from presets_app.services import dispatching, finishing


def dispatch(run_id: str) -> None:
    dispatching.dispatch(run_id)


def finished(item_id: str, attempt: int, result: str) -> None:
    finishing.finish_from_store(item_id, attempt, result)
