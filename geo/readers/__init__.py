"""One small reader for each form of source."""
