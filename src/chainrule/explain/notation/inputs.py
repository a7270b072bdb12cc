"""Where an input of layer 1 comes from: a feature itself, one of its waves, or a code's vector."""

from __future__ import annotations

from dataclasses import dataclass

from chainrule.spec import NetworkSpec


@dataclass(frozen=True)
class Input:
    """An input of layer 1.

    Attributes
    ----------
    feature : int
        The column of X that it is made of.
    wave : int or None
        Which output of the feature's periodic embedding.
    unit : int or None
        Which number of the vector of the feature's code.
    """

    feature: int
    wave: int | None = None
    unit: int | None = None

    @property
    def suffix(self) -> str:
        """What its name has behind that of the feature: "~0", "#0" or nothing."""
        if self.wave is not None:
            return f"~{self.wave}"
        return "" if self.unit is None else f"#{self.unit}"


def layer_inputs(spec: NetworkSpec) -> tuple[Input, ...]:
    """The inputs of layer 1 in order; without embeddings the features themselves."""
    columns = spec.periodic.columns if spec.periodic else 0
    coded = len(spec.categories.levels) if spec.categories else 0
    found = []
    for feature in range(spec.n_features):
        if spec.periodic and feature < columns:
            found += [Input(feature, wave=wave) for wave in range(spec.periodic.outputs)]
        if spec.categories and feature >= spec.n_features - coded:
            found += [Input(feature, unit=unit) for unit in range(spec.categories.units)]
        else:
            found.append(Input(feature))
    return tuple(found)


def level_of(spec: NetworkSpec, row: int) -> tuple[int, int]:
    """(feature, code) of a row of `levels`."""
    assert spec.categories is not None
    known = spec.categories.levels
    for place, count in enumerate(known):
        if row <= count:
            return spec.n_features - len(known) + place, row
        row -= count + 1
    raise IndexError(row)
