"""Every aggregate, for each test that asks for a subject."""

from tests.support.subjects import subject  # noqa: F401
