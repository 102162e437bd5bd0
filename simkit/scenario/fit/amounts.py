"""Amounts in whatever form an export writes them: signs of currency, thousands, decimals."""

import re
import unicodedata
from typing import NamedTuple

from simkit.scenario.order_file import MAX_AMOUNT

CURRENCIES = {
    "CNY": ("¥", "元", "rmb", "cny", "人民币"),
    "EUR": ("€", "eur"),
    "GBP": ("£", "gbp"),
    "USD": ("us$", "usd", "$"),
    "HKD": ("hk$", "hkd"),
    "JPY": ("jpy", "円"),
}
"""How a currency is written beside an amount; a ¥ is taken for yuan."""
_SIGNS = {sign: code for code, signs in CURRENCIES.items() for sign in signs}
SIGN = re.compile("|".join(re.escape(s) for s in sorted(_SIGNS, key=len, reverse=True)))
PLAIN = re.compile(r"-?[0-9]+(?:\.(?:[0-9]{1,2}|[0-9]{4,}))?")
"""The usual form, read without further thought."""
GAP = re.compile(r"(?<=[0-9])[ '’](?=[0-9]{3}(?:[^0-9]|$))")
POINT = re.compile(
    r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]*)?(?:e[+-]?[0-9]{1,3})?|\.[0-9]+"
)
COMMA = re.compile(r"(?:[0-9]{1,3}(?:\.[0-9]{3})+|[0-9]+)(?:,[0-9]*)?|,[0-9]+")
BAD = "amount '{}' is not a number; write it like 1234.50"


class Amount(NamedTuple):
    """An amount with a decimal point and with a decimal comma; None where it is not one."""

    point: float | None
    comma: float | None
    currency: str


def read_amount(text: str) -> Amount | str:
    """Return the money that `text` names, or what is wrong with it.

    A minus before or after it, or brackets around it, make it negative.
    """
    plain = unicodedata.normalize("NFKC", text).strip().lower()
    found = SIGN.search(plain)
    plain = SIGN.sub("", plain).replace("−", "-").strip()
    negative = plain.startswith("(") and plain.endswith(")")
    plain = plain.strip("()").strip() if negative else plain
    if plain[:1] in ("-", "+") or plain[-1:] == "-":
        negative ^= "-" in (plain[0], plain[-1])
        plain = plain.strip("+-").strip()
    plain, sign = GAP.sub("", plain), -1.0 if negative else 1.0
    point = sign * float(plain.replace(",", "")) if POINT.fullmatch(plain) else None
    comma = None
    if COMMA.fullmatch(plain):
        comma = sign * float(plain.replace(".", "").replace(",", "."))
    if point is None and comma is None:
        return BAD.format(text[:30])
    if max(abs(v) for v in (point, comma) if v is not None) > MAX_AMOUNT:
        return f"amount {text} is larger than {MAX_AMOUNT:g}; check its unit and the column"
    return Amount(point, comma, _SIGNS[found[0]] if found else "")
