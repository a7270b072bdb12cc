"""An explanation's blocks, formed once from its parts; every renderer walks them."""

from __future__ import annotations

from functools import cached_property

import numpy as np

from chainrule.explain.derivation.brief import Chain
from chainrule.explain.derivation.equations import Derivation
from chainrule.explain.derivation.gradient import Gradient
from chainrule.explain.derivation.names import Asked, Names
from chainrule.explain.derivation.shares import ROWS, loss_shares, row_shares, unit_blocks
from chainrule.explain.notation.blocks import Block, Item, Sentence, Share, Shares
from chainrule.explain.notation.contents import Contents
from chainrule.explain.notation.symbols import CONVENTIONS
from chainrule.reference.arrays import Array

NOTHING = 5e-5  # a share that reads as 0.00 %


class Blocks:
    """The blocks of one explanation; `chosen` tells that its row was asked for."""

    def __init__(
        self, build: Derivation, names: Names, asked: Asked, row: int, chosen: bool, parts: Contents
    ) -> None:
        self.build, self.step, self.names, self.asked = build, build.step, names, asked
        self.row, self.chosen, self.e = row, chosen, parts

    def all(self) -> tuple[Block, ...]:
        """In the order of reading; those of neither form are left out."""
        blocks = [
            Block("", tuple(self._facts()), "always"),
            Block("chain", tuple(Chain(self.step, self.asked, self.row).items()), "brief"),
            *(Block(each.title, each.equations) for each in self.e.sections),
            *self._rows(),
            *self._units(),
            *self._paths(),
            *self._update(),
            *self._check(),
            Block("", (Sentence((self._conventions(),)),)),
            Block(
                "",
                (Sentence(("counted from 0, layers from 1; full=True (--full): all",)),),
                "brief",
            ),
        ]
        return tuple(block for block in blocks if block.items)

    # Which row it is about.

    @cached_property
    def sizes(self) -> Array | None:
        """The part of every row in all that the rows add, without signs (n,)."""
        if self.e.rows is None or len(self.step.X) == 1:
            return None
        if self.asked.is_parameter:
            values = np.abs(Gradient(self.build, self.asked).row_parts * self.step.shares)
        else:
            values = np.abs(np.asarray(self.step.recorded.losses) * self.step.shares)
        total = float(values.sum())
        return values / total if 0 < total < np.inf else None

    def notice(self) -> str:
        """That the row asked for adds nothing."""
        if self.sizes is None or not self.chosen or self.sizes[self.row] >= NOTHING:
            return ""
        largest = int(np.argmax(self.sizes))
        return (
            f"row {self.row} adds 0.00 % of {self.asked.identifier}; row {largest} adds most, "
            f"{100 * self.sizes[largest]:.0f} %"
        )

    def _facts(self) -> list[Item]:
        header, n = self.e.header, len(self.step.X)
        rows = f"{header['reduction']} over {n} row{'s' if n != 1 else ''}"
        facts = f"{rows}; one-row equations are for row {self.row}"
        if header["row_id"] != str(self.row):
            facts += f" (row {header['row_id']} of the table)"
        if self.sizes is not None and not self.notice():
            most = (
                ", which adds most" if self.sizes[self.row] == self.sizes.max() else ", which adds"
            )
            facts += f"{most}: {100 * self.sizes[self.row]:.2g} % of what all rows add"
        notes = [*header["notes"], *self.e.remarks]
        return [Sentence((text,)) for text in (facts, *notes)]

    # What adds up.

    def _rows(self) -> list[Block]:
        rows = self.e.rows
        if rows is None or len(self.step.X) == 1 or rows.total != rows.total:
            return []
        few, top = self._row_shares(ROWS), self._row_shares(self.build.sums.top)
        return [Block("rows", (few,), "brief"), Block("rows, largest first", (top,))]

    def _row_shares(self, named: int | None) -> Shares:
        if self.asked.is_parameter:
            return row_shares(Gradient(self.build, self.asked), self.step.shares, named)
        recorded = self.step.recorded
        losses = np.asarray(recorded.losses, np.float64)
        return loss_shares(losses * self.step.shares, recorded.loss, recorded.penalty, named)

    def _units(self) -> list[Block]:
        if not (self.asked.is_parameter or self.asked.kind == "delta"):
            return []
        total = self.e.value
        if self.asked.is_parameter:
            total = float(Gradient(self.build, self.asked).row_parts[self.row])
        return unit_blocks(self.build, self.names, self.asked, self.row, total)

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
        return [Block(title, (Shares(tuple(parts), paths.total, "row"),))]

    # What the optimizer makes of it, and whether it is right.

    def _update(self) -> list[Block]:
        if not self.e.update:
            return []
        header, prediction = self.e.header, self.e.prediction
        items: list[Item] = list(self.e.update)
        told: list[Item] = []
        if prediction is not None:
            told = [
                Sentence(
                    ("the whole step should change the loss by ", prediction.predicted,
                     " (gradient times update) and changes it by ", prediction.real)
                )
            ]  # fmt: skip
        return [
            Block(f"update by {header['optimizer']}, step {header['step'] + 1}", (*items, *told)),
            Block("update", (self.e.update[-1], *told), "brief"),
        ]

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
        return [Block("check", (Sentence(tuple(parts)),), "always")]

    def _conventions(self) -> str:
        e = self.e
        digits = "all digits" if e.digits == "full" else f"shown rounded to {e.digits} digits"
        return f"{digits}; {CONVENTIONS}"
