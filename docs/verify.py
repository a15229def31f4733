#!/usr/bin/env python3
"""Verify the audit trail of Procedo without Procedo: python3 verify.py [--key KEY] [--checkpoint FILE] FILE...

FILE is a run's bundle (GET /runs/{run_id}/bundle), an export (procedo audit export) or the output of a file sink.
The program checks the hash chains, all copied fields against the hashed bytes, disclosed values against their
commitments, the definition's digest, and the checkpoints: Ed25519 signatures (RFC 8032, C2SP signed notes), Merkle
trees (RFC 6962) and their order. It lists what a bundle withholds. It does not check whether the events make sense
together; only Procedo can do that. It needs Python 3.8 or later and no packages.
Exit status: 0 if there are no findings, 1 if there are any.
"""
import argparse, base64, decimal, hashlib, json, re, sys
from datetime import datetime, timedelta

GENESIS = "0" * 64
# How far clocks may differ without a word, how far they are set back at most, and how long a write takes at most.
SKEW, CORRECTION, UNDER_WAY = timedelta(seconds=2), timedelta(days=1), timedelta(minutes=1)
LEVELS, NESTED = 100, 200  # deepest nesting of a payload and of a disclosed value, and of any JSON text
BLANK = b" \t\r\n"  # white space of JSON
ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, OSError)
# The members of objects and their types.
EVENT = dict.fromkeys("id entity_type entity_id action actor occurred_at canonical prev_hash hash".split(), str)
EVENT["seq"] = int
CHECKPOINT = {"checkpoint": int, "note": str, "header": str, "index": int, "seq": int}
CHECKPOINT.update(dict.fromkeys(["entity_type", "entity_id", "hash"], str))
LEAF = set(CHECKPOINT) - {"note", "header"}
BUNDLE = {"format": str, "run_id": str, "procedure": dict, "events": list, "checkpoint": dict}
PROCEDURE = {"id": str, "version": int, "digest": str, "document": str}
PROOF = {"note": str, "header": str, "seq": int, "hash": str, "index": int, "path": list, "header_path": list}
ACTIONS = {
    "run": "run.created run.started run.completed run.failed run.action_refused run.content_erased step.opened "
    "step.draft_saved step.draft_refused step.committed step.commit_refused step.amended step.skipped "
    "step.not_applicable step.value_erased slot.revealed",
    "procedure": "procedure.created procedure.version_published procedure.archived procedure.unarchived",
}
found, warned = [], []


def find(where, seq, problem, into=found):
    into.append(f"{where} event {seq}: {problem}" if seq else f"{where}: {problem}")


def count(n, word):
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def sha256(data):
    return hashlib.sha256(data).digest()


# Ed25519, RFC 8032: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def plus(a, b):
    e = (a[1] - a[0]) * (b[1] - b[0]) % P
    f = (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def times(n, point):
    total = (0, 1, 1, 0)
    while n:
        if n & 1:
            total = plus(total, point)
        point, n = plus(point, point), n >> 1
    return total


def point(data):
    y = int.from_bytes(data, "little")
    sign, y = y >> 255, y & (2**255 - 1)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or x * x % P != square or (x == 0 and sign):
        raise ValueError("not a point on the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, text, signature):
    s = int.from_bytes(signature[32:], "little")
    h = int.from_bytes(hashlib.sha512(signature[:32] + public + text).digest(), "little") % ORDER
    a, b = times(s, BASE), plus(point(signature[:32]), times(h, point(public)))
    equal = (a[0] * b[2] - b[0] * a[2]) % P == 0 and (a[1] * b[2] - b[1] * a[2]) % P == 0
    return len(signature) == 64 and s < ORDER and equal


# The forms of a checkpoint's header and text. A text of earlier releases says everything, and has no header.
NUMBER, HASH, UNTIL = "([1-9][0-9]*)", "([0-9a-f]{64})", r"(0|-?[1-9][0-9]*) (\S+) (\S+) (0|-?[1-9][0-9]*)"
HEADER = f"checkpoint {NUMBER} (\\S+) {NUMBER} {UNTIL} ([^\n]+)\n"
HEAD = rf"([^\s\0-\x1f\x7f-\x9f+\ufffd]+)\n{NUMBER}\n([^\n]+)\n"
EARLIER = "procedo-checkpoint/1\n"
TEXT = (
    rf"{EARLIER}number {NUMBER}\ntime (\S+)\nprevious {HASH}\nuntil {UNTIL}\nleaves {NUMBER}\nroot {HASH}\n"
    r"((?:key [^\n]+\n)+)"
)


def fields(form, text):
    match = re.fullmatch(form, text)
    if not match:
        raise ValueError(f"{text[:80]!r} is not well-formed")
    return match.groups()


def whole(text):
    if not -(2**63) <= int(text) < 2**63:
        raise ValueError(f"{text} has more than 64 bits")
    return int(text)


def decoded(text):
    """Decode base64 in its only proper form."""
    raw = base64.b64decode(text, validate=True)
    if base64.b64encode(raw).decode() != text:
        raise ValueError("malformed base64")
    return raw


def log_head(text):
    """Parse the text that a checkpoint of the log signs: origin, size and root."""
    origin, size, root = fields(HEAD, text)
    if len(origin.encode()) > 255 or int(size) > 1 << 40 or len(decoded(root)) != 32:
        raise ValueError("not the head of a log")
    return origin, int(size), decoded(root)


def key_of(text):
    """Parse a verifier key: its name, the first bytes of its hash, and the public key."""
    name, hint, public = fields(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    raw = decoded(public)
    if len(raw) != 33 or raw[0] != 1 or sha256(name.encode() + b"\n" + raw)[:4].hex() != hint:
        raise ValueError(f"{text!r} is not an Ed25519 key")
    return name, bytes.fromhex(hint), raw[1:]


class Checkpoint:
    """A signed note: its text, an empty line, and lines with signatures. Its header, a leaf of the log, names the keys.

    Without a header it has the form of earlier releases: the text names the keys, and nobody else may sign it.
    """

    def __init__(self, note, header=None):
        self.text, signatures = note.split("\n\n", 1)
        self.text, self.header = self.text + "\n", header
        if header:
            number, self.time, leaves, *self.until, keys = fields(HEADER, header)
            self.origin, self.size, self.root = log_head(self.text)
            self.keys, self.kept = keys.split(" "), ("log of size", self.size)
        else:
            number, self.time, self.previous, *self.until, leaves, root, keys = fields(TEXT, self.text)
            self.keys, self.root = keys[4:-1].split("\nkey "), bytes.fromhex(root)
            self.kept = "checkpoint", int(number)
        self.number, self.leaves = whole(number), whole(leaves)
        whole(self.until[0]), whole(self.until[3]), moment(self.time)
        self.verify(signature_lines(signatures))

    def verify(self, given):
        for key in self.keys:
            name, hint, public = key_of(key)
            by = [s[4:] for n, s in given if n == name and s[:4] == hint]
            if len(by) != 1 or not signed(public, self.text.encode(), *by):
                raise ValueError("not signed by exactly the keys that it names")
        if len(set(self.keys)) != len(self.keys) or not self.header and len(given) != len(self.keys):
            raise ValueError("not signed by exactly the keys that it names")

    def hash(self):
        return sha256(self.text.encode()).hex()


def signature_lines(text):
    """Parse lines with signatures: a dash, the name of a key, and base64 of the key's hash and the signature."""
    all = []
    for line in text[:-1].split("\n"):
        name, data = fields(r"— ([^\s\0-\x1f+]+) (\S+)", line)
        all.append((name, decoded(data)))
        if len(all[-1][1]) < 5 or len(all) > 64 or text[-1] != "\n":
            raise ValueError("malformed lines with signatures")
    return all


def keep(kept, note):
    """Add a kept checkpoint. One of the log comes without its header, and is trusted because it was kept."""
    text, signatures = note.split("\n\n", 1)
    text, known = text + "\n", ("log of size", 0)
    if note.startswith(EARLIER):
        known = Checkpoint(note).kept
    else:
        known = "log of size", log_head(text)[1]
        signature_lines(signatures)
    if kept.setdefault(known, text) != text:
        raise ValueError(f"two different kept checkpoints: {known[0]} {known[1]}")


def leaf(kind, entity, seq, hash):
    return f"{kind} {entity} {seq} {hash}\n"


class Log:
    """The roots of the complete subtrees of a Merkle tree (RFC 6962), largest first."""

    def __init__(self, *leaves):
        self.size, self.edge = 0, []
        for text in leaves:
            self.append(text)

    def append(self, text):
        node, n = sha256(b"\0" + text.encode()), self.size
        while n & 1:
            node, n = sha256(b"\1" + self.edge.pop() + node), n >> 1
        self.edge.append(node)
        self.size += 1

    def root(self):
        node = self.edge[-1]
        for left in reversed(self.edge[:-1]):
            node = sha256(b"\1" + left + node)
        return node


def root_along(path, index, size, node):
    """Return the root that the path leads to, or None (RFC 9162, section 2.1.3.2)."""
    last = size - 1
    for other in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            node = sha256(b"\1" + other + node)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            node = sha256(b"\1" + node + other)
        index, last = index >> 1, last >> 1
    return node if last == 0 else None


def number(n):
    """Return a number as ECMAScript writes it (RFC 8785, section 3.2.2.3)."""
    _, digits, exponent = decimal.Decimal(repr(float(n))).normalize().as_tuple()
    text, point, minus = "".join(map(str, digits)), len(digits) + exponent, "-" if n < 0 else ""
    if n == 0:
        return "0"
    if 0 < point <= 21:
        return minus + (text.ljust(point, "0") if len(text) <= point else f"{text[:point]}.{text[point:]}")
    if -6 < point <= 0:
        return f"{minus}0.{'0' * -point}{text}"
    return f"{minus}{text[0]}{text[1:] and '.'}{text[1:]}e{point - 1:+d}"


quoted = json.encoder.encode_basestring


def rfc8785(value):
    """Return the text of a JSON value as RFC 8785 writes it."""
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        keys = sorted(value, key=None if "".join(value).isascii() else lambda key: key.encode("utf-16-be"))
        return "{" + ",".join([f"{quoted(key)}:{rfc8785(value[key])}" for key in keys]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([rfc8785(one) for one in value]) + "]"
    return json.dumps(value) if value is None or isinstance(value, bool) else number(value)


def parsed(data):
    """Parse strict JSON: valid Unicode, no member twice, no NaN. Numbers beyond 64 bits become floats."""

    def members(pairs):
        if len(dict(pairs)) != len(pairs):
            raise ValueError("a member appears twice")
        return dict(pairs)

    text = data if isinstance(data, str) else data.decode()
    value = json.loads(
        text, object_pairs_hook=members, parse_constant=members, parse_int=lambda n: (int if len(n) < 21 else float)(n)
    )
    if text.count("[") + text.count("{") > NESTED and depth(value) > NESTED:
        raise ValueError("nested too deeply")
    if re.search(r"\\u[dD][89a-fA-F]", text):
        json.dumps(value, ensure_ascii=False).encode()  # raises an error for half of a surrogate pair
    return value


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=-1)


def check(value, members, optional=()):
    """Check the types of an object's members. None may be null, empty or absent unless it is optional."""
    for name, kind in members.items():
        one = value.get(name)
        if one is None and name in optional:
            continue
        if type(one) is not kind or one == "" and name not in optional or kind is int and not -(2**63) <= one < 2**63:
            raise ValueError(f"the member {name!r} is not of the right type")


def line_of(data):
    """Parse a line. Report whether it holds a checkpoint or a leaf, not an event; such a line begins with its number."""
    line, is_checkpoint = parsed(data), data.startswith(b'{"checkpoint":')
    if is_checkpoint:
        own = {"checkpoint", "note"} if line.get("index") is None else LEAF
        check(line, CHECKPOINT, optional=set(CHECKPOINT) - own)
    else:
        check(line, EVENT)
    return is_checkpoint, line


def digest_of(disclosure):
    """Return the digest of the commitment to a disclosed value."""
    salt, value = disclosure["salt"], disclosure["value"]
    if len(disclosure) != 2 or not re.fullmatch("[A-Za-z0-9_-]{21}[AQgw]", salt) or depth(value) > LEVELS:
        raise ValueError
    digest = sha256(base64.urlsafe_b64decode(salt + "==") + rfc8785(value).encode())
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def opened(payload, disclosures):
    """Return a payload with the disclosed values laid in, the places that stay hidden, and what is wrong."""
    hidden, wrong, digests = [], [], {}
    try:
        digests = {place: digest_of(d) for place, d in disclosures.items()}
    except (ValueError, KeyError, TypeError, AttributeError):
        wrong.append("the disclosures cannot be read")

    def lay(value, place, levels):
        if levels < 0:
            raise ValueError("nested too deeply")
        if isinstance(value, list):
            return [lay(one, f"{place}/{i}", levels - 1) for i, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        digest = value.get("sha256") if len(value) == 1 else None
        if not isinstance(digest, str) or not re.fullmatch("[A-Za-z0-9_-]{43}", digest):
            path = {key: f"{place}/{key.replace('~', '~0').replace('/', '~1')}" for key in value}
            return {key: lay(one, path[key], levels - 1) for key, one in value.items()}
        if place not in digests:
            hidden.append(place)
            return value
        if digests.pop(place) != digest:
            wrong.append(f"the disclosure at {place} does not match its commitment")
        return disclosures[place]["value"]

    payload = lay(payload, "", LEVELS)
    if digests:
        wrong.append("there is a disclosure without a commitment")
    return payload, hidden, wrong


def moment(text):
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text, re.ASCII):
        raise ValueError(f"{text!r} is not a time")
    return datetime(*map(int, re.split("[-T:.]", text[:-1])))


def chained(prev, canonical):
    return sha256(bytes.fromhex(fields(HASH, prev)[0]) + canonical.encode()).hex()


class Trail:
    """The chains of all entities. Events of different entities may alternate, and an event may appear repeatedly."""

    def __init__(self):
        self.hashes, self.seen, self.passed = {}, 0, []
        self.heads, self.repeats, self.versions, self.times = {}, {}, {}, {}  # by entity
        self.hidden, self.erased, self.restored = {}, {}, {}  # by entity: {(seq, place)}
        self.named, self.covered = {}, []  # the last leaf of each entity; all leaves

    def event(self, e, repeatable=True, checkpoint=None):
        where, seq = f"{e['entity_type']} {e['entity_id']}", e["seq"]
        last, head = self.heads.get(where, (0, None))
        self.seen += 1
        if chained(e["prev_hash"], e["canonical"]) != e["hash"]:
            find(where, seq, "the hash is not the one of the canonical bytes")
        payload, hidden, version = self.content(where, e)
        if repeatable and seq <= last:
            self.restored.setdefault(where, set()).update((seq, place) for place in e.get("disclosures") or {})
            return self.repeat(where, seq, e["prev_hash"], e["hash"])
        if e["action"] not in ACTIONS.get(e["entity_type"], "").split():
            find(where, seq, "no release of the service records such an event")
        if seq != last + 1:
            find(where, seq, f"follows event {last}")
        if e["prev_hash"] != (head if last else GENESIS):
            find(where, seq, "prev_hash is not the hash of the previous event")
        self.time(where, e, version, checkpoint)
        if version < self.versions.get(where, 0):
            find(where, seq, "has an older form than the event before it")
        self.versions[where] = version
        self.hidden.setdefault(where, set()).update((seq, place) for place in hidden)
        if e["action"] == "run.content_erased":
            for place in payload.get("places", []):
                check(place, {"seq": int, "place": str})
            places = {(p["seq"], p["place"]) for p in payload.get("places", [])}
            self.erased.setdefault(where, set()).update(places)
        self.hashes.setdefault(where, {})[seq] = e["hash"]
        self.heads[where] = seq, e["hash"]
        self.passed.append((e["entity_type"], e["entity_id"], seq, e["hash"]))

    def time(self, where, e, version, checkpoint):
        """Compare the time of an event with those of the event and of the checkpoint that it follows."""
        at, (last, told) = moment(e["occurred_at"]), self.times.get(where, (None, False))
        for before, least, what in (last, SKEW, "previous event"), (checkpoint, UNDER_WAY, "checkpoint that it follows"):
            if before and before - at > least and not (told and before is checkpoint):
                into = warned if before - at <= CORRECTION or version == 1 else found
                find(where, e["seq"], f"its time is {before - at} before that of the {what}", into)
                told = told or before is checkpoint
        self.times[where] = at, told

    def repeat(self, where, seq, prev, hash):
        """Check a repeated event without its content. Repeated events must form a chain that ends with the head."""
        repeats, (last, head) = self.repeats.setdefault(where, {}), self.heads[where]
        if repeats.get(seq, (prev, hash)) != (prev, hash) or seq == last and hash != head:
            find(where, seq, "appears again with different content")
        before, after = repeats.get(seq - 1, (None, prev))[1], repeats.get(seq + 1, (hash, None))[0]
        if (before, after) != (prev, hash):
            find(where, seq, "appears again after a different event")
        if seq < last:
            repeats[seq] = prev, hash
            return
        while seq - 1 in repeats:
            seq -= 1
            del repeats[seq]

    def content(self, where, e):
        """Check an event without its chain. Return its payload, the places that are hidden in it, and its version."""
        inner, given, hidden = parsed(e["canonical"]), e["payload"], []
        version, payload = inner.get("v"), inner.get("payload")
        copied = ("id", "entity_type", "entity_id", "seq", "action", "actor", "occurred_at")
        copies = rfc8785(dict({name: e[name] for name in copied}, v=version, payload=payload))
        version = version if type(version) is int else 0
        if e["canonical"] != copies or version not in (1, 2) or e["id"] != f"{e['entity_id']}/{e['seq']}":
            find(where, e["seq"], "a copied field differs from the canonical bytes")
        wrong = ["an event of version 1 has no disclosures"] if "disclosures" in e else []
        if version == 2:
            payload, hidden, wrong = opened(payload, e.get("disclosures", {}))
            wrong += ["the disclosures are empty"] if e.get("disclosures") == {} else []
        for problem in wrong:
            find(where, e["seq"], problem)
        if depth(payload) > LEVELS:
            find(where, e["seq"], "the payload is nested too deeply")
        if rfc8785(given) != rfc8785(payload):
            find(where, e["seq"], "the payload differs from the canonical bytes and the disclosures")
        return payload, hidden, version

    def withheld(self, still_present):
        """Return the places that are hidden without an erasure, as (where, seq, place), and the number erased."""
        for where, places in self.erased.items():
            hidden = self.hidden.get(where, set()) - self.restored.get(where, set())
            for seq, place in sorted(places - hidden):
                find(where, seq, f"the disclosure at {place} is still present, although it was erased", still_present)
        missing = [(w, *p) for w, hidden in self.hidden.items() for p in sorted(hidden - self.erased.get(w, set()))]
        return missing, sum(map(len, self.hidden.values())) - len(missing)

    def at(self, where, seq):
        return self.hashes.get(where, {}).get(seq)

    def cover(self, number, kind, id, seq, hash):
        """Add a leaf of a checkpoint. Its event is the last one that was read, or comes later."""
        where = f"{kind} {id}"
        if seq < max(self.heads.get(where, (0,))[0], self.named.get(where, 0)):
            find(where, seq, f"comes before the leaf of checkpoint {number}")
        self.named[where] = seq
        self.covered.append((where, seq, hash, number))

    def leaves(self, until):
        """Return the leaves of the heads between the last call and a position in the feed, or None if it is unknown."""
        ends = [i for i, p in enumerate(self.passed) if [p[0], p[1], str(p[2])] == until[1:]]
        if not ends:
            return None
        heads = {p[:2]: p for p in self.passed[: ends[0] + 1] if p[0] != "checkpoint"}
        self.passed = self.passed[ends[0] + 1 :]
        return [leaf(*heads[key]) for key in sorted(heads)]


def verify_bundle(bundle, kept, keys):
    check(bundle, BUNDLE, optional=["checkpoint"])
    trail, where, procedure = Trail(), f"run {bundle['run_id']}", bundle["procedure"]
    check(procedure, PROCEDURE)
    if bundle["format"] not in ("procedo-bundle/1", "procedo-bundle/2"):
        raise ValueError("the format is not procedo-bundle/1 or procedo-bundle/2")
    for e in bundle["events"]:
        check(e, EVENT)
        trail.event(e, repeatable=False)
        if f"{e['entity_type']} {e['entity_id']}" != where:
            find(where, e["seq"], f"belongs to {e['entity_type']} {e['entity_id']}")
    digest = "sha256:" + sha256(procedure["document"].encode()).hex()
    created = bundle["events"][0]["payload"] if bundle["events"] else {}
    if created.get("conditions") not in (None, 2):
        find(where, 1, "its conditions have an unknown meaning")
    started = (created.get("procedure_id"), created.get("procedure_version"), created.get("digest"))
    if digest != procedure["digest"] or started != (procedure["id"], procedure["version"], digest):
        find(where, 0, "the definition is not the one that the run was started with")
    proof = bundle.get("checkpoint")
    if proof is not None:
        check(proof, PROOF, optional=["header", "header_path"])
        c = Checkpoint(proof["note"], proof.get("header"))
        size, texts = c.size if c.header else c.leaves, [(leaf("run", bundle["run_id"], proof["seq"], proof["hash"]), "")]
        if c.header:
            texts.append((c.header, "header_"))
        for text, which in texts:
            index = c.size - c.leaves - 1 if which else proof["index"]
            path = [bytes.fromhex(fields(HASH, node)[0]) for node in proof[which + "path"] or []]
            node = root_along(path, index, size, sha256(b"\0" + text.encode()))
            if not 0 <= index < size or node != c.root:
                find(where, 0, "not included in its checkpoint")
        if trail.at(where, proof["seq"]) != proof["hash"]:
            find(where, proof["seq"], "differs from the event that the checkpoint covers")
        if kept and kept.get(c.kept) != c.text:
            find(where, 0, f"its checkpoint, number {c.number}, is not a kept one")
        if keys and not set(keys) & set(c.keys):
            find(where, 0, f"its checkpoint, number {c.number}, is not signed by a trusted key")
    elif kept or keys:
        find(where, 0, "contains no checkpoint")
    hidden, erased = trail.withheld(found)
    for entity, seq, place in hidden:
        print(f"withheld: {entity} event {seq}: {place}")
    return count(trail.seen, "event"), [f"{len(hidden)} withheld"] * bool(hidden) + [f"{erased} erased"] * bool(erased)


def grow(log, c, last, leaves, missing):
    """Append the leaves of a checkpoint to the log. Return whether the checkpoint signs the log."""
    begin = [] if last and last.header else [f"previous {last.hash() if last else GENESIS}\n"]
    for text in begin + [c.header] + leaves:
        log.append(text)
        at, root = ("log of size", log.size), base64.b64encode(log.root()).decode()
        if log.size < c.size and missing.get(at) == f"{c.origin}\n{log.size}\n{root}\n":
            missing.pop(at)
    return log.size == c.size and log.root() == c.root


def follows(c, last):
    """Return what is wrong with a checkpoint after another one, or None."""
    if c.number != (last.number + 1 if last else 1):
        return "does not follow the previous checkpoint"
    if c.header and last and last.header and c.origin != last.origin:
        return "belongs to another log"
    if not c.header and (last and last.header or c.previous != (last.hash() if last else GENESIS)):
        return "does not follow the previous checkpoint"
    if last and (c.time < last.time or not set(c.keys) & set(last.keys)):
        return "is earlier than the previous checkpoint, or has no key in common with it"


def verify_lines(lines, kept, keys):
    trail, log, leaves, last, missing, notes, has_leaves = Trail(), Log(), {}, None, dict(kept), {}, False
    for is_checkpoint, line in lines:
        if not is_checkpoint:
            trail.event(line, checkpoint=last and moment(last.time))
            continue
        number, where, index = line["checkpoint"], f"checkpoint {line['checkpoint']}", line.get("index")
        if index is not None:
            has_leaves, one = True, (line["entity_type"], line["entity_id"], line["seq"], line["hash"])
            known = number in notes or leaves.setdefault(number, {}).setdefault(index, one)
            if known is one:
                trail.cover(number, *one)
            elif known not in (True, one):
                find(where, 0, f"has two different leaves {index}")
        else:
            text, repeated = (line["note"].split("\n\n")[0], line.get("header") or ""), number in notes
            if notes.setdefault(number, text) != text:
                find(where, 0, "appears again with different content")
            try:
                c = Checkpoint(line["note"], line.get("header"))
            except (ValueError, LookupError) as err:
                find(where, 0, err)
                continue
            if repeated:
                continue
            if number != c.number or follows(c, last):
                find(where, 0, follows(c, last) or "has another number than its line")
            own = leaves.pop(number, {})
            given = [leaf(*one) for _, one in sorted(own.items())]
            if not has_leaves:  # a sink's lines are in the order of the commits
                given = trail.leaves(c.until)
            if not given or len(given) != c.leaves or sorted(own) != list(range(len(own))):
                find(where, 0, "its leaves are not there, or not those that were signed")
            elif not grow(log, c, last, given, missing) if c.header else Log(*given).root() != c.root:
                find(where, 0, "its leaves, or the events before it, are not the signed ones")
            trail.passed.append(("checkpoint", str(number), number, None))
            if missing.pop(c.kept, c.text) != c.text:
                find(where, 0, "differs from the kept checkpoint")
            last = c
    for where, seq, hash, number in trail.covered:
        if trail.at(where, seq) != hash:
            find(where, seq, f"differs from the event that checkpoint {number} covers")
    for number in leaves:
        find(f"checkpoint {number}", 0, "is missing")
    for kind, number in missing:
        find(f"{kind} {number}", 0, "the kept checkpoint is missing")
    if keys and not (last and set(keys) & set(last.keys)):
        find("checkpoints", 0, "the latest is not signed by a trusted key")
    # What was erased later is still present in the output of a sink, which keeps what it was given.
    hidden, _ = trail.withheld(warned if notes and not has_leaves else found)
    for entity, repeats in trail.repeats.items():
        for seq in sorted(repeats):
            find(entity, seq, f"the repeated events do not lead to event {trail.heads[entity][0]}")
    for entity, seq, place in hidden:
        find(entity, seq, f"the disclosure at {place} is missing, and no erasure names it")
    return count(trail.seen, "event"), []


NOTE = r"(?:[^\n]+\n)+\n(?:— [^\n]*\n)+"


def kept_notes(name):
    """Return the signed notes in a file, or those in the lines of a sink."""
    with open(name, "rb") as file:
        data = file.read()
    if data.startswith(b"{"):
        lines = [line_of(line.strip(BLANK)) for line in data.split(b"\n") if line.startswith(b'{"checkpoint":')]
        notes, more = [line["note"] for _, line in lines if line.get("index") is None], ""
    else:
        text = "".join(line.rstrip("\r") + "\n" for line in data.decode().split("\n"))
        notes, more = re.findall(NOTE, text), re.sub(NOTE, "", text).strip("\n")
    if more or not notes:
        raise ValueError(f"{name} does not contain kept checkpoints only")
    return notes


def is_line(data):
    try:
        return bool(line_of(data))
    except ERRORS:
        return False


def verify(names, checkpoints, keys):
    """Verify a bundle, on one line or several, or the lines of files. An empty file does not hold a bundle."""
    kept = {}
    for note in [note for name in checkpoints for note in kept_notes(name)]:
        keep(kept, note)
    for key in keys:
        key_of(key)
    with open(names[0], "rb") as file:
        first = file.readline().strip(BLANK)
        rest = file.read() if len(names) == 1 and first and not is_line(first) else None
    if rest is not None:
        return verify_bundle(parsed(first + b"\n" + rest), kept, keys)
    lines = (line.strip(BLANK) for name in names for line in open(name, "rb"))
    return verify_lines((line_of(line) for line in lines if line), kept, keys)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument(
        "--key", action="append", default=[], help="trusted key; one of these must have signed the latest checkpoint"
    )
    args.add_argument("--checkpoint", action="append", default=[], help="file with kept checkpoints (signed notes)")
    args.add_argument("files", nargs="+")
    args = args.parse_args()
    seen, hidden = count(0, "event"), []
    try:
        seen, hidden = verify(args.files, args.checkpoint, args.key)
    except ERRORS as err:
        find("input", 0, f"cannot be read: {err!r}")
    for line in found + [f"warning: {line}" for line in warned]:
        print(line)
    warnings = [count(len(warned), "warning")] if warned else []
    print(f"{seen} checked: {', '.join([count(len(found), 'finding')] + warnings + hidden)}")
    sys.exit(1 if found else 0)


main()
