import { hash } from "node:crypto"
import { isEventId } from "../../../src/domain/ids.ts"

/** Bytes of a dedupe mark: 96 bits of the hash in the key. */
export const markBytes = 12

/**
 * Marks in a bucket on average, so that hardly any bucket exceeds the 128 up to which Redis keeps a small hash compact.
 */
export const fill = 46

/**
 * Describes the table of dedupe marks of one partition (G10). It uses linear hashing, which adds one bucket at a time.
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

/** Index of the first hex digit of the mark in an event id. */
const markAt = 12

/** Holds marks one after another without a separator, and the address of each. */
export interface MarkBytes {
  readonly bytes: Buffer
  readonly addresses: ReadonlyArray<number>
}

/** Returns the mark of each key. An event id is a keyed hash already; any other key is hashed here. */
export const marksOf = (keys: ReadonlyArray<string>): MarkBytes => {
  const bytes = Buffer.allocUnsafe(keys.length * markBytes)
  const addresses = keys.map((key, index) => {
    const at = index * markBytes
    if (isEventId(key)) bytes.write(key.slice(markAt), at, "hex")
    else hash("sha256", key, "buffer").copy(bytes, at, 0, markBytes)
    return markAddress(bytes, at)
  })
  return { bytes, addresses }
}

export const markOf = (key: string): Buffer => marksOf([key]).bytes

/** Returns the address of the mark that begins at byte `at`. */
export const markAddress = (marks: Buffer, at = 0): number => marks.readUInt32BE(at + 8)

export const bucketOf = (address: number, buckets: number): number => {
  const whole = 2 ** (32 - Math.clz32(buckets - 1))
  const bucket = address % whole
  return bucket < buckets ? bucket : address % (whole / 2)
}

/** Returns the bucket that is split when the bucket with the number `buckets` is added. */
export const sourceOf = (buckets: number): number => buckets - 2 ** (31 - Math.clz32(buckets))

/** Defines `addressOf` and `bucketOf` in Lua, equal to {@link markAddress} and {@link bucketOf}. */
export const addressLua = `
local function addressOf(mark)
  local a, b, c, d = string.byte(mark, 9, 12)
  return ((a * 256 + b) * 256 + c) * 256 + d
end
local function bucketOf(address, buckets)
  local whole = 1
  while whole < buckets do whole = whole * 2 end
  local bucket = address % whole
  return bucket < buckets and bucket or address % (whole / 2)
end
`

/**
 * Defines the present table as `generation`, `buckets`, `remembered` and `before`, and its times in milliseconds:
 * `begin` and `width` of the present generation, `beginBefore` of the previous one.
 *
 * `unit` and `unitBefore` are the milliseconds in which a mark of each generation counts from its begin, so that 24
 * bits hold the value. A new generation starts with half the buckets of the previous one. Another width takes effect
 * only with a new generation, so no mark is lost when an operator changes the retention.
 *
 * Needs `now`, the configured `width`, and `stood`: {@link tableFields} and {@link timeFields} of the counters as
 * numbers.
 */
export const readTable = `
local generation, buckets, remembered, before, present, shift, widthBefore = unpack(stood)
if present == 0 then present, widthBefore = width, width end
local function turn()
  local due = math.floor((now - shift) / present)
  if due <= generation then return false end
  before = due == generation + 1 and buckets or 0
  generation, buckets, remembered, widthBefore = due, math.max(1, math.floor(before / 2)), 0, present
  return true
end
if turn() and present ~= width then
  shift, present = shift + generation * (present - width), width
  turn()
end
width = present
local unit, unitBefore = math.ceil(width / 8388607), math.ceil(widthBefore / 8388607)
local begin = generation * width + shift
local beginBefore = begin - widthBefore
`

export const tableFields = "'generation', 'buckets', 'remembered', 'before'"

/** Names the fields of a generation's times: it begins at its number times `width`, plus `shift`. */
export const timeFields = "'width', 'shift', 'widthBefore'"

/** Remembers the last known table of dedupe marks of each partition, by which its keys are named. */
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
