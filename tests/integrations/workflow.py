"""Runs the scripts of a composite action or of a GitLab job as a runner does: in order, until one fails.

    workflow.py action ACTION.YML [INPUT=VALUE...]
    workflow.py gitlab TEMPLATE.YML JOB [VARIABLE=VALUE...]

The environment has what the service would set. Steps that `use` another action are passed over, and named.
"""

import os
import re
import subprocess
import sys
import tempfile

import yaml


def run(shell, script, environment, folder):
    with tempfile.NamedTemporaryFile("w", suffix=".sh", delete=False) as file:
        file.write(script)
    try:
        return subprocess.run([*shell, file.name], env=environment, cwd=folder).returncode
    finally:
        os.unlink(file.name)


def action(document, given):
    inputs = {name: str(spec.get("default", "")) for name, spec in document["inputs"].items()}
    unknown = set(given) - set(inputs)
    assert not unknown, f"no such input: {unknown}"
    inputs.update(given)
    values = {f"inputs.{name}": value for name, value in inputs.items()}
    values.update({"runner.temp": os.environ["RUNNER_TEMP"], "runner.os": "Linux", "github.sha": "0" * 40})

    def filled(text):
        return re.sub(r"\$\{\{ *([^ }]+) *\}\}", lambda found: values[found[1]], str(text))

    environment = dict(os.environ)
    for step in document["runs"]["steps"]:
        if "uses" in step:
            for value in step.get("with", {}).values():
                filled(value)
            print("passed over:", step["uses"], file=sys.stderr)
            continue
        assert "${{" not in step["run"], "an expression in a script is a place to inject commands"
        with open(os.environ["GITHUB_PATH"]) as file:
            folders = file.read().split()
        environment["PATH"] = os.pathsep.join([*folders, os.environ["PATH"]])
        more = {name: filled(value) for name, value in step.get("env", {}).items()}
        folder = filled(step.get("working-directory", "."))
        # As GitHub runs `shell: bash`.
        shell = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]
        code = run(shell, step["run"], {**environment, **more}, folder)
        if code:
            return code
    return 0


def gitlab(document, job, given):
    job = document[job]
    variables = {**job["variables"], **given}
    environment = {**os.environ}
    for name, value in variables.items():
        environment[name] = re.sub(r"\$(\w+)", lambda found: os.environ.get(found[1], ""), value)
    script = "\n".join([*job.get("before_script", []), *job["script"]])
    # Images have `sh`.
    return run(["sh", "-e"], script, environment, ".")


def main():
    kind, path, *rest = sys.argv[1:]
    with open(path) as file:
        document = yaml.safe_load(file)
    if kind == "action":
        return action(document, dict(pair.split("=", 1) for pair in rest))
    return gitlab(document, rest[0], dict(pair.split("=", 1) for pair in rest[1:]))


if __name__ == "__main__":
    sys.exit(main())
