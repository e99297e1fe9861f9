"""The creates of `examples/faults.rs` with the vendor's Python SDK and its retries."""

import sys
from concurrent.futures import ThreadPoolExecutor

from cloudinary_account_provisioning import CldProvisioning, models
from cloudinary_account_provisioning.utils import BackoffStrategy, RetryConfig

KIND, *ORIGINS = sys.argv[1:]
# The SDK's own delays, but an end after 10 s instead of an hour.
RETRIES = RetryConfig("backoff", BackoffStrategy(500, 60_000, 1.5, 10_000), retry_connection_errors=True)

security = models.Security(provisioning_api_key="key", provisioning_api_secret="secret")
sdk = CldProvisioning(security=security, account_id="acc", retry_config=RETRIES, timeout_ms=2_000)


def create(number):
    origin = ORIGINS[number]
    try:
        if KIND == "users":
            sdk.users.create(request={"name": "User", "email": f"user{number}@example.com"}, server_url=origin)
        else:
            sdk.user_groups.create(request={"name": f"Group {number}"}, server_url=origin)
        return "created"
    except Exception as error:
        # Any other error leaves it open whether the create was applied.
        return "refused" if 400 <= getattr(error, "status_code", 0) < 500 else "open"


def report(number):
    # One write, so that lines of threads do not mix.
    told = create(number)
    sys.stdout.write(f"{number} {told}\n")
    sys.stdout.flush()


with ThreadPoolExecutor(len(ORIGINS)) as pool:
    list(pool.map(report, range(len(ORIGINS))))
