"""Moves of accounts and reps on a map, and the levers that carry them out."""

import math
from dataclasses import replace

from simkit.planning.territories import NotPossible, SalesMap, dealt_out
from simkit.region.state import CLASSES


def move_account(now: SalesMap, account: str, rep: str) -> SalesMap:
    """Return the map with one account moved; raises NotPossible for what does not exist."""
    if account not in now.accounts:
        raise NotPossible("account", "Choose an account.", "请先选择一家客户。")
    if rep not in now.sellers:
        raise NotPossible(
            "account_to", "Choose the rep who takes the account over.", "请选择由谁接手。"
        )
    if now.whose[account] == rep:
        raise NotPossible(
            "account_to", "This rep has the account already.", "这家客户本来就由这位代表跟进。"
        )
    return replace(now, whose={**now.whose, account: rep})


def move_rep(now: SalesMap, rep: str, territory: str) -> SalesMap:
    """Return the map with one rep based elsewhere.

    Colleagues take over the accounts left behind, the largest first, each to whom has least to
    do; then the rep takes accounts near the new home over until the team is level.
    Raises NotPossible for a rep who would move nowhere, or would leave accounts to nobody.
    """
    old = _territory_left(now, rep, territory)
    colleagues = [s.id for s in now.sellers.values() if s.territory == old and s.id != rep]
    if not colleagues:
        raise NotPossible(
            "rep_to",
            "Nobody would be left in the old territory: move somebody there first.",
            "这样一来原片区就没有人了：请先调一个人过去。",
        )
    home = now.roads.home(rep, territory) if now.roads else (0.0, 0.0)
    there = replace(now.sellers[rep], territory=territory, home=home)
    return _settle(_leave(replace(now, sellers={**now.sellers, rep: there}), rep, colleagues), rep)


def _territory_left(now: SalesMap, rep: str, territory: str) -> str:
    if rep not in now.sellers:
        raise NotPossible("rep", "Choose a rep.", "请先选择一名代表。")
    known = {each.territory for part in (now.sellers, now.accounts) for each in part.values()}
    old = now.sellers[rep].territory
    if territory not in known:
        raise NotPossible("rep_to", "Choose a territory to move to.", "请选择要调往的片区。")
    if territory == old:
        raise NotPossible(
            "rep_to", "The rep works in this territory already.", "这位代表本来就在该片区。"
        )
    return old


def _time(now: SalesMap, rep: str) -> float:
    return now.of_reps()[rep].workload * now.sellers[rep].calls


def _leave(now: SalesMap, rep: str, colleagues: list[str]) -> SalesMap:
    loads = {a.id: (a.calls, "team") for a in now.lists[rep]}
    start = {name: _time(now, name) for name in colleagues}
    return replace(now, whose={**now.whose, **dealt_out(loads, {"team": start})})


def _settle(now: SalesMap, rep: str) -> SalesMap:
    """Let a rep who came take over the nearest accounts from the busier of the new team."""
    here = now.sellers[rep].territory
    team = [s.id for s in now.sellers.values() if s.territory == here]
    load = {name: _time(now, name) for name in team}
    level = math.fsum(load.values()) / math.fsum(now.sellers[n].calls for n in team)
    whose, me = dict(now.whose), now.sellers[rep]
    theirs = [a for n in team if n != rep for a in now.lists[n]]
    for each in sorted(theirs, key=lambda a: (now.km(a, me), a.id)):
        mine, owner = now.effort(each, me), now.sellers[whose[each.id]]
        fits = load[rep] + mine <= level * me.calls
        if fits and load[owner.id] > level * owner.calls:
            load[rep] += mine
            load[owner.id] -= now.effort(each, owner)
            whose[each.id] = rep
    return replace(now, whose=whose)


def decision_of(new: SalesMap, before: SalesMap) -> dict[str, dict]:
    """Return the levers that turn `before` into `new`; empty ones where nothing differs.

    Calls follow the accounts: the split of a rep with other accounts is that of their needs.
    """
    changed = {a.id: new.whose[a.id] for a in new.moved_since(before)}
    posts = {
        s.id: s.territory
        for s in new.sellers.values()
        if before.sellers[s.id].territory != s.territory
    }
    if posts:  # say it of every account, or the reps would share them out among themselves
        changed = dict(new.whose)
    touched = {rep for a, to in changed.items() for rep in (to, before.whose[a])}
    return {
        "account_moves": changed,
        "assignment": posts,
        "call_split_of": {name: split_of(new, name) for name in sorted(touched)},
    }


def split_of(of: SalesMap, rep: str) -> dict[str, float]:
    """Return a rep's calls over key, regular and tail accounts, as these need them."""
    needs = dict.fromkeys(CLASSES, 0.0)
    for each in of.lists[rep]:
        needs[each.klass] += each.calls
    total = math.fsum(needs.values())
    if not total:
        return {"key": 0.0, "regular": 0.0, "tail": 1.0}
    key, regular = (round(needs[k] / total, 6) for k in ("key", "regular"))
    return {"key": key, "regular": regular, "tail": round(max(0.0, 1.0 - key - regular), 6)}
