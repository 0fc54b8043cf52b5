"""``python -m ventros``, where the program ``ventros`` is not on PATH."""

from ventros.cli import main

main(prog_name="python -m ventros")
