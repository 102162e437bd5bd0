"""The renewal talk: begin early, show what was delivered, propose a package; then a review."""

from collections.abc import Iterable
from dataclasses import dataclass

from simkit.planning.renewal_terms import (
    NoSuchPartError,
    Offer,
    alternative_of,
    margin_of,
    parts_of,
    surplus_of,
)
from simkit.scenario.record import Text
from simkit.scenario.renewals import RenewalCard
from simkit.training.renewal_review import Review, review_of

CLOSE, FAR = 0.02, 0.06
"""Share of today's yearly value that an offer may lack to be called close, or far off."""
Move = tuple[str, str | Offer]
"""("show", id of what was delivered), ("propose", offer) or ("leave", "")."""


@dataclass(frozen=True, slots=True)
class RenewalTurn:
    """A month of the talk: what was done, what the buyer said, and why."""

    move: str
    what: str | Offer
    months_left: int
    """After the move."""
    reply: Text
    feedback: Text
    over: str
    """ "", or "renewed", "lost" (the contract has ended), "left"."""


class RenewalTalk:
    """A talk about renewing a contract; deterministic. Showing and proposing take a month each."""

    def __init__(self, card: RenewalCard, start: int) -> None:
        """Begin `start` months before the contract ends; raises ValueError outside of the card."""
        most = card.renewal.contract.months_left
        if not 1 <= start <= most:
            raise ValueError(f"begin 1 to {most} months ahead, not {start}")
        self.card, self.renewal, self.start = card, card.renewal, start
        self.months_left = start
        self.shown: tuple[str, ...] = ()
        self.turns: list[RenewalTurn] = []
        self.over = ""
        self.agreed: Offer | None = None

    @classmethod
    def replayed(cls, card: RenewalCard, start: int, moves: Iterable[Move]) -> "RenewalTalk":
        """Return the talk in which `moves` were made."""
        talk = cls(card, start)
        for name, what in moves:
            if isinstance(what, Offer):
                talk.propose(what)
            else:
                talk.show(what) if name == "show" else talk.leave()
        return talk

    @property
    def moves(self) -> tuple[Move, ...]:
        """The moves so far, as `replayed` takes them."""
        return tuple((turn.move, turn.what) for turn in self.turns)

    @property
    def margin(self) -> float:
        """What the agreed offer earns over its term; 0 without one."""
        return margin_of(self.renewal, self.agreed) if self.agreed else 0.0

    def show(self, name: str) -> RenewalTurn:
        """Show something that was delivered.

        Raises ValueError after the end or when it was shown, NoSuchPartError with an unknown id.
        """
        self._must_go_on()
        found = {one.id: one for one in self.renewal.delivered}
        if name not in found:
            raise NoSuchPartError("delivered value", name, list(found))
        if name in self.shown:
            raise ValueError(f"'{name}' was shown already")
        self.shown += (name,)
        return self._turn("show", name, found[name].reply, SHOWN)

    def propose(self, offer: Offer) -> RenewalTurn:
        """Propose a package: the buyer renews, or says no and lets a month pass.

        Raises ValueError after the end, with a price that the card does not allow or a part named
        twice, and NoSuchPartError with an unknown part.
        """
        self._must_go_on()
        choices = self.renewal.price_change.choices
        if offer.change not in choices:
            listed = ", ".join(f"{choice:+.0%}" for choice in choices)
            raise ValueError(f"the price may change by {listed}")
        if any(len({*names}) < len(names) for names in (offer.given, offer.returned)):
            raise ValueError("name each concession and each return once")
        unearned = parts_of(self.renewal, offer).unearned
        surplus = surplus_of(self.renewal, offer, self.shown, self.months_left)
        if surplus >= 0:
            self.agreed, self.over = offer, "renewed"
            return self._turn("propose", offer, YES, GAVE if unearned else AGREED)
        reply, why = self._refusal(-surplus)
        return self._turn("propose", offer, reply, GAVE if unearned else why)

    def leave(self) -> RenewalTurn:
        """Let the contract end, in good terms; raises ValueError after the end."""
        self._must_go_on()
        self.over = "left"
        return self._turn("leave", "", GOODBYE, LEFT)

    def review(self) -> Review:
        """Return what could have been reached, and what was left on the table."""
        return review_of(self.renewal, self.start, self.shown, self.agreed)

    def _must_go_on(self) -> None:
        if self.over:
            raise ValueError("the talk is over")

    def _refusal(self, lack: float) -> tuple[Text, Text]:
        """Return how far off an offer is in the buyer's words, and what stands in the way."""
        contract = self.renewal.contract
        share = lack / (contract.units * contract.price)
        reply = NEAR if share <= CLOSE else OFF if share > FAR else SOME_WAY
        if alternative_of(self.renewal, self.months_left) > self.renewal.limits.alternative:
            return reply, RIVAL
        hidden = len(self.shown) < len(self.renewal.delivered)
        return reply, UNSEEN if hidden else TOO_DEAR

    def _turn(self, move: str, what: str | Offer, reply: Text, feedback: Text) -> RenewalTurn:
        self.months_left -= move != "leave"
        if not self.over and self.months_left == 0:
            self.over, feedback = "lost", ENDED
        turn = RenewalTurn(move, what, self.months_left, reply, feedback, self.over)
        self.turns.append(turn)
        return turn


YES = Text(en="Good. We renew on these terms.", zh="行，就按这个条件续签。")
NEAR = Text(en="We are close. A little is missing.", zh="差不多了，还差一点。")
SOME_WAY = Text(en="Not like that. There is still some way to go.", zh="这样还不行，差得还有一截。")
OFF = Text(en="That is far from what I could agree to.", zh="这跟我能接受的差太远了。")
GOODBYE = Text(en="A pity. Thank you for being open about it.", zh="可惜了，谢谢您把话说明白。")
SHOWN = Text(
    en="What was delivered is now before the buyer's eyes, and counts in full.",
    zh="交付过的价值摆到了客户面前，分量才算足。",
)
AGREED = Text(
    en="The buyer is at least as well off with your package as with the best alternative.",
    zh="与手上最好的备选方案相比，客户选您的方案不吃亏。",
)
GAVE = Text(
    en="Something was given for nothing: it costs you, and the buyer takes it as a new start.",
    zh="白送了一项让步：您付出了成本，客户却把它当成新的起点。",
)
RIVAL = Text(
    en="So late, the buyer has asked for bids and holds another offer.",
    zh="拖到这时候，客户已经询过价，手上有别家的方案。",
)
UNSEEN = Text(
    en="The buyer does not see what the contract has brought; part of it was never shown.",
    zh="客户没看到这份合同带来了什么，有些成果从没拿出来讲过。",
)
TOO_DEAR = Text(
    en="All that was delivered has been seen; now price, step or version must come nearer.",
    zh="该展示的价值都展示了，接下来要在价格、阶梯或版本上靠近一步。",
)
ENDED = Text(
    en="The contract has ended without a renewal: there was no time left.",
    zh="时间用完，合同到期没有续上。",
)
LEFT = Text(
    en="You let the contract end rather than sign at any price.",
    zh="您宁可到期不续，也不签亏本的单子。",
)
