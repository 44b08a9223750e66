"""What the queue asks for about parity checks."""

from presets_app.services import parity_flow


def judge(check_id: str) -> None:
    parity_flow.judge(check_id)
