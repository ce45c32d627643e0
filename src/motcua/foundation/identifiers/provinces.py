"""Province codes inside personal identification numbers: where the birth was registered, mergers aside."""

from __future__ import annotations

BIRTH_PROVINCES = {
    "001": "Hà Nội", "002": "Hà Giang", "004": "Cao Bằng", "006": "Bắc Kạn", "008": "Tuyên Quang",
    "010": "Lào Cai", "011": "Điện Biên", "012": "Lai Châu", "014": "Sơn La", "015": "Yên Bái",
    "017": "Hòa Bình", "019": "Thái Nguyên", "020": "Lạng Sơn", "022": "Quảng Ninh", "024": "Bắc Giang",
    "025": "Phú Thọ", "026": "Vĩnh Phúc", "027": "Bắc Ninh", "030": "Hải Dương", "031": "Hải Phòng",
    "033": "Hưng Yên", "034": "Thái Bình", "035": "Hà Nam", "036": "Nam Định", "037": "Ninh Bình",
    "038": "Thanh Hóa", "040": "Nghệ An", "042": "Hà Tĩnh", "044": "Quảng Bình", "045": "Quảng Trị",
    "046": "Thừa Thiên Huế", "048": "Đà Nẵng", "049": "Quảng Nam", "051": "Quảng Ngãi", "052": "Bình Định",
    "054": "Phú Yên", "056": "Khánh Hòa", "058": "Ninh Thuận", "060": "Bình Thuận", "062": "Kon Tum",
    "064": "Gia Lai", "066": "Đắk Lắk", "067": "Đắk Nông", "068": "Lâm Đồng", "070": "Bình Phước",
    "072": "Tây Ninh", "074": "Bình Dương", "075": "Đồng Nai", "077": "Bà Rịa - Vũng Tàu",
    "079": "Thành phố Hồ Chí Minh", "080": "Long An", "082": "Tiền Giang", "083": "Bến Tre", "084": "Trà Vinh",
    "086": "Vĩnh Long", "087": "Đồng Tháp", "089": "An Giang", "091": "Kiên Giang", "092": "Cần Thơ",
    "093": "Hậu Giang", "094": "Sóc Trăng", "095": "Bạc Liêu", "096": "Cà Mau",
}  # fmt: skip

# Births registered abroad carry a country's code instead (NĐ 137/2015 Đ13); the list is three digits from 101 on.
COUNTRIES = frozenset(str(code) for code in range(101, 400))

# Level-1 identifiers of provinces (QĐ 20/2020), alphabetical as they were given out; after the mergers of 2025 the
# surviving province keeps its own and the others are history that old dossiers still carry.
AGENCY_PROVINCES = {
    "H01": "An Giang", "H02": "Bắc Giang", "H03": "Bắc Kạn", "H04": "Bạc Liêu", "H05": "Bắc Ninh",
    "H06": "Bà Rịa - Vũng Tàu", "H07": "Bến Tre", "H08": "Bình Định", "H09": "Bình Dương",
    "H10": "Bình Phước", "H11": "Bình Thuận", "H12": "Cà Mau", "H13": "Cần Thơ", "H14": "Cao Bằng",
    "H15": "Đắk Lắk", "H16": "Đắk Nông", "H17": "Đà Nẵng", "H18": "Điện Biên", "H19": "Đồng Nai",
    "H20": "Đồng Tháp", "H21": "Gia Lai", "H22": "Hà Giang", "H23": "Hải Dương", "H24": "Hải Phòng",
    "H25": "Hà Nam", "H26": "Hà Nội", "H27": "Hà Tĩnh", "H28": "Hòa Bình", "H29": "Hồ Chí Minh",
    "H30": "Hậu Giang", "H31": "Hưng Yên", "H32": "Khánh Hòa", "H33": "Kiên Giang", "H34": "Kon Tum",
    "H35": "Lai Châu", "H36": "Lâm Đồng", "H37": "Lạng Sơn", "H38": "Lào Cai", "H39": "Long An",
    "H40": "Nam Định", "H41": "Nghệ An", "H42": "Ninh Bình", "H43": "Ninh Thuận", "H44": "Phú Thọ",
    "H45": "Phú Yên", "H46": "Quảng Bình", "H47": "Quảng Nam", "H48": "Quảng Ngãi", "H49": "Quảng Ninh",
    "H50": "Quảng Trị", "H51": "Sóc Trăng", "H52": "Sơn La", "H53": "Tây Ninh", "H54": "Thái Bình",
    "H55": "Thái Nguyên", "H56": "Thanh Hóa", "H57": "Huế", "H58": "Tiền Giang", "H59": "Trà Vinh",
    "H60": "Tuyên Quang", "H61": "Vĩnh Long", "H62": "Vĩnh Phúc", "H63": "Yên Bái",
}  # fmt: skip
