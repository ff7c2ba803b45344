"""The figures that count: what each compares, the gate it must pass, and the aim beyond it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from shared.text import Text


@dataclass(frozen=True)
class Figure:
    """A ratio, or a percentage. ``better`` says which way is good, and so on which side of ``gate`` it must lie."""

    key: str
    label: Text
    better: Literal["higher", "lower"]
    gate: float
    aim: float
    unit: str = "×"

    def passes(self, value: float) -> bool:
        return self._at_least(value, self.gate)

    def reaches(self, value: float) -> bool:
        return self._at_least(value, self.aim)

    def _at_least(self, value: float, wanted: float) -> bool:
        return value >= wanted if self.better == "higher" else value <= wanted

    def bound(self, value: float) -> str:
        """A gate or an aim, as people read it: "≥ 3.0"."""
        return f"{'≥' if self.better == 'higher' else '≤'} {value:g}"


def _figure(key: str, zh: str, en: str, better: Literal["higher", "lower"], gate: float, aim: float) -> Figure:
    return Figure(key, Text(zh, en), better, gate, aim, "%" if key.endswith("_cpu") and "idle" in key else "×")


FIGURES: Mapping[str, Figure] = {
    figure.key: figure
    for figure in (
        _figure(
            "rpc_16_vs_stock", "RPC，16 路并发，比原版 nameko", "RPC, 16 callers / stock nameko", "higher", 3.0, 4.5
        ),
        _figure("rpc_1_vs_stock", "RPC，单路，比原版 nameko", "RPC, one caller / stock nameko", "higher", 1.6, 2.3),
        _figure(
            "rpc_16_vs_faststream", "RPC，16 路并发，比 FastStream", "RPC, 16 callers / FastStream", "higher", 3.0, 6
        ),
        _figure("rpc_1_vs_floor", "RPC，单路，比裸 kombu", "RPC, one caller / kombu alone", "higher", 0.65, 0.87),
        _figure("rpc_16_vs_floor", "RPC，16 路并发，比裸 kombu", "RPC, 16 callers / kombu alone", "higher", 0.70, 1.0),
        _figure(
            "rpc_cpu_vs_stock", "每次调用的服务端 CPU，比原版", "server CPU a call / stock nameko", "lower", 0.50, 0.30
        ),
        _figure(
            "gateway_vs_flask",
            "网关回声，比不经总线的同一应用",
            "gateway echo / same Flask without RPC",
            "higher",
            0.60,
            0.9,
        ),
        _figure("flow_vs_stock", "全流程，比全套原版", "whole flow / all stock", "higher", 1.5, 3.2),
        _figure(
            "event_lag_p99_vs_stock",
            "负载下事件延迟 p99，比原版",
            "event lag p99 under load / stock",
            "lower",
            1.0,
            0.35,
        ),
        _figure(
            "events_vs_stock",
            "消费事件并入库，比原版最佳",
            "events consumed with an insert / best stock",
            "higher",
            2.0,
            3.0,
        ),
        _figure(
            "embedded_vs_memory",
            "嵌入总线，单路，比 memory://",
            "embedded bus, one caller / memory:// 1 ms",
            "higher",
            3.0,
            5.5,
        ),
        _figure("dues_aging_vs_sql", "会费账龄表，比同一 SQL", "aging of dues / the same SQL alone", "lower", 3.0, 1.5),
        _figure("embedded_idle_cpu", "嵌入进程空闲 CPU", "idle CPU of the embedded process", "lower", 3, 1),
    )
}


class UnknownFigure(ValueError):
    """A key that no figure has."""


def chosen(only: str) -> list[str]:
    """The keys in ``only`` ("key,key"), in the order of the table; all where it is empty."""
    wanted = {key.strip() for key in only.split(",") if key.strip()}
    unknown = sorted(wanted - FIGURES.keys())
    if unknown:
        raise UnknownFigure(f"{', '.join(unknown)} (there are: {', '.join(FIGURES)})")
    return [key for key in FIGURES if not wanted or key in wanted]


def exit_code(wanted: Iterable[str], values: Mapping[str, float], failures: Mapping[str, str]) -> int:
    """0 where each wanted figure is there and passes its gate and nothing failed, else 1."""
    good = all(key in values and FIGURES[key].passes(values[key]) for key in wanted)
    return 0 if good and not failures else 1
