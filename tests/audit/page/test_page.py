"""The page holds all that was asked, by itself; and what comes from the server stays text on it."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import attrs
import psycopg
import pytest

from tests.support.counted_work import SHAPE, work
from tests.support.library import LIBRARY
from tests.support.program import ventros
from ventros import Database, UnitOfWork, roles
from ventros.audit.checks import Finding
from ventros.audit.page import MAX_CHARACTERS, page, visible, write
from ventros.audit.page.database import Reference, Table, tables
from ventros.audit.page.diagram import WIDTH, diagram, order
from ventros.audit.page.entries import anchor, highlight
from ventros.demo.seed import Seed
from ventros.devserver import DevServer
from ventros.kernel.errors import ConfigurationError

HOSTILE = "</code></pre><script>document.title = 'owned'</script><img src=x onerror=alert(1)>\u202eend"
FINDINGS = [Finding("counters", f"contacts {HOSTILE}", HOSTILE, f"SELECT '{HOSTILE}'", f"UPDATE {HOSTILE}")]
EMPTY = {"meta", "input", "wbr", "link", "img", "br"}


class Reading(HTMLParser):
    """What a browser makes of the page: its elements with their text, by id."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str | None]] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.pieces: dict[str, list[str]] = {"": []}
        self.feed(text)
        self.close()
        self.texts = {name: "".join(pieces) for name, pieces in self.pieces.items()}
        self.text = self.texts.pop("")
        assert self.open == [], "elements that are not closed"

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = dict(attributes)
        self.tags.append((tag, known))
        if "id" in known:
            assert known["id"] not in self.pieces, f"twice: {known['id']}"
            self.pieces[known["id"] or ""] = []
        if tag not in EMPTY:
            self.open.append((tag, known.get("id")))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"a stray </{tag}>"
        assert self.open.pop()[0] == tag

    def handle_data(self, data: str) -> None:
        for key in {"", *(key or "" for _, key in self.open)}:
            self.pieces[key].append(data)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]

    def links(self) -> list[str]:
        return [
            str(value)
            for _, attributes in self.tags
            for key, value in attributes.items()
            if key in {"href", "src"}
        ]


def checked(text: str) -> Reading:
    """Reads it; whatever the page is of, its links lead to places on it and nothing is fetched."""
    reading = Reading(text)
    assert [
        link for link in reading.links() if not link.startswith("#") or link[1:] not in reading.texts
    ] == []
    assert "url(" not in text
    assert "@import" not in text
    assert len(reading.all("script")) == 1
    for tag, kind in (("script", "script-src"), ("style", "style-src")):
        (inside,) = re.findall(rf"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        policy = reading.all("meta")[1]["content"] or ""
        assert f"{kind} 'sha256-{digest}'" in policy
        assert policy.startswith("default-src 'none'")
    return reading


async def test_every_statement_and_shape_is_there_with_its_plan_and_its_cost(
    db: Database[UnitOfWork], seed: Seed, superuser: psycopg.Connection
) -> None:
    await work(db, seed)
    text = page(superuser, LIBRARY, [])
    reading = checked(text)
    assert len(text.encode()) < 3_000_000
    for statement in LIBRARY.statements:
        shown = reading.texts[anchor(statement.name)]
        assert statement.text in shown
        assert statement.why in shown
        assert all(
            f"${at} {param.name} {param.type}" in shown for at, param in enumerate(statement.params, 1)
        )
        assert "Plan: " in shown
        assert "cost=" in shown
        assert re.search(r"query ids? -?\d+", shown)
        assert f"{statement.path.name}:" in shown
    update = reading.texts["contacts.update"]
    assert re.search(r"calls\s*2\b", update)
    assert "writes contacts (UPDATE)" in update
    assert "Never executed by ventros_app." in reading.texts["contacts.delete"]
    assert "contacts.delete" in reading.texts["executed"]
    assert "0 unknown texts of ventros_app" in reading.text
    assert "Nothing was found wrong." in reading.texts["findings"]
    statements = [statement for statement in LIBRARY.statements if statement.path.parent.name != "shapes"]
    assert (
        f"0 findings, {len(statements)} statements, {len(LIBRARY.statements) - len(statements)} shapes"
        in reading.text
    )
    assert "1 more that were executed" in reading.text
    assert "put together as filters asked" in reading.texts[anchor(SHAPE)]
    # A shape's place is the line where it stands.
    name = "contacts.page() by created_at desc"
    (line,) = re.findall(r"shapes/contacts\.sql:(\d+)", reading.texts[anchor(name)])
    shapes = Path(__file__).parents[3] / "sql" / "shapes" / "contacts.sql"
    assert shapes.read_text().splitlines()[int(line) - 1] == f"-- name: {name}"


def test_the_tables_tell_what_they_are_and_who_uses_them(ventros_seeded: str, seeded_dsn: str) -> None:
    with psycopg.connect(seeded_dsn, autocommit=True) as connection:
        reading = checked(page(connection, LIBRARY, []))
        comments = connection.execute(
            "SELECT c.relname, col_description(c.oid, a.attnum) FROM pg_class AS c"
            " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0"
            " WHERE c.relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).fetchall()
    assert set(LIBRARY.tables) <= {name.removeprefix("table-") for name in reading.texts}
    for table, comment in comments:
        assert (comment or "") in reading.texts[f"table-{table}"]
    contacts = reading.texts["table-contacts"]
    assert "FOREIGN KEY (tenant_id, project_id) REFERENCES projects" in contacts
    assert "messages" in contacts.partition("Referred to by")[2].partition("Indexes")[0]
    assert (
        "ventros_version_guard()"
        in contacts.partition("Constraints, policies and triggers")[2].partition("Written by")[0]
    )
    assert "contacts.update" in contacts.partition("Written by")[2].partition("Read by")[0]
    assert "contacts.get" in contacts.partition("Read by")[2]
    assert "contacts_live_phone_key" in reading.texts["contacts.find_by_phone"]
    assert re.search(r"live_phone_key [^\n]*in the plans of\s*[^<\n]*contacts\.find_by_phone", contacts)
    assert f"the database {ventros_seeded}" in reading.text


def test_what_comes_from_the_server_or_a_check_stays_text(
    superuser: psycopg.Connection, owner_dsn: str
) -> None:
    """The owner stands in for the app, whose statistics are not to be spoiled."""
    with psycopg.connect(owner_dsn, autocommit=True) as owner:
        owner.execute(f'SELECT 1 AS "{HOSTILE[:60]}\u202e"'.encode())
        owner.execute(
            f"COMMENT ON COLUMN contacts.name IS '{HOSTILE.replace(chr(39), chr(39) * 2)}'".encode()
        )
    superuser.execute(f'CREATE TABLE "a b{HOSTILE[:40]}" (n int)'.encode())
    text = page(superuser, LIBRARY, FINDINGS, app=roles.OWNER)
    reading = checked(text)
    assert reading.all("img") == []
    executed = reading.texts["executed"]
    assert f'SELECT $1 AS "{HOSTILE[:60]}\\u202e"' in executed
    assert HOSTILE in reading.texts["table-contacts"]
    assert "This table is in no schema.sql" in reading.texts[f"table-{anchor('a b' + HOSTILE[:40])}"]
    shown = reading.texts["findings"]
    for field in attrs.astuple(FINDINGS[0]):
        assert field.replace("\u202e", "\\u202e") in shown
    assert "1 finding," in reading.text
    # The control of this test: unescaped, the very same page runs it.
    assert text.count("<script>") == 1
    assert html.unescape(text).count("<script>") > 4


def test_a_text_of_the_server_hides_nothing() -> None:
    assert visible("a\tb\n\u202ec\x1b[2K é 😀") == "a\tb\n\\u202ec\\u001b[2K é 😀"
    assert visible("x" * (MAX_CHARACTERS + 1000)).endswith("x… and 1,000 characters more")


def test_keywords_and_parameters_are_set_off_and_the_text_stays() -> None:
    text = "SELECT name FROM \"FROM\" WHERE a<$1 AND b = 'SELECT $2 <b> é😀' /* x.get */"
    marked = highlight(text)
    assert html.unescape(re.sub(r"</?(?:b|var)>", "", marked)) == text
    assert re.findall(r"<(b|var)>(.*?)</", marked) == [
        ("b", "SELECT"),
        ("b", "FROM"),
        ("b", "WHERE"),
        ("var", "$1"),
        ("b", "AND"),
    ]


def test_without_pg_stat_statements_it_says_so(superuser: psycopg.Connection) -> None:
    superuser.execute("DROP EXTENSION pg_stat_statements")
    reading = checked(page(superuser, LIBRARY, []))
    assert "this database has no pg_stat_statements: CREATE EXTENSION" in reading.texts["executed"]
    assert "unknown texts not known" in reading.text
    assert reading.all("dl") == []
    assert "Never executed" not in reading.text
    assert "cost=" in reading.texts["contacts.get"]


def test_of_a_database_that_is_empty(server: DevServer, migrated: None) -> None:
    server.create_database("empty_for_page")
    with psycopg.connect(server.superuser_dsn("empty_for_page"), autocommit=True) as connection:
        connection.execute("DROP EXTENSION pg_stat_statements")
        reading = checked(page(connection, LIBRARY, []))
    assert "this database was not migrated" in reading.texts["tables"]
    assert 'No plan: relation "contacts" does not exist [SQLSTATE 42P01]' in reading.texts["contacts.get"]
    names = [statement.name for statement in LIBRARY.statements]
    planned = {name for name in names if "No plan: " not in reading.texts[anchor(name)]}
    assert planned == {"outbox_events.find_horizon_holders"}  # which reads no table


def test_a_role_without_privileges_sees_what_it_may(server: DevServer, superuser: psycopg.Connection) -> None:
    """One refused statement does not spoil the next."""
    superuser.execute("CREATE ROLE looker LOGIN PASSWORD 'open'")
    superuser.execute("GRANT pg_read_all_stats TO looker; GRANT USAGE ON SCHEMA statistics TO looker")
    superuser.execute("GRANT SELECT, INSERT ON users TO looker")
    dsn = server.superuser_dsn(superuser.info.dbname)
    dsn = dsn.replace(f"{server.superuser}:{server.superuser_password}", "looker:open")
    try:
        with psycopg.connect(dsn, autocommit=True) as connection:
            reading = checked(page(connection, LIBRARY, []))
            assert connection.execute("SELECT FROM pg_prepared_statements").fetchall() == []
    finally:
        superuser.execute("DROP OWNED BY looker; DROP ROLE looker")
    assert "No plan: permission denied for table contacts [SQLSTATE 42501]" in reading.texts["contacts.get"]
    assert "Plan: " in reading.texts["users.insert"]
    assert "No plan: " not in reading.texts["users.insert"]
    assert "Referred to by" in reading.texts["table-contacts"]


def test_the_app_is_refused(dsn: str) -> None:
    """Else the page would be what it reports: texts of the app that are no statements."""
    with (
        psycopg.connect(dsn, autocommit=True) as connection,
        pytest.raises(ConfigurationError, match="log in as another than ventros_app"),
    ):
        page(connection, LIBRARY, [])


def test_the_file_is_whole_or_not_there(tmp_path: Path) -> None:
    file, link = tmp_path / "a.html", tmp_path / "b.html"
    file.write_text("before")
    link.symlink_to(file)
    with pytest.raises(UnicodeEncodeError):
        write(link, "half of it \ud800")
    assert file.read_text() == "before"
    write(link, "after é")
    assert (file.read_text(encoding="utf-8"), link.is_symlink()) == ("after é", True)
    assert file.stat().st_mode & 0o777 == 0o600
    for wrong in (tmp_path, tmp_path / "none" / "a.html", file / "a.html", Path("/dev/null")):
        with pytest.raises(ConfigurationError, match=f"cannot write {wrong}"):
            write(wrong, "")
    assert sorted(tmp_path.iterdir()) == [file, link]
    assert Path("/dev/null").is_char_device()


def test_the_command_writes_it(server: DevServer, superuser: psycopg.Connection, tmp_path: Path) -> None:
    dsn, file = server.superuser_dsn(superuser.info.dbname), tmp_path / "audit.html"
    done = ventros("audit", "--html", file, "--json", database=dsn)
    assert done.returncode in {0, 1}, done.stderr  # the server of the tests is not durable
    reading = checked(file.read_text(encoding="utf-8"))
    assert f"{done.stdout.count('mend')} findings, " in reading.text
    for wrong in (tmp_path, tmp_path / "none" / "audit.html"):
        refused = ventros("audit", "--html", wrong, database=dsn)
        assert refused.returncode == 2
        assert "Traceback" not in refused.stderr
        assert str(wrong) in refused.stderr


def table(name: str, *targets: str, owned: str = "") -> Table:
    references = [Reference("fkey", target, owned=target == owned, text="") for target in targets]
    return Table(name, "", True, 0, "", [], references, [], [])


def test_what_is_referred_to_is_drawn_above_and_parts_below_their_whole() -> None:
    made = [
        table("alone"),
        table("notes", "orders", "people"),
        table("order_lines", "orders", "order_line_groups", owned="orders"),
        table("order_line_parts", "order_lines", owned="order_lines"),
        table("orders", "people"),
        table("people", "people"),
        table("tree", "tree", owned="tree"),
        table("left", "right"),
        table("right", "left"),
        table("egg", "hen", owned="hen"),
        table("hen", "egg", owned="egg"),
        table("elsewhere", "of_another_schema", owned="of_another_schema"),
    ]
    names = [table_.name for table_ in order(made)]
    assert sorted(names) == sorted(table_.name for table_ in made)
    assert names.index("people") < names.index("orders") < names.index("notes")
    assert names[names.index("orders") :][1:3] == ["order_lines", "order_line_parts"]
    assert names.index("alone") > names.index("notes")


def test_the_drawing_has_each_reference_once(superuser: psycopg.Connection) -> None:
    known = [table_ for table_ in tables(superuser) if table_.name in LIBRARY.tables]
    drawn = diagram(known)
    assert {row.name for row in drawn.rows} == set(LIBRARY.tables)
    dots = {(name, lane.target) for lane in drawn.lanes for name, _ in lane.dots}
    parts = {(table_.name, table_.parent) for table_ in known if table_.parent}
    assert dots | parts == {
        (table_.name, reference.target) for table_ in known for reference in table_.references
    }
    assert not dots & parts
    assert ("broadcast_counters", "broadcasts") in parts
    assert ("contact_list_members", "contact_lists") in parts
    assert all(row.y < drawn.height for row in drawn.rows)
    assert all(max(map(len, LIBRARY.tables)) * 7 < lane.x < WIDTH for lane in drawn.lanes)
    assert all(lane.top == lane.y for lane in drawn.lanes), "what is referred to stands above"


def test_the_colours_can_be_read() -> None:
    """At least 4.5 to 1 for text, in both schemes: WCAG 2.2, 1.4.3."""
    style = (Path(__file__).parents[3] / "ventros/audit/page/style.css").read_text()
    light, dark = (dict(re.findall(r"--([\w]+): (#\w+)", word)) for word in style.split("@media", 2)[:2])
    assert light.keys() == dark.keys()
    for colours in (light, dark):
        for name in ("ink", "soft", "link", "word", "bind", "bad"):
            for ground in ("paper", "card"):
                assert contrast(colours[name], colours[ground]) >= 4.5, (name, ground)
    assert contrast("#999", "#fff") < 4.5


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(digit * 2 for digit in colour[1:])
    parts = (int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
