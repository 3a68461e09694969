"""From a foreign file to an edition: every row accepted, queued or refused, with its reason."""
