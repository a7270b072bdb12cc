# %% [markdown]
# # From a table to a model to a report
#
# 344 penguins of three species: numbers, categories, and cells that are missing. Nothing of it has
# to be prepared.

# %%
from pathlib import Path

import chainrule
from chainrule.table.read import read_table

HERE = Path(__file__).parent if "__file__" in globals() else Path()
table = read_table(HERE / "penguins.csv")
X, y = table.without("species"), table["species"]

# %% [markdown]
# ## Train
#
# Four networks train, each with rows of its own held out; those rows choose the epoch and make the
# probabilities honest. The seed decides every bit.

# %%
model = chainrule.TabularClassifier(random_state=0)
model.fit(X, y)
print(f"{model.n_epochs_} epochs; epoch {model.best_epoch_} is kept")

# %% [markdown]
# In a notebook the model shows itself: what it is worth, what it took each column for, its layers.

# %%
model

# %% [markdown]
# ## What is it worth?
#
# The scores are those of rows that no network had seen, with the interval in which they would be on
# other rows, beside the answer that needs no columns.

# %%
for name, score in model.scores_.items():
    print(
        f"{name:18} {score.value:7.4f}  90 % interval {score.low:.4f} to {score.high:.4f}"
        f"  without columns {score.baseline:.4f}"
    )

# %% [markdown]
# ## Keep it, and answer new rows
#
# One file holds networks, encoder and classes. Opening it runs no code from it.

# %%
model.save("penguins.safetensors")
again = chainrule.load("penguins.safetensors")

new = {
    "island": ["Dream", "Biscoe"],
    "bill_length_mm": [49.0, 47.5],
    "bill_depth_mm": [18.5, 15.0],
    "flipper_length_mm": [197.0, float("nan")],
    "body_mass_g": [3700.0, 5000.0],
    "sex": ["female", None],
    "year": [2009.0, 2009.0],
}
for label, shares in zip(again.predict(new), again.predict_proba(new), strict=True):
    print(label, dict(zip(again.classes_.tolist(), shares.round(3).tolist(), strict=True)))

# %% [markdown]
# ## A report for a colleague
#
# One page without a script: the verdict first, then findings, mistakes, calibration, importance,
# attributions, and the worst rows, each with its own chain rule. A name that ends with `.md` makes
# a model card.

# %%
report = model.report(X, y, title="Species of penguins")
report.save("penguins.html")
report.save("penguins-card.md")
print(report.contents.verdict.sentence)
