/** One thing done wrong on purpose, and the tests that must see it. */
export interface Mutation {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly tests: ReadonlyArray<string>
}

const model = "test/model"
const inRedis = "test/layers/redis/server.test.ts"
const [claiming, calling, settling] = [
  "test/outbound/send/claim.test.ts",
  "test/outbound/send/call-provider.test.ts",
  "test/outbound/send/settle.test.ts"
]

export const mutations: ReadonlyArray<Mutation> = [
  {
    name: "the call comes before the claim",
    file: "src/outbound/send/dedupe-then-effect.ts",
    from: "const claim = yield* Effect.result(",
    to: "yield* call(job.target, job.prepared, `c1.early.${job.intentId}.1.mac`, claimedAt)\n  const claim = yield* Effect.result(",
    tests: [claiming]
  },
  {
    name: "an unknown outcome is retried, a 500 for example",
    file: "src/outbound/send/call-provider.ts",
    from: `if (failure.certainty === "unknown") return unknowns <= capability.retryUnknown`,
    to: `if (failure.certainty === "unknown") return true`,
    tests: [calling]
  },
  {
    name: "an unknown outcome is written as a failure",
    file: "src/outbound/send/settle.ts",
    from: `if (failure.certainty === "unknown") return { state: "in_doubt", failure }`,
    to: `if (failure.certainty === "unknown") return { state: "failed", failure }`,
    tests: [settling]
  },
  {
    name: "a call may begin however long ago it was claimed",
    file: "src/outbound/send/call-provider.ts",
    from: "clock.currentTimeMillisUnsafe() - claimed.wall < startWithin &&",
    to: "clock.currentTimeMillisUnsafe() >= 0 ||",
    tests: [calling, claiming]
  },
  {
    name: "an ambiguous claim is retried with another token",
    file: "src/outbound/send/claim.ts",
    from: "Effect.mapError(ledger.claim(claim), stillUnknown)",
    to: "Effect.mapError(ledger.claim({ ...claim, token: `${claim.token}x` }), stillUnknown)",
    tests: [claiming]
  },
  {
    name: "a caller that disconnects interrupts the call",
    file: "src/outbound/send/executor.ts",
    from: "apart(begin(resume), (cause) => resume(Effect.failCause(cause)))",
    to: "const fiber = run(begin(resume))\n      return Effect.sync(() => fiber.interruptUnsafe())",
    tests: [settling, claiming, calling]
  },
  {
    name: "a claim expires, in Redis",
    file: "layers/redis/intent-ledger/scripts/claim.ts",
    from: "if not state then",
    to: "if not state or (state == 'claimed' and now >= tonumber(deadline)) then",
    tests: [inRedis, model]
  },
  {
    name: "a claim expires, in memory",
    file: "layers/memory/intent-ledger/claim.ts",
    from: "if (entry === undefined) {",
    to: `if (entry === undefined || readsAs(entry, now) === "in_doubt") {`,
    tests: [model]
  },
  {
    name: "a settlement compares nothing, in Redis",
    file: "layers/redis/intent-ledger/scripts/settle-release.ts",
    from: "if attempt ~= ARGV[5] or token ~= ARGV[6] then",
    to: "if false then",
    tests: [inRedis, model]
  },
  {
    name: "a release forgets the token, in Redis",
    file: "layers/redis/intent-ledger/scripts/settle-release.ts",
    from: "write('HSETNX', KEYS[4], ARGV[5], 'released')",
    to: "",
    tests: [inRedis, model]
  },
  {
    name: "a token that has settled may claim again, in Redis",
    file: "layers/redis/intent-ledger/scripts/claim.ts",
    from: "write('HSETNX', KEYS[4], token, attempt)",
    to: "",
    tests: [inRedis, model]
  },
  {
    name: "a later status replaces an earlier one, in Redis",
    file: "layers/redis/intent-ledger/scripts/prelude.ts",
    from: "if not known or (rank[status] or 0) > (rank[known] or 0) then return status end",
    to: "if status then return status end",
    tests: [inRedis, model]
  },
  {
    name: "an ended intent leaves no tombstone, in Redis",
    file: "layers/redis/intent-ledger/scripts/prelude.ts",
    from: "write('SET', KEYS[3], '1', 'PX', ARGV[4])",
    to: "",
    tests: [inRedis, model]
  },
  {
    name: "an operator may resolve as not_sent while a call is under way, in Redis",
    file: "layers/redis/intent-ledger/scripts/resolve-doubt.ts",
    from: "local doubted = state == 'in_doubt' or (state == 'claimed' and now >= tonumber(deadline))",
    to: "local doubted = state == 'in_doubt' or state == 'claimed'",
    tests: [inRedis, model]
  }
]
