"""M6: reps leave, posts are vacant, candidates are found and hired.

A post that falls vacant is searched for (exponential), then one of a shortlist is chosen and comes
when the notice is over (exponential): together Erlang-2. The accounts wait without a rep; their
colleagues of the territory call on some of them with part of their own time.
"""

from dataclasses import dataclass, field
from functools import partial

from simkit.region.candidates import Candidate, draw_candidate, hidden_ability
from simkit.region.countdown import Countdowns
from simkit.region.draws import entity_number, exponential
from simkit.region.payroll import Payroll
from simkit.region.people import People
from simkit.region.pipeline import Pipeline
from simkit.region.response import leaving_rate, saturating
from simkit.region.selling import Selling
from simkit.region.state import Customer, Rep, World
from simkit.scenario.record import Text

DAYS_PER_YEAR = 260.0


@dataclass(slots=True, eq=False)
class Vacancy:
    """A post nobody holds; without `candidates` they are still being searched for."""

    id: str
    territory: str
    since: float
    accounts: list[Customer] = field(default_factory=list)
    """Customers that wait for the newcomer; empty for an additional post."""
    additional: bool = False
    candidates: tuple[Candidate, ...] = ()


class Turnover:
    """Lets reps leave and newcomers begin."""

    def __init__(
        self,
        world: World,
        people: People,
        payroll: Payroll,
        pipeline: Pipeline,
        selling: Selling,
        countdowns: Countdowns,
    ) -> None:
        self.world, self.people, self.payroll = world, people, payroll
        self.pipeline, self.selling, self.countdowns = pipeline, selling, countdowns
        self.settings = world.scenario.turnover
        self.vacancies: dict[str, Vacancy] = {}
        self.names: dict[str, Text] = {}
        """Names of all who were hired on the way, also of those who left again."""
        self._luck = world.draws.table("leaving")
        self._staying = self._stay_factor()
        self._counts = dict.fromkeys(world.territories, 0)
        for rep in world.reps.values():
            self._stay_a_while(rep)

    def week(self) -> None:
        """Carry out dismissals and changes of the head count at the start of a week."""
        world = self.world
        for name in world.decision.dismissals:
            if name in world.reps:
                self.leave(world.reps[name], "dismissed")
        for place in world.territories:
            wanted = world.decision.headcount.get(place, self.people.posts[place])
            self._advertise(place, wanted)
        self._staying = self._stay_factor()
        world.vacancies = len(self.vacancies)
        self._share_cover()

    # Leaving

    def _stay_a_while(self, rep: Rep) -> None:
        """Count a rep's time with the firm down at the rate of leaving."""
        if self.settings.on:
            amount = exponential(self._luck.one(entity_number(rep.id)))
            rate, leave = partial(self._rate, rep), partial(self.leave, rep, "quit")
            self.countdowns.add(f"leaves {rep.id}", amount, rate, leave)

    def _rate(self, rep: Rep) -> float:
        """The rate a day at which a rep leaves."""
        settings = self.settings
        rate = leaving_rate(
            rep.tenure_weeks,
            settings.late_per_year,
            settings.early_per_year,
            settings.early_weeks,
        )
        missed = self.payroll.books[rep.id].missed
        rate *= max(0.0, 1.0 + settings.missed_gain * (missed - 0.5))
        return rate * self._staying / DAYS_PER_YEAR

    def _stay_factor(self) -> float:
        """What recognition and careers leave of the rate of leaving, for all reps alike."""
        settings, decision = self.settings, self.world.decision
        half = self.world.scenario.effort.recognition_half_hours
        recognised = settings.recognition_stay * saturating(decision.recognition_hours, half)
        career = settings.career_stay * saturating(decision.career_budget, settings.career_half)
        return (1.0 - recognised) * (1.0 - career)

    def leave(self, rep: Rep, why: str) -> None:
        """Let a rep go: post and accounts wait for a newcomer, leads and deals go to colleagues."""
        world, territory = self.world, rep.territory
        self.countdowns.drop(f"leaves {rep.id}")
        world.say("rep_left", territory, rep.id, amount=rep.tenure_weeks, detail=why)
        vacancy = self._vacancy(territory)
        self.payroll.farewell(rep)
        vacancy.accounts = self.people.say_goodbye(rep)
        self.pipeline.hand_over(rep)
        if self._open_posts(territory) > 0:
            self._search(vacancy)
        else:  # the head count shrinks: colleagues take over for good
            self.people.share_out(vacancy.accounts)
        self._share_cover()

    def replace(self, rep: Rep) -> None:
        """Let a newcomer who has never sold take over a rep's post and accounts on the same day.

        Where the post is one too many, it goes with the rep, and colleagues take over.
        """
        before = set(self.vacancies)
        self.leave(rep, "quit")
        vacancy = next((v for name, v in self.vacancies.items() if name not in before), None)
        if vacancy is None:
            return
        self.countdowns.drop(vacancy.id)
        self._found(vacancy)
        self.countdowns.drop(vacancy.id)
        self._hire(vacancy)
        newcomer = next(reversed(self.world.reps.values()))
        newcomer.head_start_weeks, newcomer.instead_of = 0.0, rep.id

    def _vacancy(self, territory: str) -> Vacancy:
        self._counts[territory] += 1
        name = f"{territory}-v{self._counts[territory]}"
        return Vacancy(name, territory, self.world.env.now)

    def _open_posts(self, territory: str) -> int:
        """Posts of the territory that nobody holds and nobody is searched for."""
        searched = sum(v.territory == territory for v in self.vacancies.values())
        return self.people.posts[territory] - len(self.world.reps_in(territory)) - searched

    # Hiring

    def _advertise(self, place: str, wanted: int) -> None:
        """Change the number of posts of a territory: search for more, or give vacant ones up."""
        self.people.posts[place] = wanted
        while self._open_posts(place) > 0:
            vacancy = self._vacancy(place)
            vacancy.additional = True
            self._search(vacancy)
        vacant = [v for v in self.vacancies.values() if v.territory == place]
        while self._open_posts(place) < 0 and vacant:
            self._give_up(vacant.pop())

    def _give_up(self, vacancy: Vacancy) -> None:
        del self.vacancies[vacancy.id]
        self.countdowns.drop(vacancy.id)
        self.world.say("vacancy_closed", vacancy.territory, detail=vacancy.id)
        self.people.share_out(vacancy.accounts)

    def _search(self, vacancy: Vacancy) -> None:
        self.vacancies[vacancy.id] = vacancy
        self.world.say("vacancy", vacancy.territory, detail=vacancy.id)
        mean_days = 5.0 * self.settings.search_weeks
        search, _ = self._luck.row(entity_number(vacancy.id), 0, 2)
        amount = exponential(float(search)) * mean_days
        self.countdowns.add(vacancy.id, amount, self._search_pace, lambda: self._found(vacancy))

    def _search_pace(self) -> float:
        money = self.world.decision.recruiting_budget
        return 1.0 + saturating(money, self.settings.recruiting_half)

    def _found(self, vacancy: Vacancy) -> None:
        """Candidates are found; the one chosen comes when the notice is over."""
        world = self.world
        names = [f"{vacancy.id}{'abcdefgh'[i]}" for i in range(self.settings.shortlist)]
        vacancy.candidates = tuple(
            draw_candidate(world.draws, name, vacancy.territory) for name in names
        )
        world.say("candidates", vacancy.territory, amount=float(len(names)), detail=vacancy.id)
        _, notice = self._luck.row(entity_number(vacancy.id), 0, 2)
        amount = exponential(float(notice)) * 5.0 * self.settings.notice_weeks
        self.countdowns.add(vacancy.id, amount, _as_time_passes, lambda: self._hire(vacancy))

    def _hire(self, vacancy: Vacancy) -> None:
        """Let the candidate the manager named begin, or the one with the best tests."""
        world, settings = self.world, self.settings
        del self.vacancies[vacancy.id]
        named = [c for c in vacancy.candidates if c.id in world.decision.hires]
        chosen = named[0] if named else max(vacancy.candidates, key=lambda c: (c.score, c.id))
        rep = Rep(
            chosen.id,
            vacancy.territory,
            hidden_ability(world.scenario, world.draws, chosen.id),
            tenure_weeks=0.0,
            head_start_weeks=settings.experience_weeks_per_year * chosen.experience_years,
        )
        self.names[rep.id] = chosen.name
        weeks = (world.env.now - vacancy.since) / 5.0
        world.say("rep_hired", rep.territory, rep.id, amount=weeks, detail=vacancy.id)
        self.people.begin(rep, vacancy.accounts)
        if vacancy.additional:
            self.people.take_fair_share(rep)
        self.payroll.welcome(rep)
        self.selling.begin(rep)
        self._stay_a_while(rep)
        self._share_cover()

    def _share_cover(self) -> None:
        """Let the colleagues of a vacant post give it part of their calls."""
        for place in self.world.territories:
            left = sum(not v.additional for v in self.vacancies.values() if v.territory == place)
            team, share = self.world.reps_in(place), self.settings.cover_share
            for rep in team:  # nobody gives more than one post is owed
                rep.cover_share = min(share, share * left / len(team))


def _as_time_passes() -> float:
    return 1.0
