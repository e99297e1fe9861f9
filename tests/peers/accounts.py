"""The jobs of `benches/accounts.rs` with the vendor's Python SDK and threads."""

import json
import sys
import time
import urllib.request
from concurrent.futures import ThreadPoolExecutor

from cloudinary_account_provisioning import CldProvisioning, models

ORIGIN = sys.argv[1]
LATENCY = 0.020
USERS, PAGE_SIZE = 20_000, 100


def client():
    security = models.Security(provisioning_api_key="KEY", provisioning_api_secret="SECRET")
    return CldProvisioning(security=security, account_id="acc", server_url=ORIGIN)


def stats():
    with urllib.request.urlopen(ORIGIN + "/stats") as response:
        return json.load(response)


def measure(job, workers, calls, run):
    sdk = client()
    stats()
    start = time.perf_counter()
    run(sdk)
    seconds = time.perf_counter() - start
    seen = stats()
    ratio = seconds / (calls * LATENCY / workers)
    print(
        f"{'Python, ' + job:<40} {workers:>8} {seen['requests']:>9} {seconds:>7.2f} s {ratio:>7.3f} {seen['connections']:>12}",
        flush=True,
    )


def groups(calls, workers):
    def run(sdk):
        with ThreadPoolExecutor(workers) as pool:
            for response in pool.map(lambda number: sdk.users.get_groups(user_id=f"u{number}"), range(calls)):
                assert len(response.groups) == 2

    measure("groups of users", workers, calls, run)


def page(sdk, number):
    return sdk.users.list(request=models.GetUsersRequest(page=number, page_size=PAGE_SIZE)).users


def serial_list(sdk):
    number, count = 1, 0
    while users := page(sdk, number):
        number, count = number + 1, count + len(users)
    assert count == USERS


def threaded_list(sdk):
    """The SDK has no pager, so the number of pages is known beforehand here."""
    with ThreadPoolExecutor(8) as pool:
        pages = pool.map(lambda number: page(sdk, number), range(1, USERS // PAGE_SIZE + 1))
        assert sum(map(len, pages)) == USERS


print(f"{'job':<40} {'workers':>8} {'requests':>9} {'time':>9} {'×':>7} {'connections':>12}")
for calls, workers in [(200, 1), (2_000, 8), (2_000, 32), (2_000, 128)]:
    groups(calls, workers)
measure("users in pages of 100", 1, USERS // PAGE_SIZE, serial_list)
measure("users in pages of 100", 8, USERS // PAGE_SIZE, threaded_list)
