"""Who decides, found by what an analyst writes: a name, a file, a function, a lever's value."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from simkit.region.decision import Decision, Policy, starting_decision
from simkit.region.policies import POLICIES
from simkit.scenario.catalogue import SUFFIXES
from simkit.scenario.policy_file import find_policy_file, policy_names
from simkit.scenario.record import Problem, ScenarioError, Text, did_you_mean
from simkit.scenario.records import Scenario
from simkit.study.experiment.arms import Arm, Player
from simkit.study.experiment.weekly import (
    Levers,
    Weekly,
    load_policy_file,
    misfits,
    must_exist,
    plain,
    weeks_of,
)
from simkit.study.run import canonical, recorded
from simkit.study.settings import LEVER, apply_settings, with_levers

Spec = str | Path | Policy | Player
TITLES = {
    "keep_course": Text(en="Keep course", zh="维持现状"),
    "call_by_potential": Text(en="Calls by potential", zh="按潜力安排拜访"),
    "call_by_habit": Text(en="Calls by habit", zh="平均拜访"),
    "discount_happy": Text(en="Discounts first", zh="以价换量"),
    "cautious_stock": Text(en="Never out of stock", zh="宁多勿缺备货"),
    "all_rounder": Text(en="Sensible all-rounder", zh="稳健全能型"),
    "seasoned": Text(en="Seasoned in a crisis", zh="危机老手"),
    "hesitant": Text(en="Waits and sees", zh="观望迟疑"),
    "panicky": Text(en="Panics in a crisis", zh="手忙脚乱"),
}
SETS = re.compile(r"\+(?=[A-Za-z_][\w.\-]*=)")
"""Before each lever of `NAME+lever=value+lever=value`; a value may be 1e+5."""


def find_player(spec: Spec, scenario: Scenario) -> Player:
    """Return who decides, from one of the ways to say so, fit to play `scenario`.

    A policy of the catalogue by name; the path or the name of a policy file; the path of a game,
    which means what was decided in it, week by week; a function of a week's report; any of the
    named ones with levers, "keep_course+price=0.95+backup_supplier=true", which then hold from
    the first week on, whatever the policy decides. `Player.notes` says what should be known.
    Raises ScenarioError (a ValueError) that says what is wrong, before anything is played.
    """
    if isinstance(spec, Player):
        return spec
    if callable(spec):
        return _of_function(spec)
    text = str(spec)
    if text in POLICIES:
        return Player(text, _title(text), POLICIES[text], text)
    if (found := _of_path(text, scenario)) is not None:
        return found
    base, *settings = SETS.split(text)
    if not settings:
        raise _refused(text, _unknown(text))
    return with_set(find_player(base, scenario), settings, scenario, text)


def arms_of(scenario: Scenario, specs: Iterable[Spec], settings: Iterable[str] = ()) -> list[Arm]:
    """Return one arm for each way to decide; a name that stands twice gets a number.

    `settings` ("key=value", see `simkit.study.settings`) change the scenario, or with "decision."
    the levers that all of them start from. Raises ScenarioError.
    """
    chosen, levers = apply_settings(scenario, settings)
    _must_fit(levers, chosen, "--set decision")
    players = [_starting_from(find_player(spec, chosen), levers) for spec in specs]
    names = unique([player.name for player in players])
    return [
        Arm(name, _numbered(player.title, name, player.name), chosen, player)
        for name, player in zip(names, players, strict=True)
    ]


def with_set(player: Player, settings: Sequence[str], scenario: Scenario, name: str) -> Player:
    """Return `player` with levers ("price=0.95") kept at a value, under a name of its own."""
    try:
        _, levers = apply_settings(scenario, [f"{LEVER}{setting}" for setting in settings])
    except ScenarioError as error:
        problems = [replace(p, path=p.path.replace("--set ", "")) for p in error.problems]
        raise ScenarioError([replace(p, path=f"{name}: {p.path}") for p in problems]) from None
    # As a Decision holds them: a group of shares is a record, not a dictionary to be added to.
    decided = starting_decision(scenario).but(**levers)
    weeks = ((0, {lever: getattr(decided, lever) for lever in levers}),)
    _must_fit(weeks[0][1], scenario, name)
    title = player.title
    named = [lever_words(setting) for setting in settings]
    return replace(
        player,
        name=name,
        title=Text(
            en=", ".join([title.en, *(words.en for words in named)]),
            zh="，".join([title.zh, *(words.zh for words in named)]),
        ),
        decide=Weekly(player.decide, weeks),
        key=_key(player.key, plain(weeks)),
    )


def unique(names: Sequence[str]) -> list[str]:
    """Return `names` with numbers behind those that stand there already: "a", "a (2)"."""
    found: list[str] = []
    for name in names:
        again, number = name, 1
        while again in found:
            number += 1
            again = f"{name} ({number})"
        found.append(again)
    return found


def _of_function(decide: Policy) -> Player:
    from simkit.study.experiment.keys import function_key

    name = getattr(decide, "__name__", type(decide).__name__)
    if POLICIES.get(name) is decide:
        return Player(name, _title(name), decide, name)
    name = "function" if name == "<lambda>" else name
    return Player(name, _title(name), decide, f"function:{function_key(decide)}")


def _of_path(text: str, scenario: Scenario) -> Player | None:
    """Return the player of a file, or None where `text` is not meant to be one."""
    from simkit.study.journal import is_game

    path = Path(text)
    if path.suffix in SUFFIXES or text in policy_names():
        return _of_policy_file(find_policy_file(text), scenario)
    if is_game(path):
        return _of_game(path, scenario)
    if path.is_file():
        message = "is neither a policy file (.yaml) nor a game; see scenarios/policies"
        raise _refused(text, message)
    if path.is_dir():
        raise _refused(text, "is a folder; name a policy file or a game in it")
    return None


def _of_policy_file(path: Path, scenario: Scenario) -> Player:
    file = load_policy_file(path)
    must_exist(path, file, scenario)
    base, weeks = file.policy.base, weeks_of(file)
    late = [week + 1 for week, _ in weeks if week >= scenario.weeks]
    notes = (_never_reached(file.name, late[0], scenario.weeks),) if late else ()
    key = _key(base, plain(weeks))
    return Player(path.stem, file.name, Weekly(POLICIES[base], weeks), key, notes)


def _of_game(path: Path, scenario: Scenario) -> Player:
    """Return the player who repeats what was decided in a game."""
    from simkit.study.game import Game
    from simkit.study.story import changes_to

    game = Game.open(path, look_only=True)
    decisions = game.decisions
    if not decisions:
        raise _refused(str(path), "no week of this game has been played: nothing was decided")
    before = [starting_decision(game.scenario), *decisions]
    by_week = [changes_to(*two) for two in zip(before, decisions, strict=False)]
    changes = [{"week": week, "levers": levers} for week, levers in enumerate(by_week) if levers]
    _must_be_possible(path, decisions, changes, scenario)
    title = Text(en=f"Decisions of {path.name}", zh=f"{path.name} 的决策")
    notes = tuple(_notes_on(path.name, len(decisions), game.scenario, scenario))
    warned = tuple(Text(en=warning, zh=warning) for warning in game.warnings)
    return Player(
        path.stem, title, recorded(changes), f"recorded:{canonical(changes)}", notes + warned
    )


def _must_be_possible(
    path: Path, decisions: Sequence[Decision], changes: Sequence[Any], scenario: Scenario
) -> None:
    """Raise ScenarioError where a game decided about what `scenario` does not have."""
    for change in changes:
        week = change["week"]
        levers = {name: getattr(decisions[week], name) for name in change["levers"]}
        if found := list(misfits(levers, scenario)):
            message = f"week {week + 1}: {'; '.join(found)}: the game was played in another region"
            raise _refused(str(path), message)


def _notes_on(name: str, played: int, its: Scenario, scenario: Scenario) -> Iterator[Text]:
    if played < scenario.weeks:
        yield Text(
            en=f"{name}: {played} weeks were played; from week {played + 1} on the last decision "
            "stays in force.",
            zh=f"{name}：只玩了 {played} 周，从第 {played + 1} 周起沿用最后一次决策。",
        )
    if played > scenario.weeks:
        yield Text(
            en=f"{name}: {played} weeks were played, the first {scenario.weeks} are used.",
            zh=f"{name}：共玩了 {played} 周，这里只用前 {scenario.weeks} 周。",
        )
    if its.but(weeks=scenario.weeks) != scenario:
        yield Text(
            en=f"{name} was played in another scenario or under other settings "
            f"({its.name.en}); here its changes are made in {scenario.name.en}.",
            zh=f"{name} 是在另一个场景或另一组设置（{its.name.zh}）下玩的，这里把其中的调整"
            f"照搬到“{scenario.name.zh}”。",
        )


def _never_reached(name: Text, week: int, weeks: int) -> Text:
    return Text(
        en=f"{name.en}: {weeks} weeks are played, what is set from week {week} on never counts.",
        zh=f"{name.zh}：只玩 {weeks} 周，第 {week} 周及以后的调整不会生效。",
    )


def _starting_from(player: Player, levers: Levers) -> Player:
    if not levers:
        return player
    key = canonical({"policy": player.key, "start": levers})
    return replace(player, decide=with_levers(player.decide, levers), key=key)


def _must_fit(levers: Levers, scenario: Scenario, place: str) -> None:
    if found := [Problem(place, None, None, each) for each in misfits(levers, scenario)]:
        raise ScenarioError(found)


def _key(base: str, weeks: list[list[Any]]) -> str:
    return canonical({"policy": base, "weeks": weeks})


def _title(name: str) -> Text:
    return TITLES.get(name, Text(en=name, zh=name))


def _numbered(title: Text, name: str, before: str) -> Text:
    end = name.removeprefix(before)
    return Text(en=title.en + end, zh=title.zh + end)


def lever_words(setting: str) -> Text:
    """Return "price=0.95" as a person would read it."""
    key, _, value = setting.partition("=")
    lever, _, inner = key.partition(".")
    field = Decision.model_fields[lever]
    extra: Any = field.json_schema_extra
    where = f" ({inner})" if inner else ""
    return Text(en=f"{field.title}{where} = {value}", zh=f"{extra['zh']}{where} = {value}")


def _unknown(text: str) -> str:
    known = [*POLICIES, *policy_names()]
    base, plus, _ = text.partition("+")
    if plus and base in known:
        return "after the + write lever=value, for example +price=0.95"
    return f"there is no such policy{did_you_mean(text, known)}"


def _refused(spec: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(spec, None, None, message)])
