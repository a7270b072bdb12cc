"""Equations of what stands before layer 1, built from a trace.

    u_ck = 2 pi f_ck x_c + theta_ck         h_j = sum_k M_jk cos u_ck + tau_co       a wave
    h_j = V_ru   of the row r of the code   a_j(0) = gamma_j h_j                     the scale

and back, for each row:

    dl/da_j(0) = sum_k w_kj delta_k(1)      dl/dh_j = gamma_j dl/da_j(0)
    dl/du_ck   = -( sum_o M_ok dl/dh_o ) sin u_ck

u, dl/dh and dl/du are computed here, from the engine's parameters and its dl/da(0).
"""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.notation.inputs import layer_inputs
from chainrule.explain.notation.symbols import PARAMETER_KINDS
from chainrule.explain.notation.tree import Equation, Node, Quantity, add, apply, minus, times
from chainrule.reference.stem import angles, level_places, per_column

TURN = Quantity("turn", 2.0 * math.pi)


class InputDerivation:
    """Quantities and equations before layer 1; `build` shortens their sums."""

    def __init__(self, build: Derivation) -> None:
        self.build, self.trace, self.spec = build, build.trace, build.spec
        self.places = layer_inputs(build.spec)

    # Arrays.

    @cached_property
    def dl_dh(self) -> np.ndarray:
        """(n, n_0)."""
        dl_da: np.ndarray = self.trace.dl_da(0)
        return self.trace.params["scale"] * dl_da if self.spec.scale else dl_da

    @cached_property
    def u(self) -> np.ndarray:
        """The angles (n, columns, frequencies)."""
        freq, phase = self.trace.params["freq"], self.trace.params["phase"]
        return angles(freq, phase, self.trace.X[:, : len(freq)])

    @cached_property
    def dl_du(self) -> np.ndarray:
        """(n, columns, frequencies)."""
        params, n = self.trace.params, self.trace.n_rows
        columns, outputs = params["shift"].shape
        of_waves = self.dl_dh[:, : columns * (outputs + 1)].reshape(n, columns, -1)[..., :-1]
        back = np.einsum("nco,cok->nck", of_waves, per_column(params["mix"], params["shift"]))
        out: np.ndarray = -back * np.sin(self.u)
        return out

    @cached_property
    def codes(self) -> np.ndarray:
        """Rows of `levels` (n, embedded features)."""
        assert self.spec.categories is not None
        known = self.spec.categories.levels
        return level_places(known, self.trace.X[:, -len(known) :])

    # Quantities.

    def parameter(self, name: str, unit: int, source: int | None = None) -> Quantity:
        """A number of freq, phase, mix, shift, levels or scale."""
        at = (unit,) if source is None else (unit, source)
        value = float(self.trace.params[name][at])
        return Quantity(PARAMETER_KINDS[name], value, None, unit, source)

    def x(self, feature: int, r: int) -> Quantity:
        return Quantity("x", float(self.trace.X[r, feature]), None, feature, row=r)

    def input(self, j: int, r: int) -> Quantity:
        """a_j(0)."""
        return self.build.of_row("a", 0, j, r)

    def embedded(self, j: int, r: int) -> Quantity:
        """h_j, which without a scale is a_j(0)."""
        if not self.spec.scale:
            return self.input(j, r)
        return Quantity("h", float(self.trace.h[r, j]), None, j, row=r)

    def by_embedded(self, j: int, r: int) -> Quantity:
        """dl/dh_j."""
        if not self.spec.scale:
            return self.build.by_activation(0, j, r)
        return Quantity("dl_dh", float(self.dl_dh[r, j]), None, j, row=r)

    def angle(self, c: int, k: int, r: int) -> Quantity:
        return Quantity("angle", float(self.u[r, c, k]), None, c, k, row=r)

    def by_angle(self, c: int, k: int, r: int) -> Quantity:
        return Quantity("dl_du", float(self.dl_du[r, c, k]), None, c, k, row=r)

    def waves(self, c: int) -> list[int]:
        """Which inputs of layer 1 are the waves of a column."""
        return [j for j, p in enumerate(self.places) if p.feature == c and p.wave is not None]

    def level(self, row: int, j: int, r: int) -> Quantity:
        """1 in rows whose code makes input j of this row of `levels`, else 0."""
        met = self.codes[r, self.places[j].feature - self.spec.n_features] == row
        return Quantity("has_level", float(met), None, row, row=r)

    # Forward.

    def forward(self, j: int, r: int) -> list[Equation]:
        """a_j(0) of a row from its feature: the scale, then the wave or level, then the angles."""
        found = []
        if self.spec.scale:
            right = times(self.parameter("scale", j), self.embedded(j, r))
            found.append(Equation(self.input(j, r), (right,)))
        return [*found, *self.embedding(j, r)]

    def embedding(self, j: int, r: int) -> list[Equation]:
        """h_j of a row."""
        place, left = self.places[j], self.embedded(j, r)
        c = place.feature
        if place.unit is not None:
            row = int(self.codes[r, c - self.spec.n_features])
            level = self.parameter("levels", row, place.unit)
            return [Equation(left, (level,), "of the vector of the row's level")]
        if place.wave is None:
            return [Equation(left, (self.x(c, r),))]
        row = c * len(self.waves(c)) + place.wave
        values = self.trace.params["mix"][row] * np.cos(self.u[r, c])

        def term(k: int) -> Node:
            return times(self.parameter("mix", row, k), apply("cos", self.angle(c, k, r)))

        shift = self.parameter("shift", c, place.wave)
        wave = Equation(left, (self.build.sum_of(values, term, shift),))
        return [wave, *(self.turning(c, k, r) for k in self.build.shown(values))]

    def turning(self, c: int, k: int, r: int) -> Equation:
        """u_ck of a row."""
        turns = times(TURN, self.parameter("freq", c, k), self.x(c, r))
        right = add(turns, self.parameter("phase", c, k))
        return Equation(self.angle(c, k, r), (right,))

    # Backward.

    def at_embedded(self, j: int, r: int) -> list[Equation]:
        """dl/dh_j of a row, and dl/da_j(0) that it comes from."""
        found = [self.build.at_activation(0, j, r)]
        if self.spec.scale:
            scale = self.parameter("scale", j)
            right = times(scale, self.build.by_activation(0, j, r))
            found.insert(0, Equation(self.by_embedded(j, r), (right,)))
        return found

    def at_angle(self, c: int, k: int, r: int) -> Equation:
        """dl/du_ck of a row from all waves of the column."""
        waves = self.waves(c)
        rows = [c * len(waves) + o for o in range(len(waves))]
        values = self.trace.params["mix"][rows, k] * self.dl_dh[r, waves]

        def term(o: int) -> Node:
            return times(self.parameter("mix", rows[o], k), self.by_embedded(waves[o], r))

        back = self.build.sum_of(values, term)
        right = minus(times(back, apply("sin", self.angle(c, k, r))))
        return Equation(self.by_angle(c, k, r), (right,))
