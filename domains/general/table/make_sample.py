"""Writes sample.csv: 800 invented subscriptions. Run it from anywhere; the seed is fixed, the file is the same each time."""

from __future__ import annotations

import csv
import math
import random
from pathlib import Path

ROWS = 800


def row(number: int, rng: random.Random) -> dict[str, object]:
    """One customer. Churn falls with tenure and a long contract, and rises with price and calls to support."""
    tenure = rng.randint(1, 72)
    contract = rng.choices(["monthly", "one year", "two years"], [6, 3, 2])[0]
    price = round(rng.uniform(15, 110), 2)
    calls = min(8, int(rng.expovariate(0.8)))
    logit = -1.2 - 0.03 * tenure + 0.02 * (price - 60) + 0.45 * calls + (0.9 if contract == "monthly" else -0.4) + rng.gauss(0, 0.5)
    return {
        "customer_id": f"C{1000 + number}",
        "tenure_months": tenure,
        "contract": contract,
        "payment": rng.choice(["card", "transfer", "direct debit"]),
        "monthly_price": price,
        "support_calls": calls,
        "paperless": rng.choice(["true", "false"]),
        "total_paid": round(tenure * price, 2) if rng.random() > 0.03 else "",
        "churned": "yes" if rng.random() < 1 / (1 + math.exp(-logit)) else "no",
    }


def main() -> None:
    """Write the file beside this script."""
    rng = random.Random(77)
    rows = [row(number, rng) for number in range(ROWS)]
    with Path(__file__).with_name("sample.csv").open("w", newline="", encoding="utf-8") as handle:
        writer = csv.DictWriter(handle, rows[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    main()
