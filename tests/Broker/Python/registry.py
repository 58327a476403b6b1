"""Uses a schema registry by plain REST with nothing but the standard library; fails with what was seen.

usage: registry.py REGISTRY_URL SUBJECT
"""
import json
import sys
import urllib.error
import urllib.request

URL, SUBJECT = sys.argv[1:]


def ask(method, path, body=None):
    request = urllib.request.Request(URL + path, method=method, data=None if body is None else json.dumps(body).encode())
    request.add_header("Content-Type", "application/vnd.schemaregistry.v1+json")
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def expect(seen, allowed, what):
    if seen != allowed:
        sys.exit(f"{what}: {seen!r}, expected {allowed!r}")


def schema(*fields):
    return {"schema": json.dumps({"type": "record", "name": "R", "fields": list(fields)})}


A = {"name": "a", "type": "string"}
B_OPTIONAL = {"name": "b", "type": "int", "default": 0}
B = {"name": "b", "type": "int"}

status, registered = ask("POST", f"/subjects/{SUBJECT}/versions", schema(A))
expect(status, 200, "register")
status, found = ask("GET", f"/schemas/ids/{registered['id']}")
expect((status, json.loads(found["schema"])["fields"][0]["name"]), (200, "a"), "get by id")
status, latest = ask("GET", f"/subjects/{SUBJECT}/versions/latest")
expect((status, latest["id"], latest["version"], latest["subject"]), (200, registered["id"], 1, SUBJECT), "latest")
status, _ = ask("PUT", f"/config/{SUBJECT}", {"compatibility": "BACKWARD"})
expect(status, 200, "set level")
status, level = ask("GET", f"/config/{SUBJECT}")
expect((status, level["compatibilityLevel"]), (200, "BACKWARD"), "get level")
status, verdict = ask("POST", f"/compatibility/subjects/{SUBJECT}/versions/latest", schema(A, B_OPTIONAL))
expect((status, verdict["is_compatible"]), (200, True), "verdict on a field with default")
status, verdict = ask("POST", f"/compatibility/subjects/{SUBJECT}/versions/latest", schema(A, B))
expect((status, verdict["is_compatible"]), (200, False), "verdict on a field without default")
status, refused = ask("POST", f"/subjects/{SUBJECT}/versions", schema(A, B))
expect((status, refused["error_code"]), (409, 409), "register an incompatible schema")
status, refused = ask("GET", "/subjects/never-registered/versions")
expect((status, refused["error_code"]), (404, 40401), "unknown subject")
status, refused = ask("GET", "/schemas/ids/2000000")
expect((status, refused["error_code"]), (404, 40403), "unknown id")
status, refused = ask("POST", f"/subjects/{SUBJECT}/versions", {"schema": '{"type":"recor"}'})
expect((status, refused["error_code"]), (422, 42201), "register no schema")
print("ok")
