"""Train on a raw table, save the model, load it, and predict rows that training never met."""

from pathlib import Path

import chainrule
from chainrule.table.read import read_table

HERE = Path(__file__).parent

table = read_table(HERE / "penguins.csv")
X, y = table.without("species"), table["species"]

model = chainrule.TabularClassifier(random_state=0)
model.fit(X, y)
print(f"{model.n_epochs_} epochs; epoch {model.best_epoch_} is kept")

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
