"""Cases that no one thought of: any network with any training, from a seed."""

from __future__ import annotations

from bits.by_network import STEMS
from bits.networks import dense, network, training
from bits.problems import Draw, Named, Problem
from chainrule.spec import ACTIVATIONS, LOSSES, OPTIMIZERS, SCHEDULES


def random_problems() -> Named:
    for seed in range(200):
        yield str(seed), random_problem(Draw("network", seed))


def random_problem(draw: Draw) -> Problem:
    """Any network with any training."""
    sizes = (1, 2, 3, 4, 5, 8, 13, 15, 16, 17, 31, 32, 33, 40, 65, 100)
    loss = draw.choice(list(LOSSES))
    ntk, blend, drops = draw.happens(30), draw.happens(40), draw.happens(40)
    hidden = [
        dense(
            draw.choice(sizes),
            draw.choice(ACTIVATIONS),
            ntk=ntk,
            blend=blend and draw.happens(70),
            dropout=draw.choice((0.1, 0.25, 0.5)) if drops and draw.happens(60) else 0.0,
        )
        for _ in range(draw.choice((0, 1, 1, 2, 2, 3, 5)))
    ]
    stem = dict(draw.choice(list(STEMS.values()))) if draw.happens(50) else {}
    if drops and not stem:
        stem["input_dropout"] = 0.2
    n_features = draw.choice((5, 6, 16, 17, 40, 130))
    net = network(n_features, hidden, max(2, draw.choice(sizes)), loss, ntk=ntk, **stem)
    optimizer = draw.choice(list(OPTIMIZERS))
    spec = training(
        optimizer=optimizer,
        learning_rate=1e-3 if optimizer in ("sgd", "momentum", "nesterov") else 1e-2,
        schedule=draw.choice(list(SCHEDULES)),
        batch_size=draw.choice((1, 9, 16, 32, None)),
        reduction=draw.choice(("mean", "mean", "sum")),
        l1=draw.choice((0.0, 0.01)),
        l2=draw.choice((0.0, 0.1)),
        weight_decay=draw.choice((0.0, 0.1)),
        clip_norm=draw.choice((None, 0.1, 5.0)),
        learning_rate_factors=draw.choice(({}, {"b": 0.1}, {"W1": 0.0}, {"b1": 0.0})),
        seed=int(draw.integers(0, 1000, 1)[0]),
    )
    return Problem(
        net,
        spec,
        n=draw.choice((1, 20, 45, 60)),
        weighted=draw.happens(50),
        soft=draw.happens(50),
        init=draw.choice((None, None, None, "data_driven")),
        validation=draw.choice(("", "", "set")),
    )
