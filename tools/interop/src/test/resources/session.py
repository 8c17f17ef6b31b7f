# An administrator's session, as a script of the peer's API. Every event is one line: @ and JSON.
# Arguments: user, kit folder, what to do (list | refused | job | stored), job folder, expected clients.
import json
import sys
import time

from nvflare.fuel.flare_api.flare_api import new_secure_session


def say(event, **facts):
    print("@" + json.dumps(dict(event=event, **facts)), flush=True)


def clients(session):
    return sorted(client.name for client in session.get_system_info().client_info)


def jobs(session):
    return sorted(job.get("status") for job in session.list_jobs())


user, kit, action, job, expected = sys.argv[1:6]
deadline = time.time() + 90
session = new_secure_session(user, kit, timeout=60.0)
say("login")
names = clients(session)
while names != sorted(filter(None, expected.split(","))) and time.time() < deadline:
    time.sleep(0.5)
    names = clients(session)
say("clients", names=names)
if action == "refused":
    try:
        session.submit_job(job)
        say("submitted")
    except Exception as e:
        say("refused", why=type(e).__name__)
if action in ("stored", "list"):
    say("stored", jobs=jobs(session))
if action == "stored" and not expected:
    session.submit_job(job)  # nobody is here to run it: it is kept
    say("stored", jobs=jobs(session))
if action == "job" or (action == "stored" and expected):
    job_id = session.submit_job(job)
    say("submitted")
    session.monitor_job(job_id, timeout=120, poll_interval=0.5)
    say("finished", status=session.get_job_meta(job_id).get("status"))
    say("clients after", names=clients(session))
    say("shutdown")
    try:
        session.shutdown("all")
    except TimeoutError:
        pass  # on a busy machine the server is gone before it answers; the test looks at the processes
    sys.stdout.flush()
session.close()
