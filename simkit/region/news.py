"""What the manager is told: messages on shocks, on people, and on what found no money."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from operator import itemgetter

from simkit.region.events import Event
from simkit.scenario.record import Text
from simkit.scenario.records import Scenario
from simkit.scenario.shocks import Channel, Shock

REGION = Text(en="the whole region", zh="整个大区")


@dataclass(frozen=True, slots=True)
class Message:
    """Something the manager is told; `id` is "shock" or "shock:mail", "" for news of the week."""

    week: int
    text: Text
    id: str = ""
    channel: Channel = "report"
    sender: Text | None = None


def announcements(scenario: Scenario, week: int) -> Iterator[Message]:
    """Yield the messages on all shocks that have come before `week`, in the order they came.

    What was sent before week 0 is there on the first day.
    """
    found = []
    for shock in scenario.shocks:
        fill = filler(scenario, shock)
        if shock.known_week < week:
            text = fill(shock.brief)
            found.append((shock.known_week, 0, Message(shock.known_week, text, shock.id)))
        for number, mail in enumerate(shock.inbox, 1):
            sent = max(0, shock.start_week + mail.week)
            if sent < week or week == sent == 0:
                text, name = fill(mail.text), f"{shock.id}:{mail.id}"
                message = Message(sent, text, name, mail.channel, mail.sender)
                found.append((sent, number, message))
    yield from (message for *_, message in sorted(found, key=itemgetter(0, 1)))


def filler(scenario: Scenario, shock: Shock) -> Callable[[Text], Text]:
    """Return what fills in the blanks that the texts of a shock may have: {place}, {who} ..."""
    names = {place.id: place.name for place in scenario.territories}
    people = {rep.id: rep.name for rep in scenario.reps}
    people |= {customer.id: customer.name for customer in scenario.customers.named}
    struck = [effect.where for effect in shock.effects] + [h.where for h in shock.happenings]
    where = dict.fromkeys(place for place in struck if place in names)
    who = dict.fromkeys(each.who for each in shock.happenings if each.who)
    amount = next((each.amount for each in shock.happenings if each.amount), 0.0)

    def fill(text: Text) -> Text:
        filled = {}
        for lang, comma in (("en", " and "), ("zh", "、")):
            places = comma.join(names[str(place)].in_(lang) for place in where)
            known = [people[name].in_(lang) if name in people else name for name in who]
            blanks = {
                "place": places or REGION.in_(lang),
                "who": comma.join(known),
                "weeks": str(shock.weeks),
                "amount": f"{amount:,.0f}",
            }
            words = text.in_(lang)
            for blank, value in blanks.items():
                words = words.replace(f"{{{blank}}}", value)
            filled[lang] = words
        return Text(**filled)

    return fill


def unpaid(events: Iterable[Event], week: int) -> Iterator[Message]:
    """Return messages on the levers of `week` that found no money."""
    for event in events:
        if event[1] == "not_done":
            en = f"No money left for {event[7]} ({event[6]:,.0f}): it was not carried out."
            zh = f"预算不足，{event[7]}（{event[6]:,.0f}）未执行。"
            yield Message(week, Text(en=en, zh=zh))


NEWS = {
    "rep_left": Text(en="{rep} has left ({place}).", zh="{rep}离职（{place}）。"),
    "candidates": Text(
        en="There are candidates for the vacant post in {place}.",
        zh="{place}的空缺岗位有了候选人。",
    ),
    "rep_hired": Text(en="{rep} has started in {place}.", zh="{rep}已在{place}到岗。"),
}


def comings_and_goings(
    events: Iterable[Event], week: int, scenario: Scenario, names: dict[str, Text]
) -> Iterator[Message]:
    """Return messages on reps who left or began in `week`, and on candidates."""
    places = {territory.id: territory.name for territory in scenario.territories}
    for event in events:
        if event[1] in NEWS:
            said, place, name = NEWS[event[1]], places[event[2]], names.get(event[3])
            en = said.en.format(rep=name.en if name else event[3], place=place.en)
            zh = said.zh.format(rep=name.zh if name else event[3], place=place.zh)
            yield Message(week, Text(en=en, zh=zh))
