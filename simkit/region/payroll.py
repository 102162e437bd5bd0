"""M5: quotas, what reps sell and are paid, and how hard they work for it."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from simkit.region.incentive import Outlook, bonus_incentive, effort, sales_incentive
from simkit.region.response import saturating, season
from simkit.region.state import Customer, Rep, World
from simkit.scenario.people_blocks import PayPlan

QUARTER, YEAR = 13, 52
LEARNING = 1 / 26
"""Weight of the last week in what a rep expects of the next ones (assumption)."""
RATCHET_LIMITS = (0.5, 2.0)


@dataclass(slots=True)
class Tally:
    """Sales and quota of a rep since the beginning of a quarter or year, and the weeks worked."""

    sold: float = 0.0
    quota: float = 0.0
    weeks: int = 0

    def add(self, sold: float, quota: float) -> None:
        """Count a week."""
        self.sold, self.quota, self.weeks = self.sold + sold, self.quota + quota, self.weeks + 1


@dataclass(slots=True)
class Book:
    """What is written down about a rep's sales; money per week unless it says otherwise."""

    base: float
    """Expected routine sales of the accounts the rep had on the first day of the quarter."""
    mean: float
    """What the rep expects to sell in a week, without the season."""
    variance: float
    quota: float = 0.0
    """Of this week."""
    ratchet: float = 1.0
    """Factor on the quota from what was sold before."""
    missed: float = 0.5
    """Share of quotas missed lately."""


class Payroll:
    """Sets quotas, lets reps choose their effort, counts sales and pays."""

    def __init__(self, world: World, reps: Iterable[Rep]) -> None:
        self.world = world
        scenario = world.scenario
        self.settings, self.pay = scenario.effort, scenario.pay
        market = scenario.market
        share = market.season_share if market.on else 0.0
        self._season = [season(float(w), share, market.season_peak_week) for w in range(YEAR)]
        self._seasons_left: dict[int, float] = {}
        """Sum of the season's factors until quarter and year end; the same for all reps."""
        self.books: dict[str, Book] = {}
        self._quarters: dict[str, Tally] = {}
        self._years: dict[str, Tally] = {}
        for rep in reps:
            self.welcome(rep)

    # Who is on the list

    def welcome(self, rep: Rep) -> None:
        """Open the books of a rep who begins, with what his or her accounts let expect."""
        base, variance = self._accounts_of(rep)
        self.books[rep.id] = Book(base, base, variance)
        self._quarters[rep.id], self._years[rep.id] = Tally(), Tally()

    def farewell(self, rep: Rep) -> None:
        """Pay what a rep who leaves has earned; bonuses are lost."""
        quarter = self._quarters[rep.id]
        quarter.sold += self.world.sales.pop(rep.id, 0.0)
        parts = self.plan_of(rep).quarter_parts(quarter.sold, quarter.quota)
        self._pay(rep, "commission", parts["commission"], self.world.env.now)
        for books in (self.books, self._quarters, self._years):
            del books[rep.id]

    def plan_of(self, rep: Rep) -> PayPlan:
        """Return the pay plan that holds for a rep this week."""
        decision = self.world.decision
        new = rep.tenure_weeks < self.pay.new_weeks
        return decision.pay_plan_new if new and decision.pay_plan_new else decision.pay_plan

    def next_quarter(self, rep: Rep) -> float:
        """Return what a rep expects to sell in the 13 weeks after this one, in money."""
        week = self.world.week + 1
        seasons = (self._season[(week + i) % YEAR] for i in range(QUARTER))
        return self.books[rep.id].mean * math.fsum(seasons)

    def whole_quarter(self, rep: Rep, given: float) -> float:
        """Return the quota of the quarter when `given` is the lever from this week on, in money.

        The weeks before keep the quota that they had.
        """
        if self.world.week % QUARTER == 0:
            return given
        left = self._seasons(QUARTER) / self._seasons(QUARTER, whole=True)
        return self._quarters[rep.id].quota + given * left

    def _accounts_of(self, rep: Rep) -> tuple[float, float]:
        """Expected weekly routine sales of a rep's accounts, and their variance.

        A compound Poisson stream: the variance is the rate times the mean squared order value.
        """
        mine = [self.world.customers[p] for queue in rep.accounts.values() for p in queue]
        sales = math.fsum(c.orders_per_week * c.order_value for c in mine)
        return sales, math.fsum(_lumps(c) for c in mine)

    # The week

    def week(self) -> None:
        """Set the quotas of the week, pay salaries, let every rep choose an effort."""
        world = self.world
        if world.week % QUARTER == 0:
            self._new_quarter()
        self._seasons_left = {period: self._seasons(period) for period in (QUARTER, YEAR)}
        leader = self._best_outlook() if world.decision.pay_plan.contest_prize else 0.0
        overhead, settings = world.scenario.costs.rep_per_year / YEAR, self.settings
        recognition = settings.recognition_gain * saturating(
            world.decision.recognition_hours, settings.recognition_half_hours
        )
        for rep in world.reps.values():
            book, plan = self.books[rep.id], self.plan_of(rep)
            book.quota = self._weekly_quota(rep, book, plan)
            world.say("quota", rep.territory, rep.id, amount=book.quota)
            world.say("cost", rep.territory, rep.id, amount=overhead, detail="rep")
            self._pay(rep, "salary", plan.salary_per_year / YEAR, world.env.now)
            if settings.on:
                self._choose_effort(rep, book, plan, leader, recognition)

    def _new_quarter(self) -> None:
        for rep in self.world.reps.values():
            self.books[rep.id].base, _ = self._accounts_of(rep)
            self._quarters[rep.id] = Tally()
            if self.world.week % YEAR == 0:
                self._years[rep.id] = Tally()

    def _weekly_quota(self, rep: Rep, book: Book, plan: PayPlan) -> float:
        week = self.world.week
        given = self.world.decision.quota.get(rep.id)
        changed = self.world.conditions.of("quota", rep.territory)
        if given is not None:
            return changed * given * self._season[week % YEAR] / self._seasons(QUARTER, whole=True)
        factor = self.world.scenario.quotas.factor * plan.quota_share * book.ratchet
        return changed * factor * book.base * self._season[week % YEAR]

    def _seasons(self, period: int, whole: bool = False) -> float:
        """Sum of the season's factors from this week, or the first, to the end of the period."""
        week = self.world.week % YEAR
        first = week - week % period
        return math.fsum(self._season[first if whole else week : first + period])

    def _outlook(self, tally: Tally, book: Book, period: int) -> Outlook:
        left = period - self.world.week % period
        seasons = self._seasons_left[period]
        rest = book.quota * seasons / self._season[self.world.week % YEAR]
        spread = math.sqrt(max(book.variance, 1e-6) * left)
        return Outlook(tally.sold, tally.quota + rest, book.mean * seasons, spread, left)

    def _best_outlook(self) -> float:
        """The highest attainment of the quarter that any rep can expect."""
        outlooks = [self._outlook(self._quarters[n], self.books[n], QUARTER) for n in self.books]
        return max(((o.sold + o.expected) / o.quota for o in outlooks if o.quota > 0), default=0.0)

    def _choose_effort(
        self, rep: Rep, book: Book, plan: PayPlan, leader: float, recognition: float
    ) -> None:
        settings, bias = self.settings, self.settings.present_bias
        tally = self._quarters[rep.id]
        quarter = self._outlook(tally, book, QUARTER)
        now = sales_incentive(plan, quarter, bias)
        # Who began on the way works for the part of a bonus that will be paid.
        worked = (tally.weeks + quarter.weeks_left) / QUARTER
        bonus = bonus_incentive(plan.quarter_bonus * worked, quarter, bias)
        if plan.annual_bonus:
            tally = self._years[rep.id]
            year = self._outlook(tally, book, YEAR)
            worked = (tally.weeks + year.weeks_left) / YEAR
            bonus += bonus_incentive(plan.annual_bonus * worked, year, bias)
        if plan.contest_prize and quarter.quota > 0:
            ahead = Outlook(
                quarter.sold,
                leader * quarter.quota,
                quarter.expected,
                quarter.spread * math.sqrt(2.0),  # the leader's result is as uncertain
                quarter.weeks_left,
            )
            bonus += bonus_incentive(plan.contest_prize, ahead, bias)
        unit = settings.reference_pay_share
        rep.pressure = bonus / unit
        wanted = effort(settings, (now + bonus) / unit, recognition) * rep.commitment
        wanted *= self.world.conditions.of_rep("effort", rep)
        rep.effort = min(settings.most, max(settings.least, wanted))
        self.world.closing[rep.number] = 1.0 + settings.closing_share * (rep.effort - 1.0)

    def close_week(self) -> None:
        """Count the sales of the week that ends; pay at the end of quarter and year."""
        world = self.world
        last = (world.week + 1) % QUARTER == 0
        factor = self._season[world.week % YEAR]
        for rep in world.reps.values():
            book, sold = self.books[rep.id], world.sales.get(rep.id, 0.0)
            # Who begins in the middle of a week has no quota yet; the sales count all the same.
            self._quarters[rep.id].add(sold, book.quota)
            self._years[rep.id].add(sold, book.quota)
            surprise = sold / factor - book.mean
            book.mean += LEARNING * surprise
            book.variance += LEARNING * (surprise * surprise - book.variance)
        world.sales.clear()
        if last:
            self._close_quarter()

    def _close_quarter(self) -> None:
        self._pay_contest()
        year_ends = (self.world.week + 1) % YEAR == 0
        for rep in self.world.reps.values():
            plan, tally, book = self.plan_of(rep), self._quarters[rep.id], self.books[rep.id]
            parts = plan.quarter_parts(tally.sold, tally.quota)
            for name, amount in parts.items():
                worked = tally.weeks / QUARTER if name == "quarter_bonus" else 1.0
                self._pay(rep, name, amount * worked)
            year = self._years[rep.id]
            if year_ends and year.sold >= year.quota > 0:
                self._pay(rep, "annual_bonus", plan.annual_bonus * year.weeks / YEAR)
            if tally.quota > 0:
                missed = 1.0 if tally.sold < tally.quota else 0.0
                book.missed += 0.5 * (missed - book.missed)
                ratchet = 1.0 + plan.ratchet_share * (tally.sold / tally.quota - 1.0)
                low, high = RATCHET_LIMITS
                book.ratchet = min(high, max(low, book.ratchet * ratchet))

    def _pay_contest(self) -> None:
        tallies = [(t.sold / t.quota, name) for name, t in self._quarters.items() if t.quota > 0]
        if tallies and self.world.decision.pay_plan.contest_prize:
            rep = self.world.reps[max(tallies)[1]]
            self._pay(rep, "contest", self.plan_of(rep).contest_prize)

    def _pay(self, rep: Rep, what: str, amount: float, day: float | None = None) -> None:
        """Write down a payment; without a `day` it falls into the week that ends now."""
        if amount:
            day = math.nextafter(self.world.env.now, -math.inf) if day is None else day
            self.world.say("pay", rep.territory, rep.id, amount=amount, detail=what, day=day)


def _lumps(customer: Customer) -> float:
    """Rate times mean squared order value of a customer."""
    square = customer.order_value**2 * math.exp(customer.value_sigma**2)
    return customer.orders_per_week * square
