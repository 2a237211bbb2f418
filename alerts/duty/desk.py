"""The desk that messages leave from: what the settings say about channels, contacts and links."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts.duty.channels import channels
from alerts.duty.links import LinkMaker, link_maker
from alerts.duty.roster import Member
from core.settings import Settings


@dataclass(frozen=True, slots=True)
class Desk:
    """`shared` names the channels that everyone reads."""

    shared: tuple[str, ...]
    links: LinkMaker
    settings: Settings


def open_desk(settings: Settings) -> Desk:
    return Desk(tuple(channels(settings)), link_maker(settings), settings)


def addresses(settings: Settings) -> dict[str, str]:
    """Every channel that a message may be for, shared or a person's, and its address."""
    return {**channels(settings), **settings.alerts.contacts}


def addressed(desk: Desk, people: Iterable[Member], *, shared: bool) -> list[tuple[str, str | None]]:
    """(Channel, whose it is or None) for each channel that reaches `people`, each once, and the shared ones where asked.

    People without a contact are reached by the shared channels alone, so these are then asked in any case.
    """
    members = list(people)
    common_addresses = set(desk.settings.alerts.notify)
    own = [
        (contact, member.username)
        for member in members
        for contact in member.contacts
        if desk.settings.alerts.contacts[contact] not in common_addresses
    ]
    reached = {person for _, person in own}
    common = desk.shared if shared or any(member.username not in reached for member in members) else ()
    found: dict[str, str | None] = dict.fromkeys(common)
    return list({**dict(own), **found}.items())
