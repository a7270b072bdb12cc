# %% [markdown]
# # See backpropagation: the smallest network
#
# Two inputs, two hidden units, one output: XOR cannot be learned with less. Training repeats four
# steps: forward, loss, backward, update. Here is one turn of it by hand, and then five thousand.

# %%
import numpy as np

import chainrule

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([0, 1, 1, 0])

net = chainrule.Network(
    [2, 2, 1], activation="sigmoid", output_activation="sigmoid", dtype="float64", random_state=1
)
print(net)

# %% [markdown]
# ## Forward
#
# $z(l) = W(l)\,a(l-1) + b(l)$ and $a(l) = \sigma(z(l))$, row by row; $a(0)$ is the row of X.

# %%
z, a = net.forward(X)
print("a(1), the hidden units:", a[1], sep="\n")
print("a(2), the answers before training:", a[2].ravel())

# %% [markdown]
# ## Loss
#
# One number for all rows: the mean of $\frac12 (y - a)^2$.

# %%
print("loss", net.loss(X, y))
print("by hand", np.mean(0.5 * (y - a[2].ravel()) ** 2))

# %% [markdown]
# ## Backward
#
# $\delta(L) = \partial L/\partial a \cdot \sigma'(z)$, and $\delta(l) = W(l+1)^T \delta(l+1) \cdot
# \sigma'(z(l))$: the derivatives come back the way that the numbers went. For the sigmoid
# $\sigma' = a (1 - a)$.

# %%
dL_dW, dL_db = net.gradients(X, y)
delta2 = (a[2] - y[:, None]) * a[2] * (1 - a[2])
delta1 = (delta2 @ net.weights[1]) * a[1] * (1 - a[1])
by_hand = delta1.T @ X / len(X)
print("dL/dW(1) of the core:", dL_dW[0], "by hand:", by_hand, sep="\n")
assert np.allclose(dL_dW[0], by_hand)

# %% [markdown]
# Any of these numbers can be asked for, with the chain rule that made it and a check that does not
# know the chain rule.

# %%
print(net.explain("W1[0,0]", X, y))

# %% [markdown]
# ## Update, and again
#
# $w \leftarrow w - \eta\,\partial L/\partial w$, five thousand times.

# %%
history = net.fit(X, y, optimizer="sgd", learning_rate=2.0, epochs=5_000, batch_size=None)

print(history)
print(net.predict(X).round(3).ravel())
print(net.explain("W1[0,0]", X, y))
print(net.check_gradients(X, y).ok)

# %% [markdown]
# The whole check: every gradient beside the complex step and central differences, and the step of
# `fit` beside the step that was explained, bit for bit.

# %%
net.check_gradients(X, y)
