import { ConversationId } from "../../../src/domain/ids.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { keysOf } from "../keys.ts"

/** Buckets of aliases of a partition and generation; small hashes take less room and expire at less cost. */
export const buckets = 64

const prefix = "cnv_"

/** The 16 bytes of a conversation id in 22 letters. */
export const shortOf = (conversation: ConversationId): string =>
  Buffer.from(conversation.slice(prefix.length), "hex").toString("base64url")

export const conversationOfShort = (short: string): ConversationId =>
  ConversationId.make(`${prefix}${Buffer.from(short, "base64url").toString("hex")}`)

/** Returns where the alias of a conversation is kept. */
export const aliasPlaceOf =
  (store: { readonly prefix: string }, partitions: number) => (conversation: ConversationId) => {
    const partition = partitionOf(conversation, partitions)
    const bucket = Number.parseInt(conversation.slice(prefix.length, prefix.length + 2), 16) % buckets
    const { aliases } = keysOf(store.prefix, partition)
    return { partition, bucketIn: (generation: number) => aliases(generation, bucket) }
  }

/** The generation of aliases at the last read. The names of keys contain it. */
export interface Age {
  present: number
}
