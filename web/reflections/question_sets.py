"""Reads the prompt sets (Gibbs, Kolb and others) from versioned data beside the code."""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib import resources

from pydantic import BaseModel, ConfigDict

from episodes.frontmatter import read

DEFAULT = "what"
PROMPTS = "prompts"  # the author's own questions, which are the episode's


class Model(BaseModel):
    """One prompt set; after `valid_until` somebody checks it against its source again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    version: int
    title: str
    about: str
    minutes: int
    source: str
    valid_until: date
    questions: tuple[str, ...]


@cache
def known() -> dict[str, Model]:
    """Return every model by its id, the quickest first."""
    folder = resources.files("web.reflections") / "models"
    models = [
        Model.model_validate(read.load_values(file.read_text(encoding="utf-8"), file.name))
        for file in folder.iterdir()
        if file.name.endswith(".yaml")
    ]
    return {each.id: each for each in sorted(models, key=lambda each: (each.minutes, each.id))}
