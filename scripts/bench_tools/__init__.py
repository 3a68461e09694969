"""What scripts/bench is made of: a national data set, a load generator, and what is compared."""
