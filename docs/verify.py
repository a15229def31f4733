#!/usr/bin/env python3
"""Verify the audit trail of Procedo without Procedo: python3 verify.py [--key KEY] [--checkpoint FILE] FILE...

FILE is a run's bundle (GET /runs/{run_id}/bundle), an export (procedo audit export) or the output of a file sink. It
checks hash chains, times, copied fields, disclosures, the definition's digest, and checkpoints: their signatures (RFC
8032, C2SP signed notes), Merkle trees (RFC 6962) and order. It lists what a bundle withholds. Whether the events make
sense together, only Procedo can check. It needs Python 3.8 or later and no packages.
Exit status: 0 if there are no findings, 1 if there are any."""
import argparse, base64, contextlib, decimal, functools, hashlib, json, re, sys
from collections import defaultdict
from datetime import datetime, timedelta

# How far clocks may differ without a word, how far they are set back at most, and how long a write takes at most.
SKEW, CORRECTION, UNDER_WAY = timedelta(seconds=2), timedelta(days=1), timedelta(minutes=1)
LEVELS, NESTED, MOST = 100, 200, 1 << 40  # deepest nesting of a payload and of any JSON text; most leaves of a log
BLANK = b" \t\r\n"  # white space of JSON
ERRORS = (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError, OSError)
KINDS = dict(checkpoint=int, index=int, seq=int, version=int, procedure=dict, events=list, path=list, header_path=list)
EVENT = "id entity_type entity_id seq action actor occurred_at canonical prev_hash hash"
LEAF = "entity_type entity_id seq hash"
ACTIONS = {
    "run": "run.created run.started run.completed run.failed run.action_refused run.content_erased step.opened "
    "step.draft_saved step.draft_refused step.committed step.commit_refused step.amended step.skipped "
    "step.not_applicable step.value_erased slot.revealed",
    "procedure": "procedure.created procedure.version_published procedure.archived procedure.unarchived",
}
found, warned, GENESIS = [], [], "0" * 64


def find(where, seq, problem, into=found):
    into.append(f"{where} event {seq}: {problem}" if seq else f"{where}: {problem}")


def expect(ok, where, seq, problem):
    return ok or find(where, seq, problem)


def late(where, seq, version, by, least, what):
    if by > least:
        into = warned if by <= CORRECTION or version == 1 else found
        find(where, seq, f"its time is {by} before that of the {what} before it", into)
    return by > least


def must(ok, problem):
    if not ok:
        raise ValueError(problem)


def count(n, word):
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def sha256(data):
    return hashlib.sha256(data).digest()


# Ed25519, RFC 8032: points are (X, Y, Z, T) with x = X/Z, y = Y/Z, xy = T/Z.
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def plus(a, b):
    e, f = (a[1] - a[0]) * (b[1] - b[0]) % P, (a[1] + a[0]) * (b[1] + b[0]) % P
    g, h = 2 * a[3] * b[3] * D % P, 2 * a[2] * b[2] % P
    return ((f - e) * (h - g) % P, (h + g) * (f + e) % P, (h - g) * (h + g) % P, (f - e) * (f + e) % P)


def times(n, point):
    double = times(n >> 1, plus(point, point)) if n else (0, 1, 1, 0)
    return plus(double, point) if n & 1 else double


def point(data):
    sign, y = divmod(int.from_bytes(data, "little"), 2**255)
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if x * x % P == square else x * pow(2, (P - 1) // 4, P) % P
    must(y < P and x * x % P == square and (x or not sign), "not a point on the curve")
    x = P - x if x & 1 != sign else x
    return (x, y, 1, x * y % P)


BASE = point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


def signed(public, text, raw):
    s = int.from_bytes(raw[32:], "little")
    h = int.from_bytes(hashlib.sha512(raw[:32] + public + text).digest(), "little") % ORDER
    a, b = times(s, BASE), plus(point(raw[:32]), times(h, point(public)))
    return len(raw) == 64 and s < ORDER and (a[0] * b[2] - b[0] * a[2]) % P == (a[1] * b[2] - b[1] * a[2]) % P == 0


# The forms of a checkpoint's header and text. A text of earlier releases says everything, and has no header.
NUMBER, HASH, UNTIL = "([1-9][0-9]*)", "([0-9a-f]{64})", r"(0|-?[1-9][0-9]*) (\S+) (\S+) (0|-?[1-9][0-9]*)"
HEADER = f"checkpoint {NUMBER} (\\S+) {NUMBER} {UNTIL} ([^\n]+)\n"
HEAD = rf"([^\s\0-\x1f\x7f-\x9f+\ufffd]+)\n{NUMBER}\n([^\n]+)\n"
EARLIER = "procedo-checkpoint/1\n"
TEXT = rf"{EARLIER}number {NUMBER}\ntime (\S+)\nprevious {HASH}\nuntil {UNTIL}\nleaves {NUMBER}\nroot {HASH}\n"
TEXT += r"((?:key [^\n]+\n)+)"
NOTE = r"(?:[^\n]+\n)+\n(?:— [^\n]*\n)+"


def fields(form, text):
    match = re.fullmatch(form, text)
    must(match, f"{text[:80]!r} is not well-formed")
    return match.groups()


def whole(text):
    must(-(2**63) <= int(text) < 2**63, f"{text} has more than 64 bits")
    return int(text)


def decoded(text):
    raw = base64.b64decode(text, validate=True)
    must(base64.b64encode(raw).decode() == text, "malformed base64")
    return raw


def log_head(text):
    """Parse the text that a checkpoint of the log signs: origin, size and root."""
    origin, size, root = fields(HEAD, text)
    must(len(origin.encode()) < 256 and int(size) <= MOST and len(decoded(root)) == 32, "not the head of a log")
    return origin, int(size), decoded(root)


def key_of(text):
    """Parse a verifier key: its name, the first bytes of its hash, and the public key."""
    name, hint, public = fields(r"([^\s+]+)\+([0-9a-f]{8})\+(\S+)", text)
    raw = decoded(public)
    must(len(raw) == 33 and raw[0] == 1 and sha256(name.encode() + b"\n" + raw)[:4].hex() == hint, "not an Ed25519 key")
    return name, bytes.fromhex(hint), raw[1:]


def signature_lines(text):
    """Parse lines with signatures: a dash, the name of a key, and base64 of the key's hash and the signature."""
    all = [(n, decoded(s)) for n, s in (fields(r"— ([^\s\0-\x1f+]+) (\S+)", line) for line in text[:-1].split("\n"))]
    must(len(all) <= 64 and min(len(raw) for _, raw in all) > 4 and text[-1] == "\n", "malformed signatures")
    return all


class Checkpoint:
    """A signed note: its text, an empty line, and lines with signatures. Its header, a leaf of the log, names the keys.

    Without a header it has the form of earlier releases: the text names the keys, and nobody else may sign it."""

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
        self.hash, given = sha256(self.text.encode()).hex(), signature_lines(signatures)
        for key in self.keys:
            name, hint, public = key_of(key)
            by = [s[4:] for n, s in given if n == name and s[:4] == hint]
            must(len(by) == 1 and signed(public, self.text.encode(), *by), "not signed by a key that it names")
        signers = len(self.keys) if header else len(given)  # witnesses may sign the log
        must(len(set(self.keys)) == len(self.keys) == signers, "not signed by exactly the keys that it names")


def kept_in(names):
    """Return the texts of kept checkpoints. Those of the log come without headers: they are trusted as they are."""
    kept = {}
    for note in [note for name in names for note in notes_in(name)]:
        text, signatures = note.split("\n\n", 1)
        text, _ = text + "\n", signature_lines(signatures)
        known = Checkpoint(note).kept if note.startswith(EARLIER) else ("log of size", log_head(text)[1])
        must(kept.setdefault(known, text) == text, f"two different kept checkpoints: {known[0]} {known[1]}")
    return kept


def notes_in(name):
    """Return the signed notes in a file of such notes, or of the lines of a sink."""
    data, more = open(name, "rb").read().removeprefix(b"\xef\xbb\xbf"), ""  # some editors write this mark
    if data.startswith(b"{"):
        lines = [line_of(line.strip(BLANK)) for line in data.split(b"\n") if line.startswith(b'{"checkpoint":')]
        notes = [line["note"] for _, line in lines if line.get("index") is None]
    else:
        text = "".join(line.rstrip("\r") + "\n" for line in data.decode().split("\n"))
        notes, more = re.findall(NOTE, text), re.sub(NOTE, "", text).strip("\n")
    must(notes and not more, f"{name} does not contain kept checkpoints only")
    return notes


leaf = "{} {} {} {}\n".format  # of kind, entity, seq and hash


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
        return functools.reduce(lambda right, left: sha256(b"\1" + left + right), reversed(self.edge))


def root_along(path, index, size, node):
    """Return the root that the path from a leaf leads to (RFC 6962, section 2.1.1)."""
    if size == 1 and not path:
        return node
    must(path and size > 1, "a path has another length")
    left = 1 << (size - 1).bit_length() - 1  # leaves of the left subtree
    if index < left:
        return sha256(b"\1" + root_along(path[:-1], index, left, node) + path[-1])
    return sha256(b"\1" + path[-1] + root_along(path[:-1], index - left, size - left, node))


def number(n):
    """Return a number as ECMAScript writes it (RFC 8785, section 3.2.2.3)."""
    exact = decimal.Decimal(repr(float(n))).normalize()
    must(exact.is_finite(), "a number is too large")
    return "0" if exact == 0 else format(exact, "f" if 1e-6 <= abs(float(n)) < 1e21 else "e")


quoted = json.encoder.encode_basestring


def rfc8785(value):
    if isinstance(value, str):
        return quoted(value)
    if isinstance(value, dict):
        keys = sorted(value, key=None if "".join(value).isascii() else lambda key: key.encode("utf-16-be"))
        return "{" + ",".join([f"{quoted(key)}:{rfc8785(value[key])}" for key in keys]) + "}"
    if isinstance(value, list):
        return "[" + ",".join([rfc8785(one) for one in value]) + "]"
    return json.dumps(value) if value is None or isinstance(value, bool) else number(value)


def members(pairs):
    must(len(dict(pairs)) == len(pairs), "a member appears twice")
    return dict(pairs)


def parsed(data):
    """Parse strict JSON: valid Unicode, no member twice, no NaN, no deep nesting. Large numbers become floats."""
    text = data.decode()
    integer = lambda digits: int(digits) if len(digits) < 21 else float(digits)
    value = json.loads(text, object_pairs_hook=members, parse_constant=members, parse_int=integer)
    must(text.count("[") + text.count("{") <= NESTED or depth(value) <= NESTED, "nested too deeply")
    if re.search(r"\\u[dD][89a-fA-F]", text):
        json.dumps(value, ensure_ascii=False).encode()  # raises an error for half of a surrogate pair
    return value


def depth(value):
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max(map(depth, inner), default=-1)


def check(value, required, optional=""):
    """Check the types of members: texts, but for KINDS. Those that are required may be neither null nor empty texts."""
    for name in required.split() + [name for name in optional.split() if value.get(name) is not None]:
        one, kind = value.get(name), KINDS.get(name, str)
        must(type(one) is kind and (one != "" or name in optional.split()), f"the member {name!r} has another type")
        must(kind is not int or -(2**63) <= one < 2**63, f"the member {name!r} has more than 64 bits")


def line_of(data):
    """Parse a line. Report whether it holds a checkpoint or a leaf, not an event: its number comes first."""
    line, is_checkpoint = parsed(data), data.startswith(b'{"checkpoint":')
    own, others = ("note", "header " + LEAF) if line.get("index") is None else ("index " + LEAF, "note header")
    check(line, *(("checkpoint " + own, others) if is_checkpoint else (EVENT,)))
    return is_checkpoint, line


def digest_of(disclosure):
    salt, value = disclosure["salt"], disclosure["value"]
    must(len(disclosure) == 2 and re.fullmatch("[A-Za-z0-9_-]{21}[AQgw]", salt), "malformed")
    digest = sha256(base64.urlsafe_b64decode(salt + "==") + rfc8785(value).encode())
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def opened(payload, disclosures, report):
    """Return a payload with the disclosed values laid in, and the places that stay hidden. Report what is wrong."""
    hidden, digests = [], {}
    try:
        digests = {place: digest_of(d) for place, d in disclosures.items()}
    except ERRORS:
        report(False, "the disclosures cannot be read")

    def lay(value, place):
        if isinstance(value, list):
            return [lay(one, f"{place}/{i}") for i, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        digest = value.get("sha256") if len(value) == 1 else None
        if not isinstance(digest, str) or not re.fullmatch("[A-Za-z0-9_-]{43}", digest):
            return {k: lay(v, place + "/" + k.replace("~", "~0").replace("/", "~1")) for k, v in value.items()}
        if place not in digests:
            hidden.append(place)
            return value
        report(digests.pop(place) == digest, f"the disclosure at {place} does not match its commitment")
        return disclosures[place]["value"]

    payload = lay(payload, "")
    report(not digests, "there is a disclosure without a commitment")
    return payload, hidden


def moment(text):
    fields(r"(?a)\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", text)
    return datetime(*map(int, re.split("[-T:.]", text[:-1])))


class Trail:
    """The chains of all entities. Events of different entities may alternate, and an event may appear repeatedly."""

    def __init__(self):
        self.seen, self.passed, self.heads, self.covered = 0, [], {}, defaultdict(list)
        self.hashes, self.repeats, self.moments = defaultdict(dict), defaultdict(dict), defaultdict(list)  # by entity
        self.versions, self.named = defaultdict(int), defaultdict(int)  # by entity: of the last event; last leaf's seq
        self.hidden, self.erased, self.restored = defaultdict(set), defaultdict(set), defaultdict(set)  # {(seq, place)}

    def event(self, e, repeatable=True, follows=None):
        where, seq = f"{e['entity_type']} {e['entity_id']}", e["seq"]
        last, head = self.heads.get(where, (0, GENESIS))
        self.seen += 1
        data = bytes.fromhex(fields(HASH, e["prev_hash"])[0]) + e["canonical"].encode()
        expect(sha256(data).hex() == e["hash"], where, seq, "the hash is not the one of the canonical bytes")
        payload, hidden, version = self.content(where, e)
        if repeatable and seq <= last:
            self.restored[where].update((seq, place) for place in e.get("disclosures") or {})
            return self.repeat(where, seq, e["prev_hash"], e["hash"])
        expect(e["action"] in ACTIONS.get(e["entity_type"], "").split(), where, seq, "no release records such an event")
        expect(seq == last + 1, where, seq, f"follows event {last}")
        expect(e["prev_hash"] == head, where, seq, "prev_hash is not the hash of the previous event")
        at, before = moment(e["occurred_at"]), self.moments[where][-1:]
        late(where, seq, version, before[0][1] - at if before else SKEW, SKEW, "event")
        self.moments[where].append((seq, at, version, follows))
        expect(version >= self.versions[where], where, seq, "has an older form than the event before it")
        self.versions[where] = version
        self.hidden[where].update((seq, place) for place in hidden)
        if e["action"] == "run.content_erased":
            for place in payload.get("places", []):
                check(place, "seq place")
                self.erased[where].add((place["seq"], place["place"]))
        self.hashes[where][seq], self.heads[where] = e["hash"], (seq, e["hash"])
        self.passed.append((e["entity_type"], e["entity_id"], seq, e["hash"]))

    def compare_times(self, times, last):
        """Compare times with those of the checkpoints before. In an export, leaves tell which one an event follows."""
        exported = any(self.covered.values())
        for where, moments in self.moments.items():
            own = self.covered[where]
            for seq, at, version, follows in moments:
                own = own[1:] if own and own[0][0] < seq else own
                time, least = times.get((own[0][2] - 1 if own else last) if exported else follows, (at, 2))
                if late(where, seq, max(version, least), time - at, UNDER_WAY, "checkpoint"):
                    break  # one event of an entity says it

    def repeat(self, where, seq, prev, hash):
        """Check a repeated event without its content. Repeated events must form a chain that ends with the head."""
        repeats, (last, head) = self.repeats[where], self.heads[where]
        same = repeats.get(seq, (prev, hash)) == (prev, hash) and (seq != last or hash == head)
        expect(same, where, seq, "appears again with different content")
        before, after = repeats.get(seq - 1, (None, prev))[1], repeats.get(seq + 1, (hash, None))[0]
        expect((before, after) == (prev, hash), where, seq, "appears again after a different event")
        repeats[seq] = prev, hash
        if seq == last:
            while repeats.pop(seq, None):
                seq -= 1

    def content(self, where, e):
        """Check an event without its chain. Return its payload, the places that are hidden in it, and its version."""
        report = lambda ok, problem: expect(ok, where, e["seq"], problem)
        inner, hidden = parsed(e["canonical"].encode()), []
        version, payload, disclosures = inner.get("v"), inner.get("payload"), e.get("disclosures", {})
        copied = ("id", "entity_type", "entity_id", "seq", "action", "actor", "occurred_at")
        copies = rfc8785(dict({name: e[name] for name in copied}, v=version, payload=payload))
        version = version if type(version) is int else 0
        same = e["canonical"] == copies and version in (1, 2) and e["id"] == f"{e['entity_id']}/{e['seq']}"
        report(same, "a copied field differs from the canonical bytes")
        report("disclosures" not in e or version == 2 and disclosures != {}, "disclosures are empty, or it is too old")
        if version == 2:
            payload, hidden = opened(payload, disclosures, report)
        report(depth(payload) <= LEVELS, "the payload is nested too deeply")
        report(rfc8785(e["payload"]) == rfc8785(payload), "the payload differs from the bytes and disclosures")
        return payload, hidden, version

    def withheld(self, still_present):
        """Return the places that are hidden without an erasure, as (where, seq, place), and the number erased."""
        for where, places in self.erased.items():
            for seq, place in sorted(places - (self.hidden[where] - self.restored[where])):
                find(where, seq, f"the disclosure at {place} is still present, although it was erased", still_present)
        missing = [(w, *p) for w, hidden in self.hidden.items() for p in sorted(hidden - self.erased[w])]
        return missing, sum(map(len, self.hidden.values())) - len(missing)

    def cover(self, number, where, seq, hash):
        """Add a leaf of a checkpoint. Its event is the last one that was read, or comes later."""
        expect(seq >= max(self.heads.get(where, (0,))[0], self.named[where]), where, seq, "its leaf comes too late")
        self.named[where] = seq
        self.covered[where].append((seq, hash, number))

    def leaves(self, until):
        """Return the leaves between the last call and a position in the feed, in whose order a sink gets its lines."""
        for i, passed in enumerate(self.passed):
            if [passed[0], passed[1], str(passed[2])] == until[1:]:
                heads = {p[:2]: p for p in self.passed[: i + 1] if p[0] != "checkpoint"}
                self.passed = self.passed[i + 1 :]
                return [leaf(*heads[key]) for key in sorted(heads)]


def verify_bundle(bundle, kept, keys):
    check(bundle, "format run_id procedure events")
    trail, where, procedure, proof = Trail(), f"run {bundle['run_id']}", bundle["procedure"], bundle.get("checkpoint")
    check(procedure, "id version digest document")
    must(bundle["format"] in ("procedo-bundle/1", "procedo-bundle/2"), "the format is unknown")
    for e in bundle["events"]:
        check(e, EVENT)
        trail.event(e, repeatable=False)
        expect(f"{e['entity_type']} {e['entity_id']}" == where, where, e["seq"], "belongs to another run")
    digest = "sha256:" + sha256(procedure["document"].encode()).hex()
    created = bundle["events"][0]["payload"] if bundle["events"] else {}
    expect(created.get("conditions") in (None, 2), where, 1, "its conditions have an unknown meaning")
    started = (created.get("procedure_id"), created.get("procedure_version"), created.get("digest"))
    same = digest == procedure["digest"] and started == (procedure["id"], procedure["version"], digest)
    expect(same, where, 0, "the definition is not the one that the run was started with")
    expect(proof is not None or not kept and not keys, where, 0, "contains no checkpoint")
    if proof is not None:
        verify_proof(trail, where, proof, kept, keys)
    hidden, erased = trail.withheld(found)
    for entity, seq, place in hidden:
        print(f"withheld: {entity} event {seq}: {place}")
    return count(trail.seen, "event"), [f"{len(hidden)} withheld"] * bool(hidden) + [f"{erased} erased"] * bool(erased)


def verify_proof(trail, where, proof, kept, keys):
    """Verify that a checkpoint covers a run, and that the log has the checkpoint's header."""
    check(proof, "note seq hash index path", "header header_path")
    c = Checkpoint(proof["note"], proof.get("header"))
    size, seq, given = c.size if c.header else c.leaves, proof["seq"], proof.get("header_path")
    must(c.header or given is None, "an earlier checkpoint has no header")
    leaves = [(leaf(*where.split(" ", 1), seq, proof["hash"]), proof["index"], proof["path"])]
    for text, index, path in leaves + [(c.header, size - c.leaves - 1, given or [])] * bool(c.header):
        path = [bytes.fromhex(fields(HASH, node)[0]) for node in path]
        inside = 0 <= index < size <= MOST and root_along(path, index, size, sha256(b"\0" + text.encode())) == c.root
        expect(inside, where, 0, "not included in its checkpoint")
    expect(trail.hashes[where].get(seq) == proof["hash"], where, seq, "differs from the event in the checkpoint")
    expect(not kept or kept.get(c.kept) == c.text, where, 0, f"its checkpoint, number {c.number}, is not a kept one")
    expect(not keys or set(keys) & set(c.keys), where, 0, f"its checkpoint {c.number} is not signed by a trusted key")


def grow(log, c, last, leaves, missing):
    """Append the leaves of a checkpoint to the log. Return whether the checkpoint signs the log."""
    begin = [] if last and last.header else [f"previous {last.hash if last else GENESIS}\n"]
    for text in begin + [c.header] + leaves:
        log.append(text)
        at = "log of size", log.size
        if log.size < c.size and at in missing and log_head(missing[at]) == (c.origin, log.size, log.root()):
            missing.pop(at)
    return log.size == c.size and log.root() == c.root


def follows(c, last):
    if not last:
        return c.number == 1 and (c.header or c.previous == GENESIS)
    linked = not last.header and (c.header or c.previous == last.hash) or c.header and c.origin == last.origin
    return c.number == last.number + 1 and linked and c.time >= last.time and set(c.keys) & set(last.keys)


def verify_lines(lines, kept, keys):
    trail, log, leaves, last, missing, notes, times, exported = Trail(), Log(), {}, None, dict(kept), {}, {}, False
    for is_checkpoint, line in lines:
        number, where, index = line.get("checkpoint"), f"checkpoint {line.get('checkpoint')}", line.get("index")
        if not is_checkpoint:
            trail.event(line, follows=last and last.number)
        elif index is not None:
            exported, one = True, (line["entity_type"], line["entity_id"], line["seq"], line["hash"])
            known = number in notes or leaves.setdefault(number, {}).setdefault(index, one)
            if known is one:
                trail.cover(number, f"{one[0]} {one[1]}", *one[2:])
            expect(known in (True, one), where, 0, f"has two different leaves {index}")
        else:
            text, repeated = (line["note"].split("\n\n")[0], line.get("header") or ""), number in notes
            expect(notes.setdefault(number, text) == text, where, 0, "appears again with different content")
            try:
                c = Checkpoint(line["note"], line.get("header"))
            except (ValueError, LookupError) as err:
                find(where, 0, err)
                continue
            if repeated:
                continue
            expect(number == c.number, where, 0, "has another number than its line")
            expect(follows(c, last), where, 0, "does not follow the previous checkpoint")
            own = leaves.pop(number, {})
            given = [leaf(*one) for _, one in sorted(own.items())] if exported else trail.leaves(c.until)
            complete = given and len(given) == c.leaves and sorted(own) == list(range(len(own)))
            same = complete and (grow(log, c, last, given, missing) if c.header else Log(*given).root() == c.root)
            expect(same, where, 0, "its leaves, or the events before it, are not the signed ones")
            trail.passed.append(("checkpoint", str(number), number, None))
            expect(missing.pop(c.kept, c.text) == c.text, where, 0, "differs from the kept checkpoint")
            last, times[c.number] = c, (moment(c.time), 2 if c.header else 1)
    for where, seq, hash, number in [(where, *one) for where, all in trail.covered.items() for one in all]:
        expect(trail.hashes[where].get(seq) == hash, where, seq, f"differs from the event in checkpoint {number}")
    trail.compare_times(times, last and last.number)
    for kind, number in [*missing, *(("checkpoint", number) for number in leaves)]:
        find(f"{kind} {number}", 0, "is missing")
    expect(not keys or last and set(keys) & set(last.keys), "checkpoints", 0, "the latest is by no trusted key")
    # What was erased later is still present in the output of a sink, which keeps what it was given.
    hidden, _ = trail.withheld(warned if notes and not exported else found)
    for entity, seq in [(entity, seq) for entity, repeats in trail.repeats.items() for seq in sorted(repeats)]:
        find(entity, seq, f"the repeated events do not lead to event {trail.heads[entity][0]}")
    for entity, seq, place in hidden:
        find(entity, seq, f"the disclosure at {place} is missing, and no erasure names it")
    return count(trail.seen, "event"), []


def verify(names, kept, keys):
    """Verify a bundle, on one line or several, or the lines of files. An empty file does not hold a bundle."""
    with open(names[0], "rb") as file:
        first = file.readline().strip(BLANK)
        is_bundle = len(names) == 1 and first != b""
        with contextlib.suppress(*ERRORS):
            is_bundle = is_bundle and (first.startswith(b'{"format":') or not line_of(first))
        if is_bundle:
            return verify_bundle(parsed(first + b"\n" + file.read()), kept, keys)
    lines = (line.strip(BLANK) for name in names for line in open(name, "rb"))
    return verify_lines((line_of(line) for line in lines if line), kept, keys)


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument("--key", action="append", default=[], help="trusted key, of the latest checkpoint")
    args.add_argument("--checkpoint", action="append", default=[], help="file with kept checkpoints (signed notes)")
    args.add_argument("files", nargs="+")
    args = args.parse_args()
    seen, hidden = count(0, "event"), []
    try:
        seen, hidden = verify(args.files, kept_in(args.checkpoint), [key for key in args.key if key_of(key)])
    except ERRORS as err:
        find("input", 0, f"cannot be read: {err!r}")
    numbers = [count(len(found), "finding"), *[count(len(warned), "warning")] * bool(warned), *hidden]
    print(*found, *(f"warning: {line}" for line in warned), f"{seen} checked: {', '.join(numbers)}", sep="\n")
    sys.exit(1 if found else 0)


main()
