"""A recording cut after any event replays as far as it goes."""

from navila_sdk.events import Commanded
from tests.navigator.test_navigator import goal_seeker
from tests.navigator.test_replay_core import again, recorded


def test_cut_after_any_event_nothing_differs():
    events = recorded(goal_seeker(1, 1))
    first = next(place for place, event in enumerate(events) if isinstance(event, Commanded)) + 1
    for cut in range(first, len(events), 7):
        assert again(events[:cut], goal_seeker(1, 1)).difference == ""
