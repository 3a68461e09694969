"""The fictional town, made from a seed. See scripts/make-demo-town."""
