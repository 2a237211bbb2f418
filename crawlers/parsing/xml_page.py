"""XML as Chinese sites write it: parsed strictly, then with the usual faults repaired, then as far as it goes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html.entities import html5
from typing import Any

from lxml import etree

_DECLARATION = re.compile(r"^\s*<\?xml\b[^>]*\?>")
_CDATA = re.compile(r"(<!\[CDATA\[.*?\]\]>)", re.DOTALL)
_NOT_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_AMPERSAND = re.compile(r"&(?:(#\d{1,7}|#[xX][0-9a-fA-F]{1,6})|([a-zA-Z]\w{0,30}));|&")
_XML_ENTITIES = ("amp", "lt", "gt", "quot", "apos")


@dataclass(frozen=True, slots=True)
class XmlDocument:
    """A document's root; `damage` is what is wrong with it where it could be read only in part, else ""."""

    root: Any
    damage: str = ""


def xml_document(text: str, base_url: str) -> XmlDocument | None:
    """The document, with `base_url` as the address that xml:base builds on; None where no element can be read.

    Entities are not resolved and nothing is fetched: a feed must not read our files or blow up our memory.
    """
    text = _DECLARATION.sub("", text, count=1).strip()
    for version in (text, repaired(text)):
        try:
            return XmlDocument(_parsed(version, base_url, recover=False))
        except etree.XMLSyntaxError as error:
            damage = str(error)
    root = _as_far_as_it_goes(repaired(text), base_url)
    return None if root is None else XmlDocument(root, damage)


def repaired(text: str) -> str:
    """The text without characters that XML forbids, HTML's named entities written out, and bare ampersands escaped.

    >>> repaired("<a>\\x08x&nbsp;y?a=1&b=2&amp;<![CDATA[&nbsp;&]]></a>")
    '<a>x\\xa0y?a=1&amp;b=2&amp;<![CDATA[&nbsp;&]]></a>'
    """
    parts = _CDATA.split(_NOT_XML.sub("", text))
    return "".join(part if place % 2 else _AMPERSAND.sub(_entity, part) for place, part in enumerate(parts))


def _entity(found: re.Match[str]) -> str:
    number, name = found.groups()
    if number or name in _XML_ENTITIES:
        return found[0]
    if name and f"{name};" in html5:
        return html5[f"{name};"].replace("&", "&amp;").replace("<", "&lt;")
    return "&amp;" + found[0][1:]


def _as_far_as_it_goes(text: str, base_url: str) -> Any:
    try:
        return _parsed(text, base_url, recover=True)
    except etree.XMLSyntaxError:
        return None


def _parsed(text: str, base_url: str, *, recover: bool) -> Any:
    parser = etree.XMLParser(
        encoding="utf-8", recover=recover, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    return etree.fromstring(text.encode("utf-8", "replace"), parser, base_url=base_url)
