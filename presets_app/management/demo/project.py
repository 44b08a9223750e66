"""The demo project's people, targets and documents; safe to call again."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.auth import get_user_model

from presets_app.core.permissions import Actor
from presets_app.management.demo import documents
from presets_app.queries import people, projects
from presets_app.services import audit
from presets_app.services import inputs as input_sets
from presets_app.services import projects as making
from presets_app.services import targets as places

SLUG, NAME = "demo", "Demo studio"
LOCAL, CLOUD = "local", "cloud"
RULES = {"streak": 1}
WHY = "Demo: one pass is enough here, so that it ends in minutes. A new project asks for two in a row."
PEOPLE = (
    ("ada", "Ada", "author"),
    ("grace", "Grace", "approver"),
    ("owner", "Owner", "owner"),
    ("viewer", "Viewer", "viewer"),
)
KEY_NAME, STAND_IN_KEY = "WAVESPEED_API_KEY", "stand-in-key"
MODELS = {
    "matchframe/tiny-ltx-2": "matchframe/tiny-ltx-2/text-to-video",
    "matchframe/tiny-wan-2.2-t2v": "matchframe/tiny-wan-2.2/text-to-video",
}


@dataclass(frozen=True)
class Demo:
    """The demo project and the two people the journey needs."""

    project: projects.Project
    ada: Actor
    grace: Actor
    owner: Actor


def ensure(stand_in: str) -> Demo:
    """Create what is missing. `stand_in` is the address of the cloud stand-in."""
    project = projects.find(SLUG) or making.create(SLUG, NAME, audit.MATCHFRAME, demo=True, rules=RULES, why=WHY)
    _people(project)
    actors = {name: people.actor_named(name, project) for name, _, _ in PEOPLE}
    demo = Demo(project, actors["ada"], actors["grace"], actors["owner"])
    _targets(demo, stand_in)
    for document in (documents.preview(), documents.batch()):
        if projects.input_set_named(project, document["name"]) is None:
            input_sets.freeze(project, demo.ada, document)
    return demo


def password() -> str:
    """The demo people's password: made once for this install, kept beside the secret key, readable by this user."""
    place = Path(settings.DATA_DIR) / "demo_password"
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        place.touch(mode=0o600)
        place.write_text(f"{secrets.token_hex(2)}-{secrets.token_hex(2)}-{secrets.token_hex(2)}", encoding="ascii")
    return place.read_text(encoding="ascii").strip()


def _people(project: projects.Project) -> None:
    model = get_user_model()
    for username, name, role in PEOPLE:
        user = model.objects.filter(username=username).first()
        if user is None:
            user = model.objects.create_user(username, f"{username}@demo.invalid", password(), first_name=name)
        if projects.role_of(project, username) is None:
            making.set_member(project, audit.MATCHFRAME, username, role, founding=True)


def _targets(demo: Demo, address: str) -> None:
    if projects.target_named(demo.project, LOCAL) is None:
        places.add(
            demo.project,
            demo.owner,
            LOCAL,
            name="Local runner",
            kind="local",
            options={"pool": settings.GPU_POOLS[0]},
            stand_in="untrained tiny models, on this computer's CPU",
        )
    options = {"base_url": address, "models": MODELS, "in_flight": 3}
    cloud = projects.target_named(demo.project, CLOUD)
    if cloud is None:
        cloud = places.add(
            demo.project,
            demo.owner,
            CLOUD,
            name="WaveSpeed",
            kind="wavespeed",
            options=options,
            stand_in="a stand-in on this computer that speaks WaveSpeed's protocol; no vendor is involved",
        )
        places.set_value(cloud, demo.owner, KEY_NAME, STAND_IN_KEY)
    elif cloud.settings != options:
        places.change(cloud, demo.owner, options)
