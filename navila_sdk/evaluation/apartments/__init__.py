"""The apartment benchmark: instructions in R2R's manner in generated apartments, split by seed, looks and words."""

from navila_sdk.evaluation.apartments.benchmark import ApartmentBenchmark

__all__ = ["ApartmentBenchmark"]
