#!/usr/bin/env python3
"""Checks a repository that tools/release/bundle wrote against what Maven Central requires, and against our own rules.

Usage: central.py REPOSITORY VERSION

  files       each jar has sources, Javadoc and a bill of materials; each file a signature that gpg verifies, and MD5 and SHA-1 digests
  POMs        name, description, address, license, developers, scm, in the POM or its parent; no SNAPSHOT, no repositories
  jars        META-INF/LICENSE and META-INF/NOTICE in each of them, as in this tree
  BOM         no parent; manages all our jars and nothing else
  scm         one address for all of them
"""

import hashlib
import json
import subprocess
import sys
import xml.etree.ElementTree as xml
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
GROUP = Path("io/fedtrust")
NS = {"m": "http://maven.apache.org/POM/4.0.0"}
JARS = {
    "fedtrust-provisioning-api": [""],
    "fedtrust-provisioning-core": [""],
    "fedtrust-attestation-api": [""],
    "fedtrust-attestation-providers": ["", "simulated"],
}
POMS = ["fedtrust-parent", "fedtrust-bom", *JARS]
REQUIRED = [
    "name", "description", "url", "licenses/license/name", "licenses/license/url", "developers/developer/name",
    "scm/connection", "scm/developerConnection", "scm/url",
]
SUPPLEMENTS = ("-sources.jar", "-javadoc.jar", "-cyclonedx.json")


class Repository:
    """What was built, and what is wrong with it."""

    def __init__(self, folder, version):
        self.folder = folder / GROUP
        self.version = version
        self.faults = []
        self.poms = {name: self.pom(name) for name in POMS}

    def file(self, name, suffix):
        return self.folder / name / self.version / f"{name}-{self.version}{suffix}"

    def pom(self, name):
        file = self.file(name, ".pom")
        return xml.parse(file).getroot() if file.exists() else None

    def expect(self, holds, fault):
        if not holds:
            self.faults.append(fault)

    def text(self, name, path):
        """A value of a POM, or else of its parent, with the properties put in. A name is not inherited."""
        pom = self.poms[name]
        parent = self.poms["fedtrust-parent"] if pom.find("m:parent", NS) is not None else None
        steps = "/".join("m:" + step for step in path.split("/"))
        for source in [pom] if path == "name" else [pom, parent]:
            if source is not None and source.findtext(steps, None, NS):
                value = source.findtext(steps, None, NS)
                for holder in [pom, parent]:
                    for entry in [] if holder is None else holder.findall("m:properties/*", NS):
                        value = value.replace("${" + entry.tag.split("}")[1] + "}", entry.text or "")
                return value
        return None

    def check_files(self):
        for name in POMS:
            self.expect(self.file(name, ".pom").exists(), f"{name}: no POM")
        for name, classifiers in JARS.items():
            suffixes = ["-" + classifier + ".jar" if classifier else ".jar" for classifier in classifiers]
            for suffix in [*suffixes, *SUPPLEMENTS]:
                self.expect(self.file(name, suffix).exists(), f"{name}: no {suffix}")
        published = sorted(
            file for file in self.folder.rglob(f"*/{self.version}/*")
            if file.suffix in (".jar", ".pom", ".json", ".xml"))
        self.expect(len(published) >= 20, f"only {len(published)} files")
        for file in published:
            self.check_signature(file)
            for kind in ("md5", "sha1"):
                digest = file.with_name(file.name + "." + kind)
                actual = hashlib.new(kind, file.read_bytes()).hexdigest()
                self.expect(digest.exists() and digest.read_text().split()[0] == actual, f"{file.name}: no {kind}, or a wrong one")
            self.expect("SNAPSHOT" not in file.name, f"{file.name}: a SNAPSHOT")
        strangers = {file.parent.parent.name for file in published} - set(POMS)
        self.expect(not strangers, f"not meant to be published: {sorted(strangers)}")

    def check_signature(self, file):
        signature = file.with_name(file.name + ".asc")
        verified = signature.exists() and subprocess.run(
            ["gpg", "--batch", "--verify", signature, file], capture_output=True, check=False).returncode == 0
        self.expect(verified, f"{file.name}: no signature, or a wrong one")

    def check_poms(self):
        for name, pom in self.poms.items():
            for path in REQUIRED:
                value = self.text(name, path)
                self.expect(value and "${" not in value.replace("${project.", ""), f"{name}: {path} is {value}")
            self.expect("SNAPSHOT" not in self.file(name, ".pom").read_text(), f"{name}: the POM names a SNAPSHOT")
            for banned in ("repositories", "pluginRepositories"):
                self.expect(pom.find(f".//m:{banned}", NS) is None, f"{name}: the POM has {banned}")
        for path in ("url", "scm/url", "scm/connection"):
            values = {self.text(name, path) for name in POMS}
            self.expect(len(values) == 1, f"{path} differs: {values}")

    def check_bom(self):
        bom = self.poms["fedtrust-bom"]
        self.expect(bom.find("m:parent", NS) is None, "the BOM has a parent")
        self.expect(bom.find("m:dependencies", NS) is None, "the BOM has dependencies")
        managed = [
            (entry.findtext("m:groupId", "", NS), entry.findtext("m:artifactId", "", NS), entry.findtext("m:classifier", "", NS))
            for entry in bom.findall("m:dependencyManagement/m:dependencies/m:dependency", NS)]
        ours = [("io.fedtrust", name, classifier) for name, classifiers in JARS.items() for classifier in classifiers]
        self.expect(sorted(managed) == sorted(ours), f"the BOM manages {sorted(set(managed) ^ set(ours))}")

    def check_jars(self):
        texts = {name: (ROOT / name).read_bytes() for name in ("LICENSE", "NOTICE")}
        for file in sorted(self.folder.rglob("*.jar")):
            with zipfile.ZipFile(file) as jar:
                names = set(jar.namelist())
                for name, text in texts.items():
                    inside = f"META-INF/{name}"
                    self.expect(inside in names and jar.read(inside) == text, f"{file.name}: no {inside}, or another one")
                wanted = ".java" if file.name.endswith("-sources.jar") else "index.html" if file.name.endswith("-javadoc.jar") else ".class"
                self.expect(any(name.endswith(wanted) for name in names), f"{file.name}: no {wanted} in it")

    def check_materials(self):
        for name in JARS:
            bill = json.loads(self.file(name, "-cyclonedx.json").read_text())
            subject = bill["metadata"]["component"]
            self.expect(bill["bomFormat"] == "CycloneDX", f"{name}: not CycloneDX")
            self.expect((subject["name"], subject["version"]) == (name, self.version), f"{name}: a bill of {subject['name']} {subject['version']}")
            scopes = [part["name"] for part in bill.get("components", []) if "junit" in part.get("group", "")]
            self.expect(not scopes, f"{name}: test libraries in the bill: {scopes}")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__.strip())
    repository = Repository(Path(sys.argv[1]), sys.argv[2])
    repository.check_files()
    if not repository.faults:
        repository.check_poms()
        repository.check_bom()
        repository.check_jars()
        repository.check_materials()
    if repository.faults:
        print("\n".join(repository.faults))
        return 1
    print(f"{len(POMS)} POMs, {len(list(repository.folder.rglob('*.jar')))} jars: nothing found")
    return 0


if __name__ == "__main__":
    sys.exit(main())
