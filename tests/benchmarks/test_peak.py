from dataclasses import replace

import pytest
from benchmarks.peak import Peak

from chainrule import _core


@pytest.mark.parametrize("threads", [1, 2])
def test_the_core_measures_rates(threads):
    assert _core.fma_peak(0.002, threads) > 1e7
    assert _core.stream_bandwidth(1 << 14, 0.002, threads) > 1e6


def test_a_line_travels_between_threads_in_a_time_above_zero():
    assert _core.core_round_trip(2) > 0
    with pytest.raises(ValueError, match="rounds must be positive"):
        _core.core_round_trip(0)


def test_no_rate_of_no_time_or_no_thread():
    with pytest.raises(ValueError, match="positive"):
        _core.fma_peak(0.0, 1)
    with pytest.raises(ValueError, match="positive"):
        _core.stream_bandwidth(1 << 14, 0.01, 0)


def test_share_and_drift():
    peak = Peak({1: 100e9, 2: 200e9}, 1.0, 1.0, 1.0)
    assert peak.share(1e6, 20.0, 1) == pytest.approx(0.5)
    assert "back" not in peak.line()
    assert "core to core and back 60 ns" in replace(peak, round_trip=60e-9).line()
    assert peak.drift_to(replace(peak, flops={1: 100e9, 2: 180e9})) == pytest.approx(0.1)
