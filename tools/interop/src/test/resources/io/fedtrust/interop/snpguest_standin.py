# SPDX-License-Identifier: Apache-2.0
"""Stands in for the vendor's snpguest: reports and their verification come over loopback HTTP."""
import os
import sys
import urllib.error
import urllib.request

PLATFORM = os.environ["FEDTRUST_STANDIN"]


def post(path, body):
    request = urllib.request.Request(PLATFORM + path, data=body, method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read()


def read(path):
    with open(path, "rb") as file:
        return file.read()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def blocks(data):
    lines = [data[i : i + 16] for i in range(0, len(data), 16)]
    return "\n".join(" ".join("%02x" % byte for byte in line) for line in lines)


def display(report):
    tcb = report[0x180:0x188]
    print("Report Data:")
    print(blocks(report[0x50:0x90]))
    print()
    print("Reported TCB:")
    print("TCB Version:")
    print("  Microcode:   %d" % tcb[7])
    print("  SNP:         %d" % tcb[6])
    print("  TEE:         %d" % tcb[1])
    print("  Boot Loader: %d" % tcb[0])
    print("  FMC:         None")
    print()
    print("Chip ID:")
    print(blocks(report[0x1A0:0x1E0]))


def main(verb, *arguments):
    if verb == "report":
        write(arguments[0], post("/report", read(arguments[1])))
    elif verb == "display":
        display(read(arguments[1]))
    elif verb == "fetch":
        names = ["ark.pem", "ask.pem"] if arguments[0] == "ca" else ["vcek.pem"]
        for name in names:
            write(os.path.join(arguments[2], name), b"stand-in")
    elif verb == "verify":
        try:
            post("/verify", read(arguments[2]))
        except urllib.error.HTTPError:
            sys.exit(1)
    else:
        sys.exit(2)


main(*sys.argv[1:])
