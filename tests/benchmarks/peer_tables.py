"""Tables that people bring, for `bench_real_data.py`: large targets, gaps and categories, of shipped data and made."""

from __future__ import annotations

import io
from collections.abc import Callable

import numpy as np
import pandas as pd

from nnviz import assets

Frame = pd.DataFrame


def shipped(name: str) -> Frame:
    """Return a table of `resources/data`."""
    return pd.read_csv(
        io.BytesIO(assets.data_file(f"{name}.csv").read_bytes()), keep_default_na=False, na_values=["", "NA", "?"]
    )


def with_gaps(frame: Frame, share: float, target: str, seed: int = 0) -> Frame:
    """Return the table with a share of its cells empty, those of the target kept."""
    rng = np.random.default_rng(seed)
    holed = frame.copy()
    for name in holed.columns:
        if name != target:
            holed[name] = holed[name].astype(object).mask(rng.random(len(holed)) < share)
    return holed


def concrete_in_pascals() -> Frame:
    frame = shipped("concrete")
    return frame.assign(strength_pa=(1e6 * frame.pop("strength_mpa")).round())


def cars_in_metres() -> Frame:
    """How far a car goes on a litre, in metres."""
    frame = shipped("auto_mpg").drop(columns="car_name")
    return frame.assign(metres_per_litre=(425.144 * frame.pop("mpg")).round())


def cars_with_gaps() -> Frame:
    return with_gaps(cars_in_metres(), 0.08, "metres_per_litre")


def cars_in_grams() -> Frame:
    """The weight of a car in grams, of all else that is known of it."""
    frame = shipped("auto_mpg").drop(columns="car_name")
    return frame.assign(grams=(453.592 * frame.pop("weight")).round())


def houses() -> Frame:
    """Prices of houses: categories, gaps and a bend."""
    rng = np.random.default_rng(1)
    n = 900
    area, rooms, age = rng.uniform(40, 260, n).round(), rng.integers(1, 8, n), rng.integers(0, 110, n)
    place = rng.choice(["centre", "suburb", "village", "coast"], n, p=[0.3, 0.4, 0.2, 0.1])
    heating = rng.choice(["gas", "oil", "heat pump", "none"], n, p=[0.5, 0.25, 0.2, 0.05])
    factor = pd.Series(place).map({"centre": 1.5, "suburb": 1.0, "village": 0.7, "coast": 1.9}).to_numpy()
    bonus = pd.Series(heating).map({"gas": 0.0, "oil": -12e3, "heat pump": 25e3, "none": -30e3}).to_numpy()
    price = 2_400 * area * factor * (1 - 0.004 * age + 0.00002 * age**2) + 9e3 * rooms + bonus
    price = (price * rng.normal(1.0, 0.06, n)).round(-2)
    frame = pd.DataFrame({"area": area, "rooms": rooms, "age": age, "place": place, "heating": heating})
    return with_gaps(frame, 0.03, "").assign(price=price)


def incomes() -> Frame:
    """Whether somebody earns much: mostly categories, of which one is rare, and gaps in a third of the rows."""
    rng = np.random.default_rng(2)
    n = 1200
    age, hours = rng.integers(17, 80, n), rng.normal(39, 11, n).clip(1, 99).round()
    school = rng.choice(["primary", "secondary", "bachelor", "master", "doctor"], n, p=[0.2, 0.45, 0.2, 0.12, 0.03])
    work = rng.choice(["private", "public", "own", "none"], n, p=[0.6, 0.2, 0.15, 0.05])
    family = rng.choice(["single", "married", "divorced", "widowed"], n)
    level = pd.Series(school).map({"primary": -1.6, "secondary": -0.5, "bachelor": 0.9, "master": 1.5, "doctor": 2.2})
    score = level + 0.05 * (hours - 39) - ((age - 50) / 18) ** 2 + 0.9 * (family == "married") - 2.5 * (work == "none")
    earns = np.where(score + rng.logistic(0, 0.6, n) > -0.2, ">50K", "<=50K")
    frame = pd.DataFrame({"age": age, "hours": hours, "school": school, "work": work, "family": family})
    return with_gaps(frame, 0.09, "").assign(income=earns)


def penguins_with_gaps() -> Frame:
    return with_gaps(shipped("penguins"), 0.1, "species")


def grades_with_gaps() -> Frame:
    return with_gaps(shipped("breast_cancer_wisconsin"), 0.05, "class")


TABLES: dict[str, Callable[[], Frame]] = {
    "concrete, in pascals": concrete_in_pascals,
    "cars, metres per litre": cars_in_metres,
    "cars, with gaps": cars_with_gaps,
    "cars, weight in grams": cars_in_grams,
    "houses, made": houses,
    "incomes, made": incomes,
    "penguins, with gaps": penguins_with_gaps,
    "cancer, with gaps": grades_with_gaps,
}
"""By what they are called; the last column is the target."""
