import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import type { PartitionFacts, StoreFacts, Unseen } from "../../../src/boot/store-facts.ts"
import { InfraError } from "../../../src/domain/failure.ts"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { RedisStore } from "../client.ts"
import { pingScript } from "../event-log/scripts/read-log.ts"
import { keysOf } from "../keys.ts"

/** Milliseconds until a server without a reply counts as unreachable. */
const limit = 2_000

const silent = new InfraError({
  code: "store_timeout",
  operation: pingScript.name,
  certainty: "not_applied",
  transient: true
})

/**
 * Makes an effect that reads one stamp of every primary and writes nothing, so that readiness shows a change before the
 * next poll.
 */
export const makeStampReader = (store: RedisStore["Service"], { id, partitions }: Deployment["Service"]) => {
  const stampOf = (partition: number) => keysOf(store.prefix, partition).of("stamp")

  return Effect.gen(function* () {
    const first = new Map<string, number>()
    for (let partition = partitions - 1; partition >= 0; partition--) {
      first.set(store.ownerOf(stampOf(partition))?.name ?? "the store", partition)
    }
    const asked = [...first].map(([server, partition]) => ({ server, partition }))
    const answers = yield* Effect.forEach(
      asked,
      ({ partition }) =>
        Effect.result(
          Effect.timeoutOrElse(store.run(pingScript, [stampOf(partition)], [id]), {
            duration: limit,
            orElse: () => Effect.fail(silent)
          })
        ),
      { concurrency: "unbounded" }
    )
    const unseen: Array<Unseen> = []
    const without: Array<PartitionFacts> = []
    for (const [at, answer] of answers.entries()) {
      const { server, partition } = asked[at] ?? { server: "the store", partition: 0 }
      if (Result.isSuccess(answer)) continue
      if (answer.failure.code !== "store_unstamped") unseen.push({ server, error: answer.failure })
      else without.push({ partition, server, stamped: false, epoch: 0, remembered: 0 })
    }
    return { servers: [], replicas: [], partitions: without, unseen } satisfies StoreFacts
  })
}
