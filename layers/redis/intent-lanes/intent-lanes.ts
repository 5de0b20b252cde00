import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"
import { ConversationId, IntentId } from "../../../src/domain/ids.ts"
import { IntentLanes } from "../../../src/outbound/queue/intent-lanes.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import type { Owner } from "../../../src/partition/hold.ts"
import { RedisStore, type Script } from "../client.ts"
import { unexpectedReply } from "../failure.ts"
import { advanceScript, dueScript, enqueueScript, openScript, postponeScript } from "./scripts.ts"
import { keysOf } from "../keys.ts"
import { asInteger } from "../scripting/reply.ts"

const decodeLanes = Schema.decodeUnknownEffect(Schema.Array(ConversationId))
const decodeFirst = Schema.decodeUnknownEffect(Schema.Union([Schema.Literals(["", "stale"]), IntentId]))
const decodeWrite = Schema.decodeUnknownEffect(Schema.Literals(["written", "stale"]))

/**
 * Provides the intent lanes on Redis. A lane, its entries and their order are in the slot of the lane's own partition.
 */
export const layer: Layer.Layer<IntentLanes, never, RedisStore | Deployment> = Layer.effect(
  IntentLanes,
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const partitions = Array.from({ length: deployment.partitions }, (_, partition) => partition)
    const keys = (partition: number) => keysOf(store.prefix, partition)
    const run = <A, E>(
      script: Script,
      named: ReadonlyArray<string>,
      args: ReadonlyArray<string | number>,
      decode: (reply: unknown) => Effect.Effect<A, E>
    ) =>
      store
        .run(script, named, [deployment.id, ...args])
        .pipe(Effect.flatMap((reply) => Effect.mapError(decode(reply), () => unexpectedReply(script.name))))
    const own = ({ partition }: Owner) => [
      keys(partition).of("stamp"),
      keys(partition).of("lease"),
      keys(partition).of("lanes")
    ]

    return IntentLanes.of({
      enqueue: (partition, entries) => {
        const { of, lane } = keys(partition)
        const named = [of("stamp"), of("lanes"), of("counters"), ...entries.map((entry) => lane(entry.lane))]
        const args = entries.flatMap((entry) => [entry.lane, entry.intentId])
        return entries.length === 0
          ? Effect.void
          : Effect.asVoid(run(enqueueScript, named, args, asInteger(enqueueScript.name)))
      },
      due: (partition, limit) => {
        const { of } = keys(partition)
        return run(dueScript, [of("stamp"), of("lanes")], [limit], decodeLanes)
      },
      advance: (owner, lane, done) =>
        run(
          advanceScript,
          [...own(owner), keys(owner.partition).lane(lane)],
          [owner.epoch, lane, done ?? ""],
          decodeFirst
        ).pipe(Effect.map((first) => (first === "stale" ? "stale" : { first: first === "" ? undefined : first }))),
      postpone: (owner, lane, millis) =>
        run(postponeScript, own(owner), [owner.epoch, lane, Math.ceil(millis)], decodeWrite),
      open: Effect.forEach(
        partitions,
        (partition) =>
          run(openScript, [keys(partition).of("stamp"), keys(partition).of("lanes")], [], asInteger(openScript.name)),
        { concurrency: "unbounded" }
      ).pipe(Effect.map((counts) => counts.reduce((all, one) => all + one, 0)))
    })
  })
)
