"""An aggregate is written whole, or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from ventros.command_line import find_application
from ventros.generator.new_aggregate import new_aggregate, parse, place_of
from ventros.kernel.application import KERNEL
from ventros.kernel.errors import ConfigurationError
from ventros.migration_files import verify_checksums
from ventros.unit_of_work import CRM


def files(folder: Path) -> dict[str, bytes]:
    paths = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in paths}


def test_aggregates_are_numbered_and_held_one_after_the_other(shop: Path) -> None:
    for name in ("order", "entry"):
        place = place_of(find_application("shop.application:SHOP", shop))
        new_aggregate(parse(name, "number text", [], None), place, shop / "tests")
    assert {"0001.create-orders.sql", "0002.create-entries.rollback.sql"} <= {
        path.name for path in (shop / "shop" / "migrations").iterdir()
    }
    verify_checksums(shop / "shop" / "migrations")
    held = (shop / "shop" / "unit_of_work.py").read_text(encoding="utf-8")
    assert held.endswith("    orders = Held(OrderRepository)\n    entries = Held(EntryRepository)\n")


def test_nothing_is_written_where_something_is_in_the_way(shop: Path) -> None:
    in_the_way = shop / "tests" / "test_orders.py"
    in_the_way.write_text("mine", encoding="utf-8")
    before = files(shop)
    with pytest.raises(ConfigurationError, match=r"there is already: .*test_orders\.py"):
        new_aggregate(
            parse("order", "number text", [], None),
            place_of(find_application("shop.application:SHOP", shop)),
            shop / "tests",
        )
    assert files(shop) == before


@pytest.mark.parametrize("application", [CRM, KERNEL], ids=lambda application: application.name)
def test_the_shipped_applications_are_nobodys_to_add_to(application: object) -> None:
    with pytest.raises(ConfigurationError, match="is not yours to add to"):
        place_of(application)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("name", "children", "plural", "message"),
    [
        ("Order", [], None, "is no name"),
        ("sheep", [], "sheep", "must be another word"),
        ("order_line", ["number: text text"], None, "number is taken already"),
    ],
)
def test_names_that_would_clash_are_refused(
    name: str, children: list[str], plural: str | None, message: str
) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse(name, "number text", children, plural)
