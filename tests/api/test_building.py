"""A plugin that loads but can't build what it promises is told with its name."""

import pytest

import navila_sdk as navila


def failing(error):
    def make(request):
        raise error

    return make


class Some(navila.Plugins):
    """The shipped plugins, with one world and one planner that fail in ``make``."""

    def __init__(self, error):
        super().__init__()
        self.error = error

    def world(self, name):
        return navila.WorldRecord(name, failing(self.error))

    def planner(self, name):
        return navila.PlannerRecord(name, failing(self.error))


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'vendor_sdk'"), "ModuleNotFoundError: No module named 'vendor_sdk'"),
        (RuntimeError("no GPU"), "RuntimeError: no GPU"),
        (SystemExit(1), "SystemExit"),
    ],
)
def test_whatever_goes_wrong_is_named(error, words):
    with pytest.raises(navila.PluginLoadError, match=f"the world 'moon' could not be built: {words}"):
        navila.connect("go2", world="moon", plugins=Some(error))
    with pytest.raises(navila.PluginLoadError, match=f"the planner 'sage' could not be built: {words}"):
        navila.load_planner("sage", plugins=Some(error))


def test_the_plugins_own_typed_error_comes_through():
    error = navila.MissingDependencyError("vendor_sdk is missing: pip install it")
    with pytest.raises(navila.MissingDependencyError, match="pip install it"):
        navila.connect("go2", world="moon", plugins=Some(error))
