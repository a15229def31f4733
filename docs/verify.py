#!/usr/bin/env python3
"""Verify the audit trail of Procedo without Procedo: python3 verify.py [--key KEY] [--checkpoint FILE] FILE...

FILE is a run's bundle (GET /runs/{run_id}/bundle), an export (procedo audit export) or the output of a file sink.
The program checks the hash chains, all copied fields against the hashed bytes, the definition's digest, and the
checkpoints: Ed25519 signatures (RFC 8032, C2SP signed notes), Merkle trees (RFC 6962) and their order. It does not
check whether the events make sense together; only Procedo can do that. It needs Python 3.8 or later and no packages.
Exit status: 0 if there are no findings, 1 if there are any.
"""
import argparse, base64, hashlib, itertools, json, re, sys

GENESIS = "0" * 64
found = []


def find(where, seq, problem):
    found.append(f"{where} event {seq}: {problem}" if seq else f"{where}: {problem}")


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


class Checkpoint:
    """A signed note: its text, an empty line, and one signature line for each key that the text names."""

    def __init__(self, note):
        self.text, rest = note.split("\n\n", 1)
        self.text += "\n"
        lines = self.text.split("\n")
        head = dict(line.split(" ", 1) for line in lines[1:] if line and not line.startswith("key "))
        self.keys = [line[4:] for line in lines if line.startswith("key ")]
        self.number, self.leaves, self.time = int(head["number"]), int(head["leaves"]), head["time"]
        self.previous, self.root, self.until = head["previous"], head["root"], head["until"].split(" ")
        if lines[0] != "procedo-checkpoint/1" or not self.keys or not rest.endswith("\n"):
            raise ValueError("not a checkpoint")
        signatures = rest[:-1].split("\n")
        if len(signatures) != len(self.keys):
            raise ValueError("not signed by exactly the keys that it names")
        for key, line in zip(self.keys, signatures):
            name, hint, public = key.split("+", 2)
            public = base64.b64decode(public, validate=True)
            dash, by, signature = line.split(" ")
            signature = base64.b64decode(signature, validate=True)
            own = sha256(name.encode() + b"\n" + public)[:4]
            if dash != "—" or by != name or public[:1] != b"\x01" or own.hex() != hint or signature[:4] != own:
                raise ValueError("not signed by exactly the keys that it names")
            if not signed(public[1:], self.text.encode(), signature[4:]):
                raise ValueError("invalid signature of " + name)

    def hash(self):
        return sha256(self.text.encode()).hex()


def leaf(kind, entity, seq, hash):
    return sha256(b"\0" + f"{kind} {entity} {seq} {hash}\n".encode())


def root_of(leaves):
    if len(leaves) == 1:
        return leaves[0]
    half = 1 << (len(leaves) - 1).bit_length() - 1
    return sha256(b"\1" + root_of(leaves[:half]) + root_of(leaves[half:]))


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


def chained(prev, canonical):
    if not re.fullmatch("[0-9a-fA-F]{64}", prev):
        return None
    return sha256(bytes.fromhex(prev) + canonical.encode()).hex()


class Trail:
    """The chains of all entities. Events of different entities may alternate, and an event may appear repeatedly."""

    def __init__(self):
        self.hashes, self.seen, self.passed = {}, 0, []

    def event(self, e):
        where, seq = f"{e['entity_type']} {e['entity_id']}", e["seq"]
        chain = self.hashes.setdefault(where, {})
        self.seen += 1
        if chained(e["prev_hash"], e["canonical"]) != e["hash"]:
            find(where, seq, "the hash is not the one of the canonical bytes")
        copied = ("id", "entity_type", "entity_id", "seq", "action", "actor", "occurred_at", "payload")
        copies = json.dumps(dict({name: e[name] for name in copied}, v=1), sort_keys=True)
        if json.dumps(json.loads(e["canonical"]), sort_keys=True) != copies or e["id"] != f"{e['entity_id']}/{seq}":
            find(where, seq, "a copied field differs from the canonical bytes")
        last = next(reversed(chain), 0)
        if chain and seq <= last:
            if chain.get(seq) != e["hash"]:
                find(where, seq, "appears again with different content")
            return
        if seq != last + 1:
            find(where, seq, f"follows event {last}")
        if e["prev_hash"] != chain.get(last, GENESIS):
            find(where, seq, "prev_hash is not the hash of the previous event")
        chain[seq] = e["hash"]
        self.passed.append((e["entity_type"], e["entity_id"], seq, e["hash"]))

    def at(self, where, seq):
        return self.hashes.get(where, {}).get(seq)

    def root(self, until):
        """Return the root over the heads between the last call and a position in the feed, or None if it is unknown."""
        ends = [i for i, p in enumerate(self.passed) if [p[0], p[1], str(p[2])] == until[1:]]
        if not ends:
            return None
        heads = {p[:2]: p for p in self.passed[: ends[0] + 1] if p[0] != "checkpoint"}
        self.passed = self.passed[ends[0] + 1 :]
        return root_of([leaf(*heads[key]) for key in sorted(heads)]).hex() if heads else None


def verify_bundle(bundle, kept, keys):
    trail, where, procedure = Trail(), f"run {bundle['run_id']}", bundle["procedure"]
    for e in bundle["events"]:
        trail.event(e)
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
    if proof:
        c = Checkpoint(proof["note"])
        path = [bytes.fromhex(node) for node in proof["path"]]
        node = root_along(path, proof["index"], c.leaves, leaf("run", bundle["run_id"], proof["seq"], proof["hash"]))
        if not 0 <= proof["index"] < c.leaves or node is None or node.hex() != c.root:
            find(where, 0, "not included in its checkpoint")
        if trail.at(where, proof["seq"]) != proof["hash"]:
            find(where, proof["seq"], "differs from the event that the checkpoint covers")
        if kept and (c.number not in kept or kept[c.number].text != c.text):
            find(where, 0, f"its checkpoint, number {c.number}, is not a kept one")
        if keys and not set(keys) & set(c.keys):
            find(where, 0, f"its checkpoint, number {c.number}, is not signed by a trusted key")
    elif kept or keys:
        find(where, 0, "contains no checkpoint")
    return trail.seen


def verify_lines(lines, kept, keys):
    trail, leaves, last, missing, notes, has_leaves = Trail(), {}, None, dict(kept), {}, False
    for line in lines:
        if "checkpoint" not in line:
            trail.event(line)
        elif "note" not in line:
            has_leaves = True
            if line["checkpoint"] in notes:
                continue
            leaves.setdefault(line["checkpoint"], {})[line["index"]] = line
        elif line["checkpoint"] in notes:
            if notes[line["checkpoint"]] != line["note"]:
                find(f"checkpoint {line['checkpoint']}", 0, "appears again with different content")
        else:
            number, where = line["checkpoint"], f"checkpoint {line['checkpoint']}"
            notes[number] = line["note"]
            try:
                c = Checkpoint(line["note"])
            except (ValueError, KeyError) as err:
                find(where, 0, err)
                continue
            expected = (last.number + 1, last.hash()) if last else (1, GENESIS)
            if (c.number, c.previous) != expected or number != c.number:
                find(where, 0, "does not follow the previous checkpoint")
            if last and (c.time < last.time or not set(c.keys) & set(last.keys)):
                find(where, 0, "is earlier than the previous checkpoint, or has no key in common with it")
            own = leaves.pop(number, None)
            if own is not None:
                hashes = [leaf(l["entity_type"], l["entity_id"], l["seq"], l["hash"]) for _, l in sorted(own.items())]
                if sorted(own) != list(range(len(own))) or root_of(hashes).hex() != c.root:
                    find(where, 0, "its leaves are not the signed ones")
                for l in own.values():
                    entity = f"{l['entity_type']} {l['entity_id']}"
                    if trail.at(entity, l["seq"]) != l["hash"]:
                        find(entity, l["seq"], f"differs from the event that checkpoint {number} covers")
            if not has_leaves and trail.root(c.until) != c.root:  # a sink's lines are in the order of the commits
                find(where, 0, "the events before it are not the signed ones")
            trail.passed.append(("checkpoint", str(number), number, None))
            if number in missing and missing.pop(number).text != c.text:
                find(where, 0, "differs from the kept checkpoint")
            last = c
    for number in list(leaves) + list(missing):
        find(f"checkpoint {number}", 0, "is missing")
    if keys and not (last and set(keys) & set(last.keys)):
        find("checkpoints", 0, "the latest is not signed by a trusted key")
    return trail.seen


def main():
    args = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    args.add_argument(
        "--key", action="append", default=[], help="trusted key; one of these must have signed the latest checkpoint"
    )
    args.add_argument("--checkpoint", action="append", default=[], help="file with kept checkpoints (signed notes)")
    args.add_argument("files", nargs="+")
    args = args.parse_args()
    kept, seen = {}, 0
    for name in args.checkpoint:
        begin = "procedo-checkpoint/1\n"
        with open(name, encoding="utf-8") as file:
            for part in ("\n" + file.read()).split("\n" + begin)[1:]:
                c = Checkpoint(begin + part.strip() + "\n")
                kept[c.number] = c
        if not kept:
            sys.exit(f"{name}: contains no checkpoint")
    try:
        lines = (json.loads(line) for name in args.files for line in open(name, encoding="utf-8") if line.strip())
        first = next(lines, {})
        if "events" in first:
            seen = verify_bundle(first, kept, args.key)
        else:
            seen = verify_lines(itertools.chain([first] if first else [], lines), kept, args.key)
    except (ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError) as err:
        find("input", 0, f"cannot be read: {err!r}")
    for line in found:
        print(line)
    print(f"{count(seen, 'event')} checked: {count(len(found), 'finding')}")
    sys.exit(1 if found else 0)


main()
