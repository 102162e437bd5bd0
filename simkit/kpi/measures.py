"""Counts, sums and states of an event table by week, territory and rep: what KPIs are made of."""

from collections.abc import Sequence
from functools import cached_property
from typing import Literal

import pandas as pd

Group = Literal["week", "territory", "rep"]
GROUPS = ("week", "territory", "rep")
ENDS = ("won", "lost", "no_decision")


class Measures:
    """Measures of the weeks `first` to `last` of an event table, one value per group.

    `by` names what the groups are: "week", "territory" or "rep", or "week" with one of the others;
    nothing means the whole region and period, one group. Every method returns a Series over
    `index`; a group without events counts 0.

    Raises ValueError for other groups.
    """

    def __init__(
        self,
        events: pd.DataFrame,
        by: Sequence[Group] = (),
        first: int = 0,
        last: int | None = None,
    ) -> None:
        self.by = _in_order(by)
        self.first = first
        if last is None:
            last = int(events["week"].max()) if len(events) else first - 1
        self.last = last
        self.history = events[events["week"] <= self.last]
        self.index = self._groups()
        self._kinds: dict[str, pd.DataFrame] = {}

    @property
    def weeks(self) -> int:
        """Weeks in one group."""
        return 1 if "week" in self.by else max(0, self.last - self.first + 1)

    def _groups(self) -> pd.Index:
        """All groups that can occur, whether or not something happened in them."""
        places = self.history.loc[self.history["kind"] == "account", "territory"]
        # Who begins in the middle of a week has no quota in it.
        at_work = self.history["kind"].isin(["quota", "rep_hired"])
        at_work &= self.history["week"] >= self.first
        values: dict[str, Sequence] = {
            "week": range(self.first, self.last + 1),
            "territory": sorted(places.unique()),
            "rep": sorted(self.history.loc[at_work, "rep"].unique()),
        }
        if not self.by:
            return pd.Index(["region"], name="region")
        if len(self.by) == 1:
            return pd.Index(values[self.by[0]], name=self.by[0])
        return pd.MultiIndex.from_product([values[name] for name in self.by], names=self.by)

    def of(self, kind: str, detail: str | None = None) -> pd.DataFrame:
        """Return the events of one kind up to the last week, those before the period included."""
        if kind not in self._kinds:
            self._kinds[kind] = self.history[self.history["kind"] == kind]
        found = self._kinds[kind]
        return found if detail is None else found[found["detail"] == detail]

    def _in_period(self, kinds: Sequence[str], detail: str | None) -> pd.DataFrame:
        found = pd.concat([self.of(kind, detail) for kind in kinds])
        return found[found["week"] >= self.first]

    def total(self, values: pd.Series, rows: pd.DataFrame) -> pd.Series:
        """Return the sum of `values` by the groups that the same `rows` belong to."""
        if not self.by:
            return pd.Series([values.sum()], index=self.index, dtype=float)
        sums = values.groupby([rows[name] for name in self.by], observed=True).sum()
        return sums.reindex(self.index, fill_value=0.0).astype(float)

    def count(self, *kinds: str, detail: str | None = None) -> pd.Series:
        """Return the number of events."""
        rows = self._in_period(kinds, detail)
        return self.total(pd.Series(1.0, index=rows.index), rows)

    def amount(self, *kinds: str, detail: str | None = None) -> pd.Series:
        """Return the sum of the amounts."""
        rows = self._in_period(kinds, detail)
        return self.total(rows["amount"], rows)

    def mean(self, kind: str, detail: str | None = None) -> pd.Series:
        """Return the mean amount; not a number where nothing happened."""
        return self.amount(kind, detail=detail) / self.count(kind, detail=detail)

    @cached_property
    def stock_out_days(self) -> pd.Series:
        """Return on how many territory-days an order was wanted and could not come from stock."""
        rows = self._in_period(["lost_sale", "order"], None)
        rows = rows[rows["detail"] != "in_stock"]
        rows = rows.assign(date=rows["day"] // 1).drop_duplicates([*self.by, "territory", "date"])
        return self.total(pd.Series(1.0, index=rows.index), rows)

    def standing(self, changes: pd.DataFrame) -> pd.Series:
        """Return the running total at the end of each group of signed `changes` (column amount)."""
        if "week" not in self.by:
            return self.total(changes["amount"], changes)
        early = changes.assign(week=changes["week"].clip(lower=self.first))
        sums = self.total(early["amount"], early)
        others = [name for name in self.by if name != "week"]
        return sums.groupby(level=others).cumsum() if others else sums.cumsum()

    @cached_property
    def accounts(self) -> pd.Series:
        """Customers at the end of each group; by rep, moves between reps are counted."""
        return self.standing(self.changes_of_accounts())

    def changes_of_accounts(self, of: str | None = None) -> pd.DataFrame:
        """Return who came to a group (amount 1) and left it (-1); `of` a class or of all."""
        arrived, lost = self.of("account", of), self.of("account_lost")
        moved = self.of("account_moved")
        if of is not None:
            known = arrived["customer"].unique()
            lost, moved = lost[lost["customer"].isin(known)], moved[moved["customer"].isin(known)]
        changes = [arrived.assign(amount=1.0), lost.assign(amount=-1.0)]
        if "rep" in self.by:
            changes.append(moved.assign(amount=1.0))
            changes.append(moved.assign(amount=-1.0, rep=moved["detail"].astype(str)))
        return pd.concat(changes)

    def had(self, of: str | None = None) -> pd.Series:
        """Return the customers each group had at any time: those it has, and those it lost."""
        changes = self.changes_of_accounts(of)
        gone = changes[(changes["amount"] < 0) & (changes["week"] >= self.first)]
        return self.standing(changes) - self.total(gone["amount"], gone)

    @property
    def arrived(self) -> pd.DataFrame:
        """The customers who arrived; those who were there when the table begins are left out."""
        rows = self.of("account")
        return rows[(rows["week"] >= self.first) & (rows["day"] > self.history["day"].min())]

    def visited(self, of: str | None = None) -> pd.Series:
        """Return how many different customers were visited; by territory: where they belong."""
        visits = self.of("visit", of)
        visits = visits[(visits["week"] >= self.first) & (visits["customer"] != "")]
        if "territory" in self.by:
            homes = self.of("account").set_index("customer")["territory"]
            homes = homes[~homes.index.duplicated()]
            visits = visits.assign(territory=visits["customer"].map(homes))
        rows = visits.drop_duplicates([*self.by, "customer"])
        return self.total(pd.Series(1.0, index=rows.index), rows)

    @cached_property
    def open_value(self) -> pd.Series:
        """List value of the open opportunities at the end of each group; by rep: who has them."""
        opened, moved = self.of("opportunity"), self.of("deal_moved")
        closed = pd.concat([self.of(kind) for kind in ENDS])
        worth = opened.set_index(opened["opportunity"].astype(str))["amount"]
        gone = -closed["opportunity"].astype(str).map(worth).fillna(0.0)
        changes = [opened, closed.assign(amount=gone)]
        if "rep" in self.by:
            changes.append(moved)
            changes.append(moved.assign(amount=-moved["amount"], rep=moved["detail"].astype(str)))
        value = self.standing(pd.concat(changes))
        return value.round(6) + 0.0  # what is added and taken off again leaves no dust, and no -0

    def days_between(self, begin: str, end: str) -> pd.Series:
        """Return the mean days from an opportunity's `begin` to its `end`, by when it ends."""
        ended = self._in_period([end], None)
        begun = self.of(begin)
        start = begun.set_index(begun["opportunity"].astype(str))["day"]
        start = start[~start.index.duplicated()]
        days = ended["day"] - ended["opportunity"].astype(str).map(start)
        known = days.dropna()
        rows = ended.loc[known.index]
        return self.total(known, rows) / self.total(pd.Series(1.0, index=rows.index), rows)

    @property
    def begin(self) -> int:
        """The first week that is known, warm-up included."""
        return int(self.history["week"].min()) if len(self.history) else self.first

    def over(self, by: Sequence[Group], first: int | None = None) -> "Measures":
        """Return the same events in other groups, from another week on if one is given."""
        return Measures(self.history, by, self.first if first is None else first, self.last)


def _in_order(by: Sequence[Group]) -> list[Group]:
    """Return the groups in the order of the index, week first; refuses what cannot be."""
    unknown = [name for name in by if name not in GROUPS]
    if unknown:
        raise ValueError(f"no group {unknown[0]!r}; there is {', '.join(GROUPS)}")
    if "territory" in by and "rep" in by:
        raise ValueError("group by territory or by rep: a rep belongs to one territory")
    return [name for name in GROUPS if name in by]  # type: ignore[misc]
