"""M4: skill of reps, training and coaching; who works where and who looks after whom."""

from collections import deque
from collections.abc import Collection, Iterable

from simkit.region.demand import Accounts
from simkit.region.draws import Draws, entity_number
from simkit.region.response import skill, training_level
from simkit.region.state import Customer, Rep, World


class People:
    """Renews the reps' skill every week and carries out moves of reps and accounts."""

    def __init__(self, world: World, accounts: Accounts, reps: Iterable[Rep]) -> None:
        self.world, self.accounts = world, accounts
        # Who gets whom is a matter of the region, not of the luck of a replication.
        self._whose = Draws(world.scenario.population_seed).table("handover")
        self._done: dict[str, str] = {}
        world.waiting = {name: deque() for name in world.territories}
        for rep in reps:
            self._join(rep)
        self.posts = {name: len(world.reps_in(name)) for name in world.territories}
        """How many reps each territory is meant to have."""

    def _join(self, rep: Rep) -> None:
        rep.number = len(self.world.closing)
        self.world.closing.append(1.0)
        self.world.reps[rep.id] = rep
        self._learn(rep)

    def week(self) -> None:
        """Let a week of experience, training and coaching pass; carry out new moves."""
        world = self.world
        moves = world.decision.account_moves
        named = {k: v for k, v in moves.items() if v in world.reps and self._done.get(k) != v}
        for rep in world.reps.values():
            rep.tenure_weeks += 1.0
            self._train(rep)
            self._learn(rep)
            wanted = world.decision.assignment.get(rep.id, rep.territory)
            if wanted != rep.territory:
                self._move(rep, wanted, named)
        for name, rep_id in named.items():
            customer = world.by_id.get(name)
            if customer and customer.alive:
                self._hand_over(customer, world.reps[rep_id])
                self._done[name] = rep_id

    def _train(self, rep: Rep) -> None:
        settings, days = self.world.scenario.skill, self.world.decision.training_days
        rep.training = training_level(
            rep.training,
            days.get(rep.id, 0.0),
            settings.training_days_constant,
            settings.training_fade_per_week,
        )

    def _learn(self, rep: Rep) -> None:
        world, settings = self.world, self.world.scenario.skill
        if not settings.on:
            rep.skill = world.conditions.of_rep("skill", rep)
            return
        hours, weeks = world.decision.coaching_hours, rep.tenure_weeks + rep.head_start_weeks
        rep.skill = skill(rep.ability, weeks, settings.start_share, settings.ramp_weeks)
        rep.skill *= 1.0 + settings.training_gain_share * rep.training
        rep.skill *= 1.0 + settings.coaching_gain_share * hours / (1.0 + hours)
        rep.skill *= world.conditions.of_rep("skill", rep)

    # Reps who move, come and go

    def _move(self, rep: Rep, territory: str, named: Collection[str]) -> None:
        """Move a rep: colleagues take over the old accounts, part of the new ones come along.

        Not so the customers in `named`: for them the manager says whose they are.
        """
        known = [c for c in self.world.customers if c.alive and c.id not in named]
        here = [c for c in known if c.territory == rep.territory]
        self.posts[rep.territory] -= 1
        self.posts[territory] += 1
        rep.territory = territory
        self.share_out(customer for customer in here if customer.rep is rep)
        self._take_fair_share(rep, known)

    def take_fair_share(self, rep: Rep) -> None:
        """Give a rep who comes to a territory the part of its customers that is due."""
        self._take_fair_share(rep, [c for c in self.world.customers if c.alive])

    def _take_fair_share(self, rep: Rep, known: Iterable[Customer]) -> None:
        place = rep.territory
        for customer in [c for c in known if c.territory == place]:
            if not customer.waits_in and self._someone(customer, place) is rep:
                self._hand_over(customer, rep)

    def share_out(self, customers: Iterable[Customer]) -> None:
        """Hand customers over to the teams of their territories for good."""
        for customer in customers:
            if customer.alive:
                self._hand_over(customer, self._someone(customer, customer.territory))

    def say_goodbye(self, rep: Rep) -> list[Customer]:
        """Take a rep off all lists; return the customers, who wait for a newcomer from now on."""
        self.accounts.count_calls([rep])
        rep.employed = False
        del self.world.reps[rep.id]
        mine = [self.world.customers[p] for queue in rep.accounts.values() for p in queue]
        for customer in mine:
            self._hand_over(customer, None)
            self._wait(customer)
        return mine

    def begin(self, rep: Rep, customers: Iterable[Customer]) -> None:
        """Let a newcomer take over the customers who waited for it."""
        self._join(rep)
        for customer in customers:
            if customer.waits_in:
                self._hand_over(customer, rep)

    def _someone(self, customer: Customer, territory: str) -> Rep | None:
        """The rep of the territory who draws this customer: the highest number gets it.

        Every rep has a number for every customer, so a rep who comes takes a fair share and nobody
        else's accounts change hands (rendezvous hashing, Thaler and Ravishankar 1998).
        """
        team = self.world.reps_in(territory)
        return max(
            team,
            key=lambda rep: self._whose.one(entity_number(f"{rep.id}/{customer.id}")),
            default=None,
        )

    # Who looks after whom

    def _hand_over(self, customer: Customer, rep: Rep | None) -> None:
        if customer.rep is rep and not customer.waits_in:
            return
        former = customer.rep.id if customer.rep else ""
        self.give(customer, rep)
        self.accounts.relationship[customer.place] = 0.0
        self.world.say(
            "account_moved",
            customer.territory,
            rep.id if rep else "",
            customer.id,
            detail=former,
        )

    def welcome(self, customer: Customer, rep: Rep | None) -> None:
        """Give a new customer to `rep`, or to one of the territory's team."""
        self.give(customer, rep or self._someone(customer, customer.territory))

    def give(self, customer: Customer, rep: Rep | None) -> None:
        """Put a customer on a rep's list (at its end), taking it off the former one's."""
        self.release(customer)
        customer.rep = rep
        if rep is not None:
            rep.accounts[customer.klass].append(customer.place)
        self.accounts.belongs_to(customer, rep)

    def _wait(self, customer: Customer) -> None:
        customer.waits_in = customer.territory
        self.world.waiting[customer.territory].append(customer.place)

    def release(self, customer: Customer) -> None:
        """Take a customer off the list it is on."""
        if customer.waits_in:
            queue = self.world.waiting[customer.waits_in]
        else:
            queue = customer.rep.accounts[customer.klass] if customer.rep else deque()
        if customer.place in queue:
            queue.remove(customer.place)
        customer.waits_in = ""
