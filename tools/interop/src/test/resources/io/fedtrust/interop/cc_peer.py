# SPDX-License-Identifier: Apache-2.0
"""Runs NVFlare's own CCManager with its own authorizers, told what to do by JSON lines on standard input.

Arguments: role (server|client), site name, names of sites that must attest (comma), folder for
certificates, path of the stand-in for the vendor's binary, family (snp|tdx|gpu|aci|cvm). The network between sites is the other end of
standard input and output.
"""
import base64
import json
import os
import sys

from nvflare.apis.event_type import EventType
from nvflare.apis.fl_constant import ReservedKey
from nvflare.apis.fl_context import FLContext, FLContextManager
from nvflare.apis.server_engine_spec import ServerEngineSpec
from nvflare.app_opt.confidential_computing.cc_manager import CCManager
from nvflare.app_opt.confidential_computing.snp_authorizer import SNPAuthorizer
from nvflare.app_opt.confidential_computing.tdx_authorizer import TDXAuthorizer
from nvflare.fuel.f3.cellnet.core_cell import make_reply
from nvflare.fuel.f3.cellnet.defs import ReturnCode
from nvflare.private.defs import new_cell_message

role, name, enabled, certificates, binary, family = sys.argv[1:7]
out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)  # whatever is logged goes elsewhere


class Ended(Exception):
    """The process would have ended."""


def ended(status):
    raise Ended()


os._exit = ended


def encode(value):
    if isinstance(value, (bytes, bytearray)):
        return {"__bytes__": base64.b64encode(value).decode()}
    if isinstance(value, dict):
        return {key: encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [encode(item) for item in value]
    return value


def say(message):
    out.write(json.dumps(message) + "\n")
    out.flush()


def hear():
    line = sys.stdin.readline()
    if not line:
        sys.exit(0)
    return json.loads(line)


class Cell:
    def __init__(self):
        self.callbacks = {}

    def register_request_cb(self, channel, topic, cb, *args, **kwargs):
        self.callbacks[topic] = cb

    def send_request(self, target, channel, topic, request, timeout=None, optional=False):
        say({"request": {"target": target, "topic": topic, "payload": encode(request.payload)}})
        reply = hear()["payload"]
        if not reply:
            return make_reply(ReturnCode.ERROR, "refused", None)
        return make_reply(ReturnCode.OK, "", reply)


class Named:
    def __init__(self, site):
        self.name = site

    def get_fqcn(self):
        return self.name


def authorizers():
    if family == "tdx":
        return {"cpu": TDXAuthorizer(tdx_cli_command=binary, config_dir=certificates)}
    if family in ("aci", "cvm"):
        return {"cpu": azure()}
    cpu = SNPAuthorizer(
        amd_certs_dir=certificates, snpguest_binary=binary, max_retries=1, cmd_timeout=60
    )
    if family == "gpu":
        # Imports NVIDIA's kit, for which a stand-in lies beside this file.
        from nvflare.app_opt.confidential_computing.gpu_authorizer import GPUAuthorizer

        return {"cpu": cpu, "gpu": GPUAuthorizer()}
    return {"cpu": cpu}


def azure():
    """Its sidecar has a port of its own and the service an address: both are the stand-in's here."""
    import jwt
    import requests
    from nvflare.app_opt.confidential_computing.aci_authorizer import ACIAuthorizer
    from nvflare.app_opt.confidential_computing.az_cvm_authorizer import AZCVMAuthorizer

    platform = os.environ["FEDTRUST_STANDIN"]
    instance = "maa.simulated.invalid"
    post, keys = requests.post, jwt.PyJWKClient
    requests.post = lambda url, **more: post(
        url.replace("http://localhost:8284", platform), **more
    )
    jwt.PyJWKClient = lambda url: keys(url.replace("https://" + instance, platform))
    if family == "aci":
        return ACIAuthorizer(maa_endpoint=instance, retry_count=1, retry_sleep=0)
    return AZCVMAuthorizer(attester_binary=binary, maa_endpoint=instance)


class Engine(ServerEngineSpec if role == "server" else object):
    def __init__(self):
        self.cell = Cell()
        self.components = authorizers()
        self.clients = []

    def get_component(self, component_id):
        return self.components.get(component_id)

    def get_cell(self):
        return self.cell

    def get_clients(self):
        return [Named(site) for site in self.clients]


if role == "server":
    Engine.__abstractmethods__ = frozenset()

engine = Engine()
manager = CCManager(
    cc_issuers_conf=[{"issuer_id": part, "token_expiration": 100} for part in engine.components],
    cc_verifier_ids=list(engine.components),
    verify_frequency=3600,
    cc_enabled_sites=enabled.split(","),
)
contexts = FLContextManager(
    engine=engine, identity_name=name, job_id="", public_stickers={}, private_stickers={}
)


def fire(event, context):
    try:
        manager.handle_event(event, context)
        return "went on"
    except (Ended, SystemExit):
        return "shut down"


def handle(command):
    op = command["op"]
    context = contexts.new_context()
    if op == "bootstrap":
        return {"result": fire(EventType.SYSTEM_BOOTSTRAP, context)}
    if op == "start":
        result = fire(EventType.SYSTEM_START, context)
        fire(EventType.SYSTEM_END, context)
        return {"result": result}
    if op == "before_register":
        result = fire(EventType.BEFORE_CLIENT_REGISTER, context)
        return {"result": result, "cc_info": encode(context.get_prop("_cc_info"))}
    if op == "after_register":
        context.set_prop("_cc_info", command["cc_info"], sticky=False, private=False)
        return {"result": fire(EventType.AFTER_CLIENT_REGISTER, context)}
    if op == "register_received":
        peer = FLContext()
        peer.set_prop(ReservedKey.IDENTITY_NAME, command["peer"], private=False)
        peer.set_prop("_cc_info", command["cc_info"], sticky=False, private=False)
        context.set_peer_context(peer)
        result = fire(EventType.CLIENT_REGISTER_RECEIVED, context)
        engine.clients.append(command["peer"])
        return {"result": result, "cc_info": encode(context.get_prop("_cc_info"))}
    if op == "asked":
        reply = engine.cell.callbacks[command["topic"]](new_cell_message({}, command["payload"]))
        return {"result": "went on", "payload": encode(reply.payload)}
    if op == "validate":
        return {"result": fire(EventType.BEFORE_CHECK_CLIENT_RESOURCES, context)}
    raise ValueError(op)


while True:
    say({"answer": handle(hear())})
