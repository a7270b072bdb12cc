"""A training's settings in words."""

from __future__ import annotations

from chainrule.spec import TrainingSpec

# What the learning rate does over a training, by the schedule's name.
SCHEDULES = {
    "constant": "",
    "step": "falling in steps",
    "exponential": "falling exponentially",
    "cosine": "falling along a half cosine",
    "plateau": "falling where the loss stands still",
    "coslog4": "rising and falling in waves that grow longer",
    "flat_cos": "constant, then falling along a half cosine",
}


def training_words(training: TrainingSpec) -> str:
    """ "training: adamw, learning rate 0.04, falling in steps (step), batches of 32, seed 0"."""
    rate = f"learning rate {training.learning_rate:g}"
    name = training.schedule.name
    if SCHEDULES[name]:
        rate += f" {SCHEDULES[name]} ({name})"
    batch = "full batch" if training.batch_size is None else f"batches of {training.batch_size}"
    return f"training: {training.optimizer}, {batch}, seed {training.seed},\n  {rate}"
