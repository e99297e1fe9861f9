// The jobs of `benches/accounts.rs` with the vendor's JavaScript SDK and promises.

import { CldProvisioning } from "@cloudinary/account-provisioning";

const origin = process.argv[2];
const latency = 20;
const [users, pageSize] = [20_000, 100];

const client = () =>
  new CldProvisioning({
    security: { provisioningApiKey: "KEY", provisioningApiSecret: "SECRET" },
    accountId: "acc",
    serverURL: origin,
  });

const stats = async () => (await fetch(`${origin}/stats`)).json();

async function measure(job, workers, calls, run) {
  const sdk = client();
  await stats();
  const start = performance.now();
  await run(sdk);
  const time = performance.now() - start;
  const seen = await stats();
  const ratio = time / ((calls * latency) / workers);
  const cells = [
    `JavaScript, ${job}`.padEnd(40),
    `${workers}`.padStart(8),
    `${seen.requests}`.padStart(9),
    `${(time / 1000).toFixed(2)} s`.padStart(9),
    ratio.toFixed(3).padStart(7),
    `${seen.connections}`.padStart(12),
  ];
  console.log(cells.join(" "));
}

/** Runs `count` promises, `workers` at a time. */
async function each(count, workers, run) {
  let next = 0;
  const worker = async () => {
    while (next < count) await run(next++);
  };
  await Promise.all(Array.from({ length: workers }, worker));
}

const page = async (sdk, number) => (await sdk.users.list({ page: number, pageSize })).users ?? [];

function check(count) {
  if (count !== users) throw new Error(`${count} users`);
}

for (const [calls, workers] of [[200, 1], [2_000, 8], [2_000, 32], [2_000, 128]]) {
  await measure("groups of users", workers, calls, (sdk) =>
    each(calls, workers, async (number) => {
      const { groups } = await sdk.users.getGroups({ userId: `u${number}` });
      if (groups.length !== 2) throw new Error("two groups are expected");
    }),
  );
}
await measure("users in pages of 100", 1, users / pageSize, async (sdk) => {
  let count = 0;
  for (let number = 1; ; number++) {
    const found = await page(sdk, number);
    if (found.length === 0) break;
    count += found.length;
  }
  check(count);
});
// The SDK has no pager, so the number of pages is known beforehand here.
await measure("users in pages of 100", 8, users / pageSize, async (sdk) => {
  let count = 0;
  await each(users / pageSize, 8, async (number) => {
    const found = await page(sdk, number + 1);
    count += found.length;
  });
  check(count);
});
