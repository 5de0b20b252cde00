import { ConversationId } from "../../../src/domain/ids.ts"
import { partitionOf } from "../../../src/partition/partitions.ts"
import { keysOf } from "../keys.ts"

/**
 * Buckets of aliases in each partition and generation. Small hashes take less memory and cost less when they expire.
 */
export const buckets = 64

const prefix = "cnv_"

/** Encodes the 16 bytes of a conversation id in 22 letters. */
export const shortOf = (conversation: ConversationId): string =>
  Buffer.from(conversation.slice(prefix.length), "hex").toString("base64url")

export const conversationOfShort = (short: string): ConversationId =>
  ConversationId.make(`${prefix}${Buffer.from(short, "base64url").toString("hex")}`)

/** Returns the partition and the bucket of a conversation's alias. */
export const aliasBucketOf =
  (store: { readonly prefix: string }, partitions: number) => (conversation: ConversationId) => {
    const partition = partitionOf(conversation, partitions)
    const bucket = Number.parseInt(conversation.slice(prefix.length, prefix.length + 2), 16) % buckets
    const { aliases } = keysOf(store.prefix, partition)
    return { partition, bucketIn: (generation: number) => aliases(generation, bucket) }
  }

/** Holds the generation of aliases at the last read. The names of keys contain it. */
export interface Age {
  present: number
}
