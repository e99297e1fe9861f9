// The creates of `examples/faults.rs` with the vendor's JavaScript SDK and its retries.

import { CldProvisioning } from "@cloudinary/account-provisioning";

const [kind, ...origins] = process.argv.slice(2);

const sdk = new CldProvisioning({
  security: { provisioningApiKey: "key", provisioningApiSecret: "secret" },
  accountId: "acc",
  timeoutMs: 2_000,
  retryConfig: {
    strategy: "backoff",
    // The SDK's own delays, but an end after 10 s instead of an hour.
    backoff: { initialInterval: 500, maxInterval: 60_000, exponent: 1.5, maxElapsedTime: 10_000 },
    retryConnectionErrors: true,
  },
});

async function create(number) {
  const options = { serverURL: origins[number] };
  try {
    if (kind === "users") {
      await sdk.users.create({ name: "User", email: `user${number}@example.com` }, options);
    } else {
      await sdk.userGroups.create({ name: `Group ${number}` }, options);
    }
    return "created";
  } catch (error) {
    // Any other error leaves it open whether the create was applied.
    return error.statusCode >= 400 && error.statusCode < 500 ? "refused" : "open";
  }
}

await Promise.all(origins.map(async (_, number) => console.log(`${number} ${await create(number)}`)));
