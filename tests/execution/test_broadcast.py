"""Events reach listeners one at a time and in order, from any thread and from the middle of another event."""

import threading

from navila_sdk.events import Broadcast, Event


def test_many_threads_one_listener_at_a_time():
    news, inside, seen = Broadcast(), threading.Semaphore(1), []

    def listener(event):
        assert inside.acquire(blocking=False), "two events at once"
        seen.append(event.time_s)
        inside.release()

    news.listen(listener)
    threads = [
        threading.Thread(target=lambda start=start: [news.emit(Event(start + i)) for i in range(200)])
        for start in range(0, 4000, 1000)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    news.unlisten(listener)
    assert len(seen) == 800
    for start in range(0, 4000, 1000):
        own = [time_s for time_s in seen if start <= time_s < start + 1000]
        assert own == sorted(own)


def test_an_event_from_a_listener_comes_after_the_one_it_hears():
    news, seen = Broadcast(), []

    def first(event):
        seen.append(("first", event.time_s))
        if event.time_s == 0:
            news.emit(Event(1))

    news.listen(first)
    news.listen(lambda event: seen.append(("second", event.time_s)))
    news.emit(Event(0))
    assert seen == [("first", 0), ("second", 0), ("first", 1), ("second", 1)]


def test_who_emits_does_not_wait_for_a_slow_listener():
    news, began, go_on, seen = Broadcast(), threading.Event(), threading.Event(), []

    def slow(event):
        began.set()
        go_on.wait(10)
        seen.append(event.time_s)

    news.listen(slow)
    thread = threading.Thread(target=news.emit, args=(Event(0),))
    thread.start()
    assert began.wait(10)
    news.emit(Event(1))
    assert not seen
    go_on.set()
    news.unlisten(slow)
    thread.join(10)
    assert seen == [0, 1]
