"""The field's datasets as benchmarks: R2R and RxR in continuous environments, VLN-CE-Isaac."""

from navila_vlnce.benchmark import VlnceBenchmark

r2r = VlnceBenchmark("r2r")
rxr = VlnceBenchmark("rxr")
isaac = VlnceBenchmark("vln-ce-isaac")
