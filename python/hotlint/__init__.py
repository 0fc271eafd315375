"""hotlint finds Python code that is slow for a reason a reader can see. The program itself is not Python: this package finds it."""

import os
import sys
import sysconfig

__all__ = ["find_hotlint"]


def find_hotlint():
    """Returns the path of the program that was installed with this package.

    Raises FileNotFoundError, naming the folders that were searched.
    """
    name = "hotlint" + (sysconfig.get_config_var("EXE") or "")
    folders = [sysconfig.get_path("scripts")]
    # A virtual environment that sees the packages of the Python that it was made from.
    folders.append(sysconfig.get_path("scripts", vars={"base": sys.base_prefix}))
    # `pip install --user`
    scheme = "nt_user" if os.name == "nt" else "posix_user"
    if sys.platform == "darwin" and sys._framework:
        scheme = "osx_framework_user"
    folders.append(sysconfig.get_path("scripts", scheme=scheme))
    # `pip install --target` puts programs beside the packages, `--prefix` above `lib/python3.x/site-packages`.
    packages = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    programs = "Scripts" if os.name == "nt" else "bin"
    folders.append(os.path.join(packages, programs))
    prefix = os.path.dirname(os.path.dirname(os.path.dirname(packages)))
    folders.append(os.path.join(prefix, programs))

    for folder in folders:
        path = os.path.join(folder, name)
        if os.path.isfile(path):
            return path
    raise FileNotFoundError("{} is in none of {}".format(name, ", ".join(dict.fromkeys(folders))))
