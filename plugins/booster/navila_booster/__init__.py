"""The way to Booster's robots: a driver through the vendor's SDK, and a twin behind the vendor's own protocol."""
