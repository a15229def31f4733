"""Run docs/verify.py for many files in one process: python3 verify_many.py PROGRAM < LISTS_OF_ARGUMENTS.

Each line of the input is a JSON list of arguments; each line of the output holds the exit status and the output.
"""
import contextlib, io, json, sys, traceback

with open(sys.argv[1], encoding="utf-8") as file:
    source, end = file.read().rsplit("\nmain()\n", 1)
# Most files have the same signatures. Each is verified once: that takes most of the time.
program = compile(f"{source}\nsigned = remembered(signed)\nmain()\n{end}", sys.argv[1], "exec")
results = {}


def remembered(fn):
    def call(*args):
        if args not in results:
            results[args] = fn(*args)
        return results[args]

    return call


for line in sys.stdin:
    out, status = io.StringIO(), 0
    sys.argv = ["verify.py"] + json.loads(line)
    with contextlib.redirect_stdout(out):
        try:
            exec(program, {"__name__": "__main__", "remembered": remembered})
        except SystemExit as end:
            status = end.code if isinstance(end.code, int) else 1
            out.write("" if end.code is None or isinstance(end.code, int) else f"{end.code}\n")
        except BaseException:  # a verifier must not end like this
            out.write(traceback.format_exc())
            status = -1
    text = out.getvalue().encode("utf-8", "backslashreplace").decode()  # a lone surrogate is not JSON for Go
    json.dump({"status": status, "out": text}, sys.stdout)
    print(flush=True)
