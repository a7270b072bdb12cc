# %% [markdown]
# # What each column adds
#
# Two questions that sound alike. *Importance*: how much worse would the model be without this
# column? *Attribution*: how much of this answer comes from this cell?

# %%
from pathlib import Path

import numpy as np

import chainrule
from chainrule.table.read import read_table

HERE = Path(__file__).parent if "__file__" in globals() else Path()
table = read_table(HERE / "penguins.csv")
X, y = table.without("species"), table["species"]
model = chainrule.TabularClassifier(random_state=0).fit(X, y)

# %% [markdown]
# ## Importance
#
# A column's rows are shuffled, and the error grows.

# %%
importance = model.feature_importance(X, y)
print(importance)

# %% [markdown]
# ## Attribution
#
# $\phi_c = E_{x', \alpha}\,(x_c - x'_c)\,\partial f/\partial x_c\,(x' + \alpha (x - x'))$: a path
# leads from other rows to this one, and a column's part is what the slope collects on the way. The
# parts add up to the answer, and each has a standard error.

# %%
found = model.attribute(X)
print(found)
total = found.base_values + found.values.sum(axis=1)
assert np.allclose(total, found.answers)

# %% [markdown]
# ## One row
#
# Row 200 and what makes it a Gentoo.

# %%
gentoo = found.of("Gentoo")
row = 200
print(f"{gentoo.unit}: {gentoo.answers[row]:.3f}, of which all rows share {gentoo.base_values:.3f}")
for k in np.argsort(-abs(gentoo.values[row])):
    cell, part = gentoo.data[row, k], gentoo.values[row, k]
    print(f"  {gentoo.names[k]:18} {cell!s:>8}  {part:+.3f} ± {gentoo.errors[row, k]:.3f}")

# %% [markdown]
# ## A picture
#
# A point a row: to the right it adds, to the left it takes away; the shade is the cell.

# %%
from chainrule.plots import plot_attributions

display = plot_attributions(gentoo)
display.figure_.savefig("attributions.png", bbox_inches="tight")

# %% [markdown]
# `gentoo.to_shap()` hands the same numbers to every plot of shap.
#
# ## A network of one's own
#
# The same call on a `Network`, here a line: compared with the mean row, a part is the weight times
# the distance from the mean.

# %%
rng = np.random.default_rng(0)
rows = rng.normal(size=(200, 3))
line = chainrule.Network([3, 1], dtype="float64")
line.fit(rows, rows @ [2.0, -1.0, 0.5], learning_rate=0.05, epochs=200)
mean = rows.mean(axis=0, keepdims=True)
parts = line.attribute(rows, background=mean, names=["first", "second", "third"])
print(parts)
assert np.allclose(parts.values, line.weights[0] * (rows - mean))
