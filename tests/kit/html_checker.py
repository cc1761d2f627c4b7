"""The Nu HTML checker, which is the W3C's, and what of it counts."""

from __future__ import annotations

import json
import re
import subprocess
from typing import Any

from tests.kit import shows

# What the checker does not know yet, and every current browser does or passes over.
TOO_NEW = {
    "CSS: “field-sizing”: Property “field-sizing” doesn't exist.":
    "CSS Basic User Interface 4: a field that grows with its text; a fixed one where unknown",
}  # fmt: skip
# On narrow pages rows are drawn as blocks, and browsers forget the table: roles say it again.
ROLES = re.compile(
    "The “(table|row|cell)” role is unnecessary for element “t(able|r|d)”"
    "|The “role” attribute must not be used on a “t[rd]” element which has a “table” ancestor"
)

# It runs for seconds: compiled little, which takes more of the stack.
BRIEFLY = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss8m")


def ask(documents: list[str], *options: str) -> list[str]:
    """Return what the checker finds, one line each; hints ("info") are no findings.

    Pages are asked for by address, which the checker would refuse for one on loopback: to a file it
    applies the policy as if all that it loads were foreign.
    """
    jar = shows.npm("vnu-jar") / "build" / "dist" / "vnu.jar"
    java = [shows.program("java"), *BRIEFLY, "-Dnu.validator.servlet.allow-forbidden-hosts=true"]
    command = [*java, "-jar", str(jar), "--format", "json", "--stdout", *options]
    done = subprocess.run([*command, *documents], check=False, capture_output=True, text=True)
    messages: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return [
        f"{each['url'].rsplit('/', 1)[-1]}:{each.get('lastLine', 0)}: {each['message']}"
        for each in messages
        # A warning is of the type info too; mere info is taste, like a slash that ends a tag.
        if (each["type"] != "info" or each.get("subType") == "warning")
        and each["message"] not in TOO_NEW
        and not ROLES.match(each["message"])
    ]
