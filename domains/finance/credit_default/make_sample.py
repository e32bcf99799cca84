"""Writes sample.csv: 1,200 invented credit applications. Run it from anywhere; the seed is fixed, the file is the same each time."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

ROWS = 1200
PURPOSES = ["car", "furniture", "education", "business", "renovation"]
HOUSING = ["rent", "own", "with family"]


def row(number: int, rng: random.Random) -> dict[str, object]:
    """One application. Default depends on income, amount, past delays and housing; sex and age carry no effect of their own."""
    age = min(75, max(19, round(rng.gauss(38, 11))))
    income = round(math.exp(rng.gauss(7.9, 0.45)))
    amount = round(math.exp(rng.gauss(8.4, 0.6)), -2)
    months = rng.choice([12, 18, 24, 36, 48, 60])
    delays = min(6, int(rng.expovariate(1.1)))
    housing = rng.choices(HOUSING, [5, 4, 2])[0]
    employed = max(0, min(age - 18, int(rng.expovariate(0.18))))
    burden = amount / months / income
    logit = -2.6 + 0.75 * delays + 7.0 * burden - 0.05 * employed - 0.5 * (housing == "own") + 0.012 * (months - 24) + rng.gauss(0, 0.6)
    return {
        "application_id": f"A{100000 + number}",
        "application_date": f"{2023 + number * 2 // ROWS}-{rng.randint(1, 12):02d}-{rng.randint(1, 28):02d}",
        "age": age,
        "sex": rng.choice(["female", "male"]),
        "housing": housing,
        "employment_years": employed if rng.random() > 0.06 else "",
        "monthly_income": income if rng.random() > 0.03 else "",
        "amount": int(amount),
        "duration_months": months,
        "purpose": rng.choice(PURPOSES),
        "past_delays": delays,
        "defaulted": int(rng.random() < 1 / (1 + math.exp(-logit))),
    }


def main() -> None:
    """Write the file beside this script."""
    rng = random.Random(20240611)
    rows = [row(number, rng) for number in range(ROWS)]
    with Path(__file__).with_name("sample.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
