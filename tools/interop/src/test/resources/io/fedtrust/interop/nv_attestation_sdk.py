# SPDX-License-Identifier: Apache-2.0
"""Stands in for NVIDIA's nv_attestation_sdk: tokens and their verification come over loopback HTTP."""
import enum
import json
import os
import urllib.error
import urllib.request

PLATFORM = os.environ["FEDTRUST_STANDIN"]


def post(path, body):
    request = urllib.request.Request(PLATFORM + path, data=body, method="POST")
    with urllib.request.urlopen(request, timeout=30) as response:
        return response.read()


class attestation:
    class Devices(enum.Enum):
        GPU = 1

    class Environment(enum.Enum):
        REMOTE = 1

    class Attestation:
        def set_name(self, name):
            self.name = name

        def set_claims_version(self, version):
            self.version = version

        def add_verifier(self, device, environment, url, evidence_policy):
            self.url = url

        def set_nonce(self, nonce):
            self.nonce = nonce

        def get_evidence(self):
            return [self.nonce]

        def attest(self, evidence_list):
            bundle = json.loads(post("/gpu", evidence_list[0].encode()))
            self.token = json.dumps([["JWT", "e30.e30.AA"], {"REMOTE_GPU_CLAIMS": bundle}])
            return True

        def get_token(self):
            return self.token

        def set_token(self, name, eat_token):
            self.token = eat_token

        def validate_token(self, policy):
            try:
                post("/gpu-verify", self.token.encode())
                return True
            except urllib.error.HTTPError:
                return False
