#!/usr/bin/env python3
"""What a release is made of. One script for every platform, so that the archives differ in nothing but the
binary, and so that the tests can make one without the workflow.

  package.py notes TAG                 prints what changed; fails unless TAG is the version of Cargo.toml
  package.py pack TARGET BINARY FOLDER  writes the archive for a target, and its checksum
  package.py sums FOLDER               checks every archive again, and writes SHA256SUMS

It needs Python 3.8 or newer, which every runner brings. The same input gives the same bytes: no user, no time and no order of a file system gets into an archive.
"""

import gzip
import hashlib
import io
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
TEXTS = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"]
COMPLETIONS = {
    "bash": "watertight.bash",
    "elvish": "watertight.elv",
    "fish": "watertight.fish",
    "powershell": "_watertight.ps1",
    "zsh": "_watertight",
}
# The first moment that a ZIP archive can name.
MOMENT = (1980, 1, 1, 0, 0, 0)


def version():
    manifest = (ROOT / "Cargo.toml").read_text("utf-8")
    return re.search(r'^\[package\][^[]*?^version = "([^"]+)"$', manifest, re.MULTILINE).group(1)


def notes(tag):
    """The section of the changelog for a tag."""
    if tag != f"v{version()}":
        sys.exit(f"error: the tag is {tag}, and Cargo.toml says {version()}")
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    sections = re.split(r"^## +", changelog, flags=re.MULTILINE)[1:]
    for section in sections:
        title, _, text = section.partition("\n")
        if re.split(r"[ ,]", title)[0].strip("[]") == version() and text.strip():
            return text.strip() + "\n"
    sys.exit(f"error: CHANGELOG.md has no section `## {version()}`, or an empty one")


def told(binary, *arguments):
    """What the binary prints."""
    run = subprocess.run([binary, *arguments], check=True, stdout=subprocess.PIPE)
    return run.stdout


def content(target, binary):
    """All files of an archive, by their paths in it."""
    said = told(binary, "--version").decode().split()
    if said != ["watertight", version()]:
        sys.exit(f"error: {binary} says that it is {' '.join(said)}, not watertight {version()}")
    name = "watertight.exe" if "windows" in target else "watertight"
    files = {name: binary.read_bytes()}
    files.update({text: (ROOT / text).read_bytes() for text in TEXTS})
    files.update({f"completions/{file}": told(binary, "completions", shell) for shell, file in COMPLETIONS.items()})
    with tempfile.TemporaryDirectory() as pages:
        told(binary, "man", "--quiet", "--out", pages)
        files.update({f"man/{page.name}": page.read_bytes() for page in pathlib.Path(pages).iterdir()})
    return dict(sorted(files.items()))


def is_program(path):
    return path in ("watertight", "watertight.exe")


def tarred(folder, files):
    packed = io.BytesIO()
    # Without a name and a time of its own.
    with gzip.GzipFile(fileobj=packed, mode="wb", filename="", mtime=0) as zipped:
        with tarfile.open(fileobj=zipped, mode="w", format=tarfile.USTAR_FORMAT) as archive:
            for path, data in files.items():
                entry = tarfile.TarInfo(f"{folder}/{path}")
                entry.size = len(data)
                entry.mode = 0o755 if is_program(path) else 0o644
                archive.addfile(entry, io.BytesIO(data))
    return packed.getvalue()


def zipped(folder, files):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in files.items():
            entry = zipfile.ZipInfo(f"{folder}/{path}", MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            # Made on Unix wherever it is made, or else the mode would depend on the machine.
            entry.create_system = 3
            entry.external_attr = (0o100755 if is_program(path) else 0o100644) << 16
            archive.writestr(entry, data)
    return packed.getvalue()


def pack(target, binary, out):
    """Writes the archive: named, and laid out, as `cargo binstall` looks for it by default."""
    folder = f"watertight-{target}-v{version()}"
    make, ending = (zipped, "zip") if "windows" in target else (tarred, "tgz")
    archive = out / f"{folder}.{ending}"
    out.mkdir(parents=True, exist_ok=True)
    data = make(folder, content(target, binary))
    archive.write_bytes(data)
    # As `sha256sum --check` reads it, on every platform.
    line = f"{hashlib.sha256(data).hexdigest()}  {archive.name}\n"
    archive.with_name(archive.name + ".sha256").write_bytes(line.encode())
    print(archive)


def sums(out):
    """One list for all archives, after each was compared with what was written where it was made."""
    lines = []
    for checksum in sorted(out.glob("*.sha256")):
        line = checksum.read_text("utf-8")
        wanted, name = line.split()
        if hashlib.sha256((out / name).read_bytes()).hexdigest() != wanted:
            sys.exit(f"error: {name} is not what was packed")
        lines.append(line)
        checksum.unlink()
    archives = [path for path in out.iterdir() if path.suffix in (".tgz", ".zip")]
    if not lines or len(lines) != len(archives):
        sys.exit(f"error: {len(archives)} archives and {len(lines)} checksums in {out}")
    (out / "SHA256SUMS").write_bytes("".join(lines).encode())


def main():
    command, arguments = sys.argv[1:2], sys.argv[2:]
    if command == ["notes"] and len(arguments) == 1:
        sys.stdout.write(notes(arguments[0]))
    elif command == ["pack"] and len(arguments) == 3:
        target, binary, out = arguments
        pack(target, pathlib.Path(binary).resolve(), pathlib.Path(out))
    elif command == ["sums"] and len(arguments) == 1:
        sums(pathlib.Path(arguments[0]))
    else:
        sys.exit(__doc__)


main()
