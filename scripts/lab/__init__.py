"""What scripts/bench and scripts/netlab are made of; measures the program from outside."""
