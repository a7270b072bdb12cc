"""The smallest network: 2-2-1 sigmoid units learn XOR, and one gradient is explained."""

import numpy as np

import chainrule

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
y = np.array([0, 1, 1, 0])

net = chainrule.Network(
    [2, 2, 1], activation="sigmoid", output_activation="sigmoid", dtype="float64", random_state=1
)
history = net.fit(X, y, optimizer="sgd", learning_rate=2.0, epochs=5_000, batch_size=None)

print(history)
print(net.predict(X).round(3).ravel())
print(net.explain("W1[0,0]", X, y))
print(net.check_gradients(X, y).ok)
