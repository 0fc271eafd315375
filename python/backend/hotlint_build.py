"""maturin's build backend, which finds the manual pages and completions of the program in the wheel's data.

They are made by the program that is being built, so that none of them is kept by hand.
"""

import argparse
import os
import shutil
import subprocess
from pathlib import Path

import maturin
from maturin import (  # noqa: F401
    build_sdist as _build_sdist,
    get_requires_for_build_editable,
    get_requires_for_build_sdist,
    get_requires_for_build_wheel,
    prepare_metadata_for_build_editable,
    prepare_metadata_for_build_wheel,
)

#: `data` of `[tool.maturin]`; what lies in `data` there is installed below the prefix.
DATA = Path("target/wheel")
DATA.mkdir(parents=True, exist_ok=True)


def _make_share():
    """Builds the program as maturin is going to, and has it write its documentation."""
    options = argparse.ArgumentParser()
    options.add_argument("--profile", default="dist")
    asked = os.environ.get("MATURIN_PEP517_ARGS", "").split()
    profile = options.parse_known_args(asked)[0].profile
    environment = dict(os.environ)
    # It has to run here, whatever machine the wheel is for.
    environment.pop("CARGO_BUILD_TARGET", None)
    shutil.rmtree(DATA)
    command = ["cargo", "run", "--locked", "--profile", profile, "--bin", "hotlint", "--", "docs", "share"]
    subprocess.run(command + [str(DATA / "data")], check=True, env=environment)


def build_wheel(wheel_directory, config_settings=None, metadata_directory=None):
    _make_share()
    return maturin.build_wheel(wheel_directory, config_settings, metadata_directory)


def build_editable(wheel_directory, config_settings=None, metadata_directory=None):
    _make_share()
    return maturin.build_editable(wheel_directory, config_settings, metadata_directory)


def build_sdist(sdist_directory, config_settings=None):
    return _build_sdist(sdist_directory, config_settings)
