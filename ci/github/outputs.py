"""Prints the outputs of the action, and writes the SARIF file that code scanning gets.

Takes the folder with `report.json` and `all.sarif`. Code scanning shows every result as an open alert, also
those that are excepted, in the baseline or gone; so these are left out of `upload.sarif`.
"""

import json
import pathlib
import sys


def main(folder: pathlib.Path) -> None:
    summary = json.loads((folder / "report.json").read_text(encoding="utf-8"))["summary"]
    for name in ["findings", "warnings", "inherited"]:
        print(f"{name}={int(summary[name])}")
    independence = summary["independence"]
    text = f"{independence['independent']}/{independence['pairs']}" if independence else ""
    print(f"independence={text}")

    log = json.loads((folder / "all.sarif").read_text(encoding="utf-8"))
    for run in log["runs"]:
        run["results"] = [
            result
            for result in run["results"]
            if not result.get("suppressions") and result.get("baselineState") != "absent"
        ]
    upload = folder / "upload.sarif"
    upload.write_text(json.dumps(log), encoding="utf-8")
    print(f"sarif={upload}")


main(pathlib.Path(sys.argv[1]))
