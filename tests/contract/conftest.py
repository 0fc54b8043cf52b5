"""Every aggregate, for each test that asks for a subject."""

from tests.support.subjects import subject, ventros_seed, ventros_user  # noqa: F401
