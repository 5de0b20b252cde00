import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { ConversationId } from "../../src/domain/ids.ts"
import { Aliases, aliasRetention } from "../../src/partition/aliases.ts"
import { Deployment } from "../../src/deployment/deployment.ts"
import { partitionOf } from "../../src/partition/partitions.ts"
import { Logs } from "./event-log/partition-log.ts"

interface Learned {
  readonly conversation: ConversationId
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Aliases in memory, lost with the process. */
export const layer: Layer.Layer<Aliases, never, Deployment | Logs> = Layer.effect(
  Aliases,
  Effect.gen(function* () {
    const logs = yield* Logs
    const { partitions } = yield* Deployment
    const clock = yield* Clock.Clock
    const learned = new Map<ConversationId, Learned>()

    const get = (alias: ConversationId): Learned | undefined => {
      const known = learned.get(alias)
      if (known === undefined || clock.currentTimeMillisUnsafe() - known.at < 2 * aliasRetention) return known
      learned.delete(alias)
      return undefined
    }

    const aliasesOf = (conversations: ReadonlySet<ConversationId>) =>
      [...learned.keys()].filter((alias) => conversations.has(get(alias)?.conversation ?? alias))

    return Aliases.of({
      learn: (aliases) =>
        Effect.sync(() => {
          const at = clock.currentTimeMillisUnsafe()
          for (const { alias, conversation } of aliases) learned.set(alias, { conversation, at })
        }),
      find: (asked) =>
        Effect.sync(() =>
          asked.map(({ conversation, key }) => {
            const { marks } = logs.of(partitionOf(conversation, partitions))
            if ([...marks.values()].some((set) => set.has(key))) return { admitted: true }
            const known = get(conversation)
            if (known === undefined) return { admitted: false }
            const old = clock.currentTimeMillisUnsafe() - known.at >= aliasRetention
            return { admitted: false, conversation: known.conversation, ...(old ? { old } : {}) }
          })
        ),
      related: (conversations) =>
        Effect.sync(() => {
          const known = new Set([...conversations, ...conversations.flatMap((one) => get(one)?.conversation ?? [])])
          return [...new Set([...known, ...aliasesOf(known)])]
        }),
      forget: (conversations) =>
        Effect.sync(() => {
          const all = new Set([...conversations, ...aliasesOf(new Set(conversations))])
          return [...all].filter((alias) => learned.delete(alias)).length
        })
    })
  })
)
