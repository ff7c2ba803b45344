import io
import os
import subprocess
import sys
import textwrap
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
import typst
from pypdf import PageObject, PdfReader

from shared.documents.fonts import font_files
from shared.documents.pdf import Value, missing_glyphs, render
from shared.documents.qr import qr_svg
from shared.errors import Broken

CHINA = timezone(timedelta(hours=8))
MADE_AT = datetime(2023, 6, 1, 9, 30, tzinfo=CHINA)

CERTIFICATE = """
#import "@local/documents:1.0.0": data, qr, sans
#set page(paper: "a4", flipped: true)
#align(center, text(font: sans, size: 26pt)[职业技能等级证书])
姓名：#data.name
#for line in data.lines [
  #line
]
#if "qr" in data { qr(data.qr) }
"""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    path = tmp_path / "certificate.typ"
    path.write_text(CERTIFICATE, encoding="utf-8")
    return path


def make(template: Path, name: str = "赵进", made_at: datetime = MADE_AT, **more: Value) -> bytes:
    inputs: Mapping[str, Value] = {"name": name, "lines": [], **more}
    return render(template, inputs, title="证书", made_at=made_at)


def text_of(pdf: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def resources(page: PageObject) -> Any:
    return page["/Resources"].get_object()


def template(folder: Path, source: str) -> Path:
    path = folder / "template.typ"
    path.write_text(source, encoding="utf-8")
    return path


def test_chinese_text_can_be_selected_and_every_font_is_inside(certificate: Path) -> None:
    pdf = make(certificate, lines=["经考核合格", "准予发证"])

    text = text_of(pdf)
    assert "职业技能等级证书" in text
    assert "姓名：赵进" in text
    assert "经考核合格" in text
    fonts = [
        entry.get_object()["/DescendantFonts"][0].get_object()
        for page in PdfReader(io.BytesIO(pdf)).pages
        for entry in resources(page)["/Font"].values()
    ]
    assert {font["/BaseFont"].split("+")[1] for font in fonts} == {
        "NotoSerifCJKsc-Regular",
        "NotoSansCJKsc-Regular",
    }
    assert all("/FontFile3" in font["/FontDescriptor"] for font in fonts)
    assert len(pdf) < 100_000, "only the glyphs used are embedded"


def test_a_moment_between_two_seconds_is_the_second_that_began(certificate: Path) -> None:
    assert make(certificate, made_at=MADE_AT.replace(microsecond=999_999)) == make(certificate, made_at=MADE_AT)


def test_one_page_stays_one_page(certificate: Path) -> None:
    assert len(PdfReader(io.BytesIO(make(certificate))).pages) == 1


def test_a_reader_copies_exactly_what_was_written(tmp_path: Path) -> None:
    sentence = (
        "根据晋通行字〔2021〕4号文件，2023年6月1日起，全省5G基站、IDC机房等单位的考生（含补考）须于当日8:30前到场。" * 6
    )
    path = template(tmp_path, '#import "@local/documents:1.0.0": data\n#data.sentence')
    pdf = render(path, {"sentence": sentence}, title="x", made_at=MADE_AT)
    assert text_of(pdf).replace("\n", "") == sentence


def test_title_author_language_and_date_stand_in_the_file(certificate: Path) -> None:
    inputs: Mapping[str, Value] = {"name": "赵进", "lines": []}
    pdf = render(certificate, inputs, title="证书 S1", made_at=MADE_AT, author="某协会")

    reader = PdfReader(io.BytesIO(pdf))
    assert reader.metadata is not None
    assert reader.metadata.title == "证书 S1"
    assert reader.metadata.author == "某协会"
    assert reader.metadata.creation_date == MADE_AT
    assert str(reader.root_object["/Lang"]) == "zh-CN"


@pytest.mark.parametrize(
    "name",
    [
        '#panic("x")',
        "*a*_b_",
        "]",
        "[[",
        "$x^2$",
        "-- ---",
        '"quoted" it\'s',
        "// comment /* more */",
        "@label <label>",
        "`raw` \\ ~ \\u{41}",
        "= heading",
        "- item",
        "#sys.inputs.data",
        "https://example.org",
        '", "lines": "',
        "赵 进",
    ],
)
def test_a_value_is_printed_letter_by_letter_never_run(certificate: Path, name: str) -> None:
    assert f"姓名：{name}" in text_of(make(certificate, name))


def test_the_same_call_gives_the_same_bytes_in_another_process_too(certificate: Path) -> None:
    svg = qr_svg("https://example.org/c/1")
    here = make(certificate, qr=svg)
    make(certificate, "别人", qr=svg)
    assert make(certificate, qr=svg) == here

    program = f"""
    import sys
    from datetime import datetime, timedelta, timezone
    from shared.documents.pdf import render
    from shared.documents.qr import qr_svg
    made_at = datetime(2023, 6, 1, 9, 30, tzinfo=timezone(timedelta(hours=8)))
    inputs = {{"name": "赵进", "lines": [], "qr": qr_svg("https://example.org/c/1")}}
    sys.stdout.buffer.write(render({str(certificate)!r}, inputs, title="证书", made_at=made_at))
    """
    there = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(program)],
        capture_output=True,
        check=True,
        env={**os.environ, "TZ": "America/New_York", "PYTHONUTF8": "1"},
    )
    assert there.stdout == here


def test_another_date_or_value_gives_other_bytes(certificate: Path) -> None:
    pdf = make(certificate)
    assert make(certificate, made_at=MADE_AT + timedelta(seconds=1)) != pdf
    assert make(certificate, "赵迸") != pdf


def test_a_date_without_zone_is_refused(certificate: Path) -> None:
    with pytest.raises(ValueError, match="time zone"):
        make(certificate, made_at=datetime(2023, 6, 1))


def test_an_edited_template_is_seen_at_the_next_render(certificate: Path) -> None:
    make(certificate)
    certificate.write_text("已改版", encoding="utf-8")
    assert text_of(make(certificate)).strip() == "已改版"


def test_a_warm_template_takes_a_few_milliseconds(certificate: Path) -> None:
    svgs = [qr_svg(f"https://example.org/c/{number}") for number in range(30)]
    make(certificate, qr=svgs[0])
    times = []
    for number, svg in enumerate(svgs):
        started = time.perf_counter()
        make(certificate, f"考生{number}", qr=svg)
        times.append(time.perf_counter() - started)
    # 1.5 ms on an idle machine; a fresh compiler with its fonts would take 30 even at best.
    assert min(times) < 0.015


def test_threads_share_a_template(certificate: Path) -> None:
    names = [f"考生{number}" for number in range(24)]
    results: dict[str, bytes] = {}

    def work(part: list[str]) -> None:
        for name in part:
            results[name] = make(certificate, name)

    threads = [threading.Thread(target=work, args=(names[start::4],)) for start in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert all(results[name] == make(certificate, name) for name in names)


def test_one_compiler_is_kept_and_entered_by_one_thread_at_a_time(
    certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = inside = most = 0
    real_compiler = typst.Compiler

    class Watched:
        def __init__(self, **options: Any) -> None:
            nonlocal made
            made += 1
            self._compiler = real_compiler(**options)

        def compile_with_warnings(self, *arguments: Any, **options: Any) -> Any:
            nonlocal inside, most
            inside += 1
            most = max(most, inside)
            time.sleep(0.005)
            result = self._compiler.compile_with_warnings(*arguments, **options)
            inside -= 1
            return result

    monkeypatch.setattr(typst, "Compiler", Watched)
    threads = [threading.Thread(target=make, args=(certificate, f"考生{number}")) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (made, most) == (1, 1)


def test_green_threads_share_a_template_off_the_hub(certificate: Path) -> None:
    program = f"""
    import eventlet
    eventlet.monkey_patch()
    import io
    from datetime import datetime, timezone
    from pypdf import PageObject, PdfReader
    from shared.documents.pdf import render
    from shared.offload import off_hub
    now = datetime(2023, 6, 1, tzinfo=timezone.utc)
    def one(name):
        pdf = off_hub(render, {str(certificate)!r}, {{"name": name, "lines": []}}, title="证书", made_at=now)
        return name in PdfReader(io.BytesIO(pdf)).pages[0].extract_text()
    with eventlet.Timeout(30):
        pool = eventlet.GreenPool(16)
        print(all(pool.imap(one, [f"考生{{n}}" for n in range(48)])))
    """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(program)], capture_output=True, text=True, timeout=60)
    assert done.stdout.strip() == "True", done.stderr


@pytest.mark.parametrize(
    "source",
    [
        "#panic(sys.inputs.data)",
        "#let",
        '#text(font: "SimHei")[黑体]',
        '#text(font: "DejaVu Sans")[x]',
        '#read("/../secret.txt")',
        '#read("/etc/passwd")',
    ],
)
def test_a_template_at_fault_is_broken_and_shows_no_value(tmp_path: Path, source: str) -> None:
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    folder = tmp_path / "feature"
    folder.mkdir()
    with pytest.raises(Broken) as caught:
        render(template(folder, source), {"name": "私密"}, title="x", made_at=MADE_AT)
    assert caught.value.code == "template"
    assert "私密" not in caught.value.detail.zh + caught.value.detail.en


def test_a_package_from_the_network_is_refused_before_typst_asks_for_it(tmp_path: Path) -> None:
    (tmp_path / "drawing.typ").write_text('#import "@preview/cetz:0.3.0": canvas', encoding="utf-8")
    with pytest.raises(Broken) as caught:
        render(template(tmp_path, '#include "drawing.typ"'), {}, title="x", made_at=MADE_AT)
    assert "drawing.typ wants a package from the network" in caught.value.detail.en
    assert caught.value.__cause__ is None


def test_a_template_recovers_after_a_failure(tmp_path: Path) -> None:
    path = template(tmp_path, '#import "@local/documents:1.0.0": data\n#data.name')
    with pytest.raises(Broken):
        render(path, {}, title="x", made_at=MADE_AT)
    assert "赵进" in text_of(render(path, {"name": "赵进"}, title="x", made_at=MADE_AT))


def test_a_missing_template_is_broken(tmp_path: Path) -> None:
    with pytest.raises(Broken):
        render(tmp_path / "none.typ", {}, title="x", made_at=MADE_AT)


def test_a_template_reads_the_files_of_its_own_folder(tmp_path: Path) -> None:
    (tmp_path / "letterhead.typ").write_text("#let head = [红头]", encoding="utf-8")
    path = template(tmp_path, '#import "letterhead.typ": head\n#head')
    assert "红头" in text_of(render(str(path), {}, title="x", made_at=MADE_AT))


def test_a_sum_of_money_as_a_binary_fraction_does_not_slip_through_as_nan(certificate: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        make(certificate, amount=float("nan"))  # type: ignore[arg-type]


def test_rare_characters_print_or_are_named(certificate: Path) -> None:
    assert missing_glyphs("赵进 𬭎 喆 堃 䶮〔2021〕①—…￥\n\t") == set()
    assert missing_glyphs("张\U00020000三😀\x01") == {"\U00020000", "😀", "\x01"}
    assert missing_glyphs("") == set()
    assert missing_glyphs("用\ufe00\u200d") == set()
    only_in_sans, only_in_serif = "𠂆", "鿑"
    assert missing_glyphs(only_in_sans + only_in_serif) == set()
    assert f"𬭎{only_in_sans}{only_in_serif}" in text_of(make(certificate, f"𬭎{only_in_sans}{only_in_serif}"))
    assert "\U00020000" not in text_of(make(certificate, "\U00020000"))


def test_the_fonts_are_the_two_free_ones_and_matplotlib_stays_out() -> None:
    assert [file.name for file in font_files()] == ["NotoSerifCJKsc-Regular.otf", "NotoSansCJKsc-Regular.otf"]
    program = "import sys, shared.documents.pdf as p; p.missing_glyphs('赵'); print('matplotlib' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_today_in_a_template_is_the_date_of_making(tmp_path: Path) -> None:
    path = template(tmp_path, '#datetime.today(offset: 8).display("[year]-[month]-[day]")')
    assert "2023-06-01" in text_of(render(path, {}, title="x", made_at=MADE_AT))
