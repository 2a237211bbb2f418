"""Authors are people: what is stored of them is a keyed hash and a masked name, never the account itself."""

from __future__ import annotations

import hashlib
import hmac


def author_hash(platform: str, account: str, key: bytes) -> str:
    """HMAC-SHA-256 of `platform:account` under the operator's `key`, 32 hex digits; empty for an unknown account.

    Keyed, because account numbers can be enumerated and a plain hash of one can be undone by trying them all.
    """
    if not account:
        return ""
    return hmac.new(key, f"{platform}:{account}".encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def masked_name(name: str) -> str:
    """The first character and stars: enough to tell two authors on one page apart, not to find a person.

    >>> masked_name("测试用户甲"), masked_name("王"), masked_name("")
    ('测***', '*', '')
    """
    name = name.strip()
    return name[0] + "***" if len(name) > 1 else "*" * len(name)
