"""New plugins: a project that installs, passes the conformance kit and runs, before a line of it is written by hand."""

from navila_sdk.scaffold.names import Names, names_of
from navila_sdk.scaffold.project import Project, new_project
from navila_sdk.scaffold.robot import RobotFiles

__all__ = ["Names", "Project", "RobotFiles", "names_of", "new_project"]
