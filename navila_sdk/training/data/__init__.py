"""The data engine: any world that can place its body, and an oracle, become labelled frames."""
