"""All detectors, in the order in which their findings are told: the likeliest cause first."""

from __future__ import annotations

from chainrule.explain.diagnosis import (
    course,
    inputs,
    layers,
    overflow,
    settings,
    targets,
    validation,
)
from chainrule.explain.diagnosis.detectors import Detector

_ORDER: tuple[Detector, ...] = (
    targets.constant_target,
    targets.lopsided_weights,
    targets.extreme_target,
    inputs.extreme_input,
    inputs.row_number,
    targets.shifted_rows,
    targets.output_range,
    targets.target_scale,
    inputs.unscaled_inputs,
    inputs.input_offset,
    inputs.input_scale,
    inputs.leak,
    targets.classes_as_numbers,
    targets.one_hot_labels,
    validation.validation_scale,
    validation.sorted_split,
    validation.shared_rows,
    validation.repeated_rows,
    layers.twin_units,
    settings.unshuffled_rows,
    settings.strong_dropout,
    settings.strong_penalty,
    settings.strong_clipping,
    layers.exploding,
    settings.frozen_weights,
    settings.dying_schedule,
    settings.small_batch,
    course.rate_too_high,
    layers.vanishing,
    course.rate_too_low,
    settings.linear_network,
    settings.narrow_layer,
    targets.imbalance,
    layers.dead_units,
    layers.saturated,
    targets.unrelated_target,
    targets.label_noise,
    validation.overfitting,
    overflow.non_finite,
    course.still_falling,
    course.oscillating,
    course.stuck,
    course.plateau,
    course.worse_than_constant,
)

TABLE: dict[str, Detector] = {detector.code: detector for detector in _ORDER}
