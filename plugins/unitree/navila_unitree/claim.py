"""Who of this computer is on a DDS domain; every vendor's robots share it.

CycloneDDS 0.10 and 11 on one domain don't match, and the older crashes while it discovers the newer.
"""

from navila_sdk.hardware.claim import Claim, Presence, present

__all__ = ["Claim", "Presence", "present"]
