"""From a velocity command to joint targets: policy files that describe themselves, and what runs any of them."""
