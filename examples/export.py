# %% [markdown]
# # Answers without chainrule
#
# A model leaves as code that others run: the encoder of the table is inside, so that raw cells go
# in. Each export is run on trial rows and compared with the model before it is written.

# %%
import importlib.util
from pathlib import Path

import chainrule
from chainrule.table.read import read_table

HERE = Path(__file__).parent if "__file__" in globals() else Path()
table = read_table(HERE / "penguins.csv")
X, y = table.without("species"), table["species"]
model = chainrule.TabularClassifier(preset="fast", random_state=0).fit(X, y)

# %% [markdown]
# ## One Python file that needs NumPy alone

# %%
source = model.to_numpy_source("penguins_model.py", X)
print(source.splitlines()[-1])

names: dict = {}
exec(source, names)
row = {
    "island": ["Dream"], "bill_length_mm": [49.0], "bill_depth_mm": [18.5],
    "flipper_length_mm": [197.0], "body_mass_g": [3700.0], "sex": [None], "year": [2009.0],
}  # fmt: skip
print("the file:", names["predict_proba"](row).round(6))
print("the model:", model.predict_proba(row).round(6))

# %% [markdown]
# ## C source without dependencies, without allocation
#
# A row is a structure with a member for every column; the last lines are an example program.

# %%
c = model.to_c("penguins.c", X)
print("\n".join(c.header.splitlines()[:24]))
print("verified:", c.verified)

# %% [markdown]
# ## ONNX, with one named input a column
#
# Needs the extra `onnx`; with onnxruntime the file is run before it is written.

# %%
if importlib.util.find_spec("onnx"):
    onnx = model.to_onnx("penguins.onnx", X)
    print([one.name for one in onnx.graph.input])
else:
    print("pip install 'chainrule[onnx]'")
