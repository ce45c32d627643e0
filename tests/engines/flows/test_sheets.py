"""Flows from the spreadsheets of provinces: heads as they word them, merged and blank cells, refused rows; and back."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from motcua.engines.flows import cells
from motcua.engines.flows.rules import Definition, parse
from motcua.engines.flows.sheet_files import Written, sheets_in, to_xlsx
from motcua.engines.flows.sheets import Names, Reading, Sheet, read_sheets
from motcua.engines.flows.wording import hours_in, selector_in, stage_in
from motcua.foundation.errors import Invalid, TooLarge
from motcua.foundation.messages import Text
from motcua.foundation.text import clean_line
from tests.engines.flows.strategies import flows


def _unit(words: str) -> str | Text:
    known = {"Phòng Tư pháp": "within:01", "Sở Tư pháp": "code:H57.10"}
    named = words if words.startswith(("code:", "within:", "field:")) else None
    return selector_in(words) or known.get(words) or named or Text("No unit is called “%(name)s”.", {"name": words})


def _role(words: str, stage: str) -> str | Text:
    return {"Chuyên viên": "specialist", "specialist": "specialist", "Văn thư": ""}.get(
        words, Text("No role is called “%(name)s”.", {"name": words})
    )


HERE = Names(_unit, _role)
HEADS = ["STT", "Mã số TTHC (*)", "Bước thực hiện", "Đơn vị", "Vai trò", "Thời gian\n(giờ)", "Hành động"]
ROWS: list[list[Any]] = [
    ["Phụ lục II. QUY TRÌNH NỘI BỘ"],
    [],
    HEADS,
    ["I", None, None, "Lĩnh vực Hộ tịch", None, None, None],
    [1, 1.00001, "Tiếp nhận hồ sơ", "Bộ phận Một cửa", None, 2, "Tiếp nhận"],
    [2, None, "Thẩm định hồ sơ", "Phòng Tư pháp", "Chuyên viên", "1 ngày 4 giờ", "Thẩm định; Yêu cầu bổ sung"],
    [3, None, "Soạn dự thảo, trình lãnh đạo ký", None, None, 4.0, None],
    [4, None, "Phê duyệt", "Cơ quan có thẩm quyền", None, 8, "Ký duyệt"],
    [5, None, "Đóng dấu, vào sổ", None, "Văn thư", "0,5 ngày", None],
    [6, None, "Trả kết quả cho công dân", "Bộ phận Một cửa", None, "Giờ hành chính", None],
    [None, None, "Tổng cộng", None, None, 30, None],
    [1, "1.000656; 2.000815", "Xử lý", "Sở Tư pháp", None, None, None],
    [2, None, "Lãnh đạo Sở ký", None, None, 8, None],
    [1, "1.000999", "Xử lý", "Sở Không Có", None, "nhiều", None],
    [2, "1.000999", "Ký", None, "Vua", 8, None],
]


def book(rows: list[list[Any]], merge: tuple[str, ...] = ()) -> bytes:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.title = "Hộ tịch"
    for row in rows:
        sheet.append(row)
    for together in merge:
        sheet.merge_cells(together)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def read(data: bytes) -> Reading:
    return read_sheets(sheets_in(data), HERE)


def test_a_sheet_as_a_province_writes_it() -> None:
    reading = read(book(ROWS))
    first, second, third = reading.flows
    assert first.rules == [{"procedure_code": "1.000010", "field": "", "level": ""}]  # the cell said 1.00001
    told = [(step.name, step.stage, step.unit, step.hours, step.role) for step in first.steps]
    assert told == [
        ("Thẩm định hồ sơ", "process", "within:01", 12, "specialist"),
        ("Soạn dự thảo, trình lãnh đạo ký", "process", "within:01", 4, ""),
        ("Phê duyệt", "sign", "competent", 8, ""),
        ("Đóng dấu, vào sổ", "process", "competent", 4, ""),
        ("Trả kết quả cho công dân", "return", "received_at", None, ""),
    ]
    assert first.steps[0].actions == ("supplement",)
    assert first.definition.problems() == []
    assert [rule["procedure_code"] for rule in second.rules] == ["1.000656", "2.000815"]
    assert [step.stage for step in second.steps] == ["process", "sign", "return"]  # the return was added
    assert third.refused
    refused = [(remark.row, str(remark.text)) for remark in reading.refused]
    assert [row for row, _ in refused] == [14, 14, 15]
    assert "Sở Không Có" in refused[0][1]
    assert "no time" in refused[1][1]
    assert "Vua" in refused[2][1]
    notes = [remark.row for remark in reading.notes]
    assert 5 in notes  # receiving comes before the flow
    assert 9 in notes  # the clerk's role may not process


def test_merged_cells_hold_for_the_rows_below_but_hours_count_once() -> None:
    rows = [
        ["Mã TTHC", "Nội dung công việc", "Đơn vị", "Chức danh", "Số giờ"],
        ["1.000123", "Kiểm tra", "Sở Tư pháp", "Chuyên viên", 8],
        [None, "Xác minh", None, None, None],
        [None, "Ký", "Cơ quan có thẩm quyền", None, 4],
    ]
    flow = read(book(rows, ("A2:A4", "C2:C3", "D2:D3", "E2:E3"))).flows[0]
    assert [(step.unit, step.role, step.hours) for step in flow.steps[:2]] == [
        ("code:H57.10", "specialist", 8),
        ("code:H57.10", "specialist", None),
    ]


def test_forks_joins_and_choices_are_written_by_row_number() -> None:
    rows = [
        ["Mã TTHC", "Bước", "Bước tiếp theo", "Chọn một", "Chờ tất cả", "Thời gian (ngày)"],
        ["1.000123", "Phân công", "2, 3", None, None, 1],
        [None, "Hỏi Sở", "4", None, None, None],
        [None, "Hỏi xã", "4", None, None, None],
        [None, "Tổng hợp ý kiến", None, None, "x", None],
        [None, "Ký", None, None, None, 2],
    ]
    reading = read(book(rows))
    assert reading.refused == []
    steps = reading.flows[0].steps
    assert [step.next for step in steps[:3]] == [("buoc-2", "buoc-3"), ("buoc-4",), ("buoc-4",)]
    assert steps[3].join
    assert (steps[0].hours, steps[4].hours) == (8, 16)


def test_the_same_procedure_twice_is_refused_the_second_time() -> None:
    rows = [["Mã TTHC", "Bước"], ["1.000123", "Ký"], ["1.000124", "Ký"], ["1.000123", "Ký"]]
    reading = read(book(rows))
    assert [flow.refused for flow in reading.flows] == [False, False, True]
    assert "1.000123" in str(reading.refused[0].text)


CONTENT = """<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" office:version="1.2"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">
<office:body><office:spreadsheet><table:table table:name="QT">%s</table:table></office:spreadsheet></office:body>
</office:document-content>"""


def ods(rows: list[list[str]]) -> bytes:
    cells = "".join(
        "<table:table-row>"
        + "".join(
            f'<table:table-cell office:value-type="string"><text:p>{cell}</text:p></table:table-cell>' for cell in row
        )
        + "</table:table-row>"
        for row in rows
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", CONTENT % cells)
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
    return out.getvalue()


def test_opendocument_is_read_alike() -> None:
    reading = read(ods([["Mã TTHC", "Bước", "Thời gian"], ["1.000123", "Thẩm định", "2 ngày"], ["", "Ký duyệt", "4h"]]))
    assert reading.refused == []
    assert [(step.stage, step.hours) for step in reading.flows[0].steps[:2]] == [("process", 16), ("sign", 4)]


@given(flows())
@settings(max_examples=25)
def test_out_and_in_again_is_the_same(flow: Definition) -> None:
    flow = parse([{**row, **{k: clean_line(row[k]) or "-" for k in ("name", "name_en", "system") if k in row}}
                  for row in flow.as_data()])  # fmt: skip
    rules = [
        {"procedure_code": "1.000010", "field": "", "level": ""},
        {"procedure_code": "", "field": "Hộ tịch, chứng thực; khác", "level": "COMMUNE"},
        {"procedure_code": "", "field": "", "level": "PROVINCE"},
    ]
    stored = cells.read(to_xlsx([Written("quy-trinh", "=1+1", rules, flow)]))["sheets"]  # without a process each time
    reading = read_sheets([Sheet(one["name"], one["rows"], one["merged"]) for one in stored], HERE)
    assert reading.refused == []
    assert reading.notes == []
    assert (reading.flows[0].key, reading.flows[0].name) == ("quy-trinh", "=1+1")
    assert reading.flows[0].rules == rules
    assert reading.flows[0].definition == flow


@pytest.mark.parametrize("data", [b"", b"x", b"PK\x03\x04", b"%PDF-1.7", b"\0" * 100])
def test_what_is_no_spreadsheet_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        sheets_in(data)


def test_a_cell_far_outside_does_not_cost_the_server_its_memory() -> None:
    workbook = Workbook()
    sheet = workbook.active
    assert sheet is not None
    sheet.append(HEADS)
    sheet["XFD1048576"] = "x"
    out = io.BytesIO()
    workbook.save(out)
    with pytest.raises(TooLarge):
        sheets_in(out.getvalue())


def test_merged_cells_beyond_the_table_are_cut() -> None:
    (sheet,) = sheets_in(book([["Mã TTHC", "Bước"], ["1.000123", "Xử lý"]], ("A2:A99", "B2:B9")))
    assert sheet.merged == [(1, 0, 1, 0), (1, 1, 1, 1)]


def test_formulas_without_a_result_are_refused_at_their_rows() -> None:
    heads = ["Mã TTHC", "Bước thực hiện", "Số giờ"]
    reading = read(book([heads, ["1.000123", "Xử lý", "=1/0"], ["=A2", "Ký duyệt", 3]]))
    assert [(one.row, one.text.params) for one in reading.refused][:2] == [(2, {"text": "=1/0"}), (3, {"code": "=A2"})]


@given(
    st.lists(st.lists(st.one_of(st.none(), st.text(max_size=8), st.floats(), st.booleans()), max_size=8), max_size=8)
)
def test_whatever_the_cells_hold_nothing_worse_than_a_refusal_comes(rows: list[list[Any]]) -> None:
    heads = ["Mã TTHC", "Bước", "Đơn vị", "Vai trò", "Thời gian", "Hành động", "Bước tiếp theo", "Khóa bước"]
    for flow in read_sheets([Sheet("x", [heads, *rows])], HERE).flows:
        assert flow.refused or flow.definition.problems() == []


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        ("16", 16), ("8 giờ", 8), ("2 ngày", 16), ("0,5 ngày", 4), ("1/2 ngày", 4), ("½ ngày", 4), ("30 phút", 1),
        ("1 ngày làm việc", 8), ("PT16H", 16), ("P2D", 16), ("1 ngày 4 giờ", 12),
        ("sớm", None), ("", None), ("-3", None),
    ],
)  # fmt: skip
def test_times_are_read_as_people_write_them(text: str, hours: int | None) -> None:
    assert hours_in(text) == hours


@pytest.mark.parametrize(
    ("words", "stage"),
    [
        ("Tiếp nhận hồ sơ", "intake"), ("Trả kết quả", "return"), ("Lãnh đạo phê duyệt", "sign"),
        ("Trình lãnh đạo ký", "process"), ("Thẩm định", None), ("KÝ DUYỆT", "sign"), ("Xử lý", "process"),
    ],
)  # fmt: skip
def test_the_kind_of_work_is_recognised(words: str, stage: str | None) -> None:
    assert stage_in(words) == stage
