"""An explanation's blocks, formed once from its parts; every renderer walks them."""

from __future__ import annotations

import math
from functools import cached_property

import numpy as np

from chainrule.explain.derivation.asked import Asked
from chainrule.explain.derivation.brief import Chain
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.names import Names
from chainrule.explain.derivation.shares import ROWS, loss_shares, row_shares, unit_blocks
from chainrule.explain.notation.blocks import Block, Sentence, Share, Shares
from chainrule.explain.notation.contents import Contents, Prediction
from chainrule.explain.notation.symbols import CONVENTIONS
from chainrule.explain.notation.verdicts import in_short
from chainrule.reference.arrays import Array

MORE = "indices count from 0, layers from 1; full=True or --full shows every equation"
NOTHING = 5e-5  # a share that reads as 0.00 %


class Blocks:
    """The blocks of one explanation.

    Parameters
    ----------
    build : Derivation
    names : Names
    asked : Asked
    gradient : Gradient or None
        Of the parameter that is asked for.
    parts : Contents
    chosen : bool
        Whether the row was asked for.
    """

    def __init__(
        self,
        build: Derivation,
        names: Names,
        asked: Asked,
        gradient: Gradient | None,
        parts: Contents,
        *,
        chosen: bool,
    ) -> None:
        self.build, self.step, self.names, self.asked = build, build.step, names, asked
        self.gradient, self.e, self.row, self.chosen = gradient, parts, parts.row, chosen

    def all(self) -> tuple[Block, ...]:
        """In the order of reading; those without content are left out."""
        e, chain = self.e, Chain(self.step, self.asked, self.row, self.gradient)
        blocks = [
            Block("", _sentences(self._which_row(), *self._notes(), e.origin), "always"),
            Block("", _sentences(*e.remarks)),
            Block("chain", tuple(chain.items()), "brief"),
            *(Block(each.title, each.equations) for each in e.sections),
            *self._rows(),
            *self._units(),
            *self._paths(),
            *self._update(),
            *self._check(),
            Block("", _sentences(self._conventions())),
            Block("", _sentences(MORE), "brief"),
        ]
        return tuple(block for block in blocks if block.items)

    # Which row it is about.

    @cached_property
    def sizes(self) -> Array | None:
        """The part of every row in all that the rows add, without signs (n,)."""
        if self.e.rows is None or len(self.step.X) == 1:
            return None
        if self.gradient is not None:
            values = np.abs(self.gradient.row_parts * self.step.shares)
        else:
            values = np.abs(np.asarray(self.step.recorded.losses) * self.step.shares)
        total = float(values.sum())
        return values / total if 0 < total < np.inf else None

    def notice(self) -> str:
        """That the row asked for adds nothing."""
        if self.sizes is None or not self.chosen or self.sizes[self.row] >= NOTHING:
            return ""
        largest = int(np.argmax(self.sizes))
        most = percent(self.sizes[largest])
        adds = f"row {self.row} adds 0.00 % to {self.asked.identifier}"
        return f"{adds}; row {largest} adds most, {most}"

    def _notes(self) -> list[str]:
        """Those of the step, which are about its loss; z and a come before it."""
        return [] if self.asked.kind in ("z", "a") else list(self.e.header["notes"])

    def _which_row(self) -> str:
        """Over which rows, and which of them the equations of one row are about."""
        header, n, row = self.e.header, len(self.step.X), self.row
        outside = _outside(row, header["row_id"])
        if self.e.rows is None or n == 1:  # the heading names the row
            return f"row {row} is {outside}" if outside else ""
        called = f"row {row} ({outside})" if outside else f"row {row}"
        said = f"{header['reduction']} over {n} rows; shown for {called}"
        if self.sizes is None or self.notice():
            return said
        most = "adds most" if self.sizes[row] == self.sizes.max() else "adds"
        return f"{said}, which {most}: {percent(self.sizes[row])}"

    # What adds up.

    def _rows(self) -> list[Block]:
        rows = self.e.rows
        if rows is None or len(self.step.X) == 1 or rows.total != rows.total:
            return []
        few, top = self._row_shares(ROWS), self._row_shares(self.build.sums.top)
        return [Block("rows", (few,), "brief"), Block("rows, largest first", (top,))]

    def _row_shares(self, named: int | None) -> Shares:
        if self.gradient is not None:
            return row_shares(self.gradient, self.step.shares, named)
        recorded = self.step.recorded
        losses = np.asarray(recorded.losses, np.float64)
        return loss_shares(losses * self.step.shares, recorded.loss, recorded.penalty, named)

    def _units(self) -> list[Block]:
        total = self.e.value
        if self.gradient is not None:
            total = float(self.gradient.row_parts[self.row])
        elif self.asked.kind != "delta":
            return []
        found = unit_blocks(self.build, self.names, self.asked, self.row, total)
        said = [f"{each.title}, through which row {self.row} goes" for each in found]
        return [*found, *(Block(t, b.items) for t, b in zip(said, found, strict=True))]

    def _paths(self) -> list[Block]:
        paths = self.e.paths
        if paths is None or paths.n_paths == 1:
            return []
        parts = [
            Share(
                f"via {'output' if len(path.units) == 2 else 'units'} "
                + " → ".join(str(unit) for unit in path.units[1:]),
                path.value,
                path.product,
                "path/" + "/".join(str(unit) for unit in path.units),
            )
            for path in paths.shown
        ]
        if paths.rest:
            how = "" if paths.enumerated else ", by difference"
            parts.append(Share(f"{paths.rest.count} more{how}", paths.rest.value))
        title = f"{paths.n_paths} paths to the loss of row {paths.row}"
        alone = math.fsum(abs(path.value) for path in paths.shown)
        if paths.rest and abs(paths.rest.value) > alone:
            title = f"the largest of {title}, all of which are grouped above"
        return [Block(title, (Shares(tuple(parts), paths.total, f"row {paths.row}"),))]

    # What the optimizer makes of it, and whether it is right.

    def _update(self) -> list[Block]:
        e = self.e
        if not e.update:
            return []
        start = _sentences(e.header["start"])
        found = [
            Block(
                f"update by {e.header['optimizer']}, step {e.header['step'] + 1}",
                (*start, *e.update),
            ),
            Block("update", (*start, e.update[-1]), "brief"),
        ]
        if e.prediction is not None:
            found.append(Block("step", (_step(e.prediction, e.header["start"]),), "always"))
        return found

    def _check(self) -> list[Block]:
        check = self.e.check
        if check is None:
            return []
        parts: list[str | float] = [f"{check.method} ", check.numeric, f", {check.outcome}"]
        if check.left_slope is not None and check.right_slope is not None:
            parts += [
                "; slope ",
                check.left_slope,
                " on the left, ",
                check.right_slope,
                " on the right",
            ]
        others = [Sentence((line,)) for line in in_short(self.e.verdicts)]
        return [Block("check", (Sentence(tuple(parts)), *others), "always")]

    def _conventions(self) -> str:
        e = self.e
        digits = "all digits" if e.digits == "full" else f"shown rounded to {e.digits} digits"
        return f"{digits}; {CONVENTIONS}"


def _outside(row: int, called: str) -> str:
    """What a row is called in its table, where that says more: "line 19"."""
    if called == str(row):
        return ""
    return (
        called.removeprefix(f"{row}, ")
        if called.startswith(f"{row}, ")
        else f"row {called} of the table"
    )


def _step(change: Prediction, start: str) -> Sentence:
    """What the whole step does to the loss, and what its gradient foretold where that is near."""
    near = change.predicted and 0.5 <= change.real / change.predicted <= 2.0
    if near and not start:
        foretold = ("; its gradient foretold ", change.predicted)
        return Sentence(("changes the loss by ", change.real, *foretold))
    long = "" if near or start else "; too long a step to be foretold"
    return Sentence(("changes the loss by ", change.real, long))


def _sentences(*texts: str) -> tuple[Sentence, ...]:
    return tuple(Sentence((text,)) for text in texts if text)


def percent(part: float) -> str:
    """A part of 1: "63 %", "0.58 %", "0.00 %"."""
    return (
        f"{100 * part:.0f} %"
        if part >= 0.0995
        else f"{100 * part:.2g} %"
        if part > NOTHING
        else "0.00 %"
    )
