import { hash } from "node:crypto"
import { isEventId, isIntentId } from "../../../src/domain/ids.ts"

/** Bytes of a mark: 96 bits of the hash in the key. */
export const markBytes = 12

/**
 * Marks in a bucket on average, so that hardly any bucket exceeds the 128 up to which Redis keeps a small hash compact.
 */
export const fill = 52

/**
 * Describes a table of marks of one partition: the dedupe marks of events (G10), or the tombstones of intents (G23). It
 * uses linear hashing, which adds one bucket at a time.
 */
export interface MarkTable {
  readonly generation: number
  /** Number of buckets in the present generation. */
  readonly buckets: number
  /** Number of marks in the present generation. */
  readonly remembered: number
  /** Number of buckets in the previous generation; 0 when that has expired. */
  readonly before: number
}

/** Index of the first hex digit of the mark in an id. */
const markAt = 12

/**
 * Returns the mark of an event or an intent as hex. The last 32 bits of an intent's id choose its partition, so its mark
 * ends with others: the last bits of a mark choose its bucket.
 */
const hexOf = (key: string): string | undefined => {
  if (isEventId(key)) return key.slice(markAt)
  return isIntentId(key) ? key.slice(markAt + 8) + key.slice(markAt, markAt + 8) : undefined
}

/** Holds marks one after another without a separator, and the address of each. */
export interface MarkBytes {
  readonly bytes: Buffer
  readonly addresses: ReadonlyArray<number>
}

/** Returns the mark of each key. The id of an event or an intent is a keyed hash already; any other key is hashed here. */
export const marksOf = (keys: ReadonlyArray<string>): MarkBytes => {
  const bytes = Buffer.allocUnsafe(keys.length * markBytes)
  const addresses = keys.map((key, index) => {
    const at = index * markBytes
    const hex = hexOf(key)
    if (hex !== undefined) bytes.write(hex, at, "hex")
    else hash("sha256", key, "buffer").copy(bytes, at, 0, markBytes)
    return markAddress(bytes, at)
  })
  return { bytes, addresses }
}

export const markOf = (key: string): Buffer => marksOf([key]).bytes

/** Returns the mark of a key as hex. A command of texts alone costs less than one with bytes, which are written apart. */
export const markHexOf = (key: string): string => hexOf(key) ?? hash("sha256", key).slice(0, 2 * markBytes)

/** Returns the address of a mark in hex. */
export const addressOfHex = (mark: string): number => Number.parseInt(mark.slice(16), 16)

/** Returns the address of the mark that begins at byte `at`. */
export const markAddress = (marks: Buffer, at = 0): number => marks.readUInt32BE(at + 8)

export const bucketOf = (address: number, buckets: number): number => {
  const whole = 2 ** (32 - Math.clz32(buckets - 1))
  const bucket = address % whole
  return bucket < buckets ? bucket : address % (whole / 2)
}

/** Most buckets that one script may add to a table. */
const maxSteps = 64

/** Names the buckets of a table: the key of one bucket of one generation. */
export type BucketName = (generation: number, bucket: number) => string

/**
 * Adds the buckets of marks that a script writes to `names`: one of the present generation for each mark; with
 * `earlier`, one of the previous generation for each; then a pair of buckets for each one that the table may grow by.
 * Returns the part of ARGV by which the script tells them apart.
 */
export const addBuckets = (
  names: Array<string>,
  nameOf: BucketName,
  { generation, buckets, remembered, before }: MarkTable,
  addresses: ReadonlyArray<number>,
  earlier: boolean
): string => {
  for (const address of addresses) names.push(nameOf(generation, bucketOf(address, buckets)))
  if (earlier && before > 0) {
    for (const address of addresses) names.push(nameOf(generation - 1, bucketOf(address, before)))
  }
  const wanted = Math.min(Math.ceil((remembered + addresses.length) / fill), buckets + maxSteps)
  for (let next = buckets; next < wanted; next++) {
    names.push(nameOf(generation, sourceOf(next)), nameOf(generation, next))
  }
  const pairs = Math.max(0, wanted - buckets)
  return `${generation} ${buckets} ${before} ${addresses.length} ${pairs} `
}

/** Returns the bucket of one mark in the present generation and the one in the previous generation. */
export const bucketsOf = (
  nameOf: BucketName,
  { generation, buckets, before }: MarkTable,
  address: number
): readonly [present: string, earlier: string] => [
  nameOf(generation, bucketOf(address, buckets)),
  nameOf(generation - 1, before > 0 ? bucketOf(address, before) : 0)
]

/** Returns the bucket that is split when the bucket with the number `buckets` is added. */
export const sourceOf = (buckets: number): number => buckets - 2 ** (31 - Math.clz32(buckets))

/** Remembers the last known table of marks of each partition, by which its keys are named. */
export interface MarkTables {
  readonly get: (partition: number) => MarkTable
  /**
   * Stores the tables at the end of a script's reply. Returns the answer before them, and whether the reply held a
   * table for each partition.
   */
  readonly read: (partitions: ReadonlyArray<number>, reply: string) => readonly [answer: string, stand: boolean]
}

/** Fits no store, so the first reply holds the real table. */
const unknown: MarkTable = { generation: 0, buckets: 1, remembered: 0, before: 0 }

export const markTables = (): MarkTables => {
  const tables = new Map<number, MarkTable>()
  return {
    get: (partition) => tables.get(partition) ?? unknown,
    read: (partitions, reply) => {
      const [answer = "", ...numbers] = reply.split(" ")
      if (numbers.length !== partitions.length * 4) return [answer, false]
      for (const [at, partition] of partitions.entries()) {
        const [generation = 0, buckets = 1, remembered = 0, before = 0] = numbers.slice(at * 4, at * 4 + 4).map(Number)
        tables.set(partition, { generation, buckets, remembered, before })
      }
      return [answer, true]
    }
  }
}
