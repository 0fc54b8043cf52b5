"""Who pays for projects."""
