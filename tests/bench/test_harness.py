"""The harness itself: no clock, no process, no network."""

import json
from contextlib import contextmanager

import pytest

from tests.bench.harness.contest import Contest, Missing, hold, turns
from tests.bench.harness.figures import FIGURES, UnknownFigure, chosen, exit_code
from tests.bench.harness.outcome import Outcome
from tests.bench.harness.page import between, chart, goodness
from tests.bench.harness.report import keep, verdict

ALL_AT_GATE = {key: figure.gate for key, figure in FIGURES.items()}


def contender(log, name, values, *, closes=None):
    """Opens a contender whose bursts show ``values`` one after the other; an exception among them is raised."""
    left = iter(values)

    def burst():
        log.append(name)
        value = next(left)
        if isinstance(value, Exception):
            raise value
        return {"per_second": value}

    @contextmanager
    def opened():
        try:
            yield {"calls": burst}
        finally:
            if closes is not None:
                closes.append(name)

    return opened


def quietly(_what):
    return None


def test_the_first_round_only_warms_up():
    contest = hold({"a": contender([], "a", [1.0, 10.0, 30.0, 20.0])}, ["calls"], rounds=3, told=quietly)
    assert contest.median("a", "calls", "per_second") == 20.0


def test_a_ratio_is_the_median_of_the_ratios_within_each_round():
    samples = {
        ("ours", "calls"): [{"x": 10.0}, {"x": 300.0}, {"x": 40.0}],
        ("stock", "calls"): [{"x": 5.0}, {"x": 100.0}, {"x": 4.0}],
    }
    contest = Contest(["ours", "stock"], samples)
    assert contest.ratio("ours", "stock", "calls", "x") == 3.0
    assert contest.median("ours", "calls", "x") / contest.median("stock", "calls", "x") == 8.0


def test_contenders_take_turns_and_none_always_follows_the_same_one():
    log = []
    openers = {name: contender(log, name, [1.0] * 9) for name in "abc"}
    hold(openers, ["calls"], rounds=5, told=quietly)
    rounds = ["".join(log[start : start + 3]) for start in range(0, 18, 3)]
    assert all(sorted(each) == ["a", "b", "c"] for each in rounds)
    assert rounds == ["".join(turns("abc", number)) for number in range(6)]
    assert len({each[0] for each in rounds}) == 3
    followers = {pair for each in rounds for pair in (each[:2], each[1:])}
    assert len(followers) == 6


def test_who_fails_drops_out_with_a_reason_and_the_others_go_on():
    log, closed = [], []
    openers = {
        "good": contender(log, "good", [1.0, 2.0, 2.0], closes=closed),
        "bad": contender(log, "bad", [1.0, ValueError("wrong answer")], closes=closed),
    }
    contest = hold(openers, ["calls"], rounds=2, told=quietly)
    assert contest.failures == {"bad": "ValueError: wrong answer"}
    assert contest.median("good", "calls", "per_second") == 2.0
    assert log.count("bad") == 2
    with pytest.raises(Missing):
        contest.ratio("good", "bad", "calls", "per_second")
    assert sorted(closed) == ["bad", "good"]


def test_who_cannot_even_start_has_failed():
    @contextmanager
    def refuses():
        raise OSError("no such command")
        yield

    contest = hold({"a": refuses}, ["calls"], rounds=1, told=quietly)
    assert contest.failures == {"a": "OSError: no such command"}
    outcome = Outcome()
    outcome.put("flow_vs_stock", lambda: contest.ratio("a", "a", "calls", "per_second"))
    outcome.take("flow", contest)
    assert (outcome.values, list(outcome.failures)) == ({}, ["flow · a"])


def test_everything_is_ended_when_somebody_presses_ctrl_c():
    closed = []
    openers = {
        "a": contender([], "a", [1.0] * 3, closes=closed),
        "b": contender([], "b", [KeyboardInterrupt()], closes=closed),
    }
    openers["b"] = _pressed(openers["b"], closed)
    with pytest.raises(KeyboardInterrupt):
        hold(openers, ["calls"], rounds=1, told=quietly)
    assert closed == ["b", "a"]


def _pressed(_opener, closed):
    def burst():
        raise KeyboardInterrupt

    @contextmanager
    def opened():
        try:
            yield {"calls": burst}
        finally:
            closed.append("b")

    return opened


@pytest.mark.parametrize(("key", "off"), [("rpc_16_vs_stock", -0.01), ("event_lag_p99_vs_stock", 0.01)])
def test_below_a_gate_the_run_ends_with_one(key, off):
    assert exit_code(FIGURES, ALL_AT_GATE, {}) == 0
    assert exit_code(FIGURES, {**ALL_AT_GATE, key: FIGURES[key].gate + off}, {}) == 1
    assert (
        exit_code([other for other in FIGURES if other != key], {**ALL_AT_GATE, key: 0.0 if off < 0 else 9.0}, {}) == 0
    )


def test_a_figure_that_is_missing_or_a_peer_that_failed_ends_with_one():
    without = {key: value for key, value in ALL_AT_GATE.items() if key != "flow_vs_stock"}
    assert exit_code(FIGURES, without, {}) == 1
    assert exit_code(FIGURES, ALL_AT_GATE, {"RPC · celery": "ended"}) == 1


def test_only_chooses_in_the_order_of_the_table_and_knows_what_there_is():
    assert chosen("") == list(FIGURES)
    assert chosen(" gateway_vs_flask, rpc_16_vs_stock,") == ["rpc_16_vs_stock", "gateway_vs_flask"]
    with pytest.raises(UnknownFigure, match="rpc_17"):
        chosen("rpc_17,gateway_vs_flask")


def test_every_figure_is_measured_by_one_measurement():
    from tests.bench.measurements import MEASUREMENTS

    measured = [key for keys in MEASUREMENTS for key in keys]
    assert sorted(measured) == sorted(FIGURES)


def test_an_aim_lies_beyond_its_gate():
    for figure in FIGURES.values():
        assert figure.passes(figure.aim), figure.key
        assert goodness(figure, figure.gate) == 1
        assert goodness(figure, figure.aim) > 1


def test_verdicts():
    lag = FIGURES["event_lag_p99_vs_stock"]
    assert [verdict(lag.key, value) for value in (None, 1.01, 1.0, 0.36, 0.35)] == ["✗", "✗", "✓", "✓", "★"]


def test_programs_read_key_and_number(tmp_path):
    keep(tmp_path / "build" / "bench.json", {"flow_vs_stock": 1.23456})
    assert json.loads((tmp_path / "build" / "bench.json").read_text()) == {"flow_vs_stock": 1.2346}


def test_the_page_changes_between_its_markers_only():
    page = "before\n<!-- bench:begin -->\nold \\1\n<!-- bench:end -->\nafter\n"
    assert between(page, "new \\g<0>") == "before\n<!-- bench:begin -->\nnew \\g<0>\n<!-- bench:end -->\nafter\n"
    with pytest.raises(ValueError, match="0 pairs"):
        between("nothing", "new")


def test_the_chart_shows_each_figure_and_marks_what_fails():
    drawn = chart({**ALL_AT_GATE, "flow_vs_stock": 0.75})
    assert drawn.count("#b02a37") == 2, "one bar, and the line of the gate"
    assert all(figure.label.en in drawn for figure in FIGURES.values())
