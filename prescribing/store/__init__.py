"""The one way from prescribing to its database: every query runs inside a transaction that has entered."""
