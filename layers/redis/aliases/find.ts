import * as Effect from "effect/Effect"
import type { Deployment } from "../../../src/deployment/deployment.ts"
import type { InfraError } from "../../../src/domain/failure.ts"
import { ConversationId } from "../../../src/domain/ids.ts"
import type { EventRetention } from "../../../src/inbound/event-log/retention.ts"
import type { Aliases, AliasQuestion, Answered } from "../../../src/partition/aliases.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import type { RedisStore } from "../client.ts"
import { bucketsOf, markAddress, markOf, markTables } from "../marks/mark-table.ts"
import { unexpectedReply } from "../failure.ts"
import { keysOf } from "../keys.ts"
import { asTexts } from "../scripting/reply.ts"
import { findAliasesScript } from "./scripts.ts"

/**
 * Buckets of aliases in each partition and generation. Small hashes take less memory and cost less when they expire.
 */
export const buckets = 64

const conversationPrefix = "cnv_"

/** Encodes the 16 bytes of a conversation id in 22 letters. */
export const shortOf = (conversation: ConversationId): string =>
  Buffer.from(conversation.slice(conversationPrefix.length), "hex").toString("base64url")

export const conversationOfShort = (short: string): ConversationId =>
  ConversationId.make(`${conversationPrefix}${Buffer.from(short, "base64url").toString("hex")}`)

/** Returns the partition and the bucket of a conversation's alias. */
export const aliasBucketOf =
  (store: { readonly prefix: string }, partitions: number) => (conversation: ConversationId) => {
    const partition = partitionOf(conversation, partitions)
    const bucket =
      Number.parseInt(conversation.slice(conversationPrefix.length, conversationPrefix.length + 2), 16) % buckets
    const { aliases } = keysOf(store.prefix, partition)
    return { partition, bucketIn: (generation: number) => aliases(generation, bucket) }
  }

/** Holds the generation of aliases at the last read. The names of keys contain it. */
export interface Age {
  present: number
}

/** Number of attempts, between which the generation and the table of marks may change. */
const tries = 8
const concurrency = 8

const answerOf = (text: string): Answered => {
  if (text === "!") return { admitted: true }
  if (text === "") return { admitted: false }
  const conversation = conversationOfShort(text.slice(1))
  return { admitted: false, conversation, ...(text.startsWith("-") ? { old: true } : {}) }
}

/** Finds aliases with one script for each partition concerned. */
export const aliasFindMethods = (
  store: RedisStore["Service"],
  deployment: Deployment["Service"],
  kept: EventRetention,
  place: ReturnType<typeof aliasBucketOf>,
  age: Age
): Aliases["Service"]["find"] => {
  const tables = markTables()

  const ask = (
    partition: number,
    asked: ReadonlyArray<AliasQuestion>,
    left: number
  ): Effect.Effect<ReadonlyArray<Answered>, InfraError> =>
    Effect.suspend(() => {
      const keys = keysOf(store.prefix, partition)
      const table = tables.get(partition)
      const { generation, buckets, before } = table
      const names = [keys.of("stamp"), keys.of("counters")]
      const args: Array<string | number | Buffer> = [
        deployment.id,
        age.present,
        generation,
        buckets,
        before,
        kept.marks
      ]
      for (const { conversation, key } of asked) {
        const { bucketIn } = place(conversation)
        const mark = markOf(key)
        names.push(bucketIn(age.present), bucketIn(age.present - 1), ...bucketsOf(keys.marks, table, markAddress(mark)))
        args.push(shortOf(conversation), mark)
      }
      return Effect.flatMap(
        Effect.flatMap(store.run(findAliasesScript, names, args), asTexts(findAliasesScript.name)),
        ([seen = "", table = "", ...texts]) => {
          age.present = Number(seen)
          tables.read([partition], ` ${table}`)
          if (texts.length === asked.length) return Effect.succeed(texts.map(answerOf))
          return left > 1 ? ask(partition, asked, left - 1) : Effect.fail(unexpectedReply(findAliasesScript.name))
        }
      )
    })

  return (all) => {
    const groups = Map.groupBy(all, ({ conversation }) => place(conversation).partition)
    return Effect.map(
      Effect.forEach(
        groups,
        ([partition, asked]) =>
          Effect.map(ask(partition, asked, tries), (answers) => asked.map((one, at) => [one, answers[at]] as const)),
        { concurrency }
      ),
      (found) => {
        const answers = new Map(found.flat())
        return all.map((one) => answers.get(one) ?? { admitted: false })
      }
    )
  }
}
