"""How cells of many tables depend on each other, with as few unknowns as an exact attack allows.

Every cell is a sum of atoms: combinations of values that no cell tells apart. Dimensions that no table brings together
need no atoms in common: what fits each clique of dimensions and agrees where cliques overlap fits as a whole, in whole
numbers too, once the cliques form a junction tree.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
from math import prod

from speakup.disclosure.audit import Relation
from speakup.disclosure.tables import Dimension, Kind, Tables, Where

MOST_TRIED = 6
"""So many dimensions are put into every order; more are put into one that is only likely to be good."""

Names = frozenset[str]
Classes = Mapping[str, Mapping[str, int]]
"""For each dimension, the class of each value: values of one class are told apart by no cell."""


@dataclass(frozen=True, slots=True)
class Links:
    """Relations number the cells first, in their order, then the atoms, whose true counts are given."""

    relations: tuple[Relation, ...]
    atoms: tuple[int, ...]


def link(tables: Tables, cells: Sequence[Where]) -> Links:
    """What ties the cells together."""
    classes = {dimension.name: _classes(dimension, cells) for dimension in tables.dimensions}
    rows = [row for row in tables.rows if all(row.values[tables.place[name]] in classes[name] for name in classes)]
    sizes = {name: len(set(classed.values())) for name, classed in classes.items()}
    cliques = _cliques({frozenset(name for name, _ in where) for where in cells}, sizes)
    first, places = len(cells), []
    atoms: list[int] = []
    for clique in cliques:
        names = sorted(clique)
        counted = Counter(tuple(classes[n][row.values[tables.place[n]]] for n in names) for row in rows)
        keys = list(product(*(range(sizes[name]) for name in names)))
        places.append({key: first + len(atoms) + at for at, key in enumerate(keys)})
        atoms += [counted[key] for key in keys]
    relations = [_sum_of(at, where, cliques, places, classes) for at, where in enumerate(cells)]
    for one, other in _tree(cliques):
        relations += _agreement(sorted(cliques[one]), places[one], sorted(cliques[other]), places[other])
    return Links(tuple(relations), tuple(atoms))


def linked(tables: Tables, new: Iterable[Where], known: Iterable[Where]) -> list[Where]:
    """Of what is known, what new cells can be combined with: periods that no cell ties to theirs say nothing."""
    times = {dimension.name for dimension in tables.dimensions if dimension.kind is Kind.TIME}
    if not times:
        return list(known)
    left, reached = list(known), set().union(*(_periods(where, times) for where in new))
    kept: list[Where] = []
    while near := [where for where in left if not _periods(where, times) or _periods(where, times) & reached]:
        reached |= set().union(*(_periods(where, times) for where in near))
        kept += near
        left = [where for where in left if where not in set(near)]
    return kept


def inside(cells: Sequence[Where]) -> frozenset[tuple[int, int]]:
    """Pairs of which the first is part of the second."""
    as_dicts = [dict(where) for where in cells]
    return frozenset(
        (one, other)
        for one, part in enumerate(as_dicts)
        for other, all_of in enumerate(as_dicts)
        if one != other and all(name in part and part[name] <= members for name, members in all_of.items())
    )


def _periods(where: Where, times: set[str]) -> set[tuple[str, str]]:
    return {(name, value) for name, members in where if name in times for value in members}


def _classes(dimension: Dimension, cells: Sequence[Where]) -> dict[str, int]:
    """By value. Values that no cell admits have none, and their cases do not matter: quarters of other years, say."""
    confined = [dict(where).get(dimension.name) for where in cells]
    asked = sorted({members for members in confined if members is not None}, key=sorted)
    signatures = {value: tuple(value in members for members in asked) for value in dimension.values}
    if None not in confined:
        signatures = {value: signature for value, signature in signatures.items() if any(signature)}
    numbers = {signature: at for at, signature in enumerate(sorted(set(signatures.values())))}
    return {value: numbers[signature] for value, signature in signatures.items()}


def _cliques(edges: set[Names], sizes: Mapping[str, int]) -> list[Names]:
    """The cliques of the triangulation with the fewest atoms."""
    names = sorted(set().union(*edges)) if edges else []
    orders = permutations(names) if len(names) <= MOST_TRIED else [sorted(names, key=lambda name: -sizes[name])]
    found = (_eliminate(order, edges) for order in orders)
    return min(found, key=lambda cliques: sum(prod(sizes[name] for name in clique) for clique in cliques))


def _eliminate(order: Sequence[str], edges: set[Names]) -> list[Names]:
    near = {name: set().union(*(edge for edge in edges if name in edge)) - {name} for name in order}
    cliques: list[Names] = []
    for name in order:
        neighbours = near.pop(name)
        cliques.append(frozenset(neighbours | {name}))
        for other in neighbours:
            near[other] |= neighbours - {other}
            near[other].discard(name)
    return [one for one in cliques if not any(one < other for other in cliques)] or [frozenset()]


def _tree(cliques: Sequence[Names]) -> list[tuple[int, int]]:
    """A spanning tree whose neighbours share as many dimensions as can be, which makes it a junction tree."""
    pairs = sorted(combinations(range(len(cliques)), 2), key=lambda pair: -len(cliques[pair[0]] & cliques[pair[1]]))
    root = list(range(len(cliques)))
    chosen = []
    for one, other in pairs:
        if root[one] != root[other]:
            chosen.append((one, other))
            root = [root[one] if at == root[other] else at for at in root]
    return chosen


def _sum_of(
    at: int, where: Where, cliques: Sequence[Names], places: Sequence[Mapping[tuple[int, ...], int]], classes: Classes
) -> Relation:
    """A cell is the sum of the atoms it admits, in the smallest clique that knows its dimensions."""
    confined = dict(where)
    fitting = [n for n, clique in enumerate(cliques) if clique >= confined.keys()]
    smallest = min(fitting, key=lambda n: len(places[n]))
    names = sorted(cliques[smallest])
    admitted = [
        sorted({classes[name][value] for value in confined.get(name, classes[name]) if value in classes[name]})
        for name in names
    ]
    atoms = [places[smallest][key] for key in product(*admitted)]
    return Relation(((at, -1), *((atom, 1) for atom in atoms)))


def _agreement(
    names: Sequence[str],
    places: Mapping[tuple[int, ...], int],
    other_names: Sequence[str],
    other_places: Mapping[tuple[int, ...], int],
) -> list[Relation]:
    """Two cliques count alike whatever they both know."""
    shared = [name for name in names if name in other_names]
    terms: dict[tuple[int, ...], list[tuple[int, int]]] = {}
    for factor, known_as, placed in ((1, names, places), (-1, other_names, other_places)):
        at = [known_as.index(name) for name in shared]
        for key, place in placed.items():
            terms.setdefault(tuple(key[i] for i in at), []).append((place, factor))
    return [Relation(tuple(each)) for each in terms.values()]
