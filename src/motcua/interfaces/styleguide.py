"""Every component of the house on one page, in both themes; served only in debug and demo mode."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from motcua.foundation import clock
from motcua.interfaces.context import THEMES, Site
from motcua.interfaces.templatetags._icons import ICONS
from motcua.interfaces.templatetags._status import STATUSES

TONES = ("info", "wait", "late", "done")


class SampleForm(forms.Form):
    """One field of each kind."""

    full_name = forms.CharField(label="Họ và tên", help_text="Như trên thẻ căn cước.")
    identity_number = forms.CharField(label="Số định danh cá nhân", help_text="12 chữ số", initial="04619500123")
    birthday = forms.DateField(label="Ngày sinh", required=False, help_text="Ví dụ 27/11/1995")
    kind = forms.ChoiceField(
        label="Bạn nộp cho ai?",
        choices=[("self", "Cho tôi"), ("child", "Cho con tôi"), ("other", "Cho người đã ủy quyền")],
        widget=forms.RadioSelect,
        initial="child",
    )
    mandate = forms.CharField(label="Số văn bản ủy quyền", required=False)
    ward = forms.ChoiceField(label="Phường, xã", choices=[("1", "Phường Thuận Hóa"), ("2", "Phường Phú Xuân")])
    channels = forms.MultipleChoiceField(
        label="Báo cho tôi bằng",
        choices=[("app", "Hộp thư trên cổng"), ("mail", "Thư điện tử")],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    reason = forms.CharField(label="Lý do", widget=forms.Textarea(attrs={"rows": 3}), required=False)
    truth = forms.BooleanField(label="Tôi cam đoan những điều khai trên là đúng.")

    def clean_identity_number(self) -> str:
        value = str(self.cleaned_data["identity_number"])
        if len(value) != 12:
            raise forms.ValidationError(f"Số định danh cá nhân có 12 chữ số; bạn đã nhập {len(value)}.")
        return value


def _rows() -> list[dict[str, Any]]:
    now = clock.now()
    return [
        {
            "code": f"H57.10.25-261122-{number:04}",
            "procedure": procedure,
            "person": person,
            "step": step,
            "status": status,
            "due": now + timedelta(hours=hours),
        }
        for number, procedure, person, step, status, hours in [
            (107, "Cấp giấy phép xây dựng nhà ở riêng lẻ", "Công ty TNHH Sông Hương", "Chờ ký", 4, -26),
            (42, "Đăng ký khai sinh", "Trần Thị Bình", "Tiếp nhận", 1, 3),
            (39, "Cấp giấy xác nhận tình trạng hôn nhân", "Lê Văn Cường", "Thẩm định", 4, 26),
            (38, "Đăng ký thành lập hộ kinh doanh", "Nguyễn Phúc Bảo Anh", "Chờ bổ sung", 5, 80),
            (21, "Chứng thực bản sao từ bản chính", "Hồ Thị Ngọc", "Trả kết quả", 9, 200),
        ]
    ]


def _desk() -> dict[str, Any]:
    view, place = SimpleNamespace, SimpleNamespace
    return {
        "desk_views": [
            view(label="Chờ tiếp nhận", url="?on=desk", count=12, tone="", current=True),
            view(label="Hạn hôm nay", url="?on=desk", count=4, tone="soon", current=False),
            view(label="Quá hạn", url="?on=desk", count=1, tone="late", current=False),
            view(label="Chờ bổ sung", url="?on=desk", count=7, tone="", current=False),
            view(label="Của tôi", url="?on=desk", count=23, tone="", current=False),
        ],
        "desk_places": [
            place(label="Tiếp nhận tại quầy", url="?on=desk", icon="plus", key="n", current=False),
            place(label="Chờ ký", url="?on=desk", icon="sign", key="s", current=False),
            place(label="Danh mục thủ tục", url="?on=desk", icon="list", key="c", current=False),
        ],
        "desk_posts": [
            SimpleNamespace(id="1", unit_name="Phường Thuận Hóa", role_name="Cán bộ tiếp nhận", current=True),
        ],
    }


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The style guide. ``?on=desk`` shows it with the desk's type and density, ``&theme=dark`` in the dark."""
    desk = request.GET.get("on") == "desk"
    theme = request.GET.get("theme", "light")
    now = clock.now()
    bound = SampleForm({"full_name": "", "identity_number": "04619500123", "kind": "child", "ward": "1"})
    context: dict[str, Any] = {
        "base_template": "desk/base.html" if desk else "portal/base.html",
        "desk": desk,
        "site": Site(theme=theme if theme in THEMES else "light"),
        "form": SampleForm(),
        "bound_form": bound,
        "filter_form": SampleForm(prefix="filter"),
        "statuses": sorted(STATUSES),
        "tones": TONES,
        "icons": sorted(ICONS),
        "now": now,
        "in_five_days": now + timedelta(days=5),
        "tomorrow": now + timedelta(days=1),
        "in_hours": now + timedelta(hours=3),
        "two_hours_ago": now - timedelta(hours=2),
        "two_days_ago": now - timedelta(days=2),
        "rows": _rows(),
        "nav": "home",
        **(_desk() if desk else {}),
    }
    return render(request, "styleguide/page.html", context)
