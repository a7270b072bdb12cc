"""No connection is opened, and no process started, by training, saving, loading or predicting."""

import subprocess
import sys

PROGRAM = """
import sys
seen = []
WATCHED = ("socket.connect", "socket.getaddrinfo", "socket.bind", "urllib.Request",
           "subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "pickle.find_class")
sys.addaudithook(lambda event, args: seen.append((event, args)) if event in WATCHED else None)

import numpy as np, tempfile, os
import chainrule
X = np.random.default_rng(0).standard_normal((40, 3))
y = (X[:, 0] > 0).astype(int)
table = {"a": X[:, 0], "b": list("xy" * 20)}
with tempfile.TemporaryDirectory() as folder:
    path = os.path.join(folder, "m.safetensors")
    model = chainrule.TabularClassifier(preset="fast", epochs=2).fit(table, y)
    model.save(path)
    chainrule.load(path).predict(table)
    net = chainrule.Network([3, 4, 1]).fit(X, y, epochs=2)
print(*seen, sep="\\n")
"""


def test_nothing_leaves_the_process():
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == ""
