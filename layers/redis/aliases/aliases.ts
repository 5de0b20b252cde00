import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import type { InfraError } from "../../../src/domain/failure.ts"
import type { ConversationId } from "../../../src/domain/ids.ts"
import { retention, type EventRetention } from "../../../src/inbound/event-log/retention.ts"
import { Aliases } from "../../../src/partition/aliases.ts"
import { Deployment } from "../../../src/deployment/deployment.ts"
import { RedisStore, type RedisReply, type Script } from "../client.ts"
import { type Age, aliasBucketOf, aliasFindMethods, buckets, conversationOfShort, shortOf } from "./find.ts"
import { eraseAliasesScript, learnAliasesScript, listAliasesScript } from "./scripts.ts"
import { full, unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { asText, asTexts } from "../scripting/reply.ts"

/** Partitions at once, buckets that one script reads, and attempts of a call whose generation may have changed. */
const concurrency = 8
const atOnce = 16
const tries = 3

const make = (options: Partial<EventRetention>) =>
  Effect.gen(function* () {
    const store = yield* RedisStore
    const deployment = yield* Deployment
    const kept: EventRetention = { ...retention, ...options }
    const place = aliasBucketOf(store, deployment.partitions)
    const age: Age = { present: 0 }

    /** Calls again when the keys were of another generation, which `read` then returns instead of the answer. */
    const aged = <A>(
      script: Script,
      call: () => { readonly keys: ReadonlyArray<string>; readonly args: ReadonlyArray<string> },
      read: (reply: RedisReply) => Effect.Effect<{ readonly age: number } | { readonly answer: A }, InfraError>,
      left = tries
    ): Effect.Effect<A, InfraError> =>
      Effect.suspend(() => {
        const { keys, args } = call()
        return Effect.flatMap(
          store.run(script, keys, [deployment.id, age.present, ...args]).pipe(Effect.flatMap(read)),
          (found) => {
            if ("answer" in found) return Effect.succeed(found.answer)
            age.present = found.age
            return left > 1 ? aged(script, call, read, left - 1) : Effect.fail(unexpectedReply(script.name))
          }
        )
      })

    const byPartition = <Item>(items: ReadonlyArray<Item>, of: (item: Item) => ConversationId) =>
      Map.groupBy(items, (item) => place(of(item)).partition)

    const stampOf = (partition: number) => keysOf(store.prefix, partition).of("stamp")

    const learn: Aliases["Service"]["learn"] = (aliases) =>
      store.isFull()
        ? Effect.fail(full(learnAliasesScript.name))
        : Effect.forEach(
            byPartition(aliases, ({ alias }) => alias),
            ([partition, group]) =>
              aged(
                learnAliasesScript,
                () => ({
                  keys: [stampOf(partition), ...group.map(({ alias }) => place(alias).bucketIn(age.present))],
                  args: group.flatMap(({ alias, conversation }) => [shortOf(alias), shortOf(conversation)])
                }),
                (reply) =>
                  Effect.map(asText(learnAliasesScript.name)(reply), (text) =>
                    text === "" ? { answer: undefined } : { age: Number(text) }
                  )
              ),
            { concurrency, discard: true }
          )

    const listed = (partition: number, from: number, values: ReadonlyArray<string>) =>
      aged(
        listAliasesScript,
        () => {
          const { aliases } = keysOf(store.prefix, partition)
          const some = Array.from({ length: atOnce }, (_, at) => from + at)
          const of = (generation: number) => some.map((bucket) => aliases(generation, bucket))
          return { keys: [stampOf(partition), ...of(age.present), ...of(age.present - 1)], args: values }
        },
        (reply) =>
          Effect.map(asTexts(listAliasesScript.name)(reply), ([seen = "", ...fields]) =>
            Number(seen) === age.present ? { answer: fields } : { age: Number(seen) }
          )
      )

    const aliasesOf = (conversations: ReadonlyArray<ConversationId>) => {
      const values = conversations.map(shortOf)
      const places = Array.from({ length: deployment.partitions }, (_, partition) =>
        Array.from({ length: buckets / atOnce }, (__, at) => ({ partition, from: at * atOnce }))
      ).flat()
      return Effect.map(
        Effect.forEach(places, ({ partition, from }) => listed(partition, from, values), { concurrency }),
        (found) => found.flat().map(conversationOfShort)
      )
    }

    const find = aliasFindMethods(store, deployment, kept, place, age)

    const related: Aliases["Service"]["related"] = Effect.fnUntraced(function* (conversations) {
      const targets = yield* find(conversations.map((conversation) => ({ conversation, key: "" })))
      const known = new Set([...conversations, ...targets.flatMap(({ conversation }) => conversation ?? [])])
      return [...new Set([...known, ...(yield* aliasesOf([...known]))])]
    })

    const forget: Aliases["Service"]["forget"] = Effect.fnUntraced(function* (conversations) {
      const all = [...new Set([...conversations, ...(yield* aliasesOf(conversations))])]
      const counts = yield* Effect.forEach(
        byPartition(all, (one) => one),
        ([partition, group]) =>
          aged(
            eraseAliasesScript,
            () => ({
              keys: [
                stampOf(partition),
                ...group.flatMap((one) => [place(one).bucketIn(age.present), place(one).bucketIn(age.present - 1)])
              ],
              args: group.map(shortOf)
            }),
            (reply) =>
              Effect.map(asText(eraseAliasesScript.name)(reply), (text) =>
                text.startsWith("g") ? { age: Number(text.slice(1)) } : { answer: Number(text) }
              )
          ),
        { concurrency }
      )
      return counts.reduce((sum, count) => sum + count, 0)
    })

    return Aliases.of({ learn, find, related, forget })
  })

/** Provides aliases on Redis, in hashes that each cover a generation of {@link aliasRetention}. */
export const layer = (options: Partial<EventRetention> = {}): Layer.Layer<Aliases, never, RedisStore | Deployment> =>
  Layer.effect(Aliases, make(options))
