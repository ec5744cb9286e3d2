"""The peers' side of a contest: one JSON object a line in, one a line out, as src/tasks/classify/peer_bench.cc does."""
import json
import resource
import sys
import time


def peak(_request):
    return {"peak_kb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss}


def ms_of(work):
    begin = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - begin)


def serve(actions):
    """actions: name -> function of the request, returning the reply.  What a library prints goes to stderr."""
    out = sys.stdout
    sys.stdout = sys.stderr
    for line in sys.stdin:
        request = json.loads(line)
        reply = actions[request["do"]](request)
        out.write(json.dumps(reply) + "\n")
        out.flush()
