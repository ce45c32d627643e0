"""Names of provinces, the old 63 mapped on the 34 of 1/7/2025 (NQ 202/2025/QH15), to tell local procedures apart."""

from __future__ import annotations

_MERGED = {
    "An Giang": "Kiên Giang",
    "Bắc Ninh": "Bắc Giang",
    "Cà Mau": "Bạc Liêu",
    "Cần Thơ": "Hậu Giang, Sóc Trăng",
    "Cao Bằng": "",
    "Đắk Lắk": "Phú Yên",
    "Đà Nẵng": "Quảng Nam",
    "Điện Biên": "",
    "Đồng Nai": "Bình Phước",
    "Đồng Tháp": "Tiền Giang",
    "Gia Lai": "Bình Định",
    "Hải Phòng": "Hải Dương",
    "Hà Nội": "",
    "Hà Tĩnh": "",
    "Hồ Chí Minh": "Bình Dương, Bà Rịa - Vũng Tàu, TP.HCM",
    "Hưng Yên": "Thái Bình",
    "Khánh Hòa": "Ninh Thuận, Khánh Hoà",
    "Lai Châu": "",
    "Lâm Đồng": "Đắk Nông, Bình Thuận",
    "Lạng Sơn": "",
    "Lào Cai": "Yên Bái",
    "Nghệ An": "",
    "Ninh Bình": "Hà Nam, Nam Định",
    "Phú Thọ": "Vĩnh Phúc, Hòa Bình",
    "Quảng Ngãi": "Kon Tum",
    "Quảng Ninh": "",
    "Quảng Trị": "Quảng Bình",
    "Sơn La": "",
    "Tây Ninh": "Long An",
    "Thái Nguyên": "Bắc Kạn",
    "Thanh Hóa": "Thanh Hoá",
    "Huế": "Thừa Thiên Huế",
    "Tuyên Quang": "Hà Giang",
    "Vĩnh Long": "Bến Tre, Trà Vinh",
}

PLACES = {name: name for name in _MERGED} | {
    old: new for new, olds in _MERGED.items() for old in olds.split(", ") if old
}
