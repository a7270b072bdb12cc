"""skorch: PyTorch behind scikit-learn's interface, its printing and scoring switched off."""

from __future__ import annotations

from typing import Any

import torch
from skorch import NeuralNetClassifier, NeuralNetRegressor

from benchmarks.cases import Case
from benchmarks.peers.system import System
from benchmarks.peers.torch_eager import build_model, load_start, loss_function


class Skorch(System):
    def __init__(self, case: Case, threads: int) -> None:
        super().__init__(case, threads)
        torch.set_num_threads(threads)
        self.X, self.y = case.data()

    def reset(self) -> None:
        case = self.case
        kind = NeuralNetClassifier if case.task == "classes" else NeuralNetRegressor
        options: dict[str, Any] = {"optimizer__fused": True}
        if case.task == "classes":
            options["classes"] = list(range(case.sizes[-1]))
        self.net = kind(
            build_model(case),
            criterion=loss_function(case),
            optimizer=torch.optim.Adam if case.optimizer == "adam" else torch.optim.SGD,
            lr=case.learning_rate,
            batch_size=case.batch,
            train_split=None,
            verbose=0,
            callbacks__print_log=None,
            iterator_train__shuffle=False,
            **options,
        )
        self.net.initialize()
        load_start(case, self.net.module_)

    def train(self, epochs: int) -> None:
        self.net.partial_fit(self.X, self.y, epochs=epochs)

    def losses(self, epochs: int) -> list[float]:
        self.reset()
        self.train(epochs)
        return [float(loss) for loss in self.net.history[:, "train_loss"]]


SYSTEMS = {"skorch": Skorch}
