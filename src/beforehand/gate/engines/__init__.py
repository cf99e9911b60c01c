"""Engines that count. Each has one file; its library is imported there and nowhere else."""
